"""Cited industry facts: single figures, each with the citation it was read from."""

from __future__ import annotations

import csv
from pathlib import Path

from readers.rows import Harvest, Row

SOURCE = "industry-facts"
VERSION = "2026-11-22"

# The first pattern found in the terms column names the licence; the terms stay in the citation.
_LICENCES = (
    ("Open Government Licence v3.0", "OGL-3.0"),
    ("Open Government Data License Taiwan", "OGDL-Taiwan-1.0"),
    ("CC0", "CC0-1.0"),
    ("CC BY", "CC-BY-4.0"),
    ("MIT (repository); results computed on ecoinvent", "single fact, cited"),
    ("MIT", "MIT"),
    ("US federal work", "US public domain"),
    ("Decision 2011/833/EU", "EU-reuse-2011/833"),
    ("Licence Ouverte", "etalab-2.0"),
    ("OECD", "OECD terms, cited"),
)


def read(facts: Path) -> Harvest:
    """All facts of ``facts``, with their own ids."""
    harvest = Harvest(SOURCE)
    with facts.open(encoding="utf-8", newline="") as handle:
        records = list(csv.DictReader(handle))
    recycled = {record["dataset_id"] for record in records if record["dataset_id"].endswith("-recycled")}
    for record in records:
        harvest.rows_read += 1
        harvest.keep(_row(record, recycled))
    return harvest


def _row(record: dict[str, str], recycled: set[str]) -> Row:
    return Row(
        dataset_id=record["dataset_id"],
        name=record["name"],
        name_zh=record["name_zh"],
        synonyms=tuple(part.strip() for part in record["synonyms"].split("|") if part.strip()),
        category=record["category"].lower(),
        geography=record["geography"],
        unit=record["unit"],
        gwp100_kg_co2e=float(record["gwp100_kg_co2e"]),
        system_boundary=record["system_boundary"],
        basis=record["basis"],
        year=int(record["year"]) if record["year"] else None,
        uncertainty_pct=float(record["uncertainty_pct"]) if record["uncertainty_pct"] else None,
        source=SOURCE,
        source_version=VERSION,
        licence=_licence(record["terms"]),
        url=record["url"],
        life_cycle_phase=_phase(record),
        variant=_variant(record, recycled),
        citation=_citation(record),
        confidence=record["confidence"],
    )


def _licence(terms: str) -> str:
    return next((licence for pattern, licence in _LICENCES if pattern in terms), "single fact, cited")


def _citation(record: dict[str, str]) -> str:
    parts = [f"{record['source_title']} — {record['publisher']}, {record['source_year']}"]
    parts += [record[key] for key in ("locator", "terms", "evidence") if record[key]]
    return "; ".join(parts)


def _phase(record: dict[str, str]) -> str:
    category = record["category"].lower()
    if "recycling-credit" in record["dataset_id"]:
        return "avoided"
    if category.startswith("end-of-life"):
        return "end_of_life"
    if category.startswith(("energy / fuels combustion", "energy / fuels well-to-wheel", "refrigerants")):
        return "use"
    return "production"


def _variant(record: dict[str, str], recycled: set[str]) -> str:
    text = f"{record['dataset_id']} {record['name']}".lower()
    if record["category"].lower().startswith("end-of-life"):
        return "average"
    if record["dataset_id"] in recycled or any(word in text for word in ("closed-loop", "recycled ", "secondary ")):
        return "recycled"
    sibling = f"{record['dataset_id'].removesuffix('-primary')}-recycled" in recycled
    if sibling or any(word in text for word in ("virgin", "primary production", "primary aluminium")):
        return "virgin"
    return "organic" if "organic " in text and "inorganic" not in text else "average"
