"""Users, tokens, sessions, comments: secrets are kept as hashes, and whoever is shut out is out at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from saved_proposals import make_proposal
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from firstprint.errors import InputError, WorkspaceError
from firstprint.store import passwords
from firstprint.store.opening import open_store
from firstprint.store.proposals import ProposalStore
from firstprint.store.sessions import SessionStore
from firstprint.store.tokens import TokenStore

PASSWORD = "corret horse battery"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 at its least: what it costs is no part of these tests."""
    from argon2 import PasswordHasher

    passwords._stand_in.cache_clear()
    monkeypatch.setattr(passwords, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def store(store_url: str) -> Iterator[ProposalStore]:
    with open_store(store_url) as opened:
        opened.users.add("Ana Li 李", "reviewer", PASSWORD)
        yield opened


def everything_kept(store: ProposalStore) -> str:
    with store._database.reading() as session:
        tables = ("users", "tokens", "sessions")
        return "".join(str(session.execute(text(f"SELECT * FROM {name}")).all()) for name in tables)  # noqa: S608


def code_of(call: object, *args: object, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        call(*args, **options)  # type: ignore[operator]
    return caught.value.code


def test_a_password_lets_in_and_is_nowhere_kept(store: ProposalStore):
    user = store.users.login("ana li 李", PASSWORD)
    assert user == store.users.get("Ana Li 李")
    assert (user.name, user.role, user.disabled) == ("Ana Li 李", "reviewer", None)
    for name, password in (
        ("Ana Li 李", PASSWORD + "x"),
        ("Ben", PASSWORD),
        ("Ana Li 李", ""),
        ("Ana Li 李", "x" * 9999),
    ):
        assert store.users.login(name, password) is None
    assert PASSWORD not in everything_kept(store)
    assert "$argon2id$" in everything_kept(store)


def test_names_roles_and_passwords_keep_their_rules(store: ProposalStore):
    assert code_of(store.users.add, " ＡＮＡ LI 李", "viewer") == "user_exists"
    assert code_of(store.users.add, "  ", "viewer") == "name_missing"
    assert code_of(store.users.add, "a\x1b[31m", "viewer") == "name_unprintable"
    assert code_of(store.users.add, "a" * 101, "viewer") == "name_too_long"
    assert code_of(store.users.add, "Ben", "owner") == "role_unknown"
    assert code_of(store.users.add, "Ben", "viewer", "short") == "password_short"
    assert code_of(store.users.add, "Ben", "viewer", "x" * 257) == "password_long"
    assert code_of(store.users.set_password, "Ben", PASSWORD) == "user_unknown"
    assert [one.name for one in store.users.list()] == ["Ana Li 李"]
    store.users.add("Ben", "viewer")
    assert store.users.login("Ben", "") is None  # no password was set: none fits
    assert store.users.set_role("ben", "admin").role == "admin"


def test_a_weak_hash_is_made_anew_at_the_next_login(store: ProposalStore, monkeypatch: pytest.MonkeyPatch):
    from argon2 import PasswordHasher

    monkeypatch.setattr(passwords, "_hasher", lambda: PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert "t=2" not in everything_kept(store)
    assert store.users.login("Ana Li 李", PASSWORD) is not None
    assert "m=16,t=2" in everything_kept(store)


def test_a_token_lets_a_program_in_until_it_is_revoked(store: ProposalStore):
    now = [NOON]
    tokens = TokenStore(store._database, clock=lambda: now[0])
    made = tokens.add("Ana Li 李", "nightly export")
    assert made.secret.startswith("fp_")
    assert made.secret not in everything_kept(store)
    assert tokens.login(made.secret) == store.users.get("Ana Li 李")
    now[0] += timedelta(seconds=30)
    tokens.login(made.secret)
    assert tokens.list("Ana Li 李")[0].last_used == NOON  # once a minute is enough
    now[0] += timedelta(minutes=1)
    tokens.login(made.secret)
    assert tokens.list()[0].last_used == now[0]
    assert tokens.login(made.secret[:-1]) is tokens.login("") is tokens.login("\ud800") is None
    assert tokens.revoke(made.token.id).revoked == now[0]
    assert tokens.login(made.secret) is None
    assert code_of(tokens.revoke, "nothing") == "token_unknown"
    assert code_of(tokens.add, "nobody") == "user_unknown"


def test_a_session_carries_a_secret_for_forms_and_ends(store: ProposalStore):
    now = [NOON]
    sessions = SessionStore(store._database, clock=lambda: now[0])
    made = sessions.add("Ana Li 李", timedelta(hours=1))
    other = sessions.add("Ana Li 李", timedelta(hours=2))
    assert made.secret not in everything_kept(store)
    assert sessions.get(made.secret) == made.session
    assert made.session.csrf not in {made.secret, other.session.csrf}
    assert sessions.get("x") is None
    now[0] += timedelta(hours=1)
    assert sessions.get(made.secret) is None
    assert sessions.get(other.secret) is not None
    sessions.end(other.secret)
    assert sessions.get(other.secret) is None


def test_whoever_is_disabled_is_out_at_once_and_everywhere(store: ProposalStore):
    token, session = store.tokens.add("Ana Li 李"), store.sessions.add("Ana Li 李")
    assert store.users.disable("Ana Li 李").disabled is not None
    assert store.users.login("Ana Li 李", PASSWORD) is None
    assert store.tokens.login(token.secret) is None
    assert store.sessions.get(session.secret) is None
    assert code_of(store.tokens.add, "Ana Li 李") == "user_disabled"
    assert code_of(store.sessions.add, "Ana Li 李") == "user_unknown"
    assert store.users.enable("Ana Li 李").disabled is None
    assert store.users.login("Ana Li 李", PASSWORD) is not None
    assert store.tokens.login(token.secret) is None  # revoked for good


def test_another_password_ends_the_sessions(store: ProposalStore):
    session = store.sessions.add("Ana Li 李")
    store.users.set_password("Ana Li 李", PASSWORD + " staple")
    assert store.sessions.get(session.secret) is None
    assert store.users.login("Ana Li 李", PASSWORD) is None
    assert store.users.login("Ana Li 李", PASSWORD + " staple") is not None


def test_comments_are_added_and_never_changed(store: ProposalStore):
    store.save(make_proposal())
    first = store.comments.add("p-0000", " Which grade? \n", by="Ana")
    second = store.comments.add("p-0000", "瓶级\n见附件", by="Ben")
    assert store.comments.of_proposal("p-0000") == (first, second)
    assert (first.text, second.text) == ("Which grade?", "瓶级\n见附件")
    assert store.comments.of_proposal("p-0001") == ()
    assert code_of(store.comments.add, "p-0001", "x", by="Ana") == "proposal_unknown"
    assert code_of(store.comments.add, "p-0000", " ", by="Ana") == "comment_missing"
    assert code_of(store.comments.add, "p-0000", "a\u202eb", by="Ana") == "comment_unprintable"
    assert code_of(store.comments.add, "p-0000", "x" * 4001, by="Ana") == "comment_too_long"
    for statement in ("UPDATE comments SET text = 'x'", "DELETE FROM comments"):
        refused = pytest.raises((IntegrityError, WorkspaceError), match="append-only")
        with refused, store._database.writing() as session:
            session.execute(text(statement))
