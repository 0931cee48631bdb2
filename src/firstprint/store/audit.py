"""Whether the history is whole: both hash chains, each proposal and account against them; and the trail to read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from firstprint.domain.decision import HumanDecision, first_opinions, status_after
from firstprint.domain.trail import AuditFault, AuditReport, TrailEntry
from firstprint.errors import InputError, WorkspaceError
from firstprint.store.accounts import check_accounts, latest_changes
from firstprint.store.chain import FIELDS, GENESIS, chained, record_sha256
from firstprint.store.database import Database
from firstprint.store.decisions import decision_of
from firstprint.store.tables import DecisionRow, ProposalRow, QueueRow
from firstprint.store.tables_access import CommentRow

MAX_FAULTS = 100
MAX_ENTRIES = 100_000
_AT_ONCE = 500


class Anchor(NamedTuple):
    """A place in the chain that somebody noted earlier, outside the database."""

    sequence: int
    hash: str


class Audit:
    """Checks and reads the history of one database; opened with the proposals, as ``ProposalStore.audit``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def verify(self, anchor: Anchor | None = None) -> AuditReport:
        """Reads everything once and compares it with what the chain says.

        A chain alone cannot show that its last rows were cut off together with every trace in the proposals: an
        ``anchor`` noted elsewhere does.

        Raises:
            WorkspaceError: the database fails.
        """
        with self._database.reading() as session:
            faults, last = _chain(session, anchor)
            accounts = check_accounts(session)
            faults += accounts.faults
            proposals = 0
            for rows in _proposals(session):
                proposals += len(rows)
                faults += _proposal_faults(session, rows)
                if len(faults) >= MAX_FAULTS:
                    break
        return AuditReport(
            whole=not faults,
            decisions=last.sequence,
            proposals=proposals,
            head=last.hash,
            faults=tuple(faults[:MAX_FAULTS]),
            account_changes=accounts.changes,
            account_head=accounts.head,
        )

    def log(self, limit: int = 50, proposal_id: str | None = None, *, accounts: bool = True) -> tuple[TrailEntry, ...]:
        """What people did, latest first.

        Args:
            limit: how many entries at most.
            proposal_id: only about this proposal; None for all.
            accounts: changes of accounts too, where it is not about one proposal.

        Raises:
            InputError: ``page_invalid``.
            WorkspaceError: the database fails.
        """
        if not 1 <= limit <= MAX_ENTRIES:
            raise InputError(f"A trail has a limit of 1 to {MAX_ENTRIES:,} entries, got {limit}.", code="page_invalid")
        decided = select(DecisionRow).order_by(DecisionRow.sequence.desc()).limit(limit)
        said = (
            select(CommentRow, ProposalRow.description)
            .join(ProposalRow, ProposalRow.id == CommentRow.proposal_id)
            .order_by(CommentRow.written.desc(), CommentRow.id.desc())
            .limit(limit)
        )
        if proposal_id is not None:
            decided = decided.where(DecisionRow.proposal_id == proposal_id)
            said = said.where(CommentRow.proposal_id == proposal_id)
        with self._database.reading() as session:
            entries = [_decided(row) for row in session.scalars(decided)]
            entries += [_said(row, description) for row, description in session.execute(said)]
            entries += latest_changes(session, limit) if accounts and proposal_id is None else []
        # Stable: decisions of one second stay in their own order.
        return tuple(sorted(entries, key=lambda one: one.when, reverse=True)[:limit])


def _chain(session: Session, anchor: Anchor | None) -> tuple[list[AuditFault], Anchor]:
    """The first decision at which the chain is broken, if any, and the last one there is."""
    previous = Anchor(0, GENESIS)
    broken: list[AuditFault] = []
    noted = anchor is None or anchor == previous
    for row in session.scalars(
        select(DecisionRow).order_by(DecisionRow.sequence).execution_options(yield_per=_AT_ONCE)
    ):
        if not broken and (fault := _link(row, previous)):
            broken.append(AuditFault(kind="chain", place=str(row.sequence), message=fault))
        previous = Anchor(row.sequence, row.hash)
        noted = noted or previous == anchor
        session.expunge(row)
    if anchor is not None and not noted:
        message = f"The decision {anchor.sequence} with the hash {anchor.hash} is not there any more."
        broken.append(AuditFault(kind="anchor", place=str(anchor.sequence), message=message))
    return broken, previous


def _link(row: DecisionRow, previous: Anchor) -> str:
    """What is wrong with a decision where it stands; empty if nothing."""
    if row.sequence != previous.sequence + 1:
        gap = f"{previous.sequence + 1}" + (f" to {row.sequence - 1}" if row.sequence > previous.sequence + 2 else "")
        return f"Before the decision {row.sequence} ({row.id!r}), {gap} is missing: it was removed or moved."
    if chained(previous.hash, {name: getattr(row, name) for name in FIELDS}) != row.hash:
        return (
            f"The decision {row.sequence} ({row.id!r}, {row.verdict} by {row.decided_by!r}) does not fit its hash and "
            "the decision before it: it was edited, put in or moved."
        )
    return ""


def _proposals(session: Session) -> Iterator[Sequence[ProposalRow]]:
    after = ""
    query = select(ProposalRow).order_by(ProposalRow.id).limit(_AT_ONCE)
    while rows := session.scalars(query.where(ProposalRow.id > after)).all():
        yield rows
        after = rows[-1].id
        session.expunge_all()


def _proposal_faults(session: Session, rows: Sequence[ProposalRow]) -> list[AuditFault]:
    ids = [row.id for row in rows]
    histories: dict[str, list[DecisionRow]] = defaultdict(list)
    for decision in session.scalars(
        select(DecisionRow).where(DecisionRow.proposal_id.in_(ids)).order_by(DecisionRow.sequence)
    ):
        histories[decision.proposal_id].append(decision)
    queued = {row.id: row for row in session.scalars(select(QueueRow).where(QueueRow.id.in_(ids)))}
    faults = []
    for row in rows:
        if fault := _record_fault(row, histories[row.id]):
            faults.append(AuditFault(kind="record", place=row.id, message=fault))
        if fault := _history_fault(row, histories[row.id], queued.get(row.id)):
            faults.append(AuditFault(kind="status", place=row.id, message=fault))
    return faults


def _record_fault(row: ProposalRow, history: Sequence[DecisionRow]) -> str:
    found = record_sha256(row.record)
    if found != row.record_sha256:
        return f"The record of the proposal {row.id!r} is not the one that was saved: its SHA-256 is {found}."
    for decision in history:
        if decision.record_sha256 != found:
            return f"The record of the proposal {row.id!r} is not the one that the decision {decision.id!r} was about."
    return ""


def _history_fault(row: ProposalRow, history: Sequence[DecisionRow], queued: QueueRow | None) -> str:
    try:
        decisions = tuple(map(decision_of, history))
    except WorkspaceError as error:
        return error.message
    return _status_fault(row, decisions, queued)


def _status_fault(row: ProposalRow, history: Sequence[HumanDecision], queued: QueueRow | None) -> str:
    status = "superseded" if row.superseded_by is not None else status_after(history)
    if status != row.status and (history or row.status != _saved_as(row)):
        return f"The proposal {row.id!r} is {row.status}; its decisions make it {status}."
    if history and history[-1].proposal_version not in _versions(row):
        last = history[-1]
        return (
            f"The proposal {row.id!r} is at version {row.version}; its last decision ({last.id!r}) made version "
            f"{last.proposal_version}: a later one is missing."
        )
    if not history and row.version != 1:
        return f"The proposal {row.id!r} is at version {row.version} and has no decision: those made are missing."
    if queued is None or queued.status != row.status:
        return f"The proposal {row.id!r} is {row.status} and stands in lists as {queued and queued.status}."
    if queued.awaits_second != (row.status == "proposed" and bool(first_opinions(history))):
        return f"The proposal {row.id!r} stands in lists as waiting for a second reviewer where it is not, or not so."
    return ""


def _saved_as(row: ProposalRow) -> str:
    """The status in the record: a proposal may be saved with another than ``proposed``, by an import."""
    import json

    try:
        return str(json.loads(row.record).get("status", "proposed"))
    except (ValueError, AttributeError):
        return "proposed"


def _versions(row: ProposalRow) -> tuple[int, ...]:
    """Versions that the last decision may have made: superseding adds one; 0 was not kept before the chain."""
    return (0, row.version, row.version - 1) if row.superseded_by is not None else (0, row.version)


def _decided(row: DecisionRow) -> TrailEntry:
    decision = decision_of(row)
    return TrailEntry(
        when=decision.decided,
        who=decision.by,
        what="first_opinion" if decision.awaits_second else decision.verdict,
        why=decision.reason,
        proposal_id=decision.proposal_id,
        description=decision.text,
        dataset_id=decision.dataset_id,
        sequence=decision.sequence,
        hash=row.hash,
    )


def _said(row: CommentRow, description: str) -> TrailEntry:
    return TrailEntry(
        when=row.written.isoformat(),
        who=row.written_by,
        what="commented",
        why=row.text,
        proposal_id=row.proposal_id,
        description=description,
    )
