"""One process decides on the command line; an assistant that was open before knows it at its next question."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from firstprint.domain.dataset import Dataset
from firstprint.embedding.opening import open_encoder
from firstprint.retrieval.index_folder import IndexSource, build_index

NAMES = ("Steel, hot rolled", "Aluminium ingot", "Cotton fabric", "Diesel, burned in truck", "Tap water", "Brass, cast")
TEXT = "NIPPLE BRS 2 X 8 IN"
"""Nothing in it names the dataset that people take for it."""

PROGRAM = Path(__file__).with_name("open_assistant.py")
SECONDS = 120


class Found(NamedTuple):
    """One dataset of an answer."""

    dataset_id: str
    memory: float
    rejected: float


class OpenAssistant:
    """The other process: asked over its standard input, one line a question."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.environment = {**os.environ, "FIRSTPRINT_HOME": str(home), "FIRSTPRINT_RANKER": "fixed"}
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(home), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment,
        )

    def ask(self, text: str) -> list[Found]:
        return [Found(*one) for one in self._answer(text, save=False)]

    def save(self, text: str) -> str:
        return self._answer(text, save=True)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        assert self._process.wait(SECONDS) == 0

    def _answer(self, text: str, *, save: bool):
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"text": text, "save": save}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenAssistant]:
    datasets = [
        Dataset(f"d{n}", name, "kg", 1.0 + n, "cradle_to_gate", "process", "made-up") for n, name in enumerate(NAMES)
    ]
    source = IndexSource(datasets, "0" * 64, None, "0" * 64, open_encoder(), "test")
    other = OpenAssistant(tmp_path / "home", build_index(tmp_path / "index", source))
    yield other
    other.close()


def review(opened: OpenAssistant, *words: str) -> dict:
    """What ``firstprint review`` answers in a process of its own."""
    command = [sys.executable, "-m", "firstprint", "review", *words, "--json"]
    done = subprocess.run(command, env=opened.environment, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def decide(opened: OpenAssistant, *words: str) -> dict:
    return review(opened, *words, "--by", "Ana", "--reason", "looked it up")


@pytest.mark.slow
def test_an_open_assistant_knows_what_another_process_decided(opened: OpenAssistant) -> None:
    before = opened.ask(TEXT)
    assert [one.memory for one in before] == [one.rejected for one in before] == [0.0] * len(NAMES)
    first = opened.save(TEXT)
    assert opened.ask(TEXT) == before  # a proposal is no decision

    candidate = review(opened, "show", first)["proposal"]["candidates"][-1]
    taken = candidate["dataset_id"]
    assert before[0].dataset_id != taken
    confirmed = decide(opened, "confirm", first, "--candidate", str(candidate["rank"]))
    after = opened.ask(TEXT)
    assert after[0].dataset_id == taken
    assert after[0].memory == pytest.approx(1.0, abs=1e-3)

    second = opened.save(TEXT)
    decide(opened, "reject", second)  # its first candidate, which is the one just confirmed
    lowered = found(opened, taken)
    assert (lowered.memory, lowered.rejected) == (0.0, pytest.approx(1.0, abs=1e-3))
    assert opened.ask(TEXT)[0].dataset_id != taken

    decide(opened, "withdraw", second)
    assert opened.ask(TEXT) == after
    decide(opened, "withdraw", confirmed["decisions"][0]["id"])
    assert opened.ask(TEXT) == before


def found(opened: OpenAssistant, dataset_id: str) -> Found:
    return next(one for one in opened.ask(TEXT) if one.dataset_id == dataset_id)
