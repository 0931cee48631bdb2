"""Engines: where chunks are answered. In this process, in processes beside it, or on a Ray cluster.

All of them run ``Answerer.answer``; an engine decides only where. Chunks come back in any order, each with its place.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from firstprint.batch.answering import Answerer, Plan, open_for_batch
from firstprint.batch.records import Chunk, Outcome
from firstprint.errors import WorkspaceError

if TYPE_CHECKING:
    from firstprint.settings import Settings

_WAITING_A_WORKER: Final = 2
"""Chunks handed out a worker: one is answered, one waits, and no more of the input is held."""
_BREAKDOWNS: Final = 3


class Answered(NamedTuple):
    """A chunk's outcomes."""

    place: int
    outcomes: tuple[Outcome, ...]


def answered_here(answerer: Answerer, chunks: Iterable[Chunk]) -> Iterator[Answered]:
    """Answers chunks in this process, in their order."""
    for chunk in chunks:
        yield Answered(chunk.place, answerer.answer(chunk))


def answered_by_processes(settings: Settings, plan: Plan, chunks: Iterable[Chunk], workers: int) -> Iterator[Answered]:
    """Answers chunks in processes that map the same index into memory, in the order in which they are done.

    A process that is killed loses nothing: its chunk is handed out again, up to three times in a run.

    Raises:
        WorkspaceError: processes keep dying.
    """
    source, waiting, breakdowns = iter(chunks), list[Chunk](), 0
    while True:
        try:
            yield from _until_broken(settings, plan, source, waiting, workers)
        except BrokenProcessPool as error:
            breakdowns += 1
            if breakdowns > _BREAKDOWNS:
                raise WorkspaceError(
                    f"A worker process died {breakdowns} times; it may lack memory.",
                    hint="Go on with fewer: --resume --workers 1.",
                    code="batch_workers",
                ) from error
        else:
            return


def _until_broken(
    settings: Settings, plan: Plan, source: Iterator[Chunk], waiting: list[Chunk], workers: int
) -> Iterator[Answered]:
    """Answers all chunks; what is handed out and not yet back stands in ``waiting``."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_open_worker, initargs=(settings, plan))
    try:
        running: dict[Future[Answered], Chunk] = {pool.submit(_answer, chunk): chunk for chunk in waiting}
        while True:
            for chunk in islice(source, max(0, _WAITING_A_WORKER * workers - len(running))):
                waiting.append(chunk)
                running[pool.submit(_answer, chunk)] = chunk
            if not running:
                return
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                answered = done.result()
                waiting.remove(running.pop(done))
                yield answered
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_WORKER: list[Answerer] = []
"""The answerer of this process, where it is a worker."""


def _open_worker(settings: Settings, plan: Plan) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _WORKER[:] = [Answerer(open_for_batch(settings, plan).assistant, plan)]


def _end_with_parent() -> None:
    """Ends this process once its parent is gone: a killed run leaves no worker that waits and holds memory."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _answer(chunk: Chunk) -> Answered:
    return Answered(chunk.place, _WORKER[0].answer(chunk))
