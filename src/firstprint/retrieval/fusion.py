"""Fusion of dense and lexical evidence into one similarity between 0 and 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firstprint.catalogue.labels import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

KIND_WEIGHTS = np.array(
    [
        {
            "name": 1.0,
            "synonym": 0.98,
            "index_term": 0.98,
            "glossary": 0.96,
            "name_part": 0.94,
            "category": 0.85,
            "confirmed": 1.0,
        }[k]
        for k in KINDS
    ],
    dtype=np.float32,
)
"""A label counts by its kind: a full name says most, a category leaf is shared by many datasets."""

LEXICAL_WEIGHT = 0.6
DOCUMENT_WEIGHT = 0.3
MEMORY_WEIGHT = 0.9
"""A text confirmed for a dataset says nearly as much as its name."""


def fuse(
    dense: NDArray[np.float32],
    lexical: NDArray[np.float32],
    document: NDArray[np.float32],
    memory: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Noisy-or of three cosines: evidence adds up, and the absence of one kind takes nothing away.

    A Chinese query shares no character with an English name; there the lexical parts are zero and the dense
    part alone decides, which a weighted sum would punish.

    Args:
        dense: best label cosine per dataset, shape (n,).
        lexical: best lexical label cosine per dataset, shape (n,).
        document: lexical cosine with all labels of the dataset together, shape (n,).
        memory: similarity to a text confirmed for the dataset, shape (n,), or None.

    Returns:
        Similarities in [0, 1], shape (n,).
    """
    d, x, c = (np.clip(part, 0.0, 1.0) for part in (dense, lexical, document))
    doubt = (1.0 - d) * (1.0 - LEXICAL_WEIGHT * x) * (1.0 - DOCUMENT_WEIGHT * c)
    if memory is not None:
        doubt = doubt * (1.0 - MEMORY_WEIGHT * np.clip(memory, 0.0, 1.0))
    return np.asarray(1.0 - doubt, dtype=np.float32)
