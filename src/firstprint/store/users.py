"""Keeps users: who may log in, with which role, and by which password."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as Transaction

from firstprint.domain.access import ROLES, Role, User
from firstprint.domain.second_opinion import person
from firstprint.errors import InputError
from firstprint.plain_text import MAX_NAME_CHARS, plain
from firstprint.store.accounts import AccountChange, changing, note
from firstprint.store.database import Database
from firstprint.store.passwords import fits, hash_password, is_outdated
from firstprint.store.tables_access import SessionRow, TokenRow, UserRow

LOCAL = "local"
"""Who did it, where nobody is named: whoever sits at this machine."""


class UserStore:
    """The users of one database; opened with the proposals, as ``ProposalStore.users``.

    Every change is noted in the audit trail, with who made it (``by``) and never with a password.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, role: Role, password: str | None = None, *, by: str = LOCAL) -> User:
        """Adds a user.

        Args:
            name: what decisions are signed with.
            role: what they may do.
            password: None for a user that only has tokens.
            by: who adds them; told in the audit trail.

        Raises:
            InputError: ``user_exists``; ``name_missing``; ``role_unknown``; the name or the password breaks its rule.
            WorkspaceError: the database fails.
        """
        name = plain(name, "name", MAX_NAME_CHARS)
        if not name:
            raise InputError("A user needs a name.", hint="Give one: firstprint user add NAME", code="name_missing")
        if role not in ROLES:
            raise InputError(
                f"There is no role {role!r}.", hint=f"The roles are: {', '.join(ROLES)}.", code="role_unknown"
            )
        kept = None if password is None else hash_password(password)
        now = datetime.now(UTC)
        row = UserRow(key=person(name), name=name, role=role, password=kept, created=now, disabled=None)
        try:
            with changing(self._database) as session:
                session.add(row)
                session.flush()
                note(session, AccountChange("user_added", name, role), by, now)
                return user_of(row)
        except IntegrityError:
            raise InputError(
                f"There is a user {self.get(name).name!r} already.",
                hint="Take another name, or change this user's password: firstprint user password NAME",
                code="user_exists",
            ) from None

    def list(self) -> tuple[User, ...]:
        """Every user by name.

        Raises:
            WorkspaceError: the database fails.
        """
        with self._database.reading() as session:
            return tuple(map(user_of, session.scalars(select(UserRow).order_by(UserRow.key))))

    def get(self, name: str) -> User:
        """The user of this name, in any case and width.

        Raises:
            InputError: ``user_unknown``.
            WorkspaceError: the database fails.
        """
        with self._database.reading() as session:
            return user_of(self._row(session, name))

    def login(self, name: str, password: str) -> User | None:
        """The user whose password this is; None for a wrong name, a wrong password or a disabled user alike.

        Raises:
            WorkspaceError: the database fails.
        """
        with self._database.reading() as session:
            row = session.get(UserRow, person(name))
            kept, user = (None, None) if row is None else (row.password, user_of(row))
        if not fits(kept, password) or user is None or user.disabled is not None:
            return None
        if kept is not None and is_outdated(kept):
            with self._database.writing() as session:
                self._row(session, name).password = hash_password(password)
        return user

    def set_password(self, name: str, password: str, *, by: str = LOCAL) -> User:
        """Gives a user another password and ends their sessions.

        Raises:
            InputError: ``user_unknown``, or the password breaks its rule.
            WorkspaceError: the database fails.
        """
        kept = hash_password(password)
        with changing(self._database) as session:
            row = self._row(session, name)
            row.password = kept
            _end_sessions(session, row.key)
            note(session, AccountChange("password_changed", row.name), by, datetime.now(UTC))
            return user_of(row)

    def set_role(self, name: str, role: Role, *, by: str = LOCAL) -> User:
        """Gives a user another role, at once for their sessions and tokens too.

        Raises:
            InputError: ``user_unknown``.
            WorkspaceError: the database fails.
        """
        with changing(self._database) as session:
            row = self._row(session, name)
            if row.role != role:
                row.role = role
                note(session, AccountChange("role_changed", row.name, role), by, datetime.now(UTC))
            return user_of(row)

    def disable(self, name: str, *, by: str = LOCAL) -> User:
        """Shuts a user out: sessions end and tokens are revoked. What they decided stays.

        Raises:
            InputError: ``user_unknown``.
            WorkspaceError: the database fails.
        """
        now = datetime.now(UTC)
        with changing(self._database) as session:
            row = self._row(session, name)
            if row.disabled is None:
                row.disabled = now
                note(session, AccountChange("user_disabled", row.name), by, now)
            _end_sessions(session, row.key)
            open_tokens = (TokenRow.user_key == row.key, TokenRow.revoked.is_(None))
            session.execute(update(TokenRow).where(*open_tokens).values(revoked=now))
            return user_of(row)

    def enable(self, name: str, *, by: str = LOCAL) -> User:
        """Lets a user in again; revoked tokens stay revoked.

        Raises:
            InputError: ``user_unknown``.
            WorkspaceError: the database fails.
        """
        with changing(self._database) as session:
            row = self._row(session, name)
            if row.disabled is not None:
                row.disabled = None
                note(session, AccountChange("user_enabled", row.name), by, datetime.now(UTC))
            return user_of(row)

    def _row(self, session: Transaction, name: str) -> UserRow:
        row = session.get(UserRow, person(name))
        if row is None:
            raise InputError(
                f"There is no user {name!r}.", hint="See them with: firstprint user list", code="user_unknown"
            )
        return row


def user_of(row: UserRow) -> User:
    """The user a row holds."""
    return User.model_validate({"name": row.name, "role": row.role, "created": row.created, "disabled": row.disabled})


def _end_sessions(session: Transaction, key: str) -> None:
    session.execute(delete(SessionRow).where(SessionRow.user_key == key))
