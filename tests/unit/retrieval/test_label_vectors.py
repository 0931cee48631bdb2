"""Vectors of labels: taken over where the text is the same, encoded once, kept chunk by chunk through a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from firstprint.domain.dataset import Dataset
from firstprint.retrieval import label_vectors
from firstprint.retrieval.index_folder import IndexSource, build_index, check_index, open_index
from firstprint.retrieval.label_vectors import CHUNK, Encoding, encoded

DIMENSION = 24
WORDS = (
    "steel",
    "coil",
    "铝",
    "bottle",
    "可乐",
    "glass",
    "cotton",
    "shirt",
    "玉米",
    "oil",
    "paper",
    "box",
    "钢",
    "pipe",
)


class Hashing:
    """Unit vectors that follow from the text alone; counts what it is asked."""

    encoder_id = "hashing@1"
    dimension = DIMENSION

    def __init__(self, pause_s: float = 0.0) -> None:
        self.asked: list[str] = []
        self.pause_s = pause_s

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        time.sleep(self.pause_s)
        self.asked += texts
        made = np.stack([np.random.default_rng(list(text.encode())).normal(size=DIMENSION) for text in texts])
        return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def datasets(start: int, stop: int) -> list[Dataset]:
    return [
        Dataset(
            dataset_id=f"d{n}", name=f"{WORDS[n % 14]} {WORDS[n // 14 % 14]} {n}", unit="kg", gwp100_kg_co2e=1.0,
            system_boundary="cradle_to_gate", basis="process", source="test",
        )
        for n in range(start, stop)
    ]  # fmt: skip


def source(rows: list[Dataset], encoder: Hashing, sha: str, adapter: str = "off") -> IndexSource:
    return IndexSource(rows, sha * 64, None, "g" * 64, encoder, "test", adapter)  # type: ignore[arg-type]


@pytest.mark.parametrize("adapter", ["off", "auto"])
def test_an_index_that_grew_and_shrank_is_the_one_built_at_once(tmp_path: Path, adapter: str) -> None:
    build_index(tmp_path / "a", source(datasets(0, 2_500), Hashing(), "1", adapter))
    again = Hashing()
    grown = build_index(tmp_path / "a", source(datasets(100, 2_600), again, "2", adapter))
    at_once = build_index(tmp_path / "b", source(datasets(100, 2_600), Hashing(), "2", adapter))
    assert sorted(again.asked) == sorted(one.name for one in datasets(2_500, 2_600))
    assert check_index(grown).files == check_index(at_once).files
    assert "codes.faiss" in check_index(grown).files
    opened = open_index(grown, grown.name)
    assert not {one.name for one in datasets(0, 100)} & set(opened.labels)
    (hits,) = opened.retriever.dense.search_vectors(Hashing().encode([datasets(5, 6)[0].name]), 60)
    assert hits.scores[0] < 0.999


def test_nothing_is_encoded_where_another_adapter_alone_is_asked_for(tmp_path: Path) -> None:
    build_index(tmp_path, source(datasets(0, 300), Hashing(), "1", "auto"))
    again = Hashing()
    build_index(tmp_path, source(datasets(0, 300), again, "1"))
    assert again.asked == []


def test_vectors_of_another_encoder_or_of_a_damaged_index_are_not_taken(tmp_path: Path) -> None:
    first = build_index(tmp_path, source(datasets(0, 50), Hashing(), "1"))
    other = Hashing()
    other.encoder_id = "hashing@2"
    build_index(tmp_path, source(datasets(0, 50), other, "2"))
    assert len(other.asked) == 50
    content = bytearray((first / "vectors.npy").read_bytes())
    content[-1] ^= 1
    (first / "vectors.npy").write_bytes(content)
    again = Hashing()
    sound = build_index(tmp_path, source(datasets(0, 50), again, "3"))
    assert len(again.asked) == 50
    np.testing.assert_array_equal(
        open_index(sound, sound.name).retriever.encoder_vectors(), Hashing().encode([d.name for d in datasets(0, 50)])
    )


def test_an_index_of_an_earlier_format_is_passed_over(tmp_path: Path) -> None:
    first = build_index(tmp_path, source(datasets(0, 40), Hashing(), "a"))
    manifest = json.loads((first / "manifest.json").read_text())
    manifest["format"] -= 1
    manifest["files"] = {"vectors.faiss": next(iter(manifest["files"].values()))}
    (first / "manifest.json").write_text(json.dumps(manifest))
    encoder = Hashing()
    open_index(built := build_index(tmp_path, source(datasets(0, 50), encoder, "b")), built.name)
    assert len(encoder.asked) == len(set(encoder.asked)) == 50  # all are encoded again, each once


def build_slowly(parent: str) -> None:
    """What the test below kills."""
    build_index(Path(parent), source(datasets(0, 4 * CHUNK), Hashing(0.05), "1"))


def test_a_build_killed_goes_on_from_the_chunks_it_had_closed(tmp_path: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import {Path(__file__).stem} as t; "
    process = subprocess.Popen([sys.executable, "-c", code + f"t.build_slowly({str(tmp_path)!r})"])
    try:
        closed = _wait_for_chunks(process, tmp_path, 2)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert closed
    names = [path.name for path in tmp_path.iterdir()]
    assert all(name.startswith(".") for name in names), "nothing that could be opened"
    again = Hashing()
    resumed = build_index(tmp_path, source(datasets(0, 4 * CHUNK), again, "1"))
    assert 0 < len(again.asked) <= 2 * CHUNK
    at_once = build_index(tmp_path / "else", source(datasets(0, 4 * CHUNK), Hashing(), "1"))
    assert check_index(resumed).files == check_index(at_once).files
    assert not list(tmp_path.glob(".encoding-*"))


def _wait_for_chunks(process: subprocess.Popen, parent: Path, count: int) -> bool:
    for _ in range(600):
        if len([path for path in parent.glob(".encoding-*/*") if not path.name.startswith(".")]) >= count:
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("fault", ["cut", "changed"])
def test_a_damaged_chunk_is_encoded_again(tmp_path: Path, fault: str) -> None:
    texts = [one.name for one in datasets(0, 2 * CHUNK)]

    def made(encoder: Hashing) -> np.ndarray:
        return np.array(encoded(Encoding(tmp_path, "x", encoder, lambda *_: None), texts, tmp_path / "made.npy"))

    right = made(Hashing())
    chunk = sorted((tmp_path / ".encoding-x").iterdir())[0]
    content = bytearray(chunk.read_bytes())
    if fault == "cut":
        del content[-1]
    else:
        content[100] ^= 1
    chunk.write_bytes(content)
    again = Hashing()
    np.testing.assert_array_equal(made(again), right)
    assert len(again.asked) == CHUNK


def test_what_killed_builds_left_long_ago_is_deleted(tmp_path: Path) -> None:
    for name in (".building-old", ".building-new", ".encoding-old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "part").write_text("x")
    for path in (tmp_path / ".building-old", tmp_path / ".building-old" / "part", tmp_path / ".encoding-old"):
        os.utime(path, (time.time() - 90_000,) * 2)
    label_vectors.sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".building-new", ".encoding-old"]


def test_opening_reads_checksums_once_and_again_after_any_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = build_index(tmp_path, source(datasets(0, 30), Hashing(), "1"))
    for path in folder.iterdir():
        os.utime(path, (time.time() - 60,) * 2)
    open_index(folder, folder.name)
    assert not (folder / "checked.json").exists(), "files changed a moment ago are not trusted by their times"
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now + 10**10)
    open_index(folder, folder.name)
    assert (folder / "checked.json").exists()
    full = []
    monkeypatch.setattr("firstprint.retrieval.index_folder.check_index", lambda *_: full.append(1))
    open_index(folder, folder.name)
    assert full == []
    content = (folder / "vectors.npy").read_bytes()
    (folder / "vectors.npy").write_bytes(content)
    open_index(folder, folder.name)
    assert full == [1]
