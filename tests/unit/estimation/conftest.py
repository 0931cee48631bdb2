"""A small world for estimation tests: an encoder of words and datasets whose values follow from them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pytest

from firstprint.domain.dataset import Dataset
from firstprint.domain.steps import SurrogateQuery
from firstprint.estimation.references import references_from_datasets
from firstprint.estimation.surrogate import TrainedSurrogate
from firstprint.estimation.surrogate_fit import fit_surrogate

DIMENSION = 48


class WordEncoder:
    """Adds up one fixed random vector a word."""

    encoder_id = "words-1"
    dimension = DIMENSION

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        sums = np.array([sum((_word(w) for w in text.lower().split()), np.zeros(DIMENSION)) for text in texts])
        return (sums / np.linalg.norm(sums, axis=1, keepdims=True)).astype(np.float32)


def _word(word: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
    return np.random.default_rng(seed).normal(size=DIMENSION)


MATERIALS = {"steel": 2.0, "aluminium": 10.0, "paper": 1.0, "cotton": 6.0, "glass": 1.3, "copper": 4.0}
FORMS = ("sheet", "bar", "tube", "wire", "foil", "scrap", "coil", "block")
GOODS = {"chair": 20.0, "laptop": 200.0, "shirt": 8.0, "bicycle": 120.0}


def make_dataset(name: str, unit: str, value: float, **more: object) -> Dataset:
    fields = {"system_boundary": "cradle_to_gate", "basis": "process", "source": "world", **more}
    return Dataset(dataset_id=name.replace(" ", "-"), name=name, unit=unit, gwp100_kg_co2e=value, **fields)


def make_world() -> tuple[Dataset, ...]:
    """48 materials per kg in 6 categories (8 of them in t) and 24 goods a piece in 4."""
    rows = []
    for number, (material, value) in enumerate(MATERIALS.items()):
        for place, form in enumerate(FORMS):
            factor = value * (1 + 0.05 * place)
            tonnes = form == "coil"
            rows.append(
                make_dataset(
                    f"{form} of {material}",
                    "t" if tonnes else "kg",
                    factor * (1000 if tonnes else 1),
                    category=f"materials / group {number % 3} / {material}",
                    geography="CN" if place % 2 else "FR",
                )
            )
    for good, value in GOODS.items():
        for place, colour in enumerate(("red", "blue", "green", "large", "small", "folding")):
            rows.append(
                make_dataset(f"{colour} {good}", "piece", value * (1 + 0.1 * place), category=f"goods / {good}")
            )
    return tuple(rows)


@pytest.fixture(scope="session")
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture(scope="session")
def dataset():
    """Builds a dataset from name, unit and value."""
    return make_dataset


@pytest.fixture(scope="session")
def world() -> tuple[Dataset, ...]:
    return make_world()


@pytest.fixture(scope="session")
def trained(world, encoder) -> TrainedSurrogate:
    return fit_surrogate(references_from_datasets(world), encoder)


@pytest.fixture(scope="session")
def ask(encoder):
    """Builds a query from a text, a unit and whatever else is known."""

    def build(text: str, unit: str, **more) -> SurrogateQuery:
        fields = {"mass_kg": None, "geography": None, "category": None, **more}
        return SurrogateQuery(encoder.encode([text])[0], unit, **fields)

    return build
