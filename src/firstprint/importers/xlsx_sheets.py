"""Whole sheets of workbooks, whatever their shape: the one that fits best, or every one as rows of cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from firstprint.importers.reading import table_faults
from firstprint.importers.xlsx import (
    HEADER_ROWS,
    SheetShape,
    checked_file,
    checked_workbook,
    guarded,
    no_sheet,
    numbered_rows,
    opened,
    plain_cell,
    sheet_name,
)

_SHOWN_CHARS = 40


class FoundSheet(NamedTuple):
    """The sheet of a workbook whose header has the most known names; rows below it, with their numbers.

    A cell is text, or a number where the workbook says so.
    """

    name: str
    header_line: int
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str | float, ...]], ...]


class LooseSheet(NamedTuple):
    """A sheet, and the places (line, column from 0) of cells that are empty because nobody computed their formula."""

    sheet: FoundSheet
    lost: frozenset[tuple[int, int]]


def best_sheet(path: Path, recognise: Callable[[Sequence[str]], int], header_rows: int = HEADER_ROWS) -> FoundSheet:
    """Reads the sheet in whose first rows ``recognise`` finds the most names of columns.

    Raises:
        FaultsError: as ``read_sheets``; a formula in a named column has no value.
    """
    found = _loose_sheet(path.name, checked_file(path), recognise, "", header_rows)
    if found.lost:
        columns = found.sheet.columns
        raise table_faults(
            path.name,
            [
                f"sheet {found.sheet.name!r}, line {line}, column {columns[place][:_SHOWN_CHARS]!r}: holds a formula "
                "without its value; open the workbook in a spreadsheet program and save it."
                for line, place in sorted(found.lost)
            ],
        )
    return found.sheet


def loose_sheet(file: str, data: bytes, recognise: Callable[[Sequence[str]], int], wanted: str = "") -> LooseSheet:
    """As ``best_sheet`` from bytes, but formulas without a value hold nothing up.

    Args:
        file: its name, for messages.
        data: the workbook.
        recognise: counts the known names in a row of cells.
        wanted: the sheet to read; empty for the one that fits best.

    Raises:
        FaultsError: the workbook cannot be read, or has no such sheet.
    """
    return _loose_sheet(file, checked_workbook(file, data), recognise, wanted, HEADER_ROWS)


def _loose_sheet(
    file: str, data: bytes, recognise: Callable[[Sequence[str]], int], wanted: str, header_rows: int
) -> LooseSheet:
    with guarded(file), opened(data) as book:
        if wanted and sheet_name(book, SheetShape(wanted, ())) is None:
            raise table_faults(file, [no_sheet(book, SheetShape(wanted, ()))])
        name, line = _best_place(book, recognise, header_rows, wanted)
        found = _sheet_rows(book, name, line)
    empty = {(line, place) for line, cells in found.rows for place, cell in enumerate(cells) if cell == ""}
    there = {line for line, _ in found.rows}
    if not empty and there:
        return LooseSheet(found, frozenset())
    with guarded(file), opened(data, formulas=True) as book:
        formulas = _sheet_rows(book, name, line)
    lost = frozenset(
        (line, place)
        for line, cells in formulas.rows
        for place, cell in enumerate(cells[: len(found.columns)])
        if cell != "" and found.columns[place] and ((line, place) in empty or line not in there)
    )
    return LooseSheet(found, lost)


class SheetCells(NamedTuple):
    """All cells of a sheet: text, or a number where the workbook says so; rows with their numbers.

    Attributes:
        lost: places (line, column from 0) of cells that hold a formula and no value; the cells read as empty.
    """

    name: str
    rows: tuple[tuple[int, tuple[str | float, ...]], ...]
    lost: frozenset[tuple[int, int]] = frozenset()


def _best_place(
    book: Any,  # noqa: ANN401
    recognise: Callable[[Sequence[str]], int],
    header_rows: int,
    wanted: str = "",
) -> tuple[str, int]:
    """Sheet and line of the likeliest header; ``wanted``: only in this sheet.

    Raises:
        ValueError: the workbook has no sheet with cells.
    """
    best, most = None, -1
    for page in book.worksheets:
        if wanted and plain_cell(page.title).casefold() != plain_cell(wanted).casefold():
            continue
        for line, cells in numbered_rows(book, page.title):
            known = recognise([plain_cell(cell) for cell in cells]) if any(map(plain_cell, cells)) else -1
            if known > most:
                best, most = (page.title, line), known
            if line >= header_rows:
                break
    if best is None:
        raise ValueError("no sheet holds any cell")
    return best


def every_sheet(file: str, data: bytes, *, formulas: bool = True) -> Iterator[SheetCells]:
    """Every sheet of a workbook, one after another, blank rows left out.

    Args:
        file: its name, for messages.
        data: the workbook.
        formulas: looks for formulas that left no value, which takes as long again.

    Raises:
        FaultsError: the workbook cannot be read.
    """
    checked_workbook(file, data)
    with guarded(file), opened(data) as book, ExitStack() as stack:
        written = stack.enter_context(opened(data, formulas=True)) if formulas else None
        for page in book.worksheets:
            rows = ((line, tuple(map(_typed, cells))) for line, cells in numbered_rows(book, page.title))
            kept = {line: cells for line, cells in rows if any(cell != "" for cell in cells)}
            lost = _lost(written, page.title, kept) if written is not None else frozenset()
            yield SheetCells(str(page.title), tuple(kept.items()), lost)


def _lost(written: Any, name: str, kept: Mapping[int, Sequence[str | float]]) -> frozenset[tuple[int, int]]:  # noqa: ANN401
    """Places of formulas whose cell is empty."""
    return frozenset(
        (line, place)
        for line, cells in numbered_rows(written, name)
        for place, text in enumerate(cells)
        if isinstance(text, str) and text.startswith("=") and (*kept.get(line, ()), *[""] * (place + 1))[place] == ""
    )


def _sheet_rows(book: Any, name: str, header_line: int) -> FoundSheet:  # noqa: ANN401
    columns: tuple[str, ...] = ()
    rows = []
    for line, cells in numbered_rows(book, name):
        if line == header_line:
            columns = tuple(map(plain_cell, cells))
        elif line > header_line and any(plain_cell(cell) for cell in cells):
            rows.append((line, tuple(_typed(cell) for cell in cells)))
    return FoundSheet(name, header_line, columns, tuple(rows))


def _typed(value: Any) -> str | float:  # noqa: ANN401 - a cell holds whatever the workbook's author put there
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return plain_cell(value)
