"""``firstprint serve`` in earnest: refusals before it listens, kills, a database that goes away, two workers."""

from __future__ import annotations

import functools
import json
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from server_process import ServerProcess
from typer.testing import CliRunner

from firstprint.cli.main import app
from firstprint.domain.access import Role
from firstprint.store.opening import open_store

DECISIONS = 60
ROWS = 300
PATIENCE_S = 150

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _built(assistant: object) -> object:
    """Index and models are there before a server is started."""
    return assistant


def refused(home: Path, *options: str, **environment: str) -> str:
    result = CliRunner().invoke(app, ["--home", str(home), "serve", *options], env=environment)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    return result.output


def test_it_listens_elsewhere_only_for_people_who_log_in(home: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'firstprint.db'}"
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.com"):  # noqa: S104 - that it is refused
        assert "serve_open" in refused(home, "--host", host, FIRSTPRINT_DATABASE_URL=url)
    login = {"FIRSTPRINT_LOGIN": "true", "FIRSTPRINT_DATABASE_URL": url}
    assert "admin_missing" in refused(home, "--host", "127.0.0.1", **login)
    roles: tuple[tuple[str, Role], ...] = (("ana", "reviewer"), ("ben", "admin"))
    with open_store(url) as store:
        for name, role in roles:
            store.users.add(name, role)
        store.users.disable("ben")
    assert "admin_missing" in refused(home, **login)
    with open_store(url) as store:
        store.users.add("cem", "admin")
        token = store.tokens.add("cem").secret
    with ServerProcess(home, "--host", "0.0.0.0", **login) as server:  # noqa: S104 - with login that is allowed
        assert server.client.get("/me").status_code == 401
        told = server.get("/me", headers={"Authorization": f"Bearer {token}"})
        assert told == {"name": "cem", "role": "admin", "login": True}
        assert token not in "".join(server.log)


def test_what_is_wrong_is_told_before_it_listens(home: Path, tmp_path: Path) -> None:
    with ServerProcess(home, FIRSTPRINT_DATABASE_URL=f"sqlite:///{tmp_path / 'a.db'}") as server:
        port = server.address.rsplit(":", 1)[1]
        output = refused(home, "--port", port, FIRSTPRINT_DATABASE_URL=f"sqlite:///{tmp_path / 'b.db'}")
        assert "port_taken" in output
        assert server.stop() in (0, -signal.SIGTERM)
    (tmp_path / "broken.db").write_bytes(b"no database at all" * 100)
    assert "store_damaged" in refused(home, FIRSTPRINT_DATABASE_URL=f"sqlite:///{tmp_path / 'broken.db'}")
    (tmp_path / "file").write_text("x")
    assert "home_not_folder" in refused(tmp_path / "file")


def test_killed_in_the_middle_of_decisions_nothing_is_lost_or_doubled(home: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'firstprint.db'}"
    with ServerProcess(home, FIRSTPRINT_DATABASE_URL=url) as server:
        made = server.client.post("/estimates", json={"text": "PET bottle", "unit": "kg"}).json()
    _keep_copies(url, made, DECISIONS)
    answered: dict[str, int] = {}
    with ServerProcess(home, FIRSTPRINT_DATABASE_URL=url) as server:
        killing = threading.Thread(target=_kill_after, args=(server, answered, DECISIONS // 3))
        killing.start()
        with ThreadPoolExecutor(8) as people:
            list(people.map(lambda n: _confirm(server, f"p-{n:03d}", answered), range(DECISIONS)))
        killing.join()
    assert DECISIONS // 3 <= len(answered) < DECISIONS
    with ServerProcess(home, FIRSTPRINT_DATABASE_URL=url) as server:
        before = {f"p-{n:03d}": _verdicts(server, f"p-{n:03d}") for n in range(DECISIONS)}
        assert all(before[one] == ["confirmed"] for one in answered), "what was answered was kept"
        assert all(verdicts in ([], ["confirmed"]) for verdicts in before.values()), "nothing half or twice"
        again: dict[str, int] = {}
        for one in before:
            _confirm(server, one, again)
        expected = {one: 201 if not verdicts else 409 for one, verdicts in before.items()}
        assert again == expected
        assert all(_verdicts(server, one) == ["confirmed"] for one in before)
        report = server.get("/audit/verify")
        assert (report["whole"], report["decisions"]) == (True, DECISIONS)
    print(f"kill -9 in {DECISIONS} decisions: {len(answered)} answered before, 0 lost, 0 doubled")  # noqa: T201 - figures of the run


def test_killed_in_the_middle_of_a_batch_the_next_server_goes_on(home: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'firstprint.db'}"
    table = "id,text\n" + "".join(f"r{n},PET bottle number {n}\n" for n in range(ROWS))
    with ServerProcess(home, FIRSTPRINT_DATABASE_URL=url) as server:
        job = _sent(server, table)
        _until(server, job, lambda told: told["done"] > 0)
        server.kill()
    with ServerProcess(home, FIRSTPRINT_DATABASE_URL=url) as server:
        between = server.get(f"/batches/{job}")
        assert between["state"] == "running", "its lease is not over yet"
        assert 0 < between["done"] < ROWS
        told = _until(server, job, lambda told: told["state"] == "done")
        assert (told["done"], told["attempts"]) == (ROWS, 2)
        lines = [json.loads(line) for line in server.client.get(f"/batches/{job}/result").text.splitlines()]
        assert [line["product"]["description"] for line in lines] == [f"PET bottle number {n}" for n in range(ROWS)]
        assert len({line["id"] for line in lines}) == ROWS
    with open_store(url) as store:
        assert store.count() == ROWS
    print(f"kill -9 at {between['done']} of {ROWS} rows: resumed after its lease, {ROWS} records, none twice")  # noqa: T201 - figures of the run


def test_a_sqlite_file_that_is_moved_away_gives_503_and_comes_back(home: Path, tmp_path: Path) -> None:
    file, aside = tmp_path / "firstprint.db", tmp_path / "elsewhere"
    with ServerProcess(home, FIRSTPRINT_DATABASE_URL=f"sqlite:///{file}") as server:
        made = server.client.post("/estimates", json={"text": "PET bottle", "save": True}).json()["id"]
        aside.mkdir()
        for each in tmp_path.glob("firstprint.db*"):
            each.rename(aside / each.name)
        gone = server.client.get(f"/proposals/{made}")
        _unavailable(gone)
        assert server.client.get("/health").status_code == 503
        assert server.client.get("/health").json()["database"] == "away"
        assert server.get("/ready") == {"ready": True}
        _unavailable(server.client.post("/estimates", json={"text": "PET bottle", "save": True}))
        assert not file.exists(), "no empty database was put in its place"
        for each in aside.iterdir():
            each.rename(tmp_path / each.name)
        assert server.get(f"/proposals/{made}")["proposal"]["id"] == made
        assert server.get("/health")["status"] == "ok"


def test_a_postgresql_that_stops_gives_503_and_comes_back(home: Path, postgres: Any) -> None:
    url = postgres.new_database()
    with ServerProcess(home, FIRSTPRINT_DATABASE_URL=url) as server:
        made = server.client.post("/estimates", json={"text": "PET bottle", "save": True}).json()["id"]
        postgres.stop()
        try:
            _unavailable(server.client.get(f"/proposals/{made}"))
            assert server.client.get("/health").status_code == 503
            assert server.get("/ready") == {"ready": True}
        finally:
            postgres.start()
        assert server.get(f"/proposals/{made}")["proposal"]["id"] == made
        assert server.get("/health")["status"] == "ok"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_starts_without_its_database_says_so_and_goes_on_once_it_is_there(
    home: Path, postgres: Any, workers: str
) -> None:
    url = postgres.new_database()
    with (
        _away(postgres) as come_back,
        ServerProcess(home, "--workers", workers, until="/health", FIRSTPRINT_DATABASE_URL=url) as server,
    ):
        health = server.client.get("/health")
        told = (health.status_code, health.json()["status"], health.json()["database"])
        assert told == (503, "starting", "away")
        _unavailable(server.client.get("/ready"))
        _unavailable(server.client.get("/proposals"))
        _unavailable(server.client.post("/estimates", json={"text": "PET bottle"}))
        page = httpx.get(f"{server.address}/review", timeout=60)
        assert (page.status_code, page.headers["retry-after"]) == (503, "5")
        assert any("the database is not there yet" in line for line in server.log)
        come_back()
        _until_well(server)
        made = server.client.post("/estimates", json={"text": "PET bottle", "save": True}).json()["id"]
        assert server.get(f"/proposals/{made}")["proposal"]["id"] == made
        assert server.get("/ready") == {"ready": True}


def test_a_database_that_wants_a_person_is_not_waited_for(home: Path, tmp_path: Path) -> None:
    assert "store_url_invalid" in refused(home, FIRSTPRINT_DATABASE_URL="mysql://localhost/firstprint")
    with open_store(url := f"sqlite:///{tmp_path / 'newer.db'}"):
        pass
    with closing(sqlite3.connect(tmp_path / "newer.db")) as connection:
        connection.execute("UPDATE firstprint_schema SET version_num = '9999_later'")
        connection.commit()
    assert "store_newer" in refused(home, FIRSTPRINT_DATABASE_URL=url)


def test_no_administrator_is_told_once_the_database_is_there(home: Path, postgres: Any) -> None:
    login = {"FIRSTPRINT_DATABASE_URL": postgres.new_database(), "FIRSTPRINT_LOGIN": "true"}
    with _away(postgres) as come_back, ServerProcess(home, until="/health", **login) as server:
        come_back()
        _until_well(server)
        assert any("admin_missing" in line for line in server.log)
        assert server.client.get("/me").status_code == 401


def test_two_workers_answer_from_one_index(home: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'firstprint.db'}"
    with ServerProcess(home, "--workers", "2", FIRSTPRINT_DATABASE_URL=url) as server:
        served = _with_index(server.pid, home / "index")
        with ThreadPoolExecutor(8) as people:
            answers = list(people.map(lambda n: _asked(server, n), range(16)))
        assert {one["provenance"]["index_id"] for one in answers} == {answers[0]["provenance"]["index_id"]}
        assert len({one["estimate"]["kg_co2e"] for one in answers}) == 1, "every worker gives the same number"
        ids = [one["id"] for one in answers]
        assert sorted(one["id"] for one in server.get("/proposals", params={"limit": 50})["items"]) == sorted(ids)
    print(f"two workers, both with {sorted(path.name for path in served[0])} mapped")  # noqa: T201 - figures of the run


def _keep_copies(url: str, made: dict[str, Any], count: int) -> None:
    from firstprint.domain.proposal import Proposal

    with open_store(url) as store:
        for number in range(count):
            store.save(Proposal.model_validate({**made, "id": f"p-{number:03d}"}))


def _kill_after(server: ServerProcess, answered: dict[str, int], count: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while len(answered) < count and time.monotonic() < deadline:
        time.sleep(0.001)
    server.kill()


def _confirm(server: ServerProcess, proposal_id: str, answered: dict[str, int]) -> None:
    body = {"verdict": "confirm", "by": "Ana", "expected_version": 1}
    try:
        answer = server.client.post(f"/proposals/{proposal_id}/decisions", json=body)
    except httpx.TransportError:
        return
    answered[proposal_id] = answer.status_code


def _verdicts(server: ServerProcess, proposal_id: str) -> list[str]:
    return [one["verdict"] for one in server.get(f"/proposals/{proposal_id}/decisions")["decisions"]]


def _sent(server: ServerProcess, table: str) -> str:
    answer = server.client.post("/batches", files={"file": ("table.csv", table.encode())}, data={"format": "jsonl"})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def _until(server: ServerProcess, job: str, reached: Any) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        told = server.get(f"/batches/{job}")
        if reached(told):
            return dict(told)
        assert told["state"] in ("queued", "running"), told
        assert time.monotonic() < deadline, told
        time.sleep(0.05)


@contextmanager
def _away(postgres: Any) -> Iterator[Callable[[], None]]:
    """PostgreSQL is stopped; what is given starts it again, which else the end does."""
    postgres.stop()
    come_back = functools.cache(postgres.start)
    try:
        yield come_back
    finally:
        come_back()


def _until_well(server: ServerProcess) -> None:
    """Until every worker that is asked is well, ten times in turn."""
    deadline = time.monotonic() + PATIENCE_S
    well = 0
    while well < 10:
        with httpx.Client(base_url=f"{server.address}/api/v1", timeout=60) as own:
            well = well + 1 if own.get("/health").status_code == 200 else 0
        assert time.monotonic() < deadline, "".join(server.log)
        time.sleep(0.1)


def _unavailable(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["code"].startswith("store_")
    assert answer.json()["hint"]


def _asked(server: ServerProcess, number: int) -> dict[str, Any]:
    with httpx.Client(base_url=f"{server.address}/api/v1", timeout=60) as own:  # a connection each: either worker
        answer = own.post("/estimates", json={"text": "PET bottle", "unit": "kg", "save": True})
    assert answer.status_code == 200, f"{number}: {answer.text}"
    return dict(answer.json())


def _with_index(pid: int, folder: Path) -> list[frozenset[Path]]:
    """The files of the index that each worker has mapped, once both have started."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        served = [files for child in _children(pid) if (files := _mapped(child, folder))]
        if len(served) == 2 and served[0] == served[1]:
            return served
        assert time.monotonic() < deadline, f"two processes hold an index: {served}"
        time.sleep(0.2)


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if parent == pid:
            found.append(int(stat.parent.name))
    return found


def _mapped(pid: int, folder: Path) -> frozenset[Path]:
    """Files of a folder that a process has mapped into memory."""
    inside = str(folder.resolve()) + os.sep
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return frozenset(Path(line.split(maxsplit=5)[5]) for line in lines if inside in line)
