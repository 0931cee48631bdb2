"""What ``firstprint match`` shows: the verdict, then the ranked datasets."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from firstprint.cli.figures import one_line
from firstprint.cli.prose import Prose
from firstprint.cli.render_candidates import candidate_table, reason_lines
from firstprint.cli.render_reasons import provenance_line
from firstprint.cli.words import words_of
from firstprint.domain.proposal import MatchResult
from firstprint.language import detect_language, writing_language


def match_view(result: MatchResult, width: int, *, every_reason: bool = False) -> Iterator[RenderableType]:
    """The matches of one text, in the language of the text, for a terminal of ``width`` columns.

    Args:
        result: the record.
        width: columns to fill.
        every_reason: every candidate shows all its reasons; else the first some, the others their main one.
    """
    words = words_of(writing_language(detect_language(result.query)))
    style = "green" if result.decision == "match" else "yellow"
    yield Prose(one_line(result.query, 240), style="bold")
    yield Text.assemble(("● ", style), words.match_decision[result.decision])
    yield Text()
    if not result.candidates:
        yield Text(words.no_candidates)
    else:
        yield from candidate_table(result.candidates, result.decision, words, width, None, every_reason=every_reason)
        if not every_reason:
            yield Text()
            for line in reason_lines(result.candidates[0], result.decision, words):
                yield Padding(line, (0, 0, 0, 3))
    yield Text()
    yield provenance_line(result.provenance, words)
