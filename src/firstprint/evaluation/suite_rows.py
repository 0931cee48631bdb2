"""Reads ``queries.csv``: typed queries, and every fault of the table with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final, NamedTuple

from firstprint.evaluation.records import Query, Task
from firstprint.evaluation.suite_cells import Cells
from firstprint.evaluation.suite_files import QUERIES_FILE, shown

REQUIRED: Final[dict[Task | None, tuple[str, ...]]] = {
    None: ("id", "text"),
    "match": ("id", "text", "relevant"),
    "estimate": ("id", "text", "reference_kg_co2e"),
    "rationale": ("id", "text", "language"),
}
"""Columns a task needs besides the one that holds the group."""
MAX_ROWS: Final = 1_000_000
MAX_FAULTS: Final = 1_000
_MAX_FIELD_CHARS: Final = 200_000
_QUERY_COLUMNS: Final = frozenset(Query.__dataclass_fields__) - {"extra", "line"}


class RowRules(NamedTuple):
    """What the rows must keep to.

    Attributes:
        task: None where ``suite.toml`` does not say it; then only what all tasks need is asked for.
        group: column that holds the group; None where every row is its own group.
        known_ids: ids of the suite's catalogue, asked for at the first id; None where there is none to ask.
        where: the catalogue in words.
    """

    task: Task | None
    group: str | None
    known_ids: Callable[[], Collection[str]] | None
    where: str


class Record(NamedTuple):
    """A record of the table and the line it begins on."""

    line: int
    cells: list[str]


class RowsRead(NamedTuple):
    """Queries without faults, the groups of all rows (also of rows with faults), and the faults, one line each."""

    queries: tuple[Query, ...]
    groups: tuple[str, ...]
    faults: tuple[str, ...]


def records(text: str) -> Iterator[Record]:
    """The records of a CSV text; blank lines are passed over.

    Raises:
        csv.Error: a quote is not closed, or a cell is too long.
    """
    csv.field_size_limit(_MAX_FIELD_CHARS)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    for cells in reader:
        if cells:
            yield Record(line, cells)
        line = reader.line_num + 1


def read_rows(text: str, rules: RowRules) -> RowsRead:
    """Reads the text of a ``queries.csv``."""
    table = _Table(rules)
    line = 0
    try:
        for line, cells in records(text):
            table.take(line, cells)
            if table.full:
                break
    except csv.Error as error:
        table.fault(line + 1, f"is not CSV ({error}); close every quote, and double quotes within quotes")
    if not table.faults and not table.groups:
        table.fault(line or 1, "no row of queries follows; add at least one")
    return RowsRead(tuple(table.queries), tuple(table.groups), tuple(table.faults))


class _Table:
    """What has been read so far."""

    def __init__(self, rules: RowRules) -> None:
        self._rules = rules
        self._known: Collection[str] | None = None
        self._header: list[str] = []
        self._first_line: dict[str, int] = {}
        self._rows = 0
        self.queries: list[Query] = []
        self.groups: list[str] = []
        self.faults: list[str] = []
        self.full = False

    def fault(self, line: int, text: str) -> None:
        self.faults.append(f"{QUERIES_FILE} line {line}: {text}")

    def take(self, line: int, cells: list[str]) -> None:
        """Takes the header, then one row a call."""
        if not self._header:
            self._header = [cell.strip() for cell in cells]
            for fault in _header_faults(self._header, self._rules):
                self.fault(line, fault)
            return
        self._rows += 1
        if self._rows > MAX_ROWS:
            self._stop(line, f"more than {MAX_ROWS:,} rows; split the suite")
        elif len(cells) != len(self._header):
            self.fault(line, f"has {len(cells)} cells and the header {len(self._header)}; check commas and quotes")
        elif any("\0" in cell for cell in cells):
            self.fault(line, "holds a NUL character; save the table anew as CSV in UTF-8")
        else:
            self._row(line, Cells(dict(zip(self._header, (cell.strip() for cell in cells), strict=True))))
        if len(self.faults) >= MAX_FAULTS:
            self._stop(line, f"reading stops after {MAX_FAULTS:,} faults; mend these first")

    def _stop(self, line: int, text: str) -> None:
        if not self.full:
            self.fault(line, text)
        self.full = True

    def _row(self, line: int, cells: Cells) -> None:
        query = self._query(line, cells)
        first = self._first_line.setdefault(query.id, line)
        if query.id and first != line:
            cells.faults.append(f"column id: {shown(query.id)} stands already in line {first}; give each row its own")
        if query.group:
            self.groups.append(query.group)
        for fault in cells.faults:
            self.fault(line, fault)
        if not cells.faults:
            self.queries.append(query)

    def _query(self, line: int, cells: Cells) -> Query:
        task, column = self._rules.task, self._rules.group
        query_id = cells.short("id", needed=True)
        cells.range("reference_low", "reference_high")
        if task == "rationale":
            cells.language("language", ("en", "zh"))
        return Query(
            id=query_id,
            text=cells.description("text"),
            group=cells.short(column, needed=True) if column is not None else query_id,
            language=cells.short("language") or None,
            geography=cells.place("geography"),
            unit=cells.unit("unit"),
            amount=cells.number("amount") or 1.0,
            mass_kg=cells.number("mass_kg"),
            category=cells.short("category") or None,
            relevant=self._ids(cells, "relevant"),
            acceptable=self._ids(cells, "acceptable"),
            reference_kg_co2e=cells.number("reference_kg_co2e", needed=task == "estimate"),
            held_out=self._ids(cells, "held_out"),
            pair=cells.short("pair"),
            extra={name: cells.get(name) for name in self._header if name not in _QUERY_COLUMNS and name != column},
            line=line,
        )

    def _ids(self, cells: Cells, column: str) -> tuple[str, ...]:
        if self._known is None and self._rules.known_ids is not None and cells.get(column):
            self._known = frozenset(self._rules.known_ids())
        return cells.ids(column, self._known, self._rules.where)


def _header_faults(header: Sequence[str], rules: RowRules) -> Iterator[str]:
    needed = REQUIRED[rules.task] if rules.group is None else (*REQUIRED[rules.task], rules.group)
    found = ", ".join(shown(name) for name in header[:20])
    for name in dict.fromkeys(needed):
        if name not in header:
            yield f"column {name} is missing (found: {found}); add it, and separate columns by commas"
    for place, name in enumerate(header, start=1):
        if not name:
            yield f"column {place} has no name; name it or take it out"
        elif name in header[: place - 1]:
            yield f"column {shown(name)} stands there twice; take one out"
