"""What one piece of a thing typically weighs: a family of its own, learned like a footprint and as unsure.

The masses come from ``index/typical_masses.csv`` (round figures from general knowledge, nominal contents and the
standards its ``basis`` names; no source is copied) and from references whose mass is known. The half-width of a
predicted mass is that of things and names held out at like distance, so a thing unlike all of them gets a wide one.
A thing that is in the list itself has its listed mass, as unsure as things of one name differ.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from firstprint.domain.steps import Interval
from firstprint.estimation.intervals import COVERAGES
from firstprint.estimation.lognormal import z_of
from firstprint.estimation.model import FamilyPrediction
from firstprint.estimation.predictors import KnnSettings
from firstprint.estimation.references import Reference
from firstprint.resources import resource

MASS_FAMILY = "kg of one piece"
"""Key of the family; no target unit is called so."""
MASSES_FILE = "index/typical_masses.csv"
KNOWN_DISTANCE = 0.01
"""1 − cosine up to which a name is the listed one: vectors kept as int8 are within .002 (``kept_vectors``)."""
# Things of one name differ: shirts weigh 0.1 to 0.25 kg, chairs 3 to 9. A factor of 2 either way at 90 % is set, not
# measured: no data at hand state masses of many things of one everyday name.
KNOWN_HALF_WIDTH_LOG10 = math.log10(2.0)
# A steep power finds the thing of that name, a flat one its kind; both compete on held-out names and things.
MASS_KNN = tuple(KnnSettings(10, power, 0.0, 0.0) for power in (8.0, 24.0))
_SEPARATOR = "|"


@lru_cache(maxsize=1)
def typical_masses() -> tuple[Reference, ...]:
    """The shipped masses as references, one a name: the value is kg.

    A thing is a group and a name a kind, so that choices are made on things never seen and on other names of
    things that were.
    """
    with resource(MASSES_FILE).open(encoding="utf-8", newline="") as handle:
        return tuple(one for row in csv.DictReader(handle) for one in _references(row))


def masses_of(references: Iterable[Reference]) -> tuple[Reference, ...]:
    """The masses of per-piece references that know them."""
    return tuple(
        replace(one, unit=MASS_FAMILY, kg_co2e_per_unit=one.mass_kg, mass_kg=None, geography="", weight=1.0)
        for one in references
        if one.unit == "piece" and one.mass_kg is not None and one.mass_kg > 0
    )


def mass_interval(said: FamilyPrediction, listed_kg: float, coverage: float) -> Interval | None:
    """What one piece weighs, kg, by the family's prediction; None far from everything in it.

    Args:
        said: of the family of masses.
        listed_kg: mass of the nearest reference.
        coverage: 0.8 or 0.9.
    """
    if said.band.out_of_domain(said.distance):
        return None
    mean, half = said.log10_value, said.half_width_log10(coverage)
    if said.distance <= KNOWN_DISTANCE:
        mean = math.log10(listed_kg)
        half = min(half, KNOWN_HALF_WIDTH_LOG10 * z_of(coverage) / z_of(COVERAGES[-1]))
    return Interval(10.0**mean, 10.0 ** (mean - half), 10.0 ** (mean + half), coverage)


def _references(row: dict[str, str]) -> list[Reference]:
    names = [*row["term_en"].split(_SEPARATOR), *row["term_zh"].split(_SEPARATOR)]
    thing = f"typical mass | {names[0]}"
    return [
        Reference(
            reference_id=f"typical-mass:{name}",
            name=name,
            texts=(name,),
            unit=MASS_FAMILY,
            kg_co2e_per_unit=float(row["mass_kg"]),
            group=thing,
            kind=f"{thing} | {name}",
        )
        for name in names
    ]
