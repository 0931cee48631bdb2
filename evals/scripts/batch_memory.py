"""How much memory a batch takes as its input grows: peak resident size of a run at several lengths.

    .venv/bin/python evals/scripts/batch_memory.py HOME 10000 100000 1000000

Rows are drawn from a bounded set of distinct texts (``--distinct``), so that a million rows end in reasonable time.
What is kept of texts and answers is bounded in any case; growth shows what depends on the length.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from batch_rows import HEADINGS, lines

_KB = 1024


def write(path: Path, rows: int, distinct: int) -> None:
    """A table of that many rows, written as a stream."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEADINGS)
        writer.writerows(
            (f"R{number}", *line) for number, line in enumerate(islice(cycle(lines(distinct)), rows), start=1)
        )


class Measured(NamedTuple):
    """One run: peak resident size in MB, seconds, and the rows that its output really has."""

    peak_mb: float
    seconds: float
    rows: int


def run(home: str, source: str, target: str) -> Measured:
    """Runs a batch in this process and counts the lines of what it wrote."""
    import resource

    from firstprint.batch.runner import run_batch
    from firstprint.settings import load_settings

    started = time.monotonic()
    run_batch(load_settings(home), Path(source), Path(target))
    seconds, peak = time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KB
    with Path(target).open("rb") as handle:
        return Measured(peak, seconds, sum(1 for _ in handle) - 1)


def main() -> int:
    """Prints a line a length."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home")
    parser.add_argument("rows", type=int, nargs="+")
    parser.add_argument("--distinct", type=int, default=3_000)
    given = parser.parse_args()
    first = None
    with tempfile.TemporaryDirectory() as folder:
        for rows in given.rows:
            source, target = Path(folder) / "in.csv", Path(folder) / "out.csv"
            write(source, rows, given.distinct)
            with get_context("spawn").Pool(1) as pool:
                got = pool.apply(run, (given.home, str(source), str(target)))
            if got.rows != rows:
                print(f"{rows:>9,} rows asked, {got.rows:,} written: no figure", flush=True)
                return 1
            first = got.peak_mb if first is None else first
            grown, rate = got.peak_mb - first, rows / got.seconds
            print(f"{rows:>9,} rows: peak {got.peak_mb:.0f} MB ({grown:+.0f}), {rate:.0f} rows/s", flush=True)
            target.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
