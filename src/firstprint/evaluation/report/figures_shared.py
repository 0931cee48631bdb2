"""Figures both tasks have: metrics as dots with intervals, one row a system; and the axes they share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from firstprint.evaluation.records import PRODUCT, Metric, SuiteResult
from firstprint.evaluation.report.drawing import Canvas, Legend, Plot, colour, draw
from firstprint.evaluation.report.glossary import about, written, written_difference
from firstprint.evaluation.report.numbers import number, span
from firstprint.evaluation.report.systems import (
    best_baseline,
    difference_on,
    metric_of,
    shown,
    systems_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 520.0
_ROW = 25.0


def dots(result: SuiteResult, metrics: Sequence[str], title: str) -> Plot | None:
    """Metrics that are shares as dots with 95 % intervals; None where the suite gives none of them."""
    metrics = [metric for metric in metrics if _known(metric_of(result, PRODUCT, metric))]
    if not metrics:
        return None
    systems = systems_of(result)
    names = (PRODUCT, *systems.routes, *systems.baselines, *systems.ceilings)
    height = 52 + _ROW * len(names)
    svg = draw("dots", WIDTH, height, lambda canvas: _fill_dots(canvas, result, metrics, names))
    legend = [Legend("firstprint", "accent", "dot")]
    legend += [Legend("part of firstprint", "s2", "diamond")] if systems.routes else []
    legend += [Legend("baseline", "muted", "dot")] if systems.baselines else []
    legend += [Legend("noise ceiling", "s5", "square")] if systems.ceilings else []
    note = "Dot: value. Line: 95 % interval by bootstrap over groups."
    note += " Parts and ceilings are judged where they answer." if systems.routes + systems.ceilings else ""
    return Plot("dots", title, svg, against_best(result, metrics[0]), note, tuple(legend))


def _known(metric: Metric) -> bool:
    return metric.value is not None and math.isfinite(metric.value)


def against_best(result: SuiteResult, metric: str) -> str:
    """One sentence: the product's figure, the best baseline's, and whether the difference is beyond noise."""
    info = about(metric)
    mine = f"{info.title}: firstprint {written(metric_of(result, PRODUCT, metric).value, info)}"
    rival = best_baseline(result, metric)
    if rival is None:
        return f"{mine}; no baseline to compare with."
    theirs = f"{mine}, best baseline ({rival}) {written(metric_of(result, rival, metric).value, info)}"
    difference = difference_on(result, metric)
    if difference is None:
        return f"{theirs}; no paired difference was computed."
    low, high = (written_difference(value, info) for value in (difference.low, difference.high))
    word = "better" if difference.better else "worse" if difference.worse else "within noise"
    return f"{theirs}; paired difference {span(low, high)}{' points' if info.kind == 'share' else ''}: {word}."


class _Look(NamedTuple):
    colour: str
    marker: str
    weight: float


def _look(name: str) -> _Look:
    if name == PRODUCT:
        return _Look("accent", "o", 2.6)
    if name.startswith("route: "):
        return _Look("s2", "D", 1.6)
    return _Look("s5", "s", 1.6) if name.startswith("ceiling: ") else _Look("muted", "o", 1.6)


def _fill_dots(canvas: Canvas, result: SuiteResult, metrics: Sequence[str], names: tuple[str, ...]) -> None:
    left, gap = 128.0, 32.0
    panel = (canvas.width - left - 14 - gap * (len(metrics) - 1)) / len(metrics)
    for place, metric in enumerate(metrics):
        start = left + place * (panel + gap)
        axes = canvas.axes(start, 24, canvas.width - start - panel, 28)
        axes.set_title(canvas.label(f"{metric}, %"), loc="left")
        axes.set_xlim(0, 1)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "", "50", "", "100"])
        axes.grid(visible=False, axis="y")
        axes.spines["left"].set_visible(False)
        axes.set_yticks(range(len(names)), [canvas.label(shown(name), 19) if place == 0 else "" for name in names])
        for row, name in enumerate(names):
            whisker(axes, row, metric_of(result, name, metric), _look(name))


def whisker(axes: Axes, row: float, metric: Metric, look: _Look) -> None:
    """A dot at the value and a line over the interval; nothing where there is no value."""
    if metric.value is None or not math.isfinite(metric.value):
        return
    if metric.low is not None and metric.high is not None:
        axes.plot(
            [metric.low, metric.high], [row, row], color=colour(look.colour), linewidth=look.weight, clip_on=False
        )
    size = 7 if look.weight > 2 else 5.2
    ink = colour(look.colour)
    axes.plot([metric.value], [row], look.marker, color=ink, markersize=size, markeredgecolor=ink, clip_on=False)


PRODUCT_LOOK = _look(PRODUCT)


def share_ticks(axes: Axes, canvas: Canvas, side: str, places: Sequence[float]) -> None:
    """Ticks of a share, as percentages."""
    labels = [canvas.label(f"{number(place * 100)} %") for place in places]
    (axes.set_xticks if side == "x" else axes.set_yticks)(places, labels)


def decade_ticks(low: float, high: float, most: int = 7) -> list[int]:
    """Whole powers of ten between two ends given as log10, thinned to at most so many."""
    decades = range(math.ceil(low), math.floor(high) + 1)
    step = max(1, math.ceil(len(decades) / most))
    return [decade for decade in decades if decade % step == 0] or list(decades)[:1]


def power_label(decade: float) -> str:
    """A power of ten as a plain figure while that is short."""
    return number(10.0**decade) if -3 <= decade <= 6 else f"10^{number(decade)}"


def factor_label(log10_factor: float) -> str:
    """A factor as divided by or times: ``÷10``, ``1``, ``×2``."""
    if abs(log10_factor) < 1e-9:
        return "1"
    size = power_label(round(abs(log10_factor), 9))
    return f"{'×' if log10_factor > 0 else '÷'}{size}"


def factor_ticks(reach: float) -> list[float]:
    """Places, in log10, for ticks of a factor axis that goes ``reach`` to both sides of 1."""
    decades = [float(decade) for decade in decade_ticks(0.5, reach, 4)]
    positive = [math.log10(2), 1.0] if reach <= 1.6 else decades
    positive = [place for place in positive if place <= reach + 1e-9]
    return [-place for place in reversed(positive)] + [0.0] + positive
