"""Units: spellings, traps, the static table against pint, and the algebra of conversions."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstprint.errors import InputError, UnitError
from firstprint.unit_spellings import SPELLINGS
from firstprint.units import (
    CANONICAL_UNITS,
    UnitAmount,
    convert_amount,
    convert_factor,
    dimension,
    format_number,
    normalise_unit,
    parse_unit,
)

amounts = st.floats(min_value=1e-6, max_value=1e9, allow_nan=False, allow_infinity=False)
masses = st.floats(min_value=1e-4, max_value=1e5, allow_nan=False, allow_infinity=False)

SPELLED = {
    "kg": "KG ｋｇ kgs 公斤 千克 KGM Kilogramm kilograms [kg] per␣kg /kg 每公斤",
    "g": "克 grams GRM gramme ｇ",
    "t": "ton tons tonne tonnes 吨 TNE Mg T metric␣ton Tonnen",
    "kWh": "度 千瓦时 KWH kwh kW·h kilowatt-hours Kilowattstunden",
    "MJ": "兆焦 mj megajoule",
    "m3": "m³ m^3 m**3 立方米 Sm3 Nm³ MTQ cbm Kubikmeter mètre␣cube ㎥",
    "litre": "L l LTR 升 Liter liters litres",
    "m2": "㎡ m² m^2 sqm 平方米 MTK square␣meters Quadratmeter",
    "m": "米 MTR metres Meter",
    "km": "公里 KMT kilometers",
    "tkm": "吨公里 t·km t.km t*km ton-km tonnes-km metric␣ton*km tonne-kilometres Tonnenkilometer",
    "pkm": "人公里 person*km passenger-km Personenkilometer",
    "piece": "双 件 个 台 套 只 条 瓶 箱 包 张 块 卷 支 辆 部 把 盒 副 袋 罐 pcs PC pieces "
    "Stück Stk unité unit "
    "Item(s) ea each H87 C62 1个 piece(s)",
    "hour": "小时 h hr hrs HUR Stunden heures",
    "m2a": "m2*a m2*year m²·a 平方米年",
    "EUR": "€ 欧元 euros",
    "USD": "$ US$ 美元",
    "CNY": "元 人民币 RMB ¥ ￥",
    "cm2": "cm² 平方厘米",
    "kWh_capacity": "kWh␣of␣capacity KWH_CAPACITY",
    "Wp": "wp watt-peak",
    "GB": "gigabytes",
    "TEU-km": "TEU*km teu-km",
}
PAIRS = [(unit, s.replace("␣", " ")) for unit, line in SPELLED.items() for s in line.split()]


@pytest.mark.parametrize(("unit", "spelling"), PAIRS)
def test_spelling_becomes_canonical(unit: str, spelling: str) -> None:
    assert normalise_unit(spelling) == unit


@pytest.mark.parametrize("unit", CANONICAL_UNITS)
def test_canonical_units_are_their_own_spelling(unit: str) -> None:
    assert parse_unit(unit) == UnitAmount(1.0, unit)


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("lb", 0.45359237, "kg"),
        ("斤", 0.5, "kg"),
        ("两", 0.05, "kg"),
        ("mg", 1e-6, "kg"),
        ("oz", 0.028349523125, "kg"),
        ("ml", 0.001, "litre"),
        ("毫升", 0.001, "litre"),
        ("cl", 0.01, "litre"),
        ("100 g", 100, "g"),
        ("100g", 100, "g"),
        ("1,000 g", 1000, "g"),
        ("0,5 l", 0.5, "litre"),
        ("MWh", 1000, "kWh"),
        ("mWh", 1e-6, "kWh"),
        ("Wh", 0.001, "kWh"),
        ("GJ", 1000, "MJ"),
        ("dozen", 12, "piece"),
        ("打", 12, "piece"),
        ("千件", 1000, "piece"),
        ("万元", 10_000, "CNY"),
        ("kt", 1000, "t"),
        ("Mt", 1e6, "t"),
        ("short ton", 907.18474, "kg"),
        ("cubic inch", 1.6387064e-5, "m3"),
        ("stone", 6.35029318, "kg"),
        ("kg*km", 0.001, "tkm"),
        ("ha*year", 10_000, "m2a"),
    ],
)
def test_scaled_units_carry_their_factor(text: str, amount: float, unit: str) -> None:
    parsed = parse_unit(text)
    assert parsed.unit == unit
    assert parsed.amount == pytest.approx(amount, rel=1e-9)


def test_a_scaled_unit_has_no_canonical_name() -> None:
    with pytest.raises(UnitError) as caught:
        normalise_unit("lb")
    assert caught.value.code == "unit_scaled"
    assert "0.453592 kg" in caught.value.message


@pytest.mark.parametrize(
    "text", ["", "  ", "zork", "kg/m", "9**9**9**9", "5", "-3 kg", "0 kg", "a" * 500, "\ud800", "kWh/kg"]
)
def test_unknown_units_are_named(text: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_unit(text)
    assert caught.value.code == "unit_unknown"
    assert repr(text)[1:8].rstrip("'") in caught.value.message
    assert "tkm" in caught.value.hint


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(UnitError) as caught:
        parse_unit("kilogrm")
    assert "'kg'" in caught.value.hint


def test_no_spelling_stands_for_two_units() -> None:
    from firstprint.units import _key

    seen: dict[str, tuple[float, str]] = {}
    for size, unit, spellings in SPELLINGS:
        for spelling in spellings.split("|"):
            assert seen.setdefault(_key(spelling), (size, unit)) == (size, unit), spelling


def test_the_size_table_agrees_with_pint() -> None:
    import pint

    names = {
        "kg": "kilogram", "g": "gram", "t": "metric_ton", "kWh": "kilowatt_hour", "MJ": "megajoule",
        "m3": "meter**3", "litre": "liter", "m2": "meter**2", "cm2": "centimeter**2",
        "m": "meter", "km": "kilometer",
    }  # fmt: skip
    registry = pint.UnitRegistry()
    checked = 0
    for start, end in itertools.permutations(names, 2):
        ours_fit = dimension(start) == dimension(end)
        assert registry.Quantity(1, names[start]).is_compatible_with(names[end]) == ours_fit
        if ours_fit:
            expected = registry.Quantity(1.0, names[start]).to(names[end]).magnitude
            assert convert_factor(start, end) == pytest.approx(expected, rel=1e-12)
            checked += 1
    assert checked == 14


def test_spelled_sizes_agree_with_pint() -> None:
    import pint

    registry = pint.UnitRegistry()
    for text, unit in [
        ("lb", "kilogram"), ("oz", "kilogram"), ("short_ton", "kilogram"), ("long_ton", "kilogram"),
        ("gallon", "liter"), ("oil_bbl", "liter"), ("foot", "meter"), ("inch", "meter"), ("yard", "meter"),
        ("mile", "meter"), ("hectare", "meter**2"), ("square_foot", "meter**2"), ("cubic_foot", "meter**3"),
        ("day", "hour"), ("minute", "hour"), ("year", "hour"), ("MWh", "kilowatt_hour"), ("GJ", "megajoule"),
    ]:  # fmt: skip
        parsed = parse_unit("oil barrel" if text == "oil_bbl" else text.replace("_", " "))
        expected = registry.Quantity(1.0, text).to(unit).magnitude
        assert parsed.amount * convert_factor(parsed.unit, unit.replace("eter**", "")) == pytest.approx(
            expected, rel=1e-9
        ), text


@pytest.mark.parametrize(
    ("start", "end"),
    [("kg", "kWh"), ("EUR", "USD"), ("kWh", "kWh_capacity"), ("piece", "kg"), ("tkm", "pkm")],
)
def test_dimensions_do_not_mix(start: str, end: str) -> None:
    with pytest.raises(UnitError) as caught:
        convert_factor(start, end)
    assert caught.value.code == "unit_incompatible"
    assert convert_amount(1, start, end) is None


def test_each_special_unit_is_a_dimension_of_its_own() -> None:
    own = ["tkm", "pkm", "piece", "hour", "m2a", "EUR", "USD", "CNY", "kWh_capacity", "Wp", "GB", "TEU-km"]
    assert len({dimension(unit) for unit in own}) == len(own)
    assert dimension("€") == "currency:EUR"


def test_pint_stays_unimported_for_canonical_work() -> None:
    code = (
        "import sys, firstprint.units as u; u.parse_unit('斤'); u.convert_amount(2, '吨', 'kg');"
        "sys.exit('pint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("call", "amount", "steps"),
    [
        ((1, "piece", "kg", 0.025, None), 0.025, ("1 piece × 0.025 kg/piece = 0.025 kg",)),
        ((2, "t", "kg", None, None), 2000, ("2 t × 1000 kg/t = 2000 kg",)),
        ((3, "kg", "kg", None, None), 3, ()),
        ((3, "公斤", "kg", None, None), 3, ()),
        ((2, "lb", "kg", None, None), 0.90718474, ("2 lb × 0.453592 kg/lb = 0.907185 kg",)),
        ((2, "斤", "piece", 0.1, None), 10, ("2 斤 × 0.5 kg/斤 = 1 kg", "1 kg ÷ 0.1 kg/piece = 10 piece")),
        ((4, "m2", "t", 0.3, None), 0.0012, ("4 m2 × 0.3 kg/m2 = 1.2 kg", "1.2 kg × 0.001 t/kg = 0.0012 t")),
        (
            (5, "litre", "kg", None, 800),
            4,
            ("5 litre × 0.001 m3/litre = 0.005 m3", "0.005 m3 × 800 kg/m3 = 4 kg"),
        ),
        (
            (4, "kg", "litre", None, 800),
            5,
            ("4 kg ÷ 800 kg/m3 = 0.005 m3", "0.005 m3 × 1000 litre/m3 = 5 litre"),
        ),
        ((1, "dozen", "kg", 1.2, None), 1.2, ("1 dozen × 1.2 kg/dozen = 1.2 kg",)),
    ],
)
def test_each_step_is_shown(
    call: tuple[float, str, str, float | None, float | None], amount: float, steps: tuple[str, ...]
) -> None:
    number, start, end, mass_kg, density = call
    got = convert_amount(number, start, end, mass_kg=mass_kg, density_kg_per_m3=density)
    assert got is not None
    assert got.amount == pytest.approx(amount)
    assert got.unit == end
    assert got.steps == steps


@pytest.mark.parametrize(
    ("start", "end", "mass_kg", "density"),
    [
        ("piece", "kg", None, None),
        ("piece", "kg", None, 1000.0),
        ("kg", "litre", 2.0, None),
        ("litre", "piece", 2.0, 1000.0),
        ("hour", "kg", 2.0, None),
        ("EUR", "kg", 2.0, None),
        ("kWh", "kg", 2.0, None),
        ("kg", "MJ", 2.0, 1000.0),
        ("piece", "m2", 2.0, 1000.0),
    ],
)
def test_no_route_is_none(start: str, end: str, mass_kg: float | None, density: float | None) -> None:
    assert convert_amount(1, start, end, mass_kg=mass_kg, density_kg_per_m3=density) is None


@pytest.mark.parametrize(
    ("amount", "mass_kg", "code"),
    [
        (float("nan"), None, "not_finite"),
        (float("inf"), 1.0, "not_finite"),
        (1.0, 0.0, "not_positive"),
        (1.0, -2.0, "not_positive"),
    ],
)
def test_numbers_are_checked(amount: float, mass_kg: float | None, code: str) -> None:
    with pytest.raises(InputError) as caught:
        convert_amount(amount, "piece", "kg", mass_kg=mass_kg)
    assert caught.value.code == code


def _last_number(step: str) -> float:
    found = re.search(r"= (\S+) \S+$", step)
    assert found is not None
    return float(found[1])


@given(amount=amounts, mass_kg=masses, unit=st.sampled_from(["kg", "g", "t"]))
def test_conversion_is_linear_and_its_last_number_is_the_amount(amount: float, mass_kg: float, unit: str) -> None:
    one = convert_amount(1.0, "piece", unit, mass_kg=mass_kg)
    many = convert_amount(amount, "piece", unit, mass_kg=mass_kg)
    assert one is not None
    assert many is not None
    assert many.amount == pytest.approx(amount * one.amount, rel=1e-9)
    assert _last_number(many.steps[-1]) == pytest.approx(many.amount, rel=1e-5)


@given(amount=amounts, mass_kg=masses, unit=st.sampled_from(["kg", "g", "t"]))
def test_pieces_to_mass_and_back(amount: float, mass_kg: float, unit: str) -> None:
    there = convert_amount(amount, "piece", unit, mass_kg=mass_kg)
    assert there is not None
    back = convert_amount(there.amount, unit, "piece", mass_kg=mass_kg)
    assert back is not None
    assert back.amount == pytest.approx(amount, rel=1e-9)


@given(amount=amounts, units=st.permutations(["kg", "g", "t"]))
def test_mass_units_are_consistent_over_any_path(amount: float, units: list[str]) -> None:
    first, second, third = units
    direct = convert_amount(amount, first, third)
    middle = convert_amount(amount, first, second)
    assert direct is not None
    assert middle is not None
    chained = convert_amount(middle.amount, second, third)
    assert chained is not None
    assert chained.amount == pytest.approx(direct.amount, rel=1e-9)


@given(value=st.floats(min_value=1e-8, max_value=1e14))
def test_ordinary_numbers_have_no_exponent(value: float) -> None:
    text = format_number(value)
    assert "e" not in text.lower()
    assert float(text) == pytest.approx(value, rel=1e-5)
    assert len(text.replace(".", "").strip("0")) <= 6
