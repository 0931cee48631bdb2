"""Tables sent up: faults told at once, rows answered in the background, results fetched, jobs cancelled and resumed."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from api_parts import bearer, client_of, problem, services_in
from openpyxl import load_workbook
from starlette.testclient import TestClient

from firstprint.server.jobs import JobWorker
from firstprint.server.services import Services
from firstprint.settings import Settings

ROWS = "编号,产品名称,重量(g),产地\nA1,PET 瓶,25,CN\nA2,Steel sheet,,DE\nA3,,12,CN\n"
PATIENCE_S = 120


def send(client: TestClient, content: bytes | str = ROWS, name: str = "采购.csv", **more: Any) -> Any:
    headers = more.pop("headers", {})
    data = content.encode() if isinstance(content, str) else content
    return client.post("/api/v1/batches", files={"file": (name, data)}, data=more, headers=headers)


def ended(client: TestClient, batch_id: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        told = client.get(f"/api/v1/batches/{batch_id}", headers=headers).json()
        if told["state"] in ("done", "failed", "cancelled"):
            return told
        time.sleep(0.1)
    raise AssertionError(told)


def test_a_table_is_answered_kept_and_fetched(client: TestClient) -> None:
    begun = send(client, format="csv")
    assert begun.status_code == 202, begun.text
    assert (begun.json()["state"], begun.json()["total"], begun.json()["file_name"]) == ("queued", 3, "采购.csv")
    told = ended(client, begun.json()["id"])
    assert (told["state"], told["done"], told["error"], told["attempts"]) == ("done", 3, "", 1)
    answer = client.get(told["result"])
    assert answer.headers["content-type"].startswith("text/csv")
    assert "-firstprint.csv" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["row_id"], row["status"]) for row in rows] == [("A1", "proposed"), ("A2", "proposed"), ("A3", "error")]
    assert [row["产品名称"] for row in rows] == ["PET 瓶", "Steel sheet", ""]
    kept = client.get("/api/v1/proposals", params={"owner": "local", "text": "PET 瓶"}).json()["items"]
    assert [one["kg_co2e"] for one in kept] == [pytest.approx(float(rows[0]["kg_co2e"]))]
    record = client.get(f"/api/v1/proposals/{kept[0]['id']}").json()["proposal"]
    assert (record["product"]["mass_kg"], record["product"]["geography"]) == (0.025, "CN")
    assert client.get("/api/v1/batches").json()["batches"][0]["id"] == told["id"]
    again = ended(client, send(client, format="xlsx").json()["id"])
    assert again["state"] == "done"
    assert len(client.get("/api/v1/proposals", params={"text": "PET 瓶"}).json()["items"]) == 1, "kept once"


@pytest.mark.parametrize("form", ["xlsx", "parquet", "jsonl"])
def test_every_format_of_a_result(client: TestClient, form: str) -> None:
    told = ended(client, send(client, format=form, save="false").json()["id"])
    assert told["state"] == "done", told
    content = client.get(told["result"]).content
    if form == "xlsx":
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        assert [cell.value for cell in next(sheet.iter_rows())][:2] == ["row_id", "status"]
    elif form == "parquet":
        import pyarrow.parquet

        assert pyarrow.parquet.read_table(io.BytesIO(content)).column("row_id").to_pylist() == ["A1", "A2", "A3"]
    else:
        lines = [json.loads(line) for line in content.decode().splitlines()]
        assert [line.get("status") for line in lines] == ["proposed", "proposed", "error"]


def test_faults_of_a_table_are_told_at_once(client: TestClient) -> None:
    before = len(client.get("/api/v1/batches").json()["batches"])
    nameless = problem(send(client, "a,b\n1,2\n"), 422, "faults")
    assert "description" in nameless["faults"][0]
    problem(send(client, "x", "table.pdf"), 422, "input_format")
    problem(send(client, b"not a workbook", "table.xlsx"), 422, "faults")
    problem(send(client, columns="{"), 422, "faults")
    problem(send(client, format="pdf"), 422, "faults")
    problem(send(client, columns='{"text": "nowhere"}'), 422, "faults")
    problem(client.post("/api/v1/batches", content=b"x"), 415, "upload_form")
    problem(client.get("/api/v1/batches/none"), 404, "job_unknown")
    problem(client.delete("/api/v1/batches/none"), 404, "job_unknown")
    assert len(client.get("/api/v1/batches").json()["batches"]) == before


def test_a_table_sent_twice_with_one_key_is_one_job(client: TestClient) -> None:
    key = {"Idempotency-Key": "table-1"}
    first = send(client, "text\nPET keyed\n", headers=key)
    again = send(client, "text\nPET keyed\n", headers=key)
    assert (first.json()["id"], again.headers["idempotency-replayed"]) == (again.json()["id"], "true")
    problem(send(client, "text\nother\n", headers=key), 409, "idempotency_mismatch")
    ended(client, first.json()["id"])


def test_one_upload_asked_twice_gives_each_its_own_answers(client: TestClient) -> None:
    jobs = services_in(client).store().jobs
    first = ended(client, send(client, "text\nPET flask\n", format="jsonl", top="5").json()["id"])
    path = jobs.get(first["id"]).input_path
    second = jobs.add("batch", "ana", file_name="同.csv", input_path=path, options='{"format": "jsonl", "top": 2}')
    told = ended(client, second.id)
    counts = [len(json.loads(client.get(one["result"]).text.splitlines()[0])["candidates"]) for one in (first, told)]
    assert counts == [5, 2]


def test_a_job_is_cancelled_by_its_owner(api_settings: Settings, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'jobs.db'}"
    with client_of(api_settings.model_copy(update={"database_url": url, "login": True})) as client:
        store = services_in(client).store()
        for name in ("ana", "ben"):
            store.users.add(name, "reviewer")
        ana, ben = bearer(client, "ana"), bearer(client, "ben")
        long = "text\n" + "".join(f"PET bottle number {n}\n" for n in range(400))
        job = send(client, long, headers=ana).json()
        problem(client.get(f"/api/v1/batches/{job['id']}/result", headers=ben), 409, "job_not_ready")
        problem(client.delete(f"/api/v1/batches/{job['id']}", headers=ben), 403, "owner_other")
        deadline = time.monotonic() + PATIENCE_S
        while client.get(f"/api/v1/batches/{job['id']}", headers=ana).json()["done"] == 0:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert client.delete(f"/api/v1/batches/{job['id']}", headers=ana).status_code == 200
        told = ended(client, job["id"], ana)
        assert (told["state"], told["result"]) == ("cancelled", None)
        assert 0 < told["done"] < 400
        problem(client.delete(f"/api/v1/batches/{job['id']}", headers=ana), 409, "job_ended")
        assert store.count() == 0


def test_a_server_that_stops_hands_its_job_back_and_the_next_goes_on(api_settings: Settings, tmp_path: Path) -> None:
    settings = api_settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'handed.db'}"})
    table = "text\n" + "".join(f"PET tray number {n}\n" for n in range(96))
    with client_of(settings) as client:
        job = send(client, table, format="jsonl").json()["id"]
        while client.get(f"/api/v1/batches/{job}").json()["done"] == 0:
            time.sleep(0.05)
    with client_of(settings) as client:
        resumed = client.get(f"/api/v1/batches/{job}").json()
        assert resumed["state"] in ("queued", "running")
        assert resumed["done"] > 0
        told = ended(client, job)
        assert (told["state"], told["done"], told["attempts"]) == ("done", 96, 1)
        store = services_in(client).store()
        assert store.count() == 96
        assert len(client.get(told["result"]).content.splitlines()) == 96


def test_what_goes_wrong_inside_fails_the_job_and_not_the_worker(api_settings: Settings, tmp_path: Path) -> None:
    settings = api_settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'failing.db'}"})
    services, done = Services(settings), list[str]()

    def run(_settings: Settings, _store: object, job: Any, _told: object, _stopped: object) -> Path:
        done.append(job.id)
        if len(done) == 1:
            raise ZeroDivisionError
        return Path("x")

    worker, jobs = JobWorker(services, run), services.store().jobs
    first, second = (jobs.add("batch", "ana") for _ in range(2))
    for _ in range(2):
        taken = jobs.claim(worker.name, ("batch",))
        assert taken is not None
        worker._work(taken)
    assert done == [first.id, second.id]
    assert [jobs.get(one.id).state for one in (first, second)] == ["failed", "done"]
    assert "ZeroDivision" not in jobs.get(first.id).error
    services.stop()
