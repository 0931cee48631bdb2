"""``firstprint rerun``: decided records on the catalogue as it is now."""

from __future__ import annotations

import json as json_module
import math
from collections import Counter
from typing import Annotated, Literal

import typer

from firstprint.cli import options
from firstprint.cli.output import console, show, write_json
from firstprint.cli.progress import StepProgress
from firstprint.cli.session import open_assistant, settings_of
from firstprint.errors import InputError


def _percent(value: float) -> float:
    if not (math.isfinite(value) and value >= 0):
        raise typer.BadParameter(f"{value} is not a finite number of at least zero.")
    return value


def rerun(
    context: typer.Context,
    status: Annotated[
        Literal["confirmed", "overridden", "decided"],
        typer.Option("--status", metavar="STATUS", help="Which records: confirmed, overridden, or decided for both."),
    ] = "decided",
    percent: Annotated[
        float,
        typer.Option("--percent", metavar="NUMBER", callback=_percent, help="A value that moved by no more is kept."),
    ] = 0.0,
    dry: Annotated[bool, typer.Option("--dry-run", help="Report what would change; write nothing.")] = False,  # noqa: FBT002
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Look decided records up in the catalogue as it is now, after an import or an update.

    A record whose dataset is as it was is kept. Where the value changed, or the dataset vanished, a new proposal takes
    its place, with the dataset or its nearest successor first; you decide about it with `firstprint review`. The old
    record and its decisions stay as they were, marked superseded.
    """
    from firstprint.rerun import DECIDED
    from firstprint.rerun import rerun as run_again
    from firstprint.store.opening import open_store
    from firstprint.store.presence import has_database

    url = settings_of(context, home).resolved_database_url
    if not has_database(url):
        raise InputError(
            "No proposals are kept yet.",
            hint="Keep one: firstprint estimate TEXT --save; then decide: firstprint review confirm ID",
            code="nothing_kept",
        )
    wanted = DECIDED if status == "decided" else (status,)
    with open_store(url) as store, StepProgress() as progress:
        assistant = open_assistant(context, home, progress)
        done = run_again(assistant, store, wanted, percent=percent, dry=dry, progress=progress)
    if json:
        counts = Counter(each.outcome for each in done)
        told = {"counts": dict(counts), "written": not dry, "records": [each.model_dump() for each in done]}
        write_json(json_module.dumps(told, ensure_ascii=False, indent=2))
        return
    from firstprint.cli.render_rerun import rerun_view

    show(rerun_view(done, dry=dry), console())
