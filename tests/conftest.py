"""Settings every test runs under: no network, no user's home, quiet libraries."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import postgres_server

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
# Two workers share two cores: threads of the numeric libraries that wait for each other by spinning slow both tenfold.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
KEPT = {"FIRSTPRINT_CATALOGUE_INPUTS", "FIRSTPRINT_REQUIRE_CHROMIUM", postgres_server.REQUIRED}
for name in [key for key in os.environ if key.startswith("FIRSTPRINT_") and key not in KEPT]:
    del os.environ[name]

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


collect_ignore = ["conftest.py"]
"""It holds no doctests, and tests/api comes before it with a file of the same name."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips tests over ../shared/data where it is absent, and says so."""
    if SHARED.is_dir():
        return
    skip = pytest.mark.skip(reason="../shared/data is not there: it is only on this project's own machines")
    for item in items:
        if "shared_data" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One workspace for the whole run: its index and surrogate are built once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def assistant(home: Path):
    """An opened assistant over the shipped catalogue, with the real encoder and a real faiss index."""
    from firstprint import Assistant

    return Assistant.open(home)


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.PostgresServer]:
    """A real PostgreSQL server for the whole run; where there is none, what needs it is skipped and says so.

    With FIRSTPRINT_REQUIRE_POSTGRES=1, as in .ci/run, there is no skip: it fails.
    """
    try:
        server = postgres_server.PostgresServer()
    except (postgres_server.NoPostgresError, OSError) as error:
        if os.environ.get(postgres_server.REQUIRED) == "1":
            pytest.fail(f"PostgreSQL is required and cannot be had: {error}")
        pytest.skip(f"NOT TESTED ON POSTGRESQL: {error}")
    yield server
    server.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test body that asks for ``store_url`` or ``database_url`` runs on SQLite and on PostgreSQL.

    Beside ``file``, the SQLite file, it runs on SQLite alone.
    """
    for name in ("store_url", "database_url"):
        if name in metafunc.fixturenames:
            kinds = ["sqlite"] if "file" in metafunc.fixturenames else ["sqlite", "postgresql"]
            metafunc.parametrize(name, kinds, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of the kind that the test is run for."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'firstprint.db'}"
    return request.getfixturevalue("postgres").new_database()


@pytest.fixture
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store with its schema and nothing in it, of the kind that the test is run for."""
    if request.param == "sqlite":
        file = tmp_path / "firstprint.db"
        shutil.copy(request.getfixturevalue("migrated_file"), file)
        return f"sqlite:///{file}"
    return request.getfixturevalue("postgres").new_database(request.getfixturevalue("migrated_schema"))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite store, migrated once for the whole run."""
    from firstprint.store.opening import open_store

    file = tmp_path_factory.mktemp("migrated") / "firstprint.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture(scope="session")
def migrated_schema(postgres: postgres_server.PostgresServer) -> str:
    """The statements that make a PostgreSQL store, migrated once for the whole run."""
    from firstprint.store.opening import open_store

    url = postgres.new_database()
    open_store(url).close()
    return postgres.dumped(url)
