"""What is saved is read back equal, once, newest first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from saved_proposals import created_at, make_decision, make_proposal, withdrawal_of

from firstprint.errors import InputError, WorkspaceError
from firstprint.store.opening import open_store
from firstprint.store.proposals import ProposalStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "firstprint.db"


@pytest.fixture
def store(store_url: str) -> Iterator[ProposalStore]:
    with open_store(store_url) as opened:
        yield opened


def _query(file: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute(statement).fetchall()
        connection.commit()
    return rows


def test_a_record_reads_back_equal_to_the_last_digit(store: ProposalStore):
    saved = make_proposal()
    store.save(saved)
    read = store.get("p-0000")
    assert read == saved
    assert read.model_dump_json() == saved.model_dump_json()
    assert read.estimate is not None
    assert (read.estimate.kg_co2e, read.estimate.low) == (1 / 3, 5e-324)


def test_columns_hold_what_lists_are_filtered_by(store: ProposalStore, file: Path):
    store.save(created_at(make_proposal(), "2026-03-01T17:30:00+08:00"))
    store.save(make_proposal(1, estimate=None, candidates=(), decision="no_match"))
    columns = "id, status, language, kg_co2e, low, high, dataset_id, decision, created, version"
    assert _query(file, f"SELECT {columns} FROM proposals ORDER BY id") == [  # noqa: S608
        ("p-0000", "proposed", "zh", 1 / 3, 5e-324, 1.7976931348623157e308, "ademe:1", "match",
         "2026-03-01 09:30:00.000000", 1),
        ("p-0001", "proposed", "zh", None, None, None, None, "no_match", "2026-03-01 09:31:00.000000", 1),
    ]  # fmt: skip


def test_saving_the_same_twice_changes_nothing(store: ProposalStore):
    store.save(make_proposal())
    store.save(make_proposal())
    assert store.count() == 1


def test_an_id_is_never_given_to_another_proposal(store: ProposalStore):
    store.save(make_proposal())
    with pytest.raises(InputError, match="'p-0000'") as caught:
        store.save(make_proposal(decision="ambiguous"))
    assert caught.value.code == "proposal_exists"
    assert store.get("p-0000").decision == "match"


@pytest.mark.parametrize(("asked", "near"), [("p-002", "p-0020, p-0021"), ("q-0021", "p-0021"), ("zzzzzzzz", "list")])
def test_an_unknown_id_names_near_ones(store: ProposalStore, asked: str, near: str):
    for number in (20, 21, 400):
        store.save(make_proposal(number))
    with pytest.raises(InputError, match=asked) as caught:
        store.get(asked)
    assert caught.value.code == "proposal_unknown"
    assert near in caught.value.hint


def test_wildcards_in_an_unknown_id_match_nothing(store: ProposalStore):
    store.save(make_proposal())
    with pytest.raises(InputError) as caught:
        store.get("%")
    assert "p-0000" not in caught.value.hint


def test_lists_are_newest_first_and_pages_do_not_overlap(store: ProposalStore):
    for number in (2, 0, 4, 1, 3):
        store.save(make_proposal(number))
    assert [p.id for p in store.list()] == ["p-0004", "p-0003", "p-0002", "p-0001", "p-0000"]
    pages = [[p.id for p in store.list(limit=2, offset=offset)] for offset in (0, 2, 4, 6)]
    assert pages == [["p-0004", "p-0003"], ["p-0002", "p-0001"], ["p-0000"], []]


def test_lists_compare_times_and_not_their_spelling(store: ProposalStore):
    store.save(created_at(make_proposal(1), "2026-03-01T10:00:00+08:00"))
    store.save(created_at(make_proposal(2), "2026-03-01T03:00:00Z"))
    store.save(created_at(make_proposal(3), "2026-03-01T03:00:00+00:00"))
    assert [p.id for p in store.list()] == ["p-0003", "p-0002", "p-0001"]


def test_lists_are_filtered_by_status(store: ProposalStore):
    store.save(make_proposal(1))
    store.save(make_proposal(2, status="rejected"))
    assert [p.id for p in store.list("rejected")] == ["p-0002"]
    assert store.list("confirmed") == []


@pytest.mark.parametrize(("limit", "offset"), [(0, 0), (-1, 0), (5, -1)])
def test_a_page_that_cannot_be_is_refused(store: ProposalStore, limit: int, offset: int):
    with pytest.raises(InputError, match=f"{limit} and {offset}") as caught:
        store.list(limit=limit, offset=offset)
    assert caught.value.code == "page_invalid"


@pytest.mark.parametrize("created", ["2026-03-01T09:30:00", "yesterday", ""])
def test_a_time_without_an_offset_is_refused(store: ProposalStore, created: str):
    with pytest.raises(InputError) as caught:
        store.save(created_at(make_proposal(), created))
    assert caught.value.code == "created_invalid"
    assert repr(created) in caught.value.message
    assert store.count() == 0


def _with_description(text: str) -> dict[str, object]:
    return {"product": make_proposal().product.model_copy(update={"description": text})}


@pytest.mark.parametrize(
    "changes",
    [
        {"estimate": make_proposal().estimate.model_copy(update={"kg_co2e": float("nan")})},
        {"estimate": make_proposal().estimate.model_copy(update={"high": float("inf")})},
        {"candidates": (make_proposal().candidates[0].model_copy(update={"kg_co2e": float("inf")}),)},
        _with_description("a\x00b"),
        _with_description("\ud800"),
    ],
    ids=["nan", "infinity", "infinity where null is allowed", "nul", "lone surrogate"],
)
def test_what_would_not_read_back_is_refused(store: ProposalStore, changes: dict[str, object]):
    with pytest.raises(InputError, match="'p-0000'") as caught:
        store.save(make_proposal(**changes))
    assert caught.value.code == "proposal_unkeepable"
    assert store.count() == 0


def test_a_damaged_record_names_itself_and_the_place(store: ProposalStore, file: Path):
    store.save(make_proposal())
    _query(file, 'UPDATE proposals SET record = replace(record, \'"decision":"match"\', \'"decision":"maybe"\')')
    with pytest.raises(WorkspaceError, match=r"'p-0000'.*decision") as caught:
        store.get("p-0000")
    assert caught.value.code == "store_damaged"


def test_a_closed_store_says_so(file: Path):
    store = open_store(f"sqlite:///{file}")
    store.close()
    store.close()
    with pytest.raises(WorkspaceError) as caught:
        store.count()
    assert caught.value.code == "store_closed"


def test_a_decided_proposal_is_superseded_and_stays_as_it_was(store: ProposalStore):
    old, new = make_proposal(1), make_proposal(2)
    store.save(old)
    with pytest.raises(InputError) as caught:
        store.supersede(old.id, new)
    assert caught.value.code == "proposal_not_decided"
    assert store.count() == 1
    decided = store.decisions.append([make_decision(old)])
    store.supersede(old.id, new)
    assert store.get(old.id) == old.model_copy(update={"status": "superseded"})
    assert store.get(new.id) == new
    assert store.successor_of(old.id) == new.id
    assert store.successor_of(new.id) is None
    assert store.decisions.of_proposal(old.id) == decided
    with pytest.raises(InputError) as caught:
        store.supersede(old.id, make_proposal(3))
    assert caught.value.code == "proposal_not_decided"


def test_taking_back_the_decision_on_a_superseded_proposal_does_not_reopen_it(store: ProposalStore):
    old = make_proposal(1)
    store.save(old)
    (decided,) = store.decisions.append([make_decision(old)])
    store.supersede(old.id, make_proposal(2))
    store.decisions.append([withdrawal_of(decided)])
    assert store.get(old.id).status == "superseded"
