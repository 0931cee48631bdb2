"""What an agent suggests about a proposal: kept as a comment under its name; it decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from firstprint.errors import InputError

if TYPE_CHECKING:
    from firstprint.catalogue.table import Catalogue
    from firstprint.domain.access import Comment
    from firstprint.store.proposals import ProposalStore

SuggestedVerdict = Literal["confirm", "override", "reject"]
_AGENT = "agent: "


def suggest(
    store: ProposalStore,
    catalogue: Catalogue | None,
    proposal_id: str,
    *,
    verdict: SuggestedVerdict,
    reason: str,
    agent: str,
    dataset_id: str | None = None,
) -> Comment:
    """Keeps a suggestion beside a proposal that is open to a decision.

    Args:
        store: where the proposal is kept.
        catalogue: has the dataset, for ``override``.
        proposal_id: its id, or a beginning that no other has.
        verdict: what the agent would decide.
        reason: why.
        agent: the agent's name; the comment says that it is one.
        dataset_id: the dataset meant: a candidate for ``confirm`` (the first where it is None), any for ``override``.

    Raises:
        InputError: the proposal is unknown or closed, or the dataset is none that can be taken.
        WorkspaceError: the database fails.
    """
    proposal = store.get(store.resolve(proposal_id))
    if proposal.status != "proposed":
        raise InputError(
            f"The proposal {proposal.id!r} is {proposal.status}: there is nothing to suggest any more.",
            hint="Look at it with explain.",
            code="proposal_closed",
        )
    named = (
        "" if verdict == "reject" else _named(catalogue, [one.dataset_id for one in proposal.candidates], dataset_id)
    )
    text = f"Suggests to {verdict}{named}. {reason}"
    return store.comments.add(proposal.id, text, by=f"{_AGENT}{agent}"[:100])


def _named(catalogue: Catalogue | None, candidates: list[str], dataset_id: str | None) -> str:
    chosen = dataset_id or (candidates[0] if candidates else None)
    if chosen is None or (chosen not in candidates and (catalogue is None or catalogue.find(chosen) is None)):
        raise InputError(
            f"The dataset {chosen!r} is neither a candidate of this proposal nor in the catalogue.",
            hint=f"Candidates: {', '.join(candidates) or 'none'}. Others: search_catalogue.",
            code="dataset_unknown",
        )
    return f" {chosen}"
