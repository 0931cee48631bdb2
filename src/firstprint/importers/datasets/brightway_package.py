"""Brightway packages: bzip2 over JSON in which a dictionary is two lists and a tuple a marked list.

Brightway's own reader imports the class that a package names; here a package is only data, and no class is looked
at, let alone run.
"""

from __future__ import annotations

import bz2
from collections.abc import Iterator
from typing import Any

from firstprint.errors import UnreadableError
from firstprint.importers.datasets.brightway_activity import Activity, Exchange, Flow, Flows, Key, joined
from firstprint.importers.datasets.json_node import Node
from firstprint.importers.datasets.normalising import clean
from firstprint.importers.datasets.parsing import parse_json
from firstprint.importers.datasets.records import Problem

_MAX_UNPACKED_BYTES = 256 * 1024 * 1024
_CHUNK_BYTES = 1 << 20
_MAGIC = b"BZh"
_ELEMENTARY = frozenset({"emission", "natural resource", "inventory indicator", "economic", "social", "biosphere"})
_TEXTS = ("comment", "description", "type", "activity type", "license", "licence", "reference", "source", "year")


def looks_like_package(start: bytes) -> bool:
    """True for the beginning of bzip2 data."""
    return start.startswith(_MAGIC)


def package_activities(data: bytes, file: str, flows: Flows) -> Iterator[Activity | Problem]:
    """The activities of every database in a package; ``flows`` is filled with its elementary flows first.

    Raises:
        UnreadableError: it is no bzip2, unpacks to more than 256 MB, or is no JSON.
    """
    value = parse_json(_unpacked(data))
    parts = [_dictionary(each) for each in (value if isinstance(value, list) else [value])]
    nodes = [(f"{file}, {_name(part)}", entry) for part in parts for entry in _entries(part)]
    if not nodes:
        yield Problem("holds no Brightway database", file)
    for _, (key, node) in nodes:
        if _is_elementary(node):
            flows.by_key[key] = _flow(node)
    for place, (key, node) in nodes:
        at = f"{place} {key.code[:60]!r}"
        if _is_elementary(node):
            yield Problem("is an elementary flow, not a process", at)
        elif node.text("type") == "product":
            yield Problem("is a product, whose process is read in its stead", at)
        else:
            yield _activity(key, node, at)


def _unpacked(data: bytes) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in _parts(data):
        size += len(part)
        if size > _MAX_UNPACKED_BYTES:
            raise UnreadableError("is too large", f"It unpacks to more than {_MAX_UNPACKED_BYTES // 1024**2} MB.")
        parts.append(part)
    return b"".join(parts)


def _parts(data: bytes) -> Iterator[bytes]:
    """Unpacked piece by piece, stream after stream; what follows the last stream is left."""
    while True:
        unpacker = bz2.BZ2Decompressor()
        yield from _stream(unpacker, data)
        data = unpacker.unused_data
        if not data.startswith(_MAGIC):
            return


def _stream(unpacker: bz2.BZ2Decompressor, data: bytes) -> Iterator[bytes]:
    while not unpacker.eof:
        try:
            part = unpacker.decompress(data, _CHUNK_BYTES)
        except OSError as error:
            raise UnreadableError("is no bzip2 data", str(error)[:100]) from error
        data = b""
        if not part and unpacker.needs_input:
            raise UnreadableError("is cut off", "The bzip2 data ends too early.")
        yield part


def _dictionary(value: Any) -> Node:  # noqa: ANN401 - JSON is anything
    """A dictionary with texts as keys; a plain JSON object stands for itself."""
    if not isinstance(value, dict):
        return Node()
    if value.get("__dict__") is not True:
        return Node(value)
    return Node({key: each for key, each in _pairs(value) if isinstance(key, str)})


def _pairs(value: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    keys, values = value.get("keys"), value.get("values")
    if isinstance(keys, list) and isinstance(values, list):
        yield from zip(keys, values, strict=False)


def _tuple(value: Any) -> list[Any]:  # noqa: ANN401
    """The parts of a tuple or list; nothing for anything else."""
    if isinstance(value, dict) and value.get("__tuple__") is True:
        value = value.get("data")
    return value if isinstance(value, list) else []


def _key(value: Any) -> Key | None:  # noqa: ANN401
    parts = _tuple(value)
    if len(parts) != len(Key._fields) or not all(isinstance(each, str | int) for each in parts):
        return None
    return Key(clean(parts[0], 120), clean(parts[1], 160))


def _name(part: Node) -> str:
    return part.text("name", limit=80) or "database"


def _entries(part: Node) -> Iterator[tuple[Key, Node]]:
    """The nodes of a database by their keys; nothing for a method, which has a list of factors."""
    data = part.raw("data")
    if not isinstance(data, dict) or data.get("__dict__") is not True:
        return
    for stated, value in _pairs(data):
        key, node = _key(stated), _dictionary(value)
        if key is not None and node:
            yield key, node


def _is_elementary(node: Node) -> bool:
    return node.text("type") in _ELEMENTARY


def _flow(node: Node) -> Flow:
    return Flow(
        node.text("name"),
        joined(_tuple(node.raw("categories"))),
        node.text("unit"),
        node.text("CAS number", "cas", limit=40),
    )


def _activity(key: Key, node: Node, place: str) -> Activity:
    return Activity(
        key=key,
        place=place,
        name=node.text("name"),
        product=node.text("reference product"),
        unit=node.text("unit"),
        location=node.text("location") or joined(_tuple(node.raw("location"))[-1:]),
        exchanges=tuple(_exchange(_dictionary(each)) for each in _tuple(node.raw("exchanges"))),
        synonyms=tuple(clean(each) for each in _tuple(node.raw("synonyms"))[:20] if isinstance(each, str)),
        classes=_classes(node),
        texts={name: node.text(name, limit=4000) for name in _TEXTS},
    )


def _exchange(node: Node) -> Exchange:
    return Exchange(node.text("type"), node.raw("amount"), _flow(node), _key(node.raw("input")))


def _classes(node: Node) -> tuple[str, ...]:
    """The first of its classifications without the code in front, else its categories."""
    for each in _tuple(node.raw("classifications")):
        pair = _tuple(each)
        if len(pair) == len(Key._fields) and isinstance(pair[1], str):
            return (pair[1].rpartition(":")[2],)
    return tuple(each for each in _tuple(node.raw("categories")) if isinstance(each, str))
