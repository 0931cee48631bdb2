"""Reads csv row by row: encoding, separator and header are found, and no row is held longer than needed."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from firstprint.batch.cells import LONGEST_CELL
from firstprint.batch.columns import known_headings
from firstprint.batch.formats import MAX_COLUMNS, Shape, unreadable
from firstprint.batch.records import SourceRow
from firstprint.importers.tabular import likely_encodings

_SAMPLE_BYTES: Final = 1 << 20
_BLOCK_BYTES: Final = 1 << 20
_HEADER_ROWS: Final = 10
_SEPARATORS: Final = (",", ";", "\t", "|")
_COMMA_USUAL: Final = frozenset({";", "\t"})
_MAX_FIELD_CHARS: Final = 64 * 1024 * 1024
"""A quotation mark that nobody closed takes in the rest of the file; beyond this the file is refused."""
_LOSSY: Final = "surrogateescape"
_LOST_SHARE: Final = 0.1
"""Share of bytes above 127 that may break UTF-8 before the file counts as written in something else."""
_RUN_AWAY_LINES: Final = 100


def look_at_csv(path: Path) -> Shape:
    """Finds encoding, separator and header.

    Raises:
        FaultsError: the file is empty or in no known encoding.
    """
    with path.open("rb") as handle:
        sample = handle.read(_SAMPLE_BYTES)
    if not sample.strip(b"\0\t\r\n \xef\xbb\xbf"):
        raise unreadable(path, "is empty.")
    encoding = _encoding(path, sample)
    best, line, header = ",", 0, tuple[str, ...]()
    most = -1
    for separator in _SEPARATORS:
        start = []
        for record in _records(path, encoding, separator):
            start.append(record)
            if len(start) == _HEADER_ROWS:
                break
        for number, cells in start:
            known = known_headings(cells)
            if known > most:
                best, header, line, most = separator, tuple(cells), number, known
    if len(header) > MAX_COLUMNS:
        raise unreadable(path, f"line {line}: has {len(header)} columns, at most {MAX_COLUMNS} are read.")
    return Shape(_trimmed(header), line, encoding, best, comma_usual=best in _COMMA_USUAL)


def rows_of_csv(path: Path, shape: Shape) -> Iterator[SourceRow]:
    """The rows below the header; one that has another length than the header carries its fault.

    Raises:
        FaultsError: a quoted cell never ends.
    """
    number, width = 0, len(shape.header)
    for line, cells in _records(path, shape.encoding, shape.separator):
        if line <= shape.header_line:
            continue
        number += 1
        yield SourceRow(number, line, _values(cells, width), _fault(line, cells, width))


def _values(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return (*cells[:width], *[""] * (width - len(cells)))


def _fault(line: int, cells: Sequence[str], width: int) -> str:
    if len(cells) < width or any(cells[width:]):
        hint = ""
        if any(cell.count("\n") > _RUN_AWAY_LINES for cell in cells):
            hint = " A quotation mark that is opened here is not closed for many lines."
        return f"line {line}: has {len(cells)} cells, the header has {width}.{hint}"
    if any(len(cell) > LONGEST_CELL for cell in cells):
        return f"line {line}: has a cell of more than {LONGEST_CELL:,} characters."
    return ""


def _trimmed(header: Sequence[str]) -> tuple[str, ...]:
    cells = [cell.strip() for cell in header]
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _records(path: Path, encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Every record that is not blank, with the line it begins on."""
    csv.field_size_limit(_MAX_FIELD_CHARS)
    line = 1
    with path.open(encoding=encoding, errors=_LOSSY, newline="") as handle:
        reader = csv.reader(handle, delimiter=separator)
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            raise unreadable(path, f"line {line}: {error}; a quotation mark may not be closed.") from error


def _encoding(path: Path, sample: bytes) -> str:
    """The first likely encoding that fits the whole file; UTF-8 with a few broken bytes stays UTF-8."""
    likely = likely_encodings(sample)
    for encoding in likely[:1] if likely[0] == "utf-16" else ("utf-8-sig",):
        if _fits(path, encoding):
            return encoding
    if likely[0] == "utf-16":
        raise unreadable(path, "begins like UTF-16 and is not; save it as UTF-8.")
    if _nearly_utf8(sample):
        return "utf-8-sig"
    for encoding in likely[1:]:
        if _fits(path, encoding):
            return encoding
    return "utf-8-sig"


def _fits(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as handle:
            while block := handle.read(_BLOCK_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _nearly_utf8(sample: bytes) -> bool:
    high = sum(byte > 0x7F for byte in sample)
    lost = sum("\udc80" <= char <= "\udcff" for char in sample.decode("utf-8", _LOSSY))
    return high > 0 and lost < _LOST_SHARE * high
