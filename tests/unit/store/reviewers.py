"""Reviewers as threads and as processes that may be killed; also used by ``evals/scripts/store_load.py``."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from saved_proposals import make_decision, make_proposal
from sqlalchemy import insert

from firstprint.errors import ConflictError
from firstprint.store.facets import facets_of
from firstprint.store.opening import open_store
from firstprint.store.proposals import ProposalStore, _row
from firstprint.store.tables import ProposalRow, QueueRow

_AT_ONCE = 1_000


class Tally(NamedTuple):
    """What reviewers were told.

    Attributes:
        kept: ids of their decisions that were accepted.
        conflicts: how many were refused because somebody else had decided.
    """

    kept: list[str]
    conflicts: int


def fill(store: ProposalStore, how_many: int, first: int = 0) -> None:
    """Saves many proposals quickly: ids, times, footprints, probabilities and languages differ."""
    for start in range(first, first + how_many, _AT_ONCE):
        rows = [_row(numbered(number)) for number in range(start, min(start + _AT_ONCE, first + how_many))]
        names = [column.name for column in ProposalRow.__table__.columns if column.name not in {"version"}]
        queue = [
            {
                **{name: getattr(row, name) for name in ("id", "status", "language", "created")},
                **facets_of(json.loads(row.record))._asdict(),
                "owner": f"r{int(row.id[2:]) % 7}",
            }
            for row in rows
        ]
        with store._database.writing() as session:
            session.execute(insert(ProposalRow), [{name: getattr(row, name) for name in names} for row in rows])
            session.execute(insert(QueueRow), queue)


def numbered(number: int):
    """One of many proposals, unlike the others."""
    made = make_proposal(number)
    kg = 0.01 * (1 + (number * 7919) % 100_003)
    estimate = made.estimate.model_copy(
        update={"kg_co2e": kg, "low": kg / (1.2 + number % 5), "high": kg * (1.3 + number % 7)}
    )
    first = made.candidates[0].model_copy(update={"acceptance_probability": (number * 31 % 1000) / 1000})
    words = ("瓶", "steel bolt", "cotton shirt", "铝板", "paper box")[number % 5]
    product = made.product.model_copy(
        update={"description": f"{words} No. {number}", "language": ("zh", "en", "en", "zh", "de")[number % 5]}
    )
    return made.model_copy(
        update={"estimate": estimate, "product": product, "candidates": (first, *made.candidates[1:])}
    )


def decide(store: ProposalStore, by: str, numbers: Sequence[int]) -> Tally:
    """One reviewer confirms proposals one after another, as seen at version 1."""
    kept: list[str] = []
    conflicts = 0
    for number in numbers:
        decision = make_decision(make_proposal(number), id=str(uuid.uuid4()), by=by)
        try:
            kept += [one.id for one in store.decisions.append([decision], expected_version=1)]
        except ConflictError:
            conflicts += 1
    return Tally(kept, conflicts)


def shared_work(reviewers: int, each: int) -> list[list[int]]:
    """``each`` proposals a reviewer, so that two of them try every one: ``reviewers · each / 2`` in all."""
    proposals = reviewers * each // 2
    return [[(number * each + n) % proposals for n in range(each)] for number in range(reviewers)]


def decide_in_threads(url: str, names: Sequence[str], work: Sequence[Sequence[int]]) -> Tally:
    """Several reviewers at once in one process, as in a server."""
    with open_store(url) as store, ThreadPoolExecutor(len(names)) as pool:
        told = list(pool.map(lambda pair: decide(store, *pair), zip(names, work, strict=True)))
    return Tally([one for each in told for one in each.kept], sum(each.conflicts for each in told))


def decide_until_killed(url: str, first: int, last: int, told: object) -> None:
    """Decides as fast as it can, and says the id of each decision once it was accepted."""
    with open_store(url) as store:
        for number in range(first, last):
            proposal = make_proposal(number)
            (kept,) = store.decisions.append([make_decision(proposal, id=f"d-{number}")], expected_version=1)
            told.send_bytes(kept.id.encode())  # type: ignore[attr-defined]
