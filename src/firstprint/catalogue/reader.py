"""Reads catalogue tables from CSV files: rows that keep the rules, and every fault of those that do not."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from firstprint.catalogue.schema import REQUIRED, dataset_from_row, row_faults
from firstprint.domain.dataset import Dataset
from firstprint.errors import CatalogueError, FaultsError

_MAX_FIELD_CHARS = 200_000


class CatalogueRows(NamedTuple):
    """Datasets in file order, and the faults that kept rows out, one line each."""

    datasets: tuple[Dataset, ...]
    faults: tuple[str, ...]


def catalogue_files(folder: Path) -> tuple[Path, ...]:
    """The CSV files of a catalogue folder in a fixed order.

    Raises:
        CatalogueError: there are none.
    """
    files = tuple(sorted(folder.glob("*.csv")))
    if not files:
        raise CatalogueError(
            f"The catalogue folder {folder} holds no .csv file.",
            hint="Reinstall firstprint, or build the default catalogue: make catalogue",
            code="catalogue_empty",
        )
    return files


def catalogue_sha256(files: Sequence[Path]) -> str:
    """Checksum of a catalogue: over names and bytes of its files, in order."""
    total = hashlib.sha256()
    for path in files:
        total.update(path.name.encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    csv.field_size_limit(_MAX_FIELD_CHARS)
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle, restval="")
            missing = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
            if missing:
                raise CatalogueError(
                    f"{path.name}: the column(s) {', '.join(missing)} are missing.",
                    hint="A catalogue table needs at least: " + ", ".join(REQUIRED) + ".",
                    code="catalogue_columns",
                )
            for row in reader:
                row.pop(None, None)  # cells beyond the header
                yield reader.line_num, row
    except (UnicodeDecodeError, csv.Error) as error:
        raise CatalogueError(
            f"{path.name}: cannot be read as a UTF-8 CSV table ({error}).",
            hint="Save the table as CSV with UTF-8 encoding.",
            code="catalogue_encoding",
        ) from error


def read_catalogue(files: Sequence[Path]) -> CatalogueRows:
    """Reads every file; rows with faults are left out and reported with file and line."""
    datasets: list[Dataset] = []
    faults: list[str] = []
    first_seen: dict[str, str] = {}
    for path in files:
        for line, row in _rows(path):
            place = f"{path.name} line {line}"
            problems = row_faults(row)
            if problems:
                faults.extend(f"{place}: {problem}" for problem in problems)
                continue
            dataset = dataset_from_row(row)
            if dataset.dataset_id in first_seen:
                faults.append(
                    f"{place}: column dataset_id: {dataset.dataset_id!r} stands already in "
                    f"{first_seen[dataset.dataset_id]}"
                )
                continue
            first_seen[dataset.dataset_id] = place
            datasets.append(dataset)
    return CatalogueRows(tuple(datasets), tuple(faults))


def read_sound_catalogue(files: Sequence[Path]) -> tuple[Dataset, ...]:
    """Reads a catalogue that must be free of faults, such as the shipped one.

    Raises:
        FaultsError: listing all faults at once.
    """
    rows = read_catalogue(files)
    if rows.faults:
        raise FaultsError("The catalogue has rows that break its rules.", rows.faults, hint="Mend the rows named.")
    return rows.datasets
