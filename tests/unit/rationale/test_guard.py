"""The guard lets true texts through and stops false ones; the figures here are the ones it reaches."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paraphrased_records import BOTTLE, CHAIR, POWER
from paraphrases import TRUE_TEXTS
from rationale_records import make_input

from firstprint.domain.product import Language
from firstprint.evaluation.corruptions import RULES, corruptions
from firstprint.rationale.facts import compute_facts
from firstprint.rationale.guard import check_rationale
from firstprint.rationale.records import RationaleInput
from firstprint.rationale.template import render_template

LANGUAGES: tuple[Language, ...] = ("en", "zh")
RECORDS = 80


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(min_value=0, max_value=10**9), language=st.sampled_from(LANGUAGES))
def test_every_template_and_every_fact_passes(seed: int, language: Language) -> None:
    facts = compute_facts(make_input(seed))
    for text in (render_template(facts, language), *(fact.statement(language) for fact in facts.facts)):
        report = check_rationale(text, facts, language)
        assert report.passed, (text, report.problems)


@pytest.mark.parametrize(("draft", "language", "text"), TRUE_TEXTS)
def test_a_true_paraphrase_passes(draft: RationaleInput, language: Language, text: str) -> None:
    report = check_rationale(text, compute_facts(draft), language)
    assert report.passed, report.problems


def test_corrupted_templates_are_caught() -> None:
    made: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for seed in range(RECORDS):
        draft = make_input(seed)
        facts = compute_facts(draft)
        for language in LANGUAGES:
            for corrupted in corruptions(render_template(facts, language), draft, facts, seed):
                made[corrupted.rule] += 1
                caught[corrupted.rule] += not check_rationale(corrupted.text, facts, language).passed
    assert set(made) == set(RULES) - {"number word changed"}  # the template writes digits
    assert made.total() >= 1500
    assert caught.total() / made.total() >= 0.995
    for kind, number in made.items():
        assert caught[kind] / number >= 0.98, kind


def test_corrupted_paraphrases_are_caught() -> None:
    made = caught = 0
    for draft, language, text in TRUE_TEXTS:
        facts = compute_facts(draft)
        seen = {text}
        for seed in range(4):
            for corrupted in corruptions(text, draft, facts, seed):
                if corrupted.text not in seen:
                    seen.add(corrupted.text)
                    made += 1
                    caught += not check_rationale(corrupted.text, facts, language).passed  # type: ignore[arg-type]
    assert made >= 600
    assert caught / made >= 0.98


FALSE_TEXTS: tuple[tuple[RationaleInput, Language, str, str], ...] = (
    (BOTTLE, "en", "The combined estimate is 0.0658 kg CO2e per piece.", "numbers"),
    (BOTTLE, "en", "The combined estimate is 0.07 kg CO2e per piece.", "relations"),
    (BOTTLE, "en", "The combined estimate is 0.0568 t CO2e per piece.", "numbers"),
    (BOTTLE, "en", "The text similarity is 0.83 for the first candidate.", "relations"),
    (BOTTLE, "en", "The acceptance probability is 0.78.", "relations"),
    (BOTTLE, "en", "“PET film, extruded” has a similarity of 0.78.", "relations"),
    (BOTTLE, "en", "The closest dataset is “PET film, extruded”.", "relations"),
    (BOTTLE, "en", "The closest dataset is “HDPE granulate”.", "datasets"),
    (BOTTLE, "en", "The value was taken from ecoinvent.", "datasets"),
    (BOTTLE, "en", "The surrogate's estimate is 34 % lower than the dataset's result.", "relations"),
    (BOTTLE, "en", "The surrogate's estimate is 25 % higher than the dataset's result.", "relations"),
    (BOTTLE, "en", "The dataset's result is not below the surrogate's estimate.", "relations"),
    (BOTTLE, "en", "The dataset's result is twice the surrogate's estimate.", "relations"),
    (BOTTLE, "en", "The surrogate ranges from 0.16 to 0.03 kg CO2e.", "relations"),
    (BOTTLE, "en", "With a mass of 25 g per piece the dataset gives 0.0522 kg CO2e.", "relations"),
    (BOTTLE, "en", "The mass was measured.", "relations"),
    (BOTTLE, "en", "No acceptable dataset was found.", "relations"),
    (BOTTLE, "en", "The dataset is out of date.", "relations"),
    (BOTTLE, "en", "The combined estimate is 0.0568 kg CO2e from cradle to grave.", "relations"),
    (BOTTLE, "en", "The closest dataset is “PET granulate, bottle grade” from Germany.", "relations"),
    (BOTTLE, "en", "数据集结果比统计模型估算值低 25%。", "relations"),
    (BOTTLE, "en", "", "relations"),
    (BOTTLE, "zh", "数据集结果比统计模型估算值高 25%。", "relations"),
    (BOTTLE, "zh", "数据集结果比统计模型估算值低百分之五十二。", "relations"),
    (BOTTLE, "zh", "数据集结果高于统计模型估算值。", "relations"),
    (BOTTLE, "zh", "每件的碳足迹估计为 ０．０６５８ kg CO2e。", "numbers"),
    (BOTTLE, "zh", "最接近的数据集是“高密度聚乙烯颗粒”。", "datasets"),
    (BOTTLE, "zh", "每件质量为 25 克，按该数据集每件 0.052 kg CO2e。", "relations"),
    (BOTTLE, "zh", "第二候选的文本相似度为 0.78。", "relations"),
    (BOTTLE, "zh", "采纳概率为 78%。", "relations"),
    (BOTTLE, "zh", "数据来自天工数据库。", "datasets"),
    (CHAIR, "en", "“Office chair, steel frame” is used as a proxy and gives 72 kg CO2e.", "relations"),
    (CHAIR, "zh", "找到了可接受的数据集“钢架办公椅”。", "relations"),
    (POWER, "en", "The two routes agree.", "relations"),
    (POWER, "en", "One dataset clearly stands out.", "relations"),
    (POWER, "zh", "数据集结果是统计模型估算值的一半。", "relations"),
    (POWER, "zh", "统计模型估算值是数据集结果的四倍。", "relations"),
)


@pytest.mark.parametrize(("draft", "language", "text", "check"), FALSE_TEXTS)
def test_a_false_text_fails_the_check_it_breaks(
    draft: RationaleInput, language: Language, text: str, check: str
) -> None:
    report = check_rationale(text, compute_facts(draft), language)
    assert not report.passed
    assert dict(report.checks)[check] == "failed", report.problems


def test_a_link_or_mark_up_does_not_pass() -> None:
    facts = compute_facts(BOTTLE)
    for text in ("See https://example.org for the estimate.", "The estimate is <b>0.0568 kg CO2e</b>.", "x" * 5000):
        assert not check_rationale(text, facts, "en").passed


def test_numbers_inside_a_quoted_name_belong_to_the_name() -> None:
    facts = compute_facts(BOTTLE)
    assert check_rationale("A reference is “Plastic bottle, 500 ml”.", facts, "en").passed
    assert not check_rationale("A reference is “Plastic bottle, 700 ml”.", facts, "en").passed


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(
        alphabet="0123456789.,，%％百分之三成半倍一二点千万×^-⁻²/每件“”（） kgCO2e比高低年第twice", max_size=80
    )
)
def test_no_text_makes_the_guard_stumble(text: str) -> None:
    report = check_rationale(text, compute_facts(BOTTLE), "zh")
    assert report.passed == (set(dict(report.checks).values()) == {"ok"})


@pytest.mark.parametrize("number", ["1.2.3", "1e999", "百分之点", "万" * 200, "５．６．７"])
def test_what_is_no_number_is_not_among_the_facts(number: str) -> None:
    assert not check_rationale(f"The combined estimate is {number} kg CO2e.", compute_facts(BOTTLE), "en").passed
