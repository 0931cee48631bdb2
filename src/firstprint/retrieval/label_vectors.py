"""Vectors of an index's labels: taken from an earlier index where their text is unchanged, else encoded, in chunks.

Chunks that were encoded are closed on disk one by one, each named by the encoder and the very texts it holds and ended
by a checksum, so that a build that was killed goes on where it was. They are deleted when the build ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.errors import IndexFaultError
from firstprint.retrieval.label_index import VECTORS_FILE
from firstprint.retrieval.label_texts import LABELS_FILE, LabelTexts
from firstprint.retrieval.manifest import FORMAT, Manifest, damaged_files, read_manifest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.domain.steps import Encoder

ENCODED_FILE = "encoded.npy"
"""The encoder's own vectors, where those that are searched went through an adapter."""

CHUNK = 2_048
"""Texts of a chunk on disk: what a kill costs at most, seconds of encoding."""
_ENCODED_AT_ONCE = 512
_DIGEST = 32
_PREFIX = ".encoding-"
_LEFT_BEHIND_S = {".building-": 86_400.0, ".old-": 86_400.0, _PREFIX: 30 * 86_400.0}
"""Age in seconds past which what a killed build left is deleted: its copy after a day, its vectors after a month."""


class Encoding(NamedTuple):
    """Where vectors come from and go to.

    Attributes:
        parent: the folder of all indexes.
        identity: of the index that is built.
        encoder: of the index.
        report: told how many texts are done, of how many.
    """

    parent: Path
    identity: str
    encoder: Encoder
    report: Callable[[str, int, int], None]


class _Earlier(NamedTuple):
    """An index of the same encoder: its texts and the encoder's vectors of them, mapped: no removal takes them away."""

    texts: LabelTexts
    vectors: NDArray[np.float32]


def encoded(encoding: Encoding, texts: Sequence[str], path: Path) -> NDArray[np.float32]:
    """The encoder's vectors of texts, float32 of shape (len(texts), dimension), written to ``path`` and mapped from it.

    Args:
        encoding: what encodes, and where chunks and earlier indexes are.
        texts: distinct.
        path: of the file to write.
    """
    shape = (len(texts), encoding.encoder.dimension)
    if not texts:
        np.save(path, np.zeros(shape, dtype=np.float32), allow_pickle=False)
        return np.zeros(shape, dtype=np.float32)
    vectors = np.lib.format.open_memmap(path, mode="w+", dtype=np.dtype("<f4"), shape=shape)
    missing = _taken_over(encoding, texts, vectors)
    # Texts of like length together: the encoder pads or batches by length, and progress stays even.
    order = sorted(missing, key=lambda row: len(texts[row]))
    done = len(texts) - len(order)
    with _kept_chunks(encoding, len(order)) as chunks:
        for start in range(0, len(order), CHUNK):
            part = order[start : start + CHUNK]
            vectors[part] = _chunk(encoding, [texts[row] for row in part], chunks)
            done += len(part)
            encoding.report("encode", done, len(texts))
    if not order:
        encoding.report("encode", done, len(texts))
    vectors.flush()
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def forget_chunks(parent: Path, identity: str) -> None:
    """Deletes the chunks of a build that ended."""
    shutil.rmtree(parent / f"{_PREFIX}{identity}", ignore_errors=True)


def sweep(parent: Path) -> None:
    """Deletes what builds that were killed long ago left behind."""
    now = time.time()
    for prefix, age in _LEFT_BEHIND_S.items():
        for folder in parent.glob(f"{prefix}*"):
            with contextlib.suppress(OSError):
                if now - max(path.stat().st_mtime for path in (folder, *folder.iterdir())) > age:
                    shutil.rmtree(folder, ignore_errors=True)


def _taken_over(encoding: Encoding, texts: Sequence[str], vectors: NDArray[np.float32]) -> list[int]:
    """Fills in what earlier indexes know; the rows left open."""
    missing = dict(zip(texts, range(len(texts)), strict=True))
    for earlier in _earlier(encoding):
        if not missing:
            break
        theirs, ours = [], []
        for row, text in enumerate(earlier.texts):
            place = missing.pop(text, None)
            if place is not None:
                theirs.append(row)
                ours.append(place)
        for start in range(0, len(ours), CHUNK):
            vectors[ours[start : start + CHUNK]] = earlier.vectors[theirs[start : start + CHUNK]]
    return list(missing.values())


def _earlier(encoding: Encoding) -> Iterator[_Earlier]:
    """Sound indexes of the same encoder, the newest first."""
    found: list[tuple[Manifest, Path]] = []
    for folder in encoding.parent.iterdir():
        if folder.name.startswith(".") or not folder.is_dir():
            continue
        with contextlib.suppress(IndexFaultError):
            manifest = read_manifest(folder)
            if (manifest.format, manifest.encoder_id) == (FORMAT, encoding.encoder.encoder_id):
                found.append((manifest, folder))
    for manifest, folder in sorted(found, key=lambda one: (one[0].created, one[1].name), reverse=True):
        name = ENCODED_FILE if ENCODED_FILE in manifest.files else VECTORS_FILE
        # A file that vanishes meanwhile is a fault like any other: another index, or the encoder, has the vectors.
        with contextlib.suppress(OSError, ValueError):
            if not damaged_files(folder, manifest, (name, LABELS_FILE)):
                texts = LabelTexts(folder / LABELS_FILE)
                yield _Earlier(texts, np.load(folder / name, mmap_mode="r", allow_pickle=False))


@contextlib.contextmanager
def _kept_chunks(encoding: Encoding, count: int) -> Iterator[Path | None]:
    """The folder that chunks are kept in; None for a build that one chunk holds."""
    folder = encoding.parent / f"{_PREFIX}{encoding.identity}"
    if count <= CHUNK:
        yield None
        return
    folder.mkdir(exist_ok=True)
    yield folder


def _chunk(encoding: Encoding, texts: Sequence[str], folder: Path | None) -> NDArray[np.float32]:
    if folder is None:
        return _encode(encoding.encoder, texts)
    path = folder / _name(encoding.encoder.encoder_id, texts)
    kept = _read(path, (len(texts), encoding.encoder.dimension))
    if kept is not None:
        return kept
    vectors = _encode(encoding.encoder, texts)
    # Another process that builds the same index may have ended, and deleted the folder: then nothing needs keeping.
    with contextlib.suppress(FileNotFoundError):
        _write(path, vectors)
    return vectors


def _encode(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    parts = [encoder.encode(texts[at : at + _ENCODED_AT_ONCE]) for at in range(0, len(texts), _ENCODED_AT_ONCE)]
    return np.concatenate(parts).astype("<f4", copy=False)


def _name(encoder_id: str, texts: Sequence[str]) -> str:
    told = hashlib.sha256(encoder_id.encode())
    for text in texts:
        part = text.encode("utf-8", "surrogatepass")
        told.update(len(part).to_bytes(8, "little") + part)
    return told.hexdigest()


def _read(path: Path, shape: tuple[int, int]) -> NDArray[np.float32] | None:
    """The vectors of a chunk; None where there is none or its checksum does not fit."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    body, digest = content[:-_DIGEST], content[-_DIGEST:]
    if len(body) != shape[0] * shape[1] * 4 or hashlib.sha256(body).digest() != digest:
        return None
    return np.frombuffer(body, dtype="<f4").reshape(shape)


def _write(path: Path, vectors: NDArray[np.float32]) -> None:
    body = np.ascontiguousarray(vectors, dtype="<f4").tobytes()
    part = path.with_name(f".{uuid.uuid4().hex}")
    part.write_bytes(body + hashlib.sha256(body).digest())
    part.replace(path)
