"""``POST /catalogue/imports``: a source's file becomes part of the catalogue; for administrators."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeVar

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from pydantic import Field, ValidationError

from firstprint.dataset_import import Imported, Wishes, check_not_shipped, import_package
from firstprint.errors import FaultsError
from firstprint.importers.datasets.formats import recognised
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.records import Asked
from firstprint.server.access import Admin
from firstprint.server.api.bodies import Body
from firstprint.server.openapi import problems
from firstprint.server.services import Serving
from firstprint.server.uploads import Upload, form_body, upload_of
from firstprint.settings import Settings

router = APIRouter(tags=["catalogue"], prefix="/catalogue")
Options = TypeVar("Options", bound=Body)
_Name = Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9._ -]*$")]


class ImportOptions(Body):
    """What is said of a source; empty where its own word holds."""

    format: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9-]+$")] = "auto"
    source_id: _Name = ""
    version: _Name = ""
    licence: Annotated[str, Field(max_length=500)] = ""
    trusted: Annotated[bool, Field(description="Values far outside what their unit usually has are used.")] = False
    dry_run: Annotated[bool, Field(description="Read and report; keep nothing.")] = False
    columns: Annotated[str, Field(max_length=10_000, description='JSON: {"gwp100_kg_co2e": "their heading"}')] = "{}"
    defaults: Annotated[str, Field(max_length=10_000, description='JSON: {"geography": "CN"}')] = "{}"
    sheet: Annotated[str, Field(max_length=100)] = ""


@router.post(
    "/imports",
    summary="Import datasets",
    status_code=201,
    response_model=Imported,
    responses=problems(409, 415),
    openapi_extra=form_body(ImportOptions),
)
async def import_datasets(request: Request, services: Serving, _caller: Admin) -> Response:
    """One version of a source, whole or not at all; what cannot be taken over is listed.

    The same file imported again changes nothing. Questions asked a few seconds later are answered with it.
    """
    with tempfile.TemporaryDirectory(prefix="firstprint-import-") as folder:
        async with upload_of(request) as upload:
            asked = options_of(ImportOptions, upload.fields)
            path = Path(folder) / f"{_stem(upload)}{upload.suffix}"
            await upload.write(path)
        made = await to_thread.run_sync(_imported, services.settings, path, asked)
    status = 200 if made.already or made.dry else 201
    return Response(made.model_dump_json(), status, media_type="application/json")


def options_of(kind: type[Options], fields: Mapping[str, str]) -> Options:
    """The options in a form's fields.

    Raises:
        FaultsError: every field that breaks its rule.
    """
    try:
        return kind.model_validate(dict(fields))
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}, got {str(one['input'])[:100]!r}" for one in error.errors()
        ]
        raise FaultsError("Fields of the form break their rules.", faults) from error


def mapping(text: str, field: str) -> dict[str, str]:
    """A field that holds a JSON object of texts.

    Raises:
        FaultsError: it does not.
    """
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise FaultsError(f"The field {field} must be a JSON object of texts.", [f"{field}: got {text[:100]!r}"])
    return found


def _stem(upload: Upload) -> str:
    """What the source is called where nothing else names it: the file's own name, in letters that any disk takes."""
    kept = "".join(char if char.isalnum() or char in "._-" else "_" for char in Path(upload.file_name).stem)
    return kept.strip(".")[:80] or "upload"


def _imported(settings: Settings, path: Path, asked: ImportOptions) -> Imported:
    wishes = Wishes(asked.source_id, asked.version, asked.licence, asked.trusted)
    tables = Asked(mapping(asked.columns, "columns"), mapping(asked.defaults, "defaults"), asked.sheet)
    check_not_shipped(wishes.source_id)
    with Package(path) as package:
        found = recognised(package, asked.format)
        check_not_shipped(wishes.source_id or found.importer.about(package).source_id)
        return import_package(settings, package, found, tables, wishes, _unseen, dry=asked.dry_run)


def _unseen(_step: str, _done: int, _total: int) -> None:
    """Nobody watches an import over HTTP."""
