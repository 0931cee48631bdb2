"""Durable goods of the default catalogue as a suite: each is asked for while it and its kin are held out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path

from firstprint.catalogue.reader import catalogue_files, read_sound_catalogue
from firstprint.domain.dataset import Dataset
from firstprint.errors import InputError
from firstprint.evaluation.prepare.published import Prepared, Published
from firstprint.evaluation.prepare.writing import Draft, write_suite
from firstprint.evaluation.records import Query
from firstprint.importers.cells import left_out_notes
from firstprint.resources import resource

_TITLE = "Durable goods of the default catalogue"
_SOURCE_ID = "base-carbone"
_GOODS = ("goods / ", "electronics / ")
_LICENCE = "Licence Ouverte 2.0 (Etalab), with attribution to ADEME"
_DESCRIPTION = (
    "Kilograms CO2e for making one durable good (appliance, device, furniture, clothing, sports equipment): ADEME's "
    "Base Carbone, per piece, cradle to gate. A good's own row and every row per piece of the same good, whatever its "
    "source, are held out of the catalogue; variants of one good are one group. Names alternate between English and "
    "Chinese. The texts are the catalogue's own names, so this is easier than products as people describe them."
)
# "Pair of skis" is skis; "hoop with concrete base" is a hoop.
_BEFORE = re.compile(r"^(?:pair|set|box) of ", re.IGNORECASE)
_AFTER = re.compile(r"\s*[,(;（，；].*$|\s+(?:with|without|for|in)\s+.*$", re.IGNORECASE)
# One source copies the other's figure and rounds it: 197 and 198 kg for a sofa bed.
_ROUNDED = 0.006
_HAN = re.compile(r"[㐀-鿿]")


def prepare(files: Sequence[Path], out: Path) -> tuple[Prepared, ...]:
    """Writes ``catalogue-goods`` from the catalogue of this installation.

    Raises:
        InputError: files were given; it takes none.
    """
    if files:
        raise InputError(
            f"catalogue-goods is made from firstprint's own catalogue and takes no files, got {files[0]}.",
            hint="Leave --from away.",
            code="originals_not_wanted",
        )
    originals = catalogue_files(resource("index/catalogue"))
    return (write_suite(out, draft(read_sound_catalogue(originals)), originals),)


def draft(datasets: Sequence[Dataset]) -> Draft:
    """The suite over the goods in ``datasets``.

    Raises:
        InputError: there is no good per piece.
    """
    left_out: Counter[str] = Counter()
    goods = [dataset for dataset in datasets if _is_good(dataset, left_out)]
    if not goods:
        raise InputError(
            "The catalogue holds no durable good of Base Carbone per piece.",
            hint="Build the default catalogue: make catalogue",
            code="catalogue_no_goods",
        )
    groups = kin([dataset for dataset in datasets if dataset.unit == "piece"])
    members: dict[str, list[str]] = {}
    for dataset_id, group in groups.items():
        members.setdefault(group, []).append(dataset_id)
    queries = [_query(place, good, groups, members) for place, good in enumerate(goods)]
    kinds = len({query.group for query in queries})
    return Draft(
        name="catalogue-goods",
        task="estimate",
        protocol="cross-fit",
        catalogue="default",
        queries=queries,
        licence=_LICENCE,
        source="ADEME, Base Carbone V22.0, as in firstprint's default catalogue",
        description=_DESCRIPTION,
        folds=5,
        notes=(f"kept {len(queries)} goods of {kinds} kinds", *left_out_notes(left_out)),
    )


def kin(datasets: Iterable[Dataset]) -> dict[str, str]:
    """The kind of each dataset, by id: rows that share the noun of their name, or a whole Chinese head, are of one.

    So are rows with the same value but for rounding and a word in common. ``Shirt, cotton``, ``Polo shirt`` and
    another source's ``衬衫`` are of one kind; the kind's name is the least of its nouns. Too wide a kind holds out
    more than it must, too narrow a one would give the answer away.
    """
    rows = tuple(datasets)
    leader: dict[str, str] = {}

    def find(key: str) -> str:
        while leader.setdefault(key, key) != key:
            key = leader[key]
        return key

    keys = {dataset.dataset_id: _keys(dataset) for dataset in rows}
    copies = [(keys[one.dataset_id][0], keys[other.dataset_id][0]) for one, other in _copies(rows)]
    for linked in (*keys.values(), *copies):
        roots = sorted({find(key) for key in linked}, key=lambda key: (not key.isascii(), key))
        for root in roots[1:]:
            leader[root] = roots[0]
    return {dataset_id: find(own[0]) for dataset_id, own in keys.items()}


def _copies(datasets: Iterable[Dataset]) -> list[tuple[Dataset, Dataset]]:
    """Pairs whose values differ by rounding and whose English names share a word."""
    valued = [(dataset.gwp100_kg_co2e, dataset) for dataset in datasets if dataset.gwp100_kg_co2e]
    return [
        (one, other)
        for (value, one), (copied, other) in combinations(valued, 2)
        if abs(value - copied) <= _ROUNDED * max(abs(value), abs(copied)) and _words(one.name) & _words(other.name)
    ]


def _words(name: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{3,}", name.casefold()))


def _is_good(dataset: Dataset, left_out: Counter[str]) -> bool:
    """A durable good with a footprint of making one; others per piece of the same source are counted."""
    if dataset.source != _SOURCE_ID or dataset.unit != "piece":
        return False
    if not dataset.category.startswith(_GOODS):
        left_out["no durable good (services, meals, plants, paper)"] += 1
    elif dataset.description.startswith("per ") or ", per " in dataset.name:
        left_out["a share of a good, such as a cartridge per sheet printed"] += 1
    elif dataset.life_cycle_phase != "production" or dataset.system_boundary != "cradle_to_gate":
        left_out["not the making of the good"] += 1
    elif dataset.gwp100_kg_co2e is None or dataset.gwp100_kg_co2e <= 0:
        left_out["no footprint, or none above zero"] += 1
    else:
        return True
    return False


def _query(place: int, good: Dataset, groups: dict[str, str], members: dict[str, list[str]]) -> Query:
    group = groups[good.dataset_id]
    chinese = place % 2 == 1 and bool(_HAN.search(good.name_zh)) and not re.search(r"[a-z]{3}", good.name_zh)
    return Query(
        id=good.dataset_id,
        text=good.name_zh if chinese else good.name,
        group=group,
        language="zh" if chinese else "en",
        geography=good.geography or None,
        unit="piece",
        category=good.category or None,
        reference_kg_co2e=good.gwp100_kg_co2e,
        held_out=tuple(sorted(members[group])),
    )


def _keys(dataset: Dataset) -> tuple[str, ...]:
    """The noun of the English name, then the head of the Chinese one."""
    head = _AFTER.sub("", _BEFORE.sub("", dataset.name)).casefold()
    words = re.findall(r"[^\W_]+(?:-[^\W_]+)*", head) or [dataset.dataset_id]
    noun = re.sub(r"(?<=[^\Wsu])s$", "", words[-1])  # shoes → shoe, but dress and apparatus
    chinese = _AFTER.sub("", dataset.name_zh).strip()
    return (noun, *([chinese] if chinese else []))


PUBLISHED = Published(
    name="catalogue-goods",
    title=_TITLE,
    makes=("catalogue-goods",),
    originals=(),
    prepare=prepare,
)
