"""Four eyes: a first opinion waits, and a second, different person who agrees with it makes it a decision."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from firstprint.domain.decision import HumanDecision, first_opinions
from firstprint.errors import InputError


class _Outcome(NamedTuple):
    """What an opinion comes to: the datasets taken, or those turned down."""

    takes: bool
    dataset_ids: frozenset[str | None]


def with_second(decisions: Sequence[HumanDecision], history: Sequence[HumanDecision]) -> tuple[HumanDecision, ...]:
    """What one person's decisions are where two must agree: the second opinion that settles, or a first one.

    Whoever disagrees with a first opinion leaves a first opinion of their own beside it. Then one of the two takes
    theirs back and agrees with the other, or a third person agrees with either.

    Args:
        decisions: of one person about one proposal, no withdrawals.
        history: all decisions on it so far, in order.

    Raises:
        InputError: ``second_reviewer_needed`` where this person's own first opinion waits already.
    """
    waiting = first_opinions(history)
    who = person(decisions[0].by)
    for opinion in waiting:
        if person(opinion.by) == who:
            raise InputError(
                f"{opinion.by!r} gave the first opinion on the proposal {opinion.proposal_id!r} at {opinion.decided}; "
                "the second has to be another person's.",
                hint="Ask a colleague to decide, or take yours back: "
                f"firstprint review withdraw {opinion.proposal_id} --reason TEXT",
                code="second_reviewer_needed",
            )
    wanted = _outcome(decisions)
    for _, group in groupby(waiting, key=lambda one: person(one.by)):
        first = tuple(group)
        if _outcome(first) == wanted:
            by_dataset = {one.dataset_id: one.id for one in first}
            return tuple(one.model_copy(update={"seconds": by_dataset[one.dataset_id]}) for one in decisions)
    return tuple(one.model_copy(update={"awaits_second": True}) for one in decisions)


def person(name: str) -> str:
    """A name as it is compared: width, case and outer blanks do not make another person."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


def _outcome(decisions: Sequence[HumanDecision]) -> _Outcome:
    return _Outcome(decisions[0].verdict != "rejected", frozenset(one.dataset_id for one in decisions))
