"""``firstprint doctor``: each check on a machine where it holds and on one where it does not."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from firstprint.cli import doctor_checks
from firstprint.cli.doctor_checks import Finding, Report, database, examine, home_folder, language_model, optional
from firstprint.cli.main import app
from firstprint.errors import ModelError
from firstprint.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def test_a_home_that_can_be_made_is_ok_and_is_not_made(settings: Settings) -> None:
    assert home_folder(settings).state == "ok"
    assert not settings.home.exists()


def test_a_home_that_cannot_be_written_is_wrong(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor_checks.tempfile, "TemporaryFile", refuse)
    finding = home_folder(settings)
    assert finding.state == "wrong"
    assert "FIRSTPRINT_HOME" in finding.advice


def test_no_database_is_no_fault_and_none_is_made(settings: Settings) -> None:
    assert database(settings).state == "absent"
    assert not settings.home.exists()


def test_a_database_that_opens_is_ok_and_its_password_stays_hidden(tmp_path: Path) -> None:
    finding = database(Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'x.db'}"))
    assert finding.state == "ok"


def test_a_database_that_cannot_be_opened_is_wrong(tmp_path: Path) -> None:
    report = examine(Settings(home=tmp_path, database_url="nonsense://x:secret@y/z"), devices=False)
    finding = next(each for each in report.findings if each.check == "database")
    assert finding.state == "wrong"
    assert "secret" not in finding.seen
    assert not report.sound


def test_no_language_model_is_no_fault(settings: Settings) -> None:
    assert language_model(settings).state == "absent"


def test_a_language_model_server_is_reached_or_not(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        here = Settings(home=tmp_path, llm="openai:x", llm_base_url=f"http://127.0.0.1:{port}/v1")
        assert language_model(here).state == "ok"
    gone = language_model(here)
    assert gone.state == "wrong"
    assert "no connection" in gone.seen
    assert language_model(Settings(home=tmp_path, llm="openai:x", llm_base_url="http://x:99999/")).state == "wrong"
    assert language_model(Settings(home=tmp_path, llm="openai:x", llm_base_url="nowhere")).state == "wrong"


def test_optional_packages_are_looked_up_and_not_imported() -> None:
    before = "torch" in sys.modules
    states = {each.check: each.state for each in optional()}
    assert set(states.values()) <= {"ok", "absent"}
    assert ("torch" in sys.modules) == before


def test_a_missing_package_is_wrong_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_checks, "PACKAGES", ("numpy", "no-such-package-here"))
    finding = next(each for each in doctor_checks.installation() if each.check == "packages")
    assert (finding.state, finding.advice) == ("wrong", "pip install no-such-package-here")


def test_a_check_that_fails_becomes_a_finding(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Settings) -> Finding:
        raise ModelError("The weights have changed.", hint="Reinstall them.")

    monkeypatch.setattr(doctor_checks, "encoder", broken)
    report = examine(settings, devices=False)
    assert Finding(check="encoder", state="wrong", seen="The weights have changed.", advice="Reinstall them.") in (
        report.findings
    )
    assert not report.sound


@pytest.mark.parametrize(("state", "code"), [("ok", 0), ("absent", 0), ("wrong", 1)])
def test_exit_code_and_output(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, state: str, code: int) -> None:
    found = Finding.model_validate({"check": "index", "state": state, "seen": "seen this", "advice": "do that"})
    report = Report(sound=state != "wrong", findings=(found,))
    monkeypatch.setattr(doctor_checks, "examine", lambda _settings, devices: report)
    runner = CliRunner(env={"COLUMNS": "80"})
    shown = runner.invoke(app, ["doctor", "--home", str(tmp_path)])
    assert shown.exit_code == code
    assert {"ok": "✓", "absent": "–", "wrong": "✗"}[state] in shown.stdout
    assert "do that" in shown.stdout
    as_json = runner.invoke(app, ["doctor", "--home", str(tmp_path), "--json"])
    assert as_json.exit_code == code
    assert json.loads(as_json.stdout) == json.loads(report.model_dump_json())


def test_a_home_that_is_a_file_is_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    result = CliRunner().invoke(app, ["doctor", "--home", str(path)])
    assert result.exit_code == 2
    assert "[home_not_folder]" in result.stderr
