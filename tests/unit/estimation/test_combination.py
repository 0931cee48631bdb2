"""The mixture that weighs a dataset beside the surrogate: sane everywhere, and kept with its checksum."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstprint.domain.proposal import SurrogateOpinion
from firstprint.errors import ModelError
from firstprint.estimation.combination import (
    FALLBACK,
    UNIT_KINDS,
    Beside,
    Route,
    load_combination,
    pool,
    quantile_of,
    save_combination,
    shipped_combination,
)
from firstprint.estimation.combine import combine
from firstprint.estimation.lognormal import lognormal_interval

SURE = FALLBACK._replace(by_spread=-0.5)
LOGS = st.floats(-12, 12)
SIGMAS = st.floats(0.05, 4)


def opinion(value: float, sigma: float) -> SurrogateOpinion:
    interval = lognormal_interval(value, sigma, 0.9)
    return SurrogateOpinion(kg_co2e=value, low=interval.low, high=interval.high, coverage=0.9, model_id="")


@given(LOGS, LOGS, SIGMAS, st.floats(0, 1), st.sampled_from(UNIT_KINDS))
def test_the_mean_lies_between_the_routes(dataset, surrogate, sigma, probability, kind):
    said = pool(SURE, Beside(dataset, 0.1, probability, kind), Route(surrogate, sigma))
    low, high = sorted((dataset, surrogate))
    assert low - 1e-9 <= said.mean <= high + 1e-9
    assert said.sigma > 0
    assert 0 <= said.right <= 1


@given(LOGS, LOGS, SIGMAS, st.floats(0, 1), st.floats(0.01, 100))
def test_the_combined_estimate_is_ordered_and_linear_in_the_amount(dataset, surrogate, sigma, probability, amount):
    def asked(times: float):
        beside = Beside(dataset + math.log(times), 0.2, probability, "mass")
        proxy = lognormal_interval(math.exp(dataset) * times, 1.0, 0.9)
        return combine(proxy, opinion(math.exp(surrogate) * times, sigma), dataset=beside, model=SURE)

    one, many = asked(1.0), asked(amount)
    assert 0 < one.low < one.kg_co2e < one.high
    assert many.kg_co2e == pytest.approx(one.kg_co2e * amount, rel=1e-6)
    assert many.high / many.low == pytest.approx(one.high / one.low, rel=1e-6)


def test_a_dataset_far_from_every_like_product_is_set_aside():
    near = pool(SURE, Beside(math.log(2.0), 0.1, 0.5, "mass"), Route(math.log(3.0), 0.5))
    far = pool(SURE, Beside(math.log(3000.0), 0.1, 0.5, "mass"), Route(math.log(3.0), 0.5))
    assert near.right > 0.5
    assert far.right < 0.05
    assert math.exp(far.mean) < 10


def test_a_likelier_dataset_is_believed_more():
    doubtful, likely = (
        pool(SURE, Beside(0.0, 0.1, probability, "mass"), Route(1.0, 1.0)).mean for probability in (0.2, 0.9)
    )
    assert likely < doubtful


def test_a_higher_coverage_is_no_narrower():
    assert quantile_of(FALLBACK, 0.9) > quantile_of(FALLBACK, 0.85) > quantile_of(FALLBACK, 0.8)
    assert quantile_of(FALLBACK, 0.99) == quantile_of(FALLBACK, 0.9)


def test_a_saved_model_is_read_back_and_a_changed_one_refused(tmp_path):
    path = tmp_path / "combination.json"
    saved = save_combination(SURE, path, {"queries": {"mine": 3}})
    assert load_combination(path) == saved
    assert saved.combination_id
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "surrogate_scale": 0.1}))
    with pytest.raises(ModelError, match="changed"):
        load_combination(path)
    path.write_text("{}")
    with pytest.raises(ModelError):
        load_combination(path)


def test_the_shipped_model_believes_a_piece_more_than_a_material_by_its_mass():
    model = shipped_combination()
    assert model.combination_id
    piece, material = (pool(model, Beside(0.0, 0.1, 0.9, kind), Route(1.0, 1.0)).mean for kind in ("piece", "bridged"))
    assert piece < material


def test_what_catalogues_list_follows_the_acceptance_probability():
    model = shipped_combination()

    def said(probability: float, *, listed: bool):
        return pool(model, Beside(0.0, 0.1, probability, "mass", 0.95, listed), Route(1.0, 1.0))

    sure, doubtful = said(0.92, listed=True), said(0.4, listed=True)
    assert sure.mean < doubtful.mean
    assert sure.sigma < doubtful.sigma
    assert sure.sigma < said(0.92, listed=False).sigma
    assert quantile_of(model, 0.9, listed=True) == pytest.approx(1.645, abs=1e-3)
    assert quantile_of(model, 0.9) > quantile_of(model, 0.9, listed=True)


@given(LOGS, LOGS, SIGMAS, st.floats(0, 1), st.floats(0, 1))
def test_a_listed_dataset_never_leaves_the_room_between_the_routes(dataset, surrogate, sigma, probability, similarity):
    beside = Beside(dataset, 0.1, probability, "mass", similarity, listed=True)
    said = pool(shipped_combination(), beside, Route(surrogate, sigma))
    low, high = sorted((dataset, surrogate))
    assert low - 1e-9 <= said.mean <= high + 1e-9
    assert said.sigma > 0
