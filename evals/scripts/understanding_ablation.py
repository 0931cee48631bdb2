"""What each step of query understanding is worth: every match suite asked with all steps, and with one left out.

Plain zero-shot search without memory, answerable queries only. The two halves of a suite's groups are those of
``match_halves.py``: choices may look at the choosing half alone. Intervals are paired, by bootstrap over groups.

    .venv/bin/python evals/scripts/understanding_ablation.py
    .venv/bin/python evals/scripts/understanding_ablation.py --half reporting --queries 400 --suite tiangong-zh
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.errors import FirstprintError
from firstprint.evaluation.asking import request_of
from firstprint.evaluation.metrics.bootstrap import group_weights_of_replicates, interval
from firstprint.evaluation.suite import find_suites, read_suite, suite_summary
from firstprint.evaluation.workbench import Workbench
from firstprint.intake import read_request
from firstprint.search import Search
from firstprint.settings import load_settings
from firstprint.understanding.ways import ALL_STEPS, USED_STEPS, Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.evaluation.records import Query, Suite

ROOTS = (Path("evals/suites"), Path("build/evals/suites"))
DEPTH = 5
REPLICATES = 1000
NO_STEP = "all steps"
EVERY_STEP = "no step at all"


class Asked(NamedTuple):
    """What one set of steps reached on a suite's sample.

    Attributes:
        first: the right dataset came first, shape (n,).
        five: it was among the first five, shape (n,).
        ways: texts asked with a query, mean.
    """

    first: NDArray[np.float64]
    five: NDArray[np.float64]
    ways: float


def variants() -> dict[str, frozenset[Step]]:
    """All steps, all but each one, and none."""
    left_out = {f"without {step}": USED_STEPS - {step} for step in sorted(USED_STEPS)}
    added = {f"with {step}": USED_STEPS | {step} for step in sorted(ALL_STEPS - USED_STEPS)}
    return {NO_STEP: USED_STEPS, **left_out, **added, EVERY_STEP: frozenset()}


def sample(suite: Suite, half: str, most: int) -> list[Query]:
    """At most ``most`` answerable queries of a half, the same each time."""

    def in_half(query: Query) -> bool:
        return half == "both" or (zlib.crc32(query.group.encode()) % 2 == 0) == (half == "choosing")

    kept = [query for query in suite.queries if query.relevant and in_half(query)]
    return sorted(kept, key=lambda query: zlib.crc32(query.id.encode()))[:most]


def ask(search: Search, queries: Sequence[Query]) -> Asked:
    """Places of the right datasets in the product's own order."""
    requests = [read_request(request_of(query)) for query in queries]
    texts = [search.texts(request) for request in requests]
    places = []
    for request, query in zip(requests, queries, strict=True):
        ranked = search.find(request, search.ordinary(without=query.held_out)).ranked[:DEPTH]
        hits = (n for n, one in enumerate(ranked, start=1) if one.dataset.dataset_id in query.relevant)
        places.append(next(hits, 0))
    place = np.array(places)
    mean_ways = float(np.mean([len(each) - 1 for each in texts]))
    return Asked((place == 1).astype(np.float64), (place > 0).astype(np.float64), mean_ways)


def ablate(bench: Workbench, suite: Suite, queries: Sequence[Query]) -> dict[str, Asked]:
    """The outcome of each variant; all texts are encoded together first, which is several times faster."""
    index = bench.index_of(suite)
    if index is None:
        return {}
    searches = {name: Search(index, bench.encoder, bench.ranker, steps=steps) for name, steps in variants().items()}
    requests = [read_request(request_of(query)) for query in queries]
    texts = dict.fromkeys(text for search in searches.values() for one in requests for text in search.texts(one))
    bench.encoder.encode(list(texts))
    return {name: ask(search, queries) for name, search in searches.items()}


def lines(outcomes: dict[str, Asked], groups: NDArray[np.str_]) -> Iterator[str]:
    """One line a variant: hit rates, and what all steps have more than it, with 95 % intervals."""
    full = outcomes[NO_STEP]
    weights = list(group_weights_of_replicates(groups, REPLICATES, 0))
    for name, got in outcomes.items():
        line = f"  {name:24} {got.first.mean():.3f} / {got.five.mean():.3f}   {got.ways:.1f} texts"
        if name != NO_STEP:
            line += "".join(
                f"   hit@{depth} {_difference(mine - theirs, weights)}"
                for depth, mine, theirs in ((1, full.first, got.first), (5, full.five, got.five))
            )
        yield line


def _difference(gains: NDArray[np.float64], weights: Sequence[NDArray[np.float64]]) -> str:
    drawn = [float(np.average(gains, weights=one)) for one in weights if one.sum() > 0]
    told = interval(float(gains.mean()), drawn)
    if told.low is None or told.high is None:
        return f"{gains.mean():+.3f} (no interval)"
    mark = "*" if told.low > 0 or told.high < 0 else " "
    return f"{gains.mean():+.3f} [{told.low:+.3f}, {told.high:+.3f}]{mark}"


def wanted_suites(names: Sequence[str]) -> Iterator[Suite]:
    """Match suites with a catalogue; of a suite that comes with decisions too, the zero-shot one alone."""
    for folder in find_suites([root for root in ROOTS if root.is_dir()]):
        summary = suite_summary(folder)
        if summary.task != "match" or summary.protocol == "with-decisions" or summary.fault:
            continue
        if not names or summary.name in names:
            yield read_suite(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints one table a suite; a positive difference is what the step gains."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--half", choices=("choosing", "reporting", "both"), default="choosing")
    parser.add_argument("--queries", type=int, default=400, help="at most this many a suite")
    parser.add_argument("--suite", action="append", default=[], help="only this suite; may be given more than once")
    parser.add_argument("--home", default=None, help="workspace folder")
    given = parser.parse_args(arguments)
    try:
        with Workbench(load_settings(given.home)) as bench:
            for suite in wanted_suites(given.suite):
                queries = sample(suite, given.half, given.queries)
                if not queries:
                    continue
                groups = np.array([query.group for query in queries])
                print(f"{suite.name}, {given.half}, {len(queries)} queries in {len(set(groups))} groups")
                outcomes = ablate(bench, suite, queries)
                print(*lines(outcomes, groups), sep="\n", flush=True)
    except FirstprintError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
