"""Coverage by part of a suite, as the page shows it: a table, and a figure with the share promised beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from firstprint.evaluation.metrics.bootstrap import MIN_GROUPS_FOR_VERDICT
from firstprint.evaluation.records import PRODUCT, ConditionalCoverage, SuiteResult
from firstprint.evaluation.report.drawing import Canvas, Legend, Plot, colour, draw
from firstprint.evaluation.report.figures_shared import PRODUCT_LOOK, WIDTH, whisker
from firstprint.evaluation.report.numbers import NONE, fine, percent, plural, span

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROUTE = "route: surrogate"
_LEFT, _GAP, _ROW = 168.0, 44.0, 23.0
_MOST_ROWS = 24
_PANELS = (("coverage@0.8", 0.8), ("coverage@0.9", 0.9))
_HEADINGS = {"distance": "Distance to the training data", "category": "Category"}


class PartCell(NamedTuple):
    """One figure with its interval, as percentages; ``off`` where the interval excludes the share promised."""

    value: str
    interval: str
    off: str


class PartRow(NamedTuple):
    """One part of the suite."""

    name: str
    n: str
    groups: str
    cells: tuple[PartCell, ...]


class PartTable(NamedTuple):
    """The parts by one thing."""

    caption: str
    heading: str
    rows: tuple[PartRow, ...]
    route: bool


def part_tables(result: SuiteResult) -> tuple[PartTable, ...]:
    """Coverage by distance and by category; a table each, none where a suite cannot be parted so."""
    tables = []
    for by, heading in _HEADINGS.items():
        rows = [row for row in result.conditional if row.by == by and row.system == PRODUCT]
        route = {_key(row): row for row in result.conditional if row.by == by and row.system == ROUTE}
        if rows:
            made = tuple(_row(row, route.get(_key(row)), beside=bool(route)) for row in rows)
            what = "by distance to the training data" if by == "distance" else "by category"
            caption = f"How often the intervals hold the reference, {what}"
            tables.append(PartTable(caption, heading, made, bool(route)))
    return tuple(tables)


def _key(row: ConditionalCoverage) -> tuple[str, float]:
    return row.part, row.distance.low if row.distance else 0.0


def part_name(row: ConditionalCoverage) -> str:
    """The part in words: the category, or the ends of the distances."""
    return row.part if row.distance is None else f"{_distance(row.distance.low)}–{_distance(row.distance.high)}"


def _distance(value: float) -> str:
    return "0" if abs(value) < 5e-4 else fine(value)


def _row(row: ConditionalCoverage, route: ConditionalCoverage | None, *, beside: bool) -> PartRow:
    names = ("coverage@0.8", "coverage@0.9", "group_coverage@0.9")
    cells = [_cell(row, name) for name in names]
    if beside:
        cells.append(PartCell(NONE, "", "") if route is None else _cell(route, "coverage@0.9"))
    return PartRow(part_name(row), f"{row.n:,}", f"{row.groups:,}", tuple(cells))


def _nominal(name: str) -> float:
    return float(name.partition("@")[2])


def _cell(row: ConditionalCoverage, name: str) -> PartCell:
    metric = row.metrics[name]
    told = metric.low is not None and metric.low != metric.high
    ends = span(percent(metric.low), percent(metric.high)) if told else ""
    return PartCell(percent(metric.value), ends, verdict_of(row, name))


def verdict_of(row: ConditionalCoverage, name: str) -> str:
    """``narrow`` or ``wide`` where the 95 % interval of the share found lies wholly beside the share promised.

    Where every replicate gives one figure (all references inside), the bootstrap cannot tell how far chance reaches;
    nor is anything said of fewer groups than a verdict takes elsewhere.
    """
    metric, nominal = row.metrics[name], _nominal(name)
    if row.groups < MIN_GROUPS_FOR_VERDICT or metric.low is None or metric.high is None or metric.low == metric.high:
        return ""
    return "narrow" if metric.high < nominal else "wide" if metric.low > nominal else ""


def conditional_plot(result: SuiteResult) -> Plot | None:
    """The product's coverage by part at 80 and 90 %; None where there are no parts."""
    rows = [row for row in result.conditional if row.system == PRODUCT][:_MOST_ROWS]
    if not rows:
        return None
    svg = draw("conditional", WIDTH, 62 + _ROW * len(rows), lambda canvas: _fill(canvas, rows))
    note = "Upright line: the share the interval promises. Dot and line: the share found, with its 95 % interval by"
    note += " bootstrap over groups. Distance: 1 − cosine to the nearest reference the model learned from, by quarters."
    legend = (Legend("found", "accent", "dot"), Legend("promised", "ink", "line"))
    return Plot("conditional", "Do they hold far from the training data, and in every sector?", svg, in_words(rows),
                note, legend)  # fmt: skip


def in_words(rows: Sequence[ConditionalCoverage]) -> str:
    """One sentence: in which parts the 90 % intervals are too narrow beyond chance, or the lowest one."""
    named = [(row, row.metrics["coverage@0.9"]) for row in rows]
    known = [(row, metric) for row, metric in named if metric.value is not None]
    narrow = [row for row, _ in known if verdict_of(row, "coverage@0.9") == "narrow"]
    if not known:
        return "No part has an interval to judge."
    low, figure = min(known, key=lambda pair: pair[1].value or 0.0)
    least = f"the lowest share at 90 % is {percent(figure.value)} % ({_told(low)}, {plural(low.n, 'query', 'queries')})"
    if not narrow:
        return f"In none of {plural(len(known), 'part')} are the 90 % intervals too narrow beyond chance; {least}."
    parts = "; ".join(_told(row) for row in narrow)
    return f"The 90 % intervals are too narrow in {len(narrow)} of {plural(len(known), 'part')}: {parts}; {least}."


def _told(row: ConditionalCoverage) -> str:
    return f"distance {part_name(row)}" if row.distance is not None else part_name(row)


def _fill(canvas: Canvas, rows: Sequence[ConditionalCoverage]) -> None:
    panel = (canvas.width - _LEFT - 18 - _GAP) / len(_PANELS)
    labels = [f"{_told(row)} · {row.n:,}" for row in rows]
    lowest = _lowest(rows)
    for place, (name, nominal) in enumerate(_PANELS):
        start = _LEFT + place * (panel + _GAP)
        axes = canvas.axes(start, 26, canvas.width - start - panel, 36)
        axes.set_title(canvas.label(f"{round(nominal * 100)} % intervals"), loc="left")
        axes.set_xlim(lowest, 1)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks(range(len(rows)), [canvas.label(label, 29) if place == 0 else "" for label in labels])
        axes.axvline(nominal, color=colour("ink"), linewidth=1.4)
        for row, part in enumerate(rows):
            whisker(axes, row, part.metrics[name], PRODUCT_LOOK)
        _between(axes, rows)
        ticks = [tick / 10 for tick in range(0, 11, 2) if tick / 10 >= lowest - 1e-9]
        axes.set_xticks(ticks, [canvas.label(f"{round(tick * 100)} %") for tick in ticks])
        axes.grid(visible=False, axis="y")
        axes.spines["left"].set_visible(False)


def _lowest(rows: Sequence[ConditionalCoverage]) -> float:
    ends = [part.metrics[name].low for part in rows for name, _ in _PANELS]
    values = [part.metrics[name].value for part in rows for name, _ in _PANELS]
    known = [value for value in (*ends, *values) if value is not None]
    return max(0.0, math.floor(min([0.6, *known]) * 5) / 5)


def _between(axes: Axes, rows: Sequence[ConditionalCoverage]) -> None:
    """A line between the quarters of the distance and the categories."""
    change = next((n for n in range(1, len(rows)) if rows[n].by != rows[n - 1].by), None)
    if change is not None:
        axes.axhline(change - 0.5, color=colour("grid"), linewidth=1)
