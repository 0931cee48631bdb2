"""What the server publishes about itself: every operation with the problems it may answer, and who may call it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from firstprint.server.problems import MEDIA_TYPE, Problem

_COMMON = (400, 403, 413, 422, 429, 500, 503)
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_LEFT_OUT = ("HTTPValidationError", "ValidationError")
_OPEN = ("/health", "/ready")
"""Asked without login: by whatever watches the server."""
_PUBLISHED = "/api/"
"""Pages for people are no interface for programs."""
_SCHEME = "bearer"

Responses = dict[int | str, dict[str, Any]]
"""As FastAPI takes them."""


def problems(*statuses: int) -> Responses:
    """Problems of one operation beside those that any may answer."""
    return {status: _problem(status) for status in statuses}


def publish(app: FastAPI, *, login: bool) -> None:
    """Makes the app tell its operations so; the description is made once.

    Args:
        app: with all its routes.
        login: whether callers must say who they are.
    """
    made: dict[str, Any] = {}

    def described() -> dict[str, Any]:
        if not made:
            made.update(_described(app, login=login))
        return made

    app.openapi = described  # type: ignore[method-assign] # FastAPI's own way to extend it


def operations(description: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation of a description, in its order."""
    for path, item in description["paths"].items():
        for method, operation in item.items():
            if method in _METHODS:
                yield path, method, operation


def _described(app: FastAPI, *, login: bool) -> dict[str, Any]:
    told = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    told["paths"] = {path: item for path, item in told["paths"].items() if path.startswith(_PUBLISHED)}
    components = told.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _LEFT_OUT:
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    common = (*_COMMON, 401) if login else _COMMON
    for path, _, operation in operations(told):
        responses = operation["responses"]
        for status in common:
            responses[str(status)] = _problem(status)
        operation["responses"] = dict(sorted(responses.items()))
        if login and not path.endswith(_OPEN):
            operation["security"] = [{_SCHEME: []}]
    if login:
        components["securitySchemes"] = {_SCHEME: {"type": "http", "scheme": "bearer"}}
    return told


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
