"""Compares two runs, suite by suite, by paired bootstrap over groups: better, worse or within noise."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, NamedTuple

import numpy as np

from firstprint.errors import FaultsError, InputError
from firstprint.evaluation.metrics.bootstrap import MIN_GROUPS_FOR_VERDICT, paired, replicate_values
from firstprint.evaluation.metrics.direction import HIGHER_IS_BETTER, nominal_of
from firstprint.evaluation.metrics.statistics import Floats
from firstprint.evaluation.outcome_files import OUTCOMES_FILE, read_outcomes
from firstprint.evaluation.outcomes import Outcomes, statistics_of, take, take_pairs
from firstprint.evaluation.records import Metric, PairOutcomes

Verdict = Literal["better", "worse", "within noise", "changed", "no longer given", "newly given", "not paired"]

SMALLEST_DIFFERENCE: Final = 5e-4
"""Half of the last digit that is shown: what is printed as +.000 is neither better nor worse. Products of other shapes,
or of another machine, add in another order: all queries may move by 1e-8 to one side, which a bootstrap finds
significant. Small losses do not add up unseen: every run is compared with the same accepted figures."""


class MetricChange(NamedTuple):
    """One metric of the product in both runs.

    Attributes:
        a: value in the first run, on the queries both have; for ``not paired``, as that run reported it.
        b: value in the second.
        difference: b − a, with its 95 % interval; None where it is not paired or nothing could be drawn.
        verdict: of b against a. ``changed``: surely another value, of a metric that has no better side.
            ``no longer given``: a has a value and b has none, which counts as a loss; ``newly given``: the
            contrary. ``not paired``: the metric needs references or a language model's texts, which outcomes
            do not keep.
    """

    metric: str
    a: float | None
    b: float | None
    difference: float | None
    low: float | None
    high: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class SuiteComparison:
    """Two runs of one suite.

    Attributes:
        shared: number of queries (texts, for a rationale run) that both have.
        only_a: number that only the first has.
        only_b: number that only the second has.
        changes: one a metric; empty where the two cannot be compared.
        notes: what a reader must know before trusting the verdicts.
        comparable: False where one run is leaky and the other is not, or task or protocol differ.
    """

    suite: str
    shared: int
    only_a: int
    only_b: int
    changes: tuple[MetricChange, ...]
    notes: tuple[str, ...]
    comparable: bool = True

    @property
    def significant_loss(self) -> bool:
        """Some metric is worse, or no longer given."""
        return any(change.verdict in ("worse", "no longer given") for change in self.changes)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs.

    Attributes:
        suites: the suites that both have.
        only_a: suites that only the first has.
        only_b: suites that only the second has.
    """

    suites: tuple[SuiteComparison, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]

    @property
    def significant_loss(self) -> bool:
        """Some suite has lost, surely."""
        return any(suite.significant_loss for suite in self.suites)


def compare(a: Path, b: Path, replicates: int = 2000, seed: int = 0) -> Comparison:
    """Compares run ``b`` with run ``a``, suite by suite.

    Args:
        a: a results folder, a baseline's JSON file, or a folder of either; the one to measure against.
        b: likewise.
        replicates: number of bootstrap replicates.
        seed: of the bootstrap; both runs see the same draws.

    Raises:
        InputError: a path holds no outcomes, or two of one suite.
        FaultsError: files of outcomes are damaged, with every fault.
    """
    first, second = _read_all(a), _read_all(b)
    return Comparison(
        suites=tuple(
            compare_outcomes(first[name], second[name], replicates, seed) for name in sorted(set(first) & set(second))
        ),
        only_a=tuple(sorted(set(first) - set(second))),
        only_b=tuple(sorted(set(second) - set(first))),
    )


def compare_outcomes(a: Outcomes, b: Outcomes, replicates: int = 2000, seed: int = 0) -> SuiteComparison:
    """Compares two runs of one suite on the queries that both have."""
    shared = sorted(set(a.ids) & set(b.ids))
    empty = SuiteComparison(
        a.suite, len(shared), len(a.ids) - len(shared), len(b.ids) - len(shared), changes=(), notes=()
    )
    reasons = _why_not(a, b) or ([] if shared else ["The two have no query in common."])
    if reasons:
        return replace(empty, notes=tuple(reasons), comparable=False)
    first, second = _aligned(a, b, shared)
    groups = len(np.unique(first.groups))
    values_a, values_b = (
        replicate_values({"": statistics_of(one)}, first.groups, replicates, seed)[""] for one in (first, second)
    )
    found = (_change(metric, values_a.get(metric), values_b.get(metric), groups) for metric in values_a | values_b)
    given = [change for change in found if change is not None]
    changes = (*given, *_not_paired(a, b, {change.metric for change in given}))
    return replace(empty, changes=changes, notes=_notes(a, b, empty, groups))


def find_outcomes(path: Path) -> tuple[Path, ...]:
    """The files of outcomes under ``path``: itself, its own ``outcomes.json``, or those of a folder of either.

    Raises:
        InputError: there is none.
    """
    if not path.is_dir():
        return (path,)  # reading it says what is wrong with it
    own = path / OUTCOMES_FILE
    if own.is_file():
        return (own,)
    inner = sorted(folder / OUTCOMES_FILE for folder in path.iterdir() if (folder / OUTCOMES_FILE).is_file())
    found = (*sorted(file for file in path.glob("*.json") if file.is_file()), *inner)
    if not found:
        raise InputError(
            f"{path} holds no run's outcomes.",
            hint=f"Give a folder in which `firstprint eval run` wrote {OUTCOMES_FILE}, or a folder of baselines.",
            code="outcomes_missing",
        )
    return found


def _read_all(path: Path) -> dict[str, Outcomes]:
    read: dict[str, Outcomes] = {}
    faults: list[str] = []
    for file in find_outcomes(path):
        try:
            got = read_outcomes(file)
        except FaultsError as error:
            faults += [f"{file.name}: {fault}" for fault in error.faults]
            continue
        if got.suite in read:
            faults.append(f"{file}: the suite {got.suite!r} is there twice")
        read[got.suite] = got
    if faults:
        raise FaultsError(
            f"{path} cannot be compared.", faults, hint="Make the files again with `firstprint eval run`."
        )
    return read


def _why_not(a: Outcomes, b: Outcomes) -> list[str]:
    reasons = []
    if a.leaky != b.leaky:
        reasons.append("One run's split is leaky and the other's is not: their figures mean different things.")
    for name, one, other in (("task", a.task, b.task), ("protocol", a.protocol, b.protocol)):
        if one != other:
            reasons.append(f"The {name} is {one!r} in the first run and {other!r} in the second.")
    return reasons


def _notes(a: Outcomes, b: Outcomes, sizes: SuiteComparison, groups: int) -> tuple[str, ...]:
    notes = []
    if a.suite_sha256 != b.suite_sha256 or sizes.only_a or sizes.only_b:
        notes.append(
            f"The suite is not the same in both runs: compared on {sizes.shared} shared ids; "
            f"{sizes.only_a} are only in the first, {sizes.only_b} only in the second."
        )
    if a.leaky:
        notes.append("Both runs' splits are leaky: the figures are better than they would be on new products.")
    if groups < MIN_GROUPS_FOR_VERDICT:
        notes.append(f"{groups} groups are too few for a verdict: it takes {MIN_GROUPS_FOR_VERDICT}.")
    return tuple(notes)


def _aligned(a: Outcomes, b: Outcomes, shared: list[str]) -> tuple[Outcomes, Outcomes]:
    """Both on the shared ids in one order, with the groups of the run that has fewer, and the pairs both have."""
    first, second = (_at_ids(one, shared) for one in (a, b))
    coarser = min((first.groups, second.groups), key=lambda groups: len(np.unique(groups)))
    pairs_a, pairs_b = _shared_pairs(first.pairs, second.pairs)
    return replace(first, groups=coarser, pairs=pairs_a), replace(second, groups=coarser, pairs=pairs_b)


def _at_ids(outcomes: Outcomes, ids: list[str]) -> Outcomes:
    place = {name: row for row, name in enumerate(outcomes.ids)}
    return take(outcomes, np.array([place[name] for name in ids], dtype=np.int64))


def _shared_pairs(a: PairOutcomes | None, b: PairOutcomes | None) -> tuple[PairOutcomes | None, PairOutcomes | None]:
    """The pairs that both have, in one order; where one run has none, both as they are."""
    if a is None or b is None:
        return a, b
    at_a, at_b = _pair_places(a), _pair_places(b)
    both = sorted(set(at_a) & set(at_b))
    return (
        take_pairs(a, np.array([at_a[ends] for ends in both], dtype=np.int64)),
        take_pairs(b, np.array([at_b[ends] for ends in both], dtype=np.int64)),
    )


def _pair_places(pairs: PairOutcomes) -> dict[tuple[int, int], int]:
    ends = zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)
    return {pair: place for place, pair in enumerate(ends)}


def _change(metric: str, a: Floats | None, b: Floats | None, groups: int) -> MetricChange | None:
    """None where neither run can give the metric from its outcomes."""
    point_a, point_b = _known(a), _known(b)
    if point_a is None and point_b is None:
        return None
    if a is None or b is None or point_a is None or point_b is None:
        lost: Verdict = "no longer given" if point_b is None else "newly given"
        return MetricChange(metric, point_a, point_b, None, None, None, lost)
    got = paired(metric, b, a, groups)
    verdict: Verdict = "within noise"
    if abs(got.difference) < SMALLEST_DIFFERENCE:
        pass
    elif got.better or got.worse:
        verdict = "better" if got.better else "worse"
    elif got.changed and not _has_side(metric):
        verdict = "changed"
    return MetricChange(metric, point_a, point_b, got.difference, got.low, got.high, verdict)


def _known(values: Floats | None) -> float | None:
    return None if values is None or math.isnan(values[0]) else float(values[0])


def _has_side(metric: str) -> bool:
    return nominal_of(metric) is not None or HIGHER_IS_BETTER.get(metric) is not None


def _not_paired(a: Outcomes, b: Outcomes, done: set[str]) -> list[MetricChange]:
    nothing = Metric(None, None, None)
    names = [name for name in (dict(a.metrics) | dict(b.metrics)) if name not in done]
    reported = [(name, a.metrics.get(name, nothing).value, b.metrics.get(name, nothing).value) for name in names]
    return [
        MetricChange(name, one, other, None, None, None, "not paired")
        for name, one, other in reported
        if one is not None or other is not None
    ]
