"""Conformal bands cover what they promise on groups never seen, and widen with distance."""

import itertools

import numpy as np
import pytest

from firstprint.errors import InputError, ModelError
from firstprint.estimation.intervals import (
    COVERAGES,
    HeldOut,
    balanced,
    conformal_quantile,
    fit_band,
    local_scales,
    rising,
)


def grouped_rows(groups: int, rows_a_group: int, seed: int) -> HeldOut:
    """Residuals with a common part a group and a spread that grows threefold with distance."""
    rng = np.random.default_rng(seed)
    distance = rng.uniform(0, 1, groups * rows_a_group)
    common = np.repeat(rng.normal(0, 0.15, groups), rows_a_group)
    residual = (common + rng.normal(0, 0.15, len(distance))) * (1 + 2 * distance)
    return HeldOut(residual, distance, np.ones(len(distance)))


@pytest.mark.parametrize("coverage", COVERAGES)
def test_coverage_on_new_groups_overall_and_near_and_far(coverage):
    shares = []
    for seed in range(8):
        band = fit_band(grouped_rows(300, 6, seed=seed))
        fresh = grouped_rows(300, 6, seed=100 + seed)
        half = np.array([band.half_width_log10(d, coverage) for d in fresh.distances])
        covered = np.abs(fresh.residuals) <= half
        parts = (fresh.distances >= 0, fresh.distances < 0.33, fresh.distances > 0.67)
        shares.append([covered[part].mean() for part in parts])
    overall, near, far = np.mean(shares, axis=0)
    assert overall == pytest.approx(coverage, abs=0.02)
    assert near == pytest.approx(coverage, abs=0.04)
    assert far == pytest.approx(coverage, abs=0.04)


def test_the_scale_never_falls_with_distance():
    band = fit_band(grouped_rows(200, 5, seed=3))
    scales = [band.scale(d) for d in np.linspace(-0.5, 2, 60)]
    assert all(a <= b for a, b in itertools.pairwise(scales))
    assert band.scale(0.95) > 1.5 * band.scale(0.05)


def test_a_higher_coverage_is_wider_and_others_are_refused():
    band = fit_band(grouped_rows(60, 5, seed=4))
    assert band.half_width_log10(0.5, 0.9) > band.half_width_log10(0.5, 0.8)
    with pytest.raises(InputError, match=r"0\.95"):
        band.half_width_log10(0.5, 0.95)


def test_only_the_farthest_are_out_of_domain():
    rows = grouped_rows(200, 5, seed=5)
    band = fit_band(rows)
    assert np.mean([band.out_of_domain(d) for d in rows.distances]) == pytest.approx(0.05, abs=0.01)
    assert band.out_of_domain(2.0)


def test_the_finite_sample_rank():
    scores = np.arange(1.0, 10.0)
    assert conformal_quantile(scores, 0.9) == 9
    assert conformal_quantile(scores, 0.8) == 8
    assert conformal_quantile(scores, 0.5) == 5
    assert conformal_quantile(scores[:3], 0.9) == 3


def test_weights_move_the_quantile():
    scores = np.arange(1.0, 11.0)
    heavy_end = np.where(scores > 8, 10.0, 1.0)
    assert conformal_quantile(scores, 0.5, heavy_end) > conformal_quantile(scores, 0.5)


def test_pooling_makes_a_sequence_rise():
    pooled = rising(np.array([3.0, 1.0, 2.0, 5.0, 4.0]), np.ones(5))
    assert pooled.tolist() == [2.0, 2.0, 2.0, 4.5, 4.5]


def test_too_few_rows_are_refused_with_the_command_that_helps():
    few = HeldOut(np.ones(4), np.ones(4), np.ones(4))
    with pytest.raises(ModelError) as caught:
        fit_band(few)
    assert "firstprint train" in caught.value.hint


def test_local_scales_follow_what_like_references_were_missed_by():
    similarities = np.array([[0.95, 0.1, 0.0], [0.1, 0.95, 0.0], [0.0, 0.0, 0.99]], dtype=np.float32)
    spreads = np.array([0.05, 0.8, np.nan])
    easy, hard, unknown = local_scales(similarities, spreads, np.full(3, 0.3))
    assert easy < 0.3 < hard
    assert unknown == pytest.approx(0.3)


def test_balanced_weights_give_half_to_groups_and_half_to_rows():
    weights = balanced(np.array(["a", "a", "a", "b"]))
    assert weights.sum() == pytest.approx(4)
    assert weights[:3].sum() / weights.sum() == pytest.approx((0.75 + 0.5) / 2)
