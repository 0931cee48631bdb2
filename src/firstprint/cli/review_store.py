"""What the commands of the review share: who decides, by which rules, and records as JSON."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstprint.cli.output import write_json
from firstprint.cli.session import settings_of

if TYPE_CHECKING:
    from firstprint.domain.product import Record
    from firstprint.review import Rules

By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who decides; else the name you are logged in with.")
]


def name_of(given: str | None) -> str:
    """The name given, else the user's login name."""
    if given is not None:
        return given
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no variable names the user, and the system does not know the number
        return ""


def rules_of(context: typer.Context, home: Path | None) -> Rules:
    """What the settings ask of decisions."""
    from firstprint.review import Rules

    return Rules(four_eyes_above_kg=settings_of(context, home).four_eyes_above_kg)


def fields(record: Record) -> dict[str, object]:
    """A record as plain values."""
    return record.model_dump(mode="json")


def write(value: object) -> None:
    """One JSON document on stdout."""
    write_json(json_module.dumps(value, ensure_ascii=False, indent=2))
