"""Two reviewers: the second is told what changed; and where two must agree, one alone decides nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from saved_proposals import make_proposal

from firstprint import review
from firstprint.catalogue.table import Catalogue, write_table
from firstprint.domain.dataset import Dataset
from firstprint.domain.decision import first_opinions
from firstprint.domain.kept import QueueFilter
from firstprint.domain.proposal import Estimate
from firstprint.errors import ConflictError, InputError
from firstprint.review import Rules
from firstprint.store.opening import open_store
from firstprint.store.proposals import ProposalStore

SMALL, LARGE = 0.1, 250.0
TWO = Rules(four_eyes_above_kg=100.0)


def sized(number: int, kg: float):
    estimate = Estimate(kg_co2e=kg, low=kg / 2, high=kg * 2, coverage=0.9, basis="combined")
    return make_proposal(number, estimate=estimate)


@pytest.fixture
def store(store_url: str) -> Iterator[ProposalStore]:
    with open_store(store_url) as opened:
        opened.save(sized(0, SMALL))
        opened.save(sized(1, LARGE))
        yield opened


def state(store: ProposalStore, proposal_id: str = "p-0001") -> tuple[str, bool, list[str]]:
    """Status, whether the lists say that it waits, and who gave the opinions that wait."""
    kept = store.kept(proposal_id)
    waits = {one.id: one.awaits_second for one in store.queue.page().items}[proposal_id]
    assert store.audit.verify().whole
    return kept.proposal.status, waits, [one.by for one in first_opinions(kept.decisions)]


def test_the_second_of_two_reviewers_is_told_what_changed(store: ProposalStore):
    seen = store.kept("p-0000").version
    review.confirm(store, "p-0000", by="Ana", reason="bottle grade", expected_version=seen)
    with pytest.raises(ConflictError) as caught:
        review.reject(store, "p-0000", by="Ben", reason="film", expected_version=seen)
    assert caught.value.code == "proposal_conflict"
    assert "version 1, now 2" in caught.value.message
    (change,) = caught.value.changes
    assert change.startswith("confirmed (dataset 'ademe:1') by 'Ana' at 20")
    assert change.endswith(": bottle grade")
    assert "review show p-0000" in caught.value.hint
    assert [one.by for one in store.decisions.of_proposal("p-0000")] == ["Ana"]


def test_every_change_since_is_told_and_nothing_older(store: ProposalStore):
    review.confirm(store, "p-0000", by="Ana")
    seen = store.kept("p-0000").version
    review.withdraw(store, "p-0000", by="Ana", reason="wrong", expected_version=seen)
    review.reject(store, "p-0000", by="Chen", reason="film", every=True)
    with pytest.raises(ConflictError) as caught:
        review.confirm(store, "p-0000", by="Ben", expected_version=seen)
    assert [change.split(" ")[0] for change in caught.value.changes] == ["withdrawn", "rejected", "rejected"]
    with pytest.raises(ConflictError):
        review.withdraw(store, "p-0000", by="Ben", reason="r", expected_version=seen)


def test_a_superseded_proposal_names_the_one_in_its_place(store: ProposalStore):
    review.confirm(store, "p-0000", by="Ana")
    seen = store.kept("p-0000").version
    store.supersede("p-0000", make_proposal(7))
    with pytest.raises(ConflictError, match="superseded by the proposal 'p-0007'"):
        review.withdraw(store, "p-0000", by="Ben", reason="r", expected_version=seen)


def test_without_a_version_a_decided_proposal_names_who_decided(store: ProposalStore):
    review.confirm(store, "p-0000", by="Ana")
    with pytest.raises(ConflictError, match="was confirmed by 'Ana'") as caught:
        review.confirm(store, "p-0000", by="Ben")
    assert caught.value.code == "proposal_decided"


def test_a_small_footprint_needs_one_person(store: ProposalStore):
    assert not review.confirm(store, "p-0000", by="Ana", rules=TWO).awaits_second
    assert state(store, "p-0000") == ("confirmed", False, [])


def test_a_first_opinion_waits_and_counts_nowhere(store: ProposalStore):
    opinion = review.confirm(store, "p-0001", by="Ana", rules=TWO)
    assert opinion.awaits_second
    assert state(store) == ("proposed", True, ["Ana"])
    assert store.decisions.standing() == ()
    assert [one.id for one in store.queue.page(QueueFilter(awaits_second=True)).items] == ["p-0001"]


@pytest.mark.parametrize("name", ["Ana", "ana", " ＡＮＡ "])
def test_nobody_is_their_own_second(store: ProposalStore, name: str):
    review.confirm(store, "p-0001", by="Ana", rules=TWO)
    with pytest.raises(InputError, match="'Ana' gave the first opinion") as caught:
        review.confirm(store, "p-0001", by=name, rules=TWO)
    assert caught.value.code == "second_reviewer_needed"
    assert state(store) == ("proposed", True, ["Ana"])


def test_a_second_person_who_agrees_decides(store: ProposalStore):
    first = review.confirm(store, "p-0001", by="Ana", rules=TWO)
    second = review.confirm(store, "p-0001", by="Ben", rules=TWO)
    assert (second.awaits_second, second.seconds) == (False, first.id)
    assert state(store) == ("confirmed", False, [])
    assert store.decisions.standing() == (second,)


def test_two_who_disagree_wait_for_a_third_or_for_one_to_give_way(store: ProposalStore):
    review.confirm(store, "p-0001", by="Ana", rules=TWO)
    other = review.reject(store, "p-0001", by="Ben", reason="film", rules=TWO)
    assert [one.awaits_second for one in other] == [True]
    assert state(store) == ("proposed", True, ["Ana", "Ben"])
    third = review.reject(store, "p-0001", by="Chen", reason="not bottle grade", rules=TWO)
    assert third[0].seconds == other[0].id
    assert state(store) == ("rejected", False, [])


def test_one_gives_way_to_the_other(store: ProposalStore):
    review.confirm(store, "p-0001", by="Ana", rules=TWO)
    other = review.confirm(store, "p-0001", by="Ben", candidate=2, rules=TWO)
    assert other.awaits_second  # another dataset is no agreement
    mine = next(one for one in first_opinions(store.decisions.of_proposal("p-0001")) if one.by == "Ana")
    review.withdraw(store, mine.id, by="Ana", reason="Ben is right")
    assert state(store) == ("proposed", True, ["Ben"])
    assert review.confirm(store, "p-0001", by="Ana", candidate=2, rules=TWO).seconds == other.id
    assert state(store) == ("confirmed", False, [])


def test_every_candidate_is_rejected_by_two(store: ProposalStore):
    review.reject(store, "p-0001", by="Ana", reason="r", every=True, rules=TWO)
    one_of_them = review.reject(store, "p-0001", by="Ben", reason="r", rules=TWO)
    assert one_of_them[0].awaits_second
    both = review.reject(store, "p-0001", by="Chen", reason="r", every=True, rules=TWO)
    assert len({one.seconds for one in both}) == 2
    assert state(store) == ("rejected", False, [])


def test_taking_the_decision_back_leaves_the_first_opinion(store: ProposalStore):
    review.confirm(store, "p-0001", by="Ana", rules=TWO)
    second = review.confirm(store, "p-0001", by="Ben", rules=TWO)
    (gone,) = review.withdraw(store, "p-0001", by="Ben", reason="wrong mass")
    assert gone.refers_to == second.id
    assert state(store) == ("proposed", True, ["Ana"])
    review.withdraw(store, "p-0001", by="Ana", reason="wrong mass")
    assert state(store) == ("proposed", False, [])


def test_the_dataset_taken_counts_too(store: ProposalStore, tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("catalogue") / "catalogue.arrow"
    heavy = Dataset("heavy", "Heavy thing", "piece", 5000.0, "cradle_to_gate", "process", "s")
    write_table([heavy], path)
    catalogue = Catalogue(path, "0" * 64)
    decision = review.override(store, catalogue, "p-0000", "heavy", by="Ana", reason="r", rules=TWO)
    assert decision.awaits_second
    assert decision.dataset is not None
    assert decision.dataset.kg_co2e == 5000.0


def test_a_rule_that_was_lifted_lets_one_person_decide(store: ProposalStore):
    review.confirm(store, "p-0001", by="Ana", rules=TWO)
    assert not review.reject(store, "p-0001", by="Ben", reason="r")[0].awaits_second
    assert state(store) == ("rejected", False, [])
