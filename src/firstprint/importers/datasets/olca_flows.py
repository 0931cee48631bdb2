"""Flows of openLCA processes and results: what is emitted to air, bought, sold; how impact results are named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from firstprint.errors import UnreadableError
from firstprint.importers.datasets.climate_methods import Gwp100, Indicator, choose_gwp100
from firstprint.importers.datasets.direct_emissions import Emission, greenhouse_gas
from firstprint.importers.datasets.inventories import Inventory
from firstprint.importers.datasets.json_node import Node
from firstprint.importers.datasets.olca_entities import Entities
from firstprint.importers.datasets.olca_units import measured

_AIR = re.compile(r"\bair\b|大气|空气", re.IGNORECASE)
_RESOURCE = re.compile(r"resource|资源", re.IGNORECASE)
_ELEMENTARY, _WASTE = "ELEMENTARY_FLOW", "WASTE_FLOW"


def is_input(exchange: Node) -> bool:
    """Version 2 says ``isInput``, version 1 ``input``."""
    return exchange.flag("isInput", "input")


def is_reference(exchange: Node) -> bool:
    """Version 2 says ``isQuantitativeReference``, version 1 ``quantitativeReference``."""
    return exchange.flag("isQuantitativeReference", "quantitativeReference", "isRefFlow")


def inventory_of(entities: Entities, exchanges: Iterable[Node], *, aggregated: bool) -> Inventory:
    """What of a list of exchanges or flow results decides on its result.

    Raises:
        UnreadableError: a greenhouse gas has no usable amount.
    """
    to_air: list[Emission] = []
    bought, products = 0, 1
    for each in exchanges:
        if is_reference(each):
            continue
        kind = _flow_type(entities, each)
        if kind == _ELEMENTARY:
            to_air += _emission(entities, each)
        elif is_input(each) != (kind == _WASTE) or each.flag("isAvoidedProduct", "avoidedProduct"):
            bought += 1
        else:
            products += 1
    return Inventory(tuple(to_air), aggregated, bought, products)


def _flow_type(entities: Entities, exchange: Node) -> str:
    flow = exchange.node("flow")
    return flow.text("flowType") or entities.find("Flow", flow).text("flowType")


def _emission(entities: Entities, exchange: Node) -> Iterator[Emission]:
    """A greenhouse gas to air as one emission; nothing for any other flow."""
    if is_input(exchange):
        return
    flow = exchange.node("flow")
    compartment = _compartment(entities, flow)
    if compartment and not _is_air(compartment):
        return
    gas = greenhouse_gas(flow.text("name"))
    whole = entities.find("Flow", flow) if gas is None or not compartment else Node()
    name, cas = flow.text("name") or whole.text("name"), whole.text("cas")
    if greenhouse_gas(name, cas) is None or not _is_air(compartment or _compartment(entities, whole)):
        return
    stated = exchange.raw("amount", "value")
    if stated is None:
        raise UnreadableError("has a greenhouse gas without an amount", name[:80])
    found = measured(entities, stated, exchange.node("unit"), exchange.node("flowProperty"), flow)
    yield Emission(name, found.amount, found.unit, cas)


def _is_air(compartment: str) -> bool:
    return bool(_AIR.search(compartment)) and not _RESOURCE.search(compartment)


def _compartment(entities: Entities, flow: Node) -> str:
    return " / ".join((*flow.texts("categoryPath"), entities.category(flow)))


def climate_result(entities: Entities, result: Node) -> Gwp100 | None:
    """The GWP100 among a result's impact results.

    Raises:
        UnreadableError: it is there and cannot be used.
    """
    method = result.node("impactMethod").text("name")
    return choose_gwp100([_indicator(entities, method, each) for each in result.nodes("impactResults")])


def _indicator(entities: Entities, method: str, impact: Node) -> Indicator:
    reference = impact.node("indicator", "impactCategory")
    whole = entities.find("ImpactCategory", reference) if not reference.text("refUnit") else Node()
    unit = reference.text("refUnit") or whole.text("refUnit", "referenceUnitName")
    name = reference.text("name") or whole.text("name")
    amount = impact.raw("amount", "value")
    return Indicator(method or entities.category(reference), name, unit, amount, reference.text("@id"))
