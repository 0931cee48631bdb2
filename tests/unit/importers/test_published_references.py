"""The Carbon Catalogue and Boavizta as references: what is kept, per what, with which boundary."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from firstprint.errors import FaultsError
from firstprint.importers.boavizta import REFERENCE_COLUMNS as DEVICE_COLUMNS
from firstprint.importers.carbon_catalogue import REFERENCE_SHEET
from firstprint.importers.reference_formats import detected_format, read_references

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
_DEVICE = {
    "manufacturer": "Acme",
    "name": "Slate 3",
    "subcategory": "Tablet",
    "gwp_total": "100",
    "gwp_manufacturing_ratio": "0.75",
    "gwp_use_ratio": "0.2",
    "report_date": "March 2021",
    "sources": "acme report",
    "added_date": "01-11-2020",
}


def devices(folder: Path, *changes: dict[str, str]) -> Path:
    path = folder / "devices.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, DEVICE_COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({**_DEVICE, **change} for change in changes)
    return path


def products(folder: Path, *changes: dict[str, object]) -> Path:
    usual: dict[str, object] = dict.fromkeys(REFERENCE_SHEET.columns, "")
    names = dict(zip(("id", "year", "name", "detail", "company"), REFERENCE_SHEET.columns[:5], strict=True))
    names |= {"weight": "Product weight (kg)", "footprint": "Product's carbon footprint (PCF, kg CO2e)"}
    names |= dict(zip(("upstream", "operations"), REFERENCE_SHEET.columns[-2:], strict=True))
    usual |= {names["year"]: 2015, names["company"]: "Gnomes Ltd", names["footprint"]: 10, names["weight"]: 4}
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = REFERENCE_SHEET.name
    sheet.append(list(usual))
    for place, change in enumerate(changes):
        row = {names["id"]: f"7-{place}", names["name"]: f"Gnome {place}"}
        sheet.append(list((usual | row | {names[key]: value for key, value in change.items()}).values()))
    path = folder / "catalogue_v7Nov2021.xlsx"
    book.save(path)
    book.close()
    return path


def test_a_device_counts_for_its_making(tmp_path: Path) -> None:
    path = devices(tmp_path, {})
    assert detected_format(path) == "boavizta"
    table = read_references(path)
    (row,) = table.rows
    assert (row.kg_co2e, row.unit, row.group, row.year) == (75, "piece", "Acme", 2021)
    assert (row.system_boundary, row.source) == ("cradle_to_gate", "acme report")
    assert (table.source_id, table.version) == ("boavizta", "2020-11-01")
    assert "ODbL" in row.licence


def test_what_use_leaves_stands_for_the_making_that_is_not_stated(tmp_path: Path) -> None:
    path = devices(tmp_path, {"gwp_manufacturing_ratio": ""}, {"gwp_manufacturing_ratio": "", "gwp_use_ratio": ""})
    table = read_references(path)
    assert [(row.kg_co2e, row.system_boundary) for row in table.rows] == [(80, "")]
    assert [(each.rows, each.examples) for each in table.skipped] == [(1, ("line 3: Slate 3",))]
    assert "neither the share of manufacturing nor that of use" in table.skipped[0].reason


def test_the_last_day_of_either_spelling_is_the_version(tmp_path: Path) -> None:
    path = devices(tmp_path, {}, {"name": "B", "added_date": "2022-09-14"}, {"name": "C", "added_date": "soon"})
    assert read_references(path).version == "2022-09-14"


def test_a_product_is_a_piece_of_its_weight(tmp_path: Path) -> None:
    path = products(tmp_path, {"upstream": 0.5, "operations": 0.25}, {"upstream": 0.6, "operations": 0.4}, {})
    assert detected_format(path) == "carbon-catalogue"
    table = read_references(path)
    assert [(row.unit, row.amount, row.mass_kg, row.kg_co2e) for row in table.rows] == [("piece", 1, 4, 10)] * 3
    assert [row.system_boundary for row in table.rows] == ["cradle_to_grave", "cradle_to_gate", ""]
    assert [row.year for row in table.rows] == [2015] * 3
    assert table.version == "v7Nov2021"


@pytest.mark.parametrize("weight", [1, 1000, 907.185])
def test_a_bulk_good_is_a_reference_per_kg_alone(tmp_path: Path, weight: float) -> None:
    (row,) = read_references(products(tmp_path, {"weight": weight})).rows
    assert (row.unit, row.amount, row.mass_kg) == ("kg", weight, None)


def test_faults_of_a_published_table_are_all_named(tmp_path: Path) -> None:
    path = devices(tmp_path, {"gwp_total": "much"}, {"weight": "nan"})
    with pytest.raises(FaultsError) as caught:
        read_references(path)
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "line 2, column 'gwp_total'",
        "line 3, column 'weight'",
    ]


def test_another_table_is_no_table_of_devices(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("manufacturer,name\nAcme,Slate\n", encoding="utf-8")
    with pytest.raises(FaultsError) as caught:
        read_references(path, "boavizta")
    (fault,) = caught.value.faults
    assert "category, subcategory, gwp_total" in fault
    with pytest.raises(FaultsError, match=r"not an \.xlsx workbook"):
        read_references(path, "carbon-catalogue")


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is not there")
@pytest.mark.parametrize(
    ("file", "kept", "read"),
    [
        ("carbon_catalogue/PublicTablesForCarbonCatalogueDataDescriptor_v30Oct2021.xlsx", 866, 866),
        ("boavizta/boavizta-data-us.csv", 1153, 1226),
    ],
)
def test_the_originals(file: str, kept: int, read: int) -> None:
    table = read_references(SHARED / file)
    assert (len(table.rows), table.rows_read) == (kept, read)
    assert len(table.rows) + sum(each.rows for each in table.skipped) == read
    assert len({row.reference_id for row in table.rows}) == kept
