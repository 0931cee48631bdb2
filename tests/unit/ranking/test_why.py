"""Reasons of a candidate: true of the record, strongest first, never against the scores, in both languages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstprint.assembly import candidate
from firstprint.domain.dataset import Dataset
from firstprint.domain.product import DeclaredUnit, Product
from firstprint.domain.proposal import Candidate, Reason
from firstprint.domain.steps import Retrieved
from firstprint.ranking.fit import Asked, fit_scores
from firstprint.ranking.ranker import Ranked
from firstprint.ranking.why import FAR, MOST_REASONS, NEAR, SUITS, Case, PastDecision, why
from firstprint.ranking.why_words import added, overlap

CELLS: dict[str, object] = {
    "dataset_id": "a", "name": "Chair, wood", "name_zh": "椅子（木）", "unit": "piece", "gwp100_kg_co2e": 18.6,
    "system_boundary": "cradle_to_gate", "basis": "process", "source": "s", "geography": "FR", "year": 2024,
    "licence": "CC0-1.0",
}  # fmt: skip
FOUND = Retrieved(0, 0.8, 0.75, 0.6, 0.2, 0, "name")
CONFIRMED = PastDecision("desk chair", "Li Wei", "2026-03-05T08:12:44+00:00")


def row(**given_: object) -> Dataset:
    return Dataset(**{**CELLS, **given_})  # type: ignore[arg-type]


def product(text: str, **given_: object) -> Product:
    language = "zh" if any("\u4e00" <= char <= "\u9fff" for char in text) else "en"
    cells = {"description": text, "language": language, "declared_unit": DeclaredUnit(), "year": 2024, **given_}
    return Product.model_validate(cells)


def assembled(
    item: Product, of: Dataset, found: Retrieved = FOUND, label: str | None = None, **options: object
) -> Candidate:
    unit = item.declared_unit.unit if options.pop("unit_stated", False) else None
    asked = Asked(item.description, unit, item.mass_kg, item.geography, item.system_boundary, 2024)
    ranked = Ranked(found, of, asked, fit_scores(asked, of), score=0.0, acceptance_probability=0.5)
    return candidate(1, ranked, item, 2024, of.name if label is None else label, "en", **options)  # type: ignore[arg-type]


def reasons(
    text: str, of: Dataset, found: Retrieved = FOUND, label: str | None = None, **options: object
) -> tuple[Reason, ...]:
    return assembled(product(text), of, found, label, **options).reasons


def lines(found: tuple[Reason, ...], *, favours: bool, chinese: bool = False) -> list[str]:
    return [one.text_zh if chinese else one.text_en for one in found if one.favours is favours]


def test_an_office_chair_of_wood() -> None:
    told = reasons("office chair", row(), FOUND._replace(label_kind="name_part"), "Chair")
    assert lines(told, favours=True) == ["matched by the first part of its name “Chair”", "shares the word “chair”"]
    assert lines(told, favours=False) == ["its names do not mention “office”", "its name adds “wood”"]
    assert told[0].kind == "label"


def test_a_chinese_text_is_told_what_the_chinese_name_lacks_and_adds() -> None:
    sheet = row(name="Hot-rolled steel sheet", name_zh="热轧钢板", unit="kg")
    told = reasons("不锈钢板 304", sheet, FOUND._replace(label_kind="name"), "Hot-rolled steel sheet")
    assert lines(told, favours=True, chinese=True) == [
        "匹配到其英文名称“Hot-rolled steel sheet”",
        "共有词语：“钢板”",
    ]
    assert lines(told, favours=False, chinese=True) == ["其名称未提及：“不锈”", "其名称另有：“热轧”"]


@pytest.mark.parametrize(
    ("text", "label", "kind", "told", "told_zh"),
    [
        ("PET bottle", "PET bottle", "synonym", "the text is its synonym “PET bottle”", "描述即其同义名“PET bottle”"),
        ("25 g Pet Bottle", "PET bottle", "name", "the text is its name “PET bottle”", "描述即其名称“PET bottle”"),
        ("chair", "家具", "category", "matched by its Chinese category “家具”", "匹配到其中文类别“家具”"),
        ("木椅", "椅子（木）", "name", "matched by its name “椅子（木）”", "匹配到其名称“椅子（木）”"),
        ("stool", "椅子", "glossary", "matched by its name as the glossary translates it, “椅子”", "词汇表译文“椅子”"),
    ],
)
def test_which_label_matched(text: str, label: str, kind: str, told: str, told_zh: str) -> None:
    found = FOUND._replace(label_kind=kind)  # type: ignore[arg-type]
    (reason,) = [one for one in reasons(text, row(synonyms=("PET bottle",)), found, label) if one.kind == "label"]
    assert reason.favours
    assert reason.text_en == told
    assert told_zh in reason.text_zh


def test_a_weak_label_speaks_against() -> None:
    told = reasons("blorf zint", row(), FOUND._replace(dense=0.41, lexical=0.1))
    assert lines(told, favours=True) == []
    assert lines(told, favours=False)[:3] == [
        "nearest to the text is only its name “Chair, wood”",
        "no word in common; far off in meaning (0.41)",
        "its names do not mention “blorf”, “zint”",
    ]


@pytest.mark.parametrize(
    ("dense", "favours", "told", "told_zh"),
    [
        (NEAR, True, "near in meaning (0.70)", "语义相近（0.70）"),
        (NEAR - 0.01, False, "only loosely related in meaning (0.69)", "语义仅略有关联（0.69）"),
        (FAR - 0.01, False, "far off in meaning (0.54)", "语义相距较远（0.54）"),
    ],
)
def test_meaning_is_told_where_words_are_not_shared(dense: float, *, favours: bool, told: str, told_zh: str) -> None:
    found = FOUND._replace(dense=dense)
    (reason,) = [one for one in reasons("stool of oak", row(), found) if one.kind == "meaning"]
    assert (reason.favours, reason.text_en) == (favours, f"no word in common; {told}")
    assert reason.text_zh == f"无共同词语，{told_zh}"


def test_across_languages_no_word_is_called_missing() -> None:
    german = product("verzinktes Stahlblech", language="de")
    english_only = row(name="Galvanised steel sheet", name_zh="")
    for item in (german, product("镀锌钢板")):
        told = assembled(item, english_only).reasons
        assert [one.kind for one in told if one.kind in {"words", "meaning"}] == ["meaning"]
        assert "no word in common" not in "".join(one.text_en for one in told)


def test_a_translated_match_says_the_language_of_the_label() -> None:
    told = reasons("木椅", row(), label="Chair, wood")
    assert told[0].text_en == "matched by its English name “Chair, wood”"
    assert told[0].text_zh == "匹配到其英文名称“Chair, wood”"
    french = row(attributes={"name_fr": "Chaise, bois"})
    assert reasons("木椅", french, label="Chaise, bois")[0].text_zh == "匹配到其法文名称“Chaise, bois”"


def test_decisions_of_people_come_first_and_say_whose_they_are() -> None:
    rejected = CONFIRMED._replace(text="stool")
    found = FOUND._replace(memory=1.0, rejected=0.93, confirmed_by=CONFIRMED, rejected_by=rejected)
    told = reasons("desk chair", row(), found)
    assert [one.favours for one in told[:2]] == [False, True]
    assert told[0].text_en == "rejected for “stool” (0.93) by Li Wei on 2026-03-05"
    assert told[0].text_zh == "Li Wei 于 2026-03-05 认定该数据集不适用于“stool”（0.93）"
    assert told[1].text_en == "confirmed for “desk chair” by Li Wei on 2026-03-05"
    assert told[1].text_zh == "Li Wei 于 2026-03-05 确认该数据集适用于“desk chair”"


def test_a_decision_of_nobody_known_is_told_as_such_and_a_far_one_not_at_all() -> None:
    told = reasons("desk chair", row(), FOUND._replace(memory=0.8, rejected=0.3))
    assert lines(told, favours=True)[0] == "confirmed by a person for a text like this (0.80)"
    assert not any("rejected" in one.text_en for one in told)


def test_the_conversion_over_the_mass_is_written_out() -> None:
    item = product("PET瓶", mass_kg=0.025)
    told = assembled(item, row(unit="kg"), unit_stated=True).reasons
    (reason,) = [one for one in told if one.kind == "conversion"]
    assert reason.favours
    assert reason.text_en == "converts to its unit: 1 piece × 0.025 kg/piece = 0.025 kg"
    assert reason.text_zh == "可换算为其单位：1 件 × 0.025 kg/件 = 0.025 kg"


def test_a_missing_mass_and_a_missing_result_speak_against() -> None:
    told = reasons("office chair", row(unit="kg"), unit_stated=True)
    assert "the mass of one piece is needed to convert to kg" in lines(told, favours=False)
    assert "须给出每件的质量才能换算为 kg" in lines(told, favours=False, chinese=True)
    without = reasons("office chair", row(gwp100_kg_co2e=None))
    assert "it carries no result, so no number comes of it" in lines(without, favours=False)


def test_a_unit_that_was_not_stated_is_no_reason() -> None:
    assert not [one for one in reasons("office chair", row(unit="kg")) if one.kind in {"unit", "conversion"}]


def test_a_variant_is_told_once() -> None:
    told = reasons("organic cotton T-shirt", row(name="T-shirt, cotton", name_zh="棉T恤"))
    assert lines(told, favours=False) == ["the text says organic, the dataset does not"]
    assert lines(told, favours=False, chinese=True) == ["描述为有机产品，数据集未注明"]


def test_what_was_asked_and_fits_speaks_for_it() -> None:
    told = assembled(product("chair", geography="FR", system_boundary="cradle_to_grave"), row()).reasons
    assert "same place: France" in lines(told, favours=True)
    assert "system boundary cradle to gate, asked was cradle to grave" in lines(told, favours=False)


TEXTS = st.sampled_from(
    ["office chair", "organic cotton T-shirt", "再生铝锭", "25 g PET bottle", "木椅，广东产", "", "\u200b", "x" * 500,
     "PIPE, STEEL, FLANGED", "垃圾焚烧", "(((", "“”", "1 " * 300]
)  # fmt: skip
UNIT = st.floats(0.0, 1.0)


@settings(deadline=None)
@given(
    text=st.one_of(TEXTS, st.text(max_size=60)),
    names=st.tuples(st.text(min_size=1, max_size=40), st.sampled_from(["", "椅子（木）", "再生铝"])),
    evidence=st.tuples(UNIT, UNIT, UNIT, UNIT),
    unit=st.sampled_from(["kg", "piece", "kWh", "hectare fortnight"]),
    asked=st.sampled_from([None, "kg", "piece", "m2"]),
    mass=st.sampled_from([None, 0.025]),
    geography=st.sampled_from([None, "CN", "FR", "nowhere"]),
    phase=st.sampled_from(["production", "use", "end_of_life", "avoided"]),
    year=st.sampled_from([None, 1990, 2018, 2024]),
)
def test_reasons_never_contradict_the_scores(
    text: str,
    names: tuple[str, str],
    evidence: tuple[float, float, float, float],
    unit: str,
    asked: str | None,
    mass: float | None,
    geography: str | None,
    phase: str,
    year: int | None,
) -> None:
    dense, lexical, memory, rejected = evidence
    of = row(name=names[0], name_zh=names[1], unit=unit, life_cycle_phase=phase, year=year)
    found = FOUND._replace(dense=dense, lexical=lexical, memory=memory, rejected=rejected)
    item = product(text or "x", declared_unit=DeclaredUnit(unit=asked or "piece"), mass_kg=mass, geography=geography)
    one = assembled(item, of, found, unit_stated=asked is not None)
    scores = {term.term: term.score for term in one.fit}
    assert len(one.reasons) <= MOST_REASONS
    assert all(reason.text_en.strip() and reason.text_zh.strip() for reason in one.reasons)
    for reason in one.reasons:
        if reason.kind in scores and reason.favours:
            assert scores[reason.kind] >= SUITS
        if reason.kind in scores and not reason.favours:
            assert scores[reason.kind] < SUITS
        if reason.kind == "meaning":
            assert reason.favours == (one.scores.dense >= NEAR)
            assert f"{one.scores.dense:.2f}" in reason.text_en
            assert f"{one.scores.dense:.2f}" in reason.text_zh
    told_against = {reason.kind for reason in one.reasons if not reason.favours}
    if len(one.reasons) < MOST_REASONS:
        unit_fails = {"conversion" if asked else "unit"} if scores.pop("unit") < SUITS and not one.conversion else set()
        assert told_against >= {name for name, score in scores.items() if score < SUITS} | unit_fails
    _check_words(item.description, of, one)


def _check_words(text: str, of: Dataset, one: Candidate) -> None:
    """A word called missing is in the text and in no name; a word called shared is in the text."""
    names = "\n".join((of.name, of.name_zh, one.matched_label))
    told = overlap(text, (of.name, of.name_zh), same_language=True)
    assert not set(told.shared) & set(told.missing)
    assert not told.complete or not told.missing
    assert not any(word.casefold() in names.casefold() for word in told.missing)


def test_no_reason_states_a_number_that_is_not_in_the_record() -> None:
    found = FOUND._replace(memory=0.91, rejected=0.62, dense=0.58, confirmed_by=CONFIRMED)
    item = product("PET bottle, 330 ml, ISO 9001", mass_kg=0.025, geography="CN")
    one = assembled(item, row(unit="t", year=2008), found, unit_stated=True)
    record = one.model_dump_json(exclude={"reasons"}) + item.model_dump_json() + CONFIRMED.decided + CONFIRMED.text
    shown = {f"{value:.2f}" for value in (one.scores.dense, one.scores.memory, one.scores.rejected)}
    for reason in one.reasons:
        for number in re.findall(r"\d+(?:\.\d+)?", reason.text_en + reason.text_zh):
            assert number in shown or number in record, (number, reason.text_en)


def test_why_takes_a_label_of_a_kind_it_does_not_know() -> None:
    case = Case("chair", "en", "Chair", FOUND._replace(label_kind="nickname"), row(), (), frozenset())  # type: ignore[arg-type]
    assert why(case)[0].text_en == "the text is its label “Chair”"


@pytest.mark.parametrize(
    ("text", "names", "shared", "missing"),
    [
        ("glass bottles, 500 ml", ["Bottle, glass"], ("glass", "bottles"), ()),
        ("PIPE, STEEL, FLANGED, 2 X 8 IN", ["Steel pipes"], ("PIPE", "STEEL"), ("FLANGED",)),
        ("steel sheet S355, 2.5 mm", ["Steelwork"], (), ("sheet", "S355")),
        ("Café crème", ["cafe creme"], ("Café", "crème"), ()),
        ("T-shirt", ["T shirt"], ("T-shirt",), ()),
        ("cotton, made in Portugal", ["Cotton"], ("cotton",), ()),
        ("用于包装的瓦楞纸箱 3件", ["瓦楞纸"], ("瓦楞纸",), ("包装",)),
        ("304不锈钢保温杯，带硅胶密封圈", ["不锈钢"], ("不锈钢",), ("保温杯", "硅胶密封圈")),
        ("广东电网电力", ["中国电网电力"], ("电网电力",), ()),
        ("铝", ["铝锭"], ("铝",), ()),
        ("不锈钢板", ["钢筋混凝土"], (), ("不锈钢板",)),
        ("PET瓶", ["PET bottle"], ("PET",), ()),
        ("12345 kg", ["Chair"], (), ()),
    ],
)
def test_words_shared_and_missing(
    text: str, names: list[str], shared: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    assert overlap(text, names, same_language=True)[:2] == (shared, missing)


def test_a_long_text_is_not_charged_with_every_word() -> None:
    text = "bottle " + " ".join(f"word{chr(97 + n)}" for n in range(26))
    assert len(overlap(text, ["Bottle"], same_language=True).missing) < 12
    assert not overlap(text, ["Bottle"], same_language=True).complete


@pytest.mark.parametrize("text", ["不" * 20_000, "不锈钢" * 6_000, "stainless-" * 2_000, "a " * 10_000])
def test_the_longest_text_is_read_in_bounded_work(text: str) -> None:
    told = overlap(text, ["不锈钢板", "Stainless steel sheet " * 12, "不" * 300], same_language=True)
    assert not told.complete
    assert sum(map(len, told.shared)) <= 2_000


def test_a_long_name_adds_nothing() -> None:
    assert added("Chair, office, with arms, wheels, leather seat, aluminium base", "chair") == ()
