"""The catalogue adapter: one matrix that turns an encoder's vectors towards what tells this catalogue's datasets apart.

It belongs to one catalogue and one encoder, is fitted by ``retrieval.adapter_fit``, and is used only where it was seen
to help. Labels are adapted when the index is built, queries when they are asked.
"""

from __future__ import annotations

import hashlib
import io
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import ValidationError

from firstprint.blocks import product
from firstprint.domain.product import Record
from firstprint.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 1
MATRIX_FILE = "adapter.npy"
NOTE_FILE = "adapter.json"
NO_ADAPTER = "none"
_ID_LENGTH = 16


class AdapterNote(Record):
    """What the held-out half of a catalogue said about an adapter, and whether it is used.

    Ranks are those of the first dataset that owns the label asked with, among all datasets, by their other labels.

    Attributes:
        adapter_id: of the adapter in use; ``none`` without one.
        why: one sentence in English.
        groups: held-out groups of datasets that share a label; the unit that the interval is drawn over.
        trials: texts asked with.
        decisions: confirmed texts that the fit and the test looked at; the trials are then such texts.
        before: mean reciprocal rank without it: by the encoder alone, or by an adapter that no decision shaped.
        after: the same with one fitted on the other half.
        first_before: share of trials whose dataset came first, without it.
        first_after: the same with it.
        gain_low: lower end of the 95 % interval of ``after - before`` (paired bootstrap over groups).
        gain_high: its upper end.
    """

    adapter_id: str = NO_ADAPTER
    why: str
    groups: int = 0
    trials: int = 0
    decisions: int = 0
    before: float = 0.0
    after: float = 0.0
    first_before: float = 0.0
    first_after: float = 0.0
    gain_low: float = 0.0
    gain_high: float = 0.0


class _File(Record):
    format: int
    encoder_id: str
    strength: float
    matrix_sha256: str
    note: AdapterNote


class Adapter:
    """A square matrix over unit vectors, after which they are unit vectors again."""

    def __init__(self, matrix: NDArray[np.float32], encoder_id: str, strength: float) -> None:
        """Takes a matrix.

        Args:
            matrix: shape (dimension, dimension), finite and regular.
            encoder_id: of the encoder whose vectors it was fitted on.
            strength: how far it may depart from the identity, 0 to 1; only told, and part of the id.
        """
        self.matrix = np.ascontiguousarray(matrix, dtype="<f4")
        self.encoder_id = encoder_id
        self.strength = strength

    @cached_property
    def adapter_id(self) -> str:
        """Follows from the matrix, the encoder and the strength: equal adapters, equal id."""
        told = f"{FORMAT}\n{self.encoder_id}\n{self.strength}\n{self.matrix.shape}\n".encode()
        return hashlib.sha256(told + self.matrix.tobytes()).hexdigest()[:_ID_LENGTH]

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return len(self.matrix)

    def apply(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Adapts unit vectors of shape (n, dimension) or (dimension,); each comes back with length 1."""
        rows = np.atleast_2d(vectors)
        return _unit(product(rows, self.matrix.T)).reshape(vectors.shape)

    def undo(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """The encoder's vectors from adapted ones of shape (n, dimension), exact to float32 rounding."""
        inverse = np.linalg.inv(self.matrix.astype(np.float64))
        return _unit((vectors @ inverse.T).astype(np.float32))


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.float32(1e-12)), dtype=np.float32)


def save_adapter(adapter: Adapter, note: AdapterNote, folder: Path) -> list[str]:
    """Writes an adapter and what is known about it into a folder; returns the names of its files."""
    buffer = io.BytesIO()
    np.save(buffer, adapter.matrix, allow_pickle=False)
    content = buffer.getvalue()
    told = _File(
        format=FORMAT,
        encoder_id=adapter.encoder_id,
        strength=adapter.strength,
        matrix_sha256=hashlib.sha256(content).hexdigest(),
        note=note,
    )
    (folder / MATRIX_FILE).write_bytes(content)
    text = json.dumps(told.model_dump(), indent=1, sort_keys=True, ensure_ascii=False)
    (folder / NOTE_FILE).write_text(text + "\n", encoding="utf-8")
    return [MATRIX_FILE, NOTE_FILE]


def load_adapter(folder: Path) -> tuple[Adapter, AdapterNote]:
    """Reads an adapter that ``save_adapter`` wrote.

    Raises:
        ModelError: a file is missing, damaged or of another format.
    """
    try:
        told = _File.model_validate_json((folder / NOTE_FILE).read_bytes())
        content = (folder / MATRIX_FILE).read_bytes()
    except (OSError, ValidationError) as error:
        raise _damaged(folder, f"{NOTE_FILE} or {MATRIX_FILE} cannot be read") from error
    if hashlib.sha256(content).hexdigest() != told.matrix_sha256:
        raise _damaged(folder, f"{MATRIX_FILE} is not the file that {NOTE_FILE} describes")
    adapter = Adapter(_matrix(folder, content), told.encoder_id, told.strength)
    if told.format != FORMAT or adapter.adapter_id != told.note.adapter_id:
        raise _damaged(folder, f"{NOTE_FILE} is of another format or for another matrix")
    return adapter, told.note


def _matrix(folder: Path, content: bytes) -> NDArray[np.float32]:
    try:
        matrix = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise _damaged(folder, f"{MATRIX_FILE} holds no array") from error
    if matrix.dtype != np.float32 or matrix.ndim != 2 or len(set(matrix.shape)) != 1 or not np.isfinite(matrix).all():
        raise _damaged(folder, f"{MATRIX_FILE} holds no square matrix of finite float32")
    return np.asarray(matrix)


def _damaged(folder: Path, why: str) -> ModelError:
    return ModelError(
        f"The catalogue adapter in {folder.name} cannot be used: {why}.",
        hint="Train it again: firstprint train. To do without: FIRSTPRINT_ADAPTER=off.",
        code="adapter_damaged",
    )
