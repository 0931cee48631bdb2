"""Units as sentences write them, in English and Chinese, with their size in a base unit of the same dimension."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple


class SpokenUnit(NamedTuple):
    """A unit of a sentence: its dimension and how many base units it holds."""

    dimension: str
    size: float


_SPELLINGS: dict[SpokenUnit, str] = {
    SpokenUnit("mass", 1.0): r"kg|kilograms?|kilogrammes?|kilos?|千克|公斤",
    SpokenUnit("mass", 1e-3): r"g|grams?|grammes?|克",
    SpokenUnit("mass", 1e-6): r"mg|milligrams?|毫克",
    SpokenUnit("mass", 1e3): r"t|tonnes?|tons?|metric tons?|吨",
    SpokenUnit("mass", 0.45359237): r"lbs?|pounds?|磅",
    SpokenUnit("energy", 1.0): r"kwh|kilowatt[- ]hours?|千瓦时|度",
    SpokenUnit("energy", 1e3): r"mwh|megawatt[- ]hours?|兆瓦时",
    SpokenUnit("energy", 1e-3): r"wh|watt[- ]hours?|瓦时",
    SpokenUnit("energy", 1 / 3.6): r"mj|megajoules?|兆焦",
    SpokenUnit("energy", 1e3 / 3.6): r"gj|gigajoules?|吉焦",
    SpokenUnit("volume", 1.0): r"m3|cubic met(?:er|re)s?|立方米|立方",
    SpokenUnit("volume", 1e-3): r"litres?|liters?|l|升",
    SpokenUnit("volume", 1e-6): r"ml|millilitres?|milliliters?|毫升",
    SpokenUnit("area", 1.0): r"m2|square met(?:er|re)s?|平方米",
    SpokenUnit("area_time", 1.0): r"m2\*?a|m2 years?|m2·年",
    SpokenUnit("length", 1.0): r"m|met(?:er|re)s?|米",
    SpokenUnit("length", 1e3): r"km|kilomet(?:er|re)s?|公里|千米",
    SpokenUnit("freight", 1.0): r"tkm|t·km|t\.km|tonne[- ]kilomet(?:er|re)s?|吨公里",
    SpokenUnit("passenger", 1.0): r"pkm|passenger[- ]kilomet(?:er|re)s?|人公里",
    SpokenUnit("piece", 1.0): r"pieces?|pcs|units?|items?|件",
    SpokenUnit("time", 1.0): r"hours?|hrs?|h|小时",
    SpokenUnit("energy_capacity", 1.0): r"kwh[_ ](?:of )?capacity|kwh容量|千瓦时容量",
    SpokenUnit("peak_power", 1.0): r"wp|watts?[- ]peak|峰瓦",
    SpokenUnit("data", 1.0): r"gb|gigabytes?|吉字节",
    SpokenUnit("area", 1e-4): r"cm2|square centimet(?:er|re)s?|平方厘米",
    SpokenUnit("container", 1.0): r"teu-km|标准箱公里",
    SpokenUnit("EUR", 1.0): r"eur|euros?|€|欧元",
    SpokenUnit("USD", 1.0): r"usd|us dollars?|dollars?|\$|美元",
    SpokenUnit("CNY", 1.0): r"cny|rmb|yuan|人民币|元",
}
_MASS = {spelling: unit for unit, spelling in _SPELLINGS.items() if unit.dimension == "mass"}
_GAS = r"(?:co2[- ]?(?:e(?:q(?:uivalents?|\.)?)?\b|当量)|co2\b|carbon dioxide equivalents?|二氧化碳当量|二氧化碳)"
_END = r"(?![A-Za-z0-9]|-[A-Za-z]{3})"


def _compiled(spelling: str) -> re.Pattern[str]:
    latin = "|".join(word for word in spelling.split("|") if word.isascii())
    other = "|".join(word for word in spelling.split("|") if not word.isascii())
    return re.compile("|".join(part for part in (other, f"(?:{latin}){_END}" if latin else "") if part), re.IGNORECASE)


_UNITS = [(unit, _compiled(spelling)) for unit, spelling in _SPELLINGS.items()]
_CO2E = [
    (unit.size, re.compile(rf"(?:{spelling})\s*(?:of\s+)?{_GAS}", re.IGNORECASE)) for spelling, unit in _MASS.items()
]


class UnitRead(NamedTuple):
    """A unit found at a place: what it is and where it ends."""

    unit: SpokenUnit
    end: int


def unit_at(text: str, start: int) -> UnitRead | None:
    """The longest unit that begins exactly at ``start``; a mass of CO2e has the dimension ``co2e``."""
    found = [
        UnitRead(SpokenUnit("co2e", size), match.end())
        for size, pattern in _CO2E
        if (match := pattern.match(text, start))
    ]
    if not found:
        found = [UnitRead(unit, match.end()) for unit, pattern in _UNITS if (match := pattern.match(text, start))]
    return max(found, key=lambda read: read.end, default=None)


@lru_cache(maxsize=1_024)
def canonical(unit: str) -> SpokenUnit | None:
    """A canonical unit code of a record as a spoken unit; None for one that sentences cannot carry."""
    if unit == "kg CO2e":
        return SpokenUnit("co2e", 1.0)
    read = unit_at(unit, 0)
    return read.unit if read is not None and read.end == len(unit) else None
