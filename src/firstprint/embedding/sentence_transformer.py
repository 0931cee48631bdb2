"""Any sentence-transformers model, by hub name or local path, behind the encoder protocol.

The only file that imports torch and sentence_transformers, and only when such a model is asked for: the
import alone costs seconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from firstprint.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BATCH_TEXTS = 64


class SentenceTransformerEncoder:
    """A sentence-transformers model; its id holds a checksum of the loaded weights, wherever they came from."""

    def __init__(self, name_or_path: str, *, device: str | None = None) -> None:
        """Loads the model.

        Args:
            name_or_path: hub name such as ``intfloat/multilingual-e5-small``, or a folder.
            device: torch device such as ``cuda``; None lets torch choose.

        Raises:
            ModelError: the model is not there, or cannot be loaded.
        """
        self._model = _load(name_or_path, device)
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        label = Path(name_or_path).name if Path(name_or_path).is_dir() else name_or_path
        self.encoder_id = f"{label}@{_weights_sha256(self._model)[:12]}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of shape (len(texts), dimension)."""
        if not len(texts):
            return np.zeros((0, self.dimension), dtype=np.float32)
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        vectors = self._model.encode(
            clean,
            batch_size=_BATCH_TEXTS,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return np.asarray(vectors, dtype=np.float32)


def _load(name_or_path: str, device: str | None) -> Any:  # noqa: ANN401
    hint = (
        "Set FIRSTPRINT_EMBEDDING_MODEL to use-multilingual-3 (the default), a hub name this machine can "
        "reach, or a folder that holds a sentence-transformers model."
    )
    looks_like_path = name_or_path.startswith((".", "/", "~")) or "\\" in name_or_path
    if looks_like_path and not Path(name_or_path).expanduser().is_dir():
        raise ModelError(f"The embedding model folder {name_or_path!r} does not exist.", hint=hint, code="model_path")
    try:
        from sentence_transformers import SentenceTransformer

        path = str(Path(name_or_path).expanduser()) if looks_like_path else name_or_path
        return SentenceTransformer(path, device=device)
    except ImportError as error:
        raise ModelError(
            f"sentence-transformers cannot be imported ({error}).",
            hint="Install it: pip install sentence-transformers",
            code="model_import",
        ) from error
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        first_line = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelError(
            f"The embedding model {name_or_path!r} cannot be loaded: {first_line}",
            hint=hint,
            code="model_load",
        ) from error


def _weights_sha256(model: Any) -> str:  # noqa: ANN401
    """Checksum over all parameters, in name order: the same weights give the same id from any folder."""
    total = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        total.update(name.encode())
        total.update(np.ascontiguousarray(tensor.detach().cpu().float().numpy()).tobytes())
    return total.hexdigest()
