"""Plain ways to estimate: a median, the nearest neighbour, and what one published study says of another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from firstprint.errors import FirstprintError
from firstprint.estimation.references import references_from_datasets, target_unit
from firstprint.estimation.scaling import scale
from firstprint.evaluation.asking import request_of
from firstprint.evaluation.records import EstimateSystem
from firstprint.intake import read_request

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.domain.product import Product
    from firstprint.evaluation.folds import Fold
    from firstprint.evaluation.records import Query, Suite
    from firstprint.evaluation.workbench import Workbench
    from firstprint.retrieval.index_folder import OpenIndex

_NAN = float("nan")
_NEAR = 200
"""Datasets looked at, nearest first, until one can be scaled to the declared unit."""
_FEW = 3
"""A category with fewer references than this tells too little; the median is then of all."""


def estimating_baselines(
    suite: Suite,
    folds: Sequence[Fold],
    masked: Sequence[Sequence[str]],
    index: OpenIndex | None,
    bench: Workbench,
) -> tuple[EstimateSystem, ...]:
    """Every baseline on the queries of a suite.

    Args:
        suite: an estimate suite.
        folds: of a cross-fit suite, whose other folds' references the baselines learn from; empty for zero-shot,
            where they have the catalogue alone.
        masked: dataset ids each query must not see.
        index: over the suite's catalogue, or None.
        bench: the open workspace.
    """
    products = [read_request(request_of(query)).product for query in suite.queries]
    if folds:
        systems = [_fold_medians(suite, folds, products), _nearest_reference(suite, folds, products, bench)]
    elif index is not None:
        systems = [_catalogue_median(index, products), _nearest_dataset(suite, masked, products, index, bench)]
    else:
        systems = []
    ceiling = _another_study(suite)
    return (*systems, *([] if ceiling is None else [ceiling]))


def _per_unit(query: Query, product: Product) -> float:
    """log10 of the reference for one target unit of the declared unit."""
    unit = product.declared_unit
    return math.log10((query.reference_kg_co2e or _NAN) / (unit.amount * target_unit(unit.unit).per_asked))


def _amount(product: Product) -> float:
    """log10 of the declared amount in target units."""
    unit = product.declared_unit
    return math.log10(unit.amount * target_unit(unit.unit).per_asked)


def _fold_medians(suite: Suite, folds: Sequence[Fold], products: Sequence[Product]) -> EstimateSystem:
    """The median of the other folds' references in the same unit and category."""
    values = np.array([_per_unit(query, one) for query, one in zip(suite.queries, products, strict=True)])
    units = np.array([target_unit(one.declared_unit.unit).unit for one in products])
    categories = np.array([query.category or "" for query in suite.queries])
    out = np.full(len(values), _NAN)
    for fold in folds:
        for position in fold.asked.tolist():
            same = fold.learned[units[fold.learned] == units[position]]
            own = same[categories[same] == categories[position]]
            chosen = own if categories[position] and len(own) >= _FEW else same
            if len(chosen):
                out[position] = np.median(values[chosen]) + _amount(products[position])
    return EstimateSystem("category median", out)


def _nearest_reference(
    suite: Suite, folds: Sequence[Fold], products: Sequence[Product], bench: Workbench
) -> EstimateSystem:
    """The value of the most similar text among the other folds' references in the same unit."""
    values = np.array([_per_unit(query, one) for query, one in zip(suite.queries, products, strict=True)])
    units = np.array([target_unit(one.declared_unit.unit).unit for one in products])
    vectors = bench.encoder.encode([query.text for query in suite.queries])
    out = np.full(len(values), _NAN)
    for fold in folds:
        cosines = vectors[fold.asked] @ vectors[fold.learned].T
        cosines[units[fold.asked][:, None] != units[fold.learned][None, :]] = -np.inf
        best = np.argmax(cosines, axis=1)
        for row, position in enumerate(fold.asked.tolist()):
            if np.isfinite(cosines[row, best[row]]):
                out[position] = values[fold.learned[best[row]]] + _amount(products[position])
    return EstimateSystem("nearest neighbour", out)


def _catalogue_median(index: OpenIndex, products: Sequence[Product]) -> EstimateSystem:
    """The median of the catalogue's production datasets in the declared unit."""
    references = references_from_datasets(index.catalogue.all_datasets())
    by_unit: dict[str, list[float]] = {}
    for reference in references:
        by_unit.setdefault(reference.unit, []).append(reference.log10_value)
    medians = {unit: float(np.median(values)) for unit, values in by_unit.items()}
    return EstimateSystem("catalogue median", np.array([_from_median(one, medians) for one in products]))


def _from_median(product: Product, medians: Mapping[str, float]) -> float:
    return medians.get(target_unit(product.declared_unit.unit).unit, _NAN) + _amount(product)


def _nearest_dataset(
    suite: Suite,
    masked: Sequence[Sequence[str]],
    products: Sequence[Product],
    index: OpenIndex,
    bench: Workbench,
) -> EstimateSystem:
    """The value of the dataset with the most similar label that can be scaled to the declared unit."""
    vectors = bench.encoder.encode([query.text for query in suite.queries])
    allowed = bench.assistant(index).allowed() & (np.nan_to_num(index.catalogue.gwp100_kg_co2e) > 0)
    units = index.catalogue.column("unit")
    out = np.full(len(products), _NAN)
    for position, product in enumerate(products):
        scores = np.where(allowed, index.retriever.dense_scores(vectors[position : position + 1])[0], -np.inf)
        hidden = [row for row in map(index.catalogue.find, masked[position]) if row is not None]
        scores[hidden] = -np.inf
        out[position] = _first_scaled(scores, units, index.catalogue.gwp100_kg_co2e, product)
    return EstimateSystem("nearest dataset", out)


def _first_scaled(
    scores: NDArray[np.float32], units: Sequence[str], values: NDArray[np.float64], product: Product
) -> float:
    near = np.argpartition(-scores, min(_NEAR, len(scores) - 1))[:_NEAR]
    for row in near[np.argsort(-scores[near], kind="stable")].tolist():
        if not np.isfinite(scores[row]):
            break
        try:
            scaled = scale(units[row], float(values[row]), product)
        except FirstprintError:
            continue
        if scaled is not None:
            return math.log10(scaled.kg_co2e)
    return _NAN


def _another_study(suite: Suite) -> EstimateSystem | None:
    """What one published study would say, judged by the median of the others: no estimate can be expected to do better.

    Column ``study_values`` holds the values of the studies behind a reference, in the reference's unit and amount.
    The study is drawn by the suite's seed; the value returned is shifted so that the reference stands for the median
    of the others.
    """
    rng = np.random.default_rng(suite.seed)
    out = np.full(len(suite.queries), _NAN)
    for position, query in enumerate(suite.queries):
        studies = [float(cell) for cell in query.extra.get("study_values", "").split("|") if cell]
        if len(studies) < 2:
            continue
        drawn = int(rng.integers(len(studies)))
        others = np.delete(np.log10(studies), drawn)
        out[position] = math.log10(query.reference_kg_co2e or _NAN) + math.log10(studies[drawn]) - np.median(others)
    return None if np.isnan(out).all() else EstimateSystem("ceiling: another study", out)
