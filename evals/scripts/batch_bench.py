"""How fast batches are, beside the encoder alone, in one run on one machine.

    .venv/bin/python evals/scripts/batch_bench.py [--rows 20000] [--home DIR] [--rounds 3]        (make bench)

Distinct mixed rows of ``batch_rows.py``; each figure is the median of the rounds, after a warm-up, in rows a second of
processor time (wall-clock beside it), so that other work on the machine disturbs the ratios little. Compared are: the
encoder on the descriptions alone; the encoder on every text that a search needs (description and ways to ask); the
pipeline to a flat table and to records; the same rows five times over; and a cold ``firstprint estimate`` beside a bare
import and load of numpy, faiss and the encoder.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from batch_rows import lines, write_rows

from firstprint.batch.answering import Answerer, KeepingEncoder, Opened, Plan, open_for_batch
from firstprint.batch.reader import open_source
from firstprint.batch.records import BatchOptions, Chunk
from firstprint.errors import FirstprintError
from firstprint.settings import load_settings

REPEATED = 5
RECORD_ROWS = 512
WARM_UP_ROWS = 128
BARE = "import numpy, faiss\nfrom firstprint.embedding.opening import open_encoder\nopen_encoder().encode(['steel'])\n"


class Timed(NamedTuple):
    """Seconds of one piece of work."""

    cpu: float
    wall: float


def timed(work: Callable[[], object]) -> Timed:
    """Runs a piece of work once."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Timed(time.process_time() - cpu, time.perf_counter() - wall)


def median(rounds: list[Timed]) -> Timed:
    """The median of each."""
    return Timed(statistics.median(one.cpu for one in rounds), statistics.median(one.wall for one in rounds))


def chunks_of(rows: int, repeat: int, folder: Path) -> list[Chunk]:
    """The table as chunks."""
    path = folder / f"rows-{rows}-{repeat}.csv"
    write_rows(path, lines(rows // repeat), repeat)
    options = BatchOptions()
    return list(open_source(path, options).chunks(options, options.chunk_rows, frozenset()))


def pipeline(opened: Opened, chunks: list[Chunk], *, records: bool) -> None:
    """Answers all chunks as a fresh process would."""
    forget(opened)
    plan = Plan("bench", "2026-01-01T00:00:00+00:00", records, opened.decisions, opened.assistant.ranker)
    answerer = Answerer(opened.assistant, plan)
    for chunk in chunks:
        answerer.answer(chunk)


def forget(opened: Opened) -> None:
    """Empties what is kept of texts and products; what is kept of datasets stays, as in a long run."""
    encoder, surrogate = opened.assistant.encoder, opened.assistant.surrogate
    if isinstance(encoder, KeepingEncoder):
        encoder._kept.clear()
    opened.assistant.search._ways.clear()
    if surrogate is not None:
        surrogate._kept.clear()
        surrogate._kept_masses.clear()


def told(name: str, rows: int, one: Timed, base: Timed | None = None) -> None:
    """Prints a line."""
    ratio = "" if base is None else f"   ratio {base.cpu / one.cpu:.3f}"
    print(f"{name:<44} {rows / one.cpu:9.1f} rows/s cpu {rows / one.wall:9.1f} wall{ratio}", flush=True)


def cold(home: Path, rounds: int) -> None:
    """A cold estimate beside bare imports."""
    environment = {**os.environ, "FIRSTPRINT_HOME": str(home)}
    estimate = [sys.executable, "-m", "firstprint", "estimate", "25 g PET bottle", "--json"]
    took: dict[str, list[float]] = {"bare": [], "estimate": []}
    for _ in range(rounds + 1):
        for name, command in (("bare", [sys.executable, "-c", BARE]), ("estimate", estimate)):
            started = time.perf_counter()
            subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
            took[name].append(time.perf_counter() - started)
    bare, whole = (statistics.median(took[name][1:]) for name in ("bare", "estimate"))
    print(f"cold estimate {whole:.2f} s, bare import and load {bare:.2f} s, ratio {whole / bare:.2f}")


def main() -> int:
    """Prints all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--home", type=Path, default=None)
    given = parser.parse_args()
    with contextlib.ExitStack() as kept:
        home = given.home or Path(kept.enter_context(tempfile.TemporaryDirectory()))
        opened = open_for_batch(load_settings(home))
        folder = Path(kept.enter_context(tempfile.TemporaryDirectory()))
        distinct, repeated = chunks_of(given.rows, 1, folder), chunks_of(given.rows, REPEATED, folder)
        asked = [row.raw for chunk in distinct for row in chunk.rows if row.raw is not None]
        texts: dict[str, None] = {}
        for raw in asked:
            with contextlib.suppress(FirstprintError):
                texts.update(dict.fromkeys(opened.assistant.texts(raw)))
        encoder = opened.assistant.encoder
        raw_encoder = encoder._encoder if isinstance(encoder, KeepingEncoder) else encoder
        pipeline(opened, [distinct[0]._replace(rows=distinct[0].rows[:WARM_UP_ROWS])], records=True)
        rows, work = given.rows, range(given.rounds)
        plain = median([timed(lambda: raw_encoder.encode([raw.text for raw in asked])) for _ in work])
        told("encoder, descriptions", rows, plain)
        every = median([timed(lambda: raw_encoder.encode(list(texts))) for _ in work])
        told(f"encoder, all {len(texts) / rows:.2f} texts a row", rows, every, plain)
        flat = median([timed(lambda: pipeline(opened, distinct, records=False)) for _ in work])
        told("pipeline, flat, distinct", rows, flat, plain)
        print(f"{'':<44} against the encoder on all its texts: {every.cpu / flat.cpu:.3f}")
        again = median([timed(lambda: pipeline(opened, repeated, records=False)) for _ in work])
        told(f"pipeline, flat, each text {REPEATED} times", rows, again, flat)
        few = distinct[: max(1, RECORD_ROWS // len(distinct[0].rows))]
        count = sum(len(chunk.rows) for chunk in few)
        told("pipeline, records", count, timed(lambda: pipeline(opened, few, records=True)))
        cold(home, given.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
