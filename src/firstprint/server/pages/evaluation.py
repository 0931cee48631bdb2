"""``/evaluation``: reports of evaluation runs that lie in the workspace."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

from fastapi import Depends, Request, Response
from starlette.responses import FileResponse

from firstprint.errors import InputError
from firstprint.server.pages.routing import pages_router
from firstprint.server.pages.view import Shown, View, page, reading
from firstprint.server.services import Services, Serving

router = pages_router()
_FOLDER = "evaluation"
_DEEPEST = 3
_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Of a report: it brings its own style and pictures inside, runs nothing and reaches nothing."""


class Report(NamedTuple):
    """A report: its name below the folder, and when it was written."""

    name: str
    when: datetime


@router.get("/evaluation")
def reports(request: Request, services: Serving, view: Annotated[View, Depends(reading)]) -> Response:
    """The reports there are, newest first."""
    del view
    values = {"reports": _reports(services), "folder": f"HOME/{_FOLDER}"}
    return page(request, Shown("evaluation.html", values))


@router.get("/evaluation/{name:path}")
def report(services: Serving, view: Annotated[View, Depends(reading)], name: str) -> Response:
    """One of the reports listed; nothing else of the disk."""
    del view
    if name not in {one.name for one in _reports(services)}:
        raise InputError(f"There is no report {name[:200]!r}.", code="report_unknown")
    return FileResponse(_folder(services) / name, media_type="text/html", headers={"Content-Security-Policy": _POLICY})


def _folder(services: Services) -> Path:
    return services.settings.home / _FOLDER


def _reports(services: Services) -> list[Report]:
    folder = _folder(services)
    found = [
        Report(path.relative_to(folder).as_posix(), datetime.fromtimestamp(path.stat().st_mtime, UTC))
        for path in folder.rglob("*.html")
        if path.is_file() and not path.is_symlink() and len(path.relative_to(folder).parts) <= _DEEPEST
    ]
    return sorted(found, key=lambda one: one.when, reverse=True)
