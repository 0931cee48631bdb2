"""Kills a batch at random moments (``kill -9``), resumes it, and compares with an unbroken run, byte for byte.

    .venv/bin/python evals/scripts/batch_kill.py HOME [--rows 20000] [--repeat 5] [--kills 20] [--workers 2]

Each run is killed once, with all of its workers, at a moment drawn evenly from the time that the unbroken run took, and
then resumed. Records carry the moment their batch began; it is put in the place of the unbroken run's before comparing.
The unbroken run is made once; with --folder it is kept, for further kills with another --seed on the same state of the
code. Outputs that differ stay in that folder.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from batch_rows import lines, write_rows

from firstprint.batch.checkpoint import read_manifest
from firstprint.batch.runner import job_folder

MOST_DRAWN = 5
"""Draws a kill: a run that ended before its moment was not killed, and is not counted."""


class Given(NamedTuple):
    """What every run has in common."""

    source: Path
    home: str
    workers: int

    def command(self, target: Path, *more: str) -> list[str]:
        """A run of the batch."""
        spread = ["--workers", str(self.workers)]
        return [
            sys.executable,
            "-m",
            "firstprint",
            "batch",
            str(self.source),
            str(target),
            "--home",
            self.home,
            *spread,
            *more,
        ]

    def run(self, target: Path, *more: str) -> float:
        """Runs to the end; the seconds it took.

        Raises:
            SystemExit: it failed; what it said is printed.
        """
        started = time.monotonic()
        done = subprocess.run(self.command(target, *more), capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout, done.stderr, sep="", file=sys.stderr)
            raise SystemExit(f"a run ended with {done.returncode}")
        return time.monotonic() - started

    def killed(self, target: Path, after_s: float) -> bool:
        """Starts a run and kills it with all of its workers; False where it had ended before."""
        process = subprocess.Popen(
            self.command(target), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            process.wait(after_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
        return False


def moment(path: Path) -> str:
    """When the records of an output were made; empty for a flat table."""
    if path.suffix != ".jsonl":
        return ""
    with path.open(encoding="utf-8") as handle:
        return next(
            (record["provenance"]["created"] for line in handle if "provenance" in (record := json.loads(line))), ""
        )


def resumed(given: Given, target: Path) -> tuple[int, float]:
    """Goes on with a killed run: the chunks that it had kept, and the seconds that the rest took."""
    folder = job_folder(target)
    kept = len(list((folder / "parts").glob("0*.jsonl"))) if folder.is_dir() else 0
    goes_on = not target.exists() or (folder.is_dir() and read_manifest(folder) is not None)
    return kept, given.run(target, "--resume") if goes_on else 0.0


def same_bytes(target: Path, whole: Path) -> bool:
    """Whether two outputs are equal, the moment that their batches began apart."""
    now = target.read_bytes().replace(moment(target).encode() or b"\0", moment(whole).encode() or b"\0")
    return now == whole.read_bytes()


def try_kills(given: Given, whole: Path, kills: int, chance: random.Random, took: float) -> int:
    """Kills and resumes that many runs; how many gave the unbroken run's bytes."""
    same = broken = drawn = 0
    while broken < kills and drawn < MOST_DRAWN * kills:
        drawn += 1
        target, after = whole.with_name(f"out{drawn}{whole.suffix}"), chance.uniform(0, took)
        if not given.killed(target, after):
            print(f"  ended before {after:.1f} s: not counted", flush=True)
            target.unlink()
            continue
        broken += 1
        kept, rest_s = resumed(given, target)
        equal = same_bytes(target, whole) and not job_folder(target).exists()
        same += equal
        print(
            f"{broken:>3} of {kills}: killed after {after:6.1f} s with {kept:>3} chunks kept, "
            f"resumed in {rest_s:6.1f} s: {'identical' if equal else 'DIFFERS'}",
            flush=True,
        )
        if equal:
            target.unlink()
    return same


def main() -> int:
    """Prints a line a kill and the count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--repeat", type=int, default=1, help="how often each text stands in the table")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--format", default="csv")
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--folder", type=Path, default=None, help="keeps table and unbroken output for another call")
    asked = parser.parse_args()
    with contextlib.ExitStack() as kept:
        folder = asked.folder or Path(kept.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        given = Given(folder / f"in-{asked.rows}-{asked.repeat}.csv", asked.home, asked.workers)
        whole, noted = (
            folder / f"whole-{asked.rows}-{asked.repeat}.{asked.format}",
            folder / f"seconds-{asked.rows}-{asked.repeat}-{asked.workers}",
        )
        if not (whole.exists() and noted.exists()):
            write_rows(given.source, lines(asked.rows // asked.repeat), asked.repeat)
            noted.write_text(str(given.run(whole)))
        took = float(noted.read_text())
        print(f"{asked.rows:,} rows, --workers {asked.workers}, unbroken in {took:.1f} s", flush=True)
        same = try_kills(given, whole, asked.kills, random.Random(asked.seed), took)  # noqa: S311 - nothing secret
    print(f"{same} of {asked.kills} killed runs identical")
    return 0 if same == asked.kills else 1


if __name__ == "__main__":
    sys.exit(main())
