"""Reads every catalogue file under a folder with the importers and prints a table: read, kept, left out, seconds.

    .venv/bin/python evals/scripts/import_table.py ../shared/data

Files that are no dataset catalogue (evaluation data, references) say so. Nothing is kept.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

from firstprint.domain.dataset import Dataset
from firstprint.errors import FirstprintError
from firstprint.importers.datasets.formats import recognised
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.records import Asked, Problem
from firstprint.importers.datasets.sanity import suspicious

_SHOWN_REASONS = 4


def table_row(path: Path, root: Path) -> str:
    """One line of the table for a file."""
    name, started = path.relative_to(root), time.perf_counter()
    try:
        with Package(path) as package:
            found = recognised(package)
            rows = list(found.importer.read(package, Asked()))
            problems = [*package.problems, *(each for each in rows if isinstance(each, Problem))]
    except FirstprintError as error:
        faults = "; ".join(getattr(error, "faults", ()) or (error.message,))
        return f"| {name} | – | – | – | – | – | {faults[:160]} | {time.perf_counter() - started:.2f} |"
    datasets = {each.dataset_id: each for each in rows if isinstance(each, Dataset)}.values()
    skipped = Counter(each.reason for each in problems if each.skipped)
    noted = Counter(each.reason for each in problems if not each.skipped)
    without = sum(each.gwp100_kg_co2e is None for each in datasets)
    doubted = sum(bool(suspicious(each)) for each in datasets)
    reasons = [f"{count} {reason}" for reason, count in skipped.most_common(_SHOWN_REASONS)]
    reasons += [f"{count} kept: {reason}" for reason, count in noted.most_common(2)]
    read = len(datasets) + sum(skipped.values())
    cells = (name, found.importer.format, read, len(datasets), without, doubted, "; ".join(reasons) or "–")
    return "| " + " | ".join(map(str, cells)) + f" | {time.perf_counter() - started:.2f} |"


def main(root: Path) -> None:
    """Prints the table."""
    print("| file | format | read | kept | without result | value kept aside | left out, noted | s |")
    print("|---|---|---|---|---|---|---|---|")
    for path in sorted(each for each in root.rglob("*") if each.is_file()):
        print(table_row(path, root), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
