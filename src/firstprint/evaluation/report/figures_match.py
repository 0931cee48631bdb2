"""Figures of a match suite: hits, risk against coverage, calibration, and pairs put differently."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from firstprint.evaluation.records import PRODUCT, MatchRun, MatchSystem, SuiteResult
from firstprint.evaluation.report.drawing import Canvas, Legend, Plot, colour, draw
from firstprint.evaluation.report.figures_shared import (
    PRODUCT_LOOK,
    WIDTH,
    dots,
    factor_label,
    factor_ticks,
    share_ticks,
)
from firstprint.evaluation.report.numbers import fine, percent, plural
from firstprint.evaluation.report.systems import legends, metric_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FIRST_DRAWN = 10
_CURVE_POINTS = 160
_FARTHEST_PAIR = 1.3  # log10, a factor of 20: one outlier must not hide how the others lie
PARITY_FACTOR = 1.5
"""Two ways of putting one product may differ by this factor."""


def match_plots(result: SuiteResult, run: MatchRun) -> tuple[Plot, ...]:
    """Every figure the run has data for."""
    plots = (
        dots(result, ("hit@1", "hit@5", "hit@10"), "Right dataset among the first 1, 5 and 10"),
        _risk_plot(result, run),
        _calibration_plot(result, run),
        _pairs_plot(run),
    )
    return tuple(plot for plot in plots if plot is not None)


class RiskCurve(NamedTuple):
    """Share of wrong first datasets among the surest queries, float64 (m,) each."""

    coverage: NDArray[np.float64]
    risk: NDArray[np.float64]


def risk_curve(system: MatchSystem) -> RiskCurve:
    """Risk at every coverage; queries of equal confidence count together, in expectation over their orders.

    Ends where the system found nothing any more (confidence −inf).
    """
    import numpy as np

    order = np.argsort(-system.confidence, kind="stable")
    order = order[system.confidence[order] > -np.inf]
    if order.size == 0:
        return RiskCurve(np.zeros(0), np.zeros(0))
    confidence = system.confidence[order]
    wrong = (~system.accepted[order]).astype(np.float64)
    _, block, size = np.unique(-confidence, return_inverse=True, return_counts=True)
    block = block.reshape(-1)
    mean = np.bincount(block, weights=wrong) / size
    done = np.arange(1, order.size + 1)
    return RiskCurve(done / system.confidence.size, np.cumsum(mean[block]) / done)


def _risk_plot(result: SuiteResult, run: MatchRun) -> Plot | None:
    curves = {system.name: risk_curve(system) for system in run.systems}
    curves = {name: curve for name, curve in curves.items() if curve.coverage.size > 1}
    if not curves:
        return None
    styles = legends(tuple(curves))
    svg = draw("risk", WIDTH, 330, lambda canvas: _fill_risk(canvas, result, curves, styles))
    note = (
        "Queries in order of confidence, surest first; lower is better."
        f" Curves start at {plural(_FIRST_DRAWN, 'query', 'queries')}."
    )
    return Plot("risk", "Errors among the surest queries", svg, _risk_caption(result, curves), note, _entries(styles))


def _entries(styles: dict[str, Legend]) -> tuple[Legend, ...]:
    return tuple(styles.values())


def _risk_caption(result: SuiteResult, curves: dict[str, RiskCurve]) -> str:
    at = metric_of(result, PRODUCT, "risk_at_coverage_0.3").value
    curve = curves.get(PRODUCT)
    if curve is None:
        return "Share of wrong first datasets among the surest queries of every system."
    start = (
        "" if at is None else f"Among the surest 30 % of queries {percent(at)} % of firstprint's answers are wrong; "
    )
    end = (
        f"answering all it can ({percent(float(curve.coverage[-1]))} % of queries), {percent(float(curve.risk[-1]))} %."
    )
    sentence = start + end
    return sentence[:1].upper() + sentence[1:]


def _fill_risk(canvas: Canvas, result: SuiteResult, curves: dict[str, RiskCurve], styles: dict[str, Legend]) -> None:
    axes = canvas.axes(58, 12, 16, 44)
    for name, curve in reversed(curves.items()):
        kept = _thinned(curve.coverage.size)
        axes.plot(
            curve.coverage[kept],
            curve.risk[kept],
            color=colour(styles[name].colour),
            linewidth=2.4 if name == PRODUCT else 1.4,
            dashes=_dashes(styles[name].dash),
        )
    _risk_whisker(axes, result)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, _ceiling([curve.risk[_thinned(curve.risk.size)].max() for curve in curves.values()]))
    share_ticks(axes, canvas, "x", (0, 0.2, 0.4, 0.6, 0.8, 1))
    share_ticks(axes, canvas, "y", [tick for tick in (0, 0.2, 0.4, 0.6, 0.8, 1) if tick <= axes.get_ylim()[1] + 1e-9])
    axes.set_xlabel("Queries answered, surest first")
    axes.set_ylabel("Wrong first dataset")


def _ceiling(highest: list[float]) -> float:
    return min(1.0, math.ceil(max([*highest, 0.05]) * 5) / 5)


def _thinned(size: int) -> list[int]:
    """Positions to draw: from the first ten queries on, evenly, the last always."""
    first = min(_FIRST_DRAWN, size) - 1
    step = max(1, (size - first) // _CURVE_POINTS)
    return [*range(first, size - 1, step), size - 1]


def _dashes(pattern: str) -> tuple[float, ...] | tuple[None, None]:
    return tuple(float(part) for part in pattern.split()) if pattern else (None, None)


def _risk_whisker(axes: object, result: SuiteResult) -> None:
    metric = metric_of(result, PRODUCT, "risk_at_coverage_0.3")
    if metric.value is None:
        return
    ink = colour("accent")
    if metric.low is not None and metric.high is not None:
        axes.plot([0.3, 0.3], [metric.low, metric.high], color=ink, linewidth=1.6)  # type: ignore[attr-defined]
    axes.plot([0.3], [metric.value], "o", color=ink, markersize=PRODUCT_LOOK.weight * 2.4)  # type: ignore[attr-defined]


class Bin(NamedTuple):
    """Queries whose stated probability lies in one tenth."""

    stated: float
    observed: float
    low: float
    high: float
    size: int


def reliability(probability: NDArray[np.float64], accepted: NDArray[np.bool_]) -> tuple[Bin, ...]:
    """Ten bins of equal width with Wilson 95 % intervals; empty bins and unknown probabilities are left out."""
    import numpy as np

    known = np.isfinite(probability)
    tenth = np.minimum((np.clip(probability[known], 0, 1) * 10).astype(np.int64), 9)
    bins = []
    for index in range(10):
        inside = tenth == index
        count = int(inside.sum())
        if count:
            observed = float(accepted[known][inside].mean())
            bins.append(Bin(float(probability[known][inside].mean()), observed, *wilson(observed, count), count))
    return tuple(bins)


def wilson(share: float, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of ``count`` independent cases (Wilson 1927).

    >>> [round(end, 3) for end in wilson(0.5, 10)]
    [0.237, 0.763]
    """
    z = 1.96
    scale = 1 + z * z / count
    centre = (share + z * z / (2 * count)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, centre - half), min(1.0, centre + half)


def _calibration_plot(result: SuiteResult, run: MatchRun) -> Plot | None:
    product = next((system for system in run.systems if system.name == PRODUCT), None)
    if product is None or product.probability is None:
        return None
    bins = reliability(product.probability, product.accepted)
    if not bins:
        return None
    svg = draw("calibration", WIDTH, 390, lambda canvas: _fill_calibration(canvas, bins))
    note = (
        "Dots on the diagonal are right. Lines: Wilson 95 % intervals, taking queries as independent. Bars: queries."
        " The error (ECE) is over bins of equal size."
    )
    legend = (Legend("firstprint", "accent", "dot"), Legend("perfect", "muted", "line", "5 2"))
    return Plot("calibration", "Does 80 % mean 80 %?", svg, _calibration_caption(result, bins), note, legend)


def _calibration_caption(result: SuiteResult, bins: tuple[Bin, ...]) -> str:
    high = [entry for entry in bins if entry.low > entry.stated]
    low = [entry for entry in bins if entry.high < entry.stated]
    error = metric_of(result, PRODUCT, "ece").value
    start = "" if error is None else f"Calibration error (ECE) {fine(error)}. "
    if not high and not low:
        return f"{start}No tenth of the scale departs from the diagonal beyond its interval."
    says = " and ".join(
        f"in {plural(len(group), 'tenth')} firstprint is {word}"
        for group, word in ((low, "too sure"), (high, "not sure enough"))
        if group
    )
    return f"{start}Beyond the intervals, {says}."


def _fill_calibration(canvas: Canvas, bins: tuple[Bin, ...]) -> None:
    axes = canvas.axes(58, 12, 16, 118)
    axes.plot([0, 1], [0, 1], color=colour("muted"), linewidth=1.2, dashes=(5, 2))
    ink = colour("accent")
    for entry in bins:
        axes.plot([entry.stated] * 2, [entry.low, entry.high], color=ink, linewidth=1.6)
    axes.plot([b.stated for b in bins], [b.observed for b in bins], "o", color=ink, markersize=7, clip_on=False)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    share_ticks(axes, canvas, "y", (0, 0.2, 0.4, 0.6, 0.8, 1))
    axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1], [""] * 6)
    axes.set_ylabel("Accepted")
    below = canvas.axes(58, 290, 16, 44)
    tops = [entry.size for entry in bins]
    for entry in bins:
        tenth = min(int(entry.stated * 10), 9) / 10
        below.bar(tenth + 0.05, entry.size, width=0.086, color=colour("band2"))
        below.text(
            tenth + 0.05, entry.size + max(tops) * 0.05, canvas.label(f"{entry.size:,}"), ha="center", fontsize=9.5
        )
    below.set_xlim(0, 1)
    below.set_ylim(0, max(tops) * 1.4)
    below.set_yticks([])
    share_ticks(below, canvas, "x", (0, 0.2, 0.4, 0.6, 0.8, 1))
    below.grid(visible=False)
    below.spines["left"].set_visible(False)
    below.set_xlabel("Stated probability that the first dataset is accepted")


def _pairs_plot(run: MatchRun) -> Plot | None:
    import numpy as np

    if run.pairs is None:
        return None
    ratios = run.pairs.log10_ratio[np.isfinite(run.pairs.log10_ratio)]
    if ratios.size == 0:
        return None
    svg = draw("pairs", WIDTH, 280, lambda canvas: _fill_pairs(canvas, ratios))
    # a pair without both estimates does not agree, as in the metric
    close = float((np.abs(ratios) <= math.log10(PARITY_FACTOR) + 1e-9).sum()) / run.pairs.log10_ratio.size
    same = float(run.pairs.same_first.mean())
    caption = (
        f"Of {plural(run.pairs.same_first.size, 'pair')} {percent(close)} % agree within a factor of {PARITY_FACTOR}"
        f" and {percent(same)} % have the same first dataset."
    )
    note = "Estimate of the second wording over that of the first; pairs beyond an end are counted at it."
    legend = (Legend(f"within a factor of {PARITY_FACTOR}", "band", "band"),)
    return Plot("pairs", "The same product put differently", svg, caption, note, legend)


def _fill_pairs(canvas: Canvas, ratios: NDArray[np.float64]) -> None:
    import numpy as np

    axes = canvas.axes(58, 12, 16, 44)
    reach = min(_FARTHEST_PAIR, max(0.5, float(np.abs(ratios).max()) * 1.05))
    counts, edges = np.histogram(np.clip(ratios, -reach, reach), bins=31, range=(-reach, reach))
    bound = math.log10(PARITY_FACTOR)
    axes.axvspan(-bound, bound, color=colour("band"), linewidth=0)
    axes.bar(edges[:-1], counts, width=np.diff(edges) * 0.9, align="edge", color=colour("accent"))
    axes.set_xlim(-reach, reach)
    axes.set_ylim(0, counts.max() * 1.1)
    ticks = factor_ticks(reach)
    axes.set_xticks(ticks, [canvas.label(factor_label(tick)) for tick in ticks])
    top = int(counts.max())
    marks = sorted({0, round(top / 2), top})
    axes.set_yticks(marks, [canvas.label(f"{mark:,}") for mark in marks])
    axes.set_xlabel("Ratio of the two estimates")
    axes.set_ylabel("Pairs")
