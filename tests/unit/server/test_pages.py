"""What pages are drawn from: axes, guesses of columns, checks of cells, linked rationales."""

from __future__ import annotations

import itertools
import math

import pytest

from firstprint.importers.tabular import RawTable, TableRow
from firstprint.server.pages.import_columns import guessed
from firstprint.server.pages.import_tables import preview, read_list
from firstprint.server.pages.plot import axis_over, ticks_of
from firstprint.server.pages.view import own_path, preferred


@pytest.mark.parametrize("values", [(1.0,), (0.2, 0.9), (0.07, 6290.0), (1e-9, 1e12), (5.0, 5.1)])
def test_an_axis_holds_every_value_in_its_place_and_its_ticks_do_not_touch(values):
    axis = axis_over(values)
    for value in values:
        at = axis.at(value)
        assert 0 < at < 100
        assert at == pytest.approx(100 * (math.log10(value) - axis.start) / (axis.stop - axis.start), abs=0.01)
    ticks = ticks_of(axis)
    assert len(ticks) >= 2
    assert all(b.at - a.at >= 7 for a, b in itertools.pairwise(ticks))


def test_what_a_logarithm_cannot_show_is_left_out():
    axis = axis_over((None, -3.0, 0.0, 2.0))
    assert axis.at(0.0) is None
    assert axis.at(-1.0) is None
    assert axis_over((None, -3.0, math.inf)) is None


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (("品名 Description", "数量", "单位"), {"text": 0, "amount": 1, "unit": 2}),
        (("Pos", "Bezeichnung", "Menge", "Gewicht (kg)"), {"text": 1, "amount": 2, "mass_kg": 3}),
        (("désignation", "pays", "année"), {"text": 0, "geography": 1, "year": 2}),
        (("物料编码", "物料名称", "产地"), {"id": 0, "text": 1, "geography": 2}),
        (("anything",), {"text": 0}),
        (("this", "that"), {}),
    ],
)
def test_columns_are_guessed_by_their_headings(header, found):
    assert guessed(header) == found


def _table(*rows: tuple[str, ...]) -> RawTable:
    header = ("name", "qty", "unit", "weight", "country", "year")
    return RawTable("t.csv", "", 1, header, tuple(TableRow(n + 2, row) for n, row in enumerate(rows)), False)


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        (("jar", "1", "kg", "", "CN", "2024"), []),
        (("jar", "12 pcs", "piece", "0.5 kg", "中国", "2024年"), []),
        (("", "1", "kg", "", "", ""), ["empty"]),
        (("jar", "0", "kg", "-1", "", ""), ["number", "number"]),
        (("jar", "lots", "flarns", "3 kWh", "Atlantis", "soon"), ["number", "unit", "unit", "geography", "year"]),
        (("jar", "n/a", "-", "无", "", ""), []),
        (("x" * 30_000, "1", "kg", "", "", ""), ["long"]),
    ],
)
def test_each_cell_is_checked_by_the_rule_of_its_column(row, faults):
    seen = preview(_table(row))
    assert [cell.fault for cell in seen.rows[0].cells if cell.fault] == faults
    assert seen.faults == len(faults)


def test_a_comma_that_may_be_either_is_asked_about():
    seen = preview(_table(("jar", "1,234", "kg", "", "", "")))
    assert seen.rows[0].cells[1].fault == "ambiguous"
    told = preview(_table(("jar", "1,234", "kg", "", "", ""), ("jar", "0.5", "kg", "", "", "")))
    assert told.faults == 0  # the file shows a decimal point


def test_rows_at_fault_are_among_those_shown_however_late_they_stand():
    rows = [("jar", "1", "kg", "", "", "")] * 500 + [("", "1", "kg", "", "", "")]
    seen = preview(_table(*rows))
    assert seen.total == 501
    assert seen.rows[-1].line == 502
    assert len(seen.rows) == 60


def test_a_list_without_known_headings_keeps_its_columns():
    table = read_list(b"what\thow much\nglass jar\t3\n", "pasted.tsv")
    assert table.columns == ("what", "how much")
    assert len(table.rows) == 1


@pytest.mark.parametrize(
    "path", ["https://x.example", "//x.example", "/\\x.example", "\\\\x", "javascript:1", "", "/a\nb"]
)
def test_nobody_is_led_elsewhere(path):
    assert own_path(path) == "/"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-TW", "zh"),
        ("fr, zh;q=0.5, en;q=0.4", "zh"),
        ("zh;q=0, en;q=0.1", "en"),
        ("x" * 5000, "en"),
        ("de", "en"),
    ],
)
def test_the_browsers_language_is_followed(header, language):
    assert preferred(header) == language
