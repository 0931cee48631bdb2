"""What ``firstprint rerun`` prints: what moved first, each with what was and what is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from firstprint.cli.figures import factor_text, mass_unit, one_line
from firstprint.cli.prose import Prose

if TYPE_CHECKING:
    from firstprint.rerun import Outcome, Rerun

_STYLES: dict[Outcome, str] = {"vanished": "red", "changed": "yellow", "kept": "green"}
_SHOWN_ID = 8


def rerun_view(done: Sequence[Rerun], *, dry: bool) -> Iterator[RenderableType]:
    """Counts, then every record that is not kept as it was."""
    counts = Counter(each.outcome for each in done)
    told = Text.assemble(f"{len(done):,} decided record{'s' * (len(done) != 1)}: ")
    parts = [(f"{counts[outcome]:,} {outcome}", style) for outcome, style in _STYLES.items()]
    for place, (words, style) in enumerate(parts):
        told.append(", " if place else "")
        told.append(words, style=style)
    yield told
    for outcome in ("vanished", "changed"):
        for each in done:
            if each.outcome == outcome:
                yield Text()
                yield from _record(each)
    if any(each.outcome != "kept" for each in done):
        yield Text()
        if dry:
            yield Text("Nothing was written (--dry-run).", style="yellow")
        else:
            yield Text("New proposals took their place and await your decision:", style="yellow")
            yield Text("  firstprint review list --status proposed", style="bold")


def _record(each: Rerun) -> Iterator[RenderableType]:
    yield Text.assemble((f"{each.outcome} ", f"bold {_STYLES[each.outcome]}"), (one_line(each.description, 80), "bold"))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    was = factor_text(each.old_gwp100_kg_co2e, each.old_unit, "en", "no value")
    now = factor_text(each.gwp100_kg_co2e, each.unit, "en", "no value")
    named = f"{each.dataset_name} ({each.dataset_id})" if each.dataset_name else each.dataset_id
    table.add_row("  dataset", Prose(one_line(named, 200)))
    if each.outcome == "changed":
        factor = f"  × {each.ratio:.3g}" if each.ratio is not None else ""
        table.add_row("  value", Text.assemble(f"{was} → {now}", (factor, "bold")))
    elif each.successor_id:
        table.add_row("  successor", Prose(one_line(f"{each.successor_name} ({each.successor_id})", 200)))
        table.add_row("  value", Text(f"{was} → {now}"))
    else:
        table.add_row("  successor", Text("none near enough; a new search was made", style="yellow"))
    table.add_row("  footprint", Text(f"{_footprint(each.old_kg_co2e)} → {_footprint(each.kg_co2e)}"))
    ids = each.proposal_id[:_SHOWN_ID] + (f" → {each.new_proposal_id[:_SHOWN_ID]}" if each.new_proposal_id else "")
    table.add_row("  proposal", Text(ids, style="cyan"))
    yield table


def _footprint(kg: float | None) -> str:
    if kg is None:
        return "none"
    unit = mass_unit(kg)
    return f"{unit.figure(kg)} {unit.name} CO2e"
