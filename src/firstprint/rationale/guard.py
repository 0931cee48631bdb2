"""The guard: a text passes only if every number, name and comparison in it follows from the facts."""

from __future__ import annotations

import re
from typing import NamedTuple

from firstprint.domain.product import Language
from firstprint.domain.proposal import CheckResult, Checks
from firstprint.rationale.guard_claims import check_claims
from firstprint.rationale.guard_datasets import check_datasets, check_ownership
from firstprint.rationale.guard_numbers import check_numbers
from firstprint.rationale.guard_relations import check_relations
from firstprint.rationale.reading import MASK, Reading, read
from firstprint.rationale.records import Facts

LONGEST = 4000
"""No honest rationale of at most seven sentences is longer than this many characters."""


class GuardReport(NamedTuple):
    """What the guard found: the three results of the record and every problem in words."""

    checks: Checks
    problems: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the text may be shown."""
        return not self.problems


def check_rationale(text: str, facts: Facts, language: Language) -> GuardReport:
    """Check ``text`` against ``facts``: strict, so that what cannot be tied to a fact does not pass.

    Args:
        text: the rationale, of any origin.
        facts: all that may be said.
        language: the language the text was asked for in; another one fails as a relation.
    """
    cut: tuple[str, ...] = ("The text is too long.",) if len(text) > LONGEST else ()
    reading = read(text[:LONGEST], facts)
    related = check_relations(reading, facts)
    counted = check_numbers(reading, facts, related.compared)
    named = check_datasets(reading, facts)
    relations = (
        *cut,
        *_form(reading, language),
        *related.relations,
        *counted.relations,
        *check_ownership(reading, facts),
        *check_claims(reading, facts),
    )
    checks = Checks(numbers=_result(counted.numbers), datasets=_result(named), relations=_result(relations))
    return GuardReport(checks, (*counted.numbers, *named, *relations))


def _result(problems: tuple[str, ...]) -> CheckResult:
    return "failed" if problems else "ok"


def _form(reading: Reading, language: Language) -> tuple[str, ...]:
    """Empty texts, mark-up, links and texts in another language."""
    own = re.sub(rf"[{MASK}\ue001]|[“\"「《][^”\"」》]*[”\"」》]|[（(][^）)]*[）)]", "", reading.masked)
    han = len(re.findall(r"[\u4e00-\u9fff]", own))
    latin = len(re.findall(r"[A-Za-z]{3,}", own))
    if not own.strip():
        return ("The text is empty.",)
    if re.search(r"https?://|www\.|<[a-z/]|```", own, re.IGNORECASE):
        return ("The text carries a link or mark-up.",)
    if (language == "zh" and han < latin * 2) or (language == "en" and han > latin):
        return (f"The text is not in the language asked for ({language}).",)
    return ()
