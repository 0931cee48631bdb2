"""Flow properties and unit groups of ILCD for canonical units; the usual ones keep the identity that nodes know."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import NamedTuple

from firstprint.exporters.ilcd_tree import Bilingual
from firstprint.exporters.pact import NAMESPACE


class Property(NamedTuple):
    """A flow property with its unit group.

    Attributes:
        flow_property: UUID of the flow property data set.
        unit_group: UUID of the unit group data set.
        name: of the flow property.
        group: name of the unit group.
        unit: its reference unit.
        units: further units that firstprint uses, and how many reference units each is.
        economic: money, which ILCD files under another class.
    """

    flow_property: str
    unit_group: str
    name: Bilingual
    group: Bilingual
    unit: str
    units: tuple[tuple[str, str], ...] = ()
    economic: bool = False


class InProperty(NamedTuple):
    """A canonical unit: its flow property, and how many of the reference unit one is."""

    property: Property
    size: Decimal


# UUIDs as published by the European Commission's Joint Research Centre in the ILCD reference elements, version
# 03.00: the same in ELCD, in the EF reference packages and in TianGong's database.
MASS = Property(
    "93a60a56-a3c8-11da-a746-0800200b9a66",
    "93a60a57-a4c8-11da-a746-0800200c9a66",
    Bilingual("Mass", "质量"),
    Bilingual("Units of mass", "质量单位"),
    "kg",
    (("g", "0.001"), ("t", "1000")),
)
ENERGY = Property(
    "93a60a56-a3c8-11da-a746-0800200c9a66",
    "93a60a57-a3c8-11da-a746-0800200c9a66",
    Bilingual("Net calorific value", "净热值"),
    Bilingual("Units of energy", "能量单位"),
    "MJ",
    (("kWh", "3.6"),),
)
VOLUME = Property(
    "93a60a56-a3c8-22da-a746-0800200c9a66",
    "93a60a57-a3c8-12da-a746-0800200c9a66",
    Bilingual("Volume", "体积"),
    Bilingual("Units of volume", "体积单位"),
    "m3",
    (("l", "0.001"),),
)
AREA = Property(
    "93a60a56-a3c8-19da-a746-0800200c9a66",
    "93a60a57-a3c8-18da-a746-0800200c9a66",
    Bilingual("Area", "面积"),
    Bilingual("Units of area", "面积单位"),
    "m2",
    (("cm2", "0.0001"),),
)
LENGTH = Property(
    "838aaa23-0117-11db-92e3-0800200c9a66",
    "838aaa22-0117-11db-92e3-0800200c9a66",
    Bilingual("Length", "长度"),
    Bilingual("Units of length", "长度单位"),
    "m",
    (("km", "1000"),),
)
ITEMS = Property(
    "01846770-4cfe-4a25-8ad9-919d8d378345",
    "5beb6eed-33a9-47b8-9ede-1dfe8f679159",
    Bilingual("Number of items", "件数"),
    Bilingual("Units of items", "件数单位"),
    "Item(s)",
)


def _own(unit: str, name: Bilingual, *, economic: bool = False) -> Property:
    """A property of our own, whose reference unit is the canonical unit itself."""
    return Property(
        str(uuid.uuid5(NAMESPACE, f"flow property {unit}")),
        str(uuid.uuid5(NAMESPACE, f"unit group {unit}")),
        name,
        Bilingual(f"Units of {name.en.lower()}", f"{name.zh}单位"),
        unit,
        economic=economic,
    )


_PROPERTIES: dict[str, InProperty] = {
    "kg": InProperty(MASS, Decimal(1)),
    "g": InProperty(MASS, Decimal("0.001")),
    "t": InProperty(MASS, Decimal(1000)),
    "MJ": InProperty(ENERGY, Decimal(1)),
    "kWh": InProperty(ENERGY, Decimal("3.6")),
    "m3": InProperty(VOLUME, Decimal(1)),
    "litre": InProperty(VOLUME, Decimal("0.001")),
    "m2": InProperty(AREA, Decimal(1)),
    "cm2": InProperty(AREA, Decimal("0.0001")),
    "m": InProperty(LENGTH, Decimal(1)),
    "km": InProperty(LENGTH, Decimal(1000)),
    "piece": InProperty(ITEMS, Decimal(1)),
}
_OWN_NAMES = {
    "tkm": Bilingual("Freight transport", "货物运输"),
    "pkm": Bilingual("Passenger transport", "旅客运输"),
    "hour": Bilingual("Duration in hours", "时长（小时）"),
    "m2a": Bilingual("Area time", "面积时间"),
    "EUR": Bilingual("Price in EUR", "价格（欧元）"),
    "USD": Bilingual("Price in USD", "价格（美元）"),
    "CNY": Bilingual("Price in CNY", "价格（人民币）"),
    "kWh_capacity": Bilingual("Storage capacity", "储能容量"),
    "Wp": Bilingual("Peak power", "峰值功率"),
    "GB": Bilingual("Amount of data", "数据量"),
    "TEU-km": Bilingual("Container transport", "集装箱运输"),
}
_MONEY = frozenset({"EUR", "USD", "CNY"})


def property_of(unit: str) -> InProperty:
    """The flow property of a canonical unit; a unit without one in ILCD gets one of our own."""
    known = _PROPERTIES.get(unit)
    if known is not None:
        return known
    name = _OWN_NAMES.get(unit, Bilingual(f"Amount in {unit}", f"数量（{unit}）"))
    return InProperty(_own(unit, name, economic=unit in _MONEY), Decimal(1))
