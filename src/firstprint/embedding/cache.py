"""An encoder that remembers: each distinct text is encoded once, across folds, suites and runs.

Vectors are addressed by content: the key is SHA-256 over the encoder's id and the text, so another encoder or other
weights never meet the vectors of these. The file is a cache and nothing more: when it is damaged it is begun anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from firstprint.errors import WorkspaceError

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray

    from firstprint.domain.steps import Encoder

MAX_VECTORS = 100_000
"""At 512 float32 a vector, 205 MB; beyond it the vectors that came first make room."""
_CHUNK = 512
_LOOK_UP = 900
_WAIT_S = 30.0


class CachedEncoder:
    """Keeps the vectors of an encoder in an SQLite file; keeps the ``Encoder`` protocol.

    Attributes:
        encoded: texts handed to the encoder beneath since this object was made.
    """

    def __init__(self, encoder: Encoder, path: Path | None = None, max_vectors: int = MAX_VECTORS) -> None:
        """Opens the cache.

        Args:
            encoder: gives the vectors that are not there yet.
            path: the file; None keeps them in memory for as long as this object lives.
            max_vectors: how many vectors are kept at most.

        Raises:
            WorkspaceError: the folder cannot be written.
        """
        self._encoder = encoder
        self._max_vectors = max_vectors
        self._salt = encoder.encoder_id.encode() + b"\0"
        self._database = _opened(path)
        self.encoded = 0

    @property
    def encoder_id(self) -> str:
        """That of the encoder beneath."""
        return self._encoder.encoder_id

    @property
    def dimension(self) -> int:
        """That of the encoder beneath."""
        return self._encoder.dimension

    def __enter__(self) -> CachedEncoder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; the object is of no use afterwards."""
        self._database.close()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of shape (len(texts), dimension), each distinct text encoded at most once."""
        keys = [self._key(text) for text in texts]
        known = self._known(dict.fromkeys(keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        known |= self._encode_new(missing)
        if not keys:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([known[key] for key in keys])

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(self._salt + text.encode("utf-8", "surrogatepass")).digest()

    def _known(self, keys: dict[bytes, None]) -> dict[bytes, NDArray[np.float32]]:
        wanted, found = list(keys), {}
        for start in range(0, len(wanted), _LOOK_UP):
            part = wanted[start : start + _LOOK_UP]
            marks = ",".join("?" * len(part))
            rows = self._database.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part)  # noqa: S608
            found.update({key: np.frombuffer(vector, dtype="<f4") for key, vector in rows})
        return {key: vector for key, vector in found.items() if vector.shape == (self.dimension,)}

    def _encode_new(self, missing: dict[bytes, str]) -> dict[bytes, NDArray[np.float32]]:
        # Texts of like length together: the encoder works on them as one block.
        order = sorted(missing, key=lambda key: len(missing[key]))
        made: dict[bytes, NDArray[np.float32]] = {}
        for start in range(0, len(order), _CHUNK):
            part = order[start : start + _CHUNK]
            vectors = self._encoder.encode([missing[key] for key in part])
            self.encoded += len(part)
            made.update(zip(part, vectors, strict=True))
            self._keep(part, vectors)
        return made

    def _keep(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        rows = [(key, vector.astype("<f4").tobytes()) for key, vector in zip(keys, vectors, strict=True)]
        # What cannot be kept (a full disk, another process that holds the file for long) is encoded again another day.
        with contextlib.suppress(sqlite3.Error), self._database:
            self._database.executemany("INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)", rows)
            (last,) = self._database.execute("SELECT COALESCE(MAX(place), 0) FROM vectors").fetchone()
            self._database.execute("DELETE FROM vectors WHERE place <= ?", (last - self._max_vectors,))


def _opened(path: Path | None) -> sqlite3.Connection:
    if path is None:
        return _prepared(sqlite3.connect(":memory:"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _connected(path)
    except sqlite3.DatabaseError:
        return _begun_anew(path)
    except OSError as error:
        raise _unwritable(path, str(error.strerror or error)) from error


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_WAIT_S)
    try:
        return _prepared(connection)
    except sqlite3.Error:
        connection.close()
        raise


def _begun_anew(path: Path) -> sqlite3.Connection:
    try:
        path.unlink(missing_ok=True)
        return _connected(path)
    except (sqlite3.Error, OSError) as error:
        raise _unwritable(path, str(error)) from error


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS vectors (place INTEGER PRIMARY KEY, key BLOB UNIQUE NOT NULL, vector BLOB NOT NULL)"
    )
    connection.execute("SELECT key, vector FROM vectors LIMIT 1").fetchone()
    return connection


def _unwritable(path: Path, why: str) -> WorkspaceError:
    return WorkspaceError(
        f"The cache of text vectors cannot be written at {path} ({why}).",
        hint="Choose a folder you may write to: --home DIR or FIRSTPRINT_HOME=DIR.",
        code="home_unwritable",
    )
