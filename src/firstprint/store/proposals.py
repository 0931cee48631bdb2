"""Keeps proposals: what is read back equals what was saved, to the last digit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches
from types import TracebackType

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from firstprint.domain.kept import KeptProposal
from firstprint.domain.proposal import Proposal, Status
from firstprint.errors import InputError
from firstprint.store.audit import Audit
from firstprint.store.chain import record_sha256
from firstprint.store.comments import CommentStore
from firstprint.store.database import Database
from firstprint.store.decisions import DecisionStore, decisions_of, one_writer
from firstprint.store.facets import facets_of
from firstprint.store.idempotency import IdempotencyStore
from firstprint.store.jobs import JobStore
from firstprint.store.proposal_records import read_record, to_json
from firstprint.store.queue import Queue
from firstprint.store.sessions import SessionStore
from firstprint.store.tables import ProposalRow, QueueRow
from firstprint.store.tokens import TokenStore
from firstprint.store.users import UserStore

Proposals = list[Proposal]
"""Named apart because the store's own ``list`` hides the built-in one inside the class."""

_RECORD = select(ProposalRow.id, ProposalRow.record, ProposalRow.status)
_ASKED_AT_ONCE = 500
_NEAR_IDS = 3
_DECIDED = ("confirmed", "overridden")
_NEAR_AMONG = 1000
"""A mistyped id is most likely a recent one; a whole table is not compared."""


class ProposalStore:
    """The saved proposals of one database. Safe to use from several threads; close it after use.

    Everything else that is kept in the same database is reached from here.

    Attributes:
        decisions: what people decided about them.
        queue: lists of them, filtered and in the order of what matters.
        audit: whether the history is whole, and the history to read.
        comments: what people remarked on them.
        users: who may log in.
        tokens: what programs log in with.
        sessions: browsers that are logged in.
        jobs: batches that wait, run and ended.
        idempotency: answers to requests that a client may send twice.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.decisions = DecisionStore(database)
        self.queue = Queue(database)
        self.audit = Audit(database)
        self.comments = CommentStore(database)
        self.users = UserStore(database)
        self.tokens = TokenStore(database)
        self.sessions = SessionStore(database)
        self.jobs = JobStore(database)
        self.idempotency = IdempotencyStore(database)

    def __enter__(self) -> ProposalStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def save(self, proposal: Proposal, owner: str | None = None) -> None:
        """Adds ``proposal``; one that is there already with the same content is left as it is.

        Args:
            proposal: as proposed.
            owner: who had it made, where that is known.

        Raises:
            InputError: ``proposal_exists`` for a known id with other content; ``created_invalid`` when
                ``provenance.created`` is no ISO 8601 time with an offset; ``proposal_unkeepable`` when the
                record would not read back equal (a number that is not finite, text no database keeps).
            WorkspaceError: the database fails.
        """
        row = _row(proposal)
        try:
            with self._database.writing() as session:
                _add(session, row, owner)
        except IntegrityError:
            self._check_same(proposal)

    def supersede(self, proposal_id: str, successor: Proposal) -> None:
        """Adds ``successor`` in the place of a proposal that a person decided, in one step.

        The old record stays as it was, its decisions with it; only its status says that another took its place.

        Raises:
            InputError: ``proposal_unknown``; ``proposal_not_decided`` where nobody decided it or another took its
                place already; else as for ``save``.
            WorkspaceError: the database fails.
        """
        row = _row(successor)
        with self._database.writing() as session:
            one_writer(session)
            old = session.get(ProposalRow, proposal_id)
            if old is None:
                raise self._unknown(proposal_id, _near_ids(session, proposal_id))
            if old.status not in _DECIDED:
                raise InputError(
                    f"The proposal {proposal_id!r} is {old.status}: only a decided one is superseded.",
                    hint="See the decided ones: firstprint review list --status confirmed",
                    code="proposal_not_decided",
                )
            queued = session.get(QueueRow, proposal_id)
            _add(session, row, None if queued is None else queued.owner)
            old.status, old.superseded_by = "superseded", successor.id
            old.version += 1
            if queued is not None:
                queued.status, queued.awaits_second = "superseded", False

    def successor_of(self, proposal_id: str) -> str | None:
        """The id of the proposal that took this one's place, or None.

        Raises:
            WorkspaceError: the database fails.
        """
        query = select(ProposalRow.superseded_by).where(ProposalRow.id == proposal_id)
        with self._database.reading() as session:
            return session.scalar(query)

    def get(self, proposal_id: str) -> Proposal:
        """The proposal with this id.

        Raises:
            InputError: ``proposal_unknown``, naming ids that are near.
            WorkspaceError: the database fails, or the record in it is damaged.
        """
        with self._database.reading() as session:
            row = session.execute(_RECORD.where(ProposalRow.id == proposal_id)).one_or_none()
            near = () if row is not None else _near_ids(session, proposal_id)
        if row is None:
            raise self._unknown(proposal_id, near)
        return self._read(row.id, row.record, row.status)

    def kept(self, proposal_id: str) -> KeptProposal:
        """The proposal with all that is kept about it, read at one moment.

        Raises:
            InputError: ``proposal_unknown``, naming ids that are near.
            WorkspaceError: the database fails, or the record in it is damaged.
        """
        with self._database.reading() as session:
            row = session.get(ProposalRow, proposal_id)
            if row is None:
                raise self._unknown(proposal_id, _near_ids(session, proposal_id))
            return KeptProposal(
                proposal=self._read(row.id, row.record, row.status),
                version=row.version,
                decisions=decisions_of(session, proposal_id),
                superseded_by=row.superseded_by,
                owner=session.scalar(select(QueueRow.owner).where(QueueRow.id == proposal_id)),
            )

    def get_all(self, proposal_ids: Sequence[str]) -> Proposals:
        """The proposals with these ids, in their order; ids that are not there are left out.

        Raises:
            WorkspaceError: the database fails, or a record in it is damaged.
        """
        found: dict[str, Proposal] = {}
        with self._database.reading() as session:
            for start in range(0, len(proposal_ids), _ASKED_AT_ONCE):
                part = ProposalRow.id.in_(proposal_ids[start : start + _ASKED_AT_ONCE])
                for row in session.execute(_RECORD.where(part)):
                    found[row.id] = self._read(row.id, row.record, row.status)
        return [found[each] for each in proposal_ids if each in found]

    def resolve(self, typed: str) -> str:
        """The one id that is ``typed`` or begins with it.

        Raises:
            InputError: ``proposal_unknown``, naming ids that are near; ``proposal_ambiguous`` when several begin so.
            WorkspaceError: the database fails.
        """
        with self._database.reading() as session:
            if session.scalar(select(ProposalRow.id).where(ProposalRow.id == typed)) is not None:
                return typed
            found = _beginning_with(session, typed, _NEAR_IDS + 1)
            near = () if found else _near_ids(session, typed)
        if len(found) > 1:
            more = ", …" if len(found) > _NEAR_IDS else ""
            raise InputError(
                f"Several proposals have an id that begins with {typed!r}: {', '.join(found[:_NEAR_IDS])}{more}.",
                hint="Type more of the id.",
                code="proposal_ambiguous",
            )
        if not found:
            raise self._unknown(typed, near)
        return found[0]

    def list(self, status: Status | None = None, limit: int = 50, offset: int = 0) -> Proposals:
        """Proposals, newest first by the time they were made (then by id, so that pages never overlap).

        Args:
            status: only those in this state; None for all.
            limit: how many at most, 1 or more.
            offset: how many to pass over, 0 or more.

        Raises:
            InputError: ``page_invalid``.
            WorkspaceError: the database fails, or a record in it is damaged.
        """
        if limit < 1 or offset < 0:
            raise InputError(
                f"A page has a limit of 1 or more and an offset of 0 or more, got {limit} and {offset}.",
                hint="Ask for example for limit 50, offset 0.",
                code="page_invalid",
            )
        query = _RECORD
        if status is not None:
            query = query.where(ProposalRow.status == status)
        query = query.order_by(ProposalRow.created.desc(), ProposalRow.id.desc()).limit(limit).offset(offset)
        with self._database.reading() as session:
            rows = session.execute(query).all()
        return [self._read(row.id, row.record, row.status) for row in rows]

    def count(self, status: Status | None = None) -> int:
        """How many proposals are kept: all, or those in one state.

        Raises:
            WorkspaceError: the database fails.
        """
        query = select(func.count()).select_from(ProposalRow)
        if status is not None:
            query = query.where(ProposalRow.status == status)
        with self._database.reading() as session:
            return session.scalar(query) or 0

    def close(self) -> None:
        """Closes the database; every later call raises ``WorkspaceError`` with code ``store_closed``."""
        self._database.close()

    def _check_same(self, proposal: Proposal) -> None:
        # Records are compared, not their JSON: a later version may write a new field with its default.
        kept = self.get(proposal.id)
        if proposal.status == "proposed":  # saved again after a person decided: that is no other content
            kept = kept.model_copy(update={"status": "proposed"})
        if kept != proposal:
            raise InputError(
                f"A proposal with the id {proposal.id!r} and other content is already in the store "
                f"{self._database.shown!r}.",
                hint="Save the new one under an id of its own; a kept proposal is never overwritten.",
                code="proposal_exists",
            )

    def _unknown(self, typed: str, near: tuple[str, ...]) -> InputError:
        return InputError(
            f"No proposal has the id {typed!r} in the store {self._database.shown!r}.",
            hint=f"Near ids: {', '.join(near)}." if near else "See the ids with: firstprint review list",
            code="proposal_unknown",
        )

    def _read(self, proposal_id: str, record: str, status: str) -> Proposal:
        return read_record(proposal_id, record, status, self._database.shown)


def _add(session: Session, row: ProposalRow, owner: str | None) -> None:
    session.add(row)
    session.flush()  # the queue refers to it
    facets = facets_of(json.loads(row.record))._asdict()
    same = {name: getattr(row, name) for name in ("id", "status", "language", "created")}
    session.add(QueueRow(**same, **facets, owner=owner))


def _row(proposal: Proposal) -> ProposalRow:
    estimate, record = proposal.estimate, to_json(proposal)
    return ProposalRow(
        id=proposal.id,
        status=proposal.status,
        description=proposal.product.description,
        language=proposal.product.language,
        kg_co2e=estimate.kg_co2e if estimate else None,
        low=estimate.low if estimate else None,
        high=estimate.high if estimate else None,
        dataset_id=proposal.candidates[0].dataset_id if proposal.candidates else None,
        decision=proposal.decision,
        created=_created(proposal),
        record=record,
        record_sha256=record_sha256(record),
    )


def _created(proposal: Proposal) -> datetime:
    text = proposal.provenance.created
    try:
        created = datetime.fromisoformat(text)
    except ValueError:
        created = None
    if created is None or created.tzinfo is None:
        raise InputError(
            f"The proposal {proposal.id!r} was created at {text!r}: no ISO 8601 time with an offset.",
            hint="Write for example 2026-03-01T09:30:00+00:00.",
            code="created_invalid",
        )
    return created


def _near_ids(session: Session, proposal_id: str) -> tuple[str, ...]:
    """Ids that begin with what was typed, else the recent ones spelled most like it."""
    if found := _beginning_with(session, proposal_id, _NEAR_IDS):
        return found
    recent = select(ProposalRow.id).order_by(ProposalRow.created.desc()).limit(_NEAR_AMONG)
    return tuple(get_close_matches(proposal_id, session.scalars(recent).all(), n=_NEAR_IDS))


def _beginning_with(session: Session, typed: str, limit: int) -> tuple[str, ...]:
    begins = select(ProposalRow.id).where(ProposalRow.id.startswith(typed, autoescape=True))
    return tuple(session.scalars(begins.order_by(ProposalRow.id).limit(limit)).all()) if typed else ()
