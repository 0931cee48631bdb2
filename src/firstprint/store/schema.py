"""Brings a database's schema to the one this software knows, once, whoever starts first."""

from __future__ import annotations

from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from firstprint.errors import WorkspaceError
from firstprint.store.database import Database

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
VERSION_TABLE = "firstprint_schema"
"""Our own name, so that another program's alembic table in a shared database is left alone."""

_LOCK_KEY = 0x66707269  # "fpri" in ASCII: any number, the same in every process


def upgrade_schema(database: Database) -> None:
    """Runs the migrations that are missing, all in one transaction that holds the write lock.

    Raises:
        WorkspaceError: ``store_newer`` when a newer firstprint made the schema; ``store_foreign`` when the
            tables are another program's; else as for ``Database.reading``.
    """
    script = ScriptDirectory(MIGRATIONS, version_locations=[MIGRATIONS])
    head = script.get_current_head()
    with database.reading() as session:
        if _current(session.connection()) == head:
            return
    with database.writing() as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            # SQLite's write transaction is the lock; PostgreSQL's readers and writers need one by name.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        current = _current(connection)
        _check_known(current, script, database.shown)
        _check_ours(current, connection, database.shown)
        _upgrade(connection, script, current)


def migration_context(connection: Connection) -> MigrationContext:
    """Alembic's view of ``connection``, reading and writing our version table."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})


def _current(connection: Connection) -> str | None:
    return migration_context(connection).get_current_revision()


def _upgrade(connection: Connection, script: ScriptDirectory, current: str | None) -> None:
    # Run here and not through alembic's command line: no env.py, no ini file, no configuration of logging.
    context = migration_context(connection)
    steps = list(script.iterate_revisions("head", current or "base"))
    with Operations.context(context):
        for step in reversed(steps):
            step.module.upgrade()
            context.stamp(script, step.revision)


def _check_known(current: str | None, script: ScriptDirectory, shown: str) -> None:
    known = {step.revision for step in script.walk_revisions()}
    if current is not None and current not in known:
        raise WorkspaceError(
            f"The store {shown!r} has schema {current!r}, made by a newer firstprint; "
            f"this one knows up to {script.get_current_head()!r}.",
            hint="Update firstprint, or name another store with FIRSTPRINT_DATABASE_URL.",
            code="store_newer",
        )


def _check_ours(current: str | None, connection: Connection, shown: str) -> None:
    if current is None and inspect(connection).has_table("proposals"):
        raise WorkspaceError(
            f"The store {shown!r} has a table 'proposals' that firstprint did not make.",
            hint="Name a database of firstprint's own with FIRSTPRINT_DATABASE_URL.",
            code="store_foreign",
        )
