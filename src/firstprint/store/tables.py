"""The tables as typed mappings; a test holds them equal to what the migrations build."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, Double, ForeignKey, Index, Text, TypeDecorator, UniqueConstraint, false
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
    """One saved proposal: the whole record as JSON, and its main facts as columns.

    Attributes:
        language: ISO 639-1 code of the product's description.
        kg_co2e: footprint per declared unit; it, ``low`` and ``high`` are None where there is no estimate.
        dataset_id: the first candidate's, or None without one.
        created: when the proposal was made, from its provenance.
        status: the truth; the record keeps the status that it was saved with.
        record: the ``Proposal`` as JSON, never changed after it was saved.
        version: rises by one with each change, so that two writers cannot overwrite each other unseen.
        superseded_by: id of the proposal that took its place, or None.
        record_sha256: of the record's text, told to the hash chain with each decision.
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
    record_sha256: Mapped[str] = mapped_column(Text, server_default="")


class QueueRow(Base):
    """What lists of proposals are filtered and sorted by, apart from the records: these rows are short.

    SQLite reads a row from its beginning, so a column behind ``record`` would cost the whole record.
    Attributes are those of ``facets.Facets``, with:

    Attributes:
        status: that of the proposal.
        awaits_second: a first opinion waits for a second one.
        owner: who saved the proposal, where that is known.
    """

    __tablename__ = "proposal_queue"
    __table_args__ = (
        Index("ix_proposal_queue_importance", "importance", "id"),
        Index("ix_proposal_queue_status_importance", "status", "importance", "id"),
        Index("ix_proposal_queue_created", "created", "id"),
        Index("ix_proposal_queue_status_created", "status", "created", "id"),
    )

    id: Mapped[str] = mapped_column(Text, ForeignKey("proposals.id", name="fk_proposal_queue_id"), primary_key=True)
    status: Mapped[str] = mapped_column(Text)
    awaits_second: Mapped[bool] = mapped_column(default=False, server_default=false())
    importance: Mapped[float] = mapped_column(Double)
    probability: Mapped[float | None] = mapped_column(Double)
    language: Mapped[str] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(Text)
    flags: Mapped[str] = mapped_column(Text)
    owner: Mapped[str | None] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    words: Mapped[str] = mapped_column(Text)


class DecisionRow(Base):
    """One decision of a person; rows are added and never changed, which the database enforces.

    Attributes:
        sequence: place among all decisions, from 1 without gaps, in the order they were committed.
        decided_by: who; ``by`` is a word of SQL.
        refers_to: the decision that a withdrawal takes back, once at most.
        dataset: the dataset taken as it was then, as JSON; None where it is one of the proposal's candidates.
        record_sha256: of the proposal's record when it was decided about.
        hash: of this row and the hash before it; see ``chain``.
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
    proposal_version: Mapped[int] = mapped_column(default=0, server_default="0")
    awaits_second: Mapped[bool] = mapped_column(default=False, server_default=false())
    seconds: Mapped[str | None] = mapped_column(Text)
    record_sha256: Mapped[str] = mapped_column(Text, server_default="")
    hash: Mapped[str] = mapped_column(Text, server_default="")
