"""Stores of every earlier schema are brought to the newest with all they hold, on both databases."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from saved_proposals import make_decision, make_proposal, withdrawal_of
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from firstprint.domain.decision import HumanDecision
from firstprint.domain.proposal import Proposal
from firstprint.errors import WorkspaceError
from firstprint.store.address import parse_address
from firstprint.store.chain import FIELDS, GENESIS, chained
from firstprint.store.database import Database, open_database
from firstprint.store.opening import open_store
from firstprint.store.schema import MIGRATIONS, migration_context
from firstprint.store.tables import Base, DecisionRow

OLD, TAKEN_BACK, UNDECIDED = make_proposal(1), make_proposal(2), make_proposal(3)


def made_at(url: str, revision: str) -> Database:
    """A database as an earlier firstprint made it."""
    database = open_database(parse_address(url))
    script = ScriptDirectory(MIGRATIONS, version_locations=[MIGRATIONS])
    with database.writing() as session:
        context = migration_context(session.connection())
        with Operations.context(context):
            for step in reversed(list(script.iterate_revisions(revision, "base"))):
                step.module.upgrade()
                context.stamp(script, step.revision)
    return database


def insert(database: Database, table: str, values: Mapping[str, object]) -> None:
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    with database.writing() as session:
        session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), dict(values))  # noqa: S608


def insert_proposal(database: Database, proposal: Proposal, status: str, version: int) -> None:
    record = proposal.model_copy(update={"status": status}).model_dump_json()  # as it was written before the chain
    insert(
        database,
        "proposals",
        {
            "id": proposal.id,
            "status": status,
            "description": proposal.product.description,
            "language": "zh",
            "kg_co2e": 1.0,
            "low": 0.5,
            "high": 2.0,
            "dataset_id": "ademe:1",
            "decision": "match",
            "created": "2026-03-01 09:37:00.000000",
            "record": record,
            "version": version,
        },
    )


def insert_decision(database: Database, decision: HumanDecision, sequence: int) -> None:
    kept = decision.model_dump(include={"id", "proposal_id", "verdict", "dataset_id", "text", "language", "unit"})
    told = {"geography": "CN", "decided_by": decision.by, "reason": decision.reason, "refers_to": decision.refers_to}
    insert(database, "decisions", {**kept, **told, "sequence": sequence, "decided": "2026-03-02 09:30:00.000000"})


@pytest.mark.parametrize("revision", ["0002_decisions", "0003_successors"])
def test_old_decisions_are_chained_in_their_order(database_url: str, revision: str):
    database = made_at(database_url, revision)
    insert_proposal(database, OLD, "confirmed", 2)
    insert_proposal(database, TAKEN_BACK, "proposed", 3)
    insert_proposal(database, UNDECIDED, "proposed", 1)
    confirmed, wrong = make_decision(OLD), make_decision(TAKEN_BACK)
    for sequence, one in enumerate((confirmed, wrong, withdrawal_of(wrong)), start=1):
        insert_decision(database, one, sequence)
    database.close()
    with open_store(database_url) as store:
        assert [one.id for one in store.decisions.since(0)] == [confirmed.id, wrong.id, withdrawal_of(wrong).id]
        assert store.get(OLD.id) == OLD.model_copy(update={"status": "confirmed"})
        report = store.audit.verify()
        assert (report.whole, report.decisions, report.proposals) == (True, 3, 3)
        with store._database.reading() as session:
            previous = GENESIS
            for row in session.query(DecisionRow).order_by(DecisionRow.sequence):
                previous = chained(previous, {name: getattr(row, name) for name in FIELDS})
                assert row.hash == previous
            assert compare_metadata(migration_context(session.connection()), Base.metadata) == []
        assert report.head == previous
        queued = store.queue.page()
        assert {one.id: one.status for one in queued.items} == {
            OLD.id: "confirmed",
            TAKEN_BACK.id: "proposed",
            UNDECIDED.id: "proposed",
        }
        store.decisions.append([make_decision(TAKEN_BACK, 5)])
        store.supersede(OLD.id, make_proposal(8))
        assert store.audit.verify().whole


def test_the_triggers_are_back_after_the_chain_was_begun(database_url: str):
    database = made_at(database_url, "0003_successors")
    insert_proposal(database, OLD, "confirmed", 2)
    insert_decision(database, make_decision(OLD), 1)
    database.close()
    with open_store(database_url) as store:
        for statement in ("UPDATE decisions SET reason = 'x'", "DELETE FROM decisions"):
            # SQLite calls it a broken constraint, which passes through; PostgreSQL a fault.
            refused = pytest.raises((IntegrityError, WorkspaceError), match="append-only")
            with refused, store._database.writing() as session:
                session.connection().exec_driver_sql(statement)


def test_one_damaged_record_does_not_keep_a_store_from_being_upgraded(database_url: str):
    database = made_at(database_url, "0003_successors")
    insert_proposal(database, OLD, "proposed", 1)
    insert_proposal(database, UNDECIDED, "proposed", 1)
    with database.writing() as session:
        session.execute(text("UPDATE proposals SET record = 'no JSON' WHERE id = :id"), {"id": OLD.id})
    database.close()
    with open_store(database_url) as store:
        assert store.get(UNDECIDED.id) == UNDECIDED
        items = store.queue.page().items
        assert [(one.id, one.importance > 0) for one in items] == [(UNDECIDED.id, True), (OLD.id, False)]


def test_the_newest_schema_can_be_taken_down_again(database_url: str):
    database = made_at(database_url, "0007_accounts")
    script = ScriptDirectory(MIGRATIONS, version_locations=[MIGRATIONS])
    with database.writing() as session, Operations.context(migration_context(session.connection())):
        for step in script.walk_revisions():
            step.module.downgrade()
    with database.writing() as session, Operations.context(migration_context(session.connection())):
        for step in reversed(list(script.walk_revisions())):
            step.module.upgrade()
    database.close()
    with open_store(database_url) as store:
        assert not store.queue.page().items
