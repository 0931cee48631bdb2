"""How much narrower the surrogate's interval is than a band around the sector median that covers as much.

    python evals/scripts/surrogate_sharpness.py build/evals/combination/voices.jsonl [SUITE]

The median of a query's sector is that of all other groups; its band is one factor for all, chosen with hindsight so
that it covers exactly as many rows as the surrogate's own interval does, which favours the band.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
from surrogate_tables import residuals

FEW = 3


def main() -> int:
    """Prints both factors at 80 and 90 %."""
    wanted = sys.argv[2] if len(sys.argv) > 2 else "carbon-catalogue-per-kg"
    lines = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    lines = [one for one in lines if one["suite"] == wanted and one["surrogate"]]
    truth = np.array([math.log10(one["reference_kg_co2e"] / one["amount"]) for one in lines])
    groups, sectors = (np.array([one[name] or "" for one in lines]) for name in ("group", "category"))
    median = np.zeros(len(lines))
    for place in range(len(lines)):
        others = groups != groups[place]
        own = others & (sectors == sectors[place])
        median[place] = np.median(truth[own if own.sum() >= FEW else others])
    missed = np.sort(np.abs(median - truth))
    for number, name in enumerate(("80 %", "90 %")):
        half = np.array([one["surrogate"]["half"][number] for one in lines])
        covered = float((np.abs(residuals(lines)) <= half).mean())
        band = missed[min(len(missed) - 1, math.ceil(covered * len(missed)) - 1)]
        ours = float(np.median(half))
        print(
            f"{wanted} {name}: covers {covered:.3f}, median factor {10**ours:.2f}; sector median {10**band:.2f}; "
            f"ratio of factors {10 ** (ours - band):.2f}, of log widths {ours / band:.2f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
