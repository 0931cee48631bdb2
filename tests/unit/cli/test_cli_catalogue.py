"""``firstprint catalogue``: finding by letters, showing everything, JSON under the catalogue table's names."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import cli_samples as samples
import pytest
from typer.testing import CliRunner, Result

from firstprint.catalogue.stage_splits import StagePart
from firstprint.catalogue.table import Catalogue, write_table
from firstprint.cli import catalogue
from firstprint.cli.main import app
from firstprint.domain.dataset import Dataset


def dataset(number: int, name: str, name_zh: str = "", **more: object) -> Dataset:
    return Dataset(
        dataset_id=f"d:{number}",
        name=name,
        name_zh=name_zh,
        unit="kg",
        gwp100_kg_co2e=1.5,
        system_boundary="cradle_to_gate",
        basis="process",
        source="alpha" if number < 3 else "beta",
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    rows = [
        dataset(1, "Steel sheet", "钢板", geography="CN", year=2020, synonyms=("plate", "Blech")),
        dataset(2, "Hostile \x1b[31mname\n[bold]x[/bold]"),
        dataset(3, "Stainless STEEL wire"),
        samples.DEFAULT,
    ]
    write_table(rows, tmp_path / "catalogue.arrow")
    index = SimpleNamespace(catalogue=Catalogue(tmp_path / "catalogue.arrow", "0" * 64))
    monkeypatch.setattr(catalogue, "open_index", lambda *_: index)

    def invoke(*args: str) -> Result:
        return CliRunner(env={"COLUMNS": "80"}).invoke(app, ["catalogue", *args])

    return invoke


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (("steel",), ["d:1", "d:3", "cbam-7208-cn"]),
        (("钢板",), ["d:1"]),
        (("BLECH",), ["d:1"]),
        (("d:2",), ["d:2"]),
        (("steel", "--source", "beta"), ["d:3"]),
        (("--source", "alpha", "--source", "beta"), ["d:1", "d:2", "d:3"]),
        (("nothing at all",), []),
    ],
)
def test_list_finds_letters_in_ids_names_and_synonyms(run, options: tuple[str, ...], ids: list[str]) -> None:
    shown = json.loads(run("list", *options, "--json").stdout)
    assert [each["dataset_id"] for each in shown["datasets"]] == ids
    assert shown["total"] == len(ids)


def test_limit_cuts_what_is_shown_and_not_the_count(run) -> None:
    assert json.loads(run("list", "--limit", "1", "--json").stdout)["total"] == 4
    shown = run("list", "steel", "--limit", "1").stdout
    assert "3 datasets contain “steel”; the first 1 are shown" in shown
    assert "Stainless" not in shown


def test_nothing_found_says_how_to_search_by_meaning(run) -> None:
    result = run("list", "unobtainium")
    assert result.exit_code == 0
    assert "firstprint match TEXT" in result.stdout


def test_names_follow_the_language_of_the_text(run) -> None:
    assert "钢板" in run("list", "钢板").stdout
    assert "Steel sheet" in run("list", "sheet").stdout


def test_a_name_from_outside_cannot_steer_the_terminal(run) -> None:
    for shown in (run("list", "Hostile").stdout, run("show", "d:2").stdout):
        assert "\x1b" not in shown
        assert "[bold]x[/bold]" in shown


def test_show_has_value_origin_licence_citation_and_labels(run) -> None:
    shown = run("show", "cbam-7208-cn").stdout
    for told in (
        "3.17 kg CO2e / kg",
        "CC BY 4.0",
        "2025/2621",
        "铁或非合金钢平板轧材（中国）",
        "China (CN)",
        "found by",
    ):
        assert told in shown
    fields = json.loads(run("show", "d:1", "--json").stdout)
    assert fields["synonyms"] == ["plate", "Blech"]
    assert fields["gwp100_kg_co2e"] == 1.5
    assert {"text": "Blech", "kind": "synonym"} in fields["labels"]


def test_an_unknown_source_names_those_there_are(run) -> None:
    result = run("list", "--source", "gamma")
    assert result.exit_code == 2
    assert "alpha, beta" in result.stderr


def test_an_unknown_id_names_near_ones(run) -> None:
    result = run("show", "d:9")
    assert result.exit_code == 2
    assert "[dataset_unknown]" in result.stderr
    assert "d:1" in result.stderr


PARTS = (
    StagePart("materials", "raw materials", "原材料", "Intrants Matières premières", 0.6, 0.4),
    StagePart("materials", "transport of materials", "原材料运输", "Transport Approvisionnement", 0.3, 0.2),
    StagePart("distribution", "distribution", "分销运输", "Transport Distribution", 0.6, 0.4),
)


def test_the_stages_of_a_dataset_are_shown_and_given_as_json(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "stage_parts", lambda name: PARTS if name == "d:1" else ())
    shown = run("show", "d:1").stdout
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "raw materials and pre-processing 原材料获取与预加工 0.9 60 %" in lines
    assert "transport of materials Transport Approvisionnement 0.3 20 %" in lines
    assert "distribution 分销 0.6 40 %" in lines
    assert not any(line.startswith("distribution Transport Distribution") for line in lines)  # said already
    told = json.loads(run("show", "d:1", "--json").stdout)["stages"]
    assert told[0] == {
        "stage": "materials",
        "name": "raw materials",
        "name_zh": "原材料",
        "name_fr": "Intrants Matières premières",
        "kg_co2e": 0.6,
        "share": 0.4,
    }
    assert "Life cycle stages" not in run("show", "d:3").stdout
    assert json.loads(run("show", "d:3", "--json").stdout)["stages"] == []
