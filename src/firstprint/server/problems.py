"""Every error as problem+json (RFC 9457): what rule was broken, by what, what to do, and the request it was in."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from firstprint.errors import (
    ConflictError,
    FaultsError,
    FirstprintError,
    IndexFaultError,
    InputError,
    LanguageModelError,
    ModelError,
    WorkspaceError,
)
from firstprint.server.access import AccessError, NotLoggedInError
from firstprint.server.limiting import TooManyError

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:firstprint:problem:"
_RETRY_AFTER_S = "5"
_SHOWN_FAULTS = 1_000
_SHOWN_CHARS = 200
_LOG = logging.getLogger("firstprint.server")

NOT_FOUND = frozenset(
    {
        "proposal_unknown",
        "decision_unknown",
        "dataset_unknown",
        "dataset_source_unknown",
        "catalogue_side_unknown",
        "job_unknown",
        "comment_unknown",
        "user_unknown",
        "token_unknown",
        "report_unknown",
        "file_unknown",
    }
)
"""Codes of things that were named and are not there."""
CONFLICT = frozenset(
    {
        "proposal_conflict",
        "proposal_decided",
        "proposal_closed",
        "proposal_exists",
        "proposal_not_decided",
        "decision_not_standing",
        "idempotency_conflict",
        "job_not_ready",
        "plan_changed",
        "dataset_version_taken",
    }
)
"""Codes of things that were right to ask for at another time; every ``ConflictError`` is one."""
_OTHERS: Mapping[str, HTTPStatus] = {
    "version_needed": HTTPStatus.PRECONDITION_REQUIRED,
    "upload_form": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}
_UNAVAILABLE = (WorkspaceError, ModelError, IndexFaultError, LanguageModelError)
_BY_CLASS: tuple[tuple[type[FirstprintError] | tuple[type[FirstprintError], ...], HTTPStatus], ...] = (
    (NotLoggedInError, HTTPStatus.UNAUTHORIZED),
    (AccessError, HTTPStatus.FORBIDDEN),
    (TooManyError, HTTPStatus.TOO_MANY_REQUESTS),
    (ConflictError, HTTPStatus.CONFLICT),
    (InputError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (_UNAVAILABLE, HTTPStatus.SERVICE_UNAVAILABLE),
)


class Problem(BaseModel):
    """The body of every error.

    Attributes:
        type: a URN that names the rule.
        title: the HTTP status in words.
        detail: what is wrong, with the value got.
        code: the rule's stable name.
        hint: what to do next.
        faults: every fault, where there may be several; of a conflict, every change that was not seen.
        request_id: of the request, as the log has it.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str = ""
    faults: tuple[str, ...] = ()
    request_id: str = ""


def problem_response(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    hint: str = "",
    faults: tuple[str, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """One error as problem+json."""
    body = Problem(
        type=_TYPE + code,
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        hint=hint,
        faults=faults[:_SHOWN_FAULTS],
        request_id=getattr(request.state, "request_id", ""),
    )
    return JSONResponse(body.model_dump(), status, dict(headers or {}), media_type=MEDIA_TYPE)


def status_of(error: FirstprintError) -> int:
    """The HTTP status an error of ours is told with."""
    if error.code in NOT_FOUND:
        return HTTPStatus.NOT_FOUND
    if error.code in CONFLICT:
        return HTTPStatus.CONFLICT
    if error.code in _OTHERS:
        return _OTHERS[error.code]
    return next((status for kind, status in _BY_CLASS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def headers_of(error: FirstprintError, status: int) -> dict[str, str]:
    """What the status asks for beside the body (RFC 9110: 401, 429 and 503)."""
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": 'Bearer realm="firstprint"'}
    if isinstance(error, TooManyError):
        return {"Retry-After": str(error.wait_s)}
    return {"Retry-After": _RETRY_AFTER_S} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}


def _faults_of(error: FirstprintError) -> tuple[str, ...]:
    if isinstance(error, FaultsError):
        return error.faults
    return error.changes if isinstance(error, ConflictError) else ()


def install(app: FastAPI) -> None:
    """Makes every error of the app a problem; nothing of the inside is told, and all of it is logged."""

    @app.exception_handler(FirstprintError)
    async def ours(request: Request, error: FirstprintError) -> Response:
        status = status_of(error)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            _LOG.error("%s: %s", error.code, error.message, extra={"request_id": _id(request)})
        return problem_response(
            request,
            status,
            error.code,
            error.message,
            hint=error.hint,
            faults=_faults_of(error),
            headers=headers_of(error, status),
        )

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        faults = tuple(_fault(each) for each in error.errors())
        return problem_response(
            request,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "request_invalid",
            "The request breaks the rules of this operation.",
            hint="See the operation in /api/v1/docs.",
            faults=faults,
        )

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        code = f"http_{error.status_code}"
        return problem_response(request, error.status_code, code, str(error.detail), headers=error.headers)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        _LOG.error("unexpected error", exc_info=error, extra={"request_id": _id(request)})
        return problem_response(
            request,
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "internal",
            "Something failed inside firstprint.",
            hint="It was logged under the request id; tell whoever runs this server.",
        )


def _fault(error: Mapping[str, object]) -> str:
    loc = error.get("loc")
    place = ".".join(str(part) for part in loc) if isinstance(loc, tuple | list) else ""
    got = repr(error.get("input"))[:_SHOWN_CHARS]
    return f"{place}: {error.get('msg')}, got {got}"


def _id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))
