"""What stands in for a thing: the phrase that names it, the term in it, and the glossary's wider names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstprint.catalogue.glossary import Glossary, Term
from firstprint.understanding.broader import core_of, head_term, stand_ins
from firstprint.understanding.ways import ALL_STEPS, ways_to_ask

GLOSSARY = Glossary(
    (
        Term(("steel",), ("钢",), "material", ("Stahl",), ("acier",)),
        Term(("bracket",), ("支架",), "product", ("Halterung",), ("équerre",), ("steel part", "steel")),
        Term(("tuna",), ("金枪鱼",), "food", ("Thunfisch",), ("thon",), ("fish",)),
        Term(("sunflower oil",), ("葵花籽油",), "food", ("Sonnenblumenöl",), ("huile de tournesol",), ("plant oil",)),
        Term(("glass",), ("玻璃",), "material", ("Glas",), ("verre",), ("glass, flat",)),
        Term(("bottle",), ("瓶子", "瓶"), "packaging", ("Flasche",), ("bouteille",), ("container",)),
        Term(("timber",), ("木方",), "material", ("Kantholz",), ("bois équarri",), ("sawn wood", "wood")),
        Term(("piece",), ("件",), "unit", ("Stück",), ("pièce",), ("unit of goods",)),
        Term(("recycled",), ("再生",), "lca", ("recycelt",), ("recyclé",), ("secondary",)),
    )
)


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("steel bracket, zinc plated", "steel bracket"),
        ("tuna chunks in sunflower oil", "tuna chunks"),
        ("Tuna Chunks IN Sunflower Oil", "Tuna Chunks"),
        ("bottle made of glass", "bottle"),
        ("steel - bracket", "steel"),
        ("T-shirt", "T-shirt"),
        ("water/wastewater pipe", "water"),
        ("Thunfisch mit Sonnenblumenöl", "Thunfisch"),
        ("Flasche aus Glas", "Flasche"),
        ("bouteille en verre", "bouteille"),
        ("équerre pour étagère", "équerre"),
        ("钢支架，镀锌", "钢支架"),
        ("金枪鱼（油浸）", "金枪鱼"),
        ("A4 木方 40×60", "木方"),
        ("木方 工地", "木方"),
        ("钢 40", "钢 40"),
        # A phrase of two letters names nothing: the whole text stands.
        ("M8, hex bolt", "M8, hex bolt"),
        ("(used) bottle", "(used) bottle"),
        ("12", "12"),
        ("", ""),
    ],
)
def test_the_first_phrase_names_the_thing(text: str, core: str) -> None:
    assert core_of(text) == core


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("steel bracket", "bracket"),
        ("glass bottles with steel cap", "bottle"),
        ("STEEL BRACKET", "bracket"),
        ("Stahlhalterung", "bracket"),
        ("Glasflaschen aus Stahl", "bottle"),
        ("bouteille de verre", "bottle"),
        ("équerre d'acier", "bracket"),
        ("钢支架 镀锌", "bracket"),
        ("玻璃瓶", "bottle"),
        ("steel", "steel"),
        # A unit and a word of the method are no things.
        ("bracket piece", "bracket"),
        ("recycled glass", "glass"),
        ("glass, recycled", "glass"),
    ],
)
def test_the_thing_is_the_last_term_and_in_french_the_first(text: str, term: str) -> None:
    found = head_term(text, GLOSSARY)
    assert found is not None
    assert found.term.en[0] == term


@pytest.mark.parametrize("text", ["haircut", "理发", "12 kg", "piece", "", " ", "，", "recycled"])
def test_a_text_that_names_no_known_thing_has_none(text: str) -> None:
    assert head_term(text, GLOSSARY) is None
    assert stand_ins(text, GLOSSARY) == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("tinned tuna in sunflower oil", ("fish",)),
        ("Thunfisch in Sonnenblumenöl", ("fish",)),
        ("thon, huile de tournesol", ("fish",)),
        ("金枪鱼，葵花籽油", ("fish",)),
        ("樟子松木方 40×60 工地", ("sawn wood", "wood")),
        ("steel bracket", ("steel part", "steel")),
        ("Halterungen, verzinkt", ("steel part", "steel")),
        ("équerres en acier", ("steel part", "steel")),
        # Its thing is known, and the glossary names nothing wider.
        ("steel", ()),
        ("bracket, steel", ("steel part", "steel")),
    ],
)
def test_the_wider_names_of_the_thing_come_nearest_first(text: str, names: tuple[str, ...]) -> None:
    assert stand_ins(text, GLOSSARY) == names


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    core = core_of(text)
    assert core in text
    assert isinstance(stand_ins(text, GLOSSARY), tuple)


def test_an_empty_glossary_names_nothing() -> None:
    assert stand_ins("steel bracket", Glossary(())) == ()


def test_stand_ins_are_asked_after_the_thing_marked_and_with_less_weight() -> None:
    ways = ways_to_ask(("steel bracket",), GLOSSARY)
    wider = [(way.text, way.weight) for way in ways if way.kind == "broader"]
    assert [text for text, _ in wider] == ["steel part", "steel"]
    assert 1 > wider[0][1] > wider[1][1] > 0
    assert ways[0].kind != "broader"
    without = ways_to_ask(("steel bracket",), GLOSSARY, ALL_STEPS - {"broader"})
    assert [way for way in ways if way.kind != "broader"] == list(without)
