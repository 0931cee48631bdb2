"""The small part of a result that a paired comparison needs, and its JSON file: ``outcomes.json``, or a baseline.

Baselines are committed, so they must hold no third-party value: no text, no reference and no reference-derived
column from which references could be read without running the product on the suite itself. Estimates are therefore
kept relative to their reference, ranges as yes or no. What needs the references themselves (``r2_log10``,
``spearman``) cannot be compared in pairs; its value and interval stand in ``metrics``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from firstprint.evaluation.metrics.estimate import EstimateMetrics, inside_range, interval_overlap
from firstprint.evaluation.metrics.match import MatchMetrics
from firstprint.evaluation.metrics.rationale import TRUE_KINDS, RationaleMetrics
from firstprint.evaluation.metrics.statistics import Floats, Mean, Statistics
from firstprint.evaluation.records import (
    PRODUCT,
    Band,
    EstimateRun,
    EstimateSystem,
    MatchRun,
    MatchSystem,
    Metrics,
    PairOutcomes,
    RationaleRun,
    Run,
    SuiteResult,
    Task,
)

REQUIRED: Mapping[Task, tuple[str, ...]] = {
    "match": ("rank", "answerable", "accepted", "confidence"),
    "estimate": ("residual_log10", "referenced"),
    "rationale": ("kind", "true", "alarm"),
}
"""Columns that every file of a task has; the others are there where the run gave them."""
OPTIONAL: Mapping[Task, tuple[str, ...]] = {
    "match": ("probability",),
    "estimate": ("low80", "high80", "low90", "high90", "inside_range", "interval_overlap"),
    "rationale": (),
}
WHOLE = frozenset({"rank", "answerable", "accepted", "referenced", "kind", "true", "alarm"})
"""Columns of whole numbers, never empty."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What the product answered on one suite, without texts and references.

    Attributes:
        ids: id of each row, unique.
        groups: int64 (n,), rows of one group have one number.
        columns: float64 (n,) each, NaN where empty; names as in ``REQUIRED`` and ``OPTIONAL``.
        pairs: parity of pairs of rows, where the suite has pairs.
        metrics: the product's, as the run reported them.
        baselines: those of the other systems.
        provenance: what the run was made with.
    """

    suite: str
    task: Task
    protocol: str
    leaky: bool
    suite_sha256: str
    ids: tuple[str, ...]
    groups: NDArray[np.int64]
    columns: Mapping[str, Floats]
    pairs: PairOutcomes | None
    metrics: Metrics
    baselines: Mapping[str, Metrics]
    provenance: Mapping[str, str | None]


def outcomes_of(result: SuiteResult) -> Outcomes:
    """The part of ``result`` that a later comparison needs."""
    suite, run = result.suite, result.run
    return Outcomes(
        suite=suite.name,
        task=suite.task,
        protocol=suite.protocol,
        leaky=suite.leaky,
        suite_sha256=suite.sha256,
        ids=text_ids(run) if isinstance(run, RationaleRun) else tuple(query.id for query in suite.queries),
        groups=np.unique(run.groups, return_inverse=True)[1].astype(np.int64),
        columns=_columns(run),
        pairs=run.pairs if isinstance(run, MatchRun) else None,
        metrics=result.metrics,
        baselines=result.baselines,
        provenance=result.provenance,
    )


def text_ids(run: RationaleRun) -> tuple[str, ...]:
    """Ids of a rationale run's texts: group, language, kind and a running number among these."""
    seen: Counter[tuple[str, str, str]] = Counter()
    ids = []
    for key in zip((str(group) for group in run.groups), run.language, run.kind, strict=True):
        seen[key] += 1
        ids.append(f"{'/'.join(key)}/{seen[key]}")
    return tuple(ids)


def statistics_of(outcomes: Outcomes) -> Statistics:
    """The product's metrics for any weights of the rows; those that need the references are NaN."""
    groups = outcomes.groups.astype(np.str_)
    columns = outcomes.columns
    if outcomes.task == "match":
        match = _match_run(outcomes, groups)
        return MatchMetrics(match, match.systems[0])
    if outcomes.task == "rationale":
        return RationaleMetrics(_rationale_run(columns, groups))
    estimate = _estimate_run(columns, groups)
    figures = EstimateMetrics(estimate, estimate.systems[0]).statistics
    for name in ("inside_range", "interval_overlap"):
        if name in columns:
            figures[name] = Mean(columns[name], np.isfinite(columns[name]))
    return Statistics(figures)


def take(outcomes: Outcomes, rows: NDArray[np.int64]) -> Outcomes:
    """The rows asked for, in that order; pairs stay where both their rows do."""
    return replace(
        outcomes,
        ids=tuple(outcomes.ids[row] for row in rows),
        groups=outcomes.groups[rows],
        columns={name: column[rows] for name, column in outcomes.columns.items()},
        pairs=_take_pairs(outcomes.pairs, rows, len(outcomes.ids)),
    )


def take_pairs(pairs: PairOutcomes, which: NDArray[np.int64]) -> PairOutcomes:
    """The pairs at these positions."""
    return PairOutcomes(pairs.left[which], pairs.right[which], pairs.same_first[which], pairs.log10_ratio[which])


def _take_pairs(pairs: PairOutcomes | None, rows: NDArray[np.int64], count: int) -> PairOutcomes | None:
    if pairs is None:
        return None
    place = np.full(count, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    kept = take_pairs(pairs, np.flatnonzero((place[pairs.left] >= 0) & (place[pairs.right] >= 0)))
    return replace(kept, left=place[kept.left], right=place[kept.right])


def _columns(run: Run) -> dict[str, Floats]:
    if isinstance(run, MatchRun):
        return _match_columns(run, run.systems[0])
    if isinstance(run, RationaleRun):
        kind = [TRUE_KINDS.index(name) + 1 if name in TRUE_KINDS else 0 for name in run.kind]
        return {"kind": np.array(kind, dtype=np.float64), "true": _floats(run.true), "alarm": _floats(run.alarm)}
    return _estimate_columns(run, run.systems[0])


def _match_columns(run: MatchRun, system: MatchSystem) -> dict[str, Floats]:
    columns = {
        "rank": _floats(system.rank),
        "answerable": _floats(run.answerable),
        "accepted": _floats(system.accepted),
        "confidence": np.where(np.isfinite(system.confidence), system.confidence, np.nan),
    }
    return columns if system.probability is None else columns | {"probability": system.probability}


def _estimate_columns(run: EstimateRun, system: EstimateSystem) -> dict[str, Floats]:
    referenced = np.isfinite(run.log10_reference)
    # A query without a reference gives nothing away by its value: it is kept relative to 1 kg CO2e.
    base = np.where(referenced, run.log10_reference, 0.0)
    columns = {"residual_log10": system.log10_value - base, "referenced": _floats(referenced)}
    for name, band in (("80", system.band80), ("90", system.band90)):
        if band is not None:
            columns |= {f"low{name}": band.low - base, f"high{name}": band.high - base}
    for name, column in (
        ("inside_range", inside_range(run, system)),
        ("interval_overlap", interval_overlap(run, system)),
    ):
        if np.isfinite(column).any():
            columns |= {name: column}
    return columns


def _floats(column: NDArray[np.bool_] | NDArray[np.int64]) -> Floats:
    return column.astype(np.float64)


def _match_run(outcomes: Outcomes, groups: NDArray[np.str_]) -> MatchRun:
    columns = outcomes.columns
    system = MatchSystem(
        name=PRODUCT,
        rank=columns["rank"].astype(np.int64),
        accepted=columns["accepted"] > 0,
        confidence=np.where(np.isnan(columns["confidence"]), -np.inf, columns["confidence"]),
        probability=columns.get("probability"),
        first=(),
        first_name=(),
    )
    return MatchRun(groups, columns["answerable"] > 0, (system,), pairs=outcomes.pairs)


def _estimate_run(columns: Mapping[str, Floats], groups: NDArray[np.str_]) -> EstimateRun:
    reference = np.where(columns["referenced"] > 0, 0.0, np.nan)
    system = EstimateSystem(
        PRODUCT,
        columns["residual_log10"],
        band80=Band(columns["low80"], columns["high80"]) if "low80" in columns else None,
        band90=Band(columns["low90"], columns["high90"]) if "low90" in columns else None,
    )
    return EstimateRun(groups, reference, (system,))


def _rationale_run(columns: Mapping[str, Floats], groups: NDArray[np.str_]) -> RationaleRun:
    kind = tuple(TRUE_KINDS[int(code) - 1] if code > 0 else "corruption" for code in columns["kind"])
    nothing = ("",) * len(kind)
    return RationaleRun(groups, kind, columns["true"] > 0, columns["alarm"] > 0, nothing, nothing, nothing)
