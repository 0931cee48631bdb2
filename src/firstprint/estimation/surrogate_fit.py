"""Trains the surrogate: per target unit, the model that predicts unseen groups best, with its intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.domain.steps import Encoder
from firstprint.errors import ModelError
from firstprint.estimation.cells import make_cells
from firstprint.estimation.features import Level, attribute_vector, build_rows
from firstprint.estimation.held_out import (
    SMALLEST_FAMILY,
    Family,
    Predictions,
    best_choice,
    canonical,
    held_out_predictions,
    landmark_rows,
)
from firstprint.estimation.intensity import Weigh, intensity_references
from firstprint.estimation.intervals import COVERAGES, ConformalBand, HeldOut, Judged, balanced, fit_band, local_scales
from firstprint.estimation.kept_vectors import kept_once, quantise
from firstprint.estimation.model import (
    FamilyModel,
    HeldOutScore,
    LevelModel,
    ModelChoice,
    Published,
    Seen,
)
from firstprint.estimation.predictors import Ridge, best_by_reference, fit_ridge, weighted_median
from firstprint.estimation.references import Reference, reference_weights
from firstprint.estimation.surrogate import TrainedSurrogate
from firstprint.estimation.surrogate_files import content_id
from firstprint.estimation.typical_mass import MASS_FAMILY, MASS_KNN, mass_interval, masses_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LANDMARKS = 1000
_CHUNK = 512
_MOST_CHOOSING = 6000
"""References that models are chosen on and intervals learned from; of more, this many, evenly spread."""

Progress = Callable[[str], None]


def fit_surrogate(
    references: Sequence[Reference],
    encoder: Encoder,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    masses: Sequence[Reference] = (),
) -> TrainedSurrogate:
    """Trains one model a target unit; about 50 s for 3,800 catalogue references on two cores.

    Args:
        references: from the catalogue, from product footprints, or both.
        encoder: its id and dimension are kept with the model.
        seed: of folds and landmarks; the same input and seed give the same model.
        progress: told the unit whose training starts.
        masses: what pieces weigh (``typical_mass``), beside the references whose mass is known; none when empty.

    Raises:
        ModelError: no unit has enough references.
    """
    families: dict[str, FamilyModel] = {}
    weighing = fit_masses(references, masses, encoder, seed) if masses else None
    goods = intensity_references(references, weigher(weighing, encoder)) if weighing else ()
    everything = (*references, *goods)
    for unit in dict.fromkeys(reference.unit for reference in everything):
        members = tuple(reference for reference in everything if reference.unit == unit)
        if len(members) < SMALLEST_FAMILY or len({member.kind for member in members}) < 2:
            continue
        if progress:
            progress(unit)
        families[unit] = fit_family(make_family(members, encoder), seed)
    if families and weighing is not None:
        families[MASS_FAMILY] = weighing
    if not families:
        raise ModelError(
            f"No unit has {SMALLEST_FAMILY} references; there are {len(references)} in all.",
            hint="Import a catalogue or references with results, then run: firstprint train",
        )
    surrogate = TrainedSurrogate("", encoder.encoder_id, encoder.dimension, families, encoder)
    return TrainedSurrogate(content_id(surrogate), encoder.encoder_id, encoder.dimension, families, encoder)


def fit_masses(
    references: Sequence[Reference], masses: Sequence[Reference], encoder: Encoder, seed: int = 0
) -> FamilyModel:
    """The family of masses; it answers from texts and categories."""
    family = make_family([*masses, *masses_of(references)], encoder)
    return fit_family(replace(family, grid=MASS_KNN), seed)


def weigher(masses: FamilyModel, encoder: Encoder) -> Weigh:
    """What pieces weigh by their first name; None far from every thing of known mass."""

    def weigh(references: Sequence[Reference]) -> list[float | None]:
        texts = list(dict.fromkeys(one.texts[0] for one in references))
        known = dict(zip(texts, encoder.encode(texts), strict=True)) if texts else {}
        nothing = np.zeros(encoder.dimension, dtype=np.float32)
        seen = [Seen(known[one.texts[0]], nothing, attribute_vector(None, None), None, "text") for one in references]
        said = masses.predict_many(seen) if seen else []
        told = (mass_interval(one, 10.0 ** float(masses.values[one.nearest]), COVERAGES[-1]) for one in said)
        return [None if mass is None else mass.value for mass in told]

    return weigh


def make_family(members: Sequence[Reference], encoder: Encoder) -> Family:
    """Encodes the references of one unit; vectors are what the saved model will hold."""
    rows = build_rows(members, encoder)
    return Family(
        unit=members[0].unit,
        references=tuple(members),
        rows=rows._replace(vectors=quantise(rows.vectors).vectors(), categories=quantise(rows.categories).vectors()),
        values=np.array([member.log10_value for member in members]),
        weights=reference_weights(members),
    )


class Selection(NamedTuple):
    """A level's choice, its interval and the held-out table behind both.

    Attributes:
        spread_of: absolute held-out residual by id of the reference, log10.
    """

    choice: ModelChoice
    band: ConformalBand
    scores: tuple[HeldOutScore, ...]
    spread_of: Mapping[str, float]


Selections = Mapping[Level, Selection]


LEVELS: tuple[Level, ...] = ("text", "attributes")


def select(family: Family, seed: int = 0, levels: Sequence[Level] = LEVELS) -> Selections:
    """Chooses for each level wanted that some reference has; where none has it, for ``text``."""
    has = ("text", "attributes") if (family.rows.plain < 0).any() else ("text",)
    wanted = [level for level in levels if level in has] or ["text"]
    return {level: select_level(family, level, seed) for level in wanted}


def select_level(family: Family, level: Level, seed: int = 0) -> Selection:
    """Chooses on held-out categories and held-out kinds; intervals are those of held-out categories.

    Both schemes teach how residuals grow with distance; the quantile is that of held-out categories alone,
    the harder of the two. A family of one category has only kinds.
    """
    schemes = [s for s in ("category", "kind") if len(np.unique(family.groups(s))) > 1]
    with _one_thread():
        predictions = [held_out_predictions(family, scheme, seed, level) for scheme in schemes]
    choice = best_choice(predictions)
    key = canonical(choice)
    parts = [each.held_out(key) for each in predictions]
    together = HeldOut(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    spreads = spreads_of(family, predictions[0], parts[0].residuals)
    groups = family.group_of(schemes[0])[predictions[0].reference]
    judged = Judged(balanced(groups), lambda scales: _local(family, predictions[0], groups, spreads, scales))
    known = np.flatnonzero(np.isfinite(spreads)).tolist()
    spread_of = {family.references[place].reference_id: float(spreads[place]) for place in known}
    return Selection(choice, fit_band(together, parts[0], judged), _table(predictions, choice), spread_of)


def spreads_of(family: Family, predictions: Predictions, residuals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean absolute held-out residual of each reference, NaN where none was held out; shape (n,)."""
    count = len(family.values)
    rows = np.bincount(predictions.reference, minlength=count)
    missed = np.bincount(predictions.reference, weights=np.abs(residuals), minlength=count)
    return np.where(rows > 0, missed / np.maximum(rows, 1), np.nan)


def _local(
    family: Family,
    predictions: Predictions,
    groups: NDArray[np.str_],
    spreads: NDArray[np.float64],
    scales: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The local scale of each held-out row, from references of other groups; shape (e,)."""
    rows = predictions.rows
    own = family.group_of(predictions.scheme)
    out = np.zeros(len(rows))
    for start in range(0, len(rows), _CHUNK):
        part = slice(start, start + _CHUNK)
        cosines = best_by_reference(family.mixed[rows[part]] @ family.mixed.T, family.rows.reference)
        cosines[groups[part][:, None] == own[None, :]] = 0.0
        out[part] = local_scales(cosines, spreads, scales[part])
    return out


def fit_family(family: Family, seed: int = 0) -> FamilyModel:
    """Chooses, then fits the choice on all references of the family."""
    return assemble(family, select(family.sample(_MOST_CHOOSING), seed), seed)


def assemble(family: Family, selections: Selections, seed: int = 0) -> FamilyModel:
    """Fits choices already made on all references of the family."""
    rows = family.rows
    with _one_thread():
        cells = make_cells(family.mixed, seed)
    return FamilyModel(
        unit=family.unit,
        reference_ids=tuple(reference.reference_id for reference in family.references),
        names=tuple(reference.name for reference in family.references),
        geographies=tuple(reference.geography for reference in family.references),
        values=family.values,
        weights=family.weights,
        texts=kept_once(rows.vectors),
        categories=kept_once(rows.categories),
        attributes=rows.attributes,
        reference=rows.reference,
        median=weighted_median(family.values, family.weights),
        levels={level: _fitted_level(family, level, selection, seed) for level, selection in selections.items()},
        published=tuple(Published(reference.source, reference.licence) for reference in family.references),
        cells=cells,
    )


def _fitted_level(family: Family, level: Level, selection: Selection, seed: int) -> LevelModel:
    ridge, landmarks = _final_ridge(family, level, selection.choice, seed)
    return LevelModel(
        choice=selection.choice,
        landmarks=landmarks,
        coefficients=ridge.coefficients,
        ridge_mean=ridge.mean,
        band=selection.band,
        scores=selection.scores,
        spreads=np.array([selection.spread_of.get(one.reference_id, math.nan) for one in family.references]),
    )


class _FinalRidge(NamedTuple):
    ridge: Ridge
    landmarks: NDArray[np.int64]


def _final_ridge(family: Family, level: Level, choice: ModelChoice, seed: int) -> _FinalRidge:
    features = family.features
    if choice.kind not in ("kernel_ridge", "blend"):
        empty = np.zeros(0, dtype=np.int64)
        return _FinalRidge(Ridge(choice.ridge.gamma, 0.0, features[:0], np.zeros(0)), empty)
    rows = family.rows.of_level(level)
    weights = family.row_weights(rows)
    landmarks = landmark_rows(weights, _LANDMARKS, seed)
    values = family.values[family.rows.reference[rows]]
    with _one_thread():
        ridge = fit_ridge(features[rows], values, weights, landmarks, choice.ridge)
    return _FinalRidge(ridge, rows[landmarks])


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
