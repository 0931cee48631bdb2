"""Keeps what was done to accounts: rows are only added, each chained to the one before, and never hold a secret."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from firstprint.domain.access import Role
from firstprint.domain.second_opinion import person
from firstprint.domain.trail import AccountDeed, AuditFault, TrailEntry
from firstprint.errors import InputError
from firstprint.plain_text import MAX_NAME_CHARS, plain
from firstprint.store.chain import ACCOUNT_FIELDS, GENESIS, chained
from firstprint.store.database import Database
from firstprint.store.decisions import one_writer
from firstprint.store.tables_access import AccountChangeRow, TokenRow, UserRow

_LOCK_KEY = 0x66706163  # "fpac" in ASCII: any number of our own, the same in every process
_WITH_ROLE = frozenset({"user_found", "user_added", "role_changed"})


class AccountChange(NamedTuple):
    """What is done to an account.

    Attributes:
        user: whose it is, as their name is written.
        role: that the user has from now on; None where it is not about the role.
        token_id: of the token it is about, if any.
        label: of that token.
    """

    what: AccountDeed
    user: str
    role: Role | None = None
    token_id: str | None = None
    label: str = ""


class AccountsRead(NamedTuple):
    """What a check of the accounts found, how many changes there are, and the hash of the last."""

    faults: list[AuditFault]
    changes: int
    head: str


@contextmanager
def changing(database: Database) -> Iterator[Session]:
    """A write transaction that may note a change: one at a time, so that places in the chain have no gaps.

    Raises:
        WorkspaceError: the database fails.
    """
    with database.writing() as session:
        one_writer(session, _LOCK_KEY)
        yield session


def note(session: Session, change: AccountChange, by: str, when: datetime) -> None:
    """Adds a change to the trail, within the transaction of ``changing`` that makes it.

    Raises:
        InputError: ``name_missing``, or the name of whoever makes it breaks its rule.
    """
    name = plain(by, "name", MAX_NAME_CHARS)
    if not name:
        raise InputError("A change of accounts needs a name.", hint="Give yours: --by NAME", code="name_missing")
    last = session.scalars(select(AccountChangeRow).order_by(AccountChangeRow.sequence.desc()).limit(1)).first()
    values: dict[str, object] = {
        "sequence": 1 if last is None else last.sequence + 1,
        "what": change.what,
        "user_name": change.user,
        "role": change.role,
        "token_id": change.token_id,
        "label": change.label,
        "changed_by": name,
        "changed": when,
    }
    previous = GENESIS if last is None else last.hash
    session.add(AccountChangeRow(**values, hash=chained(previous, values, ACCOUNT_FIELDS)))


def latest_changes(session: Session, limit: int) -> list[TrailEntry]:
    """The last changes, latest first."""
    rows = session.scalars(select(AccountChangeRow).order_by(AccountChangeRow.sequence.desc()).limit(limit))
    return [_entry(row) for row in rows]


def check_accounts(session: Session) -> AccountsRead:
    """Every change against its hash, and users and tokens against what the changes make of them."""
    rows = session.scalars(select(AccountChangeRow).order_by(AccountChangeRow.sequence)).all()
    hashes = [GENESIS, *(row.hash for row in rows)]
    links = (_link(row, place, hashes[place - 1]) for place, row in enumerate(rows, start=1))
    first_broken = next(filter(None, links), None)
    chain = [] if first_broken is None else [first_broken]
    return AccountsRead(chain + _state_faults(session, rows), len(rows), hashes[-1])


def _link(row: AccountChangeRow, place: int, previous: str) -> AuditFault | None:
    """What is wrong with a change where it stands; None if nothing."""
    values = {name: getattr(row, name) for name in ACCOUNT_FIELDS}
    if row.sequence == place and chained(previous, values, ACCOUNT_FIELDS) == row.hash:
        return None
    message = (
        f"The change of accounts {row.sequence} ({row.what} of {row.user_name!r} by {row.changed_by!r}) does not fit "
        "its hash and the change before it: one was edited, removed, put in or moved."
    )
    return AuditFault(kind="account", place=str(row.sequence), message=message)


@dataclass
class _Books:
    """Users and tokens as the changes make them; users by their key."""

    roles: dict[str, str | None] = field(default_factory=dict)
    shut: set[str] = field(default_factory=set)
    tokens: dict[str, str] = field(default_factory=dict)

    def take(self, row: AccountChangeRow) -> None:
        """Works one change in."""
        user = person(row.user_name)
        if row.what in _WITH_ROLE:
            self.roles[user] = row.role
        elif row.what == "user_disabled":
            self.shut.add(user)
            self.tokens = {token: owner for token, owner in self.tokens.items() if owner != user}
        elif row.what == "user_enabled":
            self.shut.discard(user)
        elif row.what in ("token_made", "token_found"):
            self.tokens[row.token_id or ""] = user
        elif row.what == "token_revoked":
            self.tokens.pop(row.token_id or "", None)


def _state_faults(session: Session, rows: Sequence[AccountChangeRow]) -> list[AuditFault]:
    books = _Books()
    for row in rows:
        books.take(row)
    users = {row.key: row for row in session.scalars(select(UserRow))}
    told: dict[str, str] = {}
    for key, user in sorted(users.items()):
        noted = books.roles.get(key)
        if noted != user.role or (key in books.shut) != (user.disabled is not None):
            state = f"{noted}{', shut out' if key in books.shut else ''}" if noted else "unknown"
            is_now = f"{user.role}{', shut out' if user.disabled is not None else ''}"
            told[user.name] = f"The user {user.name!r} is {is_now}; the changes noted make them {state}."
    for key in sorted(books.roles.keys() - users.keys()):
        told[key] = f"The user {key!r} was noted and is not there any more."
    for token in session.scalars(select(TokenRow).where(TokenRow.revoked.is_(None)).order_by(TokenRow.id)):
        if books.tokens.get(token.id) != token.user_key:
            told[token.id] = (
                f"The token {token.id!r} of {token.user_key!r} is in force; by the changes noted it is not."
            )
    return [AuditFault(kind="account", place=place, message=message) for place, message in told.items()]


def _entry(row: AccountChangeRow) -> TrailEntry:
    return TrailEntry.model_validate(
        {
            "when": row.changed.isoformat(),
            "who": row.changed_by,
            "what": row.what,
            "why": row.label,
            "user": row.user_name,
            "role": row.role,
            "token_id": row.token_id,
            "sequence": row.sequence,
            "hash": row.hash,
        }
    )
