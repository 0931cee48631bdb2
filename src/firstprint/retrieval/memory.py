"""Memory: texts that a human confirmed or rejected for a dataset, each searchable from that moment on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.retrieval.decided import (
    Confirmed,
    Decided,
    Rejected,
    Segment,
    latest_of_pairs,
    segment_of,
    text_key,
    with_segment,
    without,
)
from firstprint.retrieval.decided_grams import DecidedLexical

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Confirmed", "Conflict", "Decided", "Memory", "Rejected", "Remembered"]

NEAR_IDENTICAL = 0.98
"""Similarity from which two texts say the same: a space, a hyphen or a plural apart."""

_LOOKED_AT = 100
_COMPARED = 64
_VOTERS = 20
_VOTE_POWER = 8
"""Chosen on the choosing half of the procurement lines: powers 4 to 16 over 10 to 30 neighbours differ by less than
half a point of hit@1, votes against no votes by half a point (.615, .619)."""
_TAIL_LEAST = 256
_TAIL_SHARE = 8
"""New decisions are indexed beside the others until they are 256 and an eighth of them; then all become one. So each
text is sorted in a bounded number of times, and at 20,000 decisions one more costs 3 ms, not the half second that
reading all of them takes."""


class Conflict(NamedTuple):
    """Texts that say the same, confirmed for different datasets by decisions that stand.

    Attributes:
        rows: catalogue rows, one a dataset.
        decisions: the latest decision for each of ``rows``.
        similarity: of the text asked about to the nearest of these texts.
    """

    rows: tuple[int, ...]
    decisions: tuple[Decided, ...]
    similarity: float


class Remembered(NamedTuple):
    """Datasets decided about for texts like the one asked about, each once.

    Attributes:
        rows: int64 (k,), catalogue rows in rising order.
        dense: float32 (k,), best cosine of a confirmed text of the dataset by the encoder; 0 without one.
        lexical: float32 (k,), best cosine by character n-grams.
        rejected: float32 (k,), similarity to the nearest text for which the dataset was rejected; 0 without one.
        votes: float32 (k,), share of each dataset in the votes of the 20 confirmations most like the text, each vote
            its similarity to the 8th power: neighbours that agree say more than the nearest alone.
        behind: the nearest confirmation of each row, or None.
        against: the nearest rejection of each row, or None.
        conflicts: among the confirmed texts nearest to the one asked about, best first.
    """

    rows: NDArray[np.int64]
    dense: NDArray[np.float32]
    lexical: NDArray[np.float32]
    rejected: NDArray[np.float32]
    votes: NDArray[np.float32]
    behind: tuple[Decided | None, ...] = ()
    against: tuple[Decided | None, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def similarity(self) -> NDArray[np.float32]:
        """The mean of dense and lexical, float32 (k,): 1 for the same text."""
        return (self.dense + self.lexical) / np.float32(2.0)


class _Compared(NamedTuple):
    """A text compared with every decision; float32 (n,) each."""

    dense: NDArray[np.float32]
    lexical: NDArray[np.float32]
    mean: NDArray[np.float32]


class Memory:
    """Decisions that stand, searchable by text and vector. Unchanging: ``changed`` makes another one."""

    def __init__(self, decisions: Sequence[Confirmed], rejections: Sequence[Rejected] = ()) -> None:
        """Takes the decisions that stand; one text may be confirmed for several datasets.

        Where a text was both confirmed and rejected for one dataset, the later decision counts alone.
        """
        self._take(segment_of(latest_of_pairs(chain(decisions, rejections))), None)

    def _take(self, base: Segment | None, tail: Segment | None) -> None:
        self._base, self._tail = base, tail
        self._parts = [part for part in (base, tail) if part is not None]
        self._rows = np.concatenate([np.zeros(0, np.int64), *(part.rows for part in self._parts)])
        self._sequences = np.concatenate([np.zeros(0, np.int64), *(part.sequences for part in self._parts)])
        rejects = np.concatenate([np.zeros(0, np.bool_), *(part.rejects for part in self._parts)])
        self._confirmations, self._rejections = np.flatnonzero(~rejects), np.flatnonzero(rejects)
        self._lexical = DecidedLexical([part.grams for part in self._parts])

    def __len__(self) -> int:
        """Number of decisions, each pair of text and dataset once."""
        return len(self._rows)

    def current(self) -> Memory:
        """Itself: a memory that never changes and one that follows the database are asked alike."""
        return self

    def confirmed(self) -> list[Confirmed]:
        """Every confirmation, with its vector, in the order of their places."""
        found = [
            Confirmed(one.text, self._vector(position), one.row, one.by, one.decided, one.sequence)
            for position, one in ((place, self._entry(place)) for place in self._confirmations.tolist())
        ]
        return sorted(found, key=lambda one: one.sequence)

    def changed(self, added: Sequence[Confirmed | Rejected], removed: Collection[int] = ()) -> Memory:
        """This memory without some decisions and with others.

        Args:
            added: decisions about pairs that it does not hold, or that are removed at once.
            removed: places (``sequence``) of decisions.
        """
        base = without(self._base, removed) if removed else self._base
        tail = without(self._tail, removed) if removed else self._tail
        tail = with_segment(tail, segment_of(added))
        limit = max(_TAIL_LEAST, _length(base) // _TAIL_SHARE)
        made = Memory(())
        if _length(tail) > limit:
            made._take(with_segment(base, tail), None)
        else:
            made._take(base, tail)
        return made

    def recall(self, text: str, vector: NDArray[np.float32], allowed: NDArray[np.bool_] | None = None) -> Remembered:
        """Datasets of the decided texts most like a text.

        Args:
            text: the text asked about.
            vector: its unit vector, shape (dimension,).
            allowed: bool of shape (n_datasets,); datasets outside are passed over.
        """
        found = self._compare(text, vector)
        confirmed = self._near(self._confirmations, found, allowed)
        rejected = self._near(self._rejections, found, allowed)
        rows = np.unique(self._rows[np.concatenate([confirmed, rejected])])
        by_row, against_row = np.searchsorted(rows, self._rows[confirmed]), np.searchsorted(rows, self._rows[rejected])
        return Remembered(
            rows=rows,
            dense=_best(found.dense, confirmed, by_row, len(rows)),
            lexical=_best(found.lexical, confirmed, by_row, len(rows)),
            rejected=_best(found.mean, rejected, against_row, len(rows)),
            votes=_votes(found.mean[confirmed], by_row, len(rows)),
            behind=self._nearest(found, confirmed, by_row, len(rows)),
            against=self._nearest(found, rejected, against_row, len(rows)),
            conflicts=self._conflicts(found, confirmed),
        )

    def _compare(self, text: str, vector: NDArray[np.float32]) -> _Compared:
        if not self._parts:
            nothing = np.zeros(0, dtype=np.float32)
            return _Compared(nothing, nothing, nothing)
        cosines = np.concatenate([part.vectors @ vector for part in self._parts])
        dense = np.clip(cosines, 0.0, 1.0).astype(np.float32)
        lexical = self._lexical.scores(text)
        return _Compared(dense, lexical, (dense + lexical) / np.float32(2.0))

    def _near(self, among: NDArray[np.int64], found: _Compared, allowed: NDArray[np.bool_] | None) -> NDArray[np.int64]:
        """Positions of the decisions nearest by either cosine."""
        near = np.union1d(_largest(found.dense, among), _largest(found.lexical, among))
        return near if allowed is None else near[allowed[self._rows[near]]]

    def _nearest(
        self, found: _Compared, near: NDArray[np.int64], place: NDArray[np.int64], n_rows: int
    ) -> tuple[Decided | None, ...]:
        """The decision most like the text for each row; of equally near ones the latest."""
        order = np.lexsort((self._sequences[near], found.mean[near]))
        best = np.full(n_rows, -1, dtype=np.int64)
        best[place[order]] = near[order]  # of several for one place the last counts
        return tuple(None if position < 0 else self._entry(position) for position in best.tolist())

    def _entry(self, position: int) -> Decided:
        first = self._parts[0].entries
        return first[position] if position < len(first) else self._parts[1].entries[position - len(first)]

    def _conflicts(self, found: _Compared, confirmed: NDArray[np.int64]) -> tuple[Conflict, ...]:
        if len(np.unique(self._rows[confirmed])) < 2:
            return ()
        nearest = confirmed[np.argsort(-found.mean[confirmed], kind="stable")][:_COMPARED]
        same = self._same_texts(nearest)
        conflicts, told = [], np.zeros(len(nearest), dtype=np.bool_)
        for place, position in enumerate(nearest):
            group = np.flatnonzero(same[place] & ~told)
            rows = self._rows[nearest[group]]
            if told[place] or len(np.unique(rows)) == 1:
                continue
            told[group] = True
            latest = {one.row: one for one in sorted(map(self._entry, nearest[group].tolist()), key=_place)}
            conflicts.append(Conflict(tuple(latest), tuple(latest.values()), float(found.mean[position])))
        return tuple(conflicts)

    def _same_texts(self, positions: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of a few decisions are about texts that say the same, bool (n, n)."""
        vectors = np.stack([self._vector(position) for position in positions.tolist()])
        entries = [self._entry(position) for position in positions.tolist()]
        dense = np.clip(vectors @ vectors.T, 0.0, 1.0)
        # The mean reaches NEAR_IDENTICAL only where the dense half does nearly; texts are compared only there.
        near = dense >= 2 * NEAR_IDENTICAL - 1.0
        keys = np.array([hash(text_key(one.text)) for one in entries])
        same = np.equal.outer(keys, keys)
        asked = np.flatnonzero((near & ~same).any(axis=1))
        if len(asked):
            lexical = self._lexical.alike([entries[place].text for place in asked.tolist()])
            both = np.ix_(asked, asked)
            same[both] |= (dense[both] + lexical) / 2.0 >= NEAR_IDENTICAL
        return np.asarray(same, dtype=np.bool_)

    def _vector(self, position: int) -> NDArray[np.float32]:
        first = self._parts[0].vectors
        found = first[position] if position < len(first) else self._parts[1].vectors[position - len(first)]
        return np.asarray(found, dtype=np.float32)


def _length(segment: Segment | None) -> int:
    return 0 if segment is None else len(segment.entries)


def _place(decision: Decided) -> int:
    return decision.sequence


def _best(
    scores: NDArray[np.float32], near: NDArray[np.int64], place: NDArray[np.int64], n_rows: int
) -> NDArray[np.float32]:
    best = np.zeros(n_rows, dtype=np.float32)
    np.maximum.at(best, place, scores[near])
    return best


def _largest(scores: NDArray[np.float32], among: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(among) <= _LOOKED_AT:
        return among
    return np.asarray(among[np.argpartition(scores[among], -_LOOKED_AT)[-_LOOKED_AT:]], dtype=np.int64)


def _votes(similarity: NDArray[np.float32], place: NDArray[np.int64], n_rows: int) -> NDArray[np.float32]:
    nearest = np.argsort(-similarity, kind="stable")[:_VOTERS]
    votes = np.bincount(place[nearest], weights=similarity[nearest].astype(np.float64) ** _VOTE_POWER, minlength=n_rows)
    return np.asarray(votes / max(float(votes.sum()), 1e-12), dtype=np.float32)
