"""``GET /docs``: every operation on one page, from the published description; nothing from elsewhere, no script."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from firstprint.server.openapi import operations

router = APIRouter(include_in_schema=False)
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1.5rem; color: #1b1f1d;
  background: #fff; }
h2 { margin-top: 3rem; } article { border-top: 1px solid #ccd3cf; padding: .5rem 0 1rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; } pre { overflow-x: auto; padding: .75rem; background: #f2f5f3; }
h3 code { font-size: 16px; } table { border-collapse: collapse; } td, th { text-align: left; vertical-align: top;
  padding: .15rem 1rem .15rem 0; } .method { color: #0b6b45; }
@media (prefers-color-scheme: dark) { body { color: #e6ebe8; background: #141816; } pre { background: #1f2522; }
  .method { color: #6fd3a3; } article { border-color: #38413c; } }
"""


@router.get("/docs")
def reference(request: Request) -> HTMLResponse:
    """The reference as one page."""
    return HTMLResponse(page(request.app.openapi()))


@router.get("/docs.css")
def style() -> Response:
    """Its style; a page of this server has none inside."""
    return Response(_STYLE, media_type="text/css")


def page(description: Mapping[str, Any]) -> str:
    """The published description as HTML."""
    info = description["info"]
    by_tag: dict[str, list[str]] = {}
    for path, method, operation in operations(description):
        by_tag.setdefault(operation.get("tags", ["other"])[0], []).append(_operation(path, method, operation))
    parts = [f'<h2 id="{escape(tag)}">{escape(tag)}</h2>{"".join(articles)}' for tag, articles in by_tag.items()]
    links = " · ".join(f'<a href="#{escape(tag)}">{escape(tag)}</a>' for tag in [*by_tag, "schemas"])
    schemas = description.get("components", {}).get("schemas", {})
    shown = "".join(
        f'<article id="schema-{escape(name)}"><h3>{escape(name)}</h3><pre>{_json(schema)}</pre></article>'
        for name, schema in sorted(schemas.items())
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])} API</title>"
        '<link rel="stylesheet" href="docs.css"></head><body>'
        f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1><p>{escape(info['description'])}</p>"
        '<p>For programs: <a href="openapi.json">openapi.json</a>. Every error is '
        "<code>application/problem+json</code> (RFC 9457) with a stable <code>code</code>.</p>"
        f'<nav>{links}</nav>{"".join(parts)}<h2 id="schemas">schemas</h2>{shown}</body></html>'
    )


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> str:
    rows = "".join(_parameter(each) for each in operation.get("parameters", ()))
    table = f"<table><tr><th>Parameter</th><th>In</th><th>Schema</th><th></th></tr>{rows}</table>" if rows else ""
    bodies = "".join(
        f"<p>Body, {escape(kind)}:</p><pre>{_json(body.get('schema', {}))}</pre>"
        for kind, body in operation.get("requestBody", {}).get("content", {}).items()
    )
    answers = ", ".join(escape(f"{status} {each['description']}") for status, each in operation["responses"].items())
    return (
        f'<article><h3><code><span class="method">{method.upper()}</span> {escape(path)}</code></h3>'
        f"<p><b>{escape(operation.get('summary', ''))}.</b> {escape(operation.get('description', ''))}</p>"
        f"{table}{bodies}<p>Answers: {answers}.</p></article>"
    )


def _parameter(parameter: Mapping[str, Any]) -> str:
    needed = "" if not parameter.get("required") else ", required"
    return (
        f"<tr><td><code>{escape(parameter['name'])}</code></td><td>{escape(parameter['in'])}{needed}</td>"
        f"<td><code>{_json(parameter.get('schema', {}), indent=None)}</code></td>"
        f"<td>{escape(parameter.get('description', ''))}</td></tr>"
    )


def _json(schema: object, indent: int | None = 2) -> str:
    return escape(json.dumps(schema, indent=indent, ensure_ascii=False))
