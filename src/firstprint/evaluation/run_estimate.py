"""An estimate suite, asked of the product: with the shipped surrogate, or cross-fit on the other folds' references."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.domain.steps import Interval, SurrogateQuery
from firstprint.estimation.combine import combine
from firstprint.estimation.references import references_from_datasets
from firstprint.evaluation.asking import encode_ahead, groups_of, request_of
from firstprint.evaluation.baselines.estimating import estimating_baselines
from firstprint.evaluation.fold_surrogates import fold_surrogates
from firstprint.evaluation.records import PRODUCT, Band, EstimateRun, EstimateSystem
from firstprint.intake import read_request

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.assistant import Assistant
    from firstprint.domain.proposal import Estimate, SurrogateOpinion
    from firstprint.estimation.references import Reference
    from firstprint.estimation.surrogate import TrainedSurrogate
    from firstprint.evaluation.folds import Fold
    from firstprint.evaluation.records import Query, Suite
    from firstprint.evaluation.workbench import Workbench

COVERAGES = (0.8, 0.9)
_NAN = float("nan")


class _Span(NamedTuple):
    """A value with its ends in log10; NaN where there is none."""

    value: float = _NAN
    low: float = _NAN
    high: float = _NAN


class _Answer(NamedTuple):
    """What the product said to one query: both routes together and each alone, at 80 % and at 90 %."""

    combined: tuple[_Span, _Span] = (_Span(), _Span())
    proxy: tuple[_Span, _Span] = (_Span(), _Span())
    surrogate: tuple[_Span, _Span] = (_Span(), _Span())
    dataset_id: str = ""
    dataset_name: str = ""
    flags: str = ""
    distance: float = _NAN


def run_estimate(suite: Suite, folds: Sequence[Fold], masked: Sequence[Sequence[str]], bench: Workbench) -> EstimateRun:
    """Asks every query of the product, its routes and the baselines.

    Args:
        suite: an estimate suite.
        folds: of a cross-fit suite; empty for zero-shot.
        masked: dataset ids each query must not see, one sequence a query.
        bench: the open workspace.
    """
    index = bench.index_of(suite)
    if index is not None:
        encode_ahead(bench.assistant(index), suite.queries)
    answers = [_Answer()] * len(suite.queries)
    done = 0
    for asked, surrogate in _parts(suite, folds, masked, bench):
        assistant = None if index is None else bench.assistant(index, surrogate=surrogate)
        for position in asked:
            query = suite.queries[position]
            if assistant is not None:
                answers[position] = _answer(assistant, query, masked[position])
            elif surrogate is not None:
                answers[position] = _alone(surrogate, query, bench)
            done += 1
            bench.progress(f"{suite.name}: estimating", done, len(suite.queries))
    return EstimateRun(
        groups=groups_of(suite),
        log10_reference=np.log10([query.reference_kg_co2e or _NAN for query in suite.queries]),
        systems=(*_systems(answers), *estimating_baselines(suite, folds, masked, index, bench)),
        proxy=tuple(answer.dataset_id for answer in answers),
        proxy_name=tuple(answer.dataset_name for answer in answers),
        flags=tuple(answer.flags for answer in answers),
        low_high=_ranges(suite),
        distance=_distances(answers),
    )


def _distances(answers: Sequence[_Answer]) -> NDArray[np.float64] | None:
    known = np.array([answer.distance for answer in answers], dtype=np.float64)
    return known if np.isfinite(known).any() else None


def _parts(
    suite: Suite, folds: Sequence[Fold], masked: Sequence[Sequence[str]], bench: Workbench
) -> Iterator[tuple[list[int], TrainedSurrogate | None]]:
    """Positions of queries, and the surrogate they may be asked of."""
    if not folds:
        yield list(range(len(suite.queries))), bench.surrogate_of(suite)
        return

    def report(done: int) -> None:
        bench.progress(f"{suite.name}: training", done, len(folds))

    for fold, surrogate in fold_surrogates(suite, folds, bench.encoder, report, _known(suite, masked, bench)):
        yield fold.asked.tolist(), surrogate


def _known(suite: Suite, masked: Sequence[Sequence[str]], bench: Workbench) -> tuple[Reference, ...]:
    """The references of the suite's catalogue but those that any of its queries must not see, or that are a query."""
    index = bench.index_of(suite)
    if index is None:
        return ()
    hidden = {dataset_id for ids in masked for dataset_id in ids} | {query.id for query in suite.queries}
    references = references_from_datasets(index.catalogue.all_datasets())
    return tuple(reference for reference in references if reference.reference_id not in hidden)


def _answer(assistant: Assistant, query: Query, without: Sequence[str]) -> _Answer:
    said = assistant.opinions(request_of(query), coverages=COVERAGES, without=without)
    first = said.routes[-1].first
    by_coverage = said.routes
    return _Answer(
        combined=_both([_span(one.estimate) for one in by_coverage]),
        proxy=_both([_span(one.proxy) for one in by_coverage]),
        surrogate=_both([_span(one.opinion) for one in by_coverage]),
        dataset_id="" if first is None else first.dataset_id,
        dataset_name="" if first is None else first.name,
        flags="|".join(flag.code for flag in said.flags),
        distance=_distance(assistant.surrogate, said.routes[-1].query, said.routes[-1].opinion),
    )


def _distance(surrogate: TrainedSurrogate | None, asked: SurrogateQuery, opinion: SurrogateOpinion | None) -> float:
    return _NAN if surrogate is None or opinion is None else surrogate.distance(asked)


def _alone(surrogate: TrainedSurrogate, query: Query, bench: Workbench) -> _Answer:
    """The surrogate's answer where a suite has no catalogue."""
    product = read_request(request_of(query)).product
    (vector,) = bench.encoder.encode([product.description])
    asked = SurrogateQuery(vector, product.declared_unit.unit, product.mass_kg, product.geography, product.category)
    opinions = [surrogate.estimate_at(asked, product.declared_unit.amount, coverage) for coverage in COVERAGES]
    combined = [combine(None, one, coverage=coverage) for one, coverage in zip(opinions, COVERAGES, strict=True)]
    return _Answer(
        _both([_span(one) for one in combined]),
        surrogate=_both([_span(one) for one in opinions]),
        distance=_distance(surrogate, asked, opinions[-1]),
    )


def _both(spans: Sequence[_Span]) -> tuple[_Span, _Span]:
    at_80, at_90 = spans
    return at_80, at_90


def _span(one: Interval | SurrogateOpinion | Estimate | None) -> _Span:
    """An interval in log10; a credit has no logarithm and counts as no estimate."""
    if one is None or one.low <= 0:
        return _Span()
    value = one.value if isinstance(one, Interval) else one.kg_co2e
    return _Span(math.log10(value), math.log10(one.low), math.log10(one.high))


def _systems(answers: Sequence[_Answer]) -> tuple[EstimateSystem, ...]:
    """The product, and its two routes where any query has one."""
    made = (
        _system(PRODUCT, [answer.combined for answer in answers]),
        _system("route: dataset", [answer.proxy for answer in answers]),
        _system("route: surrogate", [answer.surrogate for answer in answers]),
    )
    return tuple(one for one in made if one.name == PRODUCT or np.isfinite(one.log10_value).any())


def _system(name: str, spans: Sequence[tuple[_Span, _Span]]) -> EstimateSystem:
    columns = np.array(spans, dtype=np.float64)  # (n, coverage, value-low-high)
    return EstimateSystem(
        name, columns[:, 1, 0], Band(columns[:, 0, 1], columns[:, 0, 2]), Band(columns[:, 1, 1], columns[:, 1, 2])
    )


def _ranges(suite: Suite) -> Band | None:
    """Columns ``reference_low`` and ``reference_high`` in log10; None where the suite has neither."""
    columns = [[query.extra.get(name, "") for query in suite.queries] for name in ("reference_low", "reference_high")]
    if not any(cell for column in columns for cell in column):
        return None
    low, high = (np.array([math.log10(float(cell)) if cell else _NAN for cell in column]) for column in columns)
    return Band(low, high)
