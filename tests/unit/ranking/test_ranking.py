"""Ranking: order, probability and what decisions do to them; models saved, read back and refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ranking_samples import asked, dataset, found, logistic, model, weights

from firstprint.errors import ModelError
from firstprint.ranking.acceptance import FIXED, Acceptance, load_acceptance, save_acceptance
from firstprint.ranking.features import FEATURES, QUERY_FEATURES, features
from firstprint.ranking.fit import TERMS, fit_score, fit_scores, fit_terms
from firstprint.ranking.ranker import Ranked, rank

MODEL = model()


def _fit(of, **given_):
    return fit_score(fit_terms(asked(**{"unit": "piece", "mass_kg": 0.025, **given_}), of))


def _ranked(*many, by: Acceptance = MODEL, datasets=None) -> list[Ranked]:
    """Candidates of the rows 0, 1, 2 …, ranked; the datasets are alike unless given."""
    given_ = [one._replace(row=row) for row, one in enumerate(many)]
    known = datasets or [dataset(dataset_id=str(row)) for row in range(len(many))]
    fits = np.array([fit_scores(asked(), one) for one in known])
    return rank(asked(), given_, fits, known.__getitem__, by)


@pytest.mark.parametrize(
    ("better", "worse", "stated"),
    [
        ({}, {"life_cycle_phase": "end_of_life"}, {}),
        ({"life_cycle_phase": "end_of_life"}, {}, {"text": "landfill of PET"}),
        ({"life_cycle_phase": "end_of_life"}, {}, {"text": "废PET填埋"}),
        ({}, {"life_cycle_phase": "avoided", "gwp100_kg_co2e": -1.0}, {}),
        ({}, {"variant": "recycled"}, {}),
        ({"variant": "recycled"}, {}, {"text": "再生PET瓶"}),
        ({"variant": "recycled"}, {}, {"text": "recycled PET bottle"}),
        ({"unit": "kg"}, {"unit": "m2"}, {}),
        ({"unit": "kg"}, {"unit": "EUR", "basis": "spend"}, {}),
        ({"unit": "piece"}, {"unit": "kg"}, {"mass_kg": None}),
        ({"geography": "CN"}, {"geography": "FR"}, {}),
        ({"geography": "GLO"}, {"geography": "FR"}, {}),
        ({"geography": "CN-GD"}, {"geography": "CN-SD"}, {"geography": "CN-GD"}),
        ({}, {"system_boundary": "direct", "basis": "direct"}, {}),
        (
            {"unit": "kg", "geography": "FR"},
            {"unit": "kWh", "geography": "FR", "category": "energy / electricity / grid"},
            {"unit": None, "geography": "IN"},
        ),
        ({}, {"system_boundary": "gate_to_gate"}, {}),
        ({"year": 2022}, {"year": 2005}, {}),
        ({}, {"licence": "restricted: no redistribution"}, {}),
    ],
)
def test_the_better_suited_dataset_fits_better(better, worse, stated):
    assert _fit(dataset(**better), **stated) > _fit(dataset(**worse), **stated)


def test_every_term_gives_a_reason_in_both_languages():
    terms = fit_terms(asked(), dataset())
    assert len(terms) == len(TERMS)
    assert all(term.reason_en and any("\u4e00" <= c <= "\u9fff" for c in term.reason_zh) for term in terms)


@given(
    unit=st.sampled_from(["kg", "piece", "kWh", "EUR", "m2", "tkm", "kWh_capacity"]),
    wanted=st.sampled_from([None, "kg", "piece", "kWh", "CNY", "m2"]),
    geography=st.sampled_from(["", "CN", "XX-unknown", "RER"]),
    year=st.one_of(st.none(), st.integers(1950, 2030)),
    phase=st.sampled_from(["production", "use", "end_of_life", "avoided"]),
)
def test_fit_stays_between_zero_and_one(unit, wanted, geography, year, phase):
    of = dataset(unit=unit, geography=geography, year=year, life_cycle_phase=phase)
    assert 0 < _fit(of, unit=wanted) <= 1


# --- order ---


@pytest.mark.parametrize("by", [MODEL, FIXED])
def test_text_evidence_orders_and_fit_parts_what_is_alike(by):
    datasets = [
        dataset(dataset_id="weak"),
        dataset(dataset_id="strong"),
        dataset(dataset_id="waste", life_cycle_phase="end_of_life"),
    ]
    first, *rest = _ranked(found(0.5), found(0.9), found(0.9), by=by, datasets=datasets)
    assert first.dataset.dataset_id == "strong"
    assert {one.dataset.dataset_id for one in rest} == {"weak", "waste"}


def test_the_order_follows_the_score_and_equals_keep_theirs():
    ranked = _ranked(*(found(value) for value in (0.3, 0.6, 0.3, 0.9, 0.6)))
    assert [one.found.row for one in ranked] == [3, 1, 4, 0, 2]
    scores = [one.score for one in ranked]
    assert scores == sorted(scores, reverse=True)


def test_a_ranked_dataset_tells_its_terms_when_asked():
    (one,) = _ranked(found(0.7), datasets=[dataset(life_cycle_phase="end_of_life")])
    assert [term.score for term in one.terms] == pytest.approx(one.fits)
    assert one.fit == pytest.approx(np.prod(one.fits))
    assert one.terms == fit_terms(one.asked, one.dataset)


def test_no_candidates_are_no_error():
    assert rank(asked(), [], np.zeros((0, len(TERMS))), [].__getitem__, MODEL) == []
    assert MODEL.probabilities(np.zeros(0), np.zeros((0, len(FEATURES))), "x", spend=False).shape == (0,)
    assert MODEL.decision(None) == "no_match"


# --- probability ---


def _probabilities(scores, by=MODEL, text="steel"):
    matrix = np.zeros((len(scores), len(FEATURES)))
    return by.probabilities(np.array(scores, dtype=np.float64), matrix, text, spend=False)


@given(
    st.lists(st.floats(-30, 30), min_size=1, max_size=20),
    st.tuples(st.floats(0, 3), st.floats(0, 3), st.floats(-3, 3)),
    st.floats(0.5, 0.99),
    st.booleans(),
)
def test_probabilities_fall_with_the_distance_behind_the_first_and_stay_under_the_ceiling(
    scores, behind, ceiling, guessed
):
    by = model(behind=behind, ceiling=ceiling, **({"first": None} if guessed else {}))
    probability = _probabilities(scores, by)
    assert ((probability >= 0) & (probability <= ceiling)).all()
    falling = probability[np.argsort(-np.array(scores), kind="stable")]
    assert (np.diff(falling) <= 1e-12).all()


def test_a_candidate_far_behind_is_less_likely_than_one_close_behind():
    first, close, far = _probabilities([6.0, 5.8, 1.0])
    assert first >= close > far


def test_the_probability_follows_the_lead_and_not_the_score_alone():
    ahead, level = _probabilities([3.0, 0.0])[0], _probabilities([3.0, 3.0])[0]
    assert ahead > level
    assert _probabilities([9.0, 6.0])[0] == pytest.approx(ahead)


def test_the_bend_turns_the_first_alone():
    plain = MODEL.log_odds(np.array([2.0, 1.0]), np.zeros((2, len(FEATURES))), "x", spend=False)
    bent = model(bend=(0.5, -1.0)).log_odds(np.array([2.0, 1.0]), np.zeros((2, len(FEATURES))), "x", spend=False)
    assert bent == pytest.approx(0.5 * plain - 1.0)
    assert _probabilities([2.0, 1.0], model(bend=(0.5, -1.0)))[0] < _probabilities([2.0, 1.0])[0]


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_a_text_unlike_all_those_learned_from_is_not_trusted_or_doubted_without_bound(sign):
    curve = logistic(log_length=sign)
    row = np.zeros(len(QUERY_FEATURES))
    place = QUERY_FEATURES.index("log_length")
    row[place] = 4.0
    edge = curve.log_odds(row)
    row[place] = 1e9
    assert curve.log_odds(row) == edge == pytest.approx(4.0 * sign)
    row[place] = -1e9
    assert curve.log_odds(row) == pytest.approx(-4.0 * sign)


def test_standardised_features_count_by_standard_deviation():
    curve = logistic(1.0, score=2.0)
    place = QUERY_FEATURES.index("score")
    means, scales = np.zeros(len(QUERY_FEATURES)), np.ones(len(QUERY_FEATURES))
    means[place], scales[place] = 5.0, 10.0
    row = np.zeros(len(QUERY_FEATURES))
    row[place] = 10.0
    assert curve._replace(means=tuple(means), scales=tuple(scales)).log_odds(row) == pytest.approx(1.0 + 2.0 * 0.5)


@pytest.mark.parametrize(
    ("p", "decision"), [(0.7, "match"), (0.6, "match"), (0.5999, "ambiguous"), (0.3, "ambiguous"), (0.2999, "no_match")]
)
def test_decision_follows_the_thresholds(p, decision):
    assert MODEL.decision(p) == decision


def test_the_fixed_order_matches_near_exact_names_alone():
    (exact,) = _ranked(found(0.99), by=FIXED, datasets=[dataset(geography="CN", year=2024)])
    (near,) = _ranked(found(0.8), by=FIXED, datasets=[dataset(geography="CN", year=2024)])
    assert FIXED.decision(exact.acceptance_probability) == "match"
    assert FIXED.decision(near.acceptance_probability) != "match"


# --- decisions of people ---


@pytest.mark.parametrize("by", [MODEL, FIXED])
def test_what_was_rejected_for_the_same_text_goes_behind_and_is_not_proposed(by):
    first, last = _ranked(found(0.99, rejected=1.0), found(0.3), by=by)
    assert (first.found.row, last.found.row) == (1, 0)
    assert last.acceptance_probability == 0.0
    (alone,) = _ranked(found(0.99, rejected=1.0), by=by)
    assert alone.acceptance_probability == 0.0
    assert by.decision(alone.acceptance_probability) == "no_match"


def test_a_rejection_lowers_in_proportion_to_how_alike_the_texts_are():
    by = model(weights=weights(similarity_logit=1.0))  # the order left as it is
    plain, slightly, half, more = (
        _ranked(found(0.9, rejected=value), found(0.2), by=by)[0].acceptance_probability
        for value in (0.0, 0.8, 0.9, 0.95)
    )
    assert slightly == plain
    assert half == pytest.approx(plain / 2)
    assert more == pytest.approx(plain / 4)


def test_a_rejection_of_a_text_somewhat_alike_leaves_the_order():
    assert _ranked(found(0.9, rejected=0.5), found(0.6))[0].found.row == 0


@pytest.mark.parametrize("by", [MODEL, FIXED])
def test_what_was_confirmed_for_the_same_text_is_as_sure_as_the_model_gets(by):
    (one,) = _ranked(found(0.2, memory=0.98), by=by)
    assert one.acceptance_probability == by.ceiling
    assert by.decision(one.acceptance_probability) == "match"
    (alike,) = _ranked(found(0.2, memory=0.97), by=by)
    assert alike.acceptance_probability < by.ceiling


def test_of_two_confirmed_for_the_same_text_both_are_sure():
    ranked = _ranked(found(0.9, memory=1.0), found(0.4, memory=1.0), found(0.85))
    sure = {one.found.row for one in ranked if one.acceptance_probability == MODEL.ceiling}
    assert {0, 1} <= sure


def test_a_rejection_of_the_same_text_outweighs_its_confirmation():
    (one,) = _ranked(found(0.9, memory=1.0, rejected=1.0))
    assert one.acceptance_probability == 0.0


# --- files ---


@pytest.mark.parametrize("saved", [MODEL, FIXED, model(bend=(0.83, -0.2))])
def test_saved_and_loaded_it_is_the_same_model(tmp_path: Path, saved):
    save_acceptance(saved, tmp_path / "r.json")
    loaded = load_acceptance(tmp_path / "r.json")
    assert loaded == saved
    assert loaded.ranker_id == saved.ranker_id
    matrix = features([found(0.4), found(0.7)], [(0.5,) * 8] * 2, "PET bottle")
    scores = loaded.scores(matrix)
    np.testing.assert_array_equal(
        loaded.probabilities(scores, matrix, "steel", spend=True),
        saved.probabilities(scores, matrix, "steel", spend=True),
    )


def test_each_part_of_a_model_is_part_of_its_id():
    changed = (
        MODEL, FIXED, model(bend=(0.9, 0.0)), model(ceiling=0.9), model(match_at=0.7), model(behind=(0.5, 1.1, 0.0)),
        model(first=logistic(0.6, ahead_of_2=1.0)), model(weights=weights(dense=1.0)),
    )  # fmt: skip
    assert len({one.ranker_id for one in changed}) == len(changed)


DAMAGE = {
    "no json": lambda body: json.dumps(body)[:50],
    "no object": lambda _: "[1, 2]",
    "empty": lambda _: "",
    "too deep": lambda _: "[" * 100_000,
    "a weight changed": lambda body: {**body, "weights": [9.0, *body["weights"][1:]]},
    "a weight short": lambda body: {**body, "weights": body["weights"][1:]},
    "a weight a word": lambda body: {**body, "weights": ["steel", *body["weights"][1:]]},
    "a weight endless": lambda body: {**body, "weights": [float("inf"), *body["weights"][1:]]},
    "a weight too large": lambda body: {**body, "weights": [10**400, *body["weights"][1:]]},
    "ceiling no number": lambda body: {**body, "ceiling": float("nan")},
    "trained on endless": lambda body: {**body, "trained_on": float("inf")},
    "first no object": lambda body: {**body, "first": "steel"},
    "first a part short": lambda body: {**body, "first": {"weights": []}},
    "scale zero": lambda body: {**body, "first": {**body["first"], "scales": [0.0] * len(QUERY_FEATURES)}},
    "a part missing": lambda body: {key: value for key, value in body.items() if key != "behind"},
    "bend of three": lambda body: {**body, "bend": [1.0, 0.0, 0.0]},
    "other features": lambda body: {**body, "features": body["features"][::-1]},
    "other query features": lambda body: {**body, "query_features": body["query_features"][1:]},
    "another id": lambda body: {**body, "ranker_id": "0" * 12},
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_or_foreign_file_is_refused_with_its_name(tmp_path: Path, damage):
    path = tmp_path / "r.json"
    save_acceptance(MODEL, path)
    made = DAMAGE[damage](json.loads(path.read_text(encoding="utf-8")))
    path.write_text(made if isinstance(made, str) else json.dumps(made), encoding="utf-8")
    with pytest.raises(ModelError, match=r"r\.json") as caught:
        load_acceptance(path)
    assert caught.value.code == "ranker_damaged"
    assert "firstprint train" in caught.value.hint


def test_bytes_that_are_no_text_and_a_missing_file_are_refused(tmp_path: Path):
    (tmp_path / "r.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match=r"r\.json"):
        load_acceptance(tmp_path / "r.json")
    with pytest.raises(ModelError, match=r"none\.json"):
        load_acceptance(tmp_path / "none.json")
