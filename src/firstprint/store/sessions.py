"""Keeps sessions: browsers that are logged in, by the hash of the secret in their cookie."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete

from firstprint.domain.access import NewSession, Session
from firstprint.domain.second_opinion import person
from firstprint.errors import InputError
from firstprint.store.database import Database
from firstprint.store.passwords import new_secret, secret_sha256
from firstprint.store.tables_access import SessionRow, UserRow
from firstprint.store.tokens import now_utc
from firstprint.store.users import user_of

LIFE = timedelta(hours=12)
"""A working day."""


class SessionStore:
    """The sessions of one database; opened with the proposals, as ``ProposalStore.sessions``."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = now_utc) -> None:
        self._database = database
        self._clock = clock

    def add(self, user: str, life: timedelta = LIFE) -> NewSession:
        """Logs a user's browser in, and clears away what has expired.

        Raises:
            InputError: ``user_unknown`` for an unknown or disabled user.
            WorkspaceError: the database fails.
        """
        now, secret = self._clock(), new_secret()
        with self._database.writing() as session:
            owner = session.get(UserRow, person(user))
            if owner is None or owner.disabled is not None:
                raise InputError(
                    f"There is no user {user!r} who may log in.",
                    hint="See them with: firstprint user list",
                    code="user_unknown",
                )
            session.execute(delete(SessionRow).where(SessionRow.expires <= now))
            row = SessionRow(
                secret_sha256=secret_sha256(secret),
                user_key=owner.key,
                csrf=new_secret(),
                created=now,
                expires=now + life,
            )
            session.add(row)
            return NewSession(session=_session(row, owner), secret=secret)

    def get(self, secret: str) -> Session | None:
        """The session behind a cookie; None for an unknown or expired one, or a disabled user.

        Raises:
            WorkspaceError: the database fails.
        """
        with self._database.reading() as session:
            row = session.get(SessionRow, secret_sha256(secret))
            owner = None if row is None else session.get(UserRow, row.user_key)
            if row is None or owner is None or owner.disabled is not None or row.expires <= self._clock():
                return None
            return _session(row, owner)

    def end(self, secret: str) -> None:
        """Logs a browser out; one that is not there is no error.

        Raises:
            WorkspaceError: the database fails.
        """
        with self._database.writing() as session:
            session.execute(delete(SessionRow).where(SessionRow.secret_sha256 == secret_sha256(secret)))


def _session(row: SessionRow, owner: UserRow) -> Session:
    return Session(user=user_of(owner), csrf=row.csrf, created=row.created, expires=row.expires)
