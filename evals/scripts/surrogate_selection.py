"""Compares the surrogate's models on held-out categories of the default catalogue, and checks its intervals.

    python evals/scripts/surrogate_selection.py [--units kg piece kWh] [--routes]

Nested: within each outer fold, settings and intervals are learned from the training categories alone; the tables are
those of the outer test rows, which chose nothing. Square brackets hold 95 % intervals from 300 bootstraps over
categories. ``--routes`` also measures what the proxy route's constants stand on: how far the nearest dataset of
another category lies from the truth by similarity, and how the two routes' errors correlate.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from firstprint.catalogue.reader import catalogue_files, read_sound_catalogue
from firstprint.domain.proposal import SurrogateOpinion
from firstprint.domain.steps import Encoder
from firstprint.embedding.opening import open_encoder
from firstprint.estimation.combine import combine, routes_disagree
from firstprint.estimation.held_out import Family, Predictions, canonical, folds, held_out_predictions
from firstprint.estimation.intervals import COVERAGES
from firstprint.estimation.lognormal import lognormal_interval
from firstprint.estimation.model import ModelChoice
from firstprint.estimation.predictors import blend
from firstprint.estimation.proxy import WRONG_MATCH_SIGMA_LN
from firstprint.estimation.references import Reference, references_from_datasets
from firstprint.estimation.surrogate_fit import SMALLEST_FAMILY, make_family, select_level
from firstprint.resources import resource

KINDS = ("median", "neighbours", "kernel_ridge", "blend")
OUTER_SEED = 1
BOOTSTRAPS = 300
_FEWEST_CATEGORIES = 4


class TestRow(NamedTuple):
    """One held-out text: what each model and the chosen one said, and the half-widths at 80 and 90 %."""

    group: str
    weight: float
    truth: float
    by_kind: tuple[float, ...]
    chosen: float
    half_widths: tuple[float, ...]
    distance: float
    nearest_value: float


class Figure(NamedTuple):
    """A figure with its bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", nargs="*", default=[], help="target units; all with enough categories if left out")
    parser.add_argument("--routes", action="store_true", help="also measure the proxy route's constants")
    arguments = parser.parse_args()
    encoder = open_encoder(threads=1)
    datasets = read_sound_catalogue(catalogue_files(resource("index/catalogue")))
    with threadpool_limits(limits=1, user_api="blas"):
        _compare(references_from_datasets(datasets), arguments, encoder)


def _compare(references: tuple[Reference, ...], arguments: argparse.Namespace, encoder: Encoder) -> None:
    everything: list[TestRow] = []
    for members in _families(references, arguments.units):
        family = make_family(members, encoder)
        rows = list(_outer_rows(family))
        everything += rows
        _print_family(family.unit, len(members), rows)
        sys.stdout.flush()
    _print_coverage("all units", everything)
    if arguments.routes:
        _print_routes(everything)
        _print_combined(everything)


def _families(references: tuple[Reference, ...], units: list[str]) -> Iterator[tuple[Reference, ...]]:
    for unit in dict.fromkeys(reference.unit for reference in references):
        members = tuple(reference for reference in references if reference.unit == unit)
        enough = len({member.group for member in members}) >= _FEWEST_CATEGORIES
        if (not units or unit in units) and enough and len(members) >= SMALLEST_FAMILY:
            yield members


def _outer_rows(family: Family) -> Iterator[TestRow]:
    """Test rows of each outer fold, predicted with what the fold's training categories chose."""
    outer = held_out_predictions(family, "category", OUTER_SEED)
    nearest = _nearest_values(family)
    for train, test in folds(family.groups("category"), OUTER_SEED):
        selection = select_level(family.subset(np.sort(train)), "text")
        by_kind = {kind: _said(outer, selection.choice._replace(kind=kind)) for kind in KINDS}
        for text in np.flatnonzero(np.isin(outer.reference, test)).tolist():
            distance = float(outer.distances[text])
            yield TestRow(
                group=family.references[int(outer.reference[text])].group,
                weight=float(outer.weights[text]),
                truth=float(outer.truth[text]),
                by_kind=tuple(float(by_kind[kind][text]) for kind in KINDS),
                chosen=float(by_kind[selection.choice.kind][text]),
                half_widths=tuple(selection.band.half_width_log10(distance, coverage) for coverage in COVERAGES),
                distance=distance,
                nearest_value=float(nearest[text]),
            )


def _said(outer: Predictions, choice: ModelChoice) -> np.ndarray:
    if choice.kind != "blend":
        return outer.by_choice[canonical(choice)]
    near, ridge = (outer.by_choice[canonical(choice._replace(kind=kind))] for kind in ("neighbours", "kernel_ridge"))
    return blend(near, ridge, outer.distances)


def _nearest_values(family: Family) -> np.ndarray:
    """Value of the one nearest reference of the training part for each bare text, in their order."""
    rows = family.rows
    texts = np.flatnonzero(rows.plain >= 0)
    nearest = np.zeros(len(texts))
    for train, test in folds(family.groups("category"), OUTER_SEED):
        known = np.flatnonzero(np.isin(rows.reference, train))
        asked = np.flatnonzero(np.isin(rows.reference[texts], test))
        best = (rows.vectors[texts[asked]] @ rows.vectors[known].T).argmax(axis=1)
        nearest[asked] = family.values[rows.reference[known[best]]]
    return nearest


def _bootstrap(rows: list[TestRow], values: np.ndarray, weights: np.ndarray) -> Figure:
    _, place = np.unique([row.group for row in rows], return_inverse=True)
    sums = np.bincount(place, weights=values * weights)
    masses = np.bincount(place, weights=weights)
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(sums), (BOOTSTRAPS, len(sums)))
    means = sums[drawn].sum(axis=1) / masses[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Figure(float(np.average(values, weights=weights)), float(low), float(high))


def _print_family(unit: str, references: int, rows: list[TestRow]) -> None:
    weights = np.array([row.weight for row in rows])
    truth = np.array([row.truth for row in rows])
    spread = np.average((truth - np.average(truth, weights=weights)) ** 2, weights=weights)
    print(f"\n## {unit}: {references} references, {len({r.group for r in rows})} categories, {len(rows)} texts")
    print("| model | factor2 | MAE log10 | R2 |\n|---|---|---|---|")
    columns = {kind: np.array([row.by_kind[n] for row in rows]) for n, kind in enumerate(KINDS)}
    for name, predicted in {**columns, "chosen within the fold": np.array([r.chosen for r in rows])}.items():
        missed = np.abs(predicted - truth)
        factor2 = _bootstrap(rows, (missed <= np.log10(2)).astype(float), weights)
        r2 = 1 - np.average(missed**2, weights=weights) / spread
        print(f"| {name} | {factor2} | {_bootstrap(rows, missed, weights)} | {r2:.3f} |")
    _print_coverage(unit, rows)


def _print_coverage(name: str, rows: list[TestRow]) -> None:
    missed = np.array([abs(row.chosen - row.truth) for row in rows])
    distances = np.array([row.distance for row in rows])
    edges = np.quantile(distances, [0, 0.25, 0.5, 0.75, 1])
    print(f"\ncoverage, {name}: overall by text, by weight, then by quarter of the distance; median factor")
    for number, coverage in enumerate(COVERAGES):
        half = np.array([row.half_widths[number] for row in rows])
        covered = (missed <= half).astype(float)
        weights = np.array([row.weight for row in rows])
        quarters = [f"{covered[(distances >= low) & (distances <= high)].mean():.3f}" for low, high in pairwise(edges)]
        plain = _bootstrap(rows, covered, np.ones(len(rows)))
        print(
            f"- {coverage}: {plain} · {_bootstrap(rows, covered, weights)} · {' '.join(quarters)}"
            f" · {10 ** float(np.median(half)):.1f}"
        )


def _print_routes(rows: list[TestRow]) -> None:
    """The nearest dataset as the proxy: its spread by similarity, and its correlation with the surrogate."""
    proxy = np.array([(row.nearest_value - row.truth) * np.log(10) for row in rows])
    model = np.array([(row.chosen - row.truth) * np.log(10) for row in rows])
    weights = np.array([row.weight for row in rows])
    similarity = 1 - np.array([row.distance for row in rows])
    print("\nroutes: similarity, texts, spread of the nearest dataset and of the surrogate (ln GSD), correlation")
    for low, high in ((0.95, 1.01), (0.9, 0.95), (0.8, 0.9), (0.7, 0.8), (0.6, 0.7), (0.0, 0.6), (0.0, 1.01)):
        part = (similarity >= low) & (similarity < high)
        if part.sum() < SMALLEST_FAMILY:
            continue
        p, m, w = proxy[part], model[part], weights[part]
        rho = np.average(p * m, weights=w) / np.sqrt(np.average(p**2, weights=w) * np.average(m**2, weights=w))
        print(f"- {low:.2f}-{high:.2f}: {part.sum()} · {_sigma(p, w):.2f} · {_sigma(m, w):.2f} · {rho:.2f}")


def _print_combined(rows: list[TestRow]) -> None:
    """How often the combined interval of a wrong proxy and the surrogate covers the truth."""
    covered, apart = [], []
    for row in rows:
        proxy = lognormal_interval(10**row.nearest_value, WRONG_MATCH_SIGMA_LN, COVERAGES[-1])
        value, half = 10**row.chosen, 10 ** row.half_widths[-1]
        opinion = SurrogateOpinion(
            kg_co2e=value, low=value / half, high=value * half, coverage=COVERAGES[-1], model_id=""
        )
        estimate = combine(proxy, opinion, coverage=COVERAGES[-1])
        if estimate is not None:
            covered.append(estimate.low <= 10**row.truth <= estimate.high)
            apart.append(routes_disagree(proxy, opinion))
    print(f"combined at {COVERAGES[-1]}: covers {np.mean(covered):.3f}, routes disagree {np.mean(apart):.3f}")


def _sigma(errors: np.ndarray, weights: np.ndarray) -> float:
    """Ln GSD from the 90 % point of the absolute errors, which heavy tails do not rule as they do a mean square."""
    order = np.argsort(np.abs(errors))
    reached = np.cumsum(weights[order]) / weights.sum()
    return float(np.abs(errors)[order][np.searchsorted(reached, 0.9)] / 1.645)


if __name__ == "__main__":
    main()
