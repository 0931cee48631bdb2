"""Cells over many references: near answers at a fraction of the work; with all cells the same numbers."""

from dataclasses import replace

import numpy as np
import pytest

from firstprint.estimation import cells as module
from firstprint.estimation import model as model_module
from firstprint.estimation.cells import CellSpreads, make_cells
from firstprint.estimation.features import ATTRIBUTES
from firstprint.estimation.kept_vectors import kept_once
from firstprint.estimation.model import Seen
from firstprint.estimation.surrogate_files import load_surrogate, save_surrogate

DIMENSION = 48


def near_points(count: int, seed: int = 0, per_topic: int = 40) -> np.ndarray:
    """Unit vectors in clouds, as texts about like things are."""
    rng = np.random.default_rng(seed)
    topics = rng.normal(size=(max(1, count // per_topic), DIMENSION))
    points = topics[rng.integers(0, len(topics), count)] + 0.5 * rng.normal(size=(count, DIMENSION))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def large(trained, monkeypatch):
    """The small world's family per kilogram with 3,000 references, two rows each, and its cells."""
    monkeypatch.setattr(module, "FEWEST_ROWS", 1000)
    monkeypatch.setattr(module, "_ROWS_A_CELL", 100)
    rows, count = near_points(6000), 3000
    rng = np.random.default_rng(1)
    level = trained.families["kg"].levels["text"]
    spreads = np.where(rng.random(count) < 0.3, rng.uniform(0.1, 0.6, count), np.nan)
    family = replace(
        trained.families["kg"],
        reference_ids=tuple(map(str, range(count))),
        names=("thing",) * count,
        published=(),
        geographies=("CN", "FR", "") * (count // 3),
        values=rows[::2] @ rng.normal(size=DIMENSION),
        weights=rng.uniform(0.5, 2.0, count),
        texts=kept_once(rows),
        categories=kept_once(rows * 0),
        attributes=np.zeros((len(rows), ATTRIBUTES), dtype=np.float32),
        reference=np.repeat(np.arange(count), 2),
        levels={
            "text": replace(level, landmarks=level.landmarks[:5], coefficients=level.coefficients[:5], spreads=spreads)
        },
    )
    return replace(family, cells=make_cells(family._mixed))


@pytest.fixture
def products():
    nothing = np.zeros(DIMENSION, dtype=np.float32)
    attributes = np.zeros(ATTRIBUTES, dtype=np.float32)
    places = (None, "CN", "FR", "DE")
    vectors = near_points(40, seed=0, per_topic=1)
    return [Seen(one, nothing, attributes, places[n % 4], "text") for n, one in enumerate(vectors)]


def test_few_rows_have_no_cells():
    assert make_cells(near_points(500)) is None


def test_every_row_is_in_one_cell(large):
    cells = large.cells
    assert len(cells.means) == 60
    assert sorted(cells.order.tolist()) == list(range(6000))
    assert (cells.starts[0], cells.starts[-1]) == (0, 6000)
    first = cells.order[cells.starts[3] : cells.starts[4]]
    np.testing.assert_allclose(cells.means[3], large._mixed[first].mean(axis=0), atol=1e-5)


def test_all_cells_together_say_what_all_rows_say(large, products, monkeypatch):
    monkeypatch.setattr(model_module, "PROBES", 1000)
    monkeypatch.setattr(module, "_SPARE", 10_000)
    exact = replace(large, cells=None).predict_many(products)
    for told, right in zip(large.predict_many(products), exact, strict=True):
        assert told.log10_value == pytest.approx(right.log10_value, abs=1e-4)
        assert told.distance == pytest.approx(right.distance, abs=1e-6)
        assert told.nearest == right.nearest
        assert set(told.positions.tolist()) == set(right.positions.tolist())


def test_a_few_cells_find_nearly_all_neighbours(large, products, monkeypatch):
    monkeypatch.setattr(model_module, "PROBES", 12)
    exact = replace(large, cells=None).predict_many(products)
    told = large.predict_many(products)
    pairs = list(zip(told, exact, strict=True))
    assert np.mean([one.nearest == other.nearest for one, other in pairs]) > 0.9
    assert np.mean([abs(one.log10_value - other.log10_value) for one, other in pairs]) < 0.05
    assert np.mean([abs(one.scale / other.scale - 1) for one, other in pairs]) < 0.15


def test_cells_that_are_not_looked_into_count_by_their_means():
    means = np.eye(3, dtype=np.float32)
    rows = np.repeat(means, 2, axis=0)
    cells = module.Cells(means, np.arange(6), np.array([0, 2, 4, 6]))
    spreads = cells.spreads(np.array([0.2, np.nan, 0.4, 0.6, np.nan, np.nan]))
    assert isinstance(spreads, CellSpreads)
    np.testing.assert_allclose(spreads.of_cell, [[1, 0.2], [2, 1.0], [0, 0]], atol=1e-6)
    query = np.array([[0.8, 0.6, 0.0]], dtype=np.float32)
    found = cells.look(query, rows, spreads, probes=1)
    near, far = 0.8**8, 0.6**8
    np.testing.assert_allclose(found.spreads, [[near + 2 * far, 0.2 * near + 1.0 * far]], rtol=1e-5)


def test_cells_survive_their_file(trained, large, tmp_path, encoder):
    surrogate = replace(trained, families={"kg": large})
    save_surrogate(surrogate, tmp_path)
    loaded = load_surrogate(tmp_path, encoder).families["kg"].cells
    assert (loaded.order == large.cells.order).all()
    assert (loaded.means == large.cells.means).all()
