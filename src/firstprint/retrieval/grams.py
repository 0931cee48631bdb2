"""Character n-grams of texts: how they are cut, hashed and counted, and counts of many texts that can be kept.

Han runs give 1- to 3-grams, other words give 3- to 5-grams inside word boundaries.
"""

from __future__ import annotations

import itertools
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from firstprint.retrieval.columns import Column, mapped

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HAN_SIZES: Final = (1, 2, 3)
_WORD_SIZES: Final = (3, 4, 5)
_MAX_CHARS: Final = 2_000
_COUNTED_TOGETHER: Final = 8_192
"""Texts whose n-grams stand in Python lists at one time: about 100 MB."""
_PARTS: Final = ("gram_offsets", "gram_hashes", "gram_counts")
_MOST: Final = 65_535


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff"


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    """Maximal runs of Han characters and of other letters and digits, folded to lower case and NFKC."""
    folded = unicodedata.normalize("NFKC", text).casefold()

    def kind(char: str) -> int:
        return 0 if not char.isalnum() else 1 if _is_han(char) else 2

    for key, group in itertools.groupby(folded, kind):
        if key:
            yield key == 1, "".join(group)


def ngrams(text: str) -> Iterator[str]:
    """The character n-grams of a text, repeats included.

    >>> list(ngrams("铝罐"))
    ['铝', '罐', '铝罐']
    >>> list(ngrams("Can"))
    [' ca', 'can', 'an ', ' can', 'can ', ' can ']
    """
    for han, run in _runs(text[:_MAX_CHARS]):
        padded = run if han else f" {run} "
        for size in _HAN_SIZES if han else _WORD_SIZES:
            for start in range(len(padded) - size + 1):
                yield padded[start : start + size]


def hashed(text: str) -> Counter[int]:
    """How often each n-gram of a text occurs, by its CRC-32.

    That is the same number on every machine and run; at 300,000 distinct n-grams about ten collide.
    """
    return Counter([zlib.crc32(gram.encode("utf-8", "replace")) for gram in ngrams(text)])


class Grams(NamedTuple):
    """The distinct n-grams of a text, so that several indexes are asked without counting them again.

    Attributes:
        hashes: uint32 (n,), rising.
        weights: 1 + ln of how often each occurs, float64 (n,).
    """

    hashes: NDArray[np.uint32]
    weights: NDArray[np.float64]


def grams_of(text: str) -> Grams:
    """Counts and hashes the n-grams of a text; empty for one without letters and digits."""
    counts = hashed(text)
    hashes = np.fromiter(counts, dtype=np.uint32, count=len(counts))
    order = np.argsort(hashes)
    return Grams(hashes[order], tf_weights()[np.fromiter(counts.values(), dtype=np.uint16, count=len(counts))[order]])


_TF: list[NDArray[np.float64]] = []


def tf_weights() -> NDArray[np.float64]:
    """1 + ln n at place n, float64 (65,536,); 0 at 0 (Salton & Buckley 1988)."""
    if not _TF:
        table = np.zeros(_MOST + 1, dtype=np.float64)
        table[1:] = 1.0 + np.log(np.arange(1, _MOST + 1, dtype=np.float64))
        _TF.append(table)
    return _TF[0]


class Counted(NamedTuple):
    """The n-grams of many texts, text by text: what an index is built from without reading the texts again.

    Attributes:
        offsets: int64 (n + 1,); text i owns offsets[i]:offsets[i + 1] of the others.
        hashes: uint32 (p,), rising within a text.
        counts: uint16 (p,), at least 1.
    """

    offsets: NDArray[np.int64]
    hashes: NDArray[np.uint32]
    counts: NDArray[np.uint16]

    @property
    def size(self) -> int:
        """Number of texts."""
        return len(self.offsets) - 1


def count_grams(texts: Iterable[str], folder: Path | None = None, prefix: str = "") -> Counted:
    """Counts the n-grams of texts; about 20,000 short ones a second. The texts are read once, a few at a time.

    Args:
        texts: may come one by one.
        folder: writes the counts there as ``save_counts`` does, a part at a time, and maps them; None keeps them in
            memory.
        prefix: of the files.
    """
    files = [None if folder is None else folder / f"{prefix}.{part}.npy" for part in _PARTS]
    reading, end = iter(texts), 0
    with (
        Column(np.dtype(np.int64), files[0]) as offsets,
        Column(np.dtype(np.uint32), files[1]) as hashes,
        Column(np.dtype(np.uint16), files[2]) as counts,
    ):
        offsets.add(np.zeros(1, dtype=np.int64))
        while part := list(itertools.islice(reading, _COUNTED_TOGETHER)):
            counted = _counted(part)
            offsets.add(counted.offsets[1:] + end)
            hashes.add(counted.hashes)
            counts.add(counted.counts)
            end += len(counted.hashes)
    return Counted(offsets.array(), hashes.array(), counts.array())


def _counted(texts: Sequence[str]) -> Counted:
    counters = [hashed(text) for text in texts]
    sizes = np.array([len(one) for one in counters], dtype=np.int64)
    total = int(sizes.sum())
    hashes = np.fromiter(itertools.chain.from_iterable(counters), dtype=np.uint32, count=total)
    counts = np.fromiter(itertools.chain.from_iterable(one.values() for one in counters), dtype=np.uint16, count=total)
    order = np.lexsort((hashes, np.repeat(np.arange(len(texts)), sizes)))
    return Counted(_offsets(sizes), hashes[order], counts[order])


def _offsets(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes, dtype=np.int64)])


def concat(parts: Sequence[Counted]) -> Counted:
    """The texts of several, one after the other."""
    if len(parts) == 1:
        return parts[0]
    sizes = [np.diff(part.offsets) for part in parts]
    return Counted(
        _offsets(np.concatenate([np.zeros(0, dtype=np.int64), *sizes])),
        np.concatenate([np.zeros(0, dtype=np.uint32), *(part.hashes for part in parts)]),
        np.concatenate([np.zeros(0, dtype=np.uint16), *(part.counts for part in parts)]),
    )


def take(counted: Counted, rows: NDArray[np.int64]) -> Counted:
    """The texts at ``rows`` (int64, in any order, repeats allowed)."""
    entries, _ = spans(counted.offsets, rows)
    sizes = counted.offsets[rows + 1] - counted.offsets[rows]
    return Counted(_offsets(sizes), counted.hashes[entries], counted.counts[entries])


def save_counts(counted: Counted, folder: Path, prefix: str) -> list[str]:
    """Writes counts as ``{prefix}.{part}.npy`` and returns the file names."""
    names = [f"{prefix}.{part}.npy" for part in _PARTS]
    arrays: tuple[NDArray[Any], ...] = counted
    for name, array in zip(names, arrays, strict=True):
        np.save(folder / name, array, allow_pickle=False)
    return names


def open_counts(folder: Path, prefix: str) -> Counted:
    """Maps saved counts into memory."""
    files = [folder / f"{prefix}.{part}.npy" for part in _PARTS]
    return Counted(*(mapped(file) for file in files))


def spans(offsets: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All positions owned by ``rows`` under ``offsets``, and which of the rows (by position) owns each."""
    starts = offsets[rows]
    counts = offsets[rows + 1] - starts
    ends = np.cumsum(counts)
    owner = np.repeat(np.arange(len(rows)), counts)
    shift = starts - (ends - counts)
    return np.arange(int(ends[-1]) if len(rows) else 0) + shift[owner], owner
