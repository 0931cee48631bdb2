"""The index folder: built under a temporary name and swapped in, opened only after its manifest is checked."""

from __future__ import annotations

import contextlib
import errno
import shutil
import tempfile
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from firstprint.catalogue.labels import RULES_VERSION, LabelTable, build_labels
from firstprint.catalogue.table import Catalogue, write_table
from firstprint.errors import IndexFaultError, ModelError, WorkspaceError
from firstprint.retrieval.adapter import NO_ADAPTER, Adapter, AdapterNote, load_adapter, save_adapter
from firstprint.retrieval.adapter_fit import FIT_VERSION, Fitted, fit_adapter, label_sets
from firstprint.retrieval.asking import Indexes
from firstprint.retrieval.index_keeping import Hold, hold
from firstprint.retrieval.label_index import VECTORS_FILE, LabelIndex
from firstprint.retrieval.label_texts import LABELS_FILE, LabelTexts, write_label_texts
from firstprint.retrieval.label_vectors import ENCODED_FILE, Encoding, encoded, forget_chunks, sweep
from firstprint.retrieval.lexical import build_lexical, open_lexical
from firstprint.retrieval.manifest import (
    FORMAT,
    Manifest,
    file_faults,
    index_id,
    looks_unchanged,
    note_checked,
    read_manifest,
    seal,
    write_manifest,
)
from firstprint.retrieval.retriever import LabelMap, Retriever

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.catalogue.glossary import Glossary
    from firstprint.domain.dataset import Dataset
    from firstprint.domain.steps import Encoder

_CATALOGUE = "catalogue.arrow"
_MAP = ("offsets", "dataset_rows", "dataset_offsets", "label_rows", "label_kinds")
_SWAP_TRIES = 5
_ADAPTED_AT_ONCE = 4_096

Progress = Callable[[str, int, int], None]
"""Called with the step's name, work done and work in all."""


AdapterChoice = Fitted | Literal["auto", "off"]
"""An adapter to use; ``auto``: the one the catalogue's own labels call for, if any; ``off``: none."""


class IndexSource(NamedTuple):
    """What an index is made of; its id follows from these.

    Attributes:
        adapter: which catalogue adapter to use.
        vectors: the encoder's vectors of the labels where they are known already, shape (n_labels, dimension).
    """

    datasets: Sequence[Dataset]
    catalogue_sha256: str
    glossary: Glossary | None
    glossary_sha256: str
    encoder: Encoder
    software: str
    adapter: AdapterChoice = "auto"
    vectors: NDArray[np.float32] | None = None


class OpenIndex(NamedTuple):
    """An index ready to search.

    Attributes:
        held: keeps its folder from being removed; None where the file system knows no locks.
    """

    manifest: Manifest
    catalogue: Catalogue
    retriever: Retriever
    labels: LabelTexts
    held: Hold | None = None


def adapter_part(choice: AdapterChoice) -> str:
    """What of the adapter is part of the index id: what follows from the other parts is named by its rule alone."""
    if isinstance(choice, Fitted):
        return choice.note.adapter_id
    return NO_ADAPTER if choice == "off" else f"auto-{FIT_VERSION}"


def build_index(parent: Path, source: IndexSource, progress: Progress | None = None) -> Path:
    """Builds the index under ``parent`` and returns its folder, named by the index id.

    All files are written to a temporary folder beside it and moved into place in one step, so a stopped
    build leaves nothing that could be opened. Vectors of labels that an index of the same encoder under ``parent``
    has are taken from there, and what a build that was killed had encoded is not encoded again.

    Raises:
        WorkspaceError: ``parent`` cannot be written.
    """
    report = progress or (lambda _step, _done, _total: None)
    identity = index_id(
        source.catalogue_sha256,
        source.glossary_sha256,
        source.encoder.encoder_id,
        RULES_VERSION,
        adapter_part(source.adapter),
    )
    try:
        parent.mkdir(parents=True, exist_ok=True)
        sweep(parent)
        building = Path(tempfile.mkdtemp(prefix=".building-", dir=parent))
    except OSError as error:
        raise _unwritable(parent, error) from error
    try:
        _write_parts(building, source, identity, report)
        made = _swap_in(building, parent / identity)
    except OSError as error:
        raise _unwritable(parent, error) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    forget_chunks(parent, identity)
    return made


def _unwritable(folder: Path, error: OSError) -> WorkspaceError:
    return WorkspaceError(
        f"The index cannot be written under {folder} ({error.strerror or error}).",
        hint="Choose a folder you may write to, with space left: --home DIR or FIRSTPRINT_HOME=DIR.",
        code="home_unwritable",
    )


def _write_parts(folder: Path, source: IndexSource, identity: str, report: Progress) -> None:
    table = build_labels(source.datasets, source.glossary)
    write_table(source.datasets, folder / _CATALOGUE)
    labels = _label_map(table, len(source.datasets))
    encoding = Encoding(folder.parent, identity, source.encoder, report)
    vectors = _encoder_vectors(encoding, source, table.texts, folder / VECTORS_FILE)
    fitted = _fitted(source, table.texts, vectors, labels, report)
    names = [_CATALOGUE, *_write_labels(folder, table.texts, labels)]
    if fitted.adapter is not None:
        vectors = _adapted(folder, fitted.adapter)
        names += [ENCODED_FILE, *save_adapter(fitted.adapter, fitted.note, folder)]
    names += LabelIndex.build(vectors).save(folder)
    report("lexical", 0, 1)
    names += build_lexical(table.texts).save(folder, "labels")
    names += build_lexical(_documents(table, len(source.datasets))).save(folder, "documents")
    report("lexical", 1, 1)
    manifest = Manifest(
        format=FORMAT,
        index_id=identity,
        catalogue_sha256=source.catalogue_sha256,
        glossary_sha256=source.glossary_sha256,
        encoder_id=source.encoder.encoder_id,
        label_rules=RULES_VERSION,
        adapter=fitted.note,
        dimension=int(vectors.shape[1]),
        datasets=len(source.datasets),
        labels=len(table.texts),
        edges=len(table.dataset_rows),
        software=source.software,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        files=seal(folder, names),
    )
    write_manifest(folder, manifest)


def _fitted(
    source: IndexSource, texts: Sequence[str], vectors: NDArray[np.float32], labels: LabelMap, report: Progress
) -> Fitted:
    if isinstance(source.adapter, Fitted):
        return source.adapter
    if source.adapter == "off":
        return Fitted(None, AdapterNote(why="Left out, as asked."))
    report("adapter", 0, 1)
    fitted = fit_adapter(label_sets(texts, vectors, labels), source.encoder.encoder_id)
    report("adapter", 1, 1)
    return fitted


def _encoder_vectors(encoding: Encoding, source: IndexSource, texts: Sequence[str], path: Path) -> NDArray[np.float32]:
    if source.vectors is None:
        return encoded(encoding, texts, path)
    np.save(path, source.vectors.astype("<f4", copy=False), allow_pickle=False)
    return source.vectors


def _adapted(folder: Path, adapter: Adapter) -> NDArray[np.float32]:
    """Puts the encoder's vectors aside and the adapted ones in their place; a few thousand are held at a time."""
    (folder / VECTORS_FILE).rename(folder / ENCODED_FILE)
    own = np.load(folder / ENCODED_FILE, mmap_mode="r", allow_pickle=False)
    vectors = np.lib.format.open_memmap(folder / VECTORS_FILE, mode="w+", dtype=np.dtype("<f4"), shape=own.shape)
    for start in range(0, len(own), _ADAPTED_AT_ONCE):
        vectors[start : start + _ADAPTED_AT_ONCE] = adapter.apply(own[start : start + _ADAPTED_AT_ONCE])
    vectors.flush()
    return vectors


def _label_map(table: LabelTable, n_datasets: int) -> LabelMap:
    label_rows = np.repeat(np.arange(len(table.texts)), np.diff(table.offsets)).astype(np.int32)
    order = np.argsort(table.dataset_rows, kind="stable")
    counts = np.bincount(table.dataset_rows, minlength=n_datasets)
    return LabelMap(
        offsets=table.offsets,
        dataset_rows=table.dataset_rows,
        dataset_offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        label_rows=label_rows[order],
        label_kinds=table.kinds[order],
    )


def _write_labels(folder: Path, texts: Sequence[str], labels: LabelMap) -> list[str]:
    write_label_texts(texts, folder / LABELS_FILE)
    arrays: dict[str, NDArray[Any]] = labels._asdict()
    for name, array in arrays.items():
        np.save(folder / f"map.{name}.npy", array, allow_pickle=False)
    return [LABELS_FILE, *(f"map.{name}.npy" for name in arrays)]


def _documents(table: LabelTable, n_datasets: int) -> list[str]:
    texts: list[list[str]] = [[] for _ in range(n_datasets)]
    for label, text in enumerate(table.texts):
        for row in table.dataset_rows[table.offsets[label] : table.offsets[label + 1]]:
            texts[row].append(text)
    return [" ".join(parts) for parts in texts]


def _swap_in(building: Path, target: Path) -> Path:
    old = target.with_name(f".old-{uuid.uuid4().hex}")
    for _ in range(_SWAP_TRIES):
        # What stands there is damaged, or another process finished it meanwhile: move it away, then delete it.
        # Whoever has it open keeps its files.
        with contextlib.suppress(FileNotFoundError):
            target.rename(old)
        try:
            building.rename(target)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        else:
            return target
        finally:
            shutil.rmtree(old, ignore_errors=True)
    return target


def check_index(folder: Path, identity: str | None = None) -> Manifest:
    """Checks an index folder fully: manifest, identity, every file's size and checksum.

    Raises:
        IndexFaultError: naming each file at fault.
    """
    manifest = _identified(folder, identity)
    faults = file_faults(folder, manifest)
    if faults:
        raise _damaged(folder, "; ".join(faults))
    note_checked(folder, manifest)
    return manifest


def _identified(folder: Path, identity: str | None) -> Manifest:
    manifest = read_manifest(folder)
    if identity is not None and manifest.index_id != identity:
        raise IndexFaultError(
            f"The index {folder.name} was made for another catalogue or encoder (its id is {manifest.index_id}).",
            hint="Rebuild it: firstprint index build --force",
            code="index_stale",
        )
    return manifest


def _adapter(folder: Path, manifest: Manifest) -> Adapter | None:
    if manifest.adapter.adapter_id == NO_ADAPTER:
        return None
    try:
        adapter, _ = load_adapter(folder)
    except ModelError as error:
        raise _damaged(folder, error.message) from error
    if (adapter.encoder_id, adapter.adapter_id) != (manifest.encoder_id, manifest.adapter.adapter_id):
        raise _damaged(folder, "its catalogue adapter is another one than its manifest names")
    return adapter


def _damaged(folder: Path, why: str) -> IndexFaultError:
    return IndexFaultError(
        f"The index {folder.name} is damaged: {why.removesuffix('.')}.",
        hint="Rebuild it: firstprint index build --force",
        code="index_damaged",
    )


def open_index(folder: Path, identity: str) -> OpenIndex:
    """Opens an index that was checked: in full, or since when no file of it was touched.

    No build removes it while the result lives.

    Raises:
        IndexFaultError: the index is missing, stale or damaged.
    """
    held = hold(folder)
    manifest = _identified(folder, identity)
    if not looks_unchanged(folder, manifest):
        check_index(folder, identity)
    maps = {name: np.load(folder / f"map.{name}.npy", mmap_mode="r", allow_pickle=False) for name in _MAP}
    # Plain views: taking a part of a memmap costs ten times what it costs of an array over the same memory.
    arrays = {name: array.view(np.ndarray) for name, array in maps.items()}
    indexes = Indexes(
        LabelIndex.open(folder),
        open_lexical(folder, "labels", manifest.labels),
        open_lexical(folder, "documents", manifest.datasets),
        LabelMap(**arrays),
        _adapter(folder, manifest),
    )
    catalogue = Catalogue(folder / _CATALOGUE, manifest.catalogue_sha256)
    return OpenIndex(manifest, catalogue, Retriever(indexes), LabelTexts(folder / LABELS_FILE), held)
