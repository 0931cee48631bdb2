"""Any csv or xlsx table as cells with their places: separator, encoding, sheet and header row are found, not asked."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from firstprint.errors import FaultsError
from firstprint.importers import xlsx_sheets
from firstprint.importers.cells import number_text
from firstprint.importers.reading import MAX_FILE_BYTES

Cell = str | float
"""Text without blanks around it, or a number where the file itself says that the cell is one."""
Recognise = Callable[[Sequence[str]], int]
"""How many of a row's cells are names of columns that are looked for."""

MAX_ROWS = 200_000
_HEADER_ROWS = 10
_SEPARATORS = (",", ";", "\t", "|")
_COMMA_USUAL = frozenset({";", "\t"})
_MAX_FIELD_CHARS = 200_000
_COMMON_HAN = re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]")
_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0"


class TableRow(NamedTuple):
    """One row; ``line`` is where it begins in the file."""

    line: int
    cells: tuple[Cell, ...]


class RawTable(NamedTuple):
    """A table as it stands in a file.

    Attributes:
        where: what stands before a line number in messages, such as the sheet; may be empty.
        header_line: line of the column names.
        comma_usual: the separator is one that goes with a decimal comma.
    """

    file: str
    where: str
    header_line: int
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    comma_usual: bool


class LooseTable(NamedTuple):
    """A table of which the sound rows are taken, and what is wrong with the others.

    Attributes:
        misfits: line and fault of each row that was passed over.
        lost_formulas: places (line, column from 0) of cells that hold a formula and no value; the cells read as empty.
    """

    table: RawTable
    misfits: tuple[tuple[int, str], ...]
    lost_formulas: frozenset[tuple[int, int]] = frozenset()


def read_loosely(path: Path, data: bytes, recognise: Recognise, sheet: str = "") -> LooseTable:
    """As ``read_tabular``, from bytes, but rows that break a rule hold nothing up.

    Args:
        path: the file's name, for messages and for its ending.
        data: its content.
        recognise: counts the known names in a row of cells.
        sheet: of a workbook; empty for the one that fits best.

    Raises:
        FaultsError: the file as a whole is empty, damaged, in no known encoding or not a workbook; there is no such
            sheet.
    """
    if not data.strip(b"\0\t\r\n \xef\xbb\xbf"):
        raise unreadable(path, ["is empty."])
    if is_workbook(path.name, data):
        return _loose_workbook(path, data, recognise, sheet)
    faults: list[tuple[int, str]] = []
    raw = _table_of_text(path, _decoded(path, data), recognise, faults)
    return LooseTable(raw, tuple(faults))


def is_workbook(name: str, start: bytes) -> bool:
    """Whether a file is read as a workbook: by what it begins with, or by its ending."""
    return start.startswith((_OLE, _ZIP)) or name.lower().endswith((".xlsx", ".xlsm"))


def read_tabular(path: Path, recognise: Recognise) -> RawTable:
    """Reads the table whose header has the most known names, among the first ten lines of the file or of any sheet.

    Text may be UTF-8, UTF-16 with its mark, GB 18030 or Windows-1252, and separated by comma, semicolon, tab or bar.

    Raises:
        FaultsError: the file is not there, is a folder, is empty, too large or damaged, is in no known encoding, or
            has rows of another length than its header.
    """
    data = read_bytes(path)
    if is_workbook(path.name, data):
        return _from_workbook(path, recognise)
    return _from_text(path, data, recognise)


def read_bytes(path: Path) -> bytes:
    """The bytes of a plain file of bearable size.

    Raises:
        FaultsError: it is none.
    """
    try:
        if path.is_dir():
            raise unreadable(path, ["is a folder; name the files in it."])
        if not path.is_file():
            raise unreadable(path, [f"there is no such {'plain file' if path.exists() else 'file'}."])
        if path.stat().st_size > MAX_FILE_BYTES:
            raise unreadable(path, [f"is larger than {MAX_FILE_BYTES // 1024**2} MB; split it."])
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise unreadable(path, [f"cannot be opened: {why}."]) from error
    if not data.strip(b"\0\t\r\n \xef\xbb\xbf"):
        raise unreadable(path, ["is empty."])
    return data


def unreadable(path: Path, faults: Sequence[str]) -> FaultsError:
    """The error for a file that cannot be imported."""
    return FaultsError(
        f"{path.name or path} cannot be imported; nothing was changed.",
        faults,
        hint="Mend the places named and import it again.",
    )


def text_of(cell: Cell) -> str:
    """A cell as text; a number as the shortest text that reads back the same."""
    return cell if isinstance(cell, str) else number_text(cell)


def _from_text(path: Path, data: bytes, recognise: Recognise) -> RawTable:
    faults: list[tuple[int, str]] = []
    table = _table_of_text(path, _decoded(path, data), recognise, faults)
    if faults:
        raise unreadable(path, [f"line {line}: {fault}" if line else fault for line, fault in faults])
    return table


def _table_of_text(path: Path, text: str, recognise: Recognise, faults: list[tuple[int, str]]) -> RawTable:
    best = max(_SEPARATORS, key=lambda sep: max((recognise(row) for _, row in _start(text, sep)), default=0))
    records: list[tuple[int, list[str]]] = []
    for record in _records(text, best, faults):
        if len(records) > MAX_ROWS:
            faults.append((0, f"has more than {MAX_ROWS:,} rows; split it."))
            break
        records.append(record)
    if not records:
        raise unreadable(path, [f"line {line}: {fault}" for line, fault in faults] or ["is empty."])
    place = _header_place([row for _, row in records[:_HEADER_ROWS]], recognise)
    header_line, columns = records[place]
    rows = []
    for line, cells in records[place + 1 :]:
        if (len(cells) > len(columns) and any(cells[len(columns) :])) or len(cells) < len(columns):
            faults.append((line, f"has {len(cells)} cells, the header has {len(columns)}."))
        else:
            rows.append(TableRow(line, tuple(cells[: len(columns)])))
    return RawTable(path.name, "", header_line, tuple(columns), tuple(rows), best in _COMMA_USUAL)


def _start(text: str, separator: str) -> list[tuple[int, list[str]]]:
    records = []
    for record in _records(text, separator, []):
        records.append(record)
        if len(records) == _HEADER_ROWS:
            break
    return records


def _records(text: str, separator: str, faults: list[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
    """Every record that is not blank, with the line it begins on; what csv cannot read is a fault."""
    csv.field_size_limit(_MAX_FIELD_CHARS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield line, stripped
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append((line, f"{error}; nothing after it could be read."))


def _header_place(rows: Sequence[Sequence[str]], recognise: Recognise) -> int:
    return max(range(len(rows)), key=lambda place: (recognise(rows[place]), -place))


def _decoded(path: Path, data: bytes) -> str:
    for encoding in likely_encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            raise unreadable(path, [f"line {line}: holds a NUL character; the file is damaged or not text."])
        return text
    raise unreadable(path, ["is neither UTF-8, UTF-16, GB 18030 nor Windows-1252 text; save it as UTF-8."])


def likely_encodings(data: bytes) -> tuple[str, ...]:
    """Encodings to try, the likeliest first.

    GB 18030 writes the common Chinese characters and signs as two bytes, the first of which is A1 to A3 or B0 to D7.
    Accented letters of Windows-1252 mostly stand alone between letters below 128, and small ones begin at E0.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    runs = re.findall(rb"[\x80-\xff]+", data)
    common = sum(2 * len(_COMMON_HAN.findall(run)) for run in runs)
    chinese = 2 * common > sum(map(len, runs))
    return ("utf-8-sig", "gb18030", "cp1252") if chinese else ("utf-8-sig", "cp1252", "gb18030")


def _from_workbook(path: Path, recognise: Recognise) -> RawTable:
    try:
        sheet = xlsx_sheets.best_sheet(path, recognise, _HEADER_ROWS)
    except FaultsError as error:
        raise unreadable(path, error.faults) from error
    return _table_of_sheet(path, sheet)


def _loose_workbook(path: Path, data: bytes, recognise: Recognise, wanted: str) -> LooseTable:
    try:
        found = xlsx_sheets.loose_sheet(path.name, data, recognise, wanted)
    except FaultsError as error:
        raise unreadable(path, error.faults) from error
    return LooseTable(_table_of_sheet(path, found.sheet), (), found.lost)


def _table_of_sheet(path: Path, sheet: xlsx_sheets.FoundSheet) -> RawTable:
    where = f"sheet {sheet.name!r}, "
    width = len(sheet.columns)
    rows = [TableRow(line, (*cells[:width], *[""] * (width - len(cells)))) for line, cells in sheet.rows]
    return RawTable(path.name, where, sheet.header_line, sheet.columns, tuple(rows), comma_usual=False)
