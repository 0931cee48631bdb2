"""The ray engine: what travels comes back whole; on a real cluster of two workers the output is the local one's."""

from __future__ import annotations

import importlib.util
import math
import time
from pathlib import Path

import batch_processes as processes
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from firstprint.batch import engine_ray
from firstprint.batch.engine_ray import chunk_from_json, chunk_to_json, outcomes_from_json, outcomes_to_json
from firstprint.batch.engines import Parts
from firstprint.batch.records import BatchOptions, BatchRow, Chunk, Flat, Outcome
from firstprint.batch.runner import job_folder, run_batch
from firstprint.errors import InputError, WorkspaceError
from firstprint.intake import RawRequest
from firstprint.settings import load_settings

HAS_RAY = importlib.util.find_spec("ray") is not None
BY_RAY = ("--engine", "ray", "--workers", "2")


def ON_A_CLUSTER(test):  # noqa: N802 - reads as the mark that it is
    """Marks a test that starts a real cluster of two workers."""
    absent = pytest.mark.skipif(not HAS_RAY, reason="ray is not installed: make ray-test")
    return pytest.mark.slow(pytest.mark.ray(absent(test)))


def test_chunks_and_outcomes_come_back_as_they_went():
    raw = RawRequest("钢\ud800 \x00 🧴", amount=0.1 + 0.2, unit="件", mass_kg=5e-324, geography="CN", year=2024)
    chunk = Chunk(7, (BatchRow(1, "甲", raw), BatchRow(2, "2", None, "line 3: …")))
    assert chunk_from_json(chunk_to_json(chunk)) == chunk
    outcomes = (
        Outcome(Flat("甲", "proposed", "match", math.pi, 1e-300, 1e300), '{"id":"x"}'),
        Outcome(Flat("2", "error")),
    )
    assert outcomes_from_json(outcomes_to_json(outcomes)) == outcomes


def test_a_missing_ray_names_the_command(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(InputError) as told:
        engine_ray._ray()
    assert "pip install 'firstprint[ray]'" in told.value.hint


def parts(target: Path) -> list[Path]:
    return list((job_folder(target) / "parts").glob("0*.jsonl"))


@pytest.fixture(scope="module")
def settings(assistant, home):
    return load_settings(home)


@ON_A_CLUSTER
def test_parquet_over_fsspec_equals_the_local_engine(settings, tmp_path):
    source, local, spread = (tmp_path / name for name in ("in.parquet", "local.parquet", "ray.parquet"))
    pq.write_table(pacsv.read_csv(processes.table(tmp_path / "in.csv", 600)), source)
    report = run_batch(settings, source, local, BatchOptions())
    assert (report.counts.rows, report.counts.errors) == (600, 60)
    done = processes.finished(f"file://{source}", f"file://{spread}", settings.home, *BY_RAY)
    assert done.returncode == 0, done.stderr
    assert spread.read_bytes() == local.read_bytes()
    assert list((settings.home / "batches").iterdir()) == []


@ON_A_CLUSTER
def test_a_killed_actor_loses_nothing(settings, tmp_path):
    source, local, spread = processes.table(tmp_path / "in.csv", 1_536), tmp_path / "local.csv", tmp_path / "ray.csv"
    run = processes.started(source, spread, settings.home, *BY_RAY)
    processes.wait_for(lambda: parts(spread), run)
    actor = next(pid for pid, line in processes.below(run.pid).items() if "_Actor" in line)
    assert len(parts(spread)) < 6
    processes.kill(actor)
    told = run.communicate(timeout=processes.PATIENCE_S)[0]
    assert run.returncode == 0, told
    assert not processes.alive(actor)
    run_batch(settings, source, local, BatchOptions())
    assert spread.read_bytes() == local.read_bytes()


@ON_A_CLUSTER
@pytest.mark.filterwarnings("ignore")  # of Ray, about its own defaults and a pool larger than the table
def test_an_actor_that_opens_another_catalogue_answers_nothing(settings, tmp_path, monkeypatch):
    from firstprint.batch import runner

    source, target = processes.table(tmp_path / "in.csv", 40), tmp_path / "out.csv"
    monkeypatch.setattr(runner, "Parts", lambda _index, surrogate: Parts("0123456789abcdef", surrogate))
    with pytest.raises(WorkspaceError, match="began with index 0123456789abcdef and surrogate"):
        run_batch(settings, source, target, BatchOptions(engine="ray", workers=2))
    assert parts(target) == []


@ON_A_CLUSTER
def test_a_killed_run_ends_its_cluster_and_goes_on_to_the_same_bytes(settings, tmp_path):
    source, local, spread = processes.table(tmp_path / "in.csv", 1_024), tmp_path / "local.csv", tmp_path / "ray.csv"
    run = processes.started(source, spread, settings.home, *BY_RAY)
    processes.wait_for(lambda: parts(spread), run)
    cluster = processes.below(run.pid)
    assert any("raylet" in line for line in cluster.values())
    processes.kill(run.pid)
    run.communicate()
    assert not spread.exists()
    deadline = time.monotonic() + processes.PATIENCE_S
    while (left := [line for pid, line in cluster.items() if processes.alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == []
    done = processes.finished(source, spread, settings.home, "--resume")
    assert done.returncode == 0, done.stderr
    assert "rows were there from before" in done.stdout
    run_batch(settings, source, local, BatchOptions())
    assert spread.read_bytes() == local.read_bytes()


@ON_A_CLUSTER
def test_a_cluster_that_is_not_there_is_one_message(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    source = processes.table(tmp_path / "in.csv", 3)
    done = processes.finished(source, tmp_path / "out.csv", settings.home, *BY_RAY)
    assert done.returncode == 2
    assert "The Ray cluster 127.0.0.1:1 cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
