"""Settings every test runs under: no network, no user's home, quiet libraries."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
# Two workers share two cores: threads of the numeric libraries that wait for each other by spinning slow both tenfold.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
for name in [key for key in os.environ if key.startswith("FIRSTPRINT_") and key != "FIRSTPRINT_CATALOGUE_INPUTS"]:
    del os.environ[name]

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


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
