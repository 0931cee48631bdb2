"""Keeps tokens: what programs log in with. The secret is shown once; only its hash is kept."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from firstprint.domain.access import NewToken, Token, User
from firstprint.domain.second_opinion import person
from firstprint.errors import InputError
from firstprint.plain_text import MAX_NAME_CHARS, plain
from firstprint.store.accounts import AccountChange, changing, note
from firstprint.store.database import Database
from firstprint.store.passwords import new_secret, secret_sha256
from firstprint.store.tables_access import TokenRow, UserRow
from firstprint.store.users import LOCAL, user_of

PREFIX = "fp_"
"""So that a secret found in a file is known for what it is."""

_ID_BYTES = 4
_NOTED_EVERY = timedelta(minutes=1)
"""A token in use writes its last use once in this time, or every request would be a write."""


def now_utc() -> datetime:
    """The time by this machine's clock."""
    return datetime.now(UTC)


class TokenStore:
    """The tokens of one database; opened with the proposals, as ``ProposalStore.tokens``."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = now_utc) -> None:
        self._database = database
        self._clock = clock

    def add(self, user: str, label: str = "", *, by: str = LOCAL) -> NewToken:
        """Makes a token with the user's role; the audit trail tells who did (``by``), and never the secret.

        Raises:
            InputError: ``user_unknown``; ``user_disabled``; the label breaks its rule.
            WorkspaceError: the database fails.
        """
        label = plain(label, "label", MAX_NAME_CHARS)
        secret = new_secret(PREFIX)
        with changing(self._database) as session:
            owner = session.get(UserRow, person(user))
            if owner is None or owner.disabled is not None:
                state, code = ("unknown", "user_unknown") if owner is None else ("disabled", "user_disabled")
                raise InputError(
                    f"The user {user!r} is {state}.", hint="See them with: firstprint user list", code=code
                )
            row = TokenRow(
                id=secrets.token_hex(_ID_BYTES),
                user_key=owner.key,
                label=label,
                secret_sha256=secret_sha256(secret),
                created=self._clock(),
                last_used=None,
                revoked=None,
            )
            session.add(row)
            note(session, AccountChange("token_made", owner.name, token_id=row.id, label=label), by, row.created)
            return NewToken(token=_token(row, owner.name), secret=secret)

    def login(self, secret: str) -> User | None:
        """The user whose token this is; None for an unknown or revoked one, or a disabled user.

        Raises:
            WorkspaceError: the database fails.
        """
        query = select(TokenRow, UserRow).join(UserRow, UserRow.key == TokenRow.user_key)
        with self._database.reading() as session:
            found = session.execute(query.where(TokenRow.secret_sha256 == secret_sha256(secret))).one_or_none()
            if found is None or found[0].revoked is not None or found[1].disabled is not None:
                return None
            token_id, last_used, user = found[0].id, found[0].last_used, user_of(found[1])
        now = self._clock()
        if last_used is None or now - last_used >= _NOTED_EVERY:
            with self._database.writing() as session:
                row = session.get(TokenRow, token_id)
                if row is not None:
                    row.last_used = now
        return user

    def list(self, user: str | None = None) -> tuple[Token, ...]:
        """The tokens of one user, or all, oldest first, revoked ones among them.

        Raises:
            WorkspaceError: the database fails.
        """
        query = select(TokenRow, UserRow.name).join(UserRow, UserRow.key == TokenRow.user_key)
        if user is not None:
            query = query.where(TokenRow.user_key == person(user))
        with self._database.reading() as session:
            found = session.execute(query.order_by(TokenRow.created, TokenRow.id))
            return tuple(_token(row, name) for row, name in found)

    def revoke(self, token_id: str, *, by: str = LOCAL) -> Token:
        """Ends a token at once; a second call changes nothing. The audit trail tells who did (``by``).

        Raises:
            InputError: ``token_unknown``.
            WorkspaceError: the database fails.
        """
        with changing(self._database) as session:
            row = session.get(TokenRow, token_id)
            owner = None if row is None else session.get(UserRow, row.user_key)
            if row is None or owner is None:
                raise InputError(
                    f"There is no token {token_id!r}.",
                    hint="See their ids with: firstprint user token NAME --list",
                    code="token_unknown",
                )
            if row.revoked is None:
                row.revoked = self._clock()
                change = AccountChange("token_revoked", owner.name, token_id=row.id, label=row.label)
                note(session, change, by, row.revoked)
            return _token(row, owner.name)


def _token(row: TokenRow, user: str) -> Token:
    return Token(
        id=row.id, user=user, label=row.label, created=row.created, last_used=row.last_used, revoked=row.revoked
    )
