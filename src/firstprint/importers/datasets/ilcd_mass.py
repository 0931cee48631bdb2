"""What one declared unit of an EPD weighs, and its density: from grammage, density, weight per piece or a mass."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from firstprint.errors import UnitError, UnreadableError
from firstprint.importers.datasets.ilcd_model import Flow, Material
from firstprint.importers.datasets.ilcd_units import MASS, Measured, amount_of
from firstprint.importers.datasets.normalising import number
from firstprint.units import dimension, format_number, parse_unit

_LIGHTEST_KG_PER_M3, _HEAVIEST_KG_PER_M3 = 0.1, 25_000.0
"""From gas in a foam to osmium (22,590 kg/m3)."""
_MOST_APART = 2.0
"""By which factor a density may differ from grammage ÷ thickness; porous and profiled layers do by less."""

# What a material property is measured in, as kg per base unit: EPDs write kg/m^2, g/cm3, kg/Stk …
_MASS_SIZES: dict[str, float] = {"kg": 1.0, "g": 0.001, "t": 1000.0}
_PER_SIZES: dict[str, float] = {
    "m3": 1.0, "dm3": 0.001, "l": 0.001, "cm3": 1e-6, "m2": 1.0, "m": 1.0, "": 1.0,
    "stk": 1.0, "stuck": 1.0, "piece": 1.0, "pcs": 1.0, "pce": 1.0, "unit": 1.0, "item": 1.0, "p": 1.0,
}  # fmt: skip
_RATIO = re.compile(r"(kg|g|t)(?:/([a-z]+[23]?)\.?)?")

# Which property says what one unit of a dimension weighs; names as the EPD format lists them.
_BY_DIMENSION: dict[str, tuple[str, ...]] = {
    "count": ("weight per unit", "weight per piece", "weight per item", "mass per piece"),
    "area": ("grammage",),
    "length": ("linear density",),
    "volume": ("gross density", "bulk density", "density"),
}
_DENSITIES = ("gross density", "density")
_ANY_DIMENSION = ("conversion factor [mass/declared unit]",)
_THICKNESS = "layer thickness"
_SMALLEST = 1e-12
"""No mass, density or thickness is below; what is, is a mistake."""


class Weights(NamedTuple):
    """What is known of the masses of a dataset.

    Attributes:
        mass_kg_per_unit: kg of one canonical unit; None where it is not stated, or the unit is a mass itself.
        density_kg_per_m3: None where it is not stated or cannot be.
        doubt: what contradicts itself; empty where nothing does.
    """

    mass_kg_per_unit: float | None
    density_kg_per_m3: float | None
    doubt: str = ""

    def attributes(self) -> dict[str, str]:
        """As attributes of a dataset."""
        named = {"mass_kg_per_unit": self.mass_kg_per_unit, "density_kg_per_m3": self.density_kg_per_m3}
        return {name: f"{value:.12g}" for name, value in named.items() if value is not None}


def weights_of(found: Measured) -> Weights:
    """The masses that a reference flow states. Anything unreadable among them is as if it were not stated."""
    try:
        kind, scale = dimension(found.unit), parse_unit(found.unit).amount
    except UnitError:
        return Weights(None, None)
    density, doubt = _density(found.flow)
    each = None if kind == "mass" else _mass_of_one(found.flow, kind, density)
    return Weights(None if each is None else each / scale, density, doubt)


def _mass_of_one(flow: Flow, kind: str, density: float | None) -> float | None:
    """Per one of the flow's reference unit: of a canonical unit's dimension, so m3 for a density."""
    mass = amount_of(flow, MASS)
    if mass is not None:
        return mass
    if kind == "volume":
        return density if density is not None else _plausible(_ratio(flow, _BY_DIMENSION["volume"]))
    return _ratio(flow, (*_BY_DIMENSION.get(kind, ()), *_ANY_DIMENSION))


def _density(flow: Flow) -> tuple[float | None, str]:
    """The density, unless grammage and thickness of the same flow contradict it."""
    density = _ratio(flow, _DENSITIES)
    if density is None:
        return None, ""
    grammage, thickness = _ratio(flow, _BY_DIMENSION["area"]), _thickness_m(flow)
    told = f"density {format_number(density)} kg/m3"
    if grammage is not None and thickness is not None:
        by_layer = grammage / thickness
        if not 1 / _MOST_APART <= density / by_layer <= _MOST_APART:
            return None, f"{told}, yet grammage ÷ thickness is {format_number(by_layer)} kg/m3"
    return (density, "") if _plausible(density) is not None else (None, f"{told}, which no material has")


def _plausible(density: float | None) -> float | None:
    possible = density is not None and _LIGHTEST_KG_PER_M3 <= density <= _HEAVIEST_KG_PER_M3
    return density if possible else None


def _ratio(flow: Flow, names: Sequence[str]) -> float | None:
    """The first of the named properties that is a positive mass per something."""
    for name in names:
        for material in _named(flow, name):
            value, size = _positive(material.value), _size(material)
            if value is not None and size is not None:
                return value * size
    return None


def _size(material: Material) -> float | None:
    """Kg per base unit of a property's unit; a plain factor has size 1."""
    unit = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", material.unit)).casefold()
    unit = "".join(char for char in unit if not unicodedata.combining(char))
    unit = re.sub(r"[\s^*()]", "", unit)
    if unit in {"", "-"}:
        return 1.0
    found = _RATIO.fullmatch(unit)
    per = _PER_SIZES.get(found[2] or "") if found is not None else None
    return None if found is None or per is None else _MASS_SIZES[found[1]] / per


def _thickness_m(flow: Flow) -> float | None:
    for material in _named(flow, _THICKNESS):
        value = _positive(material.value)
        if value is not None:
            try:
                unit = parse_unit(material.unit or "m")
            except UnitError:
                continue
            return value * unit.amount if unit.unit == "m" else None
    return None


def _named(flow: Flow, name: str) -> Iterator[Material]:
    return (each for each in flow.materials if each.name.strip().casefold() == name)


def _positive(written: str) -> float | None:
    try:
        value = number(written)
    except UnreadableError:
        return None
    return value if value is not None and value > _SMALLEST else None
