"""``firstprint estimate``: a footprint for one description."""

from __future__ import annotations

import typer

from firstprint.cli import options
from firstprint.cli.output import columns, console, show, write_record
from firstprint.cli.progress import StepProgress
from firstprint.cli.session import open_assistant


def estimate(
    context: typer.Context,
    text: options.Text,
    amount: options.Amount = 1.0,
    unit: options.Unit = None,
    mass_kg: options.MassKg = None,
    geography: options.Geography = None,
    category: options.Category = None,
    boundary: options.Boundary = "cradle_to_gate",
    year: options.Year = None,
    language: options.Language = None,
    top: options.Top = 5,
    save: options.Save = False,  # noqa: FBT002
    why: options.Why = False,  # noqa: FBT002
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
        if not json:  # here, and not where it is used: the encoder still loads beside
            from firstprint.cli.render_estimate import Beside, estimate_view, proxy_of
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
    on = console()
    beside = Beside(assistant.regulatory_defaults(proposal), proxy_of(proposal))
    show(estimate_view(proposal, beside, columns(on), every_reason=why), on)
    if save:
        from firstprint.cli.render_review import decide_line

        show([decide_line(proposal)], on)
