"""What lives in the home folder: the index over the shipped catalogue, built on first use, and its encoder."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from firstprint.catalogue.glossary import load_glossary
from firstprint.catalogue.labels import RULES_VERSION
from firstprint.catalogue.reader import catalogue_files, catalogue_sha256, read_sound_catalogue
from firstprint.domain.steps import Encoder
from firstprint.embedding.opening import open_encoder
from firstprint.errors import IndexFaultError
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
from firstprint.retrieval.manifest import Manifest, index_id
from firstprint.settings import Settings
from firstprint.version import __version__

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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


def encoder_of(settings: Settings) -> Encoder:
    """The encoder the settings name; the default one loads in the background."""
    return open_encoder(settings.embedding_model, device=settings.embedding_device, threads=settings.threads)


def expected_index(settings: Settings, encoder: Encoder) -> Path:
    """The folder of the index that fits this catalogue, glossary, encoder and adapter.

    Raises:
        ModelError: the user's own adapter is damaged; it is not replaced unasked.
    """
    return settings.index_folder / _identity(encoder, adapter_part(adapter_choice(settings, encoder)))


def own_adapter_folder(settings: Settings, encoder: Encoder) -> Path:
    """Where the adapter that ``firstprint train`` fitted to this catalogue's decisions lives."""
    return settings.model_folder / f"adapter-{_identity(encoder, NO_ADAPTER)}"


def adapter_choice(settings: Settings, encoder: Encoder) -> AdapterChoice:
    """The user's own adapter where ``firstprint train`` kept one, else what the settings say.

    Raises:
        ModelError: the user's own adapter is damaged; it is not replaced unasked.
    """
    folder = own_adapter_folder(settings, encoder)
    if settings.adapter == "auto" and folder.is_dir():
        return Fitted(*load_adapter(folder))
    return settings.adapter


def _identity(encoder: Encoder, adapter: str) -> str:
    parts = shipped()
    return index_id(parts.catalogue_sha256, parts.glossary_sha256, encoder.encoder_id, RULES_VERSION, adapter)


def make_index(
    settings: Settings,
    encoder: Encoder,
    progress: Progress | None = None,
    vectors: NDArray[np.float32] | None = None,
) -> Path:
    """Builds the index anew and swaps it in.

    Args:
        settings: of the workspace.
        encoder: encodes the labels.
        progress: told each step.
        vectors: the encoder's vectors of the labels where another index has them, shape (n_labels, dimension).
    """
    parts = shipped()
    source = IndexSource(
        datasets=read_sound_catalogue(parts.files),
        catalogue_sha256=parts.catalogue_sha256,
        glossary=load_glossary(),
        glossary_sha256=parts.glossary_sha256,
        encoder=encoder,
        software=f"firstprint {__version__}",
        adapter=adapter_choice(settings, encoder),
        vectors=vectors,
    )
    return build_index(settings.index_folder, source, progress)


def ready_index(settings: Settings, encoder: Encoder, progress: Progress | None = None) -> OpenIndex:
    """Opens the index that fits; builds it when it is missing, and again when it is damaged or stale.

    Raises:
        WorkspaceError: the home folder cannot be written and there is no sound index to open.
    """
    folder = expected_index(settings, encoder)
    try:
        return open_index(folder, folder.name)
    except IndexFaultError as fault:
        if progress is not None and folder.exists():
            progress(f"rebuilding: {fault.message}", 0, 0)
    make_index(settings, encoder, progress)
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
