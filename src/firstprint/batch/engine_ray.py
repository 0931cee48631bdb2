"""Answers chunks on a Ray cluster: Ray Data maps them over a pool of actors, each of which opens the index once.

The only file that imports ray, and only when that engine is asked for. Chunks and outcomes travel as JSON. What Ray
does when an actor dies (it starts another and gives it the same chunk) changes no output: a chunk's answer depends on
the chunk, the plan and the workspace alone. The workspace must lie where every node reads it, as on shared storage.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from firstprint.batch.answering import Answerer, Plan, open_for_batch
from firstprint.batch.engines import Answered
from firstprint.batch.records import BatchRow, Chunk, Flat, Outcome
from firstprint.errors import InputError
from firstprint.intake import RawRequest

if TYPE_CHECKING:
    from firstprint.settings import Settings

ADDRESS: Final = "RAY_ADDRESS"
"""Ray's own variable: the cluster to join; unset starts one on this machine."""


def answered_by_ray(settings: Settings, plan: Plan, chunks: Iterable[Chunk], workers: int) -> Iterator[Answered]:
    """Answers chunks by a pool of actors, in the order in which they are done.

    Args:
        settings: of the workspace.
        plan: of the batch.
        chunks: small: a million rows are about 100 MB in Ray's store.
        workers: actors.

    Raises:
        InputError: ray is not installed.
    """
    ray = _ray()
    items = [{"place": chunk.place, "body": chunk_to_json(chunk)} for chunk in chunks]
    if not items:
        return
    ours = not ray.is_initialized()
    if ours:
        where: dict[str, Any] = {"address": os.environ[ADDRESS]} if ADDRESS in os.environ else {"num_cpus": workers}
        ray.init(**where, include_dashboard=False, log_to_driver=False, logging_level="error")
    try:
        ray.data.DataContext.get_current().enable_progress_bars = False
        answered = ray.data.from_items(items, override_num_blocks=len(items)).map_batches(
            _Actor,
            fn_constructor_args=(settings, plan),
            batch_size=1,
            compute=ray.data.ActorPoolStrategy(size=workers),
            num_cpus=1,
        )
        for row in answered.iter_rows():
            yield Answered(int(row["place"]), outcomes_from_json(row["body"]))
    finally:
        if ours:
            ray.shutdown()


class _Actor:
    """One worker of the cluster."""

    def __init__(self, settings: Settings, plan: Plan) -> None:
        """Opens the workspace, once for all of its chunks."""
        self._answerer = Answerer(open_for_batch(settings, plan).assistant, plan)

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        """The outcomes of the chunks of one batch."""
        bodies = [outcomes_to_json(self._answerer.answer(chunk_from_json(body))) for body in batch["body"]]
        return {"place": [int(place) for place in batch["place"]], "body": bodies}


def _ray() -> Any:  # noqa: ANN401 - ray is optional
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise InputError(
            f"The engine ray needs Ray, which cannot be imported ({error}).",
            hint="Install it: pip install 'firstprint[ray]'; or leave --engine out.",
            code="ray_missing",
        ) from error
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
