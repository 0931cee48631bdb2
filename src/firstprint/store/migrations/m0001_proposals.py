"""0001: the table of saved proposals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001_proposals"
down_revision: str | None = None


def upgrade() -> None:
    """Creates ``proposals`` and the two indexes its lists are read by."""
    op.create_table(
        "proposals",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("kg_co2e", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("dataset_id", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    )
    op.create_index("ix_proposals_created", "proposals", ["created", "id"])
    op.create_index("ix_proposals_status_created", "proposals", ["status", "created", "id"])


def downgrade() -> None:
    """Drops the table with its indexes."""
    op.drop_table("proposals")
