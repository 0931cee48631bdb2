"""Rules that name the wrong dataset or source in a rationale."""

from __future__ import annotations

import random
import re

from firstprint.evaluation.corruption_rules_shared import Place, Rule, Truth, covered, put, sentence_around
from firstprint.rationale.records import Quantity

INVENTED = ("Bamboo fibre composite, moulded", "Recycled sea plastic pellets", "竹纤维复合材料", "再生海洋塑料颗粒")
FOREIGN_SOURCES = ("ecoinvent 3.10", "GaBi 2023", "TianGong 0.2", "Sphera 2024")
_RANKED = re.compile(
    r"closest|nearest|best|first|second|third|runner-up|chosen|selected|matched|represent|alternative|instead|other|"
    r"最接近|最匹配|最相|首选|第[一二三]|次选|备选|选用|选定|若改用|若换|若采用|代表",
    re.IGNORECASE,
)


def another_candidates_name(truth: Truth, rng: random.Random) -> str | None:
    """One candidate's name where another's belongs: beside its rank or beside a number the other does not have."""
    names = [(f"candidate:{c.rank}", (c.name, c.name_zh)) for c in truth.draft.candidates]
    spelled = [name for _, both in names for name in set(both)]
    options = [
        (place, other[side])
        for key, mine in names
        for other_key, other in names
        for side in (0, 1)
        if key != other_key and mine[side] and other[side] and mine[side].lower() != other[side].lower()
        if spelled.count(other[side]) == 1
        for place in _named(truth, mine[side])
        if _tells_them_apart(truth, place, key, other_key, other[side])
    ]
    return put(truth.text, *rng.choice(options)) if options else None


def _named(truth: Truth, name: str) -> list[Place]:
    """Where ``name`` stands by itself, not within a longer name or the product's description."""
    if name == truth.draft.product.description:
        return []
    longer = [span for span in covered(truth, sources=False) if span[1] - span[0] > len(name)]
    return [
        Place(match.start(), match.end(), name)
        for match in re.finditer(re.escape(name), truth.text)
        if not any(start <= match.start() and match.end() <= end for start, end in longer)
    ]


def _tells_them_apart(truth: Truth, place: Place, key: str, other: str, other_name: str) -> bool:
    sentence = sentence_around(truth.text, place.start)
    if other_name in sentence:
        return False
    return bool(_RANKED.search(sentence)) or _told_by(truth, key, sentence) != _told_by(truth, other, sentence)


def _told_by(truth: Truth, key: str, sentence: str) -> set[tuple[str, str]]:
    """The numbers of one candidate that a sentence tells."""

    def stands(item: Quantity) -> bool:
        return bool(re.search(rf"(?<![\d.]){re.escape(item.number)}(?![\d.]*\d)", sentence))

    return {(item.role, item.number) for item in truth.facts.quantities if item.subject == key and stands(item)}


def invented_dataset(truth: Truth, rng: random.Random) -> str | None:
    """A dataset that is not in the record."""
    names = {name for item in truth.draft.candidates for name in (item.name, item.name_zh) if name}
    options = [place for name in sorted(names) for place in _named(truth, name)]
    return put(truth.text, rng.choice(options), rng.choice(INVENTED)) if options else None


def wrong_source(truth: Truth, rng: random.Random) -> str | None:
    """A database that is not in the record, or that of another candidate."""
    own = {f"{item.source} {item.source_version}".strip() for item in truth.draft.candidates}
    options = [Place(m.start(), m.end(), m[0]) for s in sorted(own) if s for m in re.finditer(re.escape(s), truth.text)]
    return put(truth.text, rng.choice(options), rng.choice(FOREIGN_SOURCES)) if options else None


NAME_RULES: dict[str, Rule] = {
    "another candidate's name": another_candidates_name,
    "invented dataset": invented_dataset,
    "wrong source": wrong_source,
}
