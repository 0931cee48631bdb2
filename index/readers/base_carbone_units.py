"""Base Carbone's French unit strings, and what one of each is in a plain unit."""

from __future__ import annotations

from typing import NamedTuple

KWH_PER_GJ = 1_000.0 / 3.6
KWH_PER_TOE = 11_630.0  # 1 toe = 41.868 GJ by definition (International Energy Agency, energy units)


class PlainUnit(NamedTuple):
    """The plain unit, how many of it one source unit holds, and a note for the reader."""

    unit: str
    per_source_unit: float = 1.0
    note: str = ""
    note_zh: str = ""


_LHV = ("per kWh lower heating value", "按低位热值每千瓦时")
_HHV = ("per kWh higher heating value", "按高位热值每千瓦时")

UNITS: dict[str, PlainUnit] = {
    "kg": PlainUnit("kg"),
    "kg de poids net": PlainUnit("kg"),
    "kg de poids vif": PlainUnit("kg", 1.0, "per kg as sold at the farm gate (live weight for animals)", "活重"),
    "kg biognc": PlainUnit("kg"),
    "kgh2": PlainUnit("kg"),
    "kg de matière active": PlainUnit("kg", 1.0, "per kg of active substance", "每千克有效成分"),
    "kg de cuir traité": PlainUnit("kg", 1.0, "per kg of leather treated", "每千克处理皮革"),
    "kg d'azote épandu": PlainUnit("kg", 1.0, "per kg of nitrogen spread", "每千克施用氮"),
    "tonne": PlainUnit("t"),
    "t": PlainUnit("t"),
    "tonne produites": PlainUnit("t"),
    "tonne de clinker": PlainUnit("t", 1.0, "per tonne of clinker", "每吨熟料"),
    "tonne de déchets": PlainUnit("t"),
    "tonne de n": PlainUnit("t", 1.0, "per tonne of nitrogen (N)", "每吨氮"),
    "tonne de k2o": PlainUnit("t", 1.0, "per tonne of K2O", "每吨K2O"),
    "tonne de p2o5": PlainUnit("t", 1.0, "per tonne of P2O5", "每吨P2O5"),
    "kwh": PlainUnit("kWh"),
    "kwh pci": PlainUnit("kWh", 1.0, *_LHV),
    "kwhpci": PlainUnit("kWh", 1.0, *_LHV),
    "kwh (pci)": PlainUnit("kWh", 1.0, *_LHV),
    "kwh pcs": PlainUnit("kWh", 1.0, *_HHV),
    "kwhpcs": PlainUnit("kWh", 1.0, *_HHV),
    "gj pci": PlainUnit("kWh", KWH_PER_GJ, *_LHV),
    "gj pcs": PlainUnit("kWh", KWH_PER_GJ, *_HHV),
    "mj pci": PlainUnit("kWh", KWH_PER_GJ / 1_000.0, *_LHV),
    "tep pci": PlainUnit("kWh", KWH_PER_TOE, *_LHV),
    "tep pcs": PlainUnit("kWh", KWH_PER_TOE, *_HHV),
    "t.km": PlainUnit("tkm"),
    "tonne.km": PlainUnit("tkm"),
    "passager.km": PlainUnit("pkm"),
    "peq.km": PlainUnit("pkm"),
    "km": PlainUnit("km"),
    "litre": PlainUnit("litre"),
    "m3": PlainUnit("m3"),
    "m³": PlainUnit("m3"),
    "m3 (n)": PlainUnit("m3", 1.0, "per normal cubic metre", "标准立方米"),
    "m²": PlainUnit("m2"),
    "m² shon": PlainUnit("m2", 1.0, "per m2 of net floor area", "每平方米净建筑面积"),
    "m2 shon": PlainUnit("m2", 1.0, "per m2 of net floor area", "每平方米净建筑面积"),
    "m² de paroi": PlainUnit("m2"),
    "m² de sol": PlainUnit("m2"),
    "m² de toiture": PlainUnit("m2"),
    "m": PlainUnit("m"),
    "ml": PlainUnit("m"),  # mètre linéaire
    "m de route": PlainUnit("m"),
    "unité": PlainUnit("piece"),
    "appareil": PlainUnit("piece"),
    "plant": PlainUnit("piece"),
    "livre": PlainUnit("piece"),
    "repas": PlainUnit("piece"),
    "100 feuilles a4": PlainUnit("piece", 100.0, "per A4 sheet printed", "每张A4打印纸"),
    "heure": PlainUnit("hour"),
    "keuro": PlainUnit("EUR", 1_000.0),
    "euro dépensé": PlainUnit("EUR"),
}

DROPPED_UNITS = {
    "ha": "per hectare, not per product",
    "ha.an": "per hectare, not per product",
    "m3.km": "per cubic metre-kilometre, no plain unit",
    "kgh2/100km": "per kg of hydrogen over 100 km, no plain unit",
    "personne.mois": "per person and month, not per product",
    "kg dco éliminée": "one gas of a treatment plant only",
    "kg ntk": "one gas of a treatment plant only",
}


def key(unit_fr: str) -> str:
    """The part of ``kgCO2e/tonne de N`` that names the unit, in lower case."""
    return " ".join(unit_fr.removeprefix("kgCO2e/").lower().split())
