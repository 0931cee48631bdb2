"""Training with the real encoder over the shipped catalogue."""

from __future__ import annotations

import shutil

import pytest

from firstprint import Assistant, training
from firstprint.adapter_training import AdapterReport, TrainedAdapter
from firstprint.errors import FaultsError, WorkspaceError
from firstprint.learning import Learned
from firstprint.models import RANKER_FILE, load_ranker, shipped_ranker
from firstprint.ranking.acceptance import FIXED
from firstprint.settings import Settings, load_settings
from firstprint.training import load_annotations, train

HEADER = "id,text,language,unit,geography,mass_kg,relevant,acceptable,group\n"


@pytest.fixture
def copy(home, assistant, tmp_path) -> Settings:
    """A copy of the run's workspace without its decisions."""
    assert assistant.settings.home == home  # it is built
    shutil.copytree(home / "index", tmp_path / "home" / "index")
    return load_settings(tmp_path / "home")


@pytest.mark.slow
def test_without_a_decision_training_makes_the_surrogate_and_leaves_the_rest(copy):
    steps = []
    opened = Assistant.open(settings=copy)
    report = train(opened, lambda *step: steps.append(step))
    assert report.decisions == 0
    assert (report.hit_at_1_before, report.hit_at_1_after) == (None, None)
    assert report.ranker_id == shipped_ranker().ranker_id
    assert report.adapter.decisions is None
    assert 0 < report.ambiguous_at <= report.match_at < 1
    assert any(line.startswith("per kg: ") for line in report.families)
    assert {step[0] for step in steps} >= {"surrogate"}
    assert not (copy.model_folder / RANKER_FILE).exists()
    again = Assistant.open(settings=copy)
    assert again.surrogate.surrogate_id == report.surrogate_id
    assert 0.03 < again.estimate("PET bottle", unit="piece", mass_kg=0.025).estimate.kg_co2e < 0.25


@pytest.fixture
def quick(monkeypatch, assistant):
    """Training with the surrogate and the adapter left as they are: they have tests of their own."""
    told = AdapterReport(adapter_id="none", labels=assistant.index.manifest.adapter)
    monkeypatch.setattr(training, "train_adapter", lambda _, index, *__: TrainedAdapter(index, told))
    monkeypatch.setattr(training, "train_surrogate", lambda *_: assistant.surrogate)


def lone(assistant, home) -> Assistant:
    settings = assistant.settings.model_copy(update={"home": home})
    return Assistant(settings, assistant.index, assistant.encoder, assistant.ranker, assistant.surrogate)


def learned(assistant, *, adopted: bool) -> Learned:
    model = shipped_ranker()
    weights = tuple(weight * 1.5 for weight in model.weights)
    model = model._replace(weights=weights) if adopted else model
    return Learned(model, adopted=adopted, why="It was so.", decisions=50, before=0.5, after=0.6)


def test_a_ranker_that_learned_is_used_from_then_on_and_goes_when_nothing_is_left(
    assistant, quick, monkeypatch, tmp_path
):
    made = lone(assistant, tmp_path)
    monkeypatch.setattr(training, "learn_from", lambda *_: learned(assistant, adopted=True))
    report = train(made)
    assert (report.decisions, report.hit_at_1_before, report.hit_at_1_after) == (50, 0.5, 0.6)
    assert report.ranker == "It was so."
    assert load_ranker(made.settings).ranker_id == report.ranker_id != shipped_ranker().ranker_id
    monkeypatch.setattr(training, "learn_from", lambda *_: learned(assistant, adopted=False))
    assert train(made).ranker_id == shipped_ranker().ranker_id
    assert load_ranker(made.settings) == shipped_ranker()
    assert not (made.settings.model_folder / RANKER_FILE).exists()


def test_the_fixed_order_stays_fixed_whatever_was_learned(assistant, quick, monkeypatch, tmp_path):
    made = lone(assistant, tmp_path)
    monkeypatch.setattr(training, "learn_from", lambda *_: learned(assistant, adopted=True))
    train(made)
    assert load_ranker(made.settings.model_copy(update={"ranker": "fixed"})) == FIXED


def test_a_home_that_cannot_be_written_is_named(assistant, quick, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setattr(training, "learn_from", lambda *_: learned(assistant, adopted=True))
    with pytest.raises(WorkspaceError, match="ranker cannot be written") as caught:
        train(lone(assistant, tmp_path / "file"))
    assert "--home" in caught.value.hint


def test_the_shipped_annotations_can_be_read():
    notes = load_annotations()
    assert len(notes) > 1_000
    assert len({note.query_id for note in notes}) == len(notes)
    assert all(note.relevant <= note.acceptable for note in notes)


def test_faulty_annotations_are_all_named(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text(HEADER + "a,steel,en,kg,,heavy,x,,g\nb,steel,en,kg,,1,x,,g\nc,wood,en,kg,,big,x,,g\n")
    with pytest.raises(FaultsError) as caught:
        load_annotations(path)
    assert len(caught.value.faults) == 2
    assert "labels.csv line 2" in caught.value.faults[0]
    assert "line 4" in caught.value.faults[1]
