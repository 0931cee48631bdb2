"""Puts the server together: middleware, errors, the API and the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import APIRouter, FastAPI

from firstprint.server import openapi, problems
from firstprint.server.api import (
    batches,
    catalogue,
    decisions,
    docs,
    estimates,
    exports,
    health,
    imports,
    people,
    proposals,
    trail,
)
from firstprint.server.jobs import JobWorker
from firstprint.server.middleware import Passage
from firstprint.server.pages.mounting import mount
from firstprint.server.services import Services
from firstprint.settings import Settings
from firstprint.version import __version__

API = "/api/v1"
_API_PARTS = (estimates, proposals, decisions, exports, batches, catalogue, imports, trail, people, health, docs)
_UPLOADS = (f"{API}/batches", f"{API}/catalogue/imports", "/import")


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
        jobs = JobWorker(serving)
        jobs.start()
        yield
        await anyio.to_thread.run_sync(jobs.stop)
        if services is None:
            await anyio.to_thread.run_sync(serving.stop)

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
    for part in _API_PARTS:
        api.include_router(part.router)
    app.include_router(api)
    mount(app)
    openapi.publish(app, login=settings.login)
    app.add_middleware(Passage, metrics=serving.metrics, upload_paths=_UPLOADS)
    return app
