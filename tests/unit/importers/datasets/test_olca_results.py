"""openLCA results and EPDs: which climate result, for what, over which modules."""

import json

import pytest
from lca_files import imported, zipped
from olca_files import (
    EPD,
    PROCESS,
    RESULT,
    SYSTEM,
    elementary,
    epd,
    exchange,
    impact,
    packaged,
    process,
    product,
    ref,
    result,
)

from firstprint.importers.datasets.olca import IMPORTER


def read(tmp_path, *entities):
    return imported(IMPORTER, zipped(tmp_path / "db.zip", packaged(*entities)))


def reference_flow(amount=4.0, **more):
    return {"flow": product(refUnit="kg"), "amount": amount, "isRefFlow": True, "isInput": False, **more}


def module(key, value, name="Climate change", method="EF v3.1"):
    return ("results", result(impact(name, value), key=key, method=method))


def test_a_result_is_a_dataset_per_one_of_its_reference_flow(tmp_path):
    climate = [impact("Climate change", 10.0), impact("Climate change - Biogenic", 1.0), impact("Acidification", 5.0)]
    found = read(tmp_path, ("results", result(*climate, flowResults=[reference_flow()])))
    dataset = found.only
    assert (dataset.dataset_id, dataset.name, dataset.unit) == (RESULT, "cotton, at farm", "kg")
    assert (dataset.gwp100_kg_co2e, dataset.system_boundary, dataset.basis) == (2.5, "cradle_to_gate", "process")
    assert dataset.attributes["gwp_method"] == "EF v3.1, Climate change"
    assert dataset.synonyms == ("cotton fibre", "raw cotton", "棉花")
    assert found.problems == []


def test_a_result_without_a_reference_flow_is_for_its_product_systems_target(tmp_path):
    system = {
        **ref("ProductSystem", SYSTEM, "cotton"),
        "refProcess": ref("Process", PROCESS, "cotton farming"),
        "refExchange": {"internalId": 1},
        "targetAmount": 2.0,
        "targetUnit": ref("Unit", "u-t", "t"),
    }
    made = {**exchange(product(), 1.0, reference=True), "internalId": 1}
    found = read(
        tmp_path,
        ("processes", process(made)),
        ("product_systems", system),
        ("results", result(impact("Climate change", 3000.0), productSystem=ref("ProductSystem", SYSTEM, "cotton"))),
    )
    whole = next(each for each in found.datasets if each.dataset_id == RESULT)
    assert (whole.gwp100_kg_co2e, whole.unit, whole.geography, whole.year) == (1500.0, "t", "CN", 2018)
    assert whole.category == "Agriculture / Fibre crops"
    assert found.reasons == []


def test_a_result_that_is_named_by_its_id_gets_the_name_of_its_flow(tmp_path):
    nameless = result(impact("Climate change", 1.0), flowResults=[reference_flow()], name=RESULT)
    assert read(tmp_path, ("results", nameless)).only.name == "cotton fibre"


def test_a_result_for_nothing_is_told(tmp_path):
    assert read(tmp_path, ("results", result(impact("Climate change", 1.0)))).reasons == [
        "has no usable reference flow"
    ]


def test_a_result_without_impacts_sums_the_gases_of_its_inventory(tmp_path):
    emitted = {"flow": elementary("Carbon dioxide, fossil"), "amount": 8.0, "isInput": False}
    dataset = read(tmp_path, ("results", result(flowResults=[reference_flow(), emitted]))).only
    assert (dataset.gwp100_kg_co2e, dataset.system_boundary) == (2.0, "cradle_to_gate")


def test_units_of_indicators_are_looked_up(tmp_path):
    bare = {"indicator": ref("ImpactCategory", "i-gwp", "GWP 100a"), "amount": 4000.0}
    category = {**ref("ImpactCategory", "i-gwp", "GWP 100a"), "refUnit": "g CO2 eq"}
    found = read(
        tmp_path,
        ("results", result(bare, method="IPCC 2013", flowResults=[reference_flow()])),
        ("lcia_categories", category),
    )
    assert found.only.gwp100_kg_co2e == pytest.approx(1.0)
    without = read(tmp_path, ("results", result(bare, method="IPCC 2013", flowResults=[reference_flow()])))
    assert without.only.gwp100_kg_co2e is None


@pytest.mark.parametrize("value", ["much", 1e300, 10**400, True, [], float("inf")])
def test_unusable_results_leave_a_dataset_without_one(tmp_path, value):
    members = packaged(("results", result(impact("Climate change", value), flowResults=[reference_flow()])))
    name = f"results/{RESULT}.json"
    members[name] = json.dumps(members[name]).replace("Infinity", "1e999")
    found = imported(IMPORTER, zipped(tmp_path / "db.zip", members))
    assert found.only.gwp100_kg_co2e is None
    assert [each.skipped for each in found.problems] == [False]
    assert found.problems[0].place == f"results/{RESULT}.json"


def test_an_epd_counts_its_product_stage_once(tmp_path):
    found = read(
        tmp_path,
        ("epds", epd(("A1-A3", "r-a"), ("A4", "r-b"), ("C3", "r-c"), ("D", "r-d"))),
        module("r-a", 25.0),
        module("r-b", 3.0),
        module("r-c", 100.0),
        module("r-d", -60.0),
    )
    dataset = found.only
    assert (dataset.dataset_id, dataset.gwp100_kg_co2e, dataset.unit) == (EPD, 2.5, "kg")
    assert (dataset.system_boundary, dataset.valid_until) == ("cradle_to_gate", 2029)
    assert dataset.attributes["gwp_method"] == "EF v3.1, Climate change; modules A1-A3"
    assert dataset.attributes["modules_kg_co2e"] == "A1-A3 25; A4 3; C3 100; D -60"
    assert dataset.attributes["manufacturer"] == "Fibre Ltd"
    assert found.problems == []


def test_an_epd_with_stages_apart_sums_them(tmp_path):
    parts = [module("r-1", 10.0), module("r-2", -4.0), module("r-3", 6.0)]
    found = read(tmp_path, ("epds", epd(("A1", "r-1"), ("a2", "r-2"), ("A3", "r-3"))), *parts)
    assert found.only.gwp100_kg_co2e == pytest.approx(1.2)
    mixed = read(tmp_path, ("epds", epd(("A1-A2", "r-1"), ("A3", "r-3"))), parts[0], parts[2])
    assert (mixed.only.gwp100_kg_co2e, mixed.problems) == (pytest.approx(1.6), [])


@pytest.mark.parametrize(
    "names", [("A1", "A2"), ("A1-A3", "A1-A3"), ("A1", "A2", "A3", "A3"), ("D",), ("B6",), ("A1-A3 and D",)]
)
def test_an_epd_without_one_product_stage_has_no_result(tmp_path, names):
    modules = [module(f"r-{place}", 1.0 + place) for place in range(len(names))]
    found = read(tmp_path, ("epds", epd(*((name, f"r-{place}") for place, name in enumerate(names)))), *modules)
    assert found.only.gwp100_kg_co2e is None
    assert [(each.reason, each.skipped) for each in found.problems] == [
        ("has no single result for its product stage A1 to A3", False)
    ]


def test_an_epds_multiplier_counts_and_its_part_results_are_no_datasets(tmp_path):
    declared = epd(("A1-A3", "r-a"))
    declared["modules"][0]["multiplier"] = 2
    found = read(tmp_path, ("epds", declared), module("r-a", 25.0))
    assert found.only.gwp100_kg_co2e == pytest.approx(5.0)


def test_an_epd_without_climate_results_is_kept_for_matching(tmp_path):
    found = read(tmp_path, ("epds", epd(("A1-A3", "r-a"))), module("r-a", 25.0, name="Acidification"))
    assert (found.only.gwp100_kg_co2e, found.problems) == (None, [])
    assert read(tmp_path, ("epds", epd())).only.gwp100_kg_co2e is None


def test_an_epd_without_a_declared_product_is_told(tmp_path):
    assert read(tmp_path, ("epds", epd(product=None))).reasons == ["has no usable reference flow"]
