"""Checks that every number of a text is one of the given numbers, in the right unit, role and hands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from firstprint.rationale.guard_nearby import follows_nearby
from firstprint.rationale.guard_owners import belongs, in_order, owners_of
from firstprint.rationale.guard_roles import Context, allowed_roles
from firstprint.rationale.number_fit import unit_of
from firstprint.rationale.reading import MASK, Reading, normalised
from firstprint.rationale.records import Facts, Quantity
from firstprint.rationale.spoken_numbers import Spoken, spoken_numbers
from firstprint.rationale.spoken_units import SpokenUnit

UNOWNED = frozenset({"declared_amount", "mass", "conversion", "assumption", "coverage"})
"""Roles whose number says itself what it is; the others must stand beside the name of their owner."""
_YEAR_OF_A_DATASET = re.compile(rf"{MASK}[”\"》」]?\s*[（(][^）)]*$")
_UNNAMED = frozenset({"product", "candidate:1", "combined", "next"})
"""Whose a number may be before anything has been named: not that of a lesser candidate or a reference."""


class NumberFindings(NamedTuple):
    """What is wrong with the numbers of a text: unknown ones, and known ones in the wrong place."""

    numbers: tuple[str, ...]
    relations: tuple[str, ...]


def check_numbers(reading: Reading, facts: Facts, compared: Sequence[Spoken]) -> NumberFindings:
    """Every number but ``compared`` (those a comparison has already been checked for) against the facts."""
    unknown, misplaced = [], []
    known = (*facts.quantities, *_from_equations(facts))
    context = Context(reading, facts, spoken_numbers(reading.masked), known)
    for number in context.spoken:
        if number in compared or _harmless(number, facts, reading):
            continue
        fitting = context.fitting(number)
        problem = _misplaced(number, fitting, context) if fitting else None
        if (not fitting or problem) and follows_nearby(number, reading, facts):
            continue
        if not fitting:
            unknown.append(f"The number {number.text.strip()!r} is not among the facts.")
        elif problem:
            misplaced.append(problem)
    return NumberFindings(tuple(unknown), tuple(misplaced))


def _from_equations(facts: Facts) -> Iterator[Quantity]:
    """Masses and amounts of the conversion steps, so that a text may tell a step in its own words.

    The footprints among them are emission factors and results, which belong to a candidate each.
    """
    for equation in facts.equations:
        for number in spoken_numbers(normalised(equation)):
            if number.unit is not None and number.unit.dimension != "co2e":
                unit, per = _code(number.unit), _code(number.per)
                yield Quantity("conversion", number.readings[0][0], unit, "product", per=per)


def _code(unit: SpokenUnit | None) -> str:
    return "" if unit is None else f"{unit.dimension}:{unit.size!r}"


def _harmless(number: Spoken, facts: Facts, reading: Reading) -> bool:
    """Counts and ranks that stay within what there is, “one piece”, and “within 1 %” of equal results."""
    value = number.readings[0][0]
    candidates = sum(entity.key.startswith("candidate:") for entity in facts.entities)
    if number.kind == "ordinal":
        return 1 <= value <= max(candidates, 1)
    if number.kind == "count":
        return value in {1, 2, candidates, candidates - 1, len(facts.flags)}
    if number.kind == "unit" and number.unit is not None and value == 1:
        return _is_one_unit(number, facts)
    if _stands_in_a_name(number, facts, reading):
        return True
    if number.kind == "percent" and value == 1:
        before = reading.masked[max(0, number.start - 14) : number.start]
        equal = any(relation.relation == "equal" for relation in facts.relations)
        return equal and bool(re.search(r"within|less than|不到|以内|不足", before))
    return False


def _is_one_unit(number: Spoken, facts: Facts) -> bool:
    """“Per 1 kg”: one of a unit that the record has; “1 piece” where ten are asked for only after “per”."""
    asked = next(quantity for quantity in facts.quantities if quantity.role == "declared_amount")
    if number.unit == unit_of(asked.unit) and asked.value != 1:
        return number.text.startswith("1 ") or number.text[1:2] != "."
    return number.unit in {unit_of(quantity.per or quantity.unit) for quantity in facts.quantities}


def _stands_in_a_name(number: Spoken, facts: Facts, reading: Reading) -> bool:
    """“The 34 to 40 t lorry”: a mass, size or year that a name or the description has."""
    if number.kind not in {"unit", "year", "percent"} or (number.unit is not None and number.unit.dimension == "co2e"):
        return False
    if number.kind == "year" and _YEAR_OF_A_DATASET.search(reading.masked[max(0, number.start - 40) : number.start]):
        return False
    return any((number.kind, number.readings, number.unit) in _numbers_of(name) for name in _names_of(facts))


def _names_of(facts: Facts) -> tuple[str, ...]:
    return tuple(name for entity in facts.entities for name in entity.names)


@lru_cache(maxsize=256)
def _numbers_of(name: str) -> frozenset[tuple[str, tuple[tuple[float, float], ...], SpokenUnit | None]]:
    return frozenset((item.kind, item.readings, item.unit) for item in spoken_numbers(normalised(name)))


def _misplaced(number: Spoken, fitting: tuple[Quantity, ...], context: Context) -> str | None:
    """Why a known number is in the wrong place, or None."""
    fitting = allowed_roles(number, fitting, context)
    shown = number.text.strip()
    if not fitting:
        return f"The number {shown!r} is given as something it is not."
    if any(quantity.role in UNOWNED for quantity in fitting):
        return None
    owners = in_order(number, context.reading, context.spoken) or owners_of(context.reading, number) or _UNNAMED
    if any(belongs(quantity, owners, number, context.reading) for quantity in fitting):
        return None
    return f"The number {shown!r} belongs to {_named(fitting)}, not to {', '.join(sorted(owners))}."


def _named(fitting: Sequence[Quantity]) -> str:
    return ", ".join(sorted({quantity.subject for quantity in fitting}))
