"""Catalogue tables: headings in four languages, encodings, decimal signs, faults a row, ids that stay."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest
from table_files import SHARED, read, workbook, write

from firstprint.catalogue.reader import catalogue_files, read_sound_catalogue
from firstprint.errors import FaultsError
from firstprint.importers.datasets.csv_table import IMPORTER
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.records import Asked
from firstprint.importers.datasets.table_columns import map_columns
from firstprint.resources import resource

PLAIN = "name,unit,kg CO2e,geography\nOat flour,kg,0.9,SE\nPine board,m3,120,FI\n"


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Bezeichnung;Einheit;Treibhauspotenzial (kg CO2-Äq.);Land", "kg"),
        ("Nom;Unité;Changement climatique (kg CO2 éq);Pays", "kg"),
        ("名称;单位;碳足迹(kgCO2e);国家", "千克"),
        ("Dataset name;Reference unit;GWP100;Location", "kilogram"),
    ],
)
def test_headings_of_four_languages_name_the_same_columns(tmp_path: Path, header: str, unit: str) -> None:
    found = read(IMPORTER, write(tmp_path / "t.csv", f"{header}\nHaferflocken;{unit};0,9;SE\n"))
    (dataset,) = found.datasets
    got = (dataset.name, dataset.unit, dataset.gwp100_kg_co2e, dataset.geography)
    assert got == ("Haferflocken", "kg", 0.9, "SE")
    assert "4 of its headings" in found.recognised
    assert not found.problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    text = "名称,单位,碳足迹(kgCO2e)\n再生铝锭,吨,560\n水泥熟料,千克,0.86\n"
    found = read(IMPORTER, write(tmp_path / "t.csv", text, encoding))
    assert [(each.name, each.name_zh, each.unit) for each in found.datasets] == [
        ("再生铝锭", "再生铝锭", "t"),
        ("水泥熟料", "水泥熟料", "kg"),
    ]


def test_accents_of_windows_1252_stay(tmp_path: Path) -> None:
    text = "Bezeichnung;Einheit;kg CO2e\nGebäudetür, weiß;Stück;31,5\n"
    (dataset,) = read(IMPORTER, write(tmp_path / "t.csv", text, "cp1252")).datasets
    assert (dataset.name, dataset.unit, dataset.gwp100_kg_co2e) == ("Gebäudetür, weiß", "piece", 31.5)


def test_the_scale_and_the_unit_of_a_heading_count(tmp_path: Path) -> None:
    found = read(IMPORTER, write(tmp_path / "t.csv", "name,Emission factor [g CO2e/kWh]\nGrid A,480\nGrid B,62.5\n"))
    assert [(each.unit, each.gwp100_kg_co2e) for each in found.datasets] == [("kWh", 0.48), ("kWh", 0.0625)]


def test_amounts_are_brought_to_one_unit(tmp_path: Path) -> None:
    text = "name,unit,amount,GWP\nLime,kg,1000,950\nPaint,lb,1,2\nSteel,t,2,5000\n"
    found = read(IMPORTER, write(tmp_path / "t.csv", text))
    assert [each.gwp100_kg_co2e for each in found.datasets] == pytest.approx([0.95, 2 / 0.45359237, 2500])
    assert [each.unit for each in found.datasets] == ["kg", "kg", "t"]


@pytest.mark.parametrize("amount", ["1e-320", "0", "1e-300", "nan", "none at all"])
def test_an_amount_that_nothing_can_be_divided_by_is_told(tmp_path: Path, amount: str) -> None:
    """Found by fuzzing: a subnormal amount made the result infinite."""
    found = read(IMPORTER, write(tmp_path / "t.csv", f"name,unit,amount,GWP\nLime,kg,{amount},950\nClay,kg,2,1\n"))
    assert [(each.name, each.gwp100_kg_co2e) for each in found.datasets] == [("Clay", 0.5)]
    assert found.reasons() == ["has a reference amount that nothing can be divided by"]


def test_missing_columns_are_told_once_with_what_to_type(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "Stoffname lang,Wert,kg CO2e\nTon,1,2\n")
    with pytest.raises(FaultsError) as caught:
        read(IMPORTER, path)
    (fault,) = caught.value.faults
    assert "'Stoffname lang', 'Wert', 'kg CO2e'" in fault
    assert "--map name=" in fault
    assert "--map unit=" in fault
    assert "--default unit=kg" in fault


def test_the_user_maps_and_fills_in(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "Stoff,Wert,kg CO2e\nTon,12,0.25\n")
    asked = Asked(columns={"name": "Stoff"}, defaults={"unit": "kg", "geography": "Germany", "year": "2021"})
    (dataset,) = read(IMPORTER, path, asked).datasets
    assert (dataset.name, dataset.unit, dataset.geography, dataset.year) == ("Ton", "kg", "DE", 2021)
    assert dataset.attributes == {"Wert": "12"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked(columns={"nam": "Stoff"}), "no such column"),
        (Asked(columns={"name": "Stuff"}), "no such heading"),
        (Asked(defaults={"unt": "kg"}), "--default unt=kg"),
    ],
)
def test_a_slip_in_map_or_default_is_told(tmp_path: Path, asked: Asked, said: str) -> None:
    with pytest.raises(FaultsError, match=said):
        read(IMPORTER, write(tmp_path / "t.csv", PLAIN), asked)


def test_two_headings_that_may_be_the_footprint_are_asked_about(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "name,unit,kg CO2e,Climate change\nTon,kg,1,2\n")
    with pytest.raises(FaultsError, match="--map gwp100_kg_co2e="):
        read(IMPORTER, path)
    (dataset,) = read(IMPORTER, path, Asked(columns={"gwp100_kg_co2e": "Climate change"})).datasets
    assert dataset.gwp100_kg_co2e == 2.0


def test_a_heading_without_a_scale_is_asked_about() -> None:
    mapped = map_columns(["name", "unit", "Emission factor"], {}, {}, "line 1")
    assert "in g, kg or t" in mapped.faults[0]


@pytest.mark.parametrize("heading", ["GWP biogenic (kg CO2e)", "GWP20", "kg CO2e of CO2 per unit", "Uncertainty GWP"])
def test_other_indicators_are_no_footprint(heading: str) -> None:
    mapped = map_columns(["name", "unit", heading], {}, {}, "line 1")
    assert "gwp100_kg_co2e" not in mapped.columns
    assert not mapped.faults


def test_each_broken_row_is_told_with_its_line_and_the_rest_comes_in(tmp_path: Path) -> None:
    text = (
        "name,unit,kg CO2e,basis\n"
        "Good,kg,1.5,process\n"
        ",kg,2.5,process\n"
        "No unit,,2.5,process\n"
        "Odd unit,smoot,2.5,process\n"
        "Text,kg,lots,process\n"
        "Huge,kg,1e300,process\n"
        "Not finite,kg,NaN,process\n"
        "Word,kg,2.5,guess\n"
        "Short,kg\n"
        "Blank,kg,,process\n"
    )
    found = read(IMPORTER, write(tmp_path / "t.csv", text))
    assert {each.name: each.gwp100_kg_co2e for each in found.datasets} == {
        "Good": 1.5, "Text": None, "Huge": None, "Not finite": None, "Word": 2.5, "Blank": None,
    }  # fmt: skip
    told = {problem.place.rsplit("line ", 1)[1]: (problem.reason, problem.skipped) for problem in found.problems}
    assert told == {
        "3": ("has no name", True),
        "4": ("has no unit", True),
        "5": ("has a unit that is not known", True),
        "6": ("has a value that is not a number", False),
        "7": ("has a value that no footprint can have", False),
        "8": ("has a value that is not a number", False),
        "9": ("has a word that is not on the column's list", False),
        "10": ("is a row that cannot be read", True),
    }


def test_ambiguous_thousands_leave_no_number(tmp_path: Path) -> None:
    found = read(IMPORTER, write(tmp_path / "t.csv", 'name,unit,kg CO2e\nSteel,t,"1,234"\n'))
    assert found.datasets[0].gwp100_kg_co2e is None
    assert "decimal comma or with a thousands separator" in found.problems[0].detail


def test_ids_made_of_the_row_do_not_depend_on_order_or_value(tmp_path: Path) -> None:
    rows = ["Oat,kg,1,SE", "Oat,kg,2,FI", "Oat,t,900,SE", "燕麦,kg,1,CN"]
    header = "name,unit,kg CO2e,geography\n"
    one = read(IMPORTER, write(tmp_path / "a.csv", header + "\n".join(rows) + "\n"))
    other = read(IMPORTER, write(tmp_path / "b.csv", header + "\n".join(reversed(rows)).replace(",1,", ",3,") + "\n"))
    assert {each.dataset_id for each in one.datasets} == {each.dataset_id for each in other.datasets}
    assert len({each.dataset_id for each in one.datasets}) == 4


def test_rows_of_the_same_name_differ_by_what_else_they_say(tmp_path: Path) -> None:
    text = "name,unit,kg CO2e,year\nOat,kg,1,2010\nOat,kg,2,2020\nOat,kg,2,2020\n"
    found = read(IMPORTER, write(tmp_path / "t.csv", text))
    assert [each.year for each in found.datasets] == [2010, 2020]
    assert found.problems[0].reason == "has the id of an earlier row"
    assert found.problems[0].place.endswith("line 4")


def test_spend_follows_from_the_unit_and_unknown_boundaries_are_said_to_be(tmp_path: Path) -> None:
    text = "name,unit,kg CO2e,system boundary\nLegal services,USD,0.1,\nBoard,kg,1,von der Wiege bis zum Werkstor\n"
    legal, board = read(IMPORTER, write(tmp_path / "t.csv", text)).datasets
    assert (legal.basis, legal.system_boundary) == ("spend", "unknown")
    assert (board.basis, board.system_boundary) == ("process", "cradle_to_gate")


def test_a_heading_never_overwrites_a_column(tmp_path: Path) -> None:
    found = read(IMPORTER, write(tmp_path / "t.csv", "name,unit,kg CO2e,name,unit,licence\nA,kg,1,B,t,CC0\n"))
    (dataset,) = found.datasets
    assert (dataset.name, dataset.unit, dataset.licence) == ("A", "kg", "CC0")
    assert dataset.attributes == {"name (2)": "B", "unit (2)": "t"}


def test_a_source_in_words_is_a_citation(tmp_path: Path) -> None:
    text = 'name,unit,kg CO2e,source\nA,kg,1,"Doe et al. 2020, Journal"\nB,kg,1,my-lca-2024\n'
    one, other = read(IMPORTER, write(tmp_path / "t.csv", text)).datasets
    assert (one.source, one.attributes["citation"]) == ("t", "Doe et al. 2020, Journal")
    assert other.source == "my-lca-2024"


def test_namibia_is_a_place(tmp_path: Path) -> None:
    (dataset,) = read(IMPORTER, write(tmp_path / "t.csv", "name,unit,kg CO2e,geography\nGrid,kWh,0.1,NA\n")).datasets
    assert dataset.geography == "NA"


def test_a_table_without_results_is_kept_for_matching(tmp_path: Path) -> None:
    found = read(IMPORTER, write(tmp_path / "t.csv", "name,unit\nOat,kg\n"))
    assert found.datasets[0].gwp100_kg_co2e is None
    (problem,) = found.problems
    assert (problem.reason, problem.skipped) == (
        "has no column of results; its datasets are kept for matching only",
        False,
    )
    assert "--map gwp100_kg_co2e=" in problem.detail


def test_a_workbook_takes_the_asked_sheet_and_tells_of_lost_formulas(tmp_path: Path) -> None:
    sheets = {
        "Notes": [["About"], ["kg CO2e"]],
        "2023": [["name", "unit", "kg CO2e"], ["Old", "kg", 1.25]],
        "2024": [["x"], ["name", "unit", "kg CO2e", "year"], ["New", "kg", "=1+1", 2024], ["=A3", "kg", 2, 2024]],
    }
    path = workbook(tmp_path / "t.xlsx", sheets)
    (old,) = read(IMPORTER, path, Asked(sheet="2023")).datasets
    assert (old.name, old.gwp100_kg_co2e) == ("Old", 1.25)
    found = read(IMPORTER, path)
    assert [(each.name, each.gwp100_kg_co2e) for each in found.datasets] == [("New", None)]
    assert [(each.reason, each.skipped) for each in found.problems] == [
        ("holds a formula without its value", False),
        ("holds a formula without its value, where the name should be", True),
    ]
    assert "sheet '2024', line 3" in found.problems[0].place
    with pytest.raises(FaultsError, match="has no sheet '2025'"):
        read(IMPORTER, path, Asked(sheet="2025"))


def test_a_folder_is_read_table_by_table(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", PLAIN)
    write(tmp_path / "b.csv", "Name;Einheit;kg CO2e\nHolz;m3;1,5\n")
    write(tmp_path / "c.csv", "x,y\n1,2\n")
    found = read(IMPORTER, tmp_path)
    assert [each.name for each in found.datasets] == ["Oat flour", "Pine board", "Holz"]
    assert found.reasons() == ["is a table that cannot be read"]
    assert found.problems[0].place == "c.csv"


def test_a_zip_archive_is_read_as_a_folder_is(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("in/a.csv", PLAIN)
        archive.writestr("in/readme.txt", "not a table")
    found = read(IMPORTER, path)
    assert [each.name for each in found.datasets] == ["Oat flour", "Pine board"]
    assert not found.problems


def test_an_unclosed_quote_tells_that_the_rest_is_lost(tmp_path: Path) -> None:
    found = read(IMPORTER, write(tmp_path / "t.csv", PLAIN + '"Open,kg,1,SE\nLost,kg,1,SE\n'))
    assert [each.name for each in found.datasets] == ["Oat flour", "Pine board"]
    (problem,) = found.problems
    assert problem.place.endswith("line 4")
    assert "nothing after it could be read" in problem.detail


def test_the_default_catalogue_reads_back_to_the_same_rows() -> None:
    files = catalogue_files(resource("index/catalogue"))
    for path in files:
        found = read(IMPORTER, path)
        assert found.datasets == list(read_sound_catalogue([path])), path.name
        assert not found.problems


def test_parquet_reads_back_to_the_same_rows(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    source = next(path for path in catalogue_files(resource("index/catalogue")) if path.stem == "industry-facts")
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {name: [row[name] or None for row in rows] for name in rows[0]}
    columns["gwp100_kg_co2e"] = [float(row["gwp100_kg_co2e"]) if row["gwp100_kg_co2e"] else None for row in rows]
    columns["year"] = [int(row["year"]) if row["year"] else None for row in rows]
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    found = read(IMPORTER, tmp_path / "t.parquet")
    assert found.datasets == list(read_sound_catalogue([source]))
    assert not found.problems


def test_parquet_that_is_damaged_or_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"name": ["a", "b"], "unit": ["kg", "kg"], "GWP": [1.0, float("nan")]}), path)
    found = read(IMPORTER, path)
    assert [each.gwp100_kg_co2e for each in found.datasets] == [1.0, None]
    assert found.reasons() == ["has a value that no footprint can have"]
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FaultsError, match="no Parquet file"):
        read(IMPORTER, path)
    path.write_bytes(whole)
    monkeypatch.setattr("firstprint.importers.datasets.parquet.MAX_ROWS", 1)
    with pytest.raises(FaultsError, match="has 2 rows"):
        read(IMPORTER, path)


def test_a_source_is_named_after_its_file(tmp_path: Path) -> None:
    with Package(write(tmp_path / "Unsere Werte 2024.csv", PLAIN)) as package:
        about = IMPORTER.about(package)
    assert (about.source_id, about.title, about.licence) == ("unsere-werte-2024", "Unsere Werte 2024", "not stated")


@pytest.mark.shared_data
def test_tiangong_needs_a_unit_and_then_comes_in_whole() -> None:
    path = SHARED / "tiangong" / "tiangong_processes.csv"
    with pytest.raises(FaultsError, match="--default unit=kg"):
        read(IMPORTER, path)
    found = read(IMPORTER, path, Asked(columns={"description": "tech_zh"}, defaults={"unit": "kg"}))
    assert len(found.datasets) == 3307
    assert sum(each.gwp100_kg_co2e is None for each in found.datasets) == 3307
    lime = found.by_id("000333f8-f13a-4805-9515-2f1e870e8cfb")
    assert (lime.name.split(" ;")[0], lime.name_zh.split(" ;")[0], lime.geography, lime.year) == (
        "Lime", "石灰", "CN", 2019,
    )  # fmt: skip
    assert found.reasons() == ["has no column of results; its datasets are kept for matching only"]
