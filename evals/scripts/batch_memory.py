"""How much memory a batch takes as its input grows: peak resident size of a run at several lengths.

    .venv/bin/python evals/scripts/batch_memory.py HOME 10000 100000 1000000

Rows are drawn from distinct texts (``--distinct``, 100,000 unless told), more than anything keeps: 16,384 vectors and
answers. Every cache has filled and turned over long before the end, and growth shows what depends on the length alone.
A figure a minute is told on stderr; a million rows with 100,000 distinct texts take as long as their answers take.
"""

from __future__ import annotations

import argparse
import csv
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from batch_rows import HEADINGS, lines

_KB = 1024
_TOLD_S = 60.0


def write(path: Path, rows: int, distinct: int) -> None:
    """A table of that many rows, written as a stream."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEADINGS)
        writer.writerows(
            (f"R{number}", *line)
            for number, line in enumerate(islice(cycle(lines(min(distinct, rows))), rows), start=1)
        )


class Measured(NamedTuple):
    """One run: peak resident size in MB, seconds, and the rows that its output really has."""

    peak_mb: float
    seconds: float
    rows: int


def told_each_minute() -> Callable[[int, int], None]:
    """Tells rows done and the resident size, about once a minute."""
    last = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > _TOLD_S:
            last = time.monotonic()
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            now_mb = pages * resource.getpagesize() / _KB**2
            print(f"  {done:,} of {total:,} rows, resident {now_mb:.0f} MB", file=sys.stderr, flush=True)

    return tell


def run(home: str, source: str, target: str, workers: int) -> Measured:
    """Runs a batch in this process and counts the lines that it wrote; the peak is that of the largest process."""
    from firstprint.batch.records import BatchOptions
    from firstprint.batch.runner import run_batch
    from firstprint.settings import load_settings

    started = time.monotonic()
    options = BatchOptions(workers=workers)
    run_batch(load_settings(home), Path(source), Path(target), options, told_each_minute())
    seconds = time.monotonic() - started
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / _KB
    with Path(target).open("rb") as handle:
        return Measured(peak, seconds, sum(1 for _ in handle) - 1)


def main() -> int:
    """Prints a line a length."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home")
    parser.add_argument("rows", type=int, nargs="+")
    parser.add_argument("--distinct", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    first = None
    with tempfile.TemporaryDirectory() as folder:
        for rows in given.rows:
            source, target = Path(folder) / "in.csv", Path(folder) / "out.csv"
            write(source, rows, given.distinct)
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                got = pool.submit(run, given.home, str(source), str(target), given.workers).result()
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
