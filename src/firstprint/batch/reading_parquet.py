"""Reads Parquet batch by batch; pyarrow parses it, and it is hostile until it has."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from firstprint.batch.cells import LONGEST_CELL
from firstprint.batch.formats import MAX_COLUMNS, Shape, unreadable
from firstprint.batch.records import SourceRow, Value

_ROWS_TOGETHER: Final = 1_024
_MAX_GROUP_BYTES: Final = 2 * 1024**3
"""Unpacked bytes of one row group, which is read as a whole."""


def look_at_parquet(path: Path) -> Shape:
    """The columns of the schema.

    Raises:
        FaultsError: it is not Parquet, or has too many columns or a row group too large to hold.
    """
    with _opened(path) as file:
        header = tuple(str(name) for name in file.schema_arrow.names)
        sizes = [file.metadata.row_group(place).total_byte_size for place in range(file.metadata.num_row_groups)]
    if len(header) > MAX_COLUMNS:
        raise unreadable(path, f"has {len(header)} columns, at most {MAX_COLUMNS} are read.")
    if max(sizes, default=0) > _MAX_GROUP_BYTES:
        raise unreadable(path, "has a row group of more than 2 GB; write it with smaller row groups.")
    return Shape(header)


def rows_of_parquet(path: Path, _shape: Shape) -> Iterator[SourceRow]:
    """All rows; their lines count from 1.

    Raises:
        FaultsError: the file is damaged.
    """
    number = 0
    with _opened(path) as file:
        for batch in file.iter_batches(batch_size=_ROWS_TOGETHER):
            columns = [column.to_pylist() for column in batch.columns]
            for place in range(batch.num_rows):
                number += 1
                values = tuple(_value(column[place]) for column in columns)
                long = any(isinstance(value, str) and len(value) > LONGEST_CELL for value in values)
                fault = f"row {number}: has a cell of more than {LONGEST_CELL:,} characters." if long else ""
                yield SourceRow(number, number, values, fault)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(str(path)) as file:
            yield file
    except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError, MemoryError) as error:
        why = (str(error).splitlines() or [""])[0][:120] or type(error).__name__
        raise unreadable(path, f"is no Parquet file that can be read ({why}).") from error


def _value(value: object) -> Value:
    if value is None or isinstance(value, str | float | int | bool):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    return str(value)
