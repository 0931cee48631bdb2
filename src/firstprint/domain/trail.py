"""The audit trail as it is read, and what a check of it found."""

from __future__ import annotations

from typing import Literal

from firstprint.domain.product import Record


class TrailEntry(Record):
    """One thing that a person did.

    Attributes:
        when: ISO 8601 time with offset.
        who: their name.
        what: the verdict, ``first_opinion`` of one that waits for a second, or ``commented``.
        why: their reason, or the comment.
        description: the product's.
        sequence: the decision's place in the chain; None for a comment.
        hash: the decision's in the chain; empty for a comment.
    """

    when: str
    who: str
    what: Literal["confirmed", "overridden", "rejected", "withdrawn", "first_opinion", "commented"]
    why: str
    proposal_id: str
    description: str
    dataset_id: str | None = None
    sequence: int | None = None
    hash: str = ""


class AuditFault(Record):
    """One place where the history is not what was written.

    Attributes:
        kind: ``chain`` (a decision was edited, removed, inserted or moved), ``record`` (a proposal's record was
            edited), ``status`` (a proposal's status does not follow from its decisions), or ``anchor`` (the decision
            noted earlier is not there as it was).
        place: the decision's sequence or the proposal's id.
        message: what is wrong, in a sentence.
    """

    kind: Literal["chain", "record", "status", "anchor"]
    place: str
    message: str


class AuditReport(Record):
    """What a check of the whole history found.

    Attributes:
        whole: nothing is wrong.
        head: hash of the last decision. Kept elsewhere with ``decisions``, it shows later that none was cut off.
        faults: the first broken decision, and every proposal at fault up to a hundred.
    """

    whole: bool
    decisions: int
    proposals: int
    head: str
    faults: tuple[AuditFault, ...] = ()
