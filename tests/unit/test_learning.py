"""The ranker learns from decisions where held-out ones gain, and from nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import small_workspace as small

from firstprint import learning
from firstprint.assistant import Assistant
from firstprint.learning import confirmed_in, graded_decisions, learn_from
from firstprint.ranking.acceptance import FIXED, Acceptance
from firstprint.ranking.features import FEATURES
from firstprint.ranking.fitting import MIN_GRADED, GradedQuery
from firstprint.retrieval.decided import text_key
from firstprint.retrieval.memory import Confirmed

KINDS = ("Steel", "Aluminium", "Copper", "Cotton", "Timber", "Glass", "Paper", "Cement", "Nylon", "Rubber")
FORMS = ("sheet", "pipe", "granulate")
NAMES = tuple(f"{kind} {form}" for kind in KINDS for form in FORMS)
BLIND = FIXED._replace(weights=tuple(float(name == "not_rejected") for name in FEATURES))
"""An order that looks at nothing; whatever it learns is better."""


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> small.Opened:
    return small.opened(tmp_path_factory.mktemp("index"), NAMES)


@pytest.fixture
def made(tmp_path: Path, parts: small.Opened) -> Assistant:
    return small.assistant_in(tmp_path / "home", parts, adapter="off")


@pytest.fixture
def ship(monkeypatch: pytest.MonkeyPatch):
    """Makes a ranker the shipped one."""

    def shipped(model: Acceptance) -> Acceptance:
        monkeypatch.setattr(learning, "shipped_ranker", lambda: model)
        return model

    return shipped


def decisions(parts: small.Opened, count: int = 30, text: str = "PO 4711 {} per quotation") -> list[Confirmed]:
    texts = [text.format(name.lower()) for name in NAMES[:count]]
    vectors = parts.encoder.encode(texts)
    return [
        Confirmed(one, vector, row, "Ana", "2026-01-01", row + 1)
        for row, (one, vector) in enumerate(zip(texts, vectors, strict=True))
    ]


def test_an_order_that_decisions_improve_is_learned(made: Assistant, parts: small.Opened, ship) -> None:
    shipped = ship(BLIND)
    learned = learn_from(made, decisions(parts))
    assert learned.adopted
    assert learned.decisions == 30
    assert learned.before is not None
    assert learned.after is not None
    assert learned.before < learned.after <= 1.0
    assert "30 decided texts" in learned.why
    assert learned.model.weights != shipped.weights
    assert learned.model._replace(weights=shipped.weights) == shipped  # the probability is recalibration's


def ordered(query: GradedQuery) -> np.ndarray:
    return FIXED.scores(query.features)


def test_an_order_that_has_nothing_to_gain_stays(made: Assistant, parts: small.Opened, ship) -> None:
    shipped = ship(FIXED)
    known = decisions(parts, text="{}")
    right = [query.group for query in graded_decisions(made, known) if query.relevant[np.argmax(ordered(query))]]
    assert len(right) >= MIN_GRADED
    learned = learn_from(made, [one for one in known if text_key(one.text) in right])
    assert learned.before == 1.0
    assert not learned.adopted
    assert learned.model is shipped
    assert "stays" in learned.why


def test_decisions_without_a_rule_are_not_learned(made: Assistant, parts: small.Opened, ship) -> None:
    """Datasets taken at random: what is learned of some says nothing of the others."""
    ship(FIXED)
    rows = np.random.default_rng(3).permutation(len(NAMES))
    at_random = [one._replace(row=int(row)) for one, row in zip(decisions(parts), rows, strict=True)]
    learned = learn_from(made, at_random)
    assert learned.before is not None
    assert learned.after is not None
    assert learned.after <= learned.before + 0.2
    assert learned.adopted == (learned.after > learned.before)


def test_too_few_decisions_leave_the_shipped_ranker(made: Assistant, parts: small.Opened, ship) -> None:
    shipped = ship(BLIND)
    few = decisions(parts, MIN_GRADED - 1)
    learned = learn_from(made, few)
    assert learned == (shipped, False, learned.why, MIN_GRADED - 1, None, None)
    assert f"at least {MIN_GRADED}" in learned.why
    assert learn_from(made, [*few, *few]).decisions == MIN_GRADED - 1  # one text counts once
    assert learn_from(made, []).decisions == 0


def test_each_text_is_asked_without_its_own_decision(made: Assistant, parts: small.Opened) -> None:
    known = decisions(parts)
    steps: list[tuple[str, int, int]] = []
    graded = graded_decisions(made, known, lambda *step: steps.append(step))
    assert len(graded) == len(known)
    assert steps[-1] == ("decisions", 30, 30)
    memory = FEATURES.index("memory")
    for query in graded:
        assert query.relevant.sum() == 1
        assert query.features[:, memory].max() < 0.98
    assert max(query.features[:, memory].max() for query in graded) > 0.2  # others' decisions are known


def test_a_text_taken_for_two_datasets_has_two_right_ones(made: Assistant, parts: small.Opened) -> None:
    first, *rest = decisions(parts)
    other = first._replace(text=first.text.upper(), row=5)
    graded = {query.group: query for query in graded_decisions(made, [first, other, *rest])}
    assert len(graded) == 30
    both = graded[text_key(first.text)]
    assert both.relevant.sum() == 2
    assert np.array_equal(both.relevant, both.acceptable)


def test_the_same_decisions_teach_the_same_whatever_their_order(made: Assistant, parts: small.Opened, ship) -> None:
    ship(BLIND)
    known = decisions(parts)
    one, turned = learn_from(made, known), learn_from(made, known[::-1])
    assert turned.model.weights == pytest.approx(one.model.weights, abs=1e-3)
    assert turned.adopted == one.adopted


def test_confirmations_of_the_database_are_what_is_learned_from(made: Assistant) -> None:
    assert confirmed_in(made) == []
    kept = small.confirmed(made, "cold rolled coil", "d0")
    small.rejected(made, "wire rod")
    assert [(one.text, one.row, one.by) for one in confirmed_in(made)] == [("cold rolled coil", 0, "Ana")]
    small.withdrawn(made, kept)
    assert confirmed_in(made) == []
    lone = Assistant(made.settings, made.index, made.encoder, made.ranker, None)
    assert confirmed_in(lone) == []
