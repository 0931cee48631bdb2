"""Units: every usual spelling to one canonical unit, and conversions written out as readable equations.

A table of spellings is asked first; pint, which costs 0.2 s to import, only for what the table lacks. The
order matters: pint reads ``ton`` as 907 kg, ``kt`` as a knot and ``T`` as a tesla.
"""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple

from firstprint.errors import InputError, UnitError
from firstprint.unit_spellings import SPELLINGS


class UnitAmount(NamedTuple):
    """``amount`` × ``unit``, with ``unit`` canonical: a pound is 0.45359237 × kg."""

    amount: float
    unit: str


class Conversion(NamedTuple):
    """An amount in the unit asked for and how it was reached: an equation a step, none for the same unit."""

    amount: float
    unit: str
    steps: tuple[str, ...]


class _Scale(NamedTuple):
    """A canonical unit's dimension, and its size in the dimension's base unit."""

    dimension: str
    size: float


# Sizes follow the SI brochure (9th edition): 1 kWh = 3.6 MJ, 1 litre = 0.001 m3, 1 t = 1000 kg. A capacity
# is not an energy, a peak power is not a power, and currencies have no fixed rate: each is a dimension.
_SCALES: dict[str, _Scale] = {
    "kg": _Scale("mass", 1.0),
    "g": _Scale("mass", 0.001),
    "t": _Scale("mass", 1000.0),
    "kWh": _Scale("energy", 3.6),
    "MJ": _Scale("energy", 1.0),
    "m3": _Scale("volume", 1.0),
    "litre": _Scale("volume", 0.001),
    "m2": _Scale("area", 1.0),
    "cm2": _Scale("area", 0.0001),
    "m": _Scale("length", 1.0),
    "km": _Scale("length", 1000.0),
    "tkm": _Scale("freight", 1.0),
    "pkm": _Scale("passenger_transport", 1.0),
    "piece": _Scale("count", 1.0),
    "hour": _Scale("time", 1.0),
    "m2a": _Scale("area_time", 1.0),
    "EUR": _Scale("currency:EUR", 1.0),
    "USD": _Scale("currency:USD", 1.0),
    "CNY": _Scale("currency:CNY", 1.0),
    "kWh_capacity": _Scale("energy_capacity", 1.0),
    "Wp": _Scale("peak_power", 1.0),
    "GB": _Scale("data", 1.0),
    "TEU-km": _Scale("container_transport", 1.0),
}

CANONICAL_UNITS: tuple[str, ...] = tuple(_SCALES)
"""Units of catalogue rows, declared units and records."""

# Spellings in which the case tells a factor of a million or more; looked up before case is ignored.
_CASE_MATTERS: dict[str, UnitAmount] = {
    "Mg": UnitAmount(1.0, "t"),
    "Mt": UnitAmount(1e6, "t"),
    "mWh": UnitAmount(1e-6, "kWh"),
    "mJ": UnitAmount(1e-9, "MJ"),
    "3B": UnitAmount(1.0, "MJ"),
}

# What pint may answer with: a unit it can convert to, and firstprint's name for it.
_PINT_TARGETS: tuple[tuple[str, str], ...] = (
    ("kilogram", "kg"),
    ("megajoule", "MJ"),
    ("meter ** 3", "m3"),
    ("meter ** 2", "m2"),
    ("meter", "m"),
    ("hour", "hour"),
    ("metric_ton * kilometer", "tkm"),
    ("meter ** 2 * year", "m2a"),
)

# Only names, products, quotients and one-digit powers reach pint's parser: 9**9**9 would keep it busy.
_PINT_SAFE = re.compile(r"[^\W\d_]+(?:[ _*/]+[^\W\d_]+){0,3}(?:\s*(?:\^|\*\*)?[23])?")
_NUMBER_AND_UNIT = re.compile(r"(?P<number>\d[\d.,]*(?:[eE][+-]?\d+)?)\s*[x×*]?\s*(?P<unit>[^\d\s].*)")
_LEADING_PER = re.compile(r"^(?:per\s+|pro\s+|par\s+|/\s*|每\s*|[1一]\s*(?=[^\W\d]))", re.IGNORECASE)
_MAX_UNIT_CHARS = 60

_MASS_BRIDGED = frozenset({"count", "length", "area", "volume", "energy_capacity", "peak_power"})
_SMALLEST_PLAIN, _LARGEST_PLAIN = 1e-9, 1e15


def normalise_unit(text: str) -> str:
    """The canonical unit that ``text`` spells, as in ``公斤`` → ``kg``.

    Raises:
        UnitError: ``unit_unknown``; or ``unit_scaled`` for a multiple of a canonical unit (``lb``, ``斤``),
            which has no name of its own: ``parse_unit`` gives its factor.
    """
    parsed = parse_unit(text)
    if parsed.amount != 1.0:
        raise UnitError(
            f"The unit {text!r} is {format_number(parsed.amount)} {parsed.unit}, not a canonical unit.",
            hint=f"Give the amount in {parsed.unit}.",
            code="unit_scaled",
        )
    return parsed.unit


@lru_cache(maxsize=4096)
def parse_unit(text: str) -> UnitAmount:
    """What one ``text`` is in a canonical unit: ``lb`` → 0.45359237 kg, ``100 g`` → 100 g, ``kg`` → 1 kg.

    Raises:
        UnitError: ``unit_unknown``, with the nearest known spelling and the canonical units in the hint.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    bare = _LEADING_PER.sub("", plain).strip(" []") if plain else plain
    for candidate in (plain, bare):
        found = _look_up(candidate)
        if found is not None:
            return found
    counted = _NUMBER_AND_UNIT.fullmatch(bare)
    if counted is not None:
        found = _counted(counted["number"], counted["unit"])
    if found is None and len(bare) <= _MAX_UNIT_CHARS and _PINT_SAFE.fullmatch(bare):
        found = _ask_pint(bare)
    if found is None:
        raise _unknown(text)
    return found


def dimension(unit: str) -> str:
    """The dimension of a unit in any known spelling, such as ``mass``, ``count`` or ``currency:EUR``.

    Raises:
        UnitError: ``unit_unknown``.
    """
    return _SCALES[_canonical(unit)].dimension


def convert_factor(from_unit: str, to_unit: str) -> float:
    """By what an amount in ``from_unit`` is multiplied to be in ``to_unit``.

    Raises:
        UnitError: ``unit_unknown``; ``unit_incompatible`` when the two are of different dimensions.
    """
    start, end = parse_unit(from_unit), parse_unit(to_unit)
    source, target = _SCALES[start.unit], _SCALES[end.unit]
    if source.dimension != target.dimension:
        raise UnitError(
            f"{from_unit!r} ({source.dimension}) does not convert into {to_unit!r} ({target.dimension}).",
            hint="State a mass or a density, or choose a dataset in a unit of the same dimension.",
            code="unit_incompatible",
        )
    if start.unit == end.unit:
        return start.amount / end.amount
    return start.amount * source.size / (end.amount * target.size)


def convert_amount(
    amount: float,
    from_unit: str,
    to_unit: str,
    *,
    mass_kg: float | None = None,
    density_kg_per_m3: float | None = None,
    target_mass_kg: float | None = None,
) -> Conversion | None:
    """Converts ``amount`` of a declared unit into a dataset's unit, over mass or density where it must.

    Args:
        amount: finite number of ``from_unit``.
        from_unit: the declared unit, in any known spelling.
        to_unit: the unit of the dataset's reference flow.
        mass_kg: kg of one ``from_unit`` (a piece, a metre, a litre …); for an amount given as a mass, kg of
            one piece. None when unknown.
        density_kg_per_m3: kg of one m3, or None when unknown.
        target_mass_kg: kg of one ``to_unit`` as the dataset states it (of a m2, a piece …), or None when unknown.

    Returns:
        The converted amount with its steps, or None where no route exists.

    Raises:
        UnitError: a unit is unknown.
        InputError: ``not_finite`` or ``not_positive``.
    """
    _check_numbers(amount, mass_kg, density_kg_per_m3, target_mass_kg)
    declared, target = parse_unit(from_unit), normalise_unit(to_unit)
    start = Conversion(amount, from_unit if declared.amount != 1.0 else declared.unit, ())
    if dimension(from_unit) == dimension(target):
        return _scaled_to(start, target)
    in_kg = _to_kg(start, mass_kg, density_kg_per_m3)
    if in_kg is None:
        return None
    # A mass given for one metre or litre says nothing about a piece.
    piece_mass_kg = mass_kg if dimension(from_unit) == "mass" else None
    if target_mass_kg is not None and dimension(target) in _MASS_BRIDGED:
        return _divided(in_kg, target_mass_kg, target)
    return _from_kg(in_kg, target, piece_mass_kg, density_kg_per_m3)


def format_number(value: float) -> str:
    """``value`` with up to six significant digits, and no exponent between 1e-9 and 1e15."""
    rounded = f"{value:.6g}"
    if value == 0 or not _SMALLEST_PLAIN <= abs(value) < _LARGEST_PLAIN:
        return rounded
    return format(Decimal(rounded), "f")


def _scaled_to(start: Conversion, unit: str) -> Conversion:
    if start.unit == unit:
        return start
    return _times(start, convert_factor(start.unit, unit), unit)


def _to_kg(start: Conversion, mass_kg: float | None, density: float | None) -> Conversion | None:
    kind = dimension(start.unit)
    if kind == "mass":
        return _scaled_to(start, "kg")
    if mass_kg is not None and kind in _MASS_BRIDGED:
        return _times(start, mass_kg, "kg")
    if density is not None and kind == "volume":
        return _times(_scaled_to(start, "m3"), density, "kg")
    return None


def _from_kg(in_kg: Conversion, unit: str, piece_mass_kg: float | None, density: float | None) -> Conversion | None:
    kind = dimension(unit)
    if kind == "mass":
        return _scaled_to(in_kg, unit)
    if kind == "count" and piece_mass_kg is not None:
        return _divided(in_kg, piece_mass_kg, unit)
    if kind == "volume" and density is not None:
        return _scaled_to(_divided(in_kg, density, "m3"), unit)
    return None


def _times(start: Conversion, factor: float, unit: str) -> Conversion:
    amount = start.amount * factor
    equation = (
        f"{format_number(start.amount)} {start.unit} × {format_number(factor)} {unit}/{start.unit}"
        f" = {format_number(amount)} {unit}"
    )
    return Conversion(amount, unit, (*start.steps, equation))


def _divided(start: Conversion, divisor: float, unit: str) -> Conversion:
    amount = start.amount / divisor
    equation = (
        f"{format_number(start.amount)} {start.unit} ÷ {format_number(divisor)} {start.unit}/{unit}"
        f" = {format_number(amount)} {unit}"
    )
    return Conversion(amount, unit, (*start.steps, equation))


def _check_numbers(amount: float, mass_kg: float | None, density: float | None, target_kg: float | None) -> None:
    if not math.isfinite(amount):
        raise InputError(f"The amount {amount!r} is not a finite number.", hint="Give a number.", code="not_finite")
    for name, value in (("mass_kg", mass_kg), ("density_kg_per_m3", density), ("target_mass_kg", target_kg)):
        if value is not None and not (math.isfinite(value) and value > 0):
            raise InputError(
                f"{name} is {value!r}; it must be a positive number.",
                hint="Leave it out when it is unknown.",
                code="not_positive",
            )


def _canonical(unit: str) -> str:
    return unit if unit in _SCALES else parse_unit(unit).unit


def _key(spelling: str) -> str:
    """One key for spellings that differ in width, case, accents, spaces, dots, signs or brackets."""
    plain = unicodedata.normalize("NFKD", spelling.strip().replace("(s)", "s"))
    letters = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    joined = re.sub(r"(?<=[^\W\d])[-‐-―](?=[^\W\d])|(?<=[2])[-](?=[^\W\d])", "", letters)
    return re.sub(r"[\s*.·⋅•∙×^_()]", "", joined)


@cache
def _table() -> dict[str, UnitAmount]:
    table = {_key(unit): UnitAmount(1.0, unit) for unit in CANONICAL_UNITS}
    for size, unit, spellings in SPELLINGS:
        table.update({_key(spelling): UnitAmount(float(size), unit) for spelling in spellings.split("|")})
    return table


def _look_up(text: str) -> UnitAmount | None:
    if text in _CASE_MATTERS:
        return _CASE_MATTERS[text]
    key = _key(text)
    table = _table()
    if key in table:
        return table[key]
    plural = key[:-1] if key.endswith("s") and len(key) > 2 else ""
    return table.get(plural) or table.get(re.sub(r"s(?=km$|kilomet)", "", key))


def _counted(number: str, unit: str) -> UnitAmount | None:
    thousands = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?", number)
    plain = number.replace(",", "" if thousands else ".")
    found = _look_up(unit)
    try:
        value = float(plain)
    except ValueError:
        return None
    if found is None or not math.isfinite(value) or value <= 0:
        return None
    return UnitAmount(value * found.amount, found.unit)


@cache
def _registry() -> Any:  # noqa: ANN401 - pint ships no types that mypy strict accepts
    import pint

    return pint.UnitRegistry(on_redefinition="ignore")


def _ask_pint(text: str) -> UnitAmount | None:
    import pint

    registry = _registry()
    for spelling in (text, text.lower(), text.lower().replace(" ", "_")):
        try:
            quantity = registry.Quantity(1.0, registry.parse_units(spelling))
        except (pint.PintError, ValueError, TypeError, AttributeError):
            continue  # pint raises its own errors for names and Python's for odd grammar
        for target, unit in _PINT_TARGETS:
            if quantity.is_compatible_with(target):
                return UnitAmount(float(quantity.to(target).magnitude), unit)
    return None


def _unknown(text: str) -> UnitError:
    near = difflib.get_close_matches(_key(text), [key for key in _table() if len(key) > 1], n=1, cutoff=0.6)
    nearest = f"Did you mean {_table()[near[0]].unit!r} (spelled {near[0]!r})? " if near else ""
    shown = text if len(text) <= _MAX_UNIT_CHARS else text[:_MAX_UNIT_CHARS] + "…"
    return UnitError(
        f"The unit {shown!r} is not known.",
        hint=f"{nearest}Use one of {', '.join(CANONICAL_UNITS)}, or a usual spelling of one.",
        code="unit_unknown",
    )
