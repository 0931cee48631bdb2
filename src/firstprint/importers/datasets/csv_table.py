"""Any catalogue table: csv, xlsx or Parquet, with the catalogue's columns under their own or other names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.errors import FaultsError, UnreadableError
from firstprint.importers.datasets.packages import Member, Package
from firstprint.importers.datasets.parquet import read_parquet
from firstprint.importers.datasets.records import About, Asked, Problem
from firstprint.importers.datasets.table_columns import VALUE, Mapped, known_names, map_columns, shown
from firstprint.importers.datasets.table_rows import RowReader
from firstprint.importers.tabular import LooseTable, is_workbook, read_loosely

_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".parquet")
_IN_FOLDERS = (".csv", ".tsv", ".xlsx", ".xlsm", ".parquet")
_ENOUGH_NAMES = 2


class _Opened(NamedTuple):
    found: LooseTable
    mapped: Mapped


class CsvTable:
    """Catalogue tables; every table of a folder or archive is read, each by its own headings."""

    format = "csv"
    title = "catalogue table (csv, xlsx, Parquet)"

    def recognised(self, package: Package) -> str:
        """By the headings of its first table; to be asked last, since published tables have formats of their own."""
        for member in _tables(package):
            try:
                found = _read(package, member, Asked())
            except (FaultsError, UnreadableError):
                continue
            names = known_names(found.table.columns)
            if names >= _ENOUGH_NAMES:
                return f"{member.name} is a table, and {names} of its headings name columns of a catalogue"
        return ""

    def about(self, package: Package) -> About:
        """Named after the file; licences are those of the rows."""
        stem = package.path.stem if package.kind != "folder" else package.path.name
        slug = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._")[:60]
        return About(source_id=slug.lower() or "table", title=stem or "table")

    def read(self, package: Package, asked: Asked) -> Iterator[Dataset | Problem]:
        """Every row of every table.

        Raises:
            FaultsError: no table can be read, or none has the columns needed; says which are there and what to type.
        """
        tables = _tables(package)
        if not tables:
            raise _refused(package, [f"holds no table; tables end in {', '.join(_IN_FOLDERS)}."])
        faults: list[str] = []
        first_seen: dict[str, str] = {}
        read = 0
        for member in tables:
            try:
                opened = _open(package, member, asked)
            except (FaultsError, UnreadableError) as error:
                told = list(error.faults) if isinstance(error, FaultsError) else [str(error)]
                if len(tables) == 1:
                    raise _refused(package, told) from error
                faults += [f"{member.name}: {fault}" for fault in told]
                yield from (Problem("is a table that cannot be read", member.name, fault) for fault in told)
                continue
            read += 1
            yield from self._rows(member, opened, asked, first_seen, self.about(package).source_id)
        if not read:
            raise _refused(package, faults)

    def steps(self, package: Package) -> int:
        """Not known before the tables are read."""
        return 0

    def _rows(
        self, member: Member, opened: _Opened, asked: Asked, first_seen: dict[str, str], source: str
    ) -> Iterator[Dataset | Problem]:
        table = opened.found.table
        for line, fault in opened.found.misfits:
            yield Problem("is a row that cannot be read", f"{member.name} line {line}", fault)
        if VALUE not in opened.mapped.columns:
            detail = f"columns: {shown(table.columns)}. Name it: --map {VALUE}=HEADING"
            where = f"{member.name} {table.where}line {table.header_line}"
            yield Problem(
                "has no column of results; its datasets are kept for matching only", where, detail, skipped=False
            )
        reader = RowReader(opened.found, opened.mapped.columns, asked.defaults, source)
        for row in table.rows:
            for each in reader.read(row, member.name):
                if isinstance(each, Dataset):
                    place = reader.place(row.line, member.name)
                    before = first_seen.setdefault(each.dataset_id, place)
                    if before != place:
                        yield Problem(
                            "has the id of an earlier row", place, f"{each.dataset_id[:60]!r}, as in {before}"
                        )
                        continue
                yield each


def _tables(package: Package) -> tuple[Member, ...]:
    return package.of_suffix(*(_SUFFIXES if package.kind == "file" else _IN_FOLDERS))


def _read(package: Package, member: Member, asked: Asked) -> LooseTable:
    data = package.read(member)
    if member.suffix == ".parquet":
        return read_parquet(member.name, data)
    wanted = set(asked.columns.values())

    def recognise(cells: object) -> int:
        row = [cell for cell in cells if isinstance(cell, str)] if isinstance(cells, (list, tuple)) else []
        return known_names(row) + 2 * len(wanted.intersection(row))

    sheet = asked.sheet if is_workbook(member.name, data[:8]) else ""
    return read_loosely(Path(member.name), data, recognise, sheet)


def _open(package: Package, member: Member, asked: Asked) -> _Opened:
    """The table and its columns.

    Raises:
        FaultsError: it cannot be read, or lacks a column.
        UnreadableError: its bytes cannot be had.
    """
    found = _read(package, member, asked)
    where = f"{found.table.where}line {found.table.header_line}"
    mapped = map_columns(found.table.columns, asked.columns, asked.defaults, where)
    if mapped.faults:
        raise _refused(package, mapped.faults)
    return _Opened(found, mapped)


def _refused(package: Package, faults: list[str] | tuple[str, ...]) -> FaultsError:
    return FaultsError(
        f"{package.path.name} cannot be imported as a table; nothing was changed.",
        faults,
        hint="Say which heading means what with --map COLUMN=HEADING, and what all rows share with "
        "--default COLUMN=VALUE.",
    )


IMPORTER = CsvTable()
