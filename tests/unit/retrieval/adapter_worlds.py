"""Worlds in which names scatter in known directions, so that what an adapter can gain is known."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numpy as np

from firstprint.domain.dataset import Dataset
from firstprint.retrieval.adapter_fit import label_sets
from firstprint.retrieval.retriever import LabelMap

DIMENSION = 24
NOISY = 6


class Decided(NamedTuple):
    text: str
    vector: np.ndarray
    row: int


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


def drawn(text: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).normal(size=DIMENSION)


class WorldEncoder:
    """Encodes ``thing/way``: the thing's own vector, and noise that differs by the way of saying it.

    In a lopsided world the noise lies in six directions, in an even one in all of them.
    """

    dimension = DIMENSION

    def __init__(self, *, lopsided: bool) -> None:
        self.encoder_id = f"world@{lopsided}"
        self.scale = np.where(np.arange(DIMENSION) < NOISY, 2.5, 0.0) if lopsided else np.full(DIMENSION, 1.25)
        self.asked = 0

    def encode(self, texts):
        self.asked += len(texts)
        if not len(texts):
            return np.zeros((0, DIMENSION), np.float32)
        return unit(np.stack([drawn(text.split("/")[0]) + self.scale * drawn(text) for text in texts]))


def world(n: int, *, lopsided: bool, names: int = 3):
    """Label sets of ``n`` datasets with as many names each."""
    texts = [f"thing {row}/way {way}" for row in range(n) for way in range(names)]
    offsets = np.arange(len(texts) + 1, dtype=np.int64)
    rows = np.arange(len(texts), dtype=np.int32)
    owners = (rows // names).astype(np.int32)
    kinds = np.zeros(len(texts), np.uint8)
    labels = LabelMap(offsets, owners, np.arange(n + 1, dtype=np.int64) * names, rows, kinds)
    return label_sets(texts, WorldEncoder(lopsided=lopsided).encode(texts), labels)


def world_datasets(n: int):
    return tuple(
        Dataset(
            dataset_id=f"d{row}",
            name=f"thing {row}/first",
            synonyms=(f"thing {row}/second", f"thing {row}/third"),
            unit="kg",
            gwp100_kg_co2e=1.0,
            system_boundary="cradle_to_gate",
            basis="process",
            source="test",
        )
        for row in range(n)
    )
