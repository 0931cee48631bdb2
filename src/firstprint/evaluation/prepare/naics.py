"""What the suites over NAICS sectors share: texts asked once, votes on a code, and codes as dataset ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from firstprint.errors import InputError
from firstprint.language import clean_description

CODE_DIGITS = 6


class Verdict(NamedTuple):
    """Right dataset ids, and further ones that somebody accepted."""

    relevant: tuple[str, ...]
    acceptable: tuple[str, ...]


def is_code(text: str) -> bool:
    """True for a NAICS code of an industry: six digits."""
    return len(text) == CODE_DIGITS and text.isascii() and text.isdigit()


def dataset_id(code: str) -> str:
    """The id of a sector's dataset."""
    return f"naics-{code}"


def usable_text(text: str) -> str | None:
    """The text as published but for its runs of blanks, or None where there is nothing in it to match."""
    try:
        clean_description(text)
    except InputError:
        return None
    return " ".join(text.split())


def verdict(votes: Counter[str], further: Iterable[str] = ()) -> Verdict:
    """The codes with most votes are right, all of them where they tie; the others and ``further`` acceptable."""
    most = max(votes.values(), default=0)
    right = {code for code, count in votes.items() if count == most}
    other = (set(votes) | set(further)) - right
    return Verdict(tuple(map(dataset_id, sorted(right))), tuple(map(dataset_id, sorted(other))))
