"""Keeps decisions: rows are only ever added, and a proposal's status follows from them in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, aliased

from firstprint.domain.decision import HumanDecision, first_opinions, in_force, standing, status_after
from firstprint.domain.second_opinion import with_second
from firstprint.errors import ConflictError, InputError, WorkspaceError
from firstprint.store.chain import FIELDS, GENESIS, chained
from firstprint.store.database import Database
from firstprint.store.tables import DecisionRow, ProposalRow, QueueRow

_LOCK_KEY = 0x66706465  # "fpde" in ASCII: any number of our own, the same in every process
_NEAR_IDS = 3
_ASKED_AT_ONCE = 500


class DecisionStore:
    """The decisions of one database; opened with the proposals, as ``ProposalStore.decisions``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(
        self, decisions: Sequence[HumanDecision], *, expected_version: int | None = None, two_people: bool = False
    ) -> tuple[HumanDecision, ...]:
        """Adds decisions of one person about one proposal and sets its status, all or nothing.

        Args:
            decisions: verdicts on a proposal that nobody has decided, or withdrawals of decisions in force.
            expected_version: the version of the proposal that the person saw; None for whatever it is now.
            two_people: the verdicts count only once a second person agrees; see ``second_opinion.with_second``.

        Returns:
            The decisions with their place in the sequence; ``awaits_second`` where they are first opinions.

        Raises:
            ConflictError: ``proposal_conflict`` where the proposal is not at ``expected_version`` any more, naming
                what changed; ``proposal_decided``, naming who decided and when.
            InputError: ``proposal_unknown``; ``proposal_closed`` where the status is another one;
                ``decision_not_standing`` for a withdrawal of one that is not in force;
                ``second_reviewer_needed`` where this person gave the first opinion already.
            WorkspaceError: the database fails.
        """
        proposal_id = decisions[0].proposal_id
        with self._database.writing() as session:
            one_writer(session)
            proposal = session.get(ProposalRow, proposal_id)
            if proposal is None:
                raise InputError(
                    f"No proposal has the id {proposal_id!r} in the store {self._database.shown!r}.",
                    hint="See the ids with: firstprint review list",
                    code="proposal_unknown",
                )
            history = decisions_of(session, proposal_id)
            if expected_version is not None and expected_version != proposal.version:
                raise _conflict(proposal, history, expected_version)
            _check(decisions, history, proposal)
            if two_people and decisions[0].verdict != "withdrawn":
                decisions = with_second(decisions, history)
            proposal.version += 1
            kept = _added(session, decisions, proposal)
            _set_status(session, proposal, (*history, *kept))
        return kept

    def latest(self) -> int:
        """The place of the last decision, 0 without any: cheap enough to ask before every search.

        Raises:
            WorkspaceError: the database fails.
        """
        with self._database.reading() as session:
            return _latest(session)

    def since(self, sequence: int) -> tuple[HumanDecision, ...]:
        """Decisions after a place, withdrawals among them, in order.

        Raises:
            WorkspaceError: the database fails.
        """
        query = select(DecisionRow).where(DecisionRow.sequence > sequence).order_by(DecisionRow.sequence)
        with self._database.reading() as session:
            return tuple(map(decision_of, session.scalars(query)))

    def standing(self) -> tuple[HumanDecision, ...]:
        """Every verdict that counts, in order: first opinions and what was taken back are left out.

        Raises:
            WorkspaceError: the database fails.
        """
        withdrawal = aliased(DecisionRow)
        taken_back = select(withdrawal.sequence).where(withdrawal.refers_to == DecisionRow.id).exists()
        counts = (DecisionRow.verdict != "withdrawn", ~DecisionRow.awaits_second, ~taken_back)
        query = select(DecisionRow).where(*counts)
        with self._database.reading() as session:
            return tuple(map(decision_of, session.scalars(query.order_by(DecisionRow.sequence))))

    def of_proposal(self, proposal_id: str) -> tuple[HumanDecision, ...]:
        """The history of one proposal, withdrawals among it, in order.

        Raises:
            WorkspaceError: the database fails.
        """
        with self._database.reading() as session:
            return decisions_of(session, proposal_id)

    def of_proposals(self, proposal_ids: Iterable[str]) -> dict[str, tuple[HumanDecision, ...]]:
        """The histories of several proposals by their ids; every id asked for is there.

        Raises:
            WorkspaceError: the database fails.
        """
        wanted = list(proposal_ids)
        found: dict[str, list[HumanDecision]] = {each: [] for each in wanted}
        with self._database.reading() as session:
            for start in range(0, len(wanted), _ASKED_AT_ONCE):  # SQLite takes a bounded number of values
                part = DecisionRow.proposal_id.in_(wanted[start : start + _ASKED_AT_ONCE])
                for row in session.scalars(select(DecisionRow).where(part).order_by(DecisionRow.sequence)):
                    found[row.proposal_id].append(decision_of(row))
        return {each: tuple(history) for each, history in found.items()}

    def find(self, typed: str) -> HumanDecision | None:
        """The one decision whose id is ``typed`` or begins with it; None without one.

        Raises:
            InputError: ``decision_ambiguous`` when several begin so.
            WorkspaceError: the database fails.
        """
        begins = select(DecisionRow).where(DecisionRow.id.startswith(typed, autoescape=True))
        with self._database.reading() as session:
            rows = session.scalars(begins.order_by(DecisionRow.id).limit(_NEAR_IDS + 1)).all() if typed else ()
            found = [decision_of(row) for row in rows]
        if len(found) > 1 and found[0].id != typed:
            raise InputError(
                f"Several decisions have an id that begins with {typed!r}: "
                f"{', '.join(one.id for one in found[:_NEAR_IDS])}{', …' if len(found) > _NEAR_IDS else ''}.",
                hint="Type more of the id.",
                code="decision_ambiguous",
            )
        return found[0] if found else None


def _added(session: Session, decisions: Sequence[HumanDecision], proposal: ProposalRow) -> tuple[HumanDecision, ...]:
    """Adds the rows with their places and their links in the chain."""
    last = select(DecisionRow.sequence, DecisionRow.hash).order_by(DecisionRow.sequence.desc()).limit(1)
    sequence, previous = session.execute(last).one_or_none() or (0, GENESIS)
    kept = []
    for sequence, decision in enumerate(decisions, start=sequence + 1):  # noqa: B020 - goes on from the last one
        one = decision.model_copy(update={"sequence": sequence, "proposal_version": proposal.version})
        row = _row(one)
        row.record_sha256 = proposal.record_sha256
        row.hash = previous = chained(previous, {name: getattr(row, name) for name in FIELDS})
        session.add(row)
        session.flush()  # one by one: a withdrawal refers to a row that must be there
        kept.append(one)
    return tuple(kept)


def _set_status(session: Session, row: ProposalRow, history: Sequence[HumanDecision]) -> None:
    """The proposal and the lists it stands in change together."""
    row.status = "superseded" if row.superseded_by is not None else status_after(history)
    queued = session.get(QueueRow, row.id)
    if queued is not None:
        queued.status = row.status
        queued.awaits_second = row.status == "proposed" and bool(first_opinions(history))


def one_writer(session: Session, key: int = _LOCK_KEY) -> None:
    """Lets one process at a time append, so that places are given in the order in which rows become visible.

    SQLite's write transaction does that already. On PostgreSQL, a reader that has seen place 8 would otherwise miss
    a 7 that is committed after it.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _conflict(proposal: ProposalRow, history: Sequence[HumanDecision], expected: int) -> ConflictError:
    """What happened to the proposal since the version that the person saw."""
    news = [one for one in history if one.proposal_version > expected]
    changes = [
        f"{one.verdict}{f' (dataset {one.dataset_id!r})' if one.dataset_id else ''} by {one.by!r} at {one.decided}"
        f"{', waiting for a second reviewer' if one.awaits_second else ''}{f': {one.reason}' if one.reason else ''}"
        for one in news
    ]
    if proposal.superseded_by is not None:
        changes.append(f"superseded by the proposal {proposal.superseded_by!r}")
    told = "; ".join(changes) or f"it is at version {proposal.version}"
    return ConflictError(
        f"The proposal {proposal.id!r} changed since you saw it (version {expected}, now {proposal.version}): {told}.",
        changes,
        hint=f"Nothing was written. Look at it again: firstprint review show {proposal.id}",
    )


def _check(decisions: Sequence[HumanDecision], history: Sequence[HumanDecision], proposal: ProposalRow) -> None:
    kept = standing(history)
    if all(one.verdict == "withdrawn" for one in decisions):
        gone = {one.refers_to for one in decisions} - {one.id for one in in_force(history)}
        if gone:
            raise InputError(
                f"The proposal {proposal.id!r} has no decision {min(map(str, gone))!r} that stands.",
                hint=f"See its history with: firstprint review show {proposal.id}",
                code="decision_not_standing",
            )
    elif kept:
        last = kept[-1]
        raise ConflictError(
            f"The proposal {proposal.id!r} was {last.verdict} by {last.by!r} at {last.decided}.",
            [f"{last.verdict} by {last.by!r} at {last.decided}"],
            hint=f"To decide anew, first take that back: firstprint review withdraw {proposal.id} --reason TEXT",
            code="proposal_decided",
        )
    elif proposal.status != "proposed":
        raise InputError(
            f"The proposal {proposal.id!r} is {proposal.status}: it is not open to a decision.",
            hint="Decide about the one that took its place; see: firstprint review list",
            code="proposal_closed",
        )


def _latest(session: Session) -> int:
    return session.scalar(select(func.max(DecisionRow.sequence))) or 0


def decisions_of(session: Session, proposal_id: str) -> tuple[HumanDecision, ...]:
    """The history of one proposal, in order."""
    query = select(DecisionRow).where(DecisionRow.proposal_id == proposal_id).order_by(DecisionRow.sequence)
    return tuple(map(decision_of, session.scalars(query)))


def _row(decision: HumanDecision) -> DecisionRow:
    return DecisionRow(
        sequence=decision.sequence,
        id=decision.id,
        proposal_id=decision.proposal_id,
        verdict=decision.verdict,
        dataset_id=decision.dataset_id,
        text=decision.text,
        language=decision.language,
        unit=decision.unit,
        geography=decision.geography,
        decided_by=decision.by,
        reason=decision.reason,
        decided=datetime.fromisoformat(decision.decided),
        refers_to=decision.refers_to,
        dataset=_dataset_json(decision),
        proposal_version=decision.proposal_version,
        awaits_second=decision.awaits_second,
        seconds=decision.seconds,
    )


def decision_of(row: DecisionRow) -> HumanDecision:
    """The decision a row holds.

    Raises:
        WorkspaceError: ``store_damaged`` where it is none.
    """
    try:
        return _read(row)
    except ValueError as error:  # pydantic's and json's both are
        raise WorkspaceError(
            f"The decision {row.sequence} ({row.id!r}) in the store is damaged: {str(error).splitlines()[0]}.",
            hint="See what was changed: firstprint audit verify. Restore the store from a backup.",
            code="store_damaged",
        ) from error


def _read(row: DecisionRow) -> HumanDecision:
    return HumanDecision.model_validate(
        {
            "id": row.id,
            "sequence": row.sequence,
            "proposal_id": row.proposal_id,
            "verdict": row.verdict,
            "dataset_id": row.dataset_id,
            "text": row.text,
            "language": row.language,
            "unit": row.unit,
            "geography": row.geography,
            "by": row.decided_by,
            "reason": row.reason,
            "decided": row.decided.isoformat(),
            "refers_to": row.refers_to,
            **_taken(row.dataset),
            "proposal_version": row.proposal_version,
            "awaits_second": row.awaits_second,
            "seconds": row.seconds,
        }
    )


def _dataset_json(decision: HumanDecision) -> str | None:
    """The dataset taken from a catalogue, beside the checksum of that catalogue."""
    if decision.dataset is None:
        return None
    told = {"candidate": decision.dataset.model_dump(mode="json"), "catalogue_sha256": decision.catalogue_sha256}
    return json.dumps(told, ensure_ascii=False)


def _taken(text: str | None) -> dict[str, object]:
    """What was kept of the dataset; nothing of a text that was edited since, which the chain of hashes tells."""
    try:
        told = json.loads(text or "{}")
    except ValueError:
        told = {}
    if not isinstance(told, dict) or not isinstance(told.get("candidate"), dict):
        return {}
    return {"dataset": told["candidate"], "catalogue_sha256": told.get("catalogue_sha256")}
