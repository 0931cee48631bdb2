"""Which index folders of a home stay: who has one open, when it was opened last, and removing those left behind.

A catalogue that changes gets a new folder, so folders pile up. Whoever opens one takes a shared lock on its file
``used`` and sets that file's time; both end with the process, however it ends. A folder is removed only by whom that
lock is granted to alone, and is renamed before anything in it is deleted: nobody ever opens half of one. What is
removed can be made again, byte for byte; only time is lost.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
import uuid
import weakref
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from firstprint.errors import IndexFaultError
from firstprint.retrieval.manifest import FILE, FORMAT, read_manifest

USED_FILE: Final = "used"
"""Locked by whom the index is open to; its time of last writing is when the index was last opened."""
OTHERS_KEPT_S: Final = 30 * 86_400.0
"""How long an index of another encoder or version stays unopened: as long as the vectors of a build that was killed."""
_NAME: Final = re.compile(r"[0-9a-f]{16}")
_TRIES: Final = 5


class IndexFolder(NamedTuple):
    """An index on disk.

    Attributes:
        encoder_id: of the encoder; empty where this version cannot read the index.
        used: when it was last opened, else built; seconds since 1970.
        bytes: of its files together.
    """

    folder: Path
    encoder_id: str
    used: float
    bytes: int


class Hold:
    """A shared lock on an index folder, for as long as this object lives."""

    def __init__(self, handle: int) -> None:
        """Takes over an open file descriptor that is locked."""
        self._ends = weakref.finalize(self, os.close, handle)

    def release(self) -> None:
        """Gives the folder free; again and again does no harm."""
        self._ends()


def hold(folder: Path) -> Hold | None:
    """Says that an index is in use from now on; None where the system knows no locks or the folder takes none."""
    for _ in range(_TRIES):
        try:
            handle = _opened(folder / USED_FILE)
        except OSError:
            return None
        if _stands_locked(handle, folder / USED_FILE):
            return Hold(handle)
        os.close(handle)  # removed or swapped while this waited
    return None


def _stands_locked(handle: int, path: Path) -> bool:
    """Takes the shared lock; whether the file locked is still the one at ``path``, whose time is then set."""
    try:
        if not _locked(handle, shared=True) or not os.path.samestat(os.fstat(handle), path.stat()):
            return False
    except OSError:
        return False
    with contextlib.suppress(OSError):
        os.utime(path)
    return True


def index_folders(parent: Path) -> tuple[IndexFolder, ...]:
    """The indexes in a folder, the one used last first; what else lies there is not looked at."""
    found = []
    with contextlib.suppress(OSError):
        for folder in parent.iterdir():
            if _NAME.fullmatch(folder.name) and (folder / FILE).is_file():
                with contextlib.suppress(OSError):
                    found.append(_looked_at(folder))
    return tuple(sorted(found, key=lambda one: (one.used, one.folder.name), reverse=True))


def left_behind(found: Sequence[IndexFolder], needed: Container[str], encoder_id: str) -> tuple[IndexFolder, ...]:
    """Those that a build may remove.

    Of the same encoder, the one used last beside those needed stays: a catalogue that is put back finds its index, and
    the next build its vectors. An index of another encoder or version stays until nobody has opened it for 30 days:
    somebody may switch between them.

    Args:
        found: as ``index_folders`` tells, the one used last first.
        needed: names of folders that stay.
        encoder_id: of the encoder that was built with.
    """
    beside = [one for one in found if one.folder.name not in needed]
    own = [one for one in beside if one.encoder_id == encoder_id]
    now = time.time()
    long_unused = (one for one in beside if one.encoder_id != encoder_id and now - one.used > OTHERS_KEPT_S)
    return (*own[1:], *long_unused)


def remove(folders: Sequence[IndexFolder]) -> tuple[IndexFolder, ...]:
    """Removes indexes that no process has open; those that are gone."""
    return tuple(one for one in folders if _removed(one.folder))


def _removed(folder: Path) -> bool:
    away = folder.with_name(f".old-{uuid.uuid4().hex}")
    try:
        with _alone(folder) as alone:
            if not alone:
                return False
            folder.rename(away)
    except OSError:
        return False
    shutil.rmtree(away, ignore_errors=True)
    return True


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether nobody has the index open; nobody opens it until the end."""
    if not _knows_locks():  # Windows, which renames no folder that somebody reads from
        yield True
        return
    handle = _opened(folder / USED_FILE)
    try:
        yield _locked(handle, shared=False)
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError:  # a home that this process may only read
        return os.open(path, os.O_RDONLY)


def _knows_locks() -> bool:
    try:
        import fcntl  # noqa: F401
    except ImportError:
        return False
    return True


def _locked(handle: int, *, shared: bool) -> bool:
    """Takes the lock: a shared one as soon as a removal ends, one alone at once or not at all.

    Raises:
        OSError: the file system knows no locks.
    """
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _looked_at(folder: Path) -> IndexFolder:
    encoder_id = ""
    with contextlib.suppress(IndexFaultError):
        manifest = read_manifest(folder)
        encoder_id = manifest.encoder_id if manifest.format == FORMAT else ""
    files = {path.name: path.stat() for path in folder.iterdir()}
    used = files.get(USED_FILE) or files[FILE]
    return IndexFolder(folder, encoder_id, used.st_mtime, sum(one.st_size for one in files.values()))
