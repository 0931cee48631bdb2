"""Puts the server together: middleware, errors, the API and the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import APIRouter, FastAPI

from firstprint.server import problems
from firstprint.server.api import estimates, health
from firstprint.server.middleware import Passage
from firstprint.server.pages.mounting import mount
from firstprint.server.services import Services
from firstprint.settings import Settings
from firstprint.version import __version__

API = "/api/v1"
_UPLOADS = (f"{API}/batches", "/import")


def create_app(settings: Settings, services: Services | None = None) -> FastAPI:
    """The server's app over one workspace.

    Args:
        settings: of the workspace.
        services: opened already, for tests; None opens them when the server starts.
    """
    serving = services or Services(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if services is None:
            await anyio.to_thread.run_sync(serving.start)
        yield
        if services is None:
            serving.stop()

    app = FastAPI(
        title="firstprint",
        version=__version__,
        description="A first, honest carbon footprint for a product, with its interval, its proxies and its sources.",
        lifespan=lifespan,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = serving
    problems.install(app)
    api = APIRouter(prefix=API)
    for part in (estimates, health):
        api.include_router(part.router)
    app.include_router(api)
    mount(app)
    app.add_middleware(Passage, metrics=serving.metrics, upload_paths=_UPLOADS)
    return app
