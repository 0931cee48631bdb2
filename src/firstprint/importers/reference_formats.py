"""The formats of reference footprints: which one a file is of, and its reader."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from firstprint.errors import FaultsError
from firstprint.importers import boavizta, carbon_catalogue
from firstprint.importers.reading import csv_columns
from firstprint.importers.reference_records import ReferenceTable
from firstprint.importers.references_table import read_reference_table
from firstprint.importers.tabular import read_bytes, unreadable
from firstprint.importers.xlsx import sheet_columns

ReferenceFormat = Literal["csv", "carbon-catalogue", "boavizta"]
_ZIP = b"PK"


def read_references(path: Path, wanted: ReferenceFormat | None = None, licence: str = "") -> ReferenceTable:
    """Reads a file of reference footprints.

    Args:
        path: a csv or xlsx file.
        wanted: its format; None looks at its columns. ``csv`` is the plain table, in an xlsx file as well.
        licence: of rows of a plain table that state none.

    Raises:
        FaultsError: listing every fault of the file.
    """
    found = wanted or detected_format(path)
    if found == "csv":
        return read_reference_table(path, licence)
    read_bytes(path)
    if found == "boavizta":
        _check_boavizta(path)
    try:
        read = carbon_catalogue.read_carbon_catalogue if found == "carbon-catalogue" else boavizta.read_boavizta
        return read(path)
    except FaultsError as error:
        raise unreadable(path, error.faults) from error


def _check_boavizta(path: Path) -> None:
    """Names the columns that are missing in one line, before each row of another table is found at fault.

    Raises:
        FaultsError: there are any.
    """
    there = csv_columns(path)
    missing = [name for name in boavizta.REFERENCE_COLUMNS if name not in there]
    if missing:
        raise unreadable(path, [f"is not Boavizta's table: it has no columns {', '.join(missing)}."])


def detected_format(path: Path) -> ReferenceFormat:
    """The format a file's columns speak for; the plain table where they are those of no published one.

    Raises:
        FaultsError: the file cannot be read.
    """
    if read_bytes(path).startswith(_ZIP):
        is_known = set(carbon_catalogue.SHEET.columns) <= set(sheet_columns(path, carbon_catalogue.SHEET))
        return "carbon-catalogue" if is_known else "csv"
    return "boavizta" if set(boavizta.COLUMNS) <= set(csv_columns(path)) else "csv"
