"""Labels: everything that names a dataset, one searchable text each, with the map from label to datasets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.domain.dataset import Dataset, LabelKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.catalogue.glossary import Glossary

KINDS: tuple[LabelKind, ...] = ("name", "synonym", "index_term", "glossary", "name_part", "category", "confirmed")
RULES_VERSION = "2"
"""Part of the index id: raise it when the rules below change, so that old indexes are not used."""

_MAX_LABEL_CHARS = 300
_MIN_PART_CHARS = 3
_PART = re.compile(r"\s*[,;，；、/(（\[【]\s*")


class LabelTable(NamedTuple):
    """Distinct label texts and the datasets each belongs to.

    Attributes:
        texts: distinct texts, length n_labels.
        offsets: int64 of shape (n_labels + 1,); label i owns edges offsets[i]:offsets[i + 1].
        dataset_rows: int32 of shape (n_edges,), catalogue rows.
        kinds: uint8 of shape (n_edges,), positions in ``KINDS``.
    """

    texts: list[str]
    offsets: NDArray[np.int64]
    dataset_rows: NDArray[np.int32]
    kinds: NDArray[np.uint8]


def dataset_labels(dataset: Dataset, glossary: Glossary | None) -> Iterator[tuple[str, LabelKind]]:
    """Every label of one dataset with its kind; the same text may come more than once."""
    names = [name for name in (dataset.name, dataset.name_zh, dataset.attributes.get("name_fr", "")) if name]
    for name in names:
        yield name, "name"
    for synonym in dataset.synonyms:
        yield synonym, "synonym"
    for term in dataset.attributes.get("index_terms", "").split("|"):
        yield term, "index_term"
    for name in names:
        head = _PART.split(name, maxsplit=1)[0]
        if len(head) >= _MIN_PART_CHARS and head != name:
            yield head, "name_part"
    leaf = dataset.category.rsplit(" / ", 1)[-1]
    if leaf:
        yield leaf, "category"
    if glossary is not None:
        yield from _glossary_labels(dataset, glossary)


def _glossary_labels(dataset: Dataset, glossary: Glossary) -> Iterator[tuple[str, LabelKind]]:
    if not dataset.name_zh:
        chinese = glossary.translate_name(dataset.name, to="zh")
        if chinese:
            yield chinese, "glossary"


def build_labels(datasets: Sequence[Dataset], glossary: Glossary | None) -> LabelTable:
    """All labels of a catalogue, each distinct text once, in first-seen order."""
    edges: dict[str, dict[int, int]] = {}
    for row, dataset in enumerate(datasets):
        for text, kind in dataset_labels(dataset, glossary):
            clean = " ".join(text.split())[:_MAX_LABEL_CHARS]
            if clean:
                rank = KINDS.index(kind)
                owners = edges.setdefault(clean, {})
                owners[row] = min(rank, owners.get(row, rank))
    counts = [len(owners) for owners in edges.values()]
    return LabelTable(
        texts=list(edges),
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        dataset_rows=np.array([row for owners in edges.values() for row in owners], dtype=np.int32),
        kinds=np.array([kind for owners in edges.values() for kind in owners.values()], dtype=np.uint8),
    )
