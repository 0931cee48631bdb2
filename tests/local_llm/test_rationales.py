"""Thirty rationales by a real small model over the real HTTP path; most end as the template, none may be false.

SmolLM2-135M writes fluent nonsense, which is what the guard is for. Run with ``-s`` to see the table and the texts.
"""

# ruff: noqa: T201 - the table is what this module is run for

from __future__ import annotations

import copy
import csv
import json
import re
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from firstprint.domain.proposal import Checks
from firstprint.domain.steps import ChatModel
from firstprint.evaluation.records import RationaleRun
from firstprint.evaluation.runner import Options, read_all, run_suite
from firstprint.evaluation.workbench import Workbench
from firstprint.llm.chat import open_chat
from firstprint.rationale.facts import compute_facts
from firstprint.rationale.generated import WrittenRationale, write_rationale
from firstprint.rationale.guard import check_rationale
from firstprint.rationale.records import RationaleInput
from firstprint.settings import Settings

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "unit" / "rationale"))
from rationale_records import make_input  # noqa: E402

EACH = 15
REPLY_TOKENS = 450
TIMEOUT_S = 45.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning"),
]


class Counted:
    """A chat model that keeps count and the last reply, so that refused texts can be judged too."""

    def __init__(self, chat: ChatModel) -> None:
        self.chat, self.asked, self.reply = chat, 0, ""

    @property
    def model_id(self) -> str:
        return self.chat.model_id

    def complete(self, prompt: str, schema: dict[str, object]) -> dict[str, object]:
        self.asked, self.reply = self.asked + 1, ""
        answer = self.chat.complete(prompt, shortened(schema, 160 if "简体中文" in prompt else 400))
        self.reply = str(answer.get("rationale", ""))
        return answer


def shortened(schema: dict[str, object], characters: int) -> dict[str, object]:
    """The schema with a longest text: without it the small model repeats itself until the tokens run out."""
    bounded = copy.deepcopy(schema)
    bounded["properties"]["rationale"]["maxLength"] = characters  # type: ignore[index]
    return bounded


class Outcome(NamedTuple):
    """One rationale with what the model wrote, the guard's checks of it and the time."""

    draft: RationaleInput
    language: str
    written: WrittenRationale
    reply: str
    checks: Checks | None
    seconds: float


@pytest.fixture(scope="module")
def outcomes(server: tuple[str, Path]) -> list[Outcome]:
    chat = Counted(open_chat("openai:smollm2", server[0], None, TIMEOUT_S, reply_tokens=REPLY_TOKENS))
    made = []
    for number in range(2 * EACH):
        draft, language = make_input(number), "en" if number % 2 == 0 else "zh"
        start = time.monotonic()
        written = write_rationale(draft, language, chat)  # type: ignore[arg-type]
        seconds = time.monotonic() - start
        checks = check_rationale(chat.reply, compute_facts(draft), language).checks if chat.reply else None  # type: ignore[arg-type]
        made.append(Outcome(draft, language, written, chat.reply, checks, seconds))
    assert chat.asked == 2 * EACH
    return made


def show(outcomes: list[Outcome]) -> None:
    """The table, then every text that passed the guard, in full."""
    heads = ("asked", "passed", "numbers", "datasets", "relations", "cut", "errors", "median s")
    print(f"\n{'language':10}" + "".join(f"{head:>11}" for head in heads))
    for language in ("en", "zh"):
        chosen = [outcome for outcome in outcomes if outcome.language == language]
        failed = Counter(name for o in chosen if o.checks for name, result in o.checks if result == "failed")
        passed = [o for o in chosen if o.written.rationale.generated_by == "llm"]
        cut = sum("leaves out" in (o.written.fallback_reason or "") for o in chosen)
        errors = sum(not o.reply for o in chosen)
        median = statistics.median(o.seconds for o in chosen)
        by_check = (failed["numbers"], failed["datasets"], failed["relations"])
        cells = (len(chosen), len(passed), *by_check, cut, errors, round(median, 1))
        print(f"{language:10}" + "".join(f"{cell:>11}" for cell in cells))
    for outcome in outcomes:
        guarded = outcome.checks is not None and set(dict(outcome.checks).values()) == {"ok"}
        if guarded:
            print(f"\n[{outcome.written.rationale.generated_by}] guard passed ({outcome.language}): {outcome.reply}")
    for reason, number in Counter(str(o.written.fallback_reason)[:110] for o in outcomes).most_common(12):
        print(f"{number:3} × {reason}")


def test_thirty_rationales_by_a_real_model(outcomes: list[Outcome], server: tuple[str, Path]) -> None:
    show(outcomes)
    served = len(re.findall("processing task", server[1].read_text(errors="replace")))
    assert served >= 2 * EACH
    for outcome in outcomes:
        rationale = outcome.written.rationale
        report = check_rationale(rationale.text, compute_facts(outcome.draft), outcome.language)  # type: ignore[arg-type]
        assert report.passed, report.problems
        assert (rationale.generated_by == "llm") == (outcome.written.fallback_reason is None)
        assert outcome.written.llm_id
        assert outcome.written.prompt_sha256


def test_no_passed_text_has_a_number_of_its_own(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.written.rationale.generated_by == "llm":
            facts = compute_facts(outcome.draft)
            told = " ".join([fact.statement(outcome.language) for fact in facts.facts])  # type: ignore[arg-type]
            for number in re.findall(r"\d+(?:\.\d+)?", outcome.written.rationale.text):
                assert number in told


def test_a_rationale_suite_measures_the_configured_model(server: tuple[str, Path], tmp_path: Path) -> None:
    """``firstprint eval run`` with a language model: every record is asked for, timed, and what failed is shown."""
    own = HERE.parents[1] / "evals" / "suites" / "rationale-guard"
    suite = tmp_path / "suite"
    suite.mkdir()
    wanted = ("bottle", "steel")
    text = (own / "suite.toml").read_text(encoding="utf-8")
    (suite / "suite.toml").write_text(text, encoding="utf-8")
    records = (own / "records.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [line for line in records if json.loads(line)["id"] in wanted]
    (suite / "records.jsonl").write_text("\n".join(kept) + "\n", encoding="utf-8")
    with (own / "queries.csv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["record"] in wanted]
    with (suite / "queries.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    settings = Settings(home=tmp_path / "home", llm="openai:smollm2", llm_base_url=server[0], llm_timeout_s=TIMEOUT_S)
    with Workbench(settings) as bench:
        options = Options(replicates=100, corruptions=200)
        (read,) = read_all([suite], bench, options)
        result = run_suite(read, bench, options)
    run = result.run
    assert isinstance(run, RationaleRun)
    assert [one.query_id for one in run.generated] == list(wanted)
    for one in run.generated:
        assert one.seconds > 0
        assert one.passed == (one.reason == "")
        assert one.text or not one.passed
        print(f"{one.query_id}: {'used' if one.passed else 'refused'}, {one.seconds:.1f} s, {one.reason[:100]}")
    rates = {name: result.metrics[name].value for name in ("guard_pass_rate", "fallback_rate", "seconds_median")}
    assert rates["fallback_rate"] == pytest.approx(1 - sum(one.passed for one in run.generated) / len(wanted))
    assert (rates["seconds_median"] or 0) > 0
