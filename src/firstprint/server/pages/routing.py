"""Routes of pages: whatever goes wrong is told on a page, and whoever must log in is sent there and back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse

from firstprint.errors import FaultsError, FirstprintError
from firstprint.server.access import AccessError, NotLoggedInError
from firstprint.server.pages.view import Shown, page
from firstprint.server.problems import headers_of, status_of

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route whose errors are pages."""

    def get_route_handler(self) -> Handler:
        """The handler, with every error of ours turned into a page."""
        handler = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handler(request)
            except NotLoggedInError:
                return _to_login(request)
            except FirstprintError as error:
                return error_page(request, error)
            except RequestValidationError:
                return _malformed(request)

        return shown


def pages_router() -> APIRouter:
    """A router of pages, which the published API does not tell of."""
    return APIRouter(route_class=PageRoute, include_in_schema=False)


def error_page(request: Request, error: FirstprintError) -> Response:
    """An error of ours as a page."""
    status = HTTPStatus.FORBIDDEN if isinstance(error, AccessError) else status_of(error)
    faults = error.faults if isinstance(error, FaultsError) else ()
    shown = Shown("error.html", {"message": error.message, "hint": error.hint, "faults": faults, "status": status})
    return page(request, shown, status=status, headers=headers_of(error, status))


def _malformed(request: Request) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return page(
        request, Shown("error.html", {"message": "", "hint": "", "faults": (), "status": status}), status=status
    )


def _to_login(request: Request) -> Response:
    back = request.url.path if request.method == "GET" else "/"
    if request.method == "GET" and request.url.query:
        back += f"?{request.url.query}"
    return RedirectResponse(f"/login?back={quote(back, safe='')}", HTTPStatus.SEE_OTHER)
