"""The surrogate's two predictors, in numpy: weighted nearest neighbours and kernel ridge regression."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.blocks import product, weighted_sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LOWEST_SIMILARITY = 1e-3
_JITTER = 1e-6


class KnnSettings(NamedTuple):
    """Nearest neighbours: the ``k`` heaviest count, and the median of all by ``prior``.

    A reference weighs similarity^``power``, times exp(−``place`` · (rating − 1)) where the product's place is
    known, with the geographical rating from 1 to 5.
    """

    k: int
    power: float
    prior: float
    place: float


class RidgeSettings(NamedTuple):
    """Kernel ridge: kernel exp(−gamma · squared distance), penalty ``alpha``."""

    gamma: float
    alpha: float


class Shares(NamedTuple):
    """Weights of references in a prediction: ``positions`` and ``weights`` of shape (queries, k)."""

    positions: NDArray[np.int64]
    weights: NDArray[np.float64]


@dataclass(frozen=True)
class Ridge:
    """A fitted kernel ridge: ``mean + kernel(query, landmarks) @ coefficients``.

    Attributes:
        landmarks: features, shape (m, f), float32.
        coefficients: shape (m,).
    """

    gamma: float
    mean: float
    landmarks: NDArray[np.float32]
    coefficients: NDArray[np.float64]

    def predict(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Predictions for features of shape (q, f)."""
        near = _kernel(features, self._columns, self._squares, self.gamma)
        return self.mean + weighted_sums(near, self.coefficients)

    @cached_property
    def _columns(self) -> NDArray[np.float32]:
        return np.ascontiguousarray(self.landmarks.T)

    @cached_property
    def _squares(self) -> NDArray[np.float32]:
        return _squares(self.landmarks)


def weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """The value at half of the weight."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order[int(np.searchsorted(reached, reached[-1] / 2))]])


def best_by_reference(row_scores: NDArray[np.float32], reference: NDArray[np.int64]) -> NDArray[np.float32]:
    """The best row of each reference: scores of shape (q, rows) → (q, references)."""
    starts = np.flatnonzero(np.diff(reference, prepend=-1))
    return np.maximum.reduceat(row_scores, starts, axis=1)


def knn_shares(
    similarities: NDArray[np.float32],
    weights: NDArray[np.float64],
    settings: KnnSettings,
    ratings: NDArray[np.float32] | None = None,
) -> Shares:
    """The heaviest references and their weights, not yet normalised.

    Args:
        similarities: cosines, shape (q, n).
        weights: of the references, mean 1, shape (n,), or (q, n) where each query has references of its own.
        settings: number of neighbours and what they weigh by.
        ratings: geographical ratings 1 to 5, shape (q, n); None where places are unknown.
    """
    k = min(settings.k, similarities.shape[1])
    logs = settings.power * np.log(np.maximum(similarities, _LOWEST_SIMILARITY)) + np.log(weights)
    if ratings is not None and settings.place > 0:
        logs = logs - settings.place * (ratings - 1.0)
    positions = np.argpartition(-logs, k - 1, axis=1)[:, :k]
    return Shares(positions, np.exp(np.take_along_axis(logs, positions, axis=1)).astype(np.float64))


def knn_predict(shares: Shares, values: NDArray[np.float64], median: float, prior: float) -> NDArray[np.float64]:
    """Weighted mean of the neighbours' values, drawn to the median where nothing is near; shape (q,)."""
    total = shares.weights.sum(axis=1)
    summed = (shares.weights * values[shares.positions]).sum(axis=1)
    return np.asarray((summed + prior * median) / (total + prior), dtype=np.float64)


def blend(near: NDArray[np.float64], ridge: NDArray[np.float64], distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Neighbours by the similarity of the nearest, ridge by the rest: close by, a neighbour knows best; shape (q,)."""
    share = np.clip(1.0 - distances, 0.0, 1.0)
    return share * near + (1.0 - share) * ridge


def kernel(a: NDArray[np.float32], b: NDArray[np.float32], gamma: float) -> NDArray[np.float64]:
    """exp(−gamma · ‖a − b‖²), shape (len(a), len(b))."""
    return _kernel(a, b.T, _squares(b), gamma)


def _squares(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray((rows * rows).sum(axis=1), dtype=np.float32)


def _kernel(
    a: NDArray[np.float32], columns: NDArray[np.float32], squares: NDArray[np.float32], gamma: float
) -> NDArray[np.float64]:
    squared = _squares(a)[:, None] + squares - 2.0 * product(a, columns)
    values: NDArray[np.float64] = np.exp(-gamma * np.maximum(squared, 0.0)).astype(np.float64)
    return values


def fit_ridge(
    features: NDArray[np.float32],
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    landmark_rows: NDArray[np.int64],
    settings: RidgeSettings,
) -> Ridge:
    """Weighted kernel ridge on landmarks (subset of regressors: Rasmussen and Williams 2006, section 8.3.1).

    Args:
        features: shape (n, f).
        values: shape (n,).
        weights: shape (n,), mean 1.
        landmark_rows: rows of ``features`` that carry the kernel, shape (m,).
        settings: kernel width and penalty.
    """
    mean = float(np.average(values, weights=weights))
    landmarks = features[landmark_rows]
    across = kernel(features, landmarks, settings.gamma)
    weighted = across * weights[:, None]
    penalty = settings.alpha * kernel(landmarks, landmarks, settings.gamma)
    system = weighted.T @ across + penalty
    system[np.diag_indices_from(system)] += _JITTER
    coefficients = np.linalg.solve(system, weighted.T @ (values - mean))
    return Ridge(settings.gamma, mean, landmarks, np.asarray(coefficients, dtype=np.float64))
