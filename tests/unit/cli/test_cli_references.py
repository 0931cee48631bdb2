"""``firstprint references``: import, list, show and remove, in words and as JSON, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from firstprint.cli.main import app

TABLE = "text,unit,kg_co2e,licence,price\nSteel cup,piece,1.85,CC0,9\nKettle,piece,,CC0,8\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "my home"


@pytest.fixture
def cups(tmp_path: Path) -> Path:
    path = tmp_path / "cups.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def run(home: Path, *args: str) -> Result:
    runner = CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1"})
    return runner.invoke(app, ["references", *args, "--home", str(home)], prog_name="firstprint")


def answer(home: Path, *args: str) -> dict[str, object]:
    done = run(home, *args, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_import_says_what_was_kept_and_what_comes_next(home: Path, cups: Path) -> None:
    done = run(home, "import", str(cups), "--version", "7")
    assert done.exit_code == 0
    assert "Imported cups@7  1 of 2 rows kept" in done.stdout
    assert "left out 1  no footprint" in done.stdout
    assert "line 3: Kettle" in done.stdout
    assert "columns not read: 'price'" in done.stdout
    assert f"firstprint train --home '{home}'" in done.stdout.replace("\n", " ").replace("  ", " ")


def test_the_same_file_again_says_so(home: Path, cups: Path) -> None:
    run(home, "import", str(cups), "--version", "7")
    done = run(home, "import", str(cups))
    assert done.exit_code == 0
    assert "cups@7 was imported from this very file" in done.stdout
    assert "Next:" not in done.stdout
    assert [each["already"] for each in answer(home, "import", str(cups))["imported"]] == [True]


def test_import_as_json(home: Path, cups: Path) -> None:
    told = answer(home, "import", str(cups), "--source-id", "mine", "--licence", "own")
    (one,) = told["imported"]
    assert (one["source"]["source_id"], one["source"]["rows_kept"], one["already"]) == ("mine", 1, False)
    assert told["next"].startswith("firstprint train --home ")


def test_list_shows_shipped_and_imported_sources(home: Path, cups: Path) -> None:
    run(home, "import", str(cups), "--version", "7")
    listed = answer(home, "list")
    shipped = {each["source_id"]: each for each in listed["sources"] if each["shipped"]}
    assert shipped["base-carbone"]["references"]["piece"] > 100
    assert shipped["base-carbone"]["licences"] == ["etalab-2.0"]
    assert not any("cbam" in name for name in shipped)
    (own,) = [each for each in listed["sources"] if not each["shipped"]]
    assert (own["source_id"], own["references"], own["state"]) == ("cups", {"piece": 1}, "not in use yet")
    assert listed["differs"] == ["cups@7 is not in the model yet"]
    words = run(home, "list").stdout
    assert "not in use yet" in words
    assert "The model in use is older than this" in words


def test_list_of_a_home_without_imports_says_how_to_import(home: Path) -> None:
    assert "Nothing was imported yet: firstprint references import FILE" in run(home, "list").stdout
    assert not home.exists()


def test_show_tells_everything(home: Path, cups: Path) -> None:
    run(home, "import", str(cups), "--version", "7")
    words = run(home, "show", "cups").stdout
    for part in ("cups@7", "CC0", "sha256", "2 read, 1 kept", "Steel cup", "1.85 / piece", "no footprint"):
        assert part in words
    told = answer(home, "show", "cups@7", "--limit", "1")
    assert told["references"][0]["kg_co2e"] == 1.85
    assert told["original_sha256"] in words.replace("\n", "").replace(" ", "")


def test_remove_takes_it_away(home: Path, cups: Path) -> None:
    run(home, "import", str(cups), "--version", "7")
    assert answer(home, "remove", "cups")["removed"] == ["cups@7"]
    gone = run(home, "remove", "cups")
    assert gone.exit_code == 2
    assert "reference_source_unknown" in gone.stderr


@pytest.mark.parametrize("command", ["show", "remove"])
def test_shipped_sources_stay(home: Path, command: str) -> None:
    done = run(home, command, "base-carbone")
    assert done.exit_code == 2
    assert "reference_source_shipped" in done.stderr
    assert "firstprint catalogue list --source base-carbone" in done.stderr


def test_no_import_takes_the_name_of_a_shipped_source(home: Path, cups: Path) -> None:
    done = run(home, "import", str(cups), "--source-id", "base-carbone")
    assert done.exit_code == 2
    assert not home.exists()


def test_one_faulty_file_keeps_all_out(home: Path, cups: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("text,unit,kg_co2e\na,florps,1\nb,kg,x\n", encoding="utf-8")
    done = run(home, "import", str(cups), str(broken), str(tmp_path))
    assert done.exit_code == 2
    assert "broken.csv: line 2, column 'unit': 'florps' is no unit that is known" in done.stderr
    assert "broken.csv: line 3, column 'kg_co2e': 'x' is not a number" in done.stderr
    assert f"{tmp_path.name}: is a folder" in done.stderr
    assert not home.exists()


def test_names_are_for_one_file(home: Path, cups: Path) -> None:
    done = run(home, "import", str(cups), str(cups), "--version", "1")
    assert done.exit_code == 2
    assert "one source" in done.stderr
