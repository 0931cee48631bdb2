"""Bootstrap over groups: intervals, paired differences and which baseline is the best."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from metric_examples import match_run, match_system, random_estimate_run, random_match_run

from firstprint.evaluation.metrics.bootstrap import (
    group_weights_of_replicates,
    interval,
    metrics_of,
    paired,
)
from firstprint.evaluation.records import PRODUCT, EstimateSystem, Generated, Metric, RationaleRun


def test_whole_groups_are_drawn_with_replacement():
    groups = np.array(["a", "b", "a", "c", "b", "a"])
    drawn = list(group_weights_of_replicates(groups, 200, 3))
    assert len(drawn) == 200
    for weights in drawn:
        assert weights[0] == weights[2] == weights[5]
        assert weights[1] == weights[4]
        assert weights[0] + weights[1] + weights[3] == 3
    assert len({tuple(weights) for weights in drawn}) == 10  # 3 of 3 groups with replacement: 10 multisets


def test_draws_belong_to_groups_and_not_to_rows():
    groups = np.array(["a", "b", "a", "c"])
    rows = np.array([3, 1, 0, 2])
    for plain, moved in zip(
        group_weights_of_replicates(groups, 20, 1), group_weights_of_replicates(groups[rows], 20, 1), strict=True
    ):
        assert (plain[rows] == moved).all()


def test_interval_is_the_95_percent_percentile_interval():
    assert interval(0.5, np.arange(1001) / 1000) == Metric(0.5, pytest.approx(0.025), pytest.approx(0.975))
    assert interval(0.5, [np.nan, 0.4, np.nan]) == Metric(0.5, 0.4, 0.4)
    assert interval(0.5, [np.nan]) == Metric(0.5, None, None)
    assert interval(float("nan"), [0.1, 0.2]) == Metric(None, None, None)


def test_interval_of_a_mean_is_as_wide_as_theory_says():
    # hit@1 of 400 groups at 0.5: the standard error is 0.025.
    rank = np.tile([1, 2], 200)
    run = match_run([True] * 400, match_system(rank, rank == 1, rank * 0.0))
    got = metrics_of(run, 1000).product["hit@1"]
    assert got.value == 0.5
    assert got.high - got.low == pytest.approx(2 * 1.96 * 0.025, rel=0.12)


def test_alike_rows_of_one_group_widen_the_interval():
    rank = np.repeat(np.tile([1, 2], 20), 10)
    alone = match_run([True] * 400, match_system(rank, rank == 1, rank * 0.0))
    grouped = replace(alone, groups=np.array([f"g{row // 10}" for row in range(400)]))
    width = [got.high - got.low for got in (metrics_of(run, 400).product["hit@1"] for run in (alone, grouped))]
    assert width[1] > 2.5 * width[0]


def test_same_seed_same_figures():
    run = random_match_run(5)
    assert metrics_of(run, 50, seed=1) == metrics_of(run, 50, seed=1)
    assert metrics_of(run, 50, seed=1).product["mrr"] != metrics_of(run, 50, seed=2).product["mrr"]


def test_one_group_or_no_replicates_give_no_interval_and_no_difference():
    run = random_match_run(0, groups=1)
    got = metrics_of(run, 50)
    assert got.product["hit@1"].value is not None
    assert got.product["hit@1"].low is None
    assert got.differences == ()
    assert metrics_of(random_match_run(0), 0).product["hit@1"].low is None


def test_difference_is_to_the_best_baseline_and_is_paired():
    random = np.random.default_rng(0)
    count = 300
    hard = random.random(count) < 0.5
    product = np.where(hard, 2, 1)
    weak, strong = np.where(random.random(count) < 0.5, 1, product + 3), product.copy()
    strong[:12] = 5  # of the product's hits it loses a few and gains none
    systems = [
        match_system(rank, rank == 1, -rank, name=name)
        for name, rank in ((PRODUCT, product), ("weak", weak), ("strong", strong))
    ]
    got = metrics_of(match_run([True] * count, *systems), 500)
    by_name = {one.metric: one for one in got.differences}
    mrr = by_name["mrr"]
    assert mrr.baseline == "strong"
    assert mrr.difference == pytest.approx(got.product["mrr"].value - got.others["strong"]["mrr"].value)
    assert mrr.better
    assert not mrr.worse
    # Unpaired intervals of the two overlap widely: only pairing shows the difference.
    assert got.others["strong"]["mrr"].high > got.product["mrr"].low
    assert "ece" not in by_name  # no baseline has a probability


def test_a_loss_metric_is_better_when_smaller():
    run = random_estimate_run(1, count=200, groups=100)
    good, bad = run.systems
    worse = replace(bad, log10_value=run.log10_reference + 2 * (good.log10_value - run.log10_reference))
    got = {one.metric: one for one in metrics_of(replace(run, systems=(good, worse)), 300).differences}
    assert got["mae_log10"].difference < 0
    assert got["mae_log10"].better
    assert got["factor2"].difference > 0
    assert got["factor2"].better
    flipped = metrics_of(
        replace(run, systems=(replace(worse, name=PRODUCT), replace(good, name="median"))), 300
    ).differences
    assert {one.metric: one.worse for one in flipped}["mae_log10"]


def test_coverage_is_better_nearer_to_nominal():
    run = random_estimate_run(2, count=300, groups=300)
    near, _ = run.systems
    reference = run.log10_reference
    random = np.random.default_rng(0)
    # One system covers 90 %, the other always.
    shift = np.where(random.random(300) < 0.9, 0.0, 5.0)
    value = reference + shift
    near = EstimateSystem(PRODUCT, value, None, type(run.low_high)(value - 1, value + 1))
    always = EstimateSystem("always", value, None, type(run.low_high)(value - 9, value + 9))
    got = {one.metric: one for one in metrics_of(replace(run, systems=(near, always)), 300).differences}
    assert got["coverage@0.9"].difference < 0
    assert got["coverage@0.9"].better
    assert "median_interval_factor@0.9" not in got


def test_routes_and_ceilings_are_shown_but_never_the_best_baseline():
    run = random_estimate_run(3, systems=(PRODUCT, "route: proxy", "ceiling: noise", "median"))
    perfect = [replace(one, log10_value=run.log10_reference) for one in run.systems[1:3]]
    got = metrics_of(replace(run, systems=(run.systems[0], *perfect, run.systems[3])), 100)
    assert set(got.others) == {"route: proxy", "ceiling: noise", "median"}
    assert {one.baseline for one in got.differences} == {"median"}


def test_few_groups_give_no_verdict():
    rank = np.ones(5, dtype=int)
    systems = match_system(rank, rank == 1, rank), match_system(rank * 0, rank == 0, rank, name="bm25")
    [hit] = [one for one in metrics_of(match_run([True] * 5, *systems), 100).differences if one.metric == "hit@1"]
    assert (hit.low, hit.high) == (1.0, 1.0)
    assert not hit.better
    ones, zeros = np.ones(101), np.zeros(101)
    assert paired("hit@1", ones, zeros, 6).better
    assert not paired("hit@1", ones, zeros, 5).better


def test_a_metric_the_product_lacks_has_no_difference():
    got = paired("ece", np.full(11, np.nan), np.zeros(11), 50)
    assert math.isnan(got.difference)
    assert (got.low, got.better, got.worse, got.changed) == (None, False, False, False)


def test_rationales_of_a_language_model_have_their_own_rows():
    run = RationaleRun(
        groups=np.array([f"g{row % 8}" for row in range(40)]),
        kind=("template", "digit_changed") * 20,
        true=np.tile([True, False], 20),
        alarm=np.tile([False, True], 20),
        language=("en",) * 40,
        texts=("t",) * 40,
        reasons=("",) * 40,
    )
    assert "fallback_rate" not in metrics_of(run, 50).product
    generated = tuple(Generated(f"q{row}", row % 3 > 0, "text", "", float(row)) for row in range(9))
    got = metrics_of(replace(run, generated=generated), 50)
    assert got.product["guard_recall"] == Metric(1.0, 1.0, 1.0)
    assert got.product["fallback_rate"].value == pytest.approx(1 / 3)
    assert got.product["fallback_rate"].low < 1 / 3 < got.product["fallback_rate"].high
    assert got.product["seconds_median"].value == 4.0
    assert got.others == {}
    assert got.differences == ()
