"""Picking out of many: the largest scores, and each row once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIEVED_BELOW = np.float32(0.25)
_NOTHING = np.float32(0.0)


def largest(scores: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """Positions of the ``k`` largest positive scores, in any order; which of equal ones follows from the scores.

    Args:
        scores: shape (n,).
        k: positions wanted; fewer where fewer are positive and allowed.
        allowed: bool of shape (n,); positions outside are passed over.
    """
    if k < 1:
        return np.zeros(0, dtype=np.int64)
    places = _standing_out(scores, allowed)
    if len(places) < k:
        places = _above(scores, _NOTHING, allowed)
    if len(places) > k:
        places = places[np.argpartition(scores[places], -k)[-k:]]
    return places


def _standing_out(scores: NDArray[np.float32], allowed: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """Positions of what lies not far below the best allowed: most labels share a few characters with any text."""
    best = scores.max(initial=_NOTHING)
    places = _above(scores, _SIEVED_BELOW * best, allowed)
    if allowed is None:
        return places
    best_allowed = scores[places].max(initial=_NOTHING)
    if best_allowed == best:
        return places
    if not len(places):
        best_allowed = scores[_above(scores, _NOTHING, allowed)].max(initial=_NOTHING)
    return _above(scores, _SIEVED_BELOW * best_allowed, allowed)


def _above(scores: NDArray[np.float32], floor: np.float32, allowed: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    places = np.flatnonzero(scores > floor)
    return places if allowed is None else places[allowed[places]]


def distinct(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each of some rows once, in rising order; ``numpy.unique`` takes four times as long for 600 of them."""
    found = np.sort(rows)
    if len(found) < 2:
        return found
    new = np.empty(len(found), dtype=np.bool_)
    new[0] = True
    np.not_equal(found[1:], found[:-1], out=new[1:])
    return found[new]
