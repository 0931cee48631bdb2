"""The catalogue adapter: what it does to vectors, when it is kept, and what happens to a damaged one."""

from __future__ import annotations

import json

import adapter_worlds as worlds
import numpy as np
import pytest

from firstprint.catalogue.labels import KINDS
from firstprint.errors import IndexFaultError, ModelError
from firstprint.retrieval.adapter import Adapter, AdapterNote, load_adapter, save_adapter
from firstprint.retrieval.adapter_fit import (
    LEAST_DECIDED,
    LEAST_GROUPS,
    decided_scatter,
    fit_adapter,
    fit_with_decisions,
    label_sets,
    scatter,
)
from firstprint.retrieval.adapter_trials import Trial, ranks, text_ranks, trials_of
from firstprint.retrieval.index_folder import IndexSource, build_index, check_index, open_index
from firstprint.retrieval.retriever import LabelMap, QueryVariant


@pytest.fixture
def adapter():
    rng = np.random.default_rng(1)
    return Adapter((np.eye(8) + 0.1 * rng.normal(size=(8, 8))).astype(np.float32), "e@1", 0.1)


@pytest.fixture
def vectors():
    return worlds.unit(np.random.default_rng(2).normal(size=(5, 8)))


def test_adapted_vectors_have_length_one_one_by_one_and_together(adapter, vectors):
    together = adapter.apply(vectors)
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(5), abs=1e-6)
    assert np.stack([adapter.apply(one) for one in vectors]).tobytes() == together.tobytes()
    assert abs(together - vectors).max() > 0.01


@pytest.mark.parametrize("company", [1, 2, 3, 8, 17, 200])
def test_a_vector_is_adapted_to_the_same_bits_in_any_company(company):
    rng = np.random.default_rng(company)
    own = Adapter((np.eye(512) + 0.02 * rng.normal(size=(512, 512))).astype(np.float32), "e@1", 0.1)
    many = worlds.unit(rng.normal(size=(200, 512)))
    together = own.apply(many)
    parts = [own.apply(many[start : start + company]) for start in range(0, 200, company)]
    assert np.concatenate(parts).tobytes() == together.tobytes()


def test_undo_gives_the_encoders_vectors_back(adapter, vectors):
    assert adapter.undo(adapter.apply(vectors)) == pytest.approx(vectors, abs=1e-5)


def test_the_identity_changes_nothing(vectors):
    assert Adapter(np.eye(8, dtype=np.float32), "e", 0.0).apply(vectors) == pytest.approx(vectors, abs=1e-6)


def test_the_id_follows_from_matrix_encoder_and_strength(adapter):
    same = Adapter(adapter.matrix.copy(), "e@1", 0.1)
    moved = adapter.matrix.copy()
    moved[0, 0] += 1e-4
    others = [Adapter(moved, "e@1", 0.1), Adapter(adapter.matrix, "e@2", 0.1), Adapter(adapter.matrix, "e@1", 0.2)]
    assert same.adapter_id == adapter.adapter_id
    assert len({adapter.adapter_id, *(one.adapter_id for one in others)}) == 4


def test_a_saved_adapter_comes_back_as_it_was(adapter, tmp_path):
    note = AdapterNote(adapter_id=adapter.adapter_id, why="It gained.", before=0.5, after=0.6)
    assert save_adapter(adapter, note, tmp_path) == ["adapter.npy", "adapter.json"]
    again, told = load_adapter(tmp_path)
    assert told == note
    assert again.adapter_id == adapter.adapter_id


def _pickled(folder):
    np.save(folder / "adapter.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)


def _resealed(folder, array):
    import hashlib

    np.save(folder / "adapter.npy", array)
    told = json.loads((folder / "adapter.json").read_text())
    told["matrix_sha256"] = hashlib.sha256((folder / "adapter.npy").read_bytes()).hexdigest()
    (folder / "adapter.json").write_text(json.dumps(told))


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "adapter.npy").unlink(),
        lambda folder: (folder / "adapter.json").write_text("{}"),
        lambda folder: (folder / "adapter.npy").write_bytes(b""),
        _pickled,
        lambda folder: _resealed(folder, np.eye(4, dtype=np.float32)),
        lambda folder: _resealed(folder, np.full((8, 8), np.nan, np.float32)),
        lambda folder: _resealed(folder, np.ones((8, 3), np.float32)),
        lambda folder: _resealed(folder, np.float32(1)),
    ],
)
def test_a_damaged_adapter_is_one_clear_error(adapter, tmp_path, damage):
    save_adapter(adapter, AdapterNote(adapter_id=adapter.adapter_id, why="It gained."), tmp_path)
    damage(tmp_path)
    with pytest.raises(ModelError, match="cannot be used") as caught:
        load_adapter(tmp_path)
    assert caught.value.code == "adapter_damaged"
    assert "firstprint train" in caught.value.hint


def test_scatter_is_that_of_the_noise_put_in():
    sets = worlds.world(80, lopsided=True)
    found = np.diag(scatter(sets, np.ones(80, bool)))
    assert found[: worlds.NOISY].min() > 3 * found[worlds.NOISY :].max()
    assert scatter(sets, np.zeros(80, bool)).sum() == 0.0


def test_datasets_that_share_a_name_count_as_one():
    texts = ["a", "b", "c", "d", "e"]
    # Datasets 0 and 1 share "b", 1 and 2 share "c": one group; 3 stands alone.
    rows = np.array([0, 1, 1, 2, 2, 3, 4], np.int32)
    offsets = np.array([0, 2, 4, 6, 7], np.int64)
    unused = np.zeros(0, np.int64)
    vectors = worlds.unit(np.random.default_rng(0).normal(size=(5, 4)))
    labels = LabelMap(unused, unused, offsets, rows, np.zeros(7, np.uint8))
    sets = label_sets(texts, vectors, labels)
    assert sets.groups.tolist() == [0, 0, 0, 3]
    category = KINDS.index("category")
    kinds = np.array([0, *[category] * 4, 0, 0], np.uint8)
    alone = label_sets(texts, vectors, labels._replace(label_kinds=kinds))
    assert alone.groups.tolist() == [0, 1, 2, 3]
    assert alone.rows.tolist() == [0, 3, 4]


def test_an_adapter_is_kept_where_held_out_names_gain():
    sets = worlds.world(160, lopsided=True)
    fitted = fit_adapter(sets, "e")
    assert fitted.adapter is not None
    assert fitted.note.adapter_id == fitted.adapter.adapter_id
    assert 0 < fitted.note.gain_low <= fitted.note.after - fitted.note.before <= fitted.note.gain_high
    assert fitted.note.first_after > fitted.note.first_before
    assert fit_adapter(sets, "e").note == fitted.note


def test_no_adapter_is_kept_where_there_is_nothing_to_gain():
    fitted = fit_adapter(worlds.world(160, lopsided=False), "e")
    assert fitted.adapter is None
    assert fitted.note.adapter_id == "none"
    assert fitted.note.gain_low <= 0
    assert "not found better" in fitted.note.why


@pytest.mark.parametrize(("n", "names"), [(0, 3), (1, 3), (LEAST_GROUPS, 3), (200, 1)])
def test_too_small_a_catalogue_has_none_and_says_so(n, names):
    fitted = fit_adapter(worlds.world(n, lopsided=True, names=names), "e")
    assert fitted.adapter is None
    assert "Too few datasets" in fitted.note.why


def test_a_name_and_its_beginning_never_answer_for_each_other():
    texts = ["steel coil, hot rolled", "Steel coil", "热轧钢卷", "钢卷"]
    offsets, unused = np.array([0, 4], np.int64), np.zeros(0, np.int64)
    labels = LabelMap(unused, unused, offsets, np.arange(4, dtype=np.int32), np.zeros(4, np.uint8))
    sets = label_sets(texts, worlds.unit(np.random.default_rng(0).normal(size=(4, 4))), labels)
    for seed in range(10):
        assert all(trial.across for trial in trials_of(sets, np.ones(1, bool), seed))


def test_ranks_count_the_datasets_before_the_right_one():
    texts = ["铝", "aluminium", "steel", "zinc"]
    vectors = worlds.unit(np.array([[1.0, 0.0, 0.2], [0.6, 0.8, 0.0], [0.9, 0.1, 0.0], [0.0, 0.0, 1.0]]))
    offsets, unused = np.array([0, 2, 3, 4], np.int64), np.zeros(0, np.int64)
    labels = LabelMap(unused, unused, offsets, np.arange(4, dtype=np.int32), np.zeros(4, np.uint8))
    sets = label_sets(texts, vectors, labels)
    assert ranks(sets, [Trial(0, 0, 0, across=True)], vectors).tolist() == [2]
    assert text_ranks(
        sets, [worlds.Decided("x", vectors[3], 2), worlds.Decided("y", vectors[2], 0)], None
    ).tolist() == [
        1,
        2,
    ]


def _decided(n, tilt):
    """Texts that lie away from the names of their dataset in the directions the tilt names."""
    rng = np.random.default_rng(3)
    things = np.stack([worlds.drawn(f"thing {row}") for row in range(n)])
    return [
        worlds.Decided(f"code {row}", vector, row)
        for row, vector in enumerate(worlds.unit(things + tilt * rng.normal(size=things.shape)))
    ]


def test_decisions_shape_the_adapter_where_held_out_ones_gain():
    sets = worlds.world(200, lopsided=False)
    tilt = np.where(np.arange(worlds.DIMENSION) >= worlds.DIMENSION - 6, 4.0, 0.0)
    decided = _decided(200, tilt)
    fitted = fit_with_decisions(sets, decided, "e", over=False)
    assert fitted.adapter is not None
    assert fitted.note.decisions == 200
    assert fitted.note.gain_low > 0
    spread = np.diag(decided_scatter(sets, decided, np.ones(200, bool)))
    assert spread[-6:].min() > spread[:-6].max()


def test_decisions_that_teach_nothing_leave_the_adapter_of_the_names():
    sets = worlds.world(200, lopsided=True)
    fitted = fit_with_decisions(sets, _decided(200, np.full(worlds.DIMENSION, 0.05)), "e", over=True)
    assert fitted.adapter is None
    assert fitted.note.gain_low <= 0


def test_a_few_decisions_do_not_shape_it():
    fitted = fit_with_decisions(worlds.world(200, lopsided=True), _decided(LEAST_DECIDED, 1.0), "e", over=True)
    assert fitted.adapter is None
    assert "Too few products decided" in fitted.note.why


@pytest.fixture(scope="module")
def encoder():
    return worlds.WorldEncoder(lopsided=True)


@pytest.fixture
def source(encoder):
    return IndexSource(worlds.world_datasets(160), "c" * 64, None, "g" * 64, encoder, "test")


def test_an_index_adapts_its_labels_and_its_queries_alike(source, encoder, tmp_path):
    folder = build_index(tmp_path, source)
    opened = open_index(folder, folder.name)
    assert opened.manifest.adapter.adapter_id != "none"
    plain_folder = build_index(tmp_path, source._replace(adapter="off"))
    plain = open_index(plain_folder, plain_folder.name)
    assert plain.manifest.adapter.adapter_id == "none"
    assert plain_folder.name != folder.name
    texts = [f"thing {row}/asked otherwise" for row in range(160)]
    asked = encoder.encode(texts)
    with_it, without = (
        (one.retriever.dense_scores(asked).argmax(axis=1) == np.arange(160)).sum() for one in (opened, plain)
    )
    assert with_it > without + 10
    own = opened.retriever.retrieve([QueryVariant("thing 7/first", encoder.encode(["thing 7/first"])[0], 1.0)], 1)
    assert own[0].row == 7
    assert own[0].dense == pytest.approx(1.0, abs=1e-5)
    assert opened.retriever.encoder_vectors() == pytest.approx(plain.retriever.encoder_vectors(), abs=1e-5)


def test_another_adapter_can_be_tried_without_writing(source, tmp_path):
    folder = build_index(tmp_path, source)
    opened = open_index(folder, folder.name)
    plain = opened.retriever.with_adapter(None)
    assert plain.encoder_vectors() == pytest.approx(opened.retriever.encoder_vectors(), abs=1e-5)
    assert check_index(folder, folder.name) == opened.manifest


@pytest.mark.parametrize("name", ["adapter.npy", "adapter.json"])
def test_a_damaged_adapter_of_an_index_is_found_and_named(source, tmp_path, name):
    folder = build_index(tmp_path, source)
    (folder / name).write_bytes(b"x")
    with pytest.raises(IndexFaultError, match=name):
        open_index(folder, folder.name)


def test_an_adapter_of_another_encoder_is_refused(source, tmp_path):
    folder = build_index(tmp_path, source)
    body = json.loads((folder / "manifest.json").read_text())
    body["encoder_id"] = "other@1"
    (folder / "manifest.json").write_text(json.dumps(body))
    with pytest.raises(IndexFaultError, match="adapter is another one"):
        open_index(folder, folder.name)


def test_an_index_is_made_from_vectors_at_hand_without_encoding(source, encoder, tmp_path):
    first = build_index(tmp_path / "a", source)
    vectors = open_index(first, first.name).retriever.encoder_vectors()
    asked = encoder.asked
    again = build_index(tmp_path / "b", source._replace(vectors=vectors))
    assert encoder.asked == asked
    assert again.name == first.name
