"""What every request passes: an id, bounds on its size, security headers, a line in the log, a count."""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from datetime import UTC, datetime
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from firstprint.server.metrics import Metrics

MAX_BODY_BYTES = 1 * 1024 * 1024
MAX_UPLOAD_BYTES = 64 * 1024 * 1024
REQUEST_ID = "x-request-id"
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_API = "/api/v1/"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LOG = logging.getLogger("firstprint.access")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""No inline script, nothing from elsewhere, no framing."""


class JsonLines(logging.Formatter):
    """Log records as one JSON object a line; only fields that were named, never headers or bodies."""

    _FIELDS = ("request_id", "method", "path", "status", "seconds", "user", "bytes")

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        told |= {name: getattr(record, name) for name in self._FIELDS if hasattr(record, name)}
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


class TooLargeError(Exception):
    """Rule: a request's body is of bearable size."""


class Passage:
    """The outermost layer: a request id, size limits, headers, the access log and the metrics."""

    def __init__(self, app: ASGIApp, metrics: Metrics, upload_paths: tuple[str, ...] = ()) -> None:
        """Takes the app, where to count, and beginnings of paths that files are sent to."""
        self._app = app
        self._metrics = metrics
        self._uploads = upload_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, headers = time.perf_counter(), Headers(scope=scope)
        given = headers.get(REQUEST_ID, "")
        request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        seen = {"status": HTTPStatus.INTERNAL_SERVER_ERROR.value, "bytes": 0}

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                out = MutableHeaders(scope=message)
                out[REQUEST_ID] = request_id
                for name, value in SECURITY_HEADERS.items():
                    out.setdefault(name, value)
            elif message["type"] == "http.response.body":
                seen["bytes"] += len(message.get("body", b""))
            await send(message)

        limit = MAX_UPLOAD_BYTES if scope["path"].startswith(self._uploads) and self._uploads else MAX_BODY_BYTES
        try:
            await self._guarded(scope, receive, answer, headers, limit)
        finally:
            self._told(scope, seen, request_id, time.perf_counter() - started)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send, headers: Headers, limit: int) -> None:
        declared = headers.get("content-length", "0")
        if not declared.isdecimal() or int(declared) > limit:
            await _refuse(send, scope, limit)
            return
        read = 0
        started = False

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise TooLargeError
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, bounded, noted)
        except TooLargeError:
            if not started:
                await _refuse(send, scope, limit)

    def _told(self, scope: Scope, seen: dict[str, int], request_id: str, seconds: float) -> None:
        route = scope.get("route")
        path = _pattern(scope["path"], getattr(route, "path", None))
        self._metrics.request(
            scope["method"] if scope["method"] in _METHODS else "other", path, seen["status"], seconds
        )
        told = {
            "request_id": request_id,
            "method": scope["method"],
            "path": path if path != "other" else scope["path"][:200],
            "status": seen["status"],
            "seconds": round(seconds, 4),
            "user": scope.get("state", {}).get("user", ""),
            "bytes": seen["bytes"],
        }
        _LOG.info("request", extra=told)


def _pattern(path: str, pattern: str | None) -> str:
    """The pattern of a route, with the beginning of the path that its router was mounted at.

    >>> _pattern("/api/v1/proposals/p-1", "/proposals/{proposal_id}"), _pattern("/x", None)
    ('/api/v1/proposals/{proposal_id}', 'other')
    """
    if pattern is None:
        return "other"
    return pattern if not path.startswith(_API) or pattern.startswith(_API) else _API.rstrip("/") + pattern


async def _refuse(send: Send, scope: Scope, limit: int) -> None:
    body = json.dumps(
        {
            "type": "urn:firstprint:problem:too_large",
            "title": "Content Too Large",
            "status": 413,
            "detail": f"The request is larger than {limit:,} bytes.",
            "code": "too_large",
            "hint": "Send it in parts.",
            "faults": [],
            "request_id": scope["state"]["request_id"],
        }
    ).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body})
