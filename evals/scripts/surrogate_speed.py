"""What an estimate by the surrogate costs: one by one, in batches, and with many more references.

    python evals/scripts/surrogate_speed.py [--references 100000]

Milliseconds of processor time, since other work on the machine does not count. The shipped families are asked; the
large one holds mixtures of two shipped texts each, since vectors at random lie as no texts do. Its cells are compared
with looking at all references: the share of the nearest found, and how far value and local scale are off.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from firstprint.domain.steps import SurrogateQuery
from firstprint.embedding.opening import open_encoder
from firstprint.estimation.cells import PROBES, make_cells
from firstprint.estimation.features import ATTRIBUTES
from firstprint.estimation.kept_vectors import kept_once
from firstprint.estimation.model import FamilyModel, FamilyPrediction, Seen
from firstprint.estimation.surrogate import TrainedSurrogate
from firstprint.estimation.surrogate_files import load_surrogate
from firstprint.resources import resource

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH = 256


def main() -> int:
    """Prints milliseconds a product."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--references", type=int, default=100_000)
    arguments = parser.parse_args()
    encoder = open_encoder(threads=1)
    surrogate = load_surrogate(resource("index/surrogate"), encoder)
    vectors = encoder.encode([f"wooden thing number {number}" for number in range(BATCH)])
    for unit in ("kg", "piece"):
        queries = [SurrogateQuery(vector, unit, None, None, None) for vector in vectors]
        surrogate.estimate(queries[0], 1.0)
        one = _seconds(lambda: [surrogate.estimate(query, 1.0) for query in queries[:32]]) / 32  # noqa: B023
        many = _seconds(lambda: surrogate.estimate_many(queries, [1.0] * BATCH)) / BATCH  # noqa: B023
        print(f"per {unit}: {1e3 * one:.2f} ms alone, {1e3 * many:.2f} ms in batches of {BATCH}")
    _compare(surrogate, arguments.references, vectors)
    return 0


def _compare(surrogate: TrainedSurrogate, count: int, vectors: NDArray[np.float32]) -> None:
    exact = _large(surrogate, count)
    started = time.process_time()
    cells = make_cells(exact.texts.vectors())
    print(f"{count} references: cells made in {time.process_time() - started:.1f} s")
    none = np.zeros(ATTRIBUTES, dtype=np.float32)
    seen = [Seen(vector, vector * 0, none, None, "text") for vector in vectors]
    right, slow = _asked(exact, seen)
    told, fast = _asked(replace(exact, cells=cells), seen)
    found = [np.isin(one.positions, two.positions).mean() for one, two in zip(right, told, strict=True)]
    values = [abs(one.log10_value - two.log10_value) for one, two in zip(right, told, strict=True)]
    scales = [abs(two.scale / one.scale - 1) for one, two in zip(right, told, strict=True)]
    print(f"all looked at {1e3 * slow:.2f} ms, {PROBES} cells {1e3 * fast:.2f} ms in batches of {BATCH}")
    print(f"neighbours found {np.mean(found):.3f}, log10 off by {np.mean(values):.4f}, scale by {np.mean(scales):.3f}")


def _asked(family: FamilyModel, seen: list[Seen]) -> tuple[list[FamilyPrediction], float]:
    """Answers, and seconds a product once the family is loaded."""
    family.predict_many(seen[:2])
    started = time.process_time()
    answers = family.predict_many(seen)
    return answers, (time.process_time() - started) / len(seen)


def _seconds(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def _large(surrogate: TrainedSurrogate, count: int) -> FamilyModel:
    rng = np.random.default_rng(0)
    texts = np.concatenate([one.texts.quantised.vectors() for one in surrogate.families.values()])
    first, second = rng.integers(0, len(texts), (2, count))
    vectors = texts[first] + rng.uniform(0.0, 0.6, (count, 1)).astype(np.float32) * texts[second]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    family = surrogate.families["kg"]
    level = family.levels["text"]
    values = vectors @ rng.normal(size=vectors.shape[1]) + rng.normal(scale=0.3, size=count)
    spreads = np.where(rng.random(count) < 0.06, rng.uniform(0.1, 0.6, count), np.nan)
    return replace(
        family,
        reference_ids=tuple(map(str, range(count))),
        names=("",) * count,
        geographies=("",) * count,
        values=values,
        weights=np.ones(count),
        texts=kept_once(vectors),
        categories=kept_once(vectors * 0),
        attributes=np.zeros((count, ATTRIBUTES), dtype=np.float32),
        reference=np.arange(count, dtype=np.int64),
        levels={"text": replace(level, landmarks=np.arange(len(level.landmarks)), spreads=spreads)},
    )


if __name__ == "__main__":
    sys.exit(main())
