"""What ``firstprint catalogue diff`` and ``export`` print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from firstprint.cli.figures import factor_text, one_line
from firstprint.cli.prose import Prose
from firstprint.cli.render_index import facts_table
from firstprint.cli.render_sources import counted

if TYPE_CHECKING:
    from firstprint.catalogue_diff import Change, ChangeKind, Difference

_TITLES: dict[ChangeKind, tuple[str, str]] = {
    "value_moved": ("value moved", "red"),
    "value_lost": ("value gone", "red"),
    "value_gained": ("value gained", "green"),
    "unit": ("unit changed", "yellow"),
    "removed": ("removed", "red"),
    "renumbered": ("id changed", "yellow"),
    "renamed": ("renamed", "yellow"),
    "added": ("added", "green"),
}
_LARGE = 2.0


def difference_view(found: Difference, limit: int, width: int) -> Iterator[RenderableType]:
    """Counts, then the first changes of each kind, the largest moves first."""
    yield Text.assemble((found.old, "bold cyan"), " → ", (found.new, "bold cyan"))
    counts = found.counts()
    facts = {
        "datasets": f"{found.old_datasets:,} → {found.new_datasets:,}; {found.unchanged:,} unchanged",
        **{_TITLES[kind][0]: f"{count:,}" for kind, count in counts.items()},
        "counted": f"values that moved by more than {found.percent:g} %",
    }
    yield facts_table(facts)
    if not counts:
        yield Text("Nothing changed.", style="green")
    for kind in counts if limit else ():
        of_kind = [each for each in found.changes if each.kind == kind]
        title, style = _TITLES[kind]
        yield Text()
        yield Text(f"{title} ({len(of_kind):,})", style=f"bold {style}")
        yield Padding(_table(of_kind[:limit], kind, width), (0, 0, 0, 2), expand=False)
        if len(of_kind) > limit:
            yield Text(f"  the first {limit} of {len(of_kind):,}; --limit shows more, --json has all", style="dim")


def _table(changes: list[Change], kind: ChangeKind, width: int) -> Table:
    del width
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(style="cyan", overflow="fold", max_width=40)
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True, justify="right")
    for each in changes:
        table.add_row(Text(_id(each)), Prose(_name(each)), _value(each, kind))
    return table


def _id(change: Change) -> str:
    return one_line(f"{change.old_id} → {change.dataset_id}" if change.old_id else change.dataset_id, 90)


def _name(change: Change) -> str:
    return one_line(f"{change.old_name} → {change.name}" if change.old_name else change.name, 160)


def _value(change: Change, kind: ChangeKind) -> Text:
    new = factor_text(change.gwp100_kg_co2e, change.unit, "en", "no value")
    old = factor_text(change.old_gwp100_kg_co2e, change.old_unit, "en", "no value")
    if kind == "added":
        return Text(new)
    if kind in ("removed", "renamed", "renumbered"):
        return Text(old)
    ratio = change.ratio
    factor = f"  × {ratio:.3g}" if ratio is not None and kind == "value_moved" else ""
    far = ratio is not None and not 1 / _LARGE < ratio < _LARGE
    return Text.assemble(f"{old} → {new}", (factor, "bold red" if far else "bold"))


def exported_view(file: Path, datasets: int, licences: Mapping[str, int]) -> Iterator[RenderableType]:
    """What was written, and under which terms it may be passed on."""
    yield Text.assemble(("✓ ", "green"), ("Wrote ", "bold"), (str(file), "bold cyan"), f"  {datasets:,} datasets")
    yield facts_table({"terms": counted(licences)})
