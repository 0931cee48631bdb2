"""What ``firstprint audit`` shows: the outcome of a check, and the trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from firstprint.cli.figures import one_line
from firstprint.cli.prose import Prose
from firstprint.cli.render_candidates import bullet
from firstprint.domain.trail import AuditReport, TrailEntry

_STYLES = {"confirmed": "green", "overridden": "green", "rejected": "red", "withdrawn": "yellow"}


def report_view(report: AuditReport) -> Iterator[RenderableType]:
    """Whole, with the place to note; or each fault, the first broken decision before all others."""
    counted = f"{_counted(report.decisions, 'decision')}, {_counted(report.proposals, 'proposal')}"
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
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def trail_view(entries: Sequence[TrailEntry]) -> Iterator[RenderableType]:
    """Each entry: when, who, what, about which proposal, and why."""
    if not entries:
        yield Text("Nobody has decided or remarked anything yet.", style="yellow")
    for one in entries:
        when = one.when.split(".")[0].replace("T", " ").replace("+00:00", "") + " UTC"
        place = f"#{one.sequence} {one.hash[:12]}" if one.sequence is not None else ""
        dataset = f" → {one_line(one.dataset_id)}" if one.dataset_id else ""
        yield bullet(
            ("● ", _STYLES.get(one.what, "dim")),
            Prose.assemble(
                (f"{when}  {one_line(one.who, 100)}  ", "dim"),
                (one.what.replace("_", " "), _STYLES.get(one.what, "")),
                f"  {one_line(one.description, 100)}{dataset}",
                (f"\n{one_line(one.proposal_id[:8])}  {place}", "dim"),
                f"\n{one_line(one.why, 2_000)}" if one.why else "",
            ),
        )
