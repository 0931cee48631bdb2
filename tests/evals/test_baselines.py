"""What is committed of accepted runs: readable, complete for our own suites, and nothing of a third party."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from firstprint.evaluation.outcome_files import read_outcomes

EVALS = Path(__file__).resolve().parents[2] / "evals"
BASELINES = sorted((EVALS / "baselines").glob("*.json"))
OWN_ID = re.compile(r"(?:[a-z]+-\d{3,4}(?:-(?:en|zh))?|basecarbone:\d+|[\w-]+/(?:en|zh)/[^/]+/\d+)")
MOST_BYTES = 300_000
LONGEST = 60


def test_every_suite_of_our_own_has_accepted_figures() -> None:
    own = {tomllib.loads(path.read_text(encoding="utf-8"))["name"] for path in EVALS.glob("suites/*/suite.toml")}
    assert own <= {path.stem for path in BASELINES}


@pytest.mark.parametrize("path", BASELINES, ids=lambda path: path.stem)
def test_a_baseline_is_readable_and_holds_ids_of_our_own_only(path: Path) -> None:
    outcomes = read_outcomes(path)
    assert outcomes.suite == path.stem
    assert not [name for name in outcomes.ids if not OWN_ID.fullmatch(name)]
    assert not outcomes.leaky
    assert path.stat().st_size < MOST_BYTES


@pytest.mark.parametrize("path", BASELINES, ids=lambda path: path.stem)
def test_a_baseline_holds_no_text(path: Path) -> None:
    long = [text for text in strings(json.loads(path.read_text(encoding="utf-8"))) if len(text) > LONGEST]
    assert not [text for text in long if not re.fullmatch(r"[0-9a-f]{64}", text)]


def strings(value: object) -> Iterator[str]:
    """Every text within a JSON value, names of keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield key
            yield from strings(below)
    elif isinstance(value, list):
        for below in value:
            yield from strings(below)
