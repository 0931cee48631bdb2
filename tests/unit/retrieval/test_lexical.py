from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstprint.retrieval.lexical import build_lexical, ngrams, open_lexical

TEXTS = ["aluminium can", "铝罐", "aluminum sheet", "Baumwolle T-Shirt", "聚对苯二甲酸乙二醇酯瓶", ""]


@pytest.fixture(scope="module")
def index():
    return build_lexical(TEXTS)


@pytest.mark.parametrize("row", range(len(TEXTS) - 1))
def test_a_text_is_most_like_itself_with_cosine_one(index, row):
    scores = index.scores(TEXTS[row])
    assert int(scores.argmax()) == row
    assert scores[row] == pytest.approx(1.0, abs=1e-5)


def test_case_and_full_width_do_not_matter(index):
    assert np.allclose(index.scores("ＡＬＵＭＩＮＩＵＭ ＣＡＮ"), index.scores("aluminium can"))


def test_unknown_characters_score_nothing_and_lower_the_rest(index):
    assert not index.scores("ψψψ").any()
    assert index.scores("铝罐 ψψψψ")[1] < index.scores("铝罐")[1]


def test_scores_agree_with_scikit_learn_where_all_grams_are_known():
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = ["铝罐", "铝板带", "钢板 coil", "cold rolled coil", "铝 coil"]
    vectors = TfidfVectorizer(analyzer=lambda t: list(ngrams(t)), sublinear_tf=True).fit_transform(texts)
    expected = (vectors @ vectors.T).toarray()
    index = build_lexical(texts)
    got = np.stack([index.scores(text) for text in texts])
    assert np.allclose(got, expected, atol=1e-5)


def test_saved_and_mapped_it_scores_the_same(index, tmp_path):
    index.save(tmp_path, "labels")
    opened = open_lexical(tmp_path, "labels", len(TEXTS))
    for text in TEXTS:
        assert np.array_equal(opened.scores(text), index.scores(text))


def test_an_empty_index_answers_with_no_scores():
    assert build_lexical([]).scores("steel").shape == (0,)


@given(st.text(max_size=200))
def test_any_text_scores_between_zero_and_one(text):
    scores = build_lexical(TEXTS).scores(text)
    assert np.isfinite(scores).all()
    assert (scores >= 0).all()
    assert (scores <= 1 + 1e-5).all()


def test_a_paragraph_that_contains_a_name_is_like_it():
    names = ["vertical shaft kiln lime", "sodium hydroxide solution", "kraft paper bag", "cold rolled steel sheet"]
    index = build_lexical(names)
    paragraph = (
        "This dataset describes how limestone is burned to quicklime; it covers quarrying, crushing and the vertical "
        "shaft kiln lime comes from, with the fuel it needs, for plants of every size, and the dust they give off."
    )
    scores = index.scores(paragraph)
    assert scores.argmax() == 0
    assert scores[0] > 0.5
    assert index.scores(names[0])[0] == pytest.approx(1.0, abs=1e-6)
    assert (scores <= 1).all()
