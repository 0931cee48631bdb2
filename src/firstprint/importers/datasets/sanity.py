"""Is a result believable for what it is per? Bounds learned from the default catalogue, a reason in words outside."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.errors import UnitError
from firstprint.resources import resource
from firstprint.units import convert_factor, dimension, format_number

BASE_UNITS = {"mass": "kg", "energy": "kWh", "volume": "m3", "area": "m2"}
"""Units of one dimension are compared in this one; other dimensions have a single canonical unit."""
ATTRIBUTE = "suspicious"
"""Under which a dataset carries the reason."""
STRONG = "mass: gases and precious metals"
"""Refrigerants and other gases by their GWP, and precious metals: thousands of kg CO2e per kg are right for these."""
_GAS_OR_PRECIOUS = re.compile(
    r"\b(?:h?c?fc|pfc|hfe|hcfe|hfo|halon|r)-? ?\d{2,4}|\br-?\d{2,4}[a-z]{0,3}\b|\b(?:sf6|nf3|cf4|c2f6|c3f8|n2o|ch4)\b|"
    r"refrigerant|perfluor|hexafluor|trifluor|tetrafluor|fluoro?(?:methane|ethane|butane|propane|ether)|halon|pfpmie|"
    r"nitrous oxide|(?:chloro|bromo)(?:methane|form)|"
    r"\b(?:gold|platinum|palladium|rhodium|iridium|ruthenium|osmium|silver|diamond|oro|argent|platine|platin|silber)\b|"
    r"制冷剂|六氟化硫|三氟化氮|氧化亚氮|全氟|氢氟|氟氯烃|哈龙|黄金|铂|钯|铑|铱|钌|白银|钻石",
    re.IGNORECASE,
)


class Bounds(NamedTuple):
    """What results of one kind of unit lie between.

    Attributes:
        kind: a dimension; length apart by unit, since a metre is of a good and a kilometre of a journey.
        unit: what ``low`` and ``high`` (kg CO2e) are per.
        n: datasets of the default catalogue that were looked at.
        how: how the two ends were found.
    """

    kind: str
    unit: str
    low: float
    high: float
    n: int
    how: str


def kind_of(dataset: Dataset) -> str:
    """Under which bounds a dataset falls; empty where its unit is not known."""
    try:
        of = dimension(dataset.unit)
    except UnitError:
        return ""
    if of == "length":
        return f"length: {dataset.unit}"
    if of == "mass" and _GAS_OR_PRECIOUS.search(f"{dataset.name} {dataset.name_zh} {dataset.category}"):
        return STRONG
    return of


def base_unit(kind: str, unit: str) -> str:
    """The unit in which results of a kind are compared."""
    return BASE_UNITS.get(kind.split(":", 1)[0], unit)


def suspicious(dataset: Dataset, bounds: dict[str, Bounds] | None = None) -> str:
    """Why a result is not to be believed as it stands; empty where nothing speaks against it.

    A result of zero and a dataset without one are no matter of size. The sign is left away: a credit may be as large
    as a burden.

    Args:
        dataset: with its unit as the catalogue writes it.
        bounds: other than the shipped ones.
    """
    value = dataset.gwp100_kg_co2e
    found = (bounds if bounds is not None else shipped_bounds()).get(kind_of(dataset))
    if found is None or not value:
        return ""
    if not math.isfinite(value):
        return f"{value} kg CO2e is not a finite number."
    size = abs(value) / convert_factor(dataset.unit, found.unit)
    if found.low <= size <= found.high:
        return ""
    factor = size / found.high if size > found.high else found.low / size
    side = "above" if size > found.high else "below"
    return (
        f"{format_number(value)} kg CO2e per {dataset.unit} is {_short(factor)} times {side} what is usual: "
        f"{_short(found.low)} to {_short(found.high)} per {found.unit}. Look at unit, amount and decimal sign."
    )


def flagged(dataset: Dataset) -> Dataset:
    """The dataset with the attribute ``suspicious``, the reason, where there is one; without it where there is none."""
    kept = {name: text for name, text in dataset.attributes.items() if name != ATTRIBUTE}
    reason = suspicious(dataset)
    return replace(dataset, attributes=kept | {ATTRIBUTE: reason} if reason else kept)


def _short(value: float) -> str:
    return format_number(float(f"{value:.2g}"))


@cache
def shipped_bounds() -> dict[str, Bounds]:
    """The bounds of ``index/sanity_bounds.csv`` by kind."""
    with resource("index/sanity_bounds.csv").open(encoding="utf-8", newline="") as file:
        rows = (
            Bounds(row["kind"], row["unit"], float(row["low"]), float(row["high"]), int(row["n"]), row["how"])
            for row in csv.DictReader(file)
        )
        return {row.kind: row for row in rows}
