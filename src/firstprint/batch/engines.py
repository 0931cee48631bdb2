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


class Parts(NamedTuple):
    """What a batch is answered from; every worker must open the same, however late it starts."""

    index_id: str
    surrogate_id: str


class Answered(NamedTuple):
    """A chunk's outcomes."""

    place: int
    outcomes: tuple[Outcome, ...]


def answered_here(answerer: Answerer, chunks: Iterable[Chunk]) -> Iterator[Answered]:
    """Answers chunks in this process, in their order."""
    for chunk in chunks:
        yield Answered(chunk.place, answerer.answer(chunk))


def answered_by_processes(
    settings: Settings, plan: Plan, parts: Parts, chunks: Iterable[Chunk], workers: int
) -> Iterator[Answered]:
    """Answers chunks in processes that map the same index into memory, in the order in which they are done.

    A process that is killed loses nothing: its chunk is handed out again, up to three times in a run.

    Raises:
        WorkspaceError: processes keep dying, or one was started anew after the catalogue or a model had changed.
    """
    source, waiting, breakdowns = iter(chunks), list[Chunk](), 0
    while True:
        try:
            yield from _until_broken(settings, plan, parts, source, waiting, workers)
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
    settings: Settings, plan: Plan, parts: Parts, source: Iterator[Chunk], waiting: list[Chunk], workers: int
) -> Iterator[Answered]:
    """Answers all chunks; what is handed out and not yet back stands in ``waiting``."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_open_worker, initargs=(settings, plan, parts))
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


class Worker:
    """Answers chunks from a workspace that it opens itself."""

    def __init__(self, settings: Settings, plan: Plan, parts: Parts) -> None:
        """Opens the workspace, once for all of its chunks."""
        assistant = open_for_batch(settings, plan).assistant
        said = assistant.provenance()
        self._parts, self._found = parts, Parts(said.index_id, said.surrogate_id)
        self._answerer = Answerer(assistant, plan)

    def answer(self, chunk: Chunk) -> tuple[Outcome, ...]:
        """The outcomes of a chunk.

        Raises:
            WorkspaceError: the catalogue or a model changed since the batch began.
        """
        if self._found != self._parts:
            raise WorkspaceError(
                "The catalogue or a model changed while the batch ran: it began with index "
                f"{self._parts.index_id} and surrogate {self._parts.surrogate_id}, a worker that was started later "
                f"found index {self._found.index_id} and surrogate {self._found.surrogate_id}.",
                hint="What was answered is kept. Put back what changed and go on with --resume, or delete the job "
                "folder and begin anew.",
                code="batch_changed",
            )
        return self._answerer.answer(chunk)


_WORKER: list[Worker] = []
"""What answers in this process, where it is a worker."""


def _open_worker(settings: Settings, plan: Plan, parts: Parts) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _WORKER[:] = [Worker(settings, plan, parts)]


def _end_with_parent() -> None:
    """Ends this process once its parent is gone: a killed run leaves no worker that waits and holds memory."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _answer(chunk: Chunk) -> Answered:
    return Answered(chunk.place, _WORKER[0].answer(chunk))
