"""The steps of a language model in the whole search: what they change, what they cannot, and what is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import small_workspace as small

from firstprint import Assistant
from firstprint.domain.proposal import Candidate
from firstprint.errors import LanguageModelError
from firstprint.llm import chat as chat_module
from firstprint.llm.prompts import load_prompt

TEXT = "zylinth 7 grade q"
"""A trade name that says nothing."""
NAMED = {"semantic_query_en": "aluminium ingot", "terms_en": ["aluminium"], "terms_zh": []}
Reply = Callable[[str, Mapping[str, object]], dict[str, object]]


class FakeChat:
    """A language model that answers by a function and keeps its prompts; it tells no log-probabilities."""

    model_id = "fake:model"

    def __init__(self, reply: Reply) -> None:
        self.prompts: list[str] = []
        self._reply = reply

    def complete(self, prompt: str, schema: dict[str, object]) -> dict[str, object]:
        self.prompts.append(prompt)
        return self._reply(prompt, schema)


def letters(schema: Mapping[str, object]) -> list[str]:
    required = schema["required"]
    assert isinstance(required, list)
    return required


def preferring(name: str) -> Reply:
    """Scores the option of this name 10 and all others 0, wherever it stands."""

    def reply(prompt: str, schema: Mapping[str, object]) -> dict[str, object]:
        return {letter: 10 if f"{letter}: {name}" in prompt else 0 for letter in letters(schema)}

    return reply


def failing(prompt: str, schema: Mapping[str, object]) -> dict[str, object]:
    raise LanguageModelError("The language model fake:model did not answer in time.")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> small.Opened:
    return small.opened(tmp_path_factory.mktemp("index"))


@pytest.fixture
def assistant_with(tmp_path: Path, parts: small.Opened, monkeypatch: pytest.MonkeyPatch):
    """Makes assistants that open the language model given, with the settings given."""

    def made(chat: FakeChat, **settings: object) -> Assistant:
        monkeypatch.setattr(chat_module, "open_chat", lambda *_: chat)
        return small.assistant_in(tmp_path / "home", parts, **settings)

    return made


def ids(candidates: tuple[Candidate, ...]) -> list[str]:
    return [one.dataset_id for one in candidates]


def place(candidates: tuple[Candidate, ...], dataset_id: str) -> int:
    return ids(candidates).index(dataset_id) + 1


def test_off_by_default_a_search_calls_no_model_and_records_no_step(assistant_with) -> None:
    chat = FakeChat(failing)
    result = assistant_with(chat, llm="fake:model").match(TEXT)
    assert chat.prompts == []
    assert result.provenance.llm_steps == ()


def test_without_a_model_no_setting_calls_one(assistant_with) -> None:
    chat = FakeChat(failing)
    assistant_with(chat, llm_expansion=True, llm_reordering=True).match(TEXT)
    assert chat.prompts == []


def test_other_names_find_a_dataset_sooner_and_are_recorded(assistant_with) -> None:
    last = assistant_with(FakeChat(failing)).match(TEXT, top=6).candidates[-1]
    named = {"semantic_query_en": last.name, "terms_en": [last.name.split(",")[0]], "terms_zh": []}
    chat = FakeChat(lambda *_: named)
    helped = assistant_with(chat, llm="fake:model", llm_expansion=True).match(TEXT, top=6)
    assert place(helped.candidates, last.dataset_id) == 1
    assert set(ids(helped.candidates)) <= {f"d{n}" for n in range(len(small.NAMES))}
    (step,) = helped.provenance.llm_steps
    assert (step.step, step.llm, step.used, step.reason) == ("expansion", "fake:model", True, "")
    assert step.detail.startswith(last.name)
    assert step.prompt_sha256 == load_prompt("expansion_en").sha256
    assert len(chat.prompts) == 1
    assert TEXT in chat.prompts[0]


def test_a_name_of_the_model_counts_less_than_the_users_own_words(assistant_with) -> None:
    chat = FakeChat(lambda *_: NAMED)
    result = assistant_with(chat, llm="fake:model", llm_expansion=True).match("tap water", top=6)
    assert ids(result.candidates)[0] == "d4"


def test_another_order_moves_candidates_and_never_changes_their_set(assistant_with) -> None:
    plain = assistant_with(FakeChat(failing)).match(TEXT, top=6)
    last = plain.candidates[-1]
    chat = FakeChat(preferring(last.name))
    other = assistant_with(chat, llm="fake:model", llm_reordering=True).match(TEXT, top=6)
    assert place(other.candidates, last.dataset_id) < len(plain.candidates)
    assert sorted(ids(other.candidates)) == sorted(ids(plain.candidates))
    assert ids(other.candidates) != ids(plain.candidates)
    stated = [one.acceptance_probability for one in plain.candidates]
    assert [one.acceptance_probability for one in other.candidates] == stated  # a model's opinion is no evidence for it
    (step,) = other.provenance.llm_steps
    assert (step.step, step.used) == ("reordering", True)
    assert len(chat.prompts) == 2


def test_both_steps_follow_one_another_in_an_estimate(assistant_with) -> None:
    def reply(prompt: str, schema: Mapping[str, object]) -> dict[str, object]:
        if "semantic_query_en" in str(schema):
            return NAMED
        if "A" in letters(schema):
            return preferring("Brass, cast")(prompt, schema)
        raise LanguageModelError("The language model fake:model writes no rationale.")

    chat = FakeChat(reply)
    proposal = assistant_with(chat, llm="fake:model", llm_expansion=True, llm_reordering=True).estimate(TEXT, unit="kg")
    assert [step.step for step in proposal.provenance.llm_steps] == ["expansion", "reordering"]
    assert all(step.used for step in proposal.provenance.llm_steps)
    assert proposal.rationale.generated_by == "template"


@pytest.mark.parametrize("setting", ["llm_expansion", "llm_reordering"])
def test_a_failure_leaves_the_answer_as_it_was_and_is_recorded(assistant_with, setting: str) -> None:
    plain = assistant_with(FakeChat(failing)).match(TEXT)
    failed = assistant_with(FakeChat(failing), llm="fake:model", **{setting: True}).match(TEXT)
    assert failed.candidates == plain.candidates
    assert failed.decision == plain.decision
    (step,) = failed.provenance.llm_steps
    assert not step.used
    assert "in time" in step.reason


def test_an_answer_that_breaks_its_form_is_a_failure(assistant_with) -> None:
    chat = FakeChat(lambda *_: {"A": 11, "Z": 3})
    plain = assistant_with(FakeChat(failing)).match(TEXT)
    failed = assistant_with(chat, llm="fake:model", llm_reordering=True).match(TEXT)
    assert failed.candidates == plain.candidates
    assert not failed.provenance.llm_steps[0].used


def test_no_model_overrules_what_people_decided_for_the_text(assistant_with) -> None:
    plain = assistant_with(FakeChat(failing))
    down = ids(plain.match(TEXT, top=6).candidates)[0]
    small.rejected(plain, TEXT)
    taken = ids(plain.match(TEXT, top=6).candidates)[3]
    small.confirmed(plain, TEXT, taken)
    known = plain.match(TEXT, top=6).candidates
    assert (known[0].dataset_id, known[-1].dataset_id) == (taken, down)
    chat = FakeChat(preferring(known[-1].name))
    asked = assistant_with(chat, llm="fake:model", llm_reordering=True).match(TEXT, top=6)
    for kept, before in ((asked.candidates[0], known[0]), (asked.candidates[-1], known[-1])):
        assert kept.dataset_id == before.dataset_id
        assert kept.acceptance_probability == pytest.approx(before.acceptance_probability, abs=1e-3)
    assert known[0].name not in chat.prompts[0]
    assert known[-1].name not in chat.prompts[0]


def test_a_lone_candidate_is_not_asked_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = FakeChat(failing)
    monkeypatch.setattr(chat_module, "open_chat", lambda *_: chat)
    parts = small.opened(tmp_path / "index", ("Tap water",))
    lone = small.assistant_in(tmp_path / "home", parts, llm="fake:model", llm_reordering=True)
    assert lone.match("water").provenance.llm_steps == ()
    assert chat.prompts == []
