"""Who is part of whom in a bill: from a column of levels, of dotted positions, or of parents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

DEEPEST = 30
_DOTTED = re.compile(r"^\d+(?:[.\-]\d+)*\.?$")
_DEPTH_MARKS = re.compile(r"^[.·\-+\s]*(\d+)$")


class Place(NamedTuple):
    """What a row says of its place: the cells of ``level``, ``id`` and ``parent``, empty where there are none."""

    line: int
    component: str
    level: str
    id: str
    parent: str


class Node(NamedTuple):
    """Id of a row, unique in the bill, and of the row it is part of."""

    id: str
    parent: str | None


class Tree(NamedTuple):
    """A node a row, in their order, and what is wrong with their places; one line each."""

    nodes: tuple[Node, ...]
    faults: tuple[str, ...]


def plant(places: Sequence[Place], where: str) -> Tree:
    """Reads the tree. A column ``parent`` says most, then dotted positions (1.2.3), then levels with the order of rows.

    Args:
        places: one a row, in the order of the file.
        where: the file, for messages.
    """
    if any(place.parent for place in places):
        return _by_parent(places, where)
    levels = [place.level for place in places]
    if not any(levels):
        return Tree(tuple(Node(_own_id(place), None) for place in places), ())
    if any(re.search(r"\d[.\-]\d", level) for level in levels):
        return _by_position(places, where)
    return _by_level(places, where)


def depths(nodes: Sequence[Node]) -> dict[str, int]:
    """Depth of each node below the top; the nodes are known to hold no circle."""
    parents = {node.id: node.parent for node in nodes}
    found: dict[str, int] = {}
    for node in nodes:
        above, depth = node.parent, 0
        while above is not None:
            above, depth = parents[above], depth + 1
        found[node.id] = depth
    return found


def _own_id(place: Place) -> str:
    return f"r{place.line}"


def _by_parent(places: Sequence[Place], where: str) -> Tree:
    named: dict[str, list[Place]] = {}
    for place in places:
        named.setdefault(place.id or place.component, []).append(place)
    faults = [
        f"{where}, row {twins[1].line}, column 'id': must be unique; {key[:60]!r} stands in row {twins[0].line} too."
        " Give each row an id of its own."
        for key, twins in named.items()
        if len(twins) > 1 and (twins[0].id or any(place.parent == key for place in places))
    ]
    nodes = []
    for place in places:
        found = named.get(place.parent, [])
        if place.parent and not found:
            faults.append(
                f"{where}, row {place.line}, column 'parent': must be the id of a row; got {place.parent[:60]!r}, "
                "which no row has. Mend it, or leave it empty at the top."
            )
        nodes.append(Node(_own_id(place), _own_id(found[0]) if found and place.parent else None))
    return Tree(tuple(nodes), (*faults, *_circles(nodes, places, where)))


def _circles(nodes: Sequence[Node], places: Sequence[Place], where: str) -> list[str]:
    parents = {node.id: node.parent for node in nodes}
    faults = []
    for node, place in zip(nodes, places, strict=True):
        above, steps = node.parent, 0
        while above is not None and above != node.id and steps <= DEEPEST:
            above, steps = parents.get(above), steps + 1
        if above == node.id:
            faults.append(
                f"{where}, row {place.line}, column 'parent': a row cannot be part of itself; its parents lead back to "
                f"it. Mend the parent {place.parent[:60]!r}."
            )
        elif steps > DEEPEST:
            faults.append(f"{where}, row {place.line}, column 'parent': deeper than {DEEPEST} levels. Flatten it.")
    return faults


def _by_position(places: Sequence[Place], where: str) -> Tree:
    """Positions such as 1, 1.1, 1.1.2: the part before the last number is the parent."""
    faults: list[str] = []
    known: dict[str, Place] = {}
    for place in places:
        code = _code(place.level)
        if not _DOTTED.match(place.level):
            faults.append(
                f"{where}, row {place.line}, column 'level': must be a position such as 1.2; got {place.level[:40]!r}."
                " Give every row one."
            )
        elif code in known:
            faults.append(
                f"{where}, row {place.line}, column 'level': must be unique; {code!r} stands in row "
                f"{known[code].line} too. Format the column as text: a spreadsheet makes 1.10 into 1.1."
            )
        elif code.count(".") >= DEEPEST:
            faults.append(f"{where}, row {place.line}, column 'level': deeper than {DEEPEST} levels. Flatten the bill.")
        known.setdefault(code, place)
    nodes = [Node(_own_id(place), _parent_of(_code(place.level), known)) for place in places]
    return Tree(tuple(nodes), tuple(faults))


def _code(level: str) -> str:
    return level.replace("-", ".").rstrip(".")


def _parent_of(code: str, known: Mapping[str, Place]) -> str | None:
    """The nearest position above that stands in the file; a bill may begin below its product."""
    while "." in code:
        code = code.rpartition(".")[0]
        if code in known:
            return _own_id(known[code])
    return None


def _by_level(places: Sequence[Place], where: str) -> Tree:
    """Depths such as 0, 1, 2 (or .1, ..2): a row is part of the last row above it with a smaller one."""
    faults: list[str] = []
    nodes: list[Node] = []
    stack: list[tuple[int, str]] = []
    top: int | None = None
    for place in places:
        found = _DEPTH_MARKS.match(place.level)
        if found is None or int(found[1]) > DEEPEST:
            faults.append(
                f"{where}, row {place.line}, column 'level': must be a whole number from 0 to {DEEPEST}; got "
                f"{place.level[:40]!r}. Give every row one."
            )
            nodes.append(Node(_own_id(place), None))
            continue
        level = int(found[1])
        top = level if top is None else top
        while stack and stack[-1][0] >= level:
            stack.pop()
        if level > (stack[-1][0] + 1 if stack else top):
            faults.append(
                f"{where}, row {place.line}, column 'level': must be at most one below the row above; got {level}."
                " A level in between is missing."
            )
        nodes.append(Node(_own_id(place), stack[-1][1] if stack else None))
        stack.append((level, _own_id(place)))
    return Tree(tuple(nodes), tuple(faults))
