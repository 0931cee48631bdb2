"""How numbers and names of a bill are written in its page and its drawing."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from firstprint.units import format_number

_SMALLEST_KG = 0.01
_LARGEST_KG = 1000.0
_LEAST_SHARE = 0.001
_UNPRINTABLE = frozenset({"Cc", "Cs", "Co", "Cn"})


class Unit(NamedTuple):
    """A unit of mass and its size in kilograms."""

    name: str
    kg: float

    def figure(self, kg: float, figures: int = 3) -> str:
        """The number alone, at so many significant digits, thousands apart."""
        return quantity(kg / self.kg, figures)

    def text(self, kg: float, figures: int = 3) -> str:
        """The number with its unit."""
        return f"{self.figure(kg, figures)} {self.name}"


def unit_for(kg: float) -> Unit:
    """The unit in which a footprint reads best.

    >>> unit_for(0.002).text(0.002), unit_for(12_345).text(12_345)
    ('2 g', '12.3 t')
    """
    size = abs(kg)
    if 0 < size < _SMALLEST_KG:
        return Unit("g", 0.001)
    return Unit("t", 1000.0) if size >= _LARGEST_KG else Unit("kg", 1.0)


def quantity(value: float, figures: int = 3) -> str:
    """A number at so many significant digits, without an exponent.

    >>> quantity(0.05225), quantity(123456.0), quantity(10.0)
    ('0.0522', '123,000', '10')
    """
    text = format_number(float(f"{value:.{figures}g}"))
    whole, point, part = text.partition(".")
    return f"{int(whole):,}" if not point and whole.lstrip("-").isdigit() and len(whole) > 4 else whole + point + part


def percent(share: float | None) -> str:
    """A share as a percentage: whole, or with one decimal below one percent."""
    if share is None:
        return ""
    if 0 < share < _LEAST_SHARE:
        return "<0.1 %"
    return f"{share * 100:.0f} %" if abs(share) >= 10 * _LEAST_SHARE else f"{share * 100:.1f} %"


def printable(text: str) -> str:
    """Text without control characters and lone surrogates, each run of blanks one blank."""
    return " ".join("".join(" " if unicodedata.category(char) in _UNPRINTABLE else char for char in text).split())
