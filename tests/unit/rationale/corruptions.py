"""Makes false texts out of true ones, one plain rule a kind, seeded."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from firstprint.rationale.records import Facts, RationaleInput

NUMBER = re.compile(r"(?<![\w.“V])\d+(?:\.\d+)?(?![\w.]*”)")
INVENTED = ("Bamboo fibre composite, moulded", "Recycled sea plastic pellets", "竹纤维复合材料", "再生海洋塑料颗粒")
FOREIGN_SOURCES = ("ecoinvent 3.10", "GaBi 2023", "TianGong 0.2", "Sphera 2024")
FULL_WIDTH = str.maketrans("0123456789.%", "０１２３４５６７８９．％")
HAN_DIGITS = "零一二三四五六七八九"


class Corrupted(NamedTuple):
    """A false text and the rule that made it."""

    kind: str
    text: str


def spans(text: str, draft: RationaleInput) -> list[re.Match[str]]:
    """Numbers of a text outside the product's and datasets' names and sources."""
    names = [draft.product.description, *(c.name for c in draft.candidates), *(c.name_zh for c in draft.candidates)]
    names += [f"{c.source} {c.source_version}" for c in draft.candidates]
    names += [n.name for n in draft.surrogate.neighbours] if draft.surrogate else []
    covered = [m.span() for name in names for m in re.finditer(re.escape(name), text)]
    return [m for m in NUMBER.finditer(text) if all(m.end() <= a or m.start() >= b for a, b in covered)]


def put(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def digit_changed(text: str, draft: RationaleInput, facts: Facts, rng: random.Random) -> str | None:
    found = [m for m in spans(text, draft) if m[0] != "1"]
    if not found:
        return None
    match = rng.choice(found)
    places = [at for at, sign in enumerate(match[0]) if sign.isdigit() and (sign != "0" or at)]
    at = rng.choice([p for p in places if match[0][:p].strip("0.") or match[0][p] != "0"] or places)
    digit = str((int(match[0][at]) + rng.randint(1, 8)) % 10)
    return put(text, match, match[0][:at] + digit + match[0][at + 1 :])


def full_width_changed(text: str, draft: RationaleInput, facts: Facts, rng: random.Random) -> str | None:
    changed = digit_changed(text, draft, facts, rng)
    if changed is None:
        return None
    at = next(i for i, (a, b) in enumerate(zip(text, changed, strict=False)) if a != b)
    match = next((m for m in NUMBER.finditer(changed) if m.start() <= at < m.end()), None)
    return put(changed, match, match[0].translate(FULL_WIDTH)) if match else None


def swapped(text: str, draft: RationaleInput, facts: Facts, rng: random.Random) -> str | None:
    found = spans(text, draft)
    pairs = [(a, b) for i, a in enumerate(found) for b in found[i + 1 :] if a[0] != b[0]]
    if not pairs:
        return None
    first, second = rng.choice(pairs)
    return put(put(text, second, first[0]), first, second[0])


def percent_for_factor(text: str, draft: RationaleInput, facts: Facts, rng: random.Random) -> str | None:
    rules = (
        (r"(\d+) % (above|below)", r"\1 times \2"),
        (r"(\d+) % (more|less)", r"\1 times \2"),
        (r"(\d[\d.]*) times its lower", r"\1 % of its lower"),
        (r"(\d[\d.]*) times the", r"\1 % of the"),
        (r"(高|低) (\d+)%", r"\1 \2 倍"),
        (r"下限的 (\d[\d.]*) 倍", r"下限的 \1%"),
    )
    usable = [rule for rule in rules if re.search(rule[0], text)]
    return re.sub(*rng.choice(usable), text, count=1) if usable else None


def direction_flipped(text: str, draft: RationaleInput, facts: Facts, rng: random.Random) -> str | None:
    pairs = (
        ("above", "below"),
        ("more than", "less than"),
        ("higher", "lower"),
        ("比首选高", "比首选低"),
        ("值高", "值低"),
        ("高于", "低于"),
        ("exceeds", "undercuts"),
    )
    options = [(a, b) for pair in pairs for a, b in (pair, pair[::-1]) if a in text]
    if not options:
        return None
    old, new = rng.choice(options)
    return text.replace(old, new, 1)


def han_percent_changed(text: str, draft: RationaleInput, facts: Facts, rng: random.Random) -> str | None:
    found = list(re.finditer(r"(?<![\d.])(\d{1,2})%", text))
    if not found:
        return None
    match = rng.choice(found)
    value = (int(match[1]) + rng.randint(2, 60)) % 98 + 1
    if value == int(match[1]):
        return None
    tens, ones = divmod(value, 10)
    told = ("" if tens == 0 else "十" if tens == 1 else HAN_DIGITS[tens] + "十") + (HAN_DIGITS[ones] if ones else "")
    return put(text, match, f"百分之{told}")


def unit_changed(text: str, draft: RationaleInput, facts: Facts, rng: random.Random) -> str | None:
    rules = (
        (r"(\d) kg CO2e", r"\1 g CO2e"),
        (r"(\d) kg CO2e", r"\1 t CO2e"),
        (r"CO2e/kg", "CO2e/t"),
        (r"CO2e/(kWh|m³|tkm|升|litre)", "CO2e/kg"),
        (r"CO2e per (piece|m³|kWh)", "CO2e per kg"),
        (r"每件", "每千克"),
        (r"(\d) 吨", r"\1 千克"),
        (r"(\d)%", r"\1 倍"),
        (r"(\d) kg(?!/| CO2e|\w)", r"\1 g"),
    )
    options = [rule for rule in rules if re.search(rule[0], text)]
    if not options:
        return None
    pattern, new = rng.choice(options)
    match = rng.choice(list(re.finditer(pattern, text)))
    return put(text, match, match.expand(new))


def other_value(text: str, draft: RationaleInput, facts: Facts, rng: random.Random) -> str | None:
    """A result, factor, similarity or year of the first candidate replaced by that of another."""
    pool = [q for q in facts.quantities if q.subject.startswith("candidate:")]
    first = [
        q for q in pool if q.subject == "candidate:1" and q.role in {"result", "emission_factor", "similarity", "year"}
    ]
    options = [
        (a.number, b.number)
        for a in first
        for b in pool
        if b.role == a.role
        and b.subject != a.subject
        and a.number != b.number
        and re.search(rf"(?<![\d.]){re.escape(a.number)}(?![\d.])", text)
    ]
    if not options:
        return None
    old, new = rng.choice(options)
    return re.sub(rf"(?<![\d.]){re.escape(old)}(?![\d.])", new, text, count=1)


def other_name(text: str, draft: RationaleInput, facts: Facts, rng: random.Random) -> str | None:
    names = [(c.name, c.name_zh) for c in draft.candidates]
    options = [
        (mine[side], theirs[side])
        for mine in names
        for theirs in names
        for side in (0, 1)
        if mine != theirs and mine[side] in text and mine[side] != draft.product.description
    ]
    if not options:
        return None
    old, new = rng.choice(options)
    return text.replace(old, new, 1)


def invented_name(text: str, draft: RationaleInput, facts: Facts, rng: random.Random) -> str | None:
    names = [n for c in draft.candidates for n in (c.name, c.name_zh) if n in text and n != draft.product.description]
    return text.replace(rng.choice(names), rng.choice(INVENTED), 1) if names else None


def foreign_source(text: str, draft: RationaleInput, facts: Facts, rng: random.Random) -> str | None:
    sources = [s for c in draft.candidates if (s := f"{c.source} {c.source_version}") in text]
    return text.replace(rng.choice(sources), rng.choice(FOREIGN_SOURCES), 1) if sources else None


def assumed_dropped(text: str, draft: RationaleInput, facts: Facts, rng: random.Random) -> str | None:
    if not draft.assumptions:
        return None
    rules = (
        (r" \(with an assumed mass\)", ""),
        ("（质量为假设值）", ""),
        ("was assumed", "was stated"),
        ("为假设值", "为实测值"),
        (r"\bassumed mass", "mass"),
        ("假设质量", "质量"),
        (r"an? assumed ", "a "),
    )
    options = [rule for rule in rules if re.search(rule[0], text)]
    return re.sub(*rng.choice(options), text) if options else None


def similarity_as_probability(text: str, draft: RationaleInput, facts: Facts, rng: random.Random) -> str | None:
    if abs(draft.candidates[0].similarity - draft.candidates[0].acceptance_probability) < 0.011:
        return None
    for old, new in (
        ("a text similarity of", "a probability of"),
        ("文本相似度", "采纳概率"),
        ("similarity", "probability"),
    ):
        if old in text:
            return text.replace(old, new, 1)
    return None


Rule = Callable[[str, RationaleInput, Facts, random.Random], str | None]
RULES: dict[str, Rule] = {
    "digit changed": digit_changed,
    "full-width digits": full_width_changed,
    "two numbers swapped": swapped,
    "percent for factor": percent_for_factor,
    "direction flipped": direction_flipped,
    "百分之": han_percent_changed,
    "unit changed": unit_changed,
    "another candidate's value": other_value,
    "another candidate's name": other_name,
    "invented dataset": invented_name,
    "foreign source": foreign_source,
    "assumed dropped": assumed_dropped,
    "similarity as probability": similarity_as_probability,
}


def corruptions(text: str, draft: RationaleInput, facts: Facts, seed: int) -> Iterator[Corrupted]:
    """Each rule applied once, where it applies."""
    for kind, rule in RULES.items():
        changed = rule(text, draft, facts, random.Random(f"{seed} {kind}"))
        if changed is not None and changed != text:
            yield Corrupted(kind, changed)
