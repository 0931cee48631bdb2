"""The dense index: exact where labels are few, nearly so above, the same each time, and never outside the mask."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from firstprint.retrieval.label_index import EXACT_UP_TO, FLAT_UP_TO, LabelIndex

DIMENSION = 24
LABELS = FLAT_UP_TO + 2_000


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Labels in clumps, as names of products are."""
    rng = np.random.default_rng(4)
    middles = rng.normal(size=(400, DIMENSION))
    made = middles[rng.integers(0, 400, LABELS)] + 0.4 * rng.normal(size=(LABELS, DIMENSION))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def celled(vectors: np.ndarray) -> LabelIndex:
    return LabelIndex.build(vectors)


def nearest(vectors: np.ndarray, queries: np.ndarray, k: int, allowed: np.ndarray | None = None) -> list[set[int]]:
    cosines = queries @ vectors.T
    if allowed is not None:
        cosines = np.where(allowed, cosines, -2)
    return [set(row.tolist()) for row in np.argsort(-cosines, axis=1)[:, :k]]


def test_few_labels_are_compared_one_by_one_and_many_by_cell(vectors: np.ndarray, celled: LabelIndex) -> None:
    assert LabelIndex.build(vectors[:FLAT_UP_TO]).exact
    assert not celled.exact
    assert LabelIndex.build(vectors, exact=True).exact
    assert len(celled) == LABELS
    assert celled.dimension == DIMENSION


def test_nearly_all_of_the_nearest_are_found(vectors: np.ndarray, celled: LabelIndex) -> None:
    queries = vectors[::97]
    found = [set(hits.rows[:10].tolist()) for hits in celled.search_vectors(queries, 10)]
    shares = [len(a & b) / 10 for a, b in zip(found, nearest(vectors, queries, 10), strict=True)]
    assert np.mean(shares) > 0.9


def test_scores_are_exact_and_fall(vectors: np.ndarray, celled: LabelIndex) -> None:
    for query, hits in zip(vectors[:5], celled.search_vectors(vectors[:5], 40), strict=True):
        np.testing.assert_allclose(hits.scores, vectors[hits.rows] @ query, atol=1e-5)
        assert (np.diff(hits.scores) <= 1e-6).all()


@pytest.mark.parametrize("share", [0.001, 0.1, 0.3, 0.6, 0.95])
def test_a_mask_is_kept_and_as_many_as_wanted_are_found(vectors: np.ndarray, celled: LabelIndex, share: float) -> None:
    rng = np.random.default_rng(int(share * 1e4))
    allowed = rng.random(LABELS) < share
    queries = vectors[:20]
    found = celled.search_vectors(queries, 30, allowed)
    assert all(allowed[hits.rows].all() for hits in found)
    assert {len(hits.rows) for hits in found} == {min(30, int(allowed.sum()))}
    if allowed.sum() <= EXACT_UP_TO:
        assert [set(hits.rows.tolist()) for hits in found] == nearest(vectors, queries, len(found[0].rows), allowed)


def test_nothing_allowed_finds_nothing(vectors: np.ndarray, celled: LabelIndex) -> None:
    (hits,) = celled.search_vectors(vectors[:1], 5, np.zeros(LABELS, dtype=np.bool_))
    assert len(hits.rows) == len(hits.scores) == 0


def test_the_same_vectors_give_the_same_file(vectors: np.ndarray, celled: LabelIndex, tmp_path: Path) -> None:
    celled.save(tmp_path / "one")
    LabelIndex.build(vectors).save(tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_file_gives_back_what_was_written(vectors: np.ndarray, celled: LabelIndex, tmp_path: Path) -> None:
    celled.save(tmp_path / "index")
    opened = LabelIndex.open(tmp_path / "index")
    np.testing.assert_array_equal(opened.vectors(), vectors)
    rows = np.array([5, 9_000, 0, 5])
    np.testing.assert_allclose(opened.cosines(vectors[:3], rows), vectors[:3] @ vectors[rows].T, atol=1e-5)
    for before, after in zip(celled.search_vectors(vectors[:5], 9), opened.search_vectors(vectors[:5], 9), strict=True):
        assert before.rows.tolist() == after.rows.tolist()
