"""Lexical index: TF-IDF over character n-grams, in plain memory-mapped numpy arrays.

Weights are ``(1 + ln tf) · idf`` with ``idf = ln((1 + N) / (1 + df)) + 1`` (Salton & Buckley 1988; the smooth form of
scikit-learn), each text normalised to length 1, so a score is a cosine between 0 and 1.

A question is compared with every text that shares an n-gram with it: at a million labels 6 ms a text. Looking only at
those that may be among the best took longer at 100,000 labels and at a million (``evals/scripts/lexical_at_size.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.retrieval.columns import mapped
from firstprint.retrieval.grams import Counted, Grams, count_grams, grams_of, ngrams
from firstprint.retrieval.lexical_build import NO_LENGTH, Postings, build_from_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["USUAL_GRAMS", "Grams", "LexicalIndex", "build_lexical", "grams_of", "lexical_of", "ngrams", "open_lexical"]

USUAL_GRAMS = 45
"""Distinct n-grams of a label of usual length, about 15 characters. Chosen on the training halves of four suites (long
Chinese paragraphs, procurement lines, groceries, mixed products) among 24, 45, 90 and no bound."""
ARRAYS = ("vocabulary", "idf", "offsets", "documents", "weights")


class Weighed(NamedTuple):
    """A question's n-grams that the index knows, in rising order of their hashes.

    Attributes:
        places: int64 (n,), in the vocabulary.
        weights: float64 (n,); the sum of their products with a text's weights is the score.
    """

    places: NDArray[np.int64]
    weights: NDArray[np.float64]


class LexicalIndex:
    """Cosine of a text with each of ``size`` indexed texts."""

    def __init__(self, postings: Postings, size: int) -> None:
        """Wraps arrays made by ``build_from_counts``, of ``size`` texts."""
        self.postings = postings
        self.size = size

    def scores(self, text: str) -> NDArray[np.float32]:
        """``scores_of`` the n-grams of a text."""
        return self.scores_of(grams_of(text))

    def scores_of(self, asked: Grams) -> NDArray[np.float32]:
        """Similarity of a text to every indexed text in [0, 1], float32 of shape (size,).

        It is the cosine, for a long text divided by the highest cosine that a label of usual length could have with
        it: a paragraph that contains a name whole shares with it √(n-grams of the name / n-grams of the paragraph)
        of its direction and no more. Zeros where no n-gram is shared.
        """
        return np.minimum(self._sums(self.weighed(asked)), 1.0).astype(np.float32)

    def weighed(self, asked: Grams) -> Weighed:
        """The n-grams of a text with their weights against this index."""
        postings, size = self.postings, len(asked.hashes)
        if not len(postings.vocabulary) or not size:
            nothing = np.zeros(0, dtype=np.int64)
            return Weighed(nothing, nothing.astype(np.float64))
        places = np.minimum(np.searchsorted(postings.vocabulary, asked.hashes), len(postings.vocabulary) - 1)
        known = postings.vocabulary[places] == asked.hashes
        # An unknown n-gram counts in the length with the largest idf: a text of foreign words is not similar.
        weights = asked.weights * np.where(known, postings.idf[places], np.log1p(self.size) + 1.0)
        length = np.sqrt(np.add.accumulate(weights**2)[-1])  # summed in order, whatever the number
        weights *= np.sqrt(max(1.0, size / USUAL_GRAMS)) / max(length, NO_LENGTH)
        return Weighed(places[known], weights[known])

    def save(self, folder: Path, prefix: str) -> list[str]:
        """Writes the arrays as ``{prefix}.{array}.npy`` and returns the file names."""
        names = []
        for name in ARRAYS:
            file = folder / f"{prefix}.{name}.npy"
            array = getattr(self.postings, name)
            if not _is_file(array, file):
                np.save(file, array, allow_pickle=False)
            names.append(file.name)
        return names

    def _sums(self, asked: Weighed) -> NDArray[np.float64]:
        """The scores of a text before they are held at 1, float64 of shape (size,)."""
        sums = np.zeros(self.size, dtype=np.float64)
        if not len(asked.places):
            return sums
        postings = self.postings
        starts, stops = postings.offsets[asked.places], postings.offsets[asked.places + 1]
        bounds = list(zip(starts.tolist(), stops.tolist(), strict=True))
        # Slices put together and one sum over all: no other way of numpy goes through the entries fewer times. On
        # 26,709 labels ``add.at`` takes a third of what ``bincount`` takes, which looks for the largest row first.
        rows = np.concatenate([postings.documents[start:stop] for start, stop in bounds], dtype=np.intp)
        shares = np.repeat(asked.weights, stops - starts)
        shares *= np.concatenate([postings.weights[start:stop] for start, stop in bounds])
        np.add.at(sums, rows, shares)
        return sums


def _is_file(array: NDArray[np.generic], path: Path) -> bool:
    """Whether an array is mapped from that very file."""
    base = array.base
    return isinstance(base, np.memmap) and base.filename is not None and Path(base.filename) == path.resolve()


def build_lexical(texts: Sequence[str]) -> LexicalIndex:
    """Indexes texts; about 20,000 short ones a second."""
    return lexical_of(count_grams(texts))


def lexical_of(counted: Counted, folder: Path | None = None, prefix: str = "") -> LexicalIndex:
    """Indexes counted texts; the same counts give the same bits.

    Args:
        counted: the n-grams of each text; may be mapped from files.
        folder: where long arrays are written part by part, so that memory does not grow with them; ``save`` with the
            same folder and prefix adds the others.
        prefix: of the files.
    """
    return LexicalIndex(build_from_counts(counted, folder, prefix), counted.size)


def open_lexical(folder: Path, prefix: str, size: int) -> LexicalIndex:
    """Maps a saved index into memory."""
    return LexicalIndex(Postings(*(mapped(folder / f"{prefix}.{name}.npy") for name in ARRAYS)), size)
