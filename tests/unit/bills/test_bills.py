"""The whole way from a file to one footprint: with numbers worked out by hand, and with the real assistant."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from bill_samples import BATTERY, GATE, GRAVE, ArithmeticAssistant, bill_from, factor_of, line
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstprint.bills import BillOptions, estimate_bill
from firstprint.domain.bill_of_materials import BillResult
from firstprint.errors import FaultsError, InputError
from firstprint.units import convert_factor

HEAD = ("component", "amount", "unit")
SHARED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def calculated(path: Path, rows, template=GATE, assistant=None, **options) -> BillResult:
    bill = bill_from(path, rows, template)
    return estimate_bill(assistant or ArithmeticAssistant(), bill, template, BillOptions(**options))


def value(bill: BillResult) -> float:
    assert bill.footprint is not None
    return bill.footprint.kg_co2e


def test_a_nested_parent_is_the_sum_of_its_parts_with_quantities_multiplied(tmp_path):
    bill = calculated(tmp_path, [
        ("level", *HEAD, "mass_kg", "supplier_kg_co2e"),
        (0, "kettle", 1, "pcs", 1.0, ""), (1, "body", 2, "pcs", "", 99), (2, "steel", 0.2, "kg", "", ""),
        (2, "rivet", 3, "pcs", 0.01, ""), (1, "cord", 1, "pcs", 0.1, 1.5),
    ])  # fmt: skip
    steel, rivet = 2 * 0.2 * factor_of("steel"), 2 * 3 * 0.01 * factor_of("rivet")
    assert line(bill, "steel").kg_co2e == pytest.approx(steel)
    assert line(bill, "rivet").total_amount == 6
    assert line(bill, "body").kg_co2e == pytest.approx(steel + rivet)
    assert line(bill, "body").basis == "sum"
    assert value(bill) == pytest.approx(steel + rivet + 1.5) == pytest.approx(line(bill, "kettle").kg_co2e)
    assert bill.product == "kettle"
    assert bill.mass_kg == 1.0
    assert line(bill, "rivet").conversion[0] == "3 piece × 2 = 6 piece"
    assert {flag.code: flag.rows for flag in bill.flags}["supplier_on_parent"] == (3,)


def test_supplier_values_are_taken_as_given_and_counted_as_primary(tmp_path):
    fake = ArithmeticAssistant()
    bill = calculated(tmp_path, [(*HEAD, "supplier_kg_co2e"), ("steel", 2, "kg", 3), ("wood", 1, "kg", "")],
                      assistant=fake)  # fmt: skip
    given_line = line(bill, "steel")
    assert (given_line.kg_co2e, given_line.basis, given_line.status) == (6.0, "supplier", "given")
    assert given_line.high / given_line.low < 1.5
    assert given_line.conversion == ("2 kg × 3 kg CO2e/kg = 6 kg CO2e",)
    assert bill.primary_share == pytest.approx(6 / (6 + factor_of("wood")))
    assert [text for text, _ in fake.asked] == ["wood"]


def test_cut_offs_and_lines_without_a_number_are_listed_and_never_zero(tmp_path):
    bill = calculated(tmp_path, [
        (*HEAD, "cut_off", "mass_kg"), ("steel", 1, "kg", "", ""), ("label", 2, "pcs", "yes", 0.001),
        ("nothing known", 1, "pcs", "", ""), ("glue", "", "", "x", ""),
    ])  # fmt: skip
    assert [(one.component, one.reason) for one in bill.cut_offs] == [
        ("label", "marked"), ("nothing known", "no_number"), ("glue", "marked"),
    ]  # fmt: skip
    assert line(bill, "nothing known").kg_co2e is None
    assert line(bill, "nothing known").status == "open"
    assert line(bill, "label").kg_co2e is None
    assert not bill.complete
    codes = {flag.code: flag.rows for flag in bill.flags}
    assert (codes["cut_offs"], codes["lines_without_number"]) == ((3, 5), (4,))
    assert bill.mass_balance.cut_off_kg == pytest.approx(0.002)
    assert value(bill) == pytest.approx(factor_of("steel"))


def test_a_bill_without_any_number_says_so(tmp_path):
    bill = calculated(tmp_path, [HEAD, ("nothing", 1, "pcs")])
    assert (bill.footprint, bill.primary_share, bill.next_measurement, bill.complete) == (None, None, None, False)


@pytest.mark.parametrize(("mass", "ok"), [(1.0, True), (1.04, True), (1.2, False), (0.8, False), (None, None)])
def test_mass_balance(tmp_path, mass, ok):
    rows = [HEAD, ("steel", 0.6, "kg"), ("wood", 400, "g"), ("power", 9, "kWh")]
    bill = calculated(tmp_path, rows, mass_kg=mass)
    assert bill.mass_balance.parts_kg == pytest.approx(1.0)
    assert bill.mass_balance.ok is ok
    assert ("mass_balance" in {flag.code for flag in bill.flags}) == (ok is False)


def test_mass_balance_cannot_be_told_while_a_mass_is_missing(tmp_path):
    rows = [HEAD, ("steel", 0.6, "kg"), ("switch", 1, "pcs")]
    balance = calculated(tmp_path, rows, mass_kg=1.0).mass_balance  # the switch's mass is only assumed
    assert (balance.ok, balance.without_mass) == (None, (3,))
    assert calculated(tmp_path, rows, mass_kg=0.3).mass_balance.ok is False


def test_parts_without_a_mass_take_what_the_product_weighs_beyond_the_others(tmp_path):
    head = (*HEAD, "mass_kg")
    rows = [head, ("steel", 0.6, "kg", ""), ("switch", 2, "pcs", ""), ("100 g knob", 1, "pcs", "")]
    bill = calculated(tmp_path, rows, mass_kg=1.0)
    switch = line(bill, "switch")
    assert switch.total_mass_kg == pytest.approx(0.3)
    assert switch.kg_co2e == pytest.approx(0.3 * factor_of("switch"))
    assert "mass_from_balance" in switch.assumed
    assert {flag.code: flag.rows for flag in bill.flags}["mass_assumed"] == (3,)
    assert 3 in bill.mass_balance.without_mass
    assert bill.mass_balance.ok is None
    assert bill.mass_balance.parts_kg == pytest.approx(0.6)
    alone = calculated(tmp_path, [head, ("switch", 2, "pcs", 0.15)])
    assert (switch.low, switch.high) == pytest.approx((alone.lines[0].low, alone.lines[0].high))
    several = calculated(tmp_path, [*rows, ("motor", 1, "pcs", "")], mass_kg=1.0)
    assert [line(several, name).total_mass_kg for name in ("switch", "motor")] == pytest.approx([0.15, 0.15])
    wide = line(several, "switch")
    assert wide.high / wide.low > 5 * switch.high / switch.low
    for mass in (None, 0.65):
        assert line(calculated(tmp_path, rows, mass_kg=mass), "switch").total_mass_kg is None


def test_packaging_is_no_part_of_the_products_mass(tmp_path):
    rows = [(*HEAD, "stage"), ("steel", 1, "kg", "materials"), ("box", 0.5, "kg", "packaging")]
    bill = calculated(tmp_path, rows, mass_kg=1.0)
    assert bill.mass_balance.ok
    assert {stage.id: stage.lines for stage in bill.stages if stage.lines} == {"materials": 1, "packaging": 1}
    assert sum(stage.share or 0 for stage in bill.stages) == pytest.approx(1)


def test_stages_ask_for_datasets_of_their_boundary_and_rows_of_their_place(tmp_path):
    fake = ArithmeticAssistant()
    rows = [(*HEAD, "stage", "country"), ("scrap", 1, "kg", "end of life", ""), ("wood", 1, "kg", "", "德国")]
    calculated(tmp_path, rows, GRAVE, fake, geography="CN", year=2024)
    asked = dict(fake.asked)
    assert (asked["scrap"]["boundary"], asked["scrap"]["geography"]) == ("end_of_life", "CN")
    assert (asked["wood"]["boundary"], asked["wood"]["geography"], asked["wood"]["year"]) == (
        "cradle_to_gate",
        "DE",
        2024,
    )
    assert all(options["phrase"] is False for options in asked.values())


def test_the_battery_template_is_per_kwh_delivered_excludes_use_and_says_draft(tmp_path):
    rows = [("level", *HEAD, "stage"), (0, "battery", 1, "pcs", ""), (1, "graphite", 10, "kg", "原材料"),
            (1, "charging losses", 500, "kWh", "use")]  # fmt: skip
    inputs = {"capacity_kwh": 5.0, "depth_of_discharge": 0.8, "cycles": 1000.0}
    bill = calculated(tmp_path, rows, BATTERY, inputs=inputs)
    assert bill.functional_unit is not None
    assert bill.functional_unit.footprint is not None
    assert bill.functional_unit.amount == 4000
    assert bill.functional_unit.footprint.kg_co2e == pytest.approx(10 * factor_of("graphite") / 4000)
    assert bill.functional_unit.computed.endswith("= 4000 kWh")
    assert [one.reason for one in bill.cut_offs] == ["outside_boundary"]
    assert bill.flags[0].code == "draft_template"
    assert bill.template.draft
    other = calculated(tmp_path, rows, BATTERY, inputs={"energy_delivered_kwh": 4000.0})
    assert other.functional_unit is not None
    assert other.functional_unit.footprint == bill.functional_unit.footprint


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({}, "functional_unit_inputs"), ({"cycles": 1000.0}, "functional_unit_inputs"),
        ({"colour": 1.0}, "input_unknown"),
        ({"energy_delivered_kwh": -1.0}, "energy_delivered_kwh_invalid"),
        ({"capacity_kwh": 1.0, "depth_of_discharge": 80.0, "cycles": 1.0}, "depth_of_discharge_invalid"),
    ],
)  # fmt: skip
def test_wrong_inputs_of_the_functional_unit(tmp_path, inputs, code):
    with pytest.raises(InputError) as caught:
        calculated(tmp_path, [HEAD, ("graphite", 1, "kg")], BATTERY, inputs=inputs)
    assert caught.value.code == code


def test_the_bill_of_many_pieces_is_for_that_amount(tmp_path):
    bill = calculated(tmp_path, [HEAD, ("steel", 50, "kg")], amount=100.0, unit="pcs", mass_kg=0.5)
    assert (bill.declared_unit.amount, bill.declared_unit.unit) == (100.0, "piece")
    assert bill.mass_balance.ok


def test_amounts_that_overflow_are_faults_of_their_rows(tmp_path):
    rows = [("level", *HEAD), (0, "p", 1e308, "pcs"), (1, "steel", 1e10, "kg"), (1, "wood", 1, "kg")]
    with pytest.raises(FaultsError) as caught:
        calculated(tmp_path, rows)
    assert "row 3" in caught.value.faults[0]


def test_sources_and_provenance_travel_with_the_bill(tmp_path):
    bill = calculated(tmp_path, [HEAD, ("steel", 1, "kg"), ("mystery", 1, "kg"), ("wood", 1, "kg")])
    assert [(one.source, one.licence, one.rows) for one in bill.sources] == [("made-up", "CC0", (2, 4))]
    assert line(bill, "steel").dataset_id == "d-steel"
    assert line(bill, "steel").warnings == ("Made up.",)
    assert line(bill, "mystery").dataset_id is None
    assert line(bill, "mystery").warnings == ()
    assert line(bill, "mystery").basis == "surrogate"
    assert bill.provenance.catalogue_sha256 == "c" * 64
    assert BillResult.model_validate_json(bill.model_dump_json()) == bill


amounts = st.floats(1e-3, 1e3).map(lambda x: float(f"{x:.6g}"))
components = st.lists(
    st.tuples(st.sampled_from(["steel", "wood", "glass", "mystery part"]), amounts), min_size=1, max_size=5
)


@SHARED
@given(components, st.floats(0.01, 100))
def test_scaling_every_amount_scales_the_footprint(tmp_path, parts, factor):
    one = calculated(tmp_path, [HEAD, *((name, x, "kg") for name, x in parts)]).footprint
    many = calculated(tmp_path, [HEAD, *((name, repr(x * factor), "kg") for name, x in parts)]).footprint
    assert [many.kg_co2e, many.low, many.high] == pytest.approx([x * factor for x in (one.kg_co2e, one.low, one.high)])
    assert one.low < one.kg_co2e < one.high


@SHARED
@given(components)
def test_units_change_nothing(tmp_path, parts):
    one = calculated(tmp_path, [HEAD, *((name, x, "kg") for name, x in parts)]).footprint
    for unit, size in (("t", 1e-3), ("g", 1e3), ("公斤", 1.0)):
        other = calculated(tmp_path, [HEAD, *((name, repr(x * size), unit) for name, x in parts)]).footprint
        assert [other.kg_co2e, other.low, other.high] == pytest.approx([one.kg_co2e, one.low, one.high])


@SHARED
@given(components, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(tmp_path, parts, random):
    rows = [("id", "parent", *HEAD), ("p", "", "thing", 2, "pcs"),
            *((f"c{n}", "p" if n % 2 else "", name, x, "kg") for n, (name, x) in enumerate(parts))]  # fmt: skip
    mixed = rows[1:]
    random.shuffle(mixed)
    first, second = (calculated(tmp_path, each).footprint for each in (rows, [rows[0], *mixed]))
    assert [first.kg_co2e, first.low, first.high] == pytest.approx([second.kg_co2e, second.low, second.high], rel=1e-9)


@SHARED
@given(components, st.sampled_from(["steel", "plastic", "mystery"]), amounts)
def test_one_more_component_never_lowers_a_positive_footprint(tmp_path, parts, name, amount):
    rows = [HEAD, *((each, x, "kg") for each, x in parts)]
    before, after = (value(calculated(tmp_path, each)) for each in (rows, [*rows, (name, amount, "kg")]))
    assert after > before


REAL = [
    ("镀锌钢板", 2.5, "kg", None), ("ABS housing", 0.3, "kg", None), ("LED lamp", 2, "piece", 0.06),
    ("grid electricity", 4, "kWh", None), ("quantum flux resonator", 1, "piece", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "amount", "unit", "mass"), REAL)
def test_a_bill_of_one_component_equals_its_estimate(tmp_path, assistant, text, amount, unit, mass):
    bill = calculated(tmp_path, [(*HEAD, "mass_kg", "stage"), (text, amount, unit, mass or "", "materials")],
                      assistant=assistant, geography="CN")  # fmt: skip
    alone = assistant.estimate(text, amount=amount, unit=unit, mass_kg=mass, geography="CN")
    found = bill.footprint
    assert found is not None
    assert alone.estimate is not None
    expected = (alone.estimate.kg_co2e, alone.estimate.low, alone.estimate.high)
    assert (found.kg_co2e, found.low, found.high) == pytest.approx(expected, rel=1e-9)
    assert bill.lines[0].decision == alone.decision


def test_a_real_bill_in_two_languages(tmp_path, assistant):
    rows = [("层级", "零部件", "材质", "数量", "单位", "质量(g)", "产地"), (0, "水壶", "", 1, "台", 700, "中国"),
            (1, "壶身", "304不锈钢", 1, "件", 420, ""), (1, "handle", "PP", 2, "pcs", 60, ""),
            (1, "spare handle", "PP", 1, "pcs", 60, ""), (1, "组装用电", "", 0.5, "度", "", "")]  # fmt: skip
    bill = calculated(tmp_path, rows, assistant=assistant)
    body = line(bill, "壶身")
    assert body.dataset_id is not None
    assert "steel" in body.dataset_name.lower()
    assert body.conversion[0] == "1 piece × 0.42 kg/piece = 0.42 kg"
    assert float(body.conversion[-1].split(" = ")[-1].split()[0]) == pytest.approx(
        0.42 * body.emission_factor_kg_co2e * convert_factor("kg", body.dataset_unit), rel=1e-4
    )
    assert line(bill, "handle").total_mass_kg == pytest.approx(0.12)
    assert value(bill) == pytest.approx(math.fsum(x.kg_co2e for x in bill.lines if x.basis != "sum"))
    assert bill.language == "zh"
    assert bill.mass_balance.ok is False  # 600 g of parts in 700 g
    assert bill.provenance.index_id == assistant.index.manifest.index_id


def test_a_tonne_is_a_thousand_kilograms_for_the_real_assistant(tmp_path, assistant):
    rows = [(HEAD, ("cement", 1, "t")), (HEAD, ("cement", 1000, "kg")), (HEAD, ("cement", 1_000_000, "g"))]
    found = [value(calculated(tmp_path, each, assistant=assistant)) for each in rows]
    assert found[1:] == pytest.approx([found[0]] * 2)
