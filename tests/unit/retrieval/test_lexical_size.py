"""The lexical index at size: built in parts and from kept counts, and texts compared alone and with others."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstprint.retrieval.grams import Counted, concat, count_grams, grams_of, ngrams, open_counts, save_counts, take
from firstprint.retrieval.largest import largest
from firstprint.retrieval.lexical import LexicalIndex, build_lexical, lexical_of, open_lexical
from firstprint.retrieval.lexical_build import build_from_counts

WORDS = (
    *("steel", "aluminium", "copper", "sheet", "coil", "bottle", "glass", "paper", "board", "cotton", "shirt", "pump"),
    *("valve", "pipe", "cable", "resin", "钢板", "铝罐", "玻璃瓶", "棉布", "水泵", "阀门", "电缆", "树脂", "再生"),
    *("冷轧", "热轧", "Baumwolle", "Stahlblech", "bouteille", "acier"),
)


def made_texts(count: int, seed: int = 1) -> list[str]:
    """Texts of few words, many of them alike, some empty and some repeated."""
    chance = random.Random(seed)
    texts = [" ".join(chance.choices(WORDS, k=chance.randint(0, 5))) for _ in range(count)]
    return [f"{text} {chance.randint(1, 60)} mm" if chance.random() < 0.4 else text for text in texts]


TEXTS = made_texts(1_500)
texts = st.lists(st.one_of(st.sampled_from(TEXTS), st.text(max_size=30)), max_size=25)


def same(one: Counted, other: Counted) -> bool:
    return all(a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


def equal(one: LexicalIndex, other: LexicalIndex) -> bool:
    return all(
        a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in zip(one.postings, other.postings, strict=True)
    )


# --- counts ---


@given(texts)
def test_counts_are_those_of_each_text(read: list[str]) -> None:
    counted = count_grams(iter(read))
    assert counted.size == len(read)
    for row, text in enumerate(read):
        own = slice(counted.offsets[row], counted.offsets[row + 1])
        assert counted.counts[own].sum() == len(list(ngrams(text)))
        assert counted.hashes[own].tolist() == grams_of(text).hashes.tolist() == sorted(set(counted.hashes[own]))


@given(texts, texts, st.randoms(use_true_random=False))
def test_counts_taken_and_put_together_are_those_of_the_texts(
    first: list[str], second: list[str], chance: random.Random
) -> None:
    both = concat([count_grams(first), count_grams(second)])
    assert same(both, count_grams([*first, *second]))
    rows = [chance.randrange(both.size) for _ in range(10)] if both.size else []
    assert same(take(both, np.array(rows, dtype=np.int64)), count_grams([[*first, *second][row] for row in rows]))


def test_counted_into_files_they_are_the_same(tmp_path: Path) -> None:
    written = count_grams(iter(TEXTS * 7), tmp_path, "labels")
    assert same(written, count_grams(TEXTS * 7))
    assert same(open_counts(tmp_path, "labels"), written)
    assert count_grams([], tmp_path, "none").size == open_counts(tmp_path, "none").size == 0


def test_nothing_counted_can_be_put_together_kept_and_indexed(tmp_path: Path) -> None:
    assert same(concat([]), count_grams([]))
    save_counts(count_grams([]), tmp_path, "labels")
    assert same(open_counts(tmp_path, "labels"), count_grams([]))
    lexical_of(count_grams([""]), tmp_path, "few").save(tmp_path, "few")
    assert open_lexical(tmp_path, "few", 1).scores("steel").tolist() == [0.0]


# --- building ---


@pytest.mark.parametrize("together", [50, 3_000, 10**9])
def test_built_in_parts_it_is_the_same_bit_for_bit(tmp_path: Path, together: int) -> None:
    counted, whole = count_grams(TEXTS), build_lexical(TEXTS)
    for folder in (None, tmp_path):
        parts = build_from_counts(counted, folder, "labels", together)
        assert equal(LexicalIndex(parts, len(TEXTS)), whole)


def test_an_index_grown_from_kept_counts_is_that_of_all_texts_bit_for_bit(tmp_path: Path) -> None:
    save_counts(count_grams(TEXTS[:1_000]), tmp_path, "labels")
    kept = np.delete(np.arange(1_000), [0, 17, 999])
    grown = concat([take(open_counts(tmp_path, "labels"), kept), count_grams(TEXTS[1_000:])])
    assert equal(lexical_of(grown), build_lexical([*(TEXTS[row] for row in kept), *TEXTS[1_000:]]))


def test_the_weights_are_those_of_a_plain_computation() -> None:
    whole = build_lexical(TEXTS).postings
    counted = count_grams(TEXTS)
    df = {gram: (counted.hashes == gram).sum() for gram in whole.vocabulary[:40].tolist()}
    for place, (gram, frequency) in enumerate(df.items()):
        idf = np.log((1 + len(TEXTS)) / (1 + frequency)) + 1
        assert whole.idf[place] == pytest.approx(idf, rel=1e-6)
        rows = whole.documents[whole.offsets[place] : whole.offsets[place + 1]]
        assert rows.tolist() == [row for row in range(len(TEXTS)) if gram in take(counted, np.array([row])).hashes]
    squares = np.bincount(whole.documents, weights=whole.weights.astype(np.float64) ** 2, minlength=len(TEXTS))
    assert np.allclose(squares[[bool(list(ngrams(text))) for text in TEXTS]], 1.0, atol=1e-6)


# --- asking ---


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    folder = tmp_path_factory.mktemp("opened")
    lexical_of(count_grams(TEXTS), folder, "labels").save(folder, "labels")
    return open_lexical(folder, "labels", len(TEXTS))


ASKED = st.lists(
    st.one_of(
        st.sampled_from(TEXTS),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=40).map(" ".join),
        st.text(max_size=40),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(ASKED, st.integers(1, 80), st.integers(0, 2**32 - 1), st.sampled_from([None, 0.01, 0.5, 0.99]))
def test_texts_are_compared_as_by_a_plain_sum_and_the_largest_are_found(
    opened: LexicalIndex, asked: list[str], k: int, seed: int, share: float | None
) -> None:
    rng = np.random.default_rng(seed)
    allowed = None if share is None else rng.random(len(TEXTS)) < share
    postings = opened.postings
    for text in asked:
        weighed = opened.weighed(grams_of(text))
        sums = np.zeros(len(TEXTS))
        for term, weight in zip(weighed.places, weighed.weights, strict=True):
            span = slice(postings.offsets[term], postings.offsets[term + 1])
            sums[postings.documents[span]] += weight * postings.weights[span]
        scores = np.minimum(sums, 1.0).astype(np.float32)
        assert opened.scores(text).tobytes() == scores.tobytes()
        found = largest(opened.scores_of(grams_of(text)), k, allowed)
        wanted = scores if allowed is None else scores * allowed
        assert np.sort(scores[found])[::-1].tolist() == np.sort(wanted[wanted > 0])[::-1][:k].tolist()
