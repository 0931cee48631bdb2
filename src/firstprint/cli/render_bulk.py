"""What ``firstprint review bulk`` shows: what would be confirmed, the error to expect, and what was confirmed."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from firstprint.bulk_review import BulkPlan, BulkResult
from firstprint.cli.figures import one_line
from firstprint.cli.prose import Prose

SHOWN = 10


def plan_view(plan: BulkPlan) -> Iterator[RenderableType]:
    """The plan: how many, the expected error, the first of them, and what is left out and why."""
    many = len(plan.items)
    yield Text(f"{many:,} proposals have an acceptance probability of {plan.min_probability:g} or more.", style="bold")
    if many:
        share = f"{100 * plan.expected_wrong_share:.1f} %"
        yield Text(f"Expected to be wrong: {plan.expected_wrong:.1f} of {many:,} ({share}).", style="yellow")
    for one in plan.items[:SHOWN]:
        yield Prose.assemble(
            (f"  {one_line(one.id[:8])}", "cyan"), f"  {one.probability:.2f}  {one_line(one.description, 100)}"
        )
    if many > SHOWN:
        yield Text(f"  … and {many - SHOWN:,} more", style="dim")
    left_out = (
        (plan.two_people, "need two people: their footprint is large"),
        (plan.first_opinions, "wait for a second reviewer"),
        (plan.no_match, "have no acceptable match"),
    )
    for count, why in left_out:
        if count:
            yield Text(f"Left out: {count:,} that {why}.", style="dim")


def result_view(result: BulkResult) -> Iterator[RenderableType]:
    """What was confirmed, and what was left alone because it had changed."""
    yield Text(
        f"✓ {len(result.confirmed):,} confirmed; {result.expected_wrong:.1f} expected to be wrong.", style="green"
    )
    for fault in result.faults:
        yield Prose.assemble((f"  {one_line(fault.id[:8])}", "cyan"), f"  {one_line(fault.message, 300)}")
    yield Text("Take one back: firstprint review withdraw ID --reason TEXT", style="dim")
