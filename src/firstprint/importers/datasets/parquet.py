"""Parquet files as tables of bounded size; pyarrow parses them, and they are hostile until it has."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from firstprint.errors import FaultsError
from firstprint.importers.tabular import MAX_ROWS, Cell, LooseTable, RawTable, TableRow, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_COLUMNS: Final = 500
_MAX_UNPACKED_BYTES: Final = 512 * 1024 * 1024
_MAX_CELL_CHARS: Final = 20_000
_BATCH: Final = 4_096


def read_parquet(name: str, data: bytes) -> LooseTable:
    """All rows of a Parquet file as cells; lines count rows from 1.

    Raises:
        FaultsError: it is not Parquet, is damaged, or has too many rows, columns or bytes.
    """
    import pyarrow as pa

    path = Path(name)
    try:
        rows = tuple(_rows(path, data))
        columns = _columns(path, data)
    except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError, MemoryError) as error:
        raise _damaged(path, error) from error
    return LooseTable(RawTable(path.name, "", 0, columns, rows, comma_usual=False), ())


def _columns(path: Path, data: bytes) -> tuple[str, ...]:
    return tuple(str(column) for column in _opened(path, data).schema_arrow.names)


def _rows(path: Path, data: bytes) -> Iterator[TableRow]:
    line = 0
    for batch in _opened(path, data).iter_batches(batch_size=_BATCH):
        columns = [column.to_pylist() for column in batch.columns]
        for cells in zip(*columns, strict=True):
            line += 1
            yield TableRow(line, tuple(_cell(value) for value in cells))


def _opened(path: Path, data: bytes) -> Any:  # noqa: ANN401 - pyarrow has no types
    """The file, once what it declares is bearable.

    Raises:
        FaultsError: it is not.
    """
    import pyarrow.parquet as pq

    file = pq.ParquetFile(io.BytesIO(data))
    about = file.metadata
    unpacked = sum(about.row_group(place).total_byte_size for place in range(about.num_row_groups))
    if about.num_rows > MAX_ROWS:
        raise unreadable(path, [f"has {about.num_rows:,} rows, at most {MAX_ROWS:,} are read; split it."])
    if len(file.schema_arrow.names) > _MAX_COLUMNS or unpacked > _MAX_UNPACKED_BYTES:
        raise unreadable(path, [f"has more than {_MAX_COLUMNS} columns or unpacks to more than 512 MB."])
    return file


def _cell(value: object) -> Cell:
    """Text, or a number where the file says so; whole numbers as text, since a float would round long ids."""
    if value is None:
        return ""
    if isinstance(value, float):
        return value
    if isinstance(value, (list, tuple)):
        return "|".join(str(each) for each in value if each is not None)[:_MAX_CELL_CHARS]
    if isinstance(value, bytes):
        return value[:_MAX_CELL_CHARS].decode("utf-8", "replace").strip()
    return str(value)[:_MAX_CELL_CHARS].strip()


def _damaged(path: Path, error: BaseException) -> FaultsError:
    if isinstance(error, FaultsError):
        return error
    why = (str(error).splitlines() or [""])[0][:120] or type(error).__name__
    return unreadable(path, [f"is no Parquet file that can be read ({why})."])
