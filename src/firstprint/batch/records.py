"""What passes between the steps of a batch: frozen, typed, and small enough to go to another process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, get_args

from firstprint.intake import RawRequest

Engine = Literal["local", "ray"]
ENGINES: Final = get_args(Engine)
Value = str | float | int | bool | None
"""A cell of the user's own columns, as the file has it."""
FLAT_COLUMNS: Final = (
    "row_id",
    "status",
    "decision",
    "kg_co2e",
    "low",
    "high",
    "dataset_id",
    "dataset_name",
    "acceptance_probability",
    "flags",
    "error",
)
"""Columns of a flat table, before the user's own (PRODUCT.md)."""
FLAT_NUMBERS: Final = frozenset({"kg_co2e", "low", "high", "acceptance_probability"})
CHUNK_ROWS: Final = 256
"""Rows encoded together, and lost at most when a run is killed."""
BatchProgress = Callable[[int, int], None]
"""Told rows done and rows in all, after every chunk."""


@dataclass(frozen=True)
class BatchOptions:
    """What a user may choose about a batch.

    Attributes:
        workers: processes; 1 works in this one.
        resume: go on with an unfinished run of the same input and output.
        columns: headings by what they hold, such as ``{"text": "产品名称"}``; the rest is guessed.
        sheet: of a workbook; empty for the one that fits best.
        language: of the answers; None follows each description.
        top: candidates of a record.
        chunk_rows: rows a chunk.
        cancelled: asked between chunks; True stops the run, which can then be resumed.
    """

    engine: Engine = "local"
    workers: int = 1
    resume: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    language: str | None = None
    top: int = 5
    chunk_rows: int = CHUNK_ROWS
    cancelled: Callable[[], bool] | None = None


class SourceRow(NamedTuple):
    """One row of the input as it stands there.

    Attributes:
        number: of the data row, from 1.
        line: line of the file, or row of the sheet.
        values: one a column of the source.
        fault: why the row cannot be read; empty where it can.
    """

    number: int
    line: int
    values: tuple[Value, ...]
    fault: str = ""


class BatchRow(NamedTuple):
    """One row as it is asked.

    Attributes:
        number: of the data row, from 1.
        row_id: the user's own id, else the number.
        raw: the request; None where ``error`` says why there is none.
    """

    number: int
    row_id: str
    raw: RawRequest | None
    error: str = ""


class Chunk(NamedTuple):
    """Rows that are answered together."""

    place: int
    rows: tuple[BatchRow, ...]


class Flat(NamedTuple):
    """One row of the flat table, without the user's own columns; the names are those of ``FLAT_COLUMNS``."""

    row_id: str
    status: str
    decision: str = ""
    kg_co2e: float | None = None
    low: float | None = None
    high: float | None = None
    dataset_id: str = ""
    dataset_name: str = ""
    acceptance_probability: float | None = None
    flags: str = ""
    error: str = ""


class Outcome(NamedTuple):
    """What one row came to.

    Attributes:
        flat: for a flat table.
        record: the record as one line of JSON; empty where a flat table is written.
    """

    flat: Flat
    record: str = ""


class Counts(NamedTuple):
    """Rows by what they came to.

    Attributes:
        estimated: rows with a number.
        no_match: rows without an acceptable dataset; the surrogate may still have given a number.
        errors: rows that could not be asked.
    """

    rows: int = 0
    estimated: int = 0
    no_match: int = 0
    errors: int = 0

    def with_outcome(self, flat: Flat) -> Counts:
        """The counts with one more row."""
        return Counts(
            self.rows + 1,
            self.estimated + (flat.kg_co2e is not None),
            self.no_match + (flat.decision == "no_match"),
            self.errors + (flat.status == "error"),
        )


class BatchReport(NamedTuple):
    """How a run ended.

    Attributes:
        target: where the output lies; it is there only where ``finished``.
        finished: False where the run was cancelled; ``--resume`` goes on.
        resumed_rows: rows that an earlier run had answered.
        seconds: of this run.
        rate: rows a second that this run answered.
        columns: what was read from which heading.
        first_errors: line and message of the first rows at fault.
        notes: what a reader should know of the output.
    """

    source: str
    target: str
    finished: bool
    counts: Counts
    resumed_rows: int
    seconds: float
    rate: float
    columns: Mapping[str, str]
    first_errors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
