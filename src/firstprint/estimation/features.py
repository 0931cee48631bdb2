"""What the surrogate sees: text vectors, with the category mixed in where it is known, and attributes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.domain.steps import Encoder
from firstprint.estimation.references import Reference
from firstprint.geography import ancestors, geography_fit

if TYPE_CHECKING:
    from numpy.typing import NDArray

REGIONS = ("CN", "RAS", "RER", "RNA", "RLA", "RAF", "OCE")
"""Coarse places; China stands apart from the rest of Asia because its grid is in every product it makes."""

# Scales of the blocks beside a text vector of length 1, as measured on product footprints (METHOD.md, section 5).
CATEGORY_WEIGHT = 0.5
MASS_WEIGHT = 0.3
REGION_WEIGHT = 0.2
ATTRIBUTES = 2 + len(REGIONS)


class Rows(NamedTuple):
    """Training rows, several a reference, in the order of the references.

    Attributes:
        vectors: unit vectors, shape (rows, dimension), float32.
        attributes: shape (rows, ATTRIBUTES), float32; all zero where nothing is known.
        reference: position of each row's reference, never falling, shape (rows,), int64.
        plain: position within ``texts`` for a row that is a bare text, −1 for one with attributes, shape (rows,).
    """

    vectors: NDArray[np.float32]
    attributes: NDArray[np.float32]
    reference: NDArray[np.int64]
    plain: NDArray[np.int64]


def attribute_vector(mass_kg: float | None, geography: str | None) -> NDArray[np.float32]:
    """Mass and place as numbers, shape (ATTRIBUTES,): what is unknown is marked so, not taken for an average."""
    out = np.zeros(ATTRIBUTES, dtype=np.float32)
    if mass_kg is not None:
        out[:2] = MASS_WEIGHT * math.log10(mass_kg), MASS_WEIGHT
    region = region_of(geography)
    if region is not None:
        out[2 + REGIONS.index(region)] = REGION_WEIGHT
    return out


def region_of(geography: str | None) -> str | None:
    """The first of ``REGIONS`` that is or contains the place; None for the world and for the unknown."""
    if not geography:
        return None
    around = {geography, *ancestors(geography)}
    return next((region for region in REGIONS if region in around), None)


def place_ratings(asked: Sequence[str], places: Sequence[str]) -> NDArray[np.float32]:
    """Geographical ratings 1 to 5 of known places for places asked for, shape (len(asked), len(places))."""
    rows, row_of = np.unique(np.asarray(asked, dtype=np.str_), return_inverse=True)
    columns, column_of = np.unique(np.asarray(places, dtype=np.str_), return_inverse=True)
    table = np.array([[geography_fit(row, column) for column in columns] for row in rows], dtype=np.float32)
    return table[row_of][:, column_of]


def mix(
    vectors: NDArray[np.float32], categories: NDArray[np.float32], weight: float = CATEGORY_WEIGHT
) -> NDArray[np.float32]:
    """Text vectors turned towards their categories, again of length 1; shape as ``vectors``."""
    mixed = vectors + weight * categories
    return np.asarray(mixed / np.linalg.norm(mixed, axis=-1, keepdims=True), dtype=np.float32)


def build_rows(references: Sequence[Reference], encoder: Encoder) -> Rows:
    """Encodes references: a row for each bare text and, where attributes are known, one with all of them.

    The bare rows keep the model usable for a description that states nothing else.
    """
    vectors = _encode_all(references, encoder)
    blocks: list[NDArray[np.float32]] = []
    attributes: list[NDArray[np.float32]] = []
    positions: list[int] = []
    plain: list[int] = []
    nothing = attribute_vector(None, None)
    for position, reference in enumerate(references):
        for number, text in enumerate(reference.texts):
            blocks.append(vectors[text])
            attributes.append(nothing)
            plain.append(number)
        known = attribute_vector(reference.mass_kg, reference.geography)
        first = vectors[reference.texts[0]]
        if reference.category or known.any():
            blocks.append(mix(first, vectors[reference.category]) if reference.category else first)
            attributes.append(known)
            plain.append(-1)
        positions += [position] * (len(blocks) - len(positions))
    return Rows(
        np.asarray(blocks, dtype=np.float32),
        np.asarray(attributes, dtype=np.float32),
        np.asarray(positions, dtype=np.int64),
        np.asarray(plain, dtype=np.int64),
    )


def _encode_all(references: Sequence[Reference], encoder: Encoder) -> dict[str, NDArray[np.float32]]:
    texts = dict.fromkeys(text for reference in references for text in (*reference.texts, reference.category))
    wanted = [text for text in texts if text]
    return dict(zip(wanted, encoder.encode(wanted), strict=True))
