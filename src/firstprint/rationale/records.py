"""What the code knows about one estimate, in a form that sentences are made of and checked against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from firstprint.domain.product import Language, Product
from firstprint.domain.proposal import Candidate, Decision, Estimate, Flag, NextMeasurement, SurrogateOpinion
from firstprint.rationale.formatting import format_factor, format_percent, format_quantity
from firstprint.wording import unit_words

CO2E = "kg CO2e"

FactKind = Literal[
    "product",
    "first_candidate",
    "ambiguous",
    "no_match",
    "conversion",
    "proxy_result",
    "no_proxy_result",
    "surrogate",
    "references",
    "proxy_vs_surrogate",
    "combined",
    "no_estimate",
    "runner_up",
    "assumption",
    "flag",
    "next_measurement",
]

Role = Literal[
    "declared_amount",
    "mass",
    "emission_factor",
    "year",
    "valid_until",
    "similarity",
    "uncertainty",
    "acceptance",
    "conversion",
    "result",
    "low",
    "high",
    "coverage",
    "span",
    "half_span",
    "next_span",
    "next_half_span",
    "reference_value",
    "reference_weight",
    "assumption",
]


@dataclass(frozen=True, slots=True)
class RationaleInput:
    """A draft of the record, all numbers final, that a rationale is written for.

    Attributes:
        assumptions: what was not stated and had to be assumed: the field's name (``mass_kg``, ``geography``,
            ``declared_unit``, ``system_boundary``, ``year``, ``amount``) or a sentence of its own.
    """

    product: Product
    decision: Decision
    estimate: Estimate | None
    candidates: tuple[Candidate, ...]
    surrogate: SurrogateOpinion | None
    flags: tuple[Flag, ...] = ()
    next_measurement: NextMeasurement | None = None
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number a text may state, with what it is and whose it is.

    Attributes:
        role: what the number is.
        value: the number, not rounded.
        unit: a canonical unit, ``kg CO2e``, ``%`` (value in percent), ``factor``, ``year``, or empty.
        per: the unit it is divided by, for an emission factor; else empty.
        subject: whose it is: ``product``, ``candidate:2``, ``surrogate``, ``combined``, ``reference:1``, ``next``.
        assumed: it was not stated by the user.
    """

    role: Role
    value: float
    unit: str
    subject: str
    per: str = ""
    assumed: bool = False

    @property
    def number(self) -> str:
        """The rounded number alone."""
        if self.unit == "%":
            return format_percent(self.value / 100)
        if self.unit == "factor":
            return format_factor(self.value)
        if self.unit == "year":
            return str(int(self.value))
        return format_quantity(self.value, figures=2 if self.role == "similarity" else 3)

    def text(self, language: str) -> str:
        """The rounded number with its unit, as a sentence of ``language`` carries it."""
        if self.unit == "%":
            return f"{self.number}%" if language == "zh" else f"{self.number} %"
        if self.unit in {"factor", "year", ""}:
            return self.number
        unit = unit_words(self.unit, language)
        return f"{self.number} {unit}/{unit_words(self.per, language)}" if self.per else f"{self.number} {unit}"


@dataclass(frozen=True, slots=True)
class Relation:
    """How the result of one subject compares with that of another.

    Attributes:
        relation: ``above``, ``below`` or ``equal`` (less than one percent apart).
        ratio: the subject's result divided by the object's.
        percent: how far the subject lies from the object, in percent of the object.
        factor: the larger of the two divided by the smaller.
    """

    subject: str
    relation: Literal["above", "below", "equal"]
    object: str
    ratio: float

    @property
    def percent(self) -> float:
        """Distance from the object in percent of the object, without a sign."""
        return abs(self.ratio - 1) * 100

    @property
    def factor(self) -> float:
        """The larger divided by the smaller."""
        return max(self.ratio, 1 / self.ratio)


@dataclass(frozen=True, slots=True)
class Entity:
    """A dataset, reference or product that a text may name, and what belongs to it."""

    key: str
    names: tuple[str, ...]
    source: str = ""
    source_version: str = ""
    geography: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is true of the estimate, stated in both languages.

    Attributes:
        kind: which fact.
        en: a full English sentence.
        zh: a full Chinese sentence.
        slots: its numbers by name.
        datasets: keys of the entities it names.
        relations: the comparisons it makes.
        clause_en: the same without frame, for a sentence that joins several facts of one kind.
        clause_zh: likewise in Chinese.
    """

    kind: FactKind
    en: str
    zh: str
    slots: Mapping[str, Quantity] = field(default_factory=dict)
    datasets: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()
    clause_en: str = ""
    clause_zh: str = ""

    def statement(self, language: Language) -> str:
        """The fact as a sentence of ``language``."""
        return self.zh if language == "zh" else self.en

    def clause(self, language: Language) -> str:
        """The fact without its frame."""
        return self.clause_zh if language == "zh" else self.clause_en


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts of one estimate, in the order they are told, and what a checker needs to look them up.

    Attributes:
        facts: the facts in order.
        quantities: every number that may be stated, also those that only some sentences use.
        relations: every comparison that may be stated with a number.
        results: the footprint of each subject that has one, kg CO2e per declared unit.
        entities: what may be named.
        allowed_texts: further texts whose words and names may be repeated (description, category, equations).
        assumed: names of the fields that were assumed.
        basis: the route or routes behind the estimate, or None without one.
        boundaries: the boundary asked for and those of the datasets.
        bases: what the datasets rest on: ``process``, ``spend`` and so on.
    """

    facts: tuple[Fact, ...]
    quantities: tuple[Quantity, ...]
    relations: tuple[Relation, ...]
    results: Mapping[str, float]
    entities: tuple[Entity, ...]
    decision: Decision
    flags: frozenset[str]
    assumed: frozenset[str]
    equations: tuple[str, ...]
    allowed_texts: tuple[str, ...]
    citations: tuple[str, ...]
    basis: str | None = None
    boundaries: frozenset[str] = frozenset()
    bases: frozenset[str] = frozenset()

    def of_kind(self, kind: FactKind) -> tuple[Fact, ...]:
        """The facts of one kind, in order."""
        return tuple(fact for fact in self.facts if fact.kind == kind)
