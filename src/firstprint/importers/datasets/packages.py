"""A file, a folder or a zip archive as named members of bounded size. All of it is hostile until parsed."""

from __future__ import annotations

import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import NamedTuple

from firstprint.errors import FaultsError, UnreadableError
from firstprint.importers.datasets.records import Problem

MAX_MEMBER_BYTES = 128 * 1024 * 1024
MAX_TOTAL_BYTES = 8 * 1024**3
MAX_MEMBERS = 500_000
_MAX_RATIO = 500
"""Text of data sets shrinks by 5 to 30; only made-up archives shrink by hundreds."""
_RATIO_FROM_BYTES = 16 * 1024 * 1024
_SHOWN_CHARS = 120
_UNPACK_ERRORS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, NotImplementedError, RuntimeError,
)  # fmt: skip


class Member(NamedTuple):
    """One file of a package.

    Attributes:
        name: its path within the package, with ``/``; the file's own name for a single file.
        size_bytes: as declared; reading stops there.
    """

    name: str
    size_bytes: int

    @property
    def suffix(self) -> str:
        """The end of the name in lower case, with its dot."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders it lies in, in lower case."""
        return tuple(part.lower() for part in PurePosixPath(self.name).parts[:-1])


class Package(AbstractContextManager["Package"]):
    """The members of a file, folder or zip archive, in a fixed order.

    Attributes:
        path: what was opened.
        kind: ``file``, ``folder`` or ``zip``. Workbooks and other zip archives with a suffix of their own are files.
        members: all that may be read.
        problems: members that may not, and why; importers need not repeat them.
    """

    def __init__(self, path: Path) -> None:
        """Opens a package and looks at its list of members; reads none of them.

        Raises:
            FaultsError: it is not there, is empty, or is too large altogether.
        """
        self.path = path
        self.problems: list[Problem] = []
        self._archive: zipfile.ZipFile | None = None
        self._parts: dict[str, zipfile.ZipInfo] = {}
        self.kind, self.members = self._open()
        if not self.members:
            told = [f"{each.place}: {each.reason} {each.detail}".strip() for each in self.problems[:20]]
            self.close()
            raise _unreadable(path, told or ["holds no files."])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the archive."""
        self.close()

    def close(self) -> None:
        """Closes the archive; members cannot be read any more."""
        if self._archive is not None:
            self._archive.close()

    def of_suffix(self, *suffixes: str) -> tuple[Member, ...]:
        """The members whose name ends in one of ``suffixes`` (lower case, with dot)."""
        return tuple(each for each in self.members if each.suffix in suffixes)

    def in_folder(self, name: str, *suffixes: str) -> tuple[Member, ...]:
        """The members in a folder of this name, at any depth."""
        return tuple(each for each in self.of_suffix(*suffixes) if name in each.folders)

    def read(self, member: Member) -> bytes:
        """The bytes of a member.

        Raises:
            UnreadableError: it is damaged, or longer than declared.
        """
        try:
            return self._bytes(member)
        except _UNPACK_ERRORS as error:
            raise UnreadableError("cannot be unpacked", f"{member.name}: {_said(error)}") from error

    def start(self, member: Member, count: int = 4096) -> bytes:
        """The first bytes of a member, for recognising; empty where it cannot be read."""
        try:
            if self._archive is None:
                with self._file(member).open("rb") as file:
                    return file.read(count)
            with self._archive.open(self._parts[member.name]) as part:
                return part.read(count)
        except _UNPACK_ERRORS:
            return b""

    def _bytes(self, member: Member) -> bytes:
        if self._archive is not None:
            return self._archive.read(self._parts[member.name])
        with self._file(member).open("rb") as file:
            data = file.read(MAX_MEMBER_BYTES + 1)
        if len(data) > MAX_MEMBER_BYTES:
            raise UnreadableError("is too large", f"{member.name}: at most {MAX_MEMBER_BYTES // 1024**2} MB are read")
        return data

    def _file(self, member: Member) -> Path:
        return self.path / member.name if self.kind == "folder" else self.path

    def _open(self) -> tuple[str, tuple[Member, ...]]:
        try:
            if self.path.is_dir():
                return "folder", self._checked(self._of_folder())
            if not self.path.is_file():
                raise _unreadable(self.path, ["is not there." if not self.path.exists() else "is no plain file."])
            if self.path.suffix.lower() == ".zip":
                return "zip", self._checked(self._of_archive())
            return "file", self._checked([Member(self.path.name, self.path.stat().st_size)])
        except OSError as error:
            raise _unreadable(self.path, [f"cannot be opened: {error.strerror or error}."]) from error

    def _of_folder(self) -> Iterator[Member]:
        """Plain files below the folder; links are not followed, since they may lead anywhere."""
        for folder, names, files in os.walk(self.path, followlinks=False):
            names[:] = sorted(name for name in names if not name.startswith((".", "__MACOSX")))
            for name in sorted(files):
                path = Path(folder, name)
                inside = path.relative_to(self.path).as_posix()
                if path.is_symlink():
                    self.problems.append(Problem("is a link, and links are not followed", inside))
                elif path.is_file() and not name.startswith("."):
                    yield Member(inside, path.stat().st_size)

    def _of_archive(self) -> Iterator[Member]:
        try:
            self._archive = zipfile.ZipFile(self.path)
        except _UNPACK_ERRORS as error:
            raise _unreadable(self.path, [f"is not a zip archive that can be read: {_said(error)}."]) from error
        for part in self._archive.infolist():
            if part.is_dir() or part.filename.startswith("__MACOSX/"):
                continue
            refused = self._refused(part)
            if refused is not None:
                self.problems.append(refused)
                continue
            self._parts[part.filename] = part
            yield Member(part.filename, part.file_size)

    def _refused(self, part: zipfile.ZipInfo) -> Problem | None:
        name, shown = part.filename, part.filename[:_SHOWN_CHARS]
        if name.startswith(("/", "\\")) or ".." in PurePosixPath(name.replace("\\", "/")).parts or ":" in name[:2]:
            return Problem("has a path that leads out of the archive", shown)
        if part.flag_bits & 1:
            return Problem("is encrypted", shown, "Unpack it with its password first.")
        if name in self._parts:
            return Problem("stands twice in the archive", shown, "The first one was taken.")
        if part.file_size > _RATIO_FROM_BYTES and part.file_size > _MAX_RATIO * max(part.compress_size, 1):
            return Problem(
                "unpacks to hundreds of times its size, as only made-up archives do", shown,
                f"{part.compress_size:,} bytes hold {part.file_size:,}.",
            )  # fmt: skip
        return None

    def _checked(self, members: Iterable[Member]) -> tuple[Member, ...]:
        kept: list[Member] = []
        total = 0
        for member in members:
            if member.size_bytes > MAX_MEMBER_BYTES:
                limit = f"{member.size_bytes / 1024**2:.0f} MB; at most {MAX_MEMBER_BYTES // 1024**2} MB are read."
                self.problems.append(Problem("is too large", member.name[:_SHOWN_CHARS], limit))
                continue
            total += member.size_bytes
            if total > MAX_TOTAL_BYTES or len(kept) >= MAX_MEMBERS:
                self.close()
                limits = f"{MAX_MEMBERS:,} files or {MAX_TOTAL_BYTES // 1024**3} GB"
                raise _unreadable(self.path, [f"holds more than {limits}; import it in parts."])
            kept.append(member)
        return tuple(kept)


def _unreadable(path: Path, faults: Iterable[str]) -> FaultsError:
    return FaultsError(
        f"{path.name or path} cannot be imported; nothing was changed.",
        tuple(faults),
        hint="Give a file, a folder or a zip archive of a format that firstprint catalogue import --help names.",
    )


def _said(error: BaseException) -> str:
    return str(error)[:_SHOWN_CHARS] or type(error).__name__
