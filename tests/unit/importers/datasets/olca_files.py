"""A small made-up openLCA package in both schema versions."""

from __future__ import annotations

from typing import Any

MASS, ITEMS = "93a60a56-0000-0000-0000-000000000001", "93a60a56-0000-0000-0000-000000000002"
MASSES, COUNTS = "93a60a57-0000-0000-0000-000000000001", "93a60a57-0000-0000-0000-000000000002"
KG, POUND, BALE, CRATE = "u-kg", "u-pound", "u-bale", "u-crate"
COTTON, BATTERY, CARBON = "f-cotton", "f-battery", "f-co2"
PROCESS = "aaaaaaaa-0000-0000-0000-000000000001"
SYSTEM = "bbbbbbbb-0000-0000-0000-000000000001"
RESULT = "cccccccc-0000-0000-0000-000000000001"
EPD = "dddddddd-0000-0000-0000-000000000001"

Json = dict[str, Any]


def ref(kind: str, key: str, name: str = "", **more: Any) -> Json:
    return {"@type": kind, "@id": key, "name": name, **more}


def exchange(flow: Json, amount: Any, unit: str = KG, name: str = "kg", *, v2: bool = True, **flags: bool) -> Json:
    spelling = {
        "reference": "isQuantitativeReference" if v2 else "quantitativeReference",
        "is_input": "isInput" if v2 else "input",
        "avoided": "isAvoidedProduct" if v2 else "avoidedProduct",
    }
    told = {spelling[key]: value for key, value in flags.items()}
    return {"@type": "Exchange", "amount": amount, "flow": flow, "unit": ref("Unit", unit, name), **told}


def product(key: str = COTTON, name: str = "cotton fibre", kind: str = "PRODUCT_FLOW", **more: Any) -> Json:
    return ref("Flow", key, name, flowType=kind, **more)


def elementary(name: str, category: Any = "Elementary flows/Emission to air/unspecified", key: str = CARBON) -> Json:
    place = {"category": category} if isinstance(category, str) else {"categoryPath": category}
    return ref("Flow", key, name, flowType="ELEMENTARY_FLOW", refUnit="kg", **place)


def process(*exchanges: Json, key: str = PROCESS, **more: Any) -> Json:
    return {
        "@type": "Process",
        "@id": key,
        "name": "cotton farming",
        "category": "Agriculture/Fibre crops",
        "description": "Made up.",
        "processType": "UNIT_PROCESS",
        "location": ref("Location", "l-cn", "China"),
        "processDocumentation": {
            "validFrom": "2018-01-01",
            "validUntil": "2025-12-31",
            "technologyDescription": "Irrigated.",
            "restrictionsDescription": "Licensed under CC BY 4.0 by nobody.",
        },
        "exchanges": list(exchanges),
        **more,
    }


def packaged(*entities: tuple[str, Json], v2: bool = True) -> dict[str, Any]:
    """Entities by folder, with the flows, units and places that all packages share."""
    is_unit, is_property = ("isRefUnit", "isRefFlowProperty") if v2 else ("referenceUnit", "referenceFlowProperty")
    shared: list[tuple[str, Json]] = [
        (
            "unit_groups",
            {
                **ref("UnitGroup", MASSES, "Units of mass"),
                "units": [
                    {**ref("Unit", KG, "kg"), is_unit: True, "conversionFactor": 1.0},
                    {**ref("Unit", BALE, "standard bale"), "conversionFactor": 218.0},
                ],
            },
        ),
        (
            "unit_groups",
            {
                **ref("UnitGroup", COUNTS, "Units of crates"),
                "units": [{**ref("Unit", CRATE, "crate of twelve"), is_unit: True, "conversionFactor": 1.0}],
            },
        ),
        ("flow_properties", {**ref("FlowProperty", MASS, "Mass"), "unitGroup": ref("UnitGroup", MASSES)}),
        ("flow_properties", {**ref("FlowProperty", ITEMS, "Crates"), "unitGroup": ref("UnitGroup", COUNTS)}),
        (
            "flows",
            {
                **product(),
                "cas": "9004-34-6",
                "synonyms": "raw cotton; 棉花",
                "flowProperties": [
                    {"flowProperty": ref("FlowProperty", MASS), is_property: True, "conversionFactor": 1.0},
                    {"flowProperty": ref("FlowProperty", ITEMS), "conversionFactor": 0.25},
                ],
            },
        ),
        ("flows", {**elementary("norflurane", key="f-norflurane"), "cas": "000811-97-2"}),
        ("locations", {**ref("Location", "l-cn", "China"), "code": "CN"}),
        ("categories", {**ref("Category", "c-low", "Fibre crops"), "category": ref("Category", "c-top")}),
        ("categories", ref("Category", "c-top", "Agriculture")),
    ]
    members: dict[str, Any] = {"openlca.json": {"schemaVersion": 2}} if v2 else {"meta.info": {"client": "made up"}}
    for folder, entity in (*shared, *entities):
        members[f"{folder}/{entity['@id']}.json"] = entity
    return members


def impact(name: str, amount: Any, unit: str = "kg CO2 eq", key: str = "i") -> Json:
    return {"indicator": ref("ImpactCategory", key, name, refUnit=unit), "amount": amount}


def result(*impacts: Json, key: str = RESULT, method: str = "EF v3.1", **more: Any) -> Json:
    return {
        **ref("Result", key, "cotton, at farm"),
        "impactMethod": ref("ImpactMethod", "m", method),
        "impactResults": list(impacts),
        **more,
    }


def epd(*modules: tuple[str, str], **more: Any) -> Json:
    return {
        **ref("Epd", EPD, "Cotton insulation"),
        "validUntil": "2029-05-01",
        "product": {"flow": product(), "amount": 10.0, "unit": ref("Unit", KG, "kg")},
        "manufacturer": ref("Actor", "a", "Fibre Ltd"),
        "modules": [{"name": name, "result": ref("Result", key)} for name, key in modules],
        **more,
    }
