"""A rationale run judges templates, texts and corruptions, asks a language model and names the faults of its files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from firstprint.errors import FaultsError, LanguageModelError
from firstprint.evaluation.corruptions import RULES
from firstprint.evaluation.rationale_records import load_records
from firstprint.evaluation.records import Query, Suite
from firstprint.evaluation.run_rationale import run_rationale
from firstprint.rationale.facts import compute_facts
from firstprint.rationale.template import render_template

OURS = Path(__file__).resolve().parents[3] / "evals" / "suites" / "rationale-guard"


def suite_of(folder, *queries):
    return Suite(folder, "small", "rationale", "zero-shot", None, queries, "0" * 64)


def query(name, text, language="en", record="bottle", line=2):
    return Query(name, text, "g1", language=language, extra={"record": record}, line=line)


@pytest.fixture
def folder(tmp_path):
    lines = (OURS / "records.jsonl").read_text("utf-8").splitlines()[:2]
    (tmp_path / "records.jsonl").write_text("\n".join(lines), "utf-8")
    return tmp_path


class Scripted:
    model_id = "test:scripted"

    def __init__(self, *replies):
        self.replies = list(replies)

    def complete(self, prompt, schema):
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return {"rationale": reply, "sufficient": True}


def test_true_texts_come_first_and_a_false_one_among_them_raises_an_alarm(folder):
    true = query("a", "The combined estimate is 0.0568 kg CO2e per piece.")
    false = query("b", "The combined estimate is 0.0668 kg CO2e per piece.", line=3)
    run = run_rationale(suite_of(folder, true, false), chat=None, corruptions=40, corruptions_per_text=5, seed=1)
    assert run.kind[:6] == ("template",) * 4 + ("paraphrase",) * 2
    assert run.true.tolist() == [True] * 6 + [False] * (len(run.texts) - 6)
    assert run.alarm[:6].tolist() == [False] * 5 + [True]
    assert "0.0668" in run.reasons[5]
    assert run.reasons[4] == ""
    assert set(run.kind[6:]) <= set(RULES)
    assert run.groups.tolist()[:6] == ["bottle", "bottle", "steel", "steel", "g1", "g1"]
    assert run.language[:4] == ("en", "zh", "en", "zh")


def test_there_are_as_many_corruptions_as_wanted_and_no_text_twice(folder):
    run = run_rationale(suite_of(folder), chat=None, corruptions=150, corruptions_per_text=10, seed=1)
    assert (~run.true).sum() >= 150
    assert len(set(run.texts)) == len(run.texts)
    assert run.alarm[~run.true].mean() > 0.95


def test_the_same_seed_gives_the_same_run(folder):
    first, second = (run_rationale(suite_of(folder), chat=None, corruptions=30, seed=5) for _ in range(2))
    assert first.texts == second.texts
    np.testing.assert_array_equal(first.alarm, second.alarm)


def test_progress_ends_at_the_end(folder):
    told = []
    run = run_rationale(suite_of(folder), chat=None, progress=lambda *step: told.append(step), corruptions=20)
    assert told[-1] == ("guard", len(run.texts), len(run.texts))


def test_a_language_models_texts_are_judged_and_kept(folder):
    good = render_template(compute_facts(load_records(folder)["bottle"]), "en")
    chat = Scripted(good, "每千克 9.99 kg CO2e。")
    run = run_rationale(suite_of(folder), chat=chat, corruptions=1)
    passed, refused = run.generated
    assert (passed.query_id, passed.passed, passed.text, passed.reason) == ("bottle", True, good, "")
    assert (refused.query_id, refused.passed, refused.text) == ("steel", False, "每千克 9.99 kg CO2e。")
    assert "9.99" in refused.reason
    assert passed.seconds >= 0


def test_a_language_model_that_fails_leaves_an_outcome(folder):
    chat = Scripted(LanguageModelError("It sleeps."), "   ")
    run = run_rationale(suite_of(folder), chat=chat, corruptions=1)
    assert [(item.passed, item.text) for item in run.generated] == [(False, ""), (False, "")]
    assert "sleeps" in run.generated[0].reason
    assert "empty" in run.generated[1].reason


def test_all_faults_of_the_queries_are_told_at_once(folder):
    suite = suite_of(folder, query("a", "Text.", record="nobody"), query("b", "Texte.", language="fr", line=3))
    with pytest.raises(FaultsError) as error:
        run_rationale(suite, chat=None)
    assert len(error.value.faults) == 2
    assert "line 2" in error.value.faults[0] and "nobody" in error.value.faults[0]
    assert "line 3" in error.value.faults[1] and "fr" in error.value.faults[1]


def test_all_faults_of_the_records_are_told_at_once(tmp_path):
    good = json.loads((OURS / "records.jsonl").read_text("utf-8").splitlines()[0])
    bad = {"id": "x", "record": {**good["record"], "decision": "perhaps"}}
    lines = [json.dumps(good), json.dumps(good), "{", "[1]", json.dumps(bad), ""]
    (tmp_path / "records.jsonl").write_text("\n".join(lines), "utf-8")
    with pytest.raises(FaultsError) as error:
        load_records(tmp_path)
    assert [fault.partition(",")[0].partition(":")[0] for fault in error.value.faults] == [
        "line 2",
        "line 3",
        "line 4",
        "line 5",
    ]
    assert "decision" in error.value.faults[3]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", None])
def test_an_empty_unreadable_or_missing_file_is_one_fault(tmp_path, content):
    if content is not None:
        (tmp_path / "records.jsonl").write_bytes(content)
    with pytest.raises(FaultsError) as error:
        load_records(tmp_path / "records.jsonl")
    assert len(error.value.faults) == 1
