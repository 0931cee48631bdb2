"""Hit rates of match suites on the half of the groups that choices were made on, and on the half that only reports.

Reads the predictions that ``make evals`` wrote. A group belongs to the choosing half when the CRC-32 of its name is
even; fusion, weights and thresholds may look at that half of a suite alone.

    .venv/bin/python evals/scripts/match_halves.py build/evals/results
"""

from __future__ import annotations

import csv
import sys
import zlib
from pathlib import Path

DEFAULT = "build/evals/results"


def chosen_on(group: str) -> bool:
    """Whether a group is in the half that choices may look at."""
    return zlib.crc32(group.encode()) % 2 == 0


def line(rows: list[dict[str, str]], prefix: str) -> str:
    """hit@1, hit@5 over answerable rows, and accepted@1 over the same."""
    asked = [row for row in rows if row["relevant"]]
    ranks = [int(row[f"{prefix}rank"] or 0) for row in asked]
    first, five = sum(rank == 1 for rank in ranks), sum(1 <= rank <= 5 for rank in ranks)
    accepted = sum(row[f"{prefix}accepted"].lower() in ("1", "true") for row in asked)
    return f"{first / len(asked):.3f} / {five / len(asked):.3f}  accepted {accepted / len(asked):.3f}"


def main() -> int:
    """Prints a table a suite."""
    for path in sorted(Path(sys.argv[1] if len(sys.argv) > 1 else DEFAULT).glob("*/predictions.csv")):
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
        if "rank" not in rows[0]:
            continue
        systems = [name.removesuffix("rank") for name in rows[0] if name.endswith("rank")]
        for half, told in ((True, "choosing half"), (False, "reporting half")):
            own = [row for row in rows if chosen_on(row["group"]) == half]
            print(f"{path.parent.name}, {told}, {len(own)} queries")
            for prefix in systems:
                print(f"  {prefix.strip('_. ') or 'firstprint':12} {line(own, prefix)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
