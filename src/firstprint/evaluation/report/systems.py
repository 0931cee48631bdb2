"""The systems of a run in the order a reader needs them, and which baseline the product is measured against."""

from __future__ import annotations

from typing import NamedTuple

from firstprint.evaluation.records import PRODUCT, Difference, Metric, Metrics, SuiteResult
from firstprint.evaluation.report.drawing import DASHES, Legend
from firstprint.evaluation.report.glossary import CEILING, ROUTE, badness

_MISSING = Metric(None, None, None)


class Systems(NamedTuple):
    """Names of a result's systems by what they are."""

    baselines: tuple[str, ...]
    routes: tuple[str, ...]
    ceilings: tuple[str, ...]


def systems_of(result: SuiteResult) -> Systems:
    """Sorts the names of a result's other systems."""
    names = tuple(name for name in result.baselines if name != PRODUCT)
    routes = tuple(name for name in names if name.startswith(ROUTE))
    ceilings = tuple(name for name in names if name.startswith(CEILING))
    return Systems(tuple(name for name in names if name not in routes + ceilings), routes, ceilings)


def shown(name: str) -> str:
    """A system's name without the prefix that says what it is."""
    return name.removeprefix(ROUTE).removeprefix(CEILING)


def metrics_of(result: SuiteResult, system: str) -> Metrics:
    """A system's metrics, empty for a system that has none."""
    return result.metrics if system == PRODUCT else result.baselines.get(system, {})


def metric_of(result: SuiteResult, system: str, metric: str) -> Metric:
    """A system's figure, of Nones where it has none."""
    return metrics_of(result, system).get(metric, _MISSING)


def difference_on(result: SuiteResult, metric: str) -> Difference | None:
    """The paired difference on a metric, or None."""
    return next((entry for entry in result.differences if entry.metric == metric), None)


def best_baseline(result: SuiteResult, metric: str) -> str | None:
    """The baseline that the product is compared with on a metric: the run's choice, else the best figure."""
    difference = difference_on(result, metric)
    if difference:
        return difference.baseline
    figures = [(name, metric_of(result, name, metric).value) for name in systems_of(result).baselines]
    losses = [(badness(metric, value), name) for name, value in figures if value is not None]
    ranked = sorted((loss, name) for loss, name in losses if loss is not None)
    return ranked[0][1] if ranked else None


def legends(names: tuple[str, ...]) -> dict[str, Legend]:
    """Colour and dash of every system: the product's own, the others by their place."""
    others = [name for name in names if name != PRODUCT]
    styles = {name: Legend(shown(name), f"s{i % 6 + 1}", "line", DASHES[(i + 1) % 6]) for i, name in enumerate(others)}
    return {PRODUCT: Legend(PRODUCT, "accent"), **styles} if PRODUCT in names else styles
