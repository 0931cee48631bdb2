"""A question compared with the few texts of a large index that may be like it.

The rarest n-grams are looked up first. A text has length 1, so n-grams that have not been looked up add to its score at
most the length of their part of the question (Cauchy and Schwarz): as soon as that is less than the k-th best sum so
far, no text without a rare n-gram can be among the k best. The idea of stopping by bounds is MaxScore's (Turtle and
Flood 1995); the bound is the one of unit vectors. Texts that may still reach the edge are compared through their own
n-grams. The outcome is that of comparing all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from firstprint.retrieval.grams import spans, tf_weights
from firstprint.retrieval.largest import largest
from firstprint.retrieval.lexical_build import idf_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.retrieval.grams import Counted
    from firstprint.retrieval.lexical import Weighed
    from firstprint.retrieval.lexical_build import Postings

_FIRST_ENTRIES: Final = 4_096
_GROWS_BY: Final = 3
_ENOUGH: Final = 2_000
"""Texts that are compared rather than looking up another n-gram."""
_SLACK: Final = 1e-5
"""Stored weights are rounded to float32, so a text's length differs from 1 by up to 1e-7 of it, and sums likewise."""
_LOW_BITS: Final = 0xFFFF


class _Summed(NamedTuple):
    """Texts that share an n-gram with the question, and their sums so far."""

    rows: NDArray[np.int64]
    sums: NDArray[np.float64]


class Pruned:
    """Texts that were asked about, compared with those that may be like them."""

    def __init__(self, postings: Postings, counted: Counted, asked: Sequence[Weighed]) -> None:
        """Takes a large index with the n-grams of each text, and weighed questions."""
        self._postings, self._counted, self._asked = postings, counted, asked

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
        frequency = self._postings.offsets[asked.places + 1] - self._postings.offsets[asked.places]
        order = np.argsort(frequency, kind="stable")
        looked_up = np.cumsum(frequency[order])
        squares = asked.weights[order] ** 2
        entries, done = _FIRST_ENTRIES, 0
        found = _Summed(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float64))
        while True:
            stop = max(done + 1, int(np.searchsorted(looked_up, entries, side="right")))
            found = self._with(found, asked, order[done:stop], allowed)
            done, entries = stop, entries * _GROWS_BY
            rest = float(np.sqrt(squares[done:].sum()))
            if done >= len(order):
                return _reaching(found, k, 0.0, 1.0)
            edge = _edge(found, k)
            if rest + _SLACK < edge:
                rows = _reaching(found, k, rest, float(np.sqrt(squares[:done].sum())))
                if len(rows) <= max(_ENOUGH, 4 * k):
                    return rows

    def _with(
        self, found: _Summed, asked: Weighed, terms: NDArray[np.int64], allowed: NDArray[np.bool_] | None
    ) -> _Summed:
        """The sums with some more n-grams."""
        postings = self._postings
        entries, owner = spans(postings.offsets, asked.places[terms])
        rows, shares = postings.documents[entries], asked.weights[terms][owner] * postings.weights[entries]
        if allowed is not None:
            stays = np.flatnonzero(allowed[rows])
            rows, shares = rows[stays], shares[stays]
        rows, shares = np.concatenate([found.rows, rows]), np.concatenate([found.sums, shares])
        distinct, back = np.unique(rows, return_inverse=True)
        sums = np.bincount(back, weights=shares, minlength=len(distinct)).astype(np.float64)
        return _Summed(distinct.astype(np.int64), sums)

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


def _edge(found: _Summed, k: int) -> float:
    """The ``k``-th best sum so far, which is no more than the ``k``-th best score; 0 where there are fewer."""
    if len(found.sums) < k:
        return 0.0
    return min(1.0, float(np.partition(found.sums, len(found.sums) - k)[len(found.sums) - k]))


def _reaching(found: _Summed, k: int, rest: float, known: float) -> NDArray[np.int64]:
    """Rows whose score may reach the ``k``-th best.

    Args:
        found: sums so far.
        k: rows wanted.
        rest: length of the question's part that has not been looked up.
        known: length of the part that has been.
    """
    # A text that has p of the part looked up has at least p / known of its own length there.
    left = np.sqrt(np.maximum(0.0, 1.0 - np.square(found.sums / max(known, _SLACK))))
    return found.rows[found.sums + rest * left + _SLACK >= _edge(found, k)]
