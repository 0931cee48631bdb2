"""``firstprint eval`` from the outside: real encoder, real index, small suites of our own making."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

sys.path.append(str(Path(__file__).resolve().parents[1] / "evaluation"))
from tiny_suites import write_suite

from firstprint.cli.main import app

MATCH = {
    "name": "tiny",
    "task": "match",
    "catalogue": "catalogue.csv",
    "protocol": "zero-shot",
    "description": "Eight goods",
}
ROWS = [
    {"id": f"q{n}", "text": text, "group": f"g{n}", "relevant": right}
    for n, (text, right) in enumerate(
        [
            ("hot rolled steel", "d-steel"),
            ("牛皮纸", "d-paper"),
            ("aluminium ingots", "d-alu"),
            ("office chair with wheels", "d-chair"),
            ("=cmd|' /C calc'!A0 float glass", "d-glass"),
            ("<script>alert(1)</script> PVC pipe", "d-cotton"),
            ("tap water", "d-water"),
            ("haircut", ""),
        ]
    )
]


@pytest.fixture
def run(home: Path, assistant):
    def call(*args: str | Path, width: int = 80) -> Result:
        runner = CliRunner(env={"COLUMNS": str(width), "NO_COLOR": "1"})
        return runner.invoke(app, ["--home", str(home), "eval", *map(str, args)], prog_name="firstprint")

    return call


def test_a_run_writes_what_the_contract_names(run, tmp_path: Path) -> None:
    suite, out = write_suite(tmp_path / "suite", MATCH, ROWS), tmp_path / "out"
    done = run("run", suite, "--out", out)
    assert done.exit_code == 0, done.output
    assert "hit@1" in done.stdout
    assert "bm25" in done.stdout
    metrics = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["suite"] == "tiny"
    assert metrics["n"] == 8
    assert set(metrics["metrics"]["hit@1"]) == {"value", "low", "high"}
    assert set(metrics["baselines"]) == {"bm25", "char-tfidf", "dense"}
    assert metrics["provenance"]["suite_sha256"] == metrics["suite_sha256"]
    with (out / "predictions.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["id"] for row in rows] == [row["id"] for row in ROWS]
    assert rows[4]["text"].startswith("'=cmd")
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "tiny" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; PVC pipe" in page, "what was sure and wrong is among the worst errors"


def test_json_is_the_metrics_document(run, tmp_path: Path) -> None:
    suite, out = write_suite(tmp_path / "suite", MATCH, ROWS), tmp_path / "out"
    done = run("run", suite, "--out", out, "--json", "--replicates", "100")
    assert json.loads(done.stdout) == json.loads((out / "metrics.json").read_text(encoding="utf-8"))


def test_several_suites_get_a_folder_each_and_an_overview(run, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_suite(tmp_path / "suites" / name, {**MATCH, "name": name}, ROWS)
    done = run("run", tmp_path / "suites", "--out", tmp_path / "out", "--replicates", "100")
    assert done.exit_code == 0, done.output
    assert {path.parent.name for path in (tmp_path / "out").glob("*/metrics.json")} == {"one", "two"}
    assert "./one/report.html" in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")


def test_the_same_run_twice_is_within_noise_and_a_broken_one_is_a_loss(run, tmp_path: Path) -> None:
    good = write_suite(tmp_path / "good", MATCH, ROWS)
    run("run", good, "--out", tmp_path / "a", "--replicates", "100")
    same = run("compare", tmp_path / "a", tmp_path / "a")
    assert same.exit_code == 0, same.output
    assert "No significant loss" in same.stdout
    wrong = [{**row, "text": "haircut and massage"} for row in ROWS]
    write_suite(tmp_path / "bad", MATCH, wrong)
    run("run", tmp_path / "bad", "--out", tmp_path / "b", "--replicates", "100")
    lost = run("compare", tmp_path / "a", tmp_path / "b")
    assert lost.exit_code == 1, lost.output
    assert "tiny hit@1" in lost.stdout
    assert json.loads(run("compare", tmp_path / "a", tmp_path / "b", "--json").stdout)["significant_loss"] is True


def test_accepted_baselines_are_compared_with_the_next_run(run, tmp_path: Path) -> None:
    run("run", write_suite(tmp_path / "suite", MATCH, ROWS), "--out", tmp_path / "a", "--replicates", "100")
    baselines = tmp_path / "baselines"
    run("run", tmp_path / "suite", "--out", tmp_path / "b", "--replicates", "100")
    baselines.mkdir()
    accepted = run("compare", baselines, tmp_path / "a", "--accept")
    assert accepted.exit_code == 0, accepted.output
    kept = (baselines / "tiny.json").read_text(encoding="utf-8")
    assert "hot rolled steel" not in kept, "texts stay out of what is committed"
    assert run("compare", baselines, tmp_path / "b").exit_code == 0


def test_every_fault_of_every_suite_is_told_and_nothing_is_run(run, tmp_path: Path) -> None:
    first = [{**ROWS[0]}, {**ROWS[1], "id": "q0"}, {**ROWS[2], "relevant": "d-gold"}, {**ROWS[3], "group": ""}]
    write_suite(tmp_path / "s" / "one", {**MATCH, "name": "one"}, first)
    write_suite(tmp_path / "s" / "two", {**MATCH, "name": "two", "protocol": "psychic"}, ROWS)
    done = run("run", tmp_path / "s", "--out", tmp_path / "out")
    assert done.exit_code == 2
    for told in ("q0", "d-gold", "group", "psychic"):
        assert told in done.stderr
    assert not (tmp_path / "out").exists()
    assert "Traceback" not in done.output


def test_a_place_that_cannot_be_written_is_told_before_anything_is_run(run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = run("run", write_suite(tmp_path / "suite", MATCH, ROWS), "--out", tmp_path / "file")
    assert done.exit_code == 2
    assert "results_unwritable" in done.stderr
    assert "matching" not in done.stderr


def test_a_random_split_is_refused_and_marked_where_it_is_wanted(run, tmp_path: Path) -> None:
    rows = [
        {"id": f"q{n}", "text": f"steel part {n}", "group": f"g{n}", "unit": "kg", "reference_kg_co2e": 1 + n / 10}
        for n in range(20)
    ]
    settings = {"name": "split", "task": "estimate", "protocol": "cross-fit", "folds": 4, "seed": 0}
    suite = write_suite(tmp_path / "suite", settings, rows, catalogue=False)
    refused = run("run", suite, "--out", tmp_path / "out")
    assert refused.exit_code == 2
    assert "--allow-leaky" in refused.stderr
    marked = run("run", suite, "--out", tmp_path / "out", "--allow-leaky", "--replicates", "100")
    assert marked.exit_code == 0, marked.output
    assert "LEAKY" in marked.stdout
    assert json.loads((tmp_path / "out" / "metrics.json").read_text(encoding="utf-8"))["leaky"] is True


def test_no_suite_no_dataset_of_that_name_and_missing_originals(run, tmp_path: Path) -> None:
    none = run("run", tmp_path, "--out", tmp_path / "out")
    assert none.exit_code == 2
    assert "suite.toml" in none.stderr
    unknown = run("prepare", "ecoinvent", "--from", tmp_path, "--out", tmp_path / "out")
    assert unknown.exit_code == 2
    assert "carbon-catalogue" in unknown.stderr
    missing = run("prepare", "parakeet-austin", "--from", tmp_path, "--out", tmp_path / "out")
    assert missing.exit_code == 2
    assert "CDLA-Permissive-2.0" in missing.stderr


def test_the_list_names_suites_their_faults_and_what_can_be_prepared(run, tmp_path: Path) -> None:
    write_suite(tmp_path / "tiny", MATCH, ROWS)
    write_suite(tmp_path / "odd", {**MATCH, "name": "odd", "task": "guess"}, ROWS)
    shown = run("list", tmp_path, width=120)
    assert shown.exit_code == 0, shown.output
    assert "Eight goods" in shown.stdout
    assert "guess" in shown.stdout
    listed = json.loads(run("list", tmp_path, "--json").stdout)
    assert [suite["name"] for suite in listed["suites"]] == ["odd", "tiny"]
    assert {entry["name"] for entry in listed["published"]} >= {"carbon-catalogue", "tiangong-zh", "boavizta"}


def test_files_may_follow_from_one_after_another(run, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("x,y\n1,2\n", encoding="utf-8")
    done = run("prepare", "caml-grocery", "--from", tmp_path / "a.csv", tmp_path / "b.csv", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "a.csv" in done.stderr
    assert "b.csv" in done.stderr
