"""Options that several commands share, and the rules their values keep."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer


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
