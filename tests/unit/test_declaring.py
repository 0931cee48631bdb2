"""What an estimate is per where nothing was stated."""

from __future__ import annotations

import pytest


def test_where_no_unit_is_stated_the_datasets_own_is_declared(assistant):
    assert assistant.estimate("beef").product.declared_unit.unit == "kg"
    shirt = assistant.estimate("cotton T-shirt")
    assert shirt.product.declared_unit.unit == "piece"
    assert "assumed" in shirt.rationale.text


@pytest.mark.parametrize("text", ["alkaline battery AA", "碱性电池 5号", "PP注塑件"])
def test_what_is_told_by_its_mass_is_asked_for_by_the_kilogram_though_its_dataset_is_per_tonne(assistant, text):
    bare = assistant.estimate(text)
    assert bare.candidates[0].unit == "t"
    assert (bare.product.declared_unit.amount, bare.product.declared_unit.unit) == (1.0, "kg")
    assert bare.estimate.kg_co2e == pytest.approx(assistant.estimate(text, unit="t").estimate.kg_co2e / 1000, rel=0.02)
