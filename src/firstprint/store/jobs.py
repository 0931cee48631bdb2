"""Keeps batch jobs. A worker holds a job by a lease; when the worker dies, another one takes the job up, once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from firstprint.domain.jobs import ENDED, Job, JobState
from firstprint.errors import ConflictError, InputError
from firstprint.plain_text import MAX_NAME_CHARS, plain
from firstprint.store.database import Database
from firstprint.store.tables_jobs import JobRow
from firstprint.store.tokens import now_utc

LEASE = timedelta(seconds=60)
"""How long a worker that says nothing still holds its job; it should report several times in it."""
MAX_ATTEMPTS = 5
"""A job that ended its worker so often is not taken up again: the sixth would fare no better."""
MAX_ERROR_CHARS = 2_000
MAX_PAGE = 1_000

Jobs = tuple[Job, ...]
"""Named apart because the store's own ``list`` hides the built-in one inside the class."""


class JobStore:
    """The jobs of one database; opened with the proposals, as ``ProposalStore.jobs``.

    Times are those of the caller's clock: machines that share a database keep theirs within seconds, as NTP does.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = now_utc) -> None:
        self._database = database
        self._clock = clock

    def add(
        self, kind: str, owner: str, *, file_name: str = "", input_path: str = "", options: str = "{}", total: int = 0
    ) -> Job:
        """Puts a job into the queue.

        Args:
            kind: which work it is.
            owner: who asks for it.
            file_name: the input as its owner named it.
            input_path: where the input is kept.
            options: how to do it, as JSON; the worker's own.
            total: records there are, where that is known.

        Raises:
            InputError: the owner or the file name breaks its rule.
            WorkspaceError: the database fails.
        """
        job = Job(
            id=str(uuid.uuid4()),
            kind=kind,
            owner=plain(owner, "name", MAX_NAME_CHARS),
            file_name=plain(file_name, "file_name", 255),
            input_path=input_path,
            options=options,
            total=total,
            created=self._clock(),
        )
        with self._database.writing() as session:
            session.add(JobRow(**job.model_dump()))
        return job

    def get(self, job_id: str) -> Job:
        """The job with this id.

        Raises:
            InputError: ``job_unknown``.
            WorkspaceError: the database fails.
        """
        with self._database.reading() as session:
            return _job(_row(session, job_id))

    def list(self, owner: str | None = None, states: Sequence[JobState] = (), limit: int = 50) -> Jobs:
        """Jobs, newest first.

        Args:
            owner: only this one's; None for everybody's.
            states: only in these; empty for all.
            limit: how many at most.

        Raises:
            InputError: ``page_invalid``.
            WorkspaceError: the database fails.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise InputError(f"A page has a limit of 1 to {MAX_PAGE}, got {limit}.", code="page_invalid")
        query = select(JobRow).order_by(JobRow.created.desc(), JobRow.id.desc()).limit(limit)
        if owner is not None:
            query = query.where(JobRow.owner == owner)
        if states:
            query = query.where(JobRow.state.in_(states))
        with self._database.reading() as session:
            return tuple(map(_job, session.scalars(query)))

    def claim(self, worker: str, kinds: Sequence[str] = (), lease: timedelta = LEASE) -> Job | None:
        """Takes up the oldest job that waits, or whose worker has not been heard of for its lease; None without one.

        Two workers never get the same job: SQLite has one writer at a time, PostgreSQL passes over locked rows.

        Args:
            worker: a name of its own for each worker process and start.
            kinds: only these; empty for all.
            lease: how long it is held without a report.

        Raises:
            WorkspaceError: the database fails.
        """
        with self._database.writing() as session:
            while True:
                now = self._clock()
                row = session.scalar(_claimable(now, kinds))
                if row is None:
                    return None
                if (ended := _end_of(row)) is not None:
                    _end(row, *ended, now)
                    session.flush()
                    continue
                row.state, row.worker, row.heartbeat, row.lease_until = "running", worker, now, now + lease
                row.started = row.started or now
                row.attempts += 1
                return _job(row)

    def report(
        self,
        job_id: str,
        worker: str,
        *,
        done: int | None = None,
        total: int | None = None,
        checkpoint: str | None = None,
        lease: timedelta = LEASE,
    ) -> Job:
        """A worker says that it lives and how far it is; where ``cancelling`` comes back, it calls ``stop``.

        Raises:
            ConflictError: ``job_lost`` where another worker has taken the job up, or it has ended.
            InputError: ``job_unknown``.
            WorkspaceError: the database fails.
        """
        told = {"done": done, "total": total, "checkpoint": checkpoint}
        with self._database.writing() as session:
            row = _held(session, job_id, worker)
            for name, value in told.items():
                if value is not None:
                    setattr(row, name, value)
            now = self._clock()
            row.heartbeat, row.lease_until = now, now + lease
            return _job(row)

    def finish(self, job_id: str, worker: str, output_path: str = "") -> Job:
        """A worker has done the job.

        Raises:
            As for ``report``.
        """
        with self._database.writing() as session:
            row = _held(session, job_id, worker)
            row.output_path = output_path
            return _end(row, "done", "", self._clock())

    def fail(self, job_id: str, worker: str, error: str) -> Job:
        """A worker cannot do the job; ``error`` says why in a sentence.

        Raises:
            As for ``report``.
        """
        with self._database.writing() as session:
            return _end(_held(session, job_id, worker), "failed", error[:MAX_ERROR_CHARS], self._clock())

    def stop(self, job_id: str, worker: str) -> Job:
        """A worker has stopped the job because its owner wanted it.

        Raises:
            As for ``report``.
        """
        with self._database.writing() as session:
            return _end(_held(session, job_id, worker), "cancelled", "", self._clock())

    def give_back(self, job_id: str, worker: str) -> Job:
        """A worker that shuts down hands its job back to the queue; the attempt does not count.

        Raises:
            As for ``report``.
        """
        with self._database.writing() as session:
            row = _held(session, job_id, worker)
            row.state, row.worker, row.lease_until = "queued", None, None
            row.attempts -= 1
            return _job(row)

    def cancel(self, job_id: str) -> Job:
        """The owner wants no more of it: a waiting job ends at once, a running one at its worker's next report.

        Raises:
            ConflictError: ``job_ended`` where it has ended already.
            InputError: ``job_unknown``.
            WorkspaceError: the database fails.
        """
        with self._database.writing() as session:
            row = _row(session, job_id, locked=True)
            if row.state in ENDED:
                raise ConflictError(f"The job {job_id!r} has ended: {row.state}.", code="job_ended")
            row.cancelling = True
            return _end(row, "cancelled", "", self._clock()) if row.state == "queued" else _job(row)


def _claimable(now: datetime, kinds: Sequence[str]) -> Select[JobRow]:
    waits = JobRow.state == "queued"
    abandoned = and_(JobRow.state == "running", JobRow.lease_until <= now)
    query = select(JobRow).where(or_(waits, abandoned)).order_by(JobRow.created, JobRow.id).limit(1)
    if kinds:
        query = query.where(JobRow.kind.in_(kinds))
    return query.with_for_update(skip_locked=True)


def _end_of(row: JobRow) -> tuple[JobState, str] | None:
    """How an abandoned job ends that is not taken up again."""
    if row.cancelling:
        return "cancelled", ""
    if row.attempts >= MAX_ATTEMPTS:
        return "failed", f"Its worker ended {row.attempts} times before the job was done."
    return None


def _end(row: JobRow, state: JobState, error: str, now: datetime) -> Job:
    row.state, row.error, row.ended = state, error, now
    row.worker, row.lease_until = None, None
    return _job(row)


def _held(session: Session, job_id: str, worker: str) -> JobRow:
    row = _row(session, job_id, locked=True)
    if row.state != "running" or row.worker != worker:
        holder = f"is {row.state}" if row.state != "running" else f"was taken up by the worker {row.worker!r}"
        raise ConflictError(
            f"The worker {worker!r} does not hold the job {job_id!r} any more: it {holder}.",
            hint="Stop working on it and write nothing.",
            code="job_lost",
        )
    return row


def _row(session: Session, job_id: str, *, locked: bool = False) -> JobRow:
    row = session.get(JobRow, job_id, with_for_update=True if locked else None)
    if row is None:
        raise InputError(
            f"There is no job {job_id!r}.", hint="List them, and take an id from there.", code="job_unknown"
        )
    return row


def _job(row: JobRow) -> Job:
    return Job.model_validate({name: getattr(row, name) for name in Job.model_fields})
