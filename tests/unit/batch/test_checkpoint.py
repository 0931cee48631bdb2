"""The job folder: whole parts only, changes refused by name, a full disk told and survived."""

from __future__ import annotations

import errno
import json
from dataclasses import replace

import pytest

from firstprint.batch import checkpoint
from firstprint.batch.checkpoint import Manifest, begun, read_manifest
from firstprint.batch.records import Flat, Outcome
from firstprint.errors import FaultsError, InputError, WorkspaceError

MANIFEST = Manifest(
    created="2026-01-02T03:04:05+00:00",
    rows=5,
    chunk_rows=2,
    decisions=0,
    input_sha256="a" * 64,
    columns={"text": "品名"},
    target_format="csv",
    options="",
    software="firstprint 0",
    catalogue_sha256="c" * 64,
    index_id="i",
    embedding_model="e",
    surrogate_id="s",
    ranker_id="r",
    year=2026,
)
OUTCOMES = [
    Outcome(Flat("甲", "proposed", "match", 1.25, 0.1, 1e300, "d", "钢 \ud800", 0.5, "a|b"), '{"id":"x"}'),
    Outcome(Flat("2", "error", error="line 3: …")),
]


def test_outcomes_come_back_as_they_were_kept(tmp_path):
    with begun(tmp_path / "job", MANIFEST, resume=False) as job:
        job.keep(1, OUTCOMES)
        job.keep(0, OUTCOMES[::-1])
        job.keep(2, OUTCOMES[:1])
        assert job.done() == {0, 1, 2}
        back = list(job.outcomes())
    assert [one.flat.row_id for one in back] == ["2", "甲", "甲", "2", "甲"]
    assert back[1].flat[1:7] == OUTCOMES[0].flat[1:7]
    assert back[1].record == '{"id":"x"}'
    assert back[1].flat.dataset_name == "钢 ?"


def test_a_damaged_or_short_part_is_answered_again(tmp_path):
    folder = tmp_path / "job"
    with begun(folder, MANIFEST, resume=False) as job:
        for place in (0, 1):
            job.keep(place, OUTCOMES)
        job.keep(2, OUTCOMES[:1])
        part = folder / "parts" / "00000001.jsonl"
        part.write_bytes(part.read_bytes().replace(b"match", b"mitch"))
        (folder / "parts" / "00000002.jsonl").write_bytes(b"")
        (folder / "parts" / ".00000000.jsonl.77").write_bytes(b"half a pa")
        assert job.done() == {0}


def test_an_unfinished_run_is_not_overwritten_unasked(tmp_path):
    with begun(tmp_path / "job", MANIFEST, resume=False):
        pass
    with pytest.raises(InputError, match="--resume"), begun(tmp_path / "job", MANIFEST, resume=False):
        pass
    later = replace(MANIFEST, created="2027-01-01T00:00:00+00:00", decisions=9, chunk_rows=99)
    with begun(tmp_path / "job", later, resume=True) as job:
        assert (job.manifest.created, job.manifest.decisions, job.manifest.chunk_rows) == (MANIFEST.created, 0, 2)


def test_what_changed_between_runs_is_refused_with_both_values(tmp_path):
    with begun(tmp_path / "job", MANIFEST, resume=False):
        pass
    changed = replace(MANIFEST, input_sha256="b" * 64, catalogue_sha256="d" * 64, columns={"text": "名称"})
    with pytest.raises(FaultsError) as told, begun(tmp_path / "job", changed, resume=True):
        pass
    text = "\n".join(told.value.faults)
    for value in ("a" * 64, "b" * 64, "c" * 64, "d" * 64, "品名", "名称"):
        assert value in text
    assert len(told.value.faults) == 3


@pytest.mark.parametrize(
    ("name", "then", "now"),
    [
        ("computed_on", "cpu", "cuda (NVIDIA H200), 64 texts a pass"),
        ("computed_on", "cuda (NVIDIA H200), 64 texts a pass", "cuda (NVIDIA H200), 256 texts a pass"),
        ("embedding_model", "m@0123456789ab:float32", "m@0123456789ab:float16"),
    ],
)
def test_another_device_pass_or_precision_is_refused_with_both_values(tmp_path, name, then, now):
    with begun(tmp_path / "job", replace(MANIFEST, **{name: then}), resume=False):
        pass
    with pytest.raises(FaultsError) as told, begun(tmp_path / "job", replace(MANIFEST, **{name: now}), resume=True):
        pass
    what = "the encoder's device" if name == "computed_on" else "the encoder"
    assert told.value.faults == (f"{what} was {then} and is {now}.",)


def test_a_run_begun_before_devices_were_noted_ran_on_the_cpu(tmp_path):
    with begun(tmp_path / "job", MANIFEST, resume=False):
        pass
    path = tmp_path / "job" / "manifest.json"
    body = json.loads(path.read_text())
    assert body.pop("computed_on") == "cpu"
    path.write_text(json.dumps(body))
    with begun(tmp_path / "job", MANIFEST, resume=True) as job:
        assert job.manifest == MANIFEST
    later = replace(MANIFEST, computed_on="mps, 64 texts a pass")
    with pytest.raises(FaultsError), begun(tmp_path / "job", later, resume=True):
        pass


def test_two_processes_do_not_work_on_one_batch(tmp_path):
    folder = tmp_path / "job"
    refused = pytest.raises(InputError, match="Another process")
    with begun(folder, MANIFEST, resume=False), refused, begun(folder, MANIFEST, resume=True):
        pass


def test_finishing_leaves_nothing_behind(tmp_path):
    with begun(tmp_path / "job", MANIFEST, resume=False) as job:
        job.keep(0, OUTCOMES)
        job.finish()
    assert not (tmp_path / "job").exists()


def test_a_damaged_manifest_is_told(tmp_path):
    (tmp_path / "manifest.json").write_text('{"format": 1, "rows": 3}')
    with pytest.raises(FaultsError, match="cannot be read"):
        read_manifest(tmp_path)


def test_a_full_disk_is_told_with_the_way_on_and_leaves_no_half_part(tmp_path, monkeypatch):
    folder = tmp_path / "job"
    with begun(folder, MANIFEST, resume=False) as job:
        job.keep(0, OUTCOMES)

        def full(_descriptor):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(checkpoint.os, "fsync", full)
        with pytest.raises(WorkspaceError, match="No space left on device") as told:
            job.keep(1, OUTCOMES)
        assert "--resume" in told.value.hint
        monkeypatch.undo()
        assert [path.name for path in (folder / "parts").iterdir()] == ["00000000.jsonl"]
        job.keep(1, OUTCOMES)
        assert job.done() == {0, 1}
