"""Changes of accounts are in the trail, chained, without a secret; whoever changes an account past it is found out."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from saved_proposals import make_decision, make_proposal
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from test_access import PASSWORD, cheap_hashes  # noqa: F401 - the fixture counts here too
from test_store_migrations import insert, made_at

from firstprint.domain.trail import AuditReport
from firstprint.errors import InputError, WorkspaceError
from firstprint.store.chain import ACCOUNT_FIELDS, GENESIS, chained
from firstprint.store.opening import open_store
from firstprint.store.proposals import ProposalStore
from firstprint.store.tables_access import AccountChangeRow


@pytest.fixture
def store(store_url: str) -> Iterator[ProposalStore]:
    with open_store(store_url) as opened:
        yield opened


def tampered(store: ProposalStore, statement: str) -> AuditReport:
    """The report after what somebody with the database's own rights can do; the trigger is taken away first."""
    with store._database.writing() as session:
        if session.connection().dialect.name == "postgresql":
            session.execute(text("DROP TRIGGER account_changes_never_changed ON account_changes"))
        else:
            session.execute(text("DROP TRIGGER account_changes_never_updated"))
            session.execute(text("DROP TRIGGER account_changes_never_deleted"))
        session.execute(text(statement))
    report = store.audit.verify()
    assert report.whole == (not report.faults)
    assert {one.kind for one in report.faults} <= {"account"}
    return report


def changed(store: ProposalStore) -> str:
    """Ana is added, made an administrator and given a token; Ben is added and shut out. Gives the token's id."""
    store.users.add("Ana Li 李", "reviewer", PASSWORD, by="root")
    store.users.set_role("ana li 李", "admin", by="root")
    token = store.tokens.add("Ana Li 李", "nightly", by="Ana Li 李").token.id
    store.users.add("Ben", "viewer", by="Ana Li 李")
    store.users.disable("ben", by="Ana Li 李")
    return token


def test_who_did_what_to_whose_account_is_told_latest_first(store: ProposalStore):
    before = datetime.now(UTC)
    token = changed(store)
    store.users.set_password("Ana Li 李", PASSWORD + " two", by="Ana Li 李")
    store.tokens.revoke(token, by="root")
    store.users.enable("Ben", by="root")
    entries = store.audit.log()
    assert [(one.who, one.what, one.user, one.role, one.token_id, one.why) for one in entries] == [
        ("root", "user_enabled", "Ben", None, None, ""),
        ("root", "token_revoked", "Ana Li 李", None, token, "nightly"),
        ("Ana Li 李", "password_changed", "Ana Li 李", None, None, ""),
        ("Ana Li 李", "user_disabled", "Ben", None, None, ""),
        ("Ana Li 李", "user_added", "Ben", "viewer", None, ""),
        ("Ana Li 李", "token_made", "Ana Li 李", None, token, "nightly"),
        ("root", "role_changed", "Ana Li 李", "admin", None, ""),
        ("root", "user_added", "Ana Li 李", "reviewer", None, ""),
    ]
    assert all(before <= datetime.fromisoformat(one.when) <= datetime.now(UTC) for one in entries)
    assert [one.sequence for one in entries] == list(range(8, 0, -1))
    assert store.audit.log(accounts=False) == ()
    assert [one.what for one in store.audit.log(limit=2)] == ["user_enabled", "token_revoked"]


def test_no_secret_is_in_the_trail(store: ProposalStore):
    store.users.add("Ana", "admin", PASSWORD)
    secret = store.tokens.add("Ana").secret
    store.users.set_password("Ana", PASSWORD + " two")
    with store._database.reading() as session:
        kept = str(session.execute(text("SELECT * FROM account_changes")).all())
        hashes = session.execute(text("SELECT secret_sha256 FROM tokens")).scalars().all()
        hashes += session.execute(text("SELECT password FROM users")).scalars().all()
    assert "token_made" in kept
    assert all(each not in kept for each in (secret, PASSWORD, *hashes))


def test_what_changes_nothing_is_not_noted(store: ProposalStore):
    token = changed(store)
    for _ in range(2):
        store.users.set_role("Ana Li 李", "admin")
        store.users.enable("Ana Li 李")
        store.users.disable("Ben")
        store.tokens.revoke(token)
    with pytest.raises(InputError):
        store.users.add("ANA LI 李", "viewer")
    with pytest.raises(InputError):
        store.users.add("Cem", "viewer", by=" ")
    assert store.audit.log()[0].what == "token_revoked"
    assert store.audit.verify().account_changes == 6
    assert [one.name for one in store.users.list()] == ["Ana Li 李", "Ben"], "nobody is added by nobody"


def test_the_chain_of_decisions_stays_what_it_was(store: ProposalStore):
    store.save(make_proposal())
    store.decisions.append([make_decision(make_proposal())])
    before = store.audit.verify()
    changed(store)
    after = store.audit.verify()
    assert (after.whole, after.decisions, after.head) == (True, 1, before.head)
    assert (before.account_changes, before.account_head) == (0, GENESIS)
    assert after.account_changes == 5
    assert {one.what for one in store.audit.log(proposal_id="p-0000")} == {"confirmed"}
    with store._database.reading() as session:
        previous = GENESIS
        for row in session.query(AccountChangeRow).order_by(AccountChangeRow.sequence):
            previous = chained(previous, {name: getattr(row, name) for name in ACCOUNT_FIELDS}, ACCOUNT_FIELDS)
            assert row.hash == previous
    assert previous == after.account_head


@pytest.mark.parametrize(
    ("statement", "place", "told"),
    [
        ("UPDATE account_changes SET changed_by = 'nobody' WHERE sequence = 2", "2", "role_changed of 'Ana Li 李'"),
        ("UPDATE account_changes SET role = 'admin' WHERE sequence = 4", "4", "edited"),
        ("DELETE FROM account_changes WHERE sequence = 3", "4", "removed"),
        ("DELETE FROM account_changes WHERE sequence = 5", "Ben", "shut out; the changes noted make them viewer"),
        ("UPDATE users SET role = 'admin' WHERE name = 'Ben'", "Ben", "is admin, shut out"),
        ("UPDATE users SET disabled = NULL WHERE name = 'Ben'", "Ben", "is viewer; the changes noted"),
        ("DELETE FROM users WHERE name = 'Ben'", "ben", "not there any more"),
        ("INSERT INTO users (key, name, role, created) VALUES ('eve', 'Eve', 'admin', '2026-03-01 00:00:00+00:00')",
         "Eve", "make them unknown"),
        ("INSERT INTO tokens (id, user_key, label, secret_sha256, created) "
         "VALUES ('feed', 'ben', '', 'x', '2026-03-01 00:00:00+00:00')", "feed", "is in force"),
    ],
)  # fmt: skip
def test_an_account_changed_past_the_trail_is_named(store: ProposalStore, statement: str, place: str, told: str):
    changed(store)
    assert store.audit.verify().whole
    report = tampered(store, statement)
    assert place in [one.place for one in report.faults]
    assert told in " ".join(one.message for one in report.faults)


def test_a_revoked_token_that_was_brought_back_is_named(store: ProposalStore):
    token = changed(store)
    store.tokens.revoke(token)
    assert store.audit.verify().whole
    report = tampered(store, f"UPDATE tokens SET revoked = NULL WHERE id = '{token}'")  # noqa: S608
    assert [one.place for one in report.faults] == [token]


def test_the_database_refuses_to_change_the_trail(store: ProposalStore):
    changed(store)
    for statement in ("UPDATE account_changes SET role = 'admin'", "DELETE FROM account_changes"):
        refused = pytest.raises((IntegrityError, WorkspaceError), match="append-only")
        with refused, store._database.writing() as session:
            session.connection().exec_driver_sql(statement)


def test_many_at_once_leave_one_chain_without_gaps(store: ProposalStore):
    store.users.add("Ana", "admin")
    with ThreadPoolExecutor(6) as people:
        ids = list(people.map(lambda n: store.tokens.add("Ana", f"t{n}").token.id, range(18)))
        list(people.map(store.tokens.revoke, ids))
    report = store.audit.verify()
    assert (report.whole, report.account_changes) == (True, 37)


def test_users_and_tokens_of_an_older_database_are_noted_as_found(database_url: str):
    database = made_at(database_url, "0006_jobs")
    then = "2026-03-01 09:37:00.000000+00:00"
    for name, role, disabled in (("Ben", "viewer", then), ("Ana Li 李", "admin", None)):
        row = {"key": name.casefold(), "name": name, "role": role, "created": then, "disabled": disabled}
        insert(database, "users", row)
    for token, revoked in (("aa", None), ("bb", then)):
        row = {"id": token, "user_key": "ana li 李", "label": "nightly", "secret_sha256": token, "created": then}
        insert(database, "tokens", {**row, "revoked": revoked})
    database.close()
    with open_store(database_url) as store:
        entries = store.audit.log()
        assert [(one.who, one.what, one.user, one.role, one.token_id) for one in reversed(entries)] == [
            ("firstprint", "user_found", "Ana Li 李", "admin", None),
            ("firstprint", "user_found", "Ben", "viewer", None),
            ("firstprint", "user_disabled", "Ben", None, None),
            ("firstprint", "token_found", "Ana Li 李", None, "aa"),
        ]
        report = store.audit.verify()
        assert (report.whole, report.account_changes) == (True, 4)
        store.users.set_role("ben", "reviewer", by="Ana Li 李")
        store.tokens.revoke("aa", by="Ana Li 李")
        assert (store.audit.verify().whole, store.audit.verify().account_changes) == (True, 6)
