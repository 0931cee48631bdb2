"""Where the schemas are that exports are checked against, and why a test over them is skipped where they are not."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def format_schemas() -> Path:
    """The package that carries the ILCD XSDs and the TIDAS JSON schemas; nothing in it is run."""
    found = importlib.util.find_spec("tidas_tools")
    if found is None or found.origin is None:
        pytest.skip("the ILCD and TIDAS schemas are not there: pip install --no-deps tidas-tools==0.0.43")
    return Path(found.origin).parent
