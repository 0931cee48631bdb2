"""Figure of an estimate suite with plausible ranges: where the estimates lie, and which fall outside."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from firstprint.evaluation.records import EstimateRun, EstimateSystem, SuiteResult
from firstprint.evaluation.report.drawing import Canvas, Legend, Plot, colour, draw
from firstprint.evaluation.report.figures_shared import WIDTH, decade_ticks, power_label
from firstprint.evaluation.report.numbers import percent, plural

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ROWS = 30


class Ranged(NamedTuple):
    """Queries with a range and an estimate, the farthest outside first.

    Attributes:
        where: positions of the queries, int64 (m,).
        outside: powers of ten beyond the nearer end, 0 inside; float64 (m,).
    """

    where: NDArray[np.int64]
    outside: NDArray[np.float64]


def ranged(run: EstimateRun, product: EstimateSystem) -> Ranged:
    """How far the estimates lie outside the plausible range."""
    import numpy as np

    if run.low_high is None:
        return Ranged(np.zeros(0, np.int64), np.zeros(0))
    low, high, value = run.low_high.low, run.low_high.high, product.log10_value
    where = np.flatnonzero(np.isfinite(low) & np.isfinite(high) & np.isfinite(value))
    outside = np.maximum(0.0, np.maximum(low[where] - value[where], value[where] - high[where]))
    order = np.argsort(-outside, kind="stable")
    return Ranged(where[order], outside[order])


def range_plot(result: SuiteResult, run: EstimateRun, product: EstimateSystem) -> Plot | None:
    """The estimates beside their ranges, the farthest outside first; None where no query has both."""
    found = ranged(run, product)
    if found.where.size == 0:
        return None
    rows = found.where[:_ROWS]
    svg = draw("ranges", WIDTH, 62 + 21 * rows.size, lambda canvas: _fill(canvas, result, run, product, rows))
    inside = float((found.outside <= 0).mean())
    caption = (
        f"{percent(inside)} % of {plural(found.where.size, 'estimate')} lie inside the plausible or published range."
    )
    note = f"The {rows.size} farthest outside of {found.where.size:,}." if rows.size < found.where.size else ""
    legend = (
        Legend("range", "muted", "line"),
        Legend("estimate inside", "accent", "dot"),
        Legend("estimate outside", "bad", "diamond"),
    )
    return Plot("ranges", "Estimates and plausible ranges", svg, caption, note, legend)


def _fill(
    canvas: Canvas, result: SuiteResult, run: EstimateRun, product: EstimateSystem, rows: NDArray[np.int64]
) -> None:
    import numpy as np

    band = run.low_high
    if band is None:
        return
    axes = canvas.axes(196, 8, 20, 46)
    every = np.concatenate([band.low[rows], band.high[rows], product.log10_value[rows]])
    low, high = math.floor(every.min() - 0.1), math.ceil(every.max() + 0.1)
    axes.hlines(range(rows.size), band.low[rows], band.high[rows], color=colour("muted"), linewidth=4)
    for row, place in enumerate(rows.tolist()):
        value = product.log10_value[place]
        good = band.low[place] <= value <= band.high[place]
        axes.plot([value], [row], "o" if good else "D", color=colour("accent" if good else "bad"), markersize=6.5)
    axes.set_xlim(low, high)
    axes.set_ylim(rows.size - 0.5, -0.5)
    axes.set_yticks(range(rows.size), [canvas.label(result.suite.queries[place].text, 31) for place in rows.tolist()])
    ticks = decade_ticks(low, high)
    axes.set_xticks(ticks, [canvas.label(power_label(tick)) for tick in ticks])
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(canvas.label("kg CO₂e for the declared amount"))
