"""What a home holds after its catalogue changed: the index in use, the one before, and those that others need."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from firstprint import workspace
from firstprint.cli.doctor_checks import index as doctor_finds
from firstprint.cli.main import app
from firstprint.dataset_sources import DatasetSource
from firstprint.domain.dataset import Dataset
from firstprint.embedding.opening import open_encoder
from firstprint.errors import IndexFaultError, WorkspaceError
from firstprint.retrieval.index_folder import check_index
from firstprint.settings import Settings
from firstprint.workspace import Contents, expected_index, make_index, pruned_indexes, ready_index

NAMES = ("Steel, hot rolled", "Aluminium ingot", "Cotton fabric", "Diesel, burned in truck", "Tap water", "Brass, cast")


class Home:
    """A workspace over a catalogue of six datasets that can be changed."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settings = Settings(home=folder)
        self.encoder = open_encoder()
        self.catalogue = "a"
        self.folder = self.settings.index_folder
        monkeypatch.setattr(workspace, "contents", self.contents)
        monkeypatch.setattr(workspace, "all_datasets", self.datasets)

    def contents(self, _settings: Settings, *, shipped_only: bool = False) -> Contents:
        imported: tuple[DatasetSource, ...] = ()
        return Contents(imported, ("0" if shipped_only else self.catalogue) * 64)

    def datasets(self, _settings: Settings, *, shipped_only: bool = False) -> tuple[Dataset, ...]:
        assert shipped_only in (True, False)
        return tuple(
            Dataset(f"d{n}", name, "kg", 1.0 + n, "cradle_to_gate", "process", "made-up")
            for n, name in enumerate(NAMES)
        )

    def made(self, catalogue: str, *, shipped_only: bool = False) -> tuple[str, list[str]]:
        """Builds the index of a catalogue; its name and what was told."""
        self.catalogue = catalogue
        told: list[str] = []
        path = make_index(self.settings, self.encoder, lambda step, *_: told.append(step), shipped_only=shipped_only)
        return path.name, [line for line in told if "older" in line]

    @property
    def names(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}

    def last_used(self, name: str, days_ago: float) -> None:
        for path in (self.folder / name).iterdir():
            os.utime(path, (time.time() - days_ago * 86_400,) * 2)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    return Home(tmp_path / "home", monkeypatch)


def test_a_catalogue_that_changes_again_and_again_leaves_two_indexes(home: Home) -> None:
    built = []
    for days_ago, catalogue in ((9, "a"), (8, "b"), (7, "c"), (6, "d")):
        name, told = home.made(catalogue)
        built.append(name)
        assert home.names == set(built[-2:])
        assert [line.startswith("older indexes removed: 1, ") for line in told] == [True] * (len(built) > 2)
        home.last_used(name, days_ago)
    check_index(home.folder / built[-1], built[-1])


def test_the_index_used_last_is_the_one_that_stays_not_the_one_built_last(home: Home) -> None:
    first, _ = home.made("a")
    second, _ = home.made("b")
    home.last_used(first, 2)
    home.last_used(second, 1)
    home.catalogue = "a"
    opened = ready_index(home.settings, home.encoder)  # the catalogue was put back
    assert opened.manifest.index_id == first
    del opened
    third, _ = home.made("c")
    assert home.names == {first, third}


def test_what_a_process_has_open_stays_until_a_later_build(home: Home) -> None:
    first, _ = home.made("a")
    opened = ready_index(home.settings, home.encoder)
    home.last_used(first, 3)
    second, _ = home.made("b")
    third, _ = home.made("c")
    assert home.names == {first, second, third}
    del opened
    fourth, _ = home.made("d")
    assert home.names == {third, fourth}


def test_a_build_over_the_shipped_catalogue_leaves_the_index_in_use_alone(home: Home) -> None:
    mine, _ = home.made("a")
    home.last_used(mine, 5)
    before, _ = home.made("b")
    home.catalogue = "a"
    shipped, _ = home.made("a", shipped_only=True)
    assert home.names == {mine, before, shipped}


def test_an_index_of_another_encoder_goes_after_thirty_days_of_disuse(home: Home) -> None:
    other, _ = home.made("a")
    path = home.folder / other / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "encoder_id": "another@1"}))
    home.last_used(other, 29)
    second, _ = home.made("b")
    third, _ = home.made("c")
    assert home.names == {other, second, third}
    home.last_used(other, 31)
    home.last_used(second, 2)
    home.last_used(third, 1)
    fourth, _ = home.made("d")
    assert home.names == {third, fourth}


def test_nothing_is_removed_where_what_is_needed_cannot_be_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    built = {home.made(catalogue)[0] for catalogue in "ab"}

    def damaged(*_: object, **__: object) -> Path:
        raise WorkspaceError("an imported source is damaged")

    monkeypatch.setattr(workspace, "expected_index", damaged)
    made, _ = home.made("c")
    assert home.names == {made, *built}


def test_a_removed_index_is_built_again_to_the_same_bytes(home: Home) -> None:
    first, _ = home.made("a")
    files = check_index(home.folder / first, first).files
    home.made("b")
    home.made("c")
    assert first not in home.names
    home.catalogue = "a"
    opened = ready_index(home.settings, home.encoder)
    assert opened.manifest.index_id == first
    assert opened.manifest.files == files


def test_pruning_leaves_the_index_that_fits_and_those_that_are_open(home: Home) -> None:
    first, _ = home.made("a")
    opened = ready_index(home.settings, home.encoder)
    second, _ = home.made("b")
    third, _ = home.made("c")
    (home.folder / "notes.txt").write_text("mine")
    done = pruned_indexes(home.settings, home.encoder)
    assert [one.folder.name for one in done.removed] == [second]
    assert {one.folder.name for one in done.kept} == {first, third}
    assert home.names == {first, third, "notes.txt"}
    del opened


def test_pruning_needs_the_index_that_fits(home: Home) -> None:
    first, _ = home.made("a")
    home.catalogue = "b"
    with pytest.raises(IndexFaultError, match="no index for this catalogue"):
        pruned_indexes(home.settings, home.encoder)
    fitting = expected_index(home.settings, home.encoder)
    assert home.names == {first}
    second, _ = home.made("b")
    assert fitting.name == second
    (home.folder / second / "vectors.npy").write_bytes(b"torn")
    with pytest.raises(IndexFaultError, match=r"vectors\.npy: has 4 bytes"):
        pruned_indexes(home.settings, home.encoder)
    assert home.names == {first, second}


def test_the_command_line_tells_the_room_and_prunes(home: Home) -> None:
    first, second = home.made("a")[0], home.made("b")[0]
    asked = ["--home", str(home.settings.home)]
    run = CliRunner(env={"COLUMNS": "200"})
    info = run.invoke(app, ["index", "info", *asked])
    assert "2 indexes, " in info.stdout
    assert "firstprint index prune" in info.stdout
    assert "2 indexes, " in doctor_finds(home.settings).seen
    assert "firstprint index prune" in doctor_finds(home.settings).advice
    done = json.loads(run.invoke(app, ["index", "prune", "--json", *asked]).stdout)
    assert [one["index_id"] for one in done["removed"]] == [first]
    assert [one["index_id"] for one in done["kept"]] == [second]
    assert done["freed_bytes"] == done["removed"][0]["bytes"] > 10_000
    again = run.invoke(app, ["index", "prune", *asked])
    assert (again.exit_code, again.stdout) == (0, "Nothing to remove.\n")
    assert "prune" not in run.invoke(app, ["index", "info", *asked]).stdout
    assert doctor_finds(home.settings).advice == ""


def test_pruning_a_home_without_an_index_says_how_to_build_it(home: Home) -> None:
    result = CliRunner().invoke(app, ["index", "prune", "--home", str(home.settings.home)])
    assert result.exit_code == 2
    assert "firstprint index build" in result.stderr
