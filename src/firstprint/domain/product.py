"""What a user hands in: a product and the unit its footprint is asked per."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["en", "zh"]
"""Languages firstprint writes. Descriptions may be in any of the encoder's sixteen."""

SystemBoundary = Literal["cradle_to_gate", "cradle_to_grave", "gate_to_gate", "well_to_wheel", "end_of_life", "direct"]
"""System boundaries a product may ask for; a dataset's boundary is kept verbatim and may be another."""


class Record(BaseModel):
    """Base of everything in a proposal: frozen, and strict about field names."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


class DeclaredUnit(Record):
    """What the estimate is per (PACT ``declaredUnitAmount`` and ``declaredUnitOfMeasurement``)."""

    amount: float = Field(1.0, gt=0, allow_inf_nan=False)
    unit: str = "piece"


class Product(Record):
    """One product as described, with the facts that were stated about it.

    Attributes:
        description: the user's own words.
        language: ISO 639-1 code of the description, detected or given.
        declared_unit: what the footprint is asked per, in canonical units.
        mass_kg: mass of one piece, or of one of whatever unit is declared (1 m, 1 m2, 1 litre).
        geography: ISO 3166 or region code, or None when unknown.
        category: free text such as a sector, or None.
        system_boundary: the boundary asked for.
        year: the year the footprint is asked for, or None.
    """

    description: str
    language: str
    declared_unit: DeclaredUnit
    mass_kg: float | None = Field(None, gt=0, allow_inf_nan=False)
    geography: str | None = None
    category: str | None = None
    system_boundary: SystemBoundary = "cradle_to_gate"
    year: int | None = None
