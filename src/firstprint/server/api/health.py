"""``GET /health``, ``/ready`` and ``/metrics``: for whoever runs the server."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from firstprint.errors import WorkspaceError
from firstprint.server.access import Viewer
from firstprint.server.services import Serving
from firstprint.version import __version__

router = APIRouter(tags=["health"])


class Ready(BaseModel):
    """This process answers."""

    ready: bool


class Health(BaseModel):
    """What works.

    Attributes:
        status: ``ok``; ``degraded`` where the database went away; ``starting`` where this process answers no question
            yet, which may be because it waits for the database.
    """

    status: Literal["ok", "degraded", "starting"]
    software: str
    index_id: str = ""
    datasets: int = 0
    database: Literal["ok", "away"]


@router.get("/health", summary="Whether the server works", responses={503: {"model": Health}})
def health(services: Serving, response: Response) -> Health:
    """Status 200 where questions are answered and records kept, else 503; asked without login."""
    database: Literal["ok", "away"] = "ok"
    try:
        services.store().decisions.latest()
    except WorkspaceError:
        database = "away"
    if database == "away" or not services.ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    if not services.ready:
        return Health(status="starting", software=__version__, database=database)
    manifest = services.index.manifest
    return Health(
        status="ok" if database == "ok" else "degraded",
        software=__version__,
        index_id=manifest.index_id,
        datasets=manifest.datasets,
        database=database,
    )


@router.get("/ready", summary="Whether this process answers questions")
def ready(services: Serving) -> Ready:
    """Status 200 once index and models are open, even where the database is away; asked without login."""
    services.check_ready()
    return Ready(ready=True)


@router.get(
    "/metrics",
    summary="Counts for Prometheus",
    response_class=Response,
    responses={200: {"description": "Text.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(services: Serving, _caller: Viewer) -> Response:
    """Requests, seconds, estimates, decisions and jobs of this process, in Prometheus' text format."""
    try:
        waiting = Counter(job.state for job in services.store().jobs.list(states=("queued", "running"), limit=1_000))
    except WorkspaceError:
        waiting = Counter()
    for state in ("queued", "running"):
        services.metrics.jobs.labels(state).set(waiting[state])
    return Response(services.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
