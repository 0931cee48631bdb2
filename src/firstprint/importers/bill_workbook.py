"""Reads a sheet of an .xlsx workbook as text cells. A workbook is hostile until it is parsed."""

from __future__ import annotations

import datetime
import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from firstprint.errors import FaultsError
from firstprint.importers.bill_columns import names_components, recognised
from firstprint.importers.bill_tables import (
    HEADER_ROWS,
    MAX_COLUMNS,
    MAX_ROWS,
    RawRow,
    RawTable,
    as_table,
    best_header,
    file_fault,
    plain_cell,
)

MAX_UNPACKED_BYTES = 200 * 1024 * 1024
_MAX_PARTS = 2_000
_HEAD_BYTES = 64 * 1024
_OLD_FORMAT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # encrypted workbooks and the .xls of before 2007
_MARKUP_DECLARATIONS = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
# What zipfile, expat and openpyxl raise on damaged or made-up workbooks.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, SyntaxError, LookupError, ValueError, TypeError, AttributeError,
    AssertionError, ArithmeticError, EOFError, OSError, RuntimeError,
)  # fmt: skip


def read_workbook(file: str, data: bytes, sheet: str | None) -> RawTable:
    """The sheet asked for, or the first whose header names components, else the first with anything in it.

    Values that formulas left in the file are taken; a formula without its value is a fault.

    Raises:
        FaultsError: the file is no workbook, hostile or damaged; the sheet is missing or holds nothing.
    """
    _check_archive(file, data)
    with _guarded(file):
        with _opened(data, values=True) as book:
            name = _chosen(file, book, sheet)
            rows = list(_rows(file, book[name]))
        place = f"{file}, sheet {name!r}"
        table = as_table(place, rows)
        _check_formulas(place, data, name, rows)
    return table


def _check_archive(file: str, data: bytes) -> None:
    if data.startswith(_OLD_FORMAT):
        raise file_fault(file, "it is encrypted, or of the old .xls kind. Save it as .xlsx without a password.")
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise file_fault(file, "it is not an .xlsx workbook, whatever its ending says. Save it as .xlsx or .csv.")
    with _guarded(file), zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if unpacked > MAX_UNPACKED_BYTES or len(parts) > _MAX_PARTS:
            raise file_fault(
                file, f"it unpacks to {unpacked // 1024**2} MB in {len(parts)} parts: more than is read. "
                "Copy the bill alone into a new workbook."
            )  # fmt: skip
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as stream:
                    head = stream.read(_HEAD_BYTES)
                if _MARKUP_DECLARATIONS.search(head):
                    raise file_fault(file, f"its part {part.filename[:60]!r} declares XML entities.")


@contextmanager
def _guarded(file: str) -> Iterator[None]:
    """Turns what a damaged workbook raises into one fault; what openpyxl says of things it skips stays unsaid."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except FaultsError:
        raise
    except _DAMAGE as error:
        why = " ".join(str(error).split())[:120] or type(error).__name__
        raise file_fault(file, f"it is damaged and cannot be read as a workbook ({why}). Save it anew.") from error


@contextmanager
def _opened(data: bytes, *, values: bool) -> Iterator[Any]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=values, keep_links=False)
    try:
        yield book
    finally:
        book.close()


def _chosen(file: str, book: Any, sheet: str | None) -> str:  # noqa: ANN401 - openpyxl has no types
    names = [str(page.title) for page in book.worksheets]
    if sheet is not None:
        wanted = next((name for name in names if name.strip().casefold() == sheet.strip().casefold()), None)
        if wanted is None:
            shown = ", ".join(repr(name[:40]) for name in names[:12]) or "none"
            raise file_fault(file, f"--sheet {sheet}: there is no such sheet; its sheets are {shown}.")
        return wanted
    if not names:
        raise file_fault(file, "it holds no sheet with cells.")
    scored = [(_promise(file, book[name]), -place, name) for place, name in enumerate(names[:50])]
    return max(scored)[2]


def _promise(file: str, page: Any) -> tuple[bool, int, bool]:  # noqa: ANN401
    head = [row for row in _rows(file, page, HEADER_ROWS) if any(row.cells)]
    if not head:
        return (False, 0, False)
    cells = best_header(head).cells
    return (names_components(cells), recognised(cells), True)


def _rows(file: str, page: Any, most: int = MAX_ROWS + HEADER_ROWS) -> Iterator[RawRow]:  # noqa: ANN401
    page.reset_dimensions()  # the size a sheet declares may be wrong
    asked = most < MAX_ROWS
    for number, cells in enumerate(page.iter_rows(values_only=True), start=1):
        if number > most:
            if asked:
                return
            raise file_fault(file, f"sheet {page.title!r} has more than {MAX_ROWS:,} rows. Split it by assembly.")
        texts = [_cell(value) for value in cells]
        while texts and not texts[-1]:
            texts.pop()
        if len(texts) > MAX_COLUMNS:
            raise file_fault(file, f"sheet {page.title!r}, row {number} has more than {MAX_COLUMNS} columns.")
        yield RawRow(number, tuple(texts))


def _cell(value: object) -> str:
    """A cell as text that reads back as the same number."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return plain_cell(str(value))


def _check_formulas(place: str, data: bytes, name: str, rows: list[RawRow]) -> None:
    """Cells that are empty only because no program has computed their formula yet are faults, not blanks."""
    with _opened(data, values=False) as book:
        written = list(_rows(place, book[name]))
    lost = [
        f"row {row.line}, column {column + 1}: it holds a formula without its value. Open the workbook in a "
        "spreadsheet program, save it and try again."
        for row, seen in zip(written, rows, strict=False)
        for column, cell in enumerate(row.cells)
        if cell.startswith("=") and not (seen.cells[column] if column < len(seen.cells) else "")
    ]
    if lost:
        raise file_fault(place, *lost)
