"""Fitting: what speaks is learned, what was asked is never learned from, and the probability says something."""

from __future__ import annotations

import numpy as np
import pytest
from ranking_samples import CANDIDATES, PLACE, TELLING, graded, model

from firstprint.ranking import fitting
from firstprint.ranking.acceptance import FIXED
from firstprint.ranking.features import FEATURES
from firstprint.ranking.fitting import GradedQuery, fit_acceptance, order_weights


@pytest.fixture(scope="module")
def fitted():
    return fit_acceptance(graded())


def _brier(probability, accepted) -> float:
    return float(np.mean((probability - accepted) ** 2))


def _asked(fitted_model, queries):
    """Probability of each query's first candidate, and whether it is right."""
    said, right = [], []
    for query in queries:
        scores = fitted_model.scores(query.features)
        said.append(fitted_model.probabilities(scores, query.features, query.text, spend=False).max())
        right.append(query.acceptable[scores.argmax()])
    return np.array(said), np.array(right)


def test_what_tells_the_right_dataset_gets_weight_and_nothing_gets_less_than_none(fitted):
    weights = dict(zip(FEATURES, fitted[0].weights, strict=True))
    assert weights[TELLING] == max(weights[name] for name in (TELLING, "lexical", "document", "similarity_logit"))
    assert min(weights.values()) >= 0
    assert weights["not_rejected"] > 0, "no query has a rejection, and its weight is kept"


def test_a_feature_that_speaks_against_gets_no_weight():
    queries = []
    for query in graded():
        x = query.features.copy()
        x[:, PLACE["lexical"]] = np.where(query.relevant, 0.0, 0.8)
        queries.append(query._replace(features=x))
    found = order_weights(queries, np.ones(len(queries)), np.full(len(FEATURES), 0.5))
    assert found[PLACE["lexical"]] == 0.0


def test_the_probability_beats_the_base_rate_on_held_out_and_on_new_queries(fitted):
    trained, held_out = fitted
    base = held_out.accepted.mean()
    assert 0.2 < base < 0.9
    assert _brier(held_out.probability, held_out.accepted) < 0.9 * _brier(base, held_out.accepted)
    assert abs(held_out.probability.mean() - base) < 0.05
    said, right = _asked(trained, graded(seed=2))
    assert _brier(said, right) < 0.9 * _brier(base, right)
    assert abs(said.mean() - right.mean()) < 0.1


def test_without_anything_to_tell_the_probability_stays_near_the_base_rate():
    rng = np.random.default_rng(3)
    noise = []
    for query in graded(300):
        right = np.zeros(CANDIDATES, dtype=np.bool_)
        right[rng.integers(CANDIDATES, size=4)] = True
        x = rng.normal(size=query.features.shape)
        noise.append(query._replace(features=x, relevant=right, acceptable=right.copy(), text="a thing"))
    trained, held_out = fit_acceptance(noise)
    base = held_out.accepted.mean()
    assert _brier(held_out.probability, held_out.accepted) > 0.9 * _brier(base, held_out.accepted)
    assert trained.ceiling < 0.9


OWN = np.array([query.group == "group 7" for query in graded()])


def _with_group_7_turned() -> list[GradedQuery]:
    return [_turned(query) if own else query for query, own in zip(graded(), OWN, strict=True)]


def test_no_group_is_ordered_by_weights_that_saw_it(fitted):
    """Verdicts of one group are turned round: its own queries are ordered as before, others are not."""
    before, after = fitted[1], fit_acceptance(_with_group_7_turned())[1]
    assert OWN.sum() == 6
    np.testing.assert_array_equal(before.features[OWN], after.features[OWN])
    assert not np.allclose(before.features[~OWN], after.features[~OWN])


def test_no_group_is_judged_by_a_curve_that_saw_it(monkeypatch):
    """The same under one order for all, so that only the curve can learn from the turned verdicts."""
    order = np.array(model(weights=tuple(float(name == TELLING) for name in FEATURES)).weights)
    monkeypatch.setattr(fitting, "order_weights", lambda *_: order)
    before, after = fit_acceptance(graded())[1], fit_acceptance(_with_group_7_turned())[1]
    assert (before.accepted[OWN] != after.accepted[OWN]).any()
    np.testing.assert_array_equal(before.probability[OWN], after.probability[OWN])
    assert not np.allclose(before.probability[~OWN], after.probability[~OWN])


def _turned(query: GradedQuery) -> GradedQuery:
    """Right is the dataset that speaks least, and of queries without a right one the first is right."""
    right = np.zeros(CANDIDATES, dtype=np.bool_)
    right[query.features[:, PLACE[TELLING]].argmin()] = True
    return query._replace(relevant=right, acceptable=right.copy())


def test_groups_of_two_sources_with_one_name_are_two():
    one, other = graded(60, groups=2, source="a"), graded(60, seed=5, groups=2, source="b")
    assert fit_acceptance(one + other)[1].accepted.shape == (120,)
    with pytest.raises(ValueError, match="split"):
        fit_acceptance([query._replace(group="all") for query in one])


def test_fitting_is_repeatable(fitted):
    assert fit_acceptance(graded())[0] == fitted[0]


def test_the_ceiling_and_the_thresholds_lie_where_probabilities_do(fitted):
    trained, held_out = fitted
    assert 0.5 < trained.ceiling < 1
    assert 0 < trained.ambiguous_at <= trained.match_at < 1
    above = held_out.probability >= trained.match_at
    assert held_out.accepted[above].mean() >= 0.9
    below = held_out.probability < trained.ambiguous_at
    assert not below.any() or held_out.accepted[below].mean() <= 1 / 3


def test_another_start_pulls_the_weights_to_its_own():
    few = graded(30, groups=15)
    high = model(weights=tuple(20.0 if name == "votes" else 1.0 for name in FEATURES))
    pulled = fit_acceptance(few, high)[0].weights[PLACE["votes"]]
    assert pulled == pytest.approx(20.0, abs=1e-6), "no query says anything of votes"


def test_an_acceptable_dataset_is_no_wrong_one():
    """Beside a relevant dataset an acceptable one is left out of the order, whatever it looks like."""
    queries, plain = [], []
    for query in graded():
        other = np.zeros(CANDIDATES, dtype=np.bool_)
        other[(query.relevant.argmax() + 1) % CANDIDATES] = query.relevant.any()
        kept = ~other
        x = query.features.copy()
        x[other] = 5.0
        queries.append(query._replace(features=x, acceptable=query.relevant | other))
        plain.append(query._replace(features=x[kept], relevant=query.relevant[kept], acceptable=query.relevant[kept]))
    prior, even = np.ones(len(FEATURES)), np.ones(len(queries))
    assert order_weights(queries, even, prior) == pytest.approx(order_weights(plain, even, prior), abs=1e-9)


def test_where_only_acceptable_datasets_were_found_they_teach_the_order():
    queries = [query._replace(relevant=np.zeros(CANDIDATES, dtype=np.bool_)) for query in graded()]
    prior, even = np.full(len(FEATURES), 0.5), np.ones(len(queries))
    assert order_weights(queries, even, prior)[PLACE[TELLING]] > 1.0


def test_queries_without_a_right_dataset_leave_the_order_at_the_prior():
    queries = [
        query._replace(relevant=np.zeros(CANDIDATES, np.bool_), acceptable=np.zeros(CANDIDATES, np.bool_))
        for query in graded(30)
    ]
    prior = np.linspace(0, 1, len(FEATURES))
    assert (order_weights(queries, np.ones(30), prior) == prior).all()


def test_a_large_source_says_more_than_a_small_one_but_not_in_proportion():
    weight = fitting._weights_of([*graded(600, source="large"), *graded(20, source="small")])
    assert weight.mean() == pytest.approx(1.0)
    assert 1 < weight[:600].sum() / weight[600:].sum() < 600 / 20
    assert len(np.unique(weight[:600])) == len(np.unique(weight[600:])) == 1


def test_of_two_sources_that_contradict_the_one_that_weighs_more_is_followed():
    large = [_saying("memory", query) for query in graded(200, groups=20, source="large")]
    small = [_saying("votes", query) for query in graded(30, seed=4, groups=20, source="small")]
    both, prior = [*large, *small], np.full(len(FEATURES), 0.5)
    followed = order_weights(both, np.array([1.0] * 200 + [0.1] * 30), prior)
    turned = order_weights(both, np.array([0.01] * 200 + [20.0] * 30), prior)
    assert followed[PLACE["memory"]] > followed[PLACE["votes"]]
    assert turned[PLACE["votes"]] > turned[PLACE["memory"]]


def _saying(name: str, query: GradedQuery) -> GradedQuery:
    """Right is the first candidate: it has all of one feature, and the others all of its rival."""
    right = np.arange(CANDIDATES) == 0
    x = np.zeros_like(query.features)
    x[right, PLACE[name]] = 1.0
    x[~right, PLACE["votes" if name == "memory" else "memory"]] = 1.0
    return query._replace(features=x, relevant=right, acceptable=right.copy())


def test_where_later_candidates_are_all_wrong_or_missing_the_fixed_fall_behind_is_taken():
    def cut(query: GradedQuery, kept: np.ndarray) -> GradedQuery:
        return query._replace(
            features=query.features[kept], relevant=query.relevant[kept], acceptable=query.acceptable[kept]
        )

    alone = [cut(query, np.arange(CANDIDATES) == query.features[:, PLACE[TELLING]].argmax()) for query in graded()]
    trained, held_out = fit_acceptance(alone)
    assert held_out.later.shape == (0, 3)
    assert trained.behind == FIXED.behind
    none_right = [cut(query, ~query.relevant) if n % 2 else query for n, query in enumerate(graded())]
    assert min(fit_acceptance(none_right)[0].behind[:2]) >= 0


def test_too_few_queries_and_one_kind_of_verdict_are_refused():
    with pytest.raises(ValueError, match="at least 20"):
        fit_acceptance(graded(10))
    empty = [query._replace(features=np.zeros((0, len(FEATURES)))) for query in graded(30)]
    with pytest.raises(ValueError, match="0 annotated"):
        fit_acceptance(empty)
    right = np.ones(CANDIDATES, dtype=np.bool_)
    with pytest.raises(ValueError, match="both kinds"):
        fit_acceptance([query._replace(relevant=right, acceptable=right) for query in graded(30)])
