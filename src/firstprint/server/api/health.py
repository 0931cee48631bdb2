"""``GET /health``, ``/ready`` and ``/metrics``: for whoever runs the server."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from firstprint.errors import WorkspaceError
from firstprint.server.services import Serving
from firstprint.version import __version__

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """What works.

    Attributes:
        status: ``ok``, or ``degraded`` where questions are answered and nothing can be kept.
    """

    status: Literal["ok", "degraded", "starting"]
    software: str
    index_id: str = ""
    datasets: int = 0
    database: Literal["ok", "away"]


@router.get("/health", summary="Whether the server works")
def health(services: Serving, response: Response) -> Health:
    """Status 200 where questions are answered and records kept, else 503."""
    database: Literal["ok", "away"] = "ok"
    try:
        services.store().count()
    except WorkspaceError:
        database = "away"
    if not services.ready:
        response.status_code = 503
        return Health(status="starting", software=__version__, database=database)
    with services.assistant() as assistant:
        manifest = assistant.index.manifest
    if database == "away":
        response.status_code = 503
    return Health(
        status="ok" if database == "ok" else "degraded",
        software=__version__,
        index_id=manifest.index_id,
        datasets=manifest.datasets,
        database=database,
    )


@router.get("/metrics", summary="Counts for Prometheus", response_class=Response)
def metrics(services: Serving) -> Response:
    """Requests, seconds, estimates, decisions and jobs, in Prometheus' text format."""
    return Response(services.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
