"""A real ``firstprint serve`` in a process of its own, ended by its id, and a client on a socket."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

_START_S = 120
_STOP_S = 40
_AT = re.compile(r"firstprint is at (http://\S+)")


class ServerProcess:
    """Starts on a free port and waits until it answers."""

    def __init__(self, home: Path, *options: str, until: str = "/ready", **environment: str) -> None:
        """``until``: what must answer with 200, or with 503 if it is ``/health``."""
        command = [sys.executable, "-m", "firstprint", "--home", str(home), "serve", "--port", "0", *options]
        own = {**os.environ, "OMP_NUM_THREADS": "1", **environment}
        self.log: list[str] = []
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=own, start_new_session=True
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = _AT.search(line)
        if found is None:
            _, told = self._process.communicate(timeout=_STOP_S)
            raise AssertionError(f"the server did not start: {line}{told}")
        threading.Thread(target=self._read, daemon=True).start()
        self.address = found[1].replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - reached here all the same
        self.client = httpx.Client(base_url=f"{self.address}/api/v1", timeout=60)
        deadline = time.monotonic() + _START_S
        while not self._answers(until):
            assert time.monotonic() < deadline, "".join(self.log)
            time.sleep(0.1)

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """As a power cut would: no time to tidy up."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(_STOP_S)

    def stop(self) -> int:
        """As a service manager would; gives the exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(_STOP_S)

    def __enter__(self) -> ServerProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        try:
            self.stop()
        except subprocess.TimeoutExpired:
            self.kill()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def get(self, path: str, **more: Any) -> Any:
        answer = self.client.get(path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _answers(self, path: str) -> bool:
        try:
            return self.client.get(path).status_code in (200, 503 if path == "/health" else 200)
        except httpx.TransportError:
            return False

    def _read(self) -> None:
        assert self._process.stderr is not None
        try:
            for line in self._process.stderr:
                self.log.append(line)
        except ValueError:  # closed while we waited
            return
