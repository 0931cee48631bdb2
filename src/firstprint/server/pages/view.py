"""What every page knows: the reader's language, colours, name and rights; and how a template becomes an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, cast
from urllib.parse import unquote

from fastapi import Form, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from firstprint.domain.access import Role
from firstprint.domain.product import Language
from firstprint.server.access import LOCAL, Caller, check_csrf, needs
from firstprint.server.pages import figures
from firstprint.server.pages.words import words_of
from firstprint.server.services import services_of
from firstprint.version import __version__

Theme = Literal["auto", "light", "dark"]
LANGUAGE_COOKIE = "firstprint_language"
THEME_COOKIE = "firstprint_theme"
BLIND_COOKIE = "firstprint_blind"
NAME_COOKIE = "firstprint_name"
_TEMPLATES = Path(__file__).parent.parent / "templates"
_QUALITY = re.compile(r"q=([01](?:\.\d{0,3})?)")


class View(NamedTuple):
    """Who reads a page, and how they want it.

    Attributes:
        blind: scores are hidden, so that a reviewer's choice is their own.
        caller: None where nobody has logged in and login is on.
        name: what decisions are signed with: of the login, else the one given last.
        here: path and query of this page, to come back to.
    """

    language: Language
    theme: Theme
    blind: bool
    caller: Caller | None
    login: bool
    name: str
    here: str

    @property
    def csrf(self) -> str:
        """The session's secret; empty where there is no session."""
        return self.caller.session.csrf if self.caller is not None and self.caller.session is not None else ""

    def may(self, role: Role) -> bool:
        """Whether the reader has a role or one above it."""
        return self.caller is not None and self.caller.may(role)


class Shown(NamedTuple):
    """A template and what it shows."""

    template: str
    values: Mapping[str, object]


def reading(request: Request) -> View:
    """Whoever may read."""
    return _view(request, needs("viewer")(request))


def deciding(request: Request) -> View:
    """Whoever may decide."""
    return _view(request, needs("reviewer")(request))


def administering(request: Request) -> View:
    """Whoever manages users."""
    return _view(request, needs("admin")(request))


def form_read(request: Request, csrf: Annotated[str, Form()] = "") -> View:
    """Whoever may read, sending a form that changes nothing of others."""
    return _checked(reading(request), csrf)


def form_decided(request: Request, csrf: Annotated[str, Form()] = "") -> View:
    """Whoever may decide, sending a form of this session."""
    return _checked(deciding(request), csrf)


def anonymous(request: Request) -> View:
    """Whoever it is: for the login, and for errors before anybody is known."""
    return _view(request, None)


def page(request: Request, shown: Shown, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """The page as an answer; nothing of it is kept by the browser's or a proxy's store."""
    view: View = getattr(request.state, "view", None) or anonymous(request)
    words = words_of(view.language)

    def told(key: str, **values: object) -> str:
        return words[key].format(**values) if values else words[key]

    common = {"view": view, "t": told, "words": words, "zh": view.language == "zh", "software": __version__}
    note = request.query_params.get("note", "")
    notes = {"note": words.get(f"note.{note}", "")}
    text = _environment().get_template(shown.template).render({**common, **notes, **shown.values})
    return HTMLResponse(
        text, status, {"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language", **(headers or {})}
    )


def own_path(path: str) -> str:
    """A path of this server to go to; the first page for anything else.

    >>> own_path("/review?status=proposed"), own_path("//elsewhere.example"), own_path("https://elsewhere.example")
    ('/review?status=proposed', '/', '/')
    """
    sound = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if sound else "/"


def language_of(request: Request) -> Language:
    """The language chosen, else the one the browser prefers."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in ("en", "zh"):
        return cast("Language", chosen)
    return preferred(request.headers.get("accept-language", ""))


def preferred(header: str) -> Language:
    """English or Chinese, whichever an ``Accept-Language`` header puts first; English where it names neither.

    >>> preferred("zh-CN,zh;q=0.9,en;q=0.8"), preferred("de,en;q=0.7,zh;q=0.3"), preferred("")
    ('zh', 'en', 'en')
    """
    best: Language = "en"
    most = 0.0
    for part in header[:500].split(","):
        tag, _, rest = part.strip().lower().partition(";")
        found = _QUALITY.search(rest)
        quality = float(found[1]) if found else 1.0
        if tag[:2] in ("en", "zh") and quality > most:
            best, most = cast("Language", tag[:2]), quality
    return best


def _view(request: Request, caller: Caller | None) -> View:
    login = services_of(request).settings.login
    theme = request.cookies.get(THEME_COOKIE, "auto")
    query = f"?{request.url.query}" if request.url.query and request.method == "GET" else ""
    known = caller or (None if login else LOCAL)
    view = View(
        language=language_of(request),
        theme=cast("Theme", theme) if theme in ("light", "dark") else "auto",
        blind=request.cookies.get(BLIND_COOKIE) == "1",
        caller=known,
        login=login,
        name=(known.name if known is not None else "") or unquote(request.cookies.get(NAME_COOKIE, ""))[:100],
        here=request.url.path + query if request.method == "GET" else request.url.path,
    )
    request.state.view = view
    return view


def _checked(view: View, csrf: str) -> View:
    if view.caller is not None and view.caller.session is not None:
        check_csrf(view.caller.session, csrf)
    return view


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., object]] = dict(figures.FILTERS)
    made.filters.update(filters)
    return made
