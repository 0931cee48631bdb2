"""Which of several impact indicators is the GWP100."""

import pytest

from firstprint.errors import UnreadableError
from firstprint.importers.datasets.climate_methods import Indicator, choose_gwp100, kg_per_unit


def chosen(*indicators: tuple[str, str, object]) -> float | None:
    found = choose_gwp100(Indicator(method, name, "kg CO2-Eq", amount) for method, name, amount in indicators)
    return None if found is None else found.kg_co2e


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (("EF v3.1", "climate change, global warming potential (GWP100)"), ("EF v3.0", "climate change, GWP100")),
        (("EF v3.0", "climate change, global warming potential (GWP100)"), ("IPCC 2021", "climate change, GWP 100a")),
        (("EN 15804+A2", "Global Warming Potential total (GWP-total)"), ("EN 15804+A1", "GWP")),
        (("EN 15804+A1", "GWP"), ("IPCC 2021", "climate change, GWP 100a")),
        (("IPCC 2021", "climate change, GWP 100a"), ("IPCC 2013", "climate change, GWP 100a")),
        (("IPCC AR6", "GWP100"), ("IPCC 2013", "climate change, GWP 100a")),
        (("IPCC 2013", "climate change, GWP 100a"), ("IPCC 2013 no LT", "climate change, GWP 100a")),
        (("IPCC 2007", "climate change, GWP 100a"), ("ReCiPe Midpoint (H)", "climate change, GWP100")),
        (("CML 2001", "climate change, GWP 100a"), ("TRACI 2.1", "global warming")),
        (
            ("IPCC 2021", "climate change: total (excl. biogenic CO2), GWP100"),
            ("IPCC 2021 (incl. biogenic CO2)", "climate change: total (incl. biogenic CO2), GWP100"),
        ),
        (("", "全球变暖潜势 GWP100"), ("", "climate change")),
    ],
)
def test_the_better_climate_indicator_is_taken_wherever_it_stands(better, worse):
    assert chosen((*better, 1.5), (*worse, 9.0)) == 1.5
    assert chosen((*worse, 9.0), (*better, 1.5)) == 1.5


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("IPCC 2013", "climate change, GWP 20a"),
        ("IPCC 2007", "climate change, GWP 500a"),
        ("IPCC 2021", "climate change, global temperature change potential (GTP100)"),
        ("EF v3.1", "climate change: biogenic, global warming potential (GWP100)"),
        ("EF 3.1", "Climate change - Fossil"),
        ("EF 3.1", "Climate change - Land use and LU change"),
        ("EN 15804+A2", "Global warming potential, luluc (GWP-luluc)"),
        ("EN 15804+A2", "GWP-b"),
        ("ReCiPe 2016 (E)", "climate change, GWP1000"),
        ("ReCiPe Midpoint (I)", "climate change, GWP20"),
        ("ReCiPe Endpoint (H)", "climate change, human health"),
        ("CML 2001", "climate change, upper limit of net GWP"),
        ("IPCC AR6 GWP 100, fossil", ""),
        ("EF v3.1", "acidification"),
    ],
)
def test_other_horizons_and_shares_are_never_taken(method, name):
    assert chosen((method, name, 3.0)) is None


def test_uuids_of_ilcd_methods_go_before_names():
    named = Indicator("EF v3.1", "climate change", "kg CO2 eq", 9.0)
    known = Indicator("", "Klimawandel", "kg CO2-Äq.", 2.0, "6209B35F-9447-40b5-b68c-a1099e3674a0")
    assert choose_gwp100([named, known]).kg_co2e == 2.0


@pytest.mark.parametrize(
    ("unit", "kg"),
    [
        ("kg CO2-Eq", 1.0),
        ("kg CO₂-Äq.", 1.0),
        ("g CO2e", 0.001),
        ("Mg CO2 eq", 1000.0),
        ("mg CO2 eq", 1e-6),
        ("t CO2e", 1000.0),
        ("kg CO2 当量", 1.0),
        ("kg SO2-Eq", None),
        ("kg CO2 eq/kg", None),
        ("CO2", None),
        ("DALY", None),
        ("kg", None),
        ("", None),
    ],
)
def test_units_are_masses_of_co2e_or_nothing(unit, kg):
    assert kg_per_unit(unit) == kg


def test_grams_come_out_as_kilograms():
    assert choose_gwp100([Indicator("IPCC 2013", "GWP 100a", "g CO2-Eq", "250")]).kg_co2e == pytest.approx(0.25)


@pytest.mark.parametrize("value", ["NaN", "1e300", "n/a", True, [1], {"amount": 1}, float("inf")])
def test_a_value_that_is_no_footprint_is_refused_and_no_other_taken_for_it(value):
    with pytest.raises(UnreadableError, match="value that"):
        chosen(("EF v3.1", "climate change", value), ("IPCC 2013", "GWP 100a", 1.0))


def test_one_indicator_with_two_values_is_refused_and_with_one_value_twice_is_not():
    assert chosen(("IPCC 2013", "GWP 100a", "1.0"), ("IPCC 2013", "GWP 100a", 1.0)) == 1.0
    with pytest.raises(UnreadableError, match=r"twice with different values.*1\.0, 2\.0"):
        chosen(("IPCC 2013", "GWP 100a", 1.0), ("IPCC 2013", "GWP 100a", 2.0))


def test_no_value_is_no_result():
    assert chosen(("IPCC 2013", "GWP 100a", None)) is None
    assert chosen() is None
