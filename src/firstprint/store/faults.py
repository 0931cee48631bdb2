"""Turns what a database driver reports into the error tree: what is wrong, where, and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from firstprint.errors import WorkspaceError
from firstprint.store.address import show_address


class _Fault(NamedTuple):
    code: str
    message: str
    hint: str


_UNWRITABLE = _Fault(
    "store_unwritable",
    "cannot be opened for writing",
    "Check that the path is a file, that you may write to it and to its folder, and that the disk has room.",
)
_DAMAGED = _Fault(
    "store_damaged",
    "is not a readable database",
    "Restore it from a backup, or move the file away to start an empty store.",
)
_BUSY = _Fault("store_busy", "is kept locked by another program", "Close the other program, then try again.")
_CROWDED = _Fault("store_busy", "has no connection free", "Try again; if it happens often, run more server processes.")
_UNREACHABLE = _Fault(
    "store_unreachable",
    "cannot be reached",
    "Check that the server runs, and the host, port, database, user and password.",
)
_OTHER = _Fault(
    "store_fault", "refused an operation", "Run `firstprint doctor`, and check the database's rights and log."
)

# Primary result codes of SQLite (https://www.sqlite.org/rescode.html); the low byte of an extended code.
_PRIMARY_CODE_MASK = 0xFF
_SQLITE_FAULTS = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_PERM: _UNWRITABLE,
    sqlite3.SQLITE_READONLY: _UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: _UNWRITABLE,
    sqlite3.SQLITE_FULL: _UNWRITABLE,
    sqlite3.SQLITE_IOERR: _UNWRITABLE,
}


@contextmanager
def named_faults(address: URL) -> Iterator[None]:
    """Raises a driver's error as a ``WorkspaceError`` that names the store.

    An ``IntegrityError`` passes through: it speaks of the row, which only the caller can name.

    Raises:
        WorkspaceError: ``store_unwritable``, ``store_damaged``, ``store_busy``, ``store_unreachable`` or
            ``store_fault``.
    """
    try:
        yield
    except IntegrityError:
        raise
    except SQLAlchemyError as error:
        fault = _fault_of(error)
        raise WorkspaceError(
            f"The store {show_address(address)!r} {fault.message}: {_reason(error, address)}.",
            hint=fault.hint,
            code=fault.code,
        ) from error


def _fault_of(error: SQLAlchemyError) -> _Fault:
    if isinstance(error, PoolTimeoutError):
        return _CROWDED
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.Error):
        # The driver itself raises a few errors that never reached SQLite; they carry no code.
        code: int = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        return _SQLITE_FAULTS.get(code & _PRIMARY_CODE_MASK, _OTHER)
    return _UNREACHABLE if isinstance(error, OperationalError) else _OTHER


def _reason(error: SQLAlchemyError, address: URL) -> str:
    """The driver's own first line, without the statement, its values and the password."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    lines = str(cause).strip().splitlines() or [type(cause).__name__]
    reason = lines[0].rstrip(".")
    return reason.replace(str(address.password), "***") if address.password else reason
