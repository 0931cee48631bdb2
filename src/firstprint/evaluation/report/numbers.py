"""How figures are written on a page: three significant digits at most, units named, factors in words."""

from __future__ import annotations

import math

MINUS = "\u2212"
NONE = "–"
"""What stands where a figure cannot be given."""
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_WIDEST_LOG10 = 12.0


def number(value: float | None) -> str:
    """A figure with three significant digits, thousands separated.

    >>> number(12345.6), number(0.01234), number(-2.5), number(2e-7), number(None)
    ('12,300', '0.0123', '−2.5', '2 × 10⁻⁷', '–')
    """
    if value is None or not math.isfinite(value):
        return NONE
    if value == 0:
        return "0"
    sign = MINUS if value < 0 else ""
    size = abs(value)
    if size < 1e-3 or size >= 1e9:
        mantissa, exponent = f"{size:.2e}".split("e")
        return f"{sign}{_trimmed(mantissa)} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}"
    rounded = float(f"{size:.3g}")
    decimals = max(0, 2 - math.floor(math.log10(rounded)))
    return sign + _trimmed(f"{rounded:,.{decimals}f}")


def _trimmed(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def fine(value: float | None) -> str:
    """A figure without a unit: three decimals below 1, so that a column of them lines up, else as ``number``.

    >>> fine(0.96), fine(-0.00968), fine(31.62), fine(0.0)
    ('0.960', '−0.010', '31.6', '0')
    """
    if value is None or not math.isfinite(value) or value == 0 or abs(value) >= 1:
        return number(value)
    text = f"{value:.3f}"
    return "0" if float(text) == 0 else text.replace("-", MINUS)


def percent(share: float | None) -> str:
    """A share as a percentage, without the sign ``%``.

    Shares between 1 and 100 % keep their decimal, so that a column of them lines up.

    >>> percent(0.6), percent(1.0), percent(0.00012)
    ('60.0', '100', '0.012')
    """
    if share is None or not math.isfinite(share):
        return NONE
    value = round(share * 100, 3)
    return number(value) if abs(value) < 0.95 or abs(value) >= 99.95 else f"{value:.1f}".replace("-", MINUS)


def signed(text: str) -> str:
    """The figure with a plus sign where it has no minus sign and is not zero."""
    return text if text.startswith(MINUS) or text in {"0", NONE} else f"+{text}"


def span(low: str, high: str) -> str:
    """Two ends of an interval; ``to`` where a dash could be read as a minus sign.

    >>> span("55", "67"), span("−3", "7")
    ('55–67', '−3 to 7')
    """
    if NONE in {low, high}:
        return ""
    return f"{low} to {high}" if MINUS in low + high or "+" in low + high else f"{low}–{high}"


def kg_co2e(log10_value: float) -> str:
    """An amount given as log10 kg CO2e.

    >>> kg_co2e(1.0), kg_co2e(float("nan"))
    ('10 kg CO₂e', 'no estimate')
    """
    if not math.isfinite(log10_value):
        return "no estimate"
    return f"{_power(log10_value)} kg CO₂e"


def off(log10_residual: float) -> str:
    """How far an estimate is from the reference, in words.

    >>> off(0.505), off(-1.0), off(0.001)
    ('3.2 times too high', '10 times too low', 'within 5 %')
    """
    if not math.isfinite(log10_residual):
        return "not comparable"
    if abs(log10_residual) < math.log10(1.05):
        return "within 5 %"
    return f"{_power(abs(log10_residual))} times too {'high' if log10_residual > 0 else 'low'}"


def _power(exponent: float) -> str:
    """10 to the exponent; beyond what floating point shows sensibly, the power itself."""
    if abs(exponent) > _WIDEST_LOG10:
        return f"10^{number(exponent)}"
    return number(10.0 ** float(exponent))


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun.

    >>> plural(1, "query", "queries"), plural(1200, "group")
    ('1 query', '1,200 groups')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def duration(seconds: float | None) -> str:
    """Seconds as a reader says them.

    >>> duration(0.42), duration(184.0)
    ('0.42 s', '3 min 4 s')
    """
    if seconds is None or not math.isfinite(seconds):
        return NONE
    if seconds < 60:
        return f"{number(seconds)} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:,} min {rest} s"
