"""``firstprint catalogue diff | export``: what moved between two catalogues, and a table others can read."""

from __future__ import annotations

import json as json_module
import math
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstprint.cli import options
from firstprint.cli.output import columns, console, show, write_json
from firstprint.cli.session import settings_of
from firstprint.errors import FaultsError, InputError

if TYPE_CHECKING:
    from firstprint.domain.dataset import Dataset
    from firstprint.exporters.catalogue_table import TableFormat
    from firstprint.settings import Settings

_SIDE = "shipped, a source's id, id@version, or a file or folder that was not imported"
_SUFFIXES: dict[str, TableFormat] = {".csv": "csv", ".xlsx": "xlsx", ".parquet": "parquet"}


def _percent(value: float) -> float:
    if not (math.isfinite(value) and value >= 0):
        raise typer.BadParameter(f"{value} is not a finite number of at least zero.")
    return value


def diff(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help=f"The earlier catalogue: {_SIDE}.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The later one, named likewise.")],
    percent: Annotated[
        float,
        typer.Option(
            "--percent", metavar="NUMBER", callback=_percent, help="A value that moved by more than this is told."
        ),
    ] = 1.0,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=0, max=100_000, help="How many changes of each kind to show.")
    ] = 10,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Compare two catalogues: datasets added, removed, renumbered and renamed, values that moved."""
    from firstprint.catalogue_diff import difference
    from firstprint.dataset_sides import side

    settings = settings_of(context, home)
    found = difference(side(settings, old), side(settings, new), percent)
    if json:
        _write({**found.model_dump(), "counts": found.counts()})
        return
    from firstprint.cli.render_diff import difference_view

    on = console()
    show(difference_view(found, limit, columns(on)), on)


def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write: .csv, .xlsx or .parquet.")],
    sources: Annotated[
        list[str] | None,
        typer.Option("--source", metavar="ID", help="Only this source, or id@version; may be repeated."),
    ] = None,
    allow_restricted: Annotated[  # noqa: FBT002
        bool, typer.Option("--allow-restricted", help="Also datasets whose terms limit passing them on.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,  # noqa: FBT002
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Write datasets as a catalogue table, which `catalogue import` reads back unchanged."""
    from firstprint.exporters.catalogue_table import write_catalogue

    form = _format(file, force=force)
    datasets = _chosen(settings_of(context, home), tuple(sources or ()))
    if not allow_restricted:
        _check_terms(datasets)
    _swap_in(file, lambda temporary: write_catalogue(datasets, temporary, form))
    licences = Counter(each.licence or "not stated" for each in datasets)
    if json:
        _write({"file": str(file), "datasets": len(datasets), "licences": dict(licences.most_common())})
        return
    from firstprint.cli.render_diff import exported_view

    show(exported_view(file, len(datasets), licences), console())


def _format(file: Path, *, force: bool) -> TableFormat:
    form = _SUFFIXES.get(file.suffix.lower())
    if form is None:
        raise InputError(
            f"{file.name!r} names no format that a catalogue is written in.",
            hint=f"Give a name that ends in {', '.join(_SUFFIXES)}.",
            code="format_unknown",
        )
    if file.exists() and not force:
        raise InputError(f"{str(file)!r} is there already.", hint="Name another file, or: --force", code="file_exists")
    return form


def _chosen(settings: Settings, sources: Sequence[str]) -> tuple[Dataset, ...]:
    from firstprint.dataset_sides import side, whole

    if not sources:
        return whole(settings)
    return tuple(each for name in dict.fromkeys(sources) for each in side(settings, name).datasets)


def _check_terms(datasets: Sequence[Dataset]) -> None:
    """What may not be passed on is not exported unasked.

    Raises:
        FaultsError: naming each source and its terms.
    """
    from firstprint.licences import bars_sharing

    bound = Counter((each.source, each.licence) for each in datasets if bars_sharing(each.licence))
    if bound:
        raise FaultsError(
            "Some datasets are under terms that limit passing them on; nothing was written.",
            [
                f"{source}: {count:,} datasets, {licence or 'no terms stated'}"
                for (source, licence), count in bound.most_common()
            ],
            hint="Choose sources with --source, or export for yourself with --allow-restricted.",
        )


def _swap_in(file: Path, write: Callable[[Path], None]) -> None:
    """Writes under a temporary name beside the file and renames it."""
    temporary = file.with_name(f".{file.stem}-{uuid.uuid4().hex}{file.suffix}")
    try:
        try:
            write(temporary)
            temporary.replace(file)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"{str(file)!r} cannot be written ({error.strerror or error}).",
            hint="Name a file in a folder you may write to.",
            code="file_unwritable",
        ) from error


def _write(record: object) -> None:
    write_json(json_module.dumps(record, ensure_ascii=False, indent=2))
