"""The ways to ask: the original first, few, distinct, and the same for two wordings of one thing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstprint.catalogue.glossary import Glossary, Term
from firstprint.intake import RawRequest, read_request
from firstprint.understanding.ways import ALL_STEPS, MOST_WAYS, Way, ways_to_ask

GLOSSARY = Glossary(
    (
        Term(("stainless steel",), ("不锈钢",), "material", ("Edelstahl",), ("inox",)),
        Term(("vacuum flask", "thermos"), ("保温杯", "保温瓶"), "product", ("Thermosflasche",), ()),
        Term(("trainers", "sneakers"), ("运动鞋", "球鞋"), "textile", ("Turnschuhe",), ("baskets",)),
        Term(("PET bottle",), ("PET瓶",), "packaging", (), ()),
        Term(("sheet",), ("薄板",), "product", ("Blech",), ()),
    )
)
NASTY = (
    "*", "* ", "(", "&#", "&lt;", "<a", "a@", "a.a@", "1/", "1 x ", "1x", "a-", "1-", "a1-", "art.no.", "pn:", "STL.",
    "304-", "size ", "1/2 ", "不", "鋼1", "\x00\ud800", "http://", "_", ", ", "-", "。", "e.g. ", "\u0130", "ﷺ", "\n",
    "Edelstahlblech ", "㎡", "box of ", "\u202e",
)  # fmt: skip


def _asked(text: str, without: str | None = None) -> tuple[Way, ...]:
    return ways_to_ask(read_request(RawRequest(text)).matching_texts, GLOSSARY, ALL_STEPS - {without})


def _texts(text: str, without: str | None = None) -> list[str]:
    return [way.text for way in _asked(text, without)]


def test_the_thing_and_the_whole_text_come_first():
    first, second, *_ = _asked("PET bottle for mineral water")
    assert first == Way("PET bottle", 1.0, "head")
    assert second == Way("PET bottle for mineral water", 0.9, "whole")
    assert _asked("steel")[0] == Way("steel", 1.0, "whole")


@pytest.mark.parametrize(
    ("step", "text", "only_with_it"),
    [
        ("simplified", "304不鏽鋼保溫杯", "304不锈钢保温杯"),
        ("lower_case", "NIPPLE BRASS GALLEY", "nipple brass galley"),
        ("codes", "sneakers SKU 33-221", "trainers"),
        ("sizes", "hex bolt M8x30", "hex bolt"),
        ("grades", "Q235B角铁", "碳素钢角铁"),
        ("abbreviations", "GALV PIPE, 3M", "galvanised pipe"),
        ("canonical", "red sneakers", "red trainers"),
        ("translation", "不锈钢保温杯", "stainless steel vacuum flask"),
        ("translation", "Edelstahlblech", "stainless steel sheet"),
        ("sentences", "A thermos for the road. " + "It keeps what you like hot. " * 9, "A thermos for the road."),
    ],
)
def test_each_step_gives_its_way_and_can_be_left_out(step, text, only_with_it):
    assert only_with_it in _texts(text)
    assert only_with_it not in _texts(text, without=step)


def test_without_steps_only_the_texts_themselves_are_asked():
    texts = ("PET BOTTLE LARGE", "PET BOTTLE LARGE FOR 鋼 M8x30")
    assert [way.text for way in ways_to_ask(texts, GLOSSARY, frozenset())] == list(texts)


def test_a_chinese_and_an_english_wording_share_their_canonical_texts():
    english, chinese = set(_texts("stainless steel thermos")), set(_texts("不锈钢保温瓶"))
    assert {"stainless steel vacuum flask", "不锈钢保温杯"} <= english & chinese


def test_a_grade_and_capitals_are_read_together():
    ways = {way.kind: way.text for way in _asked("STL PLT 304 10 X 20 IN")}
    assert ways["lower_case"] == "stl plt 304 10 x 20 in"
    assert ways["plain"] == "steel plate stainless steel"


def test_no_text_is_asked_twice_and_at_most_eight_are():
    long = "不鏽鋼保溫瓶，容量500毫升。適合戶外運動使用。" * 20
    ways = ways_to_ask(("SNEAKERS ART.-NO. 33-221", long), GLOSSARY)
    assert len(ways) == len({way.text for way in ways}) <= MOST_WAYS
    assert [way.kind for way in ways[:2]] == ["head", "whole"]
    assert ways_to_ask(("steel", "steel"), GLOSSARY) == (Way("steel", 1.0, "head"),)


def test_without_a_glossary_the_rest_still_works():
    assert [way.text for way in ways_to_ask(("hex bolt M8x30",), None)] == ["hex bolt M8x30", "hex bolt"]
    assert len(ways_to_ask(("A cup of steel. " * 40,), None)) > 1


def test_nothing_but_blanks_gives_no_way():
    assert ways_to_ask((), GLOSSARY) == ways_to_ask(("  \n",), GLOSSARY) == ()


def _is_sound(texts: tuple[str, ...], ways: tuple[Way, ...]) -> bool:
    given = [text for text in texts if text.strip()]
    return (
        ([way.text for way in ways[:1]] == given[:1])
        and all(way.text.strip() and 0 < way.weight <= 1 for way in ways)
        and len(ways) == len({way.text for way in ways}) <= MOST_WAYS
    )


# A pattern that backtracks needs minutes for these; the deadline, in milliseconds, only has to be shorter.
@settings(deadline=10_000, max_examples=60)
@given(st.sampled_from(NASTY), st.sampled_from(NASTY), st.sampled_from([3, 60, 20_000]))
def test_hostile_repetitions_end_and_keep_the_original(one, other, length):
    text = ((one * 40 + other) * length)[:length]
    texts = (text[:190], text)
    assert _is_sound(texts, ways_to_ask(texts, GLOSSARY))


@settings(deadline=10_000)
@given(st.text(st.characters(codec=None), max_size=400), st.text(max_size=60))
def test_any_text_is_taken(text, head):
    assert _is_sound((head, text), ways_to_ask((head, text), GLOSSARY))


@given(
    st.lists(
        st.sampled_from(["STL", "304", "M8x30", "鋼", "sneakers", "P/N 7-1", "|", "不锈钢", ",", "50 kg"]), max_size=8
    )
)
def test_any_item_list_is_taken(words):
    text = " ".join(words)
    assert _is_sound((text,), ways_to_ask((text,), GLOSSARY))
