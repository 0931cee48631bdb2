"""Retrieval over a real index: masks, places, ways that stand in, and the label that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import adapter_worlds as worlds
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstprint.catalogue.labels import KINDS, dataset_labels
from firstprint.domain.dataset import Dataset
from firstprint.domain.steps import Retrieved
from firstprint.retrieval.evidence import LabelMap, best_edges, evidence_of, strongest
from firstprint.retrieval.fusion import KIND_WEIGHTS, fuse
from firstprint.retrieval.index_folder import IndexSource, OpenIndex, build_index, open_index
from firstprint.retrieval.largest import largest
from firstprint.retrieval.memory import Confirmed, Memory, Rejected
from firstprint.retrieval.retriever import QueryVariant

THINGS = 300
ENCODER = worlds.WorldEncoder(lopsided=False)
"""Names of one thing lie near each other, and each way of naming it is the same number on every machine."""


def opened(folder: Path, datasets: list[Dataset]) -> OpenIndex:
    source = IndexSource(datasets, "0" * 64, None, "0" * 64, ENCODER, "test", adapter="off")
    built = build_index(folder, source)
    return open_index(built, built.name)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> OpenIndex:
    """Three hundred things of three names, and the first part of one, each: many more labels than are looked at."""
    return opened(tmp_path_factory.mktemp("things"), list(worlds.world_datasets(THINGS)))


def way(text: str, weight: float = 1.0, *, broader: bool = False) -> QueryVariant:
    return QueryVariant(text, ENCODER.encode([text])[0], weight, broader)


def mask(*rows: int) -> np.ndarray:
    allowed = np.zeros(THINGS, dtype=np.bool_)
    allowed[list(rows)] = True
    return allowed


def by_row(found: Sequence[Retrieved]) -> dict[int, Retrieved]:
    return {one.row: one for one in found}


def alike(one: Retrieved, other: Retrieved) -> bool:
    """The same but for the last digits, which depend on how many vectors are multiplied at once."""
    return all(
        a == pytest.approx(b, abs=1e-5) if isinstance(a, float) else a == b for a, b in zip(one, other, strict=True)
    )


# --- what is looked at ---


def test_a_name_finds_its_dataset_and_the_best_come_first(index: OpenIndex) -> None:
    found = index.retriever.retrieve([way("thing 17/second")], 20)
    assert found[0].row == 17
    assert found[0].dense == pytest.approx(KIND_WEIGHTS[KINDS.index("synonym")], abs=1e-5)
    assert found[0].lexical == pytest.approx(KIND_WEIGHTS[KINDS.index("synonym")], abs=1e-5)
    similarity = [one.similarity for one in found]
    assert similarity == sorted(similarity, reverse=True)
    assert len({one.row for one in found}) == len(found)
    every = index.retriever.retrieve([way("thing 17/second")], THINGS)
    assert [one.row for one in found[:20]] == [one.row for one in every[:20]]


def test_what_stands_out_by_one_kind_of_evidence_is_looked_at(index: OpenIndex) -> None:
    asked = [way("thing 17/second")]
    every = index.retriever.retrieve(asked, THINGS)
    found = by_row(index.retriever.retrieve(asked, 8))
    for kind, share in (("lexical", 2), ("document", 4), ("named", 4)):
        largest = sorted((getattr(one, kind) for one in every), reverse=True)[: 8 // share]
        assert sorted((getattr(one, kind) for one in found.values()), reverse=True)[: 8 // share] == pytest.approx(
            largest, abs=1e-5
        )
    assert 8 <= len(found) <= 16


@pytest.mark.parametrize("share", [0.003, 0.02, 0.1, 0.5, 0.9, 1.0])
def test_a_mask_is_kept_and_the_nearest_of_what_is_left_is_found(index: OpenIndex, share: float) -> None:
    rng = np.random.default_rng(int(share * 1000))
    for asked in ("thing 3/new", "thing 250/other", "something else"):
        allowed = np.zeros(THINGS, dtype=np.bool_)
        allowed[rng.permutation(THINGS)[: max(1, int(share * THINGS))]] = True
        found = index.retriever.retrieve([way(asked)], 20, allowed)
        assert all(allowed[one.row] for one in found)
        assert min(20, int(allowed.sum())) <= len(found) <= 40
        cosines = index.retriever.dense_scores(way(asked).vector[None])[0]
        assert int(np.where(allowed, cosines, -1).argmax()) in by_row(found)


def test_with_nothing_allowed_nothing_is_found(index: OpenIndex) -> None:
    assert list(index.retriever.retrieve([way("thing 3/first")], 20, mask())) == []


def test_evidence_does_not_depend_on_what_else_is_allowed(index: OpenIndex) -> None:
    asked = [way("thing 3/first")]
    alone = index.retriever.retrieve(asked, 20, mask(3, 4, 5))
    among = by_row(index.retriever.retrieve(asked, 20))
    assert alone[0].row == 3
    assert all(alike(one, among[one.row]) for one in alone if one.row in among)


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.floats(0, 1), st.integers(1, 400))
def test_the_nearest_labels_are_those_of_a_plain_sort(index: OpenIndex, seed: int, share: float, k: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.random(len(index.labels)) < share
    vectors = worlds.unit(rng.normal(size=(2, worlds.DIMENSION)))
    cosines = vectors @ index.retriever.encoder_vectors().T
    for (rows, scores), values in zip(index.retriever._dense.search_vectors(vectors, k, labels), cosines, strict=True):
        wanted = np.sort(values[labels])[::-1][:k]
        np.testing.assert_allclose(scores, values[rows], atol=1e-5)
        assert labels[rows].all()
        assert len(set(rows.tolist())) == len(rows) == len(wanted)
        np.testing.assert_allclose(np.sort(values[rows])[::-1], wanted, atol=1e-5)


scores = st.lists(
    st.one_of(st.just(0.0), st.floats(0, 1, width=32), st.sampled_from([0.25, 0.5, 1.0])), max_size=120
).map(lambda values: np.array(values, dtype=np.float32))


@given(scores, st.integers(1, 130), st.integers(0, 2**32 - 1), st.sampled_from([0.02, 0.5, 1.0]))
def test_the_largest_are_those_of_a_plain_sort(values: np.ndarray, k: int, seed: int, share: float) -> None:
    places = largest(values, k)
    assert len(set(places.tolist())) == len(places)
    assert np.sort(values[places])[::-1].tolist() == np.sort(values[values > 0])[::-1][:k].tolist()
    allowed = np.random.default_rng(seed).random(len(values)) < share
    assert sorted(largest(values, k, allowed).tolist()) == sorted(largest(values * allowed, k).tolist())


# --- preferred datasets ---


def test_preferred_datasets_follow_where_others_are_more_similar(index: OpenIndex) -> None:
    asked = [way("thing 17/first")]
    plain = index.retriever.retrieve(asked, 9)
    far = [row for row in range(THINGS) if row not in by_row(index.retriever.retrieve(asked, 60))][:10]
    found = index.retriever.retrieve(asked, 9, preferred=mask(*far))
    assert all(map(alike, found[:9], plain))
    assert not {*by_row(plain)} & {*far}
    assert len({*by_row(found)} & {*far}) == 4


def test_of_several_preferred_the_most_similar_follow(index: OpenIndex) -> None:
    found = index.retriever.retrieve([way("thing 17/first")], 3, preferred=mask(*range(100, 200)))
    every = index.retriever.retrieve([way("thing 17/first")], THINGS, preferred=mask(*range(100, 200)))
    expected = [one.row for one in every[3:] if 100 <= one.row < 200]
    assert expected[0] in by_row(found)
    assert expected[2] not in by_row(found)


def test_a_preferred_dataset_that_is_not_allowed_stays_out(index: OpenIndex) -> None:
    allowed = ~mask(200)
    found = index.retriever.retrieve([way("thing 17/first")], 9, allowed, mask(200, 201))
    assert 200 not in by_row(found)
    assert 201 in by_row(found)


def test_a_preferred_dataset_among_the_first_is_not_repeated(index: OpenIndex) -> None:
    found = index.retriever.retrieve([way("thing 17/first")], 9, preferred=mask(17))
    assert [one.row for one in found].count(17) == 1
    assert len(found) == len(index.retriever.retrieve([way("thing 17/first")], 9))


# --- several ways to ask ---


def test_the_strongest_way_counts_with_its_weight(index: OpenIndex) -> None:
    direct = by_row(index.retriever.retrieve([way("thing 5/first")], 20))[5]
    lower = by_row(index.retriever.retrieve([way("unlike/all"), way("thing 5/first", 0.8)], 20))[5]
    assert lower.dense == pytest.approx(0.8 * direct.dense, abs=1e-5)
    assert lower.lexical == pytest.approx(0.8 * direct.lexical, abs=1e-5)
    assert lower.document == pytest.approx(0.8 * direct.document, abs=1e-5)
    both = by_row(index.retriever.retrieve([way("thing 5/first"), way("thing 5/first", 0.8)], 20))[5]
    assert alike(both, direct)


def test_what_stands_in_finds_a_dataset_and_is_no_evidence_of_its_name(index: OpenIndex) -> None:
    asked, stands_in = way("zzz/qqq"), way("thing 40/second", 0.9, broader=True)
    without = by_row(index.retriever.retrieve([asked], THINGS))
    found = index.retriever.retrieve([asked, stands_in], 20)
    first = found[0]
    assert first.row == 40
    assert first.broader == pytest.approx(
        fuse(*(np.float32(0.9 * part) for part in _direct(index, "thing 40/second", 40))), abs=1e-4
    )
    assert first.broader > 0.8 > first.similarity
    assert index.labels[first.label_row] == "thing 40/second"
    assert first.label_kind == "synonym"
    known = [(one, without[one.row]) for one in found if one.row in without]
    assert len(known) > 5
    for name in ("dense", "lexical", "document", "named", "similarity", "memory", "votes", "rejected"):
        assert all(getattr(one, name) == pytest.approx(getattr(kept, name), abs=1e-5) for one, kept in known)
    assert all(one.broader == 0.0 for one in without.values())


def _direct(index: OpenIndex, text: str, row: int) -> tuple[float, float, float]:
    one = by_row(index.retriever.retrieve([way(text)], 20))[row]
    return one.dense, one.lexical, one.document


def test_the_thing_itself_stands_before_what_stands_in_for_it(index: OpenIndex) -> None:
    found = index.retriever.retrieve([way("thing 5/first"), way("thing 40/first", 0.9, broader=True)], 20)
    assert found[0].row == 5
    assert 40 in by_row(found)
    assert index.labels[found[0].label_row] == "thing 5/first"


def test_what_stands_in_keeps_to_the_mask(index: OpenIndex) -> None:
    asked = [way("zzz/qqq"), way("thing 40/first", broader=True)]
    assert 40 not in by_row(index.retriever.retrieve(asked, 60, ~mask(40)))


def test_decisions_about_what_stands_in_are_none_about_the_thing(index: OpenIndex) -> None:
    text = "thing 40/first"
    vector = ENCODER.encode([text])[0]
    memory = Memory([Confirmed(text, vector, 7)], [Rejected(text, vector, 8)])
    asked = [way("zzz/qqq"), way(text, broader=True)]
    told = by_row(index.retriever.retrieve(asked, THINGS, memory=memory))
    plain = by_row(index.retriever.retrieve([way("zzz/qqq")], THINGS, memory=memory))
    assert told[7].memory == pytest.approx(plain[7].memory, abs=1e-5)
    assert told[8].rejected == pytest.approx(plain[8].rejected, abs=1e-5)
    assert max(told[7].memory, told[8].rejected) < 0.5
    named = by_row(index.retriever.retrieve([way("zzz/qqq"), way(text)], THINGS, memory=memory))
    assert named[7].memory == pytest.approx(1.0, abs=1e-4)
    assert named[7].votes == pytest.approx(1.0, abs=1e-4)
    assert named[8].rejected == pytest.approx(1.0, abs=1e-4)


def test_a_dataset_known_by_decisions_alone_is_looked_at(index: OpenIndex) -> None:
    vector = ENCODER.encode(["zzz/qqq"])[0]
    plain = by_row(index.retriever.retrieve([way("zzz/qqq")], THINGS))
    unseen = next(row for row in range(THINGS) if row not in plain)
    memory = Memory([Confirmed("zzz/qqq", vector, unseen)])
    assert index.retriever.retrieve([way("zzz/qqq")], 5, memory=memory)[0].row == unseen
    assert unseen not in by_row(index.retriever.retrieve([way("zzz/qqq")], 5, ~mask(unseen), memory=memory))


# --- labels ---


@pytest.fixture(scope="module")
def metals(tmp_path_factory: pytest.TempPathFactory) -> OpenIndex:
    def made(key: str, name: str, **more: object) -> Dataset:
        return Dataset(key, name, "kg", 1.0, "cradle_to_gate", "process", "made-up", **more)  # type: ignore[arg-type]

    return opened(
        tmp_path_factory.mktemp("metals"),
        [
            made("a", "Steel", synonyms=("carbon steel",)),
            made("b", "Steel, coil", category="metals / flat goods", attributes={"index_terms": "coil stock|strip"}),
            made("c", "Copper wire", category="metals / flat goods"),
        ],
    )


@pytest.mark.parametrize(
    ("text", "first", "label", "kind"),
    [
        ("Steel", "a", "Steel", "name"),
        ("carbon steel", "a", "carbon steel", "synonym"),
        ("strip", "b", "strip", "index_term"),
        ("Copper wire", "c", "Copper wire", "name"),
    ],
)
def test_the_label_shown_is_the_strongest_of_its_dataset(
    metals: OpenIndex, text: str, first: str, label: str, kind: str
) -> None:
    best = metals.retriever.retrieve([way(text)], 3)[0]
    assert metals.catalogue.dataset(best.row).dataset_id == first
    assert (metals.labels[best.label_row], best.label_kind) == (label, kind)


def test_a_synonym_is_no_evidence_of_the_full_name(metals: OpenIndex) -> None:
    told = by_row(metals.retriever.retrieve([way("carbon steel")], 3))[0]
    assert told.dense == pytest.approx(KIND_WEIGHTS[KINDS.index("synonym")], abs=1e-5)
    assert told.named < 0.8
    assert by_row(metals.retriever.retrieve([way("Steel")], 3))[0].named == pytest.approx(1.0, abs=1e-5)


def test_a_label_of_two_datasets_finds_only_the_one_that_is_allowed(metals: OpenIndex) -> None:
    for row in range(3):
        allowed = np.arange(3) == row
        assert [one.row for one in metals.retriever.retrieve([way("Steel")], 3, allowed)] == [row]


def test_a_label_of_two_datasets_has_a_kind_for_each(metals: OpenIndex) -> None:
    found = by_row(metals.retriever.retrieve([way("Steel")], 3))
    assert (found[0].label_kind, found[1].label_kind) == ("name", "name_part")
    assert found[0].label_row == found[1].label_row
    assert found[1].dense == pytest.approx(found[0].dense * KIND_WEIGHTS[KINDS.index("name_part")], abs=1e-5)
    category = by_row(metals.retriever.retrieve([way("flat goods")], 3))
    assert category[1].label_kind == category[2].label_kind == "category"


@settings(max_examples=30)
@given(st.integers(0, THINGS - 1), st.sampled_from(["first", "second", "new", ""]), st.booleans())
def test_every_label_shown_belongs_to_its_dataset(index: OpenIndex, thing: int, name: str, wide: bool) -> None:
    asked = [way(f"thing {thing}/{name}")]
    if wide:
        asked.append(way(f"thing {(thing + 9) % THINGS}/first", 0.9, broader=True))
    for one in index.retriever.retrieve(asked, 30):
        own = dict(dataset_labels(index.catalogue.dataset(one.row), None))
        assert own[index.labels[one.label_row]] == one.label_kind


# --- evidence by itself ---


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_best_evidence_is_that_of_a_loop_over_labels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 5, size=6)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    owned = rng.integers(0, 9, size=int(counts.sum())).astype(np.int32)
    kinds = rng.integers(0, len(KIND_WEIGHTS), size=len(owned)).astype(np.uint8)
    unused = np.zeros(0, np.int64)
    rows = np.sort(rng.permutation(6)[: rng.integers(1, 7)])
    edges = LabelMap(unused, unused.astype(np.int32), offsets, owned, kinds).of(rows)
    weights = np.array([1.0, 0.7], dtype=np.float32)
    cosines, by_label = rng.random((2, 9), dtype=np.float32), rng.random((2, 9), dtype=np.float32)
    by_document = rng.random((2, 6), dtype=np.float32)
    dense, lexical = (strongest(weights, values)[edges.labels] for values in (cosines, by_label))
    got = evidence_of(edges, dense, lexical, strongest(weights, by_document[:, rows]))
    best_of = best_edges(edges, got.by_edge)
    for place, row in enumerate(rows):
        span = slice(offsets[row], offsets[row + 1])
        for values, told in ((cosines, got.dense), (by_label, got.lexical)):
            weighed = values[:, owned[span]] * KIND_WEIGHTS[kinds[span]] * weights[:, None]
            assert told[place] == pytest.approx(weighed.max(), abs=1e-6)
        own = slice(edges.starts[place], edges.starts[place] + counts[row])
        named = got.by_edge[own][edges.kinds[own] == KINDS.index("name")] / 2
        assert got.named[place] == pytest.approx(named.max(initial=0.0), abs=1e-6)
        if not len(named):
            assert got.named_dense[place] == 0.0
        assert got.named_dense[place] <= got.dense[place]
        assert best_of[place] == edges.starts[place] + np.argmax(got.by_edge[own])
        best = (by_document[:, row] * weights).max()
        assert got.document[place] == pytest.approx(best, abs=1e-6)


def test_no_way_to_ask_is_no_evidence() -> None:
    none = strongest(np.zeros(0, np.float32), np.zeros((0, 7), np.float32))
    assert none.tolist() == [0.0] * 7
