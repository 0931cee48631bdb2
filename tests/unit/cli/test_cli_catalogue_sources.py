"""``firstprint catalogue import | sources | diff | export | remove`` on a table of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from firstprint.cli.main import app

TABLE = (
    "Bezeichnung;中文名;Einheit;Wert;Ort\nStahlblech;镀锌钢板;kg;2,5;DE\nKarton;纸箱;t;900;CN\nFalsch;错;kg;viel;CN\n"
)
MAPPED = ("--map", "gwp100_kg_co2e=Wert", "--map", "name_zh=中文名", "--default", "system_boundary=cradle_to_gate")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "my home"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def run(home: Path, *args: object) -> Result:
    runner = CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1"})
    return runner.invoke(app, ["catalogue", *map(str, args), "--home", str(home)], prog_name="firstprint")


def answer(home: Path, *args: object) -> dict[str, object]:
    done = run(home, *args, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def refused(done: Result, code: str) -> str:
    assert done.exit_code == 2, done.stdout
    assert f"[{code}]" in done.stderr
    assert "Traceback" not in done.stderr
    return " ".join(done.stderr.split())


def test_import_says_what_was_kept_how_it_was_known_and_what_was_not_a_number(home: Path, table: Path) -> None:
    done = run(home, "import", table, *MAPPED, "--version", "1", "--licence", "CC0-1.0")
    assert done.exit_code == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert "Imported mine@1 3 of 3 data sets kept" in told
    assert "format csv:" in told
    assert "2; 1 can be matched and yield no number" in told
    assert "terms CC0-1.0" in told
    assert "mine.csv line 4: column gwp100_kg_co2e: 'viel' is not a number" in told
    assert "firstprint match TEXT --source mine" in told


def test_sources_list_versions_and_the_one_in_use(home: Path, table: Path) -> None:
    run(home, "import", table, *MAPPED, "--version", "1")
    table.write_text(TABLE.replace("2,5", "2,7"), encoding="utf-8")
    run(home, "import", table, *MAPPED, "--version", "2")
    mine = [each for each in answer(home, "sources")["sources"] if each["source_id"] == "mine"]
    assert [(each["version"], each["state"], each["with_result"]) for each in mine] == [
        ("1", "earlier version", 2),
        ("2", "in use", 2),
    ]
    shown = run(home, "sources").stdout
    assert "base-carbone" in shown
    assert "mine@2" in shown
    assert "etalab-2.0" in shown


def test_the_same_version_with_other_content_is_refused_and_nothing_changes(home: Path, table: Path) -> None:
    run(home, "import", table, *MAPPED, "--version", "1")
    before = answer(home, "sources")
    table.write_text(TABLE.replace("2,5", "2,7"), encoding="utf-8")
    assert "--version TEXT" in refused(run(home, "import", table, *MAPPED, "--version", "1"), "dataset_version_taken")
    assert answer(home, "sources") == before
    table.write_text(TABLE, encoding="utf-8")
    assert "nothing was changed" in run(home, "import", table, *MAPPED, "--version", "1").stdout


def test_diff_tells_what_moved_between_versions_and_files(home: Path, table: Path) -> None:
    run(home, "import", table, *MAPPED, "--version", "1")
    table.write_text(TABLE.replace("2,5", "5").replace("Falsch;错", "Neu;新"), encoding="utf-8")
    run(home, "import", table, *MAPPED, "--version", "2")
    told = answer(home, "diff", "mine@1", "mine@2")
    assert told["counts"] == {"value_moved": 1, "removed": 1, "added": 1}
    (moved,) = [each for each in told["changes"] if each["kind"] == "value_moved"]
    assert (moved["old_gwp100_kg_co2e"], moved["gwp100_kg_co2e"], moved["ratio"]) == (2.5, 5.0, 2.0)
    shown = " ".join(run(home, "diff", "mine@1", "mine@2").stdout.split())
    assert "2.5 / kg → 5 / kg × 2" in shown
    assert answer(home, "diff", "mine@1", "mine@1")["changes"] == []
    assert "neither a source" in refused(run(home, "diff", "mine", "nowhere"), "catalogue_side_unknown")


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_what_is_exported_comes_back_with_the_same_checksum(home: Path, table: Path, suffix: str) -> None:
    run(home, "import", table, *MAPPED, "--version", "1", "--licence", "CC0-1.0")
    file = table.with_name(f"out.{suffix}")
    assert answer(home, "export", file, "--source", "mine")["datasets"] == 3
    other = home.with_name("other home")
    back = answer(other, "import", file)["imported"][0]["source"]
    (mine,) = [each for each in answer(home, "sources")["sources"] if each["source_id"] == "mine"]
    assert back["content_sha256"] == mine["content_sha256"]
    assert (back["source_id"], back["rows_kept"]) == ("out", 3)


def test_what_may_not_be_passed_on_is_not_exported_unasked(home: Path, table: Path) -> None:
    run(home, "import", table, *MAPPED, "--licence", "CC BY-NC 4.0")
    file = table.with_name("out.csv")
    assert "mine: 3 datasets, CC BY-NC 4.0" in refused(run(home, "export", file, "--source", "mine"), "faults")
    assert not file.exists()
    assert run(home, "export", file, "--source", "mine", "--allow-restricted").exit_code == 0
    assert "CC BY-NC 4.0" in file.read_text(encoding="utf-8")


def test_an_export_never_writes_over_a_file_unasked_and_needs_a_known_suffix(home: Path, table: Path) -> None:
    refused(run(home, "export", table, "--source", "nosgestesclimat"), "file_exists")
    refused(run(home, "export", table.with_name("out.txt"), "--source", "nosgestesclimat"), "format_unknown")
    refused(run(home, "export", home / "no folder" / "out.csv", "--source", "nosgestesclimat"), "file_unwritable")
    assert table.read_text(encoding="utf-8") == TABLE


def test_remove_takes_a_version_or_all_and_leaves_shipped_sources(home: Path, table: Path) -> None:
    run(home, "import", table, *MAPPED, "--version", "1")
    assert answer(home, "remove", "mine@1") == {"removed": ["mine@1"]}
    refused(run(home, "remove", "mine"), "dataset_source_unknown")
    refused(run(home, "remove", "base-carbone"), "dataset_source_shipped")
    refused(run(home, "import", table, "--source-id", "base-carbone"), "dataset_source_shipped")


def test_a_mapping_that_is_none_names_every_fault_at_once(home: Path, table: Path) -> None:
    told = refused(run(home, "import", table, "--map", "nam=Bezeichnung", "--map", "unit"), "faults")
    assert "'nam' is no column of the catalogue table" in told
    assert "--map 'unit': is not COLUMN=TEXT" in told


def test_several_paths_are_imported_and_the_bad_ones_told_together(home: Path, table: Path) -> None:
    bad = table.with_name("bad.zip")
    bad.write_bytes(b"no archive")
    done = run(home, "import", table, bad, table.with_name("nowhere"))
    told = refused(done, "faults")
    assert "bad.zip" in told
    assert "is not there" in told
    assert "Imported mine@" in done.stdout


def test_a_dry_run_keeps_nothing(home: Path, table: Path) -> None:
    assert "--dry-run" in run(home, "import", table, *MAPPED, "--dry-run").stdout
    assert [each["state"] for each in answer(home, "sources")["sources"]] == ["shipped"] * 6
