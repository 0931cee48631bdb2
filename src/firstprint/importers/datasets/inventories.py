"""From what an LCA format states of a process to a dataset: names, one unit, the result and what it covers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from firstprint.domain.dataset import Basis, Dataset, LifeCyclePhase
from firstprint.errors import UnreadableError
from firstprint.importers.datasets import normalising
from firstprint.importers.datasets.climate_methods import Gwp100
from firstprint.importers.datasets.direct_emissions import GWP_METHOD, Emission, direct_gwp100
from firstprint.importers.datasets.normalising import clean
from firstprint.importers.datasets.records import Problem
from firstprint.units import convert_factor, dimension, format_number

_HAN = re.compile(r"[\u4e00-\u9fff]")
_MAX_SYNONYMS = 20
_MAX_ID_CHARS = 200
_LICENCES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bcc0\b|creative commons zero|cc zero", re.IGNORECASE), "CC0-1.0"),
    (re.compile(r"\bcc[ -]by[ -]nc[ -]sa\b", re.IGNORECASE), "CC-BY-NC-SA"),
    (re.compile(r"\bcc[ -]by[ -]nc[ -]nd\b", re.IGNORECASE), "CC-BY-NC-ND"),
    (re.compile(r"\bcc[ -]by[ -]nc\b|noncommercial|non-commercial", re.IGNORECASE), "CC-BY-NC"),
    (re.compile(r"\bcc[ -]by[ -]nd\b", re.IGNORECASE), "CC-BY-ND"),
    (re.compile(r"\bcc[ -]by[ -]sa\b", re.IGNORECASE), "CC-BY-SA"),
    (re.compile(r"\bcc[ -]by\b", re.IGNORECASE), "CC-BY"),
    (re.compile(r"\bodbl\b", re.IGNORECASE), "ODbL"),
)
_LICENCE_CHARS = 100


class Names(NamedTuple):
    """A name as the catalogue holds it: English where there is one, the Chinese one, all others."""

    name: str
    name_zh: str
    others: tuple[str, ...]


class Result(NamedTuple):
    """A footprint and what it covers.

    Attributes:
        kg_co2e: for the amount of the reference flow; None where there is none.
        method: how it was reached, for a reader.
        direct_kg_co2e: direct emissions of a process whose footprint they are not.
        biogenic_co2_kg: carbon dioxide of biogenic origin, counted as 0.
    """

    kg_co2e: float | None
    system_boundary: str
    basis: Basis = "process"
    method: str = ""
    direct_kg_co2e: float | None = None
    biogenic_co2_kg: float | None = None


class Tried(NamedTuple):
    """A result, or none and why there is none."""

    result: Result
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Inventory:
    """What the result of an inventory without characterised results depends on.

    Attributes:
        to_air: elementary flows to air.
        aggregated: it is a life cycle inventory, all of upstream in it.
        product_inputs: products and wastes that other processes would have to supply or treat.
        products: outputs that share the inventory between them.
    """

    to_air: tuple[Emission, ...] = ()
    aggregated: bool = False
    product_inputs: int = 0
    products: int = 1


@dataclass(frozen=True, slots=True)
class Draft:
    """A dataset before its unit, place and texts are brought into one spelling.

    Attributes:
        amount: of the reference flow, in ``unit``.
        result: for that amount.
        mass_kg: of that amount, where the format states it; by it other units convert.
        volume_m3: likewise.
    """

    dataset_id: str
    names: Names
    amount: float
    unit: str
    result: Result
    synonyms: tuple[str, ...] = ()
    description: str = ""
    category: str = ""
    geography: str = ""
    year: int | None = None
    valid_until: int | None = None
    licence: str = ""
    uncertainty_pct: float | None = None
    url: str = ""
    life_cycle_phase: LifeCyclePhase = "production"
    mass_kg: float | None = None
    volume_m3: float | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


def finished(draft: Draft, source: str) -> Dataset:
    """The dataset, per one of a canonical unit.

    Raises:
        UnreadableError: it has no name, no unit or no amount to divide by.
    """
    if not draft.names.name:
        raise UnreadableError("has no name")
    if not draft.unit.strip():
        raise UnreadableError("has no unit of its reference flow")
    each = normalising.per_unit(draft.result.kg_co2e, draft.amount, draft.unit)
    return Dataset(
        dataset_id=clean(draft.dataset_id, _MAX_ID_CHARS),
        name=clean(draft.names.name),
        name_zh=clean(draft.names.name_zh),
        synonyms=_synonyms(draft),
        description=clean(draft.description, normalising.MAX_TEXT_CHARS),
        category=draft.category,
        geography=normalising.geography(draft.geography),
        unit=each.unit,
        gwp100_kg_co2e=None if each.gwp100_kg_co2e is None else normalising.number(each.gwp100_kg_co2e),
        system_boundary=draft.result.system_boundary,
        basis=draft.result.basis,
        year=draft.year,
        valid_until=draft.valid_until,
        source=source,
        licence=draft.licence,
        uncertainty_pct=draft.uncertainty_pct,
        url=clean(draft.url),
        life_cycle_phase=draft.life_cycle_phase,
        attributes=_attributes(draft),
    )


def _attributes(draft: Draft) -> dict[str, str]:
    result = draft.result
    told = {
        "gwp_method": result.method if result.kg_co2e is not None else "",
        "direct_kg_co2e_per_unit": _each(result.direct_kg_co2e, draft),
        "biogenic_co2_kg_per_unit": _each(result.biogenic_co2_kg, draft),
        **_weights(draft),
        **draft.attributes,
    }
    return {key: clean(text, normalising.MAX_TEXT_CHARS) for key, text in told.items() if text}


def _weights(draft: Draft) -> dict[str, str]:
    """The attributes by which a dataset's unit converts into a mass; nothing for a unit that nobody knows."""
    each = normalising.per_unit(draft.mass_kg, draft.amount, draft.unit)
    if not each.known:
        return {}
    kind, amount = dimension(each.unit), abs(draft.amount)
    mass_kg = amount * convert_factor(draft.unit, "kg") if kind == "mass" else draft.mass_kg
    volume_m3 = amount * convert_factor(draft.unit, "m3") if kind == "volume" else draft.volume_m3
    density = abs(mass_kg / volume_m3) if mass_kg and volume_m3 else 0.0
    weight = abs(each.gwp100_kg_co2e or 0.0) if kind not in {"mass", "volume"} else 0.0
    told = {"mass_kg_per_unit": weight, "density_kg_per_m3": density}
    return {name: format_number(value) for name, value in told.items() if value and math.isfinite(value)}


def _each(value: float | None, draft: Draft) -> str:
    each = normalising.per_unit(value, draft.amount, draft.unit).gwp100_kg_co2e
    return format_number(each) if each and math.isfinite(each) else ""


def published(draft: Draft, source: str, place: str) -> Iterator[Dataset | Problem]:
    """The dataset; or a problem in its stead; or both, where only its result cannot be kept."""
    try:
        kept = finished(draft, source)
    except UnreadableError as error:
        yield from _without_result(draft, source, told(error, place))
    else:
        yield kept


def _without_result(draft: Draft, source: str, problem: Problem) -> Iterator[Dataset | Problem]:
    bare = draft.result._replace(kg_co2e=None, direct_kg_co2e=None, biogenic_co2_kg=None)
    try:
        kept = finished(replace(draft, result=bare), source)
    except UnreadableError:
        yield problem
    else:
        yield kept
        yield problem._replace(skipped=False)


def _synonyms(draft: Draft) -> tuple[str, ...]:
    named = (clean(each) for each in (*draft.names.others, *draft.synonyms))
    own = {draft.names.name.casefold(), draft.names.name_zh.casefold()}
    return tuple(dict.fromkeys(each for each in named if each and each.casefold() not in own))[:_MAX_SYNONYMS]


def names_of(texts: Iterable[tuple[str, str]]) -> Names:
    """Names from (language, text); a language that is not stated is Chinese where Han characters stand.

    >>> names_of([("de", "Strom"), ("", "电力"), ("en", "electricity")])
    Names(name='electricity', name_zh='电力', others=('Strom',))
    """
    told = [(_language(language, text), clean(text)) for language, text in texts]
    told = [(language, text) for language, text in told if text]
    english = next((text for language, text in told if language in {"en", ""}), "")
    chinese = next((text for language, text in told if language == "zh"), "")
    name = english or chinese or (told[0][1] if told else "")
    return Names(name, chinese, tuple(dict.fromkeys(text for _, text in told if text not in {name, chinese})))


def _language(stated: str, text: str) -> str:
    short = stated.strip().lower()[:2]
    if short:
        return short
    return "zh" if _HAN.search(text) else ""


def joined_category(parts: Sequence[object]) -> str:
    """A category's path as ``a / b / c``."""
    return " / ".join(filter(None, (clean(part, 120) for part in parts)))


def licence_of(text: str) -> str:
    """A licence from a text of access and use restrictions: its usual name, or the text itself where it is short."""
    plain = clean(text, normalising.MAX_TEXT_CHARS)
    named = next((name for pattern, name in _LICENCES if pattern.search(plain)), "")
    return named or (plain if len(plain) <= _LICENCE_CHARS else "")


def characterised(found: Gwp100, *, waste_treatment: bool = False) -> Result:
    """The result of an impact assessment that the dataset carries: the whole chain up to its product."""
    return Result(found.kg_co2e, "end_of_life" if waste_treatment else "cradle_to_gate", method=found.method)


def inventory_result(inventory: Inventory) -> Result:
    """What an inventory without characterised results gives.

    An aggregated one holds the whole chain, so its greenhouse gases add up to a footprint. A unit process that buys
    nothing has only its direct emissions. One that buys something has a footprint that is mostly elsewhere: its
    direct emissions are told as an attribute and are no result, since a product's estimate from them would be far
    too low. Emissions that several products share are nobody's until they are allocated.

    Raises:
        UnreadableError: a greenhouse gas has a unit that is no mass.
    """
    whole = inventory.aggregated and not inventory.product_inputs
    boundary = "cradle_to_gate" if whole else "gate_to_gate"
    if inventory.products > 1:
        return Result(None, boundary)
    found = direct_gwp100(inventory.to_air)
    if found is None:
        return Result(None, boundary)
    biogenic_kg = found.biogenic_co2_kg or None
    if whole:
        return Result(found.kg_co2e, boundary, method=GWP_METHOD, biogenic_co2_kg=biogenic_kg)
    if not inventory.product_inputs:
        return Result(found.kg_co2e, "direct", "direct", GWP_METHOD, biogenic_co2_kg=biogenic_kg)
    return Result(None, boundary, direct_kg_co2e=found.kg_co2e, biogenic_co2_kg=biogenic_kg)


def tried(compute: Callable[[], Result], boundary: str, place: str) -> Tried:
    """A computed result; none, with the problem, where it is there and cannot be used."""
    try:
        return Tried(compute())
    except UnreadableError as error:
        return Tried(Result(None, boundary), told(error, place, skipped=False))


class Seen:
    """Dataset ids met so far, so that one that stands twice is told."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}

    def again(self, dataset_id: str, place: str) -> Problem | None:
        """The problem of an id that was there before; None, and noted, for a new one."""
        first = self._places.setdefault(dataset_id, place)
        if first is place:
            return None
        return Problem("has an id that stood before", place[:200], f"{dataset_id[:80]} is taken from {first[:100]}.")


def told(error: UnreadableError, place: str, *, skipped: bool = True) -> Problem:
    """An unreadable part as a problem."""
    return Problem(error.reason, place[:200], error.detail[:200], skipped)


def source_id(path: Path) -> str:
    """What a source is called by the name of its file or folder: letters, digits, ``.``, ``-``, ``_``.

    >>> source_id(Path("My data (v2).zip")), source_id(Path("数据.xml"))
    ('my-data-v2', 'import')
    """
    plain = re.sub(r"[^a-z0-9._-]+", "-", (path.stem if path.suffix else path.name).lower()).strip("-._")
    return plain[:60] or "import"
