"""A workspace of a few made-up datasets over the real encoder and a real faiss index; nothing in it was learned."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from firstprint import review
from firstprint.assistant import Assistant
from firstprint.domain.dataset import Dataset
from firstprint.domain.proposal import Proposal
from firstprint.domain.steps import Encoder
from firstprint.embedding.opening import open_encoder
from firstprint.ranking.acceptance import FIXED, QUERY_FEATURES, Acceptance, Logistic
from firstprint.remembering import LiveMemory
from firstprint.retrieval.index_folder import IndexSource, OpenIndex, build_index, open_index
from firstprint.settings import load_settings
from firstprint.store.opening import open_store

NAMES = ("Steel, hot rolled", "Aluminium ingot", "Cotton fabric", "Diesel, burned in truck", "Tap water", "Brass, cast")

_SIZE = len(QUERY_FEATURES)
CURVED = FIXED._replace(first=Logistic((0.0,) * _SIZE, (1.0,) * _SIZE, (0.0,) * _SIZE, 0.5))
"""The fixed order with a probability that can be bent: log odds of 0.5 for every first candidate."""


class Opened(NamedTuple):
    """An index with the encoder it was built with."""

    index: OpenIndex
    encoder: Encoder


def opened(folder: Path, names: tuple[str, ...] = NAMES) -> Opened:
    """An index over datasets ``d0``, ``d1``, … of these names, made in ``folder``."""
    encoder = open_encoder()
    datasets = [
        Dataset(f"d{n}", name, "kg", 1.0 + n, "cradle_to_gate", "process", "made-up") for n, name in enumerate(names)
    ]
    made = build_index(folder, IndexSource(datasets, "0" * 64, None, "0" * 64, encoder, "test"))
    return Opened(open_index(made, made.name), encoder)


def assistant_in(home: Path, parts: Opened, ranker: Acceptance = CURVED, **settings: object) -> Assistant:
    """An assistant whose decisions live in a database inside ``home``."""
    chosen = load_settings(home).model_copy(update=settings)
    memory = LiveMemory(chosen.resolved_database_url, parts.index.catalogue, parts.encoder)
    return Assistant(chosen, parts.index, parts.encoder, ranker, None, memory)


def keep(assistant: Assistant, *proposals: Proposal) -> None:
    """Saves proposals in the assistant's database."""
    with open_store(assistant.settings.resolved_database_url) as store:
        for one in proposals:
            store.save(one)


def confirmed(assistant: Assistant, text: str, dataset_id: str, by: str = "Ana") -> str:
    """A person takes a dataset for a text, of whatever rank; the proposal's id."""
    proposal = assistant.estimate(text, unit="kg", save=True, top=50)
    rank = next(one.rank for one in proposal.candidates if one.dataset_id == dataset_id)
    with open_store(assistant.settings.resolved_database_url) as store:
        review.confirm(store, proposal.id, by=by, candidate=rank)
    return proposal.id


def rejected(assistant: Assistant, text: str, by: str = "Ben") -> str:
    """A person turns the first candidate down; the proposal's id."""
    proposal = assistant.estimate(text, unit="kg", save=True)
    with open_store(assistant.settings.resolved_database_url) as store:
        review.reject(store, proposal.id, by=by, reason="it is another thing")
    return proposal.id


def withdrawn(assistant: Assistant, proposal_id: str, by: str = "Cem") -> None:
    """A person takes all decisions on a proposal back."""
    with open_store(assistant.settings.resolved_database_url) as store:
        review.withdraw(store, proposal_id, by=by, reason="it was a mistake")
