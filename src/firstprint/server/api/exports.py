"""``/proposals/{id}/export`` and ``POST /exports``: records as files that others accept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field, create_model

from firstprint.domain.product import Language
from firstprint.errors import FaultsError
from firstprint.exporters.facts import ExportFacts
from firstprint.exporters.facts_file import FactsFile
from firstprint.exporting import SUFFIXES, Format, Request, render
from firstprint.server.access import Viewer
from firstprint.server.api.bodies import Body, ExportBody
from firstprint.server.api.parts import Id, attached
from firstprint.server.openapi import Responses, problems
from firstprint.server.services import Services, Serving

router = APIRouter(tags=["exports"])
_TYPES = {
    ".json": "application/json",
    ".zip": "application/zip",
    ".xml": "application/xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_HINT = (
    "State facts as fields: product_ids for --product-id, and so on; draft and allow_restricted are true for --draft "
    "and --allow-restricted. See /api/v1/docs."
)


class ExportQuery(Body):
    """How one record is written."""

    format: Format
    draft: Annotated[bool, Query(description="A proposal that nobody confirmed may leave, marked as a draft.")] = False
    allow_restricted: Annotated[bool, Query(description="Data whose licence limits sharing may leave, marked.")] = False
    single: Annotated[bool, Query(description="ILCD and TIDAS: one process alone, without the archive.")] = False
    language: Language | None = None


_Text = Annotated[str, Field(max_length=2_000)]
_FIELDS: dict[str, Any] = dict.fromkeys(ExportFacts.model_fields, (_Text | None, None))
FactsQuery: Any = create_model("FactsQuery", __base__=ExportQuery, **_FIELDS)
"""The options of an export and every fact as text; several values are separated by commas."""


def _file() -> Responses:
    binary = {"schema": {"type": "string", "format": "binary"}}
    content: dict[str, Any] = {
        kind: {"schema": {}} if kind == "application/json" else binary for kind in _TYPES.values()
    }
    return {200: {"description": "The file.", "content": content}}


@router.get(
    "/proposals/{proposal_id}/export",
    summary="One record as a file",
    response_class=Response,
    responses={**_file(), **problems(404)},
)
def export_one(
    proposal_id: Id,
    asked: Annotated[FactsQuery, Query()],
    services: Serving,
    _caller: Viewer,
) -> Response:
    """PACT, ILCD, TIDAS, Excel or JSON. What stands against it is told at once and completely, as faults."""
    options = ExportQuery.model_validate(asked.model_dump(include=set(ExportQuery.model_fields)))
    stated = {name: getattr(asked, name) for name in ExportFacts.model_fields}
    store = services.store()
    return _exported(services, (store.resolve(proposal_id),), options, FactsFile({}, {}), stated)


@router.post("/exports", summary="Several records as one file", response_class=Response, responses=_file())
def export_several(body: ExportBody, services: Serving, _caller: Viewer) -> Response:
    """As for one, with facts of all records and of each."""
    options = ExportQuery.model_validate(body.model_dump(include=set(ExportQuery.model_fields)))
    return _exported(services, tuple(dict.fromkeys(body.ids)), options, FactsFile(body.facts, body.products), {})


def _exported(
    services: Services, ids: tuple[str, ...], asked: ExportQuery, facts: FactsFile, stated: Mapping[str, object]
) -> Response:
    suffix = SUFFIXES[asked.format][-1 if asked.single else 0]
    name = f"{ids[0] if len(ids) == 1 else 'records'}-{asked.format}{suffix}"
    wanted = Request(
        ids=ids,
        format=asked.format,
        path=Path(name),
        stated=stated,
        facts=facts,
        draft=asked.draft,
        allow_restricted=asked.allow_restricted,
        language=asked.language,
    )
    try:
        made = render(services.store(), wanted, lambda: services.index.catalogue)
    except FaultsError as error:
        raise FaultsError("Nothing was written:", error.faults, hint=_HINT) from error
    return Response(made.content, media_type=_TYPES[suffix], headers=attached(name))
