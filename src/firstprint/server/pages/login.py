"""``/login``, ``/logout``, ``/preferences`` and ``/users``: who reads, and how they want it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from firstprint.server.access import COOKIE, session_secret
from firstprint.server.limiting import RateLimit
from firstprint.server.pages.routing import pages_router
from firstprint.server.pages.view import (
    BLIND_COOKIE,
    LANGUAGE_COOKIE,
    NAME_COOKIE,
    THEME_COOKIE,
    Shown,
    View,
    administering,
    anonymous,
    form_read,
    own_path,
    page,
)
from firstprint.server.pages.words import words_of
from firstprint.server.services import Serving
from firstprint.store.sessions import LIFE

router = pages_router()
_YEAR_S = 365 * 24 * 3600
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_CHOICES = {LANGUAGE_COOKIE: ("en", "zh"), THEME_COOKIE: ("light", "dark", "auto"), BLIND_COOKIE: ("0", "1")}
_ATTEMPTS = RateLimit(per_minute=10, burst=10)
"""Of one name from one address: argon2 makes each slow, and this makes many of them few."""


def keep_cookie(request: Request, response: Response, name: str, value: str, seconds: int = _YEAR_S) -> None:
    """Sets a cookie that no script reads and no other site sends; over HTTPS alone, this machine's pages excepted."""
    plain = request.url.scheme == "http" and request.url.hostname in _LOOPBACK
    response.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=not plain)


def keep_name(request: Request, response: Response, view: View, name: str) -> None:
    """Where there is no login, the name given with a decision is offered with the next one."""
    if not view.login and name.strip():
        keep_cookie(request, response, NAME_COOKIE, quote(name.strip()[:100]))


@router.get("/login")
def login_page(request: Request, view: Annotated[View, Depends(anonymous)], back: str = "/") -> Response:
    """The form to log in with."""
    if not view.login:
        return RedirectResponse("/", HTTPStatus.SEE_OTHER)
    return page(request, Shown("login.html", {"back": own_path(back), "name": "", "fault": ""}))


@router.post("/login")
def log_in(
    request: Request,
    services: Serving,
    view: Annotated[View, Depends(anonymous)],
    name: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Logs a browser in; a wrong name and a wrong password are told alike."""
    words = words_of(view.language)
    client = request.client.host if request.client else ""
    if _ATTEMPTS.wait_s(f"{client} {name.strip().casefold()}") > 0:
        shown = Shown("login.html", {"back": own_path(back), "name": name, "fault": words["login.often"]})
        return page(request, shown, status=HTTPStatus.TOO_MANY_REQUESTS)
    user = services.store().users.login(name, password)
    if user is None:
        shown = Shown("login.html", {"back": own_path(back), "name": name, "fault": words["login.wrong"]})
        return page(request, shown, status=HTTPStatus.UNAUTHORIZED)
    made = services.store().sessions.add(user.name)
    response = RedirectResponse(own_path(back), HTTPStatus.SEE_OTHER)
    keep_cookie(request, response, COOKIE, made.secret, int(LIFE.total_seconds()))
    return response


@router.post("/logout")
def log_out(request: Request, services: Serving, view: Annotated[View, Depends(form_read)]) -> Response:
    """Ends the session, here and in the store."""
    services.store().sessions.end(session_secret(request))
    response = RedirectResponse("/login" if view.login else "/", HTTPStatus.SEE_OTHER)
    response.delete_cookie(COOKIE, path="/")
    return response


@router.post("/preferences")
def prefer(
    request: Request,
    language: Annotated[str, Form()] = "",
    theme: Annotated[str, Form()] = "",
    blind: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Keeps language, colours and blind mode in cookies; they say nothing of anybody, so no login is needed."""
    response = RedirectResponse(own_path(back), HTTPStatus.SEE_OTHER)
    given = {LANGUAGE_COOKIE: language, THEME_COOKIE: theme, BLIND_COOKIE: blind}
    for name, value in given.items():
        if value in _CHOICES[name]:
            keep_cookie(request, response, name, value)
    return response


@router.get("/users")
def users(request: Request, services: Serving, view: Annotated[View, Depends(administering)]) -> Response:
    """Who may log in."""
    del view
    return page(request, Shown("users.html", {"users": services.store().users.list()}))
