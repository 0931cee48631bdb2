"""Who may do what; what a request that breaks a bound is told; what stands in the log."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from api_parts import bearer, client_of, problem, saved, services_in
from starlette.testclient import TestClient

from firstprint.server.middleware import MAX_BODY_BYTES, JsonLines
from firstprint.settings import Settings

READS = (
    "/proposals", "/catalogue/datasets?text=PET&limit=1", "/catalogue/sources", "/batches", "/me", "/metrics",
)  # fmt: skip
ADMINS = ("/audit/verify", "/audit/log", "/users")


def test_a_viewer_reads_a_reviewer_decides_an_admin_does_all(guarded: TestClient) -> None:
    viewer, reviewer, admin = (bearer(guarded, name) for name in ("viewer", "reviewer", "admin"))
    made = saved(guarded, headers=reviewer)
    for path in (*READS, f"/proposals/{made['id']}"):
        for who in (viewer, reviewer, admin):
            assert guarded.get(f"/api/v1{path}", headers=who).status_code == 200, path
    assert guarded.post("/api/v1/estimates", json={"text": "PET bottle"}, headers=viewer).status_code == 200
    assert guarded.post("/api/v1/matches", json={"text": "PET bottle"}, headers=viewer).status_code == 200
    refused = (
        guarded.post("/api/v1/estimates", json={"text": "PET bottle", "save": True}, headers=viewer),
        guarded.post(f"/api/v1/proposals/{made['id']}/decisions", json={"verdict": "confirm"}, headers=viewer),
        guarded.post(f"/api/v1/proposals/{made['id']}/comments", json={"text": "x"}, headers=viewer),
        guarded.post("/api/v1/decisions/bulk", json={"min_probability": 1.0}, headers=viewer),
        guarded.post("/api/v1/batches", files={"file": ("a.csv", b"text\nPET\n")}, headers=viewer),
        guarded.post("/api/v1/catalogue/imports", files={"file": ("a.csv", b"x")}, headers=reviewer),
        *(guarded.get(f"/api/v1{path}", headers=who) for path in ADMINS for who in (viewer, reviewer)),
    )
    for answer in refused:
        problem(answer, 403, "role_missing")
    for path in ADMINS:
        assert guarded.get(f"/api/v1{path}", headers=admin).status_code == 200, path
    assert [one["name"] for one in guarded.get("/api/v1/users", headers=admin).json()["users"]] == [
        "admin", "reviewer", "viewer",
    ]  # fmt: skip
    assert guarded.get("/api/v1/me", headers=reviewer).json() == {"name": "reviewer", "role": "reviewer", "login": True}
    assert guarded.get(f"/api/v1/proposals/{made['id']}", headers=viewer).json()["owner"] == "reviewer"


def test_tokens_that_are_none_revoked_or_of_the_disabled_are_refused(guarded: TestClient) -> None:
    store = services_in(guarded).store()
    store.users.add("gone", "admin")
    token = store.tokens.add("viewer")
    revoked, gone = {"Authorization": f"Bearer {token.secret}"}, bearer(guarded, "gone")
    assert guarded.get("/api/v1/me", headers=gone).status_code == 200
    store.tokens.revoke(token.token.id)
    store.users.disable("gone")
    admin = bearer(guarded, "admin")
    told = [(one["what"], one["user"]) for one in guarded.get("/api/v1/audit/log", headers=admin).json()["entries"]]
    assert told[:3] == [("token_made", "admin"), ("user_disabled", "gone"), ("token_revoked", "viewer")]
    assert "token revoked" in guarded.get("/audit", headers=admin).text
    assert "token revoked" not in guarded.get("/audit", headers=bearer(guarded, "reviewer")).text
    for headers in ({}, {"Authorization": "Bearer fp_none"}, {"Authorization": "Basic eDp5"}, revoked, gone):
        answer = guarded.get("/api/v1/me", headers=headers)
        problem(answer, 401, "login_needed")
        assert answer.headers["www-authenticate"] == 'Bearer realm="firstprint"'
    assert guarded.get("/api/v1/health").json()["status"] == "ok"
    assert guarded.get("/api/v1/ready").json() == {"ready": True}


def test_a_browsers_session_needs_its_secret_to_change_anything(guarded: TestClient) -> None:
    store = services_in(guarded).store()
    new = store.sessions.add("reviewer")
    cookie = {"Cookie": f"firstprint_session={new.secret}"}
    assert guarded.get("/api/v1/me", headers=cookie).json()["name"] == "reviewer"
    made = saved(guarded, headers={**cookie, "X-CSRF-Token": new.session.csrf})
    for headers in (cookie, {**cookie, "X-CSRF-Token": "guessed"}):
        answer = guarded.post("/api/v1/estimates", json={"text": "PET", "save": True}, headers=headers)
        problem(answer, 403, "csrf_missing")
    # A form of another site may carry the cookie of an old browser; the API takes files from its own pages alone.
    form = guarded.post("/api/v1/batches", files={"file": ("a.csv", b"text\nPET\n")}, headers=cookie)
    problem(form, 403, "csrf_missing")
    store.sessions.end(new.secret)
    problem(guarded.get(f"/api/v1/proposals/{made['id']}", headers=cookie), 401, "login_needed")


def test_without_login_pages_of_other_sites_change_nothing(client: TestClient) -> None:
    problem(client.get("/api/v1/me", headers={"Host": "evil.example"}), 403, "host_foreign")
    body = {"text": "PET bottle", "save": True}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        problem(client.post("/api/v1/estimates", json=body, headers=headers), 403, "foreign")
    assert client.get("/api/v1/me").json() == {"name": "", "role": "admin", "login": False}


def test_bounds_of_requests(client: TestClient) -> None:
    large = client.post("/api/v1/estimates", content=b" " * (MAX_BODY_BYTES + 1))
    problem(large, 413, "too_large")
    broken = client.post("/api/v1/estimates", content=b"{", headers={"Content-Type": "application/json"})
    problem(broken, 422, "request_invalid")
    for body in ({"text": ""}, {"text": "x" * 20_001}, {"text": "PET", "amount": -1}, {"text": "PET", "top": 51}):
        assert problem(client.post("/api/v1/estimates", json=body), 422, "request_invalid")["faults"]
    problem(client.post("/api/v1/estimates", json={"text": "PET", "unit": "florps"}), 422, "unit_unknown")
    problem(client.get("/api/v1/nothing"), 404, "http_404")
    problem(client.delete("/api/v1/proposals"), 405, "http_405")
    for query in ("limit=0", "limit=1001", "status=open", "created_from=2026-01-01T00:00:00", "also=1", "text=%00"):
        problem(client.get(f"/api/v1/proposals?{query}"), 422, "request_invalid")
    problem(client.get("/api/v1/proposals?after=nonsense"), 422, "page_invalid")


def test_too_many_requests_wait(api_settings: Settings, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'rate.db'}"
    with client_of(api_settings.model_copy(update={"rate_per_minute": 12.0, "database_url": url})) as client:
        answers = [client.get("/api/v1/me") for _ in range(5)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429, 429]
        problem(answers[-1], 429, "too_many_requests")
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 5
        assert client.get("/api/v1/health").status_code == 200, "whoever watches the server is never sent away"


def test_log_lines_are_json_with_request_ids_and_without_secrets(
    guarded: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    headers = bearer(guarded, "reviewer") | {"X-Request-ID": "mine-42"}
    secret = headers["Authorization"].split()[1]
    with caplog.at_level(logging.INFO):
        answer = guarded.post("/api/v1/estimates", json={"text": "秘密 product 4711"}, headers=headers)
        guarded.get("/api/v1/me", headers={"Authorization": "Bearer fp_wrong-secret"})
        guarded.get("/api/v1/me", headers={"X-Request-ID": "bad id; x=1"})
    assert answer.headers["x-request-id"] == "mine-42"
    lines = [json.loads(JsonLines().format(one)) for one in caplog.records if one.name == "firstprint.access"]
    first: dict[str, Any] = lines[0]
    assert (first["request_id"], first["method"], first["path"], first["status"], first["user"]) == (
        "mine-42", "POST", "/api/v1/estimates", 200, "reviewer",
    )  # fmt: skip
    assert first["seconds"] > 0
    assert len(lines[2]["request_id"]) == 32
    whole = "\n".join(JsonLines().format(one) for one in caplog.records)
    for hidden in (secret, "fp_wrong-secret", "秘密", "4711"):
        assert hidden not in whole


def test_metrics_count_by_pattern(client: TestClient) -> None:
    made = saved(client)
    for _ in range(2):
        client.get(f"/api/v1/proposals/{made['id']}")
    told = client.get("/api/v1/metrics").text
    line = 'firstprint_requests_total{method="GET",path="/api/v1/proposals/{proposal_id}",status="200"}'
    assert f"{line} 2.0" in told
    assert 'firstprint_jobs{state="queued"} 0.0' in told
    assert made["id"] not in told
