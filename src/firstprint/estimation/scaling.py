"""From an emission factor to the footprint of the declared unit, each step written out."""

from __future__ import annotations

import math
from typing import NamedTuple

from firstprint.domain.dataset import Dataset
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


class Weights(NamedTuple):
    """What a dataset says of the mass of its own reference flow, which bridges units of different kinds.

    Attributes:
        mass_kg_per_unit: kg of one unit of the reference flow (a m2, a piece …), or None where it is not stated.
        density_kg_per_m3: or None.
    """

    mass_kg_per_unit: float | None = None
    density_kg_per_m3: float | None = None


def weights_of(dataset: Dataset) -> Weights:
    """Reads them from the dataset's attributes; what is no positive number is as if it were not stated."""
    return Weights(*(_positive(dataset.attributes.get(name, "")) for name in Weights._fields))


def _positive(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value > 0 else None


def scale(
    dataset_unit: str,
    gwp100_kg_co2e: float | None,
    product: Product,
    weights: Weights = Weights(),  # noqa: B008 - frozen
) -> ScaledFactor | None:
    """The footprint of a product's declared amount by a dataset's emission factor.

    ``product.mass_kg`` is the mass of one piece when a piece is declared, else of one declared unit. The
    result is linear in the declared amount.

    Args:
        dataset_unit: unit of the dataset's reference flow, whose amount is 1.
        gwp100_kg_co2e: kg CO2e per ``dataset_unit``, or None for a dataset without a result.
        product: declared unit and, where stated, mass.
        weights: what the dataset says of its own mass.

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
    converted = convert_amount(
        declared.amount,
        declared.unit,
        reference.unit,
        mass_kg=product.mass_kg,
        density_kg_per_m3=weights.density_kg_per_m3,
        target_mass_kg=weights.mass_kg_per_unit,
    )
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
