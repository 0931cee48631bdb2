"""The catalogue row, its vocabularies and the physical bounds each row must lie within."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

TABLES = Path(__file__).resolve().parent

COLUMNS = (
    "dataset_id", "name", "name_zh", "synonyms", "description", "category", "geography", "unit",
    "gwp100_kg_co2e", "system_boundary", "basis", "year", "valid_until", "source", "source_version",
    "licence", "uncertainty_pct", "url", "name_fr", "life_cycle_phase", "variant", "citation", "confidence",
)  # fmt: skip

BOUNDS: dict[str, tuple[float, float]] = {
    "kg": (-10.0, 2_000.0),
    "g": (-0.01, 2.0),
    "t": (-20_000.0, 2_000_000.0),
    "kWh": (-2.0, 2.0),
    "MJ": (-0.6, 0.6),
    "m3": (-2_000.0, 3_000.0),
    "litre": (-10.0, 20.0),
    "m2": (-1_000.0, 2_000.0),
    "m": (0.0, 1_000.0),
    "km": (0.0, 10.0),
    "tkm": (0.0, 10.0),
    "pkm": (0.0, 2.0),
    "piece": (-10_000.0, 100_000.0),
    "hour": (0.0, 1_000.0),
    "m2a": (0.0, 1_000.0),
    "EUR": (0.0, 10.0),
    "USD": (0.0, 10.0),
    "CNY": (0.0, 2.0),
    "kWh_capacity": (0.0, 500.0),
    "Wp": (0.0, 10.0),
    "GB": (0.0, 10.0),
    "cm2": (0.0, 10.0),
    "TEU-km": (0.0, 5.0),
}
"""Lowest and highest believable kg CO2e per unit. Set by hand, one to two orders of magnitude outside what
the sources hold; they catch slips of unit or decimal sign, not errors of method."""

WIDE_BOUNDS: dict[str, tuple[float, float]] = {
    "refrigerants and gases": (0.0, 26_000.0),  # SF6 is highest, 25,200 (IPCC AR6 WG1 table 7.SM.7)
    "materials / metals / precious": (0.0, 40_000.0),  # rhodium, 35,100 (Nuss and Eckelman 2014)
}
"""Per-kg bounds of the categories whose members truly lie outside the ordinary ones."""

BOUNDARIES = frozenset(
    {
        "cradle_to_gate",
        "cradle_to_grave",
        "gate_to_gate",
        "well_to_wheel",
        "end_of_life",
        "direct",
        "cbam_default",
    }
)
BASES = frozenset({"process", "spend", "direct"})
PHASES = frozenset({"production", "use", "end_of_life", "avoided"})
VARIANTS = frozenset({"average", "virgin", "recycled", "organic"})


class Row(NamedTuple):
    """One dataset of the catalogue; fields are the CSV's columns, in order."""

    dataset_id: str
    name: str
    unit: str
    gwp100_kg_co2e: float
    system_boundary: str
    basis: str
    source: str
    source_version: str
    licence: str
    citation: str
    category: str
    geography: str
    life_cycle_phase: str = "production"
    variant: str = "average"
    name_zh: str = ""
    name_fr: str = ""
    synonyms: tuple[str, ...] = ()
    description: str = ""
    year: int | None = None
    valid_until: int | None = None
    uncertainty_pct: float | None = None
    url: str = ""
    confidence: str = ""


@dataclass
class Harvest:
    """What one source gave: the rows kept, and for every row left out its reason and id."""

    source: str
    rows_read: int = 0
    rows: list[Row] = field(default_factory=list)
    dropped: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def drop(self, reason: str, identity: str) -> None:
        """Note that the row ``identity`` is left out, and why."""
        self.dropped[reason].append(identity)

    def keep(self, row: Row) -> None:
        """Keep the row unless its value is zero or outside the physical bounds; then it is dropped."""
        low, high = bounds(row.unit, row.category)
        if row.gwp100_kg_co2e == 0.0:
            # A zero says that the burden went to a co-product or was not counted, never that there is none.
            self.drop("value zero", row.dataset_id)
        elif math.isfinite(row.gwp100_kg_co2e) and low <= row.gwp100_kg_co2e <= high:
            self.rows.append(row)
        else:
            self.drop("value outside the physical bounds of its unit", row.dataset_id)

    def counts(self) -> Counter[str]:
        """How many rows each reason dropped."""
        return Counter({reason: len(ids) for reason, ids in self.dropped.items()})


def bounds(unit: str, category: str) -> tuple[float, float]:
    """Lowest and highest believable value, kg CO2e per ``unit``, for a dataset of this category."""
    scale = {"kg": 1.0, "t": 1_000.0}.get(unit)
    for prefix, (low, high) in WIDE_BOUNDS.items():
        if scale and category.startswith(prefix):
            return low * scale, high * scale
    return BOUNDS[unit]


def number_text(value: float | None) -> str:
    """A number as shortest text at seven significant digits, the same on every machine."""
    if value is None:
        return ""
    rounded = float(f"{value:.7g}")
    return str(int(rounded)) if rounded.is_integer() and abs(rounded) < 1e15 else repr(rounded)


def csv_text(rows: Iterable[Row]) -> str:
    """The rows as CSV, sorted by id, lines ended by a bare newline."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in sorted(rows, key=lambda one: one.dataset_id):
        writer.writerow([_cell(getattr(row, column)) for column in COLUMNS])
    return out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return "|".join(value)
    if value is None:
        return ""
    return number_text(value) if isinstance(value, float) else " ".join(str(value).split())


def table(name: str) -> list[dict[str, str]]:
    """A hand-written table that lies beside the readers, as dicts of its columns."""
    with (TABLES / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
