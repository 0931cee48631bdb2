"""The held-out true texts: whole, balanced, and every written number in them borne out by their record."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from itertools import permutations, product
from pathlib import Path

import pytest
from pydantic import BaseModel

from firstprint.evaluation.rationale_records import load_records
from firstprint.evaluation.records import Query
from firstprint.evaluation.suite import read_suite
from firstprint.rationale.records import RationaleInput

SUITES = Path(__file__).resolve().parents[2] / "evals" / "suites"
SUITE = read_suite(SUITES / "rationale-unseen")
RECORDS = load_records(SUITES / "rationale-unseen")
SCALES = (1, 100, 1000, 0.001)  # as it is, in percent, kg in g or t in kg, kg in t
NOT_TOLD = {"scores", "fit", "dqr", "rank", "id", "dataset_id", "model_id", "url", "licence", "matched_label"}


def test_every_record_has_ten_texts_of_its_language():
    assert len(RECORDS) == 16
    assert Counter(query.group for query in SUITE.queries) == dict.fromkeys(RECORDS, 10)
    assert len({query.id for query in SUITE.queries}) == len({query.text for query in SUITE.queries}) == 160
    assert Counter(query.language for query in SUITE.queries) == {"en": 80, "zh": 80}
    for query in SUITE.queries:
        assert query.extra["record"] == query.group
        assert bool(re.search("[\u4e00-\u9fff]{2}", query.text)) == (query.language == "zh")


def test_the_records_are_varied_and_of_no_other_suite():
    drafts = RECORDS.values()
    assert {draft.decision for draft in drafts} == {"match", "ambiguous", "no_match"}
    bases = {draft.estimate.basis if draft.estimate else None for draft in drafts}
    assert bases == {"combined", "proxy", "surrogate", None}
    others = load_records(SUITES / "rationale-voices").values()
    assert not {d.product.description for d in drafts} & {d.product.description for d in others}


@pytest.mark.parametrize("query", SUITE.queries, ids=lambda query: query.id)
def test_every_number_of_a_text_is_borne_out_by_its_record(query: Query):
    assert _unknown(query.text, RECORDS[query.group]) == []


def test_a_wrong_number_is_noticed():
    wrong = "About 0.0847 kg CO2e (53 to 247 g), as Thai data of 2021 say; 57 % more than the surrogate."
    assert _unknown(wrong, RECORDS["u01"]) == ["0.0847", "53", "2021", "57"]


def _unknown(text: str, draft: RationaleInput) -> list[str]:
    known = [value * scale for value in _values(asdict(draft)) for scale in SCALES] + [*_derived(draft)]
    plain = re.sub(r"(?<=\d)[, ](?=\d{3}(?!\d))", "", re.sub(r"CO2|m3\b|kg/m2", "", text))
    return [number for number in re.findall(r"(?<![A-Za-z\d.])\d+(?:\.\d+)?", plain) if not _near(number, known)]


def _near(number: str, known: list[float]) -> bool:
    """Whether one value rounds to the number: half its last digit; trailing zeros of three figures count as rounded."""
    if "." in number:
        step = 10.0 ** -len(number.split(".")[1])
    else:
        step = 10.0 ** (len(number) - len(number.rstrip("0"))) if len(number) > 2 else 1.0
    return any(abs(float(number) - value) <= 0.501 * step for value in known)


def _values(held: object) -> Iterator[float]:
    """Every number of a record that a text may tell, those within its strings too."""
    if isinstance(held, bool | None):
        return
    if isinstance(held, int | float):
        yield float(held)
    elif isinstance(held, str):
        yield from map(float, re.findall(r"\d+(?:\.\d+)?", held))
    elif isinstance(held, BaseModel):
        yield from _values(held.model_dump())
    elif isinstance(held, dict):
        yield from (number for key, value in held.items() if key not in NOT_TOLD for number in _values(value))
    elif isinstance(held, list | tuple):
        yield from (number for value in held for number in _values(value))


def _derived(draft: RationaleInput) -> Iterator[float]:
    main = [one.kg_co2e for one in (*draft.candidates[:1], draft.surrogate, draft.estimate) if one and one.kg_co2e]
    others = [one.kg_co2e for one in draft.candidates[1:] if one.kg_co2e]
    for one, other in [*permutations(main, 2), *product(main, others), *product(others, main)]:
        yield from (one / other, 100 * abs(one / other - 1))
    if draft.estimate:
        yield draft.estimate.high / draft.estimate.low
    if draft.next_measurement:
        yield draft.next_measurement.interval_factor_after**2
