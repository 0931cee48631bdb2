"""Reads ``index/compositions.csv``: what products of a kind are usually made of. Names only; it holds no amounts."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from firstprint.resources import resource

FILE = "index/compositions.csv"
ANY = "*"
"""The kind of the lines that any product may have: electricity, packaging, transport."""


class Component(NamedTuple):
    """A usual part, named in both languages; the unit is the one a person would count it in."""

    name_en: str
    name_zh: str
    material_en: str
    material_zh: str
    unit: str
    stage: str


class Composition(NamedTuple):
    """A kind of product with its names and usual parts."""

    name_en: str
    name_zh: str
    synonyms: tuple[str, ...]
    components: tuple[Component, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name the kind goes by."""
        return (self.name_en, self.name_zh, *self.synonyms)


@cache
def load_compositions(path: Path | None = None) -> tuple[Composition, ...]:
    """Every kind of the file, in its order; the kind ``*`` among them."""
    grouped: dict[str, list[dict[str, str]]] = {}
    with (path or resource(FILE)).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            grouped.setdefault(row["product"], []).append(row)
    return tuple(
        Composition(
            name_en=rows[0]["product"],
            name_zh=rows[0]["product_zh"],
            synonyms=tuple(part for part in rows[0]["synonyms"].split("|") if part),
            components=tuple(_component(row) for row in rows),
        )
        for rows in grouped.values()
    )


def _component(row: dict[str, str]) -> Component:
    return Component(
        row["component"], row["component_zh"], row["material"], row["material_zh"], row["unit"], row["stage"]
    )
