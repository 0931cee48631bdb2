"""The human verdict on a proposal: attributed, reasoned, append-only."""

from __future__ import annotations

from typing import Literal

from firstprint.domain.product import Record


class HumanDecision(Record):
    """What a named person decided about one proposal, and why.

    Attributes:
        dataset_id: the dataset they took; None when they rejected every candidate.
        decided: ISO 8601 time with offset.
    """

    proposal_id: str
    verdict: Literal["confirmed", "overridden", "rejected"]
    dataset_id: str | None
    text: str
    by: str
    reason: str
    decided: str
