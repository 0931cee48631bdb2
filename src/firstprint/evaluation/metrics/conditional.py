"""Conditional coverage: do the intervals hold in every sector, and near the training data as well as far from it?

An interval that is right on average may be too narrow exactly where it matters (Vovk 2012, conditional validity of
inductive conformal predictors). So coverage is given for parts of a suite: by category, and by quarter of the distance
to the nearest reference that the surrogate learned from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from firstprint.evaluation.metrics.bootstrap import interval, replicate_values
from firstprint.evaluation.metrics.estimate import covered
from firstprint.evaluation.metrics.statistics import Mean, Statistic, Statistics
from firstprint.evaluation.records import PRODUCT, ConditionalCoverage, Distances, EstimateRun, EstimateSystem, Metric

SMALLEST_PART = 20
"""A category of fewer queries with an interval says little: it joins the others."""
OTHERS = "other categories"
_QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
_SYSTEMS = (PRODUCT, "route: surrogate")
"""The estimate that is proposed, and the route whose distance is meant."""


class Part(NamedTuple):
    """Queries looked at together.

    Attributes:
        by: ``category`` or ``distance``.
        name: of the category; empty for a quarter of the distance.
        among: bool (n,).
        ends: smallest and largest distance of the quarter; None for a category.
    """

    by: str
    name: str
    among: NDArray[np.bool_]
    ends: Distances | None = None


def conditional_coverage(
    run: EstimateRun, categories: Sequence[str], replicates: int = 1000, seed: int = 0
) -> tuple[ConditionalCoverage, ...]:
    """Coverage of the product's and the surrogate's intervals by part, with 95 % intervals over groups.

    Args:
        run: of an estimate suite.
        categories: one a query, empty where there is none.
        replicates: of the bootstrap over groups.
        seed: of its draws.
    """
    out: list[ConditionalCoverage] = []
    for system in run.systems:
        if system.name in _SYSTEMS and system.band90 is not None and system.band80 is not None:
            asked = covered(run, system.band90).among
            parts = [*distance_parts(run, asked), *category_parts(categories, asked)]
            out += _rows(run, system, parts, replicates, seed)
    return tuple(out)


def distance_parts(run: EstimateRun, asked: NDArray[np.bool_]) -> list[Part]:
    """Quarters of the distance; fewer where many queries lie equally far, none where no distance is known."""
    if run.distance is None:
        return []
    known = asked & np.isfinite(run.distance)
    if known.sum() < 2 * SMALLEST_PART:
        return []
    cuts = np.unique(np.quantile(run.distance[known], _QUARTERS))
    which = np.clip(np.searchsorted(cuts, run.distance, side="left") - 1, 0, max(0, len(cuts) - 2))
    parts = []
    for quarter in range(len(cuts) - 1):
        among = known & (which == quarter)
        inside = run.distance[among]
        if inside.size:  # between interpolated cuts there may be nothing
            parts.append(Part("distance", "", among, Distances(float(inside.min()), float(inside.max()))))
    return parts if len(parts) > 1 else []


def category_parts(categories: Sequence[str], asked: NDArray[np.bool_]) -> list[Part]:
    """Categories of enough queries, largest first, then the others together; none where there is one category."""
    named = np.array([name.strip() for name in categories], dtype=np.str_)
    sizes = Counter(named[asked & (named != "")].tolist())
    large = sorted((name for name, size in sizes.items() if size >= SMALLEST_PART), key=lambda one: (-sizes[one], one))
    parts = [Part("category", name, asked & (named == name)) for name in large]
    rest = asked & (named != "") & ~np.isin(named, large)
    if large and rest.any():
        parts.append(Part("category", OTHERS, rest))
    return parts if len(parts) > 1 else []


def _rows(
    run: EstimateRun, system: EstimateSystem, parts: Sequence[Part], replicates: int, seed: int
) -> list[ConditionalCoverage]:
    figures: dict[str, Statistic] = {}
    for place, part in enumerate(parts):
        for nominal, band in ((0.8, system.band80), (0.9, system.band90)):
            if band is not None:
                inside, among = covered(run, band)
                figures[f"{place} coverage@{nominal}"] = Mean(inside, among & part.among)
                figures[f"{place} group_coverage@{nominal}"] = Mean.by_group(inside, among & part.among, run.groups)
    if not figures:
        return []
    values = replicate_values({"": Statistics(figures)}, run.groups, replicates, seed)[""]
    out = []
    for place, part in enumerate(parts):
        groups = len(np.unique(run.groups[part.among]))
        kept = slice(1, None) if groups > 1 else slice(1, 1)  # one group gives the same figure in every replicate

        def metric(name: str, place: int = place, kept: slice = kept) -> Metric:
            got = values[f"{place} {name}"]
            return interval(float(got[0]), got[kept])

        out.append(
            ConditionalCoverage(
                system=system.name,
                by=part.by,
                part=part.name,
                distance=part.ends,
                n=int(part.among.sum()),
                groups=groups,
                metrics={name: metric(name) for name in _NAMES},
            )
        )
    return out


_NAMES = ("coverage@0.8", "coverage@0.9", "group_coverage@0.8", "group_coverage@0.9")
