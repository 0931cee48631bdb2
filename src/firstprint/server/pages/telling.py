"""A rationale cut into pieces, so that the datasets it names lead to their pages and to their sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from firstprint.domain.proposal import Candidate, Proposal


class Piece(NamedTuple):
    """A stretch of the text; with ``dataset_id`` where it names a dataset, and the number of its source (0: none)."""

    text: str
    dataset_id: str = ""
    source: int = 0


class Source(NamedTuple):
    """Where a value was published."""

    text: str
    url: str = ""
    dataset_id: str = ""


class Told(NamedTuple):
    """A rationale as a page shows it."""

    parts: tuple[Piece, ...]
    sources: tuple[Source, ...]


class _Found(NamedTuple):
    start: int
    stop: int
    one: Candidate


def told_of(proposal: Proposal) -> Told:
    """The rationale with its first mention of each dataset linked, and its sources with theirs."""
    by_citation = {one.citation: one for one in reversed(proposal.candidates)}
    sources = []
    for text in proposal.rationale.citations:
        one = by_citation.get(text)
        sources.append(Source(text) if one is None else Source(text, one.url, one.dataset_id))
    numbers = {text: number for number, text in enumerate(proposal.rationale.citations, start=1)}
    return Told(tuple(_pieces(proposal, numbers)), tuple(sources))


def _pieces(proposal: Proposal, numbers: dict[str, int]) -> Iterator[Piece]:
    text, at = proposal.rationale.text, 0
    for found in sorted(_mentions(proposal), key=lambda one: (one.start, -one.stop)):
        if found.start < at:
            continue
        if found.start > at:
            yield Piece(text[at : found.start])
        yield Piece(text[found.start : found.stop], found.one.dataset_id, numbers.get(found.one.citation, 0))
        at = found.stop
    if at < len(text):
        yield Piece(text[at:])


def _mentions(proposal: Proposal) -> Iterator[_Found]:
    """Where each candidate's name stands in quotation marks for the first time."""
    taken: set[int] = set()
    for one in proposal.candidates:
        for name in (one.name, one.name_zh):
            start = proposal.rationale.text.find(f"“{name}”") if name else -1
            if start >= 0 and start not in taken:
                taken.add(start)
                yield _Found(start, start + len(name) + 2, one)
                break
