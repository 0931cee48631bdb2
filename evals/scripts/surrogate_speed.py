"""What an estimate by the surrogate costs: one by one, in batches, and with many more references.

    python evals/scripts/surrogate_speed.py [--references 100000]

The shipped family per kg is asked; the large one is made of random vectors, since only its size matters.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from firstprint.domain.steps import SurrogateQuery
from firstprint.embedding.opening import open_encoder
from firstprint.estimation.features import ATTRIBUTES
from firstprint.estimation.model import FamilyModel, kept_once
from firstprint.estimation.surrogate_files import load_surrogate
from firstprint.resources import resource

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
    large = replace(surrogate, families={"kg": _large(surrogate.families["kg"], arguments.references)})
    queries = [SurrogateQuery(vector, "kg", None, None, None) for vector in vectors]
    large.estimate(queries[0], 1.0)
    many = _seconds(lambda: large.estimate_many(queries, [1.0] * BATCH)) / BATCH
    print(f"{arguments.references} references per kg: {1e3 * many:.2f} ms in batches of {BATCH}")
    return 0


def _seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _large(family: FamilyModel, count: int) -> FamilyModel:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(count, family.texts.quantised.codes.shape[1])).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    level = family.levels["text"]
    return replace(
        family,
        reference_ids=tuple(map(str, range(count))),
        names=("",) * count,
        geographies=("",) * count,
        values=rng.normal(size=count),
        weights=np.ones(count),
        texts=kept_once(vectors),
        categories=kept_once(vectors * 0),
        attributes=np.zeros((count, ATTRIBUTES), dtype=np.float32),
        reference=np.arange(count, dtype=np.int64),
        levels={"text": replace(level, landmarks=np.arange(len(level.landmarks)), spreads=np.full(count, 0.3))},
    )


if __name__ == "__main__":
    sys.exit(main())
