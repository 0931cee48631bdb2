"""Rationales of real records: what the template writes over the shipped catalogue passes the guard."""

from __future__ import annotations

import pytest

from firstprint.training import load_annotations

EVERY = 16


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_template_is_true_by_the_guard_on_real_records(assistant, language):
    failed = []
    for note in load_annotations()[::EVERY]:
        proposal = assistant.estimate(
            note.text, unit=note.unit, geography=note.geography, mass_kg=note.mass_kg, language=language
        )
        checks = proposal.rationale.checks
        if {checks.numbers, checks.datasets, checks.relations} != {"ok"}:
            failed.append((note.text, checks))
    assert not failed


def test_a_name_of_one_character_is_known_between_quotation_marks(assistant):
    proposal = assistant.estimate("铅", unit="kg", language="zh")
    assert proposal.rationale.checks.datasets == "ok"
