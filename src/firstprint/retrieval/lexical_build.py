"""Builds a lexical index from counted n-grams, in a memory that does not grow with their number.

The n-grams are sorted in ranges of their hashes: each range is gathered from the counts, sorted and written behind the
one before. Weights follow in a second pass, when the length of every text is known. Every sum is taken in rising order
of the hashes, so the ranges leave no trace in the result.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from firstprint.retrieval.columns import Column
from firstprint.retrieval.grams import Counted, tf_weights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

NO_LENGTH: Final = 1e-12
_SORTED_TOGETHER: Final = 4_000_000
"""N-grams of texts that are sorted at one time; takes about 250 MB."""
_BUCKETS: Final = 1 << 16
_BUCKET_BITS: Final = 16


class Postings(NamedTuple):
    """An inverted file.

    Attributes:
        vocabulary: uint32 (v,), hashes of the distinct n-grams, rising.
        idf: float32 (v,).
        offsets: int64 (v + 1,); n-gram i stands in ``documents[offsets[i]:offsets[i + 1]]``.
        documents: int32 (p,), rows of texts, rising within an n-gram.
        weights: float32 (p,), each text's of length 1.
    """

    vocabulary: NDArray[np.uint32]
    idf: NDArray[np.float32]
    offsets: NDArray[np.int64]
    documents: NDArray[np.int32]
    weights: NDArray[np.float32]


def idf_of(frequency: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """ln((1 + N) / (1 + df)) + 1 (the smooth form of scikit-learn)."""
    return np.asarray(np.log((1.0 + size) / (1.0 + frequency)) + 1.0, dtype=np.float64)


def build_from_counts(
    counted: Counted, folder: Path | None = None, prefix: str = "", together: int = _SORTED_TOGETHER
) -> Postings:
    """The inverted file of counted texts; the same counts give the same bits.

    Args:
        counted: may be mapped from files.
        folder: writes the long arrays there as ``{prefix}.{array}.npy``, a part at a time, and maps them; None keeps
            them in memory.
        prefix: of the files.
        together: n-grams sorted at one time.
    """
    with (
        Column(np.dtype(np.int32), _file(folder, prefix, "documents")) as documents,
        Column(np.dtype(np.float32), _file(folder, prefix, "weights")) as weights,
        tempfile.TemporaryFile(dir=folder) as aside,
    ):
        sums = np.zeros(counted.size, dtype=np.float64)
        vocabulary, frequencies = [], []
        for part in _sorted_parts(counted, together):
            starts = np.flatnonzero(np.diff(part.hashes, prepend=part.hashes[0] + np.uint32(1)))
            frequency = np.diff(starts, append=len(part.hashes))
            vocabulary.append(part.hashes[starts])
            frequencies.append(frequency)
            weighed = tf_weights()[part.counts] * np.repeat(idf_of(frequency, counted.size), frequency)
            np.add.at(sums, part.documents, weighed**2)
            documents.add(part.documents)
            part.counts.tofile(aside)
        frequency = np.concatenate([np.zeros(0, dtype=np.int64), *frequencies])
        lengths = np.maximum(np.sqrt(sums), NO_LENGTH)
        aside.seek(0)
        for rows, idf in _spread(documents, idf_of(frequency, counted.size), frequency, together):
            counts = np.fromfile(aside, dtype=np.uint16, count=len(rows))
            weights.add((tf_weights()[counts] * idf / lengths[rows]).astype(np.float32))
    return Postings(
        vocabulary=np.concatenate([np.zeros(0, dtype=np.uint32), *vocabulary]),
        idf=idf_of(frequency, counted.size).astype(np.float32),
        offsets=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(frequency, dtype=np.int64)]),
        documents=documents.array(),
        weights=weights.array(),
    )


def _file(folder: Path | None, prefix: str, name: str) -> Path | None:
    return None if folder is None else folder / f"{prefix}.{name}.npy"


class _Part(NamedTuple):
    """N-grams of a range of hashes, by hash and then by text."""

    hashes: NDArray[np.uint32]
    documents: NDArray[np.int32]
    counts: NDArray[np.uint16]


def _sorted_parts(counted: Counted, together: int) -> Iterator[_Part]:
    """All n-grams in rising order, none in two parts; a part is larger than ``together`` only for one bucket."""
    for low, high in _ranges(counted, together):
        hashes, documents, counts = [], [], []
        for first, last in _rows_together(counted.offsets, together):
            start, stop = counted.offsets[first], counted.offsets[last]
            chunk = counted.hashes[start:stop]
            places = np.flatnonzero((chunk >= low) & (chunk <= high))
            hashes.append(chunk[places])
            counts.append(counted.counts[start:stop][places])
            owner = np.searchsorted(counted.offsets[first : last + 1], places + start, side="right") - 1
            documents.append((first + owner).astype(np.int32))
        part = _Part(np.concatenate(hashes), np.concatenate(documents), np.concatenate(counts))
        order = np.argsort(part.hashes, kind="stable")  # the texts stand in rising order already
        yield _Part(part.hashes[order], part.documents[order], part.counts[order])


def _ranges(counted: Counted, together: int) -> Iterator[tuple[int, int]]:
    """Ranges of hashes, both ends inside, that hold n-grams and at most ``together`` of them if they can."""
    sizes = np.zeros(_BUCKETS, dtype=np.int64)
    for start in range(0, len(counted.hashes), together):
        buckets = counted.hashes[start : start + together] >> _BUCKET_BITS
        sizes += np.bincount(buckets, minlength=_BUCKETS)
    held, first = 0, 0
    for bucket, size in enumerate(sizes.tolist()):
        if held and held + size > together:
            yield first << _BUCKET_BITS, (bucket << _BUCKET_BITS) - 1
            held, first = 0, bucket
        held += size
    if held:
        yield first << _BUCKET_BITS, (_BUCKETS << _BUCKET_BITS) - 1


def _rows_together(offsets: NDArray[np.int64], together: int) -> Iterator[tuple[int, int]]:
    """Runs of texts of about ``together`` n-grams, at least one text each."""
    first, size = 0, len(offsets) - 1
    while first < size:
        last = int(np.searchsorted(offsets, offsets[first] + together, side="right")) - 1
        last = min(max(last, first + 1), size)
        yield first, last
        first = last


def _spread(
    documents: Column, idf: NDArray[np.float64], frequency: NDArray[np.int64], together: int
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.float64]]]:
    """Rows and idf of the n-grams in their order, a part at a time."""
    ends, start = np.cumsum(frequency), 0
    for rows in documents.parts(together):
        terms = np.searchsorted(ends, np.arange(start, start + len(rows)), side="right")
        yield rows, idf[terms]
        start += len(rows)
