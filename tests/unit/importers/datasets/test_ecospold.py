"""ecoSpold 1 and 2: results, direct emissions, references, what is told and left out."""

import pytest
from lca_files import (
    ES2_ACTIVITY,
    ES2_PRODUCT,
    SHARED,
    ecospold1,
    ecospold2,
    es1_dataset,
    es1_exchange,
    es2_emission,
    es2_impact,
    es2_input,
    imported,
    zipped,
)

from firstprint.importers.datasets.direct_emissions import GWP_METHOD
from firstprint.importers.datasets.ecospold import IMPORTER


def read(tmp_path, text, name="data.xml", encoding="utf-8"):
    (tmp_path / name).write_bytes(text.encode(encoding))
    return imported(IMPORTER, tmp_path / name)


def read2(tmp_path, flows, **of_dataset):
    return read(tmp_path, ecospold2(flows, **of_dataset), "a.spold")


# --- ecoSpold 1 ---


def test_ecospold1_result_is_the_ipcc_gwp100_per_one_unit(tmp_path):
    impacts = "".join(
        es1_exchange(name, value, unit, category=method, sub="climate change")
        for method, name, value, unit in [
            ("IPCC 2001", "GWP 100a", "4.2", "kg CO2-Eq"),
            ("IPCC 2007", "GWP 20a", "9", "kg CO2-Eq"),
            ("IPCC 2007", "GWP 100a", "5000", "g CO2-Eq"),
            ("eco-indicator 99", "climate change", "0.1", "points"),
        ]
    )
    found = read(tmp_path, ecospold1(es1_dataset(exchanges=impacts, amount="2", unit="t")))
    assert found.recognised == "data.xml is an ecoSpold 1 file."
    dataset = found.only
    assert (dataset.gwp100_kg_co2e, dataset.unit) == (pytest.approx(2.5), "t")
    assert (dataset.system_boundary, dataset.basis) == ("cradle_to_gate", "process")
    assert dataset.attributes["gwp_method"] == "IPCC 2007, climate change, GWP 100a"
    assert dataset.uncertainty_pct == pytest.approx(30.0)
    assert (dataset.name, dataset.synonyms) == ("sand, at mine", ("Sand, ab Grube", "river sand"))
    assert (dataset.geography, dataset.year, dataset.category) == ("CH", 2001, "minerals / sand")
    assert dataset.licence == "restricted: ETH domain"
    assert dataset.attributes["citation"] == "Doe, 2005, On sand"
    assert dataset.attributes["time_period"] == "2001 to 2004"
    assert found.problems == []


def test_ecospold1_keeps_several_datasets_and_tells_methods_flows_and_doubles(tmp_path):
    found = read(
        tmp_path,
        ecospold1(
            es1_dataset("sand"),
            es1_dataset("gravel", number=1),
            es1_dataset("sand", number=7),
            es1_dataset("GWP 100a", kind=4),
            es1_dataset("Carbon dioxide", kind=3),
            es1_dataset("clay", amount=""),
        ),
    )
    assert [each.name for each in found.datasets] == ["sand", "gravel"]
    assert len({each.dataset_id for each in found.datasets}) == 2
    assert [(each.reason, each.place, each.skipped) for each in found.problems] == [
        ("has an id that stood before", "data.xml, dataset 3", True),
        ("describes an impact method, not a process", "data.xml, dataset 4", True),
        ("is an elementary flow, not a process", "data.xml, dataset 5", True),
        ("has no usable reference flow", "data.xml, dataset 6", True),
    ]


def test_ecospold1_ids_stay_when_values_and_numbers_change(tmp_path):
    first = read(tmp_path, ecospold1(es1_dataset(number=1, amount="1"))).only
    later = read(tmp_path, ecospold1(es1_dataset(number=99, amount="2"))).only
    elsewhere = read(tmp_path, ecospold1(es1_dataset(location="DE"))).only
    assert first.dataset_id == later.dataset_id != elsewhere.dataset_id
    assert first.dataset_id.startswith("ecospold1:")


def test_ecospold1_unit_process_without_inputs_has_its_direct_emissions(tmp_path):
    to_air, made = "<outputGroup>4</outputGroup>", "<outputGroup>0</outputGroup>"
    emissions = (
        es1_exchange("Carbon dioxide, fossil", "2", category="air", group=to_air)
        + es1_exchange("Methane, fossil", "0.1", category="air", group=to_air)
        + es1_exchange("Carbon dioxide, fossil", "50", category="water", group=to_air)
        + es1_exchange("sand, at mine", "1", group=made)
    )
    dataset = read(tmp_path, ecospold1(es1_dataset(exchanges=emissions))).only
    assert dataset.gwp100_kg_co2e == pytest.approx(2 + 0.1 * 29.8)
    assert (dataset.basis, dataset.system_boundary) == ("direct", "direct")
    assert dataset.attributes["gwp_method"] == GWP_METHOD
    bought = emissions + es1_exchange("diesel", "1", group="<inputGroup>5</inputGroup>")
    dataset = read(tmp_path, ecospold1(es1_dataset(exchanges=bought, amount="2"))).only
    assert (dataset.gwp100_kg_co2e, dataset.system_boundary) == (None, "gate_to_gate")
    assert dataset.attributes["direct_kg_co2e_per_unit"] == "2.49"
    shared = emissions + es1_exchange("heat", "1", unit="MJ", group="<outputGroup>2</outputGroup>")
    dataset = read(tmp_path, ecospold1(es1_dataset(exchanges=shared))).only
    assert dataset.gwp100_kg_co2e is None
    assert "direct_kg_co2e_per_unit" not in dataset.attributes


def test_ecospold1_aggregated_inventory_is_a_whole_footprint(tmp_path):
    emissions = es1_exchange("Carbon dioxide, fossil", "2", category="air", group="<outputGroup>4</outputGroup>")
    dataset = read(tmp_path, ecospold1(es1_dataset(exchanges=emissions, kind=2))).only
    assert (dataset.gwp100_kg_co2e, dataset.basis, dataset.system_boundary) == (2.0, "process", "cradle_to_gate")


# --- ecoSpold 2 ---


def test_ecospold2_result_prefers_the_newest_ef_total(tmp_path):
    impacts = (
        es2_impact("IPCC 2021", "climate change", "global warming potential (GWP100)", "2.2")
        + es2_impact("EF v3.0", "climate change", "global warming potential (GWP100)", "2.1")
        + es2_impact("EF v3.1", "climate change: fossil", "global warming potential (GWP100)", "1.9")
        + es2_impact("EF v3.1", "climate change", "global warming potential (GWP100)", "2.0")
        + es2_impact("EF v3.1", "acidification", "accumulated exceedance (AE)", "7", "mol H+-Eq")
    )
    found = read2(tmp_path, impacts + es2_input())
    dataset = found.only
    assert found.recognised == "a.spold is an ecoSpold 2 file."
    assert dataset.dataset_id == f"{ES2_ACTIVITY}_{ES2_PRODUCT}"
    assert (dataset.gwp100_kg_co2e, dataset.unit, dataset.system_boundary) == (2.0, "kg", "cradle_to_gate")
    assert dataset.attributes["gwp_method"] == "EF v3.1, climate change, global warming potential (GWP100)"
    assert dataset.name == "steel, low-alloyed (steel production, electric)"
    assert dataset.name_zh == "低合金钢 (电炉炼钢)"
    assert dataset.synonyms == ("steel, low-alloyed", "低合金钢", "steel production, electric", "电炉炼钢", "EAF route")
    assert (dataset.geography, dataset.year) == ("RoW", 2015)
    assert dataset.category == "Manufacture of basic iron and steel"
    assert found.problems == []


def test_ecospold2_waste_treatment_has_a_negative_reference(tmp_path):
    dataset = read2(tmp_path, es2_impact("IPCC 2013", "climate change", "GWP 100a", "0.5"), amount="-1").only
    assert (dataset.gwp100_kg_co2e, dataset.life_cycle_phase, dataset.system_boundary) == (
        0.5,
        "end_of_life",
        "end_of_life",
    )


def test_ecospold2_credits_keep_their_sign(tmp_path):
    dataset = read2(tmp_path, es2_impact("IPCC 2013", "climate change", "GWP 100a", "-0.5"), amount="2").only
    assert dataset.gwp100_kg_co2e == pytest.approx(-0.25)


@pytest.mark.parametrize("value", ["NaN", "1e300", "INF", "two", "-1e16"])
def test_ecospold2_unusable_result_leaves_a_dataset_without_one(tmp_path, value):
    found = read2(tmp_path, es2_impact("IPCC 2013", "climate change", "GWP 100a", value))
    assert found.only.gwp100_kg_co2e is None
    (problem,) = found.problems
    assert not problem.skipped
    assert problem.place == "a.spold, activity 1"
    assert problem.reason in {"has a value that is not a number", "has a value that no footprint can have"}


def test_ecospold2_result_beyond_any_footprint_per_unit_is_left_out(tmp_path):
    found = read2(tmp_path, es2_impact("IPCC 2013", "climate change", "GWP 100a", "1e14"), amount="1e-9")
    assert found.only.gwp100_kg_co2e is None
    assert [(each.reason, each.skipped) for each in found.problems] == [
        ("has a reference amount that nothing can be divided by", False)
    ]


def test_ecospold2_emissions_are_direct_whole_or_only_told(tmp_path):
    emissions = es2_emission("Carbon dioxide, fossil", "0.4") + es2_emission("Carbon dioxide, non-fossil", "0.2")
    direct = read2(tmp_path, emissions).only
    assert (direct.gwp100_kg_co2e, direct.basis) == (0.4, "direct")
    assert direct.attributes["biogenic_co2_kg_per_unit"] == "0.2"
    whole = read2(tmp_path, emissions, kind=2).only
    assert (whole.gwp100_kg_co2e, whole.basis, whole.system_boundary) == (0.4, "process", "cradle_to_gate")
    bought = read2(tmp_path, emissions + es2_input()).only
    assert (bought.gwp100_kg_co2e, bought.system_boundary) == (None, "gate_to_gate")
    assert bought.attributes["direct_kg_co2e_per_unit"] == "0.4"
    waste = es2_input("slag").replace("<inputGroup>5</inputGroup>", "<outputGroup>3</outputGroup>")
    assert read2(tmp_path, emissions + waste).only.gwp100_kg_co2e is None
    nothing = read2(tmp_path, es2_emission("Ammonia", "1") + es2_emission("Methane", "3", "soil")).only
    assert nothing.gwp100_kg_co2e is None


def test_ecospold2_gas_by_volume_is_told_and_not_left_out_of_a_sum(tmp_path):
    found = read2(tmp_path, es2_emission("Methane", "1", unit="m3") + es2_emission("Carbon dioxide", "1"))
    assert found.only.gwp100_kg_co2e is None
    assert [(each.reason, each.skipped) for each in found.problems] == [
        ("has a greenhouse gas in a unit that is no mass", False)
    ]


def test_ecospold2_without_a_reference_product_is_told(tmp_path):
    assert read2(tmp_path, "", amount="0").reasons == ["has no usable reference flow"]
    assert read2(tmp_path, "", amount="nan").reasons == ["has a value that no footprint can have"]
    assert read2(tmp_path, "", unit="").reasons == ["has no unit of its reference flow"]


def test_ecospold2_with_several_reference_products_is_a_dataset_each_without_a_result(tmp_path):
    other = es2_input("slag").replace("<inputGroup>5</inputGroup>", "<outputGroup>0</outputGroup>")
    other = other.replace("<intermediateExchange ", '<intermediateExchange intermediateExchangeId="other" ')
    found = read2(tmp_path, other + es2_impact("IPCC 2013", "climate change", "GWP 100a", "0.5"))
    told = [(each.dataset_id, each.attributes["reference_product"], each.gwp100_kg_co2e) for each in found.datasets]
    assert told == [
        (f"{ES2_ACTIVITY}_{ES2_PRODUCT}", "steel, low-alloyed", None),
        (f"{ES2_ACTIVITY}_other", "slag", None),
    ]


def test_ecospold2_unknown_units_and_places_stay_as_written(tmp_path):
    dataset = read2(tmp_path, "", unit="guest night", geography="IAI Area, Asia").only
    assert (dataset.unit, dataset.geography) == ("guest night", "IAI Area, Asia")


def test_ecospold2_mass_properties_tell_what_a_unit_weighs(tmp_path):
    def weighed(unit, amount="2"):
        mass = '<property amount="7.5"><name>wet mass</name><unitName>kg</unitName></property><outputGroup>0<'
        text = ecospold2("", unit=unit, amount=amount).replace("<outputGroup>0<", mass, 1)
        return read(tmp_path, text, "a.spold").only.attributes

    assert weighed("unit")["mass_kg_per_unit"] == "7.5"
    assert weighed("m3")["density_kg_per_m3"] == "7.5"
    assert weighed("litre")["density_kg_per_m3"] == "7500"
    assert weighed("unit", "-1")["mass_kg_per_unit"] == "7.5"
    assert {"mass_kg_per_unit", "density_kg_per_m3"}.isdisjoint(weighed("kg"))
    assert {"mass_kg_per_unit", "density_kg_per_m3"}.isdisjoint(weighed("guest night"))


def test_archives_hold_both_versions_and_master_data_are_left_out(tmp_path):
    path = zipped(
        tmp_path / "db.zip",
        {
            "datasets/a.spold": ecospold2(""),
            "datasets/b.spold": ecospold2("").replace(ES2_ACTIVITY, ES2_ACTIVITY.replace("1", "2")),
            "datasets/old.xml": ecospold1(es1_dataset()),
            "datasets/other.xml": "<report/>",
            "datasets/broken.spold": ecospold2("")[:300],
            "datasets/entity.xml": '<!DOCTYPE x [<!ENTITY a "b">]>' + ecospold1(es1_dataset("&a;")),
            "MasterData/Units.xml": "<validUnits/>",
        },
    )
    found = imported(IMPORTER, path)
    assert [each.source for each in found.datasets] == ["db"] * 3
    assert {each.place: each.reason for each in found.problems} == {
        "datasets/other.xml": "is no ecoSpold file with datasets",
        "datasets/broken.spold": "is not well-formed XML",
        "datasets/entity.xml": "declares a document type, which no data set needs",
    }


def test_files_in_utf16_are_recognised_and_read(tmp_path):
    text = '<?xml version="1.0" encoding="utf-16"?>' + ecospold1(es1_dataset("砂", local=""))
    found = read(tmp_path, text, encoding="utf-16")
    assert found.recognised == "data.xml is an ecoSpold 1 file."
    assert found.only.name == "砂"


def test_other_xml_is_not_recognised(tmp_path):
    assert read(tmp_path, "<report><dataset/></report>").recognised == ""


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is not on this machine")
def test_real_ecospold_files():
    first = imported(IMPORTER, SHARED / "ecospold" / "es1_example.xml")
    assert (first.only.name, first.only.unit, first.only.geography) == ("community garden compost service", "kg", "DE")
    assert (first.only.year, first.only.gwp100_kg_co2e, first.problems) == (2024, None, [])
    second = imported(IMPORTER, SHARED / "ecospold" / "es2_sample.spold")
    assert second.only.dataset_id == "08a78e38-fdbe-4ea8-869f-7735b41ecf85_d3a29af5-314a-4659-a574-6bfd53a6bde0"
    assert (second.only.name, second.only.geography, second.only.year) == ("1-pentanol (Sample)", "AX", 2013)
    assert (second.only.gwp100_kg_co2e, second.problems) == (None, [])
