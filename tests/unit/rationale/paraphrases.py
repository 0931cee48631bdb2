"""True texts written by hand about four made-up records, as a person or a model might put the facts."""

from __future__ import annotations

import csv

from paraphrased_records import RECORDS, SUITE

from firstprint.rationale.records import RationaleInput


def _read() -> tuple[tuple[RationaleInput, str, str], ...]:
    with (SUITE / "queries.csv").open(encoding="utf-8", newline="") as file:
        return tuple((RECORDS[row["record"]], row["language"], row["text"]) for row in csv.DictReader(file))


TRUE_TEXTS = _read()
"""(record, language, text)"""
