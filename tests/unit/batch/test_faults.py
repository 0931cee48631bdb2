"""Faults of the machine, with real parts: a disk that is full, workers that are killed, files that cannot be read."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from pathlib import Path

import batch_processes as processes
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from firstprint.batch import checkpoint
from firstprint.batch.engines import Parts
from firstprint.batch.records import BatchOptions
from firstprint.batch.runner import job_folder, run_batch
from firstprint.errors import FaultsError, WorkspaceError
from firstprint.settings import load_settings

DISK_BYTES = 512 * 1024
SMALL = BatchOptions(chunk_rows=3)
AGAIN = BatchOptions(chunk_rows=3, resume=True)


@pytest.fixture(scope="module")
def settings(assistant, home):
    return load_settings(home)


@pytest.fixture
def disk(tmp_path):
    """A real file system of half a megabyte, apart from the one that the input lies on."""
    folder = tmp_path / "disk"
    folder.mkdir()
    size = f"size={DISK_BYTES}"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("NOT TESTED ON A FULL DISK: this user may not mount a tmpfs")
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill(disk: Path, left: int) -> Path:
    """Fills a disk but for some bytes; the file that does it."""
    filler = disk / "filler"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    filler.write_bytes(b"\0" * max(0, free - left))
    return filler


def leftovers(disk: Path) -> list[str]:
    """Files that are neither parts, nor the manifest and lock of the run, nor what fills the disk."""
    known = {"manifest.json", "lock", "filler"}
    files = [path for path in disk.rglob("*") if path.is_file() and path.name not in known]
    return [path.name for path in files if path.parent.name != "parts" or path.name.startswith(".")]


def test_a_disk_that_is_full_at_the_start_leaves_nothing_half(settings, tmp_path, disk):
    source, target = processes.table(tmp_path / "in.csv", 9), disk / "out.csv"
    filler = fill(disk, 0)
    with pytest.raises(WorkspaceError, match="No space left on device") as told:
        run_batch(settings, source, target, SMALL)
    assert "--resume" in told.value.hint
    assert leftovers(disk) == []
    filler.unlink()
    assert run_batch(settings, source, target, AGAIN).counts.rows == 9


def test_a_disk_that_fills_while_parts_are_written_is_told_and_the_run_goes_on(settings, tmp_path, disk):
    source, target, whole = processes.table(tmp_path / "in.csv", 600), disk / "out.csv", tmp_path / "whole.csv"
    filler = fill(disk, 16 * 1024)
    told = processes.finished(source, target, settings.home, "--top", "5")
    assert told.returncode == 2
    assert "No space left on device" in told.stderr
    assert "--resume" in told.stderr
    assert "Traceback" not in told.stderr
    filler.unlink()
    with pytest.raises(WorkspaceError, match="No space left on device"):
        run_batch(settings, source, target, AGAIN, lambda done, _total: done < 256 or fill(disk, 0))
    filler.unlink()
    assert not target.exists()
    assert leftovers(disk) == []
    assert run_batch(settings, source, target, AGAIN).finished
    run_batch(settings, source, whole, SMALL)
    assert target.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "xlsx"])
def test_a_disk_that_is_full_for_the_output_keeps_every_part(settings, tmp_path, disk, kind):
    source, target = processes.table(tmp_path / "in.csv", 12), disk / f"out.{kind}"
    with pytest.raises(WorkspaceError, match="No space left on device"):
        run_batch(settings, source, target, SMALL, lambda done, total: done < total or fill(disk, 0))
    assert not target.exists()
    assert leftovers(disk) == []
    (disk / "filler").unlink()
    created = checkpoint.read_manifest(job_folder(target)).created
    report = run_batch(settings, source, target, AGAIN)
    assert (report.finished, report.resumed_rows, report.counts.errors) == (True, 12, 1)
    assert not job_folder(target).exists()
    whole = tmp_path / f"whole.{kind}"
    run_batch(settings, source, whole, SMALL)
    if kind == "jsonl":
        now = json.loads(whole.read_text(encoding="utf-8").splitlines()[0])["provenance"]["created"]
        whole.write_bytes(whole.read_bytes().replace(now.encode(), created.encode()))
    if kind == "xlsx":
        assert cells(target) == cells(whole)
    else:
        assert target.read_bytes() == whole.read_bytes()


def cells(path: Path) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))


def test_an_output_where_nothing_can_be_written_is_one_message(settings, tmp_path):
    source = processes.table(tmp_path / "in.csv", 3)
    with pytest.raises(WorkspaceError, match="cannot be written at /proc"):
        run_batch(settings, source, Path("/proc/out.csv"), SMALL)


def test_an_input_that_cannot_be_read_is_one_message(settings, tmp_path):
    source = tmp_path / "in.csv"
    source.symlink_to("/proc/self/mem")  # a plain file whose reading fails, also for root
    with pytest.raises(FaultsError, match="cannot be read") as told:
        run_batch(settings, source, tmp_path / "out.csv", SMALL)
    assert "Input/output error" in told.value.faults[0]
    assert not job_folder(tmp_path / "out.csv").exists()


@pytest.mark.parametrize("kind", ["parquet", "xlsx"])
def test_zero_rows_of_other_formats_are_no_fault(settings, tmp_path, kind):
    source, target = tmp_path / f"in.{kind}", tmp_path / "out.csv"
    if kind == "parquet":
        pq.write_table(pa.table({"品名": pa.array([], pa.string())}), source)
    else:
        book = openpyxl.Workbook()
        book.active.append(("品名", "数量"))
        book.save(source)
    assert run_batch(settings, source, target, SMALL).counts.rows == 0
    assert len(target.read_text(encoding="utf-8-sig").splitlines()) == 1


POISON = {
    "huge": "钢" * 3_500_000,
    "control": "钢\x01\x1b[31m板",
    "nul": "钢\x00板",
    "surrogate": "钢\ud800板",
    "rtl": "\u202eزجاجة مياه",
    "emoji": "🧴🧴🧴",
    "good": "钢板",
}
ERRORS = ["huge", "emoji"]


def poisoned(path: Path) -> None:
    """The rows as each format can hold them: Parquet and workbooks hold no lone surrogate but its escape."""
    rows = list(POISON.items())
    if path.suffix == ".csv":
        lines = ["id,品名", *(f'{name},"{text}"' for name, text in rows)]
        path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps({"id": n, "品名": t}) + "\n" for n, t in rows), encoding="utf-8")
    elif path.suffix == ".parquet":
        raw = [text.encode("utf-8", "surrogatepass") for _, text in rows]
        pq.write_table(pa.table({"id": [name for name, _ in rows], "品名": pa.array(raw, pa.binary())}), path)
    else:
        book = openpyxl.Workbook()
        book.active.append(("id", "品名"))
        for name, _ in rows:
            book.active.append((name, f"mark-{name}"))
        plain = path.with_name("plain.xlsx")
        book.save(plain)
        with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                part = old.read(name)
                for key, text in rows:
                    escaped = "".join(f"_x{ord(c):04X}_" if ord(c) < 32 or c == "\ud800" else c for c in text)
                    part = part.replace(f"mark-{key}<".encode(), f"{escaped}<".encode())
                new.writestr(name, part)


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "xlsx"])
def test_poisoned_rows_of_every_format_hold_nothing_up(settings, tmp_path, kind):
    source, target = tmp_path / f"in.{kind}", tmp_path / "out.jsonl"
    poisoned(source)
    report = run_batch(settings, source, target, SMALL)
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [line.get("row_id") for line in lines if line["status"] == "error"] == ERRORS
    assert (report.counts.rows, report.counts.errors) == (len(POISON), len(ERRORS))
    for out in ("csv", "xlsx", "parquet"):
        assert run_batch(settings, source, tmp_path / f"out.{out}", SMALL).counts.errors == len(ERRORS)


def parts(target: Path) -> list[Path]:
    return list((job_folder(target) / "parts").glob("0*.jsonl"))


def workers(pid: int) -> list[int]:
    return [child for child, line in processes.below(pid).items() if "spawn_main" in line]


@pytest.mark.slow
def test_a_killed_worker_loses_nothing(settings, tmp_path):
    source, target, whole = processes.table(tmp_path / "in.csv", 2_000), tmp_path / "out.csv", tmp_path / "whole.csv"
    run = processes.started(source, target, settings.home, "--workers", "2")
    processes.wait_for(lambda: parts(target), run)
    victim = workers(run.pid)[0]
    assert len(parts(target)) < 8
    processes.kill(victim)
    told = run.communicate(timeout=processes.PATIENCE_S)[0]
    assert run.returncode == 0, told
    run_batch(settings, source, whole, BatchOptions())
    assert target.read_bytes() == whole.read_bytes()


@pytest.mark.slow
def test_a_worker_that_opens_another_catalogue_answers_nothing(settings, tmp_path, monkeypatch):
    from firstprint.batch import runner

    source, target, whole = processes.table(tmp_path / "in.csv", 40), tmp_path / "out.csv", tmp_path / "whole.csv"
    # To a worker this is how a catalogue looks that was changed after the batch had begun.
    monkeypatch.setattr(runner, "Parts", lambda _index, surrogate: Parts("0123456789abcdef", surrogate))
    with pytest.raises(WorkspaceError, match="began with index 0123456789abcdef and surrogate") as told:
        run_batch(settings, source, target, BatchOptions(workers=2))
    assert told.value.code == "batch_changed"
    assert "go on with --resume" in told.value.hint
    assert parts(target) == []
    monkeypatch.undo()
    run_batch(settings, source, target, BatchOptions(workers=2, resume=True))
    run_batch(settings, source, whole, BatchOptions())
    assert target.read_bytes() == whole.read_bytes()


@pytest.mark.slow
def test_workers_that_die_again_and_again_end_the_run_which_goes_on_with_one(settings, tmp_path):
    source, target, whole = processes.table(tmp_path / "in.csv", 300), tmp_path / "out.csv", tmp_path / "whole.csv"
    run, killed = processes.started(source, target, settings.home, "--workers", "2"), set()

    def ended() -> bool:
        for pid in set(workers(run.pid)) - killed:
            processes.kill(pid)
            killed.add(pid)
        return run.poll() is not None

    while not ended():
        pass
    told = run.communicate()[0]
    assert run.returncode == 2
    assert "--resume --workers 1" in told
    assert "Traceback" not in told
    assert len(killed) >= 4
    assert processes.finished(source, target, settings.home, "--resume").returncode == 0
    run_batch(settings, source, whole, BatchOptions())
    assert target.read_bytes() == whole.read_bytes()


@pytest.mark.slow
def test_the_workers_of_a_killed_run_end_with_it(settings, tmp_path):
    source, target = processes.table(tmp_path / "in.csv", 2_000), tmp_path / "out.csv"
    run = processes.started(source, target, settings.home, "--workers", "2")
    processes.wait_for(lambda: parts(target), run)
    left = workers(run.pid)
    processes.kill(run.pid)
    run.communicate(timeout=processes.PATIENCE_S)  # its workers hold the other end of the pipe until they end
    assert len(left) == 2
    processes.wait_until(lambda: not any(processes.alive(pid) for pid in left))
    assert not target.exists()
