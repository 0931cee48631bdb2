"""Small invented runs for the tests of metrics, results and comparisons."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from firstprint.evaluation.metrics.bootstrap import metrics_of
from firstprint.evaluation.records import (
    PRODUCT,
    Band,
    EstimateRun,
    EstimateSystem,
    MatchRun,
    MatchSystem,
    PairOutcomes,
    Query,
    Run,
    Suite,
    SuiteResult,
    Warned,
)


def match_system(rank, accepted, confidence, probability=None, name=PRODUCT):
    return MatchSystem(
        name=name,
        rank=np.array(rank, dtype=np.int64),
        accepted=np.array(accepted, dtype=bool),
        confidence=np.array(confidence, dtype=np.float64),
        probability=None if probability is None else np.array(probability, dtype=np.float64),
        first=tuple(f"d{row}" for row in range(len(rank))),
        first_name=tuple(f"Dataset {row}" for row in range(len(rank))),
    )


def match_run(answerable, *systems, groups=None, pairs=None):
    count = len(answerable)
    names = groups if groups is not None else [f"g{row}" for row in range(count)]
    return MatchRun(
        np.array(names, dtype=np.str_), np.array(answerable, dtype=bool), systems, ("match",) * count, pairs
    )


def random_match_run(seed, count=40, groups=12, systems=(PRODUCT, "bm25")):
    random = np.random.default_rng(seed)
    answerable = random.random(count) < 0.7
    made = []
    for name in systems:
        rank = np.where(answerable, random.choice([0, 1, 2, 7, 30], count), 0)
        accepted = (rank == 1) | (random.random(count) < 0.1)
        # One decimal: ties are common.
        confidence, probability = random.random(count).round(1), random.random(count).round(1)
        made.append(match_system(rank, accepted, confidence, probability, name))
    left = np.arange(0, count - 1, 2)
    pairs = PairOutcomes(left, left + 1, random.random(len(left)) < 0.5, random.normal(0, 0.2, len(left)))
    names = [f"g{group}" for group in random.integers(0, groups, count)]
    return match_run(answerable, *made, groups=names, pairs=pairs)


def random_estimate_run(seed, count=40, groups=12, systems=(PRODUCT, "median"), noise=0.4):
    random = np.random.default_rng(seed)
    reference = random.normal(0, 1, count).round(1)
    made = []
    for name in systems:
        value = reference + random.normal(0, noise, count).round(2)
        value[random.random(count) < 0.1] = np.nan
        half = random.uniform(0.2, 0.8, count)
        made.append(
            EstimateSystem(name, value, Band(value - half, value + half), Band(value - 2 * half, value + 2 * half))
        )
    names = np.array([f"g{group}" for group in random.integers(0, groups, count)])
    low_high = Band(reference - 0.3, reference + 0.3)
    return EstimateRun(
        names, reference, tuple(made), ("",) * count, ("",) * count, ("wide_interval",) * count, low_high
    )


def take_match(run, rows):
    """The run with exactly these rows, repeated as often as they stand there; without pairs."""
    systems = tuple(
        match_system(one.rank[rows], one.accepted[rows], one.confidence[rows], one.probability[rows], one.name)
        for one in run.systems
    )
    return match_run(run.answerable[rows], *systems, groups=run.groups[rows])


def take_estimate(run, rows):
    systems = tuple(
        EstimateSystem(
            one.name,
            one.log10_value[rows],
            Band(one.band80.low[rows], one.band80.high[rows]),
            Band(one.band90.low[rows], one.band90.high[rows]),
        )
        for one in run.systems
    )
    low_high = Band(run.low_high.low[rows], run.low_high.high[rows])
    return EstimateRun(run.groups[rows], run.log10_reference[rows], systems, low_high=low_high)


def result_of(run: Run, queries=None, name="kitchen", replicates=200, **suite_fields) -> SuiteResult:
    task = "match" if isinstance(run, MatchRun) else "estimate" if isinstance(run, EstimateRun) else "rationale"
    asked = queries or tuple(
        Query(id=f"q{row}", text=f"cup {row}", group=str(group), relevant=("d1",), reference_kg_co2e=1.0, unit="kg")
        for row, group in enumerate(run.groups)
    )
    fields = {"protocol": "zero-shot", "catalogue": "default", "sha256": "ab" * 32} | suite_fields
    suite = Suite(folder=Path("nowhere"), name=name, task=task, queries=asked, **fields)
    got = metrics_of(run, replicates)
    return SuiteResult(
        suite=suite,
        run=run,
        metrics=got.product,
        baselines=got.others,
        differences=got.differences,
        warnings=(Warned("text_in_training", 2, "Two texts occur in training data."),),
        seconds={"match": 1.5, "total": 2.5},
        provenance={"software": "firstprint 0.1.0", "language_model": None},
        bootstrap=replicates,
    )
