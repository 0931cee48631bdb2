"""Names and sentences that people write: short enough, on one line, and readable as what they are."""

from __future__ import annotations

import unicodedata

from firstprint.errors import InputError

MAX_NAME_CHARS = 100
MAX_REASON_CHARS = 2_000
"""A page of reasons; a log is not kept here."""

_BAD_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They can make a name or a reason read as another one."""


def plain(text: str, what: str, limit: int, *, lines: bool = False) -> str:
    """``text`` without outer blanks, if it is short enough and reads as what it is.

    Args:
        text: as written.
        what: names it in messages and codes, such as ``name``.
        limit: characters at most.
        lines: it may have several lines.

    Raises:
        InputError: ``…_too_long`` or ``…_unprintable``.
    """
    stripped = text.strip()
    if len(stripped) > limit:
        raise InputError(
            f"The {what} has {len(stripped):,} characters; the limit is {limit:,}.",
            hint="Say it in fewer words.",
            code=f"{what}_too_long",
        )
    bad = next((c for c in stripped if _bad(c) and not (lines and c in "\r\n\t")), None)
    if bad is not None:
        raise InputError(
            f"The {what} holds the control character U+{ord(bad):04X}.",
            hint="Write it in plain text." if lines else "Write it on one line, in plain text.",
            code=f"{what}_unprintable",
        )
    return stripped


def _bad(character: str) -> bool:
    return unicodedata.category(character) in _BAD_CATEGORIES or character in _DIRECTION_MARKS
