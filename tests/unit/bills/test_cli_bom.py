"""``firstprint bom``: from the command line to screen, JSON and files; faults are one message and exit code 2."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from bill_samples import PROVENANCE, ArithmeticAssistant, write_csv
from rich.cells import cell_len
from typer.testing import CliRunner

from firstprint.cli import bom
from firstprint.cli.main import app
from firstprint.domain.bill_of_materials import BillDraft, BillResult

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "golden"
ROWS = [
    ("level", "component", "material", "amount", "unit", "mass", "stage", "country", "supplier_kg_co2e", "cut_off"),
    (0, "kettle", "", 1, "pcs", "1.1 kg", "", "CN", "", ""),
    (1, "body", "steel", 1, "pcs", "0.6 kg", "materials", "", "", ""),
    (1, "handle", "plastic", 2, "pcs", "0.1 kg", "materials", "DE", "", ""),
    (1, "cord", "copper", 1, "pcs", "95 g", "materials", "", "1.05", ""),
    (1, "mystery switch", "", 1, "pcs", "20 g", "materials", "", "", ""),
    (1, "assembly power", "", 0.9, "kWh", "", "production", "", "", ""),
    (1, "box", "board", 0.3, "kg", "", "packaging", "", "", ""),
    (1, "label", "", 1, "pcs", "1 g", "", "", "", "yes"),
]
ROWS_ZH = [
    ("零部件", "材质", "数量", "单位", "质量(g)", "备注"),
    ("壶身", "不锈钢", 1, "件", 420, ""), ("手柄", "聚丙烯", 2, "件", 60, ""), ("组装用电", "", 0.5, "度", "", ""),
    ("nothing known", "", 1, "件", "", ""),
]  # fmt: skip


def run(*args: object, width: int = 100):
    environment = {"COLUMNS": str(width), "NO_COLOR": "1"}
    return CliRunner(env=environment).invoke(app, [str(arg) for arg in args], prog_name="firstprint")


@pytest.fixture
def arithmetic(monkeypatch):
    fake = ArithmeticAssistant()
    monkeypatch.setattr(bom, "open_assistant", lambda *_: fake)
    return fake


@pytest.fixture
def kettle(tmp_path):
    return write_csv(tmp_path / "kettle.csv", ROWS)


def test_json_is_the_record_and_fits_the_published_schema(arithmetic, kettle):
    done = run("bom", kettle, "--json")
    assert done.exit_code == 0
    record = BillResult.model_validate_json(done.stdout)
    schema = json.loads((ROOT / "docs" / "bom.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(done.stdout), schema)
    assert record.product == "kettle"
    assert record.footprint is not None
    assert record.primary_share == pytest.approx(1.05 / record.footprint.kg_co2e)
    assert record.provenance.index_id == PROVENANCE.index_id


def test_the_word_calculate_may_be_written_or_left_out_and_options_may_stand_first(arithmetic, kettle):
    outs = [run(*words).stdout for words in
            (("bom", "calculate", kettle, "--json"), ("bom", kettle, "--json"), ("bom", "--json", kettle))]  # fmt: skip
    values = {json.loads(out)["footprint"]["kg_co2e"] for out in outs}
    assert len(values) == 1


def test_files_are_written_beside_the_screen(arithmetic, kettle, tmp_path):
    names = [tmp_path / f"k.{kind}" for kind in ("xlsx", "html", "json")]
    done = run("bom", kettle, *(part for name in names for part in ("--out", name)))
    assert done.exit_code == 0
    assert len(openpyxl.load_workbook(names[0]).sheetnames) == 5
    assert names[1].read_text(encoding="utf-8").startswith("<!doctype html>")
    record = BillResult.model_validate_json(names[2].read_text(encoding="utf-8"))
    assert record.footprint is not None
    assert done.stderr.count("written: ") == 3


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_person_reads(arithmetic, tmp_path, language, width, monkeypatch):
    monkeypatch.setattr("firstprint.bills.uuid.uuid4", lambda: "fp-0001")
    file = write_csv(tmp_path / "bill.csv", ROWS if language == "en" else ROWS_ZH)
    done = run("bom", file, "--language", language, width=width)
    assert done.exit_code == 0, done.output
    assert max(cell_len(text) for text in done.stdout.splitlines()) <= width
    recorded = GOLDEN / f"bom-{language}-{width}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        recorded.write_text(done.stdout, encoding="utf-8")
    assert done.stdout == recorded.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("--out", "x.pdf"), "output_unknown"), (("--out", "none/x.xlsx"), "output_folder"),
        (("--set", "x"), "pair_invalid"), (("--set", "x=y"), "not_a_number"), (("--set", "x=1"), "input_unknown"),
        (("--template", "none"), "template_unknown"), (("--map", "a=b"), "faults"), (("--sheet", "a"), "faults"),
        (("--geography", "Narnia"), "geography_unknown"), (("--unit", "blorp"), "unit_unknown"),
    ],
)  # fmt: skip
def test_a_wrong_option_is_one_message_and_exit_2(arithmetic, kettle, args, code):
    done = run("bom", kettle, *args)
    assert done.exit_code == 2
    assert f"[{code}]" in done.stderr
    assert "Traceback" not in done.output
    assert done.stdout == ""


def test_all_faults_of_a_file_on_stderr_and_as_json(arithmetic, tmp_path):
    bad = write_csv(tmp_path / "bad.csv", [("component", "amount", "unit"), ("a", "x", "kg"), ("b", "1", "blorp")])
    done = run("bom", bad)
    assert done.exit_code == 2
    assert "row 2, column 'amount'" in done.stderr
    assert "row 3, column 'unit'" in done.stderr
    assert len(json.loads(run("bom", bad, "--json").stderr)["faults"]) == 2
    assert run("bom", tmp_path / "none.csv").exit_code == 2


def test_a_draft_is_written_read_back_and_refused_until_it_is_filled_in(tmp_path):
    path = tmp_path / "cup.csv"
    done = run("bom", "draft", "304不锈钢保温杯 500ml", "--out", path)
    assert done.exit_code == 0
    assert "保温杯" in done.stdout
    assert "草案" in done.stdout
    refused = run("bom", path)
    assert refused.exit_code == 2
    assert refused.stderr.count("left open") == len(path.read_text(encoding="utf-8-sig").splitlines()) - 1
    record = BillDraft.model_validate_json(run("bom", "draft", "kettle", "--json").stdout)
    assert all(line.status == "draft" for line in record.lines)
    assert run("bom", "draft", "kettle", "--out", tmp_path / "x.html").exit_code == 2


def test_templates_are_listed_in_both_languages():
    assert "--set cycles=" in run("bom", "templates").stdout
    assert "草案" in run("bom", "templates", "--language", "zh").stdout
    assert [one["id"] for one in json.loads(run("bom", "templates", "--json").stdout)][-1] == "battery"


def test_the_whole_way_with_the_real_assistant(assistant, home, kettle, tmp_path):
    done = run("bom", kettle, "--home", home, "--json", "--out", tmp_path / "k.html")
    assert done.exit_code == 0, done.output
    record = BillResult.model_validate_json(done.stdout)
    assert record.footprint is not None
    assert 0.5 < record.footprint.kg_co2e < 50
    assert record.lines[0].kg_co2e == pytest.approx(record.footprint.kg_co2e)
    assert {line.dataset_id for line in record.lines if line.basis == "combined"} - {None}
    assert "kettle" in (tmp_path / "k.html").read_text(encoding="utf-8")
