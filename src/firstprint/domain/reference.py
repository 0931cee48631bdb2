"""A product with a known footprint, as a reference table has it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReferenceFootprint:
    """A product whose footprint someone published or measured.

    Attributes:
        reference_id: unique within its source; names the row in files and records.
        text: what the product is, in any language.
        amount: how many ``unit`` the footprint is for, above zero.
        unit: canonical.
        kg_co2e: for ``amount`` × ``unit``, above zero.
        group: who reported it, such as a company; rows of one group are never on both sides of a split.
        mass_kg: of one piece, or None.
        geography: code, or empty.
        system_boundary: of the footprint; empty where it is not stated.
        source: the publication the number is from.
        licence: under which it may be used.
    """

    reference_id: str
    text: str
    amount: float
    unit: str
    kg_co2e: float
    group: str
    mass_kg: float | None = None
    category: str = ""
    geography: str = ""
    year: int | None = None
    system_boundary: str = ""
    source: str = ""
    licence: str = ""
