"""The entities of an openLCA JSON-LD package: found by type and id, both schema versions under the same words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

from firstprint.errors import UnreadableError
from firstprint.importers.datasets.inventories import joined_category, told
from firstprint.importers.datasets.json_node import Node, node_of
from firstprint.importers.datasets.normalising import clean
from firstprint.importers.datasets.packages import Member, Package
from firstprint.importers.datasets.parsing import parse_json
from firstprint.importers.datasets.records import Problem

FOLDERS = {
    "Process": "processes",
    "Result": "results",
    "Epd": "epds",
    "ProductSystem": "product_systems",
    "Flow": "flows",
    "FlowProperty": "flow_properties",
    "UnitGroup": "unit_groups",
    "Location": "locations",
    "Category": "categories",
    "ImpactCategory": "lcia_categories",
    "ImpactMethod": "lcia_methods",
}
"""Entity type → the folder it lies in."""
DATASET_TYPES = ("Process", "ProductSystem", "Result", "Epd")
_TYPES = {folder: kind for kind, folder in FOLDERS.items()}
_BESIDES = frozenset({"context.json", "openlca.json", "olca-schema.json", "library.json", "manifest.json"})
_OTHER_FOLDERS = frozenset(
    {
        "actors", "sources", "currencies", "parameters", "projects", "social_indicators", "dq_systems", "nw_sets",
        "lcia_methods", "bin", "flow_maps", "library_data",
    }
)  # fmt: skip
_DEEPEST_CATEGORY = 20
_CACHED = 4_096
_CACHED_LARGE = 4
"""Processes may take megabytes each, and are asked for once."""
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Entity(NamedTuple):
    """An entity and where it stands."""

    kind: str
    node: Node
    place: str

    @property
    def id(self) -> str:
        """Its ``@id``."""
        return self.node.text("@id", "id", limit=120)

    @property
    def dataset_id(self) -> str:
        """Its UUID; an id that is none gets the format's name, since others may have the same."""
        return self.id if _UUID.fullmatch(self.id) else f"olca:{self.id}"


class Entities:
    """All entities of a package; a file is parsed when one of its entities is asked for."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._members = package.of_suffix(".json", ".jsonld")
        self._by_id: dict[tuple[str, str], Member] = {}
        for member in self._members:
            self._by_id.setdefault((_kind_of(member), PurePosixPath(member.name).stem.lower()), member)
        self._inline: dict[tuple[str, str], Node] = {}
        self._small = lru_cache(maxsize=_CACHED)(self._read_one)
        self._large = lru_cache(maxsize=_CACHED_LARGE)(self._read_one)

    def find(self, kind: str, reference: Node) -> Node:
        """What a reference stands for; an empty node where the package does not hold it."""
        key = reference.text("@id", "id", limit=120).lower()
        if not key:
            return Node()
        return self._large(kind, key) if kind in DATASET_TYPES else self._small(kind, key)

    def members(self) -> tuple[Member, ...]:
        """The files that may hold datasets."""
        return tuple(each for each in self._members if _may_hold_datasets(each))

    def roots(self, *kinds: str) -> Iterator[Entity | Problem]:
        """Every entity of these types in the package's order, and the files that cannot be read."""
        for member in self.members():
            known = _kind_of(member)
            if known and known not in kinds:
                continue
            try:
                yield from (each for each in self._in_file(member) if each.kind in kinds)
            except UnreadableError as error:
                yield told(error, member.name)

    def category(self, node: Node) -> str:
        """A category as ``a / b``: a path (version 2), or a reference with its parents' names (version 1)."""
        path = node.raw("category")
        if isinstance(path, str):
            return joined_category(path.split("/"))
        reference = node.node("category")
        parts = [*reference.texts("categoryPath"), reference.text("name")]
        if len(parts) == 1:
            parts = [*self._parents(reference), *parts]
        return joined_category(parts)

    def _parents(self, reference: Node) -> list[str]:
        names: list[str] = []
        found = self.find("Category", reference)
        for _ in range(_DEEPEST_CATEGORY):
            above = found.node("category")
            if not above:
                break
            found = self.find("Category", above)
            names.insert(0, above.text("name") or found.text("name"))
        return names

    def place(self, node: Node) -> str:
        """The location's code, or its name where the package does not hold it."""
        stated = node.raw("location")
        if isinstance(stated, str):
            return clean(stated, 60)
        reference = node.node("location")
        return self.find("Location", reference).text("code") or reference.text("code", "name")

    def _read_one(self, kind: str, key: str) -> Node:
        if (kind, key) in self._inline:
            return self._inline[kind, key]
        member = self._by_id.get((kind, key))
        if member is None:
            return Node()
        try:
            return node_of(parse_json(self._package.read(member)))
        except UnreadableError:
            return Node()

    def _in_file(self, member: Member) -> Iterator[Entity]:
        """The one entity of a file, or those of a list or of a graph.

        Raises:
            UnreadableError: it is no JSON with entities.
        """
        value = parse_json(self._package.read(member))
        listed = value.get("@graph") if isinstance(value, dict) and isinstance(value.get("@graph"), list) else value
        several = isinstance(listed, list)
        nodes = [node_of(each) for each in (listed if isinstance(listed, list) else [listed])]
        if not any(each.text("@type") for each in nodes):
            raise UnreadableError("is no openLCA JSON-LD", "No object in it has an @type.")
        for node in nodes if several else ():
            self._inline[node.text("@type"), node.text("@id", limit=120).lower()] = node
        if several:
            self._small.cache_clear()
            self._large.cache_clear()
        for order, node in enumerate(nodes, start=1):
            yield Entity(node.text("@type"), node, f"{member.name}, object {order}" if several else member.name)


def _kind_of(member: Member) -> str:
    return _TYPES.get(member.folders[-1], "") if member.folders else ""


def _may_hold_datasets(member: Member) -> bool:
    if PurePosixPath(member.name).name.lower() in _BESIDES or _OTHER_FOLDERS.intersection(member.folders):
        return False
    return _kind_of(member) in {"", *DATASET_TYPES}
