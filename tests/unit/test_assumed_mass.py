"""A piece without a stated mass: a typical one converts, is told everywhere, and is what to find out next."""

from __future__ import annotations

import pytest

from firstprint.units import convert_factor


def test_a_piece_without_mass_is_converted_by_a_typical_one_and_says_so(assistant):
    proposal = assistant.estimate("car tyre", unit="piece")
    first, assumed = proposal.candidates[0], proposal.surrogate.assumed_mass
    assert proposal.decision != "no_match"
    assert convert_factor(first.unit, "kg") > 0
    assert proposal.product.mass_kg is None
    assert 1 < assumed.low < assumed.mass_kg < assumed.high < 200
    factor = first.gwp100_kg_co2e / convert_factor(first.unit, "kg")
    assert first.kg_co2e == pytest.approx(assumed.mass_kg * factor, rel=1e-6)
    assert any("No mass was stated" in warning for warning in first.warnings)
    assert "unit_missing_mass" in {flag.code for flag in proposal.flags}
    assert "assumed" in proposal.rationale.text
    assert proposal.estimate.basis == "combined"
    stated = assistant.estimate("car tyre", unit="piece", mass_kg=assumed.mass_kg)
    assert stated.candidates[0].kg_co2e == pytest.approx(first.kg_co2e, rel=1e-6)
    assert not any("No mass" in warning for warning in stated.candidates[0].warnings)
    assert "unit_missing_mass" not in {flag.code for flag in stated.flags}
    assert stated.estimate.high / stated.estimate.low < proposal.estimate.high / proposal.estimate.low
    chinese = assistant.estimate("汽车轮胎", unit="piece", language="zh")
    assert any("假定每件" in warning for one in chinese.candidates for warning in one.warnings)


def test_where_no_typical_mass_is_known_the_surrogate_is_left_alone(assistant):
    proposal = assistant.estimate("sulphuric acid, technical", unit="piece")
    assert "unit_missing_mass" in {flag.code for flag in proposal.flags}
    assert proposal.surrogate.assumed_mass is None
    assert proposal.candidates[0].kg_co2e is None
    assert proposal.estimate is None or proposal.estimate.basis == "surrogate"


def test_the_assumed_mass_is_what_to_find_out_next(assistant):
    proposal = assistant.estimate("car tyre", unit="piece")
    assert proposal.next_measurement.what == "mass_kg"
    assert "assumed" in proposal.next_measurement.why
