"""Learns how far to believe a dataset beside the surrogate, and writes ``index/combination.json``.

    python evals/scripts/surrogate_combination.py --suites DIR --home DIR [--work DIR] [--write]

One command: asks the dataset route (``surrogate_bench.py``), the cross-fit surrogate (``surrogate_crossfit.py``) and
what annotators said of first candidates (``surrogate_kinds.py``) first, where ``--work`` does not hold their answers
yet. Footprints teach how goods are estimated, verdicts how far a dataset is believed for what catalogues list. Fits on
the groups with an even CRC-32 alone, prints both halves. No footprint taught the surrogate that answers it. Without
``--write`` the tables are those of the file there is.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from surrogate_tables import HALVES, coverage, figures

from firstprint.domain.proposal import DataQuality
from firstprint.estimation.boundary import reaches_beyond
from firstprint.estimation.combination import (
    COVERAGES,
    FALLBACK,
    Beside,
    Combination,
    Listed,
    Route,
    load_combination,
    pool,
    prior_right,
    quantile_of,
    save_combination,
)
from firstprint.estimation.lognormal import z_of
from firstprint.estimation.proxy import ProxyEvidence, beside, kind_of, proxy_interval

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "index" / "combination.json"
SEED = 0


class Pairs:
    """Queries that both routes answer, as arrays and as the product sees them."""

    def __init__(self, lines: Sequence[dict[str, Any]]) -> None:
        kept = [one for one in lines if one["surrogate"] and _proxy_value(one) is not None]
        self.lines = kept
        self.suite = np.array([one["suite"] for one in kept])
        self.group = [f"{one['suite']} | {one['group']}" for one in kept]
        self.choosing = np.array([one["choosing"] for one in kept])
        self.truth = np.array([math.log(one["reference_kg_co2e"]) for one in kept])
        self.datasets = [_beside(one) for one in kept]
        z90 = z_of(COVERAGES[1])
        self.routes = [
            Route(one["surrogate"]["log10"] * math.log(10), one["surrogate"]["half"][1] * math.log(10) / z90)
            for one in kept
        ]
        counts = {group: self.group.count(group) for group in set(self.group)}
        weights = np.array([1 / math.sqrt(counts[group]) for group in self.group])
        for name in set(self.suite):  # suites count alike, as sources do in the surrogate
            weights[self.suite == name] /= math.sqrt(weights[(self.suite == name) & self.choosing].sum())
        self.weights = weights

    def pooled(self, model: Combination) -> np.ndarray:
        """Mean and spread of each pair, shape (n, 2)."""
        return np.array([pool(model, d, s)[:2] for d, s in zip(self.datasets, self.routes, strict=True)])


class Verdicts:
    """Annotated queries for what catalogues list: what the odds hang on, and whether the dataset was accepted."""

    def __init__(self, lines: Sequence[dict[str, Any]]) -> None:
        kept = [one for one in lines if one["listed"]]
        self.datasets = [
            Beside(one["mean"], 0.0, one["acceptance_probability"], one["kind"], one["similarity"], listed=True)
            for one in kept
        ]
        self.accepted = np.array([one["accepted"] for one in kept])
        self.choosing = np.array([one["choosing"] for one in kept])
        self.groups = [one["group"] for one in kept]

    def said(self, model: Combination) -> np.ndarray:
        """Probability that each dataset is of the kind asked for, shape (n,)."""
        return np.array([prior_right(model, dataset, 1.0) for dataset in self.datasets])

    def fitted(self) -> Listed:
        """Most likely odds on the choosing half, damped towards ``FALLBACK``; its spreads stay."""
        from scipy.optimize import minimize

        prior = np.array(FALLBACK.listed[:3])

        def loss(packed: np.ndarray) -> float:
            right = self.said(FALLBACK._replace(listed=Listed(*packed, *FALLBACK.listed[3:])))[self.choosing]
            taken = self.accepted[self.choosing]
            return float(-np.log(np.where(taken, right, 1 - right)).mean() + 0.003 * ((packed - prior) ** 2).sum())

        return Listed(*map(float, minimize(loss, prior, method="Nelder-Mead").x), *FALLBACK.listed[3:])

    def told(self, model: Combination) -> None:
        """Prints how often datasets were accepted by how likely they were said to be, on either half."""
        said = self.said(model)
        for name, chosen in HALVES:
            rows = np.array([chosen in (None, one) for one in self.choosing.tolist()])
            print(f"\nannotations of what catalogues list, {name}, {rows.sum()} verdicts")
            for low, high in ((0.0, 0.5), (0.5, 0.8), (0.8, 0.9), (0.9, 1.0)):
                inside = rows & (said >= low) & (said < high)
                if inside.any():
                    figures = f"said {said[inside].mean():.2f}, accepted {self.accepted[inside].mean():.2f}"
                    print(f"  {low} to {high}: {inside.sum():4d}, {figures}")


def main() -> int:
    """Asks, fits, writes, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suites", type=Path, default=Path("build/evals/suites"))
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/evals/combination"))
    parser.add_argument("--write", action="store_true", help="keep what was fitted")
    arguments = parser.parse_args()
    lines = [json.loads(line) for line in _answers(arguments).read_text(encoding="utf-8").splitlines()]
    pairs = Pairs(lines)
    verdicts = Verdicts([json.loads(line) for line in _kinds(arguments).read_text(encoding="utf-8").splitlines()])
    model = fitted(pairs)._replace(listed=verdicts.fitted()) if arguments.write else load_combination(FILE)
    if arguments.write:
        notes = {name: int((pairs.choosing & (pairs.suite == name)).sum()) for name in sorted(set(pairs.suite))}
        notes["annotations"] = int(verdicts.choosing.sum())
        model = save_combination(model, FILE, {"queries": notes, "half": "groups whose name has an even CRC-32"})
    print(json.dumps(model._asdict()))
    _print(pairs, model)
    verdicts.told(model)
    return 0


def _answers(arguments: argparse.Namespace) -> Path:
    arguments.work.mkdir(parents=True, exist_ok=True)
    bench, voices = arguments.work / "bench.jsonl", arguments.work / "voices.jsonl"
    own = ROOT / "evals" / "suites"  # sanity-range: everyday things that the catalogue holds
    common = ["--suites", str(arguments.suites), str(own), "--home", str(arguments.home)]
    here = Path(__file__).parent
    if not bench.is_file():
        subprocess.run([sys.executable, here / "surrogate_bench.py", *common, "--out", str(bench)], check=True)
    if not voices.is_file():
        command = [sys.executable, here / "surrogate_crossfit.py", *common, "--bench", str(bench), "--out", str(voices)]
        subprocess.run(command, check=True)
    return voices


def _kinds(arguments: argparse.Namespace) -> Path:
    kinds = arguments.work / "kinds.jsonl"
    if not kinds.is_file():
        command = [sys.executable, str(Path(__file__).parent / "surrogate_kinds.py")]
        subprocess.run([*command, "--home", str(arguments.home), "--out", str(kinds)], check=True)
    return kinds


def fitted(pairs: Pairs) -> Combination:
    """Most likely parameters on the choosing half, damped towards ``FALLBACK``; quantiles of the same half."""
    from scipy.optimize import minimize

    rows = np.array([n for n in np.flatnonzero(pairs.choosing) if not pairs.datasets[n].listed])
    prior = _packed(FALLBACK)

    def loss(packed: np.ndarray) -> float:
        model = _unpacked(packed)
        told = np.array([pool(model, pairs.datasets[n], pairs.routes[n])[:2] for n in rows])
        score = (pairs.truth[rows] - told[:, 0]) / told[:, 1]
        # The density of Student's t with 4 degrees of freedom: a few absurd rows must not decide.
        each = np.log(told[:, 1]) + 2.5 * np.log1p(score**2 / 4)
        return float(np.average(each, weights=pairs.weights[rows]) + 0.003 * ((packed - prior) ** 2).sum())

    found = minimize(loss, prior, method="Powell", options={"maxiter": 6, "xtol": 1e-2, "ftol": 1e-3}).x
    model = _unpacked(found)
    told = pairs.pooled(model)[rows]
    score = np.abs(pairs.truth[rows] - told[:, 0]) / told[:, 1]
    order = np.argsort(score)
    weights = _balanced([pairs.group[n] for n in rows])
    reached = np.cumsum(weights[order]) / weights.sum()
    quantiles = tuple(float(score[order][np.searchsorted(reached, c)]) for c in COVERAGES)
    return model._replace(quantiles=quantiles)


def _balanced(groups: list[str]) -> np.ndarray:
    """Half of a row's weight by row, half by group: coverage is promised for both."""
    counts = np.array([groups.count(group) for group in groups])
    return np.asarray(1 / len(groups) + 1 / (len(set(groups)) * counts))


def _packed(model: Combination) -> np.ndarray:
    wide = [math.log(one) for one in (*model.right_sigma_ln, *model.wrong_sigma_ln, model.surrogate_scale)]
    return np.array([*model.odds, model.slope, model.by_spread, model.by_similarity, *wide])


def _unpacked(packed: np.ndarray) -> Combination:
    odds, (slope, by_spread, by_similarity) = tuple(map(float, packed[:4])), map(float, packed[4:7])
    wide = [float(one) for one in np.exp(np.clip(packed[7:], -3, 2))]
    right, wrong = tuple(wide[:4]), tuple(wide[4:8])
    slopes = max(slope, 0.0), by_spread, max(by_similarity, 0.0)
    return Combination("", odds, *slopes, right, wrong, wide[8], FALLBACK.quantiles, FALLBACK.listed)


def _proxy_value(line: dict[str, Any]) -> float | None:
    first = line["candidates"][0] if line["candidates"] and line["decision"] != "no_match" else None
    return first["kg_co2e"] if first and first["kg_co2e"] and first["kg_co2e"] > 0 else None


def _evidence(line: dict[str, Any]) -> ProxyEvidence:
    first = line["candidates"][0]
    kind = kind_of(first["unit"], line["unit"] or "piece", line["mass_kg"])
    beyond = reaches_beyond(first["system_boundary"])
    numbers = first["acceptance_probability"], first["uncertainty_pct"]
    return ProxyEvidence(DataQuality(**first["dqr"]), *numbers, kind, beyond, first["similarity"])


def _beside(line: dict[str, Any]) -> Beside:
    return beside(_proxy_value(line) or math.nan, _evidence(line))


def _print(pairs: Pairs, model: Combination) -> None:
    told = pairs.pooled(model)
    ln10 = math.log(10)
    missed = {
        "combined": (told[:, 0] - pairs.truth) / ln10,
        "dataset": np.array([one.mean for one in pairs.datasets] - pairs.truth) / ln10,
        "surrogate": np.array([one.mean for one in pairs.routes] - pairs.truth) / ln10,
    }
    halves = [
        told[:, 1] * [quantile_of(model, coverage, listed=one.listed) for one in pairs.datasets] / ln10
        for coverage in COVERAGES
    ]
    widths = [proxy_interval(1.0, _evidence(line)) for line in pairs.lines]
    print("median factor of the dataset's own interval", round(float(np.median([w.high for w in widths if w])), 1))
    for suite in sorted(set(pairs.suite)):
        for name, chosen in HALVES:
            rows = np.flatnonzero((pairs.suite == suite) & ((chosen is None) | (pairs.choosing == chosen)))
            groups = [pairs.group[n] for n in rows]
            print(f"\n{suite}, {name}, {len(rows)} queries of both routes")
            for route, errors in missed.items():
                print(f"  {route:10} {figures(errors[rows], groups)}")
            covered = [coverage(missed["combined"][rows], half[rows], groups) for half in halves]
            print("  combined covers 80 %", covered[0], "· 90 %", covered[1])
            for route in ("dataset", "surrogate"):
                gain = np.abs(missed[route][rows]) - np.abs(missed["combined"][rows])
                print(f"  MAE gained over the {route}: {_bootstrap(gain, groups)}")


def _bootstrap(gain: np.ndarray, groups: list[str]) -> str:
    """Mean gain with its 95 % interval over groups."""
    _, place = np.unique(groups, return_inverse=True)
    sums, counts = np.bincount(place, weights=gain), np.bincount(place)
    drawn = np.random.default_rng(SEED).integers(0, len(sums), (1000, len(sums)))
    low, high = np.quantile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [0.025, 0.975])
    return f"{gain.mean():.3f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    sys.exit(main())
