"""Fit terms: scores and sentences agree over the whole shipped catalogue, places and boundaries as an analyst ranks."""

from __future__ import annotations

import itertools

import pytest

from firstprint.catalogue.reader import catalogue_files, read_sound_catalogue
from firstprint.domain.dataset import Dataset
from firstprint.ranking.features import FIT_NAMES
from firstprint.ranking.fit import Asked, fit_scores, fit_terms, states
from firstprint.ranking.fit_scores import place_relation, wants_of
from firstprint.resources import resource


def dataset(**given: object) -> Dataset:
    cells: dict[str, object] = {
        "dataset_id": "a", "name": "PET", "unit": "kg", "gwp100_kg_co2e": 3.0, "system_boundary": "cradle_to_gate",
        "basis": "process", "source": "s", "geography": "GLO", "year": 2023, "licence": "CC0-1.0",
    }  # fmt: skip
    return Dataset(**{**cells, **given})  # type: ignore[arg-type]


def asked(text: str = "PET bottle", **given: object) -> Asked:
    cells: dict[str, object] = {
        "unit": "kg", "mass_kg": None, "geography": "CN", "boundary": "cradle_to_gate", "year": 2024,
    }  # fmt: skip
    return Asked(text, **{**cells, **given})  # type: ignore[arg-type]


def score(name: str, of: Asked, row: Dataset) -> float:
    return dict(zip(FIT_NAMES, fit_scores(of, row), strict=True))[name]


def reason(name: str, of: Asked, row: Dataset) -> tuple[str, str]:
    return next((term.reason_en, term.reason_zh) for term in fit_terms(of, row) if term.term == name)


QUERIES = tuple(
    Asked(*values)
    for values in itertools.product(
        ("再生铝锭", "waste paper, incineration"),
        (None, "piece", "kWh"),
        (None, 0.025),
        (None, "CN-GD", "DE", "nowhere"),
        ("cradle_to_gate", "direct"),
        (2026,),
    )
)


def test_scores_are_those_of_the_terms_over_the_whole_shipped_catalogue() -> None:
    rows = read_sound_catalogue(catalogue_files(resource("index/catalogue")))
    queries = itertools.cycle(QUERIES)
    assert len(rows) > 8000
    for row, one in zip(rows, queries, strict=False):
        terms = fit_terms(one, row)
        assert fit_scores(one, row) == tuple(term.score for term in terms)
        assert tuple(term.term for term in terms) == FIT_NAMES
        assert all(0 < term.score <= 1 and term.reason_en.strip() and term.reason_zh.strip() for term in terms)


def test_a_unit_nobody_can_ask_for_is_no_error() -> None:
    odd = dataset(unit="hectare fortnight")
    assert score("unit", asked(), odd) == 0.35
    assert score("unit", asked(unit=None), odd) == 0.8
    assert "does not convert" in reason("unit", asked(), odd)[0]


@pytest.mark.parametrize(
    ("unit", "mass", "has", "expected", "told", "told_zh"),
    [
        ("kg", None, "kg", 1.0, "as asked", "与所求一致"),
        ("kg", None, "t", 1.0, "kg converts to it", "可由 kg 换算"),
        ("piece", 0.025, "kg", 0.95, "by the mass stated", "可按所给质量换算为 kg"),
        ("piece", None, "kg", 0.8, "mass of one piece is needed", "须给出每件的质量"),
        ("m2", None, "kg", 0.8, "mass of one m² is needed", "须给出每 m² 的质量"),
        ("kg", None, "piece", 0.35, "mass of one piece is needed to convert kg", "须给出每件的质量才能由 kg 换算"),
        ("kg", None, "tkm", 0.35, "kg does not convert to tkm", "kg 无法换算为 tkm"),
    ],
)
def test_the_unit_term_says_what_a_conversion_needs(
    unit: str, mass: float | None, has: str, expected: float, told: str, told_zh: str
) -> None:
    one, row = asked(unit=unit, mass_kg=mass), dataset(unit=has)
    assert score("unit", one, row) == expected
    english, chinese = reason("unit", one, row)
    assert told in english
    assert told_zh in chinese


@pytest.mark.parametrize(
    ("wanted", "has", "relation"),
    [
        (None, "FR", "unasked"), ("CN-GD", "CN-GD", "same"), ("CN-GD", "广东", "same"), ("CN-GD", "CN", "containing"),
        ("CN", "CN-GD", "part"), ("RER", "DE", "part"), ("CN-GD", "RAS", "region"), ("DE", "RER", "region"),
        ("CN-GD", "CN-SD", "neighbour"), ("DE", "FR", "neighbour"), ("CN", "TH", "neighbour"), ("CN", "GLO", "world"),
        ("CN", "RoW", "world"), ("GLO", "CN", "world"), ("CN-GD", "US", "elsewhere"), ("DE", "CN", "elsewhere"),
        ("CN", "eGRID", "unknown"), ("CN", "", "unknown"),
    ],
)  # fmt: skip
def test_places_by_containment(wanted: str | None, has: str, relation: str) -> None:
    assert place_relation(wanted, has) == relation


@pytest.mark.parametrize("grid", [False, True])
@pytest.mark.parametrize("nearest_first", [("CN-GD", "CN", "RAS", "GLO", "US"), ("CN-GD", "CN", "CN-SD", "FR")])
def test_the_nearer_the_place_the_better_it_fits(nearest_first: tuple[str, ...], *, grid: bool) -> None:
    kind = {"unit": "kWh", "category": "energy / electricity / grid"} if grid else {}
    scores = [score("geography", asked(geography="CN-GD"), dataset(geography=each, **kind)) for each in nearest_first]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_one_country_s_grid_is_not_its_continent_s() -> None:
    grid = {"unit": "kWh", "category": "energy / electricity / grid"}
    one = asked(geography="RER", unit="kWh")
    norway, europe = (score("geography", one, dataset(geography=place, **grid)) for place in ("NO", "RER"))
    assert norway < score("geography", one, dataset(geography="NO")) < europe == 1.0


@pytest.mark.parametrize(
    ("boundary", "better", "worse"),
    [
        ("direct", "direct", "cradle_to_gate"),
        ("direct", "gate_to_gate", "cradle_to_grave"),
        ("end_of_life", "end_of_life", "cradle_to_gate"),
        ("end_of_life", "cradle_to_grave", "cradle_to_gate"),
        ("well_to_wheel", "cradle_to_grave", "cradle_to_gate"),
        ("gate_to_gate", "direct", "cradle_to_gate"),
        ("cradle_to_gate", "cradle_to_grave", "direct"),
    ],
)
def test_boundaries_by_what_was_asked(boundary: str, better: str, worse: str) -> None:
    one = asked(boundary=boundary)
    assert score("boundary", one, dataset(system_boundary=better)) > score(
        "boundary", one, dataset(system_boundary=worse)
    )


def test_direct_emissions_fit_whom_asks_for_them() -> None:
    row = dataset(system_boundary="direct", basis="direct")
    assert score("basis", asked(boundary="direct"), row) == 1.0
    assert score("basis", asked(), row) == 0.85


def test_a_dataset_of_long_after_the_year_asked_is_as_far_off_as_one_of_long_before() -> None:
    late, early = (score("age", asked(year=2010), dataset(year=year)) for year in (2023, 1997))
    assert late == early < score("age", asked(year=2010), dataset(year=2012))
    assert "after the year asked" in reason("age", asked(year=2010), dataset(year=2023))[0]


@pytest.mark.parametrize(
    ("text", "variant"),
    [
        ("recycled PET bottle", "recycled"), ("再生铝锭", "recycled"), ("Rezyklat", "recycled"),
        ("recyclable bottle", "average"), ("可再生能源电力", "average"), ("regenerated cellulose fibre", "average"),
        ("secondary battery", "average"), ("secondary aluminium", "recycled"), ("再生纤维素纤维", "average"),
        ("organic cotton T-shirt", "organic"), ("有机棉", "organic"), ("organic solvent", "average"),
        ("organic light-emitting diode", "average"), ("有机硅", "average"), ("有机结合氮", "average"),
        ("再生热氧化炉", "average"), ("bio-based plastic", "average"),
        ("virgin PET", "virgin"), ("原生铝", "virgin"),
    ],
)  # fmt: skip
def test_the_variant_a_text_asks_for(text: str, variant: str) -> None:
    assert wants_of(text).variant == variant


@pytest.mark.parametrize("text", ["waste bin, steel", "垃圾袋", "PE waste bag", "避免阳光直射", "credit card"])
def test_goods_that_only_sound_like_disposal_or_credits(text: str) -> None:
    assert not wants_of(text).end_of_life
    assert not wants_of(text).avoided


def test_a_long_text_asks_by_its_first_sentence() -> None:
    made = "该工艺依次包括原料准备、熔炼、精炼、铸造、均热、热轧、冷轧、退火、精整、检验与包装等全部工序。"
    passing = f"{made}本数据集描述了铝板的生产，{made}产生的废物送去填埋，部分原料为再生铝。"
    assert wants_of(passing) == wants_of("铝板")
    assert wants_of(f"再生铝板的生产。{made}").variant == "recycled"
    assert wants_of(f"废旧铝板的填埋处置。{made}").end_of_life
    assert wants_of("PET bottle, 500 ml, made of 100 % recycled material").variant == "recycled"


def test_only_what_the_product_states_counts_as_stated() -> None:
    assert states(asked("chair", unit=None, geography=None)) == frozenset()
    assert states(asked("再生铝", boundary="direct")) == {"unit", "geography", "boundary", "variant"}
