"""Runs the guard on true and on corrupted rationales of a suite, and a language model's wording where one is given."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from firstprint.domain.product import Language
from firstprint.domain.steps import ChatModel
from firstprint.errors import FaultsError, LanguageModelError
from firstprint.evaluation.corruptions import Corrupted
from firstprint.evaluation.corruptions import corruptions as corruptions_of
from firstprint.evaluation.rationale_records import load_records
from firstprint.evaluation.records import Generated, Query, RationaleRun, Suite
from firstprint.evaluation.suite_files import RECORDS_FILE
from firstprint.rationale.facts import compute_facts
from firstprint.rationale.generated import ask_rationale, judge_rationale
from firstprint.rationale.guard import check_rationale
from firstprint.rationale.records import Facts, RationaleInput
from firstprint.rationale.template import render_template

FEWEST_CORRUPTIONS = 2000
"""A suite's figures rest on at least this many corrupted texts, where its true texts give as many."""
_ROUNDS = 40
"""Each text is put through the rules this often at most; later rounds seldom give anything new."""
_LANGUAGES: tuple[Language, ...] = ("en", "zh")

Progress = Callable[[str, int, int], None]
"""Told the step, how much of it is done and how much there is."""


class _Known(NamedTuple):
    draft: RationaleInput
    facts: Facts


class _Wanted(NamedTuple):
    in_all: int
    per_text: int
    seed: int


class _Text(NamedTuple):
    """One text to be judged: ``kind`` is ``template``, ``paraphrase`` or a corruption's rule."""

    record: str
    group: str
    kind: str
    true: bool
    language: Language
    text: str


def run_rationale(
    suite: Suite,
    *,
    chat: ChatModel | None,
    progress: Progress | None = None,
    corruptions: int = FEWEST_CORRUPTIONS,
    corruptions_per_text: int = 12,
    seed: int = 0,
) -> RationaleRun:
    """The guard on every true text of ``suite`` and on corruptions of them.

    True are the template of every record in both languages and the suite's own texts.

    Args:
        suite: a rationale suite; each query names its record in the column ``record``.
        chat: asked for a wording of every record, in the language of its description; None asks for none.
        progress: called after each text judged and each wording asked for.
        corruptions: at least this many false texts in all, where the true ones give as many.
        corruptions_per_text: false texts made of each true one; more where ``corruptions`` needs them.
        seed: the same seed gives the same corruptions.

    Raises:
        FaultsError: the records cannot be read, or a query names none or is in another language.
    """
    import numpy as np

    known = {name: _Known(draft, compute_facts(draft)) for name, draft in _records(suite).items()}
    true = [*_templates(known), *_paraphrases(suite)]
    texts = [*true, *_corrupted(true, known, _Wanted(corruptions, corruptions_per_text, seed))]
    reasons = tuple(_judged(texts, known, progress))
    return RationaleRun(
        groups=np.array([text.group for text in texts], dtype=np.str_),
        kind=tuple(text.kind for text in texts),
        true=np.array([text.true for text in texts], dtype=np.bool_),
        alarm=np.array([bool(reason) for reason in reasons], dtype=np.bool_),
        language=tuple(text.language for text in texts),
        texts=tuple(text.text for text in texts),
        reasons=reasons,
        generated=tuple(_generated(known, chat, progress)) if chat is not None else (),
    )


def _records(suite: Suite) -> dict[str, RationaleInput]:
    """The suite's records, where every query names one and is in a language that rationales are written in."""
    records = load_records(suite.folder / RECORDS_FILE)
    faults = [fault for query in suite.queries for fault in _faults(query, records)]
    if faults:
        raise FaultsError(
            f"The rationale suite {suite.name} has {len(faults)} faults.", faults, hint="Put them right and run again."
        )
    return records


def _faults(query: Query, records: Mapping[str, RationaleInput]) -> Iterator[str]:
    place = f"queries.csv line {query.line}"
    if _record_of(query) not in records:
        named = _record_of(query)
        yield f"{place}, record: {named[:60]!r} is not in {RECORDS_FILE}; name a record by its id"
    if query.language not in _LANGUAGES:
        yield f"{place}, language: {str(query.language)[:20]!r} is none of en, zh; say which language the text is in"


def _record_of(query: Query) -> str:
    return query.extra.get("record", "").strip()


def _templates(known: Mapping[str, _Known]) -> Iterator[_Text]:
    for name, record in known.items():
        for language in _LANGUAGES:
            yield _Text(name, name, "template", True, language, render_template(record.facts, language))  # noqa: FBT003


def _paraphrases(suite: Suite) -> Iterator[_Text]:
    for query in suite.queries:
        language: Language = "zh" if query.language == "zh" else "en"
        yield _Text(_record_of(query), query.group, "paraphrase", True, language, query.text)  # noqa: FBT003


def _corrupted(true: Sequence[_Text], known: Mapping[str, _Known], wanted: _Wanted) -> list[_Text]:
    """Laps over the true texts, ``per_text`` new corruptions of each a lap, until there are enough."""
    sources = [_distinct(text, known[text.record], wanted.seed) for text in true]
    made: list[_Text] = []
    exhausted = False
    while not exhausted and len(made) < wanted.in_all:
        lap = [
            text._replace(kind=new.rule, true=False, text=new.text)
            for text, source in zip(true, sources, strict=True)
            for _, new in zip(range(wanted.per_text), source, strict=False)
        ]
        made += lap
        exhausted = not lap
    return made


def _distinct(text: _Text, record: _Known, seed: int) -> Iterator[Corrupted]:
    """Corruptions of one text over many rounds, each text once."""
    seen = {text.text}
    for turn in range(_ROUNDS):
        for made in corruptions_of(text.text, record.draft, record.facts, seed * _ROUNDS + turn):
            if made.text not in seen:
                seen.add(made.text)
                yield made


def _judged(texts: Sequence[_Text], known: Mapping[str, _Known], progress: Progress | None) -> Iterator[str]:
    """What the guard says of each text; empty where it passes."""
    for done, text in enumerate(texts, 1):
        report = check_rationale(text.text, known[text.record].facts, text.language)
        if progress is not None:
            progress("guard", done, len(texts))
        yield "" if report.passed else " ".join(report.problems)


def _generated(known: Mapping[str, _Known], chat: ChatModel, progress: Progress | None) -> Iterator[Generated]:
    for done, (name, record) in enumerate(known.items(), 1):
        yield _asked(name, record, chat)
        if progress is not None:
            progress("language model", done, len(known))


def _asked(name: str, record: _Known, chat: ChatModel) -> Generated:
    """One wording with its time; whatever the model does, there is an outcome."""
    language: Language = "zh" if record.draft.product.language == "zh" else "en"
    text = ""
    start = time.perf_counter()
    try:
        text = ask_rationale(chat, record.facts, language)
        reason = judge_rationale(text, record.facts, language).reason
    except LanguageModelError as error:
        reason = str(error)
    return Generated(name, not reason, text, reason, time.perf_counter() - start)
