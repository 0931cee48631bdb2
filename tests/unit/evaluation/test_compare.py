"""Comparing two runs: real losses are found, noise is not, and what cannot be compared says so."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from metric_examples import (
    match_run,
    match_system,
    random_estimate_run,
    random_match_run,
    result_of,
    take_match,
)

from firstprint.errors import FaultsError, InputError
from firstprint.evaluation.compare import compare, compare_outcomes
from firstprint.evaluation.outcomes import outcomes_of
from firstprint.evaluation.records import Generated, PairOutcomes, RationaleRun
from firstprint.evaluation.results import write_baseline, write_results


def hits(chance, seed, count=200):
    random = np.random.default_rng(seed)
    rank = np.where(random.random(count) < chance, 1, 3)
    return match_run([True] * count, match_system(rank, rank == 1, random.random(count)))


def verdicts(a, b, replicates=300):
    got = compare_outcomes(outcomes_of(a), outcomes_of(b), replicates)
    return {change.metric: change for change in got.changes}


def rationale_run(missed=0):
    """Forty texts, half of them corrupted, of which the guard misses some."""
    alarm = np.tile([False, True], 20)
    alarm[1 : 2 * missed : 2] = False
    return RationaleRun(
        groups=np.array([f"g{row % 20}" for row in range(40)]),
        kind=("template", "digit_changed", "paraphrase", "digit_changed") * 10,
        true=np.tile([True, False], 20),
        alarm=alarm,
        language=("en",) * 40,
        texts=("t",) * 40,
        reasons=("",) * 40,
    )


@pytest.mark.parametrize("run", [random_match_run(1), random_estimate_run(1)])
def test_identical_runs_differ_by_exactly_nothing(run, tmp_path):
    write_results(result_of(run), tmp_path / "a")
    write_baseline(result_of(run), tmp_path / "b.json")
    got = compare(tmp_path / "a", tmp_path / "b.json", 200)
    [suite] = got.suites
    paired = [change for change in suite.changes if change.verdict != "not paired"]
    assert len(paired) >= 10
    assert all(change.difference == change.low == change.high == 0.0 for change in paired)
    assert {change.verdict for change in paired} == {"within noise"}
    assert not got.significant_loss
    assert (suite.shared, suite.only_a, suite.only_b, suite.notes) == (40, 0, 0, ())


@pytest.mark.parametrize("run", [random_match_run(4), random_estimate_run(4)])
def test_outcomes_give_the_reported_figures_again(run):
    result = result_of(run, replicates=20)
    changes = verdicts(result, result, 20)
    for name, metric in result.metrics.items():
        assert changes[name].a == pytest.approx(metric.value, abs=1e-6), name
    unpaired = {name for name, change in changes.items() if change.verdict == "not paired"}
    assert unpaired <= {"r2_log10", "spearman"}


def test_a_guard_that_misses_more_is_worse_and_a_language_model_is_not_paired():
    generated = (Generated("q1", True, "text", "", 2.0),)
    a, b = (result_of(replace(rationale_run(missed), generated=generated)) for missed in (0, 8))
    got = verdicts(a, b)
    assert got["guard_recall"].difference == pytest.approx(-8 / 20)
    assert got["guard_recall"].verdict == "worse"
    assert got["guard_false_alarm_paraphrase"].verdict == "within noise"
    assert (got["seconds_median"].a, got["seconds_median"].verdict) == (2.0, "not paired")


def test_estimates_without_intervals_and_ranges_are_compared_on_the_rest():
    run = random_estimate_run(1)
    bare = replace(run, systems=(replace(run.systems[0], band80=None, band90=None),), low_high=None)
    got = verdicts(result_of(bare), result_of(bare))
    assert got["mae_log10"].difference == 0.0
    assert not {"coverage@0.9", "inside_range", "median_interval_factor@0.9"} & set(got)


def test_a_true_loss_is_found():
    a = hits(0.8, 0)
    rank = a.systems[0].rank.copy()
    rank[np.flatnonzero(rank == 1)[:30]] = 4
    b = replace(a, systems=(match_system(rank, rank == 1, a.systems[0].confidence),))
    got = verdicts(result_of(a), result_of(b))
    assert got["hit@1"].verdict == "worse"
    assert got["hit@1"].difference == pytest.approx(-30 / 200)
    assert verdicts(result_of(b), result_of(a))["hit@1"].verdict == "better"
    assert compare_outcomes(outcomes_of(result_of(a)), outcomes_of(result_of(b)), 300).significant_loss


def test_noise_is_within_noise():
    # Both runs hit with the same chance, independently: a 95 % interval errs in about 5 of 100.
    wrong = 0
    for seed in range(100):
        a, b = (result_of(hits(0.6, 2 * seed + side, 120), replicates=0) for side in (0, 1))
        wrong += verdicts(a, b, 200)["hit@1"].verdict != "within noise"
    assert wrong <= 10


@pytest.mark.parametrize(("moved", "verdict"), [(1e-8, "within noise"), (4e-4, "within noise"), (1e-3, "worse")])
def test_what_is_shown_as_no_difference_is_no_loss(moved, verdict):
    before = random_estimate_run(3)
    product, *others = before.systems
    farther = product.log10_value + np.sign(product.log10_value - before.log10_reference) * moved
    after = replace(before, systems=(replace(product, log10_value=farther), *others))
    assert verdicts(result_of(before), result_of(after))["mae_log10"].verdict == verdict


def test_coverage_loses_by_going_farther_from_nominal_either_way():
    run = random_estimate_run(3, count=200, groups=100)
    product = run.systems[0]
    reference = run.log10_reference
    low, high = reference - 1, reference + 1
    low[:20] = reference[:20] + 0.5
    nominal = replace(product, band90=type(product.band90)(low, high), log10_value=reference)
    always = replace(nominal, band90=type(product.band90)(reference - 9, reference + 9))
    a, b = (result_of(replace(run, systems=(one,)), replicates=0) for one in (nominal, always))
    got = verdicts(a, b)
    assert got["coverage@0.9"].difference == pytest.approx(0.1)
    assert got["coverage@0.9"].verdict == "worse"
    assert verdicts(b, a)["coverage@0.9"].verdict == "better"
    assert got["median_interval_factor@0.9"].verdict == "changed"


def test_a_figure_no_longer_given_is_a_loss():
    run = random_match_run(2)
    without = replace(run, systems=tuple(replace(one, probability=None) for one in run.systems))
    a, b = result_of(run, replicates=0), result_of(without, replicates=0)
    assert verdicts(a, b)["ece"].verdict == "no longer given"
    assert verdicts(b, a)["ece"].verdict == "newly given"
    assert compare_outcomes(outcomes_of(a), outcomes_of(b), 50).significant_loss
    assert not compare_outcomes(outcomes_of(b), outcomes_of(a), 50).significant_loss


def test_few_groups_give_no_verdict_but_a_note():
    a, b = (hits(chance, 0, 5) for chance in (1.0, 0.0))
    got = compare_outcomes(outcomes_of(result_of(a)), outcomes_of(result_of(b)), 50)
    assert {change.verdict for change in got.changes} == {"within noise"}
    assert "5 groups are too few" in " ".join(got.notes)


def test_queries_are_paired_by_id_whatever_their_order():
    result = result_of(random_match_run(7), replicates=0)
    rows = np.random.default_rng(1).permutation(40)
    moved = result_of(take_match(result.run, rows), tuple(result.suite.queries[row] for row in rows), replicates=0)
    plain = result_of(take_match(result.run, np.arange(40)), replicates=0)
    assert all(change.difference == pytest.approx(0, abs=1e-12) for change in verdicts(plain, moved).values())


def test_changed_suites_are_compared_on_shared_ids_with_a_note():
    run = random_match_run(8, count=60, groups=60)
    a = result_of(run, replicates=0)
    kept = take_match(run, np.arange(10, 60))
    b = result_of(kept, a.suite.queries[10:], replicates=0, sha256="cd" * 32)
    got = compare_outcomes(outcomes_of(a), outcomes_of(b), 50)
    assert (got.shared, got.only_a, got.only_b) == (50, 10, 0)
    assert "50 shared ids" in got.notes[0]
    assert all(one.difference == 0.0 for one in got.changes if one.difference is not None)


def test_pairs_follow_their_rows_into_the_shared_part():
    count = 40
    system = match_system([1] * count, [True] * count, [1] * count)
    left = np.arange(0, count, 2)
    same = np.tile([True, False], 10)
    pairs = PairOutcomes(left, left + 1, same, np.zeros(20))
    a = result_of(match_run([True] * count, system, pairs=pairs), replicates=0)
    inner = PairOutcomes(left[:18], left[:18] + 1, np.ones(18, bool), np.zeros(18))  # a's pairs from row 4 on
    tail = match_system([1] * 36, [True] * 36, [1] * 36)
    b = result_of(match_run([True] * 36, tail, pairs=inner), a.suite.queries[4:], replicates=0)
    parity = verdicts(a, b)["parity_first_dataset"]
    assert (parity.a, parity.b) == (0.5, 1.0)
    assert parity.verdict == "better"


def test_leaky_is_never_compared_with_what_is_not():
    run = random_match_run(1)
    a, b = result_of(run, replicates=0), result_of(run, replicates=0, leaky=True)
    got = compare_outcomes(outcomes_of(a), outcomes_of(b), 50)
    assert not got.comparable
    assert got.changes == ()
    assert "leaky" in got.notes[0]
    both = compare_outcomes(outcomes_of(b), outcomes_of(b), 50)
    assert both.comparable
    assert "leaky" in both.notes[0]


def test_folders_are_matched_by_suite_name(tmp_path):
    for name in ("cups", "plates", "old"):
        write_baseline(result_of(random_match_run(1), name=name), tmp_path / "baselines")
    for name in ("cups", "plates", "new"):
        write_results(result_of(random_match_run(1), name=name), tmp_path / "run" / name)
    got = compare(tmp_path / "baselines", tmp_path / "run", 20)
    assert [suite.suite for suite in got.suites] == ["cups", "plates"]
    assert (got.only_a, got.only_b) == (("old",), ("new",))


def test_a_folder_without_outcomes_and_one_with_a_suite_twice(tmp_path):
    (tmp_path / "empty").mkdir()
    write_baseline(result_of(random_match_run(1)), tmp_path / "one.json")
    with pytest.raises(InputError, match="holds no run's outcomes"):
        compare(tmp_path / "empty", tmp_path / "one.json")
    write_baseline(result_of(random_match_run(1)), tmp_path / "two.json")
    (tmp_path / "three.json").write_text(json.dumps({"format": 1}), encoding="utf-8")
    with pytest.raises(FaultsError) as caught:
        compare(tmp_path, tmp_path / "one.json")
    assert "'kitchen' is there twice" in str(caught.value)
    assert "three.json: suite: Field required" in str(caught.value)
