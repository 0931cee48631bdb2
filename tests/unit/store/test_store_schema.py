"""Migrations build exactly what the mappings say, once, and never touch a schema they do not know."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.script import ScriptDirectory
from saved_proposals import make_decision, make_proposal

from firstprint.errors import WorkspaceError
from firstprint.store.address import parse_address
from firstprint.store.database import open_database
from firstprint.store.opening import open_store
from firstprint.store.schema import MIGRATIONS, migration_context, upgrade_schema
from firstprint.store.tables import Base


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "firstprint.db"


def _run(file: Path, *statements: str) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            rows = connection.execute(statement).fetchall()
        connection.commit()
    return rows


def test_migrations_are_numbered_in_the_order_they_run():
    script = ScriptDirectory(MIGRATIONS, version_locations=[MIGRATIONS])
    revisions = [step.revision for step in script.walk_revisions()][::-1]
    assert [revision[:5] for revision in revisions] == [f"{n:04d}_" for n in range(1, len(revisions) + 1)]
    assert revisions[0] == "0001_proposals"
    assert {f"m{revision}.py" for revision in revisions} == {path.name for path in MIGRATIONS.glob("m*.py")}


def test_migrations_build_what_the_mappings_say(file: Path):
    database = open_database(parse_address(f"sqlite:///{file}"))
    upgrade_schema(database)
    with database.reading() as session:
        differences = compare_metadata(migration_context(session.connection()), Base.metadata)
    database.close()
    assert differences == []


def test_an_empty_database_is_brought_to_head_and_stays_there(file: Path):
    file.touch()
    for _ in range(2):
        open_store(f"sqlite:///{file}").close()
        assert _run(file, "SELECT version_num FROM firstprint_schema") == [("0007_accounts",)]


OLDEST = (
    "CREATE TABLE firstprint_schema (version_num VARCHAR(32) NOT NULL, "
    "CONSTRAINT firstprint_schema_pkc PRIMARY KEY (version_num))",
    "INSERT INTO firstprint_schema VALUES ('0001_proposals')",
    "CREATE TABLE proposals (id TEXT NOT NULL, status TEXT NOT NULL, description TEXT NOT NULL, "
    "language TEXT NOT NULL, kg_co2e DOUBLE, low DOUBLE, high DOUBLE, dataset_id TEXT, decision TEXT NOT NULL, "
    "created DATETIME NOT NULL, record TEXT NOT NULL, version INTEGER DEFAULT '1' NOT NULL, PRIMARY KEY (id))",
    "CREATE INDEX ix_proposals_created ON proposals (created, id)",
    "CREATE INDEX ix_proposals_status_created ON proposals (status, created, id)",
)


def test_the_oldest_schema_is_brought_to_head_with_what_it_holds(file: Path):
    kept = make_proposal(7)
    record = kept.model_dump_json().replace("'", "''")
    values = "'p-0007', 'proposed', 'bottle', 'zh', 1.0, 0.5, 2.0, 'ademe:1', 'match', '2026-03-01 09:37:00.000000'"
    _run(file, *OLDEST, f"INSERT INTO proposals VALUES ({values}, '{record}', 1)")  # noqa: S608
    with open_store(f"sqlite:///{file}") as store:
        assert store.get("p-0007") == kept
        decided = store.decisions.append([make_decision(kept)])
        assert store.decisions.of_proposal("p-0007") == decided
        assert store.get("p-0007").status == "confirmed"
        with store._database.reading() as session:
            assert compare_metadata(migration_context(session.connection()), Base.metadata) == []


def test_a_newer_schema_is_refused_and_left_alone(file: Path):
    with open_store(f"sqlite:///{file}") as store:
        store.save(make_proposal())
    _run(file, "UPDATE firstprint_schema SET version_num = '0999_later'")
    with pytest.raises(WorkspaceError, match=r"'0999_later'.*'0007_accounts'") as caught:
        open_store(f"sqlite:///{file}")
    assert caught.value.code == "store_newer"
    # SQLite removes the log with the last connection: a refused store is closed, not left to the collector.
    assert not file.with_name("firstprint.db-wal").exists()
    assert "Update firstprint" in caught.value.hint
    assert _run(file, "SELECT count(*) FROM proposals") == [(1,)]


def test_another_programs_table_is_left_alone(file: Path):
    _run(file, "CREATE TABLE proposals (title TEXT)", "INSERT INTO proposals VALUES ('theirs')")
    with pytest.raises(WorkspaceError) as caught:
        open_store(f"sqlite:///{file}")
    assert caught.value.code == "store_foreign"
    assert _run(file, "SELECT * FROM proposals") == [("theirs",)]


def test_another_programs_alembic_table_does_not_mislead(file: Path):
    _run(file, "CREATE TABLE alembic_version (version_num TEXT)", "INSERT INTO alembic_version VALUES ('ae10')")
    with open_store(f"sqlite:///{file}") as store:
        assert store.count() == 0


def test_a_migration_that_fails_leaves_no_half_schema(file: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise KeyError("stopped between two steps")

    with monkeypatch.context() as patch:
        patch.setattr("alembic.runtime.migration.MigrationContext.stamp", fail)
        with pytest.raises(KeyError):
            open_store(f"sqlite:///{file}")
    assert _run(file, "SELECT name FROM sqlite_master") == []
    with open_store(f"sqlite:///{file}") as store:
        assert store.count() == 0
