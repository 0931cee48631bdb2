"""Requests a second and waiting times of ``firstprint serve``, beside the encoder alone in the same run.

Run: ``python evals/scripts/server_load.py [--home DIR] [--seconds 10] [--workers 1]``; prints one table in Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import NamedTuple

CONCURRENCY = (1, 8, 32)
TEXTS = (
    "25 g PET bottle", "hot rolled steel sheet", "棉质T恤", "铝型材 6063", "corrugated cardboard box",
    "laptop computer", "Portland cement", "大豆油", "glass jar with lid", "锂离子电池",
)  # fmt: skip
_AT = re.compile(r"firstprint is at http://([^:]+):(\d+)")


class Measured(NamedTuple):
    """One row of the table; times in milliseconds."""

    concurrency: int
    requests: int
    per_second: float
    p50_ms: float
    p95_ms: float
    failed: int


def main() -> None:
    """Measures and prints."""
    options = _options()
    settings_home = Path(options.home) if options.home else None
    alone = encoder_rate(settings_home)
    with tempfile.TemporaryDirectory() as folder, served(settings_home, options.workers, folder) as (address, pid):
        ask(address, 20, 1, 5.0)
        before = resident_mib(pid)
        rows = [ask(address, 10**9, each, options.seconds) for each in CONCURRENCY]
        workers = resident_mib(pid)
    print(f"Encoder alone, one text at a time: {alone:.0f} texts/s.")
    print(f"firstprint serve --workers {options.workers}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}.\n")
    print("| concurrency | requests | requests/s | p50 ms | p95 ms | failed |")
    print("|---:|---:|---:|---:|---:|---:|")
    for row in rows:
        print(
            f"| {row.concurrency} | {row.requests} | {row.per_second:.1f} | {row.p50_ms:.0f} | {row.p95_ms:.0f} | "
            f"{row.failed} |"
        )
    print(f"\nResident memory of each process, MiB: {before} after 20 requests, {workers} after all.")


def encoder_rate(home: Path | None) -> float:
    """Texts a second that the encoder alone turns into vectors, one at a time, none of them seen before."""
    from firstprint.settings import load_settings
    from firstprint.workspace import encoder_of

    encoder = encoder_of(load_settings(home))
    encoder.encode([TEXTS[0]])
    started, done = time.perf_counter(), 0
    while time.perf_counter() - started < 3.0:
        encoder.encode([f"{TEXTS[done % len(TEXTS)]} {done}"])
        done += 1
    return done / (time.perf_counter() - started)


@contextmanager
def served(home: Path | None, workers: int, folder: str) -> Iterator[tuple[tuple[str, int], int]]:
    """A server over the workspace with an empty database; its address and process id."""
    where = ["--home", str(home)] if home else []
    command = [sys.executable, "-m", "firstprint", *where, "serve", "--port", "0", "--workers", str(workers)]
    environment = {**os.environ, "FIRSTPRINT_DATABASE_URL": f"sqlite:///{folder}/load.db"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        found = _AT.search(process.stdout.readline())
        if found is None:
            raise SystemExit("the server did not start")
        try:
            yield (found[1], int(found[2])), process.pid
        finally:
            process.terminate()


def ask(address: tuple[str, int], most: int, concurrency: int, seconds: float) -> Measured:
    """Sends estimates over kept connections for some seconds; no text is sent twice."""
    numbers, taken, failed = count(), list[float](), list[int]()
    stop = time.perf_counter() + seconds

    def client() -> None:
        connection = HTTPConnection(*address, timeout=120)
        while time.perf_counter() < stop and (number := next(numbers)) < most:
            text = f"{TEXTS[number % len(TEXTS)]} {concurrency}-{number}"
            started = time.perf_counter()
            connection.request(
                "POST", "/api/v1/estimates", json.dumps({"text": text}), {"Content-Type": "application/json"}
            )
            answer = connection.getresponse()
            answer.read()
            taken.append(time.perf_counter() - started)
            if answer.status != 200:
                failed.append(answer.status)
        connection.close()

    started = time.perf_counter()
    clients = [threading.Thread(target=client) for _ in range(concurrency)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    whole, ordered = time.perf_counter() - started, sorted(taken)
    at = [1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95)]
    return Measured(concurrency, len(taken), len(taken) / whole, at[0], at[1], len(failed))


def resident_mib(pid: int) -> list[int]:
    """Resident memory of a process and its children, as /proc has it; shared pages count in each."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if int(status.parent.name) == pid or int(fields["PPid"]) == pid:
            found.append(int(fields.get("VmRSS", "0 kB").split()[0]) // 1024)
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", default="")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--workers", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
