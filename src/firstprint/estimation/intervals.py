"""Conformal intervals of the surrogate: as wide as held-out groups were missed at this distance.

Conformal prediction with normalised residuals (Lei et al. 2018, "Distribution-free predictive inference for
regression", JASA 113:1094): the residual of a row whose whole group was held out is divided by a scale that
grows with the row's distance to the training data; a finite-sample quantile of these scores times the scale
at a new product's distance is half its interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.blocks import weighted_sums
from firstprint.errors import InputError, ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

COVERAGES = (0.8, 0.9)
"""Coverages for which quantiles are stored."""
OUT_OF_DOMAIN_QUANTILE = 0.95
"""A product farther away than this share of held-out rows is out of the surrogate's domain."""
# Set, not tuned: the one pair that was tried (DECISIONS 52).
LOCAL_POWER = 8
LOCAL_PRIOR = 0.3
_ROWS_A_BIN = 60
_MOST_BINS = 8
_SMALLEST_SCALE = 0.02


class HeldOut(NamedTuple):
    """Held-out rows, all of shape (n,).

    Attributes:
        residuals: predicted minus true, log10.
        distances: 1 − cosine to the nearest training row of another group.
        weights: weight of each row in quantiles.
    """

    residuals: NDArray[np.float64]
    distances: NDArray[np.float64]
    weights: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ConformalBand:
    """Half-widths in log10 over distance.

    Attributes:
        knots: rising distances.
        scales: scale of a residual at each knot, never falling; straight between knots, flat outside.
        quantiles: of the scores, one for each of ``COVERAGES``.
        distance_limit: beyond it a product is out of domain.
    """

    knots: tuple[float, ...]
    scales: tuple[float, ...]
    quantiles: tuple[float, ...]
    distance_limit: float

    def scale(self, distance: float) -> float:
        """Typical held-out residual at ``distance``, log10."""
        return float(np.interp(distance, self.knots, self.scales))

    def half_width_log10(self, distance: float, coverage: float, scale: float | None = None) -> float:
        """Half the interval in log10; ``scale`` is the local one, that of the distance when left out.

        Raises:
            InputError: no quantile is stored for ``coverage``.
        """
        if coverage not in COVERAGES:
            raise InputError(
                f"The surrogate has no interval at coverage {coverage!r}.",
                hint=f"Ask for one of {', '.join(map(str, COVERAGES))}.",
                code="bad_coverage",
            )
        return self.quantiles[COVERAGES.index(coverage)] * (self.scale(distance) if scale is None else scale)

    def out_of_domain(self, distance: float) -> bool:
        """True when a product is farther from the references than nearly all held-out rows were."""
        return distance > self.distance_limit


def conformal_quantile(
    scores: NDArray[np.float64], coverage: float, weights: NDArray[np.float64] | None = None
) -> float:
    """The smallest score that covers ``coverage`` of n + 1 rows: the ⌈(n + 1) · coverage⌉-th of n equal ones.

    The unseen row counts with the mean weight, as in weighted conformal prediction (Tibshirani et al. 2019).

    Args:
        scores: shape (n,), not empty.
        coverage: 0 to 1.
        weights: shape (n,), or None for equal ones.

    Returns:
        The quantile; the largest score where n is too small for the coverage.
    """
    order = np.argsort(scores, kind="stable")
    mass = np.ones(len(scores)) if weights is None else weights / weights.mean()
    reached = np.cumsum(mass[order])
    needed = coverage * (len(scores) + 1)
    position = int(np.searchsorted(reached, needed - 1e-9))
    return float(scores[order[min(position, len(scores) - 1)]])


def rising(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The nearest never-falling sequence in weighted least squares (pool adjacent violators); shape (n,)."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        mean, mass, count = value, weight, 1
        while blocks and blocks[-1][0] > mean:
            last_mean, last_mass, last_count = blocks.pop()
            mean = (mean * mass + last_mean * last_mass) / (mass + last_mass)
            mass, count = mass + last_mass, count + last_count
        blocks.append((mean, mass, count))
    return np.repeat([mean for mean, _, _ in blocks], [count for _, _, count in blocks])


def local_scales(
    similarities: NDArray[np.float32], spreads: NDArray[np.float64], scales: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What held-out rows near each query were missed by, drawn to the scale at its distance; shape (q,).

    Locally weighted normalisation of conformal scores (Lei et al. 2018, section 5.2): kinds of things that are
    hard to predict get wider intervals than others at the same distance.

    Args:
        similarities: cosines with references, shape (q, n); 0 or less where one must not be looked at.
        spreads: absolute held-out residual of each reference, log10, NaN where it has none, shape (n,).
        scales: at the queries' distances, shape (q,).
    """
    known = np.flatnonzero(np.isfinite(spreads))
    # Row by row in memory, so that a query's sum does not depend on how many are asked.
    near_ones = np.ascontiguousarray(similarities[:, known])
    weights = np.maximum(near_ones, 0.0).astype(np.float64) ** LOCAL_POWER
    total = weights.sum(axis=1)
    near = weighted_sums(weights, spreads[known])
    return np.asarray((near + LOCAL_PRIOR * scales) / (total + LOCAL_PRIOR), dtype=np.float64)


def balanced(groups: NDArray[np.str_]) -> NDArray[np.float64]:
    """Weights of which half go by row and half by group, mean 1: coverage is promised for both; shape (n,)."""
    _, place, counts = np.unique(groups, return_inverse=True, return_counts=True)
    weights = 1.0 / len(groups) + 1.0 / (len(counts) * counts[place])
    return np.asarray(weights / weights.mean(), dtype=np.float64)


class Judged(NamedTuple):
    """What quantiles are learned from beside a held-out part.

    Attributes:
        weights: of its rows in the quantiles, shape (n,).
        local: the scale each row's residual is divided by, given the scale at its distance; None for that itself.
    """

    weights: NDArray[np.float64]
    local: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None


def fit_band(rows: HeldOut, strict: HeldOut | None = None, judged: Judged | None = None) -> ConformalBand:
    """Learns scale and quantiles from held-out rows.

    Args:
        rows: what the scale over distance is learned from.
        strict: what quantiles and limit are learned from, such as the rows of held-out categories only; None
            for ``rows``.
        judged: how rows of ``strict`` weigh in quantiles and what normalises them; None for their own weights and
            the scale at their distance.

    The scale is the weighted mean absolute residual in bins of equal count along the distance, made never
    falling; bins hold at least 60 rows, so that a scale is known to about 10 %.

    Raises:
        ModelError: fewer than five held-out rows.
    """
    if len(rows.residuals) < 5:
        raise ModelError(
            f"An interval needs at least 5 held-out rows; there are {len(rows.residuals)}.",
            hint="Add references in this unit, then run: firstprint train",
        )
    size = np.abs(rows.residuals)
    bins = np.array_split(np.argsort(rows.distances, kind="stable"), _bin_count(len(size)))
    knots = np.array([np.average(rows.distances[b], weights=rows.weights[b]) for b in bins])
    means = np.array([np.average(size[b], weights=rows.weights[b]) for b in bins])
    masses = np.array([rows.weights[b].sum() for b in bins])
    scales = np.maximum(rising(means, masses), _SMALLEST_SCALE)
    judge = rows if strict is None else strict
    normal = np.interp(judge.distances, knots, scales)
    weighing = judge.weights
    if judged is not None:
        weighing = judged.weights
        normal = normal if judged.local is None else judged.local(normal)
    scores = np.abs(judge.residuals) / normal
    return ConformalBand(
        knots=tuple(knots.tolist()),
        scales=tuple(scales.tolist()),
        quantiles=tuple(conformal_quantile(scores, c, weighing) for c in COVERAGES),
        distance_limit=conformal_quantile(judge.distances, OUT_OF_DOMAIN_QUANTILE, judge.weights),
    )


def _bin_count(rows: int) -> int:
    return max(1, min(_MOST_BINS, math.floor(rows / _ROWS_A_BIN)))
