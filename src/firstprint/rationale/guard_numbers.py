"""Checks that every number of a text is one of the given numbers, in the right unit, role and hands."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from firstprint.rationale.cues import HIGH, LOW, RANGE_BEFORE, RANGE_JOIN, ROLE_CUES
from firstprint.rationale.reading import Reading, normalised
from firstprint.rationale.records import Facts, Quantity
from firstprint.rationale.spoken_numbers import Spoken, spoken_numbers
from firstprint.rationale.spoken_units import SpokenUnit, canonical

UNOWNED = frozenset({"declared_amount", "mass", "conversion", "assumption", "coverage"})
"""Roles whose number says itself what it is; the others must stand beside the name of their owner."""
_LEAST_PRECISION = 0.11
"""A number may be rounded to two significant digits; to one only beside “about”."""
_UNNAMED = frozenset({"product", "candidate:1", "surrogate", "combined", "next"})
"""Whose a number may be before anything has been named: not that of a lesser candidate or a reference."""
_RESPECTIVELY = re.compile(r"respectively|分别", re.IGNORECASE)
_AFTER_THAN = re.compile(r"(?:than|below|above|比|较|于)\s*[“\"]?$", re.IGNORECASE)
_OTHER_ROLE = re.compile(
    r"(?:similarity|probability|chance|factor)[\w\s]{0,8}$|(?:相似度|概率|因子)\s*(?:为|是)?\s*$", re.IGNORECASE
)
"""What stands right before a number that is no year."""


class NumberFindings(NamedTuple):
    """What is wrong with the numbers of a text: unknown ones, and known ones in the wrong place."""

    numbers: tuple[str, ...]
    relations: tuple[str, ...]


def check_numbers(reading: Reading, facts: Facts, compared: Sequence[Spoken]) -> NumberFindings:
    """Every number but ``compared`` (those a comparison has already been checked for) against the facts."""
    unknown, misplaced = [], []
    known = (*facts.quantities, *_from_equations(facts))
    spoken = spoken_numbers(reading.masked)
    for number in spoken:
        if number in compared or _harmless(number, facts, reading):
            continue
        fitting = tuple(quantity for quantity in known if fits(number, quantity, facts))
        if not fitting:
            unknown.append(f"The number {number.text.strip()!r} is not among the facts.")
        elif problem := _misplaced(number, fitting, reading, spoken):
            misplaced.append(problem)
    return NumberFindings(tuple(unknown), tuple(misplaced))


def _from_equations(facts: Facts) -> Iterator[Quantity]:
    """The numbers of the conversion steps, so that a text may tell a step in its own words."""
    for equation in facts.equations:
        for number in spoken_numbers(normalised(equation)):
            if number.unit is not None:
                unit, per = _code(number.unit), _code(number.per)
                yield Quantity("conversion", number.readings[0][0], unit, "product", per=per)


def _code(unit: SpokenUnit | None) -> str:
    return "" if unit is None else f"{unit.dimension}:{unit.size!r}"


def _unit_of(code: str) -> SpokenUnit | None:
    if ":" in code:
        dimension, _, size = code.partition(":")
        return SpokenUnit(dimension, float(size))
    return canonical(code)


def _harmless(number: Spoken, facts: Facts, reading: Reading) -> bool:
    """Counts and ranks that stay within what there is, “one piece”, and “within 1 %” of equal results."""
    value = number.readings[0][0]
    candidates = sum(entity.key.startswith("candidate:") for entity in facts.entities)
    if number.kind == "ordinal":
        return 1 <= value <= max(candidates, 1)
    if number.kind == "count":
        return value in {1, 2, candidates, candidates - 1, len(facts.flags)}
    if number.kind == "unit" and number.unit is not None and value == 1:
        return number.unit in {_unit_of(quantity.per or quantity.unit) for quantity in facts.quantities}
    if number.kind == "percent" and value == 1:
        before = reading.masked[max(0, number.start - 14) : number.start]
        equal = any(relation.relation == "equal" for relation in facts.relations)
        return equal and bool(re.search(r"within|less than|不到|以内|不足", before))
    return False


def fits(number: Spoken, quantity: Quantity, facts: Facts) -> bool:
    """Whether ``number`` is ``quantity`` after rounding, in a unit that fits."""
    sizes = _sizes(number, quantity, facts)
    return any(rounds_to(number, quantity.value, quantity.number, *size) for size in sizes)


def rounds_to(number: Spoken, value: float, shown: str, ours: float = 1.0, theirs: float = 1.0) -> bool:
    """Whether a reading of ``number`` × ``ours`` equals ``value`` × ``theirs`` at the precision it claims."""
    exponent = re.split(r"[eE]", shown)
    last_place = 10.0 ** (-len(exponent[0].partition(".")[2]) + (int(exponent[1]) if len(exponent) > 1 else 0))
    for read, place in number.readings:
        if not math.isfinite(read):
            continue
        step = place
        if number.approximate and read == int(read) and place == 1:
            step = 10.0 ** (len(str(int(abs(read)))) - len(str(int(abs(read))).rstrip("0") or "0"))
        slack = 0.5 * step * ours * 1.0001 if place else 0.04 * abs(read * ours)
        precise = step * ours <= last_place * theirs * 1.0001 or step <= _LEAST_PRECISION * abs(read)
        near = min(abs(read * ours - base * theirs) for base in (value, float(shown)))
        if near <= slack + 1e-12 * abs(value * theirs) and (precise or number.approximate):
            return True
    return False


def _sizes(number: Spoken, quantity: Quantity, facts: Facts) -> list[tuple[float, float]]:
    """Pairs of scales under which the number and the quantity can be compared; empty where units differ."""
    if quantity.unit == "any":
        return [(1.0, 1.0)]
    if number.kind != "unit" or number.unit is None:
        return _unitless_sizes(number, quantity)
    unit = _unit_of(quantity.unit)
    if unit is None or unit.dimension != number.unit.dimension:
        return []
    ours, theirs = number.unit.size, unit.size
    if number.per is None:
        return [(ours, theirs)]
    per = _unit_of(quantity.per) if quantity.per else _declared_one(facts, any_amount=quantity.role == "mass")
    if per is None or per.dimension != number.per.dimension:
        return []
    return [(ours / number.per.size, theirs / per.size)]


def _unitless_sizes(number: Spoken, quantity: Quantity) -> list[tuple[float, float]]:
    if number.kind == "percent":
        if quantity.role == "similarity":
            return [(0.01, 1.0)]
        return [(1.0, 1.0)] if quantity.unit == "%" else []
    if number.kind in {"factor", "year"}:
        return [(1.0, 1.0)] if quantity.unit == number.kind else []
    if quantity.role == "acceptance":
        return [(100.0, 1.0)]
    return [(1.0, 1.0)] if quantity.role in {"similarity", "year"} and number.kind == "bare" else []


def _declared_one(facts: Facts, *, any_amount: bool) -> SpokenUnit | None:
    """The declared unit, where the footprint is asked for one of it."""
    amount = next(quantity for quantity in facts.quantities if quantity.role == "declared_amount")
    return _unit_of(amount.unit) if amount.value == 1 or any_amount else None


def _misplaced(number: Spoken, fitting: tuple[Quantity, ...], reading: Reading, spoken: Sequence[Spoken]) -> str | None:
    """Why a known number is in the wrong place, or None."""
    fitting = _by_role(number, fitting, reading, spoken)
    shown = number.text.strip()
    if not fitting:
        return f"The number {shown!r} is given as something it is not."
    if any(quantity.role in UNOWNED for quantity in fitting):
        return None
    owners = _in_order(number, reading, spoken) or owners_at(reading, number.start) or _UNNAMED
    if any(quantity.subject in owners for quantity in fitting):
        return None
    return f"The number {shown!r} belongs to {_named(fitting)}, not to {', '.join(sorted(owners))}."


def _named(fitting: Sequence[Quantity]) -> str:
    return ", ".join(sorted({quantity.subject for quantity in fitting}))


def _by_role(
    number: Spoken, fitting: tuple[Quantity, ...], reading: Reading, spoken: Sequence[Spoken]
) -> tuple[Quantity, ...]:
    if number.kind == "unit" and number.unit is not None and number.unit.dimension == "co2e":
        return _co2e_roles(number, fitting, reading, spoken)
    roles = {quantity.role for quantity in fitting}
    if roles == {"year"}:
        before = reading.masked[max(0, number.start - 24) : number.start]
        return () if _OTHER_ROLE.search(before) else fitting
    if roles & {"declared_amount", "mass", "conversion", "assumption"}:
        return fitting
    named = _nearest_role(number, roles_possible(number), reading)
    return tuple(quantity for quantity in fitting if quantity.role.removeprefix("next_") == named)


def roles_possible(number: Spoken) -> tuple[str, ...]:
    """The roles that a number without a physical unit can have."""
    if number.kind == "factor":
        return ("span", "half_span")
    if number.kind == "percent":
        return ("similarity", "acceptance", "coverage")
    return ("similarity", "acceptance")


def _nearest_role(number: Spoken, roles: Sequence[str], reading: Reading) -> str | None:
    """The role named nearest to a number: within its clause, else within its piece."""
    piece = reading.pieces[reading.piece_at(number.start)]
    clause = reading.clause_at(number.start)
    before_only = (piece.start, number.start)
    for start, end in (clause, before_only if number.kind == "bare" else (piece.start, piece.end)):
        found = [
            (_distance(number, match.start(), match.end()), -len(match[0]), role)
            for role in roles
            for match in ROLE_CUES[role].finditer(reading.masked, start, end)
        ]
        if found:
            named = min(found)[2]
            either_side = "half_span" in roles and ROLE_CUES["half_span"].search(reading.masked, start, end)
            return "half_span" if either_side else named
    return None


def _in_order(number: Spoken, reading: Reading, spoken: Sequence[Spoken]) -> frozenset[str] | None:
    """“A and B give 1 and 2 respectively”: the first number is the first one's, and so on."""
    piece = reading.pieces[reading.piece_at(number.start)]
    if not _RESPECTIVELY.search(reading.masked, piece.start, piece.end):
        return None
    numbers = [item for item in spoken if piece.start <= item.start < piece.end and item.kind == number.kind]
    named = [cue.keys for cue in piece.cues if cue.end <= numbers[0].start]
    owners = [keys for at, keys in enumerate(named) if not at or keys != named[at - 1]]
    at = numbers.index(number)
    if not owners and re.search(r"候选|candidates", reading.masked[piece.start : number.start], re.IGNORECASE):
        return frozenset({f"candidate:{at + 1}"})
    return owners[at] if len(owners) == len(numbers) else None


def _distance(number: Spoken, start: int, end: int) -> int:
    return number.start - end if end <= number.start else start - number.end + 3


def _co2e_roles(
    number: Spoken, fitting: tuple[Quantity, ...], reading: Reading, spoken: Sequence[Spoken]
) -> tuple[Quantity, ...]:
    """Which of result, low end, high end and emission factor the words around a footprint allow."""
    end = _range_end(number, reading, spoken)
    if end is not None:
        return tuple(quantity for quantity in fitting if quantity.role == end)
    before = reading.masked[max(reading.clause_at(number.start)[0], number.start - 30) : number.start]
    for pattern, role in ((LOW, "low"), (HIGH, "high")):
        if pattern.search(before):
            return tuple(quantity for quantity in fitting if quantity.role == role)
    clause = reading.masked[slice(*reading.clause_at(number.start))]
    factor = ROLE_CUES["emission_factor"].search(clause) is not None
    allowed = {"result", "conversion", "assumption"}
    if number.per is not None or factor or ROLE_CUES["reference_value"].search(clause):
        allowed |= {"emission_factor", "reference_value"}
    if factor:
        allowed -= {"result"}
    return tuple(quantity for quantity in fitting if quantity.role in allowed)


def _range_end(number: Spoken, reading: Reading, spoken: Sequence[Spoken]) -> str | None:
    """``low`` or ``high`` for a number that is one end of “from … to …”."""
    at = spoken.index(number)
    if at + 1 < len(spoken) and _is_range(number, spoken[at + 1], reading):
        return "low"
    return "high" if at and _is_range(spoken[at - 1], number, reading) else None


def _is_range(left: Spoken, right: Spoken, reading: Reading) -> bool:
    if left.unit != right.unit or not RANGE_JOIN.fullmatch(reading.masked[left.end : right.start]):
        return False
    joined = re.search(r"\bto\b|–|—|-|~|至|到", reading.masked[left.end : right.start])
    return bool(joined or RANGE_BEFORE.search(reading.masked[max(0, left.start - 30) : left.start]))


def owners_at(reading: Reading, place: int) -> frozenset[str] | None:
    """Whose a number at ``place`` is by the words around it; None where nothing has been named yet.

    The last name before it in its clause counts, else the first after it there; in a clause without a name
    the piece's first name and the last before it; then what the piece before was about.
    """
    index = reading.piece_at(place)
    piece, (start, end) = reading.pieces[index], reading.clause_at(place)
    clause = [cue for cue in piece.cues if start <= cue.start < end]
    before = [cue for cue in clause if cue.start < place]
    if clause:
        return before[-1].keys if before else clause[0].keys
    earlier = [cue for cue in piece.cues if cue.start < place]
    if earlier:
        earlier = [
            cue for cue in earlier if not _AFTER_THAN.search(reading.masked, max(0, cue.start - 8), cue.start)
        ] or earlier
        bracketed = reading.masked[start : start + 1] in {"(", "（"}
        return earlier[-1].keys if bracketed else earlier[0].keys | earlier[-1].keys
    later = [
        cue
        for cue in piece.cues
        if cue.keys != {"next"} and not _AFTER_THAN.search(reading.masked, max(0, cue.start - 8), cue.start)
    ]
    if later:
        return later[0].keys
    for previous in reversed(reading.pieces[:index]):
        if previous.cues:
            return previous.cues[0].keys | previous.cues[-1].keys
    return None
