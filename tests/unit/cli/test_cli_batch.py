"""``firstprint batch``: what reaches the runner, what a person and a program read, and exit codes."""

from __future__ import annotations

import json

import pytest

from firstprint.batch import runner
from firstprint.batch.records import BatchReport, Counts
from firstprint.cli.batch_progress import BatchBar, progress_text

REPORT = BatchReport(
    source="in.csv",
    target="out.csv",
    finished=True,
    counts=Counts(rows=1200, estimated=1100, no_match=90, errors=7),
    resumed_rows=256,
    seconds=12.34,
    rate=76.5,
    columns={"text": "品名", "amount": "数量"},
    first_errors=("row A4: The description is empty.",),
    notes=("Values only.",),
)


@pytest.fixture
def asked(monkeypatch):
    """What the runner was called with."""
    seen = {}

    def fake(settings, source, target, options, progress, preparing):
        seen.update(settings=settings, source=source, target=target, options=options)
        progress(0, 1200)
        progress(1200, 1200)
        return REPORT

    monkeypatch.setattr(runner, "run_batch", fake)
    return seen


def test_options_reach_the_runner(terminal, asked, tmp_path):
    done = terminal(
        "batch", "in.csv", "out.csv", "--workers", "3", "--resume", "--map", "text=产品名称", "--map", "amount = 数 量",
        "--sheet", "二月", "--language", "zh", "--top", "7", "--engine", "ray", "--home", str(tmp_path),
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    options = asked["options"]
    assert (options.workers, options.resume, options.engine, options.top) == (3, True, "ray", 7)
    assert (options.sheet, options.language) == ("二月", "zh")
    assert dict(options.columns) == {"text": "产品名称", "amount": "数 量"}
    assert asked["settings"].home == tmp_path
    assert (asked["source"].name, asked["target"].name) == ("in.csv", "out.csv")


def test_the_summary_counts_rows_and_names_the_first_errors(terminal, asked):
    text = terminal("batch", "in.csv", "out.csv").output
    for part in ("1,200 rows", "1,100 estimated", "90 without", "7 with an error", "76.5 rows a second"):
        assert part in text
    for part in (
        "256 rows were there",
        "text from '品名'",
        "row A4: The description is empty",
        "6 more",
        "Values only.",
    ):
        assert part in text


def test_json_is_the_report_and_nothing_else(terminal, asked):
    said = json.loads(terminal("batch", "in.csv", "out.csv", "--json").stdout)
    assert said["counts"] == {"rows": 1200, "estimated": 1100, "no_match": 90, "errors": 7}
    assert said["columns"] == {"text": "品名", "amount": "数量"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--map", "品名"], "FIELD=HEADING"),
        (["--workers", "0"], "greater than or equal to 1"),
        (["--engine", "spark"], "spark"),
    ],
)
def test_wrong_options_exit_with_2(terminal, asked, arguments, told):
    done = terminal("batch", "in.csv", "out.csv", *arguments)
    assert done.exit_code == 2
    assert told in done.output


def test_a_folder_as_input_is_one_message_and_exit_2(terminal, tmp_path):
    folder = tmp_path / "in.csv"
    folder.mkdir()
    done = terminal("batch", str(folder), str(tmp_path / "out.csv"), "--home", str(tmp_path / "home"))
    assert done.exit_code == 2
    assert "is a folder; name one file." in done.output
    assert "Traceback" not in done.output


def test_the_progress_text_has_rate_and_time_left():
    assert progress_text(0, 10, 0.0) == "0 of 10 rows (0 %)"
    assert progress_text(600, 1000, 25.0) == "600 of 1,000 rows (60 %), 25.0 a second, 16 s left"
    assert progress_text(600, 1_000_600, 100.0).endswith("2 h 46 min left")
    assert progress_text(5, 0, 1.0) == "5 of 0 rows, writing the output"


def _told(capsys, monkeypatch, times, reports, *, terminal=False, width=100):
    monkeypatch.setenv("COLUMNS", str(width))
    bar, now = BatchBar(), iter(times)
    monkeypatch.setattr(bar, "_clock", lambda: next(now))
    monkeypatch.setattr(bar, "_terminal", terminal)
    with bar:
        for done in reports:
            bar(done, 200)
    return capsys.readouterr().err


def test_lines_are_rare_and_plain_where_stderr_is_no_terminal(capsys, monkeypatch):
    told = _told(capsys, monkeypatch, [0.0, 10.0, 12.0, 20.0, 21.0], [0, 10, 20, 90, 200])
    assert told.splitlines() == [
        "firstprint: 10 of 200 rows (5 %)",
        "firstprint: 90 of 200 rows (45 %), 8.0 a second, 13 s left",
        "firstprint: 200 of 200 rows, writing the output",
    ]
    assert "\r" not in told


def test_a_resumed_run_says_where_it_goes_on_and_counts_its_own_rate(capsys, monkeypatch):
    told = _told(capsys, monkeypatch, [0.0, 50.0, 60.0], [100, 110, 120])
    assert told.splitlines() == [
        "firstprint: going on after 100 of 200 rows",
        "firstprint: 110 of 200 rows (55 %)",
        "firstprint: 120 of 200 rows (60 %), 1.0 a second, 1 min 20 s left",
    ]


def test_workers_that_end_their_first_chunks_together_give_no_rate_yet(capsys, monkeypatch):
    told = _told(capsys, monkeypatch, [0.0, 20.0, 20.5, 23.5, 24.0], [0, 40, 80, 110, 120], terminal=True)
    shown = [line.split("░ ")[-1] for line in told.split("\r\033[K") if line]
    assert shown == [
        "0 of 200 rows, starting",
        "40 of 200 rows (20 %)",
        "80 of 200 rows (40 %)",
        "110 of 200 rows (55 %), 20.0 a second, 4 s left",
        "120 of 200 rows (60 %), 20.0 a second, 4 s left",
    ]


@pytest.mark.parametrize(("width", "bar"), [(100, True), (40, False)])
def test_a_bar_fits_the_terminal_and_is_taken_away(capsys, monkeypatch, width, bar):
    told = _told(capsys, monkeypatch, [0.0, 1.0, 6.0], [0, 50, 100], terminal=True, width=width)
    shown = told.split("\r\033[K")
    assert shown[-1] == ""
    assert ("█" in told) is bar
    assert max(map(len, shown)) < width
    assert "100 of 200 rows (50 %), 10.0 a second" in shown[-2]


def test_ctrl_c_says_how_to_go_on(terminal, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "run_batch", stopped)
    done = terminal("batch", "in.csv", "out.csv")
    assert done.exit_code == 130
    assert "the same command with --resume" in done.output
