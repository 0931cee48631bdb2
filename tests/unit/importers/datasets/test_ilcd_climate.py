"""Which climate result is taken, which modules are summed, and what an EPD weighs."""

from __future__ import annotations

from pathlib import Path

import pytest
from ilcd_samples import (
    AREA,
    EF31,
    GWP_A1,
    GWP_TOTAL,
    ITEMS,
    MASS,
    PROPERTY,
    VOLUME,
    Imported,
    exchange,
    flow,
    flow_property,
    process,
    result,
    unit_group,
    widget,
    zipped,
)

from firstprint.importers.datasets import epd, ilcd

UNKNOWN = "77777777-0000-4000-8000-000000000001"


def imported(tmp_path: Path, *results: str, **changes) -> Imported:
    return Imported(ilcd.IMPORTER, zipped(tmp_path, widget(process(results=results, **changes))))


def declared(
    tmp_path: Path, *modules: tuple[str, str, str], unit: str = "kg CO2 eqv.", of: bytes | None = None, **changes
) -> Imported:
    made = process(kind="EPD", results=[result(GWP_A1, modules=modules, unit=unit)], **changes)
    return Imported(epd.IMPORTER, zipped(tmp_path, widget(made, of)))


def test_known_methods_go_in_their_order(tmp_path: Path):
    results = (
        result(GWP_A1, mean="1"),
        result(UNKNOWN, "Climate change total, GWP100", mean="4"),
        result(GWP_TOTAL, mean="2"),
        result(EF31, mean="3"),
    )
    found = imported(tmp_path, *results).only
    assert (found.gwp100_kg_co2e, found.attributes["gwp_method"]) == (3.0, "EF 3.1 climate change")
    found = imported(tmp_path, *results[:3]).only
    assert (found.gwp100_kg_co2e, found.attributes["gwp_method"]) == (2.0, "EN 15804+A2 GWP-total")


@pytest.mark.parametrize(
    "name",
    [
        "Climate change",
        "Global Warming Potential (GWP 100)",
        "Treibhauspotential (GWP 100)",
        "IPCC 2013 GWP 100a",
        "全球变暖潜势",
        "Globales Erwärmungspotenzial",
        "Changement climatique - 100 ans",
    ],
)
def test_a_climate_result_is_known_by_its_name(tmp_path: Path, name: str):
    found = imported(tmp_path, result(UNKNOWN, "Acidification", mean="9"), result(UNKNOWN, name, mean="2")).only
    assert (found.gwp100_kg_co2e, found.attributes["gwp_method"]) == (2.0, name)


@pytest.mark.parametrize(
    "name",
    [
        "GWP20",
        "IPCC 2013 GWP 20a",
        "Climate change, 500 years",
        "Climate change - biogenic",
        "GWP-fossil",
        "GWP-luluc",
        "Climate change, human health",
        "Ozone depletion",
        "GTP100 global warming, temperature",
        "全球变暖（生物源）",
        "全球变暖潜势，20年",
    ],
)
def test_what_is_no_gwp100_of_everything_is_never_taken(tmp_path: Path, name: str):
    found = imported(tmp_path, result(UNKNOWN, name, mean="9"))
    assert (found.only.gwp100_kg_co2e, found.problems) == (None, [])


@pytest.mark.parametrize(
    ("mean", "reason"),
    [
        ("NaN", "has a value that no footprint can have"),
        ("1e300", "has a value that no footprint can have"),
        ("-inf", "has a value that no footprint can have"),
        ("about 3", "has a value that is not a number"),
        ("0.0", "has a climate result of nothing or exactly zero"),
        ("", "has a climate result of nothing or exactly zero"),
    ],
)
def test_a_result_that_cannot_be_used_leaves_the_dataset(tmp_path: Path, mean: str, reason: str):
    found = imported(tmp_path, result(mean=mean))
    assert found.only.gwp100_kg_co2e is None
    assert [(each.reason, each.skipped) for each in found.problems] == [(reason, False)]


def test_a_result_keeps_its_sign_and_its_spread(tmp_path: Path):
    more = (
        "<uncertaintyDistributionType>log-normal</uncertaintyDistributionType>"
        "<relativeStandardDeviation95In>1.4</relativeStandardDeviation95In>"
    )
    found = imported(tmp_path, result(mean="-2.5", more=more)).only
    assert found.gwp100_kg_co2e == -2.5
    assert found.uncertainty_pct == pytest.approx(40)


def test_a_tiny_amount_cannot_blow_a_result_up(tmp_path: Path):
    found = imported(tmp_path, result(mean="1e12"), exchanges=[exchange(amount="1e-12")])
    assert found.only.gwp100_kg_co2e is None
    assert found.reasons == ["has a result that no footprint can have"]


@pytest.mark.parametrize(
    ("modules", "value", "spelled"),
    [
        ([("A1-A3", "", "5"), ("A4", "", "100"), ("D", "", "-90"), ("A1", "", "1")], 5.0, "A1-A3"),
        ([("A1", "", "3"), ("A2", "", "0.25"), ("A3", "", "1"), ("C3", "", "9"), ("D", "", "-2")], 4.25, "A1+A2+A3"),
        ([("A1-A2", "", "3"), ("A3", "", "1")], 4.0, "A1-A2+A3"),
        ([("A1", "", "3"), ("A2–A3", "", "1")], 4.0, "A1+A2-A3"),
        ([("A1A3", "", "7")], 7.0, "A1-A3"),
        ([("A1-A3", "", "-1.5")], -1.5, "A1-A3"),
        ([("A1-A3", "", "0")], 0.0, "A1-A3"),
        ([("A1-A3", "", ""), ("A1", "", "1"), ("A2", "", "1"), ("A3", "", "1")], 3.0, "A1+A2+A3"),
    ],
)
def test_the_product_stage_is_summed_and_nothing_else(tmp_path: Path, modules, value: float, spelled: str):
    found = declared(tmp_path, *modules)
    assert (found.only.gwp100_kg_co2e, found.only.attributes["modules"]) == (value, spelled)
    assert found.problems == []


@pytest.mark.parametrize(
    ("modules", "reason"),
    [
        ([("A1", "", "1"), ("A2", "", ""), ("A3", "", "1")], "does not state all of the modules A1 to A3"),
        ([("B6", "", "12"), ("D", "", "-1")], "does not state all of the modules A1 to A3"),
        ([("A1-A3", "", "n/a")], "has a value that is not a number"),
        ([], "has a climate result without life cycle modules"),
    ],
)
def test_an_incomplete_product_stage_is_no_result(tmp_path: Path, modules, reason: str):
    found = declared(tmp_path, *modules, unit="")
    assert (found.only.gwp100_kg_co2e, found.reasons) == (None, [reason])


def test_the_default_scenario_counts_and_without_one_it_is_told(tmp_path: Path):
    modules = [("A1-A3", "coal", "5"), ("A1-A3", "wind", "2")]
    named = '<epd:scenario epd:name="coal"/><epd:scenario epd:name="wind" epd:default="true"/>'
    scenarios = f"<common:other><epd:scenarios>{named}</epd:scenarios></common:other>"
    found = declared(tmp_path, *modules, information=scenarios)
    assert (found.only.gwp100_kg_co2e, found.only.attributes["scenario"], found.problems) == (2.0, "wind", [])
    found = declared(tmp_path, *modules)
    assert (found.only.gwp100_kg_co2e, found.only.attributes["scenario"]) == (5.0, "coal")
    assert found.reasons == ["states A1 to A3 for several scenarios and marks none as the default"]
    assert not found.problems[0].skipped


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        ("kg CO2 eqv.", 5.0),
        ("kg CO_(2)-Äq.", 5.0),
        ("kg CO₂-Äquiv.", 5.0),
        ("g CO2e", 0.005),
        ("t CO2-Eq", 5000.0),
        ("", 5.0),
    ],
)
def test_results_come_in_kg(tmp_path: Path, unit: str, value: float):
    assert declared(tmp_path, ("A1-A3", "", "5"), unit=unit).only.gwp100_kg_co2e == pytest.approx(value)


def test_a_climate_result_in_megajoules_is_none(tmp_path: Path):
    found = declared(tmp_path, ("A1-A3", "", "5"), unit="MJ")
    assert (found.only.gwp100_kg_co2e, found.reasons) == (
        None,
        ["has a climate result in a unit that is no mass of CO2e"],
    )


@pytest.mark.parametrize(
    ("properties", "materials", "expected"),
    [
        ([(AREA, "1")], [("grammage", "13.17", "kg/m^2")], {"mass_kg_per_unit": "13.17"}),
        ([(AREA, "1")], [("grammage", "450", "g/m2")], {"mass_kg_per_unit": "0.45"}),
        (
            [(VOLUME, "1")],
            [("gross density", "2.3", "g/cm^3")],
            {"mass_kg_per_unit": "2300", "density_kg_per_m3": "2300"},
        ),
        ([(VOLUME, "1")], [("bulk density", "17.5", "kg/m^3")], {"mass_kg_per_unit": "17.5"}),
        ([(ITEMS, "1")], [("weight per unit", "0.696", "kg/Stk")], {"mass_kg_per_unit": "0.696"}),
        ([(ITEMS, "2"), (MASS, "5")], [], {"mass_kg_per_unit": "2.5"}),
        ([(AREA, "1")], [("conversion factor [mass/declared unit]", "40.5", "-")], {"mass_kg_per_unit": "40.5"}),
        # Programmes write this one both ways round, so it says nothing.
        ([(AREA, "1")], [("conversion factor to 1 kg", "188", "-")], {}),
        ([(MASS, "1")], [("gross density", "2700", "kg/m^3")], {"density_kg_per_m3": "2700"}),
        ([(AREA, "1")], [("grammage", "-3", "kg/m^2"), ("gross density", "heavy", "kg/m^3")], {}),
        ([(AREA, "1")], [("grammage", "3", "MJ/m^2")], {}),
    ],
)
def test_what_a_declared_unit_weighs(tmp_path: Path, properties, materials, expected: dict[str, str]):
    found = declared(tmp_path, ("A1-A3", "", "5"), of=flow(properties=properties, materials=materials)).only
    weights = {
        name: text for name, text in found.attributes.items() if name in {"mass_kg_per_unit", "density_kg_per_m3"}
    }
    assert weights == expected


def test_a_mass_per_canonical_unit(tmp_path: Path):
    """A flow in hectares: a grammage is per square metre, a mass property per hectare."""
    files = widget(
        process(kind="EPD", results=[result(GWP_A1, modules=[("A1-A3", "", "5")])]),
        flow(properties=[(PROPERTY, "1"), (MASS, "20000")]),
    )
    files |= {"ILCD/flowproperties/p.xml": flow_property(), "ILCD/unitgroups/g.xml": unit_group(units=["ha", "ha"])}
    found = Imported(epd.IMPORTER, zipped(tmp_path, files)).only
    assert (found.unit, found.attributes["mass_kg_per_unit"]) == ("m2", "2")
    assert found.gwp100_kg_co2e == pytest.approx(0.0005)


def test_a_density_that_grammage_and_thickness_contradict_is_told(tmp_path: Path):
    materials = [("grammage", "179", "kg/m^2"), ("gross density", "2.4", "kg/m^3"), ("layer thickness", "8", "cm")]
    found = declared(tmp_path, ("A1-A3", "", "21.8"), of=flow(properties=[(AREA, "1")], materials=materials))
    assert "density_kg_per_m3" not in found.only.attributes
    (problem,) = found.problems
    assert problem.reason == "states a density that cannot be, which was left out"
    assert "2237.5 kg/m3" in problem.detail


def test_an_epd_says_whose_it_is_and_what_for(tmp_path: Path):
    ownership = (
        "<common:registrationNumber>EPD-7</common:registrationNumber><common:referenceToOwnershipOfDataSet>"
        '<common:shortDescription xml:lang="de">Widget GmbH</common:shortDescription>'
        "</common:referenceToOwnershipOfDataSet>"
    )
    found = declared(tmp_path, ("A1-A3", "", "5"), subtype="specific dataset", ownership=ownership).only
    assert found.attributes["epd_type"] == "specific"
    assert found.attributes["citation"] == "Widget GmbH, EPD EPD-7"
    assert (found.valid_until, found.system_boundary, found.basis) == (2026, "cradle_to_gate", "process")
