"""Leakage guards: queries whose answer was already seen in training data or stands in the catalogue."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from firstprint.errors import UnitError
from firstprint.evaluation.records import Query, Suite, Warned
from firstprint.units import convert_amount

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstprint.catalogue.table import Catalogue
    from firstprint.evaluation.folds import Fold
    from firstprint.evaluation.reference_leaks import ReferenceLeaks

SAME_VALUE: Final = 0.005
"""A reference is a dataset's own value when the two differ by at most this share of it."""
MIN_DIGITS: Final = 5
"""References with fewer significant digits are equal by chance too often to tell anything."""
_NO_WORD: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Leaks:
    """What each query's answer may have been taken from; arrays are bool (n,), in the order of the queries.

    Attributes:
        text_in_training: the same text is learned from while the query is asked.
        reference_in_training: the same reference, amount and unit is; only references of ``MIN_DIGITS`` or more
            significant digits are looked at.
        text_in_annotations: the same text is among those the ranker was trained on.
        text_in_catalogue: the text is a name of a dataset.
        reference_in_catalogue: the reference is the value of a dataset of that name, or of one held out.
        masked: dataset ids that each query must not see, sorted; in ``cross-fit`` those of its whole fold.
        warnings: what a reader must know, one a kind of leak that was found.
        text_in_references: the surrogate in use was trained on an imported reference of the same text.
        value_in_references: the same of the value alone, where it has ``MIN_DIGITS`` or more significant digits.
    """

    text_in_training: NDArray[np.bool_]
    reference_in_training: NDArray[np.bool_]
    text_in_annotations: NDArray[np.bool_]
    text_in_catalogue: NDArray[np.bool_]
    reference_in_catalogue: NDArray[np.bool_]
    masked: tuple[tuple[str, ...], ...]
    warnings: tuple[Warned, ...]
    text_in_references: NDArray[np.bool_]
    value_in_references: NDArray[np.bool_]


def find_leaks(
    suite: Suite,
    folds: Sequence[Fold],
    catalogue: Catalogue | None,
    known_texts: Collection[str],
    imported: ReferenceLeaks | None = None,
) -> Leaks:
    """Looks every query up in what is learned from while it is asked, and in the catalogue.

    Args:
        suite: the queries.
        folds: as asked and learned from; empty for ``zero-shot``.
        catalogue: the one the suite is asked against, or None.
        known_texts: texts the shipped ranker was trained on, as written.
        imported: queries that stand among the imported references of the surrogate in use; None where it has none.
    """
    queries = suite.queries
    keys = [text_key(query.text) for query in queries]
    known = {text_key(text) for text in known_texts} - {""}
    own = [_NOTHING] * len(queries) if catalogue is None else _in_catalogue(suite, keys, catalogue)
    held = [{*query.held_out, *each.same_value} for query, each in zip(queries, own, strict=True)]
    alike = _alike_groups([query.group for query in queries])
    training = _in_training(keys, folds)
    references = _in_training([_reference_key(query) for query in queries], folds)
    leaks = Leaks(
        text_in_training=training,
        reference_in_training=references & ~training,
        text_in_annotations=np.array([key in known for key in keys], dtype=np.bool_),
        text_in_catalogue=np.array([each.named for each in own], dtype=np.bool_),
        reference_in_catalogue=np.array([bool(each.same_value) for each in own], dtype=np.bool_),
        masked=_masked(held, folds if suite.protocol == "cross-fit" else ()),
        warnings=(),
        text_in_references=np.zeros(len(queries), dtype=np.bool_) if imported is None else imported.text,
        value_in_references=np.zeros(len(queries), dtype=np.bool_) if imported is None else imported.value,
    )
    return _with_warnings(leaks, suite, alike)


def text_key(text: str) -> str:
    """What two spellings of the same text share: width, case, punctuation and white space do not count."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _NO_WORD.sub(" ", plain).strip()


class _Own(NamedTuple):
    """What the catalogue has of one query: its name, and ids of datasets with its very value."""

    named: bool
    same_value: tuple[str, ...]


_NOTHING: Final = _Own(named=False, same_value=())


def _in_catalogue(suite: Suite, keys: Sequence[str], catalogue: Catalogue) -> list[_Own]:
    wanted = set(keys) - {""}
    named: dict[str, list[int]] = defaultdict(list)
    for row, names in enumerate(_names(catalogue)):
        for key in {text_key(name) for name in names} & wanted:
            named[key].append(row)
    ids, units = catalogue.column("dataset_id"), catalogue.column("unit")
    values = catalogue.gwp100_kg_co2e
    found = []
    for query, key in zip(suite.queries, keys, strict=True):
        rows = named.get(key, [])
        held_out = (catalogue.find(each) for each in query.held_out)
        compared = dict.fromkeys((*rows, *(row for row in held_out if row is not None)))
        same = [row for row in compared if _is_value(query, float(values[row]), units[row])]
        found.append(_Own(bool(rows), tuple(ids[row] for row in same) if suite.task == "estimate" else ()))
    return found


def _names(catalogue: Catalogue) -> Iterator[list[str]]:
    """Every name of each dataset in every language, in row order."""
    columns = (catalogue.column(name) for name in ("name", "name_zh", "synonyms", "attributes"))
    for name, chinese, synonyms, attributes in zip(*columns, strict=True):
        yield [name or "", chinese or "", *(synonyms or "").split("|"), *_further_names(attributes or "")]


def _further_names(attributes: str) -> Iterator[str]:
    if '"name_' in attributes:  # most have none, and parsing 10,000 texts takes longer than all the rest
        table: Mapping[str, str] = json.loads(attributes)
        yield from (text for key, text in table.items() if key.startswith("name_"))


def _is_value(query: Query, value: float, unit: str) -> bool:
    """True where the reference is what the dataset's value makes of the declared amount."""
    reference = query.reference_kg_co2e
    if reference is None or not np.isfinite(value):
        return False
    try:
        amount = convert_amount(query.amount, query.unit or "piece", unit, mass_kg=query.mass_kg)
    except UnitError:  # the dataset's unit is one firstprint does not know: it does not compare
        return False
    return amount is not None and abs(amount.amount * value - reference) <= SAME_VALUE * reference


def _in_training(keys: Sequence[str], folds: Sequence[Fold]) -> NDArray[np.bool_]:
    """Which keys are learned from while they are asked; an empty key is like no other."""
    found = np.zeros(len(keys), dtype=np.bool_)
    if not folds:
        return found
    names, number = np.unique(np.array(keys, dtype=np.object_), return_inverse=True)
    for fold in folds:
        learned = np.zeros(len(names), dtype=np.bool_)
        learned[number[fold.learned]] = True
        found[fold.asked] |= learned[number[fold.asked]]
    found[[not key for key in keys]] = False
    return found


def _reference_key(query: Query) -> str:
    """Amount, unit and reference of a reference too exact to be met by chance; empty for others."""
    reference = query.reference_kg_co2e
    if reference is None or significant_digits(reference) < MIN_DIGITS:
        return ""
    return f"{query.amount!r} {query.unit or 'piece'} {reference!r}"


def significant_digits(value: float) -> int:
    """Significant digits of the shortest text that reads back as ``value``."""
    return len(f"{value!r}".split("e")[0].replace(".", "").strip("0"))


def _masked(held: Sequence[Collection[str]], folds: Sequence[Fold]) -> tuple[tuple[str, ...], ...]:
    """The ids each query must not see; one model serves a fold, so its queries share what is hidden."""
    masked = [tuple(sorted(ids)) for ids in held]
    for fold in folds:
        together = tuple(sorted(set().union(*(held[row] for row in fold.asked))))
        for row in fold.asked:
            masked[row] = together
    return tuple(masked)


def _alike_groups(groups: Sequence[str]) -> int:
    """Rows of groups that differ from another one in case, punctuation or white space alone."""
    spellings: dict[str, set[str]] = defaultdict(set)
    for group in groups:
        spellings[text_key(group) or group].add(group)
    return sum(len(spellings[text_key(group) or group]) > 1 for group in groups)


def _with_warnings(leaks: Leaks, suite: Suite, alike: int) -> Leaks:
    counted = {
        "leaky_split": len(suite.queries) if suite.leaky else 0,
        "groups_alike": alike if suite.protocol != "zero-shot" else 0,
        "text_in_training": int(leaks.text_in_training.sum()),
        "reference_in_training": int(leaks.reference_in_training.sum()),
        "text_in_annotations": int(leaks.text_in_annotations.sum()),
        "text_in_catalogue": int(leaks.text_in_catalogue.sum()),
        "reference_in_catalogue": int(leaks.reference_in_catalogue.sum()),
        "text_in_references": int(leaks.text_in_references.sum()),
        "value_in_references": int(leaks.value_in_references.sum()),
    }
    return replace(leaks, warnings=tuple(_warned(counted.items(), suite)))


def _warned(counted: Iterable[tuple[str, int]], suite: Suite) -> Iterator[Warned]:
    total = len(suite.queries)
    for code, rows in counted:
        if rows:
            meaning = _MATCH_MEANINGS.get(code) if suite.task == "match" else None
            if code == "reference_in_catalogue" and suite.protocol == "zero-shot":
                meaning = _SEEN_BY_SURROGATE
            yield Warned(code, rows, f"For {rows:,} of {total:,} queries {meaning or _MEANINGS[code]}.")


_MEANINGS: Final[Mapping[str, str]] = {
    "leaky_split": (
        "the split is random and not by company or source, so the figures are too good and must not be compared "
        "with those of grouped folds"
    ),
    "groups_alike": (
        "the group differs from another one in case, punctuation or white space alone, so one group may stand on "
        "both sides of a fold and make the figures too good"
    ),
    "text_in_training": "a query of another group has the same text and was learned from, so the figures are too good",
    "reference_in_training": (
        f"a query of another group has the same reference, to {MIN_DIGITS} digits or more, and was learned from, so "
        "the figures may be too good"
    ),
    "text_in_annotations": (
        "the shipped ranker was trained on the same text, so the figures on these say nothing about new texts"
    ),
    "text_in_catalogue": ("the text is exactly a dataset's name, so the figures are better than for free descriptions"),
    "reference_in_catalogue": (
        "the reference is the value of a dataset in the catalogue; that dataset is hidden from the query, so its "
        "answer does not rest on a look at the reference"
    ),
    "text_in_references": (
        "the surrogate was trained on an imported reference of the same text, so the figures show memory and not "
        "estimating: remove the source, run firstprint train and ask again, or run the suite as cross-fit"
    ),
    "value_in_references": (
        f"the surrogate was trained on an imported reference of the same value, to {MIN_DIGITS} digits or more, so "
        "the figures may be too good"
    ),
}
_SEEN_BY_SURROGATE: Final = (
    "the reference is the value of a dataset in the catalogue; that dataset is hidden from the query, but the "
    "surrogate may have been trained on it, so the figures are too good: run the suite as cross-fit"
)
_MATCH_MEANINGS: Final[Mapping[str, str]] = {
    "text_in_training": (
        "the decision on the same text was given beforehand, so on these the figures show memory and not matching"
    ),
    "text_in_catalogue": (
        "the text is exactly a dataset's name, so these are easy and say little about free descriptions"
    ),
}
