"""``firstprint match``: which datasets of the catalogue a text may mean."""

from __future__ import annotations

from typing import Annotated

import typer

from firstprint.cli import options
from firstprint.cli.output import columns, console, show, write_record
from firstprint.cli.progress import StepProgress
from firstprint.cli.session import open_assistant


def match(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A product, material, process or purchase, in words.")],
    top: options.Top = 5,
    unit: options.Unit = None,
    geography: options.Geography = None,
    source: Annotated[
        list[str] | None, typer.Option("--source", metavar="ID", help="Only datasets of this source; may be repeated.")
    ] = None,
    why: options.Why = False,  # noqa: FBT002
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Rank the datasets that may stand in for a text, and say whether the first may be taken.

    Example: `firstprint match "不锈钢板 304" --unit kg --geography CN`
    """
    with StepProgress() as progress:
        assistant = open_assistant(context, home, progress)
        result = assistant.match(text, top=top, unit=unit, geography=geography, sources=tuple(source or ()))
    if json:
        write_record(result)
        return
    from firstprint.cli.render_match import match_view

    on = console()
    show(match_view(result, columns(on), every_reason=why), on)
