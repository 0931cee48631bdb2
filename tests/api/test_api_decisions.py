"""What people decide over HTTP: versions, conflicts that tell what changed, four eyes, bulk, keys of requests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from api_parts import add_user, bearer, client_of, problem, saved, services_in
from starlette.testclient import TestClient

from firstprint.settings import Settings


def decide(client: TestClient, proposal_id: str, version: int | None = None, **body: Any) -> Any:
    headers = body.pop("headers", {}) | ({} if version is None else {"If-Match": f'"{version}"'})
    return client.post(f"/api/v1/proposals/{proposal_id}/decisions", json=body, headers=headers)


def test_a_proposal_is_confirmed_withdrawn_overridden_and_rejected(client: TestClient) -> None:
    made = saved(client)
    first = decide(client, made["id"], 1, verdict="confirm", by="Ana", reason="same polymer")
    assert first.status_code == 201
    assert (first.json()["status"], first.json()["version"], first.headers["etag"]) == ("confirmed", 2, '"2"')
    back = decide(client, made["id"], 2, verdict="withdraw", by="Ana", reason="wrong mass")
    assert (back.json()["status"], back.json()["decisions"][0]["refers_to"]) == (
        "proposed",
        first.json()["decisions"][0]["id"],
    )
    other = made["candidates"][1]["dataset_id"]
    taken = decide(client, made["id"], 3, verdict="override", dataset_id=other, by="Ben", reason="fits better")
    assert (taken.status_code, taken.json()["status"]) == (201, "overridden")
    again = decide(
        client, made["id"], 4, verdict="withdraw", by="Ben", reason="no", decision_id=taken.json()["decisions"][0]["id"]
    )
    assert again.json()["status"] == "proposed"
    down = decide(client, made["id"], 5, verdict="reject", every=True, by="Cem", reason="none is it")
    assert down.json()["status"] == "rejected"
    assert len(down.json()["decisions"]) == len(made["candidates"])
    history = client.get(f"/api/v1/proposals/{made['id']}/decisions")
    assert [one["verdict"] for one in history.json()["decisions"]][:4] == [
        "confirmed", "withdrawn", "overridden", "withdrawn",
    ]  # fmt: skip
    assert history.headers["etag"] == '"6"'


def test_the_second_of_two_reviewers_is_told_what_the_first_did(client: TestClient) -> None:
    made = saved(client, "PET bottle for oil")
    assert decide(client, made["id"], 1, verdict="confirm", by="Ana", reason="checked").status_code == 201
    refused = problem(decide(client, made["id"], 1, verdict="reject", by="Ben", reason="no"), 409, "proposal_conflict")
    assert "version 1, now 2" in refused["detail"]
    assert len(refused["faults"]) == 1
    assert refused["faults"][0].startswith("confirmed")
    assert "'Ana'" in refused["faults"][0]
    assert "checked" in refused["faults"][0]
    known = decide(client, made["id"], None, verdict="reject", by="Ben", reason="no", expected_version=2)
    problem(known, 409, "proposal_decided")
    assert len(client.get(f"/api/v1/proposals/{made['id']}").json()["decisions"]) == 1


def test_ten_reviewers_at_once_leave_one_decision(client: TestClient) -> None:
    made = saved(client, "PET preform")
    with ThreadPoolExecutor(10) as people:
        answers = list(
            people.map(lambda n: decide(client, made["id"], 1, verdict="confirm", by=f"Person {n}"), range(10))
        )
    assert sorted(one.status_code for one in answers) == [201, *[409] * 9]
    assert len(client.get(f"/api/v1/proposals/{made['id']}").json()["decisions"]) == 1


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        ({}, {"verdict": "confirm", "by": "Ana"}, 428, "version_needed"),
        ({"If-Match": "three"}, {"verdict": "confirm", "by": "Ana"}, 422, "version_invalid"),
        ({"If-Match": '"2"'}, {"verdict": "confirm", "by": "Ana", "expected_version": 1}, 422, "version_invalid"),
        ({"If-Match": '"1"'}, {"verdict": "confirm"}, 422, "name_missing"),
        ({"If-Match": '"1"'}, {"verdict": "confirm", "by": "Ana", "candidate": 49}, 422, "candidate_unknown"),
        ({"If-Match": '"1"'}, {"verdict": "reject", "by": "Ana", "reason": " "}, 422, "reason_missing"),
        ({"If-Match": '"1"'}, {"verdict": "approve", "by": "Ana"}, 422, "request_invalid"),
        ({"If-Match": '"1"'}, {"verdict": "confirm", "by": "Ana", "also": 1}, 422, "request_invalid"),
        ({"If-Match": '"1"'}, {"verdict": "confirm", "by": "A\u202e"}, 422, "name_unprintable"),
        ({"If-Match": "*"}, {"verdict": "withdraw", "by": "Ana", "reason": "x"}, 422, "decision_not_standing"),
        (
            {"If-Match": "*"},
            {"verdict": "withdraw", "by": "Ana", "reason": "x", "decision_id": "zz"},
            404,
            "decision_unknown",
        ),
        (
            {"If-Match": "*"},
            {"verdict": "override", "by": "Ana", "reason": "x", "dataset_id": "none-such"},
            404,
            "dataset_unknown",
        ),
    ],
)
def test_decisions_that_break_a_rule_are_refused_and_nothing_is_written(
    client: TestClient, headers: dict[str, str], body: dict[str, Any], status: int, code: str
) -> None:
    made = saved(client, "PET sheet", headers={"Idempotency-Key": "one-for-all-refusals"})
    if code == "decision_not_standing":
        status = 409
    problem(client.post(f"/api/v1/proposals/{made['id']}/decisions", json=body, headers=headers), status, code)
    assert client.get(f"/api/v1/proposals/{made['id']}").json()["version"] == 1


def test_unknown_proposals_are_404_everywhere(client: TestClient) -> None:
    for path in ("", "/decisions", "/comments", "/export?format=json"):
        told = problem(client.get(f"/api/v1/proposals/nobody{path}"), 404, "proposal_unknown")
        assert "'nobody'" in told["detail"]
    told = problem(decide(client, "nobody", 1, verdict="confirm", by="Ana"), 404, "proposal_unknown")
    assert "'nobody'" in told["detail"]


def test_comments_are_added_and_read(client: TestClient) -> None:
    made = saved(client, "PET film")
    path = f"/api/v1/proposals/{made['id']}/comments"
    said = client.post(path, json={"text": "请看质量 <script>alert(1)</script>", "by": "小李"})
    assert (said.status_code, said.json()["text"]) == (201, "请看质量 <script>alert(1)</script>")
    assert [one["by"] for one in client.get(path).json()["comments"]] == ["小李"]
    problem(client.post(path, json={"text": "x"}), 422, "name_missing")
    problem(client.post(path, json={"text": " ", "by": "Ana"}), 422, "request_invalid")


def test_a_key_makes_a_request_be_done_once(client: TestClient) -> None:
    key = {"Idempotency-Key": "abc-1"}
    before = client.get("/api/v1/proposals", params={"text": "keyed"}).json()["items"]
    first = client.post("/api/v1/estimates", json={"text": "PET keyed bottle", "save": True}, headers=key)
    again = client.post("/api/v1/estimates", json={"text": "PET keyed bottle", "save": True}, headers=key)
    assert (first.status_code, again.status_code, again.headers["idempotency-replayed"]) == (200, 200, "true")
    assert "idempotency-replayed" not in first.headers
    assert first.json() == again.json()
    after = client.get("/api/v1/proposals", params={"text": "keyed"}).json()["items"]
    assert len(after) == len(before) + 1
    other = client.post("/api/v1/estimates", json={"text": "PET keyed can", "save": True}, headers=key)
    problem(other, 409, "idempotency_mismatch")
    made = first.json()["id"]
    confirmed = decide(client, made, 1, verdict="confirm", by="Ana", headers={"Idempotency-Key": "d-1"})
    replayed = decide(client, made, 1, verdict="confirm", by="Ana", headers={"Idempotency-Key": "d-1"})
    assert (replayed.status_code, replayed.json(), replayed.headers["etag"]) == (201, confirmed.json(), '"2"')
    assert len(client.get(f"/api/v1/proposals/{made}").json()["decisions"]) == 1


def test_a_key_is_free_again_after_a_refusal(client: TestClient) -> None:
    made = saved(client, "PET tray")
    key = {"Idempotency-Key": "refused"}
    problem(decide(client, made["id"], 9, verdict="confirm", by="Ana", headers=key), 409, "proposal_conflict")
    assert decide(client, made["id"], 1, verdict="confirm", by="Ana", headers=key).status_code == 201


def test_bulk_tells_first_and_then_confirms_the_same(api_settings: Settings, tmp_path: Any) -> None:
    with client_of(api_settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'bulk.db'}"})) as client:
        for text in ("PET bottle", "steel sheet, hot rolled", "cotton fabric"):
            saved(client, text, unit="kg", mass_kg=None)
        dry = client.post("/api/v1/decisions/bulk", json={"min_probability": 0.0}).json()
        assert dry["result"] is None
        assert len(dry["plan"]["items"]) >= 2
        expected = sum(1 - one["probability"] for one in dry["plan"]["items"])
        assert dry["plan"]["expected_wrong"] == pytest.approx(expected)
        wanted = {"min_probability": 0.0, "dry_run": False, "by": "Ana"}
        problem(client.post("/api/v1/decisions/bulk", json=wanted), 428, "version_needed")
        changed = dry["plan"]["items"][0]["id"]
        decide(client, changed, 1, verdict="confirm", by="Ben")
        refused = client.post("/api/v1/decisions/bulk", json={**wanted, "plan_id": dry["plan_id"]})
        problem(refused, 409, "plan_changed")
        dry = client.post("/api/v1/decisions/bulk", json={"min_probability": 0.0}).json()
        done = client.post("/api/v1/decisions/bulk", json={**wanted, "plan_id": dry["plan_id"]}).json()
        assert done["result"]["confirmed"] == [one["id"] for one in dry["plan"]["items"]]
        assert changed not in done["result"]["confirmed"]
        for one in done["result"]["confirmed"]:
            assert client.get(f"/api/v1/proposals/{one}").json()["decisions"][0]["by"] == "Ana"


def test_a_large_footprint_waits_for_a_second_person(api_settings: Settings, tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path / 'eyes.db'}"
    settings = api_settings.model_copy(update={"database_url": url, "four_eyes_above_kg": 0.001, "login": True})
    with client_of(settings) as client:
        for name in ("Ana", "Ben"):
            add_user(client, name, "reviewer")
        ana, ben = bearer(client, "Ana"), bearer(client, "Ben")
        made = saved(client, headers=ana)
        first = decide(client, made["id"], 1, verdict="confirm", headers=ana).json()
        assert (first["status"], first["awaits_second"]) == ("proposed", True)
        problem(decide(client, made["id"], 2, verdict="confirm", headers=ana), 422, "second_reviewer_needed")
        problem(decide(client, made["id"], 2, verdict="confirm", by="Ana", headers=ben), 403, "name_foreign")
        second = decide(client, made["id"], 2, verdict="confirm", headers=ben).json()
        assert (second["status"], second["awaits_second"]) == ("confirmed", False)
        assert [
            one["by"] for one in client.get(f"/api/v1/proposals/{made['id']}", headers=ben).json()["decisions"]
        ] == [
            "Ana",
            "Ben",
        ]
        assert services_in(client).store().audit.verify().whole
