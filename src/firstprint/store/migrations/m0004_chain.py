"""0004: the hash chain of decisions, four eyes, and what lists of proposals are filtered and sorted by."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from firstprint.store.chain import FIELDS, GENESIS, chained, record_sha256
from firstprint.store.facets import facets_of
from firstprint.store.tables import UtcDateTime

revision = "0004_chain"
down_revision: str | None = "0003_successors"

_AT_ONCE = 500
_NO_TEXTS = {"sequence", "proposal_version", "awaits_second", "decided"}
_REFUSAL = "decisions are append-only: append a withdrawal instead"
_SQLITE = (
    f"CREATE TRIGGER decisions_never_updated BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    f"CREATE TRIGGER decisions_never_deleted BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
)
_POSTGRESQL = (
    "CREATE TRIGGER decisions_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON decisions "
    "FOR EACH STATEMENT EXECUTE FUNCTION firstprint_refuse_change()",
)
_DECISIONS = sa.table(
    "decisions",
    *(sa.column(name, sa.Text()) for name in (*FIELDS, "hash") if name not in _NO_TEXTS),
    *(sa.column(name, sa.Integer()) for name in ("sequence", "proposal_version")),
    sa.column("awaits_second", sa.Boolean()),
    sa.column("decided", UtcDateTime()),
)
_PROPOSALS = sa.table(
    "proposals",
    *(sa.column(name, sa.Text()) for name in ("id", "status", "language", "record", "record_sha256")),
    sa.column("created", UtcDateTime()),
)


def upgrade() -> None:
    """Adds the columns, hashes every row there is in its order, and puts the triggers back."""
    op.add_column("proposals", sa.Column("record_sha256", sa.Text(), nullable=False, server_default=""))
    op.add_column("decisions", sa.Column("proposal_version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("decisions", sa.Column("awaits_second", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("decisions", sa.Column("seconds", sa.Text(), nullable=True))
    op.add_column("decisions", sa.Column("record_sha256", sa.Text(), nullable=False, server_default=""))
    op.add_column("decisions", sa.Column("hash", sa.Text(), nullable=False, server_default=""))
    _create_queue()
    connection = op.get_bind()
    _fill_proposals(connection)
    _drop_triggers(connection)
    _hash_decisions(connection)
    for statement in _POSTGRESQL if connection.dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """Drops the columns and the table; the chain is lost."""
    op.drop_table("proposal_queue")
    _drop_triggers(op.get_bind())
    for name in ("hash", "record_sha256", "seconds", "awaits_second", "proposal_version"):
        op.drop_column("decisions", name)
    op.drop_column("proposals", "record_sha256")
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)


def _create_queue() -> None:
    op.create_table(
        "proposal_queue",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("awaits_second", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("importance", sa.Double(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["proposals.id"], name="fk_proposal_queue_id"),
    )
    op.create_index("ix_proposal_queue_importance", "proposal_queue", ["importance", "id"])
    op.create_index("ix_proposal_queue_status_importance", "proposal_queue", ["status", "importance", "id"])
    op.create_index("ix_proposal_queue_created", "proposal_queue", ["created", "id"])
    op.create_index("ix_proposal_queue_status_created", "proposal_queue", ["status", "created", "id"])


def _fill_proposals(connection: sa.Connection) -> None:
    queue = sa.Table("proposal_queue", sa.MetaData(), autoload_with=connection)
    after = ""
    query = sa.select(_PROPOSALS).order_by(_PROPOSALS.c.id).limit(_AT_ONCE)
    while rows := connection.execute(query.where(_PROPOSALS.c.id > after)).mappings().all():
        for row in rows:
            here = _PROPOSALS.c.id == row["id"]
            sha256 = record_sha256(row["record"])
            connection.execute(sa.update(_PROPOSALS).where(here).values(record_sha256=sha256))
        connection.execute(sa.insert(queue), [_queue_row(row) for row in rows])
        after = rows[-1]["id"]


def _queue_row(row: Any) -> dict[str, object]:  # noqa: ANN401 - a row of any database
    try:
        record = json.loads(row["record"])
    except ValueError:  # one damaged record must not keep the others from being upgraded; reading it says so
        record = {}
    same = {name: row[name] for name in ("id", "status", "language", "created")}
    return {**same, **facets_of(record)._asdict()}


def _drop_triggers(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        op.execute("DROP TRIGGER decisions_never_changed ON decisions")
        return
    op.execute("DROP TRIGGER IF EXISTS decisions_never_updated")
    op.execute("DROP TRIGGER IF EXISTS decisions_never_deleted")


def _hash_decisions(connection: sa.Connection) -> None:
    previous, after = GENESIS, 0
    query = (
        sa.select(_DECISIONS, _PROPOSALS.c.record_sha256.label("of_proposal"))
        .join(_PROPOSALS, _PROPOSALS.c.id == _DECISIONS.c.proposal_id)
        .order_by(_DECISIONS.c.sequence)
        .limit(_AT_ONCE)
    )
    while rows := connection.execute(query.where(_DECISIONS.c.sequence > after)).mappings().all():
        for row in rows:
            sha256 = row["of_proposal"]
            previous = chained(previous, {**row, "record_sha256": sha256})
            here = _DECISIONS.c.sequence == row["sequence"]
            connection.execute(sa.update(_DECISIONS).where(here).values(hash=previous, record_sha256=sha256))
        after = rows[-1]["sequence"]
