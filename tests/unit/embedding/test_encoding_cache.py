"""A text is encoded once, whoever asks and however often; the file is a cache that may be lost, never wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from firstprint.embedding.cache import CachedEncoder
from firstprint.errors import WorkspaceError


class Counting:
    """A small encoder that says how often it was asked: the vector is made from the text's characters."""

    dimension = 4

    def __init__(self, name: str = "counting@1") -> None:
        self.encoder_id = name
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.seen += texts
        rows = [[len(text), sum(map(ord, text)) % 97, text.count("a"), 1] for text in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), 4)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_each_distinct_text_is_encoded_once(tmp_path: Path) -> None:
    inner = Counting()
    with CachedEncoder(inner, tmp_path / "v.sqlite") as cached:
        first = cached.encode(["steel", "铝", "steel"])
        again = cached.encode(["铝", "wood", "steel"])
        assert sorted(inner.seen) == sorted(["steel", "铝", "wood"])
        assert cached.encoded == 3
    np.testing.assert_array_equal(first[0], first[2])
    np.testing.assert_array_equal(again[0], first[1])
    np.testing.assert_allclose(again, Counting().encode(["铝", "wood", "steel"]), rtol=1e-6)


def test_vectors_outlive_the_process_and_another_encoder_does_not_meet_them(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "v.sqlite"
    with CachedEncoder(Counting(), path) as cached:
        cached.encode(["a", "b"])
    same, other = Counting(), Counting("counting@2")
    with CachedEncoder(same, path) as cached:
        cached.encode(["b", "a"])
    with CachedEncoder(other, path) as cached:
        cached.encode(["a"])
    assert same.seen == []
    assert other.seen == ["a"]


def test_the_file_is_bounded_and_the_newest_stay(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    with CachedEncoder(Counting(), path, max_vectors=10) as cached:
        for start in range(0, 40, 4):
            cached.encode([f"text {n}" for n in range(start, start + 4)])
    inner = Counting()
    with CachedEncoder(inner, path, max_vectors=10) as cached:
        cached.encode([f"text {n}" for n in range(40)])
    assert len(inner.seen) == 30
    assert "text 39" not in inner.seen


def test_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    path.write_bytes(b"this is no database, " * 500)
    inner = Counting()
    with CachedEncoder(inner, path) as cached:
        cached.encode(["a"])
        cached.encode(["a"])
    assert inner.seen == ["a"]


def test_a_vector_of_another_length_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    with CachedEncoder(Counting(), path) as cached:
        cached.encode(["a"])
        cached._database.execute("UPDATE vectors SET vector = x'00000000'")
        cached._database.commit()
        assert cached.encode(["a"]).shape == (1, 4)
        assert cached.encoded == 2


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="cache of text vectors"):
        CachedEncoder(Counting(), tmp_path / "file" / "v.sqlite")


def test_nothing_to_encode_and_lone_surrogates(tmp_path: Path) -> None:
    with CachedEncoder(Counting(), tmp_path / "v.sqlite") as cached:
        assert cached.encode([]).shape == (0, 4)
        assert cached.encode(["\ud800"]).shape == (1, 4)
