"""``firstprint serve``: the REST API and the pages, for this machine, or with login for others."""

from __future__ import annotations

from typing import Annotated

import typer

from firstprint.cli import options
from firstprint.cli.progress import StepProgress
from firstprint.cli.session import settings_of


def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Where to listen; elsewhere than here login must be on.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65_535, help="Port to listen on; 0 takes a free one.")
    ] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=64, help="Processes; they share one index in memory.")
    ] = 1,
    home: options.Home = None,
) -> None:
    """Serve the pages for reviewers and the REST API under /api/v1, until Ctrl-C.

    Without login it serves this machine alone. With FIRSTPRINT_LOGIN=true people log in: first add an
    administrator with `firstprint user add NAME --role admin`.
    """
    from firstprint.server.serving import serve as served

    settings = settings_of(context, home)
    with StepProgress() as progress:
        served(settings, host=host, port=port, workers=workers, started=_started, progress=progress)


def _started(address: str) -> None:
    """Says where, at once: whoever waits for the line may read a pipe."""
    typer.echo(f"firstprint is at {address}  (API: {address}/api/v1/docs; stop it with Ctrl-C)")
    typer.get_text_stream("stdout").flush()
