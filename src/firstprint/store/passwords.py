"""Passwords and other secrets: argon2id for what people choose, SHA-256 for what is random."""

from __future__ import annotations

import functools
import hashlib
import secrets
from typing import TYPE_CHECKING

from firstprint.errors import InputError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_PASSWORD_CHARS = 12
"""NIST SP 800-63B asks for 8 at least where a second factor is used and 15 where none is; rules of composition it
advises against."""
MAX_PASSWORD_CHARS = 256
_SECRET_BYTES = 32


def hash_password(password: str) -> str:
    """The argon2id hash with its parameters, which are argon2-cffi's (RFC 9106, low memory); takes about 50 ms.

    Raises:
        InputError: ``password_short``, ``password_long``.
    """
    if len(password) < MIN_PASSWORD_CHARS:
        raise InputError(
            f"The password has {len(password)} characters; it needs {MIN_PASSWORD_CHARS} or more.",
            hint="A few unrelated words are long, and easy to remember.",
            code="password_short",
        )
    if len(password) > MAX_PASSWORD_CHARS:
        raise InputError(
            f"The password has {len(password):,} characters; the limit is {MAX_PASSWORD_CHARS}.",
            hint="Take a shorter one.",
            code="password_long",
        )
    return _hasher().hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Whether this password is behind a hash; as slow without a hash, so that names cannot be guessed by time."""
    from argon2.exceptions import InvalidHashError, VerificationError

    if len(password) > MAX_PASSWORD_CHARS:
        return False
    try:
        _hasher().verify(kept or _stand_in(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher().check_needs_rehash(kept)


def new_secret(prefix: str = "") -> str:
    """256 random bits as text."""
    return prefix + secrets.token_urlsafe(_SECRET_BYTES)


def secret_sha256(secret: str) -> str:
    """What is kept of a random secret: it cannot be guessed, so a fast hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


@functools.cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher, profiles

    return PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)


@functools.cache
def _stand_in() -> str:
    return _hasher().hash(new_secret())
