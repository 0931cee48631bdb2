"""What every metric, task and protocol means, which direction is good, and how a metric's figures are written."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from firstprint.evaluation.metrics.direction import HIGHER_IS_BETTER, loss_of, nominal_of
from firstprint.evaluation.records import Metric, Suite, Task
from firstprint.evaluation.report.numbers import NONE, fine, number, percent, plural, signed, span

ROUTE = "route: "
"""Systems so named are parts of the product."""
CEILING = "ceiling: "
"""Systems so named say how well anything could do, because the references themselves scatter."""

Kind = Literal["share", "number", "log10", "factor", "seconds"]


class MetricInfo(NamedTuple):
    """A metric in plain words.

    Attributes:
        sentence: says the ``{value}`` in the summary.
    """

    title: str
    meaning: str
    kind: Kind = "number"
    sentence: str = ""


_HIT = "Share of answerable queries with a right dataset among the first {k}."
_COVERED = "{share} is right: less is too sure, more is too wide."
METRICS: dict[str, MetricInfo] = {
    "hit@1": MetricInfo(
        "Right dataset first",
        "Share of answerable queries whose first dataset is a right one.",
        "share",
        "The first dataset was a right one for {value} of the answerable queries",
    ),
    "hit@5": MetricInfo("Right dataset in the first 5", _HIT.format(k=5), "share"),
    "hit@10": MetricInfo("Right dataset in the first 10", _HIT.format(k=10), "share"),
    "mrr": MetricInfo("Mean reciprocal rank", "Mean of 1 / rank of the first right dataset, 0 where it was not found."),
    "acceptable_hit@1": MetricInfo(
        "Acceptable dataset first",
        "Share of answerable queries whose first dataset is right or was accepted by an annotator.",
        "share",
        "The first dataset was an acceptable one for {value} of the answerable queries",
    ),
    "abstention_auc": MetricInfo(
        "Knows when nothing fits",
        "Chance that a query with an answer is given more confidence than one without; 0.5 is guessing.",
        sentence="A query with an answer was given more confidence than one without with a chance of {value}",
    ),
    "risk_at_coverage_0.3": MetricInfo(
        "Errors among the surest 30 %",
        "Share of wrong first datasets among the 30 % of queries the system is surest of.",
        "share",
    ),
    "ece": MetricInfo(
        "Calibration error", "Mean gap between the stated probability and the share accepted; 0 is perfect."
    ),
    "parity_first_dataset": MetricInfo(
        "Same dataset for both wordings",
        "Share of pairs, one product put in two ways, with the same first dataset.",
        "share",
        "Both wordings of one product got the same first dataset in {value} of the pairs",
    ),
    "parity_factor1.5": MetricInfo(
        "Same estimate for both wordings",
        "Share of pairs whose estimates lie within a factor of 1.5; a missing estimate is a miss.",
        "share",
    ),
    "factor2": MetricInfo(
        "Within a factor of 2",
        "Share of references that the estimate misses by a factor of 2 at most; no estimate is a miss.",
        "share",
        "The estimate lies within a factor of 2 of the reference for {value} of the queries",
    ),
    "factor3": MetricInfo("Within a factor of 3", "The same for a factor of 3.", "share"),
    "factor10": MetricInfo("Within a factor of 10", "The same for a factor of 10.", "share"),
    "mae_log10": MetricInfo(
        "Mean absolute error (log10)", "Mean distance from the reference in powers of ten; 0.3 is a factor of 2."
    ),
    "median_ape": MetricInfo(
        "Median absolute error", "Half of the estimates are off by less than this share of the reference.", "share"
    ),
    "r2_log10": MetricInfo(
        "Explained variance (log10)", "1 is perfect, 0 is no better than one constant, below 0 is worse."
    ),
    "spearman": MetricInfo("Rank correlation", "Does a larger reference get a larger estimate? 1 is always."),
    "answered": MetricInfo("Answered", "Share of queries with an estimate.", "share"),
    "coverage@0.8": MetricInfo("References inside the 80 % interval", _COVERED.format(share="80 %"), "share"),
    "coverage@0.9": MetricInfo("References inside the 90 % interval", _COVERED.format(share="90 %"), "share"),
    "group_coverage@0.9": MetricInfo(
        "Inside the 90 % interval, mean of groups", "The same with every group counting alike.", "share"
    ),
    "median_interval_factor@0.9": MetricInfo(
        "Width of the 90 % interval",
        "Half of the intervals reach no farther than from the estimate divided by this to the estimate times this.",
        "factor",
    ),
    "inside_range": MetricInfo(
        "Inside the plausible range",
        "Share of estimates between the ends of the plausible or published range.",
        "share",
        "{value} of the estimates lie inside their plausible or published range",
    ),
    "interval_overlap": MetricInfo(
        "Interval meets the range", "Share of 90 % intervals that share a value with the plausible range.", "share"
    ),
    "guard_recall": MetricInfo(
        "Corruptions found",
        "Share of false texts that the guard refused.",
        "share",
        "The guard refused {value} of the texts that had been made false",
    ),
    "guard_false_alarm": MetricInfo(
        "False alarms",
        "Share of true texts that the guard refused.",
        "share",
        "The guard refused {value} of the true texts",
    ),
    "guard_false_alarm_template": MetricInfo("False alarms on templates", "Of the template's own texts.", "share"),
    "guard_false_alarm_paraphrase": MetricInfo("False alarms on paraphrases", "Of texts written by hand.", "share"),
    "guard_pass_rate": MetricInfo(
        "Rationales let through",
        "Share of the language model's texts that passed every check.",
        "share",
    ),
    "fallback_rate": MetricInfo(
        "Replaced by the template", "Share of requests where the template speaks: refused, or nothing came.", "share"
    ),
    "seconds_median": MetricInfo("Seconds a rationale", "Median wall time of one request.", "seconds"),
}

MAIN: dict[Task, tuple[str, ...]] = {
    "match": ("hit@1", "parity_first_dataset", "acceptable_hit@1", "abstention_auc"),
    "estimate": ("factor2", "inside_range"),
    "rationale": ("guard_recall", "guard_false_alarm"),
}
"""The metric a suite is judged by, and what stands in where a suite cannot give it."""

NO_SPREAD = "no spread"
"""Stands for an interval without width: every group gives the same, which says nothing about how far chance reaches."""
_SHARE_NAMES = re.compile(r"parity|share|rate|within|inside|coverage|factor\d|hit@")


def about(metric: str) -> MetricInfo:
    """What a metric means; a metric that is not listed keeps its own name and claims no direction."""
    known = METRICS.get(metric)
    if known:
        return known
    words = metric.replace("_", " ")
    kind: Kind = "share" if _SHARE_NAMES.search(metric) else "number"
    return MetricInfo(words[:1].upper() + words[1:], "", kind)


def written(value: float | None, info: MetricInfo) -> str:
    """A metric's value with its unit."""
    if value is None:
        return NONE
    if info.kind == "share":
        text = percent(value)
        return text if text == NONE else f"{text} %"
    text = fine(value) if info.kind == "number" else number(value)
    if text == NONE:
        return text
    return {"factor": f"× {text}", "seconds": f"{text} s"}.get(info.kind, text)


def _writer(info: MetricInfo) -> Callable[[float | None], str]:
    return {"share": percent, "number": fine}.get(info.kind, number)


def written_interval(metric: Metric, info: MetricInfo) -> str:
    """The 95 % interval of a metric, ``low–high``; empty where there is none, ``NO_SPREAD`` where it has no width."""
    if metric.low is not None and metric.low == metric.high:
        return NO_SPREAD
    write = _writer(info)
    return span(write(metric.low), write(metric.high))


def written_difference(value: float, info: MetricInfo) -> str:
    """A difference of two values of a metric, with its sign; shares differ by points."""
    return signed(_writer(info)(value))


def difference_unit(info: MetricInfo) -> str:
    """The unit of a metric's differences, with a space before it, or nothing."""
    return {"share": " points", "seconds": " s"}.get(info.kind, "")


def badness(metric: str, value: float) -> float | None:
    """Orders values of one metric from best to worst; None for a metric that has no better side."""
    loss = loss_of(metric, value)
    return None if math.isnan(loss) else loss


def direction_in_words(metric: str) -> str:
    """Which way a metric is better, empty for neither."""
    nominal = nominal_of(metric)
    if nominal is not None:
        return f"Closest to {number(nominal * 100)} % is best."
    higher = HIGHER_IS_BETTER.get(metric)
    return "" if higher is None else f"{'Higher' if higher else 'Lower'} is better."


def protocol_in_words(suite: Suite) -> str:
    """What was learned from and what was asked."""
    if suite.leaky:
        return (
            f"{suite.protocol} with a random split: rows of one group stand on both sides, so the figures are inflated."
        )
    if suite.protocol == "zero-shot":
        return "Zero-shot: nothing is learned from this suite."
    groups = len({query.group for query in suite.queries})
    if suite.folds == 0:
        split = f"Leave one group out ({plural(groups, 'round')})"
    else:
        split = f"{plural(suite.folds, 'fold')}, split by group"
    if suite.protocol == "with-decisions":
        return f"{split}: the right answers of the other groups are given to the matcher as confirmed decisions."
    return f"{split}: the surrogate is trained on the references of the other groups only."


TASKS: dict[Task, str] = {
    "match": "Find the right dataset for a description",
    "estimate": "Estimate a footprint from a description",
    "rationale": "Tell true explanations from false ones",
}
