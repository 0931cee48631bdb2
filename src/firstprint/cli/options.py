"""Options that several commands share, and the rules their values keep."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, get_args

import typer

from firstprint.domain.product import Language as Written
from firstprint.domain.product import SystemBoundary


def positive(value: float | None) -> float | None:
    """Rejects zero, negative numbers, NaN and infinity, each of which ``float`` would read."""
    if value is not None and not (math.isfinite(value) and value > 0):
        raise typer.BadParameter(f"{value} is not a finite number above zero.")
    return value


Home = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", help="Workspace folder; else FIRSTPRINT_HOME, else the platform's own."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the record as JSON and nothing else.")]
Top = Annotated[int, typer.Option("--top", min=1, max=50, metavar="N", help="How many candidate datasets to show.")]
Geography = Annotated[
    str | None,
    typer.Option(
        "--geography", metavar="PLACE", help="Where it is made: a code such as CN, CN-GD, RER, or a country's name."
    ),
]
Unit = Annotated[
    str | None,
    typer.Option(
        "--unit", metavar="UNIT", help="Declared unit: piece, kg, t, kWh, m3, litre … 件, 吨, 度, or a currency."
    ),
]
BOUNDARIES = get_args(SystemBoundary)
Text = Annotated[
    str,
    typer.Argument(
        metavar="TEXT", help="What the product is, in your own words; Chinese, English or another language."
    ),
]
Amount = Annotated[
    float, typer.Option("--amount", metavar="NUMBER", callback=positive, help="Amount of the declared unit.")
]
MassKg = Annotated[
    float | None,
    typer.Option("--mass-kg", metavar="NUMBER", callback=positive, help="Mass of one piece in kilograms."),
]
Category = Annotated[
    str | None, typer.Option("--category", metavar="WORDS", help="Sector or kind of product, in words.")
]
Boundary = Annotated[
    SystemBoundary,
    typer.Option("--boundary", metavar="BOUNDARY", help=f"System boundary asked for: {', '.join(BOUNDARIES)}."),
]
Year = Annotated[
    int | None, typer.Option("--year", metavar="YEAR", min=1990, max=2100, help="Year the footprint is asked for.")
]
Language = Annotated[
    Written | None,
    typer.Option("--language", metavar="en|zh", help="Language of the answer; else that of the description."),
]
Save = Annotated[bool, typer.Option("--save", help="Keep the proposal in the database, for review.")]
Why = Annotated[bool, typer.Option("--why", help="Show every reason for and against every candidate dataset.")]
