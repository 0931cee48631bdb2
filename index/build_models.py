"""Makes the shipped models: ``index/ranker.json`` and ``index/surrogate``.

    make models                                          both, ranker from labels_train.csv and build/evals/suites
    python index/build_models.py --ranker --suites DIR   the ranker alone
    python index/build_models.py --surrogate             the surrogate alone

How the two routes are weighed (``index/combination.json``) is learned by ``evals/scripts/surrogate_combination.py``,
which needs the public suites; run it after the ranker changes.

The ranker learns from ``index/labels_train.csv`` and from the choosing half of each match suite's groups: those whose
name has an even CRC-32 (``evals/scripts/match_halves.py``). The other half is never looked at. It prints what each
source reaches on grouped held-out folds. Run it after the catalogue, the annotations, the retrieval or the fit terms
change. The public suites are made by ``firstprint eval prepare`` and cannot be committed; without them the ranker
learns from the rest, and says so.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from firstprint.estimation.surrogate_files import save_surrogate
from firstprint.evaluation.grading import graded_suite
from firstprint.evaluation.records import Suite
from firstprint.evaluation.runner import read_all
from firstprint.evaluation.workbench import Workbench
from firstprint.models import fitted_surrogate
from firstprint.ranking.acceptance import FEATURES, FIXED, QUERY_FEATURES, Acceptance, save_acceptance
from firstprint.ranking.fitting import GradedQuery, HeldOutFirst, fit_acceptance
from firstprint.settings import load_settings
from firstprint.training import grade, load_annotations
from firstprint.workspace import shipped

ROOT = Path(__file__).resolve().parent
MOST_A_SUITE = 1500
"""Queries taken from one suite at most, evenly spread; more change nothing and cost minutes."""


def choosing_half(group: str) -> bool:
    """Whether a group is in the half that choices may look at."""
    return zlib.crc32(group.encode()) % 2 == 0


def match_suites(bench: Workbench, folders: list[Path]) -> Iterator[Suite]:
    """The match suites below folders, by name."""
    found = sorted({path.parent for folder in folders for path in folder.glob("*/suite.toml")}, key=lambda p: p.name)
    yield from (suite for suite in read_all(found, bench) if suite.task == "match")


def graded(bench: Workbench, folders: list[Path]) -> list[GradedQuery]:
    """Annotations and the choosing halves of the suites, each query with its candidates."""
    assistant = bench.assistant(bench.default_index)
    queries = grade(assistant, load_annotations(ROOT / "labels_train.csv"), bench.progress)
    for suite in match_suites(bench, folders):
        rows = [place for place, query in enumerate(suite.queries) if choosing_half(query.group)]
        step = max(1, -(-len(rows) // MOST_A_SUITE))
        queries += graded_suite(suite, rows[::step], bench)
    return queries


def told(model: Acceptance, held_out: HeldOutFirst, queries: list[GradedQuery]) -> None:
    """Prints held-out figures a source, then the weights."""
    print(f"{'source':34} {'queries':>7} {'hit@1':>6} {'taken':>6} {'said':>6} {'Brier':>6}")
    usable = [query for query in queries if len(query.features)]
    for source in dict.fromkeys(query.source for query in usable):
        own = np.array([query.source == source for query in usable])
        right = own & np.array([query.answerable for query in usable])
        hit, taken, said = held_out.relevant[right].mean(), held_out.accepted[own].mean(), held_out.probability[own]
        brier = np.mean((said - held_out.accepted[own]) ** 2)
        print(f"{source:34} {own.sum():7d} {hit:6.3f} {taken:6.3f} {said.mean():6.3f} {brier:6.3f}")
    print(f"thresholds: match {model.match_at:.2f}, ambiguous {model.ambiguous_at:.2f}; ceiling {model.ceiling:.3f}")
    for name, weight in sorted(zip(FEATURES, model.weights, strict=True), key=lambda pair: -pair[1]):
        print(f"  {name:18} {weight:8.3f}")
    if model.first is not None:
        for name, weight in sorted(zip(QUERY_FEATURES, model.first.weights, strict=True), key=lambda p: -abs(p[1])):
            print(f"  probability: {name:18} {weight:8.3f}")


def build_ranker(bench: Workbench, folders: list[Path]) -> None:
    """Trains and writes the ranker, and prints its figures on grouped held-out folds."""
    bench.ranker = FIXED
    queries = graded(bench, folders)
    model, held_out = fit_acceptance(queries)
    told(model, held_out, queries)
    save_acceptance(model, ROOT / "ranker.json")


def build_surrogate(bench: Workbench) -> None:
    """Trains and writes the surrogate, and notes the catalogue it was trained on."""
    surrogate = fitted_surrogate(bench.default_index.catalogue, bench.encoder, lambda *step: print(*step))
    save_surrogate(surrogate, ROOT / "surrogate")
    note = {"surrogate_id": surrogate.surrogate_id, "catalogue_sha256": shipped().catalogue_sha256}
    (ROOT / "surrogate" / "trained_on.json").write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")
    print(f"surrogate {surrogate.surrogate_id}: families {', '.join(surrogate.families)}")


def main() -> int:
    """Opens the shipped catalogue in a workspace of its own and trains the models."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--ranker", action="store_true", help="leave the surrogate as it is")
    only.add_argument("--surrogate", action="store_true", help="leave the ranker as it is")
    parser.add_argument("--home", type=Path, help="workspace to build the index in; a temporary one when left out")
    parser.add_argument("--suites", type=Path, default=Path("build/evals/suites"), help="prepared public suites")
    arguments = parser.parse_args()
    if not any(arguments.suites.glob("*/suite.toml")):
        print(f"{arguments.suites} holds no prepared suite: the ranker learns from the rest.", file=sys.stderr)
    with Workbench(load_settings(arguments.home or Path(tempfile.mkdtemp()))) as bench:
        if not arguments.ranker:
            build_surrogate(bench)
        if not arguments.surrogate:
            build_ranker(bench, [ROOT.parent / "evals" / "suites", arguments.suites])
    return 0


if __name__ == "__main__":
    sys.exit(main())
