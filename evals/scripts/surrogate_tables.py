"""Tables of residuals shared by the surrogate's scripts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

HALVES = (("all", None), ("choosing", True), ("reporting", False))


def residuals(lines: Sequence[dict[str, Any]]) -> np.ndarray:
    """Surrogate minus reference, log10; shape (n,)."""
    return np.array([one["surrogate"]["log10"] - math.log10(one["reference_kg_co2e"]) for one in lines])


def figures(missed: np.ndarray, groups: Sequence[str]) -> str:
    """factor2, MAE and root mean square by row, and factor2 and MAE averaged by group."""
    weights = 1.0 / np.array([groups.count(group) for group in groups])
    near = np.abs(missed) <= math.log10(2)
    return (
        f"factor2 {near.mean():.3f} MAE {np.abs(missed).mean():.3f} rms {math.sqrt((missed**2).mean()):.3f}"
        f" · by group {np.average(near, weights=weights):.3f} {np.average(np.abs(missed), weights=weights):.3f}"
    )


def coverage(missed: np.ndarray, half: np.ndarray, groups: Sequence[str]) -> str:
    """Coverage by row and averaged by group, and the median factor."""
    weights = 1.0 / np.array([groups.count(group) for group in groups])
    covered = np.abs(missed) <= half
    return f"{covered.mean():.3f} ({np.average(covered, weights=weights):.3f}) ×{10 ** float(np.median(half)):.1f}"


def print_table(name: str, lines: Sequence[dict[str, Any]]) -> None:
    """The surrogate's accuracy and coverage on a suite, in full and by half, then by sector and distance."""
    known = [one for one in lines if one["surrogate"]]
    print(f"\n## {name}: {len(known)} of {len(lines)} answered")
    for half_name, chosen in HALVES:
        part = [one for one in known if chosen is None or one["choosing"] == chosen]
        if len(part) < 2:
            continue
        missed, groups = residuals(part), [one["group"] for one in part]
        bands = [np.array([one["surrogate"]["half"][n] for one in part]) for n in (0, 1)]
        told = " · ".join(f"{c} {coverage(missed, b, groups)}" for c, b in zip(("80 %", "90 %"), bands, strict=True))
        print(f"{half_name:9} {len(part):4} {figures(missed, groups)} · {told}")
    _print_conditional(known)


def _print_conditional(lines: Sequence[dict[str, Any]]) -> None:
    """Coverage at 90 % by quarter of the distance and by category of at least 20 rows."""
    if len(lines) < 80:
        return
    missed = np.abs(residuals(lines))
    half = np.array([one["surrogate"]["half"][1] for one in lines])
    distance = np.array([one["surrogate"]["distance"] for one in lines])
    edges = np.quantile(distance, [0, 0.25, 0.5, 0.75, 1])
    quarters = [(missed <= half)[(distance >= a) & (distance <= b)].mean() for a, b in pairwise(edges)]
    print("90 % by quarter of distance:", " ".join(f"{one:.2f}" for one in quarters))
    categories = np.array([one["category"] or "" for one in lines])
    told = [
        f"{name} {(missed <= half)[categories == name].mean():.2f}"
        for name in np.unique(categories)
        if (categories == name).sum() >= 20
    ]
    print("90 % by category:", "; ".join(told))
