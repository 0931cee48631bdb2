"""Who may do what: users with a role, tokens of programs, sessions of browsers, remarks on proposals."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from firstprint.domain.product import Record

Role = Literal["viewer", "reviewer", "admin"]
"""A viewer reads, a reviewer also decides, an admin also manages users."""

ROLES: tuple[Role, ...] = ("viewer", "reviewer", "admin")


class User(Record):
    """A person who may log in. Names differ by more than case, width or blanks.

    Attributes:
        name: as it was given; what decisions are signed with.
        disabled: since when they may not log in any more; None for one who may.
    """

    name: str
    role: Role
    created: datetime
    disabled: datetime | None = None


class Token(Record):
    """What a program logs in with, as far as it is kept: the secret itself is not.

    Attributes:
        id: short and public; names the token when it is revoked.
        user: whose role it has.
        label: what it is for.
        last_used: to the minute; None for one that was never used.
    """

    id: str
    user: str
    label: str
    created: datetime
    last_used: datetime | None = None
    revoked: datetime | None = None


class NewToken(Record):
    """A token just made, with the secret that is shown this once."""

    token: Token
    secret: str


class Session(Record):
    """A browser that is logged in.

    Attributes:
        user: who.
        csrf: secret that each form of the session carries.
        expires: when it ends by itself.
    """

    user: User
    csrf: str
    created: datetime
    expires: datetime


class NewSession(Record):
    """A session just made, with the secret that the cookie carries; only its hash is kept."""

    session: Session
    secret: str


class Comment(Record):
    """A remark on a proposal; never changed.

    Attributes:
        id: unique among comments.
        by: who wrote it.
    """

    id: str
    proposal_id: str
    by: str
    text: str
    written: datetime
