"""``firstprint catalogue import | sources | remove``: whose datasets the catalogue is made of."""

from __future__ import annotations

import json as json_module
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstprint.cli import options
from firstprint.cli.output import console, show, write_json
from firstprint.cli.progress import StepProgress
from firstprint.cli.session import settings_of
from firstprint.errors import FaultsError, FirstprintError, InputError

if TYPE_CHECKING:
    from firstprint.dataset_import import Imported, Wishes
    from firstprint.importers.datasets.records import Asked
    from firstprint.settings import Settings

_PAIR = "="
Paths = Annotated[list[Path], typer.Argument(metavar="FILE_OR_DIR …", help="Files, folders or zip archives to import.")]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="auto looks inside and says how it knew; else csv (xlsx and parquet as well), ilcd, tidas, epd, "
        "soda4lca, olca, brightway, ecospold, agribalyse, epa-scef, desnz, rivm or oekobaudat.",
    ),
]
SourceId = Annotated[
    str | None, typer.Option("--source-id", metavar="ID", help="What the source is called; else after the file.")
]
Version = Annotated[
    str | None, typer.Option("--version", metavar="TEXT", help="Version of the source; else the file's own.")
]
Licence = Annotated[str | None, typer.Option("--licence", metavar="TEXT", help="Terms of datasets that state none.")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=NAME", help="For tables: what a column of the catalogue is called there."),
]
Defaults = Annotated[
    list[str] | None,
    typer.Option("--default", metavar="COLUMN=VALUE", help="For tables: a value for rows that state none."),
]
Sheet = Annotated[
    str, typer.Option("--sheet", metavar="NAME", help="Sheet of a workbook; else the one that fits best.")
]


def import_datasets(
    context: typer.Context,
    paths: Paths,
    form: Format = "auto",
    source_id: SourceId = None,
    version: Version = None,
    licence: Licence = None,
    columns: Columns = None,
    defaults: Defaults = None,
    sheet: Sheet = "",
    trust: Annotated[  # noqa: FBT002
        bool,
        typer.Option("--trust-values", help="Use values far outside what their unit usually has: you vouch for them."),
    ] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="Read and report; keep nothing.")] = False,  # noqa: FBT002
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Import datasets of your own, of a database or of an EPD programme; what cannot be taken over is listed.

    Each import is one version of a source. The catalogue has the version imported last; earlier ones stay for
    `catalogue diff` until they are removed. Datasets without a result can be matched and never yield a number.
    """
    from firstprint.dataset_import import Wishes, check_not_shipped

    settings = settings_of(context, home)
    _check_names(paths, source_id, version)
    wishes = Wishes(source_id or "", version or "", licence or "", trust)
    check_not_shipped(wishes.source_id)
    done: list[Imported] = []
    failed: list[FirstprintError] = []
    with StepProgress() as progress:
        for path in paths:
            try:
                done.append(_import(settings, path, form, _asked(columns, defaults, sheet), wishes, progress, dry=dry))
            except FaultsError as error:
                failed.append(error)
    if json and done:
        _write({"imported": [each.model_dump() for each in done]})
    elif done:
        from firstprint.cli.render_sources import imported_view

        show(imported_view(done), console())
    if failed:
        raise failed[0] if len(failed) == 1 else _together(failed)


def list_sources(context: typer.Context, home: options.Home = None, json: options.Json = False) -> None:  # noqa: FBT002
    """List the sources of the catalogue: shipped and imported, with versions, terms and which are in use."""
    from firstprint.source_listing import listed_sources

    lines = listed_sources(settings_of(context, home))
    if json:
        _write({"sources": [each.model_dump() for each in lines]})
        return
    from firstprint.cli.render_sources import sources_view

    show(sources_view(lines), console())


def remove(
    context: typer.Context,
    source_id: Annotated[
        str, typer.Argument(metavar="SOURCE_ID", help="A source's id, or id@version for one of several versions.")
    ],
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Take an imported source, or one version of it, out of the catalogue. Kept records stay as they are."""
    from firstprint.dataset_import import check_not_shipped
    from firstprint.dataset_sources import remove_source

    settings = settings_of(context, home)
    check_not_shipped(source_id.split("@", 1)[0])
    removed = remove_source(settings, source_id)
    if json:
        _write({"removed": list(removed)})
        return
    from firstprint.cli.render_sources import removed_view

    show(removed_view(removed), console())


def pairs(texts: Sequence[str], option: str) -> Mapping[str, str]:
    """``COLUMN=NAME`` texts as a mapping; the column is one of the catalogue table's.

    Raises:
        FaultsError: naming each text that breaks the rule.
    """
    from firstprint.catalogue.schema import COLUMNS

    known = (*COLUMNS, "life_cycle_phase", "variant")
    faults = []
    for text in texts:
        column, sign, name = text.partition(_PAIR)
        if not sign or not name.strip():
            faults.append(f"{option} {text[:60]!r}: is not COLUMN=TEXT.")
        elif column.strip() not in known:
            faults.append(f"{option} {text[:60]!r}: {column.strip()[:40]!r} is no column of the catalogue table.")
    if faults:
        raise FaultsError("Columns are not named as they must be.", faults, hint=f"Columns: {', '.join(known)}.")
    return {text.partition(_PAIR)[0].strip(): text.partition(_PAIR)[2].strip() for text in texts}


def _asked(columns: Sequence[str] | None, defaults: Sequence[str] | None, sheet: str) -> Asked:
    from firstprint.importers.datasets.records import Asked

    return Asked(pairs(columns or (), "--map"), pairs(defaults or (), "--default"), sheet)


def _import(
    settings: Settings, path: Path, form: str, asked: Asked, wishes: Wishes, progress: StepProgress, *, dry: bool
) -> Imported:
    from firstprint.dataset_import import check_not_shipped, import_package
    from firstprint.importers.datasets.formats import recognised
    from firstprint.importers.datasets.packages import Package

    with Package(path) as package:
        found = recognised(package, form)
        check_not_shipped(wishes.source_id or found.importer.about(package).source_id)
        return import_package(settings, package, found, asked, wishes, progress, dry=dry)


def _check_names(paths: Sequence[Path], source_id: str | None, version: str | None) -> None:
    if len(paths) > 1 and (source_id is not None or version is not None):
        raise InputError(
            f"--source-id and --version name one source, and {len(paths)} paths were given.",
            hint="Import them one by one, or put the files into one folder.",
            code="usage",
        )


def _together(failed: Sequence[FirstprintError]) -> FaultsError:
    faults = [
        f"{error.message.split(' cannot be')[0].split(' is of no format')[0]}: {fault}"
        for error in failed
        for fault in (error.faults if isinstance(error, FaultsError) else (error.message,))
    ]
    return FaultsError(
        f"{len(failed)} of the paths cannot be imported; the others were, where any are listed above.",
        faults,
        hint=failed[0].hint,
    )


def _write(record: object) -> None:
    write_json(json_module.dumps(record, ensure_ascii=False, indent=2))
