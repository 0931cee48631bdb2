"""Metrics of match suites: worked examples, ties, and weights that mean repeated rows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from metric_examples import match_run, match_system, random_match_run, take_match
from sklearn.metrics import roc_auc_score

from firstprint.evaluation.metrics.direction import HIGHER_IS_BETTER, loss_of
from firstprint.evaluation.metrics.match import MatchMetrics
from firstprint.evaluation.metrics.rationale import GeneratedMetrics, RationaleMetrics
from firstprint.evaluation.records import Generated, PairOutcomes, RationaleRun


def plain(run, place=0):
    return MatchMetrics(run, run.systems[place]).at(np.ones(len(run.groups)))


def test_worked_example():
    system = match_system([1, 3, 0, 8, 0], [True, True, False, False, False], [0.9, 0.8, 0.2, 0.5, 0.2])
    got = plain(match_run([True, True, True, True, False], system))
    assert got["hit@1"] == pytest.approx(1 / 4)
    assert got["hit@5"] == pytest.approx(2 / 4)
    assert got["hit@10"] == pytest.approx(3 / 4)
    assert got["mrr"] == pytest.approx((1 + 1 / 3 + 1 / 8) / 4)
    assert got["acceptable_hit@1"] == pytest.approx(2 / 4)
    # Against the one abstention at 0.2: three answerable queries are above it and one ties with it.
    assert got["abstention_auc"] == pytest.approx(3.5 / 4)
    # 1.5 of 5 queries: the surest two are both right.
    assert got["risk_at_coverage_0.3"] == 0.0
    assert math.isnan(got["ece"])
    assert "parity_first_dataset" not in got


def test_risk_counts_a_fraction_at_the_boundary_and_ties_by_expectation():
    # 0.3 of 10 is 3: one sure and wrong, then four tied of which one is wrong: two of them are taken.
    system = match_system(
        [0] * 10, [False, True, True, True, False, True, True, True, True, True], [5, 4, 4, 4, 4, 1, 1, 1, 1, -np.inf]
    )
    assert plain(match_run([True] * 10, system))["risk_at_coverage_0.3"] == pytest.approx((1 + 2 / 4) / 3)
    four = match_system([0] * 4, [True, False, True, True], [4, 3, 2, 1])
    # 1.2 of 4: the surest is right, a fifth of the second is wrong.
    assert plain(match_run([True] * 4, four))["risk_at_coverage_0.3"] == pytest.approx(0.2 / 1.2)


def test_no_abstention_means_no_auc_and_nothing_found_is_least_sure():
    system = match_system([1, 1], [True, True], [0.5, 0.4], [0.5, 0.5])
    got = plain(match_run([True, True], system))
    assert math.isnan(got["abstention_auc"])
    unsure = match_system([1, 1, 0], [True, True, False], [0.5, 0.4, -np.inf])
    assert plain(match_run([True, True, False], unsure))["abstention_auc"] == 1.0


def test_calibration_error_of_two_bins():
    # Fewer than 30 queries: two bins, cut at the median 0.5.
    probability = [0.1, 0.1, 0.3, 0.7, 0.9, 0.9]
    accepted = [False, True, False, True, True, False]
    system = match_system([0] * 6, accepted, probability, probability)
    expected = (abs(0.5 - 1) + abs(2.5 - 2)) / 6
    assert plain(match_run([True] * 6, system))["ece"] == pytest.approx(expected)


def test_a_calibrated_system_has_little_calibration_error_and_an_overconfident_one_much():
    random = np.random.default_rng(0)
    probability = random.random(3000)
    accepted = random.random(3000) < probability
    honest = match_system([0] * 3000, accepted, probability, probability)
    boasting = match_system([0] * 3000, accepted, probability, np.minimum(1, probability + 0.3))
    run = match_run([True] * 3000, honest, boasting)
    assert plain(run, 0)["ece"] < 0.04
    assert plain(run, 1)["ece"] > 0.2


def test_parity_of_pairs_counts_missing_estimates_as_misses():
    pairs = PairOutcomes(
        np.array([0, 2, 0]), np.array([1, 3, 2]), np.array([True, False, True]), np.log10([1.5, 1 / 1.6, np.nan])
    )
    system = match_system([1] * 4, [True] * 4, [1] * 4)
    run = match_run([True] * 4, system, match_system([1] * 4, [True] * 4, [1] * 4, name="bm25"), pairs=pairs)
    got = plain(run)
    assert got["parity_first_dataset"] == pytest.approx(2 / 3)
    assert got["parity_factor1.5"] == pytest.approx(1 / 3)
    # A pair weighs as much as its first query.
    weighted = MatchMetrics(run, system).at(np.array([1.0, 9.0, 2.0, 9.0]))
    assert weighted["parity_first_dataset"] == pytest.approx(2 / 4)
    assert "parity_first_dataset" not in plain(run, 1)


@pytest.mark.parametrize("seed", range(6))
def test_weights_mean_repeated_rows(seed):
    run = random_match_run(seed)
    weights = np.random.default_rng(seed).integers(0, 4, len(run.groups))
    rows = np.repeat(np.arange(len(weights)), weights)
    weighted = MatchMetrics(run, run.systems[0]).at(weights.astype(float))
    resampled = plain(take_match(run, rows))
    for name in set(resampled) - {"ece"}:  # its bins are cut on all rows
        assert weighted[name] == pytest.approx(resampled[name]), name
    assert weighted["abstention_auc"] == pytest.approx(
        roc_auc_score(run.answerable, run.systems[0].confidence, sample_weight=weights)
    )


@given(st.integers(0, 10_000), st.floats(0.1, 9.0))
def test_order_and_a_common_factor_of_the_weights_play_no_part(seed, factor):
    run = random_match_run(seed, count=33)
    rows = np.random.default_rng(seed).permutation(33)
    assert plain(take_match(run, rows)) == pytest.approx(plain(take_match(run, np.arange(33))), nan_ok=True)
    metrics = MatchMetrics(run, run.systems[0])
    assert metrics.at(np.full(33, factor)) == pytest.approx(metrics.at(np.ones(33)), nan_ok=True)


def test_no_weight_gives_nothing():
    run = random_match_run(1)
    got = MatchMetrics(run, run.systems[0]).at(np.zeros(len(run.groups)))
    assert all(math.isnan(value) for value in got.values())


def test_rationale_metrics():
    run = RationaleRun(
        groups=np.array(["a", "a", "b", "b", "c"]),
        kind=("template", "paraphrase", "digit_changed", "digit_changed", "template"),
        true=np.array([True, True, False, False, True]),
        alarm=np.array([False, True, True, False, False]),
        language=("en",) * 5,
        texts=("t",) * 5,
        reasons=("",) * 5,
    )
    got = RationaleMetrics(run).at(np.ones(5))
    assert got["guard_recall"] == 0.5
    assert got["guard_false_alarm"] == pytest.approx(1 / 3)
    assert got["guard_false_alarm_template"] == 0.0
    assert got["guard_false_alarm_paraphrase"] == 1.0


def test_a_text_that_never_came_counts_as_fallback_and_not_as_refused():
    generated = (
        Generated("a", True, "fine", "", 2.0),
        Generated("b", False, "wrong", "number", 4.0),
        Generated("c", False, "", "timeout", 9.0),
    )
    got = GeneratedMetrics(generated).at(np.ones(3))
    assert got == {"guard_pass_rate": 0.5, "fallback_rate": pytest.approx(2 / 3), "seconds_median": 4.0}


def test_direction_of_each_metric():
    assert loss_of("hit@1", 0.7) < loss_of("hit@1", 0.6)
    assert loss_of("ece", 0.1) < loss_of("ece", 0.2)
    assert loss_of("coverage@0.9", 0.88) < loss_of("coverage@0.9", 0.99)
    assert loss_of("group_coverage@0.8", 0.8) == 0.0
    assert math.isnan(loss_of("median_interval_factor@0.9", 3.0))
    run = random_match_run(2)
    assert set(plain(run)) <= set(HIGHER_IS_BETTER)
