"""Training with the real encoder over the shipped catalogue."""

from __future__ import annotations

import shutil

import pytest

from firstprint import Assistant
from firstprint.errors import FaultsError, ModelError, WorkspaceError
from firstprint.training import load_annotations, train, train_ranker

HEADER = "id,text,language,unit,geography,mass_kg,relevant,acceptable,group\n"


@pytest.mark.slow
def test_train_keeps_models_that_the_next_assistant_uses(home, tmp_path):
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    steps = []
    report = train(Assistant.open(copy), lambda *step: steps.append(step))
    assert report.annotations == len(load_annotations())
    assert report.held_out_hit_at_1 > 0.6
    assert report.held_out_accepted > 0.7
    assert 0 < report.ambiguous_at <= report.match_at < 1
    assert any(line.startswith("per kg: ") for line in report.families)
    assert {step[0] for step in steps} == {"annotations", "surrogate"}
    opened = Assistant.open(copy)
    assert opened.ranker.ranker_id == report.ranker_id
    assert opened.surrogate.surrogate_id == report.surrogate_id
    assert 0.05 < opened.estimate("PET bottle", unit="piece", mass_kg=0.025).estimate.kg_co2e < 0.15


def test_the_shipped_ranker_is_what_training_gives(assistant):
    model, _, _ = train_ranker(assistant, load_annotations())
    assert model.weights == pytest.approx(assistant.ranker.weights, abs=1e-3)
    assert model.match_at == assistant.ranker.match_at


def test_too_few_annotations_are_refused(assistant):
    with pytest.raises(ModelError, match="at least 20") as caught:
        train_ranker(assistant, load_annotations()[:5])
    assert caught.value.hint


def test_faulty_annotations_are_all_named(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text(HEADER + "a,steel,en,kg,,heavy,x,,g\nb,steel,en,kg,,1,x,,g\nc,wood,en,kg,,big,x,,g\n")
    with pytest.raises(FaultsError) as caught:
        load_annotations(path)
    assert len(caught.value.faults) == 2
    assert "labels.csv line 2" in caught.value.faults[0]
    assert "line 4" in caught.value.faults[1]


def test_a_home_that_cannot_be_written_is_named(assistant):
    settings = assistant.settings.model_copy(update={"home": assistant.settings.home / "firstprint.db" / "x"})
    assistant.settings.home.joinpath("firstprint.db").touch()
    lone = Assistant(settings, assistant.index, assistant.encoder, assistant.ranker, assistant.surrogate)
    with pytest.raises(WorkspaceError, match="cannot be written"):
        train(lone)
