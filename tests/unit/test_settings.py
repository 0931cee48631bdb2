"""Steps of a language model are off, and turned on only with a model: each fault is told with what to do."""

from __future__ import annotations

import pytest

from firstprint.errors import FaultsError
from firstprint.settings import Settings, load_settings


def test_steps_are_off_unless_turned_on() -> None:
    settings = Settings(llm="openai:m")
    assert (settings.llm_expansion, settings.llm_reordering) == (False, False)


def test_steps_without_a_model_are_one_error_that_names_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTPRINT_LLM_EXPANSION", "1")
    monkeypatch.setenv("FIRSTPRINT_LLM_REORDERING", "true")
    with pytest.raises(FaultsError) as caught:
        load_settings()
    assert len(caught.value.faults) == 2
    assert all("set FIRSTPRINT_LLM" in fault for fault in caught.value.faults)
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "FIRSTPRINT_LLM_EXPANSION",
        "FIRSTPRINT_LLM_REORDERING",
    ]


def test_steps_with_a_model_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTPRINT_LLM", "openai:m")
    monkeypatch.setenv("FIRSTPRINT_LLM_EXPANSION", "yes")
    settings = load_settings()
    assert settings.llm_expansion
    assert not settings.llm_reordering
