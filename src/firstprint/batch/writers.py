"""Writes the output of a batch, whole or not at all: flat tables beside the user's own columns, or records as lines."""

from __future__ import annotations

import csv
import itertools
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from firstprint.batch.cells import LONGEST_CELL, text_of
from firstprint.batch.records import FLAT_COLUMNS, FLAT_NUMBERS, Flat, Outcome, SourceRow, Value
from firstprint.exporters.sheets import FORMULA_STARTS

if TYPE_CHECKING:
    from firstprint.batch.reader import Source

_ROWS_TOGETHER: Final = 4_096
_NUL: Final = "\0"


class Row(NamedTuple):
    """A row of the input beside what it came to."""

    source: SourceRow
    outcome: Outcome


class Written(NamedTuple):
    """What was written: notes for the user."""

    notes: tuple[str, ...] = ()


def own_columns(header: Sequence[str]) -> tuple[str, ...]:
    """Names of the user's own columns beside ours: one that is ours already, or stands twice, is told apart."""
    taken = set(FLAT_COLUMNS)
    names = []
    for place, heading in enumerate(header, start=1):
        plain = clean(heading) or f"column {place}"
        name = plain
        for number in itertools.count(1):
            if name not in taken:
                break
            name = f"{plain} (input)" if number == 1 else f"{plain} (input {number})"
        taken.add(name)
        names.append(name)
    return tuple(names)


def clean(text: str) -> str:
    """Text that any file format takes: lone surrogates replaced, NUL out, of bearable length."""
    return text[:LONGEST_CELL].encode("utf-8", "replace").decode("utf-8").replace(_NUL, "")


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A file beside the target that takes its place once it is on the disk; removed where anything goes wrong."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield beside
        with beside.open("rb+") as handle:
            os.fsync(handle.fileno())
        beside.replace(target)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def write_jsonl(path: Path, _source: Source, rows: Iterable[Row], _created: str) -> Written:
    """One record a line; a row at fault gives a line with its ``row_id``, ``status`` and ``error``."""
    with path.open("w", encoding="utf-8", newline="\n", errors="replace") as handle:
        for row in rows:
            handle.write((row.outcome.record or _error_line(row.outcome.flat)) + "\n")
    return Written()


def _error_line(flat: Flat) -> str:
    return json.dumps({"row_id": flat.row_id, "status": flat.status, "error": flat.error}, ensure_ascii=False)


def write_csv(path: Path, source: Source, rows: Iterable[Row], _created: str) -> Written:
    """A flat table in UTF-8 with its mark, so that spreadsheet programs read the Chinese right.

    Texts of ours that a spreadsheet would take for a formula get an apostrophe; the user's own cells stay as they are.
    """
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as handle:
        writer = csv.writer(handle, lineterminator="\r\n")
        writer.writerow([*FLAT_COLUMNS, *own_columns(source.shape.header)])
        for row in rows:
            ours = [_csv_cell(value) for value in row.outcome.flat]
            writer.writerow([*ours, *(clean(text_of(value)) for value in row.source.values)])
    return Written()


def _csv_cell(value: str | float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    text = clean(str(value))
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_parquet(path: Path, source: Source, rows: Iterable[Row], _created: str) -> Written:
    """A flat table; numbers are float64, the user's own columns text, or as their Parquet file had them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = own_columns(source.shape.header)
    kinds = _own_kinds(source)
    ours = [(name, pa.float64() if name in FLAT_NUMBERS else pa.string()) for name in FLAT_COLUMNS]
    schema = pa.schema([*ours, *zip(names, kinds, strict=True)])
    to_own = [_as_it_is if kind != pa.string() else _as_text for kind in kinds]
    with pq.ParquetWriter(str(path), schema, compression="zstd") as writer:
        for part in _batched(rows):
            columns: list[list[Any]] = [
                list(column) for column in zip(*(row.outcome.flat for row in part), strict=True)
            ]
            columns = [[clean(cell) if isinstance(cell, str) else cell for cell in column] for column in columns]
            own = [[turn(row.source.values[place]) for row in part] for place, turn in enumerate(to_own)]
            arrays = [pa.array(cells, kind) for cells, kind in zip([*columns, *own], schema.types, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
    return Written()


def _own_kinds(source: Source) -> list[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if source.kind != "parquet":
        return [pa.string()] * len(source.shape.header)
    kinds = pq.read_schema(str(source.path)).types
    plain = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)
    return [kind if any(fits(kind) for fits in plain) else pa.string() for kind in kinds]


def _as_it_is(value: Value) -> Value:
    return value


def _as_text(value: Value) -> str | None:
    return None if value is None else clean(text_of(value))


def _batched(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while part := list(itertools.islice(source, _ROWS_TOGETHER)):
        yield part


def write_xlsx(path: Path, source: Source, rows: Iterable[Row], created: str) -> Written:
    """A flat table as a workbook; the user's own workbook with our columns, where the input is one."""
    from firstprint.batch.writing_xlsx import write_workbook

    return Written(write_workbook(path, source, rows, created))


Writer = Callable[[Path, "Source", Iterable[Row], str], Written]
WRITERS: Final[Mapping[str, Writer]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "parquet": write_parquet,
    "xlsx": write_xlsx,
}
