"""Whether a number as a text tells it is one of the given quantities: unit, rounding, “about” and “more than”."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from firstprint.rationale.records import CO2E, Facts, Quantity
from firstprint.rationale.spoken_numbers import Spoken
from firstprint.rationale.spoken_units import SpokenUnit, canonical

_LEAST_PRECISION = 0.2
"""A number may be rounded to two significant digits, to one from 5 on; more coarsely only beside “about”."""
_CLOSE = 0.01
"""Nearer than this share a number may be rounded as coarsely as it likes: 1 for 0.992."""
_IN_WORDS = 0.05
"""The same for a factor in words: “three times” for 2.92."""
_ROUGHLY = 0.15
"""“About N” holds within this share of N at most."""
_PHRASE = 0.09
"""“A third”, “half” and “twice” hold within this share."""
_ROUGHLY_PERCENT = 0.06
"""“About N percent” within this share of N."""
_NOTHING_MUCH = 5
"""“Less than 5 percent” and below holds of everything down to nothing."""
_BOUND = 0.3
"""“More than N” holds up to this share above N, or up to the next whole number of times; “under N” likewise."""
_JUST = 0.12
"""“Just over N”, “nearly N” hold within this share of N."""


def fits(number: Spoken, quantity: Quantity, facts: Facts) -> bool:
    """Whether ``number`` is ``quantity`` after rounding, in a unit that fits."""
    return fits_in(number, quantity, sizes_of(number, quantity, facts))


def fits_in(number: Spoken, quantity: Quantity, sizes: Sequence[tuple[float, float]]) -> bool:
    """The same, for scales of ``sizes_of``."""
    return any(rounds_to(number, quantity.value, quantity.number, *size) for size in sizes)


def rounds_to(number: Spoken, value: float, shown: str, ours: float = 1.0, theirs: float = 1.0) -> bool:
    """Whether a reading of ``number`` × ``ours`` equals ``value`` × ``theirs`` at the precision it claims."""
    rounded, last_place = _shown(shown)
    for read, place in number.readings:
        if not math.isfinite(read):
            continue
        step = place
        if number.approximate and not number.bound and read == int(read) and place == 1:
            step = 10.0 ** (len(str(int(abs(read)))) - len(str(int(abs(read))).rstrip("0") or "0"))
        slack = 0.5 * step * ours * 1.0001 if place else _PHRASE * abs(read * ours)
        if number.approximate and not number.bound:
            roughly = _ROUGHLY_PERCENT if number.kind == "percent" else _ROUGHLY
            slack = min(slack, max(roughly * abs(read * ours), 0.5 * place * ours * 1.0001))
        near = min(abs(read * ours - value * theirs), abs(read * ours - rounded * theirs))
        if near > slack + 1e-12 * abs(value * theirs) and not number.bound:
            continue  # nearly every number and quantity: no more needs to be asked of them
        fine = step * ours <= last_place * theirs * 1.0001 or step <= _LEAST_PRECISION * abs(read)
        in_words = number.kind == "factor" and not any(sign.isdigit() for sign in number.text)
        precise = fine or near <= (_IN_WORDS if in_words else _CLOSE) * abs(read * ours)
        loose = number.approximate and not number.bound
        one_sided = bool(number.bound) and not place and near > _CLOSE * abs(read * ours)
        if near <= slack + 1e-12 * abs(value * theirs) and (precise or loose) and not one_sided:
            return True
        if number.bound and _within_bound(number, read * ours, value * theirs):
            return True
    return False


@lru_cache(maxsize=16_384)
def _shown(shown: str) -> tuple[float, float]:
    """A written number and the size of its last place."""
    mantissa, _, exponent = shown.lower().partition("e")
    return float(shown), 10.0 ** (-len(mantissa.partition(".")[2]) + (int(exponent) if exponent else 0))


def _within_bound(number: Spoken, told: float, true: float) -> bool:
    """Whether “more than N”, “just under N”, “N 倍多” hold of the true number, and tell it closely enough."""
    over = number.bound.endswith("over")
    part = number.kind == "factor" and told < 1
    far = abs(told) * (_JUST if number.bound.startswith("just") and not part else _BOUND)
    if number.kind == "percent" and told <= _NOTHING_MUCH:
        far = told
    if number.bound == "over" and number.kind == "factor" and told >= 2 and told == int(told):
        far = max(far, 1.0)
    return told <= true <= told + far if over else told - far <= true <= told


def sizes_of(number: Spoken, quantity: Quantity, facts: Facts) -> list[tuple[float, float]]:
    """Pairs of scales under which the number and the quantity can be compared; empty where units differ."""
    if quantity.unit == "any":
        return [(1.0, 1.0)]
    if number.kind != "unit" or number.unit is None:
        return _unitless_sizes(number, quantity)
    unit = unit_of(quantity.unit)
    if unit is None or (unit.dimension != number.unit.dimension and not gas_unsaid(number, quantity)):
        return []
    ours, theirs = number.unit.size, unit.size
    if number.per is None:
        return [(ours, theirs)]
    alone = [(ours, theirs)] if number.per_before else []
    per = unit_of(quantity.per) if quantity.per else _declared(facts, one=quantity.role == "mass")
    if per is None or per.dimension != number.per.dimension:
        return alone
    return [(ours / number.per.size, theirs / per.size), *alone]


def gas_unsaid(number: Spoken, quantity: Quantity) -> bool:
    """“It gives 4.16 kg”: a footprint told by its mass alone."""
    return number.unit is not None and number.unit.dimension == "mass" and quantity.unit == CO2E


def _unitless_sizes(number: Spoken, quantity: Quantity) -> list[tuple[float, float]]:
    if number.kind == "percent":
        if quantity.role == "similarity":
            return [(0.01, 1.0)]
        return [(1.0, 1.0)] if quantity.unit == "%" else []
    if number.kind == "year":
        return [(1.0, 1.0)] if quantity.unit == "year" else []
    if number.kind == "factor":
        part = number.readings[0][0] < 1 and quantity.role in {"acceptance", "similarity", "reference_weight"}
        if part:
            return [(1.0 if quantity.role == "similarity" else 100.0, 1.0)]
        return [(1.0, 1.0)] if quantity.unit == "factor" else []
    return _bare_sizes(quantity) if number.kind == "bare" else []


def _bare_sizes(quantity: Quantity) -> list[tuple[float, float]]:
    """A number alone may be a similarity, a probability from 0 to 1, a year, a ratio or a footprint."""
    if quantity.role == "acceptance":
        return [(100.0, 1.0)]
    return (
        [(1.0, 1.0)]
        if quantity.role in {"similarity", "year", "valid_until"} or quantity.unit in {"factor", CO2E}
        else []
    )


def _declared(facts: Facts, *, one: bool) -> SpokenUnit | None:
    """The declared unit, as often as the footprint is asked for it: “25.6 kg per kg” of 51.1 kg for two."""
    amount = next(quantity for quantity in facts.quantities if quantity.role == "declared_amount")
    unit = unit_of(amount.unit)
    return unit if unit is None or one else unit._replace(size=unit.size * amount.value)


@lru_cache(maxsize=4_096)
def unit_of(code: str) -> SpokenUnit | None:
    """The unit of a quantity, by its code or as ``dimension:size``; None for one that sentences cannot carry."""
    if ":" in code:
        dimension, _, size = code.partition(":")
        return SpokenUnit(dimension, float(size))
    return canonical(code)
