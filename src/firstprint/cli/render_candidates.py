"""The table of candidate datasets, shared by ``estimate`` and ``match``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from firstprint.cli.figures import MassUnit, factor_text, one_line, place_text
from firstprint.cli.prose import Prose
from firstprint.cli.words import Words
from firstprint.domain.proposal import Candidate, Decision, FitTerm, Reason
from firstprint.rationale.formatting import format_percent, format_quantity

WIDE = 100
"""From this many columns on, places are written by name."""
NARROW = 64
KEPT = frozenset({"factor", "result", "acceptance"})
"""Below ``NARROW`` columns only these columns stand beside the name."""
FITS = 0.995
"""A fit term above this is no reason against a dataset."""
REASONS_SHOWN = 3
"""Of each side, under the first dataset; ``--why`` shows all."""
_UNDER_NAME = (0, 0, 0, 3)


class Column(NamedTuple):
    """One column: its key in ``Words.columns``, the cells, and whether figures align right."""

    key: str
    cells: tuple[str, ...]
    right: bool


def candidate_table(
    candidates: Sequence[Candidate],
    decision: Decision,
    words: Words,
    width: int,
    unit: MassUnit | None,
    *,
    every_reason: bool = False,
) -> Iterator[RenderableType]:
    """Heading and one block a candidate; without ``unit`` (a match) there is no result column.

    The first row stands out only where it may be taken: bold for a match, plain otherwise. Later rows show their main
    reason, one that sets them behind the first where there is one; with ``every_reason`` every row shows all of them.
    """
    columns = [column for column in _columns(candidates, words, width, unit) if width >= NARROW or column.key in KEPT]
    headings = [words.columns[column.key] for column in columns]
    widths = [max(map(cell_len, (heading, *column.cells))) for heading, column in zip(headings, columns, strict=True)]
    name_width = max(16, width - 3 - sum(widths) - 2 * len(widths))
    titles = [Text(heading, style="dim") for heading in (words.columns["dataset"], *headings)]
    yield _line(Text(words.columns["rank"], style="dim"), titles, columns, widths, name_width)
    for row, candidate in enumerate(candidates):
        taken = row == 0 and decision == "match"
        name = Prose(one_line(_name(candidate, words), 160), style="bold" if taken else "")
        cells = [name, *(Text(column.cells[row], style=_style(column, taken=taken)) for column in columns)]
        yield _line(Text(str(candidate.rank), style="dim"), cells, columns, widths, name_width)
        yield from _beneath(candidate)
        if every_reason:
            grouped = sorted(candidate.reasons, key=lambda one: not one.favours)
            yield from (Padding(line, _UNDER_NAME) for line in map(_reason_line(words), grouped))
        elif row and candidate.reasons:
            yield _main_reason(candidate.reasons, candidates[0].reasons, words)


def bullet(mark: tuple[str, str], body: Text) -> Table:
    """A line behind a mark, wrapped lines under its first word."""
    table = Table.grid(padding=0, pad_edge=False)
    table.add_column(width=cell_len(mark[0]))
    table.add_column()
    table.add_row(Text(mark[0], style=mark[1]), body)
    return table


def reason_lines(
    candidate: Candidate, decision: Decision, words: Words, *, without_conversion: bool = False
) -> Iterator[RenderableType]:
    """Why the first dataset, and what speaks against it, strongest first, a few lines of each side.

    Args:
        candidate: the first one; of a record without reasons, its fit terms are shown.
        decision: where none is close enough, nothing is said to be a reason for taking it.
        words: of the reader's language.
        without_conversion: the conversion is shown elsewhere.
    """
    if not candidate.reasons:
        yield from _fit_lines(candidate, words)
        return
    told = [one for one in candidate.reasons if not (without_conversion and one.kind == "conversion" and one.favours)]
    for favours, title in ((True, words.why[decision]), (False, words.against)):
        side = [one for one in told if one.favours is favours]
        if side:
            yield Text(title, style="dim")
        yield from map(_reason_line(words), side[:REASONS_SHOWN])
    if all(one.favours for one in candidate.reasons):
        yield Text(words.nothing_against, style="dim")


def _reason_line(words: Words) -> Callable[[Reason], RenderableType]:
    def line(reason: Reason) -> RenderableType:
        return bullet(_mark(reason), Prose(_told(reason, words)))

    return line


def _mark(reason: Reason) -> tuple[str, str]:
    return ("✓ ", "green") if reason.favours else ("– ", "yellow")


def _told(reason: Reason, words: Words) -> str:
    return one_line(reason.text_zh if words.language == "zh" else reason.text_en)


def _main_reason(reasons: Sequence[Reason], of_first: Sequence[Reason], words: Words) -> RenderableType:
    """One line: what speaks most against a dataset and not against the first too, or else most against it, or for."""
    against = [one for one in reasons if not one.favours]
    main = next((one for one in against if one not in of_first), (against or reasons)[0])
    line = Text.assemble(_mark(main), (_told(main, words), "dim"), no_wrap=True, overflow="ellipsis")
    return Padding(line, _UNDER_NAME)


def _fit_lines(candidate: Candidate, words: Words) -> Iterator[RenderableType]:
    """Why the first dataset suits less than fully, worst reason first."""
    short = sorted((term for term in candidate.fit if term.score < FITS), key=lambda term: term.score)
    if not short:
        if candidate.fit:
            yield Text.assemble(("✓ ", "green"), (words.fits_fully, "dim"))
        return
    yield Text(words.fits_less, style="dim")
    for term in short[:REASONS_SHOWN]:
        score = (f"  {format_quantity(term.score, 2)}", "dim")
        yield bullet(("– ", "yellow"), Prose.assemble(_reason(term, words), score))


def _reason(term: FitTerm, words: Words) -> str:
    reason = one_line(term.reason_zh if words.language == "zh" else term.reason_en)
    return f"{words.fit_terms.get(term.term, term.term)}{words.colon}{reason}"


def _name(candidate: Candidate, words: Words) -> str:
    return candidate.name_zh if words.language == "zh" and candidate.name_zh else candidate.name


def _columns(candidates: Sequence[Candidate], words: Words, width: int, unit: MassUnit | None) -> Iterator[Column]:
    language = words.language
    places = tuple(_place(item.geography, language, wide=width >= WIDE) for item in candidates)
    yield Column("geography", places, right=False)
    yield Column("year", tuple(str(item.year or "–") for item in candidates), right=True)
    factors = tuple(factor_text(item.gwp100_kg_co2e, item.unit, language, words.no_factor) for item in candidates)
    yield Column("factor", factors, right=True)
    if unit is not None:
        results = tuple("–" if item.kg_co2e is None else unit.figure(item.kg_co2e) for item in candidates)
        yield Column("result", results, right=True)
    yield Column("similarity", tuple(f"{item.similarity:.2f}" for item in candidates), right=True)
    chances = tuple(f"{format_percent(item.acceptance_probability)}{words.percent}" for item in candidates)
    yield Column("acceptance", chances, right=True)


def _place(code: str, language: str, *, wide: bool) -> str:
    return (place_text(code, language) if wide else one_line(code, 8)) or "–"


def _style(column: Column, *, taken: bool) -> str:
    if column.key in {"year", "similarity"}:
        return "dim"
    if column.key == "acceptance":
        return "bold green" if taken else ""
    return "bold" if taken and column.key == "result" else ""


def _line(
    rank: Text, cells: Sequence[Text], columns: Sequence[Column], widths: Sequence[int], name_width: int
) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(width=1)
    table.add_column(width=name_width, overflow="fold")
    for column, width in zip(columns, widths, strict=True):
        table.add_column(width=width, justify="right" if column.right else "left", no_wrap=True)
    table.add_row(rank, *cells)
    return table


def _beneath(candidate: Candidate) -> Iterator[RenderableType]:
    source = f"{candidate.source} {candidate.source_version}".strip()
    yield Padding(Prose(one_line(f"{source} · {candidate.dataset_id}"), style="dim"), _UNDER_NAME)
    for warning in candidate.warnings:
        yield Padding(Prose(f"! {one_line(warning)}", style="yellow"), _UNDER_NAME)
