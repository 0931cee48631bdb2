"""Files of a run: metrics.json, predictions.csv, outcomes.json; and files of outcomes that are damaged."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from metric_examples import match_run, match_system, random_estimate_run, random_match_run, result_of

from firstprint.errors import FaultsError, FirstprintError, InputError
from firstprint.evaluation.records import Query, RationaleRun
from firstprint.evaluation.results import outcomes_of, read_outcomes, write_baseline, write_results


def rows_of(folder):
    with (folder / "predictions.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_metrics_json_keeps_its_contract(tmp_path):
    result = result_of(random_match_run(1))
    write_results(result, tmp_path)
    got = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert got["suite"] == "kitchen"
    assert got["n"] == 40
    assert got["metrics"]["hit@1"] == result.metrics["hit@1"]._asdict()
    assert got["baselines"]["bm25"]["mrr"] == result.baselines["bm25"]["mrr"]._asdict()
    assert got["seconds"] == 2.5
    assert got["seconds_by_step"] == {"match": 1.5}
    assert got["provenance"] == {"software": "firstprint 0.1.0", "language_model": None}
    assert (got["task"], got["protocol"], got["leaky"], got["bootstrap"]) == ("match", "zero-shot", False, 200)
    assert got["suite_sha256"] == "ab" * 32
    assert got["warnings"] == [{"code": "text_in_training", "rows": 2, "message": "Two texts occur in training data."}]
    assert {one["baseline"] for one in got["differences"]} == {"bm25"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["metrics.json", "outcomes.json", "predictions.csv"]


def test_undefined_figures_are_null_and_the_file_is_strict_json(tmp_path):
    run = match_run([True, True], match_system([1, 0], [True, False], [1.0, -np.inf]))
    write_results(result_of(run, replicates=0), tmp_path)
    text = (tmp_path / "metrics.json").read_text(encoding="utf-8")
    assert "NaN" not in text
    assert json.loads(text)["metrics"]["abstention_auc"] == {"value": None, "low": None, "high": None}


def test_match_predictions_have_a_row_a_query_with_every_score(tmp_path):
    result = result_of(random_match_run(1))
    write_results(result, tmp_path)
    rows = rows_of(tmp_path)
    assert len(rows) == 40
    product, bm25 = result.run.systems
    for place in (0, 7, 39):
        row = rows[place]
        assert (row["id"], row["text"], row["decision"]) == (f"q{place}", f"cup {place}", "match")
        assert int(row["rank"]) == product.rank[place]
        assert row["accepted"] == str(int(product.accepted[place]))
        assert float(row["confidence"]) == pytest.approx(product.confidence[place])
        assert float(row["acceptance_probability"]) == pytest.approx(product.probability[place])
        assert (row["first_id"], row["first_name"], row["relevant"]) == (f"d{place}", f"Dataset {place}", "d1")
        assert int(row["bm25 rank"]) == bm25.rank[place]
        assert row["bm25 first_id"] == f"d{place}"
    assert rows[0]["pair_same_first"] == ""
    assert rows[1]["pair_same_first"] in ("0", "1")


def test_estimate_predictions_are_in_kg(tmp_path):
    run = random_estimate_run(1)
    write_results(result_of(run), tmp_path)
    rows = rows_of(tmp_path)
    missing = int(np.flatnonzero(np.isnan(run.systems[0].log10_value))[0])
    there = int(np.flatnonzero(np.isfinite(run.systems[0].log10_value))[0])
    assert rows[missing]["kg_co2e"] == rows[missing]["low90"] == rows[missing]["residual_log10"] == ""
    row = rows[there]
    assert float(row["reference_kg_co2e"]) == pytest.approx(10 ** run.log10_reference[there])
    assert float(row["kg_co2e"]) == pytest.approx(10 ** run.systems[0].log10_value[there])
    assert float(row["low80"]) < float(row["kg_co2e"]) < float(row["high80"]) < float(row["high90"])
    assert float(row["median kg_co2e"]) > 0 or np.isnan(run.systems[1].log10_value[there])
    assert (row["unit"], row["amount"], row["flags"]) == ("kg", "1", "wide_interval")
    assert float(row["reference_low"]) < float(row["reference_kg_co2e"]) < float(row["reference_high"])


def test_texts_that_a_spreadsheet_would_run_are_quoted_and_numbers_are_not(tmp_path):
    texts = ["=cmd()", "+1", "-2 litres", "@a", "  =b", "\t=c", "＝d", 'cup, "blue"\nand 杯']
    queries = tuple(Query(id=f"q{row}", text=text, group=f"g{row}") for row, text in enumerate(texts))
    run = match_run([True] * 8, match_system([1] * 8, [True] * 8, [-0.5] * 8))
    write_results(result_of(run, queries, replicates=0), tmp_path)
    rows = rows_of(tmp_path)
    assert [row["text"] for row in rows] == [f"'{text}" for text in texts[:7]] + [texts[7]]
    assert rows[0]["confidence"] == "-0.5"


def test_rationale_predictions_have_a_row_a_text(tmp_path):
    run = RationaleRun(
        groups=np.array(["a", "a", "b"]),
        kind=("template", "digit_changed", "digit_changed"),
        true=np.array([True, False, False]),
        alarm=np.array([False, True, False]),
        language=("en", "zh", "zh"),
        texts=("fine", "错", "错"),
        reasons=("", "number 3", ""),
    )
    result = result_of(run, replicates=20)
    write_results(result, tmp_path)
    rows = rows_of(tmp_path)
    assert [row["id"] for row in rows] == ["a/en/template/1", "a/zh/digit_changed/1", "b/zh/digit_changed/1"]
    assert rows[1]["reason"] == "number 3"
    assert json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))["n"] == 3
    assert read_outcomes(tmp_path).columns["kind"].tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("run", [random_match_run(1), random_estimate_run(1)])
def test_outcomes_come_back_as_written(run, tmp_path):
    result = result_of(run)
    write_results(result, tmp_path)
    written, read = outcomes_of(result), read_outcomes(tmp_path)
    assert (read.ids, read.task, read.protocol, read.leaky) == (
        written.ids, written.task, written.protocol, written.leaky,
    )  # fmt: skip
    assert (read.groups == written.groups).all()
    assert set(read.columns) == set(written.columns)
    for name, column in written.columns.items():
        assert read.columns[name] == pytest.approx(column, rel=1e-5, nan_ok=True), name
    assert (read.pairs is None) == (written.pairs is None)
    assert read.metrics["answered" if read.task == "estimate" else "mrr"].value == pytest.approx(
        written.metrics["answered" if read.task == "estimate" else "mrr"].value, rel=1e-5
    )
    # A baseline made from the folder is the same file.
    target = write_baseline(tmp_path, tmp_path / "baselines")
    assert target.name == "kitchen.json"
    assert target.read_text(encoding="utf-8") == (tmp_path / "outcomes.json").read_text(encoding="utf-8")


def test_outcomes_hold_no_text_no_reference_and_no_range(tmp_path):
    run = random_estimate_run(1)
    moved = replace(run, log10_reference=run.log10_reference + 3.0)
    systems = tuple(
        replace(
            one,
            log10_value=one.log10_value + 3.0,
            band80=type(one.band80)(one.band80.low + 3.0, one.band80.high + 3.0),
            band90=type(one.band90)(one.band90.low + 3.0, one.band90.high + 3.0),
        )
        for one in run.systems
    )
    low_high = type(run.low_high)(run.low_high.low + 3.0, run.low_high.high + 3.0)
    moved = replace(moved, systems=systems, low_high=low_high)
    texts = []
    for one in (run, moved):
        write_baseline(result_of(one), tmp_path / "b.json")
        texts.append((tmp_path / "b.json").read_text(encoding="utf-8"))
    assert "cup" not in texts[0]
    # A thousand times the references, and the columns are the same: none of them is in the file.
    plain, thousandfold = (json.loads(text) for text in texts)
    assert (plain["columns"], plain["pairs"]) == (thousandfold["columns"], thousandfold["pairs"])


def test_one_line_a_column_and_six_digits(tmp_path):
    write_results(result_of(random_match_run(1)), tmp_path)
    lines = (tmp_path / "outcomes.json").read_text(encoding="utf-8").splitlines()
    assert sum(line.strip().startswith('"rank":') for line in lines) == 1
    numbers = re.findall(r"\d+\.\d+", "\n".join(lines[1:]))
    assert len(numbers) > 100
    assert all(len(number.replace(".", "").lstrip("0")) <= 6 for number in numbers)


def damaged(tmp_path, change):
    write_results(result_of(random_match_run(1)), tmp_path)
    path = tmp_path / "outcomes.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_all_faults_of_a_damaged_file_are_told_at_once(tmp_path):
    def change(content):
        content["ids"][1] = content["ids"][0]
        content["columns"]["rank"][2] = 1.5
        content["columns"]["accepted"][3] = 7
        content["columns"]["answerable"].pop()
        content["columns"]["texts"] = []
        del content["columns"]["confidence"]
        content["pairs"]["left"][0] = 4000

    with pytest.raises(FaultsError) as caught:
        read_outcomes(damaged(tmp_path, change))
    told = "\n".join(caught.value.faults)
    for expected in (
        "'q0' stands more than once",
        "columns.rank[2] is 1.5",
        "columns.accepted[3] is 7",
        "columns.answerable has 39 values",
        "columns.texts is unknown",
        "columns.confidence is missing",
        "pairs.left[0] is 4000",
    ):
        assert expected in told


def test_half_a_band_and_odd_pairs_are_faults(tmp_path):
    write_results(result_of(random_estimate_run(1)), tmp_path / "run")
    path = tmp_path / "run" / "outcomes.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["columns"]["high90"]
    content["pairs"] = {"left": [1]}
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(FaultsError) as caught:
        read_outcomes(path)
    assert "columns.low90 and columns.high90 must stand together" in caught.value.faults
    assert any("pairs has the columns left, not left, right" in fault for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", 2),
        ("task", "guess"),
        ("suite", ""),
        ("leaky", "no"),
        ("ids", "q1"),
        ("groups", [10**30] * 40),
        ("groups", [-1] * 40),
        ("columns", {"rank": ["1"] * 40}),
        ("metrics", {"hit@1": {"value": "1", "low": None, "high": None}}),
        ("more", 1),
    ],
)
def test_wrong_parts_are_named(tmp_path, key, value):
    path = damaged(tmp_path, lambda content: content.update({key: value}))
    with pytest.raises(FaultsError, match=key):
        read_outcomes(path)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b"[]", b"NaN", b"9" * 5000])
def test_what_is_not_json_is_refused(tmp_path, content):
    path = tmp_path / "b.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"b\.json"):
        read_outcomes(path)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=6,
    ),
    st.sampled_from(["ids", "groups", "columns", "pairs", "metrics", "baselines", "n", "provenance", "leaky"]),
)
def test_hostile_parts_never_end_in_a_traceback(tmp_path_factory, value, key):
    path = damaged(tmp_path_factory.mktemp("hostile"), lambda content: content.update({key: value}))
    try:
        read_outcomes(path)
    except FirstprintError as error:
        assert str(error)


def test_missing_and_unwritable_places(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.json"):
        read_outcomes(tmp_path / "nothing.json")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        write_results(result_of(random_match_run(1)), tmp_path / "file" / "run")


def test_a_suite_name_that_cannot_name_a_file(tmp_path):
    with pytest.raises(InputError, match="cannot name a file"):
        write_baseline(result_of(random_match_run(1), name="../up"), tmp_path)


def test_a_failed_write_leaves_what_was_there(tmp_path, monkeypatch):
    write_results(result_of(random_match_run(1)), tmp_path)
    before = (tmp_path / "metrics.json").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("firstprint.evaluation.results.os.replace", full)
    with pytest.raises(InputError, match="No space left"):
        write_results(result_of(random_match_run(2)), tmp_path)
    assert (tmp_path / "metrics.json").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 3
