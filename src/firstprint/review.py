"""What a person may decide about a proposal: proposed → confirmed | overridden | rejected, and back by withdrawing.

Where a footprint is large (``Rules``), the first person's verdict is an opinion that waits, and the proposal stays
proposed until a second person agrees. A decided proposal becomes superseded where another takes its place.
"""

from __future__ import annotations

import difflib
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from firstprint.decided import catalogue_candidate
from firstprint.domain.decision import HumanDecision, Verdict, in_force
from firstprint.domain.proposal import Candidate, Proposal
from firstprint.errors import InputError
from firstprint.plain_text import MAX_NAME_CHARS, MAX_REASON_CHARS, plain

if TYPE_CHECKING:
    from firstprint.catalogue.table import Catalogue
    from firstprint.domain.dataset import Dataset
    from firstprint.store.proposals import ProposalStore

_NEAR_IDS = 3
_REGULATORY_BOUNDARY = "cbam_default"


class Rules(NamedTuple):
    """What a workspace asks of its decisions.

    Attributes:
        four_eyes_above_kg: above this footprint of the declared unit, kg CO2e, two people must agree; None for never.
            The larger counts of the footprint proposed and that by the dataset taken.
    """

    four_eyes_above_kg: float | None = None


ONE_PERSON = Rules()


def confirm(
    store: ProposalStore,
    proposal_id: str,
    *,
    by: str,
    reason: str = "",
    candidate: int = 1,
    expected_version: int | None = None,
    rules: Rules = ONE_PERSON,
) -> HumanDecision:
    """A person takes one of the candidates shown.

    Args:
        store: where the proposal is kept.
        proposal_id: its id, or a beginning that no other has.
        by: who decides.
        reason: why; may be empty.
        candidate: rank of the candidate taken.
        expected_version: the version of the proposal that the person saw; None for whatever it is now.
        rules: of the workspace.

    Returns:
        The decision; a first opinion (``awaits_second``) where a second person must agree.

    Raises:
        ConflictError: ``proposal_conflict`` where the proposal has changed since, with what changed, by whom and when;
            ``proposal_decided`` where it is decided already.
        InputError: the id, the rank, the name or the reason breaks its rule; ``second_reviewer_needed`` where this
            person gave the first opinion.
        WorkspaceError: the database fails.
    """
    proposal = store.get(store.resolve(proposal_id))
    by, reason = _name(by), _reason(reason, needed=False)
    taken = _candidate(proposal, candidate)
    return store.decisions.append(
        [_decision(proposal, "confirmed", taken.dataset_id, by, reason)],
        expected_version=expected_version,
        two_people=needs_two(proposal, rules, taken),
    )[0]


def override(
    store: ProposalStore,
    catalogue: Catalogue,
    proposal_id: str,
    dataset_id: str,
    *,
    by: str,
    reason: str,
    expected_version: int | None = None,
    rules: Rules = ONE_PERSON,
) -> HumanDecision:
    """A person takes another dataset than the first.

    Args:
        store: where the proposal is kept.
        catalogue: has the dataset.
        proposal_id: as for ``confirm``.
        dataset_id: the dataset taken.
        by: who decides.
        reason: why.
        expected_version: as for ``confirm``.
        rules: as for ``confirm``.

    Raises:
        InputError: as for ``confirm``; ``dataset_unknown``, naming ids that are near; ``dataset_not_proxy`` for a
            regulatory default; ``dataset_is_first`` for the one proposed.
        WorkspaceError: the database fails.
    """
    proposal = store.get(store.resolve(proposal_id))
    by, reason = _name(by), _reason(reason, needed=True)
    dataset = _dataset(catalogue, dataset_id)
    if proposal.candidates and proposal.candidates[0].dataset_id == dataset_id:
        raise InputError(
            f"The dataset {dataset_id!r} is the first candidate of the proposal {proposal.id!r}.",
            hint=f"Confirm it: firstprint review confirm {proposal.id}",
            code="dataset_is_first",
        )
    decision = _decision(proposal, "overridden", dataset_id, by, reason)
    taken = next((one for one in proposal.candidates if one.dataset_id == dataset_id), None)
    if taken is None:
        taken = catalogue_candidate(dataset, proposal)
        decision = decision.model_copy(update={"dataset": taken, "catalogue_sha256": catalogue.sha256})
    two_people = needs_two(proposal, rules, taken)
    return store.decisions.append([decision], expected_version=expected_version, two_people=two_people)[0]


def reject(
    store: ProposalStore,
    proposal_id: str,
    *,
    by: str,
    reason: str,
    candidate: int = 1,
    every: bool = False,
    expected_version: int | None = None,
    rules: Rules = ONE_PERSON,
) -> tuple[HumanDecision, ...]:
    """A person turns candidates down: one decision for each.

    Args:
        store: where the proposal is kept.
        proposal_id: as for ``confirm``.
        by: who decides.
        reason: why.
        candidate: rank of the candidate turned down.
        every: all candidates shown are turned down.
        expected_version: as for ``confirm``.
        rules: as for ``confirm``.

    Raises:
        InputError: as for ``confirm``.
        WorkspaceError: the database fails.
    """
    proposal = store.get(store.resolve(proposal_id))
    by, reason = _name(by), _reason(reason, needed=True)
    turned_down: Sequence[str | None]
    if not proposal.candidates:
        turned_down = [None]
    elif every:
        turned_down = [one.dataset_id for one in proposal.candidates]
    else:
        turned_down = [_candidate(proposal, candidate).dataset_id]
    return store.decisions.append(
        [_decision(proposal, "rejected", each, by, reason) for each in turned_down],
        expected_version=expected_version,
        two_people=needs_two(proposal, rules),
    )


def needs_two(proposal: Proposal, rules: Rules, taken: Candidate | None = None) -> bool:
    """Whether two people must agree about a proposal, or about taking this dataset for it."""
    if rules.four_eyes_above_kg is None:
        return False
    told = (None if proposal.estimate is None else proposal.estimate.kg_co2e, None if taken is None else taken.kg_co2e)
    return any(value is not None and abs(value) > rules.four_eyes_above_kg for value in told)


def withdraw(
    store: ProposalStore, typed: str, *, by: str, reason: str, expected_version: int | None = None
) -> tuple[HumanDecision, ...]:
    """A person takes decisions back: the one named, or all in force on the proposal named.

    In force are the decisions that stand; where none does, the first opinions that wait for a second.

    Args:
        store: where they are kept.
        typed: id of a decision or a proposal, or a beginning that no other has.
        by: who takes them back.
        reason: why.
        expected_version: as for ``confirm``.

    Raises:
        ConflictError: as for ``confirm``.
        InputError: the id, the name or the reason breaks its rule, or nothing is in force.
        WorkspaceError: the database fails.
    """
    by, reason = _name(by), _reason(reason, needed=True)
    named = store.decisions.find(typed)
    proposal = _named_proposal(store, typed, named)
    kept = in_force(store.decisions.of_proposal(proposal.id))
    taken_back = [one for one in kept if named is None or one.id == named.id]
    if not taken_back:
        raise InputError(
            f"On the proposal {proposal.id!r} "
            + ("no decision stands." if named is None else f"the decision {named.id!r} does not stand."),
            hint=f"See its history with: firstprint review show {proposal.id}",
            code="decision_not_standing",
        )
    return store.decisions.append(
        [_decision(proposal, "withdrawn", one.dataset_id, by, reason, one.id) for one in taken_back],
        expected_version=expected_version,
    )


def _named_proposal(store: ProposalStore, typed: str, named: HumanDecision | None) -> Proposal:
    """The proposal that ``typed`` names, itself or by a decision on it; an id that may mean either is refused."""
    if named is None:
        return store.get(store.resolve(typed))
    try:
        other = store.resolve(typed)
    except InputError as error:
        if error.code == "proposal_unknown":
            return store.get(named.proposal_id)
        raise
    raise InputError(
        f"Both the decision {named.id!r} and the proposal {other!r} have an id that begins with {typed!r}.",
        hint="Type more of the id.",
        code="decision_ambiguous",
    )


def _decision(
    proposal: Proposal, verdict: Verdict, dataset_id: str | None, by: str, reason: str, refers_to: str | None = None
) -> HumanDecision:
    product = proposal.product
    return HumanDecision(
        id=str(uuid.uuid4()),
        proposal_id=proposal.id,
        verdict=verdict,
        dataset_id=dataset_id,
        text=product.description,
        language=product.language,
        unit=product.declared_unit.unit,
        geography=product.geography,
        by=by,
        reason=reason,
        decided=datetime.now(UTC).isoformat(timespec="seconds"),
        refers_to=refers_to,
    )


def _candidate(proposal: Proposal, rank: int) -> Candidate:
    found = next((one for one in proposal.candidates if one.rank == rank), None)
    if found is None:
        shown = len(proposal.candidates)
        raise InputError(
            f"The proposal {proposal.id!r} has no candidate {rank}: it has "
            + (f"the candidates 1 to {shown}." if shown else "none."),
            hint="Choose any dataset of the catalogue with: "
            f"firstprint review override {proposal.id} --dataset DATASET_ID --reason TEXT",
            code="candidate_unknown",
        )
    return found


def _dataset(catalogue: Catalogue, dataset_id: str) -> Dataset:
    row = catalogue.find(dataset_id)
    if row is None:
        near = difflib.get_close_matches(dataset_id, catalogue.column("dataset_id"), n=_NEAR_IDS, cutoff=0.5)
        raise InputError(
            f"No dataset has the id {dataset_id!r}.",
            hint=f"Near ids: {', '.join(near)}." if near else "See the ids with: firstprint catalogue list TEXT",
            code="dataset_unknown",
        )
    if catalogue.texts("system_boundary", [row])[0] == _REGULATORY_BOUNDARY:
        raise InputError(
            f"The dataset {dataset_id!r} is a regulatory default value, which may not stand in for a product.",
            hint="Look for another: firstprint match TEXT",
            code="dataset_not_proxy",
        )
    return catalogue.dataset(row)


def _name(by: str) -> str:
    name = by.strip()
    if not name:
        raise InputError(
            "A decision needs the name of the person who makes it.", hint="Give it: --by NAME", code="name_missing"
        )
    return plain(name, "name", MAX_NAME_CHARS)


def _reason(reason: str, *, needed: bool) -> str:
    why = reason.strip()
    if needed and not why:
        raise InputError(
            "This decision needs a reason: whoever reads it later must be able to follow it.",
            hint="Give it: --reason TEXT",
            code="reason_missing",
        )
    return plain(why, "reason", MAX_REASON_CHARS)
