"""Goods by their mass: footprints per piece divided by what a piece weighs, beside footprints per kilogram.

Per piece, a pencil and a wardrobe lie a factor of 10,000 apart, and a family that has never seen a pencil answers with
its average. Per kilogram goods lie within a factor of ten or so of each other and of their materials and foods, and
what a piece weighs is known of far more things than what it emits. So a piece without a near reference is estimated as
its intensity times its mass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from firstprint.estimation.references import Reference

INTENSITY_FAMILY = "kg of a good"
"""Key of the family; no target unit is called so."""
MATERIAL_WEIGHT = 0.3
"""Of a reference per kilogram beside one per piece, as a catalogue's beside product footprints (DECISIONS 51, 57)."""
# A name in each of two languages says what a material or food is; more names repeat it and cost memory and time.
_TEXTS = 2
# Nothing that weighs is asked for with these; their "mass" would be that of a thing of a like name.
_WITHOUT_MASS = "services"

Weigh = Callable[[Sequence[Reference]], Sequence[float | None]]
"""What one piece of each reference weighs, kg; None where nobody knows."""


def intensity_references(references: Sequence[Reference], weigh: Weigh) -> tuple[Reference, ...]:
    """References of goods per kilogram of theirs, and lighter ones of what catalogues list per kilogram.

    Goods keep their own mass as an attribute only where it was stated; it never comes from the typical masses.

    Args:
        references: in any unit; those per piece and per kilogram are used.
        weigh: masses of pieces that state none.

    Returns:
        Nothing where no piece's mass is known.
    """
    pieces = [one for one in references if one.unit == "piece" and not one.category.startswith(_WITHOUT_MASS)]
    silent = [one for one in pieces if not one.mass_kg]
    assumed = dict(zip((one.reference_id for one in silent), weigh(silent), strict=True))
    weighed = [(one, one.mass_kg or assumed.get(one.reference_id)) for one in pieces]
    goods = [
        replace(one, unit=INTENSITY_FAMILY, kg_co2e_per_unit=one.kg_co2e_per_unit / mass)
        for one, mass in weighed
        if mass
    ]
    if not goods:
        return ()
    own = {one.reference_id for one in goods}
    materials = (
        replace(one, unit=INTENSITY_FAMILY, weight=MATERIAL_WEIGHT * one.weight, texts=one.texts[:_TEXTS])
        for one in references
        if one.unit == "kg" and one.reference_id not in own
    )
    return (*goods, *materials)
