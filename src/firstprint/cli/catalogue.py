"""``firstprint catalogue list | show``: look at the datasets of the catalogue."""

from __future__ import annotations

import dataclasses
import json as json_module
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from firstprint.catalogue.stage_splits import stage_parts
from firstprint.cli import options
from firstprint.cli.output import columns, console, show, write_json
from firstprint.cli.progress import StepProgress
from firstprint.cli.session import open_index
from firstprint.errors import InputError

if TYPE_CHECKING:
    from firstprint.catalogue.table import Catalogue
    from firstprint.domain.dataset import Dataset

app = typer.Typer(no_args_is_help=True, help="The datasets of the catalogue: look at them, import, compare, export.")


class Listing(NamedTuple):
    """The first datasets found, and how many there are altogether."""

    datasets: Sequence[Dataset]
    total: int


class SearchedLabel(NamedTuple):
    """One text under which a dataset is found, and what kind of text it is."""

    text: str
    kind: str


@app.command("list")
def list_datasets(
    context: typer.Context,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="Part of an id, a name or a synonym, in any language.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, max=100_000, help="How many datasets to show.")
    ] = 20,
    source: Annotated[
        list[str] | None, typer.Option("--source", metavar="ID", help="Only datasets of this source; may be repeated.")
    ] = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """List datasets, all or those whose name contains a text.

    This looks for letters, not for meaning; for meaning use `firstprint match TEXT`.
    """
    catalogue = _catalogue(context, home)
    rows = find_rows(catalogue, text or "", tuple(source or ()))
    listing = Listing(catalogue.datasets(rows[:limit]), len(rows))
    if json:
        found = [_fields(dataset) for dataset in listing.datasets]
        write_json(json_module.dumps({"total": listing.total, "datasets": found}, ensure_ascii=False, indent=2))
        return
    from firstprint.cli.render_catalogue import listing_view

    on = console()
    show(listing_view(listing.datasets, listing.total, text or "", columns(on)), on)


@app.command("show")
def show_dataset(
    context: typer.Context,
    dataset_id: Annotated[
        str, typer.Argument(metavar="DATASET_ID", help="The dataset's id, as lists and candidates give it.")
    ],
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Show everything known about one dataset: value, origin, licence, citation, searchable labels."""
    with StepProgress() as progress:
        index = open_index(context, home, progress)
    dataset = index.catalogue.dataset(index.catalogue.row_of(dataset_id))
    labels, stages = _labels(dataset), stage_parts(dataset.dataset_id)
    if json:
        told = [part._asdict() for part in stages]
        shown = {**_fields(dataset), "stages": told, "labels": [label._asdict() for label in labels]}
        write_json(json_module.dumps(shown, ensure_ascii=False, indent=2))
        return
    from firstprint.cli.render_catalogue import dataset_view

    show(dataset_view(dataset, [label.text for label in labels], stages), console())


def find_rows(catalogue: Catalogue, text: str, sources: Sequence[str]) -> list[int]:
    """Rows in which one of ``SEARCHED`` contains ``text``, capitals ignored, in the catalogue's order.

    Raises:
        InputError: ``source_unknown``, no dataset comes from one of ``sources``.
    """
    named = catalogue.column("source") if sources else []
    _check_sources(sources, named)
    rows = catalogue.rows_with(text) if text.strip() else list(range(len(catalogue)))
    return [row for row in rows if not sources or named[row] in sources]


def _check_sources(wanted: Sequence[str], there: Sequence[str]) -> None:
    unknown = sorted(set(wanted) - set(there))
    if unknown:
        raise InputError(
            f"No source of the catalogue is called {', '.join(map(repr, unknown))}.",
            hint=f"Sources: {', '.join(sorted(set(there)))}.",
            code="source_unknown",
        )


def _catalogue(context: typer.Context, home: Path | None) -> Catalogue:
    with StepProgress() as progress:
        return open_index(context, home, progress).catalogue


def _labels(dataset: Dataset) -> list[SearchedLabel]:
    """Every text the index finds the dataset by, each once."""
    from firstprint.catalogue.glossary import load_glossary
    from firstprint.catalogue.labels import dataset_labels

    kinds: dict[str, str] = {}
    for text, kind in dataset_labels(dataset, load_glossary()):
        kinds.setdefault(text, kind)
    return [SearchedLabel(text, kind) for text, kind in kinds.items()]


def _fields(dataset: Dataset) -> Mapping[str, object]:
    """The dataset's fields under the catalogue table's column names, further columns under ``attributes``."""
    return {
        field.name: dict(value) if isinstance(value, Mapping) else value
        for field in dataclasses.fields(dataset)
        for value in (getattr(dataset, field.name),)
    }
