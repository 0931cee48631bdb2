"""One open database: its engine, its read and its write transactions, SQLite and PostgreSQL alike."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from firstprint.errors import WorkspaceError
from firstprint.store.address import prepare_folder, show_address, sqlite_file
from firstprint.store.faults import named_faults

BUSY_SECONDS = 30.0
"""How long a writer waits for another one; a save takes milliseconds, so this is a queue of thousands."""

_CONNECT_SECONDS = 10
_RETRY_SECONDS = 0.05
_WRITES = "firstprint_writes"


class Database:
    """An engine with the two ways in: ``reading`` and ``writing``. Every table's store shares one.

    Safe to use from several threads. Close it, or use it as a context manager.
    """

    def __init__(self, engine: Engine, address: URL) -> None:
        self._engine = engine
        # Both share one pool; the option tells the SQLite hook which kind of transaction to begin.
        self._writer = engine.execution_options(**{_WRITES: True})
        self._reader = engine
        if address.get_backend_name() == "postgresql":
            # One moment for all that a reader asks, as SQLite's read transactions have it.
            self._reader = engine.execution_options(isolation_level="REPEATABLE READ")
        # Threads queue here in turn: SQLite lets them race for its lock, and the unlucky one may wait for ever.
        self._turn = threading.Lock() if address.get_backend_name() == "sqlite" else None
        self._address = address
        self._closed = False
        self._file = sqlite_file(address)
        self._identity: tuple[int, int] | None = None

    @property
    def shown(self) -> str:
        """The address for messages, password masked."""
        return show_address(self._address)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session in a transaction that only reads, all of it at one moment; it never waits for a writer.

        Raises:
            WorkspaceError: the database fails; see ``faults.named_faults``. ``store_closed`` after ``close``.
        """
        with self._session(self._reader) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in a write transaction: committed at the end, rolled back on any error.

        SQLite takes the write lock at the start, waiting up to ``BUSY_SECONDS`` for it. Taken later, a
        transaction that has read would fail at once where another process wrote in between.

        Raises:
            WorkspaceError: as for ``reading``.
            sqlalchemy.exc.IntegrityError: a row breaks a key; the caller knows which and says so.
        """
        with self._my_turn(), self._session(self._writer) as session:
            session.connection()  # a session begins at its first statement; the lock is wanted now
            yield session

    def close(self) -> None:
        """Closes every connection; a second call does nothing."""
        self._closed = True
        self._engine.dispose()

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise WorkspaceError(
                f"The store {self.shown!r} is kept busy: no turn to write within {BUSY_SECONDS:.0f} s.",
                hint="Try again, or keep the store in PostgreSQL: FIRSTPRINT_DATABASE_URL.",
                code="store_busy",
            )
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        if self._closed:
            raise WorkspaceError(f"The store {self.shown!r} was closed.", hint="Open it again.", code="store_closed")
        self._check_file()
        with named_faults(self._address), Session(engine) as session, session.begin():
            yield session

    def _check_file(self) -> None:
        """Notices a SQLite file that was taken away or replaced under open connections.

        They would go on with the file that nobody can see any more, and all that they write would be lost.
        """
        if self._file is None:
            return
        try:
            found = self._file.stat()
        except OSError as error:
            if self._identity is None:  # not made yet; or it cannot be, which connecting says
                return
            self._engine.dispose()
            raise WorkspaceError(
                f"The store {self.shown!r} is gone: {error.strerror}.",
                hint="Put the file back, from a backup if need be; then it is used again.",
                code="store_unreachable",
            ) from error
        identity = (found.st_dev, found.st_ino)
        if self._identity not in {None, identity}:
            self._engine.dispose()
        self._identity = identity


def open_database(address: URL) -> Database:
    """The database at ``address``, without touching its schema; connects at the first use.

    Raises:
        WorkspaceError: ``store_unwritable`` when a SQLite file's folder cannot be made;
            ``store_driver_missing`` when PostgreSQL's driver is not installed.
    """
    prepare_folder(address)
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return Database(engine, address)
    try:
        # pre_ping: a server may drop idle connections, which must not fail the next save.
        engine = create_engine(address, pool_pre_ping=True, connect_args={"connect_timeout": _CONNECT_SECONDS})
    except ImportError as error:
        raise WorkspaceError(
            f"The store {show_address(address)!r} needs the PostgreSQL driver psycopg: {error}.",
            hint="Run: pip install 'firstprint[postgres]'",
            code="store_driver_missing",
        ) from error
    return Database(engine, address)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Sets what SQLite keeps per connection; ``_begin_sqlite`` begins transactions, not the driver."""
    try:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        # FULL: what a person decided must outlive a power cut; NORMAL may lose the last commits.
        connection.execute("PRAGMA synchronous = FULL")
        _set_wal(connection)
    except sqlite3.Error:
        connection.close()
        raise


def _set_wal(connection: sqlite3.Connection) -> None:
    """Write-ahead log, so that readers and the writer do not wait for each other.

    The switch needs the file for itself and may report busy without waiting the busy timeout, so it is
    tried again. A file system without shared memory keeps its old mode, which is slower and just as safe.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_SECONDS)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
