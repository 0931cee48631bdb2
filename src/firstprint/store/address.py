"""Where the store lives: reads a database URL, refuses what cannot work, shows it without its password."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from firstprint.errors import WorkspaceError

_EXAMPLES = "sqlite:////data/firstprint.db or postgresql+psycopg://user:password@host/database"
_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql+psycopg": "postgresql+psycopg",
    # Hosting platforms hand out these two; they leave the driver to the reader.
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}
_PASSWORD = re.compile(r"(://[^:/@]*):.*@")


def parse_address(url: str) -> URL:
    """The URL with the driver this software uses.

    Raises:
        WorkspaceError: ``store_url_invalid`` when it is no URL, has an unknown scheme, or names no file or
            database.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise _invalid(_PASSWORD.sub(r"\1:***@", url), "is not a database URL") from None
    driver = _DRIVERS.get(address.drivername)
    if driver is None:
        raise _invalid(show_address(address), f"has the unknown scheme {address.drivername!r}")
    address = address.set(drivername=driver)
    return _check_file(address) if driver == "sqlite" else _check_server(address)


def show_address(address: URL) -> str:
    """The URL for messages: password masked, options (which may hold secrets) left out."""
    return address.set(query={}).render_as_string(hide_password=True)


def sqlite_file(address: URL) -> Path | None:
    """The database file of a SQLite URL, or None for a server."""
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    return Path(address.database)


def prepare_folder(address: URL) -> None:
    """Creates the parent folder of a SQLite file.

    Raises:
        WorkspaceError: ``store_unwritable`` when the folder cannot be made.
    """
    file = sqlite_file(address)
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceError(
            f"The store's folder {str(file.parent)!r} cannot be created: {error.strerror}.",
            hint="Name a folder you may write to, with --home, FIRSTPRINT_HOME or FIRSTPRINT_DATABASE_URL.",
            code="store_unwritable",
        ) from error


def _check_file(address: URL) -> URL:
    """SQLite over one file: a store in memory would be another one in every thread, and gone afterwards."""
    if address.host or not address.database or address.database == ":memory:" or address.query:
        raise _invalid(show_address(address), "names no database file (three slashes, then the path)")
    return address.set(database=str(Path(address.database).expanduser()))


def _check_server(address: URL) -> URL:
    if not address.database:
        raise _invalid(show_address(address), "names no database")
    return address


def _invalid(shown: str, fault: str) -> WorkspaceError:
    return WorkspaceError(
        f"The store's address {shown!r} {fault}.",
        hint=f"Set FIRSTPRINT_DATABASE_URL to one such as {_EXAMPLES}.",
        code="store_url_invalid",
    )
