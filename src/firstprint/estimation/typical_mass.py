"""What one piece of a thing typically weighs: a family of its own, learned like a footprint and as unsure.

The masses come from ``index/typical_masses.csv`` (round figures from general knowledge, not measured; no source is
copied) and from references whose mass is known. The half-width of a predicted mass is that of terms held out at
like distance, so a thing unlike all of them gets a wide one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from firstprint.estimation.references import Reference
from firstprint.resources import resource

MASS_FAMILY = "kg of one piece"
"""Key of the family; no target unit is called so."""
MASSES_FILE = "index/typical_masses.csv"


@lru_cache(maxsize=1)
def typical_masses() -> tuple[Reference, ...]:
    """The shipped masses as references: the value is kg; each term is a group, since like things are asked about."""
    with resource(MASSES_FILE).open(encoding="utf-8", newline="") as handle:
        return tuple(
            Reference(
                reference_id=f"typical-mass:{row['term_en']}",
                name=row["term_en"],
                texts=(row["term_en"], row["term_zh"]),
                unit=MASS_FAMILY,
                kg_co2e_per_unit=float(row["mass_kg"]),
                group=f"typical mass | {row['term_en']}",
                kind=f"typical mass | {row['term_en']}",
            )
            for row in csv.DictReader(handle)
        )


def masses_of(references: Iterable[Reference]) -> tuple[Reference, ...]:
    """The masses of per-piece references that know them."""
    return tuple(
        replace(one, unit=MASS_FAMILY, kg_co2e_per_unit=one.mass_kg, mass_kg=None, geography="", weight=1.0)
        for one in references
        if one.unit == "piece" and one.mass_kg is not None and one.mass_kg > 0
    )
