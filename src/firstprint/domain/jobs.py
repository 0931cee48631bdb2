"""Work that outlives a request: a batch that waits, runs, and ends."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from firstprint.domain.product import Record

JobState = Literal["queued", "running", "done", "failed", "cancelled"]
"""queued → running → done | failed | cancelled; running → queued where its worker gives it back."""

ENDED: tuple[JobState, ...] = ("done", "failed", "cancelled")


class Job(Record):
    """One batch job.

    Attributes:
        kind: which work it is, for the worker that takes it.
        owner: who asked for it.
        file_name: the input as its owner named it, for display alone.
        input_path: where the input is kept.
        output_path: where the result is or will be; empty before that is known.
        options: how to read and estimate, as JSON; the worker's own.
        done: records finished.
        total: records there are; 0 before that is known.
        error: why it failed, in a sentence.
        checkpoint: where a worker that takes it up again goes on; empty at the beginning.
        worker: who runs it now; None while nobody does.
        attempts: how often a worker has taken it up.
        cancelling: its owner wants it to stop.
        heartbeat: when its worker was last heard of.
        lease_until: from then on another worker may take it up.
    """

    id: str
    kind: str
    state: JobState = "queued"
    owner: str
    file_name: str = ""
    input_path: str = ""
    output_path: str = ""
    options: str = "{}"
    done: int = Field(default=0, ge=0)
    total: int = Field(default=0, ge=0)
    error: str = ""
    checkpoint: str = ""
    worker: str | None = None
    attempts: int = 0
    cancelling: bool = False
    created: datetime
    started: datetime | None = None
    heartbeat: datetime | None = None
    lease_until: datetime | None = None
    ended: datetime | None = None


class KeptAnswer(Record):
    """The answer to a request that was already answered under the same idempotency key."""

    status: int
    body: str
