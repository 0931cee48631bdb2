"""``firstprint serve``: looks at everything that may be wrong first, then listens."""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from firstprint.errors import InputError, WorkspaceError
from firstprint.server.middleware import JsonLines
from firstprint.settings import Settings, load_settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from firstprint.workspace import Progress

_BACKLOG = 2_048
_GRACE_S = 20
"""How long requests in hand may still take once the server is told to stop."""
_HOME = "FIRSTPRINT_HOME"


def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int,
    started: Callable[[str], None],
    progress: Progress | None = None,
) -> None:
    """Serves until it is told to stop.

    Args:
        settings: of the workspace.
        host: address or name to listen on; anything but this machine needs login.
        port: 0 takes any free one.
        workers: processes; each maps the same index into memory.
        started: told the address, once the server may be asked.
        progress: told each step of building an index, where there is none yet.

    Raises:
        InputError: ``serve_open`` without login elsewhere than on this machine; ``admin_missing``; ``port_taken``.
        FirstprintError: the workspace is at fault; a database that is away is no fault, and is waited for.
    """
    check_reach(settings, host)
    _check_workspace(settings, progress)
    listening = _socket(host, port)
    _log_as_json()
    address = _address(host, listening)
    if workers == 1:
        _serve_here(settings, listening, lambda: started(address))
    else:
        _serve_by_processes(settings, listening, workers, lambda: started(address))


def check_reach(settings: Settings, host: str) -> None:
    """Who can reach the server is who may: this machine alone, or people who log in.

    Raises:
        InputError: ``serve_open``.
    """
    if settings.login or _is_here(host):
        return
    raise InputError(
        f"Without login the server listens on this machine alone, not on {host!r}.",
        hint="Turn login on: FIRSTPRINT_LOGIN=true, and add an administrator: firstprint user add NAME --role admin",
        code="serve_open",
    )


def app() -> FastAPI:
    """The app of one worker process; uvicorn calls this there."""
    from firstprint.server.app import create_app

    _log_as_json()
    return create_app(load_settings())


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _check_workspace(settings: Settings, progress: Progress | None) -> None:
    """Index and database before a process is started: what is wrong is told once, in words."""
    from firstprint.server.services import AWAY, check_admin
    from firstprint.store.opening import open_store
    from firstprint.workspace import encoder_of, ready_index

    try:
        with open_store(settings.resolved_database_url) as store:
            check_admin(settings, store)
    except WorkspaceError as error:
        if error.code != AWAY:  # a database that is away may come back, and is waited for
            raise
    ready_index(settings, encoder_of(settings), progress)


def _socket(host: str, port: int) -> socket.socket:
    made: socket.socket | None = None
    try:
        family, _, _, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(_BACKLOG)
    except OSError as error:
        if made is not None:
            made.close()
        raise InputError(
            f"The server cannot listen on {host}:{port}: {error.strerror or error}.",
            hint="Choose another port: --port 8080; or stop what listens there.",
            code="port_taken",
        ) from error
    made.set_inheritable(True)
    return made


def _address(host: str, listening: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{shown}:{listening.getsockname()[1]}"


def _serve_here(settings: Settings, listening: socket.socket, started: Callable[[], None]) -> None:
    import uvicorn

    from firstprint.server.app import create_app
    from firstprint.server.services import Services

    services = Services(settings)
    services.start()
    try:
        started()
        uvicorn.Server(uvicorn.Config(create_app(settings, services), **_SHARED)).run(sockets=[listening])
    finally:
        services.stop()


def _serve_by_processes(
    settings: Settings, listening: socket.socket, workers: int, started: Callable[[], None]
) -> None:
    import uvicorn

    os.environ[_HOME] = str(settings.home.absolute())
    started()
    uvicorn.run("firstprint.server.serving:app", factory=True, workers=workers, fd=listening.fileno(), **_SHARED)


_SHARED: Final[dict[str, Any]] = {
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "timeout_graceful_shutdown": _GRACE_S,
}
"""What uvicorn is told, however many processes there are."""


def _log_as_json() -> None:
    """One JSON object a line on stderr, from this server and what it runs on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("alembic", "httpx", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)
