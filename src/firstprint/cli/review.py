"""``firstprint review``: look at kept proposals and decide about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from firstprint.cli import options
from firstprint.cli.output import columns, console, show
from firstprint.cli.review_store import By, fields, name_of, rules_of, write
from firstprint.cli.session import kept_store, open_index

if TYPE_CHECKING:
    from firstprint.domain.decision import HumanDecision
    from firstprint.store.proposals import ProposalStore

app = typer.Typer(no_args_is_help=True, help="Look at kept proposals and decide about them.")

Id = Annotated[str, typer.Argument(metavar="ID", help="The proposal's id, or a beginning that no other has.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept with the decision for good.")]
Expected = Annotated[
    int | None,
    typer.Option(
        "--expected-version",
        metavar="N",
        min=1,
        help="The proposal's version that you saw (review show --json): decide only if nobody changed it since.",
    ),
]
Candidate = Annotated[int, typer.Option("--candidate", metavar="N", min=1, max=50, help="Rank of the candidate meant.")]


@app.command("show")
def show_proposal(
    context: typer.Context,
    proposal_id: Id,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Show one proposal with everything it rests on, and what people decided about it."""
    with kept_store(context, home) as store:
        kept = store.kept(store.resolve(proposal_id))
    proposal, history = kept.proposal, kept.decisions
    if json:
        write(fields(kept))
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
    expected: Expected = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Take one of the candidates: the next search for a text like this knows it."""
    from firstprint import review

    with kept_store(context, home) as store:
        decision = review.confirm(
            store,
            proposal_id,
            by=name_of(by),
            reason=reason,
            candidate=candidate,
            expected_version=expected,
            rules=rules_of(context, home),
        )
        _tell(store, [decision], json)


@app.command("override")
def override_candidates(
    context: typer.Context,
    proposal_id: Id,
    dataset: Annotated[str, typer.Option("--dataset", metavar="DATASET_ID", help="The dataset to take instead.")],
    by: By = None,
    reason: Reason = "",
    expected: Expected = None,
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
        decision = review.override(
            store,
            catalogue,
            proposal_id,
            dataset,
            by=name_of(by),
            reason=reason,
            expected_version=expected,
            rules=rules_of(context, home),
        )
        _tell(store, [decision], json)


@app.command("reject")
def reject_candidates(
    context: typer.Context,
    proposal_id: Id,
    candidate: Candidate = 1,
    every: Annotated[bool, typer.Option("--all", help="Turn down every candidate shown.")] = False,  # noqa: FBT002
    by: By = None,
    reason: Reason = "",
    expected: Expected = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Turn a candidate down: the next search for a text like this ranks it lower."""
    from firstprint import review

    with kept_store(context, home) as store:
        decisions = review.reject(
            store,
            proposal_id,
            by=name_of(by),
            reason=reason,
            candidate=candidate,
            every=every,
            expected_version=expected,
            rules=rules_of(context, home),
        )
        _tell(store, decisions, json)


@app.command("withdraw")
def withdraw_decision(
    context: typer.Context,
    decided: Annotated[
        str, typer.Argument(metavar="ID", help="Id of a proposal or of one decision on it, or a beginning of it.")
    ],
    by: By = None,
    reason: Reason = "",
    expected: Expected = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Take a decision back: it stays in the history and no longer counts."""
    from firstprint import review

    with kept_store(context, home) as store:
        _tell(store, review.withdraw(store, decided, by=name_of(by), reason=reason, expected_version=expected), json)


def _tell(store: ProposalStore, decisions: Sequence[HumanDecision], as_json: bool) -> None:  # noqa: FBT001
    """Shows what was decided and what has become of the proposal."""
    kept = store.kept(decisions[0].proposal_id)
    if as_json:
        told = [fields(one) for one in decisions]
        about = {"proposal_id": kept.proposal.id, "status": kept.proposal.status, "version": kept.version}
        write({**about, "decisions": told})
        return
    from firstprint.cli.render_review import decided_view

    show(decided_view(kept.proposal, decisions), console())
