"""Reads the table in a file of a bill of materials as text cells: csv, tsv, xlsx or jsonl. Any file may be hostile."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from firstprint.errors import FaultsError
from firstprint.importers.bill_columns import names_components, recognised

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL_CHARS = 2_000
HEADER_ROWS = 15
"""The header stands in one of the first so many rows; titles may stand above it."""
KINDS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".jsonl", ".ndjson")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HINT = "Mend the file and run the command again; nothing was calculated."


class RawRow(NamedTuple):
    """A row with its number in the file, from 1, and its cells as text without surrounding blanks."""

    line: int
    cells: tuple[str, ...]


class RawTable(NamedTuple):
    """A table as it stands in a file.

    Attributes:
        file: the file's name, with the sheet's where there is one.
        header: cells of the header row.
        header_line: its number.
        rows: the rows below that hold anything.
        notes: what was decided in reading, such as the encoding.
    """

    file: str
    header: tuple[str, ...]
    header_line: int
    rows: tuple[RawRow, ...]
    notes: tuple[str, ...] = ()


def file_fault(file: str, *faults: str) -> FaultsError:
    """The error for a file that cannot be used, naming it before each fault."""
    return FaultsError(
        f"{file} cannot be read as a bill of materials.", [f"{file}: {one}" for one in faults], hint=_HINT
    )


def read_table(path: Path, sheet: str | None = None) -> RawTable:
    """Reads a file by its kind and finds its header.

    Args:
        path: the file.
        sheet: sheet of a workbook, or None for the first that holds a bill.

    Raises:
        FaultsError: the file is missing, too large, of another kind, damaged, hostile or without a header.
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise file_fault(path.name, f"the ending {kind or 'none'!r} is not one that is read. Save it as .xlsx or .csv.")
    data = _bytes(path)
    if kind in {".xlsx", ".xlsm"}:
        from firstprint.importers.bill_workbook import read_workbook

        return read_workbook(path.name, data, sheet)
    if sheet is not None:
        raise file_fault(path.name, f"--sheet {sheet}: only a workbook has sheets.")
    text, notes = _text(path.name, data)
    rows = list(_json_rows(path.name, text) if kind in {".jsonl", ".ndjson"} else _csv_rows(path.name, text, kind))
    table = as_table(path.name, rows, notes)
    _check_shifted(table)
    return table


def as_table(file: str, rows: Sequence[RawRow], notes: tuple[str, ...] = ()) -> RawTable:
    """Finds the header among the first rows, and checks sizes.

    Raises:
        FaultsError: no row holds anything, or a cell is longer than allowed.
    """
    filled = [row for row in rows if any(row.cells)]
    if not filled:
        raise file_fault(file, "it holds no rows.")
    long = [
        f"row {row.line}: a cell has {len(cell):,} characters, at most {MAX_CELL_CHARS:,} are read. Shorten it."
        for row in filled
        for cell in row.cells
        if len(cell) > MAX_CELL_CHARS
    ]
    if long:
        raise file_fault(file, *long)
    header = best_header(filled)
    below = tuple(row for row in filled if row.line > header.line)
    if not below:
        raise file_fault(file, f"there is no row below the headings in row {header.line}.")
    return RawTable(file, header.cells, header.line, below, notes)


def best_header(rows: Sequence[RawRow]) -> RawRow:
    """The row of the first few with the most known headings; the first row where none has any."""
    first = rows[:HEADER_ROWS]
    return max(first, key=lambda row: (names_components(row.cells), recognised(row.cells), -row.line))


def plain_cell(text: str) -> str:
    """A cell without control characters and surrounding blanks; line breaks become spaces."""
    return " ".join(_CONTROL.sub("", text).split())


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise file_fault(path.name, "it is a folder. Name a file.")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise file_fault(path.name, f"it has {size // 1024**2} MB, at most {MAX_FILE_BYTES // 1024**2} are read.")
        return path.read_bytes()
    except OSError as error:
        raise file_fault(path.name, f"it cannot be opened: {error.strerror or error}.") from error


def _text(file: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text in UTF-8, UTF-16 with its mark, or the Chinese GB 18030 that spreadsheet programs still write."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise file_fault(file, "it holds zero bytes, so it is no text file. Save it as .csv in UTF-8 or as .xlsx.")
        return text, (f"encoding:{encoding}",) if encoding == "gb18030" else ()
    raise file_fault(file, "it is neither UTF-8 nor GB 18030 text. Save it as .csv in UTF-8 or as .xlsx.")


def _csv_rows(file: str, text: str, kind: str) -> Iterator[RawRow]:
    delimiter = "\t" if kind == ".tsv" else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            _check_size(file, number, len(cells))
            yield RawRow(number, tuple(map(plain_cell, cells)))
    except csv.Error as error:
        raise file_fault(file, f"line {reader.line_num}: the csv is malformed ({error}). Check its quotes.") from error


def _check_shifted(table: RawTable) -> None:
    """A comma inside a cell without quotes moves all cells after it under wrong headings; such rows are refused."""
    columns = len(table.header)
    shifted = [
        f"row {row.line}: it has {len(row.cells)} cells under {columns} headings; a cell with a comma needs quotes."
        for row in table.rows
        if any(row.cells[columns:])
    ]
    if shifted:
        raise file_fault(table.file, *shifted)


def _delimiter(text: str) -> str:
    """The one of comma, semicolon, tab and full-width comma that the first lines hold most evenly."""
    lines = [line for line in text.splitlines()[:HEADER_ROWS] if line.strip()]
    return max(",;\t，", key=lambda mark: sorted(line.count(mark) for line in lines)[len(lines) // 2]) if lines else ","


def _json_rows(file: str, text: str) -> Iterator[RawRow]:
    """Objects, one a line, as rows under the union of their keys."""
    objects: list[tuple[int, dict[str, object]]] = []
    faults = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            faults.append(f"line {number}: it is not JSON ({str(error)[:80]}).")
            continue
        if isinstance(value, dict):
            objects.append((number, value))
        else:
            faults.append(f"line {number}: it is no JSON object. Write one object a line.")
    if faults:
        raise file_fault(file, *faults)
    keys = list(dict.fromkeys(key for _, value in objects for key in value))
    _check_size(file, len(objects), len(keys))
    yield RawRow(0, tuple(map(plain_cell, keys)))
    for number, value in objects:
        yield RawRow(number, tuple(_json_cell(value.get(key)) for key in keys))


def _json_cell(value: object) -> str:
    if value is None:
        return ""
    return plain_cell(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _check_size(file: str, rows: int, columns: int) -> None:
    if rows > MAX_ROWS + HEADER_ROWS:
        raise file_fault(file, f"it has more than {MAX_ROWS:,} rows. Split it by assembly.")
    if columns > MAX_COLUMNS:
        raise file_fault(file, f"row {rows} has more than {MAX_COLUMNS} columns. Keep the columns of the bill alone.")
