"""Values and intervals on one logarithmic axis, in percent of its width: the page draws them as SVG of any size."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from firstprint.domain.kept import QueueItem
from firstprint.domain.proposal import Candidate, Estimate, Proposal
from firstprint.rationale.formatting import format_quantity

_MARGIN = 0.06
_SMALLEST_SPAN = 0.3
_MANTISSAS = ((1.0, 1.5, 2.0, 3.0, 5.0, 7.0), (1.0, 2.0, 5.0), (1.0, 3.0), (1.0,))
_NEAREST = 14.0
"""Ticks stand at least so many percent of the axis apart, so that their labels do not touch."""


class Mark(NamedTuple):
    """One row of a plot, in percent of the axis; None where there is nothing to draw.

    Attributes:
        kind: ``combined``, ``model``, ``first`` or ``candidate``.
        label: of a candidate.
        rank: of a candidate; 0 for others.
    """

    kind: str
    label: str
    rank: int
    kg: float
    low_kg: float | None
    high_kg: float | None
    at: float | None
    low: float | None
    high: float | None


class Tick(NamedTuple):
    """A tick of the axis in percent, and its number in kg."""

    at: float
    label: str


class Plot(NamedTuple):
    """All rows over one axis."""

    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]


class Axis(NamedTuple):
    """A logarithmic axis between two powers of ten."""

    start: float
    stop: float

    def at(self, kg: float | None) -> float | None:
        """The place of a value in percent; None for what a logarithm cannot show."""
        if kg is None or kg <= 0 or not math.isfinite(kg):
            return None
        share = (math.log10(kg) - self.start) / (self.stop - self.start)
        return round(100 * min(1.0, max(0.0, share)), 2)


def axis_over(values: Iterable[float | None]) -> Axis | None:
    """An axis that holds all positive values with a margin; None without one."""
    logs = [math.log10(each) for each in values if each is not None and each > 0 and math.isfinite(each)]
    if not logs:
        return None
    low, high = min(logs), max(logs)
    missing = max(0.0, _SMALLEST_SPAN - (high - low)) / 2
    free = (high - low + 2 * missing) * _MARGIN
    return Axis(low - missing - free, high + missing + free)


def plot_of(proposal: Proposal, language: str) -> Plot | None:
    """Combined estimate, model and candidates of a proposal; None where nothing positive is there."""
    rows: list[Mark] = []
    if proposal.estimate is not None:
        rows.append(_of_interval("combined", proposal.estimate))
    if proposal.surrogate is not None:
        said = proposal.surrogate
        rows.append(Mark("model", "", 0, said.kg_co2e, said.low, said.high, None, None, None))
    rows += [_of_candidate(one, language) for one in proposal.candidates if one.kg_co2e is not None]
    axis = axis_over(value for row in rows for value in (row.kg, row.low_kg, row.high_kg))
    if axis is None:
        return None
    placed = [row._replace(at=axis.at(row.kg), low=axis.at(row.low_kg), high=axis.at(row.high_kg)) for row in rows]
    return Plot(tuple(placed), ticks_of(axis))


def spans_of(items: Sequence[QueueItem]) -> dict[str, Mark]:
    """The interval of each item of a list, by id, all on one axis."""
    axis = axis_over(value for one in items for value in (one.kg_co2e, one.low, one.high))
    if axis is None:
        return {}
    return {
        one.id: Mark(
            "combined", "", 0, one.kg_co2e, one.low, one.high, axis.at(one.kg_co2e), axis.at(one.low), axis.at(one.high)
        )
        for one in items
        if one.kg_co2e is not None
    }


def ticks_of(axis: Axis) -> tuple[Tick, ...]:
    """The densest ticks whose labels do not touch."""
    found: list[Tick] = []
    for mantissas in _MANTISSAS:
        found = _ticks(axis, mantissas)
        if all(b.at - a.at >= _NEAREST for a, b in itertools.pairwise(found)):
            return tuple(found)
    every = 1 + len(found) * int(_NEAREST) // 100
    return tuple(found[::every])


def _ticks(axis: Axis, mantissas: Sequence[float]) -> list[Tick]:
    decades = range(math.floor(axis.start), math.ceil(axis.stop) + 1)
    values = [mantissa * 10.0**decade for decade in decades for mantissa in mantissas]
    inside = [kg for kg in values if axis.start <= math.log10(kg) <= axis.stop]
    return [Tick(axis.at(kg) or 0.0, _label(kg)) for kg in inside]


def _label(kg: float) -> str:
    text = format_quantity(kg, 2)
    return f"{int(text):,}" if text.isdecimal() and len(text) > 4 else text


def _of_interval(kind: str, estimate: Estimate) -> Mark:
    return Mark(kind, "", 0, estimate.kg_co2e, estimate.low, estimate.high, None, None, None)


def _of_candidate(one: Candidate, language: str) -> Mark:
    name = one.name_zh if language == "zh" and one.name_zh else one.name
    kg = one.kg_co2e or 0.0
    half = None if one.uncertainty_pct is None else kg * one.uncertainty_pct / 100
    low, high = (None, None) if half is None or half >= kg else (kg - half, kg + half)
    return Mark("first" if one.rank == 1 else "candidate", name, one.rank, kg, low, high, None, None, None)
