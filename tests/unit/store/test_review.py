"""Who decides names themselves and a reason; what cannot be decided is one clear message and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from saved_proposals import make_proposal

from firstprint import review
from firstprint.catalogue.table import Catalogue, write_table
from firstprint.domain.dataset import Dataset
from firstprint.domain.decision import HumanDecision
from firstprint.errors import InputError
from firstprint.store.opening import open_store
from firstprint.store.proposals import ProposalStore

PROPOSAL = make_proposal()


@pytest.fixture
def store(store_url: str) -> Iterator[ProposalStore]:
    with open_store(store_url) as opened:
        opened.save(PROPOSAL)
        yield opened


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    path = tmp_path_factory.mktemp("catalogue") / "catalogue.arrow"
    rows = [("ademe:1", "cradle_to_gate"), ("ademe:20894", "cradle_to_gate"), ("cbam-7208", "cbam_default")]
    write_table([Dataset(one, f"Dataset {one}", "kg", 1.0, boundary, "process", "s") for one, boundary in rows], path)
    return Catalogue(path, "0" * 64)


def test_a_candidate_is_confirmed(store: ProposalStore):
    decision = review.confirm(store, "p-0", by=" Chen Li ")
    assert store.decisions.standing() == (decision,)
    assert (decision.verdict, decision.dataset_id, decision.by, decision.reason) == (
        "confirmed",
        "ademe:1",
        "Chen Li",
        "",
    )
    product = PROPOSAL.product
    assert (decision.text, decision.language, decision.unit, decision.geography) == (
        product.description, "zh", "piece", "CN",
    )  # fmt: skip
    assert store.get(PROPOSAL.id).status == "confirmed"


def test_another_rank_may_be_confirmed(store: ProposalStore):
    assert review.confirm(store, "p-0000", by="me", candidate=2).dataset_id == "second"


@pytest.mark.parametrize("rank", [0, 3, -1])
def test_a_rank_that_is_not_shown_is_refused(store: ProposalStore, rank: int):
    error = refused(store, lambda: review.confirm(store, "p-0000", by="me", candidate=rank))
    assert error.code == "candidate_unknown"
    assert "1 to 2" in error.message


def test_any_dataset_of_the_catalogue_may_be_taken_instead(store: ProposalStore, catalogue: Catalogue):
    decision = review.override(store, catalogue, "p-0000", "ademe:20894", by="me", reason="bottle grade")
    assert (decision.verdict, decision.dataset_id) == ("overridden", "ademe:20894")
    assert store.get(PROPOSAL.id).status == "overridden"


@pytest.mark.parametrize(
    ("dataset", "code", "told"),
    [
        ("ademe:20849", "dataset_unknown", "ademe:20894"),
        ("xyz", "dataset_unknown", "catalogue list"),
        ("cbam-7208", "dataset_not_proxy", "match"),
        ("ademe:1", "dataset_is_first", "confirm p-0000"),
    ],
)
def test_a_dataset_that_cannot_be_taken_is_refused(
    store: ProposalStore, catalogue: Catalogue, dataset: str, code: str, told: str
):
    error = refused(store, lambda: review.override(store, catalogue, "p-0000", dataset, by="me", reason="r"))
    assert error.code == code
    assert told in error.hint


def test_the_first_candidate_is_rejected_or_another_or_every_one(store: ProposalStore):
    for number in (1, 2, 3):
        store.save(make_proposal(number, candidates=() if number == 3 else PROPOSAL.candidates))
    assert [one.dataset_id for one in review.reject(store, "p-0000", by="me", reason="r")] == ["ademe:1"]
    assert [one.dataset_id for one in review.reject(store, "p-0001", by="me", reason="r", candidate=2)] == ["second"]
    every = review.reject(store, "p-0002", by="me", reason="r", every=True)
    assert [(one.dataset_id, one.sequence) for one in every] == [("ademe:1", 3), ("second", 4)]
    assert [one.dataset_id for one in review.reject(store, "p-0003", by="me", reason="r")] == [None]
    assert store.count("rejected") == 4


def test_a_proposal_is_withdrawn_with_all_that_stands_on_it(store: ProposalStore):
    every = review.reject(store, "p-0000", by="me", reason="r", every=True)
    gone = review.withdraw(store, "p-00", by="you", reason="they do fit")
    assert [one.refers_to for one in gone] == [one.id for one in every]
    assert {(one.by, one.reason, one.verdict) for one in gone} == {("you", "they do fit", "withdrawn")}
    assert store.decisions.standing() == ()
    assert store.get(PROPOSAL.id) == PROPOSAL
    error = refused(store, lambda: review.withdraw(store, "p-00", by="you", reason="again"))
    assert error.code == "decision_not_standing"


def test_one_decision_is_withdrawn_by_its_own_id(store: ProposalStore):
    first, second = review.reject(store, "p-0000", by="me", reason="r", every=True)
    (gone,) = review.withdraw(store, first.id[:12], by="me", reason="r")
    assert gone.refers_to == first.id
    assert store.decisions.standing() == (second,)
    error = refused(store, lambda: review.withdraw(store, first.id, by="me", reason="r"))
    assert first.id in error.message


def test_an_id_that_may_be_either_is_refused(store: ProposalStore):
    decision = review.confirm(store, "p-0000", by="me")
    store.save(make_proposal(5, id=decision.id[:4] + "-proposal"))
    error = refused(store, lambda: review.withdraw(store, decision.id[:4], by="me", reason="r"))
    assert error.code == "decision_ambiguous"


def test_who_decided_first_is_named(store: ProposalStore):
    review.confirm(store, "p-0000", by="Ana")
    error = refused(store, lambda: review.reject(store, "p-0000", by="Ben", reason="no"))
    assert error.code == "proposal_decided"
    assert "'Ana'" in error.message


@pytest.mark.parametrize(
    ("by", "reason", "code"),
    [
        ("", "r", "name_missing"),
        ("  ", "r", "name_missing"),
        ("x" * 101, "r", "name_too_long"),
        ("a\x1b[31mb", "r", "name_unprintable"),
        ("a\u202eb", "r", "name_unprintable"),
        ("me", "", "reason_missing"),
        ("me", " \t", "reason_missing"),
        ("me", "x" * 2001, "reason_too_long"),
        ("me", "two\nlines", "reason_unprintable"),
        ("me", "nul\x00", "reason_unprintable"),
        ("me", "\ud800", "reason_unprintable"),
    ],
)
def test_names_and_reasons_keep_their_rules(store: ProposalStore, by: str, reason: str, code: str):
    assert refused(store, lambda: review.reject(store, "p-0000", by=by, reason=reason)).code == code


def refused(store: ProposalStore, decide) -> InputError:
    before: tuple[HumanDecision, ...] = store.decisions.since(0)
    with pytest.raises(InputError) as caught:
        decide()
    assert store.decisions.since(0) == before
    return caught.value
