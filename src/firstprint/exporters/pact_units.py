"""Units and places of the PACT Technical Specifications 3.0: what has a name there, and why the rest has none."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from firstprint.domain.product import DeclaredUnit
from firstprint.geography import REST_OF_WORLD, WORLD, place


class PactUnit(NamedTuple):
    """PACT's name of a canonical unit, and how many of it one canonical unit is."""

    name: str
    size: Decimal


_ONE = Decimal(1)
UNITS: dict[str, PactUnit] = {
    "kg": PactUnit("kilogram", _ONE),
    "g": PactUnit("kilogram", Decimal("0.001")),
    "t": PactUnit("kilogram", Decimal(1000)),
    "kWh": PactUnit("kilowatt hour", _ONE),
    "MJ": PactUnit("megajoule", _ONE),
    "m3": PactUnit("cubic meter", _ONE),
    "litre": PactUnit("liter", _ONE),
    "m2": PactUnit("square meter", _ONE),
    "cm2": PactUnit("square meter", Decimal("0.0001")),
    "tkm": PactUnit("ton kilometer", _ONE),
    "piece": PactUnit("piece", _ONE),
    "hour": PactUnit("hour", _ONE),
}
"""Canonical units by ``CarbonFootprint.declaredUnitOfMeasurement``."""
PACT_UNITS = (*dict.fromkeys(unit.name for unit in UNITS.values()), "megabit second")
WEIGHTLESS = frozenset({"kWh", "MJ", "tkm", "hour"})
"""Energy, transport and services: their ``productMassPerDeclaredUnit`` is 0 by the specification."""

_CURRENCY = "money is no declared unit there: estimate per piece or per kilogram"
WITHOUT: dict[str, str] = {
    "EUR": _CURRENCY,
    "USD": _CURRENCY,
    "CNY": _CURRENCY,
    "m": "a length is no declared unit there: estimate per kilogram or per piece",
    "km": "a distance is no declared unit there: estimate per tkm",
    "pkm": "PACT carries freight alone, in ton kilometres",
    "m2a": "an area over time is no declared unit there",
    "kWh_capacity": "a capacity is no declared unit there: estimate per piece",
    "Wp": "a peak power is no declared unit there: estimate per piece",
    "GB": "PACT counts megabits a second, not an amount of data",
    "TEU-km": "PACT counts ton kilometres: estimate per tkm",
}

REGIONS: dict[str, str] = {
    "RER": "Europe",
    "RAS": "Asia",
    "RAF": "Africa",
    "RNA": "Northern America",
    "RLA": "Latin America and the Caribbean",
    "OCE": "Oceania",
    "UN-EASIA": "Eastern Asia",
    "UN-SEASIA": "South-eastern Asia",
    "UN-SASIA": "Southern Asia",
    "UN-CASIA": "Central Asia",
    "RME": "Western Asia",
    "UN-EEUROPE": "Eastern Europe",
    "UN-NEUROPE": "Northern Europe",
    "UN-SEUROPE": "Southern Europe",
    "WEU": "Western Europe",
    "UN-NAFRICA": "Northern Africa",
    "UN-EAFRICA": "Sub-Saharan Africa",
    "UN-MAFRICA": "Sub-Saharan Africa",
    "UN-SAFRICA": "Sub-Saharan Africa",
    "UN-WAFRICA": "Sub-Saharan Africa",
    "UN-CARIBBEAN": "Latin America and the Caribbean",
    "UN-CAMERICA": "Latin America and the Caribbean",
    "UN-SAMERICA": "Latin America and the Caribbean",
    "UN-AUSNZ": "Australia and New Zealand",
    "UN-MELANESIA": "Melanesia",
    "UN-MICRONESIA": "Micronesia",
    "UN-POLYNESIA": "Polynesia",
    "EU27": "Europe",
    "ENTSO-E": "Europe",
    "RER w/o CH": "Europe",
}
"""UN M49 regions of the specification; parts that it does not name stand under the region that holds them."""
REGION_NAMES = (*dict.fromkeys(REGIONS.values()), "Americas")


def pact_amount(unit: DeclaredUnit) -> Decimal:
    """The declared amount in PACT's unit, exactly; the unit is one of ``UNITS``."""
    return Decimal(repr(unit.amount)) * UNITS[unit.unit].size


def geography_field(code: str) -> dict[str, str] | None:
    """The one geography field of a place; empty for the whole world, None for a place PACT cannot name.

    >>> geography_field("CN"), geography_field("CN-GD"), geography_field("EU27"), geography_field("GLO")
    ({'geographyCountry': 'CN'}, {'geographyCountrySubdivision': 'CN-GD'}, {'geographyRegionOrSubregion': 'Europe'}, {})
    """
    if code == WORLD:
        return {}
    if code in REGIONS:
        return {"geographyRegionOrSubregion": REGIONS[code]}
    found = place(code)
    if found is None or code == REST_OF_WORLD:
        return None
    if found.kind == "country":
        return {"geographyCountry": code}
    return {"geographyCountrySubdivision": code} if found.kind == "subdivision" else None
