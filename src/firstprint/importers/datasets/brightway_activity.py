"""One Brightway activity, from a package or a workbook, as a dataset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.errors import UnreadableError
from firstprint.importers.datasets.direct_emissions import Emission, greenhouse_gas
from firstprint.importers.datasets.inventories import (
    Draft,
    Inventory,
    Names,
    Result,
    inventory_result,
    joined_category,
    licence_of,
    names_of,
    published,
    told,
    tried,
)
from firstprint.importers.datasets.normalising import clean, number, year
from firstprint.importers.datasets.records import Problem

_GLOBAL_CODE = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""A UUID, or the MD5 sum that Brightway makes of an ecoinvent activity and its product."""
_PRODUCTION, _BIOSPHERE = frozenset({"production", "generic production"}), "biosphere"
_BOUGHT = frozenset({"technosphere", "substitution", "generic consumption"})
_AIR = "air"
_LONGEST_JOIN = 20


class Key(NamedTuple):
    """Brightway's identity of a node."""

    database: str
    code: str


class Flow(NamedTuple):
    """An elementary flow: its name, where it goes, its unit."""

    name: str
    compartment: str
    unit: str
    cas: str = ""


@dataclass(slots=True)
class Flows:
    """Elementary flows that the same package holds."""

    by_key: dict[Key, Flow] = field(default_factory=dict)


class Exchange(NamedTuple):
    """An exchange; ``flow`` is as the exchange itself states it, ``key`` what it refers to."""

    kind: str
    amount: object
    flow: Flow
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity; ``texts`` holds its further fields by Brightway's names."""

    key: Key
    place: str
    name: str
    product: str
    unit: str
    location: str
    exchanges: tuple[Exchange, ...] = ()
    synonyms: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def dataset_id(self) -> str:
        """The code where it is unique anywhere, else with its database."""
        if _GLOBAL_CODE.fullmatch(self.key.code):
            return self.key.code
        code = self.key.code or f"{self.name}|{self.product}|{self.location}"
        return f"brightway:{self.key.database}:{code}"[:200]


def activity_dataset(activity: Activity, flows: Flows, source: str) -> Iterator[Dataset | Problem]:
    """The dataset of an activity, or why there is none."""
    try:
        amount = _reference_amount(activity)
    except UnreadableError as error:
        yield told(error, activity.place)
        return
    found = tried(lambda: _result(activity, flows), "gate_to_gate", activity.place)
    if found.problem is not None:
        yield found.problem
    texts = activity.texts
    draft = Draft(
        dataset_id=activity.dataset_id,
        names=_names(activity.name, activity.product),
        amount=amount,
        unit=activity.unit or _production_unit(activity),
        result=found.result,
        synonyms=(activity.product, activity.name, *activity.synonyms),
        description=texts.get("comment", "") or texts.get("description", ""),
        category=joined_category(activity.classes),
        geography=activity.location,
        year=year(texts.get("year")),
        licence=licence_of(texts.get("license", "") or texts.get("licence", "")),
        life_cycle_phase="end_of_life" if amount < 0 else "production",
        attributes={
            "database": activity.key.database,
            "reference_product": activity.product,
            "activity": activity.name if activity.product else "",
            "activity_type": texts.get("activity type", "") or texts.get("type", ""),
            "citation": texts.get("reference", "") or texts.get("source", ""),
        },
    )
    yield from published(draft, source, activity.place)


def _names(activity: str, product: str) -> Names:
    names = names_of([("", activity)])
    if not product or product.casefold() in activity.casefold():
        return names
    made = names_of([("", product)])
    if made.name_zh or names.name_zh:
        english = "" if names.name_zh and made.name_zh else (made.name if not made.name_zh else names.name)
        chinese = made.name_zh or names.name_zh
        return Names(english or chinese, chinese, ())
    return Names(f"{product} ({activity})" if activity else product, "", ())


def _reference_amount(activity: Activity) -> float:
    """Of the production exchange that is the activity's own, else of the only one; one where none is, as in Brightway.

    Raises:
        UnreadableError: its amount is no number, or missing.
    """
    made = [each for each in activity.exchanges if each.kind in _PRODUCTION]
    own = [each for each in made if each.key == activity.key]
    stated = (own or made)[:1]
    if not stated:
        return 1.0
    amount = number(stated[0].amount)
    if amount is None:
        raise UnreadableError(
            "has no usable reference flow",
            "Its production has no amount; a formula whose value was never saved reads as none.",
        )
    return amount


def _production_unit(activity: Activity) -> str:
    return next((each.flow.unit for each in activity.exchanges if each.kind in _PRODUCTION and each.flow.unit), "")


def _result(activity: Activity, flows: Flows) -> Result:
    """Direct emissions, where every elementary flow is known by name.

    Raises:
        UnreadableError: a greenhouse gas cannot be counted.
    """
    made = sum(each.kind in _PRODUCTION for each in activity.exchanges)
    emitted = [_known(each, flows) for each in activity.exchanges if each.kind == _BIOSPHERE]
    if not all(each.flow.name for each in emitted):
        return Result(None, "gate_to_gate")
    bought = sum(each.kind in _BOUGHT for each in activity.exchanges)
    return inventory_result(Inventory(tuple(_to_air(emitted)), product_inputs=bought, products=max(made, 1)))


def _known(exchange: Exchange, flows: Flows) -> Exchange:
    """With the name and compartment of the flow it refers to, where the package holds that."""
    found = flows.by_key.get(exchange.key) if exchange.key is not None else None
    if found is None:
        return exchange
    stated = exchange.flow
    return exchange._replace(
        flow=Flow(
            stated.name or found.name,
            stated.compartment or found.compartment,
            stated.unit or found.unit,
            stated.cas or found.cas,
        )
    )


def _to_air(emitted: list[Exchange]) -> Iterator[Emission]:
    for each in emitted:
        flow = each.flow
        is_air = flow.compartment.casefold().split("/")[0].split(":")[0].strip() == _AIR
        if not is_air or greenhouse_gas(flow.name, flow.cas) is None:
            continue
        amount = number(each.amount)
        if amount is None:
            raise UnreadableError("has a greenhouse gas without an amount", flow.name[:80])
        yield Emission(flow.name, amount, flow.unit, flow.cas)


def joined(values: object) -> str:
    """A text, or a list of texts as a path: ``("air", "urban")`` → ``air / urban``."""
    if isinstance(values, str | int | float) and not isinstance(values, bool):
        return clean(values)
    if not isinstance(values, list | tuple):
        return ""
    return " / ".join(filter(None, (clean(each, 120) for each in values[:_LONGEST_JOIN] if isinstance(each, str))))
