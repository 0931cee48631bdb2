"""Asks the cross-fit surrogate the queries that ``surrogate_bench.py`` kept, and prints how it did on either half.

    python evals/scripts/surrogate_crossfit.py --suites DIR --home DIR --bench FILE --out FILE [--only NAME ...]

Writes the lines of the bench again, each with what the surrogate said: log10 of the value per declared amount, half
its interval at 80 and 90 %, the distance, and whether it is out of domain. ``surrogate_combination.py`` reads it.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from surrogate_tables import print_table

from firstprint.domain.steps import SurrogateQuery
from firstprint.estimation.references import references_from_datasets
from firstprint.estimation.surrogate import TrainedSurrogate
from firstprint.evaluation.asking import groups_of, request_of
from firstprint.evaluation.fold_surrogates import fold_surrogates
from firstprint.evaluation.folds import grouped_folds
from firstprint.evaluation.records import Query, Suite
from firstprint.evaluation.runner import read_all
from firstprint.evaluation.workbench import Workbench
from firstprint.intake import read_request
from firstprint.settings import load_settings

COVERAGES = (0.8, 0.9)


def main() -> int:
    """Writes the answers and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suites", type=Path, nargs="+", default=[Path("build/evals/suites")])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[])
    arguments = parser.parse_args()
    lines = {(one["suite"], one["id"]): one for one in map(json.loads, arguments.bench.read_text().splitlines())}
    folders = sorted(path.parent for folder in arguments.suites for path in folder.glob("*/suite.toml"))
    with Workbench(load_settings(arguments.home)) as bench, arguments.out.open("w", encoding="utf-8") as handle:
        for suite in read_all(folders, bench):
            if suite.task != "estimate" or (arguments.only and suite.name not in arguments.only):
                continue
            answered = []
            for query, surrogate in _asked(suite, bench):
                line = {**lines[suite.name, query.id], "surrogate": _said(surrogate, query, bench)}
                answered.append(line)
                handle.write(json.dumps(line, ensure_ascii=False) + "\n")
            print_table(suite.name, answered)
    return 0


def _asked(suite: Suite, bench: Workbench) -> Iterator[tuple[Query, TrainedSurrogate | None]]:
    if suite.protocol != "cross-fit":
        surrogate = bench.surrogate_of(suite)
        yield from ((query, surrogate) for query in suite.queries)
        return
    folds = grouped_folds(groups_of(suite), suite.folds, suite.seed)
    hidden = {one for query in suite.queries for one in query.held_out} | {query.id for query in suite.queries}
    references = references_from_datasets(bench.default_index.catalogue.all_datasets())
    known = [reference for reference in references if reference.reference_id not in hidden]
    for fold, surrogate in fold_surrogates(suite, folds, bench.encoder, catalogue=known):
        yield from ((suite.queries[position], surrogate) for position in fold.asked.tolist())


def _said(surrogate: TrainedSurrogate | None, query: Query, bench: Workbench) -> dict[str, Any] | None:
    product = read_request(request_of(query)).product
    (vector,) = bench.encoder.encode([product.description])
    asked = SurrogateQuery(vector, product.declared_unit.unit, product.mass_kg, product.geography, product.category)
    if surrogate is None:
        return None
    opinions = [surrogate.estimate_at(asked, product.declared_unit.amount, coverage) for coverage in COVERAGES]
    if any(one is None for one in opinions):
        return None
    halves = [math.log10(one.high / one.kg_co2e) for one in opinions if one is not None]
    distance = surrogate.distance(asked)
    return {
        "log10": math.log10(opinions[0].kg_co2e) if opinions[0] else np.nan,
        "half": halves,
        "distance": distance,
        "out_of_domain": surrogate.out_of_domain(asked),
    }


if __name__ == "__main__":
    sys.exit(main())
