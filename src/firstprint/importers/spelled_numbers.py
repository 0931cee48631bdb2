"""Numbers as people of several countries write them: which of comma and point is the decimal sign is read from a file.

``1,234`` is 1234 in London and 1.234 in Berlin. One cell cannot tell; the other cells of the file often can. Where
nothing tells, the cell is refused: a factor of a thousand is worse than a question.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

_SPACES = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))")
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,4})?", re.IGNORECASE)
_GROUPED = r"\d{{1,3}}(?:\{0}\d{{3}})+"
_TWO_SIGNS = {
    ".": re.compile(rf"[+-]?{_GROUPED.format(',')}\.\d+"),
    ",": re.compile(rf"[+-]?{_GROUPED.format('.')},\d+"),
}
_REPEATED = {".": re.compile(r"[+-]?\d{1,3}(?:,\d{3}){2,}"), ",": re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}")}
_ONE_COMMA = re.compile(r"[+-]?\d*,\d+(?:e[+-]?\d{1,4})?", re.IGNORECASE)
_ONE_GROUP = {",": re.compile(r"[+-]?[1-9]\d{0,2},\d{3}"), ".": re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")}


class Fault(Enum):
    """Why a cell is no number; the value is the rule, in words."""

    NOT_A_NUMBER = "is not a number"
    NOT_FINITE = "is not a finite number"
    AMBIGUOUS = "may be read with a decimal comma or with a thousands separator"


class DecimalSigns(NamedTuple):
    """What the cells of a file show: a decimal point, a decimal comma, both (mixed) or neither.

    Attributes:
        comma_usual: nothing shows, and the file's separator goes with a decimal comma.
    """

    point: bool
    comma: bool
    comma_usual: bool = False


def decimal_signs(cells: Iterable[str], *, comma_usual: bool = False) -> DecimalSigns:
    """Which decimal signs a file's numbers use.

    Args:
        cells: the texts of all cells that should be numbers.
        comma_usual: the file's separator is ``;`` or a tab, as programs write it where the comma is the decimal sign;
            counts where no cell tells.
    """
    point = comma = False
    for cell in cells:
        text = _tidy(cell)
        comma = comma or _tells_comma(text)
        point = point or _tells_point(text)
        if point and comma:
            break
    return DecimalSigns(point, comma, comma_usual and not point and not comma)


def read_number(cell: str, signs: DecimalSigns) -> float | Fault:
    """The number in a cell that is not empty, or why there is none.

    >>> read_number("1.234,5", DecimalSigns(point=False, comma=True))
    1234.5
    >>> read_number("1,234", DecimalSigns(point=False, comma=False))
    <Fault.AMBIGUOUS: 'may be read with a decimal comma or with a thousands separator'>
    """
    text = _tidy(cell)
    if text.lstrip("+-").casefold() in ("nan", "inf", "infinity"):
        return Fault.NOT_FINITE
    plain = _plain(text, signs)
    if isinstance(plain, Fault):
        return plain
    value = float(plain)
    return value if math.isfinite(value) else Fault.NOT_FINITE


def _plain(text: str, signs: DecimalSigns) -> str | Fault:
    """The number with a point as its only sign."""
    if _TWO_SIGNS["."].fullmatch(text) or _REPEATED["."].fullmatch(text):
        return text.replace(",", "")
    if _TWO_SIGNS[","].fullmatch(text) or _REPEATED[","].fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    if _ONE_GROUP[","].fullmatch(text):
        return _one_sign(text, ",", signs.comma or signs.comma_usual, signs.point)
    if _ONE_GROUP["."].fullmatch(text) and (signs.comma or signs.comma_usual):
        return Fault.AMBIGUOUS if signs.comma_usual else _one_sign(text, ".", signs.point, signs.comma)
    if _ONE_COMMA.fullmatch(text):
        return text.replace(",", ".")
    return text if _PLAIN.fullmatch(text) else Fault.NOT_A_NUMBER


def _one_sign(text: str, sign: str, decimal: bool, other_decimal: bool) -> str | Fault:  # noqa: FBT001
    """A number like ``1,234``: ``sign`` is decimal where only it is in the file, else it groups thousands."""
    if decimal == other_decimal:
        return Fault.AMBIGUOUS
    return text.replace(sign, "." if decimal else "")


def _tells_comma(text: str) -> bool:
    if _TWO_SIGNS[","].fullmatch(text) or _REPEATED[","].fullmatch(text):
        return True
    return bool(_ONE_COMMA.fullmatch(text)) and not _ONE_GROUP[","].fullmatch(text)


def _tells_point(text: str) -> bool:
    if _TWO_SIGNS["."].fullmatch(text) or _REPEATED["."].fullmatch(text):
        return True
    return "." in text and bool(_PLAIN.fullmatch(text)) and not _ONE_GROUP["."].fullmatch(text)


def _tidy(cell: str) -> str:
    """Full-width digits, signs and spaces as plain ones; spaces and apostrophes between thousands away."""
    text = unicodedata.normalize("NFKC", cell).replace("−", "-").strip()
    return _SPACES.sub("", text)
