"""PACT: what leaves validates, what is missing is listed, and our own check sees what the official schema sees."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from export_samples import CHINESE, FACTS, PROPOSAL, candidate, draft, proposal, record
from jsonschema import Draft202012Validator, FormatChecker

from firstprint.domain.product import DeclaredUnit
from firstprint.domain.proposal import Estimate
from firstprint.errors import FaultsError
from firstprint.exporters.facts import checked_facts
from firstprint.exporters.pact import pact_document, product_footprint
from firstprint.exporters.pact_check import footprint_faults
from firstprint.exporters.pact_needs import pact_faults
from firstprint.exporters.pact_units import REGIONS, UNITS, WITHOUT, geography_field
from firstprint.geography import place
from firstprint.units import CANONICAL_UNITS

OPENAPI = Path(__file__).resolve().parents[4] / "shared" / "data" / "formats" / "pact" / "openapi_v3_0.yaml"
COMPLETE = checked_facts([FACTS])
DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?")


def footprint(**changes: object) -> dict[str, Any]:
    return product_footprint(record(proposal(**changes)), COMPLETE)


def official() -> Draft202012Validator:
    """The specification's own schema with a checker of its decimals."""
    import yaml

    checker = FormatChecker()
    checker.checks("decimal")(lambda value: isinstance(value, str) and bool(DECIMAL.fullmatch(value)))
    components = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))["components"]
    whole = {"$ref": "#/components/schemas/ProductFootprint", "components": components}
    return Draft202012Validator(whole, format_checker=checker)


def test_a_confirmed_record_gives_the_fields_of_the_specification() -> None:
    found = footprint()
    assert footprint_faults(found) == []
    pcf = found["pcf"]
    assert list(found)[:4] == ["id", "specVersion", "created", "status"]
    assert (found["status"], found["created"]) == ("Active", "2026-03-06T09:00:00Z")
    assert (pcf["declaredUnitOfMeasurement"], pcf["declaredUnitAmount"]) == ("piece", "1")
    assert (pcf["productMassPerDeclaredUnit"], pcf["geographyCountry"]) == ("0.025", "CN")
    assert pcf["pcfExcludingBiogenicUptake"] == pcf["fossilGhgEmissions"] == "0.0724"
    assert pcf["ipccCharacterizationFactors"] == ["AR5", "AR6"]
    assert pcf["primaryDataShare"] == "0"
    assert pcf["dqi"] == {"technologicalDQR": "2", "geographicalDQR": "3", "temporalDQR": "1"}
    assert pcf["secondaryEmissionFactorSources"] == [
        {"name": "made-up", "version": "3"},
        {"name": "firstprint surrogate model", "version": "model-1"},
    ]


def test_the_extension_holds_what_pact_has_no_field_for() -> None:
    [extension] = footprint()["extensions"]
    data = extension["data"]
    assert data["interval"] == {"low": "0.0382", "high": "0.1373", "coverage": "0.9", "distribution": "log-normal"}
    assert [(one["datasetId"], one["licence"]) for one in data["proxies"]] == [("made-up-1", "CC-BY-4.0")]
    assert data["flags"] == [{"code": "geography_fallback", "message": "No dataset for China ranked first."}]
    assert (data["recordId"], data["draft"], data["verdict"]) == (PROPOSAL.id, False, "confirmed")
    assert any("替代数据集" in note for note in data["notesZh"])
    assert "Ana" not in json.dumps(footprint())


def test_the_same_record_gives_the_same_bytes_and_any_change_another_id() -> None:
    assert footprint() == footprint()
    renamed = product_footprint(record(), checked_facts([FACTS, {"product_name": "Aqua 501"}]))
    assert renamed["id"] != footprint()["id"]


def test_a_draft_says_so_wherever_it_is_read() -> None:
    found = product_footprint(draft(), COMPLETE)
    assert footprint_faults(found) == []
    assert found["status"] == "Deprecated"
    for field in ("productDescription", "productNameCompany", "comment"):
        assert "DRAFT" in found[field]
    assert found["extensions"][0]["data"]["draft"] is True


def test_nothing_is_invented() -> None:
    with pytest.raises(FaultsError) as raised:
        product_footprint(record(proposal(geography=None, mass_kg=None)), checked_facts([{}]))
    told = "\n".join(raised.value.faults)
    for option in (
        "--company:", "--company-id", "--product-name", "--product-id", "--reference-period-start", "--mass-kg",
        "--reference-period-end", "--biogenic-co2-uptake", "--fossil-emissions", "--fossil-carbon-content", "--ipcc",
        "--standard", "--exempted-emissions-percent", "--packaging-included", "--ccs-included", "--geography",
    ):  # fmt: skip
        assert option in told
    assert len(raised.value.faults) == 16


@pytest.mark.parametrize(
    ("unit", "amount", "expected"),
    [
        ("kg", 2.5, ("kilogram", "2.5", "2.5")),
        ("g", 25.0, ("kilogram", "0.025", "0.025")),
        ("t", 0.1, ("kilogram", "100", "100")),
        ("kWh", 1e6, ("kilowatt hour", "1000000", "0")),
        ("tkm", 1.0, ("ton kilometer", "1", "0")),
        ("hour", 3.0, ("hour", "3", "0")),
        ("litre", 2.0, ("liter", "2", "0.05")),
        ("piece", 12.0, ("piece", "12", "0.3")),
        ("cm2", 1.0, ("square meter", "0.0001", "0.025")),
    ],
)
def test_units_are_pacts(unit: str, amount: float, expected: tuple[str, str, str]) -> None:
    pcf = footprint(declared_unit=DeclaredUnit(amount=amount, unit=unit))["pcf"]
    found = (pcf["declaredUnitOfMeasurement"], pcf["declaredUnitAmount"], pcf["productMassPerDeclaredUnit"])
    assert found == expected


@pytest.mark.parametrize("unit", sorted(WITHOUT))
def test_a_unit_without_a_name_there_is_refused_with_the_reason(unit: str) -> None:
    [fault] = pact_faults(record(proposal(declared_unit=DeclaredUnit(amount=1, unit=unit))), COMPLETE)
    assert unit in fault
    assert WITHOUT[unit] in fault


def test_every_canonical_unit_has_a_name_there_or_a_reason() -> None:
    assert set(UNITS) | set(WITHOUT) == set(CANONICAL_UNITS)
    assert not set(UNITS) & set(WITHOUT)


def test_every_region_is_one_of_ours_and_one_of_theirs() -> None:
    assert all(place(code) is not None for code in REGIONS)
    assert geography_field("RoW") is None
    assert footprint(geography="CN-GD")["pcf"]["geographyCountrySubdivision"] == "CN-GD"
    world = footprint(geography="GLO")["pcf"]
    assert not [name for name in world if name.startswith("geography")]
    [fault] = pact_faults(record(proposal(geography="RoW")), COMPLETE)
    assert "RoW" in fault


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"fossil_emissions_kg": 0.05}, "sum to 0.05"),
        ({"fossil_emissions_kg": 0.05, "land_use_change_kg": 0.0224}, ""),
        ({"land_use_change_kg": 0.01}, "sum to 0.0824"),
        ({"packaging_emissions_kg": 0.01}, "packaging is not included"),
        ({"reference_period_end": "2024-01-01"}, "before it begins"),
        ({"mass_kg": 0.03}, "differs from the 0.025 kg"),
        ({"mass_kg": 0.025}, ""),
    ],
)
def test_facts_that_contradict_each_other_are_told(facts: dict[str, object], told: str) -> None:
    faults = pact_faults(record(), checked_facts([FACTS, facts]))
    assert told in "\n".join(faults)
    assert bool(faults) == bool(told)


def test_what_is_no_cradle_to_gate_product_is_refused() -> None:
    assert "cradle_to_grave" in pact_faults(record(proposal(system_boundary="cradle_to_grave")), COMPLETE)[0]
    credit = Estimate(kg_co2e=-1.0, low=-2.0, high=-0.5, coverage=0.9, basis="proxy")
    assert "negative" in pact_faults(record(proposal(estimate=credit)), COMPLETE)[0]


def test_a_models_number_alone_claims_no_data_quality() -> None:
    silent = proposal(candidates=(candidate(1), candidate(2, gwp100_kg_co2e=None, kg_co2e=None)))
    pcf: dict[str, Any] = product_footprint(record(silent, "made-up-2"), COMPLETE)["pcf"]  # type: ignore[assignment]
    assert "dqi" not in pcf
    assert [one["name"] for one in pcf["secondaryEmissionFactorSources"]] == ["firstprint surrogate model"]


def test_several_stand_in_a_list_of_the_specification() -> None:
    one, two = footprint(), product_footprint(record(CHINESE), COMPLETE)
    assert json.loads(pact_document([one])) == one
    assert json.loads(pact_document([one, two])) == {"data": [one, two]}


WRONG: list[tuple[str, object]] = [
    ("id", "no uuid"), ("specVersion", "3"), ("created", "yesterday"), ("status", "Draft"), ("companyName", ""),
    ("companyIds", []), ("companyIds", ["x"]), ("productIds", ["urn:a:b", "urn:a:b"]), ("productDescription", 1),
    ("productNameCompany", ""), ("pcf", []), ("pcf.declaredUnitOfMeasurement", "kg"),
    ("pcf.declaredUnitAmount", "1e3"), ("pcf.declaredUnitAmount", 1), ("pcf.productMassPerDeclaredUnit", "."),
    ("pcf.referencePeriodStart", "2025"), ("pcf.geographyCountry", "China"), ("pcf.fossilGhgEmissions", None),
    ("pcf.geographyCountrySubdivision", "CN-GD"), ("pcf.geographyRegionOrSubregion", "Europe"),
    ("pcf.ipccCharacterizationFactors", ["6"]), ("pcf.ipccCharacterizationFactors", []),
    ("pcf.crossSectoralStandards", []), ("pcf.packagingEmissionsIncluded", "no"), ("pcf.primaryDataShare", 0),
    ("pcf.exemptedEmissionsPercent", "a lot"), ("pcf.secondaryEmissionFactorSources", []),
    ("pcf.secondaryEmissionFactorSources", [{"name": "x"}]), ("pcf.dqi", {"technologicalDQR": "1"}),
    ("extensions", [{"specVersion": "2.0.0"}]),
]  # fmt: skip


def broken(place_: str, value: object) -> dict[str, Any]:
    whole = copy.deepcopy(footprint())
    *above, last = place_.split(".")
    target = whole
    for name in above:
        target = target[name]
    target[last] = value
    return whole


@pytest.mark.parametrize(("place_", "value"), WRONG)
def test_our_own_check_names_the_place_of_a_broken_rule(place_: str, value: object) -> None:
    faults = footprint_faults(broken(place_, value))
    assert faults
    assert any(place_.split(".")[0] in fault for fault in faults)


@pytest.mark.parametrize("name", ["declaredUnitAmount", "fossilCarbonContent", "primaryDataShare"])
def test_our_own_check_misses_no_missing_field(name: str) -> None:
    whole = footprint()
    del whole["pcf"][name]
    assert footprint_faults(whole) == [f"pcf.{name}: is missing"]


@pytest.mark.parametrize(
    ("place_", "value"),
    [
        ("pcf.declaredUnitAmount", "0"), ("pcf.biogenicCO2Uptake", "1"), ("pcf.fossilGhgEmissions", "-1"),
        ("pcf.dqi", {"technologicalDQR": "6", "geographicalDQR": "1", "temporalDQR": "1"}),
        ("pcf.packagingGhgEmissions", "1"), ("pcf.ccsTechnologicalCO2Capture", "-1"), ("pcf.primaryDataShare", "101"),
        ("pcf.fossilGHG", "1"),
    ],
)  # fmt: skip
def test_our_own_check_knows_the_signs_and_exclusions_of_the_text(place_: str, value: object) -> None:
    assert footprint_faults(broken(place_, value))


@pytest.mark.shared_data
def test_exports_validate_against_the_official_schema() -> None:
    validator = official()
    samples = [
        footprint(), product_footprint(draft(CHINESE), COMPLETE), footprint(geography="GLO"),
        footprint(geography="UN-EASIA"), footprint(declared_unit=DeclaredUnit(amount=1e-7, unit="t")),
        product_footprint(record(dataset_id="made-up-3"), COMPLETE),
    ]  # fmt: skip
    for one in samples:
        assert [error.message for error in validator.iter_errors(one)] == []


@pytest.mark.shared_data
@pytest.mark.parametrize(("place_", "value"), WRONG)
def test_our_own_check_sees_what_the_official_schema_sees(place_: str, value: object) -> None:
    whole = broken(place_, value)
    if not official().is_valid(whole):
        assert footprint_faults(whole)


@pytest.mark.shared_data
def test_our_table_of_fields_is_the_official_one() -> None:
    import yaml

    from firstprint.exporters.pact_check import FOOTPRINT, PRODUCT
    from firstprint.exporters.pact_units import PACT_UNITS, REGION_NAMES

    schemas = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))["components"]["schemas"]
    for name, table in (("ProductFootprint", PRODUCT), ("CarbonFootprint", FOOTPRINT)):
        assert set(table) == set(schemas[name]["properties"])
        assert set(schemas[name]["required"]) <= {field for field, rule in table.items() if rule.required}
    fields = schemas["CarbonFootprint"]["properties"]
    assert set(PACT_UNITS) == set(fields["declaredUnitOfMeasurement"]["enum"])
    assert set(REGION_NAMES) == set(fields["geographyRegionOrSubregion"]["enum"])
