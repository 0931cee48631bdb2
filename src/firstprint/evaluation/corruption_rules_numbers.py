"""Rules that make a number of a rationale false."""

from __future__ import annotations

import random
import re

from firstprint.evaluation.corruption_rules_shared import (
    Place,
    Rule,
    Truth,
    differs,
    is_year,
    numbers,
    places,
    put,
    replaced_by,
)
from firstprint.rationale.records import Quantity

_FULL_WIDTH = str.maketrans("0123456789.%", "０１２３４５６７８９．％")
_HAN_DIGITS = "零一二三四五六七八九"
_HAN = {sign: value for value, sign in enumerate(_HAN_DIGITS)} | {"两": 2}
_MULTIPLIES = re.compile(r"\s*[×x*·]\s*")
_EITHER_ORDER = re.compile(r"\s*%?\s*(?:and|or|和|与|或|、)\s*(?:about|约)?\s*")
_IN_ORDER = re.compile(r"respectively|分别", re.IGNORECASE)
_ENGLISH = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_FEWEST_WRONG = 2


def digit_changed(truth: Truth, rng: random.Random) -> str | None:
    """0.0568 → 0.0768; never a change that rounding could explain."""
    found = _changed_digit(truth, rng)
    return put(truth.text, *found) if found else None


def full_width_changed(truth: Truth, rng: random.Random) -> str | None:
    """0.0568 → ０．０７６８."""
    found = _changed_digit(truth, rng)
    return put(truth.text, found[0], found[1].translate(_FULL_WIDTH)) if found else None


def _changed_digit(truth: Truth, rng: random.Random) -> tuple[Place, str] | None:
    options = [
        (place, changed)
        for place in numbers(truth)
        if place.text != "1"
        for changed in _with_one_digit_changed(place.text)
        if differs(truth.text, place, changed) and not _true_of_others(truth, place, changed)
    ]
    if not options:
        return None
    place = rng.choice(sorted({place for place, _ in options}))
    return place, rng.choice([changed for at, changed in options if at == place])


def _true_of_others(truth: Truth, place: Place, changed: str) -> bool:
    """“19 % lower” may be true of another pair than “12 % lower” was; what it is lower than may go unsaid."""
    after = truth.text[place.end : place.end + 10].lstrip()
    if not after.startswith(("%", "percent", "per cent", "times", "倍")):
        return False
    value = float(changed)
    pairs = truth.facts.relations
    return any(abs(value - size) <= max(1.0, 0.06 * value) for pair in pairs for size in (pair.percent, pair.factor))


def _with_one_digit_changed(number: str) -> list[str]:
    return [
        number[:at] + digit + number[at + 1 :]
        for at, sign in enumerate(number)
        if sign.isdigit() and not (sign == "0" and at == 0)
        for digit in "0123456789"
        if digit != sign and not (digit == "0" and at == 0 and not number.startswith("0"))
    ]


def numbers_swapped(truth: Truth, rng: random.Random) -> str | None:
    """Two numbers change places; not two factors of a product, nor two things told in no order."""
    found = numbers(truth)
    pairs = [(a, b) for at, a in enumerate(found) for b in found[at + 1 :] if _can_swap(truth.text, a, b)]
    if not pairs:
        return None
    first, second = rng.choice(pairs)
    return put(put(truth.text, second, first.text), first, second.text)


def _can_swap(text: str, first: Place, second: Place) -> bool:
    between = text[first.end : second.start]
    if _MULTIPLIES.fullmatch(between) or (_EITHER_ORDER.fullmatch(between) and not _IN_ORDER.search(text)):
        return False
    return differs(text, first, second.text) and differs(text, second, first.text)


def wrong_magnitude(truth: Truth, rng: random.Random) -> str | None:
    """0.05 → 0.5, 290 → 29: the point slips by one place."""
    options = [place for place in numbers(truth) if not is_year(place.text) and float(place.text) not in {0.0, 1.0}]
    options = [place for place in options if "." in place.text or len(place.text) > 1]
    if not options:
        return None
    place = rng.choice(options)
    return put(truth.text, place, _moved(place.text, rng.choice((-1, 1))))


def _moved(number: str, by: int) -> str:
    whole, _, fraction = number.partition(".")
    digits, point = whole + fraction, len(whole) + by
    digits, point = ("0" * (1 - point) + digits, 1) if point < 1 else (digits.ljust(point, "0"), point)
    told = digits[:point].lstrip("0") or "0"
    rest = digits[point:]
    return f"{told}.{rest}" if rest else told


def percent_for_factor(truth: Truth, rng: random.Random) -> str | None:
    """25 % above → 25 times above; 2.5 times the lower end → 2.5 %."""
    rules = (
        (r"(\d+(?:\.\d+)?) ?(?:%|percent|per cent) (above|below|higher|lower|more|less)", r"\1 times \2"),
        (r"(\d+(?:\.\d+)?) times (its|the|as|that)", r"\1 % \2"),
        (r"factor of (about |roughly )?(\d+(?:\.\d+)?)", r"difference of \g<1>\2 %"),
        (r"(高出?|低|多|少)(约? ?)(\d+(?:\.\d+)?) ?%", r"\1\2\3 倍"),
        (r"的( ?约? ?)(\d+(?:\.\d+)?) ?倍", r"的\1\2%"),
        (r"(\d+(?:\.\d+)?) ?倍", r"\1%"),
    )
    return replaced_by(truth, rules, rng)


def han_percent_changed(truth: Truth, rng: random.Random) -> str | None:
    """83% → 百分之四十一."""
    found = [
        Place(match.start(), match.end(), match[0]) for match in places(truth, r"(?<![\d.])\d{1,2} ?[%％](?![A-Za-z])")
    ]
    if not found or not re.search(r"[\u4e00-\u9fff]", truth.text):
        return None
    place = rng.choice(found)
    old = int(re.sub(r"\D", "", place.text))
    value = (old + rng.randint(8, 60)) % 98 + 1
    if abs(value - old) <= max(_FEWEST_WRONG, old // 4):
        return None
    return put(truth.text, place, f"百分之{_in_han(value)}")


def _in_han(value: int) -> str:
    tens, ones = divmod(value, 10)
    told = "" if tens == 0 else "十" if tens == 1 else f"{_HAN_DIGITS[tens]}十"
    return told + (_HAN_DIGITS[ones] if ones else "")


def number_word_changed(truth: Truth, rng: random.Random) -> str | None:
    """四倍 → 七倍, twice → four times, half → a fifth."""
    english = [(rf"\b{word}\b(?=[ -](?:times|fold|percent))", other) for word, other in _other_words(rng)]
    phrases = [
        (r"\btwice\b", "four times"),
        (r"\bdouble\b", "five times"),
        (r"\bhalf (?=(?:of|the|as|what))", "a fifth of "),
        (r"\ba quarter\b|\bone quarter\b", "three quarters"),
        (r"一半", "五分之一"),
        (r"四分之一", "四分之三"),
        (r"三分之一", "七分之一"),
    ]
    han = [(rf"{sign}(?=成(?!为|本|品)|倍(?!数))", _other_han(sign, rng)) for sign in _HAN if sign != "零"]
    return replaced_by(truth, [*english, *phrases, *han], rng)


def _other_words(rng: random.Random) -> list[tuple[str, str]]:
    far = [
        (word, [other for at2, other in enumerate(_ENGLISH) if abs(at - at2) > 1]) for at, word in enumerate(_ENGLISH)
    ]
    return [(word, rng.choice(others)) for word, others in far]


def _other_han(sign: str, rng: random.Random) -> str:
    return rng.choice([other for other in _HAN_DIGITS[1:] if abs(_HAN[other] - _HAN[sign]) > 1])


def another_candidates_value(truth: Truth, rng: random.Random) -> str | None:
    """A number of one candidate where that of another belongs."""
    roles = {"result", "emission_factor", "similarity", "acceptance", "year"}
    pool = [item for item in truth.facts.quantities if item.subject.startswith("candidate:") and item.role in roles]
    return _exchanged(truth, [(a, b) for a in pool for b in pool if _other_owner(a, b)], rng)


def another_routes_value(truth: Truth, rng: random.Random) -> str | None:
    """The surrogate's value where the dataset's or the combined one belongs, and so on."""
    routes = ("candidate:1", "surrogate", "combined")
    pool = [item for item in truth.facts.quantities if item.subject in routes and item.role == "result"]
    return _exchanged(truth, [(a, b) for a in pool for b in pool if _other_owner(a, b)], rng)


def interval_end_exchanged(truth: Truth, rng: random.Random) -> str | None:
    """An end of the interval replaced by the other end of another's, or by a footprint that is no end."""
    ends = [item for item in truth.facts.quantities if item.role in {"low", "high"}]
    pool = [item for item in truth.facts.quantities if item.role in {"low", "high", "result"}]
    return _exchanged(truth, [(a, b) for a in ends for b in pool if (a.role, a.subject) != (b.role, b.subject)], rng)


def _other_owner(left: Quantity, right: Quantity) -> bool:
    return left.role == right.role and left.subject != right.subject


def _exchanged(truth: Truth, pairs: list[tuple[Quantity, Quantity]], rng: random.Random) -> str | None:
    """A number that stands in the text replaced by that of its partner, where the two differ as written."""
    found = numbers(truth)
    options = [
        (place, new.number)
        for old, new in pairs
        for place in found
        if place.text == old.number and re.fullmatch(r"\d+(?:\.\d+)?", new.number)
        if differs(truth.text, place, new.number)
    ]
    return put(truth.text, *rng.choice(options)) if options else None


NUMBER_RULES: dict[str, Rule] = {
    "digit changed": digit_changed,
    "full-width digits": full_width_changed,
    "two numbers swapped": numbers_swapped,
    "order of magnitude": wrong_magnitude,
    "percent for factor": percent_for_factor,
    "百分之": han_percent_changed,
    "number word changed": number_word_changed,
    "another candidate's value": another_candidates_value,
    "another route's value": another_routes_value,
    "interval end exchanged": interval_end_exchanged,
}
