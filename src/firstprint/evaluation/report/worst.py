"""The twenty worst errors, with what was said and what was right; and the pairs that differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from firstprint.evaluation.records import (
    PRODUCT,
    EstimateRun,
    EstimateSystem,
    MatchRun,
    MatchSystem,
    PairOutcomes,
    Query,
    Suite,
    SuiteResult,
)
from firstprint.evaluation.report.figures_estimate import residuals
from firstprint.evaluation.report.figures_range import ranged
from firstprint.evaluation.report.numbers import kg_co2e, number, off, percent, plural, span

WORST = 20
_SHOWN_PAIRS = 30
_SHOWN_RIGHT = 6
_WORDS = {"match": "matched", "ambiguous": "ambiguous", "no_match": "abstained"}


class Named(NamedTuple):
    """A dataset; either part may be empty."""

    name: str
    id: str


class Fault(NamedTuple):
    """One error.

    Attributes:
        measure: how bad it is, in words.
        said, right: what the product said and what was right.
        details: further names and values.
    """

    query: str
    group: str
    text: str
    measure: str
    said: tuple[Named, ...]
    right: tuple[Named, ...]
    details: tuple[tuple[str, str], ...]


def worst_faults(result: SuiteResult, names: Mapping[str, str]) -> tuple[Fault, ...]:
    """The worst errors of a match or estimate run, worst first; none for a rationale run."""
    product = next((system for system in getattr(result.run, "systems", ()) if system.name == PRODUCT), None)
    if isinstance(result.run, MatchRun) and isinstance(product, MatchSystem):
        return _match_faults(result.suite, result.run, product, names)
    if isinstance(result.run, EstimateRun) and isinstance(product, EstimateSystem):
        return _estimate_faults(result.suite, result.run, product)
    return ()


def _match_faults(suite: Suite, run: MatchRun, product: MatchSystem, names: Mapping[str, str]) -> tuple[Fault, ...]:
    """Sure and wrong first. Where no dataset is right, an abstention is no error."""
    import numpy as np

    sure = product.confidence if product.probability is None else product.probability
    wrong = ~product.accepted & np.array([bool(first) for first in product.first], dtype=np.bool_)
    if run.decisions:
        wrong &= run.answerable | (np.array(run.decisions) != "no_match")
    order = np.lexsort((-product.confidence, -sure))
    places = [int(place) for place in order if wrong[place]][:WORST]
    return tuple(_match_fault(suite.queries[place], run, product, place, names) for place in places)


def _match_fault(query: Query, run: MatchRun, product: MatchSystem, place: int, names: Mapping[str, str]) -> Fault:
    probability = None if product.probability is None else float(product.probability[place])
    measure = "wrong" if probability is None else f"{percent(probability)} % sure"
    rank = int(product.rank[place])
    details = [("Decision", _WORDS.get(run.decisions[place], run.decisions[place]))] if run.decisions else []
    details += [("First right dataset", f"rank {rank}" if rank else "not found")] if query.relevant else []
    said = (Named(product.first_name[place], product.first[place]),)
    return Fault(query.id, query.group, query.text, measure, said, _right(query, names), tuple(details))


def _right(query: Query, names: Mapping[str, str]) -> tuple[Named, ...]:
    if not query.relevant:
        return (Named("No dataset: abstaining is right", ""),)
    found = tuple(Named(names.get(key, ""), key) for key in query.relevant[:_SHOWN_RIGHT])
    more = len(query.relevant) - len(found)
    return (*found, Named(f"and {more:,} more", "")) if more else found


def _estimate_faults(suite: Suite, run: EstimateRun, product: EstimateSystem) -> tuple[Fault, ...]:
    """Largest factor off first; in a suite of ranges, farthest outside first."""
    import numpy as np

    residual = residuals(run, product)
    if residual.where.size:
        order = np.argsort(-np.abs(residual.values), kind="stable")[:WORST]
        return tuple(
            _estimate_fault(suite, run, product, int(residual.where[i]), off(float(residual.values[i]))) for i in order
        )
    found = ranged(run, product)
    outside = [(int(place), float(far)) for place, far in zip(found.where, found.outside, strict=True) if far > 0]
    return tuple(
        _estimate_fault(suite, run, product, place, _beyond(run, product, place)) for place, _ in outside[:WORST]
    )


def _beyond(run: EstimateRun, product: EstimateSystem, place: int) -> str:
    if run.low_high is None:
        return ""
    value = product.log10_value[place]
    over = value > run.low_high.high[place]
    end = run.low_high.high[place] if over else run.low_high.low[place]
    return f"{off(float(value - end))}, from the {'upper' if over else 'lower'} end"


def _estimate_fault(suite: Suite, run: EstimateRun, product: EstimateSystem, place: int, measure: str) -> Fault:
    query = suite.queries[place]
    amount = "" if query.amount == 1 else f"{number(query.amount)} "
    per = f" per {amount}{query.unit or 'declared unit'}"
    said = (Named(kg_co2e(float(product.log10_value[place])) + per, ""),)
    right = _reference(run, place, per)
    details = []
    if run.proxy and run.proxy[place]:
        name = run.proxy_name[place] if run.proxy_name else ""
        details.append(("Proxy", f"{name} ({run.proxy[place]})" if name else run.proxy[place]))
    if run.flags and run.flags[place]:
        details.append(("Flags", run.flags[place].replace("|", ", ").replace("_", " ")))
    return Fault(query.id, query.group, query.text, measure, said, right, tuple(details))


def _reference(run: EstimateRun, place: int, per: str) -> tuple[Named, ...]:
    import numpy as np

    reference = float(run.log10_reference[place])
    lines = [Named(kg_co2e(reference) + per, "")] if np.isfinite(reference) else []
    if run.low_high is not None and np.isfinite(run.low_high.low[place]) and np.isfinite(run.low_high.high[place]):
        low, high = (kg_co2e(float(ends[place])).removesuffix(" kg CO₂e") for ends in run.low_high)
        lines.append(Named(f"range {span(low, high)} kg CO₂e{per}", ""))
    return tuple(lines)


class PairRow(NamedTuple):
    """Two wordings of one product that did not agree."""

    left: str
    right: str
    left_said: str
    right_said: str
    ratio: str


class PairList(NamedTuple):
    """The pairs that differ, the farthest apart first, and how many there are in all."""

    rows: tuple[PairRow, ...]
    differing: int
    total: int


def differing_pairs(result: SuiteResult, limit: float) -> PairList | None:
    """Pairs with another first dataset or estimates further apart than ``limit`` (log10); None without pairs."""
    import numpy as np

    run = result.run
    if not isinstance(run, MatchRun) or run.pairs is None:
        return None
    pairs = run.pairs
    apart = np.abs(np.nan_to_num(pairs.log10_ratio, nan=0.0))
    places = np.flatnonzero(~pairs.same_first | (apart > limit))
    places = places[np.argsort(-apart[places], kind="stable")]
    product = next((system for system in run.systems if system.name == PRODUCT), None)
    rows = tuple(_pair(result.suite, pairs, product, int(place)) for place in places[:_SHOWN_PAIRS])
    return PairList(rows, int(places.size), int(pairs.left.size))


def _pair(suite: Suite, pairs: PairOutcomes, product: MatchSystem | None, place: int) -> PairRow:
    left, right = int(pairs.left[place]), int(pairs.right[place])
    said = ("", "") if product is None else (product.first_name[left], product.first_name[right])
    ratio = float(pairs.log10_ratio[place])
    text = "no estimate" if ratio != ratio else _ratio(ratio)
    return PairRow(suite.queries[left].text, suite.queries[right].text, said[0], said[1], text)


def _ratio(log10_ratio: float) -> str:
    return off(log10_ratio).replace(" times too high", " times").replace("too low", "less")


def pairs_caption(pairs: PairList) -> str:
    """What the list shows."""
    start = f"{plural(pairs.differing, 'pair differs', 'pairs differ')} of {pairs.total:,}"
    return (
        f"{start}; the {len(pairs.rows)} farthest apart are shown."
        if len(pairs.rows) < pairs.differing
        else f"{start}."
    )
