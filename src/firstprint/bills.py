"""Bills of materials, from checked rows to one footprint: the facade, and the order of its steps.

rows → quantities down the tree → each line's number → sums with their interval → checks → record
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from firstprint.assistant import Assistant
from firstprint.bill_checks import Checked, bill_flags, mass_balance, with_masses_left
from firstprint.bill_lines import Asked, Line, Progress, calculated, with_sums
from firstprint.domain.bill_of_materials import (
    BillResult,
    BillRow,
    Footprint,
    FunctionalUnit,
    LineMeasurement,
    LineResult,
    Simulation,
    SourceUse,
    StageResult,
    Template,
    TemplateUse,
)
from firstprint.domain.product import DeclaredUnit, Language
from firstprint.domain.proposal import Provenance
from firstprint.errors import InputError
from firstprint.estimation.bill_of_materials import (
    SEED,
    Simulated,
    most_worth_measuring,
    simulate,
    subtotals,
    total,
)
from firstprint.geography import normalise_geography
from firstprint.importers.bill_of_materials import ReadBill
from firstprint.language import detect_language, writing_language
from firstprint.routes import COVERAGE
from firstprint.units import dimension, format_number, parse_unit

_METHOD = "correlated lognormal lines, antithetic draws"


class BillOptions(NamedTuple):
    """What a user says of the product beside the file; None where the file says it.

    Attributes:
        product: its name.
        amount: how much of the product the bill is for, in ``unit``.
        mass_kg: of one ``unit`` of it.
        geography: where lines without a place of their own come from.
        inputs: facts that the template's functional unit is computed from.
    """

    product: str | None = None
    amount: float | None = None
    unit: str | None = None
    mass_kg: float | None = None
    geography: str | None = None
    year: int | None = None
    language: str | None = None
    inputs: Mapping[str, float] = {}


class _Top(NamedTuple):
    """The product as told by the options, else by the one row that all others are part of, else by the file."""

    name: str
    declared: DeclaredUnit
    mass_kg: float | None
    language: Language
    geography: str | None


def estimate_bill(
    assistant: Assistant,
    bill: ReadBill,
    template: Template,
    options: BillOptions = BillOptions(),  # noqa: B008 - immutable
    *,
    progress: Progress | None = None,
) -> BillResult:
    """One footprint of a product from its bill of materials.

    Args:
        assistant: opened; it alone gives lines their numbers.
        bill: a read file.
        template: the stages it was read with.
        options: what the user says beside it.
        progress: told of every line.

    Raises:
        InputError: an option breaks its rule, the functional unit lacks an input, or lines cannot be estimated.
    """
    top = _top(bill, options)
    service = _service(template, options.inputs)
    asked = Asked(template, top.geography, options.year, top.language)
    mass = None if top.mass_kg is None else top.mass_kg * top.declared.amount
    rows = with_masses_left(bill.rows, mass, template)
    lines = calculated(assistant, rows, asked, progress)
    simulated = simulate([line.part for line in lines if line.part is not None], COVERAGE)
    whole = total(simulated)
    results = _shared(_summed(rows, lines, simulated), whole)
    cut_offs = tuple(line.cut_off for line in lines if line.cut_off is not None)
    balance = mass_balance(rows, results, mass, template)
    checked = Checked(rows, results, cut_offs, balance, whole, template)
    return BillResult(
        id=str(uuid.uuid4()),
        product=top.name,
        language=top.language,
        declared_unit=top.declared,
        mass_kg=top.mass_kg,
        geography=top.geography,
        file=bill.file,
        template=_template_use(template),
        footprint=whole,
        functional_unit=_functional(template, service, whole, top.declared),
        complete=whole is not None and not any(one.reason == "no_number" for one in cut_offs),
        primary_share=_primary(results),
        stages=_stages(template, results, simulated, whole),
        lines=tuple(results),
        cut_offs=cut_offs,
        mass_balance=balance,
        flags=bill_flags(checked, top.language),
        next_measurement=_next(simulated, rows),
        sources=_sources(results),
        columns=bill.columns,
        notes=bill.notes,
        simulation=Simulation(
            method="correlated lognormal lines, antithetic draws", draws=len(simulated.values), seed=SEED
        ),
        provenance=_provenance(assistant, lines, top.name),
    )


def _top(bill: ReadBill, options: BillOptions) -> _Top:
    tops = [row for row in bill.rows if row.parent is None]
    root = tops[0] if len(tops) == 1 and len(bill.rows) > 1 else None
    name = options.product or (root.text if root else "") or Path(bill.file.partition(", sheet ")[0]).stem
    if options.unit is None and root is not None and options.amount is None:
        declared = DeclaredUnit(amount=root.amount or 1.0, unit=root.unit)
    else:
        scale = parse_unit(options.unit or "piece")
        declared = DeclaredUnit(amount=_positive("amount", options.amount or 1.0) * scale.amount, unit=scale.unit)
    mass = options.mass_kg
    if mass is None and root is not None:
        mass = 1.0 if dimension(root.unit) == "mass" else root.mass_kg
    return _Top(
        name=" ".join(name.split())[:300],
        declared=declared,
        mass_kg=None if mass is None else _positive("mass_kg", mass),
        language=_language(options.language, bill.rows),
        geography=normalise_geography(options.geography) if options.geography else (root.geography if root else None),
    )


def _positive(name: str, value: float) -> float:
    if not (math.isfinite(value) and value > 0):
        raise InputError(
            f"{name} must be a finite number above 0, got {value!r}.", hint="Give a plain number such as 0.25.",
            code=f"{name}_invalid",
        )  # fmt: skip
    return value


def _language(asked: str | None, rows: Sequence[BillRow]) -> Language:
    if asked is not None:
        return writing_language(asked)
    chinese = sum(1 for row in rows if writing_language(detect_language(row.text)) == "zh")
    return "zh" if chinese * 2 > len(rows) else "en"


class _Service(NamedTuple):
    amount: float
    computed: str


def _service(template: Template, given: Mapping[str, float]) -> _Service | None:
    """What one product delivers over its life, in the template's unit; None for a template without such a unit.

    Raises:
        InputError: an input is unknown, out of range or missing.
    """
    rule = template.functional_unit
    known = {one.name for one in rule.inputs} if rule is not None else set()
    unknown = sorted(set(given) - known)
    if unknown:
        takes = ", ".join(sorted(known)) or "none"
        raise InputError(
            f"The template {template.id!r} takes no input {unknown[0]!r}.", hint=f"It takes: {takes}.",
            code="input_unknown",
        )  # fmt: skip
    if rule is None:
        return None
    values = {name: _positive(name, value) for name, value in given.items()}
    if values.get("depth_of_discharge", 1.0) > 1:
        raise InputError(
            f"depth_of_discharge must be above 0 and at most 1, got {values['depth_of_discharge']!r}.",
            hint="Give 0.8 for 80 %.",
            code="depth_of_discharge_invalid",
        )
    for names in rule.products:
        if all(name in values for name in names):
            amount = math.prod(values[name] for name in names)
            steps = " × ".join(f"{format_number(values[name])} {name}" for name in names)
            return _Service(amount, f"{steps} = {format_number(amount)} {rule.unit}")
    ways = "; or ".join(" ".join(f"--set {name}=NUMBER" for name in names) for names in rule.products)
    raise InputError(
        f"The template {template.id!r} is per {rule.name_en}: it needs to know how much one product delivers.",
        hint=f"Give {ways}.",
        code="functional_unit_inputs",
    )


def _summed(rows: Sequence[BillRow], lines: Sequence[Line], simulated: Simulated) -> list[LineResult]:
    """Parents with the sum of their parts and its interval."""
    by_row = {row.row: row for row in rows}
    values = {by_row[part.row].id: part.kg_co2e for part in simulated.parts}
    results = with_sums(lines, subtotals(rows, values))
    below: dict[str, set[int]] = {}
    parents = {row.id: row.parent for row in rows}
    for part in simulated.parts:
        above = by_row[part.row].parent
        while above is not None:
            below.setdefault(above, set()).add(part.row)
            above = parents[above]
    return [_with_interval(one, total(simulated, frozenset(below.get(one.id, ())))) for one in results]


def _with_interval(line: LineResult, part: Footprint | None) -> LineResult:
    if line.basis != "sum" or part is None:
        return line
    return line.model_copy(update={"low": part.low, "high": part.high})


def _shared(lines: Sequence[LineResult], whole: Footprint | None) -> list[LineResult]:
    if whole is None or whole.kg_co2e <= 0:
        return list(lines)
    return [
        line if line.kg_co2e is None else line.model_copy(update={"share": line.kg_co2e / whole.kg_co2e})
        for line in lines
    ]


def _primary(lines: Sequence[LineResult]) -> float | None:
    counted = [(abs(line.kg_co2e), line.basis) for line in lines if line.kg_co2e is not None and line.basis != "sum"]
    whole = sum(kg for kg, _ in counted)
    return sum(kg for kg, basis in counted if basis == "supplier") / whole if whole > 0 else None


def _stages(
    template: Template, lines: Sequence[LineResult], simulated: Simulated, whole: Footprint | None
) -> tuple[StageResult, ...]:
    found = []
    for stage in template.stages:
        rows = frozenset(
            line.row for line in lines if line.stage == stage.id and line.kg_co2e is not None and line.basis != "sum"
        )
        part = total(simulated, rows) if rows else None
        shared = part is not None and whole is not None and whole.kg_co2e > 0
        found.append(
            StageResult(
                id=stage.id,
                name_en=stage.name_en,
                name_zh=stage.name_zh,
                excluded=stage.excluded,
                lines=len(rows),
                footprint=part,
                share=part.kg_co2e / whole.kg_co2e if shared and part is not None and whole is not None else None,
            )
        )
    return tuple(found)


def _functional(
    template: Template, service: _Service | None, whole: Footprint | None, declared: DeclaredUnit
) -> FunctionalUnit | None:
    rule = template.functional_unit
    if rule is None or service is None:
        return None
    by = 1.0 / (service.amount * declared.amount)
    per = whole and Footprint(
        kg_co2e=whole.kg_co2e * by,
        low=whole.low * by,
        high=whole.high * by,
        coverage=whole.coverage,
        median_kg_co2e=whole.median_kg_co2e * by,
    )
    return FunctionalUnit(
        unit=rule.unit,
        name_en=rule.name_en,
        name_zh=rule.name_zh,
        amount=service.amount,
        computed=service.computed,
        footprint=per,
    )


def _next(simulated: Simulated, rows: Sequence[BillRow]) -> LineMeasurement | None:
    best = most_worth_measuring(simulated)
    if best is None:
        return None
    row = next(one for one in rows if one.row == best.row)
    return LineMeasurement(
        row=best.row, component=row.text, interval_factor_now=best.now, interval_factor_after=best.after
    )


def _sources(lines: Sequence[LineResult]) -> tuple[SourceUse, ...]:
    grouped: dict[tuple[str, str, str], list[LineResult]] = {}
    for line in lines:
        if line.dataset_id is not None:
            grouped.setdefault((line.source, line.source_version, line.licence), []).append(line)
    return tuple(
        SourceUse(
            source=source,
            version=version,
            licence=licence,
            citations=tuple(dict.fromkeys(line.citation for line in used if line.citation)),
            rows=tuple(line.row for line in used),
        )
        for (source, version, licence), used in sorted(grouped.items())
    )


def _template_use(template: Template) -> TemplateUse:
    return TemplateUse(
        id=template.id,
        name_en=template.name_en,
        name_zh=template.name_zh,
        boundary=template.boundary,
        draft=template.draft,
        basis_en=template.basis_en,
        basis_zh=template.basis_zh,
        sha256=template.sha256,
    )


def _provenance(assistant: Assistant, lines: Sequence[Line], name: str) -> Provenance:
    """What made the lines; where every value is a supplier's, what would have."""
    proposal = next((line.proposal for line in lines if line.proposal is not None), None)
    made = proposal.provenance if proposal is not None else assistant.match(name or "product", top=1).provenance
    return made.model_copy(update={"llm_steps": (), "llm": None, "prompt_sha256": None})
