"""Opens an encoder by the name in the settings."""

from __future__ import annotations

from firstprint.domain.steps import Encoder
from firstprint.embedding.universal_sentence_encoder import NAME, UniversalSentenceEncoder


def open_encoder(name: str = NAME, *, device: str | None = None, threads: int = 1) -> Encoder:
    """The encoder called ``name``: the default one, or a sentence-transformers model by name or path.

    Raises:
        ModelError: the model is missing, changed or cannot be loaded.
    """
    if name == NAME:
        return UniversalSentenceEncoder(threads=threads)
    from firstprint.embedding.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name, device=device)
