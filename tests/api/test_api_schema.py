"""What the server publishes about itself holds: every operation, with requests that fit and requests that do not."""

from __future__ import annotations

import time

import pytest
import requests
import schemathesis
from api_parts import bearer, saved
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from firstprint.server.openapi import operations

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = {
    GenerationMode.POSITIVE: 12,
    GenerationMode.NEGATIVE: 12,
}
COSTLY = {"/api/v1/estimates": 3, "/api/v1/matches": 3, "/api/v1/catalogue/diff": 3, "/api/v1/catalogue/sources": 1}
"""Operations that take a tenth of a second and more."""
LEAST_OPERATIONS = 26


def test_every_operation_keeps_what_it_publishes(guarded: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    headers = bearer(guarded, "admin")
    kept = saved(guarded, headers=headers)["id"]
    schema = schemathesis.openapi.from_dict(guarded.get("/api/v1/openapi.json").json())
    schema.config.update(base_url=str(guarded.base_url))
    told: list[tuple[str, int, float]] = []
    statuses: dict[int, int] = {}
    for found in schema.get_all_operations():
        operation, started, examples = found.ok(), time.monotonic(), 0
        for mode, wanted in EXAMPLES.items():
            examples += _tried(
                guarded, operation, mode, min(wanted, COSTLY.get(operation.path, wanted)), headers, kept, statuses
            )
        told.append((operation.label, examples, time.monotonic() - started))
    with capsys.disabled():
        print(f"\nschemathesis: {len(told)} operations, {sum(n for _, n, _ in told)} examples, statuses {statuses}")  # noqa: T201 - figures of the run
        for label, examples, seconds in sorted(told, key=lambda one: -one[2])[:5]:
            print(f"  {label}: {examples} examples, {seconds:.1f} s")  # noqa: T201 - figures of the run
    assert len(told) >= LEAST_OPERATIONS
    assert {200, 201, 404, 422} <= set(statuses)
    assert not {status for status in statuses if status >= 500}


def _tried(
    client: TestClient,
    operation: schemathesis.APIOperation,
    mode: GenerationMode,
    examples: int,
    headers: dict[str, str],
    kept: str,
    statuses: dict[int, int],
) -> int:
    """Sends requests of one kind; an operation that cannot break its own description has none to send."""
    sent = 0

    @given(operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: schemathesis.Case) -> None:
        nonlocal sent
        sent += 1
        if sent % 2 and case.path_parameters and "proposal_id" in case.path_parameters:
            case.path_parameters["proposal_id"] = kept
        answer = client.request(**_request(case, headers))
        status = int(answer.status_code)
        statuses[status] = statuses.get(status, 0) + 1
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"

    try:
        ask()
    except Unsatisfiable:  # an operation without parameters has no wrong ones
        assert mode is GenerationMode.NEGATIVE
    return sent


def _request(case: schemathesis.Case, headers: dict[str, str]) -> dict[str, object]:
    """The request as schemathesis would send it over a socket, in bytes."""
    asked = case.as_transport_kwargs(headers=headers)
    made = requests.Request(**{name: value for name, value in asked.items() if name != "cookies"}).prepare()
    return {"method": made.method, "url": made.url, "content": made.body, "headers": {**made.headers, **headers}}


def test_without_a_token_every_operation_asks_for_one(guarded: TestClient) -> None:
    open_to_all = {"/api/v1/health", "/api/v1/ready"}
    description = guarded.get("/api/v1/openapi.json").json()
    asked = 0
    for path, method, operation in operations(description):
        if path in open_to_all:
            assert "security" not in operation
            continue
        assert operation["security"] == [{"bearer": []}], path
        answer = guarded.request(method.upper(), path.replace("{", "").replace("}", ""))
        if answer.status_code == 422:  # the body is read before anybody is asked
            answer = guarded.request(method.upper(), path.replace("{", "").replace("}", ""), json={})
        assert (answer.status_code, answer.json()["code"]) == (401, "login_needed"), f"{method} {path}"
        assert answer.headers["www-authenticate"].startswith("Bearer")
        asked += 1
    assert asked >= LEAST_OPERATIONS - len(open_to_all)


def test_every_operation_names_its_problems_and_its_purpose(client: TestClient) -> None:
    description = client.get("/api/v1/openapi.json").json()
    for path, method, operation in operations(description):
        assert operation["summary"], f"{method} {path}"
        assert operation["description"], f"{method} {path}"
        assert {"422", "403", "429", "503"} <= set(operation["responses"]), f"{method} {path}"
        assert "401" not in operation["responses"], "without login nobody is asked to log in"
    assert "securitySchemes" not in description["components"]


def test_reference_page_has_every_operation_and_no_script(client: TestClient) -> None:
    page = client.get("/api/v1/docs")
    assert page.headers["content-type"].startswith("text/html")
    for path, _, operation in operations(client.get("/api/v1/openapi.json").json()):
        assert path in page.text
        assert operation["summary"] in page.text
    assert "<script" not in page.text
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "https://" not in page.text
    assert client.get("/api/v1/docs.css").headers["content-type"].startswith("text/css")
