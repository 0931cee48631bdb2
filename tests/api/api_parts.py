"""What the tests of the API share: users and their tokens, kept proposals, the form of a problem."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.testclient import TestClient

from firstprint.domain.access import Role
from firstprint.server.app import create_app
from firstprint.server.services import Services
from firstprint.settings import Settings


@contextmanager
def client_of(settings: Settings) -> Iterator[TestClient]:
    """A client of a server that has started; what it raises inside is answered as it would be outside."""
    services = Services(settings)
    services.start()
    try:
        with TestClient(create_app(settings, services), raise_server_exceptions=False) as client:
            yield client
    finally:
        services.stop()


def services_in(client: TestClient) -> Services:
    """The services behind a client."""
    found = client.app.state.services
    assert isinstance(found, Services)
    return found


def add_user(client: TestClient, name: str, role: Role, password: str | None = None) -> None:
    services_in(client).store().users.add(name, role, password)


def bearer(client: TestClient, name: str) -> dict[str, str]:
    """The header of a new token of a user."""
    return {"Authorization": f"Bearer {services_in(client).store().tokens.add(name).secret}"}


def saved(client: TestClient, text: str = "25 g PET bottle", **more: Any) -> dict[str, Any]:
    """A proposal kept by the server, as it answered."""
    headers = more.pop("headers", {})
    body = {"text": text, "unit": "piece", "mass_kg": 0.025, "save": True, **more}
    answer = client.post("/api/v1/estimates", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem that an answer is, checked for form."""
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == f"urn:firstprint:problem:{code}"
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    return body
