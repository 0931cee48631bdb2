"""From an emission factor to the footprint of the declared unit, each step written out."""

from __future__ import annotations

import math
from typing import NamedTuple

from firstprint.domain.product import Product
from firstprint.errors import UnitError
from firstprint.units import convert_amount, dimension, format_number, parse_unit


class ScaledFactor(NamedTuple):
    """Footprint of the declared unit by one dataset, and the equations that lead to it.

    Attributes:
        kg_co2e: kg CO2e for the whole declared amount; negative for a credit.
        steps: the conversions, then the multiplication by the emission factor.
    """

    kg_co2e: float
    steps: tuple[str, ...]


def scale(dataset_unit: str, gwp100_kg_co2e: float | None, product: Product) -> ScaledFactor | None:
    """The footprint of a product's declared amount by a dataset's emission factor.

    ``product.mass_kg`` is the mass of one piece when a piece is declared, else of one declared unit. The
    result is linear in the declared amount.

    Args:
        dataset_unit: unit of the dataset's reference flow, whose amount is 1.
        gwp100_kg_co2e: kg CO2e per ``dataset_unit``, or None for a dataset without a result.
        product: declared unit and, where stated, mass.

    Returns:
        None when the dataset has no result, its unit is none of the known ones, or no route leads there.

    Raises:
        UnitError: the product's own unit is unknown.
    """
    declared = product.declared_unit
    dimension(declared.unit)
    if gwp100_kg_co2e is None or not math.isfinite(gwp100_kg_co2e):
        return None
    try:
        reference = parse_unit(dataset_unit)
    except UnitError:
        return None  # a catalogue may carry units that nobody can ask for, such as a hectare year
    converted = convert_amount(declared.amount, declared.unit, reference.unit, mass_kg=product.mass_kg)
    if converted is None:
        return None
    factor, steps = gwp100_kg_co2e / reference.amount, list(converted.steps)
    if reference.amount != 1.0:
        steps.append(
            f"{format_number(gwp100_kg_co2e)} kg CO2e/{dataset_unit} ÷ {format_number(reference.amount)}"
            f" {reference.unit}/{dataset_unit} = {format_number(factor)} kg CO2e/{reference.unit}"
        )
    kg_co2e = converted.amount * factor
    if not math.isfinite(kg_co2e):
        return None
    steps.append(
        f"{format_number(converted.amount)} {reference.unit}"
        f" × {format_number(factor)} kg CO2e/{reference.unit} = {format_number(kg_co2e)} kg CO2e"
    )
    return ScaledFactor(kg_co2e, tuple(steps))
