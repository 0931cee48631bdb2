"""Small made-up Brightway packages and workbooks."""

from __future__ import annotations

import bz2
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

CODE = "0123456789abcdef0123456789abcdef"


def packed(value: Any) -> Any:
    """As Brightway writes it: dictionaries as two lists, tuples marked."""
    if isinstance(value, dict):
        return {"__dict__": True, "keys": [*map(packed, value)], "values": [*map(packed, value.values())]}
    if isinstance(value, tuple):
        return {"__tuple__": True, "data": [*map(packed, value)]}
    return [*map(packed, value)] if isinstance(value, list) else value


def database(data: dict[tuple[str, str], dict[str, Any]], name: str = "food") -> dict[str, Any]:
    return {
        "metadata": {"format": "made up"},
        "name": name,
        "class": {"module": "os", "name": "system"},
        "data": data,
    }


def activity(*exchanges: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": "wheat farming",
        "reference product": "wheat grain",
        "unit": "kilogram",
        "location": "FR",
        "comment": "Made up.",
        "type": "processwithreferenceproduct",
        "synonyms": ["blé", "小麦"],
        "classifications": [("ISIC rev.4 ecoinvent", "0111:Growing of cereals")],
        "exchanges": list(exchanges),
        **more,
    }


def production(amount: Any = 1.0, code: str = CODE) -> dict[str, Any]:
    return {"type": "production", "amount": amount, "input": ("food", code)}


def emission(amount: Any, code: str = "co2", database: str = "bio", **more: Any) -> dict[str, Any]:
    return {"type": "biosphere", "amount": amount, "input": (database, code), **more}


CARBON = {
    ("bio", "co2"): {
        "name": "Carbon dioxide, fossil",
        "categories": ("air", "urban"),
        "unit": "kilogram",
        "type": "emission",
    }
}


def package_bytes(*databases: dict[str, Any]) -> bytes:
    return bz2.compress(json.dumps(packed(list(databases))).encode())


ROWS: tuple[tuple[Any, ...], ...] = (
    ("Database", "food"),
    ("format", "made up"),
    (),
    ("Activity", "wheat farming"),
    ("code", CODE),
    ("location", "FR"),
    ("reference product", "wheat grain"),
    ("unit", "kilogram"),
    ("comment", "Made up."),
    ("Exchanges",),
    ("name", "amount", "database", "code", "unit", "categories", "type"),
    ("wheat grain", 2, "food", CODE, "kilogram", None, "production"),
    ("Carbon dioxide, fossil", 0.5, "bio", "co2", "kilogram", "air::urban", "biosphere"),
    (),
    ("Nitrous oxide", 0.001, "bio", "n2o", "kilogram", "air", "biosphere"),
    (),
    ("Activity", "面粉加工"),
    ("code", "flour"),
    ("location", "CN"),
    ("unit", "kilogram"),
    ("Exchanges",),
    ("name", "amount", "unit", "type"),
    ("面粉", 1, "kilogram", "production"),
    ("wheat grain", 1.3, "kilogram", "technosphere"),
)


def workbook(path: Path, rows: Sequence[Sequence[Any]] = ROWS, *more: Sequence[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    for place, sheet in enumerate((rows, *more)):
        page = book.active if place == 0 else book.create_sheet()
        for row in sheet:
            page.append([*row] or [None])
    book.save(path)
    return path
