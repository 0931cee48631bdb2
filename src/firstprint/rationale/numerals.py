"""Number words of English and Chinese that act as quantities: seven percent, twice, 百分之七, 三成, 一半."""

from __future__ import annotations

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_LONGEST = 14
"""Longer runs of these signs are no number a rationale tells."""
HAN = "零〇一二两三四五六七八九十百千万点"

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ENGLISH: dict[str, float] = {word: float(number) for number, word in enumerate(_SMALL)}
ENGLISH |= {word: 10.0 * number for number, word in enumerate(_TENS, 2)}
ENGLISH |= {f"{ten}-{one}": 10.0 * a + b for a, ten in enumerate(_TENS, 2) for b, one in enumerate(_SMALL[:10]) if b}
ENGLISH |= {"hundred": 100.0, "a hundred": 100.0, "one hundred": 100.0}


def read_han(text: str) -> tuple[float, float] | None:
    """Value and size of the last place of a Chinese numeral, or None where it is none.

    >>> read_han("七点五"), read_han("二十三"), read_han("二〇二四"), read_han("点")
    ((7.5, 0.1), (23.0, 1.0), (2024.0, 1.0), None)
    """
    whole, _, fraction = text.partition("点")
    if not whole or len(text) > _LONGEST or "点" in fraction or any(sign not in _DIGITS for sign in fraction):
        return None
    value = _whole(whole)
    if value is None:
        return None
    place = 10.0 ** -len(fraction)
    return value + sum(_DIGITS[sign] * 10.0 ** -(at + 1) for at, sign in enumerate(fraction)), place


def _whole(text: str) -> float | None:
    if all(sign in _DIGITS for sign in text):
        return float("".join(str(_DIGITS[sign]) for sign in text))
    total, section, digit = 0, 0, 0
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign == "万":
            total, section, digit = (total + section + digit) * 10000, 0, 0
        else:
            section, digit = section + (digit or 1) * _SCALES[sign], 0
    return float(total + section + digit)
