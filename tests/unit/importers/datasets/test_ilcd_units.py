"""ILCD processes: the unit of the reference flow, its amount and direction, names, place and what is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from ilcd_samples import (
    AREA,
    EF31,
    FLOW,
    ITEMS,
    MASS,
    PROCESS,
    PROPERTY,
    VOLUME,
    Imported,
    as_tidas,
    exchange,
    flow,
    flow_property,
    in_folder,
    process,
    result,
    unit_group,
    widget,
    zipped,
)

from firstprint.errors import FaultsError
from firstprint.importers.datasets import epd, ilcd, soda4lca, tidas
from firstprint.importers.datasets.packages import Package

MISSING_FLOW = "has a reference flow that is not in the package, so that its unit is unknown"


def test_the_unit_is_found_over_flow_property_and_unit_group_of_the_package(tmp_path: Path):
    made = process(exchanges=[exchange(amount="2.0")], results=[result(mean="500")])
    files = widget(made, flow(properties=[(PROPERTY, "1.0")]))
    files |= {f"ILCD/flowproperties/{PROPERTY}.xml": flow_property(), "ILCD/unitgroups/g.xml": unit_group()}
    dataset = Imported(ilcd.IMPORTER, zipped(tmp_path, files)).only
    assert (dataset.unit, dataset.gwp100_kg_co2e) == ("t", 250.0)
    assert dataset.attributes["reference_amount"] == "2 t"
    assert dataset.dataset_id == PROCESS


@pytest.mark.parametrize(("property_id", "unit"), [(MASS, "kg"), (VOLUME, "m3"), (AREA, "m2"), (ITEMS, "piece")])
def test_a_well_known_property_needs_no_file(tmp_path: Path, property_id: str, unit: str):
    imported = Imported(ilcd.IMPORTER, zipped(tmp_path, widget(None, flow(properties=[(property_id, "1.0")]))))
    assert (imported.only.unit, imported.problems) == (unit, [])


def test_the_package_goes_before_what_is_well_known(tmp_path: Path):
    files = widget(process(results=[result(mean="3")])) | {
        "ILCD/flowproperties/p.xml": flow_property(MASS),
        "ILCD/unitgroups/g.xml": unit_group(),
    }
    assert Imported(ilcd.IMPORTER, zipped(tmp_path, files)).only.unit == "t"


def test_an_amount_counts_in_the_flows_reference_property(tmp_path: Path):
    """Four exchanges of a flow that holds 0.5 kg each are 2 kg."""
    made = process(exchanges=[exchange(amount="4")], results=[result(mean="10")])
    dataset = Imported(ilcd.IMPORTER, zipped(tmp_path, widget(made, flow(properties=[(MASS, "0.5")])))).only
    assert (dataset.unit, dataset.gwp100_kg_co2e) == ("kg", 5.0)


def test_the_version_that_is_asked_for_goes_before_a_newer_one(tmp_path: Path):
    files = widget(of=flow(properties=[(AREA, "1")])) | {f"ILCD/flows/{FLOW}_02.00.000.xml": flow()}
    assert Imported(ilcd.IMPORTER, zipped(tmp_path, files)).only.unit == "m2"


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (process(references=[]), "has no reference flow"),
        (process(references=["7"]), "has no reference flow"),
        (process(exchanges=[exchange(amount="0")]), "has a reference amount that nothing can be divided by"),
        (process(exchanges=[exchange(amount="")]), "has a reference amount that nothing can be divided by"),
        (process(exchanges=[exchange(amount="1e-300")]), "has a reference amount that nothing can be divided by"),
        (process(exchanges=[exchange(amount="NaN")]), "has a value that no footprint can have"),
        (process(exchanges=[exchange(amount="one")]), "has a value that is not a number"),
        (process(process_id="no uuid"), "has no name or no UUID to be known by"),
        (process(names={"en": "None"}), "has no name or no UUID to be known by"),
        (b"<processDataSet", "is not well-formed XML"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]><processDataSet/>', "declares a document type, which no data set needs"),
        (flow(), "is no process data set"),
    ],
)
def test_what_cannot_be_used_is_told_and_the_rest_is_kept(tmp_path: Path, made: bytes, reason: str):
    files = {"ILCD/processes/a first.xml": made, **widget()}
    imported = Imported(ilcd.IMPORTER, zipped(tmp_path, files))
    (problem,) = imported.problems
    assert (problem.reason, problem.place, problem.skipped) == (reason, "ILCD/processes/a first.xml", True)
    assert imported.only.dataset_id == PROCESS


@pytest.mark.parametrize("flow_id", ["55555555-0000-4000-8000-000000000009", "Cement"])
def test_a_process_whose_flow_is_missing_is_kept_for_matching_and_yields_no_number(tmp_path: Path, flow_id: str):
    made = process(exchanges=[exchange(flow_id=flow_id)], results=[result(mean="3")])
    imported = Imported(ilcd.IMPORTER, zipped(tmp_path, {"ILCD/processes/a.xml": made}))
    assert [(each.reason, each.skipped) for each in imported.problems] == [(MISSING_FLOW, False)]
    assert (imported.only.unit, imported.only.gwp100_kg_co2e) == ("unknown", None)
    assert "reference_amount" not in imported.only.attributes


def test_a_flow_without_a_property_has_no_unit(tmp_path: Path):
    assert Imported(ilcd.IMPORTER, zipped(tmp_path, widget(of=flow(properties=[])))).reasons == [
        "has a reference flow that marks no reference flow property"
    ]
    unknown = flow(properties=[("66666666-0000-4000-8000-000000000001", "1")])
    assert Imported(ilcd.IMPORTER, zipped(tmp_path, widget(of=unknown))).reasons == [
        "has a reference flow whose unit is not in the package"
    ]


def test_a_damaged_flow_is_told_beside_the_process_that_needs_it(tmp_path: Path):
    imported = Imported(ilcd.IMPORTER, zipped(tmp_path, widget(of=b"<flowDataSet")))
    assert imported.reasons == ["is not well-formed XML", MISSING_FLOW]
    assert imported.problems[0].place == f"ILCD/flows/{FLOW}_01.00.000.xml"


def test_a_unit_that_is_not_known_yields_no_number(tmp_path: Path):
    files = widget(process(results=[result(mean="2")]), flow(properties=[(PROPERTY, "1")]))
    files |= {"ILCD/flowproperties/p.xml": flow_property(), "ILCD/unitgroups/g.xml": unit_group(units=["kBq", "kBq"])}
    imported = Imported(ilcd.IMPORTER, zipped(tmp_path, files))
    assert (imported.only.unit, imported.only.gwp100_kg_co2e) == ("kBq", None)
    assert imported.reasons == ["has a result per a unit that is not known"]


def test_money_is_spend(tmp_path: Path):
    files = widget(process(results=[result(mean="2")]), flow(properties=[(PROPERTY, "1")]))
    files |= {"ILCD/flowproperties/p.xml": flow_property(), "ILCD/unitgroups/g.xml": unit_group(units=["USD", "EUR"])}
    dataset = Imported(ilcd.IMPORTER, zipped(tmp_path, files)).only
    assert (dataset.unit, dataset.basis, dataset.gwp100_kg_co2e) == ("EUR", "spend", 2.0)


def test_an_input_is_what_is_treated(tmp_path: Path):
    made = process(exchanges=[exchange(amount="-1000", direction="Input")], results=[result(mean="500")])
    dataset = Imported(ilcd.IMPORTER, zipped(tmp_path, widget(made, flow(kind="Waste flow")))).only
    assert (dataset.gwp100_kg_co2e, dataset.life_cycle_phase) == (0.5, "end_of_life")
    assert dataset.attributes["reference_direction"] == "Input"


def test_several_reference_flows_leave_no_number(tmp_path: Path):
    made = process(references=["0", "1"], exchanges=[exchange(), exchange("1")], results=[result(mean="5")])
    imported = Imported(ilcd.IMPORTER, zipped(tmp_path, widget(made)))
    assert imported.only.gwp100_kg_co2e is None
    assert imported.problems[0].reason.startswith("has several reference flows")
    assert not imported.problems[0].skipped


def test_names_in_all_languages_and_what_they_hide(tmp_path: Path):
    names = {
        "en": "cement production; cement,  portland ;new dry process;None",
        "zh": "水泥生产；硅酸盐水泥｜新型干法",
        "fr": "ciment",
        "de": "Zement",
    }
    of = flow(names={"en": "Cement, portland,Cement, portland", "zh": "水泥"})
    made = process(names=names, information='<common:synonyms xml:lang="en">OPC; CEM I</common:synonyms>')
    dataset = Imported(ilcd.IMPORTER, zipped(tmp_path, widget(made, of))).only
    assert dataset.name == "cement production; cement, portland; new dry process"
    assert dataset.name_zh == "水泥生产; 硅酸盐水泥; 新型干法"
    assert dataset.attributes["name_fr"] == "ciment"
    assert dataset.synonyms == ("Zement", "Cement, portland", "水泥", "grey widget", "OPC", "CEM I")


def test_chinese_alone_is_the_name_even_where_it_is_called_english(tmp_path: Path):
    dataset = Imported(ilcd.IMPORTER, zipped(tmp_path, widget(process(names={"en": "灰色小部件"})))).only
    assert (dataset.name, dataset.name_zh) == ("灰色小部件", "灰色小部件")


def test_route_and_mix_belong_to_the_name_and_the_functional_unit_does_not(tmp_path: Path):
    more = (
        '<mixAndLocationTypes xml:lang="en">production mix, at plant</mixAndLocationTypes>'
        '<functionalUnitFlowProperties xml:lang="en">1 kg</functionalUnitFlowProperties>'
    )
    dataset = Imported(ilcd.IMPORTER, zipped(tmp_path, widget(process(more_names=more)))).only
    assert dataset.name == "Widget, grey; production mix, at plant"
    assert dataset.attributes["functional_unit"] == "1 kg"


@pytest.mark.parametrize(
    ("written", "ours"),
    [("GD-CN", "CN-GD"), ("SZ-JS-CN", "CN-JS"), ("HEN-CN", "CN-HA"), ("RER", "RER"), ("", ""), ("?!", "?!")],
)
def test_places_are_turned(tmp_path: Path, written: str, ours: str):
    assert Imported(ilcd.IMPORTER, zipped(tmp_path, widget(process(location=written)))).only.geography == ours


def test_what_stands_around_the_number(tmp_path: Path):
    ownership = (
        '<common:referenceToOwnershipOfDataSet><common:shortDescription xml:lang="en">Widget Works'
        "</common:shortDescription></common:referenceToOwnershipOfDataSet>"
        "<common:licenseType>Free of charge for all users and uses</common:licenseType>"
        '<common:accessRestrictions xml:lang="en">Members only</common:accessRestrictions>'
        "<common:permanentDataSetURI>https://example.org/w?a=1</common:permanentDataSetURI>"
    )
    dataset = Imported(ilcd.IMPORTER, zipped(tmp_path, widget(process(ownership=ownership)))).only
    assert dataset.licence == "Free of charge for all users and uses; Members only"
    assert (dataset.url, dataset.attributes["owner"]) == ("https://example.org/w?a=1", "Widget Works")
    assert (dataset.category, dataset.year, dataset.valid_until) == ("Parts / Widgets", 2021, 2026)


@pytest.mark.parametrize(
    ("kind", "boundary"),
    [
        ("LCI result", "cradle_to_gate"),
        ("Partly terminated system", "cradle_to_gate"),
        ("", "gate_to_gate"),
        ("Unit process, black box", "gate_to_gate"),
        ("EPD", "cradle_to_gate"),
    ],
)
def test_the_boundary_follows_the_type(tmp_path: Path, kind: str, boundary: str):
    assert Imported(ilcd.IMPORTER, zipped(tmp_path, widget(process(kind=kind)))).only.system_boundary == boundary


def test_a_uuid_that_comes_again_is_left_out(tmp_path: Path):
    files = widget() | {"ILCD/processes/again.xml": process(names={"en": "Other"})}
    imported = Imported(ilcd.IMPORTER, zipped(tmp_path, files))
    assert (imported.only.name, imported.reasons) == ("Widget, grey", ["has a UUID that stood before"])


def test_folder_zip_flat_folder_and_tidas_give_the_same_dataset(tmp_path: Path):
    files = widget(process(results=[result(mean="2.5")]))
    flat = {name.rpartition("/")[2].replace(FLOW, "some flow"): data for name, data in files.items()}
    json = {name.replace(".xml", ".json"): as_tidas(data) for name, data in files.items()}
    lists = {name.replace(".xml", ".json"): as_tidas(data, always_lists=True) for name, data in files.items()}
    found = [
        Imported(importer, path).only
        for importer, path in (
            (ilcd.IMPORTER, zipped(tmp_path, files, "w.zip")),
            (ilcd.IMPORTER, in_folder(tmp_path / "nested" / "w", files)),
            (ilcd.IMPORTER, in_folder(tmp_path / "flat" / "w", flat)),
            (tidas.IMPORTER, zipped(in_folder(tmp_path / "json", {}), json, "w.zip")),
            (tidas.IMPORTER, in_folder(tmp_path / "lists" / "w", lists)),
        )
    ]
    assert found[0].gwp100_kg_co2e == 2.5
    assert all(each == found[0] for each in found)


def test_formats_are_told_apart(tmp_path: Path):
    plain, declared = widget(), widget(process(kind="EPD"))
    json = {name.replace(".xml", ".json"): as_tidas(data) for name, data in plain.items()}
    soda = {"a.json": b'{"processInformation": {}, "typeOfDataSet": "EPD"}'}
    importers = (ilcd.IMPORTER, epd.IMPORTER, tidas.IMPORTER, soda4lca.IMPORTER)
    for files, expected in ((plain, "ilcd"), (declared, "epd"), (json, "tidas"), (soda, "soda4lca")):
        with Package(zipped(tmp_path, files, f"{expected}.zip")) as package:
            told = {importer.format: importer.recognised(package) for importer in importers}
        assert [name for name, words in told.items() if words] == [expected]
        assert told[expected].startswith("holds 1 process data set of type")


def test_the_source_is_named_after_the_file(tmp_path: Path):
    imported = Imported(ilcd.IMPORTER, zipped(tmp_path, widget(), "My Données 2.zip"))
    assert imported.about.source_id == "my-donn-es-2"
    assert (imported.only.source, imported.steps) == ("my-donn-es-2", 1)


def test_a_package_without_processes_is_refused_as_a_whole(tmp_path: Path):
    path = zipped(tmp_path, {"ILCD/flows/a.xml": flow()})
    with pytest.raises(FaultsError, match="holds no process data sets of type ILCD"):
        Imported(ilcd.IMPORTER, path)


def test_a_result_by_a_uuid_is_normalised_and_named(tmp_path: Path):
    made = process(exchanges=[exchange(amount="1000")], results=[result(EF31, mean="1500")])
    dataset = Imported(ilcd.IMPORTER, zipped(tmp_path, widget(made))).only
    assert (dataset.gwp100_kg_co2e, dataset.attributes["gwp_method"]) == (1.5, "EF 3.1 climate change")
