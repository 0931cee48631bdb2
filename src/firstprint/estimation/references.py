"""Training references: things with a known footprint per unit, taken from a catalogue or from product footprints."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.domain.dataset import Dataset
from firstprint.errors import UnitError
from firstprint.estimation.boundary import PLATE_TO_GATE, reaches_beyond
from firstprint.units import convert_factor, dimension, parse_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

# One target per dimension, in one unit; a kilometre driven and a metre of cable share a dimension and no more.
_TARGET_BY_DIMENSION = {"mass": "kg", "energy": "kWh", "volume": "m3", "area": "m2"}
_PRODUCT_BOUNDARIES = frozenset({"cradle_to_gate", "cradle_to_grave", "well_to_wheel"})
# Burning a fuel or driving a car is what is asked for per kWh, litre or kilometre, never per kg or piece.
_PRODUCTION_ONLY = frozenset({"kg", "piece"})
CATALOGUE_WEIGHT = 0.3
"""Of a catalogue's references beside product footprints (DECISIONS 51)."""
# A name in each of two languages: synonyms add rows, and little beside references of the same kind of thing.
_JOINED_TEXTS = 2
# Sources list the commonest synonyms first; the tail repeats them with small changes.
_SYNONYMS = 4


class TargetUnit(NamedTuple):
    """The unit a surrogate models, and how many of it one unit asked for is: 1 t is 1000 kg."""

    unit: str
    per_asked: float


@dataclass(frozen=True, slots=True)
class Reference:
    """Something with a known footprint, as the surrogate learns it.

    Attributes:
        name: for display.
        texts: its distinct names, in each language, and synonyms; each is a training row of equal weight.
        unit: a target unit (kg, piece, kWh, m3 …).
        kg_co2e_per_unit: positive.
        group: source and category; a group is never split between training and held-out rows.
        kind: source and head of the name; separates what differs only in a variant.
        mass_kg: of one piece, or None.
        geography: code, or empty.
        category: text, or empty.
        year: of the footprint, or None.
        source: who published it; the id of a catalogue's source for a dataset.
        licence: under which it may be used.
        system_boundary: of the footprint, empty where it is not stated.
        weight: how much it counts beside the others, before its group is weighed.
    """

    reference_id: str
    name: str
    texts: tuple[str, ...]
    unit: str
    kg_co2e_per_unit: float
    group: str
    kind: str
    mass_kg: float | None = None
    geography: str = ""
    category: str = ""
    year: int | None = None
    source: str = ""
    licence: str = ""
    system_boundary: str = ""
    weight: float = 1.0

    @property
    def log10_value(self) -> float:
        """What the surrogate predicts: log10 kg CO2e per unit."""
        return math.log10(self.kg_co2e_per_unit)


class ProductFootprint(NamedTuple):
    """A product whose footprint someone published or measured.

    Attributes:
        kg_co2e: for ``amount`` × ``unit``.
        mass_kg: of one piece, or None.
        group: who reported it, such as a company: never split between training and held-out rows.
    """

    product_id: str
    text: str
    kg_co2e: float
    amount: float
    unit: str
    group: str
    mass_kg: float | None = None
    geography: str = ""
    category: str = ""
    year: int | None = None
    source: str = ""
    licence: str = ""
    system_boundary: str = ""


def target_unit(unit: str) -> TargetUnit:
    """The target a unit belongs to.

    Raises:
        UnitError: the unit is unknown.
    """
    canonical = parse_unit(unit).unit
    target = _TARGET_BY_DIMENSION.get(dimension(canonical), canonical)
    return TargetUnit(target, convert_factor(unit, target))


def references_from_datasets(datasets: Iterable[Dataset]) -> tuple[Reference, ...]:
    """The datasets that can teach product footprints.

    A food on the plate teaches what it was at the gate (``boundary.PLATE_TO_GATE``).

    Left out: no or no positive result, direct or spend basis, end of life and avoided burdens, regulatory
    defaults and other partial boundaries, units nobody knows; and the use phase where a good is the target.
    """
    made = (_reference_from_dataset(dataset) for dataset in datasets)
    return tuple(reference for reference in made if reference is not None)


def references_from_footprints(footprints: Iterable[ProductFootprint]) -> tuple[Reference, ...]:
    """Product footprints as references: one in the unit given and, for a piece of known mass, one per kg.

    Raises:
        UnitError: a unit is unknown.
    """
    return tuple(reference for footprint in footprints for reference in _from_footprint(footprint))


def group_weights(groups: Sequence[str]) -> NDArray[np.float64]:
    """1/√(rows of the group), scaled to a mean of 1, so that a large category does not dominate; shape (n,)."""
    _, position, counts = np.unique(np.asarray(groups, dtype=str), return_inverse=True, return_counts=True)
    weights = 1.0 / np.sqrt(counts[position])
    return np.asarray(weights / weights.mean(), dtype=np.float64)


def reference_weights(references: Sequence[Reference]) -> NDArray[np.float64]:
    """``group_weights`` times each reference's own weight, scaled to a mean of 1; shape (n,)."""
    own = np.array([reference.weight for reference in references], dtype=np.float64)
    weights = group_weights([reference.group for reference in references]) * own
    return np.asarray(weights / weights.mean(), dtype=np.float64)


def joined(catalogue: Iterable[Reference], known: Sequence[Reference]) -> tuple[Reference, ...]:
    """References of a catalogue beside product footprints, which are what is asked for: the catalogue's weigh less.

    Without any product footprint the catalogue's weigh as they are.
    """
    if not known:
        return tuple(catalogue)
    lighter = (replace(one, weight=CATALOGUE_WEIGHT * one.weight, texts=one.texts[:_JOINED_TEXTS]) for one in catalogue)
    return (*known, *lighter)


def _reference_from_dataset(dataset: Dataset) -> Reference | None:
    value = dataset.gwp100_kg_co2e
    if value is None or not math.isfinite(value) or value <= 0:
        return None
    if dataset.basis != "process" or dataset.system_boundary not in _PRODUCT_BOUNDARIES:
        return None
    try:
        target = target_unit(dataset.unit)
    except UnitError:
        return None
    phases = ("production",) if target.unit in _PRODUCTION_ONLY else ("production", "use")
    if dataset.life_cycle_phase not in phases:
        return None
    if target.unit == "kg" and reaches_beyond(dataset.system_boundary):
        value *= PLATE_TO_GATE
    names = (dataset.name, dataset.name_zh, dataset.attributes.get("name_fr", ""))
    texts = (*names, *dataset.synonyms[:_SYNONYMS])
    return Reference(
        reference_id=dataset.dataset_id,
        name=dataset.name,
        texts=tuple(dict.fromkeys(text.strip() for text in texts if text.strip())),
        unit=target.unit,
        kg_co2e_per_unit=value / target.per_asked,
        group=f"{dataset.source} | {dataset.category or dataset.dataset_id}",
        kind=f"{dataset.source} | {_head(dataset.name)}",
        geography=dataset.geography,
        category=dataset.category,
        year=dataset.year,
        source=dataset.source,
        licence=dataset.licence,
        system_boundary=dataset.system_boundary,
    )


def _from_footprint(footprint: ProductFootprint) -> list[Reference]:
    target = target_unit(footprint.unit)
    per_unit = footprint.kg_co2e / (footprint.amount * target.per_asked)
    if not math.isfinite(per_unit) or per_unit <= 0:
        return []
    stated = Reference(
        reference_id=footprint.product_id,
        name=footprint.text,
        texts=(footprint.text,),
        unit=target.unit,
        kg_co2e_per_unit=per_unit,
        group=footprint.group,
        kind=f"{footprint.group} | {_head(footprint.text)}",
        mass_kg=footprint.mass_kg,
        geography=footprint.geography,
        category=footprint.category,
        year=footprint.year,
        source=footprint.source,
        licence=footprint.licence,
        system_boundary=footprint.system_boundary,
    )
    if target.unit != "piece" or footprint.mass_kg is None:
        return [stated]
    return [stated, _with_unit(stated, "kg", per_unit / footprint.mass_kg)]


def _with_unit(reference: Reference, unit: str, value: float) -> Reference:
    return replace(reference, unit=unit, kg_co2e_per_unit=value)


def _head(name: str) -> str:
    """The name up to its first comma or bracket, in lower case: ``Oven, professional`` → ``oven``."""
    return re.split(r"[,(（，;；]", name, maxsplit=1)[0].strip().casefold()
