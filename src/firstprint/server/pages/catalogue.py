"""``/catalogue``: search, a dataset's page, sources with their licences, and what changed between two of them."""

from __future__ import annotations

import math
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response

from firstprint.catalogue.sources import load_sources
from firstprint.catalogue.stage_splits import by_stage, stage_parts
from firstprint.catalogue.table import Catalogue
from firstprint.catalogue_diff import difference
from firstprint.dataset_sides import side
from firstprint.dataset_sources import active_sources, stored_sources
from firstprint.errors import InputError
from firstprint.licences import is_restricted
from firstprint.server.pages.routing import pages_router
from firstprint.server.pages.view import Shown, View, page, reading
from firstprint.server.services import Services, Serving
from firstprint.workspace import shipped

router = pages_router()
_PAGE = 50
_MOST_CHARS = 200
_REGULATORY = "cbam_default"


@router.get("/catalogue")
def search(
    request: Request,
    services: Serving,
    view: Annotated[View, Depends(reading)],
    text: str = "",
    how: str = "letters",
    start: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """Datasets whose names hold the text, or whose meaning is near it."""
    del view
    asked = text.strip()[:_MOST_CHARS]
    with services.assistant() as assistant:
        catalogue = assistant.catalogue
        if how == "meaning" and asked:
            near = (catalogue.find(one.dataset_id) for one in assistant.match(asked, top=_PAGE).candidates)
            rows = [row for row in near if row is not None]
        else:
            rows = _ordered(catalogue, catalogue.rows_with(asked), asked)
        shown = catalogue.datasets(rows[start : start + _PAGE])
    values = {
        "text": asked,
        "how": how if how == "meaning" else "letters",
        "datasets": shown,
        "total": len(rows),
        "start": start,
        "size": len(catalogue),
        "query": urlencode({"text": asked, "how": how}),
    }
    return page(request, Shown("catalogue.html", values))


@router.get("/catalogue/sources")
def sources(request: Request, services: Serving, view: Annotated[View, Depends(reading)]) -> Response:
    """Publishers, terms and counts."""
    del view
    values = {"shipped": load_sources(), "imported": active_sources(services.settings)}
    return page(request, Shown("sources.html", values))


@router.get("/catalogue/diff")
def compare(
    request: Request,
    services: Serving,
    view: Annotated[View, Depends(reading)],
    old: str = "",
    new: str = "",
    percent: str = "1",
) -> Response:
    """What changed between two sources; only sources that are listed, never a path."""
    del view
    sides = _sides(services)
    values: dict[str, object] = {
        "sides": sides,
        "asked": {"old": old or sides[0], "new": new or sides[-1], "percent": percent[:20]},
        "found": None,
    }
    if old and new:
        unknown = [name for name in (old, new) if name not in sides]
        if unknown:
            raise InputError(f"There is no source {unknown[0][:80]!r}.", code="catalogue_side_unknown")
        settings = services.settings
        values["found"] = difference(side(settings, old), side(settings, new), _percent(percent))
    return page(request, Shown("diff.html", values))


@router.get("/catalogue/datasets/{dataset_id:path}")
def dataset(request: Request, services: Serving, view: Annotated[View, Depends(reading)], dataset_id: str) -> Response:
    """One dataset with its source, terms and stages."""
    del view
    with services.assistant() as assistant:
        catalogue: Catalogue = assistant.catalogue
    row = catalogue.find(dataset_id)
    if row is None:
        raise InputError(f"No dataset has the id {dataset_id[:_MOST_CHARS]!r}.", code="dataset_unknown")
    one = catalogue.dataset(row)
    values = {"one": one, "parts": by_stage(stage_parts(dataset_id)), "restricted": is_restricted(one.licence)}
    return page(request, Shown("dataset.html", values))


def _ordered(catalogue: Catalogue, rows: list[int], text: str) -> list[int]:
    """Names that begin with the text first, default values of regulations last; else the catalogue's order."""
    if not text:
        return rows
    names, boundaries = catalogue.texts("name", rows), catalogue.texts("system_boundary", rows)
    wanted = text.casefold()
    ranked = [
        (boundary == _REGULATORY, not name.casefold().startswith(wanted), row)
        for row, name, boundary in zip(rows, names, boundaries, strict=True)
    ]
    return [row for *_, row in sorted(ranked)]


def _sides(services: Services) -> list[str]:
    stored = [each.key for each in stored_sources(services.settings)]
    return ["shipped", *sorted(path.stem for path in shipped().files), *stored]


def _percent(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise InputError(f"{text[:20]!r} is no percentage of at least zero.", hint="Write it like 1 or 0.5.")
    return value
