"""Held-out predictions of every model a family may choose, with whole groups left out of training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.estimation.features import Level, Rows, place_ratings
from firstprint.estimation.intervals import HeldOut
from firstprint.estimation.model import HeldOutScore, ModelChoice
from firstprint.estimation.predictors import (
    KnnSettings,
    RidgeSettings,
    best_by_reference,
    blend,
    fit_ridge,
    knn_predict,
    knn_shares,
    weighted_median,
)
from firstprint.estimation.references import Reference

if TYPE_CHECKING:
    from numpy.typing import NDArray

KNN_GRID = tuple(
    KnnSettings(k, power, prior, place)
    for k, power in ((10, 8), (30, 12))
    for prior in (0.0, 0.02)
    for place in (0.0, 2.0)
)
RIDGE_GRID = (RidgeSettings(0.5, 0.1), RidgeSettings(0.5, 0.3), RidgeSettings(1.0, 0.1), RidgeSettings(1.0, 0.3))
FOLDS = 5
SMALLEST_FAMILY = 8
"""Fewer references in a unit teach no model and no interval."""
_LANDMARKS = 500


@dataclass(frozen=True)
class Family:
    """The references of one target unit, ready for fitting.

    Attributes:
        rows: of the references, in their order.
        values: log10, shape (n,).
        weights: shape (n,), mean 1.
        grid: settings of nearest neighbours that compete.
    """

    unit: str
    references: tuple[Reference, ...]
    rows: Rows
    values: NDArray[np.float64]
    weights: NDArray[np.float64]
    grid: tuple[KnnSettings, ...] = KNN_GRID

    def row_weights(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Weights of rows, each reference's shared among its rows; mean 1; shape (len(rows),)."""
        reference = self.rows.reference[rows]
        counts = np.bincount(reference, minlength=len(self.values))
        weights = self.weights[reference] / counts[reference]
        return np.asarray(weights / weights.mean(), dtype=np.float64)

    def subset(self, positions: NDArray[np.int64]) -> Family:
        """The family of some of its references, in rising order of ``positions``."""
        kept = np.isin(self.rows.reference, positions)
        renumbered = np.searchsorted(positions, self.rows.reference[kept])
        rows = self.rows.take(kept)._replace(reference=renumbered.astype(np.int64))
        weights = self.weights[positions]
        references = tuple(self.references[position] for position in positions.tolist())
        return Family(self.unit, references, rows, self.values[positions], weights / weights.mean(), self.grid)

    def sample(self, most: int) -> Family:
        """At most ``most`` references, evenly spread over the judged ones first; itself where there are no more."""
        if len(self.values) <= most:
            return self
        rest = np.setdiff1d(np.arange(len(self.values), dtype=np.int64), self.judged)
        ranked = np.concatenate([_spread(self.judged, most), _spread(rest, most)])[:most]
        return self.subset(np.sort(ranked).astype(np.int64))

    @cached_property
    def judged(self) -> NDArray[np.int64]:
        """Positions of the references that choices and intervals are judged on: those of the largest own weight.

        A catalogue's references beside product footprints teach, and are not what is asked for. All are judged
        where those of the largest weight are too few or of one kind, as beside three imported products.
        """
        own = np.array([reference.weight for reference in self.references])
        judged = np.flatnonzero(own == own.max()).astype(np.int64)
        kinds = {self.references[place].kind for place in judged.tolist()}
        enough = len(judged) >= SMALLEST_FAMILY and len(kinds) > 1
        return judged if enough else np.arange(len(own), dtype=np.int64)

    @cached_property
    def mixed(self) -> NDArray[np.float32]:
        """Row vectors that neighbours are looked for with."""
        return self.rows.mixed()

    @cached_property
    def features(self) -> NDArray[np.float32]:
        """Row features of the ridge."""
        return self.rows.features()

    def groups(self, scheme: str) -> NDArray[np.str_]:
        """The group of each judged reference: by ``category`` or by ``kind``; shape (judged,)."""
        return self.group_of(scheme)[self.judged]

    def group_of(self, scheme: str) -> NDArray[np.str_]:
        """The group of each reference; shape (n,)."""
        labels = [r.group if scheme == "category" else r.kind for r in self.references]
        return np.asarray(labels, dtype=np.str_)


class Predictions(NamedTuple):
    """Held-out predictions for the rows of one level, all of shape (e,) or keyed to it.

    Attributes:
        rows: of the family that were predicted.
        reference: position of the reference of each row.
        truth: log10.
        weights: mean 1.
        distances: 1 − cosine to the nearest training row.
        by_choice: predictions of each choice, log10.
    """

    scheme: str
    level: Level
    rows: NDArray[np.int64]
    reference: NDArray[np.int64]
    truth: NDArray[np.float64]
    weights: NDArray[np.float64]
    distances: NDArray[np.float64]
    by_choice: dict[ModelChoice, NDArray[np.float64]]

    def held_out(self, choice: ModelChoice) -> HeldOut:
        """Residuals of one choice, as the interval needs them."""
        return HeldOut(self.by_choice[choice] - self.truth, self.distances, self.weights)

    def score(self, choice: ModelChoice) -> HeldOutScore:
        """Accuracy of one choice, weighted as in training."""
        residuals = self.by_choice[choice] - self.truth
        spread = np.average((self.truth - np.average(self.truth, weights=self.weights)) ** 2, weights=self.weights)
        return HeldOutScore(
            scheme=self.scheme,
            level=self.level,
            model=choice.label(),
            rows=len(residuals),
            factor2=float(np.average(np.abs(residuals) <= np.log10(2.0), weights=self.weights)),
            mae_log10=float(np.average(np.abs(residuals), weights=self.weights)),
            r2_log10=float(1.0 - np.average(residuals**2, weights=self.weights) / max(spread, 1e-12)),
        )


def held_out_predictions(family: Family, scheme: str, seed: int = 0, level: Level = "text") -> Predictions:
    """Predicts every row of a level from a model that saw nothing of its group.

    Args:
        family: at least two groups in ``scheme``.
        scheme: ``category`` or ``kind``.
        seed: of the folds and of the landmarks.
        level: whose rows are predicted, and learned from by the ridge.
    """
    rows = family.rows.of_level(level)
    rows = rows[np.isin(family.rows.reference[rows], family.judged)]
    out: dict[ModelChoice, NDArray[np.float64]] = {}
    distances = np.zeros(len(rows))
    everything = np.arange(len(family.values), dtype=np.int64)
    for _, asked in folds(family.groups(scheme), seed):
        test = family.judged[asked]
        fold = _Fold(family, np.setdiff1d(everything, test), seed, level)
        places = np.flatnonzero(np.isin(family.rows.reference[rows], test))
        similarities = fold.similarities(rows[places])
        distances[places] = 1.0 - similarities.max(axis=1)
        for choice, predicted in fold.predictions(rows[places], similarities):
            out.setdefault(choice, np.zeros(len(rows)))[places] = predicted
    return Predictions(
        scheme=scheme,
        level=level,
        rows=rows,
        reference=family.rows.reference[rows],
        truth=family.values[family.rows.reference[rows]],
        weights=family.row_weights(rows),
        distances=np.maximum(distances, 0.0),
        by_choice=out,
    )


def best_choice(all_predictions: Sequence[Predictions]) -> ModelChoice:
    """The choice with the least mean absolute log error, averaged over the schemes.

    Nearest neighbours and kernel ridge are settled first; then they, their blend and the median compete.
    """

    def loss(choice: ModelChoice) -> float:
        return sum(predictions.score(choice).mae_log10 for predictions in all_predictions)

    known = list(all_predictions[0].by_choice)
    near, ridge = (min((c for c in known if c.kind == kind), key=loss) for kind in ("neighbours", "kernel_ridge"))
    both = ModelChoice("blend", near.knn, ridge.ridge)
    for predictions in all_predictions:
        opinions = predictions.by_choice[near], predictions.by_choice[ridge]
        predictions.by_choice[both] = blend(*opinions, predictions.distances)
    median = next(c for c in known if c.kind == "median")
    best = min((near, ridge, both, median), key=loss)
    return ModelChoice(best.kind, near.knn, ridge.ridge)


def canonical(choice: ModelChoice) -> ModelChoice:
    """The key under which held-out predictions of a choice are kept."""
    knn = choice.knn if choice.kind in ("neighbours", "blend") else KNN_GRID[0]
    ridge = choice.ridge if choice.kind in ("kernel_ridge", "blend") else RIDGE_GRID[0]
    return ModelChoice(choice.kind, knn, ridge)


def landmark_rows(weights: NDArray[np.float64], most: int, seed: int) -> NDArray[np.int64]:
    """Rows drawn by weight to carry a kernel, in rising order; all of them where there are few."""
    if len(weights) <= most:
        return np.arange(len(weights), dtype=np.int64)
    rng = np.random.default_rng(seed)
    return np.sort(rng.choice(len(weights), most, replace=False, p=weights / weights.sum())).astype(np.int64)


class _Fold:
    """One fold's training part."""

    def __init__(self, family: Family, train: NDArray[np.int64], seed: int, level: Level) -> None:
        self._family = family
        own = family.rows.of_level(level)
        self._level_rows = own[np.isin(family.rows.reference[own], train)]
        self._rows = np.flatnonzero(np.isin(family.rows.reference, train))
        self._values, self._weights = family.values[train], family.weights[train] / family.weights[train].mean()
        self._median = weighted_median(self._values, self._weights)
        self._train = train
        self._seed = seed

    def similarities(self, asked: NDArray[np.int64]) -> NDArray[np.float32]:
        scores = self._family.mixed[asked] @ self._family.mixed[self._rows].T
        return best_by_reference(scores, self._family.rows.reference[self._rows])

    def predictions(
        self, asked: NDArray[np.int64], similarities: NDArray[np.float32]
    ) -> Iterator[tuple[ModelChoice, NDArray[np.float64]]]:
        first = ModelChoice("median", KNN_GRID[0], RIDGE_GRID[0])
        yield first, np.full(len(asked), self._median)
        ratings = self._ratings(asked)
        for knn in self._family.grid:
            shares = knn_shares(similarities, self._weights, knn, ratings)
            yield (
                ModelChoice("neighbours", knn, RIDGE_GRID[0]),
                knn_predict(shares, self._values, self._median, knn.prior),
            )
        features, own = self._family.features, self._level_rows
        train, weights = features[own], self._family.row_weights(own)
        values = self._family.values[self._family.rows.reference[own]]
        landmarks = landmark_rows(weights, _LANDMARKS, self._seed)
        for settings in RIDGE_GRID:
            ridge = fit_ridge(train, values, weights, landmarks, settings)
            yield ModelChoice("kernel_ridge", KNN_GRID[0], settings), ridge.predict(features[asked])

    def _ratings(self, asked: NDArray[np.int64]) -> NDArray[np.float32]:
        places = [reference.geography for reference in self._family.references]
        wanted = [places[position] for position in self._family.rows.reference[asked].tolist()]
        return place_ratings(wanted, [places[position] for position in self._train.tolist()])


def _spread(positions: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """At most ``most`` of the positions, evenly spread."""
    if len(positions) <= most:
        return positions
    return positions[np.linspace(0, len(positions) - 1, most).astype(np.int64)]


def folds(groups: NDArray[np.str_], seed: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Training and test positions of grouped folds, shuffled by ``seed``."""
    from sklearn.model_selection import GroupKFold

    splitter = GroupKFold(min(FOLDS, len(np.unique(groups))), shuffle=True, random_state=seed)
    for train, test in splitter.split(groups, groups=groups):
        yield np.asarray(train, dtype=np.int64), np.asarray(test, dtype=np.int64)
