"""The true texts in many voices: whole, balanced, and every number in them found again in their record."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from firstprint.evaluation.rationale_records import load_records
from firstprint.evaluation.records import Query
from firstprint.evaluation.suite import read_suite
from firstprint.rationale.records import RationaleInput

FOLDER = Path(__file__).resolve().parents[2] / "evals" / "suites" / "rationale-voices"
SUITE = read_suite(FOLDER)
RECORDS = load_records(FOLDER)


def test_every_record_has_texts_and_every_text_a_record():
    texts = Counter(query.extra["record"] for query in SUITE.queries)
    assert set(texts) == set(RECORDS)
    assert len(RECORDS) == 24
    assert min(texts.values()) >= 8
    assert len({query.text for query in SUITE.queries}) == len(SUITE.queries) == 240


def test_a_record_is_never_in_both_halves():
    for query in SUITE.queries:
        assert query.group == query.extra["record"]
        assert query.extra["half"] == ("dev" if int(query.group[1:]) % 2 == 0 else "test")


def test_both_languages_weigh_the_same_in_both_halves():
    cells = Counter((query.extra["half"], query.language) for query in SUITE.queries)
    assert set(cells.values()) == {60}
    chinese = {query.id for query in SUITE.queries if re.search("[\u4e00-\u9fff]{2}", query.text)}
    assert {query.id for query in SUITE.queries if query.language == "zh"} <= chinese


def test_the_records_are_varied():
    drafts = RECORDS.values()
    assert {draft.decision for draft in drafts} == {"match", "ambiguous", "no_match"}
    assert {draft.estimate.basis for draft in drafts if draft.estimate} == {"combined", "proxy", "surrogate"}
    assert {draft.product.declared_unit.unit for draft in drafts} >= {
        "piece",
        "kg",
        "t",
        "kWh",
        "m2",
        "m3",
        "tkm",
        "EUR",
    }
    flags = {flag.code for draft in drafts for flag in draft.flags}
    assert flags >= {"routes_disagree", "geography_fallback", "spend_based", "wide_interval", "unit_missing_mass"}


@pytest.mark.parametrize("query", SUITE.queries, ids=lambda query: query.id)
def test_every_number_of_a_text_comes_from_its_record(query: Query):
    draft = RECORDS[query.extra["record"]]
    known = [*_values(draft), *_written(draft)]
    for number, unit in _numbers(query.text):
        near = max(0.031 * number, 0.51 * unit)
        if number > 1900 and number == int(number):
            near = 0.51 * unit  # a year, or a value of four figures: no slack
        assert any(abs(number - value) <= near for value in known), f"{number} in: {query.text}"


def test_a_wrong_number_is_noticed():
    draft = RECORDS["r01"]
    known = [*_values(draft), *_written(draft)]
    assert not any(abs(0.756 - value) <= 0.031 * 0.756 for value in known)


def _numbers(text: str) -> Iterator[tuple[float, float]]:
    """Each number of a text, and the worth of its last written digit (trailing zeros count as rounded away)."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", re.sub(r"CO[2₂]", "", text))
    for found in re.finditer(r"(?<![A-Za-z\d.])(\d+)(\.\d+)?(\s?万)?", plain):
        whole, part, myriad = found.group(1), found.group(2) or "", bool(found.group(3))
        scale = 10_000.0 if myriad else 1.0
        zeros = 0 if part else len(whole) - len(whole.rstrip("0"))
        unit = 10.0 ** (-(len(part) - 1)) if part else 10.0 ** (zeros if len(whole) > 2 else 0)
        yield float(whole + part) * scale, unit * scale


def _values(draft: RationaleInput) -> Iterator[float]:
    """Numbers a text may state, as they are and a thousand times larger and smaller (g, kg, t; kWh to MWh)."""
    for value in (*_stated(draft), *_intervals(draft), *_compared(draft)):
        yield from (value, value * 1000, value / 1000)


def _stated(draft: RationaleInput) -> Iterator[float]:
    yield draft.product.declared_unit.amount
    yield draft.product.mass_kg or 0.0
    for one in draft.candidates:
        yield from (one.gwp100_kg_co2e or 0.0, float(one.year or 0), one.similarity, one.kg_co2e or 0.0)
        yield from (one.acceptance_probability, 100 * one.acceptance_probability, one.uncertainty_pct or 0.0)
    for near in draft.surrogate.neighbours if draft.surrogate else ():
        yield from (near.kg_co2e_per_unit, 100 * near.weight)


def _intervals(draft: RationaleInput) -> Iterator[float]:
    if draft.estimate is not None:
        low, high = draft.estimate.low, draft.estimate.high
        yield from (draft.estimate.kg_co2e, low, high, high / low, (high / low) ** 0.5, 100 * draft.estimate.coverage)
    if draft.next_measurement is not None:
        yield draft.next_measurement.interval_factor_after**2


def _compared(draft: RationaleInput) -> Iterator[float]:
    results = [one.kg_co2e for one in draft.candidates if one.kg_co2e is not None]
    results += [one.kg_co2e for one in (draft.surrogate, draft.estimate) if one is not None]
    yield from results
    for one, other in permutations(results, 2):
        yield from (one / other, 100 * abs(one / other - 1))


def _written(draft: RationaleInput) -> Iterator[float]:
    """Numbers within names, sources and descriptions."""
    words = [draft.product.description]
    for one in draft.candidates:
        words += [one.name, one.name_zh, one.citation, one.source_version, *one.warnings, *one.conversion]
    words += [near.name for near in (draft.surrogate.neighbours if draft.surrogate else ())]
    for found in re.findall(r"\d+(?:\.\d+)?", " ".join(words)):
        yield float(found)
