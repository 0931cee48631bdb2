"""What the plots are computed from, and how foreign texts and colours get into the SVG."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from report_samples import HOSTILE, estimate_result, match_result

from firstprint.evaluation.metrics.statistics import RiskAtCoverage
from firstprint.evaluation.records import Band, MatchSystem, PairOutcomes
from firstprint.evaluation.report.drawing import Canvas, Point, draw
from firstprint.evaluation.report.figures_estimate import (
    by_group_coverage,
    covered,
    estimate_plots,
    group_spreads,
)
from firstprint.evaluation.report.figures_match import match_plots, reliability, risk_curve
from firstprint.evaluation.report.figures_shared import decade_ticks, factor_label, factor_ticks
from firstprint.wording import columns_of, shortened


def system(accepted: list[bool], confidence: list[float]) -> MatchSystem:
    n = len(accepted)
    return MatchSystem(
        "firstprint", np.ones(n, np.int64), np.array(accepted), np.array(confidence), None, ("a",) * n, ("A",) * n
    )


def test_risk_counts_the_surest_first() -> None:
    curve = risk_curve(system([True, False, True, False], [0.9, 0.1, 0.8, 0.4]))
    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve.risk.tolist() == pytest.approx([0, 0, 1 / 3, 0.5])


def test_risk_does_not_depend_on_the_order_of_ties() -> None:
    one = risk_curve(system([True, False, True, False], [0.5] * 4))
    other = risk_curve(system([False, False, True, True], [0.5] * 4))
    assert one.risk.tolist() == other.risk.tolist() == pytest.approx([0.5] * 4)


def test_risk_ends_where_nothing_was_found() -> None:
    curve = risk_curve(system([True, False, False, False], [0.9, 0.8, -math.inf, -math.inf]))
    assert curve.coverage.tolist() == [0.25, 0.5]


def test_the_curve_goes_through_the_metric() -> None:
    chance = np.random.default_rng(5)
    one = system((chance.random(200) < 0.6).tolist(), np.round(chance.random(200), 1).tolist())
    metric = RiskAtCoverage(one.confidence, ~one.accepted, 0.3).at(np.ones(200))
    curve = risk_curve(one)
    assert float(np.interp(0.3, curve.coverage, curve.risk)) == pytest.approx(metric)


def test_reliability_bins_hold_every_known_query_once() -> None:
    probability = np.array([0.0, 0.05, 0.55, 1.0, np.nan])
    bins = reliability(probability, np.array([False, True, True, True, False]))
    assert [(entry.size, entry.observed) for entry in bins] == [(2, 0.5), (1, 1.0), (1, 1.0)]
    assert all(entry.low <= entry.observed <= entry.high for entry in bins)


def test_coverage_by_group_weighs_groups_alike() -> None:
    one = estimate_result(10, 2)
    groups = np.array(["a"] * 9 + ["b"])
    run = replace(one.run, groups=groups, log10_reference=np.zeros(10))
    band = Band(np.array([-1.0] * 9 + [1.0]), np.full(10, 2.0))
    inside, _ = covered(run, band)
    assert inside.mean() == pytest.approx(0.9)
    metric = by_group_coverage(run, band, 500)
    assert metric.value == pytest.approx(0.5)
    assert (metric.low, metric.high) == (0.0, 1.0)


def test_one_group_has_no_interval() -> None:
    one = estimate_result(4, 1)
    band = Band(np.full(4, -9.0), np.full(4, 9.0))
    assert by_group_coverage(one.run, band, 200) == (1.0, None, None)


def test_groups_are_the_largest_sorted_by_their_median() -> None:
    one = estimate_result(600, 40)
    spreads = group_spreads(one.run, one.run.systems[0])
    assert len(spreads) == 20
    assert [spread.median for spread in spreads] == sorted(spread.median for spread in spreads)
    assert all(s.tenth <= s.quarter <= s.median <= s.three_quarters <= s.nine_tenths for s in spreads)


def test_scatter_has_a_mark_with_a_tooltip_for_every_estimate() -> None:
    one = estimate_result(120, 30)
    plot = next(plot for plot in estimate_plots(one, one.run) if plot.key == "scatter")
    drawn = int(np.isfinite(one.run.systems[0].log10_value - one.run.log10_reference).sum())
    assert len(re.findall(r'class="pt g\d"', plot.svg)) == plot.svg.count("<title>") == drawn
    assert "宏达家居有限公司" in [entry.name for entry in plot.legend[:8]]
    assert "other groups" in plot.legend[8].name


def test_many_points_are_thinned_and_the_page_stays_small() -> None:
    one = estimate_result(9000, 40)
    plot = next(plot for plot in estimate_plots(one, one.run) if plot.key == "scatter")
    assert plot.svg.count('class="pt') == 6000
    assert plot.svg.count("<title>") == 1500
    assert "6,000 of" in plot.note
    assert len(plot.svg.encode()) < 1_500_000


def test_a_caption_for_every_figure() -> None:
    match, estimate = match_result(60, 8), estimate_result(60, 8)
    plots = (*match_plots(match, match.run), *estimate_plots(estimate, estimate.run))
    assert all(re.search(r"\d", plot.caption) and plot.caption.endswith(".") for plot in plots)


def hostile(canvas: Canvas) -> None:
    axes = canvas.axes(40, 10, 10, 30)
    axes.set_xlim(0, 10)
    axes.set_ylim(0, 10)
    axes.set_xticks([0, 5], [canvas.label(HOSTILE), canvas.label(HOSTILE, 6)])
    axes.set_yticks([])
    canvas.points(axes, [Point(5, 5, "g1", "dot", HOSTILE), Point(0, 10, "g2", "diamond")])


def test_foreign_texts_stay_texts_in_a_drawing() -> None:
    svg = draw("x", 110, 90, hostile)
    assert "<script" not in svg
    assert "<img" not in svg
    assert svg.count("&lt;script&gt;alert(1)") == 3
    assert "$x_1$ @0@ \ufffd\ufffd" in svg


def test_points_stand_where_the_axes_place_them() -> None:
    svg = draw("x", 110, 90, hostile)
    assert 'cx="70.0" cy="35.0"' in svg
    assert 'd="M40.0 6.5' in svg


def test_drawing_leaves_matplotlibs_settings_alone_and_ignores_them() -> None:
    before = draw("x", 110, 90, hostile)
    with mpl.rc_context({"svg.fonttype": "path", "font.size": 30, "axes.facecolor": "red"}):
        settings = dict(mpl.rcParams)
        assert draw("x", 110, 90, hostile) == before
        assert dict(mpl.rcParams) == settings


def test_two_drawings_on_one_page_share_no_id() -> None:
    def ids(key: str) -> set[str]:
        def fill(canvas: Canvas) -> None:
            axes = canvas.axes(40, 10, 10, 30)
            axes.plot([0, 1], [0, 1])

        return set(re.findall(r' id="([^"]+)"', draw(key, 110, 90, fill)))

    assert ids("a")
    assert not ids("a") & ids("b")


def test_labels_are_cut_by_their_width_not_their_length() -> None:
    assert shortened("宏达家居有限公司", 9) == "宏达家居…"
    assert columns_of(shortened("Recycled PET granulate", 10)) <= 10
    assert shortened("short", 10) == "short"


def test_ticks_are_few_and_plain() -> None:
    assert decade_ticks(-2.3, 4.1) == [-2, -1, 0, 1, 2, 3, 4]
    assert len(decade_ticks(-30, 30)) <= 8
    assert [factor_label(tick) for tick in factor_ticks(1.2)] == ["÷10", "÷2", "1", "×2", "×10"]
    assert [factor_label(tick) for tick in factor_ticks(3.0)] == ["÷1,000", "÷100", "÷10", "1", "×10", "×100", "×1,000"]


def test_the_caption_of_pairs_agrees_with_the_metric() -> None:
    one = match_result(40, 8)
    pairs = PairOutcomes(np.arange(4), np.arange(4, 8), np.array([True] * 3 + [False]), np.array([0, 0.1, 2, np.nan]))
    run = replace(one.run, pairs=pairs)
    plot = next(plot for plot in match_plots(one, run) if plot.key == "pairs")
    assert plot.caption == "Of 4 pairs 50.0 % agree within a factor of 1.5 and 75.0 % have the same first dataset."
