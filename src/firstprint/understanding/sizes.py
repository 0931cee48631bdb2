"""Sizes, counts and ratings in a description, taken out so that the noun stands alone."""

from __future__ import annotations

import re
from typing import Final

from firstprint.understanding.tidying import tidied

_NUMBER: Final = r"\d{1,7}(?:[.,]\d{1,4})?"
_FRACTION: Final = r"(?:\d{1,3}[ -])?\d{1,3}/\d{1,3}"
_VALUE: Final = rf"(?:{_FRACTION}|{_NUMBER})"
_LENGTH: Final = (
    r"(?:mm|cm|dm|km|m|µm|um|μm|in(?:ch(?:es)?)?\.?|ft\.?|feet|foot|yd|mil|ga(?:uge)?|\"|″|'|毫米|厘米|英寸|寸|米)"
)
_AMOUNT: Final = (
    r"(?:kg|mg|g|lbs?|oz|t|ml|cl|dl|l|ltr|gal|qt|pt|m2|m3|m²|m³|㎡|kwh|wh|mwh|"
    r"公斤|千克|毫克|克|吨|毫升|升|立方米|平方米)"
)
_RATING: Final = (
    r"(?:v|vac|vdc|kv|hz|khz|mhz|ghz|ma|mah|ah|a|w|kw|mw|kva|va|hp|ps|btu|rpm|bar|psi|mpa|kpa|°c|℃|°f|lm|db|dpi|"
    r"mp|gb|tb|mb|inch|den|dtex|gsm|g/m2|g/m²|tpi|伏|瓦|安|匹|赫兹)"
)
_COUNT: Final = (
    r"(?:pcs?\.?|pieces?|pkt?s?|packs?|sets?|pairs?|ct|count|ea|each|sheets?|rolls?|units?|stk\.?|stück|pièces?|"
    r"片|个|只|支|件|套|盒|箱|包|袋|瓶|桶|卷|双|条|枚|粒|张|罐|听)"
)
_ANY_UNIT: Final = rf"(?:{_LENGTH}|{_AMOUNT}|{_RATING})"
_NOT_INSIDE: Final = r"(?<![A-Za-z0-9.,/])"
_ENDS: Final = r"(?![A-Za-z0-9²³/])"
_SIZES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # M8x30, 2 X 8 IN, Φ89×6, 240×115×53 mm, 500 ml x 24
        rf"{_NOT_INSIDE}(?:[ΦφØø∅]|DN|M|D)?\s?{_VALUE}\s?{_ANY_UNIT}?(?:\s?[x×*]\s?[ΦφØø∅]?{_VALUE}\s?{_ANY_UNIT}?){{1,3}}"
        rf"{_ENDS}",
        # 20 PCS/箱, 18L/桶, box of 100, 6-pack
        rf"{_NOT_INSIDE}{_NUMBER}\s?-?(?:{_AMOUNT}|{_COUNT})\s?(?:/|per|每|一)\s?(?:{_COUNT}|box|ctn|carton|bag|case|pk)"
        r"(?![A-Za-z0-9])",
        rf"\b(?:box|pack|case|bag|set|carton|packet) of {_NUMBER}{_ENDS}",
        rf"{_NOT_INSIDE}{_NUMBER}\s?-?{_COUNT}{_ENDS}",
        # DN150, Φ89, M10, 1/4-20, #10-32, #10
        rf"{_NOT_INSIDE}(?:DN|NPS|PN|OD|ID|THK|[ΦφØ∅])\s?[:=]?\s?{_VALUE}\s?{_LENGTH}?{_ENDS}",
        rf"{_NOT_INSIDE}M\d{{1,2}}(?:\.\d)?{_ENDS}",
        r"(?<![\w#])#\d{1,3}(?:-\d{1,3})?(?![\w#])",
        rf"{_NOT_INSIDE}\d/\d{{1,2}}-\d{{2}}(?:\s?(?:unc|unf|npt|bsp))?{_ENDS}",
        # 1-1/2 IN, 3/4", 1.2 mm, 25 kg, 220V, 50Hz, 100 °C
        rf"{_NOT_INSIDE}[±]?{_VALUE}\s?-?\s?(?:{_ANY_UNIT}){_ENDS}",
        rf"{_NOT_INSIDE}(?:\d{{1,3}}[ -])?\d{{1,2}}/(?:2|4|8|16|32|64){_ENDS}",
        # IP65, RAL 9016, SIZE 2XL, EU 42, 2XL, 42码
        r"(?<![A-Za-z0-9])IP ?\d{2}[A-Z]?(?![A-Za-z0-9])",
        r"(?<![A-Za-z0-9])(?:RAL|PANTONE) ?\d{3,4}(?![A-Za-z0-9])",
        r"(?<![A-Za-z0-9])(?:size|sz|taille|größe|尺码|尺寸) ?:? ?(?:\d?X{0,3}[SML]|\d{1,3}(?:[.,]5)?)(?![A-Za-z0-9])",
        r"(?<![A-Za-z0-9])(?:[2-6]X[SL]|X{1,3}[SL])(?![A-Za-z0-9])",
        r"(?<![A-Za-z0-9])(?:EUR?|UK|US) ?\d{2}(?:[.,]5)?(?![A-Za-z0-9])",
        r"(?<![A-Za-z0-9])\d{2,3}码",
    )
)
_A_DIGIT_OR_SIZE = re.compile(r"\d|XL|XS|(?:size|sz|taille|größe|尺)", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]{2,}|[\u3400-\u9fff]")


def without_sizes(text: str) -> str:
    """A description without lengths, threads, packs, ratings and clothing sizes; the text itself if no word is left.

    Percentages stay (3.5 % fat is a kind of milk), and so do grades (S355, 20#): they say what a thing is.

    >>> without_sizes("NIPPLE BRASS 1-1/2 X 8 IN"), without_sizes("hex bolt M8x30, 20 PCS/箱")
    ('NIPPLE BRASS', 'hex bolt')
    >>> without_sizes("无缝钢管 Φ89×6"), without_sizes("water 500 ml x 24"), without_sizes("S355 20# 3.5% fat")
    ('无缝钢管', 'water', 'S355 20# 3.5% fat')
    """
    if not _A_DIGIT_OR_SIZE.search(text):
        return text
    bare = text
    for size in _SIZES:
        bare = size.sub(" ", bare)
    bare = tidied(bare)
    return bare if _WORD.search(bare) else text
