"""Checks that every number of a text is one of the given numbers, in the right unit, role and hands."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from firstprint.rationale.guard_nearby import follows_nearby
from firstprint.rationale.guard_owners import belongs, in_order
from firstprint.rationale.guard_pairs import check_pairs
from firstprint.rationale.guard_plausible import plausible_owners
from firstprint.rationale.guard_roles import Context, allowed_roles, compared_alike
from firstprint.rationale.number_fit import unit_of
from firstprint.rationale.reading import MASK, Reading, normalised
from firstprint.rationale.records import Facts, Quantity
from firstprint.rationale.spoken_numbers import Spoken, spoken_numbers
from firstprint.rationale.spoken_units import SpokenUnit

UNOWNED = frozenset({"declared_amount", "mass", "conversion", "assumption", "coverage"})
"""Roles whose number says itself what it is; the others must stand beside the name of their owner."""
_KEPT_NAMES = 4_096
"""Names whose numbers are kept: candidates of like products are the same datasets."""
_Parts = tuple[str, tuple[tuple[float, float], ...], SpokenUnit | None]
_TO = re.compile(r"\s*(?:to|–|—|-|~|至|到)\s*")
_YEAR_OF_A_DATASET = re.compile(rf"{MASK}[”\"》」]?\s*[（(][^）)]*$")


class NumberFindings(NamedTuple):
    """What is wrong with the numbers of a text: unknown ones, and known ones in the wrong place."""

    numbers: tuple[str, ...]
    relations: tuple[str, ...]


def check_numbers(reading: Reading, facts: Facts, compared: Sequence[Spoken]) -> NumberFindings:
    """Every number but ``compared`` (those a comparison has already been checked for) against the facts."""
    unknown, misplaced = [], []
    known = (*facts.quantities, *_from_equations(facts))
    context = Context(reading, facts, spoken_numbers(reading.masked), known, compared_alike(known))
    for number in context.spoken:
        if number in compared or _harmless(number, context):
            continue
        fitting = context.fitting(number)
        problem = _misplaced(number, fitting, context) if fitting else None
        if (not fitting or problem) and follows_nearby(number, reading, facts):
            continue
        if not fitting:
            unknown.append(f"The number {number.text.strip()!r} is not among the facts.")
        elif problem:
            misplaced.append(problem)
    return NumberFindings(tuple(unknown), (*misplaced, *check_pairs(context)))


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


def _harmless(number: Spoken, context: Context) -> bool:
    """Counts and ranks that stay within what there is, “one piece”, and “within 1 %” of equal results."""
    value, facts, reading = number.readings[0][0], context.facts, context.reading
    candidates = sum(entity.key.startswith("candidate:") for entity in facts.entities)
    if number.kind == "ordinal":
        return 1 <= value <= max(candidates, 1)
    if number.kind == "count":
        return value in {1, 2, candidates, candidates - 1, len(facts.flags)}
    if number.kind == "unit" and number.unit is not None and value == 1:
        return _is_one_unit(number, facts)
    if _stands_in_a_name(number, context):
        return True
    if number.kind == "bare" and _stands_in_a_text(number, facts, reading):
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


def _stands_in_a_name(number: Spoken, context: Context) -> bool:
    """“The 34 to 40 t lorry”: a mass, size or year that a name or the description has."""
    if number.kind not in {"unit", "year", "percent"} or (number.unit is not None and number.unit.dimension == "co2e"):
        return False
    masked = context.reading.masked
    if number.kind == "year" and _YEAR_OF_A_DATASET.search(masked[max(0, number.start - 40) : number.start]):
        return False
    told = tuple(_bare_parts(item) for item in _joined(number, context))
    return any(
        told == numbers[at : at + len(told)]
        for numbers in map(_numbers_of, _names_of(context.facts))
        for at in range(len(numbers))
    )


def _joined(number: Spoken, context: Context) -> tuple[Spoken, ...]:
    """Both ends of “34 to 40 t”, which a name must have side by side; else the number alone."""
    at = context.spoken.index(number)
    for left, right in itertools.pairwise(context.spoken[max(0, at - 1) : at + 2]):
        if _TO.fullmatch(context.reading.masked, left.end, right.start):
            return left, right
    return (number,)


_WORD_BEFORE = re.compile(r"([a-z\u4e00-\u9fff])[^a-z0-9\u4e00-\u9fff]{0,2}$")
_WORD_AFTER = re.compile(r"[^a-z0-9\u4e00-\u9fff]{0,2}([a-z]{2,}|[\u4e00-\u9fff])")


def _stands_in_a_text(number: Spoken, facts: Facts, reading: Reading) -> bool:
    """“A 14-inch laptop”, “GB/T 51366”: a number of the description or a citation, beside the same word as there."""
    plain = reading.text.lower()
    digits = number.text.strip().lower()
    told = _words_beside(plain, number.start, number.end)
    run = _run_around(plain, number.start, number.end)
    return any(
        run == _run_around(text, start, end) != digits or bool(told & _words_beside(text, start, end))
        for text in (normalised(text).lower() for text in (*facts.allowed_texts, *facts.citations))
        for start, end in _whole_numbers(digits, text)
    )


_DIGIT_FOLLOWS = re.compile(r"[\d.]*\d")
_DIGIT_BEFORE = re.compile(r"[\d.]")


def _whole_numbers(digits: str, text: str) -> Iterator[tuple[int, int]]:
    """Where ``digits`` stand in a text and are no part of a longer number."""
    start = text.find(digits)
    while start >= 0:
        end = start + len(digits)
        part = (start and _DIGIT_BEFORE.match(text, start - 1)) or _DIGIT_FOLLOWS.match(text, end)
        if not part:
            yield start, end
        start = text.find(digits, start + 1 if part else max(end, start + 1))


_RUN_BEFORE = re.compile(r"[\d/-]*$")
_RUN = re.compile(r"[\d/-]*")


def _run_around(text: str, start: int, end: int) -> str:
    """“18/8”, “51366-2019”: the signs and figures that a number is written together with."""
    before, after = _RUN_BEFORE.search(text[:start]), _RUN.match(text, end)
    return f"{before[0] if before else ''}{text[start:end]}{after[0] if after else ''}".strip("-/ ")


def _words_beside(text: str, start: int, end: int) -> frozenset[str]:
    before, after = _WORD_BEFORE.search(text[max(0, start - 4) : start]), _WORD_AFTER.match(text, end)
    return frozenset(f"{side}{match[1]}" for side, match in (("<", before), (">", after)) if match)


def _names_of(facts: Facts) -> tuple[str, ...]:
    return tuple(name for entity in facts.entities for name in entity.names)


@lru_cache(maxsize=_KEPT_NAMES)
def _numbers_of(name: str) -> tuple[_Parts, ...]:
    return tuple(_bare_parts(item) for item in spoken_numbers(normalised(name)))


def _bare_parts(number: Spoken) -> _Parts:
    return number.kind, number.readings, number.unit


def _misplaced(number: Spoken, fitting: tuple[Quantity, ...], context: Context) -> str | None:
    """Why a known number is in the wrong place, or None."""
    fitting = allowed_roles(number, fitting, context)
    shown = number.text.strip()
    if not fitting:
        return f"The number {shown!r} is given as something it is not."
    if any(quantity.role in UNOWNED for quantity in fitting):
        return None
    owners = in_order(number, context.reading, context.spoken) or plausible_owners(
        context.reading, number, context.facts
    )
    if any(belongs(quantity, owners, number, context.reading) for quantity in fitting):
        return None
    return f"The number {shown!r} belongs to {_named(fitting)}, not to {', '.join(sorted(owners))}."


def _named(fitting: Sequence[Quantity]) -> str:
    return ", ".join(sorted({quantity.subject for quantity in fitting}))
