"""Many proposals confirmed at once, above an acceptance probability; how many will be wrong is told before.

Where the probability is calibrated, the expected number of wrong ones among those confirmed is Σ(1 − p).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from firstprint import review
from firstprint.domain.kept import QueueFilter, QueueItem
from firstprint.domain.product import Record
from firstprint.errors import ConflictError, InputError

if TYPE_CHECKING:
    from firstprint.store.proposals import ProposalStore

MAX_BULK = 10_000
_PAGE = 500

Progress = Callable[[str, int, int], None]


class BulkItem(Record):
    """One proposal of a plan, as it was when the plan was made."""

    id: str
    version: int
    description: str
    language: str
    probability: float
    kg_co2e: float | None


class BulkPlan(Record):
    """What a bulk confirmation would do.

    Attributes:
        items: those to confirm, in the order of what matters.
        expected_wrong: Σ(1 − p) over them: how many a person who looked would not have taken.
        expected_wrong_share: the same divided by their number; 0 without any.
        two_people: how many more are above the probability and left out because two people must agree.
        first_opinions: how many more are left out because a first opinion waits on them.
        no_match: how many more are left out because the match itself says that nothing fits.
    """

    min_probability: float
    items: tuple[BulkItem, ...]
    expected_wrong: float
    expected_wrong_share: float
    two_people: int = 0
    first_opinions: int = 0
    no_match: int = 0


class BulkFault(Record):
    """A proposal that was not confirmed, and why."""

    id: str
    error: str
    message: str


class BulkResult(Record):
    """What a bulk confirmation did: each proposal in a transaction of its own.

    Attributes:
        confirmed: ids in the order they were confirmed.
        faults: those that changed since the plan was made; they are left as they are.
        expected_wrong: Σ(1 − p) over those confirmed.
    """

    confirmed: tuple[str, ...]
    faults: tuple[BulkFault, ...]
    expected_wrong: float


def plan(
    store: ProposalStore,
    min_probability: float,
    wanted: QueueFilter | None = None,
    *,
    rules: review.Rules = review.ONE_PERSON,
    limit: int = MAX_BULK,
) -> BulkPlan:
    """What a bulk confirmation would do now; nothing is written.

    Args:
        store: where the proposals are kept.
        min_probability: acceptance probability of the first candidate from which a proposal is confirmed, 0 to 1.
        wanted: only proposals that pass this filter; its status and probabilities are not looked at.
        rules: of the workspace.
        limit: proposals at most, those that matter most first.

    Raises:
        InputError: ``probability_invalid``; ``page_invalid`` for a limit out of range.
        WorkspaceError: the database fails.
    """
    if not 0.0 <= min_probability <= 1.0:
        raise InputError(
            f"An acceptance probability lies between 0 and 1, got {min_probability}.",
            hint="Take for example 0.9: of ten proposals at 0.9, one is expected to be wrong.",
            code="probability_invalid",
        )
    if not 1 <= limit <= MAX_BULK:
        raise InputError(f"A plan has a limit of 1 to {MAX_BULK:,}, got {limit}.", code="page_invalid")
    items: list[BulkItem] = []
    left_out = dict.fromkeys(("two_people", "first_opinions", "no_match"), 0)
    asked = (wanted or QueueFilter()).model_copy(
        update={"status": "proposed", "min_probability": min_probability, "max_probability": None}
    )
    for one in _all(store, asked):
        why = _left_out(one, rules)
        if why is not None:
            left_out[why] += 1
        elif len(items) < limit and one.probability is not None:
            items.append(
                BulkItem(
                    id=one.id,
                    version=one.version,
                    description=one.description,
                    language=one.language,
                    probability=one.probability,
                    kg_co2e=one.kg_co2e,
                )
            )
    wrong = sum(1.0 - one.probability for one in items)
    return BulkPlan(
        min_probability=min_probability,
        items=tuple(items),
        expected_wrong=wrong,
        expected_wrong_share=wrong / len(items) if items else 0.0,
        **left_out,
    )


def carry_out(
    store: ProposalStore,
    made: BulkPlan,
    *,
    by: str,
    reason: str,
    rules: review.Rules = review.ONE_PERSON,
    progress: Progress | None = None,
) -> BulkResult:
    """Confirms the first candidate of each proposal of a plan, each in its own transaction.

    A proposal that changed since the plan was made is left alone and told. Stopped half way, those confirmed stay
    so, and a new plan holds the rest.

    Args:
        store: where the proposals are kept.
        made: the plan that the person saw.
        by: who decides.
        reason: why; it is kept with each decision.
        rules: of the workspace.
        progress: told how many are done.

    Raises:
        InputError: the name or the reason breaks its rule.
        WorkspaceError: the database fails.
    """
    confirmed: list[str] = []
    faults: list[BulkFault] = []
    wrong = 0.0
    for number, one in enumerate(made.items, start=1):
        try:
            review.confirm(store, one.id, by=by, reason=reason, expected_version=one.version, rules=rules)
        except ConflictError as error:
            faults.append(BulkFault(id=one.id, error=error.code, message=error.message))
        else:
            confirmed.append(one.id)
            wrong += 1.0 - one.probability
        if progress is not None:
            progress("proposals", number, len(made.items))
    return BulkResult(confirmed=tuple(confirmed), faults=tuple(faults), expected_wrong=wrong)


def _left_out(one: QueueItem, rules: review.Rules) -> str | None:
    if one.awaits_second:
        return "first_opinions"
    if one.decision == "no_match":
        return "no_match"
    limit = rules.four_eyes_above_kg
    return "two_people" if limit is not None and abs(one.kg_co2e or 0.0) > limit else None


def _all(store: ProposalStore, wanted: QueueFilter) -> Iterator[QueueItem]:
    page = store.queue.page(wanted, limit=_PAGE)
    yield from page.items
    while page.following is not None:
        page = store.queue.page(wanted, limit=_PAGE, after=page.following)
        yield from page.items
