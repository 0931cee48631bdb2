"""0003: which proposal took the place of another, and the dataset a person took as it was then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_successors"
down_revision: str | None = "0002_decisions"


def upgrade() -> None:
    """Adds two columns that are empty for everything kept so far."""
    op.add_column("proposals", sa.Column("superseded_by", sa.Text(), nullable=True))
    op.add_column("decisions", sa.Column("dataset", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drops both columns."""
    op.drop_column("decisions", "dataset")
    op.drop_column("proposals", "superseded_by")
