"""0007: what was done to accounts, which only grows; users and tokens that are there are noted as found."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from firstprint.store.chain import ACCOUNT_FIELDS, GENESIS, chained
from firstprint.store.tables import UtcDateTime

revision = "0007_accounts"
down_revision: str | None = "0006_jobs"

_REFUSAL = "changes of accounts are append-only"
_TABLE = "account_changes"
_SQLITE = (
    f"CREATE TRIGGER {_TABLE}_never_updated BEFORE UPDATE ON {_TABLE} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    f"CREATE TRIGGER {_TABLE}_never_deleted BEFORE DELETE ON {_TABLE} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION firstprint_refuse_account_change() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
    f"CREATE TRIGGER {_TABLE}_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON {_TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION firstprint_refuse_account_change()",
)
_BY = "firstprint"
_USERS = sa.table("users", *(sa.column(name, sa.Text()) for name in ("key", "name", "role")), sa.column("disabled"))
_TOKENS = sa.table(
    "tokens", *(sa.column(name, sa.Text()) for name in ("id", "user_key", "label")), sa.column("revoked")
)


def upgrade() -> None:
    """Creates the table, notes what there is, and has the database refuse any change of a row."""
    made = op.create_table(
        _TABLE,
        sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("token_id", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed", UtcDateTime(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
    )
    rows = _found(op.get_bind())
    if rows:
        op.bulk_insert(made, rows)
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """Drops the table with its triggers."""
    op.drop_table(_TABLE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION firstprint_refuse_account_change()")


def _found(connection: sa.Connection) -> list[dict[str, object]]:
    """Users with the role they have now, and tokens in force; what was done before is not known any more."""
    users = connection.execute(sa.select(_USERS).order_by(_USERS.c.key)).mappings().all()
    names = {user["key"]: user["name"] for user in users}
    told: list[dict[str, object]] = []
    for user in users:
        told.append({"what": "user_found", "user_name": user["name"], "role": user["role"]})
        if user["disabled"] is not None:
            told.append({"what": "user_disabled", "user_name": user["name"]})
    tokens = connection.execute(sa.select(_TOKENS).where(_TOKENS.c.revoked.is_(None)).order_by(_TOKENS.c.id))
    for token in tokens.mappings():
        owner = names[token["user_key"]]
        told.append({"what": "token_found", "user_name": owner, "token_id": token["id"], "label": token["label"]})
    return _chained(told)


def _chained(told: list[dict[str, object]]) -> list[dict[str, object]]:
    previous, rows, now = GENESIS, [], datetime.now(UTC)
    for sequence, each in enumerate(told, start=1):
        empty: dict[str, object] = {"role": None, "token_id": None, "label": "", "changed_by": _BY, "changed": now}
        row = {**empty, **each, "sequence": sequence}
        previous = chained(previous, row, ACCOUNT_FIELDS)
        rows.append({**row, "hash": previous})
    return rows
