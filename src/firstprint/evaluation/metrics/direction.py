"""Which way each metric is better."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

HIGHER_IS_BETTER: Mapping[str, bool | None] = MappingProxyType(
    {
        "hit@1": True,
        "hit@5": True,
        "hit@10": True,
        "mrr": True,
        "acceptable_hit@1": True,
        "abstention_auc": True,
        "risk_at_coverage_0.3": False,
        "ece": False,
        "parity_first_dataset": True,
        "parity_factor1.5": True,
        "factor2": True,
        "factor3": True,
        "factor10": True,
        "mae_log10": False,
        "median_ape": False,
        "r2_log10": True,
        "spearman": True,
        "answered": True,
        # Narrower is better only at the same coverage, and seconds depend on the machine: neither has a side.
        "median_interval_factor@0.9": None,
        "seconds_median": None,
        "inside_range": True,
        "interval_overlap": True,
        "guard_recall": True,
        "guard_false_alarm": False,
        "guard_false_alarm_template": False,
        "guard_false_alarm_paraphrase": False,
        "guard_pass_rate": True,
        "fallback_rate": False,
    }
)
"""None: neither way. The coverages of intervals are not here: they are better the nearer they are to nominal."""

_COVERAGE = re.compile(r"(?:group_)?coverage@(?P<nominal>[01](?:\.\d+)?)")


def nominal_of(metric: str) -> float | None:
    """What an interval's coverage should be (0.9 for ``coverage@0.9``), None for every other metric."""
    found = _COVERAGE.fullmatch(metric)
    return float(found["nominal"]) if found else None


def loss_of(metric: str, value: float) -> float:
    """``value`` turned so that less is better; NaN for a metric that has no better side, or is not known."""
    nominal = nominal_of(metric)
    if nominal is not None:
        return abs(value - nominal)
    higher = HIGHER_IS_BETTER.get(metric)
    if higher is None:
        return float("nan")
    return -value if higher else value
