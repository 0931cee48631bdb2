"""Opens the input of a batch: checksum, header, columns, number of rows; then its rows, as often as asked."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from firstprint.batch.cells import LONGEST_CELL, RowReader
from firstprint.batch.columns import Column, columns_of
from firstprint.batch.formats import Shape, format_of, unreadable
from firstprint.batch.reading_csv import look_at_csv, rows_of_csv
from firstprint.batch.reading_jsonl import look_at_jsonl, rows_of_jsonl
from firstprint.batch.reading_parquet import look_at_parquet, rows_of_parquet
from firstprint.batch.reading_xlsx import look_at_xlsx, rows_of_xlsx
from firstprint.batch.records import BatchOptions, BatchRow, Chunk, SourceRow
from firstprint.importers.spelled_numbers import DecimalSigns, decimal_signs

_BLOCK_BYTES: Final = 1 << 20
_ROWS: Final[Mapping[str, Callable[[Path, Shape], Iterator[SourceRow]]]] = {
    "csv": rows_of_csv,
    "xlsx": rows_of_xlsx,
    "parquet": rows_of_parquet,
    "jsonl": rows_of_jsonl,
}


class Source(NamedTuple):
    """An input that has been looked through once.

    Attributes:
        kind: ``csv``, ``xlsx``, ``parquet`` or ``jsonl``.
        sha256: of the file's bytes.
        columns: where each field stands.
        total: rows.
        signs: the decimal signs that its numbers use.
    """

    path: Path
    kind: str
    sha256: str
    shape: Shape
    columns: Mapping[str, Column]
    total: int
    signs: DecimalSigns

    @property
    def headings(self) -> dict[str, str]:
        """What was read from which heading."""
        return {field: column.heading for field, column in self.columns.items()}

    def rows(self) -> Iterator[SourceRow]:
        """The rows as they stand in the file, from the first."""
        return _ROWS[self.kind](self.path, self.shape)

    def asked(self, options: BatchOptions) -> Iterator[BatchRow]:
        """The rows as requests."""
        reader = RowReader(self.shape.header, self.columns, self.signs, options.language, options.top)
        return map(reader.read, self.rows())

    def chunks(self, options: BatchOptions, size: int, done: frozenset[int]) -> Iterator[Chunk]:
        """The rows in chunks, without those that are done.

        Args:
            options: of the batch.
            size: rows a chunk.
            done: places of chunks that were answered before.
        """
        reader = RowReader(self.shape.header, self.columns, self.signs, options.language, options.top)
        for place, rows in enumerate(_batched(self.rows(), size)):
            if place not in done:
                yield Chunk(place, tuple(map(reader.read, rows)))


def open_source(path: Path, options: BatchOptions) -> Source:
    """Looks through the input once.

    Raises:
        InputError: its ending is none that is read.
        FaultsError: the file as a whole cannot be read, or its columns cannot be told.
    """
    kind = format_of(path)
    sha256 = checksum(path)
    shape = _look(path, kind, options.sheet)
    columns = columns_of(shape.header, options.columns, path.name)
    counter = itertools.count()
    places = [place for field in ("amount", "mass_kg") if field in columns for place in columns[field].places]

    def numbers() -> Iterator[str]:
        for row in _ROWS[kind](path, shape):
            next(counter)
            yield from (cell for place in places if isinstance(cell := row.values[place], str) and len(cell) < _NUMBER)

    seen = _all_signs(numbers(), comma_usual=shape.comma_usual)
    return Source(path, kind, sha256, shape, columns, next(counter), seen)


_NUMBER: Final = min(100, LONGEST_CELL)


def checksum(path: Path) -> str:
    """SHA-256 of a plain file.

    Raises:
        FaultsError: there is none, or it cannot be read.
    """
    try:
        if path.is_dir():
            raise unreadable(path, "is a folder; name one file.")
        if not path.is_file():
            raise unreadable(path, f"there is no such {'plain file' if path.exists() else 'file'}.")
        total = hashlib.sha256()
        with path.open("rb") as handle:
            while block := handle.read(_BLOCK_BYTES):
                total.update(block)
    except OSError as error:
        raise unreadable(path, f"cannot be opened: {error.strerror}.") from error
    return total.hexdigest()


def _look(path: Path, kind: str, sheet: str) -> Shape:
    if kind == "xlsx":
        return look_at_xlsx(path, sheet)
    return {"csv": look_at_csv, "jsonl": look_at_jsonl, "parquet": look_at_parquet}[kind](path)


def _all_signs(cells: Iterator[str], *, comma_usual: bool) -> DecimalSigns:
    """The decimal signs of all cells, read to the end so that every row is counted."""
    point = comma = False
    for cell in cells:
        if cell and not (point and comma):
            said = decimal_signs((cell,))
            point, comma = point or said.point, comma or said.comma
    return DecimalSigns(point, comma, comma_usual and not point and not comma)


def _batched(rows: Iterator[SourceRow], size: int) -> Iterator[tuple[SourceRow, ...]]:
    while rows_together := tuple(itertools.islice(rows, size)):
        yield rows_together
