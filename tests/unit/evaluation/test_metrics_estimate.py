"""Metrics of estimate suites, in log10 space."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from metric_examples import random_estimate_run, take_estimate
from scipy.stats import spearmanr
from sklearn.metrics import r2_score

from firstprint.estimation.lognormal import interval_factor
from firstprint.evaluation.metrics.direction import HIGHER_IS_BETTER, nominal_of
from firstprint.evaluation.metrics.estimate import EstimateMetrics
from firstprint.evaluation.records import PRODUCT, Band, EstimateRun, EstimateSystem


def plain(run, place=0):
    return EstimateMetrics(run, run.systems[place]).at(np.ones(len(run.groups)))


def simple(reference, values, groups=None, low_high=None, **bands):
    names = np.array(groups or [f"g{row}" for row in range(len(reference))])
    system = EstimateSystem(PRODUCT, np.log10(values), **bands)
    return EstimateRun(names, np.log10(reference), (system,), low_high=low_high)


def test_worked_example_with_a_missing_estimate():
    got = plain(simple([1.0, 1.0, 1.0, 10.0], [2.0, 1 / 2.5, np.nan, 90.0]))
    assert got["factor2"] == pytest.approx(1 / 4)
    assert got["factor3"] == pytest.approx(2 / 4)
    assert got["factor10"] == pytest.approx(3 / 4)
    assert got["answered"] == pytest.approx(3 / 4)
    assert got["mae_log10"] == pytest.approx(np.log10([2, 2.5, 9]).mean())
    assert got["median_ape"] == pytest.approx(1.0)
    assert math.isnan(got["coverage@0.9"])
    assert math.isnan(got["median_interval_factor@0.9"])
    assert "inside_range" not in got


def test_intervals():
    low, high = np.log10([0.5, 2.0, 1.0, np.nan]), np.log10([2.0, 18.0, 4.0, np.nan])
    band = Band(low, high)
    run = simple([1.0, 1.0, 1.0, 1.0], [1.0, 6.0, 2.0, np.nan], ["a", "a", "b", "c"], band80=band, band90=band)
    got = plain(run)
    assert got["coverage@0.8"] == got["coverage@0.9"] == pytest.approx(2 / 3)
    assert got["group_coverage@0.9"] == pytest.approx((0.5 + 1.0) / 2)
    assert got["median_interval_factor@0.9"] == pytest.approx(2.0)
    assert got["median_interval_factor@0.9"] == pytest.approx(interval_factor(0.5, 2.0))


def test_plausible_range():
    nowhere = np.nan
    low_high = Band(np.log10([1, 1, 1, nowhere, 1]), np.log10([3, 3, 3, nowhere, 3]))
    band = Band(np.log10([1, 2, 5, 1, nowhere]), np.log10([4, 8, 9, 2, nowhere]))
    run = simple([np.nan] * 5, [2.0, 4.0, 7.0, 1.0, np.nan], low_high=low_high, band90=band)
    got = plain(run)
    assert got["inside_range"] == pytest.approx(1 / 4)
    assert got["interval_overlap"] == pytest.approx(2 / 4)
    # No query has a reference: what needs one is undefined and not 0.
    assert math.isnan(got["factor2"])
    assert math.isnan(got["coverage@0.9"])
    assert got["answered"] == pytest.approx(4 / 5)


def test_references_of_one_value_have_no_r2_and_no_rank_correlation():
    got = plain(simple([0.1, 0.1, 0.1], [1.0, 2.0, 3.0]))
    assert math.isnan(got["r2_log10"])
    assert math.isnan(got["spearman"])


def test_an_absurd_estimate_is_a_figure_and_not_an_overflow():
    run = EstimateRun(np.array(["a"]), np.zeros(1), (EstimateSystem(PRODUCT, np.array([5000.0])),))
    assert plain(run)["median_ape"] == pytest.approx(1e300)


@pytest.mark.parametrize("seed", range(6))
def test_weights_mean_repeated_rows(seed):
    run = random_estimate_run(seed)
    weights = np.random.default_rng(seed).integers(0, 4, len(run.groups))
    weighted = EstimateMetrics(run, run.systems[0]).at(weights.astype(float))
    rows = np.repeat(np.arange(len(weights)), weights)
    resampled = plain(take_estimate(run, rows))
    for name in set(resampled) - {"group_coverage@0.9"}:  # there a row counts for its group's size
        assert weighted[name] == pytest.approx(resampled[name]), name
    reference, value = run.log10_reference[rows], run.systems[0].log10_value[rows]
    answered = np.isfinite(value)
    reference, value = reference[answered], value[answered]
    assert weighted["spearman"] == pytest.approx(spearmanr(reference, value).statistic)
    assert weighted["r2_log10"] == pytest.approx(r2_score(reference, value))
    assert weighted["median_ape"] == pytest.approx(np.median(np.abs(10 ** (value - reference) - 1)))


def test_a_group_drawn_twice_counts_twice_in_the_group_coverage():
    band = Band(np.array([-1.0, 1.0, -1.0]), np.array([1.0, 2.0, 1.0]))
    run = simple([1.0, 1.0, 1.0], [1.0, 1.0, 1.0], ["a", "a", "b"], band90=band)
    metrics = EstimateMetrics(run, run.systems[0])
    assert metrics.at(np.array([2.0, 2.0, 1.0]))["group_coverage@0.9"] == pytest.approx((0.5 + 0.5 + 1.0) / 3)
    assert metrics.at(np.array([1.0, 1.0, 0.0]))["group_coverage@0.9"] == pytest.approx(0.5)


@given(st.integers(0, 10_000), st.floats(0.1, 9.0))
def test_order_and_a_common_factor_of_the_weights_play_no_part(seed, factor):
    run = random_estimate_run(seed, count=25)
    rows = np.random.default_rng(seed).permutation(25)
    assert plain(take_estimate(run, rows)) == pytest.approx(plain(run), nan_ok=True)
    metrics = EstimateMetrics(run, run.systems[0])
    assert metrics.at(np.full(25, factor)) == pytest.approx(plain(run), nan_ok=True)


def test_every_metric_has_a_direction_or_a_nominal_value():
    names = plain(random_estimate_run(0))
    assert all(name in HIGHER_IS_BETTER or nominal_of(name) is not None for name in names)
