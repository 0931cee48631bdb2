"""Index folders: which stay after a build, who keeps one from being removed, and removal in the middle of it all."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from firstprint.domain.dataset import Dataset
from firstprint.embedding.opening import open_encoder
from firstprint.errors import IndexFaultError
from firstprint.retrieval import index_keeping
from firstprint.retrieval.index_folder import IndexSource, build_index, check_index, open_index
from firstprint.retrieval.index_keeping import IndexFolder, hold, index_folders, left_behind, remove
from firstprint.retrieval.manifest import read_manifest, write_manifest
from firstprint.retrieval.retriever import QueryVariant

DAY_S = 86_400.0
NAMES = ("Aluminium can", "Steel coil, hot rolled", "T-shirt, cotton", "Milk, whole")
DATASETS = [Dataset(f"d{n}", one, "kg", 1.0, "cradle_to_gate", "process", "made-up") for n, one in enumerate(NAMES)]


def folder(number: int, encoder_id: str = "a", days: float = 0.0) -> IndexFolder:
    return IndexFolder(Path(f"{number:016x}"), encoder_id, time.time() - days * DAY_S, 100)


@pytest.fixture(scope="module")
def encoder():
    return open_encoder()


@pytest.fixture
def made(encoder, tmp_path):
    """Two indexes of one encoder."""
    source = IndexSource(DATASETS, "c" * 64, None, "g" * 64, encoder, "test")
    return [build_index(tmp_path, source._replace(catalogue_sha256=sign * 64)) for sign in "cd"]


def test_of_the_same_encoder_the_one_used_last_before_stays():
    found = [folder(1), folder(2, days=1), folder(3, days=2), folder(4, days=3)]
    assert [one.folder.name[-1] for one in left_behind(found, {found[0].folder.name}, "a")] == ["3", "4"]
    # Needed ones do not count as the one before.
    needed = {found[0].folder.name, found[2].folder.name}
    assert [one.folder.name[-1] for one in left_behind(found, needed, "a")] == ["4"]


def test_an_index_of_another_encoder_or_version_stays_for_thirty_days_of_disuse():
    found = [
        folder(1),
        folder(2, "b", 29),
        folder(3, "b", 29.9),
        folder(4, "b", 30.1),
        folder(5, "", 1),
        folder(6, "", 31),
    ]
    assert [one.folder.name[-1] for one in left_behind(found, {found[0].folder.name}, "a")] == ["4", "6"]


def test_folders_are_told_by_last_use_with_their_size_and_encoder(made, encoder, tmp_path):
    for place, one in enumerate(made):
        os.utime(one / "manifest.json", (1e9 + place, 1e9 + place))
    assert [one.folder for one in index_folders(tmp_path)] == made[::-1]
    opened = open_index(made[0], made[0].name)
    found = index_folders(tmp_path)
    assert [one.folder for one in found] == made
    assert abs(found[0].used - time.time()) < 60
    assert found[1].used == 1e9 + 1
    assert {one.encoder_id for one in found} == {encoder.encoder_id}
    assert found[1].bytes == sum(path.stat().st_size for path in made[1].iterdir())
    assert found[1].bytes > sum(one.bytes for one in read_manifest(made[1]).files.values())
    del opened


def test_what_is_no_index_is_not_looked_at_and_another_format_has_no_encoder(made, tmp_path):
    manifest = read_manifest(made[0])
    write_manifest(made[0], manifest.model_copy(update={"format": manifest.format - 1}))
    (made[1] / "manifest.json").write_text("{")
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "0123456789abcdef").mkdir()  # no manifest
    (tmp_path / "my own folder").mkdir()
    assert {(one.folder, one.encoder_id) for one in index_folders(tmp_path)} == {(one, "") for one in made}
    assert index_folders(tmp_path / "nowhere") == ()


def test_an_index_that_is_open_is_not_removed_until_it_is_let_go(made, tmp_path):
    opened = open_index(made[0], made[0].name)
    found = index_folders(tmp_path)
    assert [one.folder for one in remove(found)] == [made[1]]
    assert not made[1].exists()
    check_index(made[0], made[0].name)
    del opened
    gc.collect()
    assert [one.folder for one in remove(found)] == [made[0]]  # the other one is gone: not told again
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_keeps_nothing(made, tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from firstprint.retrieval.index_keeping import hold\n"
        "kept = hold(Path(sys.argv[1])); print(kept is not None, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(made[0])], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        one = next(one for one in index_folders(tmp_path) if one.folder == made[0])
        assert remove([one]) == ()
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert remove([one]) == (one,)


def test_where_files_are_mapped_already_a_removal_changes_no_answer(made, encoder, tmp_path):
    def ask(index, text):
        return list(index.retriever.retrieve([QueryVariant(text, encoder.encode([text])[0], 1.0)], 3, None))

    opened, other = open_index(made[0], made[0].name), open_index(made[0], made[0].name)
    before = [ask(other, "drink can"), ask(other, "bottle")]
    assert before[0] == ask(opened, "drink can")
    opened.held.release()
    other.held.release()
    assert made[0] in [one.folder for one in remove(index_folders(tmp_path))]
    assert [ask(opened, "drink can"), ask(opened, "bottle")] == before  # of the second it knew nothing yet
    assert opened.catalogue.dataset(0) == DATASETS[0]


def test_whoever_opens_during_a_removal_finds_no_half_of_an_index(made, tmp_path, monkeypatch):
    moved, told = threading.Event(), []
    rename = Path.rename

    def slow(path, target):
        moved.set()
        time.sleep(0.3)  # the other thread waits for the lock meanwhile
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", slow)
    one = next(one for one in index_folders(tmp_path) if one.folder == made[0])
    thread = threading.Thread(target=lambda: told.append(remove([one])))
    thread.start()
    moved.wait()
    assert hold(made[0]) is None
    thread.join()
    assert told == [(one,)]
    with pytest.raises(IndexFaultError, match=r"has no manifest\.json"):
        open_index(made[0], made[0].name)


def test_without_locks_an_index_opens_and_nothing_that_may_be_open_is_removed(made, tmp_path, monkeypatch):
    def refused(handle, *, shared):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(index_keeping, "_locked", refused)
    opened = open_index(made[0], made[0].name)
    assert opened.held is None
    assert remove(index_folders(tmp_path)) == ()
    assert made[0].is_dir()


def test_vectors_are_taken_from_an_index_that_is_removed_meanwhile(made, encoder, tmp_path, monkeypatch):
    taken = IndexSource(DATASETS, "e" * 64, None, "g" * 64, encoder, "test")
    seen = []

    class Watching:
        encoder_id, dimension = encoder.encoder_id, encoder.dimension

        def encode(self, texts):
            seen.extend(texts)
            return encoder.encode(texts)

    load = np.load

    def late(path, *args, **kwargs):
        array = load(path, *args, **kwargs)
        if Path(path).parent in made:
            remove(index_folders(tmp_path))
        return array

    monkeypatch.setattr(np, "load", late)
    folder = build_index(tmp_path, taken._replace(encoder=Watching()))
    assert not any(one.exists() for one in made)
    assert seen == []
    check_index(folder, folder.name)
