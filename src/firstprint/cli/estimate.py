"""``firstprint estimate``: a footprint for one description."""

from __future__ import annotations

from typing import Annotated, get_args

import typer

from firstprint.cli import options
from firstprint.cli.output import columns, console, show, write_record
from firstprint.cli.progress import StepProgress
from firstprint.cli.session import open_assistant
from firstprint.domain.product import Language, SystemBoundary

BOUNDARIES = get_args(SystemBoundary)


def estimate(
    context: typer.Context,
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT", help="What the product is, in your own words; Chinese, English or another language."
        ),
    ],
    amount: Annotated[
        float,
        typer.Option("--amount", metavar="NUMBER", callback=options.positive, help="Amount of the declared unit."),
    ] = 1.0,
    unit: options.Unit = None,
    mass_kg: Annotated[
        float | None,
        typer.Option("--mass-kg", metavar="NUMBER", callback=options.positive, help="Mass of one piece in kilograms."),
    ] = None,
    geography: options.Geography = None,
    category: Annotated[
        str | None, typer.Option("--category", metavar="WORDS", help="Sector or kind of product, in words.")
    ] = None,
    boundary: Annotated[
        SystemBoundary,
        typer.Option("--boundary", metavar="BOUNDARY", help=f"System boundary asked for: {', '.join(BOUNDARIES)}."),
    ] = "cradle_to_gate",
    year: Annotated[
        int | None, typer.Option("--year", metavar="YEAR", min=1990, max=2100, help="Year the footprint is asked for.")
    ] = None,
    language: Annotated[
        Language | None,
        typer.Option("--language", metavar="en|zh", help="Language of the answer; else that of the description."),
    ] = None,
    top: options.Top = 5,
    save: Annotated[bool, typer.Option("--save", help="Keep the proposal in the database, for review.")] = False,  # noqa: FBT002
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Estimate the carbon footprint of a product from a plain description.

    Says which dataset stands in for it and why, what the surrogate model thinks, how sure both are and what to
    measure next. Nothing is final until a person confirms it.

    Example: `firstprint estimate "25 g PET bottle for mineral water" --mass-kg 0.025 --geography CN`
    """
    with StepProgress() as progress:
        assistant = open_assistant(context, home, progress)
        proposal = assistant.estimate(
            text,
            amount=amount,
            unit=unit,
            mass_kg=mass_kg,
            geography=geography,
            category=category,
            boundary=boundary,
            year=year,
            language=language,
            top=top,
            save=save,
        )
    if json:
        write_record(proposal)
        return
    from firstprint.cli.render_estimate import Beside, estimate_view, proxy_of

    on = console()
    beside = Beside(assistant.regulatory_defaults(proposal), proxy_of(proposal))
    show(estimate_view(proposal, beside, columns(on)), on)
