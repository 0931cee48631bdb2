"""Who asks, and what they may: a token of a program, the session of a browser, or whoever sits at this machine.

Without login the server listens on this machine alone, and what changes something must come from its own pages or from
a program: a page of another site cannot make a browser do it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.requests import cookie_parser

from firstprint.domain.access import ROLES, Role, Session
from firstprint.errors import FirstprintError
from firstprint.server.limiting import TooManyError
from firstprint.server.services import Services, services_of

LOCAL_NAME = "local"
COOKIE = "firstprint_session"
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "testserver"})
_OWN_SITES = frozenset({"same-origin", "none"})


class AccessError(FirstprintError):
    """Rule: whoever asks has logged in where login is on, and has the role that the operation needs."""

    default_code = "access_denied"


class NotLoggedInError(AccessError):
    """Rule: where login is on, a request carries a token or the cookie of a session."""

    default_code = "login_needed"


class Caller(NamedTuple):
    """Whoever asks.

    Attributes:
        name: what decisions are signed with; empty where there is no login, and the request names a person.
        session: of a browser; None for a token, and where there is no login.
    """

    name: str
    role: Role
    session: Session | None = None

    @property
    def signed(self) -> str:
        """A name for what is kept: jobs and records that somebody had made."""
        return self.name or LOCAL_NAME

    def may(self, role: Role) -> bool:
        """True where the caller's role is that one or above it."""
        return ROLES.index(self.role) >= ROLES.index(role)


LOCAL = Caller("", "admin")
"""Whoever sits at this machine, where login is off."""


def caller_of(request: Request) -> Caller:
    """Who asks.

    Raises:
        AccessError: login is off and the request is not from this machine's own pages or programs; the token or
            session is none; a browser's form lacks its secret.
        TooManyError: the caller, or this address with secrets that are none, asks too often.
    """
    services = services_of(request)
    address = f"address {request.client.host if request.client else ''}"
    try:
        caller = _logged_in(request, services) if services.settings.login else _local(request)
    except AccessError:
        _count(services, address)
        raise
    request.state.user = caller.signed
    _count(services, f"user {caller.name}" if caller.name else address)
    return caller


def _count(services: Services, client: str) -> None:
    wait_s = services.limit.wait_s(client)
    if wait_s > 0:
        raise TooManyError(wait_s)


def needs(role: Role) -> Callable[[Request], Caller]:
    """A dependency that lets through whoever has ``role`` or more."""

    def checked(request: Request) -> Caller:
        caller = caller_of(request)
        if not caller.may(role):
            raise AccessError(
                f"This needs the role {role}; {caller.name!r} is a {caller.role}.",
                hint="Ask an administrator: firstprint user role NAME ROLE",
                code="role_missing",
            )
        return caller

    return checked


Viewer = Annotated[Caller, Depends(needs("viewer"))]
Reviewer = Annotated[Caller, Depends(needs("reviewer"))]
Admin = Annotated[Caller, Depends(needs("admin"))]


def session_secret(request: Request) -> str:
    """The secret in the session's cookie; empty without one."""
    return cookie_parser(request.headers.get("cookie", "")).get(COOKIE, "")


def check_csrf(session: Session, given: str) -> None:
    """A form or script of a session carries the session's secret.

    Raises:
        AccessError: it does not.
    """
    if not hmac.compare_digest(session.csrf.encode(), given.encode()):
        raise AccessError(
            "The form does not carry this session's secret.",
            hint="Reload the page and send the form again.",
            code="csrf_missing",
        )


def _logged_in(request: Request, services: Services) -> Caller:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret.strip():
        user = services.store().tokens.login(secret.strip())
        if user is not None:
            return Caller(user.name, user.role)
        raise NotLoggedInError("The token is unknown or was revoked.", hint="Make one: firstprint user token NAME")
    cookie = session_secret(request)
    session = services.store().sessions.get(cookie) if cookie else None
    if session is None:
        raise NotLoggedInError("This needs a login.", hint="Send Authorization: Bearer TOKEN, or log in at /login.")
    if request.method not in _SAFE and not _is_form_of_pages(request):
        check_csrf(session, request.headers.get(CSRF_HEADER, ""))
    return Caller(session.user.name, session.user.role, session)


def _is_form_of_pages(request: Request) -> bool:
    """Forms carry the secret in a field, which the pages check once they have read it; the API takes it as a header."""
    is_form = request.headers.get("content-type", "").startswith(_FORMS)
    return is_form and not request.url.path.startswith(_API)


_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_API = "/api/"


def _local(request: Request) -> Caller:
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    if host not in _LOOPBACK:
        raise AccessError(
            f"Without login only this machine is served; the request names the host {host[:80]!r}.",
            hint="Turn login on: FIRSTPRINT_LOGIN=true, and add a user: firstprint user add NAME --role admin",
            code="host_foreign",
        )
    if request.method not in _SAFE and not _from_here(request):
        raise AccessError(
            "A page of another site may not change anything here.", hint="Use the pages of this server.", code="foreign"
        )
    return LOCAL


def _from_here(request: Request) -> bool:
    """True for a program, and for a browser that says the request is from this server's own pages."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in _OWN_SITES
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")
