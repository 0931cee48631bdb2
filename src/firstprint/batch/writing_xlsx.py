"""Workbooks of a batch: the user's own with our columns behind theirs, or a plain new one. No text is a formula."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from copy import copy
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from firstprint.batch.cells import text_of
from firstprint.batch.records import FLAT_COLUMNS
from firstprint.batch.workbook_parts import formula_values, left_out, sheet_part
from firstprint.errors import InputError
from firstprint.exporters.sheets import HEAD_FILL, font, kg_form, put
from firstprint.importers.xlsx import guarded

if TYPE_CHECKING:
    from firstprint.batch.reader import Source
    from firstprint.batch.writers import Row

MAX_ROWS: Final = 1_048_575
"""Rows of a sheet below its header (ECMA-376; Excel's limit)."""
_COPIED_CELLS: Final = 400_000
"""Cells of a workbook that is copied with its formatting: openpyxl holds each as an object of about 500 bytes."""
_WIDTHS: Final = {
    "dataset_name": 48.0,
    "flags": 48.0,
    "error": 48.0,
    "dataset_id": 28.0,
    "acceptance_probability": 24.0,
}
_USUAL_WIDTH: Final = 16.0
_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")
"""Whole numbers that a spreadsheet keeps: it knows 15 digits, and no leading zeros."""
_MODIFIED = re.compile(rb"(<dcterms:(?:modified|created)[^>]*>)[^<]*(</dcterms:(?:modified|created)>)")
_EARLIEST: Final = 1980
"""A zip archive knows no year before (APPNOTE 4.4.6)."""


def write_workbook(path: Path, source: Source, rows: Iterable[Row], created: str) -> tuple[str, ...]:
    """Writes the workbook; the same rows give the same bytes.

    Args:
        path: where to.
        source: the input.
        rows: in order.
        created: when the batch began; the workbook's own date.

    Returns:
        What a reader should know of the output.

    Raises:
        InputError: a sheet cannot hold the rows.
    """
    if source.total > MAX_ROWS:
        raise InputError(
            f"A sheet holds {MAX_ROWS:,} rows, the input has {source.total:,}.",
            hint="Write .csv or .parquet instead.",
            code="batch_too_long",
        )
    copied = source.kind == "xlsx" and source.total * (len(source.shape.header) + len(FLAT_COLUMNS)) <= _COPIED_CELLS
    notes = _beside_their_columns(path, source, rows) if copied else _new_workbook(path, source, rows)
    _dated(path, created, source.path if copied else None)
    return notes


def _beside_their_columns(path: Path, source: Source, rows: Iterable[Row]) -> tuple[str, ...]:
    import openpyxl

    with guarded(source.path.name):
        book = openpyxl.load_workbook(source.path)
    sheet = book[source.shape.sheet]
    start, top = len(source.shape.header) + 1, source.shape.header_line
    while any(sheet.cell(row=line, column=start).value is not None for line in range(1, sheet.max_row + 1)):
        start += 1  # notes beside the table stay where they are
    _headings(sheet, top, start, len(source.shape.header))
    _filter_ours_too(sheet, top, start)
    looks, text = _Looks(), source.columns["text"].places[0] + 1
    for row in rows:
        model = sheet.cell(row=row.source.line, column=text)
        for place, value in enumerate(row.outcome.flat):
            cell = put(sheet, row.source.line, start + place, _shown(place, value))
            looks.give(cell, model, form_of(place, value))
    _save(book, path)
    lost = left_out(source.path, path)
    return (f"Not carried over from the workbook: {', '.join(lost)}. Your own file is as it was.",) if lost else ()


def _headings(sheet: Any, top: int, start: int, last: int) -> None:  # noqa: ANN401 - openpyxl has no types
    """Our headings, in the look of the last one of the user's."""
    from openpyxl.styles import PatternFill
    from openpyxl.utils import get_column_letter

    model = sheet.cell(row=top, column=max(1, last))
    for place, name in enumerate(FLAT_COLUMNS):
        cell = put(sheet, top, start + place, name)
        if model.has_style:
            for part in ("font", "fill", "border", "alignment"):
                setattr(cell, part, copy(getattr(model, part)))
        else:
            cell.font, cell.fill = font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=HEAD_FILL)
        sheet.column_dimensions[get_column_letter(start + place)].width = _WIDTHS.get(name, _USUAL_WIDTH)


def _filter_ours_too(sheet: Any, top: int, start: int) -> None:  # noqa: ANN401
    """A filter that ends with the user's last column takes in ours: flags and decisions are what one filters by."""
    from openpyxl.utils.cell import get_column_letter, range_boundaries

    if not sheet.auto_filter.ref:
        return
    left, first, right, last = range_boundaries(sheet.auto_filter.ref)
    if (first, right) == (top, start - 1):
        end = get_column_letter(start + len(FLAT_COLUMNS) - 1)
        sheet.auto_filter.ref = f"{get_column_letter(left)}{first}:{end}{last}"


class _Looks:
    """Gives our cells the font, fill and border of the row they stand in.

    Each look is made once: openpyxl's public way to style a cell takes 40 µs a part, as it hashes all of its fields.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[tuple[int, ...], str], Any] = {}

    def give(self, cell: Any, model: Any, form: str) -> None:  # noqa: ANN401
        """Styles a cell; ``form`` is its number format."""
        if not model.has_style:
            if form != "General":
                cell.number_format = form
            return
        quoted, key = cell.quotePrefix, (tuple(model._style), form)
        if key not in self._made:
            for part in ("font", "fill", "border"):
                setattr(cell, part, copy(getattr(model, part)))
            cell.number_format = form
            self._made[key] = copy(cell._style)
        cell._style = copy(self._made[key])
        if quoted:
            cell.quotePrefix = True


def _shown(place: int, value: str | float | None) -> str | float | None:
    """A row's id that is a number as one: a text would carry a spreadsheet's warning in every row."""
    if isinstance(value, str) and FLAT_COLUMNS[place] == "row_id" and _NUMBER.fullmatch(value):
        return int(value)
    return None if value == "" else value


def form_of(place: int, value: object) -> str:
    """The number format of a value of ours: about three digits are shown, all are kept."""
    if not isinstance(value, float):
        return "General"
    return "0.00" if FLAT_COLUMNS[place] == "acceptance_probability" else kg_form(value)


def _new_workbook(path: Path, source: Source, rows: Iterable[Row]) -> tuple[str, ...]:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    from firstprint.batch.writers import own_columns

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("firstprint")
    sheet.freeze_panes = "A2"
    headings = [*FLAT_COLUMNS, *own_columns(source.shape.header)]
    for place, name in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(name, _USUAL_WIDTH)
    line = _Line(sheet, WriteOnlyCell)
    try:
        sheet.append(line.of(headings, bold=True))
        for row in rows:
            forms = [form_of(place, value) for place, value in enumerate(row.outcome.flat)]
            sheet.append(line.of([*row.outcome.flat, *row.source.values], forms))
        _save(book, path)
    finally:
        if not sheet.closed:  # where saving failed: an open sheet complains on stderr when it is forgotten
            sheet.close()
    if source.kind == "xlsx":
        return ("The workbook is too large to be copied with its formatting: values only were written.",)
    return ()


class _Line:
    """Makes the cells of a row of a sheet that is written once, from top to bottom."""

    def __init__(self, sheet: Any, kind: Any) -> None:  # noqa: ANN401 - openpyxl has no types
        self._sheet, self._kind = sheet, kind

    def of(self, values: Iterable[object], forms: Iterable[str] = (), *, bold: bool = False) -> list[Any]:
        """Cells for values, the first of them with number formats; ``put`` keeps texts from being formulas."""
        return [self._cell(value, form, bold=bold) for value, form in zip_longest(values, forms, fillvalue="")]

    def _cell(self, value: object, form: object, *, bold: bool) -> Any:  # noqa: ANN401
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**15:
            value = text_of(value)  # a spreadsheet would round a long id
        self.made = self._kind(self._sheet)
        put(self, 0, 0, value, "" if form == "General" else str(form))
        if bold:
            self.made.font = font(bold=True)
        return self.made

    def cell(self, row: int, column: int) -> Any:  # noqa: ANN401
        """The cell being made, where ``put`` asks a sheet for one."""
        return self.made


def _save(book: Any, path: Path) -> None:  # noqa: ANN401 - openpyxl has no types
    """Saves; unlike openpyxl's own ``save``, closes its archive also where the disk is full."""
    from openpyxl.writer.excel import ExcelWriter

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).save()


def _dated(path: Path, created: str, theirs: Path | None) -> None:
    """Rewrites the archive with one date, so that the same rows give the same bytes.

    Args:
        path: of the archive.
        created: the date.
        theirs: the user's workbook that it is a copy of: the values of its formulas are put back.
    """
    moment = datetime.fromisoformat(created)
    stamp = (max(moment.year, _EARLIEST), *moment.timetuple()[1:6])
    beside = path.with_name(path.name + ".dated")
    try:
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as new:
            for name, blocks in _parts(old, moment, {} if theirs is None else _sheets(old, theirs)):
                info = zipfile.ZipInfo(name, stamp)
                info.compress_type = zipfile.ZIP_DEFLATED
                with new.open(info, "w") as part:
                    for block in blocks:
                        part.write(block)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _sheets(archive: zipfile.ZipFile, theirs: Path) -> dict[str, bytes]:
    names = set(archive.namelist())
    numbered = map(sheet_part, range(1, len(names)))
    return formula_values(theirs, {name: archive.read(name) for name in numbered if name in names})


def _parts(
    archive: zipfile.ZipFile, moment: datetime, sheets: dict[str, bytes]
) -> Iterator[tuple[str, Iterator[bytes]]]:
    told = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    for name in archive.namelist():
        if name == "docProps/core.xml":
            yield name, iter([_MODIFIED.sub(rb"\g<1>" + told + rb"\g<2>", archive.read(name))])
        elif name in sheets:
            yield name, iter([sheets.pop(name)])
        else:
            yield name, _blocks(archive, name)


def _blocks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as part:
        while block := part.read(1 << 20):
            yield block
