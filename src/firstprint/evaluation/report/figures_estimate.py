"""Figures of an estimate suite: estimate against reference, residuals by group, interval coverage."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from firstprint.evaluation.records import PRODUCT, Band, EstimateRun, EstimateSystem, Metric, SuiteResult
from firstprint.evaluation.report.conditional import conditional_plot
from firstprint.evaluation.report.drawing import Canvas, Legend, Plot, Point, colour, draw
from firstprint.evaluation.report.figures_range import range_plot
from firstprint.evaluation.report.figures_shared import (
    PRODUCT_LOOK,
    WIDTH,
    decade_ticks,
    dots,
    factor_label,
    factor_ticks,
    power_label,
    share_ticks,
    whisker,
)
from firstprint.evaluation.report.numbers import kg_co2e, number, off, percent, plural, span
from firstprint.evaluation.report.systems import metric_of
from firstprint.wording import shortened

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_COLOURED_GROUPS = 8
_GROUPS_SHOWN = 20
_TOOLTIPS = 1500
_POINTS = 6000
_MARKS = ("dot", "square", "diamond", "triangle")
_TWO = math.log10(2)


def estimate_plots(result: SuiteResult, run: EstimateRun) -> tuple[Plot, ...]:
    """Every figure the run has data for."""
    product = next((system for system in run.systems if system.name == PRODUCT), None)
    if product is None:
        return ()
    plots = (
        _scatter_plot(result, run, product),
        dots(result, ("factor2", "factor10"), "Within a factor of 2 and of 10"),
        _coverage_plot(result, run, product),
        conditional_plot(result),
        _group_plot(run, product),
        range_plot(result, run, product),
    )
    return tuple(plot for plot in plots if plot is not None)


class Residuals(NamedTuple):
    """log10 of estimate over reference where both exist, and the positions of those queries."""

    where: NDArray[np.int64]
    values: NDArray[np.float64]


def residuals(run: EstimateRun, system: EstimateSystem) -> Residuals:
    """How far the estimates are off, in powers of ten."""
    import numpy as np

    difference = system.log10_value - run.log10_reference
    where = np.flatnonzero(np.isfinite(difference))
    return Residuals(where, difference[where])


def _groups_by_size(groups: NDArray[np.str_]) -> list[str]:
    import numpy as np

    names, counts = np.unique(groups, return_counts=True)
    order = sorted(range(names.size), key=lambda i: (-int(counts[i]), str(names[i])))
    return [str(names[i]) for i in order]


def _scatter_plot(result: SuiteResult, run: EstimateRun, product: EstimateSystem) -> Plot | None:
    residual = residuals(run, product)
    if residual.where.size == 0:
        return None
    named = _groups_by_size(run.groups[residual.where])
    looks = {name: (f"g{i + 1}", _MARKS[i % len(_MARKS)]) for i, name in enumerate(named[:_COLOURED_GROUPS])}
    legend = [Legend(shortened(name, 40), *look) for name, look in looks.items()]
    rest = len(named) - len(looks)
    legend += [Legend(plural(rest, "other group"), "g0", "dot")] if rest else []
    legend += [Legend("within a factor of 2", "band2", "band"), Legend("within a factor of 10", "band", "band")]
    svg = draw("scatter", WIDTH, 500, lambda canvas: _fill_scatter(canvas, result, run, product, looks))
    missing = product.log10_value.size - residual.where.size
    note = "On the diagonal the estimate equals the reference. Point at a mark to see which product it is."
    note += f" {plural(missing, 'query', 'queries')} without an estimate or a reference not drawn." if missing else ""
    note += f" {_POINTS:,} of {residual.where.size:,} points drawn." if residual.where.size > _POINTS else ""
    return Plot("scatter", "Estimate against reference", svg, _scatter_caption(residual), note, tuple(legend))


def _scatter_caption(residual: Residuals) -> str:
    import numpy as np

    inside, far = np.abs(residual.values) <= _TWO, np.abs(residual.values) > 1
    high = float((residual.values > 0).mean())
    return (
        f"Of {plural(residual.values.size, 'estimate')} {percent(float(inside.mean()))} % lie within a factor of 2 and"
        f" {percent(float(far.mean()))} % are off by more than a factor of 10; {percent(high)} % are too high."
    )


def _drawn(residual: Residuals) -> NDArray[np.int64]:
    """Positions within the residuals to draw: all, or an even choice of so many."""
    import numpy as np

    size = residual.where.size
    return np.arange(size) if size <= _POINTS else np.linspace(0, size - 1, _POINTS).astype(np.int64)


def _fill_scatter(
    canvas: Canvas, result: SuiteResult, run: EstimateRun, product: EstimateSystem, looks: dict[str, tuple[str, str]]
) -> None:
    import numpy as np

    residual = residuals(run, product)
    axes = canvas.axes(64, 12, 26, 48)
    both = np.concatenate([run.log10_reference[residual.where], product.log10_value[residual.where]])
    low, high = math.floor(both.min() * 2 - 0.3) / 2, math.ceil(both.max() * 2 + 0.3) / 2
    ends = np.array([low - 2, high + 2])
    for width, name in ((1.0, "band"), (_TWO, "band2")):
        axes.fill_between(ends, ends - width, ends + width, color=colour(name), linewidth=0)
    axes.plot(ends, ends, color=colour("muted"), linewidth=1)
    axes.set_xlim(low, high)
    axes.set_ylim(low, high)
    ticks = decade_ticks(low, high)
    axes.set_xticks(ticks, [canvas.label(power_label(tick)) for tick in ticks])
    axes.set_yticks(ticks, [canvas.label(power_label(tick)) for tick in ticks])
    axes.set_xlabel(canvas.label("Reference, kg CO₂e"))
    axes.set_ylabel(canvas.label("Estimate, kg CO₂e"))
    if run.low_high is not None:
        _fill_ranges(axes, run.low_high, product, residual)
    canvas.points(axes, _scatter_points(result, run, product, residual, looks))


def _fill_ranges(axes: Axes, band: Band, product: EstimateSystem, residual: Residuals) -> None:
    import numpy as np

    known = residual.where[np.isfinite(band.low[residual.where]) & np.isfinite(band.high[residual.where])][:_TOOLTIPS]
    axes.hlines(product.log10_value[known], band.low[known], band.high[known], color=colour("muted"), linewidth=0.7)


def _scatter_points(
    result: SuiteResult,
    run: EstimateRun,
    product: EstimateSystem,
    residual: Residuals,
    looks: dict[str, tuple[str, str]],
) -> list[Point]:
    """Groups without a colour first, so that they lie below; tooltips for the worst where there are too many."""
    import numpy as np

    drawn = _drawn(residual)
    worst = set(drawn[np.argsort(-np.abs(residual.values[drawn]), kind="stable")[:_TOOLTIPS]].tolist())
    points = []
    for index in drawn.tolist():
        place = int(residual.where[index])
        look = looks.get(str(run.groups[place]), ("g0", "dot"))
        tip = _tooltip(result, run, product, place) if index in worst else ""
        points.append(Point(float(run.log10_reference[place]), float(product.log10_value[place]), *look, tip))
    return sorted(points, key=lambda point: point.colour != "g0")


def _tooltip(result: SuiteResult, run: EstimateRun, product: EstimateSystem, place: int) -> str:
    reference, value = float(run.log10_reference[place]), float(product.log10_value[place])
    return (
        f"{shortened(result.suite.queries[place].text, 90)}\nestimate {kg_co2e(value)}, reference {kg_co2e(reference)}:"
        f" {off(value - reference)}\ngroup {shortened(str(run.groups[place]), 40)}"
    )


class GroupSpread(NamedTuple):
    """Quantiles of one group's residuals, in powers of ten."""

    name: str
    size: int
    tenth: float
    quarter: float
    median: float
    three_quarters: float
    nine_tenths: float


def group_spreads(run: EstimateRun, product: EstimateSystem) -> tuple[GroupSpread, ...]:
    """The largest groups' residuals, from the most underestimated to the most overestimated."""
    import numpy as np

    residual = residuals(run, product)
    groups = run.groups[residual.where]
    spreads = []
    for name in _groups_by_size(groups)[:_GROUPS_SHOWN]:
        values = residual.values[groups == name]
        ends = (float(end) for end in np.quantile(values, (0.1, 0.25, 0.5, 0.75, 0.9)))
        spreads.append(GroupSpread(name, int(values.size), *ends))
    return tuple(sorted(spreads, key=lambda spread: (spread.median, spread.name)))


def _group_plot(run: EstimateRun, product: EstimateSystem) -> Plot | None:
    spreads = group_spreads(run, product)
    if len(spreads) < 2:
        return None
    svg = draw("groups", WIDTH, 62 + 22 * len(spreads), lambda canvas: _fill_groups(canvas, spreads))
    count = len(_groups_by_size(run.groups))
    which = f"The {len(spreads)} largest of {count:,} groups" if count > len(spreads) else "All groups"
    good = sum(abs(spread.median) <= _TWO for spread in spreads)
    low, high = spreads[0], spreads[-1]
    caption = (
        f"The median estimate lies within a factor of 2 for {good} of {len(spreads)} groups; medians range from"
        f" {off(low.median)} ({shortened(low.name, 30)}) to {off(high.median)} ({shortened(high.name, 30)})."
    )
    note = f"{which}. Dot: median; thick line: middle half; thin line: middle 80 %; n: estimates."
    legend = (Legend("within a factor of 2", "band", "band"),)
    return Plot("groups", "Estimate over reference, by group", svg, caption, note, legend)


def _fill_groups(canvas: Canvas, spreads: tuple[GroupSpread, ...]) -> None:
    axes = canvas.axes(150, 8, 52, 44)
    reach = min(6.0, max(1.0, *(max(abs(spread.tenth), abs(spread.nine_tenths)) for spread in spreads)) * 1.05)
    axes.axvspan(-_TWO, _TWO, color=colour("band"), linewidth=0)
    axes.axvline(0, color=colour("muted"), linewidth=1)
    ink = colour("accent")
    for row, spread in enumerate(spreads):
        axes.plot([spread.tenth, spread.nine_tenths], [row, row], color=ink, linewidth=1.2)
        axes.plot([spread.quarter, spread.three_quarters], [row, row], color=ink, linewidth=4.5)
        axes.plot([spread.median], [row], "o", color=colour("card"), markersize=5.5, markeredgecolor=ink)
        axes.text(
            reach * 1.03, row, canvas.label(f"n {spread.size:,}"), va="center", fontsize=9.5, color=colour("muted")
        )
    axes.set_xlim(-reach, reach)
    axes.set_ylim(len(spreads) - 0.5, -0.5)
    axes.set_yticks(range(len(spreads)), [canvas.label(spread.name, 23) for spread in spreads])
    ticks = factor_ticks(reach)
    axes.set_xticks(ticks, [canvas.label(factor_label(tick)) for tick in ticks])
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("Estimate over reference")


class Coverage(NamedTuple):
    """How often an interval holds the reference, over all queries and as the mean of the groups."""

    label: str
    nominal: float
    metric: Metric


def covered(run: EstimateRun, band: Band) -> tuple[NDArray[np.bool_], NDArray[np.str_]]:
    """Whether each interval holds its reference, and the groups of those queries; only where both exist."""
    import numpy as np

    known = np.isfinite(run.log10_reference) & ~np.isnan(band.low) & ~np.isnan(band.high)
    inside = (band.low[known] <= run.log10_reference[known]) & (run.log10_reference[known] <= band.high[known])
    return inside, run.groups[known]


def by_group_coverage(run: EstimateRun, band: Band, draws: int) -> Metric:
    """Mean of the groups' coverages, every group counting the same, with a bootstrap interval over groups."""
    import numpy as np

    inside, groups = covered(run, band)
    if inside.size == 0:
        return Metric(None, None, None)
    _, member = np.unique(groups, return_inverse=True)
    member = member.reshape(-1)
    means = np.bincount(member, weights=inside) / np.bincount(member)
    if means.size < 2:
        return Metric(float(means.mean()), None, None)
    drawn = np.random.default_rng(0).integers(0, means.size, (max(draws, 200), means.size))
    low, high = np.quantile(means[drawn].mean(axis=1), (0.025, 0.975))
    return Metric(float(means.mean()), float(low), float(high))


def coverages(result: SuiteResult, run: EstimateRun, product: EstimateSystem) -> tuple[Coverage, ...]:
    """Rows of the coverage figure."""
    rows = []
    for nominal, band, name in ((0.8, product.band80, "coverage@0.8"), (0.9, product.band90, "coverage@0.9")):
        overall = metric_of(result, PRODUCT, name)
        if overall.value is not None:
            rows.append(Coverage(f"{number(nominal * 100)} %, all queries", nominal, overall))
        if band is not None:
            known = metric_of(result, PRODUCT, f"group_{name}")
            average = known if known.value is not None else by_group_coverage(run, band, result.bootstrap)
            if average.value is not None:
                rows.append(Coverage(f"{number(nominal * 100)} %, mean of groups", nominal, average))
    return tuple(rows)


def _coverage_plot(result: SuiteResult, run: EstimateRun, product: EstimateSystem) -> Plot | None:
    rows = coverages(result, run, product)
    if not rows:
        return None
    svg = draw("coverage", WIDTH, 56 + 34 * len(rows), lambda canvas: _fill_coverage(canvas, rows))
    note = "Mark: the share the interval promises. Dot and line: the share found, with its 95 % interval."
    legend = (Legend("found", "accent", "dot"), Legend("promised", "ink", "line"))
    return Plot("coverage", "Do the intervals hold what they promise?", svg, coverage_in_words(rows[-1]), note, legend)


def coverage_in_words(row: Coverage) -> str:
    """One sentence that claims no more than the interval allows."""
    metric = row.metric
    found = f"{number(row.nominal * 100)} % intervals hold the reference for {percent(metric.value)} %"
    found += f" ({row.label.split(', ')[1]})"
    if metric.low is None or metric.high is None or metric.low == metric.high:
        return f"{found}; the groups give no interval."
    found = f"{found}, 95 % interval {span(percent(metric.low), percent(metric.high))} %"
    if metric.high < row.nominal:
        return f"{found}: too narrow."
    return f"{found}: {'wider than needed' if metric.low > row.nominal else 'consistent with the promise'}."


def _fill_coverage(canvas: Canvas, rows: tuple[Coverage, ...]) -> None:
    axes = canvas.axes(150, 8, 20, 48)
    lowest = min([0.5, *(row.metric.low if row.metric.low is not None else row.metric.value or 0 for row in rows)])
    axes.set_xlim(max(0.0, math.floor(lowest * 10) / 10), 1)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    for place, row in enumerate(rows):
        axes.plot([row.nominal] * 2, [place - 0.32, place + 0.32], color=colour("ink"), linewidth=2)
        whisker(axes, place, row.metric, PRODUCT_LOOK)
    axes.set_yticks(range(len(rows)), [canvas.label(row.label, 23) for row in rows])
    share_ticks(axes, canvas, "x", [tick / 10 for tick in range(0, 11, 2) if tick / 10 >= axes.get_xlim()[0]])
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("References inside the interval")
