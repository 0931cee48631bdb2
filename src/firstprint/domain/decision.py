"""The human verdict on a proposal: attributed, reasoned, append-only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field, model_validator

from firstprint.domain.product import Record
from firstprint.domain.proposal import Candidate, Status

Verdict = Literal["confirmed", "overridden", "rejected", "withdrawn"]

_NAMES_DATASET = ("confirmed", "overridden")


class HumanDecision(Record):
    """What a named person decided about one proposal and one dataset, and why.

    A decision is never changed: whoever takes one back appends another, ``withdrawn``, that refers to it.

    Attributes:
        id: unique among all decisions.
        sequence: its place among all decisions, from 1 without gaps; 0 as long as it is not kept.
        dataset_id: the dataset taken (``confirmed``, ``overridden``) or turned down (``rejected``); None where the
            proposal had no candidate to turn down.
        text: the description that was asked about, as it was asked.
        language: ISO 639-1 code of the text.
        unit: canonical declared unit of the product.
        geography: code, or None when unknown.
        decided: ISO 8601 time with offset.
        refers_to: id of the decision taken back; None unless ``withdrawn``.
        dataset: the dataset taken, as it was then; None where it is one of the proposal's candidates, which keep it.
        catalogue_sha256: of the catalogue that ``dataset`` was read from; None without one.
        proposal_version: the version of the proposal that this decision made; 0 where it was not kept.
        awaits_second: a first opinion: it counts only once a second, different person agrees with it.
        seconds: id of the first opinion that this decision agrees with; None without one.
    """

    id: str
    sequence: int = Field(default=0, ge=0)
    proposal_id: str
    verdict: Verdict
    dataset_id: str | None
    text: str
    language: str
    unit: str
    geography: str | None = None
    by: str
    reason: str
    decided: str
    refers_to: str | None = None
    dataset: Candidate | None = None
    catalogue_sha256: str | None = None
    proposal_version: int = Field(default=0, ge=0)
    awaits_second: bool = False
    seconds: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> HumanDecision:
        if self.verdict in _NAMES_DATASET and self.dataset_id is None:
            raise ValueError(f"a decision that is {self.verdict} names its dataset")
        if (self.verdict == "withdrawn") != (self.refers_to is not None):
            raise ValueError("a withdrawal, and nothing else, refers to another decision")
        if self.awaits_second and (self.verdict == "withdrawn" or self.seconds is not None):
            raise ValueError("a first opinion neither withdraws nor agrees with another decision")
        return self


def standing(decisions: Iterable[HumanDecision]) -> tuple[HumanDecision, ...]:
    """Those of one proposal's decisions that count, in the order given.

    Left out: withdrawals, what they took back, and first opinions, which wait for a second one.
    """
    return tuple(one for one in _kept(decisions) if not one.awaits_second)


def first_opinions(decisions: Iterable[HumanDecision]) -> tuple[HumanDecision, ...]:
    """The first opinions on one proposal that wait for a second one; none where a decision stands."""
    kept = _kept(decisions)
    return () if any(not one.awaits_second for one in kept) else kept


def in_force(decisions: Iterable[HumanDecision]) -> tuple[HumanDecision, ...]:
    """What may be taken back on one proposal: the decisions that stand, else the first opinions that wait."""
    history = tuple(decisions)
    return standing(history) or first_opinions(history)


def _kept(decisions: Iterable[HumanDecision]) -> tuple[HumanDecision, ...]:
    history = tuple(decisions)
    taken_back = {one.refers_to for one in history if one.refers_to is not None}
    return tuple(one for one in history if one.verdict != "withdrawn" and one.id not in taken_back)


def status_after(history: Sequence[HumanDecision]) -> Status:
    """What the decisions on a proposal make of it: the last one that stands, or ``proposed`` without one."""
    kept = standing(history)
    if not kept:
        return "proposed"
    verdict = kept[-1].verdict
    assert verdict != "withdrawn"  # noqa: S101 - standing() leaves withdrawals out; mypy is told
    return verdict
