"""A trained family: everything the surrogate knows about one target unit, and its prediction for one product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from firstprint.blocks import product
from firstprint.estimation.cells import PROBES, Cells, CellSpreads, best_references, scales_of
from firstprint.estimation.features import CATEGORY_WEIGHT, Level, mix, place_ratings, ridge_features
from firstprint.estimation.intervals import ConformalBand, local_scales
from firstprint.estimation.kept_vectors import Texts
from firstprint.estimation.predictors import (
    KnnSettings,
    Ridge,
    RidgeSettings,
    Shares,
    best_by_reference,
    blend,
    knn_predict,
    knn_shares,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROWS_TOGETHER = 256
"""Rows turned at a time: 512 kB stay in the processor's cache, where the whole takes memory for each step."""

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
        level: what was known of the products: their text alone, or category and mass as well.
    """

    scheme: str
    level: str
    model: str
    rows: int
    factor2: float
    mae_log10: float
    r2_log10: float


class Seen(NamedTuple):
    """What a family sees of one product.

    Attributes:
        vector: of its text, shape (dimension,).
        category: of its category, zero where unknown, shape (dimension,).
        attributes: shape (ATTRIBUTES,).
        geography: its place, or None.
        level: what is known of it.
    """

    vector: NDArray[np.float32]
    category: NDArray[np.float32]
    attributes: NDArray[np.float32]
    geography: str | None
    level: Level


class FamilyPrediction(NamedTuple):
    """A family's answer for one product.

    Attributes:
        log10_value: log10 kg CO2e per target unit.
        distance: 1 − cosine to the nearest reference.
        nearest: position of that reference.
        positions: nearest references, best first, shape (k,).
        shares: their shares among the neighbours, summing to at most 1, shape (k,).
        band: the interval of the level answered at.
        scale: what like references were missed by when held out, log10.
    """

    log10_value: float
    distance: float
    nearest: int
    positions: NDArray[np.int64]
    shares: NDArray[np.float64]
    band: ConformalBand
    scale: float

    def half_width_log10(self, coverage: float) -> float:
        """Half the interval in log10."""
        return self.band.half_width_log10(self.distance, coverage, self.scale)


@dataclass(frozen=True)
class LevelModel:
    """What was learned for one level of knowledge.

    Attributes:
        landmarks: rows that carry the ridge's kernel, shape (m,); empty where the choice needs none.
        coefficients: shape (m,).
        scores: the held-out table the choice was made from.
        spreads: absolute held-out residual of each reference, log10, NaN where it has none, shape (n,).
    """

    choice: ModelChoice
    landmarks: NDArray[np.int64]
    coefficients: NDArray[np.float64]
    ridge_mean: float
    band: ConformalBand
    scores: tuple[HeldOutScore, ...]
    spreads: NDArray[np.float64]

    def scales_at(self, distances: NDArray[np.float64]) -> NDArray[np.float64]:
        """Typical held-out residual at each distance, log10; shape as ``distances``."""
        return np.interp(distances, self.band.knots, self.band.scales)


class Near(NamedTuple):
    """What lies near each of q products.

    Attributes:
        shares: nearest references and their weights, shape (q, k).
        distances: 1 − cosine to the nearest reference, shape (q,).
        nearest: its position, shape (q,).
        scales: what like references were missed by when held out, log10, shape (q,).
    """

    shares: Shares
    distances: NDArray[np.float64]
    nearest: NDArray[np.int64]
    scales: NDArray[np.float64]


class Published(NamedTuple):
    """Who published a reference, and under which licence; both may be empty."""

    source: str = ""
    licence: str = ""


@dataclass(frozen=True)
class FamilyModel:
    """All that was learned for one target unit.

    Attributes:
        values: log10 kg CO2e per unit of each reference, shape (n,).
        weights: of each reference, mean 1, shape (n,).
        texts: text vectors of R rows.
        categories: category vectors of R rows.
        attributes: shape (R, ATTRIBUTES), float32.
        reference: position of each row's reference, shape (R,).
        levels: by level of knowledge, at least one.
        published: who published each reference and under which licence; empty for a model that did not keep it.
        cells: of the rows, where there are many; None where all are looked at.
    """

    unit: str
    reference_ids: tuple[str, ...]
    names: tuple[str, ...]
    geographies: tuple[str, ...]
    values: NDArray[np.float64]
    weights: NDArray[np.float64]
    texts: Texts
    categories: Texts
    attributes: NDArray[np.float32]
    reference: NDArray[np.int64]
    median: float
    levels: Mapping[Level, LevelModel]
    published: tuple[Published, ...] = ()
    cells: Cells | None = None

    @cached_property
    def _mixed(self) -> NDArray[np.float32]:
        return self._mixed_rows(slice(None))

    def _mixed_rows(self, rows: slice) -> NDArray[np.float32]:
        """Texts of some rows turned towards their categories, as ``mix`` turns them, shape (taken, dimension)."""
        vectors, categories = self.texts.vectors(rows), self.categories.of_row[rows]
        known = np.flatnonzero(categories >= 0)
        vectors[known] += CATEGORY_WEIGHT * self.categories.quantised.taken(categories[known])
        vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
        return vectors

    @cached_property
    def _columns(self) -> NDArray[np.float32]:
        """``_mixed`` as the columns of a product, shape (dimension, rows)."""
        out = np.empty((self.texts.quantised.codes.shape[1], len(self.reference)), dtype=np.float32)
        for start in range(0, out.shape[1], _ROWS_TOGETHER):
            rows = slice(start, start + _ROWS_TOGETHER)
            out[:, rows] = self._mixed_rows(rows).T
        return out

    @cached_property
    def _sorted(self) -> NDArray[np.float32]:
        """``_mixed`` in the order of the cells."""
        return self._mixed if self.cells is None else self._mixed[self.cells.order]

    @cached_property
    def _cell_spreads(self) -> dict[int, CellSpreads]:
        """Spreads by cell, of each level by its identity."""
        cells = self.cells
        if cells is None:
            return {}
        return {id(level): cells.spreads(level.spreads[self.reference]) for level in self.levels.values()}

    @cached_property
    def _places(self) -> tuple[list[str], NDArray[np.int64]]:
        """The distinct places, and which of them each reference is from, shape (n,)."""
        names, of_reference = np.unique(np.asarray(self.geographies, dtype=np.str_), return_inverse=True)
        return names.tolist(), of_reference.astype(np.int64)

    @cached_property
    def _ridges(self) -> dict[Level, Ridge]:
        return {
            name: Ridge(
                level.choice.ridge.gamma,
                level.ridge_mean,
                self._features(level.landmarks),
                level.coefficients,
            )
            for name, level in self.levels.items()
        }

    def _features(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """What the ridge sees of some rows."""
        return ridge_features(self.texts.vectors(rows), self.categories.vectors(rows), self.attributes[rows])

    def prepare(self) -> None:
        """Computes once what every prediction looks at."""
        _ = self._columns, self._ridges, self._places

    def level(self, asked: Level) -> Level:
        """The level answered at: the only one there is where the family has no other."""
        return asked if asked in self.levels else next(iter(self.levels))

    def published_at(self, position: int) -> Published:
        """Source and licence of one reference."""
        return self.published[position] if self.published else Published()

    def predict(self, seen: Seen) -> FamilyPrediction:
        """The prediction for one product."""
        return self.predict_many([seen])[0]

    def predict_many(self, products: Sequence[Seen]) -> list[FamilyPrediction]:
        """The predictions for many products, in their order: one matrix product for all at a level."""
        out: dict[int, FamilyPrediction] = {}
        for name in self.levels:
            places = [place for place, seen in enumerate(products) if self.level(seen.level) == name]
            if places:
                said = self._at_level(name, [products[place] for place in places])
                out.update(zip(places, said, strict=True))
        return [out[place] for place in range(len(products))]

    def _at_level(self, name: Level, products: Sequence[Seen]) -> list[FamilyPrediction]:
        level = self.levels[name]
        vectors = np.stack([one.vector for one in products])
        categories = np.stack([one.category for one in products])
        mixed = mix(vectors, categories)
        cells = self.cells
        near = (
            self._near(level, mixed, products) if cells is None else self._near_in_cells(cells, level, mixed, products)
        )
        features = ridge_features(vectors, categories, np.stack([one.attributes for one in products]))
        values = self._values(name, near.shares, features, near.distances)
        shares = near.shares
        totals = shares.weights.sum(axis=1) + level.choice.knn.prior
        orders = np.argsort(-shares.weights, axis=1, kind="stable")
        return [
            FamilyPrediction(
                log10_value=float(values[row]),
                distance=float(near.distances[row]),
                nearest=int(near.nearest[row]),
                positions=shares.positions[row][order],
                shares=shares.weights[row][order] / totals[row],
                band=level.band,
                scale=float(near.scales[row]),
            )
            for row, order in enumerate(orders)
        ]

    def _near(self, level: LevelModel, mixed: NDArray[np.float32], products: Sequence[Seen]) -> Near:
        """What all references say together."""
        similarities = best_by_reference(product(mixed, self._columns), self.reference)
        shares = knn_shares(similarities, self.weights, level.choice.knn, self._ratings(level, products))
        distances = np.maximum(0.0, 1.0 - similarities.max(axis=1)).astype(np.float64)
        scales = local_scales(similarities, level.spreads, level.scales_at(distances))
        return Near(shares, distances, similarities.argmax(axis=1), scales)

    def _near_in_cells(
        self, cells: Cells, level: LevelModel, mixed: NDArray[np.float32], products: Sequence[Seen]
    ) -> Near:
        """What the references of the nearest cells say, and for the local scale the means of the others."""
        found = cells.look(mixed, self._sorted, self._cell_spreads[id(level)], PROBES)
        best = best_references(found, self.reference, level.choice.knn.k)
        ratings = self._ratings(level, products, best.positions)
        places = knn_shares(best.similarities, self.weights[best.positions], level.choice.knn, ratings)
        shares = Shares(np.take_along_axis(best.positions, places.positions, axis=1), places.weights)
        distances = np.maximum(0.0, 1.0 - best.similarities.max(axis=1)).astype(np.float64)
        nearest = np.take_along_axis(best.positions, best.similarities.argmax(axis=1)[:, None], axis=1)[:, 0]
        return Near(shares, distances, nearest, scales_of(found, level.scales_at(distances)))

    def _ratings(
        self, level: LevelModel, products: Sequence[Seen], positions: NDArray[np.int64] | None = None
    ) -> NDArray[np.float32] | None:
        """Geographical ratings of all references or of some; 1, which weighs nothing, where a place is unknown.

        Args:
            level: whose choice says whether places count.
            products: q of them.
            positions: of the references rated for each product, shape (q, m); None for all n.

        Returns:
            Shape (q, n) or (q, m); None where no place counts.
        """
        known = [place for place, one in enumerate(products) if one.geography]
        if not known or not level.choice.knn.place:
            return None
        shape = (len(products), len(self.values)) if positions is None else positions.shape
        ratings = np.ones(shape, dtype=np.float32)
        asked = [products[place].geography or "" for place in known]
        if positions is None:
            ratings[known] = place_ratings(asked, self.geographies)
            return ratings
        names, of_reference = self._places
        table = place_ratings(asked, names)
        ratings[known] = np.take_along_axis(table, of_reference[positions[known]], axis=1)
        return ratings

    def _values(
        self, name: Level, shares: Shares, features: NDArray[np.float32], distances: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        choice = self.levels[name].choice
        if choice.kind == "median":
            return np.full(len(features), self.median)
        near = knn_predict(shares, self.values, self.median, choice.knn.prior)
        if choice.kind == "neighbours":
            return near
        ridge = self._ridges[name].predict(features)
        return ridge if choice.kind == "kernel_ridge" else blend(near, ridge, distances)
