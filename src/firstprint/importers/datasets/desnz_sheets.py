"""What each sheet of the UK conversion factors is about: how far its factors reach, and how its rows are called."""

from __future__ import annotations

from typing import Final, NamedTuple

from firstprint.domain.dataset import Basis, LifeCyclePhase, Variant


class SheetKind(NamedTuple):
    """How a sheet's factors are taken.

    Attributes:
        boundary: scope 1 and 2 factors are emissions at the place of burning or generation; ``WTT`` factors are
            those of supplying the fuel, which is the fuel's cradle to gate, and of a service only the part before.
        suffix: added to the names of its datasets.
        named_by_activity: the first column belongs to the name; else it is the category alone.
        with_electricity: added to the names of electric vehicles where the factor counts their electricity.
        left_out: why nothing is taken from it; empty where it is read.
    """

    boundary: str
    basis: Basis = "process"
    phase: LifeCyclePhase = "production"
    suffix: str = ""
    description: str = ""
    named_by_activity: bool = False
    with_electricity: str = ""
    left_out: str = ""


def _direct(suffix: str = "", description: str = "", *, named_by_activity: bool = False) -> SheetKind:
    return SheetKind("direct", "direct", "use", suffix, description, named_by_activity)


def _with_electricity() -> SheetKind:
    told = f"{_DRIVEN}; electricity as generated and with grid losses"
    return SheetKind("direct", "direct", "use", "", told, True, "with its electricity")  # noqa: FBT003


def _upstream(boundary: str, *, named_by_activity: bool = False) -> SheetKind:
    told = "supply of the fuel only: extraction, refining, transport; nothing of burning it"
    return SheetKind(boundary, "process", "production", "well to tank", told, named_by_activity)


def _left_out(why: str) -> SheetKind:
    return SheetKind("", left_out=why)


WELL_TO_TANK: Final = "well_to_tank"
"""The part of a service before the vehicle or power plant; it is never a footprint by itself."""
_BURNT = "emissions of burning the fuel; nothing of its supply"
_DRIVEN = "emissions of driving; nothing of the vehicle or of the fuel's supply"
_FLOWN = "emissions of flying: gases only, nothing of the fuel's supply"
_KWH = "is in kWh, not in kg CO2e"
_NOT_FACTORS = "holds no emission factors"

SHEETS: Final[dict[str, SheetKind]] = {
    "fuels": _direct("combustion", _BURNT),
    "bioenergy": _direct("combustion", f"{_BURNT}; CO2 of the plant itself counts as nil"),
    "refrigerant & other": _direct("emitted", "the gas itself, set free"),
    "passenger vehicles": _direct("", _DRIVEN, named_by_activity=True),
    "delivery vehicles": _direct("", _DRIVEN, named_by_activity=True),
    "secr kwh pass & delivery vehs": _left_out(_KWH),
    "uk electricity": _direct("generated", "emissions of power stations; nothing of fuel supply or grid losses"),
    "overseas electricity": _left_out(_NOT_FACTORS),
    "uk electricity for evs": _direct(
        "electricity used", "emissions of power stations for the electricity of driving", named_by_activity=True
    ),
    "secr kwh uk electricity for evs": _left_out(_KWH),
    "heat and steam": _direct("", "emissions of the boiler house; nothing of fuel supply or losses"),
    "wtt- fuels": _upstream("cradle_to_gate"),
    "wtt- bioenergy": _upstream("cradle_to_gate"),
    "transmission and distribution": SheetKind(
        "gate_to_gate", suffix="losses", description="losses on the way, of one unit used", named_by_activity=True
    ),
    "uk electricity t&d for evs": SheetKind(
        "gate_to_gate", suffix="grid losses", description="losses in the grid, of driving", named_by_activity=True
    ),
    "wtt- uk electricity": _upstream(WELL_TO_TANK, named_by_activity=True),
    "wtt- heat and steam": _upstream(WELL_TO_TANK, named_by_activity=True),
    "water supply": SheetKind("cradle_to_gate", description="water delivered through the mains"),
    "water treatment": SheetKind("end_of_life", phase="end_of_life", description="waste water into the sewer"),
    "material use": SheetKind("cradle_to_gate", description="material at the gate, as bought"),
    "waste disposal": SheetKind(
        "end_of_life", phase="end_of_life", description="collection and treatment; no credit for what is recovered"
    ),
    "business travel- air": _direct("", _FLOWN, named_by_activity=True),
    "wtt- business travel- air": _upstream(WELL_TO_TANK, named_by_activity=True),
    "business travel- sea": _direct("", _DRIVEN, named_by_activity=True),
    "wtt- business travel- sea": _upstream(WELL_TO_TANK, named_by_activity=True),
    "business travel- land": _with_electricity(),
    "wtt- pass vehs & travel- land": _upstream(WELL_TO_TANK, named_by_activity=True),
    "freighting goods": _with_electricity(),
    "wtt- delivery vehs & freight": _upstream(WELL_TO_TANK, named_by_activity=True),
    "hotel stay": SheetKind(
        "gate_to_gate", phase="use", description="per room and night: energy the hotel uses", named_by_activity=True
    ),
    "managed assets- electricity": _left_out("repeats the factors of another sheet"),
    "managed assets- vehicles": _left_out("repeats the factors of another sheet"),
    "homeworking": SheetKind(
        "gate_to_gate", phase="use", description="per full-time employee and hour", suffix="homeworking",
        named_by_activity=True,
    ),
    "outside of scopes": _left_out("holds CO2 of biogenic carbon only, which is no GWP100 result"),
    "conversions": _left_out(_NOT_FACTORS),
    "fuel properties": _left_out(_NOT_FACTORS),
    "haul definition": _left_out(_NOT_FACTORS),
}  # fmt: skip
"""By the sheet's title in lower case; other sheets are told and left out."""

UNITS: Final[dict[str, tuple[str, str]]] = {
    "kwh (net cv)": ("kWh", "net calorific value"),
    "kwh (gross cv)": ("kWh", "gross calorific value"),
    "million litres": ("1000 m3", ""),
    "room per night": ("piece", "per room and night"),
    "per fte working hour": ("hour", ""),
}
"""Units of the workbook that are no plain unit: what they are, and what the name must say beside it."""

VARIANTS: Final[dict[str, Variant]] = {
    "primary material production": "virgin",
    "closed-loop source": "recycled",
    "open-loop source": "recycled",
    "re-used": "recycled",
}
ONLY_GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "refrigerant & other": ("total emissions",),
    "business travel- air": ("without rf",),
    "wtt- business travel- air": ("without rf",),
    "freighting goods": ("without rf",),
    "wtt- delivery vehs & freight": ("without rf",),
}
"""Of columns side by side, those taken, by the beginning of their group's name; others are parts, or hold radiative
forcing beyond greenhouse gases, which is no GWP100 result. A block without such a group is read in full."""
