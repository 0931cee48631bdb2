"""The catalogue table's columns and the rules a row must keep (PRODUCT.md, "Catalogue table")."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple, cast

from firstprint.domain.dataset import Basis, Dataset, LifeCyclePhase, Variant

COLUMNS = (
    "dataset_id",
    "name",
    "name_zh",
    "synonyms",
    "description",
    "category",
    "geography",
    "unit",
    "gwp100_kg_co2e",
    "system_boundary",
    "basis",
    "year",
    "valid_until",
    "source",
    "source_version",
    "licence",
    "uncertainty_pct",
    "url",
)
REQUIRED = ("dataset_id", "name", "unit", "system_boundary", "basis", "source")
BASES = ("process", "spend", "direct")
PHASES = ("production", "use", "end_of_life", "avoided")
VARIANTS = ("average", "virgin", "recycled", "organic")
NUMERIC = ("gwp100_kg_co2e", "uncertainty_pct")
YEARS = ("year", "valid_until")


class RowFaults(NamedTuple):
    """What is wrong with one row: each fault names its column, the value and the rule."""

    line: int
    faults: tuple[str, ...]


def _number(text: str) -> float | None:
    """The cell as a float, None when empty; raises ValueError when it is not a finite number."""
    if not text:
        return None
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def row_faults(row: Mapping[str, str]) -> tuple[str, ...]:
    """Every rule a raw row breaks, as readable lines; empty when the row may be used."""
    faults = [f"column {name}: is empty, and must be given" for name in REQUIRED if not row.get(name, "").strip()]
    for name in (*NUMERIC, *YEARS):
        text = (row.get(name) or "").strip()
        try:
            _number(text)
        except ValueError:
            faults.append(f"column {name}: {text[:40]!r} is not a finite number")
    for name, allowed in (("basis", BASES), ("life_cycle_phase", PHASES), ("variant", VARIANTS)):
        text = (row.get(name) or "").strip()
        if text and text not in allowed:
            faults.append(f"column {name}: {text[:40]!r} is not one of {', '.join(allowed)}")
    return tuple(faults)


def _year(text: str) -> int | None:
    value = _number(text.strip())
    return None if value is None else int(value)


def dataset_from_row(row: Mapping[str, str]) -> Dataset:
    """A typed dataset from a raw row that has no faults.

    Raises:
        ValueError: a numeric cell is not a finite number (``row_faults`` reports it readably).
    """
    known = {*COLUMNS, "life_cycle_phase", "variant"}
    return Dataset(
        dataset_id=row["dataset_id"].strip(),
        name=row["name"].strip(),
        unit=row["unit"].strip(),
        gwp100_kg_co2e=_number(row.get("gwp100_kg_co2e", "").strip()),
        system_boundary=row["system_boundary"].strip(),
        basis=cast("Basis", row["basis"].strip()),
        source=row["source"].strip(),
        name_zh=row.get("name_zh", "").strip(),
        synonyms=tuple(part.strip() for part in row.get("synonyms", "").split("|") if part.strip()),
        description=row.get("description", "").strip(),
        category=row.get("category", "").strip(),
        geography=row.get("geography", "").strip(),
        year=_year(row.get("year", "")),
        valid_until=_year(row.get("valid_until", "")),
        source_version=row.get("source_version", "").strip(),
        licence=row.get("licence", "").strip(),
        uncertainty_pct=_number(row.get("uncertainty_pct", "").strip()),
        url=row.get("url", "").strip(),
        life_cycle_phase=cast("LifeCyclePhase", row.get("life_cycle_phase", "").strip() or "production"),
        variant=cast("Variant", row.get("variant", "").strip() or "average"),
        attributes={k: v for k, v in row.items() if k not in known and v},
    )
