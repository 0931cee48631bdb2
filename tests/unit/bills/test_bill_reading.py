"""Files to rows: headings in two languages, numbers, trees, inheritance, and every fault at once."""

from __future__ import annotations

import json

import pytest
from bill_samples import BATTERY, GATE, GRAVE, bill_from, write_csv

from firstprint.errors import FaultsError
from firstprint.importers.bill_of_materials import read_bill

HEAD = ("component", "amount", "unit")


def _faults(path, rows, **options) -> tuple[str, ...]:
    with pytest.raises(FaultsError) as caught:
        bill_from(path, rows, **options)
    return caught.value.faults


def test_chinese_headings_and_cells_are_read(tmp_path):
    bill = bill_from(tmp_path, [
        ("序号", "零部件名称", "材质", "数量", "单位", "单重(g)", "所属阶段", "产地", "供应商数值", "备注"),
        ("1", "壳体", "ABS", "２", "件", "140", "原材料", "广东", "0.5", "x"),
        ("2", "用电", "", "1.5", "度", "", "生产", "中国", "", ""),
    ])  # fmt: skip
    shell, power = bill.rows
    assert (shell.component, shell.material, shell.amount, shell.unit) == ("壳体", "ABS", 2.0, "piece")
    assert (shell.mass_kg, shell.geography, shell.supplier_kg_co2e) == (pytest.approx(0.14), "CN-GD", 0.5)
    assert (power.unit, power.amount, power.stage, power.supplier_kg_co2e) == ("kWh", 1.5, "production", None)
    assert {use.column: use.header for use in bill.columns}["component"] == "零部件名称"
    assert all(use.guessed for use in bill.columns)


def test_own_headings_are_not_called_guessed_and_unread_ones_are_told(tmp_path):
    bill = bill_from(tmp_path, [(*HEAD, "colour of the box"), ("steel", 1, "kg", "red")])
    assert not any(use.guessed for use in bill.columns)
    assert bill.notes == ("unread:colour of the box",)


@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [
        ("0,4", "kg", (0.4, "kg")), ("0,190", "kg", (0.19, "kg")), ("1,234,567", "g", (1234.567, "kg")),
        ("1,250.5", "g", (1.2505, "kg")), ("1.250,5", "kg", (1250.5, "kg")),
        ("2 t", "", (2000.0, "kg")), ("3", "", (3.0, "piece")), ("3.6", "MJ", (1.0, "kWh")),
        ("2", "打", (24.0, "piece")), ("12", "t·km", (12.0, "tkm")), ("1'000", "g", (1.0, "kg")),
        ("500", "ml", (0.0005, "m3")), ("1e-3", "t", (1.0, "kg")),
    ],
)  # fmt: skip
def test_amounts_in_usual_spellings(tmp_path, amount, unit, expected):
    row = bill_from(tmp_path, [HEAD, ("thing", amount, unit)]).rows[0]
    assert (row.amount, row.unit) == (pytest.approx(expected[0]), expected[1])


def test_a_number_that_could_be_two_is_not_guessed(tmp_path):
    (fault,) = _faults(tmp_path, [HEAD, ("steel", "1,250", "g")])
    assert "1250 or 1.25" in fault


def test_a_supplier_value_in_grams_is_refused(tmp_path):
    head = (*HEAD, "supplier_kg_co2e")
    assert "kg CO2e" in _faults(tmp_path, [head, ("steel", 1, "kg", "1800 g")])[0]
    assert bill_from(tmp_path, [head, ("steel", 1, "kg", "1.8 kg CO2e/kg")]).rows[0].supplier_kg_co2e == 1.8


def test_a_comma_without_quotes_does_not_move_cells_unseen(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("component,amount,unit\ncotton yarn, combed,2,kg\n", encoding="utf-8")
    with pytest.raises(FaultsError, match="needs quotes"):
        read_bill(path, GATE)


def test_a_heading_may_carry_the_unit(tmp_path):
    bill = bill_from(tmp_path, [("part", "qty (kg)", "weight [g]"), ("steel", 2, "")])
    assert (bill.rows[0].unit, bill.rows[0].amount) == ("kg", 2.0)
    bill = bill_from(tmp_path, [("part", "qty", "total weight (g)"), ("screw", 4, 20)])
    assert bill.rows[0].mass_kg == pytest.approx(0.005)
    bill = bill_from(tmp_path, [("part", "qty (per product)", "weight (per piece)"), ("screw", 4, "5 g")])
    assert (bill.rows[0].mass_kg, bill.rows[0].unit) == (pytest.approx(0.005), "piece")


def test_supplier_values_for_one_unit_and_for_the_whole_row(tmp_path):
    head = (*HEAD, "supplier_kg_co2e", "supplier_kg_co2e_total")
    bill = bill_from(tmp_path, [head, ("a", 2, "t", 1500, ""), ("b", 500, "g", "", 4)])
    assert bill.rows[0].supplier_kg_co2e == pytest.approx(1.5)  # per kg
    assert bill.rows[1].supplier_kg_co2e == pytest.approx(8.0)
    assert "Keep one" in _faults(tmp_path, [head, ("a", 1, "kg", 1, 1)])[0]


def test_the_user_corrects_the_guess(tmp_path):
    rows = [("Bezeichnung", "Artikel", "Menge"), ("x1", "steel", 2)]
    assert bill_from(tmp_path, rows, columns={"component": "Artikel"}).rows[0].component == "steel"
    faults = _faults(tmp_path, rows, columns={"component": "nowhere", "colour": "Menge"})
    assert any("no such heading" in fault for fault in faults)
    assert any("no such column" in fault for fault in faults)


def test_two_headings_for_one_number_are_a_fault_and_for_a_text_the_better_is_taken(tmp_path):
    assert "--map amount=" in _faults(tmp_path, [("part", "qty", "count"), ("steel", 1, 2)])[0]
    bill = bill_from(tmp_path, [("item", "description", "qty"), ("10", "steel bolt", 2)])
    assert bill.rows[0].component == "steel bolt"


def test_levels_positions_and_parents_give_the_same_tree(tmp_path):
    names = ("kettle", "body", "shell", "rivet", "lid")
    by_level = bill_from(tmp_path, [("level", *HEAD), *((level, name, 2, "pcs") for level, name in
                                                         zip((0, 1, 2, 2, 1), names, strict=True))])  # fmt: skip
    by_code = bill_from(tmp_path, [("level", *HEAD), *((code, name, 2, "pcs") for code, name in
                                   zip(("1", "1.1", "1.1.1", "1.1.2", "1.2"), names, strict=True))])  # fmt: skip
    by_parent = bill_from(tmp_path, [("id", "parent", *HEAD), *((name, above, name, 2, "pcs") for name, above in
                          zip(names, ("", "kettle", "body", "body", "kettle"), strict=True))])  # fmt: skip
    trees = [[(row.id, row.parent, row.level) for row in bill.rows] for bill in (by_level, by_code, by_parent)]
    assert trees[0] == trees[1] == trees[2]
    assert [level for _, _, level in trees[0]] == [0, 1, 2, 2, 1]


def test_a_child_inherits_place_stage_and_cut_off(tmp_path):
    head = ("level", *HEAD, "stage", "country", "cut_off")
    bill = bill_from(tmp_path, [
        head, (0, "box set", 1, "pcs", "包装", "DE", ""), (1, "lid", 1, "kg", "", "", ""),
        (0, "spare", 1, "pcs", "materials", "", "是"), (1, "bolt", 1, "kg", "", "", ""),
    ])  # fmt: skip
    lid, bolt = bill.rows[1], bill.rows[3]
    assert (lid.stage, lid.geography, lid.cut_off) == ("packaging", "DE", False)
    assert {"stage_of_parent", "place_of_parent"} <= set(lid.assumed)
    assert bolt.cut_off


def test_lines_without_a_stage_go_by_their_unit(tmp_path):
    rows = [HEAD, ("steel", 1, "kg"), ("power", 1, "kWh"), ("truck", 1, "tkm")]
    assert [row.stage for row in bill_from(tmp_path, rows).rows] == ["materials", "production", "inbound_transport"]
    assert [row.stage for row in bill_from(tmp_path, rows, template=GRAVE).rows][2] == "distribution"
    assert bill_from(tmp_path, rows, template=BATTERY).rows[0].stage == "raw_materials"


def test_every_fault_of_a_file_is_told_at_once_with_row_column_rule_and_value(tmp_path):
    faults = _faults(tmp_path, [
        (*HEAD, "mass", "stage", "country", "cut_off", "supplier value"),
        ("steel", "abc", "kg", "", "", "", "", ""),
        ("iron", "-3", "kg", "", "", "", "", ""),
        ("", "1", "kg", "", "", "", "", ""),
        ("wood", "1", "furlong^9", "", "", "", "", ""),
        ("sand", "1", "pcs", "3 litre", "", "", "", ""),
        ("glass", "1", "pcs", "", "painting", "", "", ""),
        ("paper", "1", "pcs", "", "", "Narnia", "", ""),
        ("cork", "1", "pcs", "", "", "", "perhaps", ""),
        ("tin", "1", "kg", "", "", "", "", "0"),
        ("zinc", "", "kg", "", "", "", "", ""),
        ("lead", "2", "kg", "3", "", "", "", ""),
    ])  # fmt: skip
    for row, column, word in (
        (2, "amount", "'abc'"), (3, "amount", "'-3'"), (4, "component", "empty"), (5, "unit", "furlong"),
        (6, "mass", "litre"), (7, "stage", "packaging"), (8, "country", "Narnia"), (9, "cut_off", "perhaps"),
        (10, "supplier value", "'0'"), (11, "amount", "left open"), (12, "mass", "agree"),
    ):  # fmt: skip
        assert any(f"row {row}, column '{column}'" in fault and word in fault for fault in faults), (row, column)
    assert all(fault.startswith("bill.csv, row ") for fault in faults)
    assert len(faults) == 11


def test_faults_of_the_tree_come_with_those_of_the_cells(tmp_path):
    faults = _faults(tmp_path, [("level", *HEAD), (0, "a", "x", "kg"), (3, "b", 1, "kg")])
    assert len(faults) == 2
    faults = _faults(tmp_path, [("id", "parent", *HEAD), ("a", "b", "a", 1, "kg"), ("b", "a", "b", 1, "kg"),
                                ("c", "z", "c", 1, "kg"), ("c", "", "d", 1, "kg")])  # fmt: skip
    assert any("part of itself" in fault for fault in faults)
    assert any("'z'" in fault for fault in faults)
    assert any("unique" in fault for fault in faults)


def test_a_stage_of_another_template_names_that_template(tmp_path):
    assert "--template cradle-to-grave" in _faults(tmp_path, [(*HEAD, "stage"), ("power", 1, "kWh", "使用阶段")])[0]


def test_other_kinds_of_files(tmp_path):
    tsv = tmp_path / "b.tsv"
    tsv.write_text("part\tqty\tuom\nsteel\t2\tkg\n", encoding="utf-8")
    semicolon = tmp_path / "s.csv"
    semicolon.write_text("title of the list;;\n;;\npart;qty;uom\nsteel;2,0;kg\n", encoding="utf-8")
    chinese = tmp_path / "g.csv"
    chinese.write_bytes("零部件,数量,单位\n钢板,2,千克\n".encode("gb18030"))
    lines = tmp_path / "j.jsonl"
    lines.write_text(json.dumps({"component": "steel", "amount": 2, "unit": "kg"}) + "\n", encoding="utf-8")
    for path in (tsv, semicolon, chinese, lines):
        row = read_bill(path, GATE).rows[0]
        assert (row.amount, row.unit) == (2.0, "kg"), path.name
    assert read_bill(chinese, GATE).notes == ("encoding:gb18030",)
    assert read_bill(semicolon, GATE).rows[0].row == 4


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.pdf", b"%PDF", "ending"), ("a.csv", b"", "no rows"), ("a.csv", b"component,amount\n", "no row below"),
        ("a.csv", b"component\x00,amount\n1,2\n", "zero bytes"),
        ("a.csv", b'component,amount\n"steel,1\n', "malformed"),
        ("a.csv", b"colour,price\nred,2\n", "component"), ("a.csv", b"\xff\xfe\x00", "neither UTF-8"),
        ("a.csv", b"component,amount\n" + b"x" * 3000 + b",1\n", "characters"),
        ("a.csv", b"component," + b"," * 300 + b"\n1,1\n", "columns"),
        ("a.jsonl", b"[1]\n{\n", "JSON"), ("a.xlsx", b"nonsense", "not an .xlsx"),
    ],
)  # fmt: skip
def test_files_that_are_no_bill_say_why(tmp_path, name, content, word):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FaultsError) as caught:
        read_bill(path, GATE)
    assert any(word in fault for fault in caught.value.faults)


def test_a_missing_file_a_folder_and_a_long_file(tmp_path):
    for path, word in ((tmp_path / "none.csv", "opened"), (tmp_path / "folder.csv", "folder")):
        (tmp_path / "folder.csv").mkdir(exist_ok=True)
        with pytest.raises(FaultsError, match=word):
            read_bill(path, GATE)
    long = write_csv(tmp_path / "long.csv", [HEAD, *[("steel", 1, "kg")] * 20_100])
    with pytest.raises(FaultsError, match="20,000 rows"):
        read_bill(long, GATE)


def test_control_characters_never_get_through(tmp_path):
    row = bill_from(tmp_path, [HEAD, ("steel\x1b[31m\x07 sheet\nrolled", 1, "kg")]).rows[0]
    assert row.component == "steel[31m sheet rolled"
