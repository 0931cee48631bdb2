"""Bounds of results by what they are per: the shipped table, what it finds and what it lets pass."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from firstprint.catalogue.reader import catalogue_files, read_sound_catalogue
from firstprint.domain.dataset import Dataset
from firstprint.importers.datasets.sanity import STRONG, flagged, kind_of, shipped_bounds, suspicious
from firstprint.resources import resource
from firstprint.units import CANONICAL_UNITS

INDEX = Path(__file__).resolve().parents[4] / "index"


def dataset(name: str, unit: str, value: float | None, category: str = "") -> Dataset:
    return Dataset(
        dataset_id="x", name=name, unit=unit, gwp100_kg_co2e=value, system_boundary="cradle_to_gate",
        basis="process", source="s", category=category,
    )  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> tuple[Dataset, ...]:
    return read_sound_catalogue(catalogue_files(resource("index/catalogue")))


def test_the_shipped_table_is_what_the_catalogue_gives(monkeypatch: pytest.MonkeyPatch, catalogue) -> None:
    monkeypatch.setattr(sys, "path", [str(INDEX), *sys.path])
    import build_sanity_bounds

    text = build_sanity_bounds.csv_text(build_sanity_bounds.learned(catalogue))
    assert (INDEX / "sanity_bounds.csv").read_text(encoding="utf-8") == text
    alarms = build_sanity_bounds.false_alarms(catalogue)
    assert sum(count for count, _ in alarms.values()) / sum(n for _, n in alarms.values()) < 0.003


def test_every_canonical_unit_has_bounds_less_than_seven_orders_wide() -> None:
    bounds = shipped_bounds()
    for unit in CANONICAL_UNITS:
        found = bounds[kind_of(dataset("x", unit, 1.0))]
        assert 0 < found.low < found.high
        assert math.log10(found.high / found.low) < 7


@pytest.mark.parametrize("unit", CANONICAL_UNITS)
@pytest.mark.parametrize("factor", [1e7, 1e-7])
def test_a_result_inside_is_found_once_it_is_ten_million_off(unit: str, factor: float) -> None:
    kind = kind_of(dataset("x", unit, 1.0))
    bounds = shipped_bounds()[kind]
    from firstprint.units import convert_factor

    for share in (0.001, 0.5, 0.999):
        size = bounds.low ** (1 - share) * bounds.high**share * convert_factor(unit, bounds.unit)
        assert suspicious(dataset("x", unit, size)) == ""
        assert suspicious(dataset("x", unit, size * factor))


def test_the_reason_names_value_factor_and_range() -> None:
    reason = suspicious(dataset("Soap", "kg", 4e7))
    assert reason.startswith("40000000 kg CO2e per kg is ")
    assert " times above what is usual: " in reason
    assert " per kg. " in reason
    assert " times below " in suspicious(dataset("Soap", "t", 1e-6))


def test_scaled_units_are_judged_alike() -> None:
    for kilo, tonne in ((2.0, 2e3), (1e5, 1e8)):
        assert bool(suspicious(dataset("x", "kg", kilo))) == bool(suspicious(dataset("x", "t", tonne)))
    assert not suspicious(dataset("Diesel", "litre", 3.2))
    assert suspicious(dataset("Diesel", "litre", 3.2e7))


def test_gases_and_precious_metals_may_be_strong() -> None:
    for name in ("SF6, emitted", "Sulphur hexafluoride", "R-404A", "HFC-134a", "Platinum, mined", "六氟化硫", "黄金"):
        assert kind_of(dataset(name, "kg", 1.0)) == STRONG
        assert not suspicious(dataset(name, "kg", 20_000.0))
    assert suspicious(dataset("Cotton shirt", "kg", 20_000.0))
    assert suspicious(dataset("Refrigerant", "kg", 8e6))


def test_nothing_is_said_of_zero_of_no_result_and_of_unknown_units() -> None:
    assert suspicious(dataset("x", "kg", 0.0)) == ""
    assert suspicious(dataset("x", "kg", None)) == ""
    assert suspicious(dataset("x", "smoot", 1e9)) == ""
    assert suspicious(dataset("x", "kg", -2.0)) == ""
    assert suspicious(dataset("x", "kg", -2e7))
    assert "not a finite" in suspicious(dataset("x", "kg", math.inf))


def test_a_flag_is_set_and_taken_away_again() -> None:
    wrong = flagged(dataset("Soap", "kg", 4e7))
    assert "times above" in wrong.attributes["suspicious"]
    assert flagged(replace(wrong, gwp100_kg_co2e=4.0)).attributes == {}


def test_nearly_everything_in_the_catalogue_passes_and_its_tenmillionfold_does_not(catalogue) -> None:
    told = [each for each in catalogue if suspicious(each)]
    assert len(told) <= 5
    rows = catalogue[::7]
    for factor in (1e7, 1e-7):
        found = sum(
            bool(suspicious(replace(each, gwp100_kg_co2e=(each.gwp100_kg_co2e or 1) * factor))) for each in rows
        )
        assert found / len(rows) > 0.995
