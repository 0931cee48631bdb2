"""Evidence, datasets and graded queries with a known structure, for tests of the ranker."""

from __future__ import annotations

import numpy as np

from firstprint.domain.dataset import Dataset
from firstprint.domain.steps import Retrieved
from firstprint.ranking.acceptance import Acceptance, Logistic
from firstprint.ranking.features import FEATURES, QUERY_FEATURES
from firstprint.ranking.fit import Asked
from firstprint.ranking.fitting import GradedQuery

PLACE = {name: place for place, name in enumerate(FEATURES)}
CANDIDATES = 8
TELLING = "dense"
"""The feature that shows the right dataset of a synthetic query."""


def dataset(**given: object) -> Dataset:
    cells: dict[str, object] = {
        "dataset_id": "a", "name": "PET", "unit": "kg", "gwp100_kg_co2e": 3.0, "system_boundary": "cradle_to_gate",
        "basis": "process", "source": "s", "geography": "GLO", "year": 2023, "licence": "CC0-1.0",
    }  # fmt: skip
    return Dataset(**{**cells, **given})  # type: ignore[arg-type]


def asked(text: str = "PET bottle", **given: object) -> Asked:
    cells: dict[str, object] = {
        "unit": "kg", "mass_kg": None, "geography": "CN", "boundary": "cradle_to_gate", "year": 2024,
    }  # fmt: skip
    return Asked(text, **{**cells, **given})  # type: ignore[arg-type]


def found(similarity: float, row: int = 0, **given: object) -> Retrieved:
    cells = Retrieved(row, similarity, similarity, similarity / 2, 0.1, 0, "name")
    return cells._replace(**given)  # type: ignore[arg-type]


def weights(**given: float) -> tuple[float, ...]:
    """Weights of the order: those given, and nothing for the rest."""
    return tuple(given.get(name, 0.0) for name in FEATURES)


def logistic(intercept: float = 0.0, **given: float) -> Logistic:
    """A curve over query features of mean 0 and scale 1: the weights given, and nothing for the rest."""
    size = len(QUERY_FEATURES)
    return Logistic((0.0,) * size, (1.0,) * size, tuple(given.get(name, 0.0) for name in QUERY_FEATURES), intercept)


def model(**given: object) -> Acceptance:
    """Ordered by similarity and rejections; the probability grows with the lead over the second."""
    made = Acceptance(
        weights=weights(similarity_logit=1.0, not_rejected=8.0, fit_phase=1.0),
        first=logistic(0.5, ahead_of_2=1.0),
        bend=(1.0, 0.0),
        behind=(0.5, 1.0, 0.0),
        ceiling=0.95,
        match_at=0.6,
        ambiguous_at=0.3,
        trained_on=100,
    )
    return made._replace(**given)  # type: ignore[arg-type]


def graded(n: int = 240, seed: int = 1, *, groups: int = 40, source: str = "made-up") -> list[GradedQuery]:
    """Queries whose right dataset stands out in ``TELLING``; every third query has no right dataset, and there none
    stands out."""
    rng = np.random.default_rng(seed)
    return [_graded(rng, f"group {i % groups}", answerable=i % 3 != 0, source=source) for i in range(n)]


def _graded(rng: np.random.Generator, group: str, *, answerable: bool, source: str) -> GradedQuery:
    x = np.zeros((CANDIDATES, len(FEATURES)))
    for name in (TELLING, "lexical", "document"):
        x[:, PLACE[name]] = rng.uniform(0.2, 0.5, CANDIDATES)
    x[:, PLACE["similarity_logit"]] = rng.normal(0.0, 0.3, CANDIDATES)
    right = np.zeros(CANDIDATES, dtype=np.bool_)
    if answerable:
        right[rng.integers(CANDIDATES)] = True
        x[right, PLACE[TELLING]] += rng.uniform(0.2, 0.5)
    return GradedQuery(
        features=x,
        relevant=right,
        acceptable=right.copy(),
        group=group,
        answerable=answerable,
        text="a thing" if answerable else "another thing",
        spend=np.zeros(CANDIDATES, dtype=np.bool_),
        source=source,
    )
