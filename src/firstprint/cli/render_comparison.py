"""What ``firstprint eval compare`` shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from firstprint.cli.prose import Prose
from firstprint.cli.render_evaluation import number_text, signed

if TYPE_CHECKING:
    from firstprint.evaluation.compare import Comparison, MetricChange, SuiteComparison

_STYLES = {"better": "green", "worse": "bold red", "no longer given": "bold red", "changed": "yellow"}


def comparison_view(found: Comparison) -> Iterator[RenderableType]:
    """Suite by suite, then the verdict on all."""
    for one in found.suites:
        yield Text()
        yield Text.assemble((one.suite, "bold cyan"), (f"  {one.shared:,} shared queries", "dim"))
        yield from (Padding(Prose(f"! {note}", style="yellow"), (0, 0, 0, 2)) for note in one.notes)
        if one.changes:
            yield Padding(_changes(one), (0, 0, 0, 2))
    yield Text()
    for names, where in ((found.only_a, "A"), (found.only_b, "B")):
        if names:
            yield Text(f"Only in {where}: {', '.join(names)}", style="dim")
    yield _verdict(found)


def _changes(one: SuiteComparison) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for _ in range(5):
        table.add_column(no_wrap=True)
    table.add_row(*(Text(title, style="dim") for title in ("", "A", "B", "B − A, 95 %", "")))
    for change in one.changes:
        table.add_row(
            change.metric,
            number_text(change.a),
            number_text(change.b),
            Text(_difference(change), style="dim"),
            Text(change.verdict, style=_STYLES.get(change.verdict, "dim")),
        )
    return table


def _difference(change: MetricChange) -> str:
    if change.difference is None or change.low is None or change.high is None:
        return ""
    return f"{signed(change.difference)} [{signed(change.low)}, {signed(change.high)}]"


def _verdict(found: Comparison) -> Text:
    lost = [
        f"{one.suite} {change.metric}"
        for one in found.suites
        for change in one.changes
        if change.verdict in ("worse", "no longer given")
    ]
    if lost:
        return Text(f"✗ B is significantly worse: {', '.join(lost)}", style="bold red")
    if not found.suites:
        return Text("The two have no suite in common.", style="yellow")
    return Text(f"✓ No significant loss in {len(found.suites)} suites", style="green")
