"""``firstprint index`` and ``train``: what is done, what is printed, which exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from firstprint import workspace
from firstprint.cli.main import app
from firstprint.errors import IndexFaultError
from firstprint.retrieval.adapter import AdapterNote
from firstprint.retrieval.manifest import FileSeal, Manifest, write_manifest
from firstprint.settings import Settings

MANIFEST = Manifest(
    format=2,
    index_id="3f9a6c21d07be845",
    catalogue_sha256="7d" * 32,
    glossary_sha256="1a" * 32,
    encoder_id="use-multilingual-3@5779c80e51f0",
    label_rules="1",
    adapter=AdapterNote(
        adapter_id="162d721490438972",
        why="Names of datasets it had not seen were found better with it.",
        groups=498,
        trials=1293,
        before=0.463,
        after=0.494,
        first_before=0.373,
        first_after=0.405,
        gain_low=0.018,
        gain_high=0.044,
    ),
    dimension=512,
    datasets=8811,
    labels=26211,
    edges=30000,
    software="firstprint 0.1.0",
    created="2026-03-05T08:12:44+00:00",
    files={"labels.arrow": FileSeal(bytes=90_800_000, sha256="00" * 32)},
)


class Workspace:
    """Stands for the home folder: sound, missing or damaged; counts builds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fault: IndexFaultError | None = None
        self.built = 0
        self.adapters: list[str] = []

    def verified(self, settings: Settings, _encoder: object) -> Manifest:
        self.adapters.append(settings.adapter)
        if self.fault is not None:
            raise self.fault
        return MANIFEST

    def make(self, settings: Settings, _encoder: object, progress: Callable[[str, int, int], None]) -> Path:
        self.built += 1
        self.adapters.append(settings.adapter)
        self.fault = None
        for done in (1, 2):
            progress("encode", done, 2)
        return self.folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    space = Workspace(tmp_path / "index")
    monkeypatch.setattr(workspace, "encoder_of", lambda _settings: None)
    monkeypatch.setattr(workspace, "verified_index", space.verified)
    monkeypatch.setattr(workspace, "make_index", space.make)
    monkeypatch.setattr(workspace, "expected_index", lambda *_: space.folder)
    return space


def run(*args: str) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, ["index", *args])


def test_build_leaves_a_sound_index_alone_unless_forced(home: Workspace) -> None:
    assert json.loads(run("build", "--json").stdout)["index_id"] == MANIFEST.index_id
    assert home.built == 0
    assert run("build", "--force").exit_code == 0
    assert home.built == 1


def test_build_without_the_adapter_checks_and_makes_that_index(home: Workspace) -> None:
    assert run("build", "--force", "--no-adapter").exit_code == 0
    assert set(home.adapters) == {"off"}
    home.adapters.clear()
    run("build")
    assert set(home.adapters) == {"auto"}


def test_build_mends_a_damaged_index_and_says_each_step_once(home: Workspace) -> None:
    home.fault = IndexFaultError("damaged", code="index_damaged")
    result = run("build")
    assert home.built == 1
    assert result.stderr.count("building the index (2)") == 1
    assert "26,211" in result.stdout


def test_verify_of_a_sound_index_is_exit_0(home: Workspace) -> None:
    result = run("verify")
    assert result.exit_code == 0
    assert MANIFEST.index_id in result.stdout
    assert Manifest.model_validate_json(run("verify", "--json").stdout) == MANIFEST


def test_verify_of_a_damaged_index_is_exit_1_and_names_the_fault(home: Workspace) -> None:
    home.fault = IndexFaultError("labels.arrow: is missing", hint="Rebuild it.", code="index_damaged")
    result = run("verify")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "labels.arrow: is missing  [index_damaged]" in result.stderr
    assert json.loads(run("verify", "--json").stderr)["error"] == "index_damaged"


def test_info_prints_the_manifest(home: Workspace) -> None:
    home.folder.mkdir()
    write_manifest(home.folder, MANIFEST)
    assert Manifest.model_validate_json(run("info", "--json").stdout) == MANIFEST
    shown = run("info").stdout
    for told in ("8,811", "26,211 (512 dimensions)", "use-multilingual-3@5779c80e51f0", "90.8 MB"):
        assert told in shown


def test_info_without_an_index_says_how_to_build_it(home: Workspace) -> None:
    home.fault = IndexFaultError("There is no index.", hint="Build it: firstprint index build", code="index_missing")
    result = run("info")
    assert result.exit_code == 2
    assert "firstprint index build" in result.stderr


def test_info_tells_what_the_adapter_gained_or_why_there_is_none(home: Workspace) -> None:
    home.folder.mkdir()
    write_manifest(home.folder, MANIFEST)
    shown = " ".join(run("info").stdout.split())
    assert "162d721490438972" in shown
    assert "1,293 held-out names: 37% without, 40% with; mean reciprocal rank +0.031" in shown
    without = MANIFEST.model_copy(update={"adapter": AdapterNote(why="Too few datasets.")})
    write_manifest(home.folder, without)
    assert "none Too few datasets." in " ".join(run("info").stdout.split())
