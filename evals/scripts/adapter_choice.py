"""Compares ways to adapt an encoder's vectors to a catalogue: on held-out names, and on the suites' choosing halves.

Every way is fitted to half of a catalogue's groups of datasets (those that share a label). Names of the other half are
asked, each answered by the other names of its dataset alone. Then the way is fitted to the whole catalogue, and the
suite's queries of the choosing half (``match_halves.py``) are asked by the dense part alone, as ``language.unshouted``
gives them. The decided ways also see the texts of two thirds of the suite's choosing half, and are asked the last.

    .venv/bin/python evals/scripts/adapter_choice.py HOME SUITE_FOLDER...

HOME keeps the encoder's vectors. Prints a line a way; contrastive training takes half a minute a catalogue.
"""

from __future__ import annotations

import sys
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from match_halves import chosen_on
from numpy.typing import NDArray

from firstprint.evaluation.asking import request_of
from firstprint.evaluation.records import Query
from firstprint.evaluation.runner import read_all
from firstprint.evaluation.workbench import Workbench
from firstprint.language import unshouted
from firstprint.retrieval.adapter import Adapter
from firstprint.retrieval.adapter_fit import STRENGTH, _seen_half, decided_scatter, label_sets, scatter
from firstprint.retrieval.adapter_trials import LabelSets, ranks, trials_of
from firstprint.retrieval.index_folder import OpenIndex
from firstprint.settings import load_settings

Matrix = NDArray[np.float64]
Chosen = NDArray[np.bool_]
FOLDS = 3
_PULL, _STEPS, _BATCH, _TEMPERATURE, _RATE = 0.1, 300, 384, 0.05, 3e-4


class Decided(NamedTuple):
    """A query of the suite and a dataset that answers it."""

    text: str
    vector: NDArray[np.float32]
    row: int


class Case(NamedTuple):
    """A suite's index and its answerable queries of the choosing half."""

    index: OpenIndex
    sets: LabelSets
    queries: list[Query]
    vectors: NDArray[np.float32]
    right: list[list[int]]
    allowed: Chosen


def levelled(one: Matrix) -> Matrix:
    """A scatter brought to the identity's trace."""
    return one / np.trace(one) * len(one)


def pulled(noise: Matrix, strength: float, power: float) -> Matrix:
    """(strength · noise + (1 - strength) · I) to a power: -1 filters, -1/2 whitens."""
    values, axes = np.linalg.eigh(strength * levelled(noise) + (1 - strength) * np.eye(len(noise)))
    return np.asarray((axes * values**power) @ axes.T)


def without_shift(sets: LabelSets, chosen: Chosen) -> Matrix:
    """Takes out the mean difference between names in Chinese characters and others."""
    apart = []
    for dataset in np.flatnonzero(chosen):
        labels = sets.of(int(dataset))
        han = np.array([any("\u4e00" <= char <= "\u9fff" for char in sets.texts[label]) for label in labels])
        if han.any() and not han.all():
            apart.append(sets.vectors[labels[han]].mean(axis=0) - sets.vectors[labels[~han]].mean(axis=0))
    mean = np.mean(apart, axis=0)
    mean /= np.linalg.norm(mean)
    return np.asarray(np.eye(len(mean)) - np.outer(mean, mean))


def contrastive(sets: LabelSets, chosen: Chosen) -> Matrix:
    """InfoNCE over label pairs with in-batch negatives, pulled to the identity; Adam, plain numpy."""
    rng = np.random.default_rng(0)
    datasets = np.flatnonzero(chosen & (np.diff(sets.offsets) >= 2))
    members = [datasets[sets.groups[datasets] == group] for group in np.unique(sets.groups[datasets])]
    matrix = np.eye(sets.vectors.shape[1], dtype=np.float32)
    first, second = np.zeros_like(matrix), np.zeros_like(matrix)
    for step in range(1, _STEPS + 1):
        drawn = [rng.choice(members[place]) for place in rng.integers(len(members), size=_BATCH)]
        pairs = np.array([rng.choice(sets.of(int(dataset)), 2, replace=False) for dataset in drawn])
        gradient = _gradient(matrix, *sets.vectors[pairs.T], sets.groups[drawn])
        gradient += _PULL * (matrix - np.eye(len(matrix), dtype=np.float32))
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        rate = _RATE * 0.5 * (1 + np.cos(np.pi * step / _STEPS))
        matrix -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return np.asarray(matrix, dtype=np.float64)


def _gradient(
    matrix: NDArray[np.float32], left: NDArray[np.float32], right: NDArray[np.float32], groups: NDArray[np.int64]
) -> NDArray[np.float32]:
    a, b = left @ matrix.T, right @ matrix.T
    length_a, length_b = (np.linalg.norm(one, axis=1, keepdims=True) for one in (a, b))
    a, b = a / length_a, b / length_b
    scores = a @ b.T / _TEMPERATURE
    scores[(groups[:, None] == groups) & ~np.eye(len(groups), dtype=bool)] = -1e9
    shares = [np.exp(scores - scores.max(axis=axis, keepdims=True)) for axis in (1, 0)]
    shares = [one / one.sum(axis=axis, keepdims=True) for one, axis in zip(shares, (1, 0), strict=True)]
    slope = ((shares[0] + shares[1]) / 2 - np.eye(len(groups), dtype=np.float32)) / (len(groups) * _TEMPERATURE)
    slope_a, slope_b = slope @ b, slope.T @ a
    slope_a = (slope_a - a * (slope_a * a).sum(axis=1, keepdims=True)) / length_a
    slope_b = (slope_b - b * (slope_b * b).sum(axis=1, keepdims=True)) / length_b
    return np.asarray(slope_a.T @ left + slope_b.T @ right, dtype=np.float32)


WAYS: dict[str, Callable[[LabelSets, Chosen], Matrix]] = {
    "none": lambda sets, _: np.eye(sets.vectors.shape[1]),
    **{f"whiten {s}": lambda sets, seen, s=s: pulled(scatter(sets, seen), s, -0.5) for s in (0.1, 0.2, 0.3, 0.5, 0.7)},
    **{f"filter {s}": lambda sets, seen, s=s: pulled(scatter(sets, seen), s, -1) for s in (0.05, 0.1, 0.15, 0.2, 0.3)},
    "no zh-en shift": without_shift,
    "contrastive": contrastive,
}


def case_of(bench: Workbench, folder: Path) -> Case:
    """Opens a suite."""
    suite = read_all([folder], bench)[0]
    index = bench.index_of(suite)
    if index is None:
        raise SystemExit(f"{folder}: the suite has no catalogue")
    rows = {index.catalogue.dataset(row).dataset_id: row for row in range(index.manifest.datasets)}
    queries = [q for q in suite.queries if chosen_on(q.group)]
    queries = [q for q in queries if any(key in rows for key in q.relevant)]
    return Case(
        index=index,
        sets=label_sets(list(index.labels), index.retriever.encoder_vectors(), index.retriever.labels),
        queries=queries,
        vectors=bench.encoder.encode([unshouted(request_of(q).text) for q in queries]),
        right=[[rows[key] for key in q.relevant if key in rows] for q in queries],
        allowed=np.array(index.catalogue.column("system_boundary")) != "cbam_default",
    )


def asked(case: Case, matrix: Matrix, places: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rank of the first right dataset of each query, and the first dataset."""
    adapter = Adapter(matrix.astype(np.float32), "", 0.0)
    retriever = case.index.retriever.with_adapter(adapter)
    found, first = [], []
    for start in range(0, len(places), 256):
        part = places[start : start + 256]
        scores = np.where(case.allowed, retriever.dense_scores(case.vectors[part]), -2.0)
        found += [1 + int((row > row[case.right[at]].max()).sum()) for at, row in zip(part, scores, strict=True)]
        first += scores.argmax(axis=1).tolist()
    return np.array(found), np.array(first)


def told(found: NDArray[np.int64]) -> str:
    """hit@1, hit@5 and mean reciprocal rank."""
    return f"{(found == 1).mean():.3f} {(found <= 5).mean():.3f} {(1 / found).mean():.3f}"


def same_first(case: Case, first: NDArray[np.int64]) -> str:
    """Share of pairs of queries whose first dataset is one."""
    pairs: dict[str, list[int]] = {}
    for query, row in zip(case.queries, first.tolist(), strict=True):
        if query.pair:
            pairs.setdefault(query.pair, []).append(row)
    whole = [one for one in pairs.values() if len(one) == 2]
    return f"  same first {np.mean([a == b for a, b in whole]):.3f} of {len(whole)}" if whole else ""


def decided_folds(case: Case, weight: float) -> NDArray[np.int64]:
    """Ranks of the choosing half, each third asked under the filter of labels and the other two thirds' texts."""
    fold = np.array([zlib.crc32(query.group.encode()) // 2 % FOLDS for query in case.queries])
    every = np.ones(len(case.sets.groups), dtype=np.bool_)
    by_labels = levelled(scatter(case.sets, every))
    found = np.zeros(len(fold), dtype=np.int64)
    for one in range(FOLDS):
        seen = [Decided(case.queries[i].text, case.vectors[i], case.right[i][0]) for i in np.flatnonzero(fold != one)]
        noise = (1 - weight) * by_labels + weight * levelled(decided_scatter(case.sets, seen, every))
        places = np.flatnonzero(fold == one)
        found[places] = asked(case, pulled(noise, STRENGTH, -1), places.tolist())[0]
    return found


def main() -> int:
    """Prints a table a suite."""
    home, *folders = (Path(arg) for arg in sys.argv[1:])
    with Workbench(load_settings(home).model_copy(update={"adapter": "off"})) as bench:
        for case, folder in ((case_of(bench, folder), folder) for folder in folders):
            seen, every = _seen_half(case.sets), np.ones(len(case.sets.groups), dtype=np.bool_)
            trials = trials_of(case.sets, ~seen)
            print(f"{folder.name}: {len(trials)} held-out names | {len(case.queries)} queries: hit@1 hit@5 MRR")
            for way, fit in WAYS.items():
                start = time.perf_counter()
                matrix = fit(case.sets, seen)
                seconds = time.perf_counter() - start
                names = ranks(case.sets, trials, Adapter(matrix.astype(np.float32), "", 0.0).apply(case.sets.vectors))
                found, first = asked(case, fit(case.sets, every), range(len(case.queries)))
                print(f"  {way:16} {told(names)} | {told(found)}{same_first(case, first)}  {seconds:.1f} s", flush=True)
            for weight in (0.5, 1.0):
                print(f"  decided {weight:<8} {'':17} | {told(decided_folds(case, weight))}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
