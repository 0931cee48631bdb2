"""Grading: every query of a suite with its candidates, under the suite's protocol, and what is right among them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tiny_suites import estimate_suite, write_suite

from firstprint.evaluation.grading import graded_suite
from firstprint.evaluation.suite import read_suite
from firstprint.evaluation.workbench import Workbench
from firstprint.ranking.features import FEATURES
from firstprint.ranking.fitting import GradedQuery
from firstprint.settings import Settings

MATCH = {"name": "tiny", "task": "match", "catalogue": "catalogue.csv", "protocol": "zero-shot"}
ROWS = (
    {"id": "q1", "text": "hot rolled steel coil", "group": "a", "relevant": "d-steel"},
    {"id": "q2", "text": "牛皮纸", "group": "b", "relevant": "d-paper"},
    {"id": "q3", "text": "aluminum ingots", "group": "c", "relevant": "d-alu", "acceptable": "d-steel"},
    {"id": "q4", "text": "haircut", "group": "d", "relevant": "", "acceptable": ""},
    {"id": "q5", "text": "Tap water", "group": "e", "relevant": "d-water", "held_out": "d-water"},
)
GOODS = 8
PLACE = {name: place for place, name in enumerate(FEATURES)}


@pytest.fixture(scope="module")
def bench(home: Path) -> Iterator[Workbench]:
    """With the fixed order: nothing here may hang on what the shipped ranker learned."""
    with Workbench(Settings(home=home, ranker="fixed")) as opened:
        yield opened


def graded(bench: Workbench, folder: Path, rows: list[int], **settings: object) -> list[GradedQuery]:
    return graded_suite(read_suite(write_suite(folder, {**MATCH, **settings}, ROWS)), rows, bench)


def test_every_candidate_is_graded_under_the_suite_s_answers(bench: Workbench, tmp_path: Path) -> None:
    steel, paper, alu, haircut, water = graded(bench, tmp_path, [0, 1, 2, 3, 4])
    for one in (steel, paper, alu, haircut):
        assert one.features.shape == (GOODS, len(FEATURES))
        assert one.relevant.shape == one.acceptable.shape == one.spend.shape == (GOODS,)
        assert np.isfinite(one.features).all()
        assert not one.spend.any()
    assert [one.text for one in (steel, paper)] == ["hot rolled steel coil", "牛皮纸"]
    assert [one.group for one in (steel, paper, alu, haircut, water)] == list("abcde")
    assert {one.source for one in (steel, paper, alu)} == {"tiny"}
    assert (steel.relevant == steel.acceptable).all()
    assert [one.relevant.argmax() for one in (steel, paper, alu)] == [0, 0, 0], "the right one is ranked first"
    assert (int(alu.relevant.sum()), int(alu.acceptable.sum())) == (1, 2)
    assert (alu.acceptable >= alu.relevant).all()
    assert not haircut.acceptable.any()
    assert [one.answerable for one in (steel, paper, alu, haircut)] == [True, True, True, False]


def test_a_dataset_held_out_is_no_candidate_though_it_is_the_answer(bench: Workbench, tmp_path: Path) -> None:
    (water,) = graded(bench, tmp_path, [4])
    assert water.features.shape == (GOODS - 1, len(FEATURES))
    assert not water.relevant.any()
    assert water.answerable


def test_only_the_rows_asked_for_are_graded_each_once(bench: Workbench, tmp_path: Path) -> None:
    every = graded(bench, tmp_path, [0, 1, 2, 3, 4])
    some = graded(bench, tmp_path, [3, 0, 3])
    assert [one.text for one in some] == ["hot rolled steel coil", "haircut"]
    np.testing.assert_allclose(some[0].features, every[0].features, atol=1e-5)
    assert graded(bench, tmp_path, []) == []


CODES = (("XQ-17", "d-chair"), ("ZR-44", "d-glass"), ("KM-90", "d-pvc"))


def taught_rows(right: dict[str, str] | None = None) -> list[dict[str, object]]:
    """Three codes that say nothing, ordered four times; the answers of an order may be turned round."""
    turned = right or {}
    return [
        {"id": f"q{n}-{code}", "text": f"{code} type {n}", "group": f"order {n}", "relevant": turned.get(f"{n}", good)}
        for n in range(4)
        for code, good in CODES
    ]


def test_decisions_of_other_folds_are_remembered_and_those_of_the_own_fold_are_not(
    bench: Workbench, tmp_path: Path
) -> None:
    settings = {**MATCH, "protocol": "with-decisions", "folds": 4, "seed": 0}
    suite = read_suite(write_suite(tmp_path / "a", settings, taught_rows()))
    rows = list(range(len(suite.queries)))
    taught = graded_suite(suite, rows, bench)
    assert len(taught) == len(rows)
    memory, votes = (np.array([one.features[0, PLACE[name]] for one in taught]) for name in ("memory", "votes"))
    assert all(one.relevant[0] for one in taught)
    assert memory.min() > 0.5
    assert memory.max() < 0.999, "the own text is not among those remembered"
    assert votes.min() > 1 / 3
    # The answers of one order turned round: what its own queries are compared with stays as it was.
    other = read_suite(write_suite(tmp_path / "b", settings, taught_rows({"2": "d-water"})))
    turned = {one.text: one for one in graded_suite(other, rows, bench)}
    for one in taught:
        if one.group == "order 2":
            np.testing.assert_allclose(turned[one.text].features, one.features, atol=1e-5)
            assert turned[one.text].relevant.tolist() != one.relevant.tolist()
    untaught = graded_suite(read_suite(write_suite(tmp_path / "c", MATCH, taught_rows())), rows, bench)
    assert all((one.features[:, PLACE["memory"]] == 0).all() for one in untaught)


def test_rows_of_a_taught_suite_learn_from_rows_that_are_not_graded(bench: Workbench, tmp_path: Path) -> None:
    settings = {**MATCH, "protocol": "with-decisions", "folds": 4, "seed": 0}
    suite = read_suite(write_suite(tmp_path, settings, taught_rows()))
    (one,) = graded_suite(suite, [5], bench)
    assert one.text == suite.queries[5].text
    assert one.features[0, PLACE["memory"]] > 0.5


def test_a_suite_without_a_catalogue_is_refused(bench: Workbench) -> None:
    with pytest.raises(ValueError, match="no catalogue"):
        graded_suite(estimate_suite(), [0], bench)
