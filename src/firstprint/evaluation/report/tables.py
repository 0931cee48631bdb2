"""Tables of the page: metrics of every system, paired differences, provenance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from firstprint.evaluation.records import PRODUCT, Difference, SuiteResult
from firstprint.evaluation.report.glossary import (
    METRICS,
    ROUTE,
    about,
    badness,
    difference_unit,
    direction_in_words,
    written,
    written_difference,
    written_interval,
)
from firstprint.evaluation.report.numbers import NONE, duration, span
from firstprint.evaluation.report.systems import metric_of, metrics_of, shown, systems_of
from firstprint.evaluation.report.verdict import standing_on

_MAIN_CAPTION = "Firstprint and the baselines on the same queries"
_WORDS = {"better": "better", "noise": "within noise", "worse": "worse", "alone": NONE}


class Cell(NamedTuple):
    """One system's figure on one metric."""

    value: str
    interval: str
    best: bool
    product: bool


class MetricRow(NamedTuple):
    """One metric of every system."""

    code: str
    title: str
    meaning: str
    direction: str
    cells: tuple[Cell, ...]


class MetricTable(NamedTuple):
    """Metrics by system; ``systems`` are column headings."""

    caption: str
    systems: tuple[str, ...]
    rows: tuple[MetricRow, ...]


class DifferenceRow(NamedTuple):
    """Product against the best baseline on one metric."""

    code: str
    title: str
    baseline: str
    difference: str
    interval: str
    standing: str
    word: str


class Pair(NamedTuple):
    """A name and what stands for it."""

    name: str
    value: str


def metric_tables(result: SuiteResult) -> tuple[MetricTable, ...]:
    """The product with its baselines; apart from them its own parts and the noise ceiling, where there are any."""
    systems = systems_of(result)
    first = _table(
        result, (PRODUCT, *systems.baselines), _MAIN_CAPTION if systems.baselines else "Firstprint", full=True
    )
    apart = systems.routes + systems.ceilings
    if not apart:
        return (first,)
    parts = ["parts of firstprint on their own"] if systems.routes else []
    parts += ["the noise ceiling, how well the references agree with one another"] if systems.ceilings else []
    caption = " and ".join(parts)
    return (
        first,
        _table(
            result,
            (PRODUCT, *apart),
            f"{caption[:1].upper()}{caption[1:]}; each is judged where it answers",
            full=False,
        ),
    )


def _table(result: SuiteResult, names: Sequence[str], caption: str, *, full: bool) -> MetricTable:
    """A table; a full one marks the best values and explains every metric."""
    rows = tuple(_row(result, metric, names, full=full) for metric in _order(result, names))
    return MetricTable(caption, tuple(shown(name) if name.startswith(ROUTE) else name for name in names), rows)


def _order(result: SuiteResult, names: Sequence[str]) -> list[str]:
    """Metrics in the glossary's order, then the others; those that no system can give are left to ``absent``."""
    present = {
        metric: None
        for name in names
        for metric, figure in metrics_of(result, name).items()
        if figure.value is not None
    }
    return [name for name in METRICS if name in present] + [name for name in present if name not in METRICS]


def absent(result: SuiteResult) -> tuple[str, ...]:
    """Metrics that this suite cannot give."""
    return tuple(metric for metric, figure in result.metrics.items() if figure.value is None)


def _row(result: SuiteResult, metric: str, names: Sequence[str], *, full: bool) -> MetricRow:
    info = about(metric)
    figures = [metric_of(result, name, metric) for name in names]
    losses = [None if figure.value is None else badness(metric, figure.value) for figure in figures]
    ranked = [loss for loss in losses if loss is not None]
    # where all are alike none is best
    best = min(ranked) if full and len(set(ranked)) > 1 else None
    cells = tuple(
        Cell(
            written(figure.value, info),
            written_interval(figure, info),
            best is not None and loss == best,
            name == PRODUCT,
        )
        for name, figure, loss in zip(names, figures, losses, strict=True)
    )
    meaning, direction = (info.meaning, direction_in_words(metric)) if full else ("", "")
    return MetricRow(metric, info.title, meaning, direction, cells)


def difference_rows(result: SuiteResult) -> tuple[DifferenceRow, ...]:
    """Paired differences, in the order of the run."""
    return tuple(_difference(result, entry) for entry in result.differences)


def _difference(result: SuiteResult, entry: Difference) -> DifferenceRow:
    info = about(entry.metric)
    standing = standing_on(result, entry.metric)
    ends = span(written_difference(entry.low, info), written_difference(entry.high, info))
    unit = difference_unit(info)
    value = written_difference(entry.difference, info) + unit
    return DifferenceRow(entry.metric, info.title, entry.baseline, value, ends, standing, _WORDS[standing])


def provenance_rows(result: SuiteResult) -> tuple[Pair, ...]:
    """What the figures were made with, and how long it took."""
    made_with = {"suite_sha256": result.suite.sha256} | dict(result.provenance)
    rows = [Pair(name.replace("_", " "), value or "none") for name, value in made_with.items()]
    rows += [Pair("seed", str(result.suite.seed)), Pair("bootstrap draws", f"{result.bootstrap:,}")]
    rows += [Pair(f"time, {step}", duration(seconds)) for step, seconds in result.seconds.items()]
    return tuple(rows)
