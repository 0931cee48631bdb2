"""The one place where numbers of a rationale get their written form."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from firstprint.domain.product import DeclaredUnit
from firstprint.wording import unit_words

SMALLEST_PLAIN = 1e-6
LARGEST_PLAIN = 1e12
"""Between these two a number is written without an exponent."""


def format_quantity(value: float, figures: int = 3) -> str:
    """A number at ``figures`` significant digits: plain, a point for decimals, no separators, no idle zeros.

    >>> format_quantity(0.05225), format_quantity(1234.6), format_quantity(0.07), format_quantity(2.5e-8)
    ('0.0522', '1230', '0.07', '2.5e-8')
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    return _written(value, figures)


@lru_cache(maxsize=16_384)
def _written(value: float, figures: int) -> str:
    """A finite number that is not zero; a guard asks for the same ones again beside every number of a text."""
    exact = Decimal(repr(float(value)))
    rounded = exact.quantize(Decimal(1).scaleb(exact.adjusted() - figures + 1), rounding=ROUND_HALF_EVEN)
    if SMALLEST_PLAIN <= abs(value) < LARGEST_PLAIN:
        return _without_idle_zeros(f"{rounded:f}")
    mantissa, exponent = f"{rounded:.{figures - 1}e}".lower().split("e")
    return f"{_without_idle_zeros(mantissa)}e{int(exponent)}"


def format_percent(share: float) -> str:
    """A share as whole percent, or with one decimal where whole percent would say 0 or 100.

    >>> format_percent(0.83), format_percent(0.004), format_percent(0.9996)
    ('83', '0.4', '99.9')
    """
    percent = share * 100
    if 1 <= percent <= 99 or percent in {0.0, 100.0} or percent > 100:
        return f"{percent:.0f}"
    return _without_idle_zeros(f"{min(max(percent, 0.1), 99.9):.1f}")


def format_factor(factor: float) -> str:
    """A ratio at two significant digits, as in “a factor 2.1”.

    >>> format_factor(3.87), format_factor(12.4), format_factor(2.0)
    ('3.9', '12', '2')
    """
    return format_quantity(factor, figures=2)


def per_unit(unit: DeclaredUnit, language: str) -> str:
    """What a footprint is per.

    >>> ten = DeclaredUnit(amount=10, unit="kg")
    >>> per_unit(DeclaredUnit(), "en"), per_unit(ten, "en"), per_unit(DeclaredUnit(), "zh"), per_unit(ten, "zh")
    ('per piece', 'for 10 kg', '每件', '10 kg 合计')
    """
    word = unit_words(unit.unit, language)
    amount = f"{format_quantity(unit.amount)} {word}"
    if language == "zh":
        gap = " " if word.isascii() else ""
        return f"每{gap}{word}" if unit.amount == 1 else f"{amount} 合计"
    return f"per {word}" if unit.amount == 1 else f"for {amount}"


def _without_idle_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
