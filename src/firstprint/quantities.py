"""Quantities stated inside a description: read, so that they count as facts, and kept out of matching."""

from __future__ import annotations

import re
from typing import NamedTuple

from firstprint.errors import UnitError
from firstprint.units import dimension, parse_unit

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_WORDY_UNIT = (
    r"(kg|公斤|千克|g|克|mg|毫克|t|吨|tonnes?|tons?|kwh|mwh|wh|度|千瓦时|mj|gj|l|升|litres?|liters?|ml|毫升|cl|m3|m³|"
    r"立方米|m2|m²|㎡|平方米|tkm|t·km|t\.km|吨公里|km|公里|lb|lbs|oz)"
)
_QUANTITY = re.compile(rf"(?<![\w.,]){_NUMBER}\s*{_WORDY_UNIT}(?![A-Za-z0-9²³])", re.I)
_LEADING = re.compile(rf"^\s*{_NUMBER}\s*{_WORDY_UNIT}(?![A-Za-z0-9²³])\s*(?:of\b|de\b|d['’]|的)?\s*", re.I)
_DIMENSIONLESS = re.compile(
    r"(?<![\w.])\d+(?:[.,]\d+)?\s*(?:mm|cm|µm|um|μm|寸|英寸|inch(?:es)?|\"|″|毫米|厘米|微米)(?![A-Za-z])",
    re.I,
)
_LEFTOVER = re.compile(r"^[\s,;:，；：、/()（）\-–—]+|[\s,;:，；：、/(（\-–—]+$")


class StatedQuantity(NamedTuple):
    """An amount a description begins with, in a canonical unit, and its words as written."""

    amount: float
    unit: str
    words: str


def leading_quantity(text: str) -> StatedQuantity | None:
    """The amount a description begins with, or None.

    >>> leading_quantity("25 g PET bottle")
    StatedQuantity(amount=25.0, unit='g', words='25 g')
    >>> leading_quantity("1度 广东电网电力")
    StatedQuantity(amount=1.0, unit='kWh', words='1度')
    >>> leading_quantity("304 stainless steel sheet") is None
    True
    """
    found = _LEADING.match(text)
    if found is None:
        return None
    try:
        scale = parse_unit(found[2])
        amount = float(found[1].replace(",", ".")) * scale.amount
        dimension(scale.unit)
    except (UnitError, ValueError):
        return None
    if amount <= 0:
        return None
    return StatedQuantity(amount=amount, unit=scale.unit, words=text[: found.end(2)].strip())


def without_quantities(text: str) -> str:
    """The description without amounts and sizes, for matching by name; the text itself if nothing else is left.

    >>> without_quantities("25 g PET bottle for mineral water, 500 ml")
    'PET bottle for mineral water'
    >>> without_quantities("2 kg")
    '2 kg'
    """
    bare = _DIMENSIONLESS.sub(" ", _QUANTITY.sub(" ", _LEADING.sub("", text)))
    bare = _LEFTOVER.sub("", " ".join(bare.split()))
    bare = re.sub(r"\s+([,;，；、])", r"\1", bare)
    return bare if any(char.isalpha() for char in bare) else text
