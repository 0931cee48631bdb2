"""The shipped tables are sound, and a faulty one is told with every fault at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from firstprint.errors import FaultsError, InputError
from firstprint.understanding.abbreviations import load_abbreviations
from firstprint.understanding.grades import grade_of, load_grades


def test_every_fault_of_a_table_is_told_with_its_row(tmp_path: Path):
    path = tmp_path / "grades.csv"
    path.write_text(
        "code,name_en,name_zh,kind,standing\n"
        "X1,steel,钢,metal,alone\n"
        "x1,steel,钢,metal,alone\n"
        "X2,,钢,metal,alone\n"
        "X3,steel,钢,wood,sometimes\n"
        f"X4,{'s' * 200},钢,metal,alone\n"
        "X5,steel,钢,metal,alone,more\n",
        encoding="utf-8",
    )
    with pytest.raises(FaultsError) as caught:
        load_grades(path)
    faults = caught.value.faults
    assert [re.match(r"row (\d+)", fault)[1] for fault in faults] == ["3", "4", "5", "5", "6", "7"]
    assert "stands already in row 2" in faults[0]
    assert "name_en is empty" in faults[1]
    assert "'wood'" in faults[2]
    assert "'sometimes'" in faults[3]


def test_a_missing_column_and_a_file_that_is_no_text_are_told(tmp_path: Path):
    path = tmp_path / "abbreviations.csv"
    path.write_text("abbreviation,expansion\nSTL,steel\n", encoding="utf-8")
    with pytest.raises(FaultsError) as caught:
        load_abbreviations(path)
    assert ["language" in caught.value.faults[0], "kind" in caught.value.faults[1]] == [True, True]
    path.write_bytes("abbreviation,expansion,language,kind\n钢,钢材,zh,material\n".encode("gbk"))
    with pytest.raises(InputError, match="cannot be read"):
        load_abbreviations(Path(str(path)))
    with pytest.raises(InputError, match="cannot be read"):
        load_abbreviations(tmp_path / "absent.csv")


def test_the_shipped_grades_are_found_by_their_own_code():
    grades = load_grades()
    assert len(grades) >= 200
    for grade in grades.values():
        found = grade_of(grade.code)
        assert found is not None
        assert found.name_en == grade.name_en
        assert any("\u3400" <= char <= "\u9fff" for char in grade.name_zh), grade


def test_the_shipped_abbreviations_are_in_the_language_they_say():
    for row in load_abbreviations():
        assert any("\u3400" <= char <= "\u9fff" for char in row.expansion) == (row.language == "zh"), row
        assert row.abbreviation.casefold() != row.expansion.casefold()
