"""Reads what a user hands in: every value checked, and what the description itself states taken as stated."""

from __future__ import annotations

import math
import re
from typing import NamedTuple, cast, get_args

from firstprint.domain.product import DeclaredUnit, Language, Product, SystemBoundary
from firstprint.errors import InputError, UnitError
from firstprint.geography import find_geography, normalise_geography
from firstprint.language import clean_description, detect_language, writing_language
from firstprint.phrases import (
    StatedQuantity,
    head_of,
    leading_quantity,
    names_a_battery,
    trailing_quantity,
    without_quantities,
)
from firstprint.units import convert_factor, dimension, parse_unit

BOUNDARIES = get_args(SystemBoundary)
LANGUAGES = get_args(Language)
MAX_TOP = 50
_CAPACITY = "kWh_capacity"
_YEARS = (1950, 2100)
_MAX_CATEGORY_CHARS = 200


class RawRequest(NamedTuple):
    """The facade's arguments as given; None where not given."""

    text: str
    amount: float = 1.0
    unit: str | None = None
    mass_kg: float | None = None
    geography: str | None = None
    category: str | None = None
    boundary: str = "cradle_to_gate"
    year: int | None = None
    language: str | None = None
    top: int = 5


class Request(NamedTuple):
    """A checked request.

    Attributes:
        product: as far as stated; its unit is ``piece`` while ``unit_known`` is false.
        unit_known: the declared unit was stated, as an option or at the start of the description.
        unit_read: the unit stated was read as another of the same name: the kilowatt-hours of a battery as what it
            holds. It counts among the facts assumed.
        matching_texts: the description without amounts and sizes; before it, where it names a purpose or what
            comes with it, the thing alone ("PET bottle" of "PET bottle for mineral water").
        language: of the answer.
        top: candidates wanted.
    """

    product: Product
    unit_known: bool
    matching_texts: tuple[str, ...]
    language: Language
    top: int
    unit_read: bool = False


def read_request(raw: RawRequest) -> Request:
    """Checks a request and reads what the description itself states.

    Raises:
        InputError: naming the rule, the value and what to give instead.
    """
    text = clean_description(raw.text)
    stated = leading_quantity(text)
    unit = _declared_unit(raw, stated)
    capacity = _capacity(raw, text, unit)
    unit = capacity or unit
    mass = _checked_number("mass_kg", raw.mass_kg)
    if mass is None and stated is not None and dimension(stated.unit) == "mass" and _is_piece(unit):
        mass, unit = _mass_in_kg(stated), unit or DeclaredUnit(amount=_amount(raw.amount), unit="piece")
    ending = trailing_quantity(text) if mass is None and unit is not None and unit.unit == "piece" else None
    if ending is not None and dimension(ending.unit) == "mass":
        mass = _mass_in_kg(ending)
    geography = normalise_geography(raw.geography) if raw.geography else None
    if geography is None:
        geography = find_geography(text)
    product = Product(
        description=text,
        language=detect_language(text),
        declared_unit=unit or DeclaredUnit(amount=_amount(raw.amount), unit="piece"),
        mass_kg=mass,
        geography=geography,
        category=_category(raw.category),
        system_boundary=_boundary(raw.boundary),
        year=_year(raw.year),
    )
    bare = without_quantities(text)
    head = head_of(bare)
    texts = (bare,) if head is None else (head, bare)
    language = _answer_language(raw.language, product)
    return Request(product, unit is not None, texts, language, checked_top(raw.top), capacity is not None)


def _capacity(raw: RawRequest, text: str, unit: DeclaredUnit | None) -> DeclaredUnit | None:
    """The kilowatt-hours of a battery as what it holds, stated as its unit or at the end of its name; else None.

    Footprints of batteries are published per kWh of capacity; as energy, 12 kWh of a battery would be what a grid
    delivers. A battery counted in pieces stays what it is.
    """
    if unit is None:
        stated = trailing_quantity(text)
        unit = stated and DeclaredUnit(amount=_amount(raw.amount) * stated.amount, unit=stated.unit)
    if unit is None or dimension(unit.unit) != "energy" or not names_a_battery(text):
        return None
    return DeclaredUnit(amount=unit.amount * convert_factor(unit.unit, "kWh"), unit=_CAPACITY)


def _declared_unit(raw: RawRequest, stated: StatedQuantity | None) -> DeclaredUnit | None:
    """The unit given as an option, else one the description begins with, else None.

    "25 g PET bottle" describes a piece that weighs 25 g; "1 kg beef", "1 kWh …" and "1 t·km …" name the
    unit the footprint is asked per.
    """
    amount = _amount(raw.amount)
    if raw.unit:
        scale = parse_unit(raw.unit)
        return DeclaredUnit(amount=amount * scale.amount, unit=scale.unit)
    if stated is None:
        return None
    if dimension(stated.unit) == "mass" and not re.fullmatch(r"1(?:[.,]0+)?\s*\D+", stated.words):
        return None
    return DeclaredUnit(amount=amount * stated.amount, unit=stated.unit)


def with_content(assumed: DeclaredUnit, description: str) -> DeclaredUnit:
    """An assumed unit with the content that the description ends with, where both measure the same.

    "Bottle of wine 0.75 l" is 0.75 litres of wine, not one.
    """
    stated = trailing_quantity(description)
    try:
        if stated is None or dimension(stated.unit) != dimension(assumed.unit):
            return assumed
    except UnitError:
        return assumed  # a catalogue may carry units that nobody can ask for
    return DeclaredUnit(amount=assumed.amount * stated.amount, unit=stated.unit)


def _is_piece(unit: DeclaredUnit | None) -> bool:
    return unit is None or unit.unit == "piece"


def _mass_in_kg(stated: StatedQuantity) -> float:
    return stated.amount * convert_factor(stated.unit, "kg")


def _amount(amount: float) -> float:
    value = _checked_number("amount", amount)
    return 1.0 if value is None else value


def _checked_number(name: str, value: float | None) -> float | None:
    if value is None:
        return None
    if not math.isfinite(value) or value <= 0:
        raise InputError(
            f"{name} must be a finite number above 0, got {value!r}.",
            hint="Give the amount as a plain number such as 1 or 0.025, and its unit apart.",
            code=f"{name}_invalid",
        )
    return float(value)


def checked_top(top: int) -> int:
    """The number of candidates wanted, between 1 and ``MAX_TOP``."""
    if not 1 <= top <= MAX_TOP:
        raise InputError(
            f"top must be between 1 and {MAX_TOP}, got {top}.", hint="Leave it out for 5.", code="top_invalid"
        )
    return top


def _answer_language(asked: str | None, product: Product) -> Language:
    if asked is not None and asked not in LANGUAGES:
        raise InputError(
            f"The language {asked!r} is not one that answers are written in.",
            hint="Use one of: " + ", ".join(LANGUAGES) + ".",
            code="language_unknown",
        )
    return cast("Language", asked) if asked else writing_language(product.language)


def _boundary(text: str) -> SystemBoundary:
    value = text.strip().lower().replace("-", "_").replace(" ", "_")
    if value not in BOUNDARIES:
        raise InputError(
            f"The system boundary {text!r} is not known.",
            hint="Use one of: " + ", ".join(BOUNDARIES) + ".",
            code="boundary_unknown",
        )
    return cast("SystemBoundary", value)


def _year(year: int | None) -> int | None:
    if year is not None and not _YEARS[0] <= year <= _YEARS[1]:
        raise InputError(
            f"year must be between {_YEARS[0]} and {_YEARS[1]}, got {year}.",
            hint="Give the year the footprint is asked for, such as 2024.",
            code="year_invalid",
        )
    return year


def _category(text: str | None) -> str | None:
    clean = " ".join((text or "").split())
    if len(clean) > _MAX_CATEGORY_CHARS:
        raise InputError(
            f"category has {len(clean)} characters, at most {_MAX_CATEGORY_CHARS} are allowed.",
            hint="Name the sector or product group in a few words.",
            code="category_too_long",
        )
    return clean or None
