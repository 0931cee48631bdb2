"""Decided records on a catalogue that moved: kept, changed or vanished; the old record stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_workspace import CURVED, Opened, assistant_in, confirmed, opened

from firstprint import review
from firstprint.assistant import Assistant
from firstprint.domain.dataset import Dataset
from firstprint.rerun import Rerun, rerun
from firstprint.retrieval.index_folder import IndexSource, build_index, open_index
from firstprint.store.opening import open_store

STEEL, ALUMINIUM = "hot rolled steel", "aluminium ingots"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return opened(tmp_path_factory.mktemp("old"))


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory, old: Opened) -> Opened:
    """Steel's value doubled, aluminium's id is gone and a like dataset came, water is per t now."""
    rows = [
        Dataset("d0", "Steel, hot rolled", "kg", 2.0, "cradle_to_gate", "process", "made-up"),
        Dataset("n1", "Aluminium ingot, primary", "kg", 9.0, "cradle_to_gate", "process", "made-up"),
        Dataset("d2", "Cotton fabric", "kg", 3.0, "cradle_to_gate", "process", "made-up"),
        Dataset("d4", "Tap water", "t", 5000.0, "cradle_to_gate", "process", "made-up"),
    ]
    made = build_index(tmp_path_factory.mktemp("new"), IndexSource(rows, "1" * 64, None, "0" * 64, old.encoder, "test"))
    return Opened(open_index(made, made.name), old.encoder)


def again(home: Path, new: Opened, **how: object) -> dict[str, Rerun]:
    assistant = assistant_in(home, new, CURVED)
    with open_store(assistant.settings.resolved_database_url) as store:
        return {each.proposal_id: each for each in rerun(assistant, store, **how)}


def kept_of(assistant: Assistant, proposal_id: str):
    with open_store(assistant.settings.resolved_database_url) as store:
        return store.get(proposal_id), store.successor_of(proposal_id), store.decisions.of_proposal(proposal_id)


def test_records_are_kept_changed_or_vanished(old: Opened, new: Opened, tmp_path: Path) -> None:
    before = assistant_in(tmp_path, old)
    steel, aluminium = confirmed(before, STEEL, "d0"), confirmed(before, ALUMINIUM, "d1")
    cotton, water = confirmed(before, "cotton fabric", "d2"), confirmed(before, "tap water", "d4")
    first = {each: kept_of(before, each)[0] for each in (steel, aluminium)}
    done = again(tmp_path, new)
    assert {done[each].outcome for each in (cotton, water)} == {"kept"}

    moved = done[steel]
    assert (moved.outcome, moved.old_gwp100_kg_co2e, moved.gwp100_kg_co2e, moved.ratio) == ("changed", 1.0, 2.0, 2.0)
    record, successor, history = kept_of(before, steel)
    assert record == first[steel].model_copy(update={"status": "superseded"})
    assert (successor, len(history)) == (moved.new_proposal_id, 1)
    fresh, _, decisions = kept_of(before, moved.new_proposal_id or "")
    assert (fresh.status, decisions, fresh.provenance.supersedes) == ("proposed", (), steel)
    assert (fresh.candidates[0].dataset_id, fresh.candidates[0].acceptance_probability) == ("d0", 1.0)
    assert fresh.estimate is not None
    assert fresh.estimate.kg_co2e == pytest.approx(2.0)
    assert fresh.product == record.product

    gone = done[aluminium]
    assert (gone.outcome, gone.successor_id, gone.dataset_name) == ("vanished", "n1", "Aluminium ingot")
    assert kept_of(before, gone.new_proposal_id or "")[0].candidates[0].dataset_id == "n1"


def test_a_second_run_finds_nothing_more_to_do(old: Opened, new: Opened, tmp_path: Path) -> None:
    confirmed(assistant_in(tmp_path, old), STEEL, "d0")
    assert len(again(tmp_path, new)) == 1
    assert again(tmp_path, new) == {}


def test_a_dry_run_writes_nothing(old: Opened, new: Opened, tmp_path: Path) -> None:
    before = assistant_in(tmp_path, old)
    steel = confirmed(before, STEEL, "d0")
    told = again(tmp_path, new, dry=True)[steel]
    assert (told.outcome, told.new_proposal_id, told.kg_co2e) == ("changed", None, pytest.approx(2.0))
    assert kept_of(before, steel)[0].status == "confirmed"


def test_a_move_within_the_percent_given_is_kept(old: Opened, new: Opened, tmp_path: Path) -> None:
    confirmed(assistant_in(tmp_path, old), STEEL, "d0")
    assert {each.outcome for each in again(tmp_path, new, percent=150.0).values()} == {"kept"}


def test_a_dataset_taken_from_the_catalogue_is_known_as_it_was(old: Opened, new: Opened, tmp_path: Path) -> None:
    before = assistant_in(tmp_path, old)
    proposal = before.estimate(STEEL, unit="kg", save=True, top=1)
    with open_store(before.settings.resolved_database_url) as store:
        review.override(store, before.catalogue, proposal.id, "d1", by="Ana", reason="it is aluminium")
    told = again(tmp_path, new)[proposal.id]
    assert (told.outcome, told.old_gwp100_kg_co2e, told.dataset_name) == ("vanished", 2.0, "Aluminium ingot")
    assert told.old_kg_co2e == pytest.approx(2.0)
    assert again(tmp_path, new) == {}


def test_only_records_of_the_status_asked_for_are_looked_at(old: Opened, new: Opened, tmp_path: Path) -> None:
    confirmed(assistant_in(tmp_path, old), STEEL, "d0")
    assert again(tmp_path, new, statuses=("overridden",)) == {}
