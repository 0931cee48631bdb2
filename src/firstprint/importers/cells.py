"""Cells of originals as numbers, rows named once, and rows that were left out, counted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from firstprint.importers.reading import Row

_SHOWN_CHARS = 40
_EXAMPLES = 3


class Skipped(NamedTuple):
    """Rows that were left out for one reason.

    Attributes:
        examples: the first few, each with its place in the file.
    """

    reason: str
    rows: int
    examples: tuple[str, ...]


class LeftOut:
    """Rows passed over while a file is read: counted by reason, the first few kept as examples."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._examples: dict[str, list[str]] = {}

    def add(self, reason: str, line: int, shown: str = "") -> None:
        """Counts the row that begins in ``line``; ``shown`` is what a person would know it by."""
        self.counts[reason] += 1
        examples = self._examples.setdefault(reason, [])
        if len(examples) < _EXAMPLES:
            examples.append(f"line {line}: {shown[:_SHOWN_CHARS]}" if shown else f"line {line}")

    def skipped(self) -> tuple[Skipped, ...]:
        """Every reason, the commonest first."""
        ordered = sorted(self.counts.items(), key=lambda pair: (-pair[1], pair[0]))
        return tuple(Skipped(reason, count, tuple(self._examples[reason])) for reason, count in ordered)


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


def number_text(value: float | None) -> str:
    """A number as a cell: the shortest text that reads back the same, empty for None."""
    return "" if value is None else repr(float(value)).removesuffix(".0")


def left_out_notes(counts: Mapping[str, int]) -> tuple[str, ...]:
    """One note a reason, in a fixed order."""
    return tuple(f"left out {count} row{'s' * (count > 1)}: {reason}" for reason, count in sorted(counts.items()))
