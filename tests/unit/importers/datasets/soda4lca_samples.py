"""A small EPD of our own in the JSON of soda4LCA."""

from __future__ import annotations

from typing import Any

from ilcd_samples import AREA, FLOW, GWP_TOTAL, MASS, PROCESS


def soda(**changes: object) -> dict[str, Any]:
    entry = {
        "referenceToFlowDataSet": {"shortDescription": [{"value": "Tile (Tile)", "lang": "de"}], "refObjectId": FLOW},
        "meanAmount": 2.0,
        "dataSetInternalID": 5,
        "referenceFlow": True,
        "typeOfFlow": "Product flow",
        "flowProperties": [
            {"uuid": MASS, "meanValue": 20.0},
            {"uuid": AREA, "referenceFlowProperty": True, "meanValue": 1.0, "referenceUnit": "qm"},
        ],
        "materialProperties": [{"name": "layer thickness", "value": "0.01", "unit": "m"}],
    }
    unit = {"shortDescription": [{"value": "kg CO_(2)-Äq."}]}
    amounts = [{"value": "1.5", "module": "A1"}, {"value": "0.5", "module": "A2"}, {"value": "1", "module": "A3"}]
    amounts += [
        {"module": "B1"},
        {"value": "-3", "module": "D"},
        {"name": "referenceToUnitGroupDataSet", "value": unit},
    ]
    return {
        "processInformation": {
            "dataSetInformation": {
                "UUID": PROCESS,
                "name": {"baseName": [{"value": "Fliese", "lang": "de"}, {"value": "Tile", "lang": "en"}]},
                "classificationInformation": {
                    "classification": [{"class": [{"value": "Tiles", "level": 1}, {"value": "Building", "level": 0}]}]
                },
                "other": {"anies": [{"margins": 10}]},
            },
            "quantitativeReference": {"referenceToReferenceFlow": [5]},
            "time": {"referenceYear": 2018, "dataSetValidUntil": 2022},
            "geography": {"locationOfOperationSupplyOrProduction": {"location": "DE"}},
        },
        "modellingAndValidation": {
            "LCIMethodAndAllocation": {
                "typeOfDataSet": "EPD",
                "other": {"anies": [{"name": "subType", "value": "generic dataset"}]},
            }
        },
        "exchanges": {"exchange": [entry]},
        "LCIAResults": {
            "LCIAResult": [{"referenceToLCIAMethodDataSet": {"refObjectId": GWP_TOTAL}, "other": {"anies": amounts}}]
        },
        "source": "https://example.org/epd",
    } | changes
