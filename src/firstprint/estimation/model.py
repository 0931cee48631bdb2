"""A trained family: everything the surrogate knows about one target unit, and its prediction for one product."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from firstprint.estimation.features import place_ratings
from firstprint.estimation.intervals import ConformalBand
from firstprint.estimation.predictors import (
    KnnSettings,
    Ridge,
    RidgeSettings,
    Shares,
    best_by_reference,
    blend,
    dots,
    knn_predict,
    knn_shares,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

ModelKind = Literal["median", "neighbours", "kernel_ridge", "blend"]


class ModelChoice(NamedTuple):
    """What a family predicts with; ``median`` ignores the text and is the floor that the others must beat."""

    kind: ModelKind
    knn: KnnSettings
    ridge: RidgeSettings

    def label(self) -> str:
        """The choice in one line, for tables."""
        near = f"k {self.knn.k}, power {self.knn.power:g}, prior {self.knn.prior:g}, place {self.knn.place:g}"
        ridge = f"gamma {self.ridge.gamma:g}, alpha {self.ridge.alpha:g}"
        parts = {"median": "", "neighbours": near, "kernel_ridge": ridge, "blend": f"{near}; {ridge}"}
        return f"{self.kind} ({parts[self.kind]})" if parts[self.kind] else self.kind


class HeldOutScore(NamedTuple):
    """How one model did on held-out groups; rows weigh as in training.

    Attributes:
        scheme: ``category`` (whole categories held out) or ``kind`` (all names with one head held out).
    """

    scheme: str
    model: str
    rows: int
    factor2: float
    mae_log10: float
    r2_log10: float


class Quantised(NamedTuple):
    """Vectors as int8 with one scale a row: a quarter of float32, cosines within 0.002.

    Attributes:
        codes: shape (rows, dimension), int8.
        scales: shape (rows,), float32.
    """

    codes: NDArray[np.int8]
    scales: NDArray[np.float32]

    def vectors(self) -> NDArray[np.float32]:
        """The vectors again, float32, shape (rows, dimension)."""
        return np.asarray(self.codes, dtype=np.float32) * self.scales[:, None]


def quantise(vectors: NDArray[np.float32]) -> Quantised:
    """Vectors of shape (rows, dimension) as int8."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12) / 127.0
    codes = np.rint(vectors / scales[:, None]).astype(np.int8)
    return Quantised(codes, scales.astype(np.float32))


class FamilyPrediction(NamedTuple):
    """A family's answer for one product.

    Attributes:
        log10_value: log10 kg CO2e per target unit.
        distance: 1 − cosine to the nearest reference.
        positions: nearest references, best first, shape (k,).
        shares: their shares among the neighbours, summing to at most 1, shape (k,).
    """

    log10_value: float
    distance: float
    positions: NDArray[np.int64]
    shares: NDArray[np.float64]


@dataclass(frozen=True)
class FamilyModel:
    """All that was learned for one target unit.

    Attributes:
        values: log10 kg CO2e per unit of each reference, shape (n,).
        weights: of each reference, mean 1, shape (n,).
        quantised: row vectors, R rows.
        attributes: shape (R, ATTRIBUTES), float32.
        reference: position of each row's reference, shape (R,).
        landmarks: rows that carry the ridge's kernel, shape (m,); empty where the choice needs none.
        coefficients: shape (m,).
        scores: the held-out table the choice was made from.
    """

    unit: str
    reference_ids: tuple[str, ...]
    names: tuple[str, ...]
    geographies: tuple[str, ...]
    values: NDArray[np.float64]
    weights: NDArray[np.float64]
    quantised: Quantised
    attributes: NDArray[np.float32]
    reference: NDArray[np.int64]
    choice: ModelChoice
    median: float
    landmarks: NDArray[np.int64]
    coefficients: NDArray[np.float64]
    ridge_mean: float
    band: ConformalBand
    scores: tuple[HeldOutScore, ...]

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        return self.quantised.vectors()

    @cached_property
    def _ridge(self) -> Ridge:
        landmarks = np.hstack([self._vectors[self.landmarks], self.attributes[self.landmarks]])
        return Ridge(self.choice.ridge.gamma, self.ridge_mean, landmarks, self.coefficients)

    def predict(
        self, vector: NDArray[np.float32], attributes: NDArray[np.float32], geography: str | None
    ) -> FamilyPrediction:
        """The prediction for one product.

        Args:
            vector: of its text, shape (dimension,).
            attributes: shape (ATTRIBUTES,).
            geography: its place, or None.
        """
        similarities = best_by_reference(dots(vector[None, :], self._vectors), self.reference)
        ratings = place_ratings([geography], self.geographies) if geography and self.choice.knn.place else None
        shares = knn_shares(similarities, self.weights, self.choice.knn, ratings)
        features = np.concatenate([vector, attributes])[None, :].astype(np.float32)
        distance = np.maximum(0.0, 1.0 - similarities.max(axis=1)).astype(np.float64)
        order = np.argsort(-shares.weights[0], kind="stable")
        total = float(shares.weights.sum()) + self.choice.knn.prior
        return FamilyPrediction(
            log10_value=self._value(shares, features, distance),
            distance=float(distance[0]),
            positions=shares.positions[0][order],
            shares=shares.weights[0][order] / total,
        )

    def _value(self, shares: Shares, features: NDArray[np.float32], distances: NDArray[np.float64]) -> float:
        kind = self.choice.kind
        if kind == "median":
            return self.median
        near = knn_predict(shares, self.values, self.median, self.choice.knn.prior)
        if kind == "neighbours":
            return float(near[0])
        ridge = self._ridge.predict(features)
        return float((ridge if kind == "kernel_ridge" else blend(near, ridge, distances))[0])
