"""``firstprint train``: fits surrogate and ranker to catalogue, references and decisions."""

from __future__ import annotations

import json as json_module
from typing import TYPE_CHECKING

import typer

from firstprint.cli import options
from firstprint.cli.output import console, show, write_json
from firstprint.cli.progress import StepProgress
from firstprint.cli.session import open_assistant

if TYPE_CHECKING:
    from firstprint.domain.product import Record


def train(context: typer.Context, home: options.Home = None, json: options.Json = False) -> None:  # noqa: FBT002
    """Train the surrogate and the ranker again, from the catalogue, the references and the decisions made.

    Nothing needs this to be run first: the shipped models serve until then.
    """
    from firstprint.models import OUT_OF_USE
    from firstprint.training import train as fit

    with StepProgress(without=OUT_OF_USE) as progress:
        report = fit(open_assistant(context, home, progress), progress)
    if json:
        write_json(json_module.dumps(report._asdict(), default=_plain, ensure_ascii=False, indent=2))
        return
    from firstprint.cli.render_train import training_view

    show(training_view(report), console())


def _plain(record: Record) -> dict[str, object]:
    """A record inside the report, as JSON takes it."""
    return record.model_dump()
