"""Computes every fact and comparison a rationale may state, from the draft of a record."""

from __future__ import annotations

import math
from collections.abc import Sequence

from firstprint.rationale import wording_en, wording_zh
from firstprint.rationale.formatting import format_quantity
from firstprint.rationale.records import CO2E, Fact, Facts, Quantity, RationaleInput, Relation
from firstprint.rationale.slots import (
    FACTOR_FROM,
    REFERENCES_TOLD,
    RUNNERS_UP_TOLD,
    all_quantities,
    allowed_texts_of,
    candidate_slots,
    citations_of,
    entities_of,
    equations_of,
    field_of,
    interval_slots,
    key_of,
    names_of,
    relations_of,
    results_of,
    shown_description,
    source_of,
    told_numbers,
)
from firstprint.wording import unit_words


def compute_facts(draft: RationaleInput) -> Facts:
    """All facts of ``draft`` in the order they are told."""
    results = results_of(draft)
    relations = relations_of(results)
    groups = (
        _product(draft),
        _first(draft),
        _conversion(draft),
        _surrogate(draft),
        _proxy_vs_surrogate(draft, relations),
        _combined(draft),
        _runners_up(draft, relations),
        _assumptions(draft),
        _flags(draft),
        _next(draft),
    )
    facts = tuple(fact for group in groups for fact in group)
    return Facts(
        facts=facts,
        quantities=all_quantities(draft, facts),
        relations=relations,
        results=results,
        entities=entities_of(draft),
        decision=draft.decision,
        flags=frozenset(flag.code for flag in draft.flags),
        assumed=frozenset(field_of(text) for text in draft.assumptions),
        equations=equations_of(draft),
        allowed_texts=allowed_texts_of(draft),
        citations=citations_of(draft),
        basis=None if draft.estimate is None else draft.estimate.basis,
        boundaries=frozenset({draft.product.system_boundary, *(item.system_boundary for item in draft.candidates)}),
        bases=frozenset(item.basis for item in draft.candidates),
    )


def _product(draft: RationaleInput) -> list[Fact]:
    product, unit = draft.product, draft.product.declared_unit
    slots = {"declared_amount": Quantity("declared_amount", unit.amount, unit.unit, "product")}
    if product.mass_kg is not None:
        assumed = any(field_of(text) == "mass_kg" for text in draft.assumptions)
        slots["mass"] = Quantity("mass", product.mass_kg, "kg", "product", assumed=assumed)
    shown = shown_description(product.description)
    return [
        Fact(
            "product",
            wording_en.product(shown, unit, product.system_boundary),
            wording_zh.product(shown, unit, product.system_boundary),
            slots,
            ("product",),
            clause_en=f"for “{shown}”",
            clause_zh=f"对于“{shown}”",
        )
    ]


def _first(draft: RationaleInput) -> list[Fact]:
    if not draft.candidates:
        return [_no_match(draft)] if draft.decision == "no_match" else []
    if draft.decision == "no_match":
        return [_no_match(draft)]
    first = draft.candidates[0]
    slots, (en, zh) = candidate_slots(first), names_of(first)
    numbers = (slots.get("emission_factor"), slots["similarity"], slots["acceptance"])
    year = slots.get("year")
    clause_en = wording_en.first_candidate(en, wording_en.origin(first.geography, year, source_of(first)), *numbers)
    clause_zh = wording_zh.first_candidate(zh, wording_zh.origin(first.geography, year, source_of(first)), *numbers)
    facts = [_clausal("first_candidate", clause_en, clause_zh, slots, (key_of(first),))]
    if draft.decision == "ambiguous":
        facts.append(Fact("ambiguous", wording_en.AMBIGUOUS, wording_zh.AMBIGUOUS))
    return facts


def _no_match(draft: RationaleInput) -> Fact:
    if not draft.candidates:
        return _clausal("no_match", wording_en.no_match("", "", None, None), wording_zh.no_match("", "", None, None))
    first = draft.candidates[0]
    slots, (en, zh) = candidate_slots(first), names_of(first)
    year, numbers = slots.get("year"), (slots["similarity"], slots["acceptance"])
    return _clausal(
        "no_match",
        wording_en.no_match(en, wording_en.origin(first.geography, year, source_of(first)), *numbers),
        wording_zh.no_match(zh, wording_zh.origin(first.geography, year, source_of(first)), *numbers),
        {name: slot for name, slot in slots.items() if name != "result"},
        (key_of(first),),
    )


def _clausal(
    kind: str,
    clause_en: str,
    clause_zh: str,
    slots: dict[str, Quantity] | None = None,
    datasets: tuple[str, ...] = (),
    relations: tuple[Relation, ...] = (),
) -> Fact:
    """A fact whose sentence is its clause with a capital and a full stop."""
    return Fact(
        kind,  # type: ignore[arg-type]
        wording_en.sentence(clause_en),
        wording_zh.sentence(clause_zh),
        slots or {},
        datasets,
        relations,
        clause_en,
        clause_zh,
    )


def _conversion(draft: RationaleInput) -> list[Fact]:
    if not draft.candidates or draft.decision == "no_match":
        return []
    first, unit = draft.candidates[0], draft.product.declared_unit
    if first.kg_co2e is None:
        return [Fact("no_proxy_result", wording_en.no_proxy_result(unit), wording_zh.no_proxy_result(unit))]
    facts = []
    told_en = told_zh = ""
    if first.conversion:
        assumed = any(field_of(text) == "mass_kg" for text in draft.assumptions)
        told_en = wording_en.conversion(first.conversion, mass_assumed=assumed)
        told_zh = wording_zh.conversion(first.conversion, mass_assumed=assumed)
        facts.append(Fact("conversion", f"Conversion: {told_en}.", f"换算：{told_zh}。", datasets=(key_of(first),)))
    result = candidate_slots(first)["result"]
    en = wording_en.proxy_result(result, unit, told_en)
    zh = wording_zh.proxy_result(result, unit, told_zh)
    facts.append(Fact("proxy_result", en, zh, {"result": result}, (key_of(first),)))
    return facts


def _surrogate(draft: RationaleInput) -> list[Fact]:
    opinion, unit = draft.surrogate, draft.product.declared_unit
    if opinion is None:
        return []
    slots = interval_slots(opinion.kg_co2e, opinion.low, opinion.high, opinion.coverage, "surrogate")
    told = (wording_en.surrogate(slots["result"], unit), wording_zh.surrogate(slots["result"], unit))
    facts = [_clausal("surrogate", *told, slots)]
    named = [
        (
            neighbour.name,
            Quantity("reference_value", neighbour.kg_co2e_per_unit, CO2E, f"reference:{rank}", per=unit.unit),
        )
        for rank, neighbour in enumerate(opinion.neighbours[:REFERENCES_TOLD], 1)
    ]
    if named:
        keys = tuple(quantity.subject for _, quantity in named)
        numbers = {quantity.subject: quantity for _, quantity in named}
        facts.append(_clausal("references", wording_en.references(named), wording_zh.references(named), numbers, keys))
    return facts


def _proxy_vs_surrogate(draft: RationaleInput, relations: Sequence[Relation]) -> list[Fact]:
    if draft.decision == "no_match":
        return []
    pair = {r.subject: r for r in relations if {r.subject, r.object} == {"candidate:1", "surrogate"}}
    if not pair:
        return []
    relation = pair["candidate:1"]
    if relation.relation == "below" and relation.factor >= FACTOR_FROM:
        relation = pair["surrogate"]
    told = told_numbers(relation)
    clauses = (wording_en.comparison(relation, *told), wording_zh.comparison(relation, *told))
    return [_clausal("proxy_vs_surrogate", *clauses, None, ("candidate:1",), (relation,))]


def _combined(draft: RationaleInput) -> list[Fact]:
    estimate, unit = draft.estimate, draft.product.declared_unit
    if estimate is None:
        return [Fact("no_estimate", wording_en.NO_ESTIMATE, wording_zh.NO_ESTIMATE)]
    slots = interval_slots(estimate.kg_co2e, estimate.low, estimate.high, estimate.coverage, "combined")
    ends = (slots["low"], slots["high"], slots["coverage"], slots.get("span"))
    basis = "kept" if estimate.basis == "combined" and _keeps_the_dataset(draft) else estimate.basis
    en = f"{wording_en.combined(slots['result'], unit, basis)}, {wording_en.interval(*ends)}"
    zh = f"{wording_zh.combined(slots['result'], unit, basis)}，{wording_zh.interval(*ends)}"
    return [_clausal("combined", en, zh, slots)]


def _keeps_the_dataset(draft: RationaleInput) -> bool:
    """Whether the surrogate is so much less sure that the combined value is the dataset's own."""
    first = draft.candidates[0].kg_co2e if draft.candidates else None
    return (
        first is not None and draft.estimate is not None and math.isclose(first, draft.estimate.kg_co2e, rel_tol=1e-9)
    )


def _runners_up(draft: RationaleInput, relations: Sequence[Relation]) -> list[Fact]:
    facts = []
    for candidate in draft.candidates[1 : 1 + RUNNERS_UP_TOLD] if draft.decision != "no_match" else ():
        slots, (en, zh) = candidate_slots(candidate), names_of(candidate)
        if "result" not in slots:
            continue
        relation = next((r for r in relations if (r.subject, r.object) == (key_of(candidate), "candidate:1")), None)
        told = told_numbers(relation) if relation else ("", "")
        facts.append(
            _clausal(
                "runner_up",
                wording_en.runner_up(candidate.rank, en, slots["result"], relation, *told),
                wording_zh.runner_up(candidate.rank, zh, slots["result"], relation, *told),
                slots,
                (key_of(candidate),),
                (relation,) if relation else (),
            )
        )
    return facts


def _assumptions(draft: RationaleInput) -> list[Fact]:
    facts = []
    for text in draft.assumptions:
        field = field_of(text)
        values = _assumed_value(draft, field)
        facts.append(
            _clausal("assumption", wording_en.assumption(field, values[0]), wording_zh.assumption(field, values[1]))
        )
    return facts


def _assumed_value(draft: RationaleInput, field: str) -> tuple[str, str]:
    product = draft.product
    if field == "mass_kg" and product.mass_kg is not None:
        amount = f"{format_quantity(product.mass_kg)} kg"
        if product.declared_unit.unit == "piece":
            return f"{amount} per piece", f"每件 {amount}"
        return amount, amount
    if field in {"declared_unit", "amount"}:
        unit = product.declared_unit
        number = format_quantity(unit.amount)
        return f"{number} {unit_words(unit.unit, 'en')}", f"{number} {unit_words(unit.unit, 'zh')}"
    return "", ""


def _flags(draft: RationaleInput) -> list[Fact]:
    codes = dict.fromkeys(flag.code for flag in draft.flags)
    return [
        _clausal("flag", wording_en.FLAGS[code], wording_zh.FLAGS[code]) for code in codes if code in wording_en.FLAGS
    ]


def _next(draft: RationaleInput) -> list[Fact]:
    if draft.next_measurement is None:
        return []
    what, half = draft.next_measurement.what, draft.next_measurement.interval_factor_after
    slots = {
        "next_span": Quantity("next_span", half**2, "factor", "next"),
        "next_half_span": Quantity("next_half_span", half, "factor", "next"),
    }
    en = wording_en.next_measurement(what, slots["next_span"])
    zh = wording_zh.next_measurement(what, slots["next_span"])
    return [Fact("next_measurement", en, zh, slots)]
