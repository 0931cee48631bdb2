"""Checks names that stand under a label or beside a bracket with a year: “Dataset: …”, “… (UK, 2025)”."""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstprint.geography import find_geography
from firstprint.rationale.guard_words import CAPITALISED, FUNCTION_WORDS, NEVER_IN_NAMES, USUAL
from firstprint.rationale.reading import MASK, MASKED_TEXT, Reading

_LABELLED = re.compile(
    r"(?:^|\n)[\s•*-]*(?:proxy|match|matched|best match|dataset|data ?set used|candidate|first choice)\s*[:=|]\s*"
    r"[“\"]?(?P<name>[A-Z][^|\n;:(）（]{4,80})",
    re.IGNORECASE,
)
_BEFORE_A_YEAR = re.compile(
    r"(?:^|\n|[:•*]\s|\s-\s)(?P<name>[A-Z][a-z]+[\w ,-]{3,70}) \((?=[^()]*\b(?:19|20)\d\d\b)[^()]*\)"
)
_WITH_A_YEAR = re.compile(r"[(（](?P<name>[A-Z][a-z]+[^()（）\d]{3,70}),? (?:19|20)\d\d[)）]")


def check_labels(reading: Reading, known: str) -> Iterator[str]:
    """Names in such places most of whose words no fact has."""
    words = set(re.findall(r"[a-z0-9][a-z0-9-]+", known))
    for pattern in (_LABELLED, _BEFORE_A_YEAR, _WITH_A_YEAR):
        for match in pattern.finditer(reading.masked):
            name = match["name"]
            if MASK in name or MASKED_TEXT in name or find_geography(name) is not None:
                continue
            said = [word for word in re.findall(r"[a-z]{2,}", name.lower()) if word not in FUNCTION_WORDS]
            strange = [word for word in said if word not in words | USUAL | CAPITALISED]
            if not NEVER_IN_NAMES.intersection(said) and len(strange) * 2 >= len(said) > 1:
                yield f"The name {name.strip()!r} is not among the facts."
