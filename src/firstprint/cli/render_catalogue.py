"""What ``firstprint catalogue list`` and ``show`` print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from firstprint.catalogue.stage_splits import StagePart, by_stage, stage_words
from firstprint.cli.figures import factor_text, one_line, place_text
from firstprint.cli.prose import Prose
from firstprint.cli.render_index import facts_table
from firstprint.domain.dataset import Dataset
from firstprint.language import detect_language, writing_language
from firstprint.rationale.formatting import format_percent, format_quantity

OWN_LINE = frozenset({"citation"})
"""Attributes that have a line of their own above the rest."""


def listing_view(datasets: Sequence[Dataset], total: int, text: str, width: int) -> Iterator[RenderableType]:
    """Datasets as a table of ``width`` columns, then how many there are; names in the language of ``text``."""
    language = writing_language(detect_language(text)) if text else "en"
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for right in (False, False, False, True, True):
        table.add_column(justify="right" if right else "left", overflow="fold")
    table.add_row(*(Text(title, style="dim") for title in ("Id", "Dataset", "Place", "Year", "kg CO2e")))
    for each in datasets:
        table.add_row(
            Text(one_line(each.dataset_id), style="cyan"),
            Prose(one_line(each.display_name(language), 160)),
            Text(one_line(each.geography, 12) or "–"),
            Text(str(each.year or "–"), style="dim"),
            Text(factor_text(each.gwp100_kg_co2e, each.unit, "en", "no value"), no_wrap=True),
        )
    if datasets:
        yield Padding(table, (0, 0, 1, 0), expand=False)
    yield Text(_count(len(datasets), total, text), style="dim" if total else "yellow")


def _count(shown: int, total: int, text: str) -> str:
    about = f" contain “{one_line(text, 60)}”" if text else ""
    if not total:
        return f"No datasets{about}.\nSearch by meaning: firstprint match TEXT"
    more = f"; the first {shown} are shown, --limit shows more" if shown < total else ""
    return f"{total:,} dataset{'s' if total != 1 else ''}{about}{more}."


def dataset_view(dataset: Dataset, labels: Sequence[str], stages: Sequence[StagePart] = ()) -> Iterator[RenderableType]:
    """Everything about one dataset, its life cycle ``stages``, and the ``labels`` under which it is found."""
    yield Prose(one_line(dataset.name), style="bold")
    if dataset.name_zh:
        yield Prose(one_line(dataset.name_zh))
    yield Text()
    yield Text(f"  {_value(dataset)}", style="bold green")
    yield Text()
    facts = {**_what(dataset), **_where_from(dataset)}
    facts.update((name, value) for name, value in dataset.attributes.items() if name not in OWN_LINE)
    facts["found by"] = "; ".join(labels)
    yield facts_table({name: value for name, value in facts.items() if value})
    if stages:
        yield Text()
        yield Text("  Life cycle stages", style="bold cyan")
        yield Padding(_stages(dataset, stages), (0, 0, 0, 2), expand=False)


def _stages(dataset: Dataset, stages: Sequence[StagePart]) -> Table:
    """A stage a line with its sum, and below it what the source tells apart within it."""
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for right in (False, True, True):
        table.add_column(justify="right" if right else "left", overflow="fold")
    table.add_row(*(Text(title, style="dim") for title in ("", f"kg CO2e / {dataset.unit}", "share")))
    for one in by_stage(stages):
        words = f"{stage_words(one.stage, 'en')}  {stage_words(one.stage, 'zh')}"
        table.add_row(Text(words), format_quantity(one.kg_co2e), f"{format_percent(one.share)} %")
        within = [part for part in stages if part.stage == one.stage]
        for part in within if len(within) > 1 else ():
            named = Text(f"  {part.name}  {part.name_fr}", style="dim")
            share = Text(f"{format_percent(part.share)} %", style="dim")
            table.add_row(named, Text(format_quantity(part.kg_co2e), style="dim"), share)
    return table


def _value(dataset: Dataset) -> str:
    if dataset.gwp100_kg_co2e is None:
        return "no value: this dataset can be matched and yields no number"
    spread = "" if dataset.uncertainty_pct is None else f"  ± {dataset.uncertainty_pct:g} %"
    return factor_text(dataset.gwp100_kg_co2e, dataset.unit, "en", "").replace(" /", " kg CO2e /") + spread


def _what(dataset: Dataset) -> dict[str, str]:
    return {
        "id": dataset.dataset_id,
        "category": dataset.category,
        "description": dataset.description,
        "also called": "; ".join(dataset.synonyms),
        "place": place_text(dataset.geography, "en") if dataset.geography else "",
        "year": str(dataset.year or ""),
        "valid until": str(dataset.valid_until or ""),
        "boundary": dataset.system_boundary.replace("_", " "),
        "basis": dataset.basis,
        "phase": dataset.life_cycle_phase.replace("_", " "),
        "variant": dataset.variant,
    }


def _where_from(dataset: Dataset) -> dict[str, str]:
    return {
        "source": f"{dataset.source} {dataset.source_version}".strip(),
        "licence": dataset.licence,
        "citation": dataset.attributes.get("citation", ""),
        "address": dataset.url,
    }
