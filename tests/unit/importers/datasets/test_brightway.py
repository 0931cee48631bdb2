"""Brightway packages and workbooks: activities, their reference, direct emissions; nothing a package names is run."""

import bz2
import json

import pytest
from brightway_files import CARBON, CODE, ROWS, activity, database, emission, package_bytes, production, workbook
from lca_files import SHARED, imported, zipped

from firstprint.importers.datasets import brightway_package
from firstprint.importers.datasets.brightway import IMPORTER


def read(tmp_path, *databases):
    (tmp_path / "db.bw2package").write_bytes(package_bytes(*databases))
    return imported(IMPORTER, tmp_path / "db.bw2package")


def read_activity(tmp_path, *exchanges, **more):
    return read(tmp_path, database({("food", CODE): activity(*exchanges, **more)}))


def read_book(tmp_path, rows=ROWS, *more):
    return imported(IMPORTER, workbook(tmp_path / "lci.xlsx", rows, *more))


def test_a_package_holds_activities_and_tells_its_elementary_flows(tmp_path):
    found = read(
        tmp_path, database({("food", CODE): activity(production(2.0), emission(0.5))}), database(CARBON, "bio")
    )
    assert found.recognised == "db.bw2package is a Brightway package."
    dataset = found.only
    assert (dataset.dataset_id, dataset.name, dataset.unit) == (CODE, "wheat grain (wheat farming)", "kg")
    assert (dataset.gwp100_kg_co2e, dataset.basis, dataset.system_boundary) == (0.25, "direct", "direct")
    assert dataset.synonyms == ("wheat grain", "wheat farming", "blé", "小麦")
    assert (dataset.geography, dataset.category) == ("FR", "Growing of cereals")
    assert dataset.attributes["database"] == "food"
    assert [(each.reason, each.place) for each in found.problems] == [
        ("is an elementary flow, not a process", "db.bw2package, bio 'co2'")
    ]


def test_emissions_are_unknown_where_their_names_are_elsewhere(tmp_path):
    unnamed = read_activity(tmp_path, production(), emission(0.5)).only
    assert (unnamed.gwp100_kg_co2e, unnamed.system_boundary) == (None, "gate_to_gate")
    assert "direct_kg_co2e_per_unit" not in unnamed.attributes
    named = {"name": "Carbon dioxide, fossil", "categories": ("air",), "unit": "kilogram"}
    assert read_activity(tmp_path, production(), emission(0.5, **named)).only.gwp100_kg_co2e == 0.5
    to_water = {**named, "categories": ("water",)}
    assert read_activity(tmp_path, production(), emission(0.5, **to_water)).only.gwp100_kg_co2e is None


def test_bought_inputs_leave_direct_emissions_as_an_attribute(tmp_path):
    named = {"name": "Carbon dioxide, fossil", "categories": ("air",), "unit": "kilogram"}
    bought = {"type": "technosphere", "amount": 1.0, "input": ("food", "diesel")}
    dataset = read_activity(tmp_path, production(2.0), emission(0.5, **named), bought).only
    assert (dataset.gwp100_kg_co2e, dataset.attributes["direct_kg_co2e_per_unit"]) == (None, "0.25")


def test_the_reference_is_the_activitys_own_product_and_one_where_none_is_stated(tmp_path):
    named = {"name": "Carbon dioxide, fossil", "categories": ("air",), "unit": "kilogram"}
    assert read_activity(tmp_path, emission(0.5, **named)).only.gwp100_kg_co2e == 0.5
    several = read_activity(tmp_path, production(9.0, "straw"), production(2.0), emission(0.5, **named)).only
    assert several.gwp100_kg_co2e is None
    waste = read_activity(tmp_path, production(-1.0)).only
    assert waste.life_cycle_phase == "end_of_life"


@pytest.mark.parametrize(
    ("name", "product", "expected"),
    [
        ("电力, 中国", "electricity", ("electricity", "电力, 中国")),
        ("rice farming", "稻谷", ("rice farming", "稻谷")),
        ("水稻种植", "稻谷", ("稻谷", "稻谷")),
        ("steel production", "", ("steel production", "")),
        ("market for wheat grain", "wheat grain", ("market for wheat grain", "")),
    ],
)
def test_names_are_english_where_there_is_one_and_chinese_beside_it(tmp_path, name, product, expected):
    dataset = read_activity(tmp_path, production(), name=name, **{"reference product": product}).only
    assert (dataset.name, dataset.name_zh) == expected


def test_codes_that_are_no_hashes_carry_their_database_and_doubles_are_told(tmp_path):
    one = database({("food", "a"): activity(production())})
    found = read(tmp_path, one, one)
    assert found.only.dataset_id == "brightway:food:a"
    assert found.reasons == ["has an id that stood before"]


@pytest.mark.parametrize("amount", [0, None, "many", float("nan"), 10**400])
def test_unusable_references_are_told(tmp_path, amount):
    found = read_activity(tmp_path, production(amount))
    assert found.datasets == []
    assert len(found.problems) == 1
    assert found.problems[0].skipped


def test_products_and_methods_are_no_processes(tmp_path):
    method = {"metadata": {}, "name": ("IPCC 2013", "GWP 100a"), "class": {}, "data": [[("bio", "co2"), 1.0]]}
    found = read(tmp_path, method, database({("food", "p"): activity(type="product")}))
    assert found.reasons == ["is a product, whose process is read in its stead"]
    assert read(tmp_path, method).reasons == ["holds no Brightway database"]


def test_packages_that_are_cut_off_or_unpack_to_too_much_are_told(tmp_path, monkeypatch):
    whole = package_bytes(database({("food", "a"): activity(production())}))
    for data, reason in [
        (whole[:-20], "is cut off"),
        (b"BZh9 no", "is no bzip2 data"),
        (b"", "is cut off"),
        (bz2.compress(b"{]"), "is not valid JSON"),
        (bz2.compress(b"[" * 100_000), "is nested too deep"),
    ]:
        (tmp_path / "x.bw2package").write_bytes(data)
        found = imported(IMPORTER, tmp_path / "x.bw2package")
        assert (found.datasets, found.reasons) == ([], [reason]), data[:10]
    monkeypatch.setattr(brightway_package, "_MAX_UNPACKED_BYTES", 10_000)
    (tmp_path / "bomb.bw2package").write_bytes(bz2.compress(b" " * 5_000_000))
    assert imported(IMPORTER, tmp_path / "bomb.bw2package").reasons == ["is too large"]


def test_streams_one_after_another_are_one_package(tmp_path):
    text = bz2.decompress(package_bytes(database({("food", "a"): activity(production())})))
    (tmp_path / "x.bw2package").write_bytes(bz2.compress(text[:100]) + bz2.compress(text[100:]))
    assert imported(IMPORTER, tmp_path / "x.bw2package").only.dataset_id == "brightway:food:a"


def test_plain_json_in_place_of_marked_dictionaries_is_no_database(tmp_path):
    (tmp_path / "x.bw2package").write_bytes(bz2.compress(json.dumps({"name": "x", "data": {"a": 1}}).encode()))
    assert imported(IMPORTER, tmp_path / "x.bw2package").reasons == ["holds no Brightway database"]


# --- workbooks ---


def test_a_workbook_holds_blocks_of_activities(tmp_path):
    found = read_book(tmp_path)
    assert found.recognised == "lci.xlsx is a workbook with Brightway's Activity blocks."
    wheat, flour = found.datasets
    assert (wheat.dataset_id, wheat.name, wheat.unit) == (CODE, "wheat grain (wheat farming)", "kg")
    assert wheat.gwp100_kg_co2e == pytest.approx((0.5 + 0.001 * 273) / 2)
    assert (wheat.geography, wheat.description, wheat.basis) == ("FR", "Made up.", "direct")
    assert (flour.dataset_id, flour.name, flour.name_zh) == ("brightway:food:flour", "面粉加工", "面粉加工")
    assert (flour.gwp100_kg_co2e, flour.geography) == (None, "CN")
    assert found.problems == []


def test_sheets_to_skip_are_skipped_and_others_continue_the_database(tmp_path):
    second = (("Activity", "oat farming"), ("code", "oat"), ("unit", "(Unknown)"), ("unit", "ton"))
    skipped = (("skip",), ("Activity", "never"), ("unit", "kilogram"))
    found = read_book(tmp_path, ROWS, second, skipped)
    assert [each.dataset_id for each in found.datasets][2:] == ["brightway:food:oat"]
    assert found.datasets[2].unit == "t"


def test_activities_without_a_unit_are_told_with_sheet_and_line(tmp_path):
    found = read_book(tmp_path, (("Database", "x"), (), ("Activity", "a"), ("location", "FR")))
    assert [(each.reason, each.place) for each in found.problems] == [
        ("has no unit of its reference flow", "lci.xlsx, sheet 'Sheet' line 3")
    ]


def test_formulas_without_a_value_are_no_amount_of_one(tmp_path):
    rows = [list(row) for row in ROWS]
    rows[11][1] = "=1+1"
    found = read_book(tmp_path, rows)
    assert [each.name for each in found.datasets] == ["面粉加工"]
    assert found.reasons == ["has no usable reference flow"]
    assert "formula" in found.problems[0].detail


def test_other_workbooks_are_not_recognised_and_damaged_ones_are_told(tmp_path):
    assert read_book(tmp_path, (("Name", "kg CO2e"), ("steel", 2))).recognised == ""
    assert read_book(tmp_path, (("Name", "kg CO2e"),)).reasons == ["holds no Brightway activity"]
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 cut")
    found = imported(IMPORTER, tmp_path / "bad.xlsx")
    assert (found.recognised, found.reasons) == ("", ["is no workbook that can be read"])


def test_archives_may_hold_both(tmp_path):
    book = workbook(tmp_path / "lci.xlsx").read_bytes()
    package = package_bytes(database({("food", "a"): activity(production())}))
    found = imported(IMPORTER, zipped(tmp_path / "all.zip", {"a/lci.xlsx": book, "b.bw2package": package}))
    assert [each.dataset_id for each in found.datasets] == [CODE, "brightway:food:flour", "brightway:food:a"]


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is not on this machine")
@pytest.mark.parametrize("name", ["mini.bw2package", "lci-mini.xlsx"])
def test_real_brightway_files(name):
    found = imported(IMPORTER, SHARED / "brightway" / name)
    told = {(each.dataset_id, each.name, each.name_zh, each.unit, each.geography) for each in found.datasets}
    assert told == {
        ("brightway:mini:a", "electricity", "电力, 中国", "kWh", "CN"),
        ("brightway:mini:b", "cell", "", "kg", "CN-GD"),
    }
    assert [each.gwp100_kg_co2e for each in found.datasets] == [None, None]
    assert found.problems == []
