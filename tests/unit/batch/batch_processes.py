"""Runs of ``firstprint batch`` as processes of their own, what runs below them, and tables for them."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_S = 240


def table(path: Path, rows: int) -> Path:
    """A table of distinct rows, one in ten at fault."""
    texts = ("25 g PET bottle", "热轧卷板", "cotton T-shirt", "办公椅", "Stahlblech", "广东电网电力")
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(("编号", "品名", "数量"))
        writer.writerows((f"R{n}", f"{texts[n % len(texts)]} {n}" if n % 10 != 9 else "", n + 1) for n in range(rows))
    return path


def command(source: object, target: object, home: object, *more: str) -> list[str]:
    """A run as a user starts it."""
    return [sys.executable, "-m", "firstprint", "batch", str(source), str(target), "--home", str(home), *more]


def finished(*words: object) -> subprocess.CompletedProcess[str]:
    """Runs ``command`` to its end."""
    return subprocess.run(command(*words), capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def started(*words: object) -> subprocess.Popen[str]:
    """Starts ``command``."""
    return subprocess.Popen(command(*words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def below(pid: int) -> dict[int, str]:
    """Processes that a process has started, directly or not, with their command lines."""
    parents: dict[int, int] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found, edge = {}, {pid}
    while edge:
        edge = {child for child, parent in parents.items() if parent in edge}
        found.update({child: line for child in edge if (line := _line(child))})
    return found


def _line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(true: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Waits until something is true of a run that goes on.

    Raises:
        AssertionError: the run ended first, or it took too long.
    """
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        if process.poll() is not None:
            raise AssertionError(f"ended with {process.returncode}: {process.communicate()[0][-2000:]}")
        if time.monotonic() > deadline:
            process.kill()
            raise AssertionError("took too long")
        time.sleep(0.01)


def kill(pid: int) -> None:
    """``kill -9``."""
    os.kill(pid, signal.SIGKILL)


def wait_until(true: Callable[[], object]) -> None:
    """Waits until something is true.

    Raises:
        AssertionError: it took too long.
    """
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError("took too long")
        time.sleep(0.05)
