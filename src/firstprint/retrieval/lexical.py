"""Lexical index: TF-IDF over character n-grams, in plain memory-mapped numpy arrays.

Han runs give 1- to 3-grams, other words give 3- to 5-grams inside word boundaries. Weights are
``(1 + ln tf) · idf`` with ``idf = ln((1 + N) / (1 + df)) + 1`` (Salton & Buckley 1988; the smooth form of
scikit-learn), each text normalised to length 1, so a score is a cosine between 0 and 1.
"""

from __future__ import annotations

import itertools
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HAN_SIZES = (1, 2, 3)
_WORD_SIZES = (3, 4, 5)
_MAX_QUERY_CHARS = 2_000
USUAL_GRAMS = 45
"""Distinct n-grams of a label of usual length, about 15 characters. Chosen on the training halves of four suites (long
Chinese paragraphs, procurement lines, groceries, mixed products) among 24, 45, 90 and no bound."""
_NO_LENGTH = 1e-12
ARRAYS = ("vocabulary", "idf", "offsets", "documents", "weights")


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
    for han, run in _runs(text[:_MAX_QUERY_CHARS]):
        padded = run if han else f" {run} "
        for size in _HAN_SIZES if han else _WORD_SIZES:
            for start in range(len(padded) - size + 1):
                yield padded[start : start + size]


def _hashed(text: str) -> Counter[int]:
    # CRC-32 gives the same number on every machine and run; at 300,000 distinct n-grams about ten collide.
    return Counter(zlib.crc32(gram.encode("utf-8", "replace")) for gram in ngrams(text))


class _Postings(NamedTuple):
    vocabulary: NDArray[np.uint32]
    idf: NDArray[np.float32]
    offsets: NDArray[np.int64]
    documents: NDArray[np.int32]
    weights: NDArray[np.float32]


class Grams(NamedTuple):
    """The distinct n-grams of a text, hashed, so that several indexes are asked without counting them again.

    Attributes:
        hashes: uint32 (n,).
        weights: 1 + ln of how often each occurs, float64 (n,).
    """

    hashes: NDArray[np.uint32]
    weights: NDArray[np.float64]


def grams_of(text: str) -> Grams:
    """Counts and hashes the n-grams of a text; empty for one without letters and digits."""
    counts = _hashed(text)
    return Grams(
        np.fromiter(counts, dtype=np.uint32, count=len(counts)),
        1.0 + np.log(np.fromiter(counts.values(), dtype=np.float64, count=len(counts))),
    )


class LexicalIndex:
    """Cosine of a text with each of ``size`` indexed texts."""

    def __init__(self, postings: _Postings, size: int) -> None:
        """Wraps arrays made by ``build_lexical`` or ``open_lexical``."""
        # Plain views: taking a part of a memmap costs ten times what it costs of an array over the same memory.
        self._postings = _Postings(*(part.view(np.ndarray) for part in postings))
        self.size = size

    def scores(self, text: str) -> NDArray[np.float32]:
        """``scores_of`` for one text, float32 of shape (size,)."""
        (scores,) = self.scores_of([grams_of(text)])
        return np.asarray(scores, dtype=np.float32)

    def scores_of(self, asked: Sequence[Grams]) -> NDArray[np.float32]:
        """Similarity of texts to every indexed text in [0, 1], float32 of shape (len(asked), size).

        It is the cosine, for a long text divided by the highest cosine that a label of usual length could have with
        it: a paragraph that contains a name whole shares with it √(n-grams of the name / n-grams of the paragraph)
        of its direction and no more. Zeros where no n-gram is shared.
        """
        postings, sizes = self._postings, np.array([len(one.hashes) for one in asked], dtype=np.int64)
        if not len(postings.vocabulary) or not sizes.any():
            return np.zeros((len(asked), self.size), dtype=np.float32)
        grams = np.concatenate([one.hashes for one in asked])
        owner = np.repeat(np.arange(len(asked)), sizes)
        places = np.searchsorted(postings.vocabulary, grams)
        places[places == len(postings.vocabulary)] = 0
        known = postings.vocabulary[places] == grams
        # An unknown n-gram counts in the length with the largest idf: a text of foreign words is not similar.
        idf = np.where(known, postings.idf[places], np.log1p(self.size) + 1.0)
        weights = np.concatenate([one.weights for one in asked]) * idf
        lengths = np.sqrt(np.bincount(owner, weights=weights**2, minlength=len(asked)))
        reach = np.sqrt(np.maximum(1.0, sizes / USUAL_GRAMS)) / np.maximum(lengths, _NO_LENGTH)
        weights *= reach[owner]
        starts, stops = postings.offsets[places[known]], postings.offsets[places[known] + 1]
        counted = stops - starts
        # One gather and one count over all n-grams: a loop over them costs several times as much.
        shift = starts - (np.cumsum(counted) - counted)
        entries = np.arange(int(counted.sum())) + np.repeat(shift, counted)
        shares = np.repeat(weights[known], counted) * postings.weights[entries]
        slots = postings.documents[entries] + np.repeat(owner[known] * self.size, counted)
        totals = np.bincount(slots, weights=shares, minlength=len(asked) * self.size)
        return np.minimum(totals, 1.0).astype(np.float32).reshape(len(asked), self.size)

    def save(self, folder: Path, prefix: str) -> list[str]:
        """Writes the arrays as ``{prefix}.{array}.npy`` and returns the file names."""
        names = []
        for name in ARRAYS:
            file = f"{prefix}.{name}.npy"
            np.save(folder / file, getattr(self._postings, name), allow_pickle=False)
            names.append(file)
        return names


def build_lexical(texts: Sequence[str]) -> LexicalIndex:
    """Indexes texts; about 20,000 short ones a second."""
    grams: list[int] = []
    documents: list[int] = []
    counts: list[int] = []
    for row, text in enumerate(texts):
        hashed = _hashed(text)
        grams.extend(hashed)
        counts.extend(hashed.values())
        documents.extend(itertools.repeat(row, len(hashed)))
    vocabulary, term = np.unique(np.array(grams, dtype=np.uint32), return_inverse=True)
    frequency = np.bincount(term, minlength=len(vocabulary))
    idf = np.log((1.0 + len(texts)) / (1.0 + frequency)) + 1.0
    rows = np.array(documents, dtype=np.int32)
    weights = (1.0 + np.log(np.array(counts, dtype=np.float64))) * idf[term]
    lengths = np.sqrt(np.bincount(rows, weights=weights**2, minlength=len(texts)))
    weights /= np.maximum(lengths, _NO_LENGTH)[rows]
    order = np.lexsort((rows, term))
    postings = _Postings(
        vocabulary=vocabulary,
        idf=idf.astype(np.float32),
        offsets=np.concatenate([[0], np.cumsum(frequency)]).astype(np.int64),
        documents=rows[order],
        weights=weights[order].astype(np.float32),
    )
    return LexicalIndex(postings, len(texts))


def open_lexical(folder: Path, prefix: str, size: int) -> LexicalIndex:
    """Maps a saved index into memory."""
    arrays = {name: np.load(folder / f"{prefix}.{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS}
    return LexicalIndex(_Postings(**arrays), size)
