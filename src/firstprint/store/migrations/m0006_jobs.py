"""0006: batch jobs, and answers to requests that a client may send again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_jobs"
down_revision: str | None = "0005_access"

_TEXTS = ("kind", "state", "owner", "file_name", "input_path", "output_path", "options", "error", "checkpoint")


def upgrade() -> None:
    """Creates both tables."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Text(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        sa.Column("worker", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("done", "total", "attempts")),
        sa.Column("cancelling", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in ("started", "heartbeat", "lease_until", "ended")
        ),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="ck_jobs_state"),
    )
    op.create_index("ix_jobs_state_created", "jobs", ["state", "created", "id"])
    op.create_index("ix_jobs_owner_created", "jobs", ["owner", "created", "id"])
    op.create_table(
        "idempotency_keys",
        sa.Column("owner", sa.Text(), primary_key=True),
        sa.Column("route", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("request_sha256", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_idempotency_created", "idempotency_keys", ["created"])


def downgrade() -> None:
    """Drops both tables."""
    op.drop_table("idempotency_keys")
    op.drop_table("jobs")
