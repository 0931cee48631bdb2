"""The result in one paragraph, computed; it never claims more than the interval allows."""

from __future__ import annotations

from typing import Literal, NamedTuple

from firstprint.evaluation.records import PRODUCT, Metric, SuiteResult
from firstprint.evaluation.report.figures_estimate import Coverage, coverage_in_words
from firstprint.evaluation.report.glossary import (
    MAIN,
    NO_SPREAD,
    about,
    difference_unit,
    written,
    written_difference,
    written_interval,
)
from firstprint.evaluation.report.numbers import number, percent, plural, span
from firstprint.evaluation.report.systems import best_baseline, difference_on, metric_of

Standing = Literal["better", "noise", "worse", "alone"]
STANDINGS: dict[Standing, str] = {
    "better": "Better than the best baseline",
    "noise": "Within noise of the best baseline",
    "worse": "Worse than the best baseline",
    "alone": "No comparison",
}
_FEW_GROUPS = 10


class Verdict(NamedTuple):
    """The summary of a result.

    Attributes:
        metric: the metric the suite is judged by, empty where none could be computed.
    """

    metric: str
    value: str
    interval: str
    standing: Standing
    sentences: tuple[str, ...]


def main_metric(result: SuiteResult) -> str:
    """The metric a suite is judged by: its task's, else the first that has a value."""
    names = [*MAIN[result.suite.task], *result.metrics]
    return next((name for name in names if metric_of(result, PRODUCT, name).value is not None), "")


def verdict(result: SuiteResult) -> Verdict:
    """The summary of a result."""
    metric = main_metric(result)
    if not metric:
        return Verdict("", "–", "", "alone", ("No metric could be computed from this suite.",))
    info, figure = about(metric), metric_of(result, PRODUCT, metric)
    standing = standing_on(result, metric)
    sentences = (_main_sentence(metric, figure), *_compared(result, metric), *_secondary(result), *_few_groups(result))
    return Verdict(metric, written(figure.value, info), written_interval(figure, info), standing, sentences)


def standing_on(result: SuiteResult, metric: str) -> Standing:
    """Where the product stands against the best baseline on a metric."""
    difference = difference_on(result, metric)
    if difference is None:
        return "alone"
    return "better" if difference.better else "worse" if difference.worse else "noise"


def _main_sentence(metric: str, figure: Metric) -> str:
    info = about(metric)
    value = written(figure.value, info)
    start = info.sentence.format(value=value) if info.sentence else f"{info.title} is {value}"
    interval = written_interval(figure, info)
    if interval == NO_SPREAD:
        return f"{start}; every group gives the same figure, so how far chance reaches is not known."
    unit = " %" if info.kind == "share" else ""
    return f"{start} (95 % interval {interval}{unit})." if interval else f"{start}; it has no interval."


def _compared(result: SuiteResult, metric: str) -> tuple[str, ...]:
    info, rival = about(metric), best_baseline(result, metric)
    if rival is None:
        # the guard has nothing to be compared with
        if result.suite.task == "rationale":
            return ()
        return ("No baseline ran on this metric, so the figure stands alone.",)
    theirs = f"The best baseline, {rival}, reaches {written(metric_of(result, rival, metric).value, info)}"
    difference = difference_on(result, metric)
    if difference is None:
        return (f"{theirs}; no paired difference was computed, so which of them is better is not known.",)
    low, high = (written_difference(value, info) for value in (difference.low, difference.high))
    unit = difference_unit(info)
    between = (
        f"the paired difference is {written_difference(difference.difference, info)}{unit} ({span(low, high)}{unit})"
    )
    ends: dict[Standing, str] = {
        "better": "firstprint is better beyond noise",
        "worse": "firstprint is worse beyond noise",
        "noise": "within noise, so this run does not show which is better",
        "alone": "",
    }
    return (f"{theirs}: {between}; {ends[standing_on(result, metric)]}.",)


def _secondary(result: SuiteResult) -> tuple[str, ...]:
    if result.suite.task == "match":
        return _match_sentences(result)
    if result.suite.task == "estimate":
        return _estimate_sentences(result)
    alarm = metric_of(result, PRODUCT, "guard_false_alarm")
    if alarm.value is None or main_metric(result) == "guard_false_alarm":
        return ()
    return (_main_sentence("guard_false_alarm", alarm),)


def _match_sentences(result: SuiteResult) -> tuple[str, ...]:
    risk = metric_of(result, PRODUCT, "risk_at_coverage_0.3")
    if risk.value is None:
        return ()
    interval = written_interval(risk, about("risk_at_coverage_0.3"))
    words = f" ({interval} %)" if interval and interval != NO_SPREAD else ""
    return (f"Among the 30 % of queries it is surest of, {percent(risk.value)} %{words} of its answers are wrong.",)


def _estimate_sentences(result: SuiteResult) -> tuple[str, ...]:
    sentences = []
    error = metric_of(result, PRODUCT, "mae_log10").value
    if error is not None and error < 6:
        sentences.append(f"The mean distance from the reference is a factor of {number(10.0**error)}.")
    coverage = metric_of(result, PRODUCT, "coverage@0.9")
    if coverage.value is not None:
        sentences.append(f"{coverage_in_words(Coverage('90 %, all queries', 0.9, coverage))}")
    return tuple(sentences)


def _few_groups(result: SuiteResult) -> tuple[str, ...]:
    groups = len(set(result.run.groups.tolist()))
    if groups >= _FEW_GROUPS or not result.suite.queries:
        return ()
    if groups == 1:
        return ("The suite has one group, so the intervals say nothing about other groups.",)
    return (f"With only {plural(groups, 'group')} the intervals themselves are rough.",)
