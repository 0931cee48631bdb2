"""What ``firstprint references`` prints."""

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
    from firstprint.cli.reference_listing import Listing, SourceLine
    from firstprint.domain.reference import ReferenceFootprint
    from firstprint.reference_sources import Kept, ReferenceSource

_STATE_STYLES = {"in use": "green", "not in use yet": "yellow", "superseded": "dim"}
_UNITS_SHOWN = 3


def imported_view(kept: Sequence[Kept], command: str) -> Iterator[RenderableType]:
    """What became of each file, then what to do next."""
    for each in kept:
        source = each.source
        if each.already:
            when = source.imported[:16].replace("T", " ")
            yield Prose(f"• {source.key} was imported from this very file on {when} UTC; nothing was changed.")
            continue
        yield Text.assemble(
            ("✓ ", "green"),
            ("Imported ", "bold"),
            (source.key, "bold cyan"),
            f"  {source.rows_kept:,} of {source.rows_read:,} rows kept",
        )
        yield facts_table(_import_facts(source))
        yield from _skipped(source)
    if any(not each.already for each in kept):
        yield Text()
        yield Text("The model in use does not know them yet. Next:", style="yellow")
        yield Text(f"  {command}", style="bold")


def listing_view(listing: Listing, command: str) -> Iterator[RenderableType]:
    """Sources as a table, with the licences below, then whether the model has to be trained again."""
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for whole in (True, False, False, True):
        table.add_column(no_wrap=whole, overflow="fold")
    table.add_row(*(Text(title, style="dim") for title in ("Source", "Version", "References per", "Model")))
    for line in listing.sources:
        state = "shipped" if line.shipped else line.state
        table.add_row(
            Text(one_line(line.source_id), style="cyan"),
            Text(one_line(line.version, 24)),
            Text(_units(line.references)),
            Text(state, style=_STATE_STYLES[line.state] if not line.shipped else "dim"),
        )
    yield Padding(table, (0, 0, 1, 0), expand=False)
    yield Text("Licences", style="bold cyan")
    yield facts_table({_label(line): _licences(line.licences) for line in listing.sources})
    if listing.differs:
        yield Text()
        yield Text(f"The model in use is older than this: {'; '.join(listing.differs)}. Next:", style="yellow")
        yield Text(f"  {command}", style="bold")
    elif all(line.shipped for line in listing.sources):
        yield Text()
        yield Text("Nothing was imported yet: firstprint references import FILE", style="dim")


def source_view(versions: Sequence[ReferenceSource], rows: Sequence[ReferenceFootprint]) -> Iterator[RenderableType]:
    """Everything about the last of ``versions``, and its first references."""
    source = versions[-1]
    yield Text(source.key, style="bold cyan")
    yield facts_table(
        {
            "title": source.title,
            "licence": source.licence,
            "cite as": source.attribution,
            "covers": source.covers,
            "original": f"{source.original}, sha256 {source.original_sha256}",
            "format": source.format,
            "imported": f"{source.imported[:19].replace('T', ' ')} UTC by {source.software}",
            "rows": f"{source.rows_read:,} read, {source.rows_kept:,} kept: {_units(source.units)}",
            **({"notes": "; ".join(source.notes)} if source.notes else {}),
            **({"older": ", ".join(each.key for each in versions[:-1])} if len(versions) > 1 else {}),
        }
    )
    yield from _skipped(source)
    if rows:
        yield Text()
        yield _rows_table(rows)
        if len(rows) < source.rows_kept:
            yield Text(f"The first {len(rows)} of {source.rows_kept:,}; --limit shows more.", style="dim")


def removed_view(removed: Sequence[str], command: str) -> Iterator[RenderableType]:
    """What was removed, and what to do next."""
    yield Text.assemble(("✓ ", "green"), ("Removed ", "bold"), (", ".join(removed), "bold cyan"))
    yield Text("A model that was trained on it keeps what it learned until the next training:", style="yellow")
    yield Text(f"  {command}", style="bold")


def _import_facts(source: ReferenceSource) -> dict[str, str]:
    facts = {"references": _units(source.units), "licence": source.licence, "covers": source.covers}
    return {**facts, **{f"note {n}" if n > 1 else "note": text for n, text in enumerate(source.notes, 1)}}


def _skipped(source: ReferenceSource) -> Iterator[RenderableType]:
    if not source.skipped:
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="yellow", no_wrap=True)
    table.add_column(overflow="fold")
    for each in source.skipped:
        table.add_row(f"  left out {each.rows:,}", Prose(one_line(each.reason, 200)))
        table.add_row("", Prose(one_line("; ".join(each.examples), 200), style="dim"))
    yield table


def _rows_table(rows: Sequence[ReferenceFootprint]) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for right in (False, False, False, True):
        table.add_column(justify="right" if right else "left", overflow="fold")
    table.add_row(*(Text(title, style="dim") for title in ("Product", "Reported by", "Year", "kg CO2e")))
    for row in rows:
        amount = "" if row.amount == 1 else f"{row.amount:g} "
        table.add_row(
            Prose(one_line(row.text, 160)),
            Text(one_line(row.group, 40), style="dim"),
            Text(str(row.year or "–"), style="dim"),
            Text(f"{row.kg_co2e:.4g} / {amount}{row.unit}", no_wrap=True),
        )
    return table


def _units(counts: Mapping[str, int]) -> str:
    shown = [f"{count:,} {unit}" for unit, count in list(counts.items())[:_UNITS_SHOWN]]
    rest = sum(list(counts.values())[_UNITS_SHOWN:])
    return ", ".join([*shown, *([f"{rest:,} others"] if rest else [])])


def _label(line: SourceLine) -> str:
    return line.source_id if line.shipped else f"{line.source_id}@{line.version}"


def _licences(licences: Sequence[str]) -> str:
    more = f" and {len(licences) - 3} more" if len(licences) > 3 else ""
    return "; ".join(text or "not stated" for text in licences[:3]) + more
