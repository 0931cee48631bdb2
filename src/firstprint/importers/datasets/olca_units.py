"""The unit of an openLCA amount: as written where it is known, else over its unit group or another flow property."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from firstprint.errors import UnitError, UnreadableError
from firstprint.importers.datasets.json_node import Node
from firstprint.importers.datasets.normalising import number
from firstprint.importers.datasets.olca_entities import Entities
from firstprint.units import parse_unit

_KG_OR_M3 = frozenset({"kg", "m3"})
"""The reference units of openLCA's own groups of mass and volume."""


class Measured(NamedTuple):
    """An amount of a reference flow."""

    amount: float
    unit: str


class Weight(NamedTuple):
    """Of an amount of a flow."""

    mass_kg: float | None = None
    volume_m3: float | None = None


class _Property(NamedTuple):
    """A flow property: ``factor`` × an amount in the flow's reference property is the amount in this one."""

    node: Node
    factor: float
    is_reference: bool


class _Unit(NamedTuple):
    """``factor`` × an amount in the unit is the amount in its group's reference unit."""

    factor: float
    reference: str


def measured(entities: Entities, amount: object, unit: Node, flow_property: Node, flow: Node) -> Measured:
    """An amount in a unit that is known, where openLCA's factors lead to one; else in the unit as it is written.

    Args:
        entities: where flows, flow properties and unit groups are looked up.
        amount: as stated.
        unit: reference to a unit; empty for the flow's reference unit.
        flow_property: reference to a flow property; empty for the flow's reference property.
        flow: reference to the flow.

    Raises:
        UnreadableError: there is no amount, or no unit.
    """
    value = number(amount)
    if value is None:
        raise UnreadableError("has no usable reference flow", "its amount is missing")
    name = unit.text("name") or flow.text("refUnit")
    if name and _is_known(name):
        return Measured(value, name)
    properties = tuple(_properties(entities.find("Flow", flow)))
    own = _own_property(properties, flow_property)
    group = _unit(entities, own.node, unit) if own is not None else None
    if own is None or group is None:
        if not name:
            raise UnreadableError("has no unit of its reference flow")
        return Measured(value, name)
    in_group = value * group.factor
    if _is_known(group.reference):
        return Measured(in_group, group.reference)
    return _by_other_property(entities, properties, own, in_group) or Measured(value, name or group.reference)


def weight_of(entities: Entities, exchange: Node) -> Weight:
    """What an amount weighs and how much room it takes by its flow's other properties; empty where nothing says so."""
    try:
        value = number(exchange.raw("amount", "value"))
        properties = tuple(_properties(entities.find("Flow", exchange.node("flow"))))
        own = _own_property(properties, exchange.node("flowProperty"))
        group = _unit(entities, own.node, exchange.node("unit")) if own is not None else None
        if value is None or own is None or group is None or not own.factor:
            return Weight()
        in_reference = value * group.factor / own.factor
        found = {
            unit.reference: in_reference * other.factor
            for other in properties
            if (unit := _unit(entities, other.node, Node())) is not None and unit.reference in _KG_OR_M3
        }
    except UnreadableError:
        return Weight()
    return Weight(found.get("kg"), found.get("m3"))


def _by_other_property(
    entities: Entities, properties: tuple[_Property, ...], own: _Property, amount: float
) -> Measured | None:
    for other in properties:
        found = _unit(entities, other.node, Node())
        if found is not None and own.factor and other.factor and _is_known(found.reference):
            return Measured(amount / own.factor * other.factor, found.reference)
    return None


def _properties(flow: Node) -> Iterator[_Property]:
    for each in flow.nodes("flowProperties"):
        factor = number(each.raw("conversionFactor"))
        is_reference = each.flag("isRefFlowProperty", "referenceFlowProperty")
        yield _Property(each.node("flowProperty"), 1.0 if factor is None else factor, is_reference)


def _own_property(properties: tuple[_Property, ...], stated: Node) -> _Property | None:
    wanted = stated.text("@id")
    same = (each for each in properties if wanted and each.node.text("@id") == wanted)
    reference = (each for each in properties if each.is_reference and not wanted)
    alone = _Property(stated, 1.0, is_reference=True) if wanted else None
    return next(same, None) or next(reference, None) or alone


def _unit(entities: Entities, flow_property: Node, unit: Node) -> _Unit | None:
    """A unit of the property's group; the group's reference unit where none is named."""
    group = entities.find("UnitGroup", entities.find("FlowProperty", flow_property).node("unitGroup"))
    units = tuple(group.nodes("units"))
    reference = next((each for each in units if each.flag("isRefUnit", "referenceUnit")), None)
    if reference is None:
        return None
    if not unit:
        return _Unit(1.0, reference.text("name"))
    found = next((each for each in units if _same_unit(each, unit)), None)
    factor = number(found.raw("conversionFactor")) if found is not None else None
    return _Unit(factor, reference.text("name")) if factor else None


def _same_unit(one: Node, other: Node) -> bool:
    key = "@id" if other.text("@id") else "name"
    return bool(other.text(key)) and one.text(key) == other.text(key)


def _is_known(unit: str) -> bool:
    try:
        parse_unit(unit)
    except UnitError:
        return False
    return True
