"""A bill of materials: its template and rows as they come in, and the record that leaves firstprint.

Field names of the record are contracts (``docs/bom.schema.json``); other programs read them.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from pydantic import Field

from firstprint.domain.product import DeclaredUnit, Record, SystemBoundary
from firstprint.domain.proposal import Decision, FlagCode, Provenance

LineBasis = Literal["supplier", "combined", "proxy", "surrogate", "sum", "none"]
LineStatus = Literal["proposed", "given", "sum", "cut_off", "open"]
CutOffReason = Literal["marked", "outside_boundary", "no_number"]
BillFlagCode = Literal[
    "draft_template",
    "lines_without_number",
    "cut_offs",
    "mass_balance",
    "mass_missing",
    "mass_assumed",
    "surrogate_only",
    "ambiguous_lines",
    "routes_disagree_lines",
    "supplier_on_parent",
    "stage_empty",
    "wide_interval",
    "restricted_licence",
]


class TemplateStage(NamedTuple):
    """One stage of a template.

    Attributes:
        id: stable name, as files may give it.
        name_en: for readers of English.
        name_zh: for readers of Chinese.
        boundary: system boundary that datasets of its lines are asked for.
        in_mass: its lines end up in the product and count in the mass balance.
        excluded: outside the template's boundary; its lines are listed as cut off.
        dimensions: a line without a stage whose unit is of one of these dimensions belongs here.
        aliases: other spellings, in lower case.
    """

    id: str
    name_en: str
    name_zh: str
    boundary: SystemBoundary = "cradle_to_gate"
    in_mass: bool = False
    excluded: bool = False
    dimensions: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """The stage's name for a reader of ``language``."""
        return self.name_zh if language == "zh" else self.name_en


class TemplateInput(NamedTuple):
    """A fact about the product that a template computes its functional unit from."""

    name: str
    unit: str
    meaning_en: str
    meaning_zh: str


class FunctionalUnitRule(NamedTuple):
    """How much service one product gives: any of ``products`` whose inputs are all known, multiplied."""

    unit: str
    name_en: str
    name_zh: str
    inputs: tuple[TemplateInput, ...]
    products: tuple[tuple[str, ...], ...]


class Template(NamedTuple):
    """A data file of ``index/templates``: stages, boundary and, where it has one, functional unit."""

    id: str
    name_en: str
    name_zh: str
    boundary: SystemBoundary
    draft: bool
    default_stage: str
    stages: tuple[TemplateStage, ...]
    functional_unit: FunctionalUnitRule | None
    basis_en: str
    basis_zh: str
    sha256: str

    def stage(self, stage_id: str) -> TemplateStage:
        """The stage of an id that the template is known to have."""
        return next(one for one in self.stages if one.id == stage_id)

    def name(self, language: str) -> str:
        """The template's name for a reader of ``language``."""
        return self.name_zh if language == "zh" else self.name_en


class BillRow(NamedTuple):
    """One checked row of a bill.

    Attributes:
        row: its number in the file, as a spreadsheet shows it.
        id: of the row, unique in the bill.
        parent: id of the row it is part of, or None.
        level: depth below the top, 0 there.
        component: what it is, in the user's words.
        material: what it is made of, in the user's words, or empty.
        amount: of ``unit``, in one of its parent; None only where it is cut off or has parts without one.
        unit: canonical.
        mass_kg: of one piece (or of one ``unit`` that is no mass), or None.
        stage: id of a stage of the template.
        geography: code or None.
        supplier_kg_co2e: given by the supplier for one ``unit``, or None.
        cut_off: the user leaves it out.
        assumed: what the reader took for granted, as codes.
    """

    row: int
    id: str
    parent: str | None
    level: int
    component: str
    material: str
    amount: float | None
    unit: str
    mass_kg: float | None
    stage: str
    geography: str | None
    supplier_kg_co2e: float | None
    cut_off: bool
    assumed: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is searched for: the material before the thing made of it."""
        return f"{self.material} {self.component}".strip()


class ColumnUse(Record):
    """Which column of the file was read as what, and whether it was guessed from its heading."""

    column: str
    header: str
    guessed: bool
    unit: str = ""


class Footprint(Record):
    """A sum of lines with its interval.

    Attributes:
        kg_co2e: the sum of the lines' own values.
        median_kg_co2e: middle of the simulated sums; above ``kg_co2e`` where wide lines are added up, because such
            lines can be wrong upwards by more than downwards.
    """

    kg_co2e: float
    low: float
    high: float
    coverage: float
    median_kg_co2e: float


class LineResult(Record):
    """One line of a bill with the number it got and everything that number rests on.

    Attributes:
        amount: as stated, in one of its parent.
        total_amount: in the whole bill, quantities of the parents multiplied.
        total_mass_kg: mass of ``total_amount``, or None where unknown or where it is no thing.
        kg_co2e: of ``total_amount``; of a parent the sum of its parts; None where there is no number.
        share: of the bill's total, 0 to 1; None without a number.
        basis: where the number comes from; ``sum`` for a parent.
        status: ``proposed`` until a person confirms it, ``given`` for a supplier's value.
        conversion: each step from the amount to the number, as readable equations.
        warnings: what a reader must know of the dataset, in the answer's language.
        assumed: what was taken for granted about the line.
    """

    row: int
    id: str
    parent: str | None
    level: int
    component: str
    material: str = ""
    amount: float | None
    unit: str
    total_amount: float | None
    total_mass_kg: float | None
    stage: str
    geography: str | None
    kg_co2e: float | None
    low: float | None
    high: float | None
    share: float | None
    basis: LineBasis
    status: LineStatus
    decision: Decision | None = None
    dataset_id: str | None = None
    dataset_name: str = ""
    dataset_name_zh: str = ""
    dataset_geography: str = ""
    dataset_unit: str = ""
    emission_factor_kg_co2e: float | None = None
    acceptance_probability: float | None = None
    source: str = ""
    source_version: str = ""
    licence: str = ""
    citation: str = ""
    conversion: tuple[str, ...] = ()
    flags: tuple[FlagCode, ...] = ()
    warnings: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()


class StageResult(Record):
    """The lines of one stage together; ``lines`` counts those with a number."""

    id: str
    name_en: str
    name_zh: str
    excluded: bool
    lines: int
    footprint: Footprint | None
    share: float | None


class CutOff(Record):
    """A line that is not in the number, and why."""

    row: int
    component: str
    amount: float | None
    unit: str
    stage: str
    reason: CutOffReason
    mass_kg: float | None


class MassBalance(Record):
    """Masses of the parts against the product's.

    Attributes:
        parts_kg: sum over the lines that end up in the product.
        product_kg: stated mass of the product, or None.
        without_mass: rows in the product whose mass is not known.
        ok: parts and product agree within the tolerance; None where it cannot be told.
    """

    parts_kg: float
    product_kg: float | None
    without_mass: tuple[int, ...]
    cut_off_kg: float
    tolerance: float
    ok: bool | None


class FunctionalUnit(Record):
    """The footprint per unit of service that a template asks for."""

    unit: str
    name_en: str
    name_zh: str
    amount: float = Field(gt=0, description="Service that one product gives over its life, in ``unit``.")
    computed: str
    footprint: Footprint | None


class TemplateUse(Record):
    """The template a bill was calculated by."""

    id: str
    name_en: str
    name_zh: str
    boundary: SystemBoundary
    draft: bool
    basis_en: str
    basis_zh: str
    sha256: str


class BillFlag(Record):
    """One thing a reviewer of a bill must see, with the rows it is about."""

    code: BillFlagCode
    message: str
    rows: tuple[int, ...] = ()


class LineMeasurement(Record):
    """The line whose exact value would narrow the bill's interval most; factors are √(high/low)."""

    row: int
    component: str
    interval_factor_now: float
    interval_factor_after: float


class SourceUse(Record):
    """A source behind some lines, with the terms its numbers come under."""

    source: str
    version: str
    licence: str
    citations: tuple[str, ...]
    rows: tuple[int, ...]


class Simulation(Record):
    """How the intervals were made, so that they can be made again."""

    method: str
    draws: int
    seed: int


class BillResult(Record):
    """One product's bill of materials, calculated. Nothing in it is final until a human decides.

    Attributes:
        complete: every line that is not cut off on purpose has a number.
        primary_share: share of the total that suppliers gave, 0 to 1; None without a total.
        columns: how the file was read.
        notes: what was assumed in reading the file.
    """

    id: str
    status: Literal["proposed"] = "proposed"
    product: str
    language: Literal["en", "zh"]
    declared_unit: DeclaredUnit
    mass_kg: float | None
    geography: str | None
    file: str
    template: TemplateUse
    footprint: Footprint | None
    functional_unit: FunctionalUnit | None
    complete: bool
    primary_share: float | None
    stages: tuple[StageResult, ...]
    lines: tuple[LineResult, ...]
    cut_offs: tuple[CutOff, ...]
    mass_balance: MassBalance
    flags: tuple[BillFlag, ...]
    next_measurement: LineMeasurement | None
    sources: tuple[SourceUse, ...]
    columns: tuple[ColumnUse, ...]
    notes: tuple[str, ...]
    simulation: Simulation
    provenance: Provenance


class DraftLine(Record):
    """A line that someone must complete: a name, never an amount.

    Attributes:
        status: always ``draft``.
        origin: where the name comes from: the file of compositions, or a language model.
    """

    component: str
    material: str
    unit: str
    stage: str
    origin: Literal["composition", "language_model"]
    status: Literal["draft"] = "draft"


class BillDraft(Record):
    """A list of components proposed for a product, without amounts.

    Attributes:
        like: the kind of product whose usual parts these are; empty where none is like it.
        similarity: of the description to that kind, a cosine.
        llm: the model that named lines, or None.
        reason: why the model's names were not used; empty otherwise.
    """

    product: str
    language: Literal["en", "zh"]
    template: str
    like: str
    similarity: float
    lines: tuple[DraftLine, ...]
    llm: str | None = None
    prompt_sha256: str | None = None
    reason: str = ""
