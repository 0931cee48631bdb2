"""``firstprint mcp``: for agents, over standard input and output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from firstprint.cli import options
from firstprint.cli.session import settings_of
from firstprint.errors import InputError

if TYPE_CHECKING:
    from mcp.server import MCPServer


def mcp(context: typer.Context, home: options.Home = None) -> None:
    """Serve an agent over the Model Context Protocol: match, estimate, explain, look up, suggest a decision.

    An agent never decides. Start it from the agent's own settings; standard output belongs to the protocol.
    """
    _server(context, home).run("stdio")


def _server(context: typer.Context, home: options.Home) -> MCPServer:
    from firstprint.mcp_server import build

    try:
        return build(settings_of(context, home))
    except ImportError as error:
        raise InputError(
            "The package mcp is not installed.", hint="Run: pip install 'firstprint[mcp]'", code="extra_missing"
        ) from error
