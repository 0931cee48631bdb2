"""What readers of published tables share: finding the file by its headings, rows by name, results with their faults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.errors import FaultsError, UnreadableError
from firstprint.importers.datasets import normalising
from firstprint.importers.datasets.packages import Member, Package
from firstprint.importers.datasets.records import Problem
from firstprint.importers.reading import Original
from firstprint.importers.tabular import read_loosely, text_of
from firstprint.importers.xlsx_sheets import SheetCells, every_sheet

_HEADER_BYTES = 8_192


class PublishedRow(NamedTuple):
    """A row; ``place`` names file and line for a person."""

    place: str
    cells: Mapping[str, str]


def find_table(package: Package, marks: Sequence[str]) -> Member | None:
    """The first csv file whose beginning holds every mark; marks are headings, or parts of them, in ASCII."""
    for member in package.of_suffix(".csv", ".txt"):
        start = package.start(member, _HEADER_BYTES).decode("latin-1")
        if all(mark in start for mark in marks):
            return member
    return None


def needed(package: Package, member: Member | None, original: Original) -> Member:
    """The file.

    Raises:
        FaultsError: it is not there; says where to get it and under which terms.
    """
    if member is not None:
        return member
    raise FaultsError(
        f"{package.path.name} does not hold the {original.role}.",
        [f"usually named {original.file}. Download: {original.where}. Terms: {original.terms}."],
        hint="Give the file, or the folder it is in; --format auto looks for the format by itself.",
    )


def published_rows(
    package: Package, member: Member, columns: Sequence[str], problems: list[Problem]
) -> Iterator[PublishedRow]:
    """The rows of a published csv file, those that do not fit its header told apart.

    Raises:
        FaultsError: it cannot be read as a table, or lacks one of ``columns``.
    """

    def recognise(cells: Sequence[str]) -> int:
        return len(set(cells).intersection(columns))

    try:
        found = read_loosely(Path(member.name), package.read(member), recognise)
    except UnreadableError as error:
        raise FaultsError(f"{member.name} cannot be imported; nothing was changed.", [str(error)]) from error
    table = found.table
    lacking = [name for name in columns if name not in table.columns]
    if lacking:
        raise FaultsError(
            f"{member.name} cannot be imported; nothing was changed.",
            [f"line {table.header_line}: the column {name!r} is missing." for name in lacking],
            hint="Download the original again, or import it with --format csv and --map.",
        )
    problems += [
        Problem("is a row that cannot be read", f"{member.name} line {line}", fault) for line, fault in found.misfits
    ]
    for row in table.rows:
        cells = dict(zip(table.columns, map(text_of, row.cells), strict=True))
        yield PublishedRow(f"{member.name} line {row.line}", cells)


def published_sheets(package: Package, member: Member, *, formulas: bool = True) -> Iterator[SheetCells]:
    """The sheets of a published workbook; ``formulas`` looks for those that left no value, which takes as long again.

    Raises:
        FaultsError: it cannot be read.
    """
    try:
        data = package.read(member)
    except UnreadableError as error:
        raise FaultsError(f"{member.name} cannot be imported; nothing was changed.", [str(error)]) from error
    yield from every_sheet(member.name, data, formulas=formulas)


def result(text: str, place: str, problems: list[Problem]) -> float | None:
    """A result as published; None where there is none, or after telling that it cannot be used."""
    try:
        return normalising.number(text.replace(",", ".") if re.fullmatch(r"-?\d*,\d+", text.strip()) else text)
    except UnreadableError as error:
        problems.append(Problem(error.reason, place, error.detail, skipped=False))
        return None


class Once:
    """Lets each id pass once."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}

    def repeated(self, dataset: Dataset, place: str) -> Problem | None:
        """The problem of an id that passed before; None where it is new."""
        before = self._seen.setdefault(dataset.dataset_id, place)
        if before == place:
            return None
        return Problem("has the id of an earlier dataset", place, f"{dataset.dataset_id[:60]!r}, as in {before}")


def stated(**attributes: str | None) -> dict[str, str]:
    """Attributes that say something, cleaned."""
    found = ((name, normalising.clean(text, normalising.MAX_TEXT_CHARS)) for name, text in attributes.items())
    return {name: text for name, text in found if text}
