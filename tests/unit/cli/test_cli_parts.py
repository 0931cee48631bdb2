"""The chart, the wrapping, the progress lines, the pipe that closes early, the pages in docs."""

from __future__ import annotations

import importlib.util
import itertools
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from firstprint.cli import progress as progress_module
from firstprint.cli.chart import Bar, draw
from firstprint.cli.figures import MassUnit, factor_text, mass_unit, one_line
from firstprint.cli.progress import StepProgress
from firstprint.cli.prose import breaks
from firstprint.cli.words import CHINESE, ENGLISH
from firstprint.domain.product import SystemBoundary
from firstprint.domain.proposal import CheckResult, Checks, Decision, FlagCode, Status
from firstprint.wording import BOUNDARY_WORDS

ROOT = Path(__file__).parents[3]
KG = MassUnit("kg", 1.0)
positive = st.floats(min_value=1e-9, max_value=1e9)


@given(st.lists(positive, min_size=3, max_size=3), st.integers(min_value=60, max_value=140))
def test_the_chart_keeps_its_width_and_its_marker_lies_within_its_bar(values: list[float], width: int) -> None:
    low, value, high = sorted(values)
    lines = draw([Bar("model", value, low, high, "●", ""), Bar("模型", value, None, None, "●", "")], width, KG, "kg")
    for line in lines:
        assert cell_len(line.plain) <= width
    before = [cell_len(line.plain.partition("●")[0]) for line in lines[:2]]
    assert before[0] == before[1]
    assert lines[0].plain.index("●") >= lines[0].plain.find("├")


def test_bars_stand_in_the_order_of_their_values() -> None:
    low, high = draw([Bar("a", 1, 0.5, 2, "●", ""), Bar("b", 10, 5, 20, "●", "")], 80, KG, "kg")[:2]
    assert low.plain.index("●") < high.plain.index("├")


@pytest.mark.parametrize("value", [-1.0, 0.0, float("nan"), float("inf")])
def test_what_has_no_place_on_a_log_axis_is_not_drawn(value: float) -> None:
    assert draw([Bar("a", value, None, None, "●", "")], 80, KG, "kg") == []
    assert draw([], 80, KG, "kg") == []


@given(st.text(max_size=200), st.integers(min_value=2, max_value=60))
def test_no_line_is_too_wide_and_no_character_is_lost(text: str, width: int) -> None:
    text = one_line(text)
    cuts = [0, *breaks(text, width), len(text)]
    lines = [text[start:end] for start, end in itertools.pairwise(cuts)]
    assert "".join(lines) == text
    assert all(cell_len(line.rstrip()) <= width for line in lines)


def test_a_chinese_line_never_begins_with_a_full_stop() -> None:
    text = "最接近的数据集是聚酯，瓶级。" * 8
    for width in range(6, 40):
        assert all(text[cut] not in "，。" for cut in breaks(text, width))


@pytest.mark.parametrize(
    ("kg", "shown"),
    [
        (0.00123, "1.23 g"),
        (0.061, "0.061 kg"),
        (999.0, "999 kg"),
        (2500.0, "2.5 t"),
        (-0.001, "-1 g"),
        (0.0, "0 kg"),
        (1.234e8, "123,000 t"),
    ],
)
def test_units_a_reader_expects(kg: float, shown: str) -> None:
    unit = mass_unit(kg)
    assert f"{unit.figure(kg)} {unit.name}" == shown


def test_the_words_of_both_languages_cover_every_code_a_record_may_hold() -> None:
    for words in (ENGLISH, CHINESE):
        assert set(words.flag_titles) == set(get_args(FlagCode))
        assert set(BOUNDARY_WORDS) >= set(get_args(SystemBoundary))
        assert set(words.decision) == set(words.match_decision) == set(get_args(Decision))
        assert set(words.status) == set(get_args(Status))
        assert set(words.check_names) >= set(get_args(CheckResult)) | set(Checks.model_fields)
    assert (
        set(ENGLISH.measurable)
        == set(CHINESE.measurable)
        >= {"mass_kg", "geography", "confirm_dataset", "supplier_footprint"}
    )
    for name in ("fit_terms", "columns", "provenance", "written_by", "basis"):
        assert set(getattr(ENGLISH, name)) == set(getattr(CHINESE, name))


def test_units_are_written_in_the_readers_language() -> None:
    assert factor_text(2.0, "piece", "zh", "–") == "2 / 件"
    assert factor_text(None, "piece", "zh", "无数值") == "无数值"


def test_progress_off_a_terminal_is_one_line_a_step(capsys: pytest.CaptureFixture[str]) -> None:
    with StepProgress() as report:
        for done in range(3):
            report("encode", done, 2000)
        report("piece", 1, 1)
        report("rebuilding: it is stale", 0, 0)
    assert capsys.readouterr().err.splitlines() == [
        "firstprint: building the index (2,000)",
        "firstprint: piece",
        "firstprint: rebuilding: it is stale",
    ]


def test_progress_on_a_terminal_waits_and_then_draws_a_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    now = [0.0]
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: now[0])
    with StepProgress() as report:
        report("encode", 1, 10)
        assert capsys.readouterr().err == ""
        now[0] = 5.0
        report("encode", 5, 10)
    assert "building the index" in capsys.readouterr().err


def test_a_reader_that_leaves_early_sees_no_error() -> None:
    program = "import firstprint.cli.main as m, sys; sys.argv=['firstprint','estimate','--help']; m.main()"
    run = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.stdout is not None
    assert run.stderr is not None
    run.stdout.close()
    error = run.stderr.read()
    run.stderr.close()
    assert run.wait() == 0
    assert error == b""


def test_starting_the_command_line_imports_nothing_heavy() -> None:
    heavy = ["torch", "faiss", "sklearn", "pandas", "scipy", "langchain", "sqlalchemy", "numpy", "pyarrow", "rich"]
    program = f"import sys, firstprint.cli.main; print([n for n in {heavy!r} if n in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["cli.md", "settings.md"])
def test_the_pages_in_docs_are_current(name: str) -> None:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    current = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert current == generate.PAGES[name](), "run: python docs/generate.py"
