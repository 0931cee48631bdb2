"""What a PACT footprint needs and no estimate knows: every missing fact by name, all at once."""

from __future__ import annotations

from typing import NamedTuple

from firstprint.domain.decided import DecidedRecord
from firstprint.exporters.decimals import decimal_string
from firstprint.exporters.facts import ExportFacts, option_of
from firstprint.exporters.pact_units import UNITS, WEIGHTLESS, WITHOUT, geography_field
from firstprint.units import dimension

SUM_TOLERANCE = 1e-6
"""Relative; parts that people write down in a few digits sum to the footprint up to this."""


class _Need(NamedTuple):
    field: str
    why: str


_NEEDS = (
    _Need("company", "the company that owns the data"),
    _Need("company_ids", "a URN of that company, such as urn:company:example.com:4711"),
    _Need("product_name", "the name by which the company sells the product"),
    _Need("product_ids", "a URN of the product, such as urn:gtin:4712345060507"),
    _Need("reference_period_start", "the first day that the footprint stands for"),
    _Need("reference_period_end", "the day after the last one"),
    _Need("biogenic_co2_uptake_kg", "CO2 taken up by biomass in the product, 0 or below, kg per declared unit"),
    _Need("fossil_emissions_kg", "the fossil part of the footprint, kg CO2e per declared unit, or all"),
    _Need("fossil_carbon_content_kg", "the fossil carbon in the product, kg per declared unit"),
    _Need("ipcc", "whose characterisation factors the datasets use, such as AR6"),
    _Need("standards", "the standards followed, such as ISO14067"),
    _Need("exempted_emissions_percent", "the share of emissions left out, per cent"),
    _Need("packaging_included", "whether the footprint counts packaging"),
    _Need("ccs_included", "whether CO2 is captured and stored within the boundary"),
)


def pact_faults(record: DecidedRecord, facts: ExportFacts) -> list[str]:
    """Why a record cannot leave as PACT: what is missing, and what PACT has no place for; empty where nothing is."""
    return [*_missing(record, facts), *_out_of_place(record, facts), *_sums(record, facts)]


def _missing(record: DecidedRecord, facts: ExportFacts) -> list[str]:
    told = [f"missing {option_of(need.field)}: {need.why}" for need in _NEEDS if not _stated(facts, need.field)]
    if record.proposal.product.geography is None and facts.geography is None:
        told.append(f"missing {option_of('geography')}: where it is made, or GLO for the whole world")
    unit = record.proposal.product.declared_unit.unit
    if unit in UNITS and mass_per_unit_kg(record, facts) is None:
        told.append(f"missing {option_of('mass_kg')}: mass of one {unit} without packaging, kg")
    return told


def _stated(facts: ExportFacts, field: str) -> bool:
    return getattr(facts, field) not in (None, ())


def mass_per_unit_kg(record: DecidedRecord, facts: ExportFacts) -> float | None:
    """Mass of one declared unit, kg: of its own unit, stated, 0 for energy and services; None where unknown."""
    product = record.proposal.product
    unit = product.declared_unit.unit
    if unit in WEIGHTLESS:
        return 0.0
    if dimension(unit) == "mass":
        return float(UNITS[unit].size)
    return facts.mass_kg if facts.mass_kg is not None else product.mass_kg


def place_of(record: DecidedRecord, facts: ExportFacts) -> str | None:
    """The place stated for the export, else the product's."""
    return facts.geography or record.proposal.product.geography


def _out_of_place(record: DecidedRecord, facts: ExportFacts) -> list[str]:
    """What PACT cannot carry, and facts that contradict each other."""
    product, told = record.proposal.product, []
    unit = product.declared_unit.unit
    if unit not in UNITS:
        told.append(f"the declared unit {unit} is none of PACT's: {WITHOUT.get(unit, 'there is no such unit there')}")
    if product.system_boundary != "cradle_to_gate":
        told.append(f"a PACT footprint is cradle to gate; this record is {product.system_boundary}")
    code = place_of(record, facts)
    if code is not None and geography_field(code) is None:
        told.append(f"PACT has no geography for {code}: give {option_of('geography')} with a country or a UN region")
    start, end = facts.reference_period_start, facts.reference_period_end
    if start is not None and end is not None and start >= end:
        told.append(f"the reference period ends ({end:%Y-%m-%d}) before it begins ({start:%Y-%m-%d})")
    if facts.packaging_included is False and facts.packaging_emissions_kg is not None:
        told.append(f"{option_of('packaging_emissions_kg')} is given although packaging is not included")
    stated = product.mass_kg
    if stated is not None and facts.mass_kg is not None and abs(facts.mass_kg / stated - 1) > SUM_TOLERANCE:
        told.append(f"{option_of('mass_kg')} {facts.mass_kg:g} differs from the {stated:g} kg that was estimated with")
    return told


def _sums(record: DecidedRecord, facts: ExportFacts) -> list[str]:
    """The parts of the footprint must give the whole (PACT 3.0, ``pcfExcludingBiogenicUptake``)."""
    whole = None if record.footprint is None else record.footprint.kg_co2e
    fossil = facts.fossil_emissions_kg
    if whole is None or fossil is None:
        return []
    if whole < 0:
        return ["the footprint is negative: a credit has no fossil emissions to report and is no product of PACT's"]
    parts = (facts.land_use_change_kg, facts.biogenic_non_co2_kg, facts.land_management_co2_kg)
    stated = sum(part for part in parts if part is not None)
    total = (whole if fossil == "all" else fossil) + stated
    if abs(total - whole) <= SUM_TOLERANCE * whole:
        return []
    return [
        f"the parts of the footprint sum to {decimal_string(total)} kg CO2e, the footprint is {decimal_string(whole)}: "
        f"give {option_of('fossil_emissions_kg')}, {option_of('land_use_change_kg')}, "
        f"{option_of('biogenic_non_co2_kg')} and {option_of('land_management_co2_kg')} so that they sum to it"
    ]
