"""Lexical index: TF-IDF over character n-grams, in plain memory-mapped numpy arrays.

Weights are ``(1 + ln tf) · idf`` with ``idf = ln((1 + N) / (1 + df)) + 1`` (Salton & Buckley 1988; the smooth form of
scikit-learn), each text normalised to length 1, so a score is a cosine between 0 and 1.

Up to ``EXHAUSTIVE_UP_TO`` texts a question is compared with every text that shares an n-gram with it. Above, the rarest
n-grams name those that may be among the best, and these alone are compared (``lexical_pruned``). Both give the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from firstprint.retrieval.columns import mapped
from firstprint.retrieval.grams import Counted, Grams, count_grams, grams_of, ngrams, open_counts, save_counts
from firstprint.retrieval.largest import largest
from firstprint.retrieval.lexical_build import NO_LENGTH, Postings, build_from_counts
from firstprint.retrieval.lexical_pruned import Pruned, Scratch, Weighed

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["USUAL_GRAMS", "Grams", "LexicalIndex", "build_lexical", "grams_of", "lexical_of", "ngrams", "open_lexical"]

USUAL_GRAMS = 45
"""Distinct n-grams of a label of usual length, about 15 characters. Chosen on the training halves of four suites (long
Chinese paragraphs, procurement lines, groceries, mixed products) among 24, 45, 90 and no bound."""
EXHAUSTIVE_UP_TO: Final = 100_000
"""Texts up to which comparing all of them is faster (``evals/scripts/lexical_at_size.py``)."""
ARRAYS = ("vocabulary", "idf", "offsets", "documents", "weights")
_LENGTHS = "lengths"


class Compared(Protocol):
    """Texts that were asked about, compared with those of an index."""

    def nearest(self, place: int, k: int, allowed: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Rows of the ``k`` texts most like the one asked at ``place``, in any order.

        Args:
            place: among the texts asked about.
            k: rows wanted; fewer where fewer share an n-gram.
            allowed: bool of shape (size,); rows outside are passed over.
        """
        ...

    def at(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarity of each text asked about to the texts at ``rows``, float32 of shape (n_asked, len(rows))."""
        ...


class LexicalIndex:
    """Cosine of a text with each of ``size`` indexed texts."""

    def __init__(self, postings: Postings, size: int, counted: Counted | None = None) -> None:
        """Wraps arrays made by ``build_from_counts``.

        Args:
            postings: the inverted file.
            size: number of texts.
            counted: the n-grams of each text; with them a question is compared with a few texts alone.
        """
        self.postings = postings
        self.size = size
        self.counted = counted
        self._scratch = Scratch(0 if counted is None else size)

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
        scores = np.zeros((len(asked), self.size), dtype=np.float32)
        for row, one in enumerate(asked):
            self._add(self.weighed(one), scores[row])
        return scores

    def compare(self, asked: Sequence[Grams]) -> Compared:
        """Compares texts with the indexed ones; what is not asked for is not worked out."""
        if self.counted is None:
            return _Exhaustive(self.scores_of(asked))
        return Pruned(self.postings, self.counted, self._scratch, [self.weighed(one) for one in asked])

    def weighed(self, asked: Grams) -> Weighed:
        """The n-grams of a text with their weights against this index."""
        postings, size = self.postings, len(asked.hashes)
        if not len(postings.vocabulary) or not size:
            nothing = np.zeros(0, dtype=np.int64)
            return Weighed(nothing.astype(np.uint32), nothing, nothing.astype(np.float64))
        places = np.minimum(np.searchsorted(postings.vocabulary, asked.hashes), len(postings.vocabulary) - 1)
        known = postings.vocabulary[places] == asked.hashes
        # An unknown n-gram counts in the length with the largest idf: a text of foreign words is not similar.
        weights = asked.weights * np.where(known, postings.idf[places], np.log1p(self.size) + 1.0)
        length = np.sqrt(np.add.accumulate(weights**2)[-1])  # summed in order, whatever the number
        weights *= np.sqrt(max(1.0, size / USUAL_GRAMS)) / max(length, NO_LENGTH)
        return Weighed(asked.hashes[known], places[known], weights[known])

    def save(self, folder: Path, prefix: str) -> list[str]:
        """Writes the arrays as ``{prefix}.{array}.npy`` and returns the file names."""
        wanted = ARRAYS if self.counted is None else (*ARRAYS, _LENGTHS)
        names = []
        for name in wanted:
            file = folder / f"{prefix}.{name}.npy"
            array = getattr(self.postings, name)
            if not _is_file(array, file):
                np.save(file, array, allow_pickle=False)
            names.append(file.name)
        return names if self.counted is None else [*names, *save_counts(self.counted, folder, prefix)]

    def _add(self, asked: Weighed, scores: NDArray[np.float32]) -> None:
        """Adds the scores of a text to zeros."""
        if not len(asked.places):
            return
        postings = self.postings
        starts, stops = postings.offsets[asked.places], postings.offsets[asked.places + 1]
        bounds = list(zip(starts.tolist(), stops.tolist(), strict=True))
        # Slices put together and one count over all: no other way of numpy goes through the entries fewer times.
        rows = np.concatenate([postings.documents[start:stop] for start, stop in bounds])
        shares = np.repeat(asked.weights, stops - starts)
        shares *= np.concatenate([postings.weights[start:stop] for start, stop in bounds])
        np.minimum(np.bincount(rows, weights=shares, minlength=self.size), 1.0, out=scores, casting="same_kind")


def _is_file(array: NDArray[np.generic], path: Path) -> bool:
    """Whether an array is mapped from that very file."""
    base = array.base
    return isinstance(base, np.memmap) and base.filename is not None and Path(base.filename) == path.resolve()


class _Exhaustive:
    """Texts compared with every indexed one."""

    def __init__(self, scores: NDArray[np.float32]) -> None:
        self._scores = scores

    def nearest(self, place: int, k: int, allowed: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        return largest(self._scores[place], k, allowed)

    def at(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        return np.take(self._scores, rows, axis=1)


def build_lexical(texts: Sequence[str]) -> LexicalIndex:
    """Indexes texts; about 20,000 short ones a second."""
    return lexical_of(count_grams(texts))


def lexical_of(
    counted: Counted, folder: Path | None = None, prefix: str = "", exhaustive_up_to: int = EXHAUSTIVE_UP_TO
) -> LexicalIndex:
    """Indexes counted texts; the same counts give the same bits.

    Args:
        counted: the n-grams of each text; may be mapped from files.
        folder: where long arrays are written part by part, so that memory does not grow with them; ``save`` with the
            same folder and prefix adds the others.
        prefix: of the files.
        exhaustive_up_to: texts up to which a question is compared with all of them.
    """
    postings = build_from_counts(counted, folder, prefix)
    return LexicalIndex(postings, counted.size, counted if counted.size > exhaustive_up_to else None)


def open_lexical(folder: Path, prefix: str, size: int, exhaustive_up_to: int = EXHAUSTIVE_UP_TO) -> LexicalIndex:
    """Maps a saved index into memory."""
    arrays = {name: mapped(folder / f"{prefix}.{name}.npy") for name in ARRAYS}
    if size <= exhaustive_up_to:
        return LexicalIndex(Postings(**arrays, lengths=np.zeros(0)), size)
    lengths = mapped(folder / f"{prefix}.{_LENGTHS}.npy")
    return LexicalIndex(Postings(**arrays, lengths=lengths), size, open_counts(folder, prefix))
