"""Batches from and to any storage that fsspec knows, such as ``s3://``, ``gs://``, ``abfs://`` and ``sftp://``.

The input is copied into the workspace first, the output is carried over once it is whole, and the parts of an
unfinished run lie in the workspace between, so that every engine and format works as with plain files. Credentials
and endpoints are those of the storage's own package and its variables.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from firstprint.batch import runner
from firstprint.batch.checkpoint import held, writing
from firstprint.batch.formats import format_of, output_format_of
from firstprint.batch.records import BatchOptions, BatchProgress, BatchReport
from firstprint.errors import FirstprintError, InputError, WorkspaceError

if TYPE_CHECKING:
    from firstprint.settings import Settings
    from firstprint.workspace import Progress

_BLOCK_BYTES: Final = 4 * 1024**2
_WHOLE: Final = frozenset(
    {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "oci", "tos", "http", "https"}
)
"""Object stores: what is put there appears once it is whole. Elsewhere a file is written beside and renamed."""
_FAULTS_OF_PACKAGES: Final = (
    ("botocore.exceptions", "BotoCoreError"),
    ("aiohttp", "ClientError"),
    ("gcsfs.retry", "HttpError"),
    ("google.auth.exceptions", "GoogleAuthError"),
    ("azure.core.exceptions", "AzureError"),
)
"""Errors of storages' packages that are no ``OSError``."""
_ID_CHARS: Final = 16


class _Place(NamedTuple):
    """A file on some storage."""

    url: str
    system: Any
    path: str
    protocol: str


def is_url(text: str) -> bool:
    """Whether a text names a file on a storage, as against a plain path, also one of Windows."""
    return "://" in text


def run_batch_at(
    settings: Settings,
    source: str,
    target: str,
    options: BatchOptions | None = None,
    progress: BatchProgress | None = None,
    preparing: Progress | None = None,
) -> BatchReport:
    """``run_batch`` where input, output or both may be URLs.

    Raises:
        InputError: as ``run_batch``; or the storage's package is not installed, or there is no such file.
        WorkspaceError: as ``run_batch``; or the storage refuses the output, which a resumed run carries over again.
    """
    if not is_url(source) and not is_url(target):
        return runner.run_batch(settings, Path(source), Path(target), options, progress, preparing)
    if source == target:
        raise InputError("Input and output are the same file.", hint="Name another output.", code="batch_options")
    if is_url(target):
        output_format_of(Path(_name(target)))
    folder = settings.home / "batches" / hashlib.sha256(_known_as(target).encode()).hexdigest()[:_ID_CHARS]
    with ExitStack() as kept:
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        kept.enter_context(held(folder))
        there = _place(target) if is_url(target) else None
        local_target = Path(target) if there is None else _folder(folder / "out") / _name(target)
        local_source = Path(source)
        if is_url(source):
            format_of(Path(_name(source)))
            local_source = _folder(folder / "in") / _name(source)
            _fetch(_place(source), local_source)

        def deliver(made: Path) -> None:
            if there is not None:
                _carry(made, there)

        report = runner.run_batch(settings, local_source, local_target, options, progress, preparing, deliver)
        if report.finished:
            shutil.rmtree(folder, ignore_errors=True)
    return report._replace(source=source, target=target)


def _known_as(target: str) -> str:
    return target if is_url(target) else str(Path(target).absolute())


def _name(url: str) -> str:
    return PurePosixPath(url.partition("://")[2].partition("?")[0]).name


def _folder(path: Path) -> Path:
    with writing(path):
        path.mkdir(exist_ok=True)
    return path


def _place(url: str) -> _Place:
    from fsspec.core import url_to_fs

    try:
        with _told(url):
            system, path = url_to_fs(url)
    except ImportError as error:
        raise InputError(
            f"{url}: this storage needs a package that is not installed ({' '.join(str(error).split())[:200]}).",
            hint="For s3:// pip install s3fs, for gs:// gcsfs, for abfs:// adlfs.",
            code="storage_missing",
        ) from error
    return _Place(url, system, path, url.partition("://")[0].rpartition("::")[2])


def _fetch(place: _Place, local: Path) -> None:
    """Copies a file of the storage into the workspace."""
    with _told(place.url):
        if not place.system.exists(place.path):
            raise InputError(f"{place.url}: there is no such file.", hint="Check the URL.", code="storage_input")
        if place.system.isdir(place.path):
            raise InputError(f"{place.url} is a folder.", hint="Name one file.", code="storage_input")
    with ExitStack() as kept:
        with _told(place.url):
            remote = kept.enter_context(place.system.open(place.path, "rb"))
        with writing(local):
            handle = kept.enter_context(local.open("wb"))
        while True:
            with _told(place.url):
                block = remote.read(_BLOCK_BYTES)
            if not block:
                break
            with writing(local):
                handle.write(block)


def _carry(made: Path, place: _Place) -> None:
    """Puts a file on the storage, whole or not at all."""
    head, _, name = place.path.rpartition("/")
    beside = f"{head}/.{name}.{os.getpid()}.part" if head else f".{name}.{os.getpid()}.part"
    with _told(place.url):
        if place.protocol in _WHOLE:
            place.system.put_file(str(made), place.path)
            return
        try:
            place.system.put_file(str(made), beside)
            place.system.mv(beside, place.path)
        finally:
            with suppress(OSError):
                if place.system.exists(beside):
                    place.system.rm_file(beside)


@contextmanager
def _told(url: str) -> Iterator[None]:
    """Turns what a storage says into one message that names the way on."""
    try:
        yield
    except FirstprintError:
        raise
    except _faults() as error:
        why = " ".join(str(getattr(error, "strerror", None) or error).split())[:300] or type(error).__name__
        raise WorkspaceError(
            f"The storage refused {url}: {why}.",
            hint="Check URL, credentials and network; what was answered is kept: the same command with --resume.",
            code="batch_storage",
        ) from error


def _faults() -> tuple[type[Exception], ...]:
    """What storages raise, as far as their packages are loaded by the time that something was raised."""
    loaded = [(name, kind) for name, kind in _FAULTS_OF_PACKAGES if name in sys.modules]
    return (OSError, ValueError, *(getattr(importlib.import_module(name), kind) for name, kind in loaded))


__all__ = ["is_url", "run_batch_at"]
