"""Reads sheets of .xlsx originals as tables. A workbook is hostile until it is parsed; openpyxl is used only here."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from firstprint.errors import FaultsError
from firstprint.importers.cells import number_text
from firstprint.importers.reading import MAX_FILE_BYTES, Original, Row, Shape, Table, find_originals, table_faults

_MAX_UNPACKED_BYTES = 256 * 1024 * 1024
_MAX_PARTS = 2000
_MAX_ROWS = 100_000
_MAX_COLUMNS = 500
HEADER_ROWS = 10
_CHUNK_BYTES = 1 << 20
_SHOWN_NAMES = 12
_SHOWN_CHARS = 40
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of encrypted workbooks and of .xls
# What zipfile, expat and openpyxl raise on damaged or made-up workbooks.
_PARSE_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    EOFError,
    OSError,
    RuntimeError,
)

_Cells = tuple[Any, ...]


class SheetShape(NamedTuple):
    """A sheet and the columns its header must hold, wherever it stands in the first ten rows."""

    name: str
    columns: tuple[str, ...]


class _Found(NamedTuple):
    """The header of a sheet: its row number and names; row 0 where there is none."""

    row: int
    columns: tuple[str, ...]


def workbook_shape(original: Original, sheet: SheetShape) -> Shape:
    """How ``find_originals`` recognises a workbook: by the header of one of its sheets."""
    return Shape(original, sheet.columns, ".xlsx", partial(sheet_columns, sheet=sheet))


def find_workbooks(title: str, files: Sequence[Path], shapes: Sequence[Shape], sheet: SheetShape) -> tuple[Path, ...]:
    """``find_originals``, and a workbook that was named and cannot be read says why.

    Raises:
        FaultsError: as ``find_originals``, with what is wrong inside each workbook named first.
    """
    try:
        return find_originals(title, files, shapes)
    except FaultsError as error:
        named = [path for path in files if path.suffix.lower() == ".xlsx" and path.is_file()]
        inside = [f"{path}: {fault}" for path in named for fault in _sheet_faults(path, sheet)]
        raise FaultsError(error.message, [*inside, *error.faults], hint=error.hint) from None


def read_sheets(path: Path, sheets: Sequence[SheetShape]) -> tuple[Table, ...]:
    """Reads sheets of a workbook, all cells as text; rows without any value are passed over.

    Values that formulas left in the file are taken. ``Row.line`` is the row number of the sheet.

    Raises:
        FaultsError: the file is not an .xlsx workbook, is encrypted, unpacks to more than 256 MB or declares
            XML entities; a sheet or column is missing; a formula in a column asked for has no value; all at once.
    """
    data = checked_file(path)
    faults: list[str] = []
    tables: list[Table] = []
    with guarded(path.name), opened(data) as book:
        for sheet in sheets:
            table = _read(book, path.name, sheet, faults)
            if table is not None:
                faults += _lost_formulas(data, sheet, table)
                tables.append(table)
    if faults:
        raise table_faults(path.name, faults)
    return tuple(tables)


def sheet_columns(path: Path, sheet: SheetShape) -> tuple[str, ...]:
    """The header of a workbook's sheet; empty where it has none that can be read."""
    try:
        data = checked_file(path)
        with guarded(path.name), opened(data) as book:
            name = sheet_name(book, sheet)
            return _header(book, name, sheet).columns if name else ()
    except FaultsError:
        return ()


def _sheet_faults(path: Path, sheet: SheetShape) -> tuple[str, ...]:
    """Why no header can be found; empty where only columns are missing, which is named elsewhere."""
    try:
        data = checked_file(path)
        with guarded(path.name), opened(data) as book:
            return () if sheet_name(book, sheet) else (no_sheet(book, sheet),)
    except FaultsError as error:
        return error.faults


@contextmanager
def guarded(file: str) -> Iterator[None]:
    """Turns what a damaged workbook raises into one fault, and keeps openpyxl's warnings of what it skips quiet."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _PARSE_ERRORS as error:
        why = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise table_faults(file, [f"is damaged: it cannot be read as a workbook ({why})."]) from error


@contextmanager
def opened(data: bytes, *, formulas: bool = False) -> Iterator[Any]:
    """The workbook, read cell by cell: the values that formulas left in the file, or the formulas themselves."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=not formulas, keep_links=False)
    try:
        yield book
    finally:
        book.close()


def checked_file(path: Path) -> bytes:
    """The file's bytes, once nothing about the archive speaks against unpacking it.

    Raises:
        FaultsError: something does.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise table_faults(path.name, [f"is larger than {MAX_FILE_BYTES // 1024**2} MB."])
        data = path.read_bytes()
    except OSError as error:
        raise table_faults(path.name, [f"cannot be opened: {error.strerror}."]) from error
    return checked_workbook(path.name, data)


def checked_workbook(file: str, data: bytes) -> bytes:
    """The same bytes, once nothing about the archive speaks against unpacking it.

    Raises:
        FaultsError: something does.
    """
    if data.startswith(_OLE):
        raise table_faults(
            file, ["is encrypted, or a workbook of the old .xls kind; save it as .xlsx without a password."]
        )
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise table_faults(file, ["is not an .xlsx workbook: an .xlsx file is a zip archive, this is none."])
    with guarded(file), zipfile.ZipFile(io.BytesIO(data)) as archive:
        faults = _archive_faults(archive)
    if faults:
        raise table_faults(file, faults)
    return data


def _archive_faults(archive: zipfile.ZipFile) -> list[str]:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > _MAX_UNPACKED_BYTES:
        # zipfile stops at the size a part declares, so the declared sizes bound what is unpacked.
        return [f"unpacks to {unpacked // 1024**2} MB, at most {_MAX_UNPACKED_BYTES // 1024**2} are read."]
    if len(parts) > _MAX_PARTS:
        return [f"holds {len(parts)} parts, at most {_MAX_PARTS} are read."]
    if any(part.flag_bits & 1 for part in parts):
        return ["is encrypted; save it without a password."]
    if "xl/workbook.xml" not in archive.namelist():
        return ["is a zip archive but no .xlsx workbook: the part xl/workbook.xml is missing."]
    xml = [part for part in parts if part.filename.lower().endswith((".xml", ".rels"))]
    return [
        f"part {part.filename}: declares a document type, which no workbook needs; it is not read."
        for part in xml
        if _has_doctype(archive, part)
    ]


def _has_doctype(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """True where a part could define entities, in any of the encodings expat reads."""
    before = b""
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK_BYTES):
            plain = before + chunk.replace(b"\0", b"")
            if b"<!DOCTYPE" in plain:
                return True
            before = plain[-16:]
    return False


def plain_cell(value: Any) -> str:  # noqa: ANN401 - a cell holds whatever the workbook's author put there
    """A cell as text: numbers so that they read back the same, blanks collapsed."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(value)
    return re.sub(r"\s+", " ", str(value)).strip()


def sheet_name(book: Any, sheet: SheetShape) -> str | None:  # noqa: ANN401 - openpyxl has no types
    """The sheet's name as the workbook writes it; None where there is no such sheet."""
    wanted = plain_cell(sheet.name).casefold()
    chart_free = [each.title for each in book.worksheets]
    return next((name for name in chart_free if plain_cell(name).casefold() == wanted), None)


def no_sheet(book: Any, sheet: SheetShape) -> str:  # noqa: ANN401
    """Says that a sheet is not there, and which are."""
    has = ", ".join(repr(name[:40]) for name in book.sheetnames[:_SHOWN_NAMES])
    return f"has no sheet {sheet.name!r}; its sheets are {has or 'none'}."


def numbered_rows(book: Any, name: str) -> Iterator[tuple[int, _Cells]]:  # noqa: ANN401
    """Rows with their numbers, from 1.

    Raises:
        ValueError: the sheet is too long or too wide.
    """
    page = book[name]
    page.reset_dimensions()  # the size a sheet declares may be wrong
    for place, cells in enumerate(page.iter_rows(values_only=True), start=1):
        if place > _MAX_ROWS or len(cells) > _MAX_COLUMNS:
            raise ValueError(f"sheet {name!r} has more than {_MAX_ROWS} rows or {_MAX_COLUMNS} columns")
        yield place, cells


def _header(book: Any, name: str, sheet: SheetShape) -> _Found:  # noqa: ANN401
    """The first row with every column asked for, or the one with the most of them."""
    best, most = _Found(0, ()), -1
    for place, cells in numbered_rows(book, name):
        columns = tuple(map(plain_cell, cells))
        there = len(set(sheet.columns) & set(columns))
        if any(columns) and there > most:
            best, most = _Found(place, columns), there
        if place >= HEADER_ROWS or most == len(sheet.columns):
            break
    return best


def _read(book: Any, file: str, sheet: SheetShape, faults: list[str]) -> Table | None:  # noqa: ANN401
    """The sheet as a table, or None after naming what is missing."""
    name = sheet_name(book, sheet)
    if name is None:
        faults.append(no_sheet(book, sheet))
        return None
    header = _header(book, name, sheet)
    lacking = [column for column in sheet.columns if column not in header.columns]
    twice = [column for column in sheet.columns if header.columns.count(column) > 1]
    if lacking or twice:
        shown = ", ".join(repr(each[:40]) for each in header.columns if each) or "none"
        faults += [f"sheet {name!r}: the column {each!r} is missing; found: {shown[:600]}." for each in lacking]
        faults += [f"sheet {name!r}: the column {each!r} stands twice." for each in twice]
        return None
    places = [header.columns.index(column) for column in sheet.columns]
    rows = []
    for line, cells in numbered_rows(book, name):
        if line > header.row and any(plain_cell(value) for value in cells):
            texts = (plain_cell(cells[place]) if place < len(cells) else "" for place in places)
            rows.append(Row(line, dict(zip(sheet.columns, texts, strict=True))))
    return Table(file, sheet.columns, tuple(rows))


def _lost_formulas(data: bytes, sheet: SheetShape, table: Table) -> list[str]:
    """Cells that are empty only because no program has computed their formula yet."""
    empty = {row.line: [name for name in sheet.columns if not row.cells[name]] for row in table.rows}
    if not any(empty.values()):
        return []
    with opened(data, formulas=True) as book:
        formulas = _read(book, table.file, sheet, [])
    return [
        f"sheet {sheet.name!r}, line {row.line}, column {name!r}: holds a formula without its value; open the "
        "workbook in a spreadsheet program and save it."
        for row in (formulas.rows if formulas else ())
        for name in empty.get(row.line, ())
        if row.cells[name]
    ]
