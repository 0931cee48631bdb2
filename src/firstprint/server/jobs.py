"""The thread that works on batch jobs, in every server process: a lease each, renewed while the work goes on."""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from firstprint.domain.jobs import Job
from firstprint.errors import ConflictError, FirstprintError, WorkspaceError
from firstprint.server.batch_jobs import KIND, Stopped, Told, run_job
from firstprint.settings import Settings
from firstprint.store.proposals import ProposalStore

if TYPE_CHECKING:
    from firstprint.server.services import Services

LEASE = timedelta(seconds=20)
"""A job whose server was killed is taken up by another after this time."""
_RENEWED_EVERY_S = 4.0
_LOOKED_EVERY_S = 0.5
_STOP_WAIT_S = 15.0
_RUNNING_ELSEWHERE = "batch_running"
_LOG = logging.getLogger("firstprint.jobs")

Run = Callable[[Settings, ProposalStore, Job, Told, Stopped], Path | None]


class JobWorker:
    """Takes up jobs one after another, until it is stopped."""

    def __init__(self, services: Services, run: Run = run_job) -> None:
        """Begins nothing yet; ``start`` does."""
        self.name = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._services = services
        self._run = run
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="firstprint-jobs", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Hands the job in hand back to the queue and ends; one that does not end in time is left to its lease."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_WAIT_S)

    def _loop(self) -> None:
        with suppress(WorkspaceError):  # once a start is often enough: a key is a hundred bytes
            self._services.store().idempotency.prune()
        while not self._stopping.is_set():
            job = self._claimed()
            if job is None:
                self._stopping.wait(_LOOKED_EVERY_S)
            else:
                self._work(job)

    def _claimed(self) -> Job | None:
        try:
            return self._services.store().jobs.claim(self.name, (KIND,), LEASE)
        except WorkspaceError:  # requests tell of it already; it may come back
            return None

    def _work(self, job: Job) -> None:
        _LOG.info("job %s begins, attempt %d", job.id, job.attempts)
        with _Held(self._services, job, self.name, self._stopping) as held:
            end = self._end_of(job, held)
        with suppress(ConflictError, WorkspaceError):  # lost, or left to the lease: then another takes it up
            ended = end()
            _LOG.info("job %s is %s", job.id, ended.state)

    def _end_of(self, job: Job, held: _Held) -> Callable[[], Job]:
        """Does the work; gives what is to be noted of its end."""
        store = self._services.store()
        try:
            result = self._run(self._services.settings, store, job, held.told, held.stopped)
        except FirstprintError as error:
            _LOG.warning("job %s: %s", job.id, error.message)
            return self._fault(store, job, error)
        except Exception:  # noqa: BLE001 - the end of a thread: whatever happened, the next job is worked on
            _LOG.error("job %s failed", job.id, exc_info=True)
            return lambda: store.jobs.fail(job.id, self.name, "Something failed inside firstprint; see the log.")
        if result is not None:
            return lambda: store.jobs.finish(job.id, self.name, str(result))
        if held.cancelled:
            return lambda: store.jobs.stop(job.id, self.name)
        return lambda: store.jobs.give_back(job.id, self.name)

    def _fault(self, store: ProposalStore, job: Job, error: FirstprintError) -> Callable[[], Job]:
        if error.code == _RUNNING_ELSEWHERE:  # by a worker that lost its lease and has not noticed yet
            self._stopping.wait(_RENEWED_EVERY_S)
            return lambda: store.jobs.give_back(job.id, self.name)
        faults = "; ".join(getattr(error, "faults", ())[:5])
        told = " ".join(part for part in (error.message, faults, error.hint) if part)
        return lambda: store.jobs.fail(job.id, self.name, told)


class _Held:
    """A job in hand: its lease is renewed in a thread of its own, whatever the work is busy with."""

    def __init__(self, services: Services, job: Job, worker: str, stopping: threading.Event) -> None:
        self._services, self._job, self._worker, self._stopping = services, job, worker, stopping
        self._done, self._total = job.done, job.total
        self._over = threading.Event()
        self._lost = False
        self._renewing = threading.Lock()
        self.cancelled = job.cancelling
        self._thread = threading.Thread(target=self._renew, name="firstprint-lease", daemon=True)

    def __enter__(self) -> _Held:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def told(self, done: int, total: int) -> None:
        """Rows done and rows in all."""
        self._done, self._total = done, total
        self._report()

    def stopped(self) -> bool:
        """The work should end: the server stops, its owner wants no more of it, or another holds it."""
        return self._stopping.is_set() or self.cancelled or self._lost

    def _renew(self) -> None:
        while not self._over.wait(_RENEWED_EVERY_S):
            self._report()

    def _report(self) -> None:
        with self._renewing:
            try:
                said = self._services.store().jobs.report(
                    self._job.id, self._worker, done=self._done, total=self._total, lease=LEASE
                )
            except ConflictError:
                self._lost = True
            except WorkspaceError as error:
                _LOG.warning("job %s cannot report: %s", self._job.id, error.message)
            else:
                self.cancelled = said.cancelling
