"""Hit rates on the mixed list, and a sanity check of everyday products against plausible ranges.

Prints hit@1 and hit@5 by language with 95 % Wilson intervals, then for each product of ``sanity.csv`` the
estimate, whether it falls inside the range, and whether its interval overlaps it.

    .venv/bin/python evals/scripts/first_answers.py [HOME]
"""

from __future__ import annotations

import csv
import math
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from firstprint import Assistant

HERE = Path(__file__).resolve().parent
SUITE = HERE.parent / "suites" / "mixed-products" / "queries.csv"


def wilson(hits: int, n: int) -> str:
    """Share with its 95 % interval (Wilson 1927)."""
    if not n:
        return "–"
    z, p = 1.96, hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{p:.3f} [{middle - half:.2f}, {middle + half:.2f}]"


def hit_rates(assistant: Assistant) -> None:
    """Matches every query of the mixed list and prints the rates and the misses."""
    tally: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    for row in csv.DictReader(SUITE.open(encoding="utf-8")):
        relevant = set(row["relevant"].split("|"))
        accepted = relevant | set(row["acceptable"].split("|"))
        result = assistant.match(row["text"], unit=row["unit"] or None, geography=row["geography"] or None)
        ids = [one.dataset_id for one in result.candidates]
        verdict = (ids[0] in relevant, bool(relevant & set(ids)), ids[0] in accepted)
        for key in (row["language"], "all"):
            tally[key].append(verdict)
        if not verdict[0]:
            first = result.candidates[0]
            print(f"  miss {row['language']} {row['text'][:40]!r}: {first.name[:50]!r} ({result.decision})")
    for key, verdicts in sorted(tally.items()):
        one, five, fair = (sum(v[i] for v in verdicts) for i in range(3))
        n = len(verdicts)
        print(f"{key:4} n={n:3}  hit@1 {wilson(one, n)}  hit@5 {wilson(five, n)}  acceptable@1 {wilson(fair, n)}")


def sanity(assistant: Assistant) -> None:
    """Estimates everyday products and compares them with plausible ranges."""
    inside = overlaps = total = 0
    for row in csv.DictReader((HERE / "sanity.csv").open(encoding="utf-8")):
        proposal = assistant.estimate(
            row["text"],
            amount=float(row["amount"] or 1),
            unit=row["unit"] or None,
            mass_kg=float(row["mass_kg"]) if row["mass_kg"] else None,
            geography=row["geography"] or None,
        )
        low, high = float(row["low_kg_co2e"]), float(row["high_kg_co2e"])
        estimate = proposal.estimate
        total += 1
        if estimate is None:
            print(f"  none     {row['text'][:38]:38} expected {low:g}–{high:g}")
            continue
        is_inside = low <= estimate.kg_co2e <= high
        does_overlap = estimate.low <= high and estimate.high >= low
        inside, overlaps = inside + is_inside, overlaps + does_overlap
        mark = "inside " if is_inside else "overlap" if does_overlap else "OUTSIDE"
        first = proposal.candidates[0] if proposal.candidates else None
        print(
            f"  {mark}  {row['text'][:38]:38} {estimate.kg_co2e:10.3g} [{estimate.low:.3g}, {estimate.high:.3g}] "
            f"expected {low:g}–{high:g}  {estimate.basis:9} {proposal.decision:9} {first.name[:40] if first else ''}"
        )
    print(f"inside {inside} of {total}, interval overlaps {overlaps} of {total}")


def main() -> int:
    """Runs both checks."""
    assistant = Assistant.open(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp()))
    hit_rates(assistant)
    sanity(assistant)
    return 0


if __name__ == "__main__":
    sys.exit(main())
