"""``firstprint doctor``: what is installed, configured, reachable, and what is wrong."""

from __future__ import annotations

from typing import Annotated

import typer

from firstprint.cli import options
from firstprint.cli.errors import FAULT_FOUND
from firstprint.cli.output import console, show, write_record
from firstprint.cli.session import settings_of

Devices = Annotated[
    bool, typer.Option("--devices", help="Also load torch and say which devices it sees (takes seconds).")
]


def doctor(
    context: typer.Context,
    devices: Devices = False,  # noqa: FBT002
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Check the installation, the catalogue, the index, the models, the database and the language model.

    Exit code 1 when something is wrong; what is only not set up is no fault.
    """
    from firstprint.cli.doctor_checks import examine

    report = examine(settings_of(context, home), devices=devices)
    if json:
        write_record(report)
    else:
        from firstprint.cli.render_doctor import doctor_view

        show(doctor_view(report), console())
    if not report.sound:
        raise typer.Exit(FAULT_FOUND)
