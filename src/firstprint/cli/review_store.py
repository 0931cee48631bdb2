"""What the commands of the review share: the store of the home folder, who decides, and records as JSON."""

from __future__ import annotations

import json as json_module
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstprint.cli.output import write_json
from firstprint.cli.session import settings_of
from firstprint.errors import InputError

if TYPE_CHECKING:
    from firstprint.domain.product import Record
    from firstprint.review import Rules
    from firstprint.store.proposals import ProposalStore

By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who decides; else the name you are logged in with.")
]


@contextmanager
def kept_store(context: typer.Context, home: Path | None, *, needed: bool) -> Iterator[ProposalStore | None]:
    """The store of the home folder; None where there is none and none is ``needed``. Looking makes no database."""
    from firstprint.store.presence import has_database

    url = settings_of(context, home).resolved_database_url
    if not has_database(url):
        if needed:
            raise InputError(
                "No proposals are kept yet.",
                hint="Keep one: firstprint estimate TEXT --save; --home or FIRSTPRINT_HOME names another workspace.",
                code="nothing_kept",
            )
        yield None
        return
    from firstprint.store.opening import open_store

    with open_store(url) as store:
        yield store


@contextmanager
def needed_store(context: typer.Context, home: Path | None) -> Iterator[ProposalStore]:
    """The store of the home folder.

    Raises:
        InputError: ``nothing_kept`` where there is none.
    """
    with kept_store(context, home, needed=True) as store:
        assert store is not None  # noqa: S101 - one is needed; mypy is told
        yield store


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
