"""Long arrays in files: written part by part, read where they are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def mapped(path: Path) -> NDArray[Any]:
    """An array of an ``.npy`` file, mapped into memory.

    It is a plain view: taking a part of a memmap costs ten times what it costs of an array over the same memory.
    """
    return np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)  # type: ignore[no-any-return]


class Column:
    """An array of one dimension that is written part by part, in memory or into an ``.npy`` file."""

    def __init__(self, dtype: np.dtype[Any], path: Path | None) -> None:
        """Takes the type of the values, and the file; None keeps the parts in memory."""
        self._path, self._dtype, self._length = path, dtype, 0
        self._held: list[NDArray[Any]] = []
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Column:
        if self._path is not None:
            self._file = self._path.open("wb")
            self._head()
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._head()
            self._file.close()
            self._file = None

    def add(self, part: NDArray[Any]) -> None:
        """Appends a part."""
        self._length += len(part)
        if self._file is None:
            self._held.append(part)
        else:
            part.astype(self._dtype, copy=False).tofile(self._file)

    def parts(self, together: int) -> Iterator[NDArray[Any]]:
        """What has been written, ``together`` values at a time."""
        whole = self.array()
        for start in range(0, len(whole), together):
            yield whole[start : start + together]

    def array(self) -> NDArray[Any]:
        """What has been written; a file is mapped."""
        if self._path is not None:
            if self._file is not None:
                self._head()
                self._file.flush()
            return mapped(self._path)
        if len(self._held) != 1:
            self._held = [np.concatenate([np.zeros(0, self._dtype), *self._held])]
        return self._held[0]

    def _head(self) -> None:
        """Writes the head for the length so far over the one before: numpy leaves room for longer numbers."""
        if self._file is None:
            return
        end = self._file.seek(0, 2)
        self._file.seek(0)
        told = {"descr": self._dtype.str, "fortran_order": False, "shape": (self._length,)}
        np.lib.format.write_array_header_1_0(self._file, told)
        self._file.seek(max(end, self._file.tell()))
