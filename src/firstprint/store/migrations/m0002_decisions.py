"""0002: the table of decisions, which only grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_decisions"
down_revision: str | None = "0001_proposals"

_REFUSAL = "decisions are append-only: append a withdrawal instead"
_SQLITE = (
    f"CREATE TRIGGER decisions_never_updated BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    f"CREATE TRIGGER decisions_never_deleted BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION firstprint_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
    "CREATE TRIGGER decisions_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON decisions "
    "FOR EACH STATEMENT EXECUTE FUNCTION firstprint_refuse_change()",
)


def upgrade() -> None:
    """Creates ``decisions``, its index, and the triggers that refuse any change of a row."""
    op.create_table(
        "decisions",
        sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("dataset_id", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("geography", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refers_to", sa.Text(), nullable=True),
        sa.UniqueConstraint("id", name="uq_decisions_id"),
        sa.UniqueConstraint("refers_to", name="uq_decisions_refers_to"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name="fk_decisions_proposal"),
        sa.ForeignKeyConstraint(["refers_to"], ["decisions.id"], name="fk_decisions_refers_to"),
        sa.CheckConstraint(
            "verdict IN ('confirmed', 'overridden', 'rejected', 'withdrawn')", name="ck_decisions_verdict"
        ),
        sa.CheckConstraint("(verdict = 'withdrawn') = (refers_to IS NOT NULL)", name="ck_decisions_refers_to"),
        sa.CheckConstraint(
            "verdict NOT IN ('confirmed', 'overridden') OR dataset_id IS NOT NULL", name="ck_decisions_dataset"
        ),
    )
    op.create_index("ix_decisions_proposal", "decisions", ["proposal_id", "sequence"])
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """Drops the table with its index and triggers."""
    op.drop_table("decisions")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION firstprint_refuse_change()")
