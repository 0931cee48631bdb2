"""Reads the small tables beside the glossary: strict, all faults of a file at once."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from firstprint.errors import FaultsError, InputError

_LONGEST_CELL = 120


def read_table(
    path: Path, columns: Sequence[str], allowed: Mapping[str, frozenset[str]], key: str
) -> tuple[dict[str, str], ...]:
    """The rows of a UTF-8 CSV file whose cells are all filled.

    Args:
        path: of the file.
        columns: that it must have.
        allowed: for some columns the values that a cell may have.
        key: the column whose values, capitals or not, stand once.

    Raises:
        InputError: the file cannot be read as UTF-8 CSV text.
        FaultsError: all of the file's faults, each with its row.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            rows = [(reader.line_num, row) for row in reader]
            present = tuple(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"The table {path.name} cannot be read: {error}.", hint="Give a UTF-8 CSV file.") from error
    faults = [f"row 1: column {column!r} is missing" for column in columns if column not in present]
    known = [column for column in columns if column in present]
    first_row: dict[str, int] = {}
    for number, row in rows:
        faults += _cell_faults(number, row, known, allowed)
        name = (row.get(key) or "").casefold()
        if name and first_row.setdefault(name, number) != number:
            faults.append(f"row {number}: {key} {row[key][:40]!r} stands already in row {first_row[name]}")
    if faults:
        raise FaultsError(
            f"The table {path.name} has {len(faults)} fault(s).", faults, hint="Correct the rows named and try again."
        )
    return tuple({column: row[column].strip() for column in columns} for _, row in rows)


def _cell_faults(
    number: int, row: Mapping[str | None, object], columns: Sequence[str], allowed: Mapping[str, frozenset[str]]
) -> list[str]:
    faults = [f"row {number}: has more cells than the header"] if None in row else []
    for column in columns:
        value = str(row.get(column) or "").strip()
        if not value:
            faults.append(f"row {number}: {column} is empty")
        elif len(value) > _LONGEST_CELL:
            faults.append(f"row {number}: {column} has {len(value)} characters, at most {_LONGEST_CELL} are allowed")
        elif column in allowed and value not in allowed[column]:
            faults.append(f"row {number}: {column} {value!r} is not one of {', '.join(sorted(allowed[column]))}")
    return faults
