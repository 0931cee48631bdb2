"""The dense index: exact where labels are few, nearly so above, the same each time, and never outside the mask."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from firstprint.errors import IndexFaultError
from firstprint.retrieval.label_index import CODES_FILE, EXACT_UP_TO, FLAT_UP_TO, VECTORS_FILE, LabelIndex

DIMENSION = 64
LABELS = 10_000


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Labels in clumps, as names of products are."""
    rng = np.random.default_rng(4)
    middles = rng.normal(size=(400, DIMENSION))
    made = middles[rng.integers(0, 400, LABELS)] + 0.4 * rng.normal(size=(LABELS, DIMENSION))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def coded(vectors: np.ndarray) -> LabelIndex:
    return LabelIndex.build(vectors)


def nearest(vectors: np.ndarray, queries: np.ndarray, k: int, allowed: np.ndarray | None = None) -> list[set[int]]:
    cosines = queries @ vectors.T
    if allowed is not None:
        cosines = np.where(allowed, cosines, -2)
    return [set(row.tolist()) for row in np.argsort(-cosines, axis=1)[:, :k]]


def shares(hits: list, right: list[set[int]]) -> float:
    return float(np.mean([len(set(a.rows.tolist()) & b) / len(b) for a, b in zip(hits, right, strict=True)]))


def test_few_labels_are_compared_one_by_one_and_many_by_code(vectors: np.ndarray, coded: LabelIndex) -> None:
    assert LabelIndex.build(vectors[:FLAT_UP_TO]).exact
    assert not LabelIndex.build(vectors[: FLAT_UP_TO + 1]).exact
    assert not coded.exact
    assert LabelIndex.build(vectors, exact=True).exact
    assert len(coded) == LABELS
    assert coded.dimension == DIMENSION


@pytest.mark.parametrize(("k", "least"), [(1, 0.99), (10, 0.97), (60, 0.9)])
def test_nearly_all_of_the_nearest_are_found(vectors: np.ndarray, coded: LabelIndex, k: int, least: float) -> None:
    queries = vectors[::97]
    assert shares(coded.search_vectors(queries, k), nearest(vectors, queries, k)) > least


def test_all_of_the_nearest_are_found_where_every_label_is_compared(vectors: np.ndarray) -> None:
    exact = LabelIndex.build(vectors, exact=True)
    assert shares(exact.search_vectors(vectors[::97], 60), nearest(vectors, vectors[::97], 60)) == 1.0


@pytest.mark.parametrize("dimension", [1, 3, 6, 50])
def test_any_length_of_vector_is_coded(dimension: int) -> None:
    made = np.random.default_rng(1).normal(size=(FLAT_UP_TO + 500, dimension)).astype(np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    index = LabelIndex.build(made)
    (hits,) = index.search_vectors(made[7:8], 5)
    assert not index.exact
    assert hits.scores[0] == pytest.approx(1.0)


def test_scores_are_exact_and_fall(vectors: np.ndarray, coded: LabelIndex) -> None:
    for query, hits in zip(vectors[:5], coded.search_vectors(vectors[:5], 40), strict=True):
        np.testing.assert_allclose(hits.scores, vectors[hits.rows] @ query, atol=1e-6)
        assert (np.diff(hits.scores) <= 0).all()


@pytest.mark.parametrize("share", [0.001, 0.1, 0.3, 0.6, 0.95])
def test_a_mask_is_kept_and_as_many_as_wanted_are_found(vectors: np.ndarray, coded: LabelIndex, share: float) -> None:
    rng = np.random.default_rng(int(share * 1e4))
    allowed = rng.random(LABELS) < share
    queries = vectors[:20]
    found = coded.search_vectors(queries, 30, allowed)
    assert all(allowed[hits.rows].all() for hits in found)
    assert {len(hits.rows) for hits in found} == {min(30, int(allowed.sum()))}
    right = nearest(vectors, queries, len(found[0].rows), allowed)
    assert shares(found, right) > 0.92
    if allowed.sum() <= EXACT_UP_TO:
        assert shares(found, right) == 1.0


def test_a_mask_that_lies_far_from_the_query_is_searched_until_as_many_as_wanted_are_found(
    vectors: np.ndarray, coded: LabelIndex
) -> None:
    query = vectors[:1]
    far = np.argsort(vectors @ query[0])[: EXACT_UP_TO + 1_000]
    allowed = np.zeros(LABELS, dtype=np.bool_)
    allowed[far] = True
    (hits,) = coded.search_vectors(query, 30, allowed)
    assert allowed[hits.rows].all()
    assert len(hits.rows) == 30
    best = np.sort(vectors[far] @ query[0])[-30:]  # hardly one is nearer than another
    assert float(hits.scores.mean()) == pytest.approx(float(best.mean()), abs=0.01)


def test_nothing_allowed_finds_nothing(vectors: np.ndarray, coded: LabelIndex) -> None:
    (hits,) = coded.search_vectors(vectors[:1], 5, np.zeros(LABELS, dtype=np.bool_))
    assert len(hits.rows) == len(hits.scores) == 0
    assert coded.cosines(vectors[:3], []).shape == (3, 0)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("share", [0.15, 0.5, None])
def test_what_is_found_does_not_depend_on_the_queries_beside_it(
    vectors: np.ndarray, exact: bool, share: float | None
) -> None:
    index = LabelIndex.build(vectors, exact=exact)
    rng = np.random.default_rng(5)
    queries = vectors[rng.permutation(LABELS)[:50]] + 0.05 * rng.normal(size=(50, DIMENSION)).astype(np.float32)
    allowed = None if share is None else rng.random(LABELS) < share
    together = index.search_vectors(queries, 60, allowed)
    for row, hits in enumerate(together):
        (alone,) = index.search_vectors(queries[row : row + 1], 60, allowed)
        assert alone.rows.tolist() == hits.rows.tolist()
        assert alone.scores.tobytes() == hits.scores.tobytes()


def test_equal_labels_come_in_their_order(vectors: np.ndarray) -> None:
    doubled = np.concatenate([vectors[:3_000], vectors[:3_000]])
    (hits,) = LabelIndex.build(doubled).search_vectors(vectors[:1], 2)
    assert hits.rows.tolist() == [0, 3_000]


def test_the_same_vectors_give_the_same_files(vectors: np.ndarray, coded: LabelIndex, tmp_path: Path) -> None:
    for name, index in (("one", coded), ("two", LabelIndex.build(vectors))):
        (tmp_path / name).mkdir()
        assert index.save(tmp_path / name) == [VECTORS_FILE, CODES_FILE]
    for name in (VECTORS_FILE, CODES_FILE):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_files_give_back_what_was_written(vectors: np.ndarray, coded: LabelIndex, tmp_path: Path) -> None:
    coded.save(tmp_path)
    opened = LabelIndex.open(tmp_path)
    assert not opened.exact
    np.testing.assert_array_equal(opened.vectors(), vectors)
    rows = np.array([5, 9_000, 0, 5])
    np.testing.assert_allclose(opened.cosines(vectors[:3], rows), vectors[:3] @ vectors[rows].T, atol=1e-5)
    for before, after in zip(coded.search_vectors(vectors[:5], 9), opened.search_vectors(vectors[:5], 9), strict=True):
        assert before.rows.tolist() == after.rows.tolist()


def test_opening_reads_no_code(coded: LabelIndex, tmp_path: Path) -> None:
    coded.save(tmp_path)
    (tmp_path / CODES_FILE).write_bytes(b"garbage")
    opened = LabelIndex.open(tmp_path)
    assert len(opened) == LABELS
    with pytest.raises(IndexFaultError, match="cannot be read"):
        opened.search_vectors(opened.vectors()[:1], 3)


@pytest.mark.parametrize("fault", ["codes missing", "vectors cut", "other vectors"])
def test_files_that_do_not_fit_are_refused(coded: LabelIndex, tmp_path: Path, fault: str) -> None:
    coded.save(tmp_path)
    if fault == "codes missing":
        (tmp_path / CODES_FILE).unlink()
    elif fault == "vectors cut":
        (tmp_path / VECTORS_FILE).write_bytes((tmp_path / VECTORS_FILE).read_bytes()[:-1])
    else:
        np.save(tmp_path / VECTORS_FILE, coded.vectors()[:-1])
    with pytest.raises(IndexFaultError) as caught:
        LabelIndex.open(tmp_path).search_vectors(coded.vectors()[:1], 3)
    assert caught.value.code == "index_damaged"
