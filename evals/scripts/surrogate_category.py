"""Is a category that was not stated worth predicting? Kernel ridge with the stated, a predicted and no category.

    .venv/bin/python evals/scripts/surrogate_category.py [SUITE_DIR]

Footprints per kg of a prepared cross-fit suite (``carbon-catalogue-per-kg`` when left out), 20 grouped folds. The
predicted category is the mean of the category vectors of the ten training texts most like the product's, weighted by
similarity to the 8th power; in training it is predicted in the same way, from the other groups. Prints factor2 and mean
absolute error in log10, and how often the likeliest category is the stated one.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold

from firstprint.embedding.opening import open_encoder

FOLDS, NEIGHBOURS, POWER = 20, 10, 8
CATEGORY, MASS, GAMMA, ALPHA = 0.7, 0.4, 0.6, 0.1


def weighted(groups: np.ndarray) -> np.ndarray:
    """1/√(rows of the group), mean 1."""
    _, place, count = np.unique(groups, return_inverse=True, return_counts=True)
    weights = 1 / np.sqrt(count[place])
    return weights / weights.mean()


def ridge(train: np.ndarray, values: np.ndarray, weights: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Weighted kernel ridge with a Gaussian kernel."""

    def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.exp(-GAMMA * np.maximum((a * a).sum(1)[:, None] + (b * b).sum(1) - 2 * a @ b.T, 0))

    mean = np.average(values, weights=weights)
    solved = np.linalg.solve(kernel(train, train) + ALPHA * np.diag(1 / weights), values - mean)
    return mean + kernel(asked, train) @ solved


def shares(likeness: np.ndarray) -> np.ndarray:
    """Weights of the nearest, rows summing to 1; shape as ``likeness``."""
    kept = np.where(likeness >= np.sort(likeness, axis=1)[:, -NEIGHBOURS][:, None], np.maximum(likeness, 1e-3), 0)
    powered = kept**POWER
    return powered / powered.sum(axis=1, keepdims=True)


def main() -> int:
    """Prints a table."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/evals/suites/carbon-catalogue-per-kg")
    with (folder / "queries.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    encoder = open_encoder(threads=1)
    texts = encoder.encode([row["text"] for row in rows])
    names = np.array([row["category"] for row in rows])
    category = encoder.encode(names.tolist())
    groups = np.array([row["group"] for row in rows])
    values = np.log10([float(row["reference_kg_co2e"]) / float(row["amount"] or 1) for row in rows])
    mass = np.array([[np.log10(float(row["mass_kg"])), 1.0] if row["mass_kg"] else [0.0, 0.0] for row in rows])
    said = {name: np.zeros(len(rows)) for name in ("no category", "predicted category", "stated category")}
    right = np.zeros(len(rows), dtype=bool)
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=0).split(texts, groups=groups):
        alike = texts[train] @ texts[train].T
        alike[groups[train][:, None] == groups[train]] = -1
        among, asked = shares(alike), shares(texts[test] @ texts[train].T)
        guessed = {"train": among @ category[train], "test": asked @ category[train]}
        options = {
            "no category": (0 * category[train], 0 * category[test]),
            "predicted category": (guessed["train"], guessed["test"]),
            "stated category": (category[train], category[test]),
        }
        for name, (known, new) in options.items():
            seen = np.concatenate([texts[train], CATEGORY * known, MASS * mass[train]], axis=1)
            query = np.concatenate([texts[test], CATEGORY * new, MASS * mass[test]], axis=1)
            said[name][test] = ridge(seen, values[train], weighted(groups[train]), query)
        kinds = np.unique(names[train])
        votes = np.stack([asked @ (names[train] == kind) for kind in kinds], axis=1)
        right[test] = kinds[votes.argmax(axis=1)] == names[test]
    print(f"{len(rows)} products, likeliest category is the stated one: {right.mean():.3f}")
    for name, values_said in said.items():
        missed = np.abs(values_said - values)
        print(f"{name:20} factor2 {np.mean(missed < np.log10(2)):.3f}  MAE {missed.mean():.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
