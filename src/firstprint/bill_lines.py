"""Lines of a bill of materials: each row's number with all it rests on, from the assistant or from the supplier."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from firstprint.assistant import Assistant
from firstprint.bill_checks import MASS_SHARED
from firstprint.domain.bill_of_materials import BillRow, CutOff, CutOffReason, LineBasis, LineResult, Template
from firstprint.domain.proposal import Candidate, Proposal
from firstprint.errors import FaultsError, InputError
from firstprint.estimation.bill_of_materials import MODEL_SHARE, SUPPLIER_SIGMA_LN, Part, quantities
from firstprint.estimation.lognormal import lognormal_interval, sigma_ln_of
from firstprint.estimation.proxy import spread_terms
from firstprint.routes import COVERAGE, evidence_of, mass_behind
from firstprint.units import dimension, format_number

Progress = Callable[[str, int, int], None]
STEP = "bill"
OWN_TO_THE_LINE = frozenset({"match", "mass"})
"""Terms of a proxy's spread that a line has for itself; the others come with the dataset's figure."""
_THINGS = frozenset({"mass", "count", "length", "area", "volume"})


SHARED_MASS_SIGMA_LN = 1.0
"""Spread of a mass that is an even share of a remainder, ln GSD: that of a part of two whose fraction may be any."""


class Asked(NamedTuple):
    """What lines are asked with beside their own columns."""

    template: Template
    geography: str | None
    year: int | None
    language: str


class Line(NamedTuple):
    """One row, calculated.

    Attributes:
        result: as far as the line alone tells; shares and sums come later.
        part: what the sum counts; None for a parent, a cut-off and a line without a number.
        cut_off: why it is not counted, or None.
        proposal: behind it, or None.
    """

    result: LineResult
    part: Part | None
    cut_off: CutOff | None
    proposal: Proposal | None


class _Question(NamedTuple):
    text: str
    amount: float
    unit: str
    mass_kg: float | None
    geography: str | None
    boundary: str


def is_thing(unit: str) -> bool:
    """Whether an amount in this unit has a mass: a piece or a metre has, a kilowatt-hour has none."""
    return dimension(unit) in _THINGS


def calculated(assistant: Assistant, rows: Sequence[BillRow], asked: Asked, progress: Progress | None) -> list[Line]:
    """Every row's number, in the order of the file; rows that ask the same are asked once.

    Raises:
        FaultsError: rows whose values the assistant refuses, all at once.
    """
    amounts = quantities(rows)
    parents = {row.parent for row in rows}
    answers: dict[_Question, Proposal] = {}
    lines: list[Line] = []
    faults: list[str] = []
    for number, row in enumerate(rows, start=1):
        try:
            lines.append(_line(assistant, row, amounts[row.id], asked, answers, has_parts=row.id in parents))
        except InputError as error:
            faults.append(f"row {row.row}, component {row.component[:60]!r}: {error.message} {error.hint}".rstrip())
        if progress is not None:
            progress(STEP, number, len(rows))
    if faults:
        raise FaultsError("The bill has lines that cannot be estimated.", faults, hint="Mend them all and try again.")
    return lines


def _line(
    assistant: Assistant,
    row: BillRow,
    amount: float | None,
    asked: Asked,
    answers: dict[_Question, Proposal],
    *,
    has_parts: bool,
) -> Line:
    stage = asked.template.stage(row.stage)
    if has_parts:
        return Line(_result(row, amount, "sum", "cut_off" if row.cut_off else "sum"), None, None, None)
    if row.cut_off or amount is None or stage.excluded:
        return _left_out(row, amount, "outside_boundary" if stage.excluded and not row.cut_off else "marked")
    if not math.isfinite(amount) or amount <= 0:
        raise InputError(
            f"Its amount in the whole product is {amount!r}.", hint="Check its amount and those of its parents."
        )
    if row.supplier_kg_co2e is not None:
        return _given(row, amount, row.supplier_kg_co2e)
    question = _Question(row.text, amount, row.unit, row.mass_kg, row.geography or asked.geography, stage.boundary)
    if question not in answers:
        answers[question] = _estimate(assistant, question, asked)
    return _proposed(row, amount, answers[question])


def _estimate(assistant: Assistant, question: _Question, asked: Asked) -> Proposal:
    return assistant.estimate(
        question.text,
        amount=question.amount,
        unit=question.unit,
        mass_kg=question.mass_kg,
        geography=question.geography,
        boundary=question.boundary,
        year=asked.year,
        language=asked.language,
        top=1,
        phrase=False,
    )


def _left_out(row: BillRow, amount: float | None, reason: CutOffReason) -> Line:
    result = _result(row, amount, "none", "open" if reason == "no_number" else "cut_off")
    return Line(result, None, _cut_off(result, reason), None)


def _cut_off(result: LineResult, reason: CutOffReason) -> CutOff:
    return CutOff(
        row=result.row,
        component=result.component or result.material,
        amount=result.total_amount,
        unit=result.unit,
        stage=result.stage,
        reason=reason,
        mass_kg=result.total_mass_kg,
    )


def _given(row: BillRow, amount: float, each: float) -> Line:
    """The supplier's value, taken as it is given."""
    kg = amount * each
    interval = lognormal_interval(kg, SUPPLIER_SIGMA_LN, COVERAGE)
    if interval is None:
        raise InputError(f"The supplier's value comes to {kg!r} kg CO2e.", hint="Check amount and value.")
    step = f"{_figure(amount)} {row.unit} × {_figure(each)} kg CO2e/{row.unit} = {_figure(kg)} kg CO2e"
    result = _result(row, amount, "supplier", "given").model_copy(
        update={"kg_co2e": kg, "low": interval.low, "high": interval.high, "conversion": (*_steps(row, amount), step)}
    )
    return Line(result, Part(row.row, kg, SUPPLIER_SIGMA_LN, "", 0.0, f"supplier {row.text}"), None, None)


def _proposed(row: BillRow, amount: float, proposal: Proposal) -> Line:
    estimate, decision = proposal.estimate, proposal.decision
    first = proposal.candidates[0] if proposal.candidates and decision != "no_match" else None
    result = _result(row, amount, "none", "open").model_copy(
        update={
            "total_mass_kg": _mass(row, amount, proposal.product.mass_kg),
            "decision": decision,
            "flags": tuple(flag.code for flag in proposal.flags),
            "geography": proposal.product.geography,
        }
    )
    if estimate is None:
        return Line(result, None, _cut_off(result, "no_number"), proposal)
    behind = first if estimate.basis != "surrogate" else None
    result = result.model_copy(
        update={
            "kg_co2e": estimate.kg_co2e,
            "low": estimate.low,
            "high": estimate.high,
            "basis": estimate.basis,
            "status": proposal.status,
            "conversion": (*_steps(row, amount), *(behind.conversion if behind is not None else ())),
            **({} if behind is None else _dataset(behind)),
        }
    )
    sigma = sigma_ln_of(estimate.low, estimate.high, estimate.coverage)
    if MASS_SHARED in row.assumed:
        sigma = math.hypot(sigma, SHARED_MASS_SIGMA_LN)
        wider = lognormal_interval(estimate.kg_co2e, sigma, estimate.coverage)
        if wider is not None:
            result = result.model_copy(update={"low": wider.low, "high": wider.high})
    key, data, model = "", 0.0, MODEL_SHARE
    if behind is not None:
        key, data, model = behind.dataset_id, _dataset_share(behind, proposal), 0.0
    part = Part(row.row, estimate.kg_co2e, sigma, key, data, row.text.casefold(), model)
    return Line(result, part, None, proposal)


def _dataset(first: Candidate) -> dict[str, object]:
    return {
        "dataset_id": first.dataset_id,
        "dataset_name": first.name,
        "dataset_name_zh": first.name_zh,
        "dataset_geography": first.geography,
        "dataset_unit": first.unit,
        "emission_factor_kg_co2e": first.gwp100_kg_co2e,
        "acceptance_probability": first.acceptance_probability,
        "source": first.source,
        "source_version": first.source_version,
        "licence": first.licence,
        "citation": first.citation,
        "warnings": first.warnings,
    }


def _dataset_share(first: Candidate, proposal: Proposal) -> float:
    """Share of a proxy's variance that comes with the dataset's figure, and so hits all lines that use it alike."""
    terms = spread_terms(evidence_of(first, proposal.product, mass_behind(proposal)))
    whole = sum(term.sigma_ln**2 for term in terms)
    shared = sum(term.sigma_ln**2 for term in terms if term.name not in OWN_TO_THE_LINE)
    return shared / whole if whole > 0 else 0.0


def _result(row: BillRow, amount: float | None, basis: LineBasis, status: str) -> LineResult:
    return LineResult.model_validate(
        {
            "row": row.row,
            "id": row.id,
            "parent": row.parent,
            "level": row.level,
            "component": row.component,
            "material": row.material,
            "amount": row.amount,
            "unit": row.unit,
            "total_amount": amount,
            "total_mass_kg": _mass(row, amount, None),
            "stage": row.stage,
            "geography": row.geography,
            "kg_co2e": None,
            "low": None,
            "high": None,
            "share": None,
            "basis": basis,
            "status": status,
            "assumed": row.assumed,
        }
    )


def _mass(row: BillRow, amount: float | None, read_in_text: float | None) -> float | None:
    if amount is None:
        return None
    if dimension(row.unit) == "mass":
        return amount
    each = row.mass_kg if row.mass_kg is not None else read_in_text
    return amount * each if each is not None and is_thing(row.unit) else None


def _steps(row: BillRow, amount: float) -> tuple[str, ...]:
    """The step from the row's own amount to that in the whole product, where the two differ."""
    if row.amount is None or row.amount <= 0 or math.isclose(row.amount, amount):
        return ()
    times = amount / row.amount
    return (f"{_figure(row.amount)} {row.unit} × {_figure(times)} = {_figure(amount)} {row.unit}",)


def _figure(value: float) -> str:
    return format_number(value)


def with_sums(lines: Sequence[Line], sums: Mapping[str, float]) -> list[LineResult]:
    """The results, parents with the sum of their parts."""
    return [
        line.result.model_copy(update={"kg_co2e": sums[line.result.id]})
        if line.result.basis == "sum" and line.result.id in sums
        else line.result
        for line in lines
    ]
