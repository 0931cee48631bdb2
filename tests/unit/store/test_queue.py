"""Lists: what matters first, every filter, and pages that follow each other whatever happens meanwhile."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from saved_proposals import START, make_decision, make_proposal

from firstprint import bulk_review
from firstprint.domain.kept import QueueFilter
from firstprint.domain.proposal import Estimate, Flag
from firstprint.errors import InputError
from firstprint.review import Rules
from firstprint.store.facets import importance
from firstprint.store.opening import open_store
from firstprint.store.proposals import ProposalStore


def proposal(number: int, kg: float | None = 1.0, factor: float = 2.0, probability: float = 0.9, **changes: object):
    """A proposal whose interval is ``factor`` above and below its footprint."""
    estimate = (
        None if kg is None else Estimate(kg_co2e=kg, low=kg / factor, high=kg * factor, coverage=0.9, basis="combined")
    )
    made = make_proposal(number, estimate=estimate, **changes)
    first = made.candidates[0].model_copy(update={"acceptance_probability": probability})
    return made.model_copy(update={"candidates": (first, *made.candidates[1:])})


@pytest.fixture
def store(store_url: str) -> Iterator[ProposalStore]:
    with open_store(store_url) as opened:
        yield opened


def ids(store: ProposalStore, wanted: QueueFilter | None = None, **options: object) -> list[str]:
    page = store.queue.page(wanted, **options)  # type: ignore[arg-type]
    if "limit" not in options:
        assert store.queue.count(wanted) == len(page.items)
    return [one.id for one in page.items]


def test_importance_is_contribution_times_doubt():
    def of(kg: float, low: float, high: float) -> float:
        return importance({"kg_co2e": kg, "low": low, "high": high})

    assert of(100.0, 50.0, 200.0) == pytest.approx(100.0 * math.log(4.0))
    assert of(-100.0, -200.0, -50.0) == pytest.approx(150.0)  # a credit: plain width, 1.5 times the value
    assert of(0.0, 0.0, 0.0) == 0.0
    assert importance(None) == 0.0
    assert of(1 / 3, 5e-324, 1.7976931348623157e308) == pytest.approx(1 / 3 * 1454.2, rel=1e-3)
    assert of(1e308, 1e-308, 1e308) == 1e300


def test_what_matters_is_first_and_no_number_last(store: ProposalStore):
    store.save(proposal(1, kg=10.0, factor=1.1))  # large and sure: 10 · ln 1.21 = 1.9
    store.save(proposal(2, kg=2.0, factor=3.0))  # small and unsure: 2 · ln 9 = 4.4
    store.save(proposal(3, kg=None))
    store.save(proposal(4, kg=100.0, factor=1.1))
    assert ids(store) == ["p-0004", "p-0002", "p-0001", "p-0003"]
    assert ids(store, order="newest") == ["p-0004", "p-0003", "p-0002", "p-0001"]
    assert ids(store, order="oldest") == ["p-0001", "p-0002", "p-0003", "p-0004"]
    first = store.queue.page(limit=1).items[0]
    assert (first.kg_co2e, first.version, first.status, first.dataset_id) == (100.0, 1, "proposed", "ademe:1")
    assert first.importance == pytest.approx(100.0 * 2 * math.log(1.1))
    assert first.flags == ("routes_disagree",)


def test_every_filter(store: ProposalStore):
    product = make_proposal().product
    store.save(proposal(1, probability=0.95, flags=()), owner="Ana")
    store.save(proposal(2, probability=0.5, flags=(Flag(code="wide_interval", message="m"),), decision="ambiguous"))
    store.save(proposal(3, product=product.model_copy(update={"description": "Steel 100% BOLT_A", "language": "en"})))
    store.decisions.append([make_decision(make_proposal(3))])
    asked = {
        "p-0001": [
            QueueFilter(owner="Ana"),
            QueueFilter(min_probability=0.91),
            QueueFilter(created_to=START + timedelta(minutes=2)),
        ],
        "p-0002": [
            QueueFilter(flag="wide_interval"),
            QueueFilter(max_probability=0.5),
            QueueFilter(decision="ambiguous"),
            QueueFilter(text="瓶", min_probability=0.4, max_probability=0.6),
            QueueFilter(created_from=START + timedelta(minutes=2), status="proposed"),
        ],
        "p-0003": [
            QueueFilter(status="confirmed"),
            QueueFilter(language="en"),
            QueueFilter(text="bolt_ steel"),
            QueueFilter(text="100%"),
        ],
    }
    for wanted, filters in asked.items():
        for each in filters:
            assert ids(store, each) == [wanted], each
    assert len(ids(store, QueueFilter(text="PET 切片"))) == 3  # the first candidate's Chinese name
    assert ids(store, QueueFilter(source="ADEME", status="rejected")) == []
    assert ids(store, QueueFilter(text="b%t")) == []
    assert ids(store, QueueFilter(flag="wide")) == []
    assert ids(store, QueueFilter(source="Ecoinvent")) == []


@pytest.mark.parametrize("order", ["importance", "newest", "oldest"])
def test_pages_follow_each_other_whatever_is_added_or_decided(store: ProposalStore, order: str):
    for number in range(25):
        store.save(proposal(number, kg=float(number // 3)))  # many equal
    whole = ids(store, order=order)
    seen: list[str] = []
    after = None
    while True:
        page = store.queue.page(order=order, limit=4, after=after)  # type: ignore[arg-type]
        seen += [one.id for one in page.items]
        if len(seen) == 8:
            store.save(proposal(900, kg=1000.0))
            store.decisions.append([make_decision(make_proposal(int(seen[-1][2:])))])
        after = page.following
        if after is None:
            break
    assert [one for one in seen if one != "p-0900"] == whole


def test_a_place_that_no_page_gave_is_refused(store: ProposalStore):
    for number in range(3):
        store.save(proposal(number))
    given = store.queue.page(limit=1).following
    assert given is not None
    for after in ("", "x", "💥", given[:-3], given + "AAAA", "W10", "A" * 10_000):
        with pytest.raises(InputError) as caught:
            store.queue.page(after=after)
        assert caught.value.code == "page_invalid"
    with pytest.raises(InputError):
        store.queue.page(after=given, order="newest")
    for limit in (0, -1, 1_001):
        with pytest.raises(InputError):
            store.queue.page(limit=limit)


def test_bulk_tells_the_expected_error_before_and_confirms_what_was_shown(store: ProposalStore):
    for number, probability in enumerate((0.95, 0.9, 0.85, 0.99)):
        store.save(proposal(number, probability=probability))
    store.save(proposal(10, kg=500.0, probability=0.99))
    store.save(proposal(11, probability=0.99, decision="no_match"))
    two = Rules(four_eyes_above_kg=100.0)
    made = bulk_review.plan(store, 0.9, rules=two)
    assert sorted(one.id for one in made.items) == ["p-0000", "p-0001", "p-0003"]
    assert made.expected_wrong == pytest.approx(0.05 + 0.10 + 0.01)
    assert made.expected_wrong_share == pytest.approx(0.16 / 3)
    assert (made.two_people, made.no_match, made.first_opinions) == (1, 1, 0)
    assert store.decisions.latest() == 0  # nothing was written
    store.decisions.append([make_decision(make_proposal(1), by="Ben", verdict="rejected")])
    done = bulk_review.carry_out(store, made, by="Ana", reason="above 0.9", rules=two)
    assert sorted(done.confirmed) == ["p-0000", "p-0003"]
    assert [(one.id, one.error) for one in done.faults] == [("p-0001", "proposal_conflict")]
    assert "rejected" in done.faults[0].message
    assert "'Ben'" in done.faults[0].message
    assert done.expected_wrong == pytest.approx(0.06)
    assert {one.reason for one in store.decisions.standing() if one.by == "Ana"} == {"above 0.9"}
    assert store.get("p-0002").status == "proposed"
    assert store.audit.verify().whole


def test_bulk_is_limited_filtered_and_checked(store: ProposalStore):
    for number in range(5):
        store.save(proposal(number, kg=float(number + 1)), owner="Ana" if number < 2 else "Ben")
    made = bulk_review.plan(store, 0.5, QueueFilter(owner="Ben", status="rejected"), limit=2)
    assert [one.id for one in made.items] == ["p-0004", "p-0003"]
    for bad in (-0.1, 1.1, math.nan):
        with pytest.raises(InputError) as caught:
            bulk_review.plan(store, bad)
        assert caught.value.code == "probability_invalid"
    with pytest.raises(InputError):
        bulk_review.plan(store, 0.5, limit=0)
    empty = bulk_review.plan(store, 1.0)
    assert (empty.items, empty.expected_wrong, empty.expected_wrong_share) == ((), 0.0, 0.0)


def test_what_postgresql_keeps_in_no_text_is_left_out_of_lists(store: ProposalStore):
    made = proposal(1)
    first = made.candidates[0].model_copy(update={"name": "PET\x00granulate", "source": "A\x00B"})
    made = made.model_copy(update={"candidates": (first,)})
    store.save(made)
    assert store.get("p-0001") == made
    assert ids(store, QueueFilter(text="pet granulate", source="A B")) == ["p-0001"]
    assert store.audit.verify().whole


def test_several_proposals_are_read_in_the_order_asked(store: ProposalStore):
    for number in range(3):
        store.save(make_proposal(number))
    assert [one.id for one in store.get_all(["p-0002", "gone", "p-0000"])] == ["p-0002", "p-0000"]
    assert store.get_all([]) == []
    assert datetime.fromisoformat(store.queue.page(limit=1).items[0].created).tzinfo == UTC
