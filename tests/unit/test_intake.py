from __future__ import annotations

import math

import pytest

from firstprint.domain.product import DeclaredUnit
from firstprint.errors import GeographyError, InputError, UnitError
from firstprint.intake import RawRequest, read_request, with_content


def _read(text, **given):
    return read_request(RawRequest(text, **given))


def test_everything_stated_is_taken_as_stated():
    request = _read(
        "PET瓶",
        amount=2,
        unit="件",
        mass_kg=0.025,
        geography="中国",
        boundary="cradle-to-gate",
        year=2024,
        language="en",
    )
    product = request.product
    assert (product.declared_unit.amount, product.declared_unit.unit) == (2, "piece")
    assert (product.mass_kg, product.geography, product.year) == (0.025, "CN", 2024)
    assert (product.language, product.system_boundary) == ("zh", "cradle_to_gate")
    assert request.language == "en"
    assert request.unit_known


def test_a_scaled_unit_becomes_a_canonical_one():
    product = _read("beer", amount=3, unit="hl").product
    assert product.declared_unit.unit == "litre"
    assert product.declared_unit.amount == pytest.approx(300)


@pytest.mark.parametrize(
    ("text", "mass_kg"),
    [("25 g PET bottle", 0.025), ("25克PET瓶", 0.025), ("2.5 kg power drill", 2.5), ("0,5 kg Kaffee", 0.5)],
)
def test_a_mass_the_description_begins_with_is_that_of_one_piece(text, mass_kg):
    request = _read(text)
    assert request.product.mass_kg == pytest.approx(mass_kg)
    assert request.product.declared_unit.unit == "piece"


def test_a_stated_mass_wins_over_the_one_in_the_text():
    request = _read("25 g PET bottle", unit="piece", mass_kg=0.03)
    assert request.product.mass_kg == 0.03


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("1 t Portland cement", 1, "t"),
        ("1 kg beef", 1, "kg"),
        ("100 kWh 电力", 100, "kWh"),
        ("1 t·km by lorry", 1, "tkm"),
    ],
)
def test_an_amount_the_description_begins_with_can_be_the_declared_unit(text, amount, unit):
    request = _read(text)
    assert request.product.declared_unit.amount == pytest.approx(amount)
    assert request.product.declared_unit.unit == unit
    assert request.unit_known


def test_a_place_in_the_text_is_read():
    request = _read("广东电网电力")
    assert request.product.geography == "CN-GD"


def test_a_purpose_and_sizes_are_kept_out_of_matching():
    assert _read("25 g PET bottle for mineral water, 500 ml").matching_texts == (
        "PET bottle",
        "PET bottle for mineral water",
    )
    assert _read("steel sheet 1.2mm").matching_texts == ("steel sheet",)


@pytest.mark.parametrize(
    ("given", "code", "names"),
    [
        ({"amount": -1}, "amount_invalid", "-1"),
        ({"amount": 0}, "amount_invalid", "0"),
        ({"amount": math.nan}, "amount_invalid", "nan"),
        ({"amount": math.inf}, "amount_invalid", "inf"),
        ({"mass_kg": -2}, "mass_kg_invalid", "-2"),
        ({"mass_kg": math.nan}, "mass_kg_invalid", "nan"),
        ({"unit": "bushelfoo"}, "unit_unknown", "bushelfoo"),
        ({"geography": "Atlantis"}, "geography_unknown", "Atlantis"),
        ({"boundary": "scope 3"}, "boundary_unknown", "scope 3"),
        ({"language": "fr"}, "language_unknown", "fr"),
        ({"year": 1492}, "year_invalid", "1492"),
        ({"top": 0}, "top_invalid", "0"),
        ({"top": 51}, "top_invalid", "51"),
        ({"category": "x" * 201}, "category_too_long", "201"),
    ],
)
def test_each_bad_value_is_named_with_its_rule_and_the_next_action(given, code, names):
    with pytest.raises((InputError, UnitError, GeographyError)) as caught:
        _read("steel", **given)
    assert caught.value.code == code
    assert names in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "description_empty"),
        ("  \n ", "description_empty"),
        ("x" * 1_000_000, "description_too_long"),
        ("…!?", "description_without_words"),
    ],
)
def test_each_bad_description_is_named(text, code):
    with pytest.raises(InputError) as caught:
        _read(text)
    assert caught.value.code == code
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("text", "mass_kg"),
    [("pack of butter, 250 g", 0.25), ("巧克力100克", 0.1), ("A4 office paper 80 g", None), ("mug 300 ml", None)],
)
def test_a_mass_the_name_of_a_piece_ends_with_is_that_of_the_piece(text, mass_kg):
    assert _read(text, unit="piece").product.mass_kg == mass_kg
    assert _read(text).product.mass_kg is None


@pytest.mark.parametrize(
    ("text", "unit", "told"),
    [
        ("bottle of wine 0.75 l", "litre", (0.75, "litre")),
        ("葡萄酒500毫升", "litre", (0.5, "litre")),
        ("PET bottle 500 ml", "t", (1.0, "t")),
        ("bottle of wine", "litre", (1.0, "litre")),
        ("wheat 2 kg", "ha*a", (1.0, "ha*a")),
    ],
)
def test_the_content_a_description_ends_with_is_the_amount_of_an_assumed_unit(text, unit, told):
    assumed = with_content(DeclaredUnit(amount=1.0, unit=unit), text)
    assert (assumed.amount, assumed.unit) == told


@pytest.mark.parametrize(
    ("text", "given", "amount"),
    [
        ("磷酸铁锂电池包", {"amount": 12, "unit": "kWh"}, 12),
        ("LFP battery pack 12 kWh", {}, 12),
        ("NMC Traktionsbatterie 60 kWh", {"amount": 2}, 120),
        ("储能系统 0.5 MWh", {}, 500),
        ("磷酸铁锂电芯", {"unit": "MJ", "amount": 3.6}, 1),
        ("5 kWh lithium-ion battery", {}, 5),
        ("充电宝 37 Wh", {}, 0.037),
    ],
)
def test_kilowatt_hours_of_a_battery_are_what_it_holds(text, given, amount):
    request = read_request(RawRequest(text, **given))
    assert request.product.declared_unit.unit == "kWh_capacity"
    assert request.product.declared_unit.amount == pytest.approx(amount)
    assert request.unit_known
    assert request.unit_read


@pytest.mark.parametrize(
    ("text", "given", "unit"),
    [
        ("charging of a car battery", {"unit": "kWh"}, "kWh"),
        ("1 kWh 广东电网电力", {}, "kWh"),
        ("电动汽车充电 12 kWh", {"unit": "kWh"}, "kWh"),
        ("battery electric vehicle 60 kWh", {}, "piece"),
        ("LFP battery pack 12 kWh", {"unit": "piece"}, "piece"),  # counted: the pack
        ("lithium-ion battery", {"unit": "kg"}, "kg"),
        ("battery pack", {"unit": "kWh_capacity"}, "kWh_capacity"),
    ],
)
def test_other_kilowatt_hours_stay_energy(text, given, unit):
    request = read_request(RawRequest(text, **given))
    assert request.product.declared_unit.unit == unit
    assert not request.unit_read


def test_a_unit_read_otherwise_is_told_as_assumed(assistant):
    proposal = assistant.estimate("磷酸铁锂电池包", amount=12, unit="kWh", geography="CN")
    assert 600 < proposal.estimate.kg_co2e < 2_000  # 50 to 170 kg a kWh of capacity: the catalogue's range
    assert "声明单位为假设值" in proposal.rationale.text
