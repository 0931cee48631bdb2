"""What lists of proposals are filtered and sorted by, taken from the record of each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

MAX_WORDS_CHARS = 2_000


class Facets(NamedTuple):
    """One proposal's facets.

    Attributes:
        importance: how much a person's look at this proposal may change, kg CO2e; see ``importance``.
        probability: acceptance probability of the first candidate; None without one.
        source: of the first candidate; None without one.
        decision: of the match: ``match``, ``ambiguous`` or ``no_match``.
        flags: their codes, each between two blanks, so that one can be found by itself.
        words: description, and name and id of the first candidate, in one case: what a search looks in.
    """

    importance: float
    probability: float | None
    source: str | None
    decision: str
    flags: str
    words: str


def facets_of(record: Mapping[str, Any]) -> Facets:
    """The facets of a proposal's record, read as plain JSON: a migration must read records of any age.

    Args:
        record: as ``Proposal`` writes it.
    """
    candidates = record.get("candidates") or []
    first = candidates[0] if candidates else {}
    product = record.get("product") or {}
    source = first.get("source")
    told = (product.get("description"), first.get("name"), first.get("name_zh"), first.get("dataset_id"))
    flags = [str(flag["code"]) for flag in record.get("flags") or []]
    return Facets(
        importance(record.get("estimate")),
        first.get("acceptance_probability"),
        None if source is None else str(source).replace("\x00", " "),
        str(record.get("decision") or "no_match"),
        f" {' '.join(flags)} " if flags else "",
        folded(" ".join(str(each) for each in told if each))[:MAX_WORDS_CHARS],
    )


def importance(estimate: Mapping[str, Any] | None) -> float:
    """What matters first: expected contribution × uncertainty, |kg CO2e| · ln(high/low); 0 without an estimate.

    The logarithm of the interval's width is the relative doubt of a lognormal, so the product is about the kilograms
    that are in doubt. Where an end is not above zero, the plain width relative to the value takes its place.
    Amounts bought are not known here: a proposal counts with its own declared unit.
    """
    if not estimate:
        return 0.0
    value, low, high = abs(float(estimate["kg_co2e"])), float(estimate["low"]), float(estimate["high"])
    if value == 0.0:
        return 0.0
    doubt = math.log(high) - math.log(low) if low > 0.0 < high else (high - low) / value
    found = value * doubt
    return found if math.isfinite(found) else 1e300


def folded(text: str) -> str:
    """``text`` in the one case that searches compare in, without NUL, which PostgreSQL keeps in no text."""
    return " ".join(text.replace("\x00", " ").casefold().split())
