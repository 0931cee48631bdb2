"""From emission factor to footprint: linear in the amount, the same in any unit, every step shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstprint.domain.dataset import Dataset
from firstprint.domain.product import DeclaredUnit, Product
from firstprint.errors import UnitError
from firstprint.estimation.scaling import Weights, scale, weights_of

AMOUNTS = st.floats(1e-6, 1e6)
FACTORS = st.floats(-1e4, 1e4).filter(lambda value: abs(value) > 1e-6)


def product(amount: float, unit: str, mass_kg: float | None = None) -> Product:
    return Product(
        description="x",
        language="en",
        declared_unit=DeclaredUnit(amount=amount, unit=unit),
        mass_kg=mass_kg,
    )


def test_a_bottle_of_known_mass_shows_both_steps():
    scaled = scale("kg", 2.09, product(1, "piece", 0.025))
    assert scaled is not None
    assert scaled.kg_co2e == pytest.approx(0.05225)
    assert scaled.steps == (
        "1 piece × 0.025 kg/piece = 0.025 kg",
        "0.025 kg × 2.09 kg CO2e/kg = 0.05225 kg CO2e",
    )


@given(AMOUNTS, FACTORS)
def test_tonnes_and_kilograms_agree(amount: float, factor: float):
    tonnes, kilograms = (
        scale("kg", factor, product(amount, "t")),
        scale("kg", factor, product(amount * 1000, "kg")),
    )
    assert tonnes is not None
    assert kilograms is not None
    assert tonnes.kg_co2e == pytest.approx(kilograms.kg_co2e)


@given(AMOUNTS, FACTORS)
def test_twice_the_amount_is_twice_the_footprint(amount: float, factor: float):
    once = scale("kg", factor, product(amount, "piece", 0.3))
    twice = scale("kg", factor, product(2 * amount, "piece", 0.3))
    assert once is not None
    assert twice is not None
    assert twice.kg_co2e == pytest.approx(2 * once.kg_co2e)


def test_a_factor_per_pound_counts_per_kilogram():
    scaled = scale("lb", 1.0, product(1, "kg"))
    assert scaled is not None
    assert scaled.kg_co2e == pytest.approx(1 / 0.45359237)
    assert len(scaled.steps) == 2


@pytest.mark.parametrize(
    ("unit", "factor", "asked"),
    [
        ("kg", None, product(1, "kg")),
        ("kg", 2.0, product(1, "piece")),
        ("kWh", 2.0, product(1, "kg")),
        ("hectare of vineyard", 2.0, product(1, "kg")),
    ],
)
def test_no_result_no_route_or_an_odd_dataset_unit_give_nothing(unit, factor, asked):
    assert scale(unit, factor, asked) is None


def test_an_unknown_declared_unit_is_an_error():
    with pytest.raises(UnitError):
        scale("kg", 2.0, product(1, "blorp"))


@pytest.mark.parametrize(
    ("asked", "kg_co2e"),
    [
        (product(26.34, "kg"), 60.2),
        (product(1, "piece", 13.17), 30.1),
        (product(1, "piece"), None),
        (product(2, "m2"), 60.2),
    ],
)
def test_a_dataset_that_states_its_own_mass_bridges_units(asked: Product, kg_co2e: float | None) -> None:
    found = scale("m2", 30.1, asked, Weights(mass_kg_per_unit=13.17))
    assert (found and found.kg_co2e) == (kg_co2e and pytest.approx(kg_co2e))


def test_a_density_bridges_volume_and_mass_both_ways() -> None:
    by_kg = scale("kg", 3.0, product(2, "litre"), Weights(density_kg_per_m3=1500.0))
    assert by_kg is not None
    assert by_kg.kg_co2e == pytest.approx(9.0)
    assert "1500 kg/m3" in " ".join(by_kg.steps)
    by_m3 = scale("m3", 3000.0, product(3, "kg"), Weights(density_kg_per_m3=1500.0))
    assert by_m3 is not None
    assert by_m3.kg_co2e == pytest.approx(6.0)


def test_weights_that_are_no_positive_number_are_not_stated() -> None:
    told = {"mass_kg_per_unit": "-1", "density_kg_per_m3": "2400"}
    made = Dataset("d", "d", "m2", 1.0, "cradle_to_gate", "process", "s", attributes=told)
    assert weights_of(made) == Weights(None, 2400.0)
