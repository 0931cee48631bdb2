"""The template is short, in the asked language, and says what the record holds."""

from __future__ import annotations

import re

import pytest
from rationale_records import make_input

from firstprint.rationale.facts import compute_facts
from firstprint.rationale.template import render_template

SEEDS = range(60)


@pytest.mark.parametrize("seed", SEEDS)
def test_three_to_seven_sentences_in_both_languages(seed: int) -> None:
    facts = compute_facts(make_input(seed))
    en, zh = render_template(facts, "en"), render_template(facts, "zh")
    assert 2 <= len(re.findall(r"\.(?= |$)", en)) <= 8
    assert 2 <= zh.count("。") <= 8


@pytest.mark.parametrize("seed", SEEDS)
def test_the_estimate_its_interval_and_the_dataset_are_told(seed: int) -> None:
    draft = make_input(seed)
    facts = compute_facts(draft)
    estimate = facts.of_kind("combined")[0].slots
    for language in ("en", "zh"):
        text = render_template(facts, language)
        assert estimate["result"].text(language) in text
        assert estimate["low"].number in text
        assert estimate["high"].text(language) in text
        name = draft.candidates[0].name if language == "en" else draft.candidates[0].name_zh
        assert name in text


@pytest.mark.parametrize("seed", SEEDS)
def test_chinese_has_no_stray_english_words(seed: int) -> None:
    facts = compute_facts(make_input(seed))
    text = re.sub(r"“[^”]*”|（[^）]*）", "", render_template(facts, "zh"))
    words = set(re.findall(r"[A-Za-z]{3,}", text))
    assert words <= {"kWh", "tkm"}
