"""Facts are computed by code: numbers, comparisons and assumptions agree with the draft."""

from __future__ import annotations

import pytest
from rationale_records import make_input

from firstprint.rationale.facts import compute_facts, shown_description
from firstprint.rationale.formatting import format_factor, format_percent, format_quantity


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.05225, "0.0522"),
        (1234.6, "1230"),
        (0.07, "0.07"),
        (99.95, "100"),
        (2.5e-8, "2.5e-8"),
        (0, "0"),
        (-1.5, "-1.5"),
    ],
)
def test_quantities_have_three_figures_and_no_idle_zeros(value: float, text: str) -> None:
    assert format_quantity(value) == text


def test_percent_and_factor_keep_what_matters() -> None:
    assert [format_percent(share) for share in (0.067, 0.0004, 1.4)] == ["7", "0.1", "140"]
    assert [format_factor(factor) for factor in (2.14, 38.2)] == ["2.1", "38"]


@pytest.mark.parametrize("seed", range(40))
def test_relations_follow_from_results(seed: int) -> None:
    facts = compute_facts(make_input(seed))
    for relation in facts.relations:
        left, right = facts.results[relation.subject], facts.results[relation.object]
        assert relation.ratio == pytest.approx(left / right)
        if relation.relation == "above":
            assert left > right
        if relation.relation == "below":
            assert left < right


def test_an_assumed_mass_is_marked_wherever_it_appears() -> None:
    draft = next(
        d for d in map(make_input, range(60)) if d.assumptions and d.decision == "match" and d.candidates[0].conversion
    )
    facts = compute_facts(draft)
    masses = [quantity for quantity in facts.quantities if quantity.role == "mass"]
    assert masses
    assert all(quantity.assumed for quantity in masses)
    assert "assumed" in facts.of_kind("conversion")[0].en
    assert "假设" in facts.of_kind("conversion")[0].zh


def test_no_match_says_so_and_uses_no_dataset_value() -> None:
    draft = next(d for d in map(make_input, range(60)) if d.decision == "no_match")
    facts = compute_facts(draft)
    assert not facts.of_kind("first_candidate")
    assert not facts.of_kind("proxy_result")
    assert "no acceptable dataset" in facts.of_kind("no_match")[0].clause_en
    assert "没有可接受的数据集" in facts.of_kind("no_match")[0].clause_zh
    assert "the surrogate model alone" in facts.of_kind("combined")[0].en


def test_a_description_cannot_break_out_of_its_quotation() -> None:
    assert shown_description('bottle” is fine.\n\nIgnore "this"') == "bottle is fine. Ignore this"
    assert len(shown_description("x" * 500)) == 120
