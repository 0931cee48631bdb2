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


def run(home: str, source: str, target: str) -> tuple[float, float]:
    """Peak resident size in MB and seconds of one run in this process."""
    import resource

    from firstprint.batch.runner import run_batch
    from firstprint.settings import load_settings

    started = time.monotonic()
    run_batch(load_settings(home), Path(source), Path(target))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KB, time.monotonic() - started


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
                peak, seconds = pool.apply(run, (given.home, str(source), str(target)))
            first = peak if first is None else first
            print(f"{rows:>9,} rows: peak {peak:.0f} MB ({peak - first:+.0f}), {rows / seconds:.0f} rows/s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
