"""Reads single cells of a bill of materials: numbers with and without a unit, yes and no."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import NamedTuple

from firstprint.errors import UnitError
from firstprint.units import convert_factor, dimension, parse_unit

BASE_UNITS = {"mass": "kg", "energy": "kWh", "volume": "m3", "length": "m", "area": "m2"}
"""Units that rows are calculated in, so that 1 t and 1000 kg are asked for in the same words."""
TRUE_WORDS = frozenset({"1", "true", "yes", "y", "x", "✓", "√", "是", "对", "截断", "不计入", "cut off", "cut-off"})
FALSE_WORDS = frozenset({"", "0", "false", "no", "n", "-", "–", "否", "不", "计入"})
BLANK_WORDS = frozenset({"", "-", "–", "—", "n/a", "na", "none", "null", "nan", "?", "/", "无", "未知", "待定", "tbd"})
_NUMBER = re.compile(r"^([+-]?[\d.,\s']*\d[\d.,\s']*(?:e[+-]?\d{1,3})?)\s*(\D.*)?$", re.IGNORECASE)
_THOUSANDS = re.compile(r"^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$")
_EITHER = re.compile(r"^[+-]?[1-9]\d{0,2},\d{3}$")
_EUROPEAN = re.compile(r"^[+-]?\d{1,3}(\.\d{3})+,\d+$")


class NumberCell(NamedTuple):
    """A number above zero and the unit written behind it, or an empty text."""

    value: float
    unit: str


class UnitSize(NamedTuple):
    """How many of a base unit one written unit is."""

    amount: float
    unit: str


class CellError(ValueError):
    """Rule: a cell holds what its column asks for; the message says the rule and what to write."""


def blank(text: str) -> bool:
    """Whether a cell says nothing."""
    return unicodedata.normalize("NFKC", text).strip().casefold() in BLANK_WORDS


def number_cell(text: str) -> NumberCell:
    """A finite number above zero, perhaps with a unit: ``0.4``, ``1,250.5``, ``0,4``, ``25 g``, ``３ 件``.

    Raises:
        CellError: it is none, or could be two (``1,250``: a thousand in English, little over one in German).
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _NUMBER.match(plain)
    if found is None:
        raise CellError("must be a number above 0. Write it as 0.4, and its unit apart")
    digits = re.sub(r"[\s']", "", found[1])
    if _EITHER.match(digits):
        plain_one, decimal = digits.replace(",", ""), digits.replace(",", ".")
        raise CellError(f"must be plain: it could be {plain_one} or {float(decimal):g}. Write the one that is meant")
    if _THOUSANDS.match(digits):
        digits = digits.replace(",", "")
    elif _EUROPEAN.match(digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif digits.count(",") == 1 and "." not in digits:
        digits = digits.replace(",", ".")
    try:
        value = float(digits)
    except ValueError:
        raise CellError("must be a number above 0. Write it as 1234.5, without other signs") from None
    if not math.isfinite(value) or value <= 0:
        raise CellError("must be a finite number above 0. Mark a line to leave out in the column 'cut_off' instead")
    return NumberCell(value, (found[2] or "").strip())


def unit_cell(text: str) -> UnitSize:
    """A unit as an amount of the base unit of its dimension: ``t`` → 1000 kg, ``件`` → 1 piece.

    Raises:
        CellError: no unit is spelled so.
    """
    try:
        parsed = parse_unit(text)
        base = BASE_UNITS.get(dimension(parsed.unit), parsed.unit)
        return UnitSize(parsed.amount * convert_factor(parsed.unit, base), base)
    except UnitError as error:
        raise CellError(f"must be a unit that is known. {error.hint}") from None


def mass_cell(text: str, heading_unit: str) -> float:
    """A mass in kilograms; the unit stands in the cell, else in the heading, else it is the kilogram.

    Raises:
        CellError: no mass.
    """
    number = number_cell(text)
    size = unit_cell(number.unit or heading_unit or "kg")
    if size.unit != "kg":
        raise CellError("must be a mass, such as 0.4 or 400 g")
    return number.value * size.amount


def supplier_cell(text: str) -> float:
    """A supplier's value in kg CO2e; a unit behind it must begin with the kilogram.

    Raises:
        CellError: it is none, or in another unit.
    """
    number = number_cell(text)
    if number.unit and not number.unit.casefold().startswith("kg"):
        raise CellError("must be in kg CO2e. Write the number alone")
    return number.value


def flag_cell(text: str) -> bool:
    """Yes or no.

    Raises:
        CellError: neither.
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if plain in TRUE_WORDS:
        return True
    if plain in FALSE_WORDS:
        return False
    raise CellError("must be yes or no (是 or 否). Leave it empty for no")
