"""What passes between the parts of an evaluation run: suites in, outcomes of every system, results out.

All arrays follow the order of ``Suite.queries``. A *system* is the product or a baseline; the product comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Task = Literal["match", "estimate", "rationale"]
Protocol = Literal["zero-shot", "with-decisions", "cross-fit"]

PRODUCT = "firstprint"
"""Name of the product among the systems of a run."""
PARTS = ("route: ", "ceiling: ")
"""How names begin of systems that are no baselines: the product's own routes, and what no estimate can be expected to
beat. They answer some queries only, and are judged on these."""
DEPTH = 50
"""Ranks are looked for among this many datasets; what stands farther down counts as not found."""


@dataclass(frozen=True, slots=True)
class Query:
    """One row of ``queries.csv``.

    Attributes:
        group: never split between what is learned from and what is asked; the unit of the bootstrap.
        relevant: right dataset ids; empty when abstaining is right.
        acceptable: further ids an annotator accepted.
        held_out: dataset ids that this query must not see (column ``held_out``): rows its reference was taken from.
        pair: rows of one pair are the same product put differently (column ``pair``), or empty.
        extra: every other column, by name.
        line: line number in ``queries.csv``, for messages.
    """

    id: str
    text: str
    group: str
    language: str | None = None
    geography: str | None = None
    unit: str | None = None
    amount: float = 1.0
    mass_kg: float | None = None
    category: str | None = None
    relevant: tuple[str, ...] = ()
    acceptable: tuple[str, ...] = ()
    reference_kg_co2e: float | None = None
    held_out: tuple[str, ...] = ()
    pair: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite folder, read and free of faults.

    Attributes:
        catalogue: ``default``, the path of the suite's own catalogue, or None (estimates by the surrogate alone).
        folds: number of grouped folds; 0 leaves one group out at a time; unused by ``zero-shot``.
        sha256: over ``suite.toml``, ``queries.csv`` and the suite's own catalogue or records.
        leaky: the split is random and was asked for knowingly.
    """

    folder: Path
    name: str
    task: Task
    protocol: Protocol
    catalogue: Literal["default"] | Path | None
    queries: tuple[Query, ...]
    sha256: str
    folds: int = 5
    seed: int = 0
    licence: str = ""
    source: str = ""
    description: str = ""
    leaky: bool = False


class Warned(NamedTuple):
    """Something a reader must know before trusting the figures."""

    code: str
    rows: int
    message: str


@dataclass(frozen=True, slots=True)
class MatchSystem:
    """One system's answers to a match suite.

    Attributes:
        rank: int64 (n,), 1-based rank of the first relevant dataset, 0 when it is not among the first ``DEPTH``.
        accepted: bool (n,), the first candidate is relevant or acceptable.
        confidence: float64 (n,), orders the queries by how sure the system is; −inf where it found nothing.
        probability: float64 (n,) in [0, 1], that the first candidate is accepted; None for systems without one.
        first: dataset id of the first candidate, empty where there is none.
        first_name: its name.
    """

    name: str
    rank: NDArray[np.int64]
    accepted: NDArray[np.bool_]
    confidence: NDArray[np.float64]
    probability: NDArray[np.float64] | None
    first: tuple[str, ...]
    first_name: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatchRun:
    """All systems on one match suite.

    Attributes:
        groups: group of each query, str (n,).
        answerable: bool (n,), a relevant dataset exists; where False abstaining is right.
        decisions: the product's ``match``, ``ambiguous`` or ``no_match``, one a query.
        pairs: the product's parity, where the suite has pairs.
    """

    groups: NDArray[np.str_]
    answerable: NDArray[np.bool_]
    systems: tuple[MatchSystem, ...]
    decisions: tuple[str, ...] = ()
    pairs: PairOutcomes | None = None


@dataclass(frozen=True, slots=True)
class PairOutcomes:
    """Pairs of queries that are the same product put differently.

    Attributes:
        left: int64 (m,), positions of the first query of each pair.
        right: int64 (m,), positions of the second.
        same_first: bool (m,), both have the same first dataset.
        log10_ratio: float64 (m,), log10 of the second estimate over the first, each for its declared amount, which is
            the same physical amount; NaN where one has no estimate.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    same_first: NDArray[np.bool_]
    log10_ratio: NDArray[np.float64]


class Band(NamedTuple):
    """Interval ends in log10 kg CO2e, float64 (n,) each; NaN where there is none."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EstimateSystem:
    """One system's answers to an estimate suite, for each query's declared amount and unit.

    Attributes:
        log10_value: float64 (n,), log10 kg CO2e; NaN where the system has no estimate.
        band80: interval at 80 %, or None for systems without one.
        band90: interval at 90 %, or None.
    """

    name: str
    log10_value: NDArray[np.float64]
    band80: Band | None = None
    band90: Band | None = None


@dataclass(frozen=True, slots=True)
class EstimateRun:
    """All systems on one estimate suite.

    Attributes:
        groups: group of each query, str (n,).
        log10_reference: float64 (n,), log10 kg CO2e of the declared amount.
        systems: the product (the combined estimate) first; its routes and the baselines after it.
        proxy: dataset id the product's proxy route used, empty where none; one a query.
        proxy_name: its name.
        flags: the product's flag codes, ``|``-separated; one a query.
        low_high: plausible or published range in log10, where the suite has columns ``reference_low`` and
            ``reference_high``; NaN where a query has none.
        distance: float64 (n,), 1 − cosine to the nearest reference the surrogate that was asked learned from; NaN
            where none answered. None where no surrogate was asked.
    """

    groups: NDArray[np.str_]
    log10_reference: NDArray[np.float64]
    systems: tuple[EstimateSystem, ...]
    proxy: tuple[str, ...] = ()
    proxy_name: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    low_high: Band | None = None
    distance: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class RationaleRun:
    """The guard on true and on corrupted texts, and a language model's rationales where one is configured.

    Attributes:
        groups: group of each text, str (n,).
        kind: ``template`` or ``paraphrase`` for true texts, the corruption's rule for the others; one a text.
        true: bool (n,), the text is true.
        alarm: bool (n,), the guard refused it.
        language: ``en`` or ``zh``, one a text.
        texts: the texts themselves.
        reasons: what the guard said, empty where it passed.
        generated: the language model's rationales; empty where none is configured.
    """

    groups: NDArray[np.str_]
    kind: tuple[str, ...]
    true: NDArray[np.bool_]
    alarm: NDArray[np.bool_]
    language: tuple[str, ...]
    texts: tuple[str, ...]
    reasons: tuple[str, ...]
    generated: tuple[Generated, ...] = ()


class Generated(NamedTuple):
    """One rationale asked of a language model.

    Attributes:
        passed: the guard and the completeness check let it through.
        text: what the model wrote, also where it was refused; empty where nothing came.
        reason: why it was refused, empty where it passed.
        seconds: wall time of the request.
    """

    query_id: str
    passed: bool
    text: str
    reason: str
    seconds: float


Run = MatchRun | EstimateRun | RationaleRun


class Metric(NamedTuple):
    """A figure with its 95 % interval; None where the suite cannot give it (no abstention query, no interval …)."""

    value: float | None
    low: float | None
    high: float | None


Metrics = Mapping[str, Metric]


class Difference(NamedTuple):
    """Product minus the best baseline on one metric, by paired bootstrap over groups.

    Attributes:
        better: the whole interval is on the better side; ``worse`` likewise; neither: within noise.
    """

    metric: str
    baseline: str
    difference: float
    low: float
    high: float
    better: bool
    worse: bool


class Distances(NamedTuple):
    """Smallest and largest distance to the training data among the queries of a part."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ConditionalCoverage:
    """How often one system's intervals hold the reference in one part of an estimate suite.

    Attributes:
        system: the product or a route.
        by: ``distance`` (a quarter of the distances to the training data) or ``category``.
        part: the category's name; empty for a quarter of the distance.
        distance: ends of the quarter, or None.
        n: queries of the part that have an interval and a reference.
        groups: groups among them.
        metrics: ``coverage@0.8``, ``coverage@0.9`` and the same as the mean of the groups.
    """

    system: str
    by: str
    part: str
    distance: Distances | None
    n: int
    groups: int
    metrics: Metrics


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """Everything one suite's run gave.

    Attributes:
        metrics: of the product.
        baselines: of every other system, by its name.
        differences: product against the best baseline, one a metric.
        seconds: wall time of the run, by step, and ``total``.
        provenance: software, catalogue, index, encoder, surrogate, ranker, language model, suite checksum, date.
        conditional: coverage by part, of an estimate suite.
    """

    suite: Suite
    run: Run
    metrics: Metrics
    baselines: Mapping[str, Metrics]
    differences: tuple[Difference, ...]
    warnings: tuple[Warned, ...]
    seconds: Mapping[str, float]
    provenance: Mapping[str, str | None]
    bootstrap: int = 1000
    conditional: tuple[ConditionalCoverage, ...] = ()
