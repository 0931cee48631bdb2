"""Batches from and to storages of fsspec: equal to plain files, whole or not at all, resumable after a refusal."""

from __future__ import annotations

import batch_processes as processes
import fsspec
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from firstprint.batch.records import BatchOptions
from firstprint.batch.runner import run_batch
from firstprint.batch.storage import is_url, run_batch_at
from firstprint.errors import FaultsError, InputError, WorkspaceError
from firstprint.settings import load_settings


@pytest.fixture(scope="module")
def settings(assistant, home):
    return load_settings(home)


@pytest.fixture
def memory():
    """fsspec's own storage in memory, emptied after."""
    system = fsspec.filesystem("memory")
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]


def kept(settings) -> list[str]:
    return sorted(path.name for path in (settings.home / "batches").rglob("*"))


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_a_storage_gives_the_bytes_of_plain_files(settings, tmp_path, memory, kind):
    plain, whole = tmp_path / "in.parquet", tmp_path / f"whole.{kind}"
    pq.write_table(pacsv.read_csv(processes.table(tmp_path / "in.csv", 20)), plain)
    run_batch(settings, plain, whole, BatchOptions())
    memory.pipe_file("/data/in.parquet", plain.read_bytes())
    target = f"memory://data/out/out.{kind}"
    report = run_batch_at(settings, "memory://data/in.parquet", target, BatchOptions())
    assert (report.source, report.target, report.counts.rows) == ("memory://data/in.parquet", target, 20)
    assert memory.cat_file(f"/data/out/out.{kind}") == whole.read_bytes()
    assert sorted(memory.find("/data")) == ["/data/in.parquet", f"/data/out/out.{kind}"]
    assert kept(settings) == []
    back = tmp_path / "back.csv"
    run_batch_at(settings, "memory://data/in.parquet", str(back), BatchOptions())
    assert len(back.read_text(encoding="utf-8-sig").splitlines()) == 21


def test_an_output_that_is_refused_is_carried_over_by_a_resumed_run(settings, tmp_path):
    source, whole = processes.table(tmp_path / "in.csv", 12), tmp_path / "whole.csv"
    target = f"file://{tmp_path}/later/out.csv"
    with pytest.raises(WorkspaceError, match="The storage refused") as told:
        run_batch_at(settings, str(source), target, BatchOptions())
    assert "--resume" in told.value.hint
    (tmp_path / "later").mkdir()
    with pytest.raises(InputError, match="An unfinished run"):
        run_batch_at(settings, str(source), target, BatchOptions())
    report = run_batch_at(settings, str(source), target, BatchOptions(resume=True))
    assert (report.finished, report.resumed_rows) == (True, 12)
    run_batch(settings, source, whole, BatchOptions())
    assert (tmp_path / "later" / "out.csv").read_bytes() == whole.read_bytes()
    assert [path.name for path in (tmp_path / "later").iterdir()] == ["out.csv"]
    assert kept(settings) == []


def test_a_stored_input_that_changed_is_refused_with_both_checksums(settings, tmp_path, memory):
    memory.pipe_file("/in.csv", "品名\n钢板\n铜线\n".encode())
    stop = BatchOptions(chunk_rows=1, cancelled=lambda: True)
    assert not run_batch_at(settings, "memory://in.csv", "memory://out.csv", stop).finished
    memory.pipe_file("/in.csv", "品名\n钢板\n铝锭\n".encode())
    with pytest.raises(FaultsError) as told:
        run_batch_at(settings, "memory://in.csv", "memory://out.csv", BatchOptions(chunk_rows=1, resume=True))
    assert "the input (sha256) was" in told.value.faults[0]
    memory.pipe_file("/in.csv", "品名\n钢板\n铜线\n".encode())
    report = run_batch_at(settings, "memory://in.csv", "memory://out.csv", BatchOptions(chunk_rows=1, resume=True))
    assert (report.finished, report.resumed_rows) == (True, 1)


@pytest.mark.parametrize(
    ("source", "target", "told"),
    [
        ("memory://none.csv", "memory://out.csv", "there is no such file"),
        ("memory://folder", "memory://out.csv", "the ending 'none' is not one"),
        ("memory://in.csv", "memory://in.csv", "same file"),
        ("memory://in.csv", "memory://out.pdf", "'.pdf' is not one"),
        ("oci://bucket/in.csv", "out.csv", "needs a package that is not installed"),
    ],
)
def test_what_cannot_be_is_refused_first(settings, tmp_path, memory, source, target, told):
    with pytest.raises(InputError, match=told):
        run_batch_at(settings, source, target, BatchOptions())


def test_a_protocol_that_nobody_knows_is_one_message(settings):
    with pytest.raises(WorkspaceError, match=r"refused nowhere://in\.csv: Protocol not known"):
        run_batch_at(settings, "nowhere://in.csv", "out.csv", BatchOptions())


def test_plain_paths_are_no_urls():
    assert [is_url(text) for text in ("in.csv", "/a/b.csv", r"C:\a\b.csv", "s3://b/in.csv")] == [False] * 3 + [True]
