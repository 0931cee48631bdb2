"""``firstprint review list`` and ``review bulk``: what matters first, filtered, and many confirmed at once."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from firstprint.cli import options
from firstprint.cli.output import columns, console, show
from firstprint.cli.review_store import By, fields, name_of, rules_of, write
from firstprint.cli.session import kept_store, store_if_kept
from firstprint.domain.proposal import FlagCode, Status
from firstprint.errors import InputError

if TYPE_CHECKING:
    from firstprint.domain.decision import HumanDecision
    from firstprint.domain.kept import QueueFilter, QueueItem
    from firstprint.domain.proposal import Proposal


_BULK_REASON = "Bulk confirmation from an acceptance probability of {probability:g}."


def _probability(value: float | None) -> float | None:
    if value is not None and not (math.isfinite(value) and 0.0 <= value <= 1.0):
        raise typer.BadParameter(f"{value} is no probability between 0 and 1.")
    return value


def _date(value: str | None) -> datetime | None:
    """A day or a time; without an offset it is taken as UTC, which the store shows."""
    if value is None:
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(f"{value!r} is no date such as 2026-03-01 or 2026-03-01T09:30+08:00.") from None
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)


Text = Annotated[
    str,
    typer.Option("--text", metavar="WORDS", help="Words in the description, or in the first candidate's name or id."),
]
FlagOf = Annotated[FlagCode | None, typer.Option("--flag", metavar="FLAG", help="Only with this flag.")]
LanguageOf = Annotated[
    str | None, typer.Option("--language", metavar="CODE", help="Language of the description, such as zh.")
]
SourceOf = Annotated[
    str | None, typer.Option("--source", metavar="SOURCE", help="Source of the first candidate, such as ADEME.")
]
Owner = Annotated[str | None, typer.Option("--owner", metavar="NAME", help="Who had them made.")]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="DATE", help="Made on this day or later, such as 2026-03-01 (UTC)."),
]
To = Annotated[str | None, typer.Option("--to", metavar="DATE", help="Made before this day.")]


Order = Annotated[
    Literal["importance", "newest", "oldest"],
    typer.Option(
        "--sort",
        metavar="ORDER",
        help="importance: footprint × ln(high/low), the kilograms in doubt, most first; newest; oldest.",
    ),
]
StatusOf = Annotated[
    Status | None,
    typer.Option(
        "--status", metavar="STATUS", help="Only those proposed, confirmed, overridden, rejected or superseded."
    ),
]
Least = Annotated[
    float | None,
    typer.Option(
        "--min-probability", metavar="P", callback=_probability, help="Acceptance probability of the first candidate."
    ),
]
Most = Annotated[
    float | None, typer.Option("--max-probability", metavar="P", callback=_probability, help="The same, at most.")
]
Waiting = Annotated[
    bool | None,
    typer.Option("--second/--no-second", help="Only those that wait for a second reviewer, or only others."),
]
After = Annotated[
    str | None, typer.Option("--after", metavar="PLACE", help="Go on where a page ended: 'following' of its --json.")
]
Threshold = Annotated[
    float,
    typer.Option(
        "--min-probability",
        metavar="P",
        callback=_probability,
        help="Confirm where the first candidate's acceptance probability is this or more.",
    ),
]
BulkReason = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why; else that it was a bulk confirmation, and from where.")
]


def list_proposals(
    context: typer.Context,
    status: StatusOf = None,
    text: Text = "",
    flag: FlagOf = None,
    language: LanguageOf = None,
    source: SourceOf = None,
    min_probability: Least = None,
    max_probability: Most = None,
    owner: Owner = None,
    created_from: From = None,
    created_to: To = None,
    waiting: Waiting = None,
    order: Order = "importance",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=1_000, help="How many to show.")] = 20,
    after: After = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """List kept proposals: those where most kilograms are in doubt first."""
    from firstprint.cli.render_review import Queue, queue_view
    from firstprint.domain.kept import QueuePage

    asked = _filter(text, flag, language, source, owner, created_from, created_to)
    limits = {"min_probability": min_probability, "max_probability": max_probability}
    wanted = asked.model_copy(update={"status": status, "awaits_second": waiting, **limits})
    page, queue = QueuePage(items=()), Queue((), {}, 0, status)
    with store_if_kept(context, home) as store:
        if store is not None:
            page = store.queue.page(wanted, order=order, limit=limit, after=after)
            shown = [one.id for one in page.items]
            queue = Queue(store.get_all(shown), store.decisions.of_proposals(shown), store.queue.count(wanted), status)
    if json:
        found = {each.id: each for each in queue.proposals}
        rows = [_summary(found[one.id], one, queue.histories[one.id]) for one in page.items if one.id in found]
        write({"total": queue.total, "following": page.following, "proposals": rows})
        return
    on = console()
    show(queue_view(queue, columns(on)), on)


def bulk(
    context: typer.Context,
    min_probability: Threshold,
    text: Text = "",
    flag: FlagOf = None,
    language: LanguageOf = None,
    source: SourceOf = None,
    owner: Owner = None,
    created_from: From = None,
    created_to: To = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="How many at most.")] = 1_000,
    by: By = None,
    reason: BulkReason = "",
    dry: Annotated[bool, typer.Option("--dry-run", help="Tell what would be confirmed; write nothing.")] = False,  # noqa: FBT002
    yes: Annotated[bool, typer.Option("--yes", help="Confirm without asking.")] = False,  # noqa: FBT002
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Confirm the first candidate of many proposals, having told how many are expected to be wrong.

    That number is Σ(1 − p) over their acceptance probabilities. Each proposal is decided by itself; one that somebody
    changed meanwhile is left alone. Large footprints that need two people, first opinions and non-matches are left out.
    """
    from firstprint import bulk_review
    from firstprint.cli.progress import StepProgress
    from firstprint.cli.render_bulk import plan_view, result_view

    wanted = _filter(text, flag, language, source, owner, created_from, created_to)
    rules, why = rules_of(context, home), reason or _BULK_REASON.format(probability=min_probability)
    with kept_store(context, home) as store:
        made = bulk_review.plan(store, min_probability, wanted, rules=rules, limit=limit)
        if json and (dry or not made.items):
            write({"plan": fields(made), "result": None})
            return
        if not json:
            show(plan_view(made), console())
        if dry or not (made.items and _agreed(len(made.items), yes=yes)):
            return
        with StepProgress() as progress:
            done = bulk_review.carry_out(store, made, by=name_of(by), reason=why, rules=rules, progress=progress)
    if json:
        write({"plan": fields(made), "result": fields(done)})
        return
    show(result_view(made, done), console())


def _filter(
    text: str,
    flag: str | None,
    language: str | None,
    source: str | None,
    owner: str | None,
    created_from: str | None,
    created_to: str | None,
) -> QueueFilter:
    from firstprint.domain.kept import QueueFilter

    return QueueFilter(
        text=text,
        flag=flag,
        language=language,
        source=source,
        owner=owner,
        created_from=_date(created_from),
        created_to=_date(created_to),
    )


def _agreed(how_many: int, *, yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        raise InputError(
            f"Nobody is there to agree to {how_many:,} confirmations, so nothing was confirmed.",
            hint="Look first with --dry-run, then give --yes.",
            code="agreement_missing",
        )
    return typer.confirm(f"Confirm these {how_many:,}?", err=True)


def _summary(proposal: Proposal, item: QueueItem, history: Sequence[HumanDecision]) -> dict[str, object]:
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
        "version": item.version,
        "importance": item.importance,
        "acceptance_probability": item.probability,
        "flags": list(item.flags),
        "awaits_second": item.awaits_second,
        "owner": item.owner,
        "decisions": [fields(one) for one in standing(history)],
    }
