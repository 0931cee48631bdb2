"""What was said to a text is kept, and makes no difference to what is found."""

from __future__ import annotations

from pathlib import Path

import adapter_worlds as worlds
import numpy as np
import pytest

from firstprint.retrieval import asking
from firstprint.retrieval.index_folder import IndexSource, build_index, open_index
from firstprint.retrieval.retriever import QueryVariant, Retriever

THINGS = 300
ENCODER = worlds.WorldEncoder(lopsided=False)
ASKED = [[f"thing {n % 40}/first", f"thing {n % 7}/second", "unlike/all"] for n in range(60)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    datasets = list(worlds.world_datasets(THINGS))
    source = IndexSource(datasets, "0" * 64, None, "0" * 64, ENCODER, "test", adapter="off")
    return build_index(tmp_path_factory.mktemp("things"), source)


def fresh(folder: Path) -> Retriever:
    """A retriever that has heard nothing yet."""
    return open_index(folder, folder.name).retriever


def ways(texts: list[str]) -> list[QueryVariant]:
    vectors = ENCODER.encode(texts)
    return [
        QueryVariant(text, vector, 1.0 - 0.1 * n) for n, (text, vector) in enumerate(zip(texts, vectors, strict=True))
    ]


def masks() -> list[np.ndarray | None]:
    rng = np.random.default_rng(2)
    return [None, rng.random(THINGS) < 0.5, rng.random(THINGS) < 0.9]


def test_answers_are_the_same_whatever_was_asked_before(folder: Path) -> None:
    used = fresh(folder)
    for _ in range(2):
        for n, texts in enumerate(ASKED):
            allowed = masks()[n % 3]
            preferred = masks()[(n + 1) % 3]
            said = used.retrieve(ways(texts), 10, allowed, preferred)
            alone = fresh(folder).retrieve(ways(texts), 10, allowed, preferred)
            assert list(said) == list(alone)


def test_answers_are_the_same_whether_texts_were_prepared_together_or_not(folder: Path) -> None:
    prepared = fresh(folder)
    texts = list(dict.fromkeys(text for each in ASKED for text in each))
    prepared.prepare(dict(zip(texts, ENCODER.encode(texts), strict=True)))
    for each in ASKED[:20]:
        assert list(prepared.retrieve(ways(each), 10)) == list(fresh(folder).retrieve(ways(each), 10))


def test_little_kept_gives_the_same_answers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = [list(fresh(folder).retrieve(ways(texts), 10)) for texts in ASKED[:20]]
    monkeypatch.setattr(asking, "_TEXTS_KEPT", 1)
    monkeypatch.setattr(asking, "_SCORES_KEPT_BYTES", 1)
    monkeypatch.setattr(asking, "_MASKS_KEPT", 1)
    small = fresh(folder)
    assert [list(small.retrieve(ways(texts), 10)) for texts in ASKED[:20]] == right


def test_a_text_asked_again_is_neither_scanned_nor_compared_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used, counted = fresh(folder), {"scanned": 0, "compared": 0}
    search, compare = type(used.dense).search_vectors, asking.LexicalIndex.scores_of

    def scanned(self, vectors, *others):
        counted["scanned"] += len(vectors)
        return search(self, vectors, *others)

    def compared(self, grams):
        counted["compared"] += 1
        return compare(self, grams)

    monkeypatch.setattr(type(used.dense), "search_vectors", scanned)
    monkeypatch.setattr(asking.LexicalIndex, "scores_of", compared)
    for _ in range(5):
        used.retrieve(ways(ASKED[0]), 10)
    assert counted["scanned"] == len(ASKED[0])
    assert counted["compared"] == 2 * 2 * len(ASKED[0])  # labels and datasets; kept from the second time on
