"""``firstprint audit`` and ``firstprint user``: a broken history is exit 1; secrets stand in no argument or list."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import cli_samples as samples
import pytest
from test_cli_review import EN, Review, refused
from typer.testing import CliRunner, Result

from firstprint.cli.main import app
from firstprint.store.opening import open_store

if TYPE_CHECKING:
    from conftest import Terminal

PASSWORD = "a long pass phrase"


@pytest.fixture
def review(terminal: Terminal, tmp_path: Path) -> Review:
    opened = Review(terminal, tmp_path)
    opened.save(samples.ENGLISH)
    opened("confirm", EN, "--by", "Ana 李", "--reason", "bottle grade")
    return opened


def run(home: Path, *words: str, typed: str = "") -> Result:
    runner = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"})
    return runner.invoke(app, [*words, "--home", str(home)], input=typed, prog_name="firstprint")


def tampered(home: Path) -> None:
    with closing(sqlite3.connect(home / "firstprint.db")) as connection:
        connection.execute("DROP TRIGGER decisions_never_updated")
        connection.execute("UPDATE decisions SET reason = 'film'")
        connection.commit()


def test_a_whole_history_shows_the_place_to_note(review: Review):
    report = json.loads(run(review.home, "audit", "verify", "--json").stdout)
    assert (report["whole"], report["decisions"], report["faults"]) == (True, 1, [])
    anchor = f"1:{report['head']}"
    assert anchor in run(review.home, "audit", "verify").stdout
    assert run(review.home, "audit", "verify", "--anchor", anchor).exit_code == 0
    gone = run(review.home, "audit", "verify", "--anchor", f"1:{'0' * 64}")
    assert gone.exit_code == 1
    assert "not there any more" in " ".join(gone.stdout.split())
    assert refused(run(review.home, "audit", "verify", "--anchor", "1:xyz"), "usage")


def test_a_broken_history_names_the_row_and_is_exit_1(review: Review):
    tampered(review.home)
    told = run(review.home, "audit", "verify")
    assert told.exit_code == 1
    words = " ".join(told.stdout.split())
    assert "decision 1" in words
    assert "confirmed by 'Ana" in words
    as_json = run(review.home, "audit", "verify", "--json")
    assert as_json.exit_code == 1
    (fault,) = json.loads(as_json.stdout)["faults"]
    assert (fault["kind"], fault["place"]) == ("chain", "1")


def test_the_trail_is_read(review: Review):
    with open_store(review.url) as store:
        store.comments.add(EN, "Which supplier?\nAsk.", by="Ben")
    shown = " ".join(run(review.home, "audit", "log").stdout.split())
    for word in (
        "Ana 李",
        "confirmed",
        "bottle grade",
        "Ben",
        "commented",
        "Which supplier? Ask.",
        "ademe-21894",
        "#1",
    ):
        assert word in shown
    entries = json.loads(run(review.home, "audit", "log", "--json", "--limit", "1").stdout)["entries"]
    assert [one["what"] for one in entries] == ["commented"]
    assert (
        json.loads(run(review.home, "audit", "log", "--json", "--proposal", EN[:5]).stdout)["entries"][1]["who"]
        == "Ana 李"
    )
    assert refused(run(review.home, "audit", "log", "--proposal", "x"), "proposal_unknown")


def test_looking_at_the_audit_of_nothing_makes_no_database(tmp_path: Path):
    assert refused(run(tmp_path, "audit", "verify"), "nothing_kept")
    assert list(tmp_path.iterdir()) == []


def test_users_are_added_and_shut_out(tmp_path: Path):
    added = run(tmp_path, "user", "add", "Ana 李", "--role", "admin", typed=PASSWORD + "\n")
    assert added.exit_code == 0
    assert "Ana 李 may log in as admin." in added.stderr
    assert PASSWORD not in added.output
    with open_store(f"sqlite:///{tmp_path / 'firstprint.db'}") as store:
        assert store.users.login("ana 李", PASSWORD) is not None
    run(tmp_path, "user", "password", "ANA 李", typed=PASSWORD + " 2\n")
    run(tmp_path, "user", "role", "ANA 李", "viewer")
    with open_store(f"sqlite:///{tmp_path / 'firstprint.db'}") as store:
        user = store.users.login("ana 李", PASSWORD + " 2")
        assert user is not None
        assert user.role == "viewer"
    assert json.loads(run(tmp_path, "user", "disable", "Ana 李", "--json").stdout)["disabled"]
    assert "disabled" in run(tmp_path, "user", "list").stdout
    assert run(tmp_path, "user", "disable", "Ana 李", "--undo").exit_code == 0
    (user,) = json.loads(run(tmp_path, "user", "list", "--json").stdout)["users"]
    assert (user["name"], user["role"], user["disabled"]) == ("Ana 李", "viewer", None)
    assert "password" not in user


def test_what_a_user_cannot_be_is_refused(tmp_path: Path):
    assert refused(run(tmp_path, "user", "add", "Ana", typed="short\n"), "password_short")
    assert refused(run(tmp_path, "user", "add", "Ana"), "password_short")  # nothing was typed
    assert refused(run(tmp_path, "user", "add", "Ana", "--role", "owner", typed=PASSWORD), "usage")
    assert refused(run(tmp_path, "user", "password", "Ana", typed=PASSWORD), "user_unknown")
    assert "There are no users yet" in run(tmp_path, "user", "list").stdout


def test_who_changed_an_account_is_in_the_trail(tmp_path: Path):
    run(tmp_path, "user", "add", "Ana 李", "--role", "admin", "--by", "root", typed=PASSWORD + "\n")
    run(tmp_path, "user", "role", "Ana 李", "viewer", "--by", "Ben")
    secret = run(tmp_path, "user", "token", "Ana 李", "--label", "nightly", "--by", "Ben").stdout.strip()
    listed = run(tmp_path, "audit", "log", "--json").stdout
    made, changed, added = json.loads(listed)["entries"]
    assert (added["who"], added["what"], added["user"], added["role"]) == ("root", "user_added", "Ana 李", "admin")
    assert (changed["who"], changed["what"], changed["role"]) == ("Ben", "role_changed", "viewer")
    assert (made["what"], made["why"], made["proposal_id"]) == ("token_made", "nightly", "")
    shown = " ".join(run(tmp_path, "audit", "log").stdout.split())
    assert "Ben role changed Ana 李 → viewer" in shown
    assert f"Ben token made Ana 李 → {made['token_id']} accounts #3" in shown
    for told in (listed, shown):
        assert secret not in told
        assert PASSWORD not in told
    told = " ".join(run(tmp_path, "audit", "verify").stdout.split())
    assert "0 decisions, 0 proposals, 3 changes of accounts" in told


def test_a_token_is_shown_once(tmp_path: Path):
    run(tmp_path, "user", "add", "robot", "--no-password", "--role", "viewer")
    made = run(tmp_path, "user", "token", "robot", "--label", "nightly")
    secret = made.stdout.strip()
    assert secret.startswith("fp_")
    assert "not shown again" in made.stderr
    assert secret not in made.stderr
    with open_store(f"sqlite:///{tmp_path / 'firstprint.db'}") as store:
        user = store.tokens.login(secret)
        assert user is not None
        assert (user.name, user.role) == ("robot", "viewer")
    listed = run(tmp_path, "user", "token", "--list", "--json").stdout
    (token,) = json.loads(listed)["tokens"]
    assert (token["label"], token["user"]) == ("nightly", "robot")
    assert secret not in listed
    assert "nightly" in run(tmp_path, "user", "token", "robot", "--list").stdout
    assert "revoked" in run(tmp_path, "user", "token", "--revoke", token["id"]).stdout
    with open_store(f"sqlite:///{tmp_path / 'firstprint.db'}") as store:
        assert store.tokens.login(secret) is None
    assert json.loads(run(tmp_path, "user", "token", "robot", "--json").stdout)["secret"].startswith("fp_")
    assert refused(run(tmp_path, "user", "token"), "name_missing")
    assert refused(run(tmp_path, "user", "token", "--revoke", "x"), "token_unknown")
