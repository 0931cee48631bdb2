"""``/import``: a list is uploaded or pasted, its columns are mapped, its cells checked, and a job is started."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, NamedTuple

from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, JSONResponse, RedirectResponse

from firstprint.domain.jobs import Job
from firstprint.errors import FaultsError, InputError
from firstprint.importers.tabular import RawTable
from firstprint.server.access import AccessError, check_csrf
from firstprint.server.pages.figures import in_path
from firstprint.server.pages.import_columns import FIELDS
from firstprint.server.pages.import_tables import preview, read_list
from firstprint.server.pages.login import keep_name
from firstprint.server.pages.routing import pages_router
from firstprint.server.pages.view import Shown, View, deciding, form_decided, page, reading
from firstprint.server.pages.words import words_of
from firstprint.server.services import Services, Serving

router = pages_router()
KIND = "batch"
"""Of the jobs that a list becomes; the worker of the server takes them up."""
_OUTPUTS = ("xlsx", "csv", "jsonl")
FOLDER = "jobs"
"""Below the home: each upload has a folder of its own there, and what is made of it."""
_NOTE = "note.json"
_UPLOAD = re.compile(r"[0-9a-f]{32}")
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")
_MAX_PASTED = 1_000_000
_JOBS = 20


class Upload(NamedTuple):
    """A file that was handed in: where it lies, what its owner calls it, and who that is."""

    path: Path
    file_name: str
    owner: str


@router.get("/import")
def import_page(request: Request, services: Serving, view: Annotated[View, Depends(reading)]) -> Response:
    """Where a list is handed in, and the jobs there are."""
    return _first(request, services)


@router.post("/import")
async def hand_in(request: Request, services: Serving, view: Annotated[View, Depends(deciding)]) -> Response:
    """Keeps the file or the pasted rows and shows them; the form is read only once the sender's role is known."""
    async with request.form(max_files=1, max_fields=10, max_part_size=_MAX_PASTED) as form:
        if view.caller is not None and view.caller.session is not None:
            check_csrf(view.caller.session, str(form.get("csrf", "")))
        file, pasted = form.get("file"), str(form.get("pasted", ""))
        handed = await _handed_in(file if isinstance(file, UploadFile) else None, pasted)
    return await run_in_threadpool(_handed, request, services, view, handed, pasted)


@router.get("/import/{upload_id}")
def map_page(request: Request, services: Serving, view: Annotated[View, Depends(deciding)], upload_id: str) -> Response:
    """The columns as guessed, and every fault."""
    upload = _upload(services, upload_id, view)
    return _mapping(request, upload_id, read_list(upload.path.read_bytes(), upload.file_name), None)


@router.post("/import/{upload_id}")
async def map_or_start(
    request: Request, services: Serving, view: Annotated[View, Depends(form_decided)], upload_id: str
) -> Response:
    """Reads again with the columns chosen, or starts the job."""
    form = await request.form(max_fields=50)
    sent = {name: str(value)[:200] for name, value in form.items()}
    return await run_in_threadpool(_sent, request, services, view, upload_id, sent)


@router.get("/import/jobs/{job_id}")
def job_page(request: Request, services: Serving, view: Annotated[View, Depends(reading)], job_id: str) -> Response:
    """How far a job is."""
    job = services.store().jobs.get(job_id)
    return page(request, Shown("job.html", {"job": job, "may_cancel": _may_cancel(view, job)}))


@router.get("/import/jobs/{job_id}/state")
def job_state(services: Serving, view: Annotated[View, Depends(reading)], job_id: str) -> Response:
    """The same for the page's script."""
    job, words = services.store().jobs.get(job_id), words_of(view.language)
    said = {"state": job.state, "done": job.done, "total": job.total}
    told = {"name": words[f"job.{job.state}"], "said": words[f"job.{job.state}.what"]}
    return JSONResponse({**said, **told}, headers={"Cache-Control": "no-store"})


@router.post("/import/jobs/{job_id}/cancel")
def job_cancel(services: Serving, view: Annotated[View, Depends(form_decided)], job_id: str) -> Response:
    """Asks for the end of a job: of one's own, or as an administrator of anybody's."""
    jobs = services.store().jobs
    if not _may_cancel(view, jobs.get(job_id)):
        raise AccessError("A job is cancelled by its owner or an administrator.", code="role_missing")
    jobs.cancel(job_id)
    return RedirectResponse(f"/import/jobs/{in_path(job_id)}?note=cancelled", HTTPStatus.SEE_OTHER)


@router.get("/import/jobs/{job_id}/result")
def job_result(services: Serving, view: Annotated[View, Depends(reading)], job_id: str) -> Response:
    """What a job made; only files inside the home folder are given out."""
    del view
    job = services.store().jobs.get(job_id)
    home = services.settings.home.resolve()
    path = (home / job.output_path).resolve()
    if job.state != "done" or not path.is_relative_to(home) or not path.is_file():
        raise InputError(f"The job {job_id!r} has no result to download: it is {job.state}.", code="file_unknown")
    return FileResponse(path, filename=f"{Path(job.file_name).stem or 'firstprint'}-firstprint{path.suffix}")


def _may_cancel(view: View, job: Job) -> bool:
    return view.may("admin") or (view.may("reviewer") and job.owner == view.name)


class Handed(NamedTuple):
    """What came in: a name, for display alone, and the content."""

    name: str
    data: bytes


async def _handed_in(file: UploadFile | None, pasted: str) -> Handed:
    if file is not None and file.filename:
        name = _UNPRINTED.sub("", re.split(r"[/\\]", file.filename)[-1])[-200:]
        return Handed(name or "file", await file.read())
    tabs = "\t" in pasted.split("\n", 1)[0]
    return Handed("pasted.tsv" if tabs else "pasted.csv", pasted.encode("utf-8", "replace"))


def _handed(request: Request, services: Services, view: View, handed: Handed, pasted: str) -> Response:
    if not handed.data.strip():
        return _first(request, services, InputError(words_of(view.language)["import.nothing"]), pasted)
    upload_id = uuid.uuid4().hex
    try:
        read_list(handed.data, handed.name)
    except FaultsError as error:
        return _first(request, services, error, pasted)
    folder = services.settings.home / FOLDER / upload_id
    folder.mkdir(parents=True)
    suffix = Path(handed.name).suffix.lower()
    (folder / f"input{suffix if suffix in _SUFFIXES else '.csv'}").write_bytes(handed.data)
    note = {"file_name": handed.name, "owner": view.name}
    (folder / _NOTE).write_text(json.dumps(note, ensure_ascii=False), "utf-8")
    return RedirectResponse(f"/import/{upload_id}", HTTPStatus.SEE_OTHER)


def _upload(services: Services, upload_id: str, view: View) -> Upload:
    """The file of an id; where login is on, only its owner's."""
    folder = services.settings.home / FOLDER / upload_id
    note = folder / _NOTE
    paths = sorted(folder.glob("input.*")) if _UPLOAD.fullmatch(upload_id) and note.is_file() else []
    told = json.loads(note.read_text("utf-8")) if paths else {}
    if not paths or (view.login and told["owner"] != view.name):
        raise InputError(words_of(view.language)["import.gone"], code="file_unknown")
    return Upload(paths[0], told["file_name"], told["owner"])


def _sent(request: Request, services: Services, view: View, upload_id: str, sent: Mapping[str, str]) -> Response:
    upload = _upload(services, upload_id, view)
    table = read_list(upload.path.read_bytes(), upload.file_name)
    by = sent.get("by", "").strip()
    columns = {name: int(sent[name]) for name in FIELDS if sent.get(name, "").isdecimal()}
    if sent.get("action") != "start":
        return _mapping(request, upload_id, table, columns, by=by)
    if columns.get("text", len(table.columns)) >= len(table.columns):
        return _mapping(request, upload_id, table, columns, by=by, fault=words_of(view.language)["import.no.text"])
    owner = view.name if view.login else by
    job = _started(services, upload, table, columns, sent, owner)
    response = RedirectResponse(f"/import/jobs/{in_path(job.id)}", HTTPStatus.SEE_OTHER)
    keep_name(request, response, view, owner)
    return response


def _started(
    services: Services,
    upload: Upload,
    table: RawTable,
    columns: Mapping[str, int],
    sent: Mapping[str, str],
    owner: str,
) -> Job:
    """Puts the job into the queue, with what ``firstprint batch`` is told by ``--map``, ``--language`` and OUT."""
    output = sent.get("output", "")
    options = {
        "columns": {name: table.columns[place] for name, place in columns.items() if place < len(table.columns)},
        "language": sent.get("language") if sent.get("language") in ("en", "zh") else None,
        "format": output if output in _OUTPUTS else _OUTPUTS[0],
        "save": bool(sent.get("save")),
    }
    return services.store().jobs.add(
        KIND,
        owner or "local",
        file_name=upload.file_name,
        input_path=upload.path.relative_to(services.settings.home).as_posix(),
        options=json.dumps(options, ensure_ascii=False),
        total=len(table.rows),
    )


def _first(request: Request, services: Services, error: InputError | None = None, pasted: str = "") -> Response:
    values: dict[str, object] = {
        "jobs": services.store().jobs.list(limit=_JOBS),
        "fault": "" if error is None else error.message,
        "hint": "" if error is None else error.hint,
        "faults": error.faults[:20] if isinstance(error, FaultsError) else (),
        "pasted": pasted,
    }
    status = HTTPStatus.OK if error is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return page(request, Shown("import.html", values), status=status)


def _mapping(
    request: Request,
    upload_id: str,
    table: RawTable,
    columns: Mapping[str, int] | None,
    *,
    by: str = "",
    fault: str = "",
) -> Response:
    values = {"upload": upload_id, "table": preview(table, columns), "fields": FIELDS, "by": by, "fault": fault}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    return page(request, Shown("import_map.html", values), status=status)
