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
from firstprint.domain.product import Record
from firstprint.errors import IndexFaultError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firstprint.retrieval.index_keeping import IndexFolder
    from firstprint.retrieval.manifest import Manifest
    from firstprint.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Build, describe, verify or tidy up the search index.")


class FolderNote(Record):
    """An index folder as ``prune`` tells it; ``encoder_id`` is empty where this version cannot read the index."""

    index_id: str
    encoder_id: str
    bytes: int


class PruneNote(Record):
    """What ``prune`` did."""

    removed: tuple[FolderNote, ...]
    kept: tuple[FolderNote, ...]
    freed_bytes: int


@app.command()
def build(
    context: typer.Context,
    force: Annotated[bool, typer.Option("--force", help="Build again although a sound index exists.")] = False,  # noqa: FBT002
    without_adapter: Annotated[  # noqa: FBT002
        bool,
        typer.Option("--no-adapter", help="Leave the catalogue adapter out; FIRSTPRINT_ADAPTER=off then uses it so."),
    ] = False,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Build the index over the catalogue, unless a sound one is there.

    Nothing needs this to be run first: every command builds a missing index by itself.
    """
    from firstprint.retrieval.index_keeping import index_folders
    from firstprint.workspace import encoder_of, make_index

    settings = settings_of(context, home)
    if without_adapter:
        settings = settings.model_copy(update={"adapter": "off"})
    encoder = encoder_of(settings)
    started = time.monotonic()
    if force or _fault(settings) is not None:
        with StepProgress() as progress:
            make_index(settings, encoder, progress)
        notice(f"firstprint: index built in {time.monotonic() - started:.0f} s")
    else:
        notice("firstprint: a sound index is there already; --force builds it again")
    _print(verified(settings), index_folders(settings.index_folder), json=json)


@app.command()
def info(context: typer.Context, home: options.Home = None, json: options.Json = False) -> None:  # noqa: FBT002
    """Describe the index: what it was made from, when, how large it is."""
    from firstprint.retrieval.index_keeping import index_folders
    from firstprint.retrieval.manifest import read_manifest
    from firstprint.workspace import encoder_of, expected_index

    settings = settings_of(context, home)
    folder = expected_index(settings, encoder_of(settings))
    if not folder.is_dir():
        verified(settings)  # raises the fault that says so
    _print(read_manifest(folder), index_folders(settings.index_folder), json=json)


@app.command()
def verify(context: typer.Context, home: options.Home = None, json: options.Json = False) -> None:  # noqa: FBT002
    """Check every file of the index against its checksum; exit code 1 when one is missing or changed."""
    try:
        manifest = verified(settings_of(context, home))
    except IndexFaultError as fault:
        report(fault, as_json=json)
        raise typer.Exit(FAULT_FOUND) from fault
    if not json:
        typer.echo(f"The index {manifest.index_id} is sound: {len(manifest.files)} files, every checksum fits.")
        return
    write_record(manifest)


@app.command()
def prune(context: typer.Context, home: options.Home = None, json: options.Json = False) -> None:  # noqa: FBT002
    """Remove every index but the one that fits catalogue and settings, and those that a running process has open.

    A build already removes what it leaves behind, but keeps the index used before and, for 30 days, those of other
    encoders. An index removed is built again when it is asked for.
    """
    from firstprint.workspace import encoder_of, pruned_indexes

    settings = settings_of(context, home)
    done = pruned_indexes(settings, encoder_of(settings))
    freed = sum(one.bytes for one in done.removed)
    if json:
        removed, kept = (tuple(map(_note, each)) for each in (done.removed, done.kept))
        write_record(PruneNote(removed=removed, kept=kept, freed_bytes=freed))
        return
    from firstprint.cli.render_index import pruned_view

    show(pruned_view(done.removed, done.kept), console())


def _note(one: IndexFolder) -> FolderNote:
    return FolderNote(index_id=one.folder.name, encoder_id=one.encoder_id, bytes=one.bytes)


def verified(settings: Settings) -> Manifest:
    """The manifest of the index that fits catalogue and encoder, after a full check.

    Raises:
        IndexFaultError: the index is missing, stale or damaged.
    """
    from firstprint.workspace import encoder_of, verified_index

    return verified_index(settings, encoder_of(settings))


def _fault(settings: Settings) -> IndexFaultError | None:
    try:
        verified(settings)
    except IndexFaultError as fault:
        return fault
    return None


def _print(manifest: Manifest, folders: Sequence[IndexFolder], *, json: bool) -> None:
    if json:
        write_record(manifest)
        return
    from firstprint.cli.render_index import manifest_view

    show(manifest_view(manifest, folders), console())
