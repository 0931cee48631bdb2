"""Reads a sheet of a workbook row by row, behind the checks that every workbook passes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from firstprint.batch.cells import LONGEST_CELL
from firstprint.batch.columns import known_headings
from firstprint.batch.formats import MAX_COLUMNS, Shape, unreadable
from firstprint.batch.records import SourceRow, Value
from firstprint.errors import FaultsError
from firstprint.importers.xlsx import (
    HEADER_ROWS,
    SheetShape,
    checked_file,
    guarded,
    no_sheet,
    numbered_rows,
    opened,
    plain_cell,
    sheet_name,
)


def look_at_xlsx(path: Path, sheet: str = "") -> Shape:
    """The sheet and row that read most like a header.

    Args:
        path: the workbook.
        sheet: to read; empty for the one that fits best.

    Raises:
        FaultsError: it is no workbook, damaged, or has no such sheet.
    """
    try:
        data = checked_file(path)
        with guarded(path.name), opened(data) as book:
            if sheet and sheet_name(book, SheetShape(sheet, ())) is None:
                raise unreadable(path, no_sheet(book, SheetShape(sheet, ())))
            found = _best(book, sheet)
    except FaultsError as error:
        raise unreadable(path, *error.faults) from error
    if found is None:
        raise unreadable(path, "no sheet holds any cell.")
    if len(found.header) > MAX_COLUMNS:
        raise unreadable(path, f"has {len(found.header)} columns, at most {MAX_COLUMNS} are read.")
    return found


def rows_of_xlsx(path: Path, shape: Shape) -> Iterator[SourceRow]:
    """The rows below the header that hold anything; a formula without its value is the row's fault.

    Raises:
        FaultsError: the workbook is damaged.
    """
    number, width = 0, len(shape.header)
    data = checked_file(path)
    with guarded(path.name), opened(data) as book, opened(data, formulas=True) as formulas:
        below = numbered_rows(formulas, shape.sheet)
        for (line, cells), (_, written) in zip(numbered_rows(book, shape.sheet), below, strict=True):
            if line <= shape.header_line or not any(cell is not None and cell != "" for cell in written):
                continue
            number += 1
            values = tuple(_value(cells[place]) if place < len(cells) else None for place in range(width))
            yield SourceRow(number, line, values, _fault(line, cells, written, shape.header))


def _best(book: Any, wanted: str) -> Shape | None:  # noqa: ANN401 - openpyxl has no types
    best, most = None, -1
    for page in book.worksheets:
        if wanted and plain_cell(page.title).casefold() != plain_cell(wanted).casefold():
            continue
        for line, cells in numbered_rows(book, page.title):
            header = _trimmed([plain_cell(cell) for cell in cells])
            known = known_headings(header) if any(header) else -1
            if known > most:
                best, most = Shape(header, line, sheet=str(page.title)), known
            if line >= HEADER_ROWS:
                break
    return best


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    last = max((place for place, cell in enumerate(cells) if cell), default=-1)
    return tuple(cells[: last + 1])


def _fault(line: int, cells: Sequence[Any], written: Sequence[Any], header: Sequence[str]) -> str:
    for place, (cell, formula) in enumerate(zip(cells, written, strict=False)):
        if place >= len(header):
            break
        if cell is None and isinstance(formula, str) and formula.startswith("="):
            return (
                f"line {line}, column {header[place][:40]!r}: holds a formula without its value; open the workbook in "
                "a spreadsheet program and save it."
            )
        if isinstance(cell, str) and len(cell) > LONGEST_CELL:
            return f"line {line}: has a cell of more than {LONGEST_CELL:,} characters."
    return ""


def _value(value: Any) -> Value:  # noqa: ANN401 - a cell holds whatever the workbook's author put there
    if value is None or isinstance(value, str | float | int | bool):
        return value
    return str(value)
