"""What ``firstprint catalogue import``, ``sources`` and ``remove`` print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from firstprint.cli.figures import one_line
from firstprint.cli.prose import Prose
from firstprint.cli.render_index import facts_table

if TYPE_CHECKING:
    from firstprint.dataset_import import Imported
    from firstprint.dataset_sources import DatasetSource, Grouped
    from firstprint.source_listing import SourceLine

_STATE_STYLES = {"shipped": "dim", "in use": "green", "earlier version": "dim"}
_REASONS_SHOWN = 12
_UNITS_SHOWN = 6
_LICENCES_SHOWN = 6


def imported_view(done: Sequence[Imported]) -> Iterator[RenderableType]:
    """What became of each path: counts, terms, what was left out and why, what to do next."""
    for each in done:
        source = each.source
        if each.already:
            yield Prose(f"• {source.key} is there already with this very content; nothing was changed.")
            continue
        yield Text.assemble(
            ("✓ ", "green"),
            ("Read " if each.dry else "Imported ", "bold"),
            (source.key, "bold cyan"),
            f"  {source.rows_kept:,} of {source.rows_read:,} data sets kept",
            ("; nothing was changed (--dry-run)" if each.dry else "", "yellow"),
        )
        yield facts_table(_facts(source))
        yield from _groups("left out", source.skipped, "yellow")
        yield from _groups("value not used" if not source.trusted else "unusual value", source.suspicious, "red")
        yield from _groups("note", source.notes, "dim")
    if any(not each.already and not each.dry for each in done):
        yield Text()
        yield Text("The index is brought up to date by the next search. Try:", style="dim")
        yield Text(f"  firstprint match TEXT --source {done[-1].source.source_id}", style="bold")


def sources_view(lines: Sequence[SourceLine]) -> Iterator[RenderableType]:
    """Sources as a table, with their terms below."""
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for right, whole in ((False, True), (False, False), (True, True), (True, True), (False, True)):
        table.add_column(justify="right" if right else "left", no_wrap=whole, overflow="fold")
    table.add_row(*(Text(title, style="dim") for title in ("Source", "Version", "Datasets", "with value", "State")))
    for line in lines:
        table.add_row(
            Text(one_line(line.source_id), style="cyan"),
            Text(one_line(line.version, 24)),
            Text(f"{line.datasets:,}"),
            Text(f"{line.with_result:,}"),
            Text(line.state, style=_STATE_STYLES[line.state]),
        )
    yield Padding(table, (0, 0, 1, 0), expand=False)
    yield Text("Terms", style="bold cyan")
    yield facts_table({_label(line): _terms(line) for line in lines})
    if all(line.state == "shipped" for line in lines):
        yield Text()
        yield Text("Nothing was imported yet: firstprint catalogue import FILE_OR_DIR", style="dim")


def removed_view(removed: Sequence[str]) -> Iterator[RenderableType]:
    """What was removed."""
    yield Text.assemble(("✓ ", "green"), ("Removed ", "bold"), (", ".join(removed), "bold cyan"))
    yield Text("Records made with it stay as they are; firstprint rerun looks for successors.", style="dim")


def _facts(source: DatasetSource) -> dict[str, str]:
    units = [f"{count:,} {unit}" for unit, count in list(source.units.items())[:_UNITS_SHOWN]]
    rest = sum(list(source.units.values())[_UNITS_SHOWN:])
    speed = f", {source.rows_read / source.seconds:,.0f} a second" if source.seconds > 0 else ""
    facts = {
        "format": f"{source.format}: {source.recognised}",
        "with a value": f"{source.rows_kept - source.without_result:,}; "
        f"{source.without_result:,} can be matched and yield no number",
        "per": ", ".join([*units, *([f"{rest:,} others"] if rest else [])]),
        "terms": counted(source.licences),
        "cite as": source.attribution,
        "read in": f"{source.seconds:.1f} s{speed}",
        "checksum": source.content_sha256,
    }
    return {name: value for name, value in facts.items() if value}


def counted(licences: Mapping[str, int]) -> str:
    """Terms with how many datasets are under each, the commonest first; one alone without its number."""
    shown = list(licences.items())[:_LICENCES_SHOWN]
    rest = sum(list(licences.values())[_LICENCES_SHOWN:])
    if len(licences) == 1:
        return one_line(shown[0][0], 200)
    told = [f"{one_line(name, 80)} ({count:,})" for name, count in shown]
    return "; ".join([*told, *([f"{rest:,} others"] if rest else [])])


def _groups(what: str, groups: Sequence[Grouped], style: str) -> Iterator[RenderableType]:
    if not groups:
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style=style, no_wrap=True)
    table.add_column(overflow="fold")
    for each in groups[:_REASONS_SHOWN]:
        table.add_row(f"  {what} {each.count:,}", Prose(one_line(each.reason, 200)))
        table.add_row("", Prose(one_line("; ".join(each.examples), 300), style="dim"))
    if len(groups) > _REASONS_SHOWN:
        table.add_row("", Prose(f"and {len(groups) - _REASONS_SHOWN} further reasons; --json has all", style="dim"))
    yield table


def _label(line: SourceLine) -> str:
    return line.source_id if line.state == "shipped" else line.key


def _terms(line: SourceLine) -> str:
    more = f" and {len(line.licences) - 3} more" if len(line.licences) > 3 else ""
    doubted = f"; {line.doubted:,} values are not used" if line.doubted else ""
    return "; ".join(text or "not stated" for text in line.licences[:3]) + more + doubted
