"""Facts are checked value by value; whatever breaks its rule is told with the option that stated it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from export_samples import FACTS

from firstprint.errors import FaultsError, InputError
from firstprint.exporters.facts import checked_facts
from firstprint.exporters.facts_file import FactsFile, read_facts


def test_later_layers_win_and_nothing_stated_changes_nothing() -> None:
    facts = checked_facts([FACTS, {"company": "Other Ltd", "product_name": None, "ipcc": ()}])
    assert (facts.company, facts.product_name, facts.ipcc) == ("Other Ltd", "Aqua 500", ("AR5", "AR6"))
    assert facts.reference_period_start == datetime(2025, 1, 1, tzinfo=UTC)
    assert facts.fossil_emissions_kg == "all"


def test_a_place_is_read_by_any_of_its_names() -> None:
    assert checked_facts([{"geography": "广东"}]).geography == "CN-GD"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("company_ids", "4711", "no URN"),
        ("product_ids", "urn:x", "no URN"),
        ("ipcc", "AR", "no IPCC assessment report"),
        ("standards", "ISO9001", "none of ISO14067"),
        ("reference_period_start", "yesterday", "no date such as"),
        ("geography", "Atlantis", "Atlantis"),
        ("mass_kg", 0, "greater than 0"),
        ("mass_kg", float("nan"), "finite"),
        ("biogenic_co2_uptake_kg", 1.0, "less than or equal to 0"),
        ("fossil_emissions_kg", "most", "--fossil-emissions"),
        ("exempted_emissions_percent", 101, "less than or equal to 100"),
        ("company", "", "at least 1 character"),
        ("company", "  ", "at least 1 character"),
        ("company", "a\udcff", "unicode"),
        ("company", "a\x1b[31m", "control character U+001B"),
        ("name_zh", "x" * 2_001, "at most 2000"),
        ("compnay", "x", "no such fact"),
    ],
)
def test_a_value_that_breaks_its_rule_is_named(field: str, value: object, told: str) -> None:
    with pytest.raises(FaultsError) as raised:
        checked_facts([FACTS, {field: value}])
    assert field in raised.value.faults[0]
    assert told in "\n".join(raised.value.faults)


def test_all_wrong_values_are_told_at_once() -> None:
    with pytest.raises(FaultsError) as raised:
        checked_facts([{"mass_kg": -1, "ipcc": "6", "company_ids": "x"}])
    assert {line.split(" ")[0] for line in raised.value.faults} == {"mass_kg", "ipcc", "company_ids"}


def test_a_file_of_facts_has_shared_ones_and_each_products_own(tmp_path: Path) -> None:
    path = tmp_path / "facts.toml"
    path.write_text('company = "A"\nreference_period_start = 2025-01-01\n[product.5f0f]\nproduct_name = "B"\n', "utf-8")
    found = read_facts(path)
    mine = checked_facts(found.layers("5f0f6c1e"))
    assert (mine.company, mine.product_name) == ("A", "B")
    assert mine.reference_period_start == datetime(2025, 1, 1, tzinfo=UTC)
    assert checked_facts(found.layers("7a1f")).product_name is None
    assert found.strangers(("7a1f",)) == ["5f0f"]
    assert found.strangers(("5f0f6c1e",)) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"company = \nx = 1", "line 1"),
        (b"\xff\xfe", "not UTF-8"),
        (b'product = "x"', "[product.ID]"),
        (b"#" * 1_000_001, "1,000,000 bytes"),
        (b"a = " + b"[" * 100_000, "cannot be used"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_reason(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "facts.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"facts\.toml") as raised:
        read_facts(path)
    assert raised.value.code == "facts_unreadable"
    assert told in str(raised.value)
    with pytest.raises(InputError, match="No such file"):
        read_facts(tmp_path / "none.toml")


def test_no_file_states_nothing() -> None:
    assert checked_facts(FactsFile().layers("5f0f")).model_dump(exclude_defaults=True) == {}


def test_the_example_file_states_all_that_pact_asks_for() -> None:
    from export_samples import record

    from firstprint.exporters.pact_needs import pact_faults

    example = Path(__file__).resolve().parents[3] / "docs" / "examples" / "export-facts.toml"
    found = read_facts(example)
    assert pact_faults(record(), checked_facts(found.layers("178cd5a6-57c1"))) == []
    assert len(pact_faults(record(), checked_facts(found.layers("other")))) == 5
