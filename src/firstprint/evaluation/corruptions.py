"""Makes false texts out of true rationales, one plain rule a kind, seeded.

Every text that comes out is false to its record: a change that rounding could explain, a swap of equal numbers or
a name exchanged where nothing tells the two apart is passed over.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

from firstprint.evaluation.corruption_rules_names import NAME_RULES
from firstprint.evaluation.corruption_rules_numbers import NUMBER_RULES
from firstprint.evaluation.corruption_rules_shared import Rule, Truth
from firstprint.evaluation.corruption_rules_words import WORD_RULES
from firstprint.rationale.records import Facts, RationaleInput

RULES: dict[str, Rule] = {**NUMBER_RULES, **WORD_RULES, **NAME_RULES}
"""Every rule by the name it is reported under."""


class Corrupted(NamedTuple):
    """A false text and the rule that made it."""

    rule: str
    text: str


def corruptions(text: str, draft: RationaleInput, facts: Facts, seed: int) -> Iterator[Corrupted]:
    """Each rule applied once to a true text of ``draft``, where it applies, in an order that the seed decides.

    Args:
        text: a true text about ``draft``, in English or Chinese.
        draft: the record.
        facts: ``compute_facts(draft)``.
        seed: the same seed gives the same texts.
    """
    truth = Truth(text, draft, facts)
    names = sorted(RULES)
    random.Random(f"{seed} {text}").shuffle(names)  # noqa: S311 - reproducible, nothing secret
    for name in names:
        changed = RULES[name](truth, random.Random(f"{seed} {name}"))  # noqa: S311
        if changed is not None and changed != text:
            yield Corrupted(name, changed)
