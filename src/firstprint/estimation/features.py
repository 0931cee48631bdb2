"""What the surrogate sees: text vectors, with the category mixed in where it is known, and attributes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from firstprint.domain.steps import Encoder
from firstprint.estimation.references import Reference
from firstprint.geography import ancestors, geography_fit

if TYPE_CHECKING:
    from numpy.typing import NDArray

REGIONS = ("CN", "RAS", "RER", "RNA", "RLA", "RAF", "OCE")
"""Coarse places; China stands apart from the rest of Asia because its grid is in every product it makes."""

# Scales of the blocks beside a text vector of length 1. The categories stand beside the text for the ridge, which beat
# mixing them into it; the similarity of neighbours still mixes them. Block and mass were set after tables of the whole
# Carbon Catalogue per kg, both halves in view (DECISIONS 50): no figure on it is untouched by that choice.
CATEGORY_WEIGHT = 0.5
CATEGORY_BLOCK = 0.7
MASS_WEIGHT = 0.4
REGION_WEIGHT = 0.2
ATTRIBUTES = 2 + len(REGIONS)

Level = Literal["text", "attributes"]
"""What is known of a product: its text alone, or its category or mass as well. Each has a ridge and an interval of
its own: one ridge for both lost 3 points of factor2 on products of known mass and sector (DECISIONS 50)."""


class Rows(NamedTuple):
    """Training rows, several a reference, in the order of the references.

    Attributes:
        vectors: unit vectors of the texts, shape (rows, dimension), float32.
        categories: unit vectors of the categories, zero where none is known, shape (rows, dimension), float32.
        attributes: shape (rows, ATTRIBUTES), float32; all zero where nothing is known.
        reference: position of each row's reference, never falling, shape (rows,), int64.
        plain: position within ``texts`` for a row that is a bare text, −1 for one with attributes, shape (rows,).
    """

    vectors: NDArray[np.float32]
    categories: NDArray[np.float32]
    attributes: NDArray[np.float32]
    reference: NDArray[np.int64]
    plain: NDArray[np.int64]

    def of_level(self, level: Level) -> NDArray[np.int64]:
        """Rows that a level of knowledge learns from: all bare texts, or one row with attributes a reference.

        A reference of which nothing but texts is known stands in the second with its first text.
        """
        if level == "text":
            return np.flatnonzero(self.plain >= 0).astype(np.int64)
        known = np.isin(self.reference, self.reference[self.plain < 0])
        return np.flatnonzero((self.plain < 0) | ((self.plain == 0) & ~known)).astype(np.int64)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Rows:
        """Some of the rows, numbered as before."""
        return Rows(
            self.vectors[rows], self.categories[rows], self.attributes[rows], self.reference[rows], self.plain[rows]
        )

    def mixed(self) -> NDArray[np.float32]:
        """Texts turned towards their categories, as neighbours are looked for; shape (rows, dimension)."""
        return mix(self.vectors, self.categories)

    def features(self) -> NDArray[np.float32]:
        """What the ridge sees; shape (rows, 2 · dimension + ATTRIBUTES)."""
        return ridge_features(self.vectors, self.categories, self.attributes)


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
    nothing, nowhere = attribute_vector(None, None), np.zeros(encoder.dimension, dtype=np.float32)
    made: list[tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], int, int]] = []
    for position, reference in enumerate(references):
        made += [(vectors[text], nowhere, nothing, position, n) for n, text in enumerate(reference.texts)]
        known = attribute_vector(reference.mass_kg, reference.geography)
        if reference.category or known.any():
            category = vectors[reference.category] if reference.category else nowhere
            made.append((vectors[reference.texts[0]], category, known, position, -1))
    texts, categories, attributes, positions, plain = zip(*made, strict=True)
    return Rows(
        np.asarray(texts, dtype=np.float32),
        np.asarray(categories, dtype=np.float32),
        np.asarray(attributes, dtype=np.float32),
        np.asarray(positions, dtype=np.int64),
        np.asarray(plain, dtype=np.int64),
    )


def ridge_features(
    vectors: NDArray[np.float32], categories: NDArray[np.float32], attributes: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Text, category and attributes side by side; shape (rows, 2 · dimension + ATTRIBUTES)."""
    dimension = vectors.shape[1]
    out = np.empty((len(vectors), 2 * dimension + attributes.shape[1]), dtype=np.float32)
    out[:, :dimension] = vectors
    np.multiply(categories, CATEGORY_BLOCK, out=out[:, dimension : 2 * dimension])
    out[:, 2 * dimension :] = attributes
    return out


def level_of(mass_kg: float | None, category: str | None) -> Level:
    """The level of knowledge of a product. A place alone does not make one: neighbours see to it."""
    return "attributes" if mass_kg is not None or category else "text"


def _encode_all(references: Sequence[Reference], encoder: Encoder) -> dict[str, NDArray[np.float32]]:
    texts = dict.fromkeys(text for reference in references for text in (*reference.texts, reference.category))
    wanted = [text for text in texts if text]
    return dict(zip(wanted, encoder.encode(wanted), strict=True))
