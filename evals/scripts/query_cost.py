"""What one query costs: encoding its texts, and everything after that, on the default catalogue.

    .venv/bin/python evals/scripts/query_cost.py [HOME]

Medians over the queries of ``mixed-products`` and ``bilingual-parity`` in ``evals/suites``, one process, each query
asked once to warm up and five times to measure. Encoding and the rest are timed in the same run, so the ratio stands
on a noisy machine; vectors are not cached.
"""

from __future__ import annotations

import csv
import statistics
import sys
import tempfile
import time
from pathlib import Path

from firstprint import Assistant
from firstprint.intake import RawRequest

ROOT = Path(__file__).resolve().parents[2]
SUITES = ("mixed-products", "bilingual-parity")
REPEATS = 5


def texts() -> list[str]:
    """The descriptions asked."""
    out = []
    for name in SUITES:
        with (ROOT / "evals" / "suites" / name / "queries.csv").open(encoding="utf-8-sig", newline="") as handle:
            out += [row["text"] for row in csv.DictReader(handle)]
    return out


def main() -> int:
    """Prints medians in milliseconds and their ratio."""
    assistant = Assistant.open(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
    encode, rest, ways = [], [], []
    asked = texts()
    for text in asked:
        assistant.ranked(RawRequest(text))
    for _ in range(REPEATS):
        for text in asked:
            raw = RawRequest(text)
            variants = assistant.texts(raw)
            started = time.perf_counter()
            assistant.encoder.encode(list(variants))
            encoded = time.perf_counter()
            assistant.ranked(RawRequest(text + " "))
            done = time.perf_counter()
            encode.append(encoded - started)
            rest.append(done - encoded - (encoded - started))
            ways.append(len(variants))
    said, after = statistics.median(encode) * 1e3, statistics.median(rest) * 1e3
    print(f"{len(asked)} queries × {REPEATS}, {statistics.mean(ways):.1f} texts a query")
    print(f"encoding {said:.1f} ms, everything after it {after:.1f} ms, ratio {after / said:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
