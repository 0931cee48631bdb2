"""``firstprint review``: look at kept proposals and decide about them."""

from __future__ import annotations

import json as json_module
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from firstprint.cli import options
from firstprint.cli.output import columns, console, show, write_json
from firstprint.cli.session import kept_store, open_index, store_if_kept
from firstprint.domain.proposal import Status

if TYPE_CHECKING:
    from firstprint.domain.decision import HumanDecision
    from firstprint.domain.proposal import Proposal
    from firstprint.store.proposals import ProposalStore

app = typer.Typer(no_args_is_help=True, help="Look at kept proposals and decide about them.")

Id = Annotated[str, typer.Argument(metavar="ID", help="The proposal's id, or a beginning that no other has.")]
By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who decides; else the name you are logged in with.")
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept with the decision for good.")]
Candidate = Annotated[int, typer.Option("--candidate", metavar="N", min=1, max=50, help="Rank of the candidate meant.")]


@app.command("list")
def list_proposals(
    context: typer.Context,
    status: Annotated[
        Status | None,
        typer.Option(
            "--status",
            metavar="STATUS",
            help="Only those proposed, confirmed, overridden, rejected or superseded.",
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="How many proposals to show.")
    ] = 20,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """List kept proposals, newest first."""
    from firstprint.cli.render_review import Queue, queue_view

    queue = Queue((), {}, 0, status)
    with store_if_kept(context, home) as store:
        if store is not None:
            found = store.list(status, limit)
            histories = store.decisions.of_proposals(each.id for each in found)
            queue = Queue(found, histories, store.count(status), status)
    if json:
        rows = [_summary(each, queue.histories[each.id]) for each in queue.proposals]
        _write({"total": queue.total, "proposals": rows})
        return
    on = console()
    show(queue_view(queue, columns(on)), on)


@app.command("show")
def show_proposal(
    context: typer.Context,
    proposal_id: Id,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Show one proposal with everything it rests on, and what people decided about it."""
    with kept_store(context, home) as store:
        proposal = store.get(store.resolve(proposal_id))
        history = store.decisions.of_proposal(proposal.id)
    if json:
        _write({"proposal": proposal.model_dump(mode="json"), "decisions": [_fields(one) for one in history]})
        return
    from firstprint.cli.render_review import proposal_view

    on = console()
    show(proposal_view(proposal, history, columns(on)), on)


@app.command("confirm")
def confirm_candidate(
    context: typer.Context,
    proposal_id: Id,
    candidate: Candidate = 1,
    by: By = None,
    reason: Reason = "",
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Take one of the candidates: the next search for a text like this knows it."""
    from firstprint import review

    with kept_store(context, home) as store:
        _decided(
            store, lambda: [review.confirm(store, proposal_id, by=_by(by), reason=reason, candidate=candidate)], json
        )


@app.command("override")
def override_candidates(
    context: typer.Context,
    proposal_id: Id,
    dataset: Annotated[str, typer.Option("--dataset", metavar="DATASET_ID", help="The dataset to take instead.")],
    by: By = None,
    reason: Reason = "",
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Take another dataset of the catalogue than the one proposed."""
    from firstprint import review
    from firstprint.cli.progress import StepProgress

    with kept_store(context, home) as store:
        store.resolve(proposal_id)  # a wrong id is told before an index is opened
        with StepProgress() as progress:
            catalogue = open_index(context, home, progress).catalogue
        _decided(
            store, lambda: [review.override(store, catalogue, proposal_id, dataset, by=_by(by), reason=reason)], json
        )


@app.command("reject")
def reject_candidates(
    context: typer.Context,
    proposal_id: Id,
    candidate: Candidate = 1,
    every: Annotated[bool, typer.Option("--all", help="Turn down every candidate shown.")] = False,  # noqa: FBT002
    by: By = None,
    reason: Reason = "",
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Turn a candidate down: the next search for a text like this ranks it lower."""
    from firstprint import review

    with kept_store(context, home) as store:
        _decided(
            store,
            lambda: review.reject(store, proposal_id, by=_by(by), reason=reason, candidate=candidate, every=every),
            json,
        )


@app.command("withdraw")
def withdraw_decision(
    context: typer.Context,
    decided: Annotated[
        str, typer.Argument(metavar="ID", help="Id of a proposal or of one decision on it, or a beginning of it.")
    ],
    by: By = None,
    reason: Reason = "",
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Take a decision back: it stays in the history and no longer counts."""
    from firstprint import review

    with kept_store(context, home) as store:
        _decided(store, lambda: review.withdraw(store, decided, by=_by(by), reason=reason), json)


def _by(given: str | None) -> str:
    """The name given, else the user's login name."""
    if given is not None:
        return given
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no variable names the user, and the system does not know the number
        return ""


def _decided(store: ProposalStore, decide: Callable[[], Sequence[HumanDecision]], as_json: bool) -> None:  # noqa: FBT001
    """Decides, then shows what was decided and what has become of the proposal."""
    decisions = decide()
    proposal = store.get(decisions[0].proposal_id)
    if as_json:
        told = [_fields(one) for one in decisions]
        _write({"proposal_id": proposal.id, "status": proposal.status, "decisions": told})
        return
    from firstprint.cli.render_review import decided_view

    show(decided_view(proposal, decisions), console())


def _summary(proposal: Proposal, history: Sequence[HumanDecision]) -> dict[str, object]:
    """A proposal as a line of a list; the whole record is ``review show``'s."""
    from firstprint.domain.decision import standing

    product, estimate = proposal.product, proposal.estimate
    return {
        "id": proposal.id,
        "status": proposal.status,
        "description": product.description,
        "language": product.language,
        "declared_unit": product.declared_unit.model_dump(),
        "kg_co2e": estimate.kg_co2e if estimate else None,
        "low": estimate.low if estimate else None,
        "high": estimate.high if estimate else None,
        "decision": proposal.decision,
        "dataset_id": proposal.candidates[0].dataset_id if proposal.candidates else None,
        "created": proposal.provenance.created,
        "decisions": [_fields(one) for one in standing(history)],
    }


def _fields(decision: HumanDecision) -> dict[str, object]:
    return decision.model_dump(mode="json")


def _write(value: dict[str, object]) -> None:
    write_json(json_module.dumps(value, ensure_ascii=False, indent=2))
