"""A question compared with the few texts of a large index that may be like it.

The rarest n-grams are looked up first. A text has length 1, so n-grams that have not been looked up add to its score at
most the length of their part of the question (Cauchy and Schwarz): as soon as that is less than the k-th best sum so
far, no text without a rare n-gram can be among the k best. The idea of stopping by bounds is MaxScore's (Turtle and
Flood 1995); the bound is the one of unit vectors. Texts that may still reach the edge are compared through their own
n-grams. The outcome is that of comparing all.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from firstprint.retrieval.grams import spans, tf_weights
from firstprint.retrieval.largest import largest
from firstprint.retrieval.lexical_build import idf_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.retrieval.grams import Counted
    from firstprint.retrieval.lexical_build import Postings

_FIRST_ENTRIES: Final = 4_096
_GROWS_BY: Final = 2
_ENOUGH: Final = 4_000
"""Texts that are compared rather than looking up another n-gram."""
_SLACK: Final = 1e-5
"""Stored weights are rounded to float32, so a text's length differs from 1 by up to 1e-7 of it, and sums likewise."""
_LOW_BITS: Final = 0xFFFF


class Weighed(NamedTuple):
    """A question's n-grams that the index knows, in rising order of their hashes.

    Attributes:
        hashes: uint32 (n,).
        places: int64 (n,), in the vocabulary.
        weights: float64 (n,); the sum of their products with a text's weights is the score.
    """

    hashes: NDArray[np.uint32]
    places: NDArray[np.int64]
    weights: NDArray[np.float64]


class Scratch(threading.local):
    """Room for the sums of a question, one a thread: clean between questions, so none pays for all texts.

    Attributes:
        sums: float64 (size,).
        marks: int32 (size,), of any value.
        seen: bool (size,).
    """

    def __init__(self, size: int) -> None:
        """Takes the number of texts; called in each thread."""
        self.sums = np.zeros(size, dtype=np.float64)
        self.marks = np.zeros(size, dtype=np.int32)
        self.seen = np.zeros(size, dtype=np.bool_)

    def add(self, rows: NDArray[np.int32], shares: NDArray[np.float64]) -> NDArray[np.int32]:
        """Adds to the sums and tells which rows were not seen before, each once."""
        np.add.at(self.sums, rows, shares)
        unseen = rows[~self.seen[rows]]
        places = np.arange(len(unseen), dtype=np.int32)
        self.marks[unseen] = places
        fresh = unseen[self.marks[unseen] == places]
        self.seen[fresh] = True
        return np.asarray(fresh, dtype=np.int32)

    def clean(self, rows: NDArray[np.int32] | slice) -> None:
        """Makes the room of some rows clean again."""
        self.sums[rows] = 0.0
        self.seen[rows] = False


class _Summed(NamedTuple):
    """Texts that share an n-gram with the question, and their sums so far."""

    rows: NDArray[np.int32]
    sums: NDArray[np.float64]


class Pruned:
    """Texts that were asked about, compared with those that may be like them."""

    def __init__(self, postings: Postings, counted: Counted, scratch: Scratch, asked: Sequence[Weighed]) -> None:
        """Takes a large index with the n-grams of each text, room for its sums, and weighed questions."""
        self._postings, self._counted, self._scratch, self._asked = postings, counted, scratch, asked

    def nearest(self, place: int, k: int, allowed: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Rows of the ``k`` texts most like the one at ``place``; see ``Compared``."""
        asked = self._asked[place]
        if k < 1 or not len(asked.places):
            return np.zeros(0, dtype=np.int64)
        rows = self._may_be_best(asked, k, allowed)
        (scores,) = self._scores([asked], rows)
        return rows[largest(scores, k)]

    def at(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Similarity of each text to those at ``rows``; see ``Compared``."""
        return self._scores(self._asked, rows)

    def _may_be_best(self, asked: Weighed, k: int, allowed: NDArray[np.bool_] | None) -> NDArray[np.int64]:
        """Rows, rising, of all texts that may be among the ``k`` best, and of some that are not."""
        found = _Summed(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float64))
        edge = 0.0
        try:
            for found, rest, known in self._rounds(asked, allowed):
                edge = _edge(found, k, edge)
                if rest > 0.0 and rest + _SLACK >= edge:
                    continue
                rows = _reaching(found, edge, rest, known)
                if rest == 0.0 or len(rows) <= max(_ENOUGH, 4 * k):
                    break
        except BaseException:  # what was added and not yet told of is not known: all is made clean
            self._scratch.clean(slice(None))
            raise
        self._scratch.clean(found.rows)
        return np.sort(rows).astype(np.int64)

    def _rounds(self, asked: Weighed, allowed: NDArray[np.bool_] | None) -> Iterator[tuple[_Summed, float, float]]:
        """Looks up the n-grams, the rarest first, more in each round: sums, length of what is left, and of the rest."""
        frequency = self._postings.offsets[asked.places + 1] - self._postings.offsets[asked.places]
        order = np.argsort(frequency, kind="stable")
        looked_up, squares = np.cumsum(frequency[order]), asked.weights[order] ** 2
        rows, entries, done = np.zeros(0, dtype=np.int32), _FIRST_ENTRIES, 0
        while done < len(order):
            stop = max(done + 1, int(np.searchsorted(looked_up, entries, side="right")))
            rows = np.concatenate([rows, self._add(asked, order[done:stop], allowed)])
            done, entries = stop, entries * _GROWS_BY
            rest, known = float(np.sqrt(squares[done:].sum())), float(np.sqrt(squares[:done].sum()))
            yield _Summed(rows, self._scratch.sums[rows]), rest, known

    def _add(self, asked: Weighed, terms: NDArray[np.int64], allowed: NDArray[np.bool_] | None) -> NDArray[np.int32]:
        """Adds some more n-grams to the sums; rows that none before has touched."""
        postings, places = self._postings, asked.places[terms]
        starts, stops = postings.offsets[places], postings.offsets[places + 1]
        bounds = list(zip(starts.tolist(), stops.tolist(), strict=True))
        rows = np.concatenate([postings.documents[start:stop] for start, stop in bounds])
        shares = np.repeat(asked.weights[terms], stops - starts)
        shares *= np.concatenate([postings.weights[start:stop] for start, stop in bounds])
        if allowed is not None:
            stays = np.flatnonzero(allowed[rows])
            rows, shares = rows[stays], shares[stays]
        return self._scratch.add(rows, shares)

    def _scores(self, asked: Sequence[Weighed], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Scores through the n-grams of the texts at ``rows``, each summed in rising order of the hashes."""
        hashes = np.unique(np.concatenate([one.hashes for one in asked]))
        scores = np.zeros((len(asked), len(rows)), dtype=np.float32)
        if not len(hashes) or not len(rows):
            return scores
        counted = self._counted
        entries, owner = spans(counted.offsets, rows)
        held = counted.hashes[entries]
        # Most n-grams of a text are not the question's: a table of the low bits tells nearly all of them at once.
        table = np.zeros(_LOW_BITS + 1, dtype=np.bool_)
        table[hashes & _LOW_BITS] = True
        maybe = np.flatnonzero(table[held & _LOW_BITS])
        places = np.minimum(np.searchsorted(hashes, held[maybe]), len(hashes) - 1)
        shared = hashes[places] == held[maybe]
        places, owner = places[shared], owner[maybe[shared]]
        stored = self._stored(hashes, places, counted.counts[entries[maybe[shared]]], rows[owner])
        for row, one in enumerate(asked):
            weights = np.zeros(len(hashes), dtype=np.float64)
            weights[np.searchsorted(hashes, one.hashes)] = one.weights
            shares = weights[places] * stored
            totals = np.bincount(owner, weights=shares, minlength=len(rows))
            np.minimum(totals, 1.0, out=scores[row], casting="same_kind")
        return scores

    def _stored(
        self,
        hashes: NDArray[np.uint32],
        places: NDArray[np.int64],
        counts: NDArray[np.uint16],
        rows: NDArray[np.int64],
    ) -> NDArray[np.float32]:
        """The weights as they are stored in the postings, made anew by the same steps."""
        terms = np.searchsorted(self._postings.vocabulary, hashes)
        terms = np.minimum(terms, len(self._postings.vocabulary) - 1)
        idf = idf_of(self._postings.offsets[terms + 1] - self._postings.offsets[terms], self._counted.size)
        weights = tf_weights()[counts] * idf[places] / self._postings.lengths[rows]
        return np.asarray(weights.astype(np.float32))


def _edge(found: _Summed, k: int, before: float) -> float:
    """The ``k``-th best sum so far, which is no more than the ``k``-th best score; ``before`` while there are fewer.

    Args:
        found: sums so far.
        k: rows wanted.
        before: the edge a round before; sums only grow.
    """
    sums = found.sums[found.sums >= before]
    if len(sums) < k:
        return before
    return min(1.0, float(np.partition(sums, len(sums) - k)[len(sums) - k]))


def _reaching(found: _Summed, edge: float, rest: float, known: float) -> NDArray[np.int32]:
    """Rows whose score may reach the ``k``-th best.

    Args:
        found: sums so far.
        edge: no more than the ``k``-th best score.
        rest: length of the question's part that has not been looked up.
        known: length of the part that has been.
    """
    near = np.flatnonzero(found.sums >= edge - rest - _SLACK)
    sums = found.sums[near]
    # A text that has p of the part looked up has at least p / known of its own length there.
    left = np.sqrt(np.maximum(0.0, 1.0 - np.square(sums / max(known, _SLACK))))
    return found.rows[near[sums + rest * left + _SLACK >= edge]]
