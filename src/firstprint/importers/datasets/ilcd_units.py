"""The unit of a flow: over its flow property and unit group in the package, else by their well-known UUIDs."""

from __future__ import annotations

from typing import NamedTuple

from firstprint.errors import UnreadableError
from firstprint.importers.datasets.ilcd_library import Library
from firstprint.importers.datasets.ilcd_model import Exchange, Flow, Quantity
from firstprint.importers.datasets.normalising import number

_SMALLEST, _LARGEST = 1e-15, 1e15
"""Amounts outside are mistakes: what is divided by them is no footprint."""

MASS = "93a60a56-a3c8-11da-a746-0800200b9a66"
"""Flow property "Mass" of the ILCD reference data, in kg."""

# Flow properties and unit groups of the ILCD reference data (European Platform on LCA) and of openLCA's, with the
# reference unit of each: what a process may mean although its package leaves the file out.
_PROPERTIES: dict[str, str] = {
    MASS: "kg",
    "93a60a56-a3c8-11da-a746-0800200c9a66": "MJ",  # net calorific value
    "93a60a56-a3c8-14da-a746-0800200c9a66": "MJ",  # gross calorific value
    "f6811440-ee37-11de-8a39-0800200c9a66": "MJ",  # energy
    "93a60a56-a3c8-22da-a746-0800200c9a66": "m3",  # volume
    "93a60a56-a3c8-13da-a746-0800200c9a66": "m3",  # normal volume
    "93a60a56-a3c8-19da-a746-0800200c9a66": "m2",  # area
    "93a60a56-a3c8-21da-a746-0800200c9a66": "m2*a",  # area × time
    "838aaa23-0117-11db-92e3-0800200c9a66": "m",  # length
    "838aaa20-0117-11db-92e3-0800200c9a66": "t*km",  # goods transport (mass × distance)
    "01846770-4cfe-4a25-8ad9-919d8d378345": "Item(s)",  # number of items
}
_UNIT_GROUPS: dict[str, str] = {
    "93a60a57-a4c8-11da-a746-0800200c9a66": "kg",
    "93a60a57-a3c8-11da-a746-0800200c9a66": "MJ",
    "93a60a57-a3c8-12da-a746-0800200c9a66": "m3",
    "93a60a57-a3c8-18da-a746-0800200c9a66": "m2",
    "838aaa22-0117-11db-92e3-0800200c9a66": "m",
    "5beb6eed-33a9-47b8-9ede-1dfe8f679159": "Item(s)",
    # As EPD programmes on soda4LCA carry them (ÖKOBAUDAT, IBU).
    "ad38d542-3fe9-439d-9b95-2f5f7752acaf": "kg",
    "de5104d8-3de0-4218-a29d-b7123ce9ca3c": "MJ",
    "cd950537-0a98-4044-9ba7-9f9a68d0a504": "m3",
    "c20a03d7-bd90-4569-bc94-66cfd364dfc8": "m2",
    "934110e3-baf4-49e9-992c-3d8109a6aafb": "pcs.",
}


class Measured(NamedTuple):
    """The reference flow of a process, measured.

    Attributes:
        flow: None where the package lacks it, which only exchanges that carry their own quantities survive.
        amount: of ``unit``; its sign as written.
        unit: the flow's reference unit as the source writes it.
        well_known: the unit was not in the package and is known by the UUID of its property or group.
    """

    flow: Flow
    amount: float
    unit: str
    well_known: bool


UNKNOWN_UNIT = "unknown"
"""What a dataset is per whose flow, or whose flow's unit, is not in the package: it can be matched all the same."""


def unmeasured(exchange: Exchange) -> Measured:
    """A reference flow of which nothing but its name is known."""
    flow = Flow(exchange.flow_id, exchange.names, "", (), "", ())
    return Measured(flow, 1.0, UNKNOWN_UNIT, well_known=False)


class UnitMissingError(UnreadableError):
    """Rule: the package holds the flow of a process, and its unit."""


def flow_behind(library: Library, exchange: Exchange) -> Flow | None:
    """The flow of an exchange: from the package, else what the exchange itself carries."""
    return library.flow(exchange.flow_id, exchange.flow_version) or exchange.own


def measured(library: Library, exchange: Exchange) -> Measured:
    """How much of which unit an exchange stands for.

    Raises:
        UnitMissingError: the flow or its unit is not there.
        UnreadableError: the amount is no number or zero.
    """
    flow = flow_behind(library, exchange)
    if flow is None:
        named = exchange.names[0].text[:60] if exchange.names else "unnamed"
        raise UnitMissingError(
            "has a reference flow that is not in the package, so that its unit is unknown",
            f"flow {exchange.flow_id or 'without a UUID'} ({named}); give the folder or zip that holds it too",
        )
    quantity = _reference_quantity(flow)
    unit, well_known = _unit(library, quantity)
    if not unit:
        raise UnitMissingError(
            "has a reference flow whose unit is not in the package",
            f"flow property {quantity.property_id or 'not stated'} of flow {flow.flow_id}",
        )
    amount = (number(exchange.amount) or 0.0) * _per_flow(quantity)
    if not _SMALLEST <= abs(amount) <= _LARGEST:
        raise UnreadableError("has a reference amount that nothing can be divided by", repr(exchange.amount)[:60])
    return Measured(flow, amount, unit, well_known)


def amount_of(flow: Flow, property_id: str) -> float | None:
    """How much of a flow property one reference unit of a flow holds, as in kg per piece; None where unstated."""
    reference = _per_flow(_reference_quantity(flow))
    for quantity in flow.quantities:
        if quantity.property_id == property_id:
            mean = _positive(quantity.mean)
            return None if mean is None else mean / reference
    return None


def _reference_quantity(flow: Flow) -> Quantity:
    """The reference quantity; the only one where the flow marks none that is there.

    Raises:
        UnreadableError: it has none, or several and marks none.
    """
    marked = [each for each in flow.quantities if flow.reference and each.internal_id == flow.reference]
    candidates = marked or list(flow.quantities)
    if len(candidates) != 1 and not marked:
        raise UnreadableError(
            "has a reference flow that marks no reference flow property",
            f"flow {flow.flow_id}: {len(candidates)} of them",
        )
    return candidates[0]


def _unit(library: Library, quantity: Quantity) -> tuple[str, bool]:
    if quantity.unit:
        return quantity.unit, False
    known = library.flow_property(quantity.property_id)
    group_id = known.unit_group_id if known is not None else quantity.unit_group_id
    group = library.unit_group(group_id)
    if group is not None and group.unit:
        return group.unit, False
    return _UNIT_GROUPS.get(group_id) or _PROPERTIES.get(quantity.property_id, ""), True


def _per_flow(quantity: Quantity) -> float:
    """Reference units per one of an exchange's amount: 1 nearly always; what cannot be used is read as 1."""
    return _positive(quantity.mean) or 1.0


def _positive(written: str) -> float | None:
    try:
        value = number(written)
    except UnreadableError:
        return None
    return value if value is not None and _SMALLEST <= value <= _LARGEST else None
