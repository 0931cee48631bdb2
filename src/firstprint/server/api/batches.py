"""``/batches``: a table sent up, answered row by row in the background, and fetched again."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import Field

from firstprint.batch.formats import ENDINGS
from firstprint.batch.reader import open_source
from firstprint.domain.jobs import Job, JobState
from firstprint.domain.product import Language, Record
from firstprint.errors import ConflictError, InputError
from firstprint.server.access import AccessError, Caller, Reviewer, Viewer
from firstprint.server.api.bodies import Body
from firstprint.server.api.imports import mapping, options_of
from firstprint.server.api.parts import Id, attached
from firstprint.server.batch_jobs import FOLDER, KIND, BatchChoice, ResultFormat
from firstprint.server.once import Answer, Once, OnlyOnce
from firstprint.server.openapi import Responses, problems
from firstprint.server.services import Services, Serving
from firstprint.server.uploads import Upload, form_body, upload_of

router = APIRouter(tags=["batches"], prefix="/batches")
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "jsonl": "application/x-ndjson",
}
_FILE = {"schema": {"type": "string", "format": "binary"}}
_RESULT: Responses = {200: {"description": "The file.", "content": dict.fromkeys(_TYPES.values(), _FILE)}}


class BatchForm(Body):
    """How a table is read and answered."""

    format: Annotated[ResultFormat, Field(description="Of the result.")] = "xlsx"
    save: Annotated[bool, Field(description="Keep every record, for review.")] = True
    language: Language | None = None
    top: Annotated[int, Field(ge=1, le=50)] = 5
    sheet: Annotated[str, Field(max_length=100)] = ""
    columns: Annotated[str, Field(max_length=10_000, description='JSON: {"text": "品名", "mass_kg": "重量"}')] = "{}"


class Batch(Record):
    """One batch job.

    Attributes:
        done: rows answered, of ``total``.
        cancelling: its owner wants it to stop, and it has not noticed yet.
        result: where to fetch it; None before it is done.
    """

    id: str
    state: JobState
    owner: str
    file_name: str
    format: ResultFormat
    done: int
    total: int
    error: str
    attempts: int
    cancelling: bool
    created: datetime
    started: datetime | None
    ended: datetime | None
    result: str | None


class Batches(Record):
    """Jobs, newest first."""

    batches: tuple[Batch, ...]


@router.post(
    "",
    summary="Estimate every row of a table",
    status_code=202,
    response_model=Batch,
    responses=problems(409, 415),
    openapi_extra=form_body(BatchForm),
)
async def begin(request: Request, services: Serving, caller: Reviewer, once: OnlyOnce) -> Response:
    """csv, xlsx, parquet or jsonl, with headings in English, Chinese, German or French; faults are told at once.

    The job goes on when the connection ends, and when the server is started anew.
    """
    arrivals = services.settings.home / FOLDER
    await to_thread.run_sync(lambda: arrivals.mkdir(parents=True, exist_ok=True))
    async with upload_of(request) as upload:
        sent = _Sent(arrivals / f".{uuid.uuid4().hex}{upload.suffix}", upload.file_name, _choice(upload))
        try:
            await upload.write(sent.path)
            return await to_thread.run_sync(_answered, services, caller, once, sent)
        finally:
            await to_thread.run_sync(lambda: sent.path.unlink(missing_ok=True))


@router.get("", summary="Batches, newest first")
def listed(
    services: Serving,
    _caller: Viewer,
    state: Annotated[JobState | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Batches:
    """Everybody's."""
    found = services.store().jobs.list(states=() if state is None else (state,), limit=limit)
    return Batches(batches=tuple(_view(job) for job in found if job.kind == KIND))


@router.get("/{batch_id}", summary="How far a batch is", responses=problems(404))
def one(batch_id: Id, services: Serving, _caller: Viewer) -> Batch:
    """State and progress."""
    return _view(services.store().jobs.get(batch_id))


@router.get(
    "/{batch_id}/result",
    summary="Its result",
    response_class=Response,
    responses={**_RESULT, **problems(404, 409)},
)
def result(batch_id: Id, services: Serving, _caller: Viewer) -> Response:
    """The table, or the records as lines; 409 before it is done."""
    job = services.store().jobs.get(batch_id)
    path = services.settings.home / job.output_path
    if job.state != "done":
        raise ConflictError(
            f"The batch {batch_id!r} is {job.state}: there is no result.",
            hint="Ask for its state until it is done.",
            code="job_not_ready",
        )
    if not path.is_file():
        raise InputError(
            f"The result of the batch {batch_id!r} is not there any more.", hint="Send it again.", code="file_unknown"
        )
    form = path.suffix[1:]
    name = f"{Path(job.file_name).stem}-firstprint.{form}"
    return FileResponse(path, media_type=_TYPES[form], headers=attached(name))


@router.delete("/{batch_id}", summary="Cancel it", responses=problems(404, 409))
def cancel(batch_id: Id, services: Serving, caller: Reviewer) -> Batch:
    """One that waits ends at once, one that runs after the rows in hand; what was kept for review stays."""
    jobs = services.store().jobs
    job = jobs.get(batch_id)
    if job.owner != caller.signed and not caller.may("admin"):
        raise AccessError(
            f"The batch {batch_id!r} is {job.owner!r}'s.", hint="Ask them, or an administrator.", code="owner_other"
        )
    return _view(jobs.cancel(batch_id))


class _Sent(NamedTuple):
    """A table that has arrived."""

    path: Path
    file_name: str
    choice: BatchChoice


def _choice(upload: Upload) -> BatchChoice:
    form = options_of(BatchForm, upload.fields)
    if upload.suffix not in ENDINGS:
        raise InputError(
            f"The ending of {upload.file_name!r} is none of a table.",
            hint=f"Send one of {', '.join(ENDINGS)}.",
            code="input_format",
        )
    return BatchChoice(**form.model_dump(exclude={"columns"}), columns=mapping(form.columns, "columns"))


def _answered(services: Services, caller: Caller, once: Once, sent: _Sent) -> Response:
    folder = sent.path.with_name(once.made_id(caller) or str(uuid.uuid4()))
    asked = f"{_sha256(sent.path)}\n{sent.choice.model_dump_json()}".encode()
    return once.answer(caller, asked, lambda: Answer(_view(_begun(services, caller, sent, folder)), 202))


def _begun(services: Services, caller: Caller, sent: _Sent, folder: Path) -> Job:
    """The job of a table; one that a server began under the same key before it died is found again."""
    jobs = services.store().jobs
    source = open_source(sent.path, sent.choice.options())
    kept = folder / f"input{sent.path.suffix}"
    where = str(kept.relative_to(services.settings.home))
    if kept.is_file():
        before = next((job for job in jobs.list(owner=caller.signed, limit=1_000) if job.input_path == where), None)
        if before is not None:
            return before
    folder.mkdir(exist_ok=True)
    sent.path.replace(kept)
    return jobs.add(
        KIND,
        caller.signed,
        file_name=sent.file_name,
        input_path=where,
        options=sent.choice.model_dump_json(),
        total=source.total,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _view(job: Job) -> Batch:
    choice = BatchChoice.model_validate_json(job.options)
    return Batch(
        **job.model_dump(include=set(Batch.model_fields) - {"format", "result"}),
        format=choice.format,
        result=f"/api/v1/batches/{job.id}/result" if job.state == "done" else None,
    )
