"""Workbooks of a batch: the user's own with our columns behind theirs, or a plain new one. No text is a formula."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from firstprint.batch.cells import text_of
from firstprint.batch.records import FLAT_COLUMNS
from firstprint.errors import InputError
from firstprint.exporters.sheets import HEAD_FILL, font, put
from firstprint.importers.xlsx import guarded

if TYPE_CHECKING:
    from firstprint.batch.reader import Source
    from firstprint.batch.writers import Row

MAX_ROWS: Final = 1_048_575
"""Rows of a sheet below its header (ECMA-376; Excel's limit)."""
_COPIED_CELLS: Final = 400_000
"""Cells of a workbook that is copied with its formatting: openpyxl holds each as an object of about 500 bytes."""
_WIDTHS: Final = {"dataset_name": 48.0, "flags": 30.0, "error": 40.0, "dataset_id": 28.0}
_USUAL_WIDTH: Final = 16.0
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
    _dated(path, created)
    return notes


def _beside_their_columns(path: Path, source: Source, rows: Iterable[Row]) -> tuple[str, ...]:
    import openpyxl
    from openpyxl.styles import PatternFill
    from openpyxl.utils import get_column_letter

    with guarded(source.path.name):
        book = openpyxl.load_workbook(source.path, keep_links=False)
    sheet = book[source.shape.sheet]
    start, top = len(source.shape.header) + 1, source.shape.header_line
    while any(sheet.cell(row=line, column=start).value is not None for line in range(1, sheet.max_row + 1)):
        start += 1  # notes beside the table stay where they are
    model = sheet.cell(row=top, column=max(1, len(source.shape.header)))
    for place, name in enumerate(FLAT_COLUMNS):
        cell = put(sheet, top, start + place, name)
        if model.has_style:
            for part in ("font", "fill", "border", "alignment"):
                setattr(cell, part, copy(getattr(model, part)))
        else:
            cell.font, cell.fill = font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=HEAD_FILL)
        sheet.column_dimensions[get_column_letter(start + place)].width = _WIDTHS.get(name, _USUAL_WIDTH)
    for row in rows:
        for place, value in enumerate(row.outcome.flat):
            if value not in (None, ""):
                put(sheet, row.source.line, start + place, value)
    _save(book, path)
    return ()


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
            sheet.append(line.of([*row.outcome.flat, *row.source.values]))
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

    def of(self, values: Iterable[object], *, bold: bool = False) -> list[Any]:
        """Cells for values; ``put`` keeps texts from being formulas."""
        return [self._cell(value, bold=bold) for value in values]

    def _cell(self, value: object, *, bold: bool) -> Any:  # noqa: ANN401
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**15:
            value = text_of(value)  # a spreadsheet would round a long id
        self.made = self._kind(self._sheet)
        put(self, 0, 0, value)
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


def _dated(path: Path, created: str) -> None:
    """Rewrites the archive with one date, so that the same rows give the same bytes."""
    moment = datetime.fromisoformat(created)
    stamp = (max(moment.year, _EARLIEST), *moment.timetuple()[1:6])
    beside = path.with_name(path.name + ".dated")
    try:
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as new:
            for name, blocks in _parts(old, moment):
                info = zipfile.ZipInfo(name, stamp)
                info.compress_type = zipfile.ZIP_DEFLATED
                with new.open(info, "w") as part:
                    for block in blocks:
                        part.write(block)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _parts(archive: zipfile.ZipFile, moment: datetime) -> Iterator[tuple[str, Iterator[bytes]]]:
    told = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    for name in archive.namelist():
        if name == "docProps/core.xml":
            yield name, iter([_MODIFIED.sub(rb"\g<1>" + told + rb"\g<2>", archive.read(name))])
        else:
            yield name, _blocks(archive, name)


def _blocks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as part:
        while block := part.read(1 << 20):
            yield block
