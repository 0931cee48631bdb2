"""A proposal as a store keeps it: the record, its version, and what people said about it."""

from __future__ import annotations

from datetime import datetime

from firstprint.domain.decision import HumanDecision
from firstprint.domain.product import Record
from firstprint.domain.proposal import Decision, Proposal, Status


class KeptProposal(Record):
    """One proposal with all that is kept about it, read at one moment.

    Attributes:
        version: rises by one with each change; a decision names the one it was made on.
        decisions: all on it in order, withdrawals and first opinions among them.
        superseded_by: id of the proposal that took its place, or None.
        owner: who had it made, where that is known.
    """

    proposal: Proposal
    version: int
    decisions: tuple[HumanDecision, ...] = ()
    superseded_by: str | None = None
    owner: str | None = None


class QueueItem(Record):
    """One line of a list of proposals.

    Attributes:
        version: as of ``KeptProposal``.
        kg_co2e: footprint of the declared unit with its interval ``low`` to ``high``; None without an estimate.
        importance: about the kilograms that are in doubt; see ``store.facets.importance``.
        probability: acceptance probability of the first candidate; None without one.
        dataset_id: of the first candidate.
        source: of the first candidate.
        decision: of the match.
        awaits_second: a first opinion waits for a second one.
        created: ISO 8601 time with offset.
    """

    id: str
    status: Status
    version: int
    description: str
    language: str
    kg_co2e: float | None
    low: float | None
    high: float | None
    importance: float
    probability: float | None
    dataset_id: str | None
    source: str | None
    decision: Decision
    flags: tuple[str, ...]
    awaits_second: bool
    owner: str | None
    created: str


class QueueFilter(Record):
    """Which proposals are asked for; what is None or empty asks for nothing.

    Attributes:
        text: every word of it stands in the description, or in the first candidate's name or id, in any case.
        flag: code of a flag.
        source: of the first candidate.
        min_probability: of the first candidate, 0 to 1; proposals without a candidate have none.
        created_from: the earliest time, with offset; included.
        created_to: the latest time, with offset; not included.
        awaits_second: only those where a first opinion waits, or only others.
    """

    status: Status | None = None
    text: str = ""
    flag: str | None = None
    language: str | None = None
    source: str | None = None
    decision: Decision | None = None
    min_probability: float | None = None
    max_probability: float | None = None
    owner: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    awaits_second: bool | None = None


class QueuePage(Record):
    """One page of a list.

    Attributes:
        following: hands on to ``Queue.page`` for the next page; None on the last.
    """

    items: tuple[QueueItem, ...]
    following: str | None = None
