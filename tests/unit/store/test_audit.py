"""Whoever edits, removes, puts in or moves a past row is found out, and the first broken row is named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from saved_proposals import make_decision, make_proposal, withdrawal_of
from sqlalchemy import text

from firstprint.errors import InputError
from firstprint.store.audit import Anchor
from firstprint.store.chain import FIELDS, GENESIS, chained, record_sha256
from firstprint.store.opening import open_store
from firstprint.store.proposals import ProposalStore

MANY = 5


@pytest.fixture
def store(store_url: str) -> Iterator[ProposalStore]:
    """Five confirmed proposals and one that nobody decided."""
    with open_store(store_url) as opened:
        for number in range(MANY + 1):
            opened.save(make_proposal(number))
        for number in range(MANY):
            opened.decisions.append([make_decision(make_proposal(number), reason=f"reason {number}")])
        yield opened


def tamper(store: ProposalStore, *statements: str) -> None:
    """What somebody with the database's own rights can do: the triggers are taken away first."""
    with store._database.writing() as session:
        if session.connection().dialect.name == "postgresql":
            session.execute(text("DROP TRIGGER IF EXISTS decisions_never_changed ON decisions"))
        else:
            session.execute(text("DROP TRIGGER IF EXISTS decisions_never_updated"))
            session.execute(text("DROP TRIGGER IF EXISTS decisions_never_deleted"))
        for statement in statements:
            session.execute(text(statement))


def faults(store: ProposalStore, anchor: Anchor | None = None) -> list[tuple[str, str]]:
    report = store.audit.verify(anchor)
    assert report.whole == (not report.faults)
    return [(one.kind, one.place) for one in report.faults]


def test_an_untouched_history_is_whole(store: ProposalStore):
    report = store.audit.verify()
    assert (report.whole, report.decisions, report.proposals, report.faults) == (True, MANY, MANY + 1, ())
    assert len(report.head) == 64


def test_an_empty_store_is_whole(store_url: str):
    with open_store(store_url) as empty:
        report = empty.audit.verify()
    assert (report.whole, report.decisions, report.proposals, report.head) == (True, 0, 0, GENESIS)


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'another'",
        "decided_by = 'nobody'",
        "dataset_id = 'second'",
        "decided = '2020-01-01 00:00:00+00:00'",
        "hash = '" + "0" * 64 + "'",
        "awaits_second = (1 = 1)",
        "dataset = '{}'",
    ],
)
def test_an_edited_decision_is_named(store: ProposalStore, change: str):
    # ``dataset`` and the time would not read back as a decision; the chain is checked before any is read.
    tamper(store, f"UPDATE decisions SET {change} WHERE sequence = 3")  # noqa: S608
    report = store.audit.verify()
    assert not report.whole
    assert (report.faults[0].kind, report.faults[0].place) == ("chain", "3")
    assert "'d-p-0002-0'" in report.faults[0].message


def test_a_removed_decision_is_named_by_its_gap(store: ProposalStore):
    tamper(store, "DELETE FROM decisions WHERE sequence IN (2, 3)")
    report = store.audit.verify()
    assert (report.faults[0].kind, report.faults[0].place) == ("chain", "4")
    assert "2 to 3 is missing" in report.faults[0].message
    assert [(one.kind, one.place) for one in report.faults[1:]] == [("status", "p-0001"), ("status", "p-0002")]


def test_the_last_decision_removed_is_told_by_its_proposal(store: ProposalStore):
    tamper(store, f"DELETE FROM decisions WHERE sequence = {MANY}")  # noqa: S608
    assert faults(store) == [("status", "p-0004")]


def test_a_decision_and_its_withdrawal_removed_are_told_by_the_version(store: ProposalStore):
    kept = store.decisions.append([make_decision(make_proposal(MANY))])
    store.decisions.append([withdrawal_of(kept[0])])
    for last in (MANY + 1, MANY):  # the withdrawal refers to the other
        tamper(store, f"DELETE FROM decisions WHERE sequence > {last}")  # noqa: S608
    report = store.audit.verify()
    assert [(one.kind, one.place) for one in report.faults] == [("status", "p-0005")]
    assert "version 3 and has no decision" in report.faults[0].message


def test_reordered_decisions_are_named(store: ProposalStore):
    tamper(
        store,
        "UPDATE decisions SET sequence = 99 WHERE sequence = 2",
        "UPDATE decisions SET sequence = 2 WHERE sequence = 3",
        "UPDATE decisions SET sequence = 3 WHERE sequence = 99",
    )
    assert faults(store)[0] == ("chain", "2")


def test_a_decision_put_in_is_named(store: ProposalStore):
    moved = [f"UPDATE decisions SET sequence = {n + 1} WHERE sequence = {n}" for n in range(MANY, 2, -1)]  # noqa: S608
    names = ", ".join(name for name in (*FIELDS, "hash") if name not in {"sequence", "id", "decided_by"})
    put_in = (
        f"INSERT INTO decisions (sequence, id, decided_by, {names}) "  # noqa: S608
        f"SELECT 3, 'forged', 'nobody', {names} FROM decisions WHERE sequence = 2"
    )
    tamper(store, *moved, put_in)
    assert faults(store)[0] == ("chain", "3")


def test_a_record_edited_with_its_checksum_is_told_by_the_decision(store: ProposalStore):
    record = json.loads(make_proposal(1).model_dump_json())
    record["estimate"]["kg_co2e"] = 0.001
    forged = json.dumps(record)
    with store._database.writing() as session:
        session.execute(
            text("UPDATE proposals SET record = :record, record_sha256 = :sha256 WHERE id = 'p-0001'"),
            {"record": forged, "sha256": record_sha256(forged)},
        )
    assert faults(store) == [("record", "p-0001")]


def test_an_edited_record_that_nobody_decided_is_told(store: ProposalStore):
    with store._database.writing() as session:
        session.execute(text("UPDATE proposals SET record = replace(record, 'PET', 'PP') WHERE id = 'p-0005'"))
    assert faults(store) == [("record", "p-0005")]


@pytest.mark.parametrize("table", ["proposals", "proposal_queue"])
def test_a_status_that_does_not_follow_is_told(store: ProposalStore, table: str):
    with store._database.writing() as session:
        session.execute(text(f"UPDATE {table} SET status = 'rejected' WHERE id IN ('p-0001', 'p-0005')"))  # noqa: S608
    assert faults(store) == [("status", "p-0001"), ("status", "p-0005")]


def test_an_anchor_shows_what_was_cut_off_without_a_trace(store: ProposalStore):
    report = store.audit.verify()
    anchor = Anchor(report.decisions, report.head)
    assert faults(store, anchor) == []
    store.decisions.append([make_decision(make_proposal(MANY))])
    assert faults(store, anchor) == []  # it may grow
    tamper(
        store,
        f"DELETE FROM decisions WHERE sequence > {MANY - 1}",  # noqa: S608
        "UPDATE proposals SET status = 'proposed', version = 1 WHERE id IN ('p-0004', 'p-0005')",
        "UPDATE proposal_queue SET status = 'proposed' WHERE id IN ('p-0004', 'p-0005')",
    )
    assert faults(store) == []  # nothing in the database tells
    assert faults(store, anchor) == [("anchor", str(MANY))]


def test_the_canonical_form_is_fixed():
    row = dict.fromkeys(FIELDS) | {"sequence": 1, "id": "d", "text": '瓶 "x"', "awaits_second": False}
    row["decided"] = datetime(2026, 3, 1, 17, 30, tzinfo=timezone(timedelta(hours=8)))
    written = (
        '{"awaits_second":false,"dataset":null,"dataset_id":null,"decided":"2026-03-01T09:30:00.000000+00:00",'
        '"decided_by":null,"geography":null,"id":"d","language":null,"proposal_id":null,"proposal_version":null,'
        '"reason":null,"record_sha256":null,"refers_to":null,"seconds":null,"sequence":1,"text":"瓶 \\"x\\"",'
        '"unit":null,"verdict":null}'
    )
    assert chained(GENESIS, row) == hashlib.sha256(f"{'0' * 64}\n{written}".encode()).hexdigest()


def test_the_trail_names_who_when_what_and_why(store: ProposalStore):
    kept = store.decisions.of_proposal("p-0000")
    store.decisions.append([withdrawal_of(kept[0])])
    comment = store.comments.add("p-0000", "Which grade?\nAsk the supplier.", by="Ben")
    entries = store.audit.log(proposal_id="p-0000")
    assert [(one.what, one.who, one.why) for one in entries] == [
        ("commented", "Ben", "Which grade?\nAsk the supplier."),
        ("withdrawn", "Chen Li 陈莉", "wrong material"),
        ("confirmed", "Chen Li 陈莉", "reason 0"),
    ]
    assert entries[0].when == comment.written.isoformat()
    assert (entries[2].sequence, entries[2].dataset_id, len(entries[2].hash)) == (1, "ademe:1", 64)
    assert entries[2].description == make_proposal().product.description
    assert len(store.audit.log(3)) == 3
    assert len(store.audit.log()) == MANY + 2
    with pytest.raises(InputError):
        store.audit.log(0)
