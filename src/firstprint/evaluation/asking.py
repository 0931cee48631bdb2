"""From a suite's query to a request, and what all runs do before they ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from firstprint.intake import RawRequest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.assistant import Assistant
    from firstprint.evaluation.records import Query, Suite


def request_of(query: Query) -> RawRequest:
    """The request a user would make for a query."""
    return RawRequest(
        query.text,
        amount=query.amount,
        unit=query.unit,
        mass_kg=query.mass_kg,
        geography=query.geography,
        category=query.category,
    )


def encode_ahead(assistant: Assistant, queries: Sequence[Query]) -> None:
    """Encodes all texts that the queries will ask with, together: many at once are several times faster than one."""
    texts = dict.fromkeys(text for query in queries for text in assistant.texts(request_of(query)))
    assistant.encoder.encode(list(texts))


def groups_of(suite: Suite) -> NDArray[np.str_]:
    """The group of each query, shape (n,)."""
    return np.array([query.group for query in suite.queries], dtype=np.str_)
