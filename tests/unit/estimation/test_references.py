"""Which datasets teach product footprints, in which unit, and how they are grouped and weighed."""

import numpy as np
import pytest

from firstprint.errors import UnitError
from firstprint.estimation.boundary import PLATE_TO_GATE
from firstprint.estimation.references import (
    CATALOGUE_WEIGHT,
    ProductFootprint,
    group_weights,
    joined,
    references_from_datasets,
    references_from_footprints,
    target_unit,
)


@pytest.mark.parametrize(
    ("unit", "target", "per_asked"),
    [
        ("t", "kg", 1000),
        ("g", "kg", 0.001),
        ("MJ", "kWh", 1 / 3.6),
        ("litre", "m3", 0.001),
        ("km", "km", 1),
        ("m", "m", 1),
        ("tkm", "tkm", 1),
        ("EUR", "EUR", 1),
        ("件", "piece", 1),
    ],
)
def test_one_target_a_dimension(unit, target, per_asked):
    assert target_unit(unit) == (target, pytest.approx(per_asked))


def test_an_unknown_unit_is_an_error():
    with pytest.raises(UnitError):
        target_unit("blorp")


def test_tonnes_become_kilograms(dataset):
    (reference,) = references_from_datasets([dataset("cement", "t", 800.0)])
    assert reference.unit == "kg"
    assert reference.kg_co2e_per_unit == pytest.approx(0.8)
    assert reference.log10_value == pytest.approx(np.log10(0.8))


@pytest.mark.parametrize(
    "more",
    [
        {"gwp": None},
        {"gwp": 0.0},
        {"gwp": -1.0},
        {"gwp": float("nan")},
        {"basis": "spend"},
        {"basis": "direct"},
        {"system_boundary": "cbam_default"},
        {"system_boundary": "gate_to_gate"},
        {"system_boundary": "end_of_life"},
        {"life_cycle_phase": "end_of_life"},
        {"life_cycle_phase": "avoided"},
        {"life_cycle_phase": "use"},
        {"unit": "hectare of vineyard"},
    ],
)
def test_what_teaches_no_product_is_left_out(dataset, more):
    fields = dict(more)
    unit, value = fields.pop("unit", "kg"), fields.pop("gwp", 2.0)
    assert references_from_datasets([dataset("x", unit, value, **fields)]) == ()


def test_the_use_phase_teaches_energy_and_transport(dataset):
    used = references_from_datasets(
        [dataset(f"x{unit}", unit, 2.0, life_cycle_phase="use") for unit in ("kWh", "km", "litre")]
    )
    assert [reference.unit for reference in used] == ["kWh", "km", "m3"]


def test_texts_are_distinct_names_and_synonyms(dataset):
    row = dataset(
        "cotton", "kg", 2.0, name_zh="棉花", synonyms=("cotton", "raw cotton"), attributes={"name_fr": "coton"}
    )
    (reference,) = references_from_datasets([row])
    assert reference.texts == ("cotton", "棉花", "coton", "raw cotton")


def test_near_duplicates_share_a_group_and_variants_a_kind(dataset):
    first, second, other = references_from_datasets(
        [
            dataset("Oven, electric", "piece", 200.0, category="goods / kitchen"),
            dataset("Oven (gas)", "piece", 150.0, category="goods / kitchen"),
            dataset("Oven, electric copy", "piece", 200.0, category="goods / kitchen", source="elsewhere"),
        ]
    )
    assert first.group == second.group != other.group
    assert first.kind == second.kind


def test_large_groups_do_not_dominate():
    weights = group_weights(["food"] * 100 + ["metal"] * 4)
    assert weights.mean() == pytest.approx(1)
    assert weights[:100].sum() / weights[100:].sum() == pytest.approx(5)


def test_a_weighed_product_teaches_per_piece_and_per_kilogram():
    piece, per_kg = references_from_footprints(
        [ProductFootprint("p1", "Laptop", 400.0, 2.0, "piece", "Company", mass_kg=1.6)]
    )
    assert (piece.unit, piece.kg_co2e_per_unit) == ("piece", pytest.approx(200))
    assert (per_kg.unit, per_kg.kg_co2e_per_unit) == ("kg", pytest.approx(125))
    assert piece.group == per_kg.group == "Company"


def test_a_product_without_a_footprint_teaches_nothing():
    assert references_from_footprints([ProductFootprint("p", "x", 0.0, 1.0, "piece", "c")]) == ()


def test_a_food_on_the_plate_teaches_what_it_was_at_the_gate(dataset):
    plate, gate = references_from_datasets(
        [
            dataset("stew", "kg", 2.0, system_boundary="cradle_to_grave"),
            dataset("carrots", "kg", 2.0, system_boundary="cradle_to_gate"),
        ]
    )
    assert gate.kg_co2e_per_unit == 2.0
    assert plate.kg_co2e_per_unit == pytest.approx(2.0 * PLATE_TO_GATE)


def test_a_catalogue_weighs_less_beside_product_footprints(dataset):
    catalogue = references_from_datasets([dataset("steel", "kg", 2.0)])
    known = references_from_footprints([ProductFootprint("a", "kettle", 20.0, 1.0, "piece", "maker")])
    assert [one.weight for one in joined(catalogue, known)] == [1.0, CATALOGUE_WEIGHT]
    assert joined(catalogue, []) == catalogue
