"""Grid electricity by country, Chinese province and US state, from codecarbon."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from readers import archives
from readers.rows import Harvest, Row, table

SOURCE = "electricity-mixes"
VERSION = "codecarbon 3.3.2"
_FOLDER = "codecarbon/data/private_infra/"
KG_PER_LB = 0.45359237  # international avoirdupois pound, exact
KWH_PER_MWH = 1_000.0

_COMMON = ("grid electricity", "electricity mix", "mains power", "电网", "电力", "用电", "市电")


def read(archive: Path) -> Harvest:
    """Countries (life-cycle intensity), Chinese provinces and US states (direct emissions of generation)."""
    harvest = Harvest(SOURCE)
    _countries(_json(archive, "global_energy_mix.json"), harvest)
    _provinces(_json(archive, "2023/china_provincial_emissions.json"), harvest)
    _states(_json(archive, "2023/usa_emissions.json"), harvest)
    return harvest


def _json(archive: Path, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(archives.member(archive, _FOLDER + name))
    return loaded


def _countries(data: dict[str, Any], harvest: Harvest) -> None:
    # Our World in Data takes these from Ember, which counts the whole life cycle of each technology: Norway's
    # hydropower grid stands at 30 g/kWh, which direct emissions could not give.
    places = {row["alpha3"]: row for row in table("countries.csv")}
    for alpha3, mix in data.items():
        harvest.rows_read += 1
        place, name = places[alpha3], _country_name(mix["country_name"])
        identity = f"elec:{place['alpha2']}"
        if not mix["carbon_intensity"]:
            harvest.drop("carbon intensity given as zero", identity)
            continue
        harvest.keep(
            _row(
                identity,
                (name, place["name_zh"]),
                place["alpha2"],
                float(mix["carbon_intensity"]) / 1_000.0,
                int(mix["year"]),
                direct=False,
                citation=f"Our World in Data / Ember, carbon intensity of electricity {mix['year']}, "
                "as packaged in codecarbon 3.3.2",
                licence="CC-BY-4.0",
            )
        )


def _provinces(data: dict[str, Any], harvest: Harvest) -> None:
    names_zh = {row["code"]: row["name_zh"] for row in table("provinces.csv")}
    for code, entry in data["data"].items():
        harvest.rows_read += 1
        harvest.keep(
            _row(
                f"elec:{code}",
                (f"{entry['description']}, China", names_zh[code]),
                code,
                float(entry["emission_factor"]) / 1_000.0,
                int(entry["year"]),
                direct=True,
                citation="MEE and NBS of China, announcement 2025 No. 47, table 3, provincial average 2023, CO2 "
                "only, as packaged in codecarbon 3.3.2",
                licence="Chinese government notice, cited",
                url=data["metadata"]["source_url"],
            )
        )


def _states(data: dict[str, Any], harvest: Harvest) -> None:
    names_zh = {row["code"]: row["name_zh"] for row in table("provinces.csv")}
    for name, entry in data.items():
        if name.startswith("_"):
            continue
        harvest.rows_read += 1
        if len(entry["regionCode"]) != len("AL"):
            harvest.drop("national average beside the states; the country row stands for it", f"elec:US ({name})")
            continue
        code = f"US-{entry['regionCode']}"
        harvest.keep(
            _row(
                f"elec:{code}",
                (f"{name.title().replace(' Of ', ' of ')}, United States", f"美国{names_zh[code]}"),
                "PR" if code == "US-PR" else code,
                float(entry["emissions"]) * KG_PER_LB / KWH_PER_MWH,
                int(data["_source"]["year"]),
                direct=True,
                citation="US EPA eGRID2023, state output emission rate (CO2e), as packaged in codecarbon 3.3.2",
                licence="US public domain",
                url=data["_source"]["url"],
            )
        )


def _row(
    identity: str,
    place: tuple[str, str],
    geography: str,
    value: float,
    year: int,
    *,
    direct: bool,
    citation: str,
    licence: str,
    url: str = "",
) -> Row:
    english, chinese = place
    return Row(
        dataset_id=identity,
        name=f"Grid electricity, {english} ({'direct emissions' if direct else 'life cycle'}, {year})",
        name_zh=f"{chinese}电网电力（{'直接排放' if direct else '生命周期'}，{year}年）",
        synonyms=(f"{english} grid", f"{chinese}电力", f"{chinese}电网", f"{chinese}用电", *_COMMON),
        category="energy / electricity / grid",
        geography=geography,
        unit="kWh",
        gwp100_kg_co2e=value,
        system_boundary="direct" if direct else "cradle_to_gate",
        basis="direct" if direct else "process",
        year=year,
        source=SOURCE,
        source_version=VERSION,
        licence=licence,
        citation=citation,
        url=url,
    )


def _country_name(name: str) -> str:
    return {"Cote d'Ivoire": "Côte d'Ivoire", "Reunion": "Réunion", "Turkey": "Türkiye"}.get(name, name)
