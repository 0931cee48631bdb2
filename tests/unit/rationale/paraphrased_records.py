"""The four made-up records that the hand-written texts of the rationale suite are about."""

from __future__ import annotations

from pathlib import Path

from firstprint.evaluation.rationale_records import load_records

SUITE = Path(__file__).resolve().parents[3] / "evals" / "suites" / "rationale-guard"
RECORDS = load_records(SUITE / "records.jsonl")
BOTTLE, STEEL, CHAIR, POWER = (RECORDS[name] for name in ("bottle", "steel", "chair", "power"))
