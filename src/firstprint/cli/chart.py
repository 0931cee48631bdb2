"""Intervals drawn as bars on one logarithmic axis, in characters every terminal font has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text

from firstprint.cli.figures import MassUnit
from firstprint.rationale.formatting import format_quantity

MARGIN = 0.06
"""Share of the axis left free at each end, so that a bar never touches the edge."""
SMALLEST_SPAN = 0.3
"""Least width of the axis in powers of ten: a factor of two."""
LEAST_WIDTH = 50
"""Columns below which no chart is drawn."""
LEAST_AXIS = 24
"""Characters the axis needs; where the figures leave less, the ends of the intervals are not written out."""
MANTISSAS = ((1.0, 1.5, 2.0, 3.0, 5.0, 7.0), (1.0, 2.0, 5.0), (1.0, 3.0), (1.0,))
"""Tick values within one power of ten, densest first."""


class Bar(NamedTuple):
    """One row: a value in kg CO2e, with its interval where it has one."""

    label: str
    value: float
    low: float | None
    high: float | None
    marker: str
    style: str


class Axis(NamedTuple):
    """A logarithmic axis of ``width`` characters from ``start`` to ``stop`` (powers of ten)."""

    start: float
    stop: float
    width: int

    def column(self, value: float) -> int:
        """The character column of a positive value."""
        share = (math.log10(value) - self.start) / (self.stop - self.start)
        return min(self.width - 1, max(0, round(share * (self.width - 1))))


def draw(bars: Sequence[Bar], width: int, unit: MassUnit, caption: str) -> list[Text]:
    """The chart as lines of at most ``width`` columns; none for values that are not positive or without room."""
    values = [value for bar in bars for value in (bar.low, bar.value, bar.high) if value is not None]
    if width < LEAST_WIDTH or not values or min(values) <= 0 or not all(map(math.isfinite, values)):
        return []
    label_width = max(cell_len(bar.label) for bar in bars)
    notes = [_note(bar, unit) for bar in bars]
    if width - label_width - max(map(cell_len, notes)) - 4 < LEAST_AXIS:
        notes = [note.partition("  ")[0] for note in notes]
    axis = _axis(values, max(LEAST_AXIS, width - label_width - max(map(cell_len, (*notes, caption))) - 4))
    lines = [_row(bar, note, axis, label_width) for bar, note in zip(bars, notes, strict=True)]
    return [*lines, *_ticks(axis, unit, label_width, caption)]


def _axis(values: Sequence[float], width: int) -> Axis:
    low, high = math.log10(min(values)), math.log10(max(values))
    missing = max(0.0, SMALLEST_SPAN - (high - low)) / 2
    free = (high - low + 2 * missing) * MARGIN
    return Axis(low - missing - free, high + missing + free, width)


def _note(bar: Bar, unit: MassUnit) -> str:
    value = unit.figure(bar.value, 2)
    if bar.low is None or bar.high is None:
        return value
    return f"{value}  {unit.figure(bar.low, 2)} – {unit.figure(bar.high, 2)}"


def _row(bar: Bar, note: str, axis: Axis, label_width: int) -> Text:
    cells = [" "] * axis.width
    if bar.low is not None and bar.high is not None:
        first, last = axis.column(bar.low), axis.column(bar.high)
        cells[first : last + 1] = ["─"] * (last - first + 1)
        cells[first], cells[last] = "├", "┤"
    cells[axis.column(bar.value)] = bar.marker
    value, _, span = note.partition("  ")
    return Text.assemble(
        (bar.label + " " * (label_width - cell_len(bar.label) + 2), "dim"),
        ("".join(cells), bar.style),
        ("  " + value, bar.style),
        ("  " + span if span else "", "dim"),
    )


def _ticks(axis: Axis, unit: MassUnit, label_width: int, caption: str) -> list[Text]:
    ticks = next(found for found in (_tick_labels(axis, unit, set_) for set_ in MANTISSAS) if found is not None)
    ruler, labels = ["─"] * axis.width, [" "] * (axis.width + 4)
    for column, label in ticks:
        ruler[column] = "┴"
        start = max(0, column - len(label) // 2)
        labels[start : start + len(label)] = label
    indent = " " * (label_width + 2)
    numbers = "".join(labels).rstrip()
    return [
        Text(f"{indent}{''.join(ruler)}  {caption}", style="dim"),
        Text(f"{indent}{numbers}", style="dim"),
    ]


def _tick_labels(axis: Axis, unit: MassUnit, mantissas: Sequence[float]) -> list[tuple[int, str]] | None:
    """Column and label of each tick, or None where labels would touch and a sparser set exists."""
    shift = math.log10(unit.kg)
    decades = range(math.floor(axis.start - shift), math.ceil(axis.stop - shift) + 1)
    step = 1 + len(decades) // 12 if len(mantissas) == 1 else 1
    ticks: list[tuple[int, str]] = []
    free_from = 0
    for decade in decades[::step]:
        for mantissa in mantissas:
            kg = mantissa * 10.0**decade * unit.kg
            if not axis.start <= math.log10(kg) <= axis.stop:
                continue
            label = format_quantity(kg / unit.kg, 2)
            column = axis.column(kg)
            if ticks and column - len(label) // 2 < free_from:
                if len(mantissas) > 1:
                    return None
                continue
            ticks.append((column, label))
            free_from = column + len(label) // 2 + 3
    return ticks
