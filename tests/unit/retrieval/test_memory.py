"""A confirmed text is a label of its dataset from then on."""

from __future__ import annotations

import numpy as np
import pytest

from firstprint.domain.dataset import Dataset
from firstprint.retrieval.index_folder import IndexSource, OpenIndex, build_index, open_index
from firstprint.retrieval.memory import Confirmed, Memory
from firstprint.retrieval.retriever import QueryVariant

NAMES = (
    "Steel, hot rolled",
    "Aluminium ingot",
    "Cotton fabric",
    "Diesel, burned in truck",
    "Tap water",
    "Paper, kraft",
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, assistant) -> OpenIndex:
    datasets = [
        Dataset(f"d{n}", name, "kg", 1.0 + n, "cradle_to_gate", "process", "made-up") for n, name in enumerate(NAMES)
    ]
    source = IndexSource(datasets, "0" * 64, None, "0" * 64, assistant.encoder, "test")
    folder = build_index(tmp_path_factory.mktemp("memory"), source)
    return open_index(folder, folder.name)


def asked(assistant, text: str) -> list[QueryVariant]:
    return [QueryVariant(text, assistant.encoder.encode([text])[0], 1.0)]


def remembering(assistant, *pairs: tuple[str, int]) -> Memory:
    vectors = assistant.encoder.encode([text for text, _ in pairs])
    return Memory([Confirmed(text, vector, row) for (text, row), vector in zip(pairs, vectors, strict=True)])


def test_a_confirmed_text_finds_its_dataset_first(assistant, index: OpenIndex) -> None:
    text = "NIPPLE BRS 2 X 8 IN"
    before = index.retriever.retrieve(asked(assistant, text), 6)
    assert before[0].row != 4 or before[0].similarity < 0.9
    assert all(one.memory == 0 for one in before)
    after = index.retriever.retrieve(asked(assistant, text), 6, memory=remembering(assistant, (text, 4)))
    assert after[0].row == 4
    assert after[0].memory == pytest.approx(1.0, abs=1e-3)
    assert after[0].similarity > 0.9


def test_a_text_alike_counts_and_a_foreign_one_does_not(assistant, index: OpenIndex) -> None:
    memory = remembering(assistant, ("wall paint white 10 l", 2), ("hydraulic hose 1/2 in", 5))
    near = memory.recall("wall paint, blue, 10 l", asked(assistant, "wall paint, blue, 10 l")[0].vector)
    assert near.rows[np.argmax(near.similarity)] == 2
    far = index.retriever.retrieve(asked(assistant, "aluminium ingot, primary"), 6, memory=memory)
    assert far[0].row == 1


def test_masked_datasets_stay_masked(assistant, index: OpenIndex) -> None:
    allowed = np.ones(len(NAMES), dtype=np.bool_)
    allowed[4] = False
    memory = remembering(assistant, ("blue thing", 4))
    found = index.retriever.retrieve(asked(assistant, "blue thing"), 6, allowed, memory=memory)
    assert 4 not in [one.row for one in found]


def test_one_text_may_be_confirmed_for_two_datasets(assistant) -> None:
    memory = remembering(assistant, ("blue thing", 1), ("blue thing", 3), ("red thing", 3))
    recalled = memory.recall("blue thing", asked(assistant, "blue thing")[0].vector)
    assert recalled.rows.tolist() == [1, 3]
    assert recalled.similarity[0] == pytest.approx(recalled.similarity[1])
    assert len(memory) == 3


def test_an_empty_memory_changes_nothing(assistant, index: OpenIndex) -> None:
    plain = index.retriever.retrieve(asked(assistant, "paper"), 6)
    assert index.retriever.retrieve(asked(assistant, "paper"), 6, memory=Memory([])) == plain


def test_dense_scores_are_the_best_label_of_each_dataset(assistant, index: OpenIndex) -> None:
    vectors = assistant.encoder.encode(["cotton", "drinking water"])
    scores = index.retriever.dense_scores(vectors)
    assert scores.shape == (2, len(NAMES))
    names = assistant.encoder.encode(list(NAMES))
    assert (scores >= vectors @ names.T - 1e-5).all()
    assert scores.argmax(axis=1).tolist() == [2, 4]
