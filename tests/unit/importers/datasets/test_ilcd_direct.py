"""Direct emissions of unit processes: a number only where it is an honest one."""

from __future__ import annotations

from pathlib import Path

import pytest
from ilcd_samples import FOSSIL_CO2, Imported, exchange, flow, process, result, widget, zipped

from firstprint.importers.datasets import ilcd

UNKNOWN = "77777777-0000-4000-8000-000000000001"
METHANE = "08a91e70-3ddc-11dd-9610-0050c2490048"


def emitting(
    tmp_path: Path, *others: str, flows: dict[str, bytes] | None = None, of: bytes | None = None, **changes
) -> Imported:
    usual = {"kind": "Unit process, single operation", "exchanges": [exchange(amount="1000"), *others]}
    return Imported(ilcd.IMPORTER, zipped(tmp_path, widget(process(**(usual | changes)), of) | (flows or {})))


CO2 = exchange("1", FOSSIL_CO2, "850", name="carbon dioxide (fossil),carbon dioxide (fossil)")
CH4 = exchange("2", METHANE, "2", name="methane (fossil)")


def test_greenhouse_gases_of_a_unit_process_are_direct_emissions(tmp_path: Path):
    nitrogen_oxides = exchange("3", UNKNOWN, "9", name="Nitrogen oxides")
    found = emitting(tmp_path, CO2, CH4, nitrogen_oxides).only
    assert (found.basis, found.system_boundary) == ("direct", "gate_to_gate")
    assert found.gwp100_kg_co2e == pytest.approx((850 + 2 * 29.8) / 1000)
    assert found.attributes["summed_flows"] == "carbon dioxide (fossil); methane (fossil)"
    assert "AR6 GWP100" in found.attributes["gwp_method"]


@pytest.mark.parametrize(
    ("others", "changes"),
    [
        ([CO2], {"kind": "Partly terminated system"}),
        ([CO2, exchange("3", UNKNOWN, "9", "Input", "clinker")], {"kind": "LCI result"}),
        ([CO2], {"kind": ""}),
        ([CO2, exchange("3", UNKNOWN, "9", name="gasoline (regular)")], {}),
        ([CO2, exchange("3", UNKNOWN, "9", name="sulphuric acid")], {}),
        ([exchange("1", UNKNOWN, "9", name="carbon dioxide")], {}),
        ([exchange("1", FOSSIL_CO2, "9", "Input", "carbon dioxide (fossil)")], {}),
        ([exchange("1", FOSSIL_CO2, "0", name="carbon dioxide (fossil)")], {}),
        ([exchange("1", UNKNOWN, "5", name="carbon dioxide (biogenic)")], {}),
        ([exchange("1", UNKNOWN, "5", name="Nitrogen oxides")], {}),
        ([CO2], {"of": flow(kind="Elementary flow")}),
        ([CO2], {"exchanges": [exchange(direction="Input"), CO2]}),
        ([CO2], {"results": [result(UNKNOWN, "Acidification", mean="3")]}),
    ],
)
def test_no_direct_emissions_where_they_would_not_be_honest(tmp_path: Path, others, changes):
    found = emitting(tmp_path, *others, **changes)
    assert (found.only.gwp100_kg_co2e, found.only.basis, found.problems) == (None, "process", [])


def test_flows_of_the_package_tell_emissions_from_products(tmp_path: Path):
    other = exchange("3", UNKNOWN, "9", name="carbon dioxide")
    elementary = {"ILCD/flows/o.xml": flow(UNKNOWN, names={"en": "carbon dioxide"}, kind="Elementary flow")}
    assert emitting(tmp_path, other, flows=elementary).only.gwp100_kg_co2e == pytest.approx(0.009)
    product = {"ILCD/flows/o.xml": flow(UNKNOWN, names={"en": "carbon dioxide"})}
    assert emitting(tmp_path, other, CO2, flows=product).only.gwp100_kg_co2e is None
    waste = {"ILCD/flows/o.xml": flow(UNKNOWN, names={"en": "rubble"}, kind="Waste flow")}
    assert emitting(tmp_path, other, CO2, flows=waste).only.gwp100_kg_co2e == pytest.approx(0.85)


def test_a_gas_whose_amount_is_no_number_leaves_no_sum(tmp_path: Path):
    found = emitting(tmp_path, CO2, exchange("2", METHANE, "lots", name="methane (fossil)"))
    assert (found.only.gwp100_kg_co2e, found.reasons) == (None, ["has a value that is not a number"])


def test_an_lci_result_of_elementary_flows_alone_is_the_whole_footprint(tmp_path: Path):
    coal = exchange("3", "fe0acd60-3ddc-11dd-a6f8-0050c2490048", "300", "Input", "hard coal")
    found = emitting(tmp_path, CO2, CH4, coal, kind="LCI result").only
    assert (found.basis, found.system_boundary) == ("process", "cradle_to_gate")
    assert found.gwp100_kg_co2e == pytest.approx((850 + 2 * 29.8) / 1000)
    assert found.attributes["summed_flows"] == "carbon dioxide (fossil); methane (fossil)"


def test_uptake_from_the_air_is_no_emission(tmp_path: Path):
    uptake = exchange("3", "08a91e70-3ddc-11dd-923c-0050c2490048", "300", "Input", "carbon dioxide")
    assert emitting(tmp_path, CO2, uptake, kind="LCI result").only.gwp100_kg_co2e == pytest.approx(0.85)
