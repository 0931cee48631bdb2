"""The shipped catalogue keeps its contract: columns, vocabularies, bounds, counts, and a repeatable build."""

from __future__ import annotations

import csv
import math
import os
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INDEX = ROOT / "index"
SOURCES = (
    "base-carbone",
    "electricity-mixes",
    "epa-ghg-hub",
    "eu-cbam-defaults",
    "industry-facts",
    "nosgestesclimat",
)
HEADER = (
    "dataset_id,name,name_zh,synonyms,description,category,geography,unit,gwp100_kg_co2e,system_boundary,basis,"
    "year,valid_until,source,source_version,licence,uncertainty_pct,url,name_fr,life_cycle_phase,variant,citation,"
    "confidence"
)
UNITS = {
    "kg", "g", "t", "kWh", "MJ", "m3", "litre", "m2", "m", "km", "tkm", "pkm", "piece", "hour", "m2a", "EUR", "USD",
    "CNY", "kWh_capacity", "Wp", "GB", "cm2", "TEU-km",
}  # fmt: skip
BOUNDARIES = {
    "cradle_to_gate", "cradle_to_grave", "gate_to_gate", "well_to_wheel", "end_of_life", "direct", "cbam_default",
}  # fmt: skip
BOUNDS = {
    "kg": (-10, 2_000), "t": (-20_000, 2_000_000), "kWh": (-2, 2), "MJ": (-0.6, 0.6), "m3": (-2_000, 3_000),
    "litre": (-10, 20), "m2": (-1_000, 2_000), "m": (0, 1_000), "km": (0, 10), "tkm": (0, 10), "pkm": (0, 2),
    "piece": (-10_000, 100_000), "hour": (0, 1_000), "EUR": (0, 10), "kWh_capacity": (0, 500), "Wp": (0, 10),
    "GB": (0, 10), "cm2": (0, 10), "TEU-km": (0, 5),
}  # fmt: skip
WIDE = {"refrigerants and gases": 26_000, "materials / metals / precious": 40_000}
NEGATIVE_BY_UPTAKE = {"frontiers2021-viscose-at"}  # counts biogenic uptake (index/facts, README of the facts)

Line = dict[str, str]


def _read(source: str) -> list[Line]:
    with (INDEX / "catalogue" / f"{source}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return [line for source in SOURCES for line in _read(source)]


@pytest.fixture(scope="module")
def provenance() -> dict[str, dict]:
    with (INDEX / "sources.toml").open("rb") as handle:
        return {entry["id"]: entry for entry in tomllib.load(handle)["source"]}


@pytest.mark.parametrize("source", SOURCES)
def test_columns_and_line_ends(source: str) -> None:
    raw = (INDEX / "catalogue" / f"{source}.csv").read_bytes()
    assert raw.splitlines()[0].decode() == HEADER
    assert b"\r" not in raw
    assert raw.endswith(b"\n")


def test_ids_are_unique_and_rows_sorted(lines: list[Line]) -> None:
    repeated = [key for key, count in Counter(line["dataset_id"] for line in lines).items() if count > 1]
    assert repeated == []
    for source in SOURCES:
        ids = [line["dataset_id"] for line in _read(source)]
        assert ids == sorted(ids)


def test_vocabularies(lines: list[Line]) -> None:
    assert {line["unit"] for line in lines} <= UNITS
    assert {line["system_boundary"] for line in lines} <= BOUNDARIES
    assert {line["basis"] for line in lines} == {"process", "spend", "direct"}
    assert {line["life_cycle_phase"] for line in lines} == {"production", "use", "end_of_life", "avoided"}
    assert {line["variant"] for line in lines} == {"average", "virgin", "recycled", "organic"}


@pytest.mark.parametrize("column", ["name", "category", "geography", "source", "source_version", "licence", "citation"])
def test_nothing_required_is_empty(lines: list[Line], column: str) -> None:
    assert [line["dataset_id"] for line in lines if not line[column].strip()] == []


def _bounds(line: Line) -> tuple[float, float]:
    scale = {"kg": 1, "t": 1_000}.get(line["unit"], 0)
    wide = next((high for prefix, high in WIDE.items() if line["category"].startswith(prefix)), 0)
    return (0, wide * scale) if scale and wide else BOUNDS[line["unit"]]


def test_values_are_finite_and_within_physical_bounds(lines: list[Line]) -> None:
    outside = []
    for line in lines:
        value, (low, high) = float(line["gwp100_kg_co2e"]), _bounds(line)
        if not math.isfinite(value) or not low <= value <= high:
            outside.append((line["dataset_id"], value, line["unit"]))
    assert outside == []


def test_no_value_is_zero(lines: list[Line]) -> None:
    assert [line["dataset_id"] for line in lines if float(line["gwp100_kg_co2e"]) == 0] == []


def test_negative_values_are_avoided_burdens(lines: list[Line]) -> None:
    negative = {line["dataset_id"]: line for line in lines if float(line["gwp100_kg_co2e"]) < 0}
    assert len(negative) > 50
    other = {key for key, line in negative.items() if line["life_cycle_phase"] != "avoided"}
    assert other == NEGATIVE_BY_UPTAKE


def test_enough_process_rows_without_the_regulatory_defaults(lines: list[Line]) -> None:
    process = [line for line in lines if line["basis"] == "process" and line["system_boundary"] != "cbam_default"]
    assert len(process) >= 4_000


def test_spend_rows_are_money_and_only_they(lines: list[Line]) -> None:
    money = {line["dataset_id"] for line in lines if line["unit"] in {"EUR", "USD", "CNY"}}
    assert money == {line["dataset_id"] for line in lines if line["basis"] == "spend"}
    assert money


def test_grids_of_the_world_and_of_chinas_provinces() -> None:
    grids = _read("electricity-mixes")
    assert len({line["geography"] for line in grids if len(line["geography"]) == 2}) >= 200
    assert len([line for line in grids if line["geography"].startswith("CN-")]) == 30
    assert all(line["name_zh"] and "电网" in line["synonyms"] for line in grids)
    germany = next(line for line in grids if line["dataset_id"] == "elec:DE")
    assert 0.2 < float(germany["gwp100_kg_co2e"]) < 0.6
    assert germany["name_zh"].startswith("德国电网电力")


def test_every_fact_is_there_with_its_citation() -> None:
    with (INDEX / "facts" / "industry_facts.csv").open(encoding="utf-8", newline="") as handle:
        facts = {row["dataset_id"]: row for row in csv.DictReader(handle)}
    kept = {line["dataset_id"]: line for line in _read("industry-facts")}
    assert len(facts) == 746
    assert kept.keys() == facts.keys()
    for key, fact in facts.items():
        assert float(kept[key]["gwp100_kg_co2e"]) == pytest.approx(float(fact["gwp100_kg_co2e"]), rel=1e-6)
        assert " ".join(fact["source_title"].split()) in kept[key]["citation"]
        assert kept[key]["confidence"] in {"A", "B"}


@pytest.mark.parametrize(
    ("dataset_id", "unit", "value"),
    [
        ("epa:fuel-natural-gas-m3", "m3", 1.9246),  # 0.05444 kg CO2 and its CH4, N2O per standard cubic foot
        ("epa:fuel-bituminous-kg", "kg", 2.583),  # 2,325 kg CO2, 274 g CH4, 40 g N2O per short ton
        ("epa:waste-steel-cans-recycled", "t", 352.7),  # 0.32 t CO2e per short ton
        ("epa:egrid-us-average", "kWh", 0.351),
        ("elec:US-AL", "kWh", 0.32385),  # 713.976 lb per MWh
        ("basecarbone:26731", "t", 7803),  # new aluminium
        ("basecarbone:26982", "piece", 305),  # washing machine
    ],
)
def test_conversions(lines: list[Line], dataset_id: str, unit: str, value: float) -> None:
    line = next(line for line in lines if line["dataset_id"] == dataset_id)
    assert line["unit"] == unit
    assert float(line["gwp100_kg_co2e"]) == pytest.approx(value, rel=0.005)


def test_recycled_and_virgin_are_told_apart(lines: list[Line]) -> None:
    pet = [line for line in _read("base-carbone") if line["name_fr"].startswith("Plastique, PET")]
    assert {line["variant"] for line in pet} == {"virgin", "recycled"}
    assert not [line for line in lines if line["category"].startswith("end-of-life") and line["variant"] != "average"]


def test_farm_products_do_not_carry_another_products_method() -> None:
    farm = [line["name"].lower() for line in _read("base-carbone") if line["category"].startswith("farm products")]
    assert farm
    assert not [name for name in farm if "trawl" in name or "longline" in name]


def test_most_rows_have_a_chinese_name(lines: list[Line]) -> None:
    assert sum(bool(line["name_zh"]) for line in lines) / len(lines) > 0.85


@pytest.mark.parametrize("source", SOURCES)
def test_provenance_counts_agree(provenance: dict[str, dict], source: str) -> None:
    entry = provenance[source]
    assert entry["rows_kept"] == len(_read(source))
    assert entry["rows_read"] == entry["rows_kept"] + sum(drop["count"] for drop in entry.get("dropped", []))
    assert len(entry["sha256"]) == 64
    assert all(entry[key] for key in ("title", "version", "publisher", "licence", "attribution", "file"))


def test_dropped_rows_are_listed_with_reason_and_example(provenance: dict[str, dict]) -> None:
    with (INDEX / "dropped.csv").open(encoding="utf-8", newline="") as handle:
        listed = {(row["source"], row["reason"]): row for row in csv.DictReader(handle)}
    told = {(key, drop["reason"]): drop["count"] for key, one in provenance.items() for drop in one.get("dropped", [])}
    assert {key: int(row["count"]) for key, row in listed.items()} == told
    assert all(row["examples"] for row in listed.values())


def test_a_fresh_build_gives_the_same_bytes() -> None:
    folder = Path(os.environ.get("FIRSTPRINT_CATALOGUE_INPUTS", ROOT / ".cache" / "catalogue-inputs"))
    with (INDEX / "sources.toml").open("rb") as handle:
        packages = [entry["package"] for entry in tomllib.load(handle)["source"] if entry["package"]]
    archives = [path.name for path in folder.glob("*") if path.suffix in {".whl", ".tgz"}] if folder.exists() else []
    plain = [package.split("/")[-1].replace("-", "_") for package in packages]
    missing = [name for name in plain if not any(name in archive.replace("-", "_") for archive in archives)]
    if missing:
        pytest.skip(f"source archives not in {folder}: {', '.join(missing)} (set FIRSTPRINT_CATALOGUE_INPUTS)")
    command = [sys.executable, str(INDEX / "build_catalogue.py"), "--check", "--inputs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
