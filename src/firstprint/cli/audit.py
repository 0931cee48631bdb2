"""``firstprint audit``: whether the history of decisions and accounts is whole, and the history to read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from firstprint.cli import options
from firstprint.cli.errors import FAULT_FOUND
from firstprint.cli.output import console, show
from firstprint.cli.review_store import fields, write
from firstprint.cli.session import kept_store

if TYPE_CHECKING:
    from firstprint.store.audit import Anchor

app = typer.Typer(no_args_is_help=True, help="Check that the history of decisions is whole, and read it.")


def _anchor(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"[0-9]{1,18}:[0-9a-f]{64}", value):
        raise typer.BadParameter(f"{value!r} is no place in the chain: NUMBER:HASH, as `audit verify` shows it.")
    return value


@app.command("verify")
def verify(
    context: typer.Context,
    anchor: Annotated[
        str | None,
        typer.Option(
            "--anchor",
            metavar="NUMBER:HASH",
            callback=_anchor,
            help="A place noted from an earlier run: what came up to it must still be there.",
        ),
    ] = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Check every decision and change of accounts against its hash chain, and proposals and accounts against them.

    Exit code 1 where a decision or change was edited, removed, put in or moved, a proposal's record was edited, or a
    status, role or token does not follow. Note the place shown, outside the database: given back with --anchor, it also
    shows what was cut off.
    """
    from firstprint.cli.render_audit import report_view

    with kept_store(context, home) as store:
        report = store.audit.verify(_place(anchor))
    if json:
        write(fields(report))
    else:
        show(report_view(report), console())
    if not report.whole:
        raise typer.Exit(FAULT_FOUND)


@app.command("log")
def log(
    context: typer.Context,
    proposal_id: Annotated[
        str | None,
        typer.Option("--proposal", metavar="ID", help="Only about this proposal; a beginning of its id is enough."),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, max=100_000, help="How many entries to show, latest first.")
    ] = 50,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Read who decided or remarked what, and who changed whose account, when and why, latest first."""
    from firstprint.cli.render_audit import trail_view

    with kept_store(context, home) as store:
        entries = store.audit.log(limit, None if proposal_id is None else store.resolve(proposal_id))
    if json:
        write({"entries": [fields(one) for one in entries]})
        return
    show(trail_view(entries), console())


def _place(anchor: str | None) -> Anchor | None:
    from firstprint.store.audit import Anchor

    if anchor is None:
        return None
    sequence, _, noted = anchor.partition(":")
    return Anchor(int(sequence), noted)
