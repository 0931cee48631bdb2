"""Writes datasets as a catalogue table: csv, Excel or Parquet, the columns of PRODUCT.md first, then all others."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from firstprint.catalogue.schema import COLUMNS, NUMERIC, YEARS
from firstprint.domain.dataset import Dataset

TableFormat = Literal["csv", "xlsx", "parquet"]
_FURTHER = ("life_cycle_phase", "variant")
_SHEET = "catalogue"
_LONGEST_CELL = 32_000
_WIDTHS = {"name": 48, "name_zh": 36, "synonyms": 30, "description": 30, "category": 28, "dataset_id": 24, "url": 24}
_HEAD_FILL = "0B6E4F"
_NARROW = 14


def table_columns(datasets: Iterable[Dataset]) -> tuple[str, ...]:
    """The columns that these datasets need: those of the catalogue table, then every attribute by name."""
    attributes = sorted({name for each in datasets for name, value in each.attributes.items() if value})
    return (*COLUMNS, *_FURTHER, *(name for name in attributes if name not in COLUMNS))


def write_catalogue(datasets: Sequence[Dataset], path: Path, form: TableFormat) -> None:
    """Writes a table that ``catalogue import`` reads back to the same datasets.

    Raises:
        OSError: the file cannot be written.
    """
    columns = table_columns(datasets)
    if form == "csv":
        _write_csv(datasets, columns, path)
    elif form == "xlsx":
        _write_workbook(datasets, columns, path)
    else:
        _write_parquet(datasets, columns, path)


def _value(dataset: Dataset, column: str) -> str | float | None:
    """A cell; numbers as they are, empty texts as None."""
    if column in NUMERIC or column in YEARS:
        number: float | None = getattr(dataset, column)
        return number
    if column == "synonyms":
        return "|".join(dataset.synonyms) or None
    if column in COLUMNS or column in _FURTHER:
        return str(getattr(dataset, column)) or None
    return dataset.attributes.get(column) or None


def _rows(datasets: Sequence[Dataset], columns: Sequence[str]) -> Iterator[list[str | float | None]]:
    for dataset in datasets:
        yield [_value(dataset, column) for column in columns]


def _write_csv(datasets: Sequence[Dataset], columns: Sequence[str], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in _rows(datasets, columns):
            writer.writerow(["" if cell is None else repr(cell) if isinstance(cell, float) else cell for cell in row])


def _write_workbook(datasets: Sequence[Dataset], columns: Sequence[str], path: Path) -> None:
    """Every text is stored as text, so that none of them is a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_SHEET)
    sheet.freeze_panes = "C2"
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(column, _NARROW)
    head = [WriteOnlyCell(sheet, column) for column in columns]
    for cell in head:
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=_HEAD_FILL)
    sheet.append(head)
    for row in _rows(datasets, columns):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value[:_LONGEST_CELL] if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(datasets) + 1}"
    book.save(path)


def _write_parquet(datasets: Sequence[Dataset], columns: Sequence[str], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {**dict.fromkeys(NUMERIC, pa.float64()), **dict.fromkeys(YEARS, pa.int32())}
    arrays = [pa.array([_value(each, name) for each in datasets], kinds.get(name, pa.string())) for name in columns]
    pq.write_table(pa.table(dict(zip(columns, arrays, strict=True))), path)
