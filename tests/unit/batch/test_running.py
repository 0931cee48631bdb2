"""Batches over the shipped catalogue: equal to single answers, resumable at any chunk, safe in every format."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
import uuid

import openpyxl
import pyarrow.parquet as pq
import pytest

from firstprint.batch.answering import Answerer, KeepingEncoder, Plan, open_for_batch
from firstprint.batch.reader import open_source
from firstprint.batch.records import FLAT_COLUMNS, BatchOptions
from firstprint.batch.runner import job_folder, run_batch
from firstprint.domain.proposal import Proposal
from firstprint.errors import FaultsError, InputError, WorkspaceError
from firstprint.estimation.surrogate import TrainedSurrogate
from firstprint.settings import load_settings

TABLE = [
    ("编号", "品名", "数量", "单位", "重量(kg)", "产地", "备注"),
    ("R1", "25 g PET瓶", "20", "件", "0.025", "CN", "=SUM(A1:A9)"),
    ("R2", "热轧卷板 Q235B", "1.5", "吨", "", "中国", "甲"),
    ("R3", "cotton T-shirt, white", "12", "pcs", "0.2", "DE", "+1"),
    ("R4", "广东电网电力", "100", "度", "", "", ""),
    ("R5", "", "1", "件", "", "", ""),
    ("R6", "Stahlblech verzinkt", "2", "t", "", "", "@x"),
    ("R7", "办公椅", "1", "件", "", "", ""),
    ("R8", "acier inoxydable", "abc", "kg", "", "", ""),
    ("R9", "string quartet for a wedding", "1", "件", "", "", ""),
    ("R10", "cotton T-shirt, white", "12", "pcs", "0.2", "DE", ""),
    ("R11", "不锈钢保温杯 500ml，带硅胶密封圈", "", "", "", "", "﷽ 🧴 مياه"),
    ("R12", "office chair", "3", "", "15", "FR", ""),
]
SMALL = BatchOptions(chunk_rows=3)


@pytest.fixture(scope="module")
def settings(assistant, home):
    return load_settings(home)


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(TABLE)
    return path


def _rows(path):
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def _single(assistant, row) -> Proposal | str:
    """What one question gives: its record, or the message of its error."""
    try:
        return row.error if row.raw is None else assistant.propose(row.raw, phrase=False)
    except InputError as error:
        return str(error)


def _bare(record: dict) -> dict:
    kept = {key: value for key, value in record.items() if key != "id"}
    return {**kept, "provenance": {**record["provenance"], "created": ""}}


def test_records_equal_single_answers_to_the_last_digit(settings, source, tmp_path, assistant):
    target = tmp_path / "out.jsonl"
    report = run_batch(settings, source, target, SMALL)
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    asked = list(open_source(source, SMALL).asked(SMALL))
    compared = 0
    for row, line in zip(asked, lines, strict=True):
        single = _single(assistant, row)
        if isinstance(single, str):
            assert line == {"row_id": row.row_id, "status": "error", "error": single}
            continue
        assert _bare(line) == _bare(json.loads(single.model_dump_json()))
        Proposal.model_validate(line)
        compared += 1
    assert compared == 10
    assert report.counts._asdict() == {"rows": 12, "estimated": 10, "no_match": report.counts.no_match, "errors": 2}
    assert len({line["id"] for line in lines if "id" in line}) == 10
    assert all(uuid.UUID(line["id"]).version == 5 for line in lines if "id" in line)
    assert len({line["provenance"]["created"] for line in lines if "id" in line}) == 1


def test_the_flat_table_says_what_the_records_say(settings, source, tmp_path, assistant):
    target = tmp_path / "out.csv"
    run_batch(settings, source, target, SMALL)
    rows = _rows(target)
    asked = list(open_source(source, SMALL).asked(SMALL))
    for row, line, own in zip(asked, rows, TABLE[1:], strict=True):
        assert [line[name] for name in TABLE[0]] == list(own)
        assert line["row_id"] == own[0]
        single = _single(assistant, row)
        if isinstance(single, str):
            assert (line["status"], line["error"]) == ("error", single)
            continue
        assert line["decision"] == single.decision
        assert float(line["kg_co2e"]) == single.estimate.kg_co2e
        assert (float(line["low"]), float(line["high"])) == (single.estimate.low, single.estimate.high)
        assert line["dataset_id"] == single.candidates[0].dataset_id
        assert float(line["acceptance_probability"]) == single.candidates[0].acceptance_probability
        assert line["flags"] == "|".join(flag.code for flag in single.flags)


def test_chunk_size_workers_and_repetition_change_nothing(settings, source, tmp_path):
    outputs = []
    for name, options in (("a", SMALL), ("b", BatchOptions()), ("c", BatchOptions(chunk_rows=2, workers=2))):
        target = tmp_path / f"{name}.csv"
        run_batch(settings, source, target, options)
        outputs.append(target.read_bytes())
    assert outputs[0] == outputs[1] == outputs[2]


def test_equal_requests_are_asked_once_and_texts_encoded_once(settings, source):
    opened = open_for_batch(settings)
    plan = Plan("x", "2026-01-01T00:00:00+00:00", records=False, decisions=0, ranker=opened.assistant.ranker)
    chunks = list(open_source(source, SMALL).chunks(SMALL, 12, frozenset()))
    answerer = Answerer(opened.assistant, plan)
    first = answerer.answer(chunks[0])
    encoder = opened.assistant.encoder
    assert isinstance(encoder, KeepingEncoder)
    texts = {text for row in chunks[0].rows if row.raw and row.raw.text for text in opened.assistant.texts(row.raw)}
    assert texts <= set(encoder._kept)
    before = encoder.encoded
    assert answerer.answer(chunks[0]) == first
    assert encoder.encoded == before
    assert first[2].flat._replace(row_id="") == first[9].flat._replace(row_id="")


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet", "xlsx"])
def test_a_cancelled_run_goes_on_to_the_same_bytes(settings, source, tmp_path, kind, monkeypatch):
    from firstprint.batch import runner

    moments = iter(f"2026-01-01T00:00:{n:02d}+00:00" for n in range(60))
    whole, stopped = tmp_path / f"whole.{kind}", tmp_path / f"stopped.{kind}"
    fixed = runner._manifest
    monkeypatch.setattr(
        runner, "_manifest", lambda *args: fixed(*args).__class__(**{**vars(fixed(*args)), "created": START})
    )
    run_batch(settings, source, whole, SMALL)
    seen = []
    for _ in range(4):
        report = run_batch(
            settings, source, stopped, BatchOptions(chunk_rows=3, resume=True, cancelled=lambda: True),
            lambda done, total: seen.append((done, total)),
        )  # fmt: skip
        monkeypatch.setattr(
            runner,
            "_manifest",
            lambda *args: fixed(*args).__class__(**{**vars(fixed(*args)), "created": next(moments)}),
        )
        if report.finished:
            break
        assert not stopped.exists()
    assert report.finished
    assert report.resumed_rows == 9
    assert seen[-1] == (12, 12)
    assert stopped.read_bytes() == whole.read_bytes()
    assert not job_folder(stopped).exists()


START = "2025-12-31T23:59:59+00:00"


def test_an_input_that_changed_is_refused_with_both_checksums(settings, source, tmp_path):
    target = tmp_path / "out.csv"
    run_batch(settings, source, target, BatchOptions(chunk_rows=3, cancelled=lambda: True))
    old = open_source(source, SMALL).sha256
    source.write_text(source.read_text(encoding="utf-8").replace("办公椅", "办公桌"), encoding="utf-8")
    new = open_source(source, SMALL).sha256
    with pytest.raises(FaultsError) as told:
        run_batch(settings, source, target, BatchOptions(resume=True))
    assert old in told.value.faults[0]
    assert new in told.value.faults[0]


def test_a_run_resumed_on_another_device_is_refused_with_both_named(settings, source, tmp_path, monkeypatch):
    from firstprint.batch import runner

    target = tmp_path / "out.csv"
    run_batch(settings, source, target, BatchOptions(chunk_rows=3, cancelled=lambda: True))
    monkeypatch.setattr(runner, "computing", lambda _model, device, batch: f"{device} here, {batch} texts a pass")
    with pytest.raises(FaultsError) as told:
        run_batch(settings.model_copy(update={"embedding_device": "cpu"}), source, target, BatchOptions(resume=True))
    assert told.value.faults == ("the encoder's device was cpu and is cpu here, 64 texts a pass.",)
    monkeypatch.undo()
    # What changes no bit is not asked for: the default encoder's threads and batch.
    more = settings.model_copy(update={"embedding_batch": 7, "threads": 2, "embedding_device": "auto"})
    assert run_batch(more, source, target, BatchOptions(resume=True)).finished


def test_every_worker_gets_the_device_that_was_chosen_at_the_start(settings, source, tmp_path, monkeypatch):
    from firstprint.batch import runner

    given = []

    def engine(handed, _plan, _parts, _chunks, workers):
        given.append((handed.embedding_device, workers))
        yield from ()

    monkeypatch.setattr(runner, "device_of", lambda _model, device: {"auto": "cpu"}[device])
    monkeypatch.setattr(runner, "answered_by_processes", engine)
    auto = settings.model_copy(update={"embedding_device": "auto"})
    with pytest.raises(WorkspaceError, match="No such file"):  # nothing was answered
        run_batch(auto, source, tmp_path / "out.csv", BatchOptions(workers=2))
    assert given == [("cpu", 2)]


def test_the_users_workbook_keeps_its_cells_and_formatting(settings, tmp_path):
    from openpyxl.styles import Font, PatternFill

    path, target = tmp_path / "in.xlsx", tmp_path / "out.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "采购"
    sheet["A1"] = "二月采购清单"
    sheet["A1"].font = Font(bold=True, size=20)
    for row in (("品名", "数量", "单位", "小计"), ("铝锭", 2, "吨", "=B3*2"), ("=HYPERLINK(1)", 1, "件", 7)):
        sheet.append(row)
    for cell in sheet[2]:
        cell.fill = PatternFill("solid", fgColor="FFCC00")
    sheet["D3"].value = 4
    sheet["A4"].data_type = "s"
    sheet.column_dimensions["A"].width = 33
    book.create_sheet("说明")["A1"] = "别动"
    book.save(path)
    run_batch(settings, path, target, BatchOptions(columns={"text": "品名"}))
    out = openpyxl.load_workbook(target)
    back = out["采购"]
    assert (back["A1"].font.size, back["A1"].value, back.column_dimensions["A"].width) == (20, "二月采购清单", 33)
    assert [cell.value for cell in back[2]] == ["品名", "数量", "单位", "小计", *FLAT_COLUMNS]
    assert back["F2"].fill.fgColor.rgb == "00FFCC00"
    assert [cell.value for cell in back[3]][:6] == ["铝锭", 2, "吨", 4, 1, "proposed"]
    assert isinstance(back["H3"].value, float)
    assert out["说明"]["A1"].value == "别动"
    assert [cell.coordinate for cell in back[4][4:] if cell.data_type == "f"] == []


def test_no_text_becomes_a_formula_in_a_new_workbook(settings, source, tmp_path):
    target = tmp_path / "out.xlsx"
    run_batch(settings, source, target, SMALL)
    sheet = openpyxl.load_workbook(target).active
    assert sheet.max_row == 13
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    quoted = {cell.value for cell in cells if isinstance(cell.value, str) and cell.value[:1] in "=+@"}
    assert quoted == {"=SUM(A1:A9)", "+1", "@x"}


def test_parquet_has_numbers_and_the_users_columns(settings, source, tmp_path):
    target = tmp_path / "out.parquet"
    run_batch(settings, source, target, SMALL)
    table = pq.read_table(target)
    assert table.column_names == [*FLAT_COLUMNS, *TABLE[0]]
    assert str(table.schema.field("kg_co2e").type) == "double"
    assert table.column("备注").to_pylist()[1] == "甲"
    again = tmp_path / "again.parquet"
    run_batch(settings, target, again, BatchOptions(columns={"text": "品名", "amount": "数量", "unit": "单位"}))
    assert "kg_co2e (input)" in pq.read_table(again).column_names


def test_poisoned_rows_hold_nothing_up(settings, tmp_path):
    poison = {
        "huge": "钢" * 3_500_000,
        "control": "钢\x00\x01\x1b[31m板",
        "surrogate": "钢\ud800板",
        "rtl": "\u202eزجاجة مياه",
        "emoji": "🧴🧴🧴",
        "signs": "?!…—",
        "blank": " \u200b\u3000 ",
        "good": "钢板",
    }
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps({"id": k, "品名": v}) + "\n" for k, v in poison.items()), encoding="utf-8")
    report = run_batch(settings, source, target, BatchOptions(chunk_rows=3))
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    status = {key: line["status"] for key, line in zip(poison, lines, strict=True)}
    assert status == {
        "huge": "error", "control": "proposed", "surrogate": "proposed", "rtl": "proposed", "emoji": "error",
        "signs": "error", "blank": "error", "good": "proposed",
    }  # fmt: skip
    assert report.counts.errors == 4
    for kind in ("csv", "xlsx", "parquet"):
        run_batch(settings, source, tmp_path / f"out.{kind}", BatchOptions(chunk_rows=3))


def test_an_unforeseen_fault_is_that_rows_error(settings, source, tmp_path, monkeypatch):
    from firstprint.assistant import Assistant

    ordinary = Assistant.question

    def broken(self, request, found, **options):
        if request.product.description == "办公椅":
            raise ZeroDivisionError("nobody thought of this")
        return ordinary(self, request, found, **options)

    monkeypatch.setattr(Assistant, "question", broken)
    target = tmp_path / "out.csv"
    assert run_batch(settings, source, target, SMALL).counts.errors == 3
    assert "ZeroDivisionError: nobody thought of this" in _rows(target)[6]["error"]


def test_zero_rows_give_an_output_with_its_header(settings, tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("品名,数量\n", encoding="utf-8")
    for kind in ("csv", "jsonl", "parquet", "xlsx"):
        report = run_batch(settings, source, tmp_path / f"out.{kind}", SMALL)
        assert (report.finished, report.counts.rows) == (True, 0)
    assert (tmp_path / "out.csv").read_text(encoding="utf-8-sig").startswith("row_id,status")
    assert (tmp_path / "out.jsonl").read_bytes() == b""


@pytest.mark.parametrize(
    ("target", "told"),
    [("in.csv", "same file"), ("none/out.csv", "does not exist"), ("out.pdf", "'.pdf' is not one"), ("", "")],
)
def test_targets_that_cannot_be_are_refused_first(settings, source, tmp_path, target, told):
    path = tmp_path / target if target else tmp_path / "folder.csv"
    if not target:
        path.mkdir()
        told = "is a folder"
    with pytest.raises(InputError, match=told):
        run_batch(settings, source, path, SMALL)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_run_that_is_killed_goes_on_to_the_same_bytes(settings, source, tmp_path, kind):
    """``kill -9`` once the first part is there; the resumed output equals an unbroken one but for its own moment."""
    long = tmp_path / "long.csv"
    with long.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(
            [TABLE[0], *([str(n), f"{row[1]} {n}", *row[2:]] for n in range(60) for row in TABLE[1:])]
        )
    target = tmp_path / f"out.{kind}"
    command = [sys.executable, "-m", "firstprint", "batch", str(long), str(target), "--home", str(settings.home)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    parts = job_folder(target) / "parts"
    deadline = time.monotonic() + 120
    while not list(parts.glob("0*.jsonl")) and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not target.exists()
    created = json.loads((job_folder(target) / "manifest.json").read_text(encoding="utf-8"))["created"]
    subprocess.run([*command, "--resume"], check=True, capture_output=True)
    whole = tmp_path / f"whole.{kind}"
    run_batch(settings, long, whole, BatchOptions())
    after = target.read_bytes()
    if kind == "jsonl":
        now = json.loads(whole.read_text(encoding="utf-8").splitlines()[0])["provenance"]["created"]
        after = after.replace(created.encode(), now.encode())
    assert after == whole.read_bytes()


def test_the_surrogate_is_asked_about_all_records_of_a_chunk_together(settings, tmp_path, monkeypatch):
    # Things by the piece whose mass nobody lists: the masses asked about follow from the surrogate's first answers.
    names = [
        "glasshouse vine tomatoes",
        "gigabit ONT box for home fibre",
        "vinyl flooring roll 2 mm",
        "超市背心袋 LDPE",
    ]
    source = tmp_path / "pieces.csv"
    source.write_text("品名,数量,单位\n" + "".join(f"{name},3,件\n" for name in names), encoding="utf-8")
    opened = open_for_batch(settings)
    plan = Plan("x", "2026-01-01T00:00:00+00:00", True, opened.decisions, opened.assistant.ranker)
    (chunk,) = open_source(source, BatchOptions()).chunks(BatchOptions(), 100, frozenset())
    calls, real = [], TrainedSurrogate._voices_of

    def counted(self, queries, coverage):
        calls.append(len(queries))
        return real(self, queries, coverage)

    monkeypatch.setattr(TrainedSurrogate, "_voices_of", counted)
    Answerer(opened.assistant, plan).answer(chunk)
    # The products; what else is wondered about them; and that at the masses which the answers imply.
    assert 1 <= len(calls) <= 3, calls
    assert sum(calls) > 3 * len(names), calls
