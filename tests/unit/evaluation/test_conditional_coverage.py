"""Coverage by sector and by distance to the training data: counted by hand, in the files and on the page."""

from __future__ import annotations

import csv
import io
import itertools
import json

import numpy as np
import pytest

from firstprint.evaluation.metrics.conditional import OTHERS, conditional_coverage
from firstprint.evaluation.predictions import render_predictions
from firstprint.evaluation.records import PRODUCT, Band, EstimateRun, EstimateSystem
from firstprint.evaluation.results import render_metrics


def run_of(inside, distance, groups=None, name=PRODUCT) -> EstimateRun:
    """Intervals of width 1 around 0; a reference inside lies at 0, one outside at 9."""
    n = len(inside)
    band = Band(np.full(n, -0.5), np.full(n, 0.5))
    system = EstimateSystem(name, np.zeros(n), band, band)
    names = np.array([f"g{i % 10}" for i in range(n)] if groups is None else groups)
    where = None if distance is None else np.array(distance, dtype=float)
    return EstimateRun(names, np.where(inside, 0.0, 9.0), (system,), distance=where)


def test_quarters_of_the_distance_are_counted_apart():
    inside = np.ones(80, dtype=bool)
    inside[60:] = [n % 2 == 0 for n in range(20)]  # the farthest quarter holds half of its references
    rows = conditional_coverage(run_of(inside, np.arange(80) / 100), [""] * 80, replicates=50)
    assert [row.by for row in rows] == ["distance"] * 4
    assert [row.n for row in rows] == [20, 20, 20, 20]
    assert [row.metrics["coverage@0.9"].value for row in rows] == [1.0, 1.0, 1.0, 0.5]
    assert (rows[-1].distance.low, rows[-1].distance.high) == pytest.approx((0.60, 0.79))
    last = rows[-1].metrics["coverage@0.9"]
    assert last.low < 0.5 < last.high
    assert rows[0].groups == 10


def test_categories_of_few_queries_join_the_others_and_every_query_counts_once():
    names = ["metal"] * 40 + ["food"] * 25 + ["toys"] * 6 + ["books"] * 4 + [""] * 5
    inside = np.array([True] * 40 + [True, False] * 12 + [True] + [False] * 10 + [True] * 5)
    rows = conditional_coverage(run_of(inside, None), names, replicates=20)
    assert [(row.part, row.n) for row in rows] == [("metal", 40), ("food", 25), (OTHERS, 10)]
    assert [row.metrics["coverage@0.8"].value for row in rows] == [1.0, 13 / 25, 0.0]
    assert {row.distance for row in rows} == {None}


def test_the_mean_of_groups_counts_a_large_group_once():
    inside = np.array([False] * 30 + [True] * 10 + [True] * 20)
    groups = ["big"] * 30 + ["small"] * 10 + ["third"] * 20
    names = ["metal"] * 40 + ["food"] * 20
    rows = conditional_coverage(run_of(inside, None, groups), names, replicates=20)
    metal, food = rows
    assert metal.metrics["coverage@0.9"].value == 0.25
    assert metal.metrics["group_coverage@0.9"].value == 0.5
    assert (food.groups, food.metrics["coverage@0.9"]) == (1, (1.0, None, None))  # one group gives no interval


def test_nothing_is_said_of_one_category_or_of_too_few_or_equal_distances():
    inside = np.ones(60, dtype=bool)
    assert conditional_coverage(run_of(inside, np.zeros(60)), ["metal"] * 60, replicates=5) == ()
    assert conditional_coverage(run_of(inside[:30], np.arange(30)), [""] * 30, replicates=5) == ()
    assert conditional_coverage(run_of(inside, np.arange(60), name="baseline"), [""] * 60, replicates=5) == ()


def test_ties_never_lose_or_double_a_query():
    distance = [0.0] * 70 + [0.2] * 10 + [np.nan] * 5
    rows = conditional_coverage(run_of(np.ones(85, dtype=bool), distance), [""] * 85, replicates=5)
    assert sum(row.n for row in rows) in (0, 80)
    spread = [0.0] * 30 + [0.1] * 25 + [0.3] * 25
    rows = conditional_coverage(run_of(np.ones(80, dtype=bool), spread), [""] * 80, replicates=5)
    assert sum(row.n for row in rows) == 80
    ends = [(row.distance.low, row.distance.high) for row in rows]
    assert all(before[1] < after[0] for before, after in itertools.pairwise(ends))


def test_the_draws_are_the_same_every_time():
    inside = np.arange(80) % 3 > 0
    one, two = (conditional_coverage(run_of(inside, np.arange(80)), [""] * 80, 40, seed=3) for _ in range(2))
    assert one == two


def test_metrics_json_and_predictions_carry_it():
    from report_samples import estimate_result

    result = estimate_result(n=200, conditional=True)
    got = json.loads(render_metrics(result))
    rows = got["conditional_coverage"]
    assert {row["by"] for row in rows} == {"distance", "category"}
    first = rows[0]
    assert set(first) == {"system", "by", "part", "distance", "n", "groups", "metrics"}
    assert set(first["distance"]) == {"low", "high"}
    assert set(first["metrics"]["coverage@0.9"]) == {"value", "low", "high"}
    assert sum(row["n"] for row in rows if row["by"] == "distance" and row["system"] == PRODUCT) == 196
    assert {"suite", "n", "metrics", "baselines", "seconds", "provenance"} <= set(got)  # the contract's keys stay
    table = list(csv.DictReader(io.StringIO(render_predictions(result))))
    assert float(table[1]["distance"]) == pytest.approx(result.run.distance[1])


def test_a_suite_of_another_task_has_no_such_list():
    from report_samples import match_result

    assert "conditional_coverage" not in json.loads(render_metrics(match_result(60)))


def test_the_page_shows_a_table_and_a_figure_that_speak_of_the_same_parts(tmp_path):
    from report_samples import estimate_result

    from firstprint.evaluation.report.page import write_report

    path = tmp_path / "report.html"
    write_report(estimate_result(n=400, conditional=True), path)
    html = path.read_text(encoding="utf-8")
    assert 'id="parts"' in html
    assert 'id="figure-conditional"' in html
    assert "Metal &lt;goods&gt;" in html
    assert "Metal <goods>" not in html
    assert html.count('<th scope="col" class="num">90 %, mean of groups</th>') == 2
    assert "http://" not in html.replace("http://www.w3.org", "")
    write_report(estimate_result(n=400), path)
    plain = path.read_text(encoding="utf-8")
    assert 'id="parts"' not in plain
    assert 'id="figure-conditional"' not in plain


def test_the_sentence_names_parts_that_are_too_narrow_and_only_those():
    from firstprint.evaluation.report.conditional import in_words, part_tables

    inside = np.array([True] * 60 + [n % 2 == 0 for n in range(20)])
    rows = conditional_coverage(run_of(inside, np.arange(80) / 100), [""] * 80, replicates=200)
    assert in_words(rows).startswith("The 90 % intervals are too narrow in 1 of 4 parts: distance 0.600–0.790;")
    sound = conditional_coverage(run_of(np.ones(80, dtype=bool), np.arange(80) / 100), [""] * 80, replicates=50)
    assert in_words(sound).startswith("In none of 4 parts")

    class Result:
        conditional = rows

    (table,) = part_tables(Result)
    assert [row.cells[1].off for row in table.rows] == ["", "", "", "narrow"]  # all inside: no spread to judge by
    assert [row.n for row in table.rows] == ["20"] * 4


def test_few_groups_give_no_verdict():
    from firstprint.evaluation.report.conditional import verdict_of

    groups = [f"g{n % 5}" for n in range(80)]
    inside = np.arange(80) % 4 == 0  # a quarter inside: far too narrow, yet five groups are too few to say so
    inside[0] = False
    rows = conditional_coverage(run_of(inside, np.arange(80), groups), [""] * 80, replicates=50)
    assert {verdict_of(row, "coverage@0.9") for row in rows} == {""}
    many = conditional_coverage(run_of(inside, np.arange(80)), [""] * 80, replicates=50)
    assert {verdict_of(row, "coverage@0.9") for row in many} == {"narrow"}
