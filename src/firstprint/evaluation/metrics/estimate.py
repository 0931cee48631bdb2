"""Metrics of an estimate suite, in log10 space."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from firstprint.evaluation.metrics.statistics import (
    R2,
    Floats,
    Mean,
    Median,
    Spearman,
    Statistic,
    Statistics,
    Undefined,
)
from firstprint.evaluation.records import PARTS, Band, EstimateRun, EstimateSystem

_ROUNDING = 1e-9
_LARGEST_LOG10 = 300.0  # beyond it a factor leaves float64


class EstimateMetrics(Statistics):
    """Metrics of one system on an estimate suite, for any weights of its queries.

    ``factor2`` is the share of references missed by no more than a factor of 2; a missing estimate is a miss,
    except for the product's routes and ceilings, which are judged where they answer.
    ``mae_log10``, ``median_ape`` (a share: 0.5 is 50 %), ``r2_log10`` and ``spearman`` are over the answered queries,
    the coverages over those with an interval. Queries without a reference count only where none is needed.
    """

    def __init__(self, run: EstimateRun, system: EstimateSystem) -> None:
        residual = system.log10_value - run.log10_reference
        referenced = np.isfinite(run.log10_reference)
        both = np.isfinite(residual)
        error = np.abs(np.where(both, residual, np.inf))
        judged = both if system.name.startswith(PARTS) else referenced
        figures: dict[str, Statistic] = {
            f"factor{factor}": Mean(error <= math.log10(factor) + _ROUNDING, judged) for factor in (2, 3, 10)
        }
        figures["mae_log10"] = Mean(error, both)
        figures["median_ape"] = Median(np.abs(_factor(np.where(both, residual, 0.0)) - 1.0), both)
        figures["r2_log10"] = R2(run.log10_reference, system.log10_value, both)
        figures["spearman"] = Spearman(run.log10_reference, system.log10_value, both)
        figures["answered"] = Mean(np.isfinite(system.log10_value))
        super().__init__(figures | _interval_figures(run, system) | _range_figures(run, system))


def inside_range(run: EstimateRun, system: EstimateSystem) -> Floats:
    """1 where the value lies in the plausible range, 0 where it does not or is missing, NaN without a range."""
    if run.low_high is None:
        return np.full(len(run.groups), np.nan)
    low, high = run.low_high
    return np.where(_has_band(run.low_high), _within(system.log10_value, low, high), np.nan)


def interval_overlap(run: EstimateRun, system: EstimateSystem) -> Floats:
    """1 where the 90 % interval and the plausible range meet, 0 where not, NaN without a range or any interval."""
    if run.low_high is None or system.band90 is None:
        return np.full(len(run.groups), np.nan)
    low, high = run.low_high
    meets = (system.band90.low <= high + _ROUNDING) & (system.band90.high >= low - _ROUNDING)
    return np.where(_has_band(run.low_high), meets, np.nan)


def _interval_figures(run: EstimateRun, system: EstimateSystem) -> dict[str, Statistic]:
    figures: dict[str, Statistic] = {}
    for nominal, band in ((0.8, system.band80), (0.9, system.band90)):
        figures[f"coverage@{nominal}"] = Undefined() if band is None else Mean(*covered(run, band))
    if system.band90 is None:
        return figures | {"group_coverage@0.9": Undefined(), "median_interval_factor@0.9": Undefined()}
    inside, among = covered(run, system.band90)
    figures["group_coverage@0.9"] = Mean.by_group(inside, among, run.groups)
    has = _has_band(system.band90)
    width = np.where(has, system.band90.high - system.band90.low, 0.0)
    figures["median_interval_factor@0.9"] = Median(_factor(width / 2), has)
    return figures


def _range_figures(run: EstimateRun, system: EstimateSystem) -> dict[str, Statistic]:
    if run.low_high is None:
        return {}
    inside, overlap = inside_range(run, system), interval_overlap(run, system)
    return {
        "inside_range": Mean(inside, np.isfinite(inside)),
        "interval_overlap": Mean(overlap, np.isfinite(overlap)),
    }


class Covered(NamedTuple):
    """Whether each interval holds its reference, bool (n,), and where that can be said, bool (n,)."""

    inside: NDArray[np.bool_]
    among: NDArray[np.bool_]


def covered(run: EstimateRun, band: Band) -> Covered:
    """Which references lie in the intervals of a band."""
    return Covered(
        _within(run.log10_reference, band.low, band.high), _has_band(band) & np.isfinite(run.log10_reference)
    )


def _within(values: Floats, low: Floats, high: Floats) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (values >= low - _ROUNDING) & (values <= high + _ROUNDING)
    return inside


def _has_band(band: Band) -> NDArray[np.bool_]:
    has: NDArray[np.bool_] = np.isfinite(band.low) & np.isfinite(band.high)
    return has


def _factor(log10: Floats) -> Floats:
    factor: Floats = 10.0 ** np.clip(log10, -_LARGEST_LOG10, _LARGEST_LOG10)
    return factor
