"""``firstprint user``: who may log in to the server; for whoever may open its database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstprint.cli import options
from firstprint.cli.output import console, notice, show
from firstprint.cli.review_store import fields, name_of, write
from firstprint.cli.session import settings_of
from firstprint.domain.access import Role
from firstprint.errors import InputError

if TYPE_CHECKING:
    from firstprint.domain.access import User
    from firstprint.store.proposals import ProposalStore

app = typer.Typer(no_args_is_help=True, help="Manage who may log in to the server.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The user's name; case does not matter.")]
By = Annotated[
    str | None,
    typer.Option(
        "--by", metavar="NAME", help="Who does it, for the audit trail; else the name you are logged in with."
    ),
]
_MAX_LINE = 4_096


@app.command("add")
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the user's decisions are signed with.")],
    role: Annotated[
        Role, typer.Option("--role", metavar="ROLE", help="viewer reads, reviewer also decides, admin also manages.")
    ] = "reviewer",
    no_password: Annotated[  # noqa: FBT002
        bool, typer.Option("--no-password", help="For a program: it logs in with tokens alone.")
    ] = False,
    by: By = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Add a user. The password is asked for, or read as the first line of standard input."""
    with _opened(context, home) as store:
        user = store.users.add(name, role, None if no_password else _password(), by=name_of(by))
    _tell(user, f"{user.name} may log in as {user.role}.", as_json=json)


@app.command("list")
def list_users(
    context: typer.Context,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """List users with their roles."""
    from firstprint.cli.render_users import users_view

    with _opened(context, home) as store:
        users = store.users.list()
    if json:
        write({"users": [fields(one) for one in users]})
        return
    show(users_view(users), console())


@app.command("disable")
def disable(
    context: typer.Context,
    name: Name,
    again: Annotated[bool, typer.Option("--undo", help="Let the user in again; revoked tokens stay so.")] = False,  # noqa: FBT002
    by: By = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Shut a user out at once: sessions end and tokens are revoked; what they decided stays."""
    with _opened(context, home) as store:
        user = store.users.enable(name, by=name_of(by)) if again else store.users.disable(name, by=name_of(by))
    _tell(user, f"{user.name} may log in again." if again else f"{user.name} can log in no more.", as_json=json)


@app.command("role")
def set_role(
    context: typer.Context,
    name: Name,
    role: Annotated[Role, typer.Argument(metavar="ROLE", help="viewer, reviewer or admin.")],
    by: By = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Give a user another role."""
    with _opened(context, home) as store:
        user = store.users.set_role(name, role, by=name_of(by))
    _tell(user, f"{user.name} is now {user.role}.", as_json=json)


@app.command("password")
def password(
    context: typer.Context,
    name: Name,
    by: By = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Give a user another password, asked for or read from standard input; their sessions end."""
    with _opened(context, home) as store:
        store.users.get(name)  # a wrong name is told before a password is asked for
        user = store.users.set_password(name, _password(), by=name_of(by))
    _tell(user, f"{user.name} has a new password.", as_json=json)


@app.command("token")
def token(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Whose role the token has.")] = None,
    label: Annotated[str, typer.Option("--label", metavar="TEXT", help="What it is for.")] = "",
    shown: Annotated[bool, typer.Option("--list", help="List the tokens there are instead.")] = False,  # noqa: FBT002
    revoke: Annotated[str | None, typer.Option("--revoke", metavar="ID", help="End this token instead.")] = None,
    by: By = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Make a token for a program. The secret is shown this once; only its hash is kept."""
    from firstprint.cli.render_users import tokens_view

    with _opened(context, home) as store:
        if revoke is not None or shown:
            told = (store.tokens.revoke(revoke, by=name_of(by)),) if revoke is not None else store.tokens.list(name)
            if json:
                write({"tokens": [fields(one) for one in told]})
            else:
                show(tokens_view(told), console())
            return
        if name is None:
            raise InputError(
                "A token belongs to a user.", hint="Name one: firstprint user token NAME", code="name_missing"
            )
        made = store.tokens.add(name, label, by=name_of(by))
    if json:
        write(fields(made))
        return
    notice(f"Token {made.token.id} of {made.token.user}. Keep the secret now; it is not shown again:")
    typer.echo(made.secret)


def _tell(user: User, sentence: str, *, as_json: bool) -> None:
    """What has become of a user: as a record, or in a sentence."""
    if as_json:
        write(fields(user))
    else:
        notice(sentence)


@contextmanager
def _opened(context: typer.Context, home: Path | None) -> Iterator[ProposalStore]:
    """The store, made where there is none: users may come before the first proposal."""
    from firstprint.store.opening import open_store

    with open_store(settings_of(context, home).resolved_database_url) as store:
        yield store


def _password() -> str:
    """From the terminal, typed twice and unseen; else the first line of standard input.

    Never an argument: every user of the machine can read those.
    """
    if sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    return sys.stdin.readline(_MAX_LINE).rstrip("\r\n")
