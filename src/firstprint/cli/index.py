"""``firstprint index``: the search index over the catalogue."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from firstprint.cli import options
from firstprint.cli.errors import FAULT_FOUND, report
from firstprint.cli.output import console, notice, show, write_record
from firstprint.cli.progress import StepProgress
from firstprint.cli.session import settings_of
from firstprint.errors import IndexFaultError

if TYPE_CHECKING:
    from pathlib import Path

    from firstprint.retrieval.manifest import Manifest

app = typer.Typer(no_args_is_help=True, help="Build, describe or verify the search index.")


@app.command()
def build(
    context: typer.Context,
    force: Annotated[bool, typer.Option("--force", help="Build again although a sound index exists.")] = False,  # noqa: FBT002
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Build the index over the catalogue, unless a sound one is there.

    Nothing needs this to be run first: every command builds a missing index by itself.
    """
    from firstprint.workspace import encoder_of, make_index

    settings = settings_of(context, home)
    encoder = encoder_of(settings)
    started = time.monotonic()
    if force or _fault(context, home) is not None:
        with StepProgress() as progress:
            make_index(settings, encoder, progress)
        notice(f"firstprint: index built in {time.monotonic() - started:.0f} s")
    else:
        notice("firstprint: a sound index is there already; --force builds it again")
    _print(verified(context, home), json=json)


@app.command()
def info(context: typer.Context, home: options.Home = None, json: options.Json = False) -> None:  # noqa: FBT002
    """Describe the index: what it was made from, when, how large it is."""
    from firstprint.retrieval.manifest import read_manifest
    from firstprint.workspace import encoder_of, expected_index

    settings = settings_of(context, home)
    folder = expected_index(settings, encoder_of(settings))
    if not folder.is_dir():
        verified(context, home)  # raises the fault that says so
    _print(read_manifest(folder), json=json)


@app.command()
def verify(context: typer.Context, home: options.Home = None, json: options.Json = False) -> None:  # noqa: FBT002
    """Check every file of the index against its checksum; exit code 1 when one is missing or changed."""
    try:
        manifest = verified(context, home)
    except IndexFaultError as fault:
        report(fault, as_json=json)
        raise typer.Exit(FAULT_FOUND) from fault
    if not json:
        typer.echo(f"The index {manifest.index_id} is sound: {len(manifest.files)} files, every checksum fits.")
        return
    write_record(manifest)


def verified(context: typer.Context, home: Path | None) -> Manifest:
    """The manifest of the index that fits catalogue and encoder, after a full check.

    Raises:
        IndexFaultError: the index is missing, stale or damaged.
    """
    from firstprint.workspace import encoder_of, verified_index

    settings = settings_of(context, home)
    return verified_index(settings, encoder_of(settings))


def _fault(context: typer.Context, home: Path | None) -> IndexFaultError | None:
    try:
        verified(context, home)
    except IndexFaultError as fault:
        return fault
    return None


def _print(manifest: Manifest, *, json: bool) -> None:
    if json:
        write_record(manifest)
        return
    from firstprint.cli.render_index import manifest_view

    show(manifest_view(manifest), console())
