"""A confirmed text is a label of its dataset from then on."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings, strategies

from firstprint.domain.dataset import Dataset
from firstprint.retrieval.decided_grams import DecidedLexical, filtered, grams_of, joined
from firstprint.retrieval.evidence import decisions_on
from firstprint.retrieval.index_folder import IndexSource, OpenIndex, build_index, open_index
from firstprint.retrieval.lexical import build_lexical
from firstprint.retrieval.memory import Confirmed, Decided, Memory, Rejected
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
    assert list(index.retriever.retrieve(asked(assistant, "paper"), 6, memory=Memory([]))) == list(plain)


def test_dense_scores_are_the_best_label_of_each_dataset(assistant, index: OpenIndex) -> None:
    vectors = assistant.encoder.encode(["cotton", "drinking water"])
    scores = index.retriever.dense_scores(vectors)
    assert scores.shape == (2, len(NAMES))
    names = assistant.encoder.encode(list(NAMES))
    assert (scores >= vectors @ names.T - 1e-5).all()
    assert scores.argmax(axis=1).tolist() == [2, 4]


# Below, vectors are made up, so that each similarity is known: texts share letters or not, vectors an angle.


def unit(*direction: float) -> np.ndarray:
    vector = np.zeros(8, dtype=np.float32)
    vector[: len(direction)] = direction
    return vector / np.linalg.norm(vector)


def test_a_rejection_is_told_beside_the_confirmation_of_another_dataset() -> None:
    memory = Memory(
        [Confirmed("blue thing", unit(1), 3, "Ana", "2026-01-01", 1)],
        [Rejected("blue thing", unit(1), 5, "Ben", "2026-01-02", 2)],
    )
    recalled = memory.recall("blue thing", unit(1))
    assert recalled.rows.tolist() == [3, 5]
    assert recalled.similarity.tolist() == pytest.approx([1.0, 0.0])
    assert recalled.rejected.tolist() == pytest.approx([0.0, 1.0])
    assert recalled.behind == (Decided("blue thing", 3, "Ana", "2026-01-01", 1, rejects=False), None)
    assert recalled.against == (None, Decided("blue thing", 5, "Ben", "2026-01-02", 2, rejects=True))
    assert recalled.conflicts == ()


def test_a_rejection_weighs_by_the_mean_of_both_cosines() -> None:
    memory = Memory([], [Rejected("abcdef", unit(1), 2), Rejected("uvwxyz", unit(0, 1), 2)])
    # The nearest single text counts: the letters of one and the meaning of the other are no evidence together.
    recalled = memory.recall("abcdef", unit(0, 1))
    assert recalled.rejected.tolist() == pytest.approx([0.5])
    assert recalled.similarity.tolist() == [0.0]


@pytest.mark.parametrize(("confirmed", "rejected"), [(1, 2), (2, 1)])
def test_of_two_verdicts_on_one_pair_the_later_counts(confirmed: int, rejected: int) -> None:
    memory = Memory(
        [Confirmed("Steel  PIPE", unit(1), 4, sequence=confirmed)],
        [Rejected("steel pipe", unit(1), 4, sequence=rejected)],
    )
    recalled = memory.recall("steel pipe", unit(1))
    assert len(memory) == 1
    assert bool(recalled.similarity[0] > 0.9) == (confirmed > rejected)
    assert bool(recalled.rejected[0] > 0.9) == (rejected > confirmed)


def test_texts_that_say_the_same_confirmed_for_two_datasets_are_a_conflict() -> None:
    memory = Memory(
        [
            Confirmed("steel pipe dn 50", unit(1), 7, "Ana", "2026-01-01", 1),
            Confirmed("STEEL PIPE DN 50", unit(0.8, 0.6), 2, "Ben", "2026-02-01", 2),
            Confirmed("steel pipe dn 50", unit(1), 9, "Cem", "2026-03-01", 3),
            Confirmed("cotton shirt", unit(0, 0, 1), 1, "Ana", "2026-03-02", 4),
        ]
    )
    (conflict,) = memory.recall("steel pipe dn 50", unit(1)).conflicts
    assert conflict.rows == (7, 2, 9)
    assert [one.by for one in conflict.decisions] == ["Ana", "Ben", "Cem"]
    assert conflict.similarity == pytest.approx(1.0)
    # Evidence stays with each dataset: nothing is averaged over what people disagree about.
    recalled = memory.recall("steel pipe dn 50", unit(1))
    assert recalled.similarity.tolist() == pytest.approx([0.0, 0.9, 1.0, 1.0], abs=1e-6)


def test_almost_the_same_text_is_a_conflict_and_a_like_one_is_not() -> None:
    long = "galvanised steel pipe for water supply, diameter 50 mm, wall thickness 3 mm, threaded at both ends, 6 m"
    near = Memory([Confirmed(long, unit(1), 1, sequence=1), Confirmed(long + ".", unit(1, 0.05), 2, sequence=2)])
    assert [one.rows for one in near.recall(long, unit(1)).conflicts] == [(1, 2)]
    other = long.replace("galvanised steel", "polyethylene")
    far = Memory([Confirmed(long, unit(1), 1, sequence=1), Confirmed(other, unit(1, 0.05), 2, sequence=2)])
    assert far.recall(long, unit(1)).conflicts == ()


def test_many_confirmations_of_one_text_hide_no_other() -> None:
    crowd = [Confirmed(f"steel pipe {n:03d}", unit(1), 1, sequence=n) for n in range(300)]
    memory = Memory([*crowd, *crowd, Confirmed("steel pipe 007", unit(1), 2, sequence=900)])
    assert len(memory) == 301
    recalled = memory.recall("steel pipe 007", unit(1))
    assert recalled.rows.tolist() == [1, 2]
    assert [one.rows for one in recalled.conflicts] == [(1, 2)]
    assert recalled.behind[0] == Decided("steel pipe 007", 1, "", "", 7, rejects=False)


def test_masked_rejections_stay_masked() -> None:
    memory = Memory([], [Rejected("blue thing", unit(1), 2), Rejected("blue thing", unit(1), 3)])
    recalled = memory.recall("blue thing", unit(1), np.array([True, True, False, True]))
    assert recalled.rows.tolist() == [3]


def test_nothing_decided_recalls_nothing() -> None:
    recalled = Memory([]).recall("blue thing", unit(1))
    assert len(recalled.rows) == len(recalled.rejected) == 0
    assert recalled.conflicts == recalled.behind == ()
    assert Memory([]).current().changed([]).recall("", unit(1)).rows.tolist() == []


WORDS = ("steel", "pipe", "cotton", "shirt", "钢管", "棉布", "50 mm", "red")


def _decision(number: int, words: list[str], row: int, rejects: bool) -> Confirmed | Rejected:
    angle = np.random.default_rng(number).standard_normal(8)
    kind = Rejected if rejects else Confirmed
    return kind(f"{' '.join(words)} {number}", unit(*angle), row, "Ana", "2026-01-01", number)


@settings(max_examples=40, deadline=None)
@given(data=strategies.data())
def test_a_memory_that_changed_recalls_as_one_made_at_once(data: strategies.DataObject) -> None:
    """Whatever came in and went out, in whatever steps and whatever was merged: what is recalled is the same."""
    drawn = strategies.tuples(strategies.lists(strategies.sampled_from(WORDS), max_size=4), strategies.integers(0, 5))
    steps = data.draw(strategies.lists(strategies.lists(drawn, max_size=6), min_size=1, max_size=5))
    standing: dict[int, Confirmed | Rejected] = {}
    memory, number = Memory([]), 0
    with patch.multiple("firstprint.retrieval.memory", _TAIL_LEAST=4, _TAIL_SHARE=2):
        for step in steps:
            gone = data.draw(strategies.sets(strategies.sampled_from(sorted(standing)))) if standing else set()
            added = []
            for words, row in step:
                number += 1
                added.append(_decision(number, words, row, rejects=number % 3 == 0))
            memory = memory.changed(added, gone)
            standing = {n: one for n, one in standing.items() if n not in gone} | {one.sequence: one for one in added}
    at_once = Memory(
        [one for one in standing.values() if isinstance(one, Confirmed)],
        [one for one in standing.values() if isinstance(one, Rejected)],
    )
    assert len(memory) == len(at_once) == len(standing)
    for text, vector in (("steel pipe 1", unit(1, 1)), ("棉布 red 2", unit(0, 1, 1)), ("", unit(1))):
        one, other = memory.recall(text, vector), at_once.recall(text, vector)
        assert one.rows.tolist() == other.rows.tolist()
        for name in ("dense", "lexical", "rejected"):
            np.testing.assert_allclose(getattr(one, name), getattr(other, name), atol=1e-6)
        assert (one.behind, one.against) == (other.behind, other.against)
        assert {frozenset(each.rows) for each in one.conflicts} == {frozenset(each.rows) for each in other.conflicts}


@settings(max_examples=60, deadline=None)
@given(
    texts=strategies.lists(strategies.text(alphabet="ab钢管 1", max_size=9), max_size=12),
    asked=strategies.text(alphabet="abc钢管棉 1", max_size=200),
    cut=strategies.integers(0, 12),
)
def test_scores_are_those_of_the_index_over_all_texts(texts: list[str], asked: str, cut: int) -> None:
    parts = [grams_of(texts[:cut]), grams_of(texts[cut:])]
    assert np.allclose(DecidedLexical(parts).scores(asked), build_lexical(texts).scores(asked), atol=1e-5)
    whole = joined(*parts)
    np.testing.assert_allclose(DecidedLexical([whole]).scores(asked), build_lexical(texts).scores(asked), atol=1e-5)
    odd = np.arange(len(texts)) % 2 == 1
    kept = [text for text, stays in zip(texts, odd, strict=True) if stays]
    thinned = DecidedLexical([filtered(whole, odd)])
    np.testing.assert_allclose(thinned.scores(asked), build_lexical(kept).scores(asked), atol=1e-5)


def voting(*pairs: tuple[float, int]) -> Memory:
    """Confirmations at a known cosine to ``unit(1)``, of texts without a common letter: each counts half of it."""
    return Memory(
        [
            Confirmed(chr(0x4E00 + n) * 3, unit(cosine, (1 - cosine**2) ** 0.5), row, sequence=n)
            for n, (cosine, row) in enumerate(pairs)
        ]
    )


def votes(memory: Memory) -> dict[int, float]:
    recalled = memory.recall("wxyz", unit(1))
    return dict(zip(recalled.rows.tolist(), recalled.votes.tolist(), strict=True))


def test_votes_are_shares_of_similarities_to_the_eighth_power() -> None:
    told = votes(voting((0.9, 1), (0.6, 2), (0.6, 2), (0.3, 3)))
    powers = np.array([0.9**8, 2 * 0.6**8, 0.3**8])
    assert told == pytest.approx(dict(zip((1, 2, 3), powers / powers.sum(), strict=True)), rel=1e-4)
    assert sum(told.values()) == pytest.approx(1.0, abs=1e-6)


def test_several_that_agree_outvote_a_nearer_one_alone() -> None:
    memory = voting((0.9, 1), *[(0.85, 2)] * 4)
    told = votes(memory)
    assert told[2] > told[1]
    recalled = memory.recall("wxyz", unit(1))
    assert recalled.similarity[0] > recalled.similarity[1], "the nearest is still told as the nearest"


def test_the_twenty_nearest_vote_and_those_behind_do_not() -> None:
    told = votes(voting(*[(0.9, 1)] * 20, *[(0.8, 2)] * 60))
    assert told == pytest.approx({1: 1.0, 2: 0.0})
    assert votes(voting(*[(0.9, 1)] * 19, *[(0.8, 2)] * 60))[2] > 0


def test_rejections_have_no_vote() -> None:
    memory = Memory([Confirmed("abc", unit(1), 4, sequence=1)], [Rejected("uvw", unit(1), 5, sequence=2)])
    assert votes(memory) == pytest.approx({4: 1.0, 5: 0.0})
    assert votes(Memory([], [Rejected("uvw", unit(1), 5)])) == {5: 0.0}


def test_a_text_unlike_all_has_no_votes_and_a_masked_dataset_none() -> None:
    memory = voting((0.9, 1), (0.8, 2))
    recalled = memory.recall("wxyz", unit(0, 0, 1))
    assert recalled.votes.tolist() == [0.0, 0.0]
    allowed = np.array([True, False, True])
    masked = memory.recall("wxyz", unit(1), allowed)
    assert masked.rows.tolist() == [2]
    assert masked.votes.tolist() == pytest.approx([1.0])


def test_of_several_ways_to_ask_the_one_nearest_to_a_decided_text_counts() -> None:
    memory = voting((0.9, 1), (0.5, 2))
    ways = [QueryVariant("wxyz", unit(0, 0, 1), 1.0), QueryVariant("wxyz", unit(1), 0.8)]
    rows = np.array([0, 1, 2, 3])
    recalled = [memory.recall(way.text, way.vector) for way in ways]
    decided = decisions_on(rows, ways, recalled)
    assert decided.votes.tolist() == pytest.approx([0.0, *(0.8 * recalled[1].votes), 0.0])
    assert decided.memory.tolist() == pytest.approx([0.0, *(0.8 * recalled[1].similarity), 0.0], abs=1e-6)
    assert not decisions_on(rows, ways, []).votes.any()
