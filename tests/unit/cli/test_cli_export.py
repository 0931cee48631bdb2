"""``firstprint export``: one summary, one file; what is missing is one list and exit 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import cli_samples as samples
import pytest
from rich.cells import cell_len
from typer.testing import Result

from firstprint.cli import export as export_command
from firstprint.domain.dataset import Dataset
from firstprint.store.opening import open_store

if TYPE_CHECKING:
    from conftest import Terminal

EN, ZH = samples.ENGLISH.id, "zh-2b7f"
FACTS = (
    "--company", "Example Ltd", "--company-id", "urn:company:example.com:4711", "--product-name", "Aqua",
    "--product-id", "urn:gtin:4712345060507", "--reference-period-start", "2025-01-01", "--reference-period-end",
    "2026-01-01", "--biogenic-co2-uptake", "0", "--fossil-emissions", "0.0611", "--fossil-carbon-content", "0.0156",
    "--ipcc", "AR6", "--standard", "ISO14067", "--exempted-emissions-percent", "0", "--no-packaging-included",
    "--no-ccs-included",
)  # fmt: skip


class Export:
    """Runs commands over one workspace."""

    def __init__(self, terminal: Terminal, home: Path) -> None:
        self.terminal = terminal
        self.home = home
        with open_store(f"sqlite:///{home / 'firstprint.db'}") as store:
            store.save(samples.ENGLISH)
            store.save(samples.CHINESE.model_copy(update={"id": ZH}))

    def __call__(self, *words: str, width: int = 80) -> Result:
        return self.terminal(*words, "--home", str(self.home), width=width)

    def out(self, name: str) -> str:
        return str(self.home / name)


@pytest.fixture
def export(terminal: Terminal, tmp_path: Path) -> Export:
    return Export(terminal, tmp_path)


def test_a_confirmed_record_leaves_as_pact(export: Export) -> None:
    assert export("review", "confirm", EN, "--by", "Ana").exit_code == 0
    result = export("export", EN, "--format", "pact", "--out", export.out("a.json"), *FACTS)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Wrote 1 record" in result.stdout
    assert "61.1 g" in result.stdout or "0.0611 kg CO2e" in result.stdout
    found = json.loads(Path(export.out("a.json")).read_text("utf-8"))
    assert (found["companyName"], found["pcf"]["fossilGhgEmissions"]) == ("Example Ltd", "0.0611")


def test_what_is_missing_is_one_list(export: Export) -> None:
    result = export("export", EN, "--format", "pact", "--out", export.out("a.json"), "--company", "Example Ltd")
    assert (result.exit_code, result.stdout) == (2, "")
    for words in ("[faults]", "nobody has confirmed it", "--company-id", "--no-packaging-included", "--facts"):
        assert words in result.stderr
    assert "missing --company:" not in result.stderr
    assert not Path(export.out("a.json")).exists()
    told = export("export", EN, "--format", "pact", "--out", export.out("a.json"), "--json")
    assert len(json.loads(told.stderr)["faults"]) == 15


def test_json_tells_what_was_written(export: Export) -> None:
    result = export("export", EN, ZH, "--draft", "--format", "xlsx", "--out", export.out("a.xlsx"), "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    told = json.loads(result.stdout)
    assert (told["format"], told["draft"], told["language"]) == ("xlsx", True, "en")
    assert [(one["id"], one["status"]) for one in told["records"]] == [(EN, "proposed"), (ZH, "proposed")]


def test_the_summary_is_chinese_where_asked(export: Export) -> None:
    words = ("export", ZH, "--draft", "--format", "json", "--out", export.out("a.json"))
    for width in (40, 80):
        shown = export(*words, "--force", "--language", "zh", width=width).stdout
        assert "已将 1 条记录写入" in "".join(shown.split("\n")[0:1])
        assert "草稿" in shown
        assert max(cell_len(line) for line in shown.splitlines()) <= width
    assert "Wrote 1 record" in export(*words, "--force", "--language", "en").stdout


def test_facts_come_from_a_file_and_options_win(export: Export) -> None:
    export("review", "confirm", EN, "--by", "Ana")
    facts = export.home / "facts.toml"
    facts.write_text('company = "From file"\ncopyright = false\n', "utf-8")
    words = ("export", EN, "--format", "tidas", "--out", export.out("a.json"), "--facts", str(facts))
    assert export(*words).exit_code == 0
    assert "From file" in Path(export.out("a.json")).read_text("utf-8")
    assert export(*words, "--force", "--company", "From option").exit_code == 0
    assert "From option" in Path(export.out("a.json")).read_text("utf-8")
    facts.write_text("compnay = 1\nmass_kg = -1\n", "utf-8")
    refused = export(*words, "--force")
    assert refused.exit_code == 2
    assert "compnay: no such fact" in refused.stderr
    assert "mass_kg (--mass-kg)" in refused.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--format", "pdf", "--out", "a.pdf"), "format_unknown"),
        (("--format", "json", "--out", "a.json", "--facts", "none.toml"), "facts_unreadable"),
        (("--out", "a.json"), "usage"),
    ],
)
def test_a_wrong_word_is_one_message(export: Export, words: tuple[str, ...], code: str) -> None:
    result = export("export", EN, *words)
    assert result.exit_code == 2
    assert f"[{code}]" in result.stderr


def test_an_empty_workspace_says_how_to_keep_a_record(terminal: Terminal, tmp_path: Path) -> None:
    result = terminal("export", "x", "--format", "json", "--out", "a.json", "--home", str(tmp_path))
    assert result.exit_code == 2
    assert "[nothing_kept]" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_override_is_read_from_the_catalogue_and_computed_anew(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    glass = Dataset("glass-1", "Glass", "kg", 1.2, "cradle_to_gate", "process", "made-up", year=2025, licence="MIT")

    class Index:
        class catalogue:  # noqa: N801
            sha256 = "ef" * 32

            @staticmethod
            def find(dataset_id: str) -> int | None:
                return 0 if dataset_id == "glass-1" else None

            @staticmethod
            def dataset(row: int) -> Dataset:
                return glass

            @staticmethod
            def texts(name: str, rows: list[int]) -> list[str]:
                return ["cradle_to_gate"]

            @staticmethod
            def column(name: str) -> list[str]:
                return ["glass-1"]

    monkeypatch.setattr(export_command, "open_index", lambda *_: Index)
    monkeypatch.setattr("firstprint.cli.review.open_index", lambda *_: Index)
    assert export("review", "override", EN, "--dataset", "glass-1", "--by", "Ana", "--reason", "glass").exit_code == 0
    result = export("export", EN, "--format", "json", "--out", export.out("a.json"))
    assert result.exit_code == 0, result.stderr
    assert "computed anew" in result.stdout
    [found] = json.loads(Path(export.out("a.json")).read_text("utf-8"))["records"]
    assert found["taken"]["kg_co2e"] == pytest.approx(0.03)
    assert found["catalogue_sha256"] == "ef" * 32
    assert found["footprint"]["kg_co2e"] != samples.ENGLISH.estimate.kg_co2e  # type: ignore[union-attr]
