"""Asks the dataset route of estimate suites once and keeps its answers, so that estimation can be tried in seconds.

    python evals/scripts/surrogate_bench.py --suites DIR --home DIR --out FILE

Writes one JSON line a query: id, suite, group, its half (``match_halves.chosen_on``), the reference, the decision and
the first candidates with what the combination may look at. Run it again after the ranker or the catalogue changes;
``surrogate_combination.py`` and ``surrogate_trials.py`` read it.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from match_halves import chosen_on

from firstprint.assistant import Assistant
from firstprint.domain.proposal import Candidate
from firstprint.evaluation.asking import encode_ahead, groups_of, request_of
from firstprint.evaluation.folds import grouped_folds
from firstprint.evaluation.leakage import find_leaks
from firstprint.evaluation.records import Query, Suite
from firstprint.evaluation.runner import read_all
from firstprint.evaluation.workbench import Workbench
from firstprint.settings import load_settings

KEPT = 3
"""Candidates kept a query."""


def main() -> int:
    """Writes the cache."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suites", type=Path, nargs="+", default=[Path("build/evals/suites")])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    folders = sorted(path.parent for folder in arguments.suites for path in folder.glob("*/suite.toml"))
    with Workbench(load_settings(arguments.home)) as bench, arguments.out.open("w", encoding="utf-8") as handle:
        for suite in read_all(folders, bench):
            if suite.task == "estimate":
                for line in _answers(suite, bench):
                    handle.write(json.dumps(line, ensure_ascii=False) + "\n")
                print(suite.name, len(suite.queries), flush=True)
    return 0


def _answers(suite: Suite, bench: Workbench) -> list[dict[str, Any]]:
    index = bench.index_of(suite)
    if index is None:
        return []
    assistant = bench.assistant(index)
    encode_ahead(assistant, suite.queries)
    folds = grouped_folds(groups_of(suite), suite.folds, suite.seed) if suite.protocol == "cross-fit" else []
    masked = find_leaks(suite, folds, index.catalogue, ()).masked
    return [_answer(assistant, suite, query, hidden) for query, hidden in zip(suite.queries, masked, strict=True)]


def _answer(assistant: Assistant, suite: Suite, query: Query, hidden: tuple[str, ...]) -> dict[str, Any]:
    said = assistant.opinions(request_of(query), without=hidden)
    return {
        "suite": suite.name,
        "id": query.id,
        "group": query.group,
        "choosing": chosen_on(query.group),
        "text": query.text,
        "unit": query.unit,
        "amount": query.amount,
        "mass_kg": query.mass_kg,
        "geography": query.geography,
        "category": query.category,
        "reference_kg_co2e": query.reference_kg_co2e,
        "decision": said.decision,
        "candidates": [_candidate(one) for one in said.candidates[:KEPT]],
    }


def _candidate(one: Candidate) -> dict[str, Any]:
    kept = ("dataset_id", "name", "unit", "basis", "source", "system_boundary", "similarity")
    numbers = ("acceptance_probability", "kg_co2e", "gwp100_kg_co2e", "uncertainty_pct", "year", "geography")
    return {
        **{name: getattr(one, name) for name in (*kept, *numbers)},
        "dqr": one.dqr.model_dump(),
        "scores": one.scores.model_dump(),
    }


if __name__ == "__main__":
    sys.exit(main())
