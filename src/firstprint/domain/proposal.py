"""The record that leaves firstprint: a proposal with its candidates, opinions, rationale and provenance.

Field names are contracts (PRODUCT.md); other programs read them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from firstprint.domain.product import Product, Record

FlagCode = Literal[
    "no_match",
    "ambiguous",
    "routes_disagree",
    "unit_missing_mass",
    "geography_fallback",
    "outdated_dataset",
    "boundary_mismatch",
    "spend_based",
    "wide_interval",
    "restricted_licence",
    "out_of_domain",
    "rationale_fallback",
]
Decision = Literal["match", "ambiguous", "no_match"]
Status = Literal["proposed", "confirmed", "overridden", "rejected", "superseded"]
PushedFact = Literal["mass_kg", "geography", "category"]
CheckResult = Literal["ok", "failed", "not_run"]


class Scores(Record):
    """What speaks for a candidate, each between 0 and 1.

    Attributes:
        dense: cosine of the encoder between the text and the dataset's best label.
        lexical: character n-gram cosine of the best label.
        memory: similarity to a text a human confirmed for this dataset.
        rejected: similarity to a text for which a human rejected this dataset.
        fit: product of the fit terms (unit, geography, boundary, basis, age, phase, variant, licence).
    """

    dense: float
    lexical: float
    memory: float
    fit: float
    rejected: float = 0.0


class FitTerm(Record):
    """One reason a dataset suits the product or does not: a score from 0 to 1 and a line in each language."""

    term: str
    score: float
    reason_en: str
    reason_zh: str


class Reason(Record):
    """One thing that speaks for a candidate, or against it, in a line of each language.

    Attributes:
        kind: what it is about: ``label`` (the text of the dataset that matched), ``words`` (what both texts share),
            ``meaning`` (the encoder), ``memory`` (a decision of a human), ``conversion``, or a fit term's name.
        favours: it speaks for the candidate; False where it speaks against it.
    """

    kind: str
    favours: bool
    text_en: str
    text_zh: str


class DataQuality(Record):
    """PACT data quality ratings, 1 best to 5."""

    technological: int = Field(ge=1, le=5)
    geographical: int = Field(ge=1, le=5)
    temporal: int = Field(ge=1, le=5)


class StageShare(Record):
    """A life cycle stage of a dataset: kg CO2e per unit of the dataset, and its share of the value.

    Attributes:
        stage: ``materials``, ``production``, ``distribution``, ``use`` or ``end_of_life``.
    """

    stage: str
    kg_co2e: float
    share: float


class Candidate(Record):
    """A dataset put before the reviewer as a possible proxy.

    Attributes:
        gwp100_kg_co2e: emission factor per ``unit``, or None for a dataset without a result.
        similarity: the fused text similarity, 0 to 1 (not a probability).
        acceptance_probability: calibrated probability that a human accepts this dataset.
        kg_co2e: footprint of the declared unit by this dataset, or None when no conversion exists.
        conversion: each step from declared unit to reference flow, as readable equations.
        warnings: what a reader must know before using this row.
        matched_label: the label that matched best.
        reasons: why this one, and what speaks against it, strongest first.
        fit: the fit terms behind ``scores.fit``.
        citation: where the value was published.
        stages: what its value is made of, where its source says so; ``kg_co2e`` counts all of them.
    """

    rank: int
    dataset_id: str
    name: str
    name_zh: str = ""
    geography: str
    unit: str
    gwp100_kg_co2e: float | None
    system_boundary: str
    basis: str
    source: str
    source_version: str
    licence: str
    year: int | None
    similarity: float
    scores: Scores
    acceptance_probability: float
    kg_co2e: float | None
    conversion: tuple[str, ...] = ()
    dqr: DataQuality
    warnings: tuple[str, ...] = ()
    matched_label: str = ""
    reasons: tuple[Reason, ...] = ()
    fit: tuple[FitTerm, ...] = ()
    citation: str = ""
    url: str = ""
    uncertainty_pct: float | None = None
    stages: tuple[StageShare, ...] = ()


class Neighbour(Record):
    """A reference the surrogate leans on, with its weight in the prediction.

    Attributes:
        source: who published it; empty where the model was trained before it was kept and no catalogue has it.
        licence: under which it may be used; empty likewise.
    """

    id: str
    name: str
    kg_co2e_per_unit: float
    weight: float
    source: str = ""
    licence: str = ""


class AssumedMass(Record):
    """The mass of one piece that was assumed because none was stated, kg, with its interval at ``coverage``."""

    mass_kg: float
    low: float
    high: float
    coverage: float


class Push(Record):
    """Where a stated fact pushes the model's estimate: the estimate with it, divided by the one without it."""

    fact: PushedFact
    factor: float


class SurrogateOpinion(Record):
    """The model's own estimate, independent of the matched dataset.

    Attributes:
        neighbours: the references it leans on most, each with its share and its own value.
        assumed_mass: of one piece, where a mass was needed and none was stated.
        pushes: of the stated mass, geography and category; above 1 where the fact raises the estimate.
    """

    kg_co2e: float
    low: float
    high: float
    coverage: float
    model_id: str
    neighbours: tuple[Neighbour, ...] = ()
    assumed_mass: AssumedMass | None = None
    pushes: tuple[Push, ...] = ()


class Estimate(Record):
    """The proposed footprint per declared unit, with its interval at the stated coverage.

    Attributes:
        basis: ``combined``, ``proxy`` or ``surrogate``: the route or routes behind the number.
    """

    kg_co2e: float
    low: float
    high: float
    coverage: float
    basis: Literal["combined", "proxy", "surrogate"]


class Flag(Record):
    """One thing a reviewer must see, from a closed list of codes."""

    code: FlagCode
    message: str


class NextMeasurement(Record):
    """The missing fact that would narrow the interval most; ``interval_factor_after`` is √(high/low) then."""

    what: str
    why: str
    interval_factor_after: float


class Checks(Record):
    """What the guard found in the rationale's text."""

    numbers: CheckResult
    datasets: CheckResult
    relations: CheckResult


class Rationale(Record):
    """Why this proxy and this number, in words. ``generated_by`` is ``template`` or ``llm``."""

    text: str
    language: str
    generated_by: Literal["template", "llm"]
    citations: tuple[str, ...]
    checks: Checks


class LanguageModelStep(Record):
    """One optional step that a language model was asked for; it may widen or reorder, never add a dataset.

    Attributes:
        step: ``expansion`` or ``reordering``.
        prompt_sha256: checksum of the prompt file.
        llm: the model asked.
        used: its answer took part; False where the step fell back to going without.
        reason: why not, empty where it was used.
        detail: what it gave: the terms of an expansion, or the order it preferred, as readable text.
        seconds: how long it took.
    """

    step: Literal["expansion", "reordering"]
    prompt_sha256: str
    llm: str
    used: bool
    reason: str = ""
    detail: str = ""
    seconds: float


class Provenance(Record):
    """Everything needed to make the record again.

    Attributes:
        supersedes: id of the proposal whose place this one takes, because the catalogue has moved; None without one.
    """

    software: str
    catalogue_sha256: str
    index_id: str
    embedding_model: str
    surrogate_id: str
    ranker_id: str
    prompt_sha256: str | None
    llm: str | None
    created: str
    llm_steps: tuple[LanguageModelStep, ...] = ()
    supersedes: str | None = None


class Proposal(Record):
    """One product, one proposed footprint. Nothing in it is final until a human decides."""

    id: str
    status: Status = "proposed"
    product: Product
    estimate: Estimate | None
    candidates: tuple[Candidate, ...]
    decision: Decision
    surrogate: SurrogateOpinion | None
    flags: tuple[Flag, ...]
    next_measurement: NextMeasurement | None
    rationale: Rationale
    provenance: Provenance


class MatchResult(Record):
    """Ranked dataset matches for one text, and whether the first may be taken."""

    query: str
    candidates: tuple[Candidate, ...]
    decision: Decision
    provenance: Provenance
