"""Writes an export whole or not at all, and never over a file that nobody said to replace."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from firstprint.errors import InputError


def path_fault(path: Path, *, force: bool) -> str:
    """Why a file cannot be written there; empty where nothing stands in the way."""
    if path.is_dir():
        return f"{path} is a folder: name a file"
    if not path.parent.is_dir():
        return f"the folder {path.parent} does not exist"
    return (
        f"{path} exists already: choose another name, or replace it with --force" if path.exists() and not force else ""
    )


def write_whole(path: Path, content: bytes, *, force: bool) -> None:
    """Writes to a temporary name in the same folder, then renames: a reader sees the old file or the new one.

    Raises:
        InputError: ``file_exists`` where a file has come to be there meanwhile and ``force`` is not set.
        OSError: the folder cannot be written.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o666 & ~_umask())
        if force:
            temporary.replace(path)
        else:
            _link_new(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _link_new(temporary: Path, path: Path) -> None:
    """Gives the file its name only where nothing has that name."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise InputError(
            f"The file {path} exists already.", hint="Choose another name, or replace it: --force", code="file_exists"
        ) from None
    except OSError:  # a file system without links
        if path.exists():
            raise InputError(
                f"The file {path} exists already.",
                hint="Choose another name, or replace it: --force",
                code="file_exists",
            ) from None
        temporary.replace(path)


def _umask() -> int:
    """The process's mask for new files; ``mkstemp`` ignores it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
