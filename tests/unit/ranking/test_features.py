"""Features: more of each speaks for a dataset, their names are their places, and no evidence makes them endless."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ranking_samples import PLACE, asked, dataset, found

from firstprint.domain.steps import Retrieved
from firstprint.ranking import features as made
from firstprint.ranking.features import EVIDENCE, FEATURES, FIT_NAMES, LONG, QUERY_FEATURES, query_features
from firstprint.ranking.fit import TERMS, fit_scores

SUITS = (1.0,) * len(FIT_NAMES)
KINDS_OF_EVIDENCE = (
    "similarity", "dense", "lexical", "document", "memory", "votes", "rejected", "named", "named_dense", "broader",
)  # fmt: skip
cosines = st.floats(0.0, 1.0)
candidates = st.lists(
    st.builds(
        Retrieved,
        row=st.just(0),
        label_row=st.just(0),
        label_kind=st.just("name"),
        disputed=st.just(()),
        confirmed_by=st.none(),
        rejected_by=st.none(),
        **dict.fromkeys(KINDS_OF_EVIDENCE, cosines),
    ),
    min_size=1,
    max_size=30,
)


def features(many: Sequence[Retrieved], fits: Sequence[Sequence[float]], text: str = "steel") -> np.ndarray:
    return made.features(many, fits, text)


def column(matrix: np.ndarray, name: str) -> list[float]:
    return matrix[:, PLACE[name]].tolist()


def of_query(scores: list[float], matrix: np.ndarray, text: str = "steel", *, spend: bool = False) -> dict[str, float]:
    row = query_features(np.array(scores), matrix, text, spend=spend)
    return dict(zip(QUERY_FEATURES, row.tolist(), strict=True))


def test_names_are_distinct_and_one_a_column() -> None:
    assert len(set(FEATURES)) == len(FEATURES)
    assert len(set(QUERY_FEATURES)) == len(QUERY_FEATURES)
    assert len(FIT_NAMES) == len(TERMS)
    matrix = features([found(0.4), found(0.6)], [SUITS] * 2)
    assert matrix.shape == (2, len(FEATURES))
    assert query_features(np.zeros(2), matrix, "steel", spend=False).shape == (len(QUERY_FEATURES),)


def test_evidence_stands_under_its_name() -> None:
    plain = {
        "dense": 0.41, "lexical": 0.42, "document": 0.43, "memory": 0.44, "votes": 0.45, "broader": 0.46, "named": 0.47,
    }  # fmt: skip
    assert set(EVIDENCE) <= set(plain)
    matrix = features([found(0.5, rejected=0.5, **plain)], [SUITS])
    expected = {**plain, "not_rejected": -(0.5**4), "similarity_logit": 0.0}
    assert {name: matrix[0, PLACE[name]] for name in expected} == pytest.approx(expected)


def test_ranks_are_one_over_the_place_and_ties_share_the_better() -> None:
    many = [found(0.5, lexical=value, document=0.0) for value in (0.3, 0.9, 0.3, 0.0, 0.1)]
    matrix = features(many, [SUITS] * 5)
    assert column(matrix, "lexical_rank") == pytest.approx([1 / 2, 1, 1 / 2, 0, 1 / 4])
    assert column(matrix, "document_rank") == [0.0] * 5


def test_two_near_exact_names_are_alike_so_that_fit_decides() -> None:
    matrix = features([found(0.93), found(0.999)], [SUITS] * 2)
    first, second = column(matrix, "similarity_logit")
    assert first == second
    below = features([found(0.80), found(0.90)], [SUITS] * 2)
    assert np.diff(column(below, "similarity_logit"))[0] > 0


def test_fit_terms_enter_as_logarithms_in_their_own_order() -> None:
    scores = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.0)
    matrix = features([found(0.5)], [scores])
    places = [PLACE[f"fit_{name}"] for name in FIT_NAMES]
    assert places == list(range(places[0], places[0] + len(FIT_NAMES)))
    assert matrix[0, places] == pytest.approx(np.log([*scores[:-1], 1e-3]))
    of_waste = features([found(0.5)], [fit_scores(asked(), dataset(life_cycle_phase="end_of_life"))])
    assert of_waste[0, PLACE["fit_phase"]] < 0


@pytest.mark.parametrize(
    ("text", "long"), [("s" * 120, 0.0), ("s" * 240, 0.5), ("s" * 360, 1.0), ("钢" * 80, 0.5), ("钢" * 500, 1.0)]
)
def test_evidence_of_a_long_text_is_learned_about_apart(text: str, long: float) -> None:
    many = [found(0.4, named=0.3), found(0.6, named=0.5)]
    short, told = features(many, [SUITS] * 2, "steel"), features(many, [SUITS] * 2, text)
    for name in LONG:
        whole = np.array(column(short, name.removeprefix("long_")))
        assert column(short, name) == [0.0, 0.0]
        assert column(told, name) == pytest.approx(long * whole)
        assert column(told, name.removeprefix("long_")) == pytest.approx((1 - long) * whole)
    kept = [place for name, place in PLACE.items() if f"long_{name}" not in LONG and name not in LONG]
    assert told[:, kept].tolist() == short[:, kept].tolist()
    lengths = {"log_length", "log_words", "han_share"}
    before, after = of_query([1.0, 2.0], short), of_query([1.0, 2.0], told, text)
    assert {k: v for k, v in after.items() if k not in lengths} == pytest.approx(
        {k: v for k, v in before.items() if k not in lengths}
    )


@given(candidates)
def test_any_evidence_gives_finite_features(many: list[Retrieved]) -> None:
    matrix = features(many, [(0.0,) * len(FIT_NAMES)] * len(many))
    assert np.isfinite(matrix).all()
    row = query_features(matrix.sum(axis=1), matrix, "", spend=True)
    assert np.isfinite(row).all()


@given(candidates, st.sampled_from([name for name in KINDS_OF_EVIDENCE if name != "rejected"]), cosines)
def test_more_evidence_never_lowers_a_feature_of_its_own(many: list[Retrieved], name: str, more: float) -> None:
    before = features(many, [SUITS] * len(many))[0]
    raised = many[0]._replace(**{name: max(getattr(many[0], name), more)})
    after = features([raised, *many[1:]], [SUITS] * len(many))[0]
    assert (after >= before - 1e-12).all()


def test_no_candidates_have_no_features() -> None:
    assert features([], []).shape == (0, len(FEATURES))


def test_a_query_is_seen_by_its_first_whatever_the_order_given() -> None:
    many = [found(0.3), found(0.8), found(0.5)]
    matrix = features(many, [SUITS] * 3)
    scores = [0.3, 0.8, 0.5]
    told = of_query(scores, matrix)
    turned = of_query(scores[::-1], matrix[::-1])
    assert told == pytest.approx(turned)
    assert told["score"] == 0.8
    assert told["ahead_of_2"] == pytest.approx(0.3)
    # Three candidates: what is behind the last is the last.
    assert told["ahead_of_3"] == told["ahead_of_5"] == told["ahead_of_20"] == pytest.approx(0.5)
    assert told["first_dense"] == told["best_dense"] == 0.8
    assert told["first_dense_gap"] == 0.0


def test_a_first_that_others_beat_in_one_kind_shows_it() -> None:
    matrix = features([found(0.5, lexical=0.1), found(0.4, lexical=0.7)], [SUITS] * 2)
    told = of_query([2.0, 1.0], matrix)
    assert told["first_lexical"] == pytest.approx(0.1)
    assert told["best_lexical"] == pytest.approx(0.7)
    assert told["first_lexical_gap"] == pytest.approx(-0.6)


def test_one_alone_is_certain_and_many_alike_are_not() -> None:
    one = of_query([1.0], features([found(0.5)], [SUITS]))
    many = of_query([1.0] * 10, features([found(0.5)] * 10, [SUITS] * 10))
    assert one["share"] == pytest.approx(1.0)
    assert one["entropy"] == pytest.approx(0.0, abs=1e-9)
    assert many["share"] == pytest.approx(0.1)
    assert many["entropy"] == pytest.approx(np.log(10))


@pytest.mark.parametrize(
    ("text", "han", "capitals"),
    [
        ("steel", 0.0, 0.0),
        ("STEEL", 0.0, 1.0),
        ("钢板", 1.0, 0.0),
        ("钢PE", 1 / 3, 2 / 3),
        ("", 0.0, 0.0),
        ("12", 0, 0),
    ],
)
def test_the_shape_of_the_text(text: str, han: float, capitals: float) -> None:
    told = of_query([1.0], features([found(0.5)], [SUITS]), text)
    assert told["han_share"] == pytest.approx(han)
    assert told["capital_share"] == pytest.approx(capitals)


def test_a_chinese_character_says_as_much_as_three_letters() -> None:
    matrix = features([found(0.5)], [SUITS])
    assert of_query([1.0], matrix, "钢" * 6)["log_length"] == of_query([1.0], matrix, "s" * 18)["log_length"]


def test_spend_and_fit_of_the_first_are_told() -> None:
    half = (0.5,) * len(FIT_NAMES)
    matrix = features([found(0.5), found(0.5)], [half, SUITS])
    told = of_query([2.0, 1.0], matrix, spend=True)
    assert told["spend"] == 1.0
    assert [told[f"first_fit_{name}"] for name in FIT_NAMES] == pytest.approx([np.log(0.5)] * len(FIT_NAMES))
    turned = of_query([1.0, 2.0], matrix)
    assert turned["spend"] == 0.0
    assert [turned[f"first_fit_{name}"] for name in FIT_NAMES] == [0.0] * len(FIT_NAMES)


@pytest.mark.parametrize(("name", "told"), [("unit", "unit_tells"), ("geography", "place_tells")])
def test_a_unit_or_a_place_that_parts_the_candidates_tells(name: str, told: str) -> None:
    other = tuple(0.5 if one == name else 1.0 for one in FIT_NAMES)
    matrix = features([found(0.5), found(0.4)], [SUITS, other])
    assert of_query([2.0, 1.0], matrix)[told] == of_query([1.0, 2.0], matrix)[told] == 1.0
    assert of_query([2.0, 1.0], features([found(0.5), found(0.4)], [other, other]))[told] == 0.0


def test_the_best_place_among_the_candidates_is_told() -> None:
    near, far = (tuple(place if one == "geography" else 1.0 for one in FIT_NAMES) for place in (0.9, 0.4))
    told = of_query([1.0, 2.0], features([found(0.5), found(0.5)], [near, far]))
    assert told["best_place"] == pytest.approx(np.log(0.9))
    assert told["first_fit_geography"] == pytest.approx(np.log(0.4))


@pytest.mark.parametrize(
    ("text", "words", "digit"), [("", 0, 0), ("hex bolt", 2, 0), ("bolt M8", 2, 1), ("钢板", 1, 0)]
)
def test_words_and_digits_of_the_text(text: str, words: int, digit: int) -> None:
    told = of_query([1.0], features([found(0.5)], [SUITS]), text)
    assert told["log_words"] == pytest.approx(np.log1p(words))
    assert told["has_digit"] == digit
