"""0005: users, tokens, sessions, and comments, which only grow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_access"
down_revision: str | None = "0004_chain"

_REFUSAL = "comments are append-only"
_SQLITE = (
    f"CREATE TRIGGER comments_never_updated BEFORE UPDATE ON comments BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    f"CREATE TRIGGER comments_never_deleted BEFORE DELETE ON comments BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION firstprint_refuse_comment_change() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
    "CREATE TRIGGER comments_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON comments "
    "FOR EACH STATEMENT EXECUTE FUNCTION firstprint_refuse_comment_change()",
)


def upgrade() -> None:
    """Creates the four tables, and the triggers that refuse any change of a comment."""
    op.create_table(
        "users",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('viewer', 'reviewer', 'admin')", name="ck_users_role"),
    )
    _create_logins()
    op.create_table(
        "comments",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name="fk_comments_proposal"),
    )
    op.create_index("ix_comments_proposal", "comments", ["proposal_id", "written"])
    op.create_index("ix_comments_written", "comments", ["written", "id"])
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """Drops the tables with their indexes and triggers."""
    for name in ("comments", "sessions", "tokens", "users"):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION firstprint_refuse_comment_change()")


def _create_logins() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("user_key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_key"], ["users.key"], name="fk_tokens_user"),
    )
    op.create_index("ix_tokens_secret", "tokens", ["secret_sha256"], unique=True)
    op.create_index("ix_tokens_user", "tokens", ["user_key"])
    op.create_table(
        "sessions",
        sa.Column("secret_sha256", sa.Text(), primary_key=True),
        sa.Column("user_key", sa.Text(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_key"], ["users.key"], name="fk_sessions_user"),
    )
    op.create_index("ix_sessions_user", "sessions", ["user_key"])
    op.create_index("ix_sessions_expires", "sessions", ["expires"])
