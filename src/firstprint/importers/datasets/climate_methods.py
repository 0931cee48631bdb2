"""Which of the impact indicators side by side in a dataset is its GWP100, by the names of method and indicator."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from firstprint.errors import UnitError, UnreadableError
from firstprint.importers.datasets.normalising import clean, number
from firstprint.units import convert_factor

_CLIMATE = re.compile(
    r"climate.?change|global warming|gwp|greenhouse|carbon footprint|treibhaus|klimawandel|klimaänderung"
    r"|changement climatique|réchauffement|cambio climático|calentamiento|气候变化|全球变暖|温室|碳足迹"
)
_OTHER_HORIZON = re.compile(
    r"gwp[\s_\-(]*(?:20|500|1000)(?!\d)|(?<!\d)(?:20|500|1000)[\s-]*(?:a|y|yr|yrs|years?|年)(?![a-z])"
    r"|\bgtp|temperature|\((?:i|e)\)|individualist|egalitarian|endpoint|end-point|human health|ecosystem"
)
"""Twenty or five hundred years, the temperature potential, and ReCiPe's individualist (20) and egalitarian (1000)."""
_PART = re.compile(
    r"fossil|biogen|land.?use|luluc|luc\b|uptake|removal|aviation|sequest|stored|storage|化石|生物|土地"
    r"|gwp[\s_\-(]*(?:f|b|l|bio|fos|iobc)\b|(?:upper|lower) limit"
)
"""Shares of a climate indicator; a total that says what it leaves out is none of them."""
_SAID_OF_TOTAL = re.compile(r"\((?:excl|incl)[^)]*\)|(?:excluding|including|excl\.|incl\.) (?:biogenic|slcf)[^,;/|]*")
_SPECIAL_TOTAL = re.compile(r"incl[^)]*biogenic|slcf|gwp-?ghg|no lt\b|w/o|without long|obsolete|superseded")
_EF = re.compile(r"\bef\b|\bef ?v?\d|environmental footprint")
_EN15804 = re.compile(r"en ?15804")
_A2 = re.compile(r"a2|gwp[\s-]*total|\btotal\b")
_IPCC = re.compile(r"ipcc|\bar[4-6]\b")
_AR_YEARS = {"ar4": "2007", "ar5": "2013", "ar6": "2021"}
_HUNDRED = re.compile(r"100")
_HUNDRED_BY_CUSTOM = re.compile(r"\bcml|traci|recipe|\bilcd|impact world|\bpef\b")
_VERSION = re.compile(r"(?<![\d.])(\d{1,4}(?:\.\d{1,2})?)(?![\d.]*\d)")
_MASS_OF_CO2 = re.compile(
    r"([a-z]{1,8}?)[\s.*(]*co2(?!\d)[\s\-_]*(?:e|eq|equiv|equivalents?|äq|aeq|äquiv\w*|当量)?[\s.)]*", re.IGNORECASE
)
_BY_UUID = {
    "6209b35f-9447-40b5-b68c-a1099e3674a0": 0,  # EF 3.1, climate change
    "6a37f984-a4b3-458a-a20a-64418c145fa2": 1,  # EN 15804+A2, GWP-total
    "77e416eb-a363-4258-a04e-171d843a6460": 2,  # EN 15804+A1, GWP
}
"""UUIDs of ILCD's impact methods, which other formats keep."""


class Indicator(NamedTuple):
    """An impact result as a dataset states it.

    Attributes:
        method: the set it comes from: ``EF v3.1``, ``IPCC 2013``.
        name: category and indicator: ``climate change, GWP 100a``.
        unit: ``kg CO2-Eq``.
        amount: whatever stands there; it is only read for the indicator chosen.
        uuid: of the indicator, where the format has one.
    """

    method: str
    name: str
    unit: str
    amount: object
    uuid: str = ""


class Gwp100(NamedTuple):
    """The result chosen.

    Attributes:
        kg_co2e: for the amount of the reference flow.
        method: which indicator it is, in the dataset's own words.
    """

    kg_co2e: float
    method: str


class _Rank(NamedTuple):
    family: int
    special: int
    newest_first: float


def choose_gwp100(indicators: Iterable[Indicator]) -> Gwp100 | None:
    """The GWP100 among indicators: EF, EN 15804 total, IPCC, one that says 100 years, any other climate indicator.

    Within a family the newest version goes first, and an ordinary total before one that counts biogenic carbon
    dioxide, short-lived forcers or no long-term emissions. Shares (fossil, biogenic, land use) and other horizons
    are never taken.

    Raises:
        UnreadableError: the one chosen has a value that is no number, no footprint, or stands twice with two values.
    """
    ranked = [(rank, each) for each in indicators if (rank := _ranked(each)) is not None]
    if not ranked:
        return None
    _, best = min(ranked, key=lambda pair: pair[0])
    values = {_kg_co2e(each) for _, each in ranked if (each.method, each.name) == (best.method, best.name)}
    method = clean(", ".join(filter(None, (best.method, best.name))), 200)
    if len(values) > 1:
        told = f"{method}: {', '.join(sorted(map(str, values))[:4])}"
        raise UnreadableError("states the same climate indicator twice with different values", told)
    value = values.pop()
    return Gwp100(value, method) if value is not None else None


def _kg_co2e(indicator: Indicator) -> float | None:
    value = number(indicator.amount)
    factor = kg_per_unit(indicator.unit)
    return None if value is None or factor is None else value * factor


@lru_cache(maxsize=1024)
def kg_per_unit(unit: str) -> float | None:
    """Kilograms of CO2e that one of ``unit`` is; None where it is not a mass of CO2e.

    >>> kg_per_unit("kg CO2-Eq"), kg_per_unit("g CO2e"), kg_per_unit("DALY")
    (1.0, 0.001, None)
    """
    found = _MASS_OF_CO2.fullmatch(unicodedata.normalize("NFKC", unit[:60]).strip())
    if found is None:
        return None
    try:
        return convert_factor(found[1], "kg")
    except UnitError:
        return None


def _ranked(indicator: Indicator) -> _Rank | None:
    """Where an indicator stands in the order; None where it is no GWP100 of everything."""
    if kg_per_unit(indicator.unit) is None:
        return None
    known = _BY_UUID.get(indicator.uuid.lower())
    return _Rank(known, -1, 0.0) if known is not None else _ranked_by_name(indicator.method, indicator.name)


@lru_cache(maxsize=4096)
def _ranked_by_name(method: str, name: str) -> _Rank | None:
    told, own = _plain(f"{method} | {name}"), _plain(name or method)
    if not _CLIMATE.search(told) or _OTHER_HORIZON.search(told) or _PART.search(_SAID_OF_TOTAL.sub(" ", own)):
        return None
    family = _family(told)
    return _Rank(family, int(bool(_SPECIAL_TOTAL.search(told))), -_version(told if family > 0 else _plain(method)))


def _family(told: str) -> int:
    if _EN15804.search(told):
        return 1 if _A2.search(told) else 2
    if _EF.search(told):
        return 0
    if _IPCC.search(told):
        return 3
    if _HUNDRED.search(told):
        return 4
    return 5 if _HUNDRED_BY_CUSTOM.search(told) else 6


def _version(told: str) -> float:
    """``IPCC 2013`` → 2013, ``EF v3.1`` → 3.1; 100 years are a horizon, not a version."""
    for report, year in _AR_YEARS.items():
        told = re.sub(rf"\b{report}\b", year, told)
    found = [float(each) for each in _VERSION.findall(told.replace("en 15804", " ").replace("en15804", " "))]
    return max((each for each in found if each != 100), default=0.0)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:400]).casefold().strip()
