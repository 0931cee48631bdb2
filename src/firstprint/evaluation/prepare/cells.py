"""Cells of originals as numbers, rows named once, and rows that were left out, counted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from firstprint.evaluation.prepare.reading import Row

_SHOWN_CHARS = 40


def number(row: Row, column: str, faults: list[str], where: str = "") -> float | None:
    """The cell as a finite number; None where it is empty, or after naming the fault.

    Args:
        row: a row that has the column.
        column: name of the column.
        faults: a line is added where the cell is neither empty nor a finite number.
        where: what stands before the line number in a fault, such as the sheet.
    """
    text = row.cells[column]
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isfinite(value):
        return value
    faults.append(f"{where}line {row.line}, column {column!r}: {text[:_SHOWN_CHARS]!r} is not a finite number.")
    return None


def repeated(rows: Iterable[Row], column: str, where: str = "") -> list[str]:
    """A fault for every row whose cell stood in an earlier row; empty cells are passed over."""
    first: dict[str, int] = {}
    faults = []
    for row in rows:
        text = row.cells[column]
        if text and first.setdefault(text, row.line) != row.line:
            shown = text[:_SHOWN_CHARS]
            faults.append(
                f"{where}line {row.line}, column {column!r}: {shown!r} stands twice, first in line {first[text]}."
            )
    return faults


def left_out_notes(counts: Mapping[str, int]) -> tuple[str, ...]:
    """One note a reason, in a fixed order."""
    return tuple(f"left out {count} row{'s' * (count > 1)}: {reason}" for reason, count in sorted(counts.items()))
