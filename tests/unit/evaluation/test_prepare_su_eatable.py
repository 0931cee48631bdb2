"""SU-EATABLE LIFE as an estimate suite: the spread of studies, the Agribalyse catalogue, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from prepared_estimates import FOODS, PLATES, SHARED, foods, queries_of, settings_of, workbook

from firstprint.catalogue.reader import read_catalogue
from firstprint.errors import FaultsError
from firstprint.evaluation.prepare import su_eatable
from firstprint.evaluation.prepare.studies import Item, spread, study_values


def test_su_eatable_asks_each_food_with_the_spread_of_its_studies(tmp_path: Path) -> None:
    prepared = foods(tmp_path)
    moon, green, heated, star = queries_of(prepared)
    assert [q["text"] for q in (moon, green, heated, star)] == [
        "moonfruit",
        "moonfruit, from greenhouse",
        "moonfruit, from heated greenhouse",
        "starfisch, frozen",
    ]
    assert (moon["reference_kg_co2e"], moon["unit"], moon["group"]) == ("0.5", "kg", "FRUIT")
    assert (moon["studies"], moon["study_values"]) == ("2", "0.4|0.6")
    assert float(moon["reference_low"]) == pytest.approx(0.41)
    assert float(moon["reference_high"]) == pytest.approx(0.59)
    assert (green["studies"], green["study_values"], green["reference_low"]) == ("1", "", "")
    assert heated["studies"] == "0"
    assert (star["study_values"], star["group"]) == ("3|5", "FISH")
    assert "left out 1 row: a food with no footprint, or none above zero" in prepared.notes
    assert len({q["id"] for q in (moon, green, heated, star)}) == 4


def test_su_eatable_catalogue_is_agribalyse_to_the_plate(tmp_path: Path) -> None:
    prepared = foods(tmp_path)
    read = read_catalogue([prepared.folder / "catalogue.csv"])
    assert not read.faults
    (dataset,) = read.datasets
    assert (dataset.dataset_id, dataset.name, dataset.gwp100_kg_co2e) == ("agb:1001", "Moonfruit, raw", 0.7)
    assert dataset.attributes["name_fr"] == "Fruit de lune"
    assert (dataset.unit, dataset.geography, dataset.basis) == ("kg", "FR", "process")
    assert (dataset.system_boundary, dataset.licence) == ("cradle_to_grave", "etalab-2.0")
    assert prepared.datasets == 1
    settings = settings_of(prepared)
    assert (settings["catalogue"], settings["protocol"]) == ("catalogue.csv", "zero-shot")
    assert "5th and 95th percentile" in str(settings["description"])


def test_su_eatable_names_faults_of_all_sheets_at_once(tmp_path: Path) -> None:
    users, studies, statistics = FOODS.values()
    sheets = {
        "SEL CF for users": [*users, ["CROPS", "MOONFRUIT*", 1, "L", "OK", "FRUIT"], ["CROPS", "X", "?", "L", "", "Y"]],
        "SEL CF DATA SOURCES": [*studies, ["CROPS", "FRUIT", "X", "some"]],
        "SEL CF  ITEMS STAT": [*statistics, ["CROPS", "X", 1, "low", 2]],
    }
    with pytest.raises(FaultsError) as caught:
        foods(tmp_path, sheets)
    text = str(caught.value)
    for said in ("'MOONFRUIT*' stands twice", "'?'", "'some'", "'low'", "sheet 'SEL CF DATA SOURCES', line 8"):
        assert said in text


def test_su_eatable_food_that_differs_only_in_asterisks_is_a_fault(tmp_path: Path) -> None:
    users = [*FOODS["SEL CF for users"], ["CROPS", "MOONFRUIT", 1, "L", "OK", "FRUIT"]]
    with pytest.raises(FaultsError, match="stands twice, apart from asterisks"):
        foods(tmp_path, FOODS | {"SEL CF for users": users})


def test_su_eatable_without_the_sheet_of_studies_names_it(tmp_path: Path) -> None:
    with pytest.raises(FaultsError, match="has no sheet 'SEL CF DATA SOURCES'"):
        foods(tmp_path, {name: rows for name, rows in FOODS.items() if "SOURCES" not in name})


def test_su_eatable_needs_both_originals(tmp_path: Path) -> None:
    with pytest.raises(FaultsError) as caught:
        su_eatable.prepare([workbook(tmp_path / "foods.xlsx", FOODS)], tmp_path / "out")
    (fault,) = caught.value.faults
    assert "Agribalyse synthesis: is missing" in fault
    assert "Licence Ouverte 2.0" in fault


def test_agribalyse_faults_name_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(FaultsError) as caught:
        foods(tmp_path, plates=[*PLATES, ["1001", "a", "b", "c", "d", "1", "1"], ["2", "a", "b", "c", "d", "1", "x"]])
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "line 3, column 'Code AGB'",
        "line 4, column 'Changement climatique'",
    ]


def test_studies_of_a_like_name_are_taken_only_where_the_published_ends_agree() -> None:
    studies = {"CHEDDAR": [5.0, 9.0], "GOUDA": [6.0, 7.0]}
    assert study_values(["CEDDAR"], studies, [Item("CEDDAR", 5.0, 9.0)]) == {"CEDDAR": (5.0, 9.0)}
    assert study_values(["CEDDAR"], studies, [Item("CEDDAR", 5.0, 8.0)]) == {}
    assert study_values(["ZZZZ"], studies, [Item("ZZZZ", 5.0, 9.0)]) == {}
    assert study_values(["CEDDAR"], studies, []) == {}


def test_studies_of_a_name_that_another_food_has_are_not_taken() -> None:
    studies = {"CHEDDAR": [5.0, 9.0]}
    ends = [Item("CEDDAR", 5.0, 9.0), Item("CHEDDAR", 5.0, 9.0)]
    assert study_values(["CEDDAR", "CHEDDAR*"], studies, ends) == {"CHEDDAR*": (5.0, 9.0)}


def test_spread_of_many_values_leaves_the_outer_twentieths_out() -> None:
    assert spread([float(n) for n in range(101)]) == (5.0, 95.0)
    assert spread([2.0]) == (2.0, 2.0)


@pytest.mark.shared_data
def test_real_su_eatable_joins_most_studies(tmp_path: Path) -> None:
    (prepared,) = su_eatable.prepare([SHARED / "su_eatable_life", SHARED / "agribalyse"], tmp_path)
    assert (prepared.queries, prepared.datasets) == (324, 2500)
    queries = queries_of(prepared)
    assert sum(int(query["studies"]) for query in queries) > 3100  # 3,349 are in the sheet
    assert sum(query["studies"] == "0" for query in queries) < 10
    outside = [q for q in queries if q["reference_low"] and not _inside(q)]
    assert len(outside) <= 1
    assert not read_catalogue([prepared.folder / "catalogue.csv"]).faults


def _inside(query: dict[str, str]) -> bool:
    low, value, high = (float(query[name]) for name in ("reference_low", "reference_kg_co2e", "reference_high"))
    return low <= value <= high
