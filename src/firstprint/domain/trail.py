"""The audit trail as it is read, and what a check of it found."""

from __future__ import annotations

from typing import Literal

from firstprint.domain.access import Role
from firstprint.domain.product import Record

AccountDeed = Literal[
    "user_found",
    "user_added",
    "role_changed",
    "password_changed",
    "user_disabled",
    "user_enabled",
    "token_found",
    "token_made",
    "token_revoked",
]
"""What is done to an account; ``…_found`` was there already when changes began to be noted."""


class TrailEntry(Record):
    """One thing that a person did.

    Attributes:
        when: ISO 8601 time with offset.
        who: their name.
        what: the verdict, ``first_opinion`` of one that waits for a second, ``commented``, or what was done to an
            account.
        why: their reason, the comment, or what a token is for.
        proposal_id: what it is about; empty where it is about an account.
        description: the product's; empty likewise.
        sequence: place in the chain of decisions, or in that of changes to accounts; None for a comment.
        hash: the one in that chain; empty for a comment.
        user: whose account; empty where it is about a proposal.
        role: that the user has from then on, where the change is about it.
        token_id: of the token made or revoked.
    """

    when: str
    who: str
    what: Literal["confirmed", "overridden", "rejected", "withdrawn", "first_opinion", "commented"] | AccountDeed
    why: str
    proposal_id: str = ""
    description: str = ""
    dataset_id: str | None = None
    sequence: int | None = None
    hash: str = ""
    user: str = ""
    role: Role | None = None
    token_id: str | None = None


class AuditFault(Record):
    """One place where the history is not what was written.

    Attributes:
        kind: ``chain`` (a decision was edited, removed, inserted or moved), ``record`` (a proposal's record was
            edited), ``status`` (a proposal's status does not follow from its decisions), ``account`` (a change of
            accounts was edited, removed, inserted or moved, or a user or token is not what the changes make of it),
            or ``anchor`` (the decision noted earlier is not there as it was).
        place: the decision's or change's sequence, the proposal's or token's id, or the user's name.
        message: what is wrong, in a sentence.
    """

    kind: Literal["chain", "record", "status", "account", "anchor"]
    place: str
    message: str


class AuditReport(Record):
    """What a check of the whole history found.

    Attributes:
        whole: nothing is wrong.
        head: hash of the last decision. Kept elsewhere with ``decisions``, it shows later that none was cut off.
        faults: the first broken decision, every proposal at fault up to a hundred, and accounts at fault.
        account_changes: how many there are.
        account_head: hash of the last change of accounts, likewise.
    """

    whole: bool
    decisions: int
    proposals: int
    head: str
    faults: tuple[AuditFault, ...] = ()
    account_changes: int = 0
    account_head: str = ""
