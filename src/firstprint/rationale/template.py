"""The rationale that needs no language model: one paragraph of three to seven sentences."""

from __future__ import annotations

from types import ModuleType

from firstprint.domain.product import Language
from firstprint.rationale import wording_en, wording_zh
from firstprint.rationale.records import Fact, FactKind, Facts

_CHECKED: tuple[FactKind, ...] = ("assumption", "flag")


def render_template(facts: Facts, language: Language) -> str:
    """The paragraph in ``language``, from the dataset over the estimate to the next step."""
    words: ModuleType = wording_zh if language == "zh" else wording_en
    told = [
        _opening(facts, language, words),
        *(fact.statement(language) for fact in facts.of_kind("ambiguous")),
        *(fact.statement(language) for fact in facts.of_kind("proxy_result") + facts.of_kind("no_proxy_result")),
        _joined(facts, _second_opinion(facts), language, words),
        *(fact.statement(language) for fact in facts.of_kind("combined") + facts.of_kind("no_estimate")),
        _joined(facts, ("runner_up",), language, words),
        _doubts(facts, language, words),
        *(fact.statement(language) for fact in facts.of_kind("next_measurement")),
    ]
    return ("" if language == "zh" else " ").join(sentence for sentence in told if sentence)


def _second_opinion(facts: Facts) -> tuple[FactKind, ...]:
    """What to say of the surrogate: not its number, where that is the estimate and is told next."""
    alone = facts.results.get("combined") == facts.results.get("surrogate")
    return ("references",) if alone else ("surrogate", "references", "proxy_vs_surrogate")


def _opening(facts: Facts, language: Language, words: ModuleType) -> str:
    product = facts.of_kind("product")[0]
    dataset = facts.of_kind("first_candidate") + facts.of_kind("no_match")
    if not dataset:
        return product.statement(language)
    comma = "，" if language == "zh" else ", "
    return str(words.sentence(f"{product.clause(language)}{comma}{dataset[0].clause(language)}"))


def _joined(facts: Facts, kinds: tuple[FactKind, ...], language: Language, words: ModuleType) -> str:
    clauses = [fact.clause(language) for kind in kinds for fact in facts.of_kind(kind)]
    semicolon = "；" if language == "zh" else "; "
    return str(words.sentence(semicolon.join(clauses))) if clauses else ""


def _doubts(facts: Facts, language: Language, words: ModuleType) -> str:
    doubts = [fact for kind in _CHECKED for fact in facts.of_kind(kind)]
    clauses = [fact.clause(language) for fact in doubts if not _already_told(fact, facts)]
    return str(words.please_check(clauses)) if clauses else ""


def _already_told(fact: Fact, facts: Facts) -> bool:
    """The conversion already says that the mass was assumed."""
    told = facts.of_kind("conversion")
    return fact.kind == "assumption" and bool(told) and "assumed mass" in told[0].en and "mass was assumed" in fact.en
