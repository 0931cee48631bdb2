"""What ``firstprint audit`` shows: the outcome of a check, and the trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from firstprint.cli.figures import one_line
from firstprint.cli.prose import Prose
from firstprint.cli.render_candidates import bullet
from firstprint.domain.trail import AuditReport, TrailEntry

_STYLES = {
    "confirmed": "green",
    "overridden": "green",
    "rejected": "red",
    "withdrawn": "yellow",
    "user_disabled": "red",
    "token_revoked": "yellow",
}


def report_view(report: AuditReport) -> Iterator[RenderableType]:
    """Whole, with the place to note; or each fault, the first broken decision before all others."""
    counted = ", ".join(
        _counted(number, thing)
        for number, thing in (
            (report.decisions, "decision"),
            (report.proposals, "proposal"),
            (report.account_changes, "change of accounts"),
        )
    )
    if report.whole:
        yield bullet(("✓ ", "green"), Prose(f"The history is whole: {counted}.", style="bold"))
        yield Prose("  Note this place outside the database, and check against it later with --anchor:")
        yield Text(f"  {report.decisions}:{report.head}")
        return
    yield bullet(("✗ ", "red"), Prose(f"The history is not what was written ({counted}):", style="bold"))
    for fault in report.faults:
        yield bullet(("  • ", "red"), Prose(one_line(fault.message, 500)))
    yield Prose("  Compare with a backup; nothing was changed here.", style="dim")


def _counted(number: int, thing: str) -> str:
    one, space, rest = thing.partition(" ")
    return f"{number:,} {one}{'' if number == 1 else 's'}{space}{rest}"


def trail_view(entries: Sequence[TrailEntry]) -> Iterator[RenderableType]:
    """Each entry: when, who, what, about which proposal or account, and why."""
    if not entries:
        yield Text("Nobody has decided, remarked or changed anything yet.", style="yellow")
    for one in entries:
        when = one.when.split(".")[0].replace("T", " ").replace("+00:00", "") + " UTC"
        place = f"#{one.sequence} {one.hash[:12]}" if one.sequence is not None else ""
        about = one_line(one.description or one.user, 100)
        given = one.dataset_id or one.role or one.token_id
        chain = one.proposal_id[:8] if one.proposal_id else "accounts"
        yield bullet(
            ("● ", _STYLES.get(one.what, "dim")),
            Prose.assemble(
                (f"{when}  {one_line(one.who, 100)}  ", "dim"),
                (one.what.replace("_", " "), _STYLES.get(one.what, "")),
                f"  {about}{f' → {one_line(given)}' if given else ''}",
                (f"\n{one_line(chain)}  {place}", "dim"),
                f"\n{one_line(one.why, 2_000)}" if one.why else "",
            ),
        )
