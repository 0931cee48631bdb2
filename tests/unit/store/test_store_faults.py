"""Many reviewers at once, killed processes, a database that goes and comes back: nothing is lost or doubled."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import signal
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from reviewers import decide, decide_in_threads, decide_until_killed, fill, shared_work
from saved_proposals import make_decision, make_proposal

from firstprint.errors import WorkspaceError
from firstprint.store.opening import open_store
from firstprint.store.proposals import ProposalStore
from postgres_server import PostgresServer

REVIEWERS, EACH = 20, 20
KILLS = 5
FEW = 40
SECONDS = 60


def whole(store: ProposalStore) -> None:
    report = store.audit.verify()
    assert report.faults == ()


def test_reviewers_at_once_lose_and_double_nothing(store_url: str):
    proposals = REVIEWERS * EACH // 2
    with open_store(store_url) as store:
        fill(store, proposals)
    names = [f"r{number}" for number in range(REVIEWERS)]
    told = decide_in_threads(store_url, names, shared_work(REVIEWERS, EACH))
    assert (len(told.kept), told.conflicts) == (proposals, proposals)
    with open_store(store_url) as store:
        kept = store.decisions.since(0)
        assert sorted(one.id for one in kept) == sorted(told.kept)
        assert len({one.proposal_id for one in kept}) == proposals
        assert [one.sequence for one in kept] == list(range(1, proposals + 1))
        assert store.count("confirmed") == proposals
        whole(store)


def drained(pipe: Connection) -> Iterator[str]:
    try:
        while pipe.poll():
            yield pipe.recv_bytes().decode()
    except EOFError:
        return


@pytest.mark.slow
def test_a_process_killed_in_the_middle_of_deciding_leaves_the_store_whole(store_url: str):
    with open_store(store_url) as store:
        fill(store, KILLS * FEW)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["reviewers", "psycopg"])
    dice = random.Random(7)
    told: list[str] = []
    for number in range(KILLS):
        hears, says = context.Pipe(duplex=False)
        begin = number * FEW
        process = context.Process(target=decide_until_killed, args=(store_url, begin, begin + FEW, says))
        process.start()
        says.close()
        assert hears.poll(SECONDS)  # the first decision was accepted
        process.join(dice.uniform(0.0, 0.05))
        process.kill()
        process.join(SECONDS)
        assert process.exitcode in {-signal.SIGKILL, 0}
        heard = list(drained(hears))
        told += heard
        with open_store(store_url) as store:
            mine = [one.id for one in store.decisions.since(0) if begin <= int(one.id[2:]) < begin + FEW]
        assert mine[: len(heard)] == heard  # what was accepted is there, in its order
        assert len(mine) - len(heard) <= 1  # and at most the one that could not be told any more
        hears.close()
        process.close()
    with open_store(store_url) as store:
        whole(store)
        ids = [one.id for one in store.decisions.since(0)]
        assert len(ids) == len(set(ids)) >= len(told) >= KILLS


@pytest.mark.slow
def test_a_server_that_stops_or_crashes_is_told_and_used_again_when_it_is_back(postgres: PostgresServer):
    server = PostgresServer(durable=True)
    try:
        url = server.new_database()
        with open_store(url) as store:
            fill(store, FEW)
            told = decide(store, "Ana", range(10)).kept
            for how, first in ((signal.SIGINT, 10), (signal.SIGQUIT, 20)):
                server.stop(how)
                for call in (store.count, store.audit.verify, lambda: decide(store, "Ana", [FEW - 1])):
                    with pytest.raises(WorkspaceError) as caught:
                        call()
                    assert caught.value.code == "store_unreachable"
                    assert caught.value.hint
                server.start()
                told += decide(store, "Ana", range(first, first + 10)).kept
                assert [one.id for one in store.decisions.since(0)] == told
                whole(store)
    finally:
        server.close()


def test_a_file_that_is_gone_is_told_and_used_again_when_it_is_back(tmp_path: Path):
    file = tmp_path / "firstprint.db"
    with open_store(f"sqlite:///{file}") as store:
        store.save(make_proposal(1))
        store.save(make_proposal(2))
    with open_store(f"sqlite:///{file}") as store:
        store.decisions.append([make_decision(make_proposal(1))])
        backup = tmp_path / "moved.db"
        file.rename(backup)
        for suffix in ("-wal", "-shm"):
            if (log := file.with_name(file.name + suffix)).exists():
                log.rename(backup.with_name(backup.name + suffix))
        for call in (store.count, lambda: store.decisions.append([make_decision(make_proposal(2))])):
            with pytest.raises(WorkspaceError) as caught:
                call()
            assert caught.value.code == "store_unreachable"
        assert not file.exists()  # no empty store was made in its place
        backup.rename(file)
        for suffix in ("-wal", "-shm"):
            if (log := backup.with_name(backup.name + suffix)).exists():
                log.rename(file.with_name(file.name + suffix))
        store.decisions.append([make_decision(make_proposal(2))])
        assert store.count("confirmed") == 2
        whole(store)


def test_a_backup_put_in_place_of_the_file_is_read_at_once(tmp_path: Path):
    file, backup = tmp_path / "firstprint.db", tmp_path / "backup.db"
    with open_store(f"sqlite:///{file}") as store:
        store.save(make_proposal(1))
    shutil.copy(file, backup)
    with open_store(f"sqlite:///{file}") as store:
        store.save(make_proposal(2))
        assert store.count() == 2
        store._database._engine.dispose()  # the log is worked in, as when the last program closes
        backup.replace(file)
        assert store.count() == 1
