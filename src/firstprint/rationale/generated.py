"""Writes the rationale: the template always, a language model's wording where one is given and the guard agrees."""

from __future__ import annotations

import re
from typing import NamedTuple

from firstprint.domain.product import Language
from firstprint.domain.proposal import Checks, Rationale
from firstprint.domain.steps import ChatModel
from firstprint.errors import LanguageModelError
from firstprint.llm.prompts import delimited, load_prompt
from firstprint.rationale.facts import compute_facts
from firstprint.rationale.guard import GuardReport, check_rationale
from firstprint.rationale.records import Facts, RationaleInput
from firstprint.rationale.template import render_template

SHORTEST_SHARE = 0.25
"""A wording shorter than this share of the template leaves out what a reviewer needs."""


class WrittenRationale(NamedTuple):
    """The rationale with what provenance must name.

    Attributes:
        prompt_sha256: checksum of the prompt that was sent; None when no model was asked.
        llm_id: the model that was asked, also when its text was not used.
        fallback_reason: why the template stands although a model was asked; the caller flags it.
    """

    rationale: Rationale
    prompt_sha256: str | None = None
    llm_id: str | None = None
    fallback_reason: str | None = None


def write_rationale(draft: RationaleInput, language: Language, chat: ChatModel | None) -> WrittenRationale:
    """The rationale of ``draft`` in ``language``; no failure of a language model reaches the caller."""
    facts = compute_facts(draft)
    template = _template(facts, language)
    if chat is None:
        return WrittenRationale(template)
    prompt = load_prompt(f"rationale_{language}")
    try:
        text = ask_rationale(chat, facts, language)
    except LanguageModelError as error:
        return WrittenRationale(template, prompt.sha256, chat.model_id, str(error))
    judged = judge_rationale(text, facts, language)
    if judged.reason:
        return WrittenRationale(template, prompt.sha256, chat.model_id, judged.reason)
    checks = judged.checks
    written = Rationale(text=text, language=language, generated_by="llm", citations=facts.citations, checks=checks)
    return WrittenRationale(written, prompt.sha256, chat.model_id)


def fact_list(facts: Facts, language: Language) -> str:
    """The facts as lines of a prompt; the user's words are left out, as they stand between markers elsewhere."""
    described = f"“{facts.entities[0].names[0]}”"
    instead = "标记之间所描述的产品" if language == "zh" else "described between the markers"
    return "\n".join(f"- {fact.statement(language).replace(described, instead)}" for fact in facts.facts)


def _template(facts: Facts, language: Language) -> Rationale:
    text = render_template(facts, language)
    return Rationale(
        text=text,
        language=language,
        generated_by="template",
        citations=facts.citations,
        checks=check_rationale(text, facts, language).checks,
    )


def ask_rationale(chat: ChatModel, facts: Facts, language: Language) -> str:
    """A language model's wording of ``facts`` on one line, not yet checked.

    Raises:
        LanguageModelError: the model did not answer, or wrote nothing.
    """
    prompt = load_prompt(f"rationale_{language}")
    description = facts.entities[0].names[0]
    rendered = prompt.render(product=delimited(description), facts=fact_list(facts, language))
    reply = chat.complete(rendered, dict(prompt.schema))
    text = reply.get("rationale")
    if not isinstance(text, str) or not text.strip():
        raise LanguageModelError(
            f"The language model {chat.model_id} wrote an empty rationale.", hint="Use a more capable model."
        )
    return " ".join(text.split())


class Judged(NamedTuple):
    """The guard's checks of a wording, and why it cannot stand; the reason is empty where it can."""

    reason: str
    checks: Checks


def judge_rationale(text: str, facts: Facts, language: Language) -> Judged:
    """Whether a wording may be shown: the guard agrees and nothing a reviewer needs is left out."""
    report = check_rationale(text, facts, language)
    if not report.passed:
        return Judged(f"The guard refused the language model's text: {_first(report)}", report.checks)
    missing = _missing(text, facts, language)
    return Judged("" if missing is None else f"The language model's text leaves out {missing}.", report.checks)


def _first(report: GuardReport) -> str:
    more = f" (and {len(report.problems) - 1} more)" if len(report.problems) > 1 else ""
    return f"{report.problems[0]}{more}"


def _missing(text: str, facts: Facts, language: Language) -> str | None:
    """What every rationale must tell and this one does not: the estimate, and what was assumed."""
    combined = facts.of_kind("combined")
    digits = re.sub(r"\s", "", text)
    if combined and combined[0].slots["result"].number not in digits:
        return "the estimate"
    if facts.assumed and not re.search(r"assum|presum|假设|假定", text, re.IGNORECASE):
        return "what was assumed"
    if facts.decision == "no_match" and not re.search(r"\bno\b|\bnot\b|没有|未|无", text, re.IGNORECASE):
        return "that no dataset was acceptable"
    if len(text) < SHORTEST_SHARE * len(render_template(facts, language)):
        return "most of the facts"
    return None
