"""The tables as typed mappings; a test holds them equal to what the migrations build."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, Double, ForeignKey, Index, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """A time with offset, kept in UTC. SQLite has no such type and would drop the offset silently."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time in UTC, as the database keeps it; ValueError for a time without an offset."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"The time {value.isoformat()} has no offset.")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time with its offset; SQLite hands it back without one, PostgreSQL in the session's zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table of the store."""


class ProposalRow(Base):
    """One saved proposal: the whole record as JSON, and the columns that lists are filtered and sorted by.

    Attributes:
        language: ISO 639-1 code of the product's description.
        kg_co2e: footprint per declared unit; it, ``low`` and ``high`` are None where there is no estimate.
        dataset_id: the first candidate's, or None without one.
        created: when the proposal was made, from its provenance.
        record: the ``Proposal`` as JSON; the truth where a column and the record could differ.
        version: rises by one with each change, so that two writers cannot overwrite each other unseen.
        superseded_by: id of the proposal that took its place, or None.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        Index("ix_proposals_created", "created", "id"),
        Index("ix_proposals_status_created", "status", "created", "id"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    status: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    kg_co2e: Mapped[float | None] = mapped_column(Double)
    low: Mapped[float | None] = mapped_column(Double)
    high: Mapped[float | None] = mapped_column(Double)
    dataset_id: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    record: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    superseded_by: Mapped[str | None] = mapped_column(Text)


class DecisionRow(Base):
    """One decision of a person; rows are added and never changed, which the database enforces.

    Attributes:
        sequence: place among all decisions, from 1 without gaps, in the order they were committed.
        decided_by: who; ``by`` is a word of SQL.
        refers_to: the decision that a withdrawal takes back, once at most.
        dataset: the dataset taken as it was then, as JSON; None where it is one of the proposal's candidates.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("id", name="uq_decisions_id"),
        UniqueConstraint("refers_to", name="uq_decisions_refers_to"),
        Index("ix_decisions_proposal", "proposal_id", "sequence"),
    )

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(Text)
    proposal_id: Mapped[str] = mapped_column(Text, ForeignKey("proposals.id", name="fk_decisions_proposal"))
    verdict: Mapped[str] = mapped_column(Text)
    dataset_id: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    geography: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    decided: Mapped[datetime] = mapped_column(UtcDateTime)
    refers_to: Mapped[str | None] = mapped_column(Text, ForeignKey("decisions.id", name="fk_decisions_refers_to"))
    dataset: Mapped[str | None] = mapped_column(Text)
