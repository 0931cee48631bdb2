"""Trains the surrogate: per target unit, the model that predicts unseen groups best, with its intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

import numpy as np

from firstprint.domain.steps import Encoder
from firstprint.errors import ModelError
from firstprint.estimation.features import Rows, build_rows
from firstprint.estimation.held_out import (
    Family,
    Predictions,
    best_choice,
    canonical,
    held_out_predictions,
    landmark_rows,
)
from firstprint.estimation.intervals import ConformalBand, HeldOut, fit_band
from firstprint.estimation.model import FamilyModel, HeldOutScore, ModelChoice, quantise
from firstprint.estimation.predictors import Ridge, fit_ridge, weighted_median
from firstprint.estimation.references import Reference, group_weights
from firstprint.estimation.surrogate import TrainedSurrogate
from firstprint.estimation.surrogate_files import content_id

SMALLEST_FAMILY = 8
"""Fewer references in a unit teach no model and no interval."""
_LANDMARKS = 1000

Progress = Callable[[str], None]


def fit_surrogate(
    references: Sequence[Reference], encoder: Encoder, *, seed: int = 0, progress: Progress | None = None
) -> TrainedSurrogate:
    """Trains one model a target unit; about 40 s for 3,800 catalogue references on two cores.

    Args:
        references: from the catalogue, from product footprints, or both.
        encoder: its id and dimension are kept with the model.
        seed: of folds and landmarks; the same input and seed give the same model.
        progress: told the unit whose training starts.

    Raises:
        ModelError: no unit has enough references.
    """
    families: dict[str, FamilyModel] = {}
    for unit in dict.fromkeys(reference.unit for reference in references):
        members = tuple(reference for reference in references if reference.unit == unit)
        if len(members) < SMALLEST_FAMILY or len({member.kind for member in members}) < 2:
            continue
        if progress:
            progress(unit)
        families[unit] = fit_family(make_family(members, encoder), seed)
    if not families:
        raise ModelError(
            f"No unit has {SMALLEST_FAMILY} references; there are {len(references)} in all.",
            hint="Import a catalogue or references with results, then run: firstprint train",
        )
    surrogate = TrainedSurrogate("", encoder.encoder_id, encoder.dimension, families, encoder)
    return TrainedSurrogate(content_id(surrogate), encoder.encoder_id, encoder.dimension, families, encoder)


def make_family(members: Sequence[Reference], encoder: Encoder) -> Family:
    """Encodes the references of one unit; vectors are what the saved model will hold."""
    rows = build_rows(members, encoder)
    return Family(
        unit=members[0].unit,
        references=tuple(members),
        rows=Rows(quantise(rows.vectors).vectors(), rows.attributes, rows.reference, rows.plain),
        values=np.array([member.log10_value for member in members]),
        weights=group_weights([member.group for member in members]),
    )


class Selection(NamedTuple):
    """A family's choice, its interval and the held-out table behind both."""

    choice: ModelChoice
    band: ConformalBand
    scores: tuple[HeldOutScore, ...]


def select(family: Family, seed: int = 0) -> Selection:
    """Chooses on held-out categories and held-out kinds; intervals are those of held-out categories.

    Both schemes teach how residuals grow with distance; the quantile is that of held-out categories alone,
    the harder of the two. A family of one category has only kinds.
    """
    schemes = [s for s in ("category", "kind") if len(np.unique(family.groups(s))) > 1]
    with _one_thread():
        predictions = [held_out_predictions(family, scheme, seed) for scheme in schemes]
    choice = best_choice(predictions)
    key = canonical(choice)
    parts = [each.held_out(key) for each in predictions]
    together = HeldOut(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    return Selection(choice, fit_band(together, parts[0]), _table(predictions, choice))


def fit_family(family: Family, seed: int = 0) -> FamilyModel:
    """Chooses, then fits the choice on all references of the family."""
    return assemble(family, select(family, seed), seed)


def assemble(family: Family, selection: Selection, seed: int = 0) -> FamilyModel:
    """Fits a choice already made on all references of the family."""
    ridge, landmarks = _final_ridge(family, selection.choice, seed)
    return FamilyModel(
        unit=family.unit,
        reference_ids=tuple(reference.reference_id for reference in family.references),
        names=tuple(reference.name for reference in family.references),
        geographies=tuple(reference.geography for reference in family.references),
        values=family.values,
        weights=family.weights,
        quantised=quantise(family.rows.vectors),
        attributes=family.rows.attributes,
        reference=family.rows.reference,
        choice=selection.choice,
        median=weighted_median(family.values, family.weights),
        landmarks=landmarks,
        coefficients=ridge.coefficients,
        ridge_mean=ridge.mean,
        band=selection.band,
        scores=selection.scores,
    )


class _FinalRidge(NamedTuple):
    ridge: Ridge
    landmarks: np.ndarray


def _final_ridge(family: Family, choice: ModelChoice, seed: int) -> _FinalRidge:
    features = np.hstack([family.rows.vectors, family.rows.attributes])
    if choice.kind not in ("kernel_ridge", "blend"):
        empty = np.zeros(0, dtype=np.int64)
        return _FinalRidge(Ridge(choice.ridge.gamma, 0.0, features[:0], np.zeros(0)), empty)
    weights = family.row_weights(np.arange(len(features), dtype=np.int64))
    landmarks = landmark_rows(weights, _LANDMARKS, seed)
    values = family.values[family.rows.reference]
    with _one_thread():
        return _FinalRidge(fit_ridge(features, values, weights, landmarks, choice.ridge), landmarks)


def _one_thread() -> AbstractContextManager[object]:
    """Keeps BLAS to one thread: with busy cores its waiting threads slow the many small products tenfold."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    limits: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limits


def _table(predictions: Sequence[Predictions], choice: ModelChoice) -> tuple[HeldOutScore, ...]:
    contenders = [
        canonical(ModelChoice(kind, choice.knn, choice.ridge))
        for kind in ("median", "neighbours", "kernel_ridge", "blend")
    ]
    return tuple(each.score(contender) for each in predictions for contender in contenders)
