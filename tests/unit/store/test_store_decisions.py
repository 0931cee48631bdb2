"""Decisions are added and never changed; the status of a proposal follows from them."""

from __future__ import annotations

import multiprocessing
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import ValidationError
from saved_proposals import decide_many, make_decision, make_proposal, withdrawal_of
from sqlalchemy.exc import IntegrityError

from firstprint.domain.decision import HumanDecision, standing, status_after
from firstprint.errors import InputError
from firstprint.store.opening import open_store
from firstprint.store.presence import has_database, may_hold_decisions
from firstprint.store.proposals import ProposalStore

PROPOSAL = make_proposal()
PROCESS_SECONDS = 120


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "firstprint.db"


@pytest.fixture
def store(store_url: str) -> Iterator[ProposalStore]:
    with open_store(store_url) as opened:
        opened.save(PROPOSAL)
        yield opened


def refused(store: ProposalStore, *decisions: HumanDecision) -> InputError:
    before = store.decisions.latest()
    with pytest.raises(InputError) as caught:
        store.decisions.append(decisions)
    assert store.decisions.latest() == before
    return caught.value


def test_a_decision_reads_back_equal_and_sets_the_status(store: ProposalStore):
    (kept,) = store.decisions.append([make_decision(PROPOSAL)])
    assert kept == make_decision(PROPOSAL, sequence=1, proposal_version=2)
    assert store.decisions.of_proposal(PROPOSAL.id) == store.decisions.standing() == (kept,)
    assert store.get(PROPOSAL.id) == PROPOSAL.model_copy(update={"status": "confirmed"})
    assert store.list("confirmed") == [store.get(PROPOSAL.id)]
    assert (store.count("confirmed"), store.count("proposed"), store.count()) == (1, 0, 1)


def test_times_are_kept_whatever_their_offset(store: ProposalStore):
    store.decisions.append([make_decision(PROPOSAL, decided="2026-03-01T17:30:00.250000+08:00")])
    assert store.decisions.standing()[0].decided == "2026-03-01T09:30:00.250000+00:00"


def test_places_are_given_without_gaps_and_asked_from_any_of_them(store: ProposalStore):
    for number in (1, 2, 3):
        store.save(make_proposal(number))
        store.decisions.append([make_decision(make_proposal(number))])
        assert store.decisions.latest() == number
    assert [one.sequence for one in store.decisions.since(0)] == [1, 2, 3]
    assert [one.proposal_id for one in store.decisions.since(1)] == ["p-0002", "p-0003"]
    assert store.decisions.since(3) == ()
    histories = store.decisions.of_proposals(["p-0002", "p-0000"])
    assert [len(histories[each]) for each in ("p-0002", "p-0000")] == [1, 0]


def test_a_decided_proposal_names_who_decided_and_when(store: ProposalStore):
    store.decisions.append([make_decision(PROPOSAL)])
    error = refused(store, make_decision(PROPOSAL, 1, verdict="rejected", by="someone else"))
    assert error.code == "proposal_decided"
    assert "confirmed by 'Chen Li 陈莉' at 2026-03-02T09:30:00+00:00" in error.message
    assert "withdraw p-0000" in error.hint


def test_withdrawing_opens_the_proposal_again(store: ProposalStore):
    (kept,) = store.decisions.append([make_decision(PROPOSAL)])
    (gone,) = store.decisions.append([withdrawal_of(kept)])
    assert store.decisions.standing() == ()
    assert store.decisions.of_proposal(PROPOSAL.id) == (kept, gone)
    assert store.get(PROPOSAL.id) == PROPOSAL
    store.decisions.append([make_decision(PROPOSAL, 2, verdict="rejected")])
    assert store.get(PROPOSAL.id).status == "rejected"


def test_the_last_decision_that_stands_makes_the_status(store: ProposalStore):
    both = [make_decision(PROPOSAL, n, verdict="rejected", dataset_id=f"d{n}") for n in (1, 2)]
    first, second = store.decisions.append(both)
    store.decisions.append([withdrawal_of(first)])
    assert (store.get(PROPOSAL.id).status, store.decisions.standing()) == ("rejected", (second,))
    store.decisions.append([withdrawal_of(second)])
    assert store.get(PROPOSAL.id).status == "proposed"


def test_what_does_not_stand_cannot_be_withdrawn(store: ProposalStore):
    assert refused(store, withdrawal_of(make_decision(PROPOSAL))).code == "decision_not_standing"
    (kept,) = store.decisions.append([make_decision(PROPOSAL)])
    store.decisions.append([withdrawal_of(kept)])
    error = refused(store, withdrawal_of(kept, 2))
    assert error.code == "decision_not_standing"
    assert kept.id in error.message


def test_unknown_and_closed_proposals_are_refused(store: ProposalStore):
    assert refused(store, make_decision(make_proposal(99))).code == "proposal_unknown"
    old = make_proposal(5, status="superseded")
    store.save(old)
    error = refused(store, make_decision(old))
    assert error.code == "proposal_closed"
    assert "superseded" in error.message


def test_one_that_cannot_be_kept_keeps_none(store: ProposalStore):
    store.decisions.append([make_decision(PROPOSAL)])
    other = make_proposal(1)
    store.save(other)
    taken = make_decision(PROPOSAL).id
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        store.decisions.append([make_decision(other), make_decision(other, id=taken)])
    assert store.decisions.latest() == 1
    assert store.get(other.id) == other


def test_saving_a_decided_proposal_again_changes_nothing(store: ProposalStore):
    store.decisions.append([make_decision(PROPOSAL)])
    store.save(PROPOSAL)
    assert store.get(PROPOSAL.id).status == "confirmed"
    with pytest.raises(InputError) as caught:
        store.save(PROPOSAL.model_copy(update={"decision": "ambiguous"}))
    assert caught.value.code == "proposal_exists"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decisions SET decided_by = 'nobody'",
        "DELETE FROM decisions",
        "INSERT INTO decisions SELECT 2, 'x', proposal_id, 'confirmed', NULL, text, language, unit, geography, "
        "decided_by, reason, decided, NULL, NULL, 2, 0, NULL, '', '' FROM decisions",
        "INSERT INTO decisions SELECT 2, 'x', proposal_id, 'maybe', dataset_id, text, language, unit, geography, "
        "decided_by, reason, decided, NULL, NULL, 2, 0, NULL, '', '' FROM decisions",
        "INSERT INTO decisions SELECT 2, 'x', proposal_id, 'withdrawn', dataset_id, text, language, unit, geography, "
        "decided_by, reason, decided, NULL, NULL, 2, 0, NULL, '', '' FROM decisions",
        "INSERT INTO decisions SELECT 2, 'x', 'no such', verdict, dataset_id, text, language, unit, geography, "
        "decided_by, reason, decided, NULL, NULL, 2, 0, NULL, '', '' FROM decisions",
    ],
)
def test_the_database_itself_refuses_what_would_bend_the_history(store: ProposalStore, file: Path, statement: str):
    store.decisions.append([make_decision(PROPOSAL)])
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)
    assert store.decisions.since(0) == (make_decision(PROPOSAL, sequence=1, proposal_version=2),)


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "confirmed", "dataset_id": None},
        {"verdict": "withdrawn"},
        {"verdict": "rejected", "refers_to": "d-1"},
        {"verdict": "maybe"},
        {"sequence": -1},
    ],
)
def test_a_decision_that_is_not_whole_is_no_decision(changes: dict[str, object]):
    with pytest.raises(ValidationError):
        HumanDecision.model_validate({**make_decision(PROPOSAL).model_dump(), **changes})


def test_status_follows_from_history_alone():
    confirmed = make_decision(PROPOSAL)
    assert status_after([]) == "proposed"
    assert status_after([confirmed, withdrawal_of(confirmed)]) == "proposed"
    assert (
        status_after([confirmed, withdrawal_of(confirmed), make_decision(PROPOSAL, 3, verdict="rejected")])
        == "rejected"
    )
    assert standing([confirmed, withdrawal_of(confirmed)]) == ()


def test_ids_are_taken_by_their_beginning(store: ProposalStore):
    for number in (10, 11, 12, 13, 20):
        store.save(make_proposal(number))
    assert store.resolve("p-002") == "p-0020"
    assert store.resolve("p-0011") == "p-0011"
    with pytest.raises(InputError, match="p-0010, p-0011, p-0012, …") as caught:
        store.resolve("p-001")
    assert caught.value.code == "proposal_ambiguous"
    for typed in ("", "%", "q-0011"):
        with pytest.raises(InputError) as caught:
            store.resolve(typed)
        assert caught.value.code == "proposal_unknown"


def test_a_decision_is_found_by_the_beginning_of_its_id(store: ProposalStore):
    both = [make_decision(PROPOSAL, id=each, verdict="rejected") for each in ("abc1", "abd2")]
    store.decisions.append(both)
    found = store.decisions.find("abd")
    assert found is not None
    assert found.id == "abd2"
    assert store.decisions.find("") is store.decisions.find("x") is None
    with pytest.raises(InputError, match="abc1, abd2") as caught:
        store.decisions.find("ab")
    assert caught.value.code == "decision_ambiguous"


def test_reviewers_at_once_neither_lose_nor_double_a_decision(file: Path):
    url = f"sqlite:///{file}"
    numbers = list(range(12))
    with open_store(url) as store:
        for number in numbers:
            store.save(make_proposal(number))
    context = multiprocessing.get_context("spawn")
    orders = [numbers, numbers[::-1], numbers[6:] + numbers[:6]]
    workers = [context.Process(target=decide_many, args=(url, f"r{n}", order)) for n, order in enumerate(orders)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PROCESS_SECONDS)
        assert worker.exitcode == 0
    with open_store(url) as store:
        kept = store.decisions.since(0)
        assert [one.sequence for one in kept] == list(range(1, 13))
        assert len({one.proposal_id for one in kept}) == 12
        assert store.count("confirmed") == 12


def test_presence_is_told_without_a_database_library(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'firstprint.db'}"
    code = (
        "import sys; from firstprint.store.presence import has_database, may_hold_decisions; "
        f"print(has_database({url!r}), may_hold_decisions({url!r}), 'sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["False", "False", "False"]
    assert list(tmp_path.iterdir()) == []


def test_presence_follows_what_is_kept(file: Path):
    url = f"sqlite:///{file}"
    with open_store(url) as store:
        store.save(PROPOSAL)
        assert (has_database(url), may_hold_decisions(url)) == (True, False)
        store.decisions.append([make_decision(PROPOSAL)])
        assert may_hold_decisions(url)
    assert may_hold_decisions(url)
    file.write_bytes(b"\x93garbage\x00\xff" * 400)
    assert may_hold_decisions(url)  # opening the store says what is wrong
    assert has_database("postgresql://u@h/d")
    assert may_hold_decisions("nonsense")


def test_an_old_database_without_decisions_is_left_as_it_is(file: Path):
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE proposals (id TEXT)")
        connection.commit()
    before = file.read_bytes()
    assert not may_hold_decisions(f"sqlite:///{file}")
    assert file.read_bytes() == before
