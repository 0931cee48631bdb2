"""Recalibration: what people decided about proposals says how far the acceptance probability can be believed here.

A confirmation of the first candidate is an acceptance; another dataset taken, or the first turned down, is none; a
later candidate turned down says nothing. Nor does a proposal whose probability came of an earlier decision on the same
text: the curve did not state it. From ``MIN_DECISIONS`` on, a straight line is laid over the log odds that the
proposals stated (Platt 1999), pulled towards leaving them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from firstprint.errors import ModelError
from firstprint.ranking.ranker import REJECTION_FROM, SAME_TEXT
from firstprint.ranking.recalibrating import MIN_DECISIONS, bent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firstprint.domain.decision import HumanDecision
    from firstprint.domain.proposal import Proposal
    from firstprint.ranking.acceptance import Acceptance
    from firstprint.settings import Settings

__all__ = ["MIN_DECISIONS", "Recalibrated", "outcomes_of", "recalibrated"]

MOST_DECISIONS = 2_000
"""The latest decided proposals that are looked at."""


class Outcome(NamedTuple):
    """What a proposal stated of its first candidate, and whether a person took it.

    Attributes:
        log_odds: unbent.
    """

    log_odds: float
    accepted: bool


class Recalibrated(NamedTuple):
    """The model to use, and how many decisions bent it; 0 where there were too few."""

    model: Acceptance
    decisions: int


def recalibrated(model: Acceptance, settings: Settings) -> Recalibrated:
    """The model bent by the decisions of the workspace's database, where there are enough and it has a curve to bend.

    Raises:
        WorkspaceError: there is a database and it cannot be opened or read.
    """
    from firstprint.store.presence import may_hold_decisions

    if model.first is None or not may_hold_decisions(settings.resolved_database_url):
        return Recalibrated(model, 0)
    from firstprint.store.opening import open_store

    with open_store(settings.resolved_database_url) as store:
        standing = store.decisions.standing()
        if len({one.proposal_id for one in standing}) < MIN_DECISIONS:
            return Recalibrated(model, 0)
        latest = dict.fromkeys(one.proposal_id for one in reversed(standing))
        wanted = list(latest)[:MOST_DECISIONS]
        outcomes = outcomes_of((store.get(key) for key in wanted), standing, model)
    if len(outcomes) < MIN_DECISIONS:
        return Recalibrated(model, 0)
    bend = bent([one.log_odds for one in outcomes], [one.accepted for one in outcomes])
    return Recalibrated(model._replace(bend=bend), len(outcomes))


def outcomes_of(proposals: Iterable[Proposal], decisions: Iterable[HumanDecision], model: Acceptance) -> list[Outcome]:
    """Outcomes of the proposals that this model, bent or not, stated a probability for.

    Args:
        proposals: decided ones.
        decisions: those that stand.
        model: the model in use, unbent.
    """
    verdicts: dict[str, list[HumanDecision]] = {}
    for one in decisions:
        verdicts.setdefault(one.proposal_id, []).append(one)
    out = []
    for proposal in proposals:
        bend = _bend_of(proposal.provenance.ranker_id, model.base_id)
        if bend is None or not proposal.candidates:
            continue
        first = proposal.candidates[0]
        accepted = _accepted(first.dataset_id, verdicts.get(proposal.id, ()))
        if accepted is None or first.scores.memory >= SAME_TEXT or first.scores.rejected > REJECTION_FROM:
            continue
        stated = min(max(first.acceptance_probability, 1e-6), 1 - 1e-6)
        out.append(Outcome((math.log(stated / (1 - stated)) - bend[1]) / bend[0], accepted))
    return out


def _accepted(first: str, verdicts: Iterable[HumanDecision]) -> bool | None:
    """Whether people took the first candidate; None where they said nothing about it."""
    said = None
    for one in verdicts:
        if one.verdict != "rejected":
            said = bool(said) or one.dataset_id == first
        elif one.dataset_id == first:
            said = bool(said)
    return said


def _bend_of(ranker_id: str, base_id: str) -> tuple[float, float] | None:
    """The bend that a record's ranker id tells; None for another model."""
    base, _, told = ranker_id.partition("~")
    if base != base_id:
        return None
    if not told:
        return 1.0, 0.0
    sign = max(told.rfind("+"), told.rfind("-"))
    try:
        return float(told[:sign]), float(told[sign:])
    except ValueError as error:
        raise ModelError(
            f"The ranker id {ranker_id!r} of a kept proposal cannot be read.",
            hint="Restore the store from a backup.",
            code="ranker_damaged",
        ) from error
