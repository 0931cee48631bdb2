"""What ``firstprint doctor`` shows."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from firstprint.cli.doctor_checks import Report
from firstprint.cli.figures import one_line

MARKS = {"ok": ("✓", "green"), "wrong": ("✗", "bold red"), "absent": ("–", "dim")}


def doctor_view(report: Report) -> Iterator[RenderableType]:
    """One line a check, what to do beneath, and the verdict."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=1)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for each in report.findings:
        mark, style = MARKS[each.state]
        seen = Text(one_line(each.seen, 1000), style="dim" if each.state == "absent" else "")
        if each.advice:
            seen.append(f"\n{one_line(each.advice, 1000)}", style="yellow" if each.state == "wrong" else "dim")
        table.add_row(Text(mark, style=style), Text(each.check), seen)
    yield table
    yield Text()
    wrong = sum(each.state == "wrong" for each in report.findings)
    if wrong:
        yield Text(f"{wrong} of {len(report.findings)} checks found something wrong.", style="bold red")
    else:
        yield Text("Everything needed is in order.", style="bold green")
