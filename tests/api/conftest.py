"""The server in this process, over the session's workspace and a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from api_parts import add_user, client_of
from starlette.testclient import TestClient

from firstprint.settings import Settings, load_settings


@pytest.fixture(scope="module")
def api_settings(home: Path, assistant: object, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The session's index and models; decisions of this module alone."""
    folder = tmp_path_factory.mktemp("api")
    return load_settings(home).model_copy(update={"database_url": f"sqlite:///{folder / 'firstprint.db'}"})


@pytest.fixture(scope="module")
def client(api_settings: Settings) -> Iterator[TestClient]:
    """Whoever sits at this machine: no login."""
    with client_of(api_settings) as made:
        yield made


@pytest.fixture(scope="module")
def guarded(api_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server that asks who you are; it has a user of each role, all without a password."""
    url = f"sqlite:///{tmp_path_factory.mktemp('guarded') / 'firstprint.db'}"
    with client_of(api_settings.model_copy(update={"login": True, "database_url": url})) as made:
        for role in ("viewer", "reviewer", "admin"):
            add_user(made, role, role)
        yield made
