from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstprint.domain.dataset import Dataset
from firstprint.domain.steps import Retrieved
from firstprint.errors import ModelError
from firstprint.ranking.acceptance import FEATURES, Acceptance, features, load_acceptance, save_acceptance
from firstprint.ranking.fit import TERMS, Asked, fit_score, fit_terms
from firstprint.ranking.fitting import GradedQuery, fit_acceptance
from firstprint.ranking.ranker import rank

MODEL = Acceptance(0.0, (1.0,) * len(FEATURES), (1.0, 0.0), (1.0, 0.5, 0.0), 0.95, 0.6, 0.3, 100)


def _dataset(**given):
    cells = {
        "dataset_id": "a", "name": "PET", "unit": "kg", "gwp100_kg_co2e": 3.0, "system_boundary": "cradle_to_gate",
        "basis": "process", "source": "s", "geography": "GLO", "year": 2023, "licence": "CC0-1.0",
    }  # fmt: skip
    return Dataset(**{**cells, **given})


def _asked(text="PET bottle", **given):
    cells = {"unit": "piece", "mass_kg": 0.025, "geography": "CN", "boundary": "cradle_to_gate", "year": 2024}
    return Asked(text, **{**cells, **given})


def _fit(dataset, **asked):
    return fit_score(fit_terms(_asked(**asked), dataset))


def _found(similarity, row=0):
    return Retrieved(row, similarity, similarity, similarity / 2, 0.1, 0, "name")


@pytest.mark.parametrize(
    ("better", "worse", "asked"),
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
def test_the_better_suited_dataset_fits_better(better, worse, asked):
    assert _fit(_dataset(**better), **asked) > _fit(_dataset(**worse), **asked)


def test_every_term_gives_a_reason_in_both_languages():
    terms = fit_terms(_asked(), _dataset())
    assert len(terms) == len(TERMS)
    assert all(term.reason_en and any("\u4e00" <= c <= "\u9fff" for c in term.reason_zh) for term in terms)


@given(
    unit=st.sampled_from(["kg", "piece", "kWh", "EUR", "m2", "tkm", "kWh_capacity"]),
    asked=st.sampled_from([None, "kg", "piece", "kWh", "CNY", "m2"]),
    geography=st.sampled_from(["", "CN", "XX-unknown", "RER"]),
    year=st.one_of(st.none(), st.integers(1950, 2030)),
    phase=st.sampled_from(["production", "use", "end_of_life", "avoided"]),
)
def test_fit_stays_between_zero_and_one(unit, asked, geography, year, phase):
    dataset = _dataset(unit=unit, geography=geography, year=year, life_cycle_phase=phase)
    assert 0 < _fit(dataset, unit=asked) <= 1


def test_the_order_follows_acceptance_and_text_evidence_first():
    datasets = [
        _dataset(dataset_id="weak"),
        _dataset(dataset_id="strong"),
        _dataset(dataset_id="waste", life_cycle_phase="end_of_life"),
    ]
    ranked = rank(_asked(), [_found(0.5), _found(0.9, 1), _found(0.9, 2)], datasets, MODEL)
    assert ranked[0].dataset.dataset_id == "strong"
    probabilities = [one.acceptance_probability for one in ranked]
    assert probabilities == sorted(probabilities, reverse=True)


def test_no_candidate_is_surer_than_the_surest_held_out_ones_were():
    assert MODEL.probability(30.0) == 0.95
    assert MODEL.probability(29.0, first=30.0) <= 0.95


def test_a_candidate_far_behind_is_less_likely_than_one_close_behind():
    assert MODEL.probability(2.0, first=6.0) < MODEL.probability(2.0, first=2.1) <= MODEL.probability(2.1)


def test_no_candidates_are_no_error():
    assert rank(_asked(), [], [], MODEL) == []
    assert MODEL.decision(None) == "no_match"


@pytest.mark.parametrize(("p", "decision"), [(0.7, "match"), (0.6, "match"), (0.4, "ambiguous"), (0.1, "no_match")])
def test_decision_follows_the_thresholds(p, decision):
    assert MODEL.decision(p) == decision


def test_saved_and_loaded_it_is_the_same_model(tmp_path):
    save_acceptance(MODEL, tmp_path / "r.json")
    assert load_acceptance(tmp_path / "r.json") == MODEL


@pytest.mark.parametrize("damage", ["truncate", "weight", "features"])
def test_a_changed_ranker_is_refused(tmp_path, damage):
    path = tmp_path / "r.json"
    save_acceptance(MODEL, path)
    body = json.loads(path.read_text())
    if damage == "weight":
        body["weights"][0] = 2.0
    if damage == "features":
        body["features"] = body["features"][1:]
    text = json.dumps(body)
    path.write_text(text[:50] if damage == "truncate" else text)
    with pytest.raises(ModelError, match=r"r\.json"):
        load_acceptance(path)


def _synthetic(n=200, seed=1):
    """Queries whose right answer shows in two features; one in five has no answer at all."""
    rng = np.random.default_rng(seed)
    queries = []
    for i in range(n):
        answerable = i % 5 != 0
        x = rng.normal(size=(12, len(FEATURES)))
        relevant = np.zeros(12, bool)
        if answerable:
            relevant[3] = True
            x[3, 0] += rng.normal(2.5, 0.7)
            x[3, 11] += 1.0
        queries.append(GradedQuery(x, relevant, relevant.copy(), f"g{i % 37}", answerable))
    return queries


def test_fitting_learns_which_features_speak_and_calibrates_on_held_out_folds():
    model, held_out = fit_acceptance(_synthetic())
    weights = dict(zip(FEATURES, model.weights, strict=True))
    assert weights[FEATURES[0]] == max(weights.values())
    assert min(weights.values()) >= 0
    chance = np.array([model.probability(score) for score in held_out.score])
    assert abs(chance.mean() - held_out.accepted.mean()) < 0.05
    assert 0 < model.ambiguous_at <= model.match_at < 1


def test_fitting_is_repeatable():
    assert fit_acceptance(_synthetic())[0] == fit_acceptance(_synthetic())[0]


def test_too_few_queries_are_refused():
    with pytest.raises(ValueError, match="at least 20"):
        fit_acceptance(_synthetic(10))


def test_features_are_finite_for_extreme_evidence():
    terms = [fit_terms(_asked(), _dataset())] * 2
    x = features([_found(0.0), _found(1.0)], terms)
    assert np.isfinite(x).all()
    assert not math.isnan(float(x.sum()))
