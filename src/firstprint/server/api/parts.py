"""Parts that several operations share: ids in paths, versions in headers, who signs, names of files."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import Header, Path, Query
from pydantic import AfterValidator

from firstprint.errors import InputError
from firstprint.plain_text import MAX_NAME_CHARS
from firstprint.server.access import AccessError, Caller

_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')
_ANY = "*"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def _printable(text: str) -> str:
    if _UNPRINTABLE.search(text):
        raise ValueError("it holds a control character")
    return text


Printable = AfterValidator(_printable)
Id = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$", description="An id.")]
Limit = Annotated[int, Query(ge=1, le=1_000, description="How many at most.")]
IfMatch = Annotated[
    str | None,
    Header(max_length=100, description="The version that the person saw, as ETag has it; * for whatever it is now."),
]
By = Annotated[
    str | None, Query(max_length=MAX_NAME_CHARS, description="Who asks, where the server has no login."), Printable
]


def etag(version: int) -> str:
    """A record's version as an entity tag.

    >>> etag(3)
    '"3"'
    """
    return f'"{version}"'


def version_of(if_match: str | None, expected: int | None) -> int | None:
    """The version that the person saw; None for whatever it is now, which must be said.

    >>> version_of('"3"', None), version_of(None, 2), version_of("*", None)
    (3, 2, None)

    Raises:
        InputError: ``version_needed`` without any; ``version_invalid`` for one that is none, or two that differ.
    """
    if if_match is None:
        if expected is None:
            raise InputError(
                "A decision says which version of the proposal it is about.",
                hint='Send If-Match with the ETag of the proposal, or expected_version; "If-Match: *" takes any.',
                code="version_needed",
            )
        return expected
    if if_match.strip() == _ANY:
        return expected
    found = _ETAG.fullmatch(if_match.strip())
    if found is None or expected not in (None, int(found[1])):
        raise InputError(
            f"If-Match {if_match[:40]!r} is no version, or another one than expected_version ({expected}).",
            hint='Send the ETag of the proposal as it came: If-Match: "3"',
            code="version_invalid",
        )
    return int(found[1])


def signer(caller: Caller, by: str | None) -> str:
    """The name that stands under what is written: of whoever logged in, else the one that the request gives.

    Raises:
        AccessError: ``name_foreign`` where somebody would sign with another's name.
        InputError: ``name_missing``.
    """
    if not caller.name:
        if by is None or not by.strip():
            raise InputError(
                "What is written is signed by a person.", hint="Give their name in the field by.", code="name_missing"
            )
        return by
    if by is not None and by.strip() not in ("", caller.name):
        raise AccessError(
            f"{caller.name!r} is logged in and cannot sign as {by[:MAX_NAME_CHARS]!r}.",
            hint="Leave the field by out.",
            code="name_foreign",
        )
    return caller.name


def attached(name: str) -> dict[str, str]:
    """The header that gives a download its name (RFC 6266); a name in any script."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name) or "download"
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"}
