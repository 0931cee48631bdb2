"""Measures the store on SQLite and PostgreSQL: decisions a second, crowds of reviewers, kills, long lists.

``python evals/scripts/store_load.py [--rows N] [--kills N] [--each N] [--only sqlite|postgresql]`` prints one line a
figure; both databases write to the disk as in earnest. Exit code 1 where anything was lost, doubled or broken.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "unit" / "store")]

from reviewers import (  # noqa: E402
    Tally,
    decide,
    decide_in_threads,
    decide_until_killed,
    fill,
    shared_work,
)

from firstprint.domain.kept import QueueFilter  # noqa: E402
from firstprint.store.opening import open_store  # noqa: E402
from firstprint.store.proposals import ProposalStore  # noqa: E402
from postgres_server import PostgresServer  # noqa: E402

REVIEWERS, PROCESSES = 50, 5
APPENDS = 500
REPEATS = 20
WORK_AHEAD = 60
SECONDS = 120


class Checks:
    """What did not hold; printed as it is found."""

    def __init__(self) -> None:
        self.broken: list[str] = []

    def hold(self, what: str, *, true: bool) -> None:
        """Keeps ``what`` where it is not ``true``."""
        if not true:
            self.broken.append(what)
            print(f"  BROKEN: {what}")


def rate(url: str) -> None:
    """One reviewer, one decision a transaction."""
    with open_store(url) as store:
        fill(store, APPENDS)
        begin = time.perf_counter()
        decide(store, "Ana", range(APPENDS))
        print(f"  one reviewer: {APPENDS / (time.perf_counter() - begin):.0f} decisions/s")


def crowd(url: str, each: int, checks: Checks) -> None:
    """Fifty reviewers in five processes; every proposal is tried by two of them."""
    proposals = REVIEWERS * each // 2
    with open_store(url) as store:
        fill(store, proposals)
    work = shared_work(REVIEWERS, each)
    share = REVIEWERS // PROCESSES
    jobs = [
        (url, [f"r{n}" for n in range(first, first + share)], work[first : first + share])
        for first in range(0, REVIEWERS, share)
    ]
    begin = time.perf_counter()
    with multiprocessing.get_context("forkserver").Pool(PROCESSES) as pool:
        told: list[Tally] = pool.starmap(decide_in_threads, jobs)
    took = time.perf_counter() - begin
    accepted = [one for each_told in told for one in each_told.kept]
    conflicts = sum(each_told.conflicts for each_told in told)
    with open_store(url) as store:
        kept = store.decisions.since(0)
        begin = time.perf_counter()
        report = store.audit.verify()
        verified = time.perf_counter() - begin
        confirmed = store.count("confirmed")
    lost = len(set(accepted) - {one.id for one in kept})
    doubled = len(kept) - len({one.proposal_id for one in kept})
    print(
        f"  {REVIEWERS} reviewers × {each} in {PROCESSES} processes: {took:.1f} s, "
        f"{REVIEWERS * each / took:.0f} tries/s; "
        f"{len(accepted)} accepted, {conflicts} conflicts, {lost} lost, {doubled} doubled; "
        f"chain {'whole' if report.whole else 'BROKEN'}, verified in {verified:.1f} s"
    )
    checks.hold("every try is told", true=len(accepted) + conflicts == REVIEWERS * each)
    checks.hold("one decision a proposal", true=len(kept) == len(accepted) == confirmed == proposals)
    checks.hold("nothing lost or doubled", true=lost == doubled == 0)
    checks.hold("chain whole", true=report.whole)


def kills(url: str, how_many: int, checks: Checks) -> None:
    """A process that decides as fast as it can is killed at a random moment, again and again."""
    with open_store(url) as store:
        fill(store, how_many * WORK_AHEAD)
    context = multiprocessing.get_context("forkserver")
    dice = random.Random(11)  # noqa: S311 - moments of kills, no secret
    told = untold = finished = 0
    for number in range(how_many):
        hears, says = context.Pipe(duplex=False)
        begin = number * WORK_AHEAD
        process = context.Process(target=decide_until_killed, args=(url, begin, begin + WORK_AHEAD, says))
        process.start()
        says.close()
        hears.poll(SECONDS)
        process.join(dice.uniform(0.0, 0.08))
        process.kill()
        process.join(SECONDS)
        finished += process.exitcode == 0
        heard = []
        try:
            while hears.poll():
                heard.append(hears.recv_bytes().decode())
        except EOFError:
            pass
        with open_store(url) as store:
            mine = [one.id for one in store.decisions.since(0) if begin <= int(one.id[2:]) < begin + WORK_AHEAD]
        checks.hold(f"kill {number}: what was accepted is there", true=mine[: len(heard)] == heard)
        checks.hold(f"kill {number}: at most one more", true=len(mine) - len(heard) <= 1)
        told += len(heard)
        untold += len(mine) - len(heard)
    with open_store(url) as store:
        report = store.audit.verify()
    checks.hold("chain whole after kills", true=report.whole)
    print(
        f"  {how_many} kills ({finished} came after the work was done): {told} decisions accepted and all there, "
        f"{untold} more committed and not told, chain {'whole' if report.whole else 'BROKEN'}"
    )


def lists(url: str, rows: int) -> None:
    """Pages of fifty out of many rows, in milliseconds."""
    with open_store(url) as store:
        begin = time.perf_counter()
        fill(store, rows)
        decide(store, "Ana", range(0, rows, rows // 200))
        print(f"  {rows:,} rows filled in {time.perf_counter() - begin:.0f} s")
        for name, call in asked(store).items():
            call()
            times = []
            for _ in range(REPEATS):
                begin = time.perf_counter()
                call()
                times.append((time.perf_counter() - begin) * 1000)
            times.sort()
            print(f"  {name:<34} p50 {statistics.median(times):7.1f} ms   p95 {times[int(REPEATS * 0.95) - 1]:7.1f} ms")


def asked(store: ProposalStore) -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    page, count = store.queue.page, store.queue.count
    deep = page(limit=1000).following
    for _ in range(20):
        deep = page(limit=1000, after=deep).following
    return {
        "first page by importance": page,
        "first page, proposed": lambda: page(QueueFilter(status="proposed")),
        "first page, newest": lambda: page(order="newest"),
        "page behind 21,000 others": lambda: page(after=deep),
        "text in one of five": lambda: page(QueueFilter(text="铝板")),
        "text in one row": lambda: page(QueueFilter(text="No. 54321")),
        "text in none": lambda: page(QueueFilter(text="nowhere")),
        "language, probability, owner": lambda: page(QueueFilter(language="zh", min_probability=0.9, owner="r3")),
        "flag and status rejected (none)": lambda: page(QueueFilter(flag="wide_interval", status="rejected")),
        "count of all": count,
        "count of proposed": lambda: count(QueueFilter(status="proposed")),
        "count by text": lambda: count(QueueFilter(text="铝板")),
    }


def main() -> int:
    """Runs every measurement on each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--each", type=int, default=200)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    multiprocessing.get_context("forkserver").set_forkserver_preload(["reviewers", "psycopg"])
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        if given.only != "postgresql":
            print("SQLite")
            measure(lambda name: f"sqlite:///{folder}/{name}.db", given, checks)
        if given.only != "sqlite":
            server = PostgresServer(durable=True)
            try:
                print("PostgreSQL")
                measure(lambda _: server.new_database(), given, checks)
            finally:
                server.close()
    print("all held" if not checks.broken else f"{len(checks.broken)} broken")
    return 1 if checks.broken else 0


def measure(url: Callable[[str], str], given: argparse.Namespace, checks: Checks) -> None:
    """Every measurement on one kind of database, each on a fresh one."""
    rate(url("rate"))
    crowd(url("crowd"), given.each, checks)
    kills(url("kills"), given.kills, checks)
    lists(url("lists"), given.rows)


if __name__ == "__main__":
    sys.exit(main())
