"""Runs with the real encoder and a real index: what is learned never comes from what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_suites import estimate_suite, write_suite

from firstprint.evaluation.asking import groups_of
from firstprint.evaluation.baselines.estimating import estimating_baselines
from firstprint.evaluation.baselines.matching import tokens
from firstprint.evaluation.fold_surrogates import fold_surrogates
from firstprint.evaluation.folds import grouped_folds
from firstprint.evaluation.records import Query, Suite
from firstprint.evaluation.run_estimate import run_estimate
from firstprint.evaluation.run_match import decisions_of, run_match
from firstprint.evaluation.suite import read_suite
from firstprint.evaluation.workbench import Workbench
from firstprint.retrieval.memory import Memory
from firstprint.settings import Settings

MATCH = {"name": "tiny", "task": "match", "catalogue": "catalogue.csv", "protocol": "zero-shot"}
PLAIN = (
    {"id": "q1", "text": "hot rolled steel coil", "group": "a", "relevant": "d-steel"},
    {"id": "q2", "text": "牛皮纸", "group": "b", "relevant": "d-paper"},
    {"id": "q3", "text": "aluminum ingots", "group": "c", "relevant": "d-alu", "acceptable": "d-steel"},
    {"id": "q4", "text": "haircut", "group": "d", "relevant": ""},
)


@pytest.fixture(scope="module")
def bench(home: Path, assistant) -> Iterator[Workbench]:
    with Workbench(Settings(home=home)) as opened:
        yield opened


def nothing_masked(suite: Suite) -> list[tuple[str, ...]]:
    return [()] * len(suite.queries)


def test_product_and_baselines_answer_the_same_queries(bench: Workbench, tmp_path: Path) -> None:
    suite = read_suite(write_suite(tmp_path, MATCH, PLAIN))
    run = run_match(suite, (), bench)
    product, *others = run.systems
    assert product.name == "firstprint"
    assert [system.name for system in others] == ["bm25", "char-tfidf", "dense"]
    assert product.rank[:3].tolist() == [1, 1, 1]
    assert run.answerable.tolist() == [True, True, True, False]
    assert product.probability is not None
    assert product.probability[0] > product.probability[3]
    assert all(len(system.rank) == 4 and system.first[0] == "d-steel" for system in run.systems)
    assert run.systems[1].first[3] == ""  # BM25 shares no word with a haircut
    assert run.systems[1].confidence[3] == -np.inf


def test_a_dataset_held_out_is_found_by_nobody(bench: Workbench, tmp_path: Path) -> None:
    rows = [{"id": "q1", "text": "Tap water", "group": "a", "relevant": "d-water", "held_out": "d-water"}]
    run = run_match(read_suite(write_suite(tmp_path, MATCH, rows)), (), bench)
    assert all("d-water" not in system.first for system in run.systems)
    assert all(system.rank.tolist() == [0] for system in run.systems)


def test_decisions_of_other_folds_teach_and_those_of_the_own_fold_do_not(bench: Workbench, tmp_path: Path) -> None:
    codes = [("XQ-17", "d-chair"), ("ZR-44", "d-glass"), ("KM-90", "d-pvc")]
    rows = [
        {"id": f"q{n}-{code}", "text": f"{code} type {n}", "group": f"order {n}", "relevant": right}
        for n in range(4)
        for code, right in codes
    ]
    settings = {**MATCH, "protocol": "with-decisions", "folds": 4, "seed": 0}
    suite = read_suite(write_suite(tmp_path, settings, rows))
    folds = grouped_folds(groups_of(suite), 4, 0)
    taught = run_match(suite, folds, bench)
    untaught = run_match(suite, (), bench)
    assert (taught.systems[0].rank == 1).all()
    assert (untaught.systems[0].rank == 1).mean() < 0.7
    assert taught.systems[-1].name == "memory"
    index = bench.index_of(suite)
    assert index is not None
    for fold in folds:
        asked = {suite.queries[position].text for position in fold.asked.tolist()}
        memory = Memory(decisions_of(suite, fold, index, bench))
        assert len(memory) == len(fold.learned) == 9
        for text in asked:
            (vector,) = bench.encoder.encode([text])
            assert memory.recall(text, vector).similarity.max() < 0.999


def test_pairs_measure_whether_wordings_agree(bench: Workbench, tmp_path: Path) -> None:
    rows = [
        {
            "id": "en",
            "text": "kraft paper",
            "group": "p",
            "pair": "p",
            "unit": "kg",
            "amount": 1,
            "relevant": "d-paper",
        },
        {"id": "zh", "text": "牛皮纸", "group": "p", "pair": "p", "unit": "t", "amount": 0.001, "relevant": "d-paper"},
        {
            "id": "en2",
            "text": "float glass",
            "group": "g",
            "pair": "g",
            "unit": "kg",
            "amount": 1,
            "relevant": "d-glass",
        },
        {"id": "zh2", "text": "棉布", "group": "g", "pair": "g", "unit": "kg", "amount": 1, "relevant": "d-cotton"},
    ]
    pairs = run_match(read_suite(write_suite(tmp_path, MATCH, rows)), (), bench).pairs
    assert pairs is not None
    assert pairs.left.tolist() == [0, 2]
    assert pairs.right.tolist() == [1, 3]
    assert pairs.same_first.tolist() == [True, False]
    assert abs(pairs.log10_ratio[0]) < np.log10(1.5) < abs(pairs.log10_ratio[1])


@pytest.mark.parametrize("folds", [0, 3])
def test_references_of_the_asked_fold_have_no_part_in_its_model(bench: Workbench, folds: int) -> None:
    clean, poisoned = estimate_suite(folds=folds), estimate_suite(folds=folds, poisoned="company 2")
    asked = np.flatnonzero(groups_of(clean) == "company 2")
    answers = []
    for suite in (clean, poisoned):
        split = grouped_folds(groups_of(suite), folds, 0)
        run = run_estimate(suite, split, nothing_masked(suite), bench)
        product = run.systems[0]
        assert product.band90 is not None
        assert np.isfinite(product.log10_value).all()
        answers.append(np.stack([product.log10_value, product.band90.low, product.band90.high])[:, asked])
        others = np.setdiff1d(np.arange(len(suite.queries)), asked)
        answers.append(product.log10_value[others])
    np.testing.assert_array_equal(answers[0], answers[2])
    assert not np.allclose(answers[1], answers[3]), "the other folds do learn from what was poisoned"


def test_every_fold_is_asked_once_and_learns_something(bench: Workbench) -> None:
    suite = estimate_suite()
    folds = grouped_folds(groups_of(suite), 0, 0)
    asked = [
        position for fold, model in fold_surrogates(suite, folds, bench.encoder) for position in fold.asked if model
    ]
    assert sorted(asked) == list(range(len(suite.queries)))


def test_estimates_beat_the_median_where_the_text_tells(bench: Workbench) -> None:
    suite = estimate_suite(groups=10)
    run = run_estimate(suite, grouped_folds(groups_of(suite), 0, 0), nothing_masked(suite), bench)
    errors = {s.name: np.abs(s.log10_value - run.log10_reference).mean() for s in run.systems}
    assert errors["firstprint"] < 0.1 < errors["category median"]
    assert set(errors) == {"firstprint", "route: surrogate", "category median", "nearest neighbour"}


def test_zero_shot_estimates_use_the_catalogue_without_what_is_masked(bench: Workbench) -> None:
    (row,) = [row for row in (bench.default_index.catalogue.find("desnz25-pet"),) if row is not None]
    value = bench.default_index.catalogue.gwp100_kg_co2e[row]
    query = Query(id="1", text="PET granulate", group="g", unit="kg", amount=10, reference_kg_co2e=10 * float(value))
    suite = Suite(Path(), "one", "estimate", "zero-shot", "default", (query,), "0" * 64)
    free = run_estimate(suite, (), [()], bench)
    hidden = run_estimate(suite, (), [free.proxy], bench)
    assert free.proxy[0]
    assert hidden.proxy[0] != free.proxy[0]
    names = [system.name for system in free.systems]
    assert names == ["firstprint", "route: dataset", "route: surrogate", "catalogue median", "nearest dataset"]


def test_medians_keep_to_unit_category_and_the_other_folds() -> None:
    def query(n: int, group: str, category: str, value: float, unit: str = "kg") -> Query:
        return Query(
            id=str(n),
            text=f"thing {n}",
            group=group,
            category=category,
            unit=unit,
            amount=2,
            reference_kg_co2e=2 * value,
        )

    queries = [query(n, f"g{n}", "food", value) for n, value in enumerate((1.0, 2.0, 4.0, 100.0))]
    queries += [query(4, "g4", "metal", 9.0), query(5, "g5", "metal", 9.0, unit="kWh")]
    suite = Suite(Path(), "medians", "estimate", "cross-fit", None, tuple(queries), "0" * 64, folds=0)
    folds = grouped_folds(groups_of(suite), 0, 0)

    class NoEncoder:
        def encode(self, texts: list[str]) -> np.ndarray:
            return np.eye(len(texts), dtype=np.float32)

    class NoBench:
        encoder = NoEncoder()

    median, nearest = estimating_baselines(suite, folds, [()] * 6, None, NoBench())  # type: ignore[arg-type]
    values = 10**median.log10_value
    assert values[:4] == pytest.approx([2 * 4.0, 2 * 4.0, 2 * 2.0, 2 * 2.0])
    assert values[4] == pytest.approx(2 * np.sqrt(2.0 * 4.0))  # no other metal: the median of all in kg, in log10
    assert np.isnan(values[5])  # nothing else is per kWh
    assert np.isnan(nearest.log10_value[5])


def test_another_study_is_a_ceiling(bench: Workbench) -> None:
    query = Query(id="1", text="beef", group="g", unit="kg", reference_kg_co2e=20.0, extra={"study_values": "10|20|40"})
    alone = replace(query, id="2", extra={"study_values": "20"})
    suite = Suite(Path(), "s", "estimate", "zero-shot", None, (query, alone), "0" * 64)
    (ceiling,) = estimating_baselines(suite, (), [(), ()], None, bench)
    assert ceiling.name == "ceiling: another study"
    assert np.isnan(ceiling.log10_value[1])
    drawn = 10 ** ceiling.log10_value[0] / 20.0
    assert min(abs(drawn - ratio) for ratio in (10 / 800**0.5, 1.0, 40 / 200**0.5)) < 1e-9


def test_tokens_of_mixed_texts() -> None:
    assert tokens("304不锈钢板 2B") == ["304", "不", "锈", "钢", "板", "不锈", "锈钢", "钢板", "2b"]
    assert tokens("ＰＶＣ pipe") == ["pvc", "pipe"]
    assert tokens("…") == []
