"""GWP100 of the greenhouse gases that an inventory emits to air, by English or Chinese name or CAS number.

Factors: IPCC AR6 WG1 (2021), table 7.SM.7, as in the package globalwarmingpotentials 0.13.2 (CC0), column
AR6GWP100; methane apart by origin: the same report, table 7.15. CAS numbers are those of the CAS registry.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from firstprint.errors import UnitError, UnreadableError
from firstprint.units import convert_factor

GWP_METHOD = "IPCC AR6 GWP100 (biogenic CO2 = 0), summed by firstprint over the dataset's emissions to air"

Origin = Literal["fossil", "biogenic", "land_use", "unstated"]

_GASES: tuple[tuple[str, float, str, str], ...] = (
    # formula or usual code, kg CO2e per kg, CAS number, further names
    ("N2O", 273, "10024-97-2", "dinitrogen monoxide|nitrous oxide|dinitrogen oxide|氧化亚氮|一氧化二氮|笑气"),
    ("SF6", 25200, "2551-62-4", "sulfur hexafluoride|sulphur hexafluoride|六氟化硫"),
    ("NF3", 17400, "7783-54-2", "nitrogen trifluoride|nitrogen fluoride|三氟化氮"),
    ("SF5CF3", 18500, "373-80-8", "trifluoromethyl sulfur pentafluoride"),
    ("SO2F2", 4630, "2699-79-8", "sulfuryl fluoride|sulphuryl fluoride|硫酰氟"),
    ("CF4", 7380, "75-73-0", "r14|carbon tetrafluoride|tetrafluoromethane|四氟化碳"),
    ("C2F6", 12400, "76-16-4", "r116|hexafluoroethane|六氟乙烷"),
    ("C3F8", 9290, "76-19-7", "r218|octafluoropropane|八氟丙烷"),
    ("c-C4F8", 10200, "115-25-3", "rc318|octafluorocyclobutane|八氟环丁烷"),
    ("C4F10", 10000, "355-25-9", "r3110|decafluorobutane|perfluorobutane"),
    ("C5F12", 9220, "678-26-2", "r4112|dodecafluoropentane|perfluoropentane"),
    ("C6F14", 8620, "355-42-0", "r5114|tetradecafluorohexane|perfluorohexane"),
    ("HFC-23", 14600, "75-46-7", "r23|trifluoromethane|fluoroform|三氟甲烷"),
    ("HFC-32", 771, "75-10-5", "r32|difluoromethane|二氟甲烷"),
    ("HFC-41", 135, "593-53-3", "r41|fluoromethane|methyl fluoride"),
    ("HFC-125", 3740, "354-33-6", "r125|pentafluoroethane|五氟乙烷"),
    ("HFC-134", 1260, "359-35-3", "r134|1,1,2,2-tetrafluoroethane"),
    ("HFC-134a", 1530, "811-97-2", "r134a|1,1,1,2-tetrafluoroethane|四氟乙烷"),
    ("HFC-143", 364, "430-66-0", "r143|1,1,2-trifluoroethane"),
    ("HFC-143a", 5810, "420-46-2", "r143a|1,1,1-trifluoroethane|三氟乙烷"),
    ("HFC-152a", 164, "75-37-6", "r152a|1,1-difluoroethane|二氟乙烷"),
    ("HFC-227ea", 3600, "431-89-0", "r227ea|1,1,1,2,3,3,3-heptafluoropropane|七氟丙烷"),
    ("HFC-236fa", 8690, "690-39-1", "r236fa|1,1,1,3,3,3-hexafluoropropane"),
    ("HFC-245fa", 962, "460-73-1", "r245fa|1,1,1,3,3-pentafluoropropane|五氟丙烷"),
    ("HFC-365mfc", 914, "406-58-6", "r365mfc|1,1,1,3,3-pentafluorobutane"),
    ("HFC-43-10mee", 1600, "138495-42-8", "r4310mee|1,1,1,2,2,3,4,5,5,5-decafluoropentane"),
    ("CFC-11", 6230, "75-69-4", "r11|trichlorofluoromethane|三氯氟甲烷"),
    ("CFC-12", 12500, "75-71-8", "r12|dichlorodifluoromethane|二氯二氟甲烷"),
    ("CFC-13", 16200, "75-72-9", "r13|chlorotrifluoromethane"),
    ("CFC-113", 6520, "76-13-1", "r113|1,1,2-trichloro-1,2,2-trifluoroethane"),
    ("CFC-114", 9430, "76-14-2", "r114|1,2-dichloro-1,1,2,2-tetrafluoroethane"),
    ("CFC-115", 9600, "76-15-3", "r115|chloropentafluoroethane"),
    ("HCFC-21", 160, "75-43-4", "r21|dichlorofluoromethane"),
    ("HCFC-22", 1960, "75-45-6", "r22|chlorodifluoromethane|二氟一氯甲烷|一氯二氟甲烷"),
    ("HCFC-123", 90.4, "306-83-2", "r123|2,2-dichloro-1,1,1-trifluoroethane"),
    ("HCFC-124", 597, "2837-89-0", "r124|2-chloro-1,1,1,2-tetrafluoroethane"),
    ("HCFC-141b", 860, "1717-00-6", "r141b|1,1-dichloro-1-fluoroethane"),
    ("HCFC-142b", 2300, "75-68-3", "r142b|1-chloro-1,1-difluoroethane"),
    ("Halon-1211", 1930, "353-59-3", "bromochlorodifluoromethane"),
    ("Halon-1301", 7200, "75-63-8", "bromotrifluoromethane"),
    ("Halon-2402", 2170, "124-73-2", "1,2-dibromotetrafluoroethane"),
    ("CCl4", 2200, "56-23-5", "r10|carbon tetrachloride|tetrachloromethane|四氯化碳"),
    ("CH3CCl3", 161, "71-55-6", "r140|r140a|1,1,1-trichloroethane|methyl chloroform"),
    ("CH3Br", 2.43, "74-83-9", "bromomethane|methyl bromide|溴甲烷"),
    ("CH3Cl", 5.54, "74-87-3", "r40|chloromethane|methyl chloride|monochloromethane|氯甲烷"),
    ("CH2Cl2", 11.2, "75-09-2", "r30|dichloromethane|methylene chloride|二氯甲烷"),
    ("CHCl3", 20.6, "67-66-3", "r20|chloroform|trichloromethane|三氯甲烷|氯仿"),
)

_CARBON: dict[str, dict[Origin, float]] = {
    # Table 7.15: 29.8 counts the carbon dioxide that fossil methane becomes, 27.0 does not. 27.9 is table 7.SM.7's
    # value for methane of no stated origin. Biogenic carbon dioxide is 0, as in EF and in IPCC inventories.
    "CO2": {"fossil": 1.0, "biogenic": 0.0, "land_use": 1.0, "unstated": 1.0},
    "CH4": {"fossil": 29.8, "biogenic": 27.0, "land_use": 27.0, "unstated": 27.9},
}
_CARBON_CAS = {"124-38-9": "CO2", "74-82-8": "CH4"}
_CARBON_NAME = re.compile(r"(carbon dioxide|co2|二氧化碳|methane|ch4|甲烷)(?![\w₂])(.*)|(二氧化碳|甲烷)(.+)", re.DOTALL)
_ORIGINS: tuple[tuple[Origin, re.Pattern[str]], ...] = (
    ("land_use", re.compile(r"land.?use|land transformation|luc\b|soil or biomass stock|peat oxidation|土地")),
    ("biogenic", re.compile(r"biogenic|non.?fossil|from biomass|renewable|生物|非化石")),
    ("fossil", re.compile(r"fossil|化石")),
)
_NOTHING_SAID = re.compile(r"[\s,;:()/-]*(?:unspecified|in air|to air|air|emissions? to air)?[\s,;()-]*")
_NO_EMISSION = re.compile(r"correction|delayed|equivalent|当量")
_CODE = re.compile(r"\b(?:hc?fc|hcc|cfc|pfc|fc|r|freon)[\s-]*(c?\d{2,4}(?:[\s-]*\d{2})?[a-z]{0,3})(?![\w-])")
_HALON = re.compile(r"halon[\s-]*(\d{4})(?!\w)")
_CAS = re.compile(r"0*(\d{2,7}-\d{2}-\d)")


class Gas(NamedTuple):
    """A greenhouse gas.

    Attributes:
        code: formula or usual code: ``CO2``, ``HFC-134a``.
        gwp100: kg CO2e per kg.
        origin: of carbon dioxide and methane; ``unstated`` for all others.
    """

    code: str
    gwp100: float
    origin: Origin


class Emission(NamedTuple):
    """One elementary flow to air; ``unit`` is any spelling of a mass."""

    name: str
    amount: float
    unit: str
    cas: str = ""


class DirectEmissions(NamedTuple):
    """What the emissions of an inventory add up to.

    Attributes:
        kg_co2e: for the amount of the reference flow that the inventory is for.
        biogenic_co2_kg: carbon dioxide of biogenic origin, which counts 0 in ``kg_co2e``.
        gases: codes of the gases found, in the order of their first mention.
    """

    kg_co2e: float
    biogenic_co2_kg: float
    gases: tuple[str, ...]


@lru_cache(maxsize=16_384)
def greenhouse_gas(name: str, cas: str = "") -> Gas | None:
    """The gas that a flow's name or CAS number stands for; None where it is none of the table.

    >>> greenhouse_gas("Methane, non-fossil"), greenhouse_gas("carbon dioxide (fossil)").gwp100
    (Gas(code='CH4', gwp100=27.0, origin='biogenic'), 1.0)
    """
    plain = unicodedata.normalize("NFKC", name[:200]).casefold().strip()
    if _NO_EMISSION.search(plain):
        return None
    number = _CAS.fullmatch(cas.strip())
    carbon = _carbon(plain, _CARBON_CAS.get(number[1], "") if number else "")
    if carbon is not None:
        return carbon
    if number is not None and number[1] in _by_cas():
        return _by_cas()[number[1]]
    return _by_name().get(_key(plain)) or _by_code(plain)


def direct_gwp100(emissions: Iterable[Emission]) -> DirectEmissions | None:
    """The sum over all greenhouse gases; None where none is among them, which is not the same as zero.

    Raises:
        UnreadableError: a greenhouse gas has a unit that is no mass, so that a sum would leave it out.
    """
    total = biogenic_kg = 0.0
    gases: dict[str, None] = {}
    for each in emissions:
        gas = greenhouse_gas(each.name, each.cas)
        if gas is None:
            continue
        try:
            mass_kg = each.amount * convert_factor(each.unit, "kg")
        except UnitError as error:
            raise UnreadableError(
                "has a greenhouse gas in a unit that is no mass", f"{each.name[:80]!r} in {each.unit[:40]!r}"
            ) from error
        gases[gas.code] = None
        total += mass_kg * gas.gwp100
        if gas.code == "CO2" and gas.origin == "biogenic":
            biogenic_kg += mass_kg
    return DirectEmissions(total, biogenic_kg, tuple(gases)) if gases else None


def _carbon(name: str, by_cas: str) -> Gas | None:
    """Carbon dioxide or methane; ``methane, dichloro-`` is neither, nor is a carbon dioxide equivalent."""
    found = _CARBON_NAME.fullmatch(name)
    if found is None and not by_cas:
        return None
    rest = (found[2] or found[4] or "") if found else name
    named = (found[1] or found[3]) if found else ""
    code = by_cas or ("CO2" if named in {"carbon dioxide", "co2", "二氧化碳"} else "CH4")
    origin = next((kind for kind, pattern in _ORIGINS if pattern.search(rest)), None)
    if origin is None and (by_cas or _NOTHING_SAID.fullmatch(rest)):
        origin = "unstated"
    return Gas(code, _CARBON[code][origin], origin) if origin is not None else None


def _by_code(name: str) -> Gas | None:
    """By a refrigerant's number: ``Ethane, 1,1,1,2-tetrafluoro-, HFC-134a``."""
    halon = _HALON.search(name)
    if halon is not None:
        return _by_name().get(f"halon{halon[1]}")
    code = _CODE.search(name)
    return _by_name().get("r" + _key(code[1])) if code is not None else None


@cache
def _by_cas() -> dict[str, Gas]:
    return {cas: Gas(code, float(gwp100), "unstated") for code, gwp100, cas, _ in _GASES}


@cache
def _by_name() -> dict[str, Gas]:
    return {
        _key(name): Gas(code, float(gwp100), "unstated")
        for code, gwp100, _, names in _GASES
        for name in (code.casefold(), *names.split("|"))
    }


def _key(name: str) -> str:
    return "".join(char for char in name if char.isalnum())
