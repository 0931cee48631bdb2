"""``firstprint train``: what was made and how it does, in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from firstprint import training
from firstprint.adapter_training import AdapterReport
from firstprint.cli import train
from firstprint.cli.main import app
from firstprint.errors import ModelError
from firstprint.retrieval.adapter import AdapterNote
from firstprint.trained_on import SourceUsed
from firstprint.training import TrainReport

REPORT = TrainReport(
    ranker_id="5ac2e19f7034",
    surrogate_id="b81d04e2c6f7",
    decisions=90,
    ranker="Order learned from 90 decided texts: of those it had not seen, more had their dataset first.",
    hit_at_1_before=0.622,
    hit_at_1_after=0.711,
    match_at=0.62,
    ambiguous_at=0.31,
    families=("kg: 4,210 references", "piece: 1,020 references"),
    seconds=61.4,
    references=(SourceUsed(source_id="cups", version="7", licence="CC0", sha256="0" * 64, rows=1153),),
    adapter=AdapterReport(
        adapter_id="5ac2e19f70341234",
        labels=AdapterNote(why="Held-out names were not found better with it, beyond chance.", before=0.4, after=0.4),
        decisions=AdapterNote(
            adapter_id="5ac2e19f70341234",
            why="Gained.",
            trials=45,
            decisions=90,
            before=0.417,
            after=0.455,
            first_before=0.27,
            first_after=0.31,
            gain_low=0.011,
            gain_high=0.068,
        ),
    ),
)


@pytest.fixture(autouse=True)
def trained(monkeypatch: pytest.MonkeyPatch) -> None:
    def fit(assistant: object, progress: Callable[[str, int, int], None]) -> TrainReport:
        assert assistant == "assistant"
        progress("decisions", 1, 90)
        return REPORT

    monkeypatch.setattr(training, "train", fit)
    monkeypatch.setattr(train, "open_assistant", lambda *_: "assistant")


def test_in_words() -> None:
    result = CliRunner(env={"COLUMNS": "100"}).invoke(app, ["train"])
    assert result.exit_code == 0
    for told in ("Trained in 61 s", "62% before, 71% after", "match from 0.62", "piece: 1,020 references"):
        assert told in result.stdout
    assert "asking what was decided (90)" in result.stderr
    assert "the shipped catalogue, cups@7 (1,153) references" in result.stdout
    assert "Order learned from 90 decided texts" in " ".join(result.stdout.split())


def test_as_json() -> None:
    result = CliRunner().invoke(app, ["train", "--json"])
    told = json.loads(result.stdout)
    assert AdapterReport.model_validate(told.pop("adapter")) == REPORT.adapter
    assert [SourceUsed.model_validate(each) for each in told.pop("references")] == list(REPORT.references)
    rest = {name: value for name, value in REPORT._asdict().items() if name not in ("adapter", "references")}
    assert told == json.loads(json.dumps(rest))


def test_without_enough_decisions_no_figure_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    why = "The shipped ranker stays: 3 decided texts, at least 20 are needed."
    few = REPORT._replace(decisions=3, ranker=why, hit_at_1_before=None, hit_at_1_after=None)
    monkeypatch.setattr(training, "train", lambda *_: few)
    shown = " ".join(CliRunner(env={"COLUMNS": "100"}).invoke(app, ["train"]).stdout.split())
    assert why in shown
    assert "too few decisions to say" in shown
    assert json.loads(CliRunner().invoke(app, ["train", "--json"]).stdout)["hit_at_1_after"] is None


def test_the_adapter_is_told_with_what_held_out_decisions_gained() -> None:
    shown = " ".join(CliRunner(env={"COLUMNS": "100"}).invoke(app, ["train"]).stdout.split())
    assert "by names none Held-out names were not found better" in shown
    assert "45 held-out decided texts: 27% without, 31% with" in shown


def test_too_little_to_learn_from_is_exit_2(monkeypatch: pytest.MonkeyPatch) -> None:
    def fit(*_: object) -> TrainReport:
        raise ModelError("The catalogue has too few references.", code="surrogate_untrainable")

    monkeypatch.setattr(training, "train", fit)
    result = CliRunner().invoke(app, ["train"])
    assert result.exit_code == 2
    assert "[surrogate_untrainable]" in result.stderr
