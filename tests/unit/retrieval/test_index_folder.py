from __future__ import annotations

import json

import numpy as np
import pytest

from firstprint.domain.dataset import Dataset
from firstprint.embedding.opening import open_encoder
from firstprint.errors import IndexFaultError, WorkspaceError
from firstprint.retrieval.index_folder import IndexSource, build_index, check_index, open_index
from firstprint.retrieval.retriever import QueryVariant


def _dataset(key: str, name: str, **more) -> Dataset:
    return Dataset(
        dataset_id=key, name=name, unit="kg", gwp100_kg_co2e=1.0, system_boundary="cradle_to_gate",
        basis="process", source=more.pop("source", "test"), **more,
    )  # fmt: skip


DATASETS = (
    _dataset("can", "Aluminium can", name_zh="铝罐", synonyms=("beverage can", "易拉罐"), category="packaging / metal"),
    _dataset("coil", "Steel coil, hot rolled", name_zh="热轧钢卷", category="materials / steel"),
    _dataset("shirt", "T-shirt, cotton", name_zh="棉T恤", category="textiles / garments", source="other"),
    _dataset("milk", "Milk, whole", name_zh="全脂牛奶", category="food / dairy"),
)


@pytest.fixture(scope="module")
def encoder():
    return open_encoder()


@pytest.fixture
def source(encoder):
    return IndexSource(DATASETS, "c" * 64, None, "g" * 64, encoder, "test")


@pytest.fixture
def folder(source, tmp_path):
    return build_index(tmp_path / "index", source)


def _ask(opened, encoder, text, allowed=None):
    found = opened.retriever.retrieve([QueryVariant(text, encoder.encode([text])[0], 1.0)], 3, allowed)
    return [opened.catalogue.dataset(one.row).dataset_id for one in found], found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("drink can made of aluminium", "can"),
        ("易拉罐", "can"),
        ("钢卷", "coil"),
        ("lait entier", "milk"),
        ("T恤", "shirt"),
    ],
)
def test_the_nearest_dataset_comes_first(folder, encoder, text, expected):
    ids, found = _ask(open_index(folder, folder.name), encoder, text)
    assert ids[0] == expected
    assert found[0].similarity >= found[-1].similarity


def test_the_matched_label_and_its_kind_are_named(folder, encoder):
    opened = open_index(folder, folder.name)
    _, found = _ask(opened, encoder, "易拉罐")
    assert opened.labels[found[0].label_row] == "易拉罐"
    assert found[0].label_kind == "synonym"
    assert found[0].lexical > 0.9


def test_only_allowed_datasets_are_found(folder, encoder):
    opened = open_index(folder, folder.name)
    allowed = np.array([False, True, True, True])
    ids, _ = _ask(opened, encoder, "aluminium can", allowed)
    assert "can" not in ids
    assert ids


def test_datasets_read_back_as_they_were(folder):
    opened = open_index(folder, folder.name)
    assert tuple(opened.catalogue.all_datasets()) == DATASETS


def test_the_same_parts_give_the_same_id_and_bytes(source, tmp_path):
    one, two = build_index(tmp_path / "a", source), build_index(tmp_path / "b", source)
    assert one.name == two.name
    first, second = check_index(one), check_index(two)
    assert first.files == second.files


def test_another_catalogue_gets_another_id(source, tmp_path):
    other = source._replace(catalogue_sha256="d" * 64)
    assert build_index(tmp_path, source).name != build_index(tmp_path, other).name


def test_every_damaged_file_is_found_and_named(folder):
    manifest = check_index(folder, folder.name)
    for name in manifest.files:
        path = folder / name
        sound = path.read_bytes()
        path.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
        with pytest.raises(IndexFaultError, match=f"{name}: its checksum differs"):
            open_index(folder, folder.name)
        path.write_bytes(sound[:-1])
        with pytest.raises(IndexFaultError, match=f"{name}: has"):
            open_index(folder, folder.name)
        path.unlink()
        with pytest.raises(IndexFaultError, match=f"{name}: is missing"):
            open_index(folder, folder.name)
        path.write_bytes(sound)
    check_index(folder, folder.name)


def test_all_faults_are_told_at_once(folder):
    for name in ("vectors.npy", "labels.arrow"):
        (folder / name).unlink()
    with pytest.raises(IndexFaultError, match=r"labels\.arrow: is missing; vectors\.npy: is missing"):
        check_index(folder)


def test_a_stale_index_is_refused(folder):
    with pytest.raises(IndexFaultError, match="another catalogue or encoder") as caught:
        open_index(folder, "0123456789abcdef")
    assert caught.value.code == "index_stale"


@pytest.mark.parametrize("text", ["", "{}", "not json", '{"format": 1}'])
def test_an_unreadable_manifest_is_refused(folder, text):
    (folder / "manifest.json").write_text(text)
    with pytest.raises(IndexFaultError, match=r"unreadable manifest\.json"):
        open_index(folder, folder.name)


def test_a_missing_manifest_is_refused(folder):
    (folder / "manifest.json").unlink()
    with pytest.raises(IndexFaultError, match=r"has no manifest\.json"):
        open_index(folder, folder.name)


def test_a_stopped_build_leaves_nothing_to_open(source, tmp_path):
    class Stopped(Exception):  # noqa: N818 - stands for a kill, not an error
        pass

    def stop(step, _done, _total):
        if step == "lexical":
            raise Stopped

    with pytest.raises(Stopped):
        build_index(tmp_path, source, stop)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_index_is_replaced_by_a_new_build(source, folder):
    (folder / "vectors.npy").write_bytes(b"garbage")
    assert build_index(folder.parent, source) == folder
    check_index(folder, folder.name)
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]


def test_progress_reaches_its_end(source, tmp_path):
    seen = []
    build_index(tmp_path, source, lambda *step: seen.append(step))
    encoded = [step for step in seen if step[0] == "encode"]
    assert encoded[-1][1] == encoded[-1][2] > 0


def test_an_unwritable_place_is_one_clear_error(source, tmp_path):
    place = tmp_path / "file"
    place.write_text("in the way")
    with pytest.raises(WorkspaceError, match="cannot be written") as caught:
        build_index(place, source)
    assert "FIRSTPRINT_HOME" in caught.value.hint


def test_the_manifest_counts_what_is_there(folder):
    body = json.loads((folder / "manifest.json").read_text())
    assert body["datasets"] == len(DATASETS)
    assert body["labels"] == len(open_index(folder, folder.name).labels)
    assert body["dimension"] == 512


def test_processes_that_build_the_same_index_at_once_all_end_with_a_sound_one(source, tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(lambda _: build_index(tmp_path, source), range(8)))
    assert len(set(folders)) == 1
    check_index(folders[0])
    assert [p.name for p in tmp_path.iterdir()] == [folders[0].name]
