"""openLCA processes in both schema versions: reference, units, places, categories, direct emissions."""

import json

import pytest
from lca_files import SHARED, imported, zipped
from olca_files import (
    BALE,
    COTTON,
    CRATE,
    ITEMS,
    MASS,
    PROCESS,
    SYSTEM,
    elementary,
    exchange,
    packaged,
    process,
    product,
    ref,
)

from firstprint.importers.datasets.olca import IMPORTER


def read(tmp_path, *entities, v2=True):
    return imported(IMPORTER, zipped(tmp_path / "db.zip", packaged(*entities, v2=v2)))


def read_process(tmp_path, *exchanges, v2=True, **more):
    return read(tmp_path, ("processes", process(*exchanges, **more)), v2=v2)


def reference(amount=2.0, *, v2=True, **more):
    return exchange(product(), amount, reference=True, is_input=False, v2=v2, **more)


@pytest.mark.parametrize("v2", [True, False])
def test_both_schema_versions_say_the_same(tmp_path, v2):
    bought = exchange(product("f-diesel", "diesel"), 0.1, is_input=True, v2=v2)
    emitted = exchange(elementary("Carbon dioxide, fossil"), 0.5, is_input=False, v2=v2)
    found = read_process(tmp_path, bought, emitted, reference(v2=v2), v2=v2)
    assert found.recognised == f"processes/{PROCESS}.json is openLCA JSON-LD, schema version {2 if v2 else 1}."
    dataset = found.only
    assert (dataset.dataset_id, dataset.name, dataset.unit) == (PROCESS, "cotton farming", "kg")
    assert (dataset.gwp100_kg_co2e, dataset.system_boundary, dataset.basis) == (None, "gate_to_gate", "process")
    assert dataset.attributes["direct_kg_co2e_per_unit"] == "0.25"
    assert (dataset.geography, dataset.year, dataset.valid_until) == ("CN", 2018, 2025)
    assert (dataset.category, dataset.licence, dataset.source) == ("Agriculture / Fibre crops", "CC-BY", "db")
    assert dataset.synonyms == ("cotton fibre", "raw cotton", "棉花")
    assert dataset.description == "Made up. Irrigated."
    assert dataset.attributes["cas"] == "9004-34-6"
    assert found.problems == []


def test_old_categories_are_a_path_of_references(tmp_path):
    listed = {"@type": "Category", "name": "Fibre crops", "categoryPath": ["Agriculture", "Plants"]}
    assert read_process(tmp_path, reference(), category=listed).only.category == "Agriculture / Plants / Fibre crops"
    bare = ref("Category", "c-low", "Fibre crops")
    assert read_process(tmp_path, reference(), category=bare).only.category == "Agriculture / Fibre crops"
    assert read_process(tmp_path, reference(), category=None).only.category == ""


def test_categories_in_a_circle_come_to_an_end(tmp_path):
    members = packaged(("processes", process(reference(), category=ref("Category", "c-top", "Agriculture"))))
    members["categories/c-top.json"]["category"] = ref("Category", "c-top")
    found = imported(IMPORTER, zipped(tmp_path / "db.zip", members))
    assert found.only.category.endswith("Agriculture")


@pytest.mark.parametrize(
    ("location", "code"),
    [
        (ref("Location", "l-cn", "China"), "CN"),
        (ref("Location", "elsewhere", "United States"), "US"),
        (ref("Location", "elsewhere", "Northern Atlantis"), "Northern Atlantis"),
        ("RoW", "RoW"),
        (None, ""),
    ],
)
def test_places_are_codes_where_the_package_or_the_table_has_one(tmp_path, location, code):
    assert read_process(tmp_path, reference(), location=location).only.geography == code


def test_units_that_nobody_knows_convert_over_the_unit_group(tmp_path):
    emitted = exchange(elementary("Carbon dioxide, fossil"), 436.0, is_input=False)
    bales = exchange(product(), 1.0, BALE, "standard bale", reference=True)
    bales["flowProperty"] = ref("FlowProperty", MASS)
    dataset = read_process(tmp_path, bales, emitted).only
    assert (dataset.unit, dataset.gwp100_kg_co2e) == ("kg", pytest.approx(2.0))


def test_units_that_nobody_knows_convert_over_another_flow_property(tmp_path):
    """One crate is a quarter of the number of kilograms: 3 crates are 12 kg."""
    emitted = exchange(elementary("Carbon dioxide, fossil"), 6.0, is_input=False)
    crates = exchange(product(), 3.0, CRATE, "crate of twelve", reference=True)
    crates["flowProperty"] = ref("FlowProperty", ITEMS)
    dataset = read_process(tmp_path, crates, emitted).only
    assert (dataset.unit, dataset.gwp100_kg_co2e) == ("kg", pytest.approx(0.5))


def test_other_flow_properties_tell_what_a_unit_weighs(tmp_path):
    """A bottle of 0.75 litres holds 0.9 kg: a piece weighs 0.9 kg, and a m3 1,200."""
    properties = [
        {"flowProperty": ref("FlowProperty", "p-items"), "isRefFlowProperty": True, "conversionFactor": 1.0},
        {"flowProperty": ref("FlowProperty", MASS), "conversionFactor": 0.9},
        {"flowProperty": ref("FlowProperty", "p-volume"), "conversionFactor": 0.00075},
    ]
    others = [
        ("unit_groups", {**ref("UnitGroup", key), "units": [{**ref("Unit", unit, unit), "isRefUnit": True}]})
        for key, unit in (("g-items", "Item(s)"), ("g-volume", "m3"))
    ]
    others += [
        ("flow_properties", {**ref("FlowProperty", f"p-{name}"), "unitGroup": ref("UnitGroup", f"g-{name}")})
        for name in ("items", "volume")
    ]
    others.append(("flows", {**product("f-bottle", "bottled syrup"), "flowProperties": properties}))
    for group in others[:2]:
        group[1]["units"][0]["conversionFactor"] = 1.0
    made = {"amount": 2.0, "isQuantitativeReference": True, "flow": ref("Flow", "f-bottle", "bottled syrup")}
    pieces = {**made, "unit": ref("Unit", "Item(s)", "Item(s)"), "flowProperty": ref("FlowProperty", "p-items")}
    dataset = read(tmp_path, ("processes", process(pieces)), *others).only
    assert dataset.unit == "piece"
    assert dataset.attributes["mass_kg_per_unit"] == "0.9"
    by_mass = {**made, "unit": ref("Unit", "u-kg", "kg"), "flowProperty": ref("FlowProperty", MASS)}
    dataset = read(tmp_path, ("processes", process(by_mass)), *others).only
    assert (dataset.unit, dataset.attributes["density_kg_per_m3"]) == ("kg", "1200")
    assert "mass_kg_per_unit" not in dataset.attributes


def test_units_without_a_way_stay_as_written(tmp_path):
    hanks = exchange(product("f-unknown", "yarn"), 2.0, "u-hank", "hank", reference=True)
    assert read_process(tmp_path, hanks).only.unit == "hank"


def test_a_missing_unit_is_the_reference_unit_of_the_flow(tmp_path):
    bare = {"amount": 4.0, "flow": product(), "isQuantitativeReference": True}
    assert read_process(tmp_path, bare).only.unit == "kg"
    unknown = {"amount": 4.0, "flow": product("f-unknown"), "isQuantitativeReference": True}
    assert read_process(tmp_path, unknown).reasons == ["has no unit of its reference flow"]


def test_direct_emissions_count_only_air_by_name_or_cas(tmp_path):
    found = read_process(
        tmp_path,
        reference(),
        exchange(elementary("Methane, biogenic", ["Elementary flows", "Emission to air"]), 10.0, is_input=False),
        exchange(elementary("norflurane", key="f-norflurane"), 0.001, is_input=False),
        exchange(elementary("Carbon dioxide", "Elementary flows/Emission to water/river"), 99.0, is_input=False),
        exchange(elementary("Carbon dioxide, in air", "Elementary flows/Resource/in air"), 99.0, is_input=True),
    )
    assert found.only.gwp100_kg_co2e == pytest.approx((10 * 27.0 + 0.001 * 1530) / 2)
    assert (found.only.basis, found.only.system_boundary) == ("direct", "direct")


def test_emissions_of_several_products_are_nobodys(tmp_path):
    emitted = exchange(elementary("Carbon dioxide, fossil"), 6.0, is_input=False)
    seeds = exchange(product("f-seed", "cotton seed"), 1.0, is_input=False)
    dataset = read_process(tmp_path, reference(), emitted, seeds).only
    assert dataset.gwp100_kg_co2e is None
    assert "direct_kg_co2e_per_unit" not in dataset.attributes


def test_avoided_products_and_waste_to_treatment_lie_elsewhere(tmp_path):
    emitted = exchange(elementary("Carbon dioxide, fossil"), 6.0, is_input=False)
    for elsewhere in (
        exchange(product("f-heat", "heat"), 1.0, is_input=True, avoided=True),
        exchange(product("f-waste", "waste", "WASTE_FLOW"), 1.0, is_input=False),
    ):
        dataset = read_process(tmp_path, reference(), emitted, elsewhere).only
        assert (dataset.gwp100_kg_co2e, dataset.attributes["direct_kg_co2e_per_unit"]) == (None, "3")


def test_aggregated_processes_have_a_whole_footprint(tmp_path):
    emitted = exchange(elementary("Carbon dioxide, fossil"), 6.0, is_input=False)
    dataset = read_process(tmp_path, reference(), emitted, processType="LCI_RESULT").only
    assert (dataset.gwp100_kg_co2e, dataset.basis, dataset.system_boundary) == (3.0, "process", "cradle_to_gate")


def test_waste_treatment_takes_its_reference_in(tmp_path):
    waste = exchange(product("f-waste", "waste", "WASTE_FLOW"), 1.0, reference=True, is_input=True)
    assert read_process(tmp_path, waste).only.life_cycle_phase == "end_of_life"


def test_unusable_processes_are_told_with_their_file(tmp_path):
    found = read(
        tmp_path,
        ("processes", process(key="p-none")),
        ("processes", process(reference(0.0), key="p-zero")),
        ("processes", process(reference("many"), key="p-text")),
        ("processes", process(reference(None), key="p-missing")),
        ("processes", process(reference(), key="p-unnamed", name="")),
    )
    assert found.datasets == []
    assert {each.place: each.reason for each in found.problems} == {
        "processes/p-none.json": "has no usable reference flow",
        "processes/p-zero.json": "has a reference amount that nothing can be divided by",
        "processes/p-text.json": "has a value that is not a number",
        "processes/p-missing.json": "has no usable reference flow",
        "processes/p-unnamed.json": "has no name",
    }
    assert all(each.skipped for each in found.problems)


def test_a_gas_with_an_unusable_amount_leaves_no_result(tmp_path):
    found = read_process(tmp_path, reference(), exchange(elementary("Methane, fossil"), "much", is_input=False))
    assert found.only.gwp100_kg_co2e is None
    assert [(each.reason, each.skipped) for each in found.problems] == [("has a value that is not a number", False)]


def test_product_systems_without_a_result_are_told(tmp_path):
    system = {**ref("ProductSystem", SYSTEM, "cotton"), "refProcess": ref("Process", PROCESS)}
    found = read(tmp_path, ("processes", process(reference())), ("product_systems", system))
    assert len(found.datasets) == 1
    assert found.reasons == ["is a product system without a result"]


def test_ids_that_are_no_uuids_get_the_formats_name_and_doubles_are_told(tmp_path):
    members = packaged(("processes", process(reference(), key="p1")))
    members["more/processes/again.json"] = process(reference(), key="p1")
    members["processes/bare.json"] = process(reference(), key="")
    found = imported(IMPORTER, zipped(tmp_path / "db.zip", members))
    assert found.only.dataset_id == "olca:p1"
    assert sorted(found.reasons) == ["has an id that stood before", "has no id"]


def test_single_files_lists_graphs_and_folders_are_read(tmp_path):
    one, two = process(reference()), process(reference(), key="p2")
    place = {**ref("Location", "l-cn", "China"), "code": "CN-GD"}
    (tmp_path / "one.json").write_text(json.dumps(one), encoding="utf-8")
    assert imported(IMPORTER, tmp_path / "one.json").only.geography == "CN"
    (tmp_path / "list.json").write_text(json.dumps([one, two, place, 3, None]), encoding="utf-8")
    listed = imported(IMPORTER, tmp_path / "list.json")
    assert [(each.dataset_id, each.geography) for each in listed.datasets] == [(PROCESS, "CN-GD"), ("olca:p2", "CN-GD")]
    (tmp_path / "graph.json").write_text(json.dumps({"@graph": [one]}), encoding="utf-8")
    assert imported(IMPORTER, tmp_path / "graph.json").only.dataset_id == PROCESS
    (tmp_path / "folder" / "processes").mkdir(parents=True)
    (tmp_path / "folder" / "processes" / "x.json").write_text(json.dumps(one), encoding="utf-8")
    assert imported(IMPORTER, tmp_path / "folder").only.source == "folder"


def test_files_that_are_no_entities_are_told(tmp_path):
    members = packaged(("processes", process(reference())))
    members |= {"processes/cut.json": b'{"@type": "Proc', "notes.json": {"hello": 1}, "processes/deep.json": "[" * 9000}
    members |= {"processes/latin.json": '{"@type": "Process", "name": "café"}'.encode("latin-1")}
    found = imported(IMPORTER, zipped(tmp_path / "db.zip", members))
    assert len(found.datasets) == 1
    assert {each.place: each.reason for each in found.problems} == {
        "processes/cut.json": "is not valid JSON",
        "notes.json": "is no openLCA JSON-LD",
        "processes/deep.json": "is nested too deep",
        "processes/latin.json": "is not UTF-8 text",
    }


def test_files_beside_the_entities_are_passed_over(tmp_path):
    members = packaged(("processes", process(reference())))
    members |= {"olca-schema.json": {"version": 2}, "actors/a.json": ref("Actor", "a"), "bin/x/report.json": {}}
    found = imported(IMPORTER, zipped(tmp_path / "db.zip", members))
    assert (len(found.datasets), found.problems) == (1, [])


def test_packages_without_datasets_say_so_and_other_json_is_not_recognised(tmp_path):
    assert read(tmp_path).reasons == ["holds no processes, results or EPDs"]
    (tmp_path / "x.json").write_text('{"type": "Process", "epd": true}', encoding="utf-8")
    assert imported(IMPORTER, tmp_path / "x.json").recognised == ""


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is not on this machine")
def test_real_openlca_packages():
    folder = SHARED / "olca_jsonld"
    counts = {}
    for path in sorted(folder.iterdir()):
        found = imported(IMPORTER, path)
        assert "schema version 1" in found.recognised
        counts[path.name] = (len(found.datasets), found.reasons)
    assert counts == {
        "exchange_sync-all.zip": (2, ["is a product system without a result"]),
        "exchange_sync-process.zip": (1, []),
        "flow_property_factor_sync-all.zip": (1, ["is a product system without a result"]),
        "nw_set_sync-all.zip": (0, ["holds no processes, results or EPDs"]),
        "unit_sync-all.zip": (1, ["is a product system without a result"]),
        "uslci_v1_style_process.json": (1, []),
    }
    resin = imported(IMPORTER, folder / "uslci_v1_style_process.json").only
    assert (resin.name, resin.unit, resin.geography) == ("Phenol formaldehyde, at plant", "kg", "RNA")
    assert (resin.category, resin.year, resin.gwp100_kg_co2e) == ("Plastics", None, None)


def test_flow_types_are_looked_up_where_a_reference_leaves_them_out(tmp_path):
    emitted = exchange(ref("Flow", "f-norflurane", "norflurane"), 0.002, is_input=False)
    dataset = read_process(tmp_path, reference(), emitted).only
    assert dataset.gwp100_kg_co2e == pytest.approx(0.002 * 1530 / 2)
    unknown = exchange(ref("Flow", "f-nowhere", "Carbon dioxide"), 1.0, is_input=False)
    assert read_process(tmp_path, reference(), unknown).only.gwp100_kg_co2e is None
    assert product()["@id"] == COTTON
