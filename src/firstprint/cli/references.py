"""``firstprint references``: products with known footprints, which train and test the surrogate."""

from __future__ import annotations

import json as json_module
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from firstprint.cli import options
from firstprint.cli.output import console, show, write_json
from firstprint.cli.progress import StepProgress
from firstprint.cli.session import home_of, settings_of
from firstprint.errors import FaultsError, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firstprint.importers.reference_records import ReferenceTable
    from firstprint.reference_sources import Kept
    from firstprint.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Products with known footprints, which train and test the surrogate.")

FormatName = Literal["auto", "csv", "carbon-catalogue", "boavizta"]
SourceId = Annotated[
    str, typer.Argument(metavar="SOURCE_ID", help="A source's id, or id@version for one of several versions.")
]


@app.command("import")
def import_references(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE …", help="Files to import, csv or xlsx.")],
    form: Annotated[
        FormatName,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="csv (the plain table, xlsx as well), carbon-catalogue or boavizta; auto looks at the columns.",
        ),
    ] = "auto",
    source_id: Annotated[
        str | None, typer.Option("--source-id", metavar="ID", help="What the source is called; else after the file.")
    ] = None,
    licence: Annotated[
        str | None, typer.Option("--licence", metavar="TEXT", help="Licence of rows that state none.")
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", metavar="TEXT", help="Version of the source; else the file's own.")
    ] = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Import products with known footprints; they take effect at the next `firstprint train`.

    The plain table has the columns text, unit, kg_co2e and, where known, amount, mass_kg, category, geography, year,
    group, system_boundary, source, licence, id, in English or Chinese. kg_co2e is for amount × unit; mass_kg is that
    of one piece; group is who reported it. A file with a fault is refused as a whole, with every fault named.
    """
    settings = settings_of(context, home)
    _check_names(files, source_id, version)
    with StepProgress() as progress:
        tables = _read(files, form, licence or "", progress)
        kept = _keep(settings, files, tables, source_id or "", version or "")
    command = _train_command(home_of(context, home))
    if json:
        _write({"imported": [each.model_dump() for each in kept], "next": command})
        return
    from firstprint.cli.render_references import imported_view

    show(imported_view(kept, command), console())


@app.command("list")
def list_sources(context: typer.Context, home: options.Home = None, json: options.Json = False) -> None:  # noqa: FBT002
    """List the reference sources: those of the shipped catalogue, then what was imported, and what the model uses."""
    from firstprint.cli.reference_listing import listing

    settings = settings_of(context, home)
    with StepProgress() as progress:
        found = listing(settings, progress)
    if json:
        _write(found.model_dump())
        return
    from firstprint.cli.render_references import listing_view

    show(listing_view(found, _train_command(home_of(context, home))), console())


@app.command("show")
def show_source(
    context: typer.Context,
    source_id: SourceId,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=0, max=100_000, help="How many references to show.")
    ] = 10,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Show one source: where it is from, its terms, what was left out and why, and its first references."""
    import dataclasses

    from firstprint.reference_sources import rows_of, source_named

    settings = settings_of(context, home)
    _check_imported(source_id)
    versions = source_named(settings, source_id)
    source = versions[-1]
    rows = rows_of(settings, source)[:limit]
    if json:
        rest = [each.key for each in versions[:-1]]
        _write(
            {**source.model_dump(), "references": [dataclasses.asdict(row) for row in rows], "earlier_versions": rest}
        )
        return
    from firstprint.cli.render_references import source_view

    show(source_view(versions, rows), console())


@app.command("remove")
def remove(
    context: typer.Context,
    source_id: SourceId,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Remove an imported source, all its versions or one; the model forgets it at the next `firstprint train`."""
    from firstprint.reference_sources import remove_source

    settings = settings_of(context, home)
    _check_imported(source_id)
    removed = remove_source(settings, source_id)
    command = _train_command(home_of(context, home))
    if json:
        _write({"removed": list(removed), "next": command})
        return
    from firstprint.cli.render_references import removed_view

    show(removed_view(removed, command), console())


def _read(files: Sequence[Path], form: FormatName, licence: str, progress: StepProgress) -> list[ReferenceTable]:
    """Reads all files before anything is kept.

    Raises:
        FaultsError: listing every fault of every file.
    """
    from firstprint.importers.reference_formats import read_references

    tables: list[ReferenceTable] = []
    faulty: list[FaultsError] = []
    for done, path in enumerate(files, start=1):
        try:
            tables.append(read_references(path, None if form == "auto" else form, licence))
        except FaultsError as error:
            faulty.append(error)
        progress("reading references", done, len(files))
    if len(faulty) == 1 and len(files) == 1:
        raise faulty[0]
    if faulty:
        faults = [f"{error.message.split(' cannot be')[0]}: {fault}" for error in faulty for fault in error.faults]
        raise FaultsError("Files cannot be imported; nothing was changed.", faults, hint=faulty[0].hint)
    return tables


def _keep(
    settings: Settings, files: Sequence[Path], tables: Sequence[ReferenceTable], source_id: str, version: str
) -> list[Kept]:
    from firstprint.reference_sources import keep_source

    for table in tables:
        _check_imported(source_id or table.source_id)
    return [
        keep_source(settings, table, path, source_id=source_id, version=version)
        for path, table in zip(files, tables, strict=True)
    ]


def _check_names(files: Sequence[Path], source_id: str | None, version: str | None) -> None:
    if len(files) > 1 and (source_id is not None or version is not None):
        raise InputError(
            f"--source-id and --version name one source, and {len(files)} files were given.",
            hint="Import the files one by one.",
            code="usage",
        )


def _check_imported(name: str) -> None:
    """Sources of the shipped catalogue are neither imported nor removed."""
    from firstprint.cli.reference_listing import shipped_source_ids

    if name.split("@", 1)[0] in shipped_source_ids():
        raise InputError(
            f"{name!r} is a source of the shipped catalogue: it is always there and cannot be changed.",
            hint="Name yours otherwise: --source-id ID. Look at it with: firstprint catalogue list --source "
            + name.split("@", 1)[0],
            code="reference_source_shipped",
        )


def _train_command(home: Path | None) -> str:
    """The command that takes the references into use, as it can be typed."""
    return "firstprint train" if home is None else f"firstprint train --home {shlex.quote(str(home))}"


def _write(record: object) -> None:
    write_json(json_module.dumps(record, ensure_ascii=False, indent=2))
