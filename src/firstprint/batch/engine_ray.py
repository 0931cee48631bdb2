"""Answers chunks on a Ray cluster: Ray Data maps them over a pool of actors, each of which opens the index once.

The only file that imports ray, and only when that engine is asked for. Chunks and outcomes travel as JSON. What Ray
does when an actor dies (it starts another and gives it the same chunk) changes no output: a chunk's answer depends on
the chunk, the plan and the workspace alone. The workspace must lie where every node reads it, as on shared storage.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import socket
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from firstprint.batch.answering import Plan
from firstprint.batch.engines import Answered, Parts, Worker
from firstprint.batch.records import BatchRow, Chunk, Flat, Outcome
from firstprint.errors import InputError, WorkspaceError
from firstprint.intake import RawRequest

if TYPE_CHECKING:
    from firstprint.settings import Settings

ADDRESS: Final = "RAY_ADDRESS"
"""Ray's own variable: the cluster to join; unset starts one on this machine."""
_STORE_BYTES: Final = 256 * 1024**2
"""Of a cluster started here: chunks and outcomes pass through it, and what does not fit goes to disk."""
_LONGEST_FOLDER: Final = 30
"""Ray's sockets lie about 65 characters below its folder, and a socket's path may have 107 (unix(7), sun_path)."""
_REACHED_WITHIN_S: Final = 10.0
_CHUNKS_TOGETHER: Final = 4_096
"""Chunks handed to Ray at once, a million rows or 100 MB: an input of any length fits the driver and Ray's store."""
_QUIET: Final = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
"""Ray's variables, where the user has not set them: no report to its makers, no lines between those of the batch."""


def answered_by_ray(
    settings: Settings, plan: Plan, parts: Parts, chunks: Iterable[Chunk], workers: int
) -> Iterator[Answered]:
    """Answers chunks by a pool of actors, in the order in which they are done.

    Args:
        settings: of the workspace.
        plan: of the batch.
        parts: what it began with.
        chunks: handed on a million rows at a time.
        workers: actors.

    Raises:
        InputError: ray is not installed.
        WorkspaceError: the cluster cannot be reached, or its actors fail again and again.
    """
    ray = _ray()
    source = iter(chunks)
    first = list(itertools.islice(source, _CHUNKS_TOGETHER))
    if not first:
        return
    with _cluster(ray, workers), _told(ray):
        window = first
        while window:
            yield from _window(ray, (settings, plan, parts), window, workers)
            window = list(itertools.islice(source, _CHUNKS_TOGETHER))


def _window(
    ray: Any,  # noqa: ANN401
    opening: tuple[Settings, Plan, Parts],
    chunks: list[Chunk],
    workers: int,
) -> Iterator[Answered]:
    items = [{"place": chunk.place, "body": chunk_to_json(chunk)} for chunk in chunks]
    ray.data.DataContext.get_current().enable_progress_bars = False
    answered = ray.data.from_items(items, override_num_blocks=len(items)).map_batches(
        _Actor,
        fn_constructor_args=opening,
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(size=workers),
        num_cpus=1,
    )
    for row in answered.iter_rows():
        if row["fault"]:
            message, hint, code = json.loads(row["fault"])
            raise WorkspaceError(message, hint=hint, code=code)
        yield Answered(int(row["place"]), outcomes_from_json(row["body"]))


@contextmanager
def _cluster(ray: Any, workers: int) -> Iterator[None]:  # noqa: ANN401
    """A cluster that is joined, or started on this machine's loopback alone and ended with the run."""
    if ray.is_initialized():
        yield
        return
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "error"}
    with tempfile.TemporaryDirectory(prefix="fp-ray-", ignore_cleanup_errors=True) as folder:
        here: dict[str, Any] = {
            "num_cpus": workers,
            "include_dashboard": False,
            "object_store_memory": _STORE_BYTES,
            "_node_ip_address": "127.0.0.1",
        }
        if len(folder) <= _LONGEST_FOLDER:
            here["_temp_dir"] = folder
        address = os.environ.get(ADDRESS)
        try:
            _reach(address)
            ray.init(**({"address": address} if address else here), **quiet)
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            raise WorkspaceError(
                f"The Ray cluster {address or 'on this machine'} cannot be used: {' '.join(str(error).split())[:300]}.",
                hint=f"Check that it runs with the same versions of Ray and Python, and {ADDRESS}.",
                code="ray_cluster",
            ) from error
        try:
            yield
        finally:
            ray.shutdown()


def _reach(address: str | None) -> None:
    """Looks whether somebody listens where the cluster should be: Ray itself goes on asking for minutes.

    Raises:
        OSError: nobody does.
    """
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), timeout=_REACHED_WITHIN_S).close()


@contextmanager
def _told(ray: Any) -> Iterator[None]:  # noqa: ANN401
    """Turns what Ray raises into one message that names the way on."""
    try:
        yield
    except ray.exceptions.RayError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
        raise WorkspaceError(
            f"The Ray cluster gave up: {lines[-1][:300]}",
            hint="What was answered is kept; go on with --resume. Every node must read the same home folder.",
            code="ray_failed",
        ) from error


class _Actor:
    """One worker of the cluster."""

    def __init__(self, settings: Settings, plan: Plan, parts: Parts) -> None:
        """Opens the workspace, once for all of its chunks."""
        self._worker = Worker(settings, plan, parts)

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        """The outcomes of the chunks of one batch; an error of ours comes as text, since Ray would bury its message."""
        places, fault = [int(place) for place in batch["place"]], ""
        try:
            bodies = [outcomes_to_json(self._worker.answer(chunk_from_json(body))) for body in batch["body"]]
        except WorkspaceError as error:
            bodies, fault = [""] * len(places), json.dumps([error.message, error.hint, error.code])
        return {"place": places, "body": bodies, "fault": [fault] * len(places)}


def _ray() -> Any:  # noqa: ANN401 - ray is optional
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise InputError(
            f"The engine ray needs Ray, which cannot be imported ({error}).",
            hint="Install it: pip install 'firstprint[ray]'; or leave --engine out.",
            code="ray_missing",
        ) from error
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    return ray


def chunk_to_json(chunk: Chunk) -> str:
    """A chunk as text; every character and number comes back as it was."""
    return json.dumps([chunk.place, [list(row) for row in chunk.rows]])


def chunk_from_json(text: str) -> Chunk:
    """A chunk from ``chunk_to_json``."""
    place, rows = json.loads(text)
    made = (
        BatchRow(number, row_id, None if raw is None else RawRequest(*raw), error)
        for number, row_id, raw, error in rows
    )
    return Chunk(place, tuple(made))


def outcomes_to_json(outcomes: Iterable[Outcome]) -> str:
    """Outcomes as text."""
    return json.dumps([[list(one.flat), one.record] for one in outcomes])


def outcomes_from_json(text: str) -> tuple[Outcome, ...]:
    """Outcomes from ``outcomes_to_json``."""
    return tuple(Outcome(Flat(*flat), record) for flat, record in json.loads(text))
