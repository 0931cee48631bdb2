"""The tables of jobs and idempotency keys as typed mappings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from firstprint.store.tables import Base, UtcDateTime


class JobRow(Base):
    """One batch job; the columns are the attributes of ``domain.jobs.Job``."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_state_created", "state", "created", "id"),
        Index("ix_jobs_owner_created", "owner", "created", "id"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text)
    input_path: Mapped[str] = mapped_column(Text)
    output_path: Mapped[str] = mapped_column(Text)
    options: Mapped[str] = mapped_column(Text)
    done: Mapped[int]
    total: Mapped[int]
    error: Mapped[str] = mapped_column(Text)
    checkpoint: Mapped[str] = mapped_column(Text)
    worker: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int]
    cancelling: Mapped[bool] = mapped_column(default=False, server_default=false())
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    started: Mapped[datetime | None] = mapped_column(UtcDateTime)
    heartbeat: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IdempotencyRow(Base):
    """One request that a client may send again: what was asked, and what was answered.

    Attributes:
        request_sha256: of what was asked.
        status: of the answer; None while it is being worked on.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_created", "created"),)

    owner: Mapped[str] = mapped_column(Text, primary_key=True)
    route: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request_sha256: Mapped[str] = mapped_column(Text)
    status: Mapped[int | None]
    body: Mapped[str | None] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
