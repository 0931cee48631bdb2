"""Character n-grams of decided texts, kept so that a text can be added or taken out without reading the others again.

``LexicalIndex`` writes each text's weights down once and for all: one more text changes how rare every n-gram is, and
so all weights. Here the counts are kept and rarity is worked out when it is asked for. Scores are the same.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.retrieval.grams import hashed as _hashed
from firstprint.retrieval.lexical import USUAL_GRAMS

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Grams(NamedTuple):
    """The n-grams of ``size`` texts, n-gram by n-gram.

    Attributes:
        vocabulary: uint32 (v,), hashes of the distinct n-grams, rising.
        offsets: int64 (v + 1,); n-gram i stands in ``documents[offsets[i]:offsets[i + 1]]``.
        documents: int32 (p,), positions of texts.
        tf: float32 (p,), 1 + ln of how often the n-gram stands in the text.
        size: number of texts.
    """

    vocabulary: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    documents: NDArray[np.int32]
    tf: NDArray[np.float32]
    size: int


def grams_of(texts: Sequence[str]) -> Grams:
    """The n-grams of texts; about 20,000 short ones a second, which is what indexing them costs."""
    grams: list[int] = []
    counts: list[int] = []
    documents: list[int] = []
    for place, text in enumerate(texts):
        hashed = _hashed(text)
        grams.extend(hashed)
        counts.extend(hashed.values())
        documents.extend(itertools.repeat(place, len(hashed)))
    tf = 1.0 + np.log(np.array(counts, dtype=np.float64))
    return _sorted(
        np.array(grams, dtype=np.uint32), np.array(documents, dtype=np.int32), tf.astype(np.float32), len(texts)
    )


def joined(first: Grams, second: Grams) -> Grams:
    """The n-grams of both, the texts of ``second`` behind those of ``first``."""
    shifted = second.documents + np.int32(first.size)
    return _sorted(
        np.concatenate([_spread(first), _spread(second)]),
        np.concatenate([first.documents, shifted]),
        np.concatenate([first.tf, second.tf]),
        first.size + second.size,
    )


def filtered(grams: Grams, kept: NDArray[np.bool_]) -> Grams:
    """The n-grams of the texts kept, bool of shape (size,), in their order."""
    stays = kept[grams.documents]
    places = (np.cumsum(kept) - 1).astype(np.int32)
    return _sorted(_spread(grams)[stays], places[grams.documents[stays]], grams.tf[stays], int(np.count_nonzero(kept)))


class DecidedLexical:
    """Cosine of a text with each of the texts of several parts, as ``LexicalIndex`` over all of them would give it."""

    def __init__(self, parts: Sequence[Grams]) -> None:
        """Works out lengths: a few passes over the n-grams, 2 ms at 20,000 texts."""
        self._parts = tuple(parts)
        self.size = sum(part.size for part in parts)
        self._scales = [self._scale(part) for part in self._parts]

    def scores(self, text: str) -> NDArray[np.float32]:
        """Similarity to every text in [0, 1], float32 of shape (size,); see ``LexicalIndex.scores``."""
        counts = _hashed(text)
        totals = [np.zeros(part.size, dtype=np.float32) for part in self._parts]
        if counts and self.size:
            grams, weights = self._weighted(counts)
            for part, total in zip(self._parts, totals, strict=True):
                _add(part, grams, weights, total)
        reach = np.float32(math.sqrt(max(1.0, len(counts) / USUAL_GRAMS)))
        scaled = [total * scale * reach for total, scale in zip(totals, self._scales, strict=True)]
        together = np.concatenate(scaled) if scaled else np.zeros(0, dtype=np.float32)
        return np.asarray(np.minimum(together, 1.0), dtype=np.float32)

    def alike(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Cosine of each of a few texts with each other, float32 of shape (n, n)."""
        hashed = [_hashed(text) for text in texts]
        columns = {gram: place for place, gram in enumerate(dict.fromkeys(itertools.chain.from_iterable(hashed)))}
        matrix = np.zeros((len(texts), len(columns)), dtype=np.float64)
        for row, counts in enumerate(hashed):
            matrix[row, [columns[gram] for gram in counts]] = 1.0 + np.log(list(counts.values()))
        matrix *= self._idf(np.fromiter(columns, dtype=np.uint32, count=len(columns)))
        lengths = np.sqrt((matrix**2).sum(axis=1))
        matrix /= np.maximum(lengths, 1e-12)[:, None]
        return np.asarray(matrix @ matrix.T, dtype=np.float32)

    def _weighted(self, counts: Counter[int]) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
        """The n-grams of a query, and the weight of each in its direction times its rarity."""
        grams = np.fromiter(counts, dtype=np.uint32, count=len(counts))
        tf = 1.0 + np.log(np.fromiter(counts.values(), dtype=np.float64, count=len(counts)))
        idf = self._idf(grams)
        weights = tf * idf
        return grams, weights / np.sqrt((weights**2).sum()) * idf

    def _idf(self, grams: NDArray[np.uint32]) -> NDArray[np.float64]:
        """ln((1 + N) / (1 + df)) + 1 of each n-gram; the largest for one that no text has."""
        frequency = np.zeros(len(grams), dtype=np.int64)
        for part in self._parts:
            places, known = _places(part.vocabulary, grams)
            frequency[known] += part.offsets[places + 1] - part.offsets[places]
        return np.asarray(np.log((1.0 + self.size) / (1.0 + frequency)) + 1.0)

    def _scale(self, part: Grams) -> NDArray[np.float32]:
        """1 / length of each text of a part, float32 of shape (part.size,)."""
        idf = np.repeat(self._idf(part.vocabulary), np.diff(part.offsets))
        squares = np.bincount(part.documents, weights=(part.tf * idf) ** 2, minlength=part.size)
        return np.asarray(1.0 / np.sqrt(np.maximum(squares, 1e-24)), dtype=np.float32)


def _add(part: Grams, grams: NDArray[np.uint32], weights: NDArray[np.float64], total: NDArray[np.float32]) -> None:
    places, known = _places(part.vocabulary, grams)
    for place, weight in zip(places.tolist(), weights[known].astype(np.float32), strict=True):
        start, stop = part.offsets[place], part.offsets[place + 1]
        total[part.documents[start:stop]] += weight * part.tf[start:stop]


def _places(vocabulary: NDArray[np.uint32], grams: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where the known n-grams stand in a vocabulary, and which of them are known."""
    if not len(vocabulary):
        return np.zeros(0, dtype=np.int64), np.zeros(len(grams), dtype=np.bool_)
    places = np.minimum(np.searchsorted(vocabulary, grams), len(vocabulary) - 1)
    known = np.asarray(vocabulary[places] == grams, dtype=np.bool_)
    return np.asarray(places[known], dtype=np.int64), known


def _spread(grams: Grams) -> NDArray[np.uint32]:
    """The n-gram of each entry of ``documents``."""
    return np.repeat(grams.vocabulary, np.diff(grams.offsets))


def _sorted(grams: NDArray[np.uint32], documents: NDArray[np.int32], tf: NDArray[np.float32], size: int) -> Grams:
    order = np.argsort(grams, kind="stable")  # nearly in order already when parts are joined or filtered
    vocabulary, starts = np.unique(grams[order], return_index=True)
    offsets = np.append(starts, len(grams)).astype(np.int64)
    return Grams(vocabulary, offsets, documents[order], tf[order], size)
