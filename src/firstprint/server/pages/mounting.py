"""Everything the pages add to an app: their routes, and the files a browser fetches beside them."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from firstprint.server.pages import audit, catalogue, estimate, evaluation, exports, importing, login, proposal, queue

_STATIC = Path(__file__).parent.parent / "static"


def mount(app: FastAPI) -> None:
    """Adds the pages to an app."""
    for part in (estimate, importing, queue, proposal, exports, catalogue, evaluation, audit, login):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
