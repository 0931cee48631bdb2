"""Finds every number a text states, in whatever form, with its unit and the precision it claims."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from firstprint.rationale.numerals import ENGLISH, HAN, read_han
from firstprint.rationale.spoken_phrases import APPROX_AFTER, APPROX_BEFORE, PHRASES, Bound, bound_of
from firstprint.rationale.spoken_units import SpokenUnit, unit_at

NumberKind = Literal["percent", "factor", "unit", "year", "ordinal", "count", "bare"]

_DIGITS = re.compile(
    r"(?<![A-Za-z0-9_.\ue000\ue001])(?P<sign>(?<!\d)(?<!\d\s)(?<![A-Za-z%])[-−])?(?P<mantissa>\d+(?:[.,]\d+)*)"
    r"(?P<exponent>[eE][+-]?\d+|\s*[×x]\s*10(?:\s*\^\s*[-−]?\d+|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?(?P<scale>\s*[万亿])?"
)
_WORDS = re.compile(rf"\b(?:{'|'.join(sorted(ENGLISH, key=len, reverse=True))})\b", re.IGNORECASE)
_HAN = re.compile(
    rf"(?<![第{HAN}])(?!千(?:克|瓦))[{HAN}]+(?=\s*(?:倍|成(?![为本品果功员立])|千克|公斤|克|吨|件|千瓦时|升|kg|年))"
)
_HAN_ONES = re.compile(r"[一二三四五六七八九]")
_HAN_PERCENT = re.compile(rf"百分之\s*(?P<number>[{HAN}]+|\d+(?:[.,]\d+)?)")
_FRACTION = re.compile(rf"(?P<below>[{HAN}]+|\d+)分之(?P<above>[{HAN}]+|\d+)")
_PERCENT = re.compile(r"[\s-]*(?:%|percent\b|per cent\b|percentage points?\b|个百分点)", re.IGNORECASE)
_TIMES = re.compile(r"[\s-]*(?:times\b|fold\b|[x×](?![\s\w]*\d)|倍)", re.IGNORECASE)
_COUNTED = re.compile(
    r"\s*(?:个|条|种|项|者|candidates?|datasets?|references?|routes?|opinions?|estimates?|sources?|alternatives?)",
    re.IGNORECASE,
)
_FACTOR_BEFORE = re.compile(
    r"(?:\bfactor(?: of)?|\bratio(?: of)?|倍数为?)\s*(?:about|roughly|around|approximately|约)?\s*$", re.IGNORECASE
)
_ORDINAL_BEFORE = re.compile(r"(?:第|候选|\bcandidate|\brank|\boption|\bno\.|\bnumber|#)\s*$", re.IGNORECASE)
_JOIN = re.compile(
    r"\s*(?:(?:all the way |right )?up to|all the way to|一直(?:拉|延伸)?[到至]|"
    r"to|and|or|versus|vs\.?|against|instead of|rather than|–|—|-|~|至|到|升至|降到|降至|和|与|或|对|、|,|，)\s*"
    r"(?:about|roughly|around|大?约)?\s*$",
    re.IGNORECASE,
)
_PER = re.compile(r"\s*(?:/|per|each|a\b|an\b|for every|每)\s*(?:(?P<one>1|one|single|一)\s*)?", re.IGNORECASE)

_ONE_OF = re.compile(r"(?<![\d./])1\s*/\s*([1-9]\d*)(?![\d./])")
_MIXED = re.compile(
    r"\b(?P<whole>one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2}) and (?:an? |one )?"
    r"(?P<part>half|quarter|third|two[- ]thirds?|three[- ]quarters?)\b",
    re.IGNORECASE,
)
_MIXED_HAN = re.compile(rf"(?P<whole>[{HAN}]|\d{{1,2}})\s*倍半")
_PARTS = {"half": 0.5, "quarter": 0.25, "third": 1 / 3, "two": 2 / 3, "three": 0.75}
_MONEY = re.compile(r"(?<![A-Za-z])(EUR|€|USD|\$|CNY|RMB)\s*$")
"""A currency before its amount: EUR 250."""
_SIMILARITY = re.compile(r"similarity (?:of|is|was|=)\s*$|相似度(?:为|是)?\s*$", re.IGNORECASE)
_COMMA = frozenset({",", "，", "、"})
_OF_A = re.compile(r"[\s-]*(?:of\s+)?(?:an?\s+|one\s+)?", re.IGNORECASE)
_HALF_HAN = re.compile(r"(?<!一)半\s*(?:个)?(?=公斤|千克|克|吨|度|千瓦时)")
_PER_LEADING = re.compile(r"(?:每|\bper\b|\beach\b)\s*(?:1\s*|一|one\s+)?", re.IGNORECASE)
_GAP = re.compile(r"[\s-]*")
_PER_GAP = re.compile(r"[^\d,;:.，。；：（(]{0,16}")
_NO_NUMBER = (float("nan"), 1.0)
_LARGEST_POWER = 200
_SUPERSCRIPTS = str.maketrans("⁻−⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")


class Spoken(NamedTuple):
    """One number as a text states it.

    Attributes:
        readings: (value, size of the last place) for each way to read it; a comma may be a decimal comma.
        unit: the unit after it, or None; ``per`` the unit it is divided by.
        approximate: the text says “about”.
        bound: the text says “more than” or “just under”.
        per_before: ``per`` stands before the number and may be that of another one.
    """

    start: int
    end: int
    text: str
    readings: tuple[tuple[float, float], ...]
    kind: NumberKind
    unit: SpokenUnit | None = None
    per: SpokenUnit | None = None
    approximate: bool = False
    bound: Bound = ""
    per_before: bool = False


@lru_cache(maxsize=512)
def spoken_numbers(text: str) -> tuple[Spoken, ...]:
    """Every number of ``text`` (already normalised and with known names masked), in order."""
    found: list[Spoken] = []
    for number in sorted(_all(text), key=lambda item: (item.start, -item.end)):
        if not found or number.start >= found[-1].end:
            found.append(number)
    bounded = [number._replace(bound=bound_of(text, number.start, number.end)) for number in found]
    return tuple(_with_shared_units(text, bounded))


def _all(text: str) -> Iterator[Spoken]:
    yield from _phrases(text)
    for match in _DIGITS.finditer(text):
        yield _qualified(text, match.start(), match.end(), _digits(match))
    for match in _HAN.finditer(text):
        read = read_han(match[0])
        if read is not None:
            yield from _han_quantity(text, match.start(), match.end(), read)
    for match in _WORDS.finditer(text):
        number = _qualified(text, match.start(), match.end(), ((ENGLISH[match[0].lower()], 1.0),))
        if number.kind in {"percent", "factor", "unit"}:
            yield number


def _phrases(text: str) -> Iterator[Spoken]:
    """Numbers that are told by a turn of phrase: 百分之七, 三分之一, twice."""
    for match in _HAN_PERCENT.finditer(text):
        yield Spoken(match.start(), match.end(), match[0], _either(match["number"]), "percent")
    for match in _FRACTION.finditer(text):
        if match["below"] != "百":
            yield from _fraction(match)
    for match in _ONE_OF.finditer(text):
        yield Spoken(match.start(), match.end(), match[0], ((1 / float(match[1]), 0.0),), "factor", approximate=True)
    yield from _mixed(text)
    for pattern, value in PHRASES:
        for match in pattern.finditer(text):
            yield _part(text, match, value)


def _mixed(text: str) -> Iterator[Spoken]:
    """“Two and a half times”, “one and a quarter kg”, 两倍半, 半公斤."""
    for match in _MIXED.finditer(text):
        whole, part = match["whole"].lower(), re.split(r"[- ]", match["part"].lower())[0]
        value = (float(whole) if whole.isdigit() else ENGLISH[whole]) + _PARTS[part]
        yield _qualified(text, match.start(), match.end(), ((value, 0.1),))._replace(approximate=True)
    for match in _MIXED_HAN.finditer(text):
        value = _either(match["whole"])[0][0] + 0.5
        yield Spoken(match.start(), match.end(), match[0], ((value, 0.1),), "factor", approximate=True)
    for match in _HALF_HAN.finditer(text):
        yield _part(text, match, 0.5)


def _part(text: str, match: re.Match[str], value: float) -> Spoken:
    """“A third” as a factor, and “a quarter of a gram”, “half a kilo” as a quantity with its unit."""
    gap = _OF_A.match(text, match.end())
    kind, end, unit, per = _unit_after(text, gap.end() if gap else match.end())
    if value >= 1 or kind != "unit":
        return Spoken(match.start(), match.end(), match[0], ((value, 0.0),), "factor", approximate=True)
    told = text[match.start() : end]
    return Spoken(match.start(), end, told, ((value, 0.0),), kind, unit, per, approximate=True)


def _fraction(match: re.Match[str]) -> Iterator[Spoken]:
    below, above = _either(match["below"])[0][0], _either(match["above"])[0][0]
    if below:
        yield Spoken(match.start(), match.end(), match[0], ((above / below, 0.0),), "factor", approximate=True)


def _han_quantity(text: str, start: int, end: int, read: tuple[float, float]) -> Iterator[Spoken]:
    if text.startswith("成", end):
        ones = _HAN_ONES.match(text, end + 1)
        value = read[0] * 10 + (_either(ones[0])[0][0] if ones else 0.0)
        stop = ones.end() if ones else end + 1
        yield Spoken(start, stop, text[start:stop], ((value, 1.0),), "percent", approximate=not ones)
    elif text.startswith("年", end):
        if read[0] >= 1900:
            yield Spoken(start, end + 1, text[start : end + 1], (read,), "year")
    else:
        yield _qualified(text, start, end, (read,))


def _either(text: str) -> tuple[tuple[float, float], ...]:
    if text[0] in HAN:
        return (read_han(text) or _NO_NUMBER,)
    return _mantissa(text)


def _digits(match: re.Match[str]) -> tuple[tuple[float, float], ...]:
    power = 0
    if match["exponent"]:
        plain = match["exponent"].translate(_SUPERSCRIPTS)
        power = int(re.sub(r"[eE]|\s*[×x]\s*10\s*\^?\s*", "", plain))
        power = max(-_LARGEST_POWER, min(_LARGEST_POWER, power))
    scale = {"万": 1e4, "亿": 1e8}.get((match["scale"] or "").strip(), 1.0) * 10.0**power
    sign = -1.0 if match["sign"] else 1.0
    return tuple((sign * value * scale, place * scale) for value, place in _mantissa(match["mantissa"]))


def _mantissa(text: str) -> tuple[tuple[float, float], ...]:
    """Readings of digits with points and commas: a comma separates thousands or decimals.

    What is no number at all, such as ``1.2.3``, reads as NaN, which equals no fact.
    """
    readings: list[tuple[float, float]] = []
    for decimal, thousands in ((".", ","), (",", ".")):
        if thousands == "." and "," not in text and text.count(".") == 1:
            continue
        whole, _, fraction = text.replace(thousands, "").partition(decimal)
        grouped = thousands in text and not re.fullmatch(
            rf"\d{{1,3}}(?:[{thousands}]\d{{3}})+(?:[{decimal}]\d+)?", text
        )
        if (
            not grouped
            and (decimal in text or thousands in text or not readings)
            and fraction.isdigit() | (not fraction)
        ):
            readings.append((float(f"{whole}.{fraction or 0}"), 10.0 ** -len(fraction)))
    return tuple(dict.fromkeys(readings)) or (_NO_NUMBER,)


def _qualified(text: str, start: int, end: int, readings: tuple[tuple[float, float], ...]) -> Spoken:
    """A number with its unit, kind and precision, read from the words around it."""
    before = text[max(0, start - 24) : start]
    kind, unit_end, unit, per = _unit_after(text, end)
    if kind == "bare" and (money := _MONEY.search(before)):
        read = unit_at(money[1], 0)
        kind, unit = ("unit", read.unit) if read is not None else (kind, unit)
    before_it = per is None
    if unit is not None and unit.dimension in {"co2e", "mass"} and per is None:
        per = _per_before(text, start)
    if kind == "bare":
        kind = _kind_of_bare(text, start, end, before, readings)
    if kind == "percent":
        readings = tuple((abs(value), place) for value, place in readings)
    approximate = bool(APPROX_BEFORE.search(before) or APPROX_AFTER.match(text, end))
    return Spoken(start, unit_end, text[start:unit_end], readings, kind, unit, per, approximate)._replace(
        per_before=before_it and per is not None and "每" not in before
    )


def _per_before(text: str, start: int) -> SpokenUnit | None:
    """The unit of “每件的碳足迹为 …”, “per kWh it emits …”, right before a footprint."""
    for match in reversed(list(_PER_LEADING.finditer(text, max(0, start - 24), start))):
        read = unit_at(text, match.end())
        if read is not None and read.end <= start:
            return read.unit if _PER_GAP.fullmatch(text[read.end : start]) else None
    return None


def _unit_after(text: str, end: int) -> tuple[NumberKind, int, SpokenUnit | None, SpokenUnit | None]:
    if match := _PERCENT.match(text, end):
        return "percent", match.end(), None, None
    if match := _TIMES.match(text, end):
        return "factor", match.end(), None, None
    gap = _GAP.match(text, end)
    read = unit_at(text, gap.end() if gap else end)
    if read is None:
        return "bare", end, None, None
    per = _PER.match(text, read.end)
    below = unit_at(text, per.end()) if per else None
    return "unit", below.end if below else read.end, read.unit, below.unit if below else None


def _kind_of_bare(
    text: str, start: int, end: int, before: str, readings: tuple[tuple[float, float], ...]
) -> NumberKind:
    if _FACTOR_BEFORE.search(before):
        return "factor"
    if _ORDINAL_BEFORE.search(before) or re.match(r"(?:st|nd|rd|th)\b", text[end:]):
        return "ordinal"
    if _COUNTED.match(text, end):
        return "count"
    digits = text[start:end]
    if re.fullmatch(r"(?:19|20)\d\d", digits) and not text.startswith("-", end):
        return "year"
    return "bare"


def _is_mass_before_gas(number: Spoken, after: Spoken) -> bool:
    """“3.7 g to 113 g CO2e”: the first number is of the gas too."""
    mass = number.unit is not None and number.unit.dimension == "mass" and number.per is None
    return mass and after.unit is not None and after.unit.dimension == "co2e"


def _with_shared_units(text: str, numbers: list[Spoken]) -> Iterator[Spoken]:
    """“0.03 to 0.09 kg CO2e”: a number without a unit takes that of the number it is joined to."""
    shared: list[Spoken] = []
    for number in reversed(numbers):
        after = shared[-1] if shared else None
        joined = after is not None and _JOIN.fullmatch(text[number.end : after.start])
        joined = None if _SIMILARITY.search(text[max(0, number.start - 20) : number.start]) else joined
        if (
            after is not None
            and joined
            and (
                number.kind == "bare"
                or (number.kind == "year" and text[number.end : after.start].strip() not in _COMMA)
            )
            and after.kind in {"unit", "percent", "factor"}
        ):
            number = number._replace(kind=after.kind, unit=after.unit, per=after.per)
        elif after is not None and joined and number.unit is not None and _is_mass_before_gas(number, after):
            number = number._replace(unit=SpokenUnit("co2e", number.unit.size), per=after.per)
        shared.append(number)
    return reversed(shared)
