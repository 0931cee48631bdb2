"""Numbers as exchange formats write them: plain decimals that read back as the very same number."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Decimal

_PERC_DIGITS = 5
_PERC_PLACES = 3
_LARGEST_PERC = Decimal(99_999)


def decimal_string(value: float) -> str:
    r"""A finite number without an exponent, as PACT's decimals are (``^[+-]?\d+(\.\d+)?$``); nothing is rounded.

    >>> decimal_string(0.0611), decimal_string(1e-7), decimal_string(2.5e21), decimal_string(-0.0)
    ('0.0611', '0.0000001', '2500000000000000000000', '0')

    Raises:
        ValueError: the value is not finite.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} is no finite number")
    return plain(Decimal(repr(float(value))))


def plain(value: Decimal) -> str:
    """A finite decimal without an exponent and without zeros that say nothing.

    >>> plain(Decimal("1E+3")), plain(Decimal("0.0250")), plain(Decimal("-0.0"))
    ('1000', '0.025', '0')
    """
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"", "-0", "-"} else text


def five_digits(value: float) -> str | None:
    """A positive number as ILCD's ``Perc``: five digits at most, three of them after the point; None beyond it.

    >>> five_digits(1.98765), five_digits(123.456), five_digits(1e6)
    ('1.988', '123.46', None)
    """
    if not math.isfinite(value) or Decimal(value) > _LARGEST_PERC:
        return None
    whole = max(1, len(str(int(value))))
    places = max(0, min(_PERC_PLACES, _PERC_DIGITS - whole))
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    if len(rounded.as_tuple().digits) > _PERC_DIGITS and places:  # 99.9996 became 100.000
        rounded = rounded.quantize(Decimal(1).scaleb(1 - places))
    return format(rounded, "f")
