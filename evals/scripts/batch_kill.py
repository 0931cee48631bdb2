"""Kills a batch at random moments (``kill -9``), resumes it, and compares with an unbroken run, byte for byte.

    .venv/bin/python evals/scripts/batch_kill.py HOME [--rows 20000] [--kills 20] [--format csv]

Each run is killed once at a moment drawn evenly from the time that the unbroken run took, and then resumed. Records
carry the moment their batch began; it is put in the place of the unbroken run's before comparing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from batch_rows import lines, write_rows

from firstprint.batch.checkpoint import read_manifest
from firstprint.batch.runner import job_folder

MOST_DRAWN = 5
"""Draws a kill: a run that ended before its moment was not killed, and is not counted."""


def command(source: Path, target: Path, home: str, *more: str) -> list[str]:
    """A run of a batch."""
    return [sys.executable, "-m", "firstprint", "batch", str(source), str(target), "--home", home, *more]


def run(source: Path, target: Path, home: str, *more: str) -> None:
    """Runs to the end."""
    subprocess.run(
        command(source, target, home, *more), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def killed(source: Path, target: Path, home: str, after_s: float) -> bool:
    """Starts a run and kills it; False where it had ended before."""
    process = subprocess.Popen(
        command(source, target, home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
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


def main() -> int:
    """Prints a line a kill and the count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--format", default="csv")
    parser.add_argument("--seed", type=int, default=9)
    given = parser.parse_args()
    chance, same, broken = random.Random(given.seed), 0, 0  # noqa: S311
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, whole = folder / "in.csv", folder / f"whole.{given.format}"
        write_rows(source, lines(given.rows))
        started = time.monotonic()
        run(source, whole, given.home)
        took = time.monotonic() - started
        print(f"{given.rows} rows, unbroken {took:.1f} s", flush=True)
        drawn = 0
        while broken < given.kills and drawn < MOST_DRAWN * given.kills:
            drawn += 1
            target, after = folder / f"out{drawn}.{given.format}", chance.uniform(0, took)
            if not killed(source, target, given.home, after):
                print(f"ended before {after:.1f} s: not counted", flush=True)
                target.unlink()
                continue
            broken += 1
            kept, manifest = 0, None
            if job_folder(target).is_dir():
                kept = len(list((job_folder(target) / "parts").glob("0*.jsonl")))
                manifest = read_manifest(job_folder(target))
            if manifest is not None or not target.exists():
                run(source, target, given.home, "--resume")
            now = target.read_bytes().replace(moment(target).encode() or b"\0", moment(whole).encode() or b"\0")
            equal = now == whole.read_bytes()
            same += equal
            told = "identical" if equal else "DIFFERS"
            print(f"{broken}: killed after {after:.1f} s with {kept} chunks kept: {told}", flush=True)
            target.unlink()
    print(f"{same} of {broken} killed runs identical")
    return 0 if same == given.kills else 1


if __name__ == "__main__":
    sys.exit(main())
