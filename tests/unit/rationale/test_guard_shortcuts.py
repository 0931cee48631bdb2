"""What the guard looks up the short way gives what the long way gives: names, numbers, places and whole reports."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rationale_records import make_input

from firstprint import geography
from firstprint.domain.product import Language
from firstprint.geography import find_geography
from firstprint.rationale import guard_datasets, guard_numbers, guard_plausible, name_places, reading
from firstprint.rationale.facts import compute_facts
from firstprint.rationale.guard import GuardReport, check_rationale
from firstprint.rationale.guard_numbers import _whole_numbers
from firstprint.rationale.guard_roles import Context
from firstprint.rationale.name_places import places_of
from firstprint.rationale.number_fit import fits
from firstprint.rationale.records import Facts
from firstprint.rationale.template import render_template

LANGUAGES: tuple[Language, ...] = ("en", "zh")
SIGNS = 'aAkKsSiI\u017f\u0131\u0130\u0307\u212aéÉß 0.,-×铅钢（）“”"「」《》\u3000\t'


def by_pattern(plain: str, name: str) -> list[tuple[int, int]]:
    """As the guard once looked: one pattern a name."""
    if len(name) < 2:
        quoted = rf"[“\"「『《]({re.escape(name)})[”\"」』》]"
        return [match.span(1) for match in re.finditer(quoted, plain)] if name else []
    return [match.span() for match in name_places._name_pattern(name).finditer(plain)]


@settings(max_examples=600, deadline=None)
@given(plain=st.text(SIGNS, max_size=40), name=st.text(SIGNS, max_size=6))
def test_a_name_is_found_where_its_pattern_finds_it(plain: str, name: str) -> None:
    assert places_of(plain, name) == by_pattern(plain, name)


@settings(max_examples=300, deadline=None)
@given(parts=st.lists(st.sampled_from(["Cold rolled", "cold ROLLED", "x", " ", "冷轧", "“冷”", ", "]), max_size=12))
def test_a_name_is_found_among_words_like_it(parts: list[str]) -> None:
    plain = "".join(parts)
    for name in ("cold rolled", "Cold", "冷轧", "冷", "x", "rolled x"):
        assert places_of(plain, name) == by_pattern(plain, name)


def test_signs_that_are_searched_plainly_are_folded_alike_by_re_and_lower() -> None:
    plain = [chr(code) for code in range(0x80, sys.maxunicode) if name_places._CASE_IS_PLAIN.fullmatch(chr(code))]
    assert len(plain) > 20_000
    cased = [sign for sign in plain if not sign.lower() == sign == sign.upper()]
    others = "".join(chr(code) for code in range(0x3000) if not name_places._ODD_TEXT.fullmatch(chr(code)))
    for sign in cased:
        found = {match[0] for match in re.finditer(re.escape(sign), others, re.IGNORECASE)}
        assert found == {other for other in others if other.lower() == sign.lower()}, sign


@settings(max_examples=300, deadline=None)
@given(text=st.text("0123.- x", max_size=20), digits=st.text("0123.", min_size=1, max_size=4))
def test_whole_numbers_are_those_of_the_pattern(text: str, digits: str) -> None:
    pattern = rf"(?<![\d.]){re.escape(digits)}(?![\d.]*\d)"
    assert list(_whole_numbers(digits, text)) == [match.span() for match in re.finditer(pattern, text)]


@contextmanager
def the_long_way() -> Iterator[None]:
    """No name is passed over, none is searched plainly, every number is held against every quantity."""
    with pytest.MonkeyPatch.context() as patch:
        reading._parts_of.cache_clear()
        patch.setattr(reading, "may_hold", lambda _plain, _name: True)
        patch.setattr(reading, "longest_word", lambda _name: "")
        patch.setattr(reading, "places_of", by_pattern)
        patch.setattr(Context, "fitting", lambda own, number: tuple(q for q in own.known if fits(number, q, own.facts)))
        for module in (reading, guard_datasets, guard_plausible):
            patch.setattr(module, "find_geography", geography.find_geography.__wrapped__)
        patch.setattr(guard_numbers, "_numbers_of", guard_numbers._numbers_of.__wrapped__)
        yield
    reading._parts_of.cache_clear()


def spoilt(text: str, facts: Facts, others: Facts, chance: random.Random) -> str:
    """The text with numbers changed and with names of its own and of another record put into it."""
    parts = re.split(r"(?<=[ ，。,.])", text)
    names = [name for entity in (*facts.entities, *others.entities) for name in entity.names]
    for _ in range(chance.randint(1, 5)):
        at, way = chance.randrange(len(parts)), chance.randrange(3)
        if way == 0:
            parts[at] = re.sub(r"\d", lambda _: str(chance.randint(0, 9)), parts[at])
        elif way == 1:
            parts.insert(at, chance.choice([str.upper, str.title, str])(chance.choice(names)) + " ")
        else:
            parts.insert(at, f"{chance.choice(facts.quantities).text('en')} ")
    return "".join(parts)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(min_value=0, max_value=10**9), language=st.sampled_from(LANGUAGES))
def test_the_report_is_that_of_the_long_way(seed: int, language: Language) -> None:
    chance = random.Random(seed)
    facts, others = compute_facts(make_input(seed)), compute_facts(make_input(seed + 1))
    whole = render_template(facts, language)
    for text in (whole, spoilt(whole, facts, others, chance), spoilt(whole, facts, others, chance)):
        short: GuardReport = check_rationale(text, facts, language)
        with the_long_way():
            assert check_rationale(text, facts, language) == short, text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", None),
        ("steel coil, made in germany", None),
        ("Steel coil, made in Germany", "DE"),
        ("热轧卷板，产自广东", "CN-GD"),
        ("意大利面", None),
        ("不锈钢", None),
        ("ＧＥＲＭＡＮＹ", "DE"),
    ],
)
def test_a_place_is_found_the_short_way(text: str, code: str | None) -> None:
    assert find_geography(text) == code
    assert find_geography.__wrapped__(text) == code
