"""Metrics of a rationale run: of the guard on true and corrupted texts, and of a language model's rationales."""

from __future__ import annotations

import numpy as np

from firstprint.evaluation.metrics.statistics import Mean, Median, Statistic, Statistics
from firstprint.evaluation.records import Generated, RationaleRun

TRUE_KINDS = ("template", "paraphrase")
"""Kinds of true texts."""


class RationaleMetrics(Statistics):
    """What the guard finds and what it refuses for nothing, for any weights of the texts."""

    def __init__(self, run: RationaleRun) -> None:
        kind = np.asarray(run.kind, dtype=np.str_)
        figures: dict[str, Statistic] = {
            "guard_recall": Mean(run.alarm, ~run.true),
            "guard_false_alarm": Mean(run.alarm, run.true),
        }
        for name in TRUE_KINDS:
            figures[f"guard_false_alarm_{name}"] = Mean(run.alarm, run.true & (kind == name))
        super().__init__(figures)


class GeneratedMetrics(Statistics):
    """How a language model's rationales fared, for any weights of its requests.

    ``guard_pass_rate`` is over the texts that came; ``fallback_rate`` over all requests: the template speaks where
    a text was refused and where none came.
    """

    def __init__(self, generated: tuple[Generated, ...]) -> None:
        passed = np.array([one.passed for one in generated], dtype=bool)
        came = np.array([bool(one.text) for one in generated], dtype=bool)
        seconds = np.array([one.seconds for one in generated], dtype=np.float64)
        super().__init__(
            {
                "guard_pass_rate": Mean(passed, came),
                "fallback_rate": Mean(~passed),
                "seconds_median": Median(seconds, np.isfinite(seconds)),
            }
        )
