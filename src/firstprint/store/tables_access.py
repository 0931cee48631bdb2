"""The tables of users, tokens, sessions, changes of accounts and comments as typed mappings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from firstprint.store.tables import Base, UtcDateTime


class UserRow(Base):
    """One user.

    Attributes:
        key: the name as it is compared: folded in case and width.
        password: argon2 hash with its parameters; None for a user that only has tokens.
    """

    __tablename__ = "users"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    password: Mapped[str | None] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TokenRow(Base):
    """One token; ``secret_sha256`` is all that is kept of the secret, which has 256 random bits."""

    __tablename__ = "tokens"
    __table_args__ = (Index("ix_tokens_secret", "secret_sha256", unique=True), Index("ix_tokens_user", "user_key"))

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    user_key: Mapped[str] = mapped_column(Text, ForeignKey("users.key", name="fk_tokens_user"))
    label: Mapped[str] = mapped_column(Text)
    secret_sha256: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SessionRow(Base):
    """One browser session, by the hash of the secret in its cookie."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user", "user_key"), Index("ix_sessions_expires", "expires"))

    secret_sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    user_key: Mapped[str] = mapped_column(Text, ForeignKey("users.key", name="fk_sessions_user"))
    csrf: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    expires: Mapped[datetime] = mapped_column(UtcDateTime)


class AccountChangeRow(Base):
    """One change of an account; rows are added and never changed, which the database enforces.

    Attributes:
        sequence: place among all changes, from 1 without gaps.
        user_name: whose account.
        role: the one it has from now on, where the change is about it.
        token_id: of the token it is about.
        label: of that token.
        hash: of this row and the hash before it; see ``chain``.
    """

    __tablename__ = "account_changes"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    what: Mapped[str] = mapped_column(Text)
    user_name: Mapped[str] = mapped_column(Text)
    role: Mapped[str | None] = mapped_column(Text)
    token_id: Mapped[str | None] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(Text)
    changed: Mapped[datetime] = mapped_column(UtcDateTime)
    hash: Mapped[str] = mapped_column(Text)


class CommentRow(Base):
    """One remark; rows are added and never changed, which the database enforces."""

    __tablename__ = "comments"
    __table_args__ = (
        Index("ix_comments_proposal", "proposal_id", "written"),
        Index("ix_comments_written", "written", "id"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    proposal_id: Mapped[str] = mapped_column(Text, ForeignKey("proposals.id", name="fk_comments_proposal"))
    written_by: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    written: Mapped[datetime] = mapped_column(UtcDateTime)
