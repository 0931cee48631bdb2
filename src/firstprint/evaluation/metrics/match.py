"""Metrics of a match suite."""

from __future__ import annotations

import math

import numpy as np

from firstprint.evaluation.metrics.statistics import (
    Auc,
    CalibrationError,
    Mean,
    RiskAtCoverage,
    Statistic,
    Statistics,
    Undefined,
)
from firstprint.evaluation.records import PRODUCT, MatchRun, MatchSystem, PairOutcomes

PARITY_FACTOR = 1.5
"""Two wordings of one product should have estimates within this factor."""
SUREST = 0.3
"""Share of the queries that an automatic acceptance would take (METHOD.md's published reference point)."""

_ROUNDING = 1e-9


class MatchMetrics(Statistics):
    """Metrics of one system on a match suite, for any weights of its queries.

    ``hit@k``, ``mrr`` and ``acceptable_hit@1`` are means over the answerable queries; ``risk_at_coverage_0.3`` and
    ``ece`` are over all; ``abstention_auc`` is the chance that an answerable query gets the higher confidence. A pair
    weighs as much as its first query.
    """

    def __init__(self, run: MatchRun, system: MatchSystem) -> None:
        found, answerable = system.rank > 0, run.answerable
        reciprocal = np.divide(1.0, system.rank, out=np.zeros(len(found)), where=found)
        confidence = np.where(np.isnan(system.confidence), -np.inf, system.confidence)
        figures: dict[str, Statistic] = {
            f"hit@{depth}": Mean(found & (system.rank <= depth), answerable) for depth in (1, 5, 10)
        }
        figures["mrr"] = Mean(reciprocal, answerable)
        figures["acceptable_hit@1"] = Mean(system.accepted, answerable)
        figures["abstention_auc"] = Auc(confidence, answerable)
        figures[f"risk_at_coverage_{SUREST}"] = RiskAtCoverage(confidence, ~system.accepted, SUREST)
        figures["ece"] = Undefined()
        if system.probability is not None:
            figures["ece"] = CalibrationError(system.probability, system.accepted)
        if run.pairs is not None and system.name == PRODUCT:
            figures |= _parity(run.pairs, len(found))
        super().__init__(figures)


def _parity(pairs: PairOutcomes, count: int) -> dict[str, Statistic]:
    """A pair without both estimates counts as a miss."""
    known = np.isfinite(pairs.log10_ratio)
    close = np.abs(np.where(known, pairs.log10_ratio, np.inf)) <= math.log10(PARITY_FACTOR) + _ROUNDING
    return {
        "parity_first_dataset": Mean.at_rows(pairs.left, pairs.same_first, count),
        f"parity_factor{PARITY_FACTOR}": Mean.at_rows(pairs.left, close, count),
    }
