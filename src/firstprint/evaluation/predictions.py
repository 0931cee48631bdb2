"""The table of ``predictions.csv``: one row a query, with every score."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence

import numpy as np

from firstprint.evaluation.metrics.statistics import Floats
from firstprint.evaluation.outcomes import text_ids
from firstprint.evaluation.records import (
    Band,
    EstimateRun,
    EstimateSystem,
    MatchRun,
    PairOutcomes,
    Query,
    RationaleRun,
    SuiteResult,
)

Cell = str | float | int | bool | None
Columns = dict[str, Sequence[Cell]]

_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What makes a spreadsheet read a text as a formula (OWASP, CSV injection)."""


def render_predictions(result: SuiteResult) -> str:
    """``predictions.csv`` as text. Numbers stay numbers; a text that a spreadsheet would run gets a quote before it."""
    run, queries = result.run, result.suite.queries
    if isinstance(run, MatchRun):
        columns = _match(run, queries)
    elif isinstance(run, EstimateRun):
        columns = _estimate(run, queries)
    else:
        columns = _rationale(run)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_cell(name) for name in columns])
    writer.writerows([_cell(value) for value in row] for row in zip(*columns.values(), strict=True))
    return out.getvalue()


def _match(run: MatchRun, queries: Sequence[Query]) -> Columns:
    product, *others = run.systems
    columns: Columns = {
        "id": [query.id for query in queries],
        "text": [query.text for query in queries],
        "group": run.groups.tolist(),
        "decision": run.decisions or [None] * len(queries),
        "rank": product.rank.tolist(),
        "accepted": product.accepted.tolist(),
        "confidence": product.confidence.tolist(),
        "acceptance_probability": [None] * len(queries)
        if product.probability is None
        else product.probability.tolist(),
        "first_id": product.first,
        "first_name": product.first_name,
        "relevant": ["|".join(query.relevant) for query in queries],
        "acceptable": ["|".join(query.acceptable) for query in queries],
    }
    if run.pairs is not None:
        columns |= _pairs(run.pairs, queries)
    for system in others:
        columns |= {
            f"{system.name} rank": system.rank.tolist(),
            f"{system.name} accepted": system.accepted.tolist(),
            f"{system.name} confidence": system.confidence.tolist(),
            f"{system.name} first_id": system.first,
        }
    return columns


def _pairs(pairs: PairOutcomes, queries: Sequence[Query]) -> Columns:
    """A pair's outcome stands in the row of its second query."""
    same: list[Cell] = [None] * len(queries)
    ratio: list[Cell] = [None] * len(queries)
    for row, first, log10 in zip(
        pairs.right.tolist(), pairs.same_first.tolist(), pairs.log10_ratio.tolist(), strict=True
    ):
        same[row], ratio[row] = first, log10
    return {"pair": [query.pair for query in queries], "pair_same_first": same, "pair_log10_ratio": ratio}


def _estimate(run: EstimateRun, queries: Sequence[Query]) -> Columns:
    product, *others = run.systems
    columns: Columns = {
        "id": [query.id for query in queries],
        "text": [query.text for query in queries],
        "group": run.groups.tolist(),
        "unit": [query.unit for query in queries],
        "amount": [query.amount for query in queries],
        "reference_kg_co2e": _kg(run.log10_reference),
    }
    if run.low_high is not None:
        columns |= {"reference_low": _kg(run.low_high.low), "reference_high": _kg(run.low_high.high)}
    columns |= {"kg_co2e": _kg(product.log10_value)} | _bands(product, len(queries))
    columns["residual_log10"] = (product.log10_value - run.log10_reference).tolist()
    columns["distance"] = [None] * len(queries) if run.distance is None else run.distance.tolist()
    for name, texts in (("proxy_id", run.proxy), ("proxy_name", run.proxy_name), ("flags", run.flags)):
        columns[name] = texts or [None] * len(queries)
    return columns | {f"{system.name} kg_co2e": _kg(system.log10_value) for system in others}


def _bands(system: EstimateSystem, count: int) -> Columns:
    nothing = np.full(count, np.nan)
    columns: Columns = {}
    for name, band in (("80", system.band80), ("90", system.band90)):
        low, high = band or Band(nothing, nothing)
        columns |= {f"low{name}": _kg(low), f"high{name}": _kg(high)}
    return columns


def _rationale(run: RationaleRun) -> Columns:
    return {
        "id": text_ids(run),
        "kind": run.kind,
        "true": run.true.tolist(),
        "alarm": run.alarm.tolist(),
        "language": run.language,
        "text": run.texts,
        "reason": run.reasons,
    }


def _kg(log10: Floats) -> list[Cell]:
    # Beyond it the number leaves float64's range; NaN fails the comparison too.
    return [10.0**value if abs(value) < 300 else None for value in log10.tolist()]


def _cell(value: Cell) -> str | int:
    """A cell's text: empty for what is missing, 1 and 0 for yes and no, ten digits of a number."""
    if isinstance(value, str):
        return f"'{value}" if value.lstrip(" ").startswith(_ACTIVE) else value
    if value is None or not math.isfinite(value):
        return ""
    return int(value) if isinstance(value, int) else f"{value:.10g}"
