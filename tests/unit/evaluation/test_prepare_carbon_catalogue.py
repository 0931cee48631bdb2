"""The Carbon Catalogue as estimate suites: per kg and per piece, one company left out, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from prepared_estimates import SHARED, carbon, product, queries_of, settings_of, workbook

from firstprint.errors import FaultsError
from firstprint.evaluation.prepare import carbon_catalogue


def test_carbon_catalogue_per_kg_divides_by_weight_and_per_piece_does_not(tmp_path: Path) -> None:
    kg, piece = carbon(tmp_path, product())
    assert [kg.folder.name, piece.folder.name] == ["carbon-catalogue-per-kg", "carbon-catalogue-per-piece"]
    (per_kg,), (per_piece,) = queries_of(kg), queries_of(piece)
    assert (per_kg["reference_kg_co2e"], per_kg["unit"], per_kg["amount"], per_kg["mass_kg"]) == ("2.5", "kg", "1", "4")
    assert (per_piece["reference_kg_co2e"], per_piece["unit"], per_piece["mass_kg"]) == ("10", "piece", "4")
    assert (per_kg["original_id"], per_kg["group"], per_kg["category"]) == ("7-1-2015", "Gnomes Ltd", "Home")
    assert per_kg["id"] == "carbon-0002", "ids are ours: they are kept in committed baselines"
    assert per_kg["geography"] == ""
    assert (per_kg["company_country"], per_kg["industry"]) == ("Norway", "Household things")


def test_carbon_catalogue_settings_leave_one_company_out(tmp_path: Path) -> None:
    for prepared in carbon(tmp_path, product()):
        settings = settings_of(prepared)
        assert settings["task"] == "estimate"
        assert settings["protocol"] == "cross-fit"
        assert (settings["folds"], settings["catalogue"], settings["group"]) == (0, "default", "group")
        assert "whole life" in str(settings["description"])


@pytest.mark.parametrize(
    ("name", "detail", "text"),
    [
        ("Gnome", "BLANK", "Gnome"),
        ("Gnome", "Field not included in 2013 data", "Gnome"),
        ("Gnome", None, "Gnome"),
        ("Gnome", "Gnome", "Gnome"),
        ("Gnome", "Made of clay", "Gnome. Made of clay"),
        ("Gnome", "Gnome made of clay", "Gnome made of clay"),
        ("Gnome", "Use stage: 68.1 kgCO2eq", "Gnome"),
        ("Gnome", "It causes CO2 equivalent emissions of around 3.8 kg", "Gnome"),
        ("Gnome", "measured in kg CO2 equivalents", "Gnome. measured in kg CO2 equivalents"),
        ("CO2 cartridge", "for beer", "CO2 cartridge. for beer"),
    ],
)
def test_carbon_catalogue_text_has_no_placeholder_and_never_states_the_result(
    tmp_path: Path, name: str, detail: str | None, text: str
) -> None:
    kg, _ = carbon(tmp_path, product(name=name, detail=detail))
    assert queries_of(kg)[0]["text"] == text


def test_carbon_catalogue_counts_what_it_leaves_out(tmp_path: Path) -> None:
    kg, piece = carbon(
        tmp_path,
        product(),
        product(id="7-2-2015", weight=None),
        product(id="7-3-2015", weight=0),
        product(id="7-4-2015", footprint=0),
        product(id="7-5-2015", company=None),
        product(id="7-6-2015", name="Gnome, 4 kg CO2e"),
    )
    assert (kg.queries, piece.queries) == (1, 3)
    assert "left out 2 rows: no weight, or a weight of zero" in kg.notes
    assert not any("weight" in note for note in piece.notes)
    for prepared in (kg, piece):
        assert "left out 1 row: no footprint, or none above zero" in prepared.notes
        assert "left out 1 row: no id, company or product name" in prepared.notes
        assert "left out 1 row: the product name states a CO2 figure" in prepared.notes


def test_carbon_catalogue_names_every_fault_at_once_and_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(FaultsError) as caught:
        carbon(tmp_path, product(), product(weight="heavy"), product(id="8", footprint="#REF!"))
    twice, weight, footprint = caught.value.faults
    assert "line 3, column '*PCF-ID': '7-1-2015' stands twice, first in line 2" in twice
    assert "line 3, column 'Product weight (kg)': 'heavy'" in weight
    assert "line 4" in footprint
    assert "'#REF!' is not a finite number" in footprint
    assert not (tmp_path / "out").exists()


def test_carbon_catalogue_without_a_usable_row_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FaultsError, match="no row has a product name"):
        carbon(tmp_path, product(footprint=None))


def test_carbon_catalogue_in_another_shape_says_what_is_expected_and_where_to_get_it(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", {"Product Level Data": [["Company", "Footprint"], ["Gnomes Ltd", 3]]})
    with pytest.raises(FaultsError) as caught:
        carbon_catalogue.prepare([path], tmp_path / "out")
    text = str(caught.value)
    for said in ("Company, Footprint", "Product weight (kg)", "doi 10.1038/s41597-022-01178-9", "CC0 1.0"):
        assert said in text


@pytest.mark.shared_data
def test_real_carbon_catalogue_has_every_product_and_company(tmp_path: Path) -> None:
    kg, piece = carbon_catalogue.prepare([SHARED / "carbon_catalogue"], tmp_path)
    assert (kg.queries, piece.queries) == (866, 866)
    assert len({query["group"] for query in queries_of(kg)}) == 145
    assert len({query["category"] for query in queries_of(kg)}) == 8
    assert "2 product details state a CO2 figure and are left away; the name stays" in kg.notes
