"""95 % intervals by bootstrap over groups, and the paired difference between the product and the best baseline.

Whole groups are drawn with replacement (cluster bootstrap; Davison & Hinkley 1997, section 3.8), because rows of one
group are alike: one company, one annotated product. All systems see the same draws, so that a difference is paired.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from firstprint.evaluation.metrics.direction import loss_of
from firstprint.evaluation.metrics.estimate import EstimateMetrics
from firstprint.evaluation.metrics.match import MatchMetrics
from firstprint.evaluation.metrics.rationale import GeneratedMetrics, RationaleMetrics
from firstprint.evaluation.metrics.statistics import Floats, Statistics
from firstprint.evaluation.records import (
    PARTS,
    PRODUCT,
    Difference,
    EstimateRun,
    MatchRun,
    Metric,
    Metrics,
    RationaleRun,
    Run,
)

MIN_GROUPS_FOR_VERDICT = 6
"""With G groups, all on one side, a sign test reaches p = 2^(1−G): below 6 groups nothing is significant at 5 %."""

_PERCENTILES = (2.5, 97.5)


class RunMetrics(NamedTuple):
    """Metrics of the product and of every other system, and the product against the best baseline."""

    product: Metrics
    others: dict[str, Metrics]
    differences: tuple[Difference, ...]


class Paired(NamedTuple):
    """First system minus second on one metric; the interval is None where there are too few groups for one.

    Attributes:
        better: by the bootstrap the first has the lower loss, at 95 %; for a coverage that is the distance to nominal.
        worse: it has the higher loss.
        changed: the difference itself is not 0, at 95 %, whichever side is better.
    """

    difference: float
    low: float | None
    high: float | None
    better: bool
    worse: bool
    changed: bool


def group_weights_of_replicates(
    groups: NDArray[np.str_] | NDArray[np.int64], replicates: int, seed: int
) -> Iterator[Floats]:
    """Weights (n,) of each bootstrap replicate: how often each row's group was drawn.

    The draws belong to the groups' names in sorted order: the rows' order plays no part.
    """
    names, group = np.unique(groups, return_inverse=True)
    random = np.random.default_rng(seed)
    chance = np.full(len(names), 1.0 / max(1, len(names)))
    for _ in range(replicates if len(names) else 0):
        yield random.multinomial(len(names), chance).astype(np.float64)[group]


def interval(point: float, values: Sequence[float] | Floats) -> Metric:
    """``point`` with the 95 % percentile interval of its replicates; NaN replicates are dropped.

    The percentile interval of a figure that noise can only raise (``ece``) lies high and may miss the point.
    """
    if math.isnan(point):
        return Metric(None, None, None)
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    if not len(known):
        return Metric(point, None, None)
    low, high = np.percentile(known, _PERCENTILES)
    return Metric(point, float(low), float(high))


def replicate_values(
    systems: Mapping[str, Statistics], groups: NDArray[np.str_] | NDArray[np.int64], replicates: int, seed: int
) -> dict[str, dict[str, Floats]]:
    """Every system's metrics, (1 + replicates,) each: first the point, then the replicates, the same for all."""
    rows: dict[str, list[dict[str, float]]] = {name: [one.at(np.ones(len(groups)))] for name, one in systems.items()}
    # One group gives the same replicate every time: no interval is better than one of width 0.
    wanted = replicates if len(np.unique(groups)) > 1 else 0
    for weights in group_weights_of_replicates(groups, wanted, seed):
        for name, system in systems.items():
            rows[name].append(system.at(weights))
    return {name: {metric: np.array([row[metric] for row in got]) for metric in got[0]} for name, got in rows.items()}


def paired(metric: str, first: Floats, second: Floats, groups: int) -> Paired:
    """First minus second on one metric, from values as ``replicate_values`` gives them, of ``groups`` groups."""
    difference = interval(float(first[0] - second[0]), first[1:] - second[1:])
    losses = np.array([loss_of(metric, a) - loss_of(metric, b) for a, b in zip(first[1:], second[1:], strict=True)])
    less, more = _sides(interval(0.0, losses), groups)
    return Paired(
        difference=float(first[0] - second[0]),
        low=difference.low,
        high=difference.high,
        better=less,
        worse=more,
        changed=any(_sides(difference, groups)),
    )


def _sides(gap: Metric, groups: int) -> tuple[bool, bool]:
    """Whether the interval is wholly below 0, and wholly above; neither where there are too few groups."""
    if groups < MIN_GROUPS_FOR_VERDICT or gap.low is None or gap.high is None:
        return False, False
    return gap.high < 0, gap.low > 0


def metrics_of(run: Run, replicates: int = 1000, seed: int = 0) -> RunMetrics:
    """Metrics with intervals of the product and of every other system, and the paired differences."""
    values = replicate_values(_systems(run), run.groups, replicates, seed)
    if isinstance(run, RationaleRun) and run.generated:
        requests = np.array([one.query_id for one in run.generated], dtype=np.str_)
        more = replicate_values({PRODUCT: GeneratedMetrics(run.generated)}, requests, replicates, seed)
        values[PRODUCT] |= more[PRODUCT]
    product, *others = values
    metrics = {
        name: {metric: interval(float(got[0]), got[1:]) for metric, got in values[name].items()} for name in values
    }
    baselines = [name for name in others if not name.startswith(PARTS)]
    groups = len(np.unique(run.groups))
    found = (
        _against_best(metric, values[product], {name: values[name] for name in baselines}, groups)
        for metric in values[product]
    )
    return RunMetrics(
        product=metrics[product],
        others={name: metrics[name] for name in others},
        differences=tuple(one for one in found if one is not None),
    )


def _systems(run: Run) -> dict[str, Statistics]:
    if isinstance(run, MatchRun):
        return {system.name: MatchMetrics(run, system) for system in run.systems}
    if isinstance(run, EstimateRun):
        return {system.name: EstimateMetrics(run, system) for system in run.systems}
    return {PRODUCT: RationaleMetrics(run)}


def _against_best(
    metric: str, product: Mapping[str, Floats], baselines: Mapping[str, Mapping[str, Floats]], groups: int
) -> Difference | None:
    """Product minus the baseline of the least loss; None where nothing can be said."""
    losses = {name: loss_of(metric, float(got[metric][0])) for name, got in baselines.items() if metric in got}
    known = {name: loss for name, loss in losses.items() if not math.isnan(loss)}
    if not known:
        return None
    best = min(known, key=lambda name: known[name])
    got = paired(metric, product[metric], baselines[best][metric], groups)
    if math.isnan(got.difference) or got.low is None or got.high is None:
        return None
    return Difference(metric, best, got.difference, got.low, got.high, better=got.better, worse=got.worse)
