"""The fit scores of many datasets at once are those of each dataset by itself, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstprint.ranking.features import FIT_NAMES
from firstprint.ranking.fit_scores import Asked, fit_scores
from firstprint.ranking.fit_table import FitTable

TEXTS = (
    "PET bottle", "hot rolled steel coil", "热轧卷板", "recycled paper", "landfill of waste", "organic milk",
    "burning of diesel", "avoided electricity", "再生铝锭", "cold rolled", "virgin PP", "废塑料焚烧处置", "beef",
    "freight by ship",
)  # fmt: skip
asked = st.builds(
    Asked,
    text=st.sampled_from(TEXTS),
    unit=st.sampled_from([None, "kg", "t", "piece", "m2", "m3", "kWh", "tkm", "EUR"]),
    mass_kg=st.sampled_from([None, 0.001, 0.3, 20.0, 5_000.0]),
    geography=st.sampled_from([None, "CN", "CN-GD", "DE", "FR", "US", "GLO", "RER", "nowhere"]),
    boundary=st.sampled_from(["cradle_to_gate", "cradle_to_grave", "gate_to_gate", "direct", "end_of_life"]),
    year=st.sampled_from([2005, 2016, 2024, 2026]),
)


@pytest.fixture(scope="module")
def table(assistant) -> FitTable:
    return FitTable(assistant.catalogue)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked, st.integers(0, 2**32 - 1))
def test_scores_are_those_of_each_dataset_by_itself(assistant, table: FitTable, of: Asked, seed: int) -> None:
    rows = np.random.default_rng(seed).choice(len(assistant.catalogue), 400, replace=False)
    alone = np.array([fit_scores(of, assistant.catalogue.dataset(int(row))) for row in rows])
    assert table.scores(of, rows).tobytes() == alone.tobytes()


def test_every_dataset_of_the_catalogue_is_scored_as_by_itself(assistant, table: FitTable) -> None:
    rows = np.arange(len(assistant.catalogue))
    of = Asked("hot rolled steel, recycled", "piece", 2.5, "CN-GD", "cradle_to_gate", 2026)
    alone = np.array([fit_scores(of, one) for one in assistant.catalogue.all_datasets()])
    scores = table.scores(of, rows)
    assert scores.tobytes() == alone.tobytes()
    told_apart = {name for name, column in zip(FIT_NAMES, scores.T, strict=True) if len(np.unique(column)) > 1}
    assert told_apart >= set(FIT_NAMES) - {"licence"}  # nothing that is shipped is restricted


def test_of_no_datasets_there_are_no_scores(table: FitTable) -> None:
    of = Asked("beef", None, None, None, "cradle_to_gate", 2026)
    assert table.scores(of, np.zeros(0, dtype=np.int64)).shape == (0, 8)
