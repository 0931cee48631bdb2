"""What ``firstprint user`` shows: users and tokens as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from firstprint.cli.figures import one_line
from firstprint.domain.access import Token, User


def users_view(users: Sequence[User]) -> Iterator[RenderableType]:
    """Name, role, since when, and who is shut out."""
    if not users:
        yield Text("There are no users yet. Add one: firstprint user add NAME --role admin", style="yellow")
        return
    table = _table("Name", "Role", "Since", "")
    for one in users:
        table.add_row(one_line(one.name), one.role, _day(one.created), "disabled" if one.disabled else "")
    yield table


def tokens_view(tokens: Sequence[Token]) -> Iterator[RenderableType]:
    """Id, user, what for, since when, last used, and which are revoked; never a secret."""
    if not tokens:
        yield Text("There are no tokens. Make one: firstprint user token NAME --label TEXT", style="yellow")
        return
    table = _table("Id", "User", "For", "Since", "Last used", "")
    for one in tokens:
        used = "never" if one.last_used is None else f"{one.last_used:%Y-%m-%d %H:%M} UTC"
        state = "revoked" if one.revoked else ""
        table.add_row(one.id, one_line(one.user), one_line(one.label), _day(one.created), used, state)
    yield table


def _table(*names: str) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for _ in names:
        table.add_column(overflow="fold")
    table.add_row(*(Text(name, style="dim") for name in names))
    return table


def _day(when: datetime) -> str:
    return f"{when:%Y-%m-%d}"
