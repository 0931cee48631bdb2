"""The probability follows what people took: by property, by hand, and through a real database."""

from __future__ import annotations

import math
import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import small_workspace as small
from hypothesis import given, settings
from hypothesis import strategies as st

from firstprint import review
from firstprint.assistant import Assistant
from firstprint.domain.decision import HumanDecision, Verdict
from firstprint.domain.proposal import Proposal
from firstprint.errors import ModelError
from firstprint.ranking.acceptance import FIXED, Acceptance, load_acceptance, save_acceptance
from firstprint.ranking.recalibrating import MIN_DECISIONS, bent
from firstprint.recalibration import outcomes_of, recalibrated
from firstprint.store.opening import open_store

MODEL = small.CURVED
SURE = 0.9


def sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def log_odds(p: float) -> float:
    return math.log(p / (1 - p))


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> small.Opened:
    return small.opened(tmp_path_factory.mktemp("index"))


@pytest.fixture
def made(tmp_path: Path, parts: small.Opened) -> Assistant:
    return small.assistant_in(tmp_path / "home", parts, MODEL)


@pytest.fixture(scope="module")
def proposal(tmp_path_factory: pytest.TempPathFactory, parts: small.Opened) -> Proposal:
    return small.assistant_in(tmp_path_factory.mktemp("home"), parts, MODEL).estimate("steel coil", unit="kg", top=3)


def stating(proposal: Proposal, probability: float, ranker_id: str = MODEL.ranker_id, **scores: float) -> Proposal:
    """The proposal under a new id, as if its first candidate's probability had been another one."""
    first = proposal.candidates[0]
    first = first.model_copy(
        update={"acceptance_probability": probability, "scores": first.scores.model_copy(update=scores)}
    )
    return proposal.model_copy(
        update={
            "id": str(uuid.uuid4()),
            "candidates": (first, *proposal.candidates[1:]),
            "provenance": proposal.provenance.model_copy(update={"ranker_id": ranker_id}),
        }
    )


def decision(proposal: Proposal, verdict: Verdict, place: int = 0) -> HumanDecision:
    return HumanDecision(
        id=str(uuid.uuid4()),
        proposal_id=proposal.id,
        verdict=verdict,
        dataset_id=proposal.candidates[place].dataset_id,
        text=proposal.product.description,
        language="en",
        unit="kg",
        by="Ana",
        reason="seen",
        decided="2026-01-01T00:00:00+00:00",
    )


def decide(assistant: Assistant, proposals: Sequence[Proposal], taken: int) -> None:
    """Keeps the proposals; people confirm the first ``taken`` of them and reject the others."""
    small.keep(assistant, *proposals)
    with open_store(assistant.settings.resolved_database_url) as store:
        for place, one in enumerate(proposals):
            if place < taken:
                review.confirm(store, one.id, by="Ana")
            else:
                review.reject(store, one.id, by="Ana", reason="it is another thing")


# --- the straight line ---


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_probabilities_that_hold_are_left_nearly_as_they_are(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.uniform(-3, 3, 2_000)
    slope, shift = bent(x.tolist(), (rng.random(2_000) < 1 / (1 + np.exp(-x))).tolist())
    assert slope == pytest.approx(1.0, abs=0.25)
    assert shift == pytest.approx(0.0, abs=0.25)


@settings(max_examples=30, deadline=None)
@given(stated=st.floats(0.7, 0.97), share=st.floats(0.05, 0.5), count=st.integers(MIN_DECISIONS, 300))
def test_what_promised_too_much_is_lowered_towards_what_was_taken(stated: float, share: float, count: int) -> None:
    taken = round(share * count)
    slope, shift = bent([log_odds(stated)] * count, [n < taken for n in range(count)])
    told = sigmoid(slope * log_odds(stated) + shift)
    assert taken / count - 0.02 < told < stated


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(-30, 30), st.booleans()), min_size=1, max_size=80))
def test_the_line_is_finite_and_never_turns_the_order_round(records: list[tuple[float, bool]]) -> None:
    slope, shift = bent([x for x, _ in records], [y for _, y in records])
    assert math.isfinite(shift)
    assert 0.1 <= slope < 100


def test_many_records_that_a_threshold_parts_are_bent_without_overflow() -> None:
    slope, shift = bent([0.01] * 5_000 + [-0.01] * 5_000, [True] * 5_000 + [False] * 5_000)
    assert slope > 5
    assert shift == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("follows", [0.0, 0.3, 1.0, 3.0])
def test_the_line_is_at_the_maximum_of_its_posterior(follows: float) -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(1.0, 1.5, 80)
    y = rng.random(80) < 1 / (1 + np.exp(-follows * x))
    slope, shift = bent(x.tolist(), y.tolist())

    def posterior(a: float, b: float) -> float:
        p = 1 / (1 + np.exp(-(a * x + b)))
        return float(np.log(np.where(y, p, 1 - p)).sum() - 2.0 * (a - 1) ** 2 - 0.25 * b**2)

    best = posterior(slope, shift)
    steps = [(0.01, 0.0), (0.0, 0.01), (0.0, -0.01), *([(-0.01, 0.0)] if slope > 0.1 else [])]
    assert all(posterior(slope + da, shift + db) < best for da, db in steps)


# --- what counts as an outcome ---


@pytest.mark.parametrize(
    ("verdict", "place", "accepted"),
    [
        ("confirmed", 0, [True]),
        ("confirmed", 1, [False]),
        ("overridden", 2, [False]),
        ("rejected", 0, [False]),
        ("rejected", 1, []),
    ],
)
def test_only_a_verdict_on_the_first_candidate_is_an_outcome(
    proposal: Proposal, verdict: Verdict, place: int, accepted: list[bool]
) -> None:
    one = stating(proposal, 0.7)
    found = outcomes_of([one], [decision(one, verdict, place)], MODEL)
    assert [outcome.accepted for outcome in found] == accepted
    assert [outcome.log_odds for outcome in found] == [pytest.approx(log_odds(0.7))] * len(accepted)


def test_a_record_of_a_bent_model_is_unbent_first(proposal: Proposal) -> None:
    for bend in ((0.5, -0.25), (2.0, 0.75), (1.0, -1.5)):
        stated = sigmoid(bend[0] * 1.2 + bend[1])
        one = stating(proposal, stated, MODEL._replace(bend=bend).ranker_id)
        (outcome,) = outcomes_of([one], [decision(one, "confirmed")], MODEL._replace(bend=(3.0, 3.0)))
        assert outcome.log_odds == pytest.approx(1.2, abs=1e-3)


def test_a_record_of_another_model_says_nothing(proposal: Proposal) -> None:
    for ranker_id in ("0" * 12, "", "0" * 12 + "~1.0000+0.5000", FIXED.ranker_id):
        one = stating(proposal, 0.7, ranker_id)
        assert outcomes_of([one], [decision(one, "confirmed")], MODEL) == []


def test_a_record_whose_bend_cannot_be_read_is_told(proposal: Proposal) -> None:
    one = stating(proposal, 0.7, MODEL.ranker_id + "~steep")
    with pytest.raises(ModelError, match="~steep") as caught:
        outcomes_of([one], [decision(one, "confirmed")], MODEL)
    assert caught.value.hint


def test_what_an_earlier_decision_on_the_same_text_stated_says_nothing_of_the_curve(proposal: Proposal) -> None:
    for scores in ({"memory": 1.0}, {"rejected": 1.0}):
        one = stating(proposal, 0.9, **scores)
        assert outcomes_of([one], [decision(one, "confirmed")], MODEL) == []
    one = stating(proposal, 0.9, memory=0.6, rejected=0.5)
    assert len(outcomes_of([one], [decision(one, "confirmed")], MODEL)) == 1


def test_certainty_and_impossibility_are_finite(proposal: Proposal) -> None:
    for stated in (0.0, 1.0):
        one = stating(proposal, stated)
        (outcome,) = outcomes_of([one], [decision(one, "rejected")], MODEL)
        assert math.isfinite(outcome.log_odds)


# --- through the database ---


def test_without_a_database_nothing_is_bent_and_none_is_made(made: Assistant) -> None:
    assert recalibrated(MODEL, made.settings) == (MODEL, 0)
    assert not (made.settings.home / "firstprint.db").exists()


def test_fewer_decisions_than_needed_change_nothing(made: Assistant, proposal: Proposal) -> None:
    decide(made, [stating(proposal, SURE) for _ in range(MIN_DECISIONS - 1)], 3)
    assert recalibrated(MODEL, made.settings) == (MODEL, 0)


def test_enough_decisions_of_which_too_few_are_of_this_model_change_nothing(
    made: Assistant, proposal: Proposal
) -> None:
    foreign = [stating(proposal, SURE, "f" * 12) for _ in range(10)]
    decide(made, [*foreign, *(stating(proposal, SURE) for _ in range(MIN_DECISIONS - 1))], 3)
    assert recalibrated(MODEL, made.settings).decisions == 0


def test_over_confident_proposals_are_bent_down_and_the_id_says_so(made: Assistant, proposal: Proposal) -> None:
    decide(made, [stating(proposal, SURE) for _ in range(MIN_DECISIONS + 10)], 10)
    model, decisions = recalibrated(MODEL, made.settings)
    assert decisions == MIN_DECISIONS + 10
    assert 0.2 < bent_probability(model, SURE) < 0.6
    assert model._replace(bend=(1.0, 0.0)) == MODEL
    assert model.ranker_id.startswith(MODEL.ranker_id + "~")
    opened = small.assistant_in(made.settings.home, small.Opened(made.index, made.encoder), model)
    before, after = (one.match("steel coil").candidates[0] for one in (made, opened))
    assert after.acceptance_probability < before.acceptance_probability
    assert after.dataset_id == before.dataset_id


def bent_probability(model: Acceptance, stated: float) -> float:
    slope, shift = model.bend
    return sigmoid(slope * log_odds(stated) + shift)


def test_decisions_on_bent_proposals_lead_to_the_same_bend(made: Assistant, proposal: Proposal) -> None:
    """Bending once must not make the next bending start from what is bent already."""
    decide(made, [stating(proposal, SURE) for _ in range(40)], 20)
    first = recalibrated(MODEL, made.settings).model
    again = [stating(proposal, bent_probability(first, SURE), first.ranker_id) for _ in range(40)]
    decide(made, again, 20)
    second, decisions = recalibrated(MODEL, made.settings)
    assert decisions == 80
    assert 0.5 < bent_probability(second, SURE) <= bent_probability(first, SURE) + 1e-3
    small.withdrawn(made, again[0].id)
    assert recalibrated(MODEL, made.settings).decisions == 79


def test_a_model_without_a_curve_is_never_bent(made: Assistant, proposal: Proposal) -> None:
    decide(made, [stating(proposal, SURE, FIXED.ranker_id) for _ in range(MIN_DECISIONS)], 3)
    assert recalibrated(FIXED, made.settings) == (FIXED, 0)


def test_a_bent_model_survives_its_file(tmp_path: Path) -> None:
    model = MODEL._replace(bend=(0.7312, -0.4))
    save_acceptance(model, tmp_path / "ranker.json")
    assert load_acceptance(tmp_path / "ranker.json").ranker_id == model.ranker_id
