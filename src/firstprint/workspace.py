"""What lives in the home folder: the index over the shipped and the imported datasets, built on first use."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from firstprint.catalogue.glossary import load_glossary
from firstprint.catalogue.labels import RULES_VERSION
from firstprint.catalogue.reader import catalogue_files, catalogue_sha256, read_sound_catalogue
from firstprint.dataset_sources import DatasetSource, active_sources, combined, combined_sha256, datasets_of
from firstprint.domain.dataset import Dataset
from firstprint.domain.steps import Encoder
from firstprint.embedding.opening import open_encoder
from firstprint.errors import FirstprintError, IndexFaultError
from firstprint.resources import resource
from firstprint.retrieval.adapter import NO_ADAPTER, load_adapter
from firstprint.retrieval.adapter_fit import Fitted
from firstprint.retrieval.index_folder import (
    AdapterChoice,
    IndexSource,
    OpenIndex,
    adapter_part,
    build_index,
    check_index,
    open_index,
)
from firstprint.retrieval.index_keeping import IndexFolder, index_folders, left_behind, remove
from firstprint.retrieval.label_vectors import sweep
from firstprint.retrieval.manifest import Manifest, index_id
from firstprint.settings import Settings
from firstprint.version import __version__

_FORMER_VECTORS_FILE = "vectors.sqlite"

Progress = Callable[[str, int, int], None]


class Shipped(NamedTuple):
    """The default catalogue and glossary: where they are, and their checksums."""

    files: tuple[Path, ...]
    catalogue_sha256: str
    glossary_sha256: str


@cache
def shipped() -> Shipped:
    """The catalogue and glossary of this installation."""
    files = catalogue_files(resource("index/catalogue"))
    return Shipped(files, catalogue_sha256(files), catalogue_sha256([resource("index/glossary.csv")]))


class Contents(NamedTuple):
    """What the catalogue of a workspace is made of.

    Attributes:
        imported: the version in use of each imported source.
        sha256: of the shipped catalogue where nothing was imported, else over all of it.
    """

    imported: tuple[DatasetSource, ...]
    sha256: str


def contents(settings: Settings, *, shipped_only: bool = False) -> Contents:
    """The sources of the catalogue, by id.

    Raises:
        WorkspaceError: an imported source is damaged.
    """
    imported = () if shipped_only else active_sources(settings)
    return Contents(imported, combined_sha256(shipped().catalogue_sha256, imported))


def all_datasets(settings: Settings, *, shipped_only: bool = False) -> tuple[Dataset, ...]:
    """Every dataset of the catalogue, the shipped ones first.

    Raises:
        WorkspaceError: an imported source is damaged.
    """
    ours = read_sound_catalogue(shipped().files)
    imported = contents(settings, shipped_only=shipped_only).imported
    return combined(ours, ((each, datasets_of(settings, each)) for each in imported)) if imported else ours


def encoder_of(settings: Settings) -> Encoder:
    """The encoder the settings name; the default one loads in the background."""
    return open_encoder(
        settings.embedding_model,
        device=settings.embedding_device,
        threads=settings.threads,
        batch_texts=settings.embedding_batch,
        precision=settings.embedding_precision,
    )


def expected_index(settings: Settings, encoder: Encoder, *, shipped_only: bool = False) -> Path:
    """The folder of the index that fits this catalogue, glossary, encoder and adapter.

    Raises:
        ModelError: the user's own adapter is damaged; it is not replaced unasked.
        WorkspaceError: an imported source is damaged.
    """
    sha256 = contents(settings, shipped_only=shipped_only).sha256
    return settings.index_folder / _identity(encoder, adapter_part(_adapter(settings, encoder, sha256)), sha256)


def own_adapter_folder(settings: Settings, encoder: Encoder) -> Path:
    """Where the adapter that ``firstprint train`` fitted to this catalogue's decisions lives."""
    return _adapter_folder(settings, encoder, contents(settings).sha256)


def adapter_choice(settings: Settings, encoder: Encoder) -> AdapterChoice:
    """The user's own adapter where ``firstprint train`` kept one, else what the settings say.

    Raises:
        ModelError: the user's own adapter is damaged; it is not replaced unasked.
    """
    return _adapter(settings, encoder, contents(settings).sha256)


def _adapter(settings: Settings, encoder: Encoder, sha256: str) -> AdapterChoice:
    folder = _adapter_folder(settings, encoder, sha256)
    if settings.adapter == "auto" and folder.is_dir():
        return Fitted(*load_adapter(folder))
    return settings.adapter


def _adapter_folder(settings: Settings, encoder: Encoder, sha256: str) -> Path:
    return settings.model_folder / f"adapter-{_identity(encoder, NO_ADAPTER, sha256)}"


def _identity(encoder: Encoder, adapter: str, sha256: str) -> str:
    return index_id(sha256, shipped().glossary_sha256, encoder.encoder_id, RULES_VERSION, adapter)


def make_index(
    settings: Settings,
    encoder: Encoder,
    progress: Progress | None = None,
    *,
    shipped_only: bool = False,
) -> Path:
    """Builds the index anew and swaps it in; only labels that no index of this encoder here has are encoded.

    Older indexes that nobody can be using are removed then (``index_keeping.left_behind``).

    Args:
        settings: of the workspace.
        encoder: encodes the labels.
        progress: told each step.
        shipped_only: leave imported datasets out.
    """
    parts = contents(settings, shipped_only=shipped_only)
    source = IndexSource(
        datasets=all_datasets(settings, shipped_only=shipped_only),
        catalogue_sha256=parts.sha256,
        glossary=load_glossary(),
        glossary_sha256=shipped().glossary_sha256,
        encoder=encoder,
        software=f"firstprint {__version__}",
        adapter=_adapter(settings, encoder, parts.sha256),
    )
    made = build_index(settings.index_folder, source, progress)
    # Indexes hand on the vectors of labels that were kept here once.
    with suppress(OSError):
        (settings.home / _FORMER_VECTORS_FILE).unlink(missing_ok=True)
    gone = _removed_behind(settings, encoder, made)
    if gone and progress is not None:
        progress(f"older indexes removed: {len(gone)}, {sum(one.bytes for one in gone) / 1e6:,.0f} MB", 0, 0)
    return made


def _removed_behind(settings: Settings, encoder: Encoder, made: Path) -> tuple[IndexFolder, ...]:
    """Removes what the build left behind; nothing where what this workspace asks for cannot be told."""
    try:
        needed = {made.name, expected_index(settings, encoder).name}
    except FirstprintError:
        return ()
    return remove(left_behind(index_folders(settings.index_folder), needed, encoder.encoder_id))


class Pruned(NamedTuple):
    """What ``pruned_indexes`` did.

    Attributes:
        removed: indexes that are gone.
        kept: those that stay: the one that fits, and those that a process has open.
    """

    removed: tuple[IndexFolder, ...]
    kept: tuple[IndexFolder, ...]


def pruned_indexes(settings: Settings, encoder: Encoder) -> Pruned:
    """Removes every index but the one that fits catalogue and settings and those that a process has open.

    Raises:
        IndexFaultError: the index that fits is missing, stale or damaged: it could be made from another one.
    """
    fits = verified_index(settings, encoder).index_id
    sweep(settings.index_folder)
    found = index_folders(settings.index_folder)
    removed = remove([one for one in found if one.folder.name != fits])
    return Pruned(removed, tuple(one for one in found if one not in removed))


def ready_index(
    settings: Settings, encoder: Encoder, progress: Progress | None = None, *, shipped_only: bool = False
) -> OpenIndex:
    """Opens the index that fits; builds it when it is missing, and again when it is damaged or stale.

    Args:
        settings: of the workspace.
        encoder: of the settings.
        progress: told each step of building.
        shipped_only: over the catalogue as it is shipped, which suites over the default catalogue are measured on.

    Raises:
        WorkspaceError: the home folder cannot be written and there is no sound index to open.
    """
    folder = expected_index(settings, encoder, shipped_only=shipped_only)
    try:
        return open_index(folder, folder.name)
    except IndexFaultError as fault:
        if progress is not None and folder.exists():
            progress(f"rebuilding: {fault.message}", 0, 0)
    make_index(settings, encoder, progress, shipped_only=shipped_only)
    return open_index(folder, folder.name)


def verified_index(settings: Settings, encoder: Encoder) -> Manifest:
    """Checks the index that fits, fully.

    Raises:
        IndexFaultError: it is missing, stale or damaged; every file at fault is named.
    """
    folder = expected_index(settings, encoder)
    if not folder.is_dir():
        raise IndexFaultError(
            f"There is no index for this catalogue and encoder ({folder.name}) in {settings.index_folder}.",
            hint="Build it: firstprint index build",
            code="index_missing",
        )
    return check_index(folder, folder.name)
