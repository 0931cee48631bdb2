"""Text that wraps as Chinese and Latin scripts do: between any two Han characters, never before a full stop."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.containers import Lines
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

_CLOSING = "，。、；：！？）】》”’％…"
_OPENING = "（【《“‘"
_HAN = r"\u2e80-\u9fff\uf900-\ufaff"
_UNIT = re.compile(
    rf"[{_OPENING}]*(?:[{_HAN}]|[^\s{_HAN}{_OPENING}{_CLOSING}]+|.)[{_CLOSING}]*\s*",
    re.DOTALL,
)
"""What is never broken: one Han character or one run of others, with the punctuation that clings to it."""


class Prose(Text):
    """A ``Text`` whose lines end where a reader of its script expects them to."""

    def wrap(self, console: Console, width: int, **options: Any) -> Lines:  # noqa: ANN401
        """The lines of the text, each at most ``width`` columns."""
        if options.get("no_wrap"):
            return super().wrap(console, width, **options)
        lines = Lines()
        for line in self.split(allow_blank=True):
            lines.extend(line.divide(breaks(line.plain, width)))
        for line in lines:
            line.rstrip_end(width)
        return lines


def breaks(text: str, width: int) -> list[int]:
    """Where to break ``text`` so that no line is wider than ``width``; what fits on no line is cut.

    >>> breaks("聚酯瓶，瓶级", 6)
    [2, 5]
    >>> breaks("a long word", 6)
    [7]
    """
    found: list[int] = []
    used = 0
    for unit in _UNIT.finditer(text):
        size = cell_len(unit[0].rstrip())
        if used and used + size > width:
            found.append(unit.start())
            used = 0
        if size > width:
            cuts = _cuts(unit[0], width)
            found += [unit.start() + cut for cut in cuts]
            used = cell_len(unit[0][cuts[-1] :])
        else:
            used += cell_len(unit[0])
    return found


def _cuts(word: str, width: int) -> list[int]:
    """Where to cut one word that is wider than a line."""
    cuts: list[int] = []
    used = 0
    for place, char in enumerate(word):
        if used and used + cell_len(char) > width:
            cuts.append(place)
            used = 0
        used += cell_len(char)
    return cuts or [len(word)]
