"""A JSON object of strangers, read by key; what is not there or of another kind is empty, never an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from firstprint.importers.datasets.normalising import MAX_NAME_CHARS, clean


@dataclass(frozen=True, slots=True)
class Node:
    """An object; each method takes the spellings of a key, of which the first that is there counts."""

    value: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.value)

    def raw(self, *keys: str) -> object:
        """Whatever stands there; None where nothing does."""
        for key in keys:
            found = self.value.get(key)
            if found is not None:
                return found
        return None

    def text(self, *keys: str, limit: int = MAX_NAME_CHARS) -> str:
        """A text or number as one line."""
        found = self.raw(*keys)
        return clean(found, limit) if isinstance(found, str | int | float) and not isinstance(found, bool) else ""

    def flag(self, *keys: str) -> bool:
        """True only for JSON's ``true``."""
        return self.raw(*keys) is True

    def node(self, *keys: str) -> Node:
        """An object below; an empty one where there is none."""
        return node_of(self.raw(*keys))

    def nodes(self, *keys: str) -> Iterator[Node]:
        """The objects of a list; a bare object is a list of one."""
        found = self.raw(*keys)
        for each in found if isinstance(found, list) else [found]:
            if isinstance(each, dict):
                yield Node(each)

    def texts(self, *keys: str) -> tuple[str, ...]:
        """The texts of a list; a bare text is a list of one."""
        found = self.raw(*keys)
        return tuple(clean(each) for each in (found if isinstance(found, list) else [found]) if isinstance(each, str))


def node_of(value: object) -> Node:
    """A value as a node; an empty one where it is no object."""
    return Node(value) if isinstance(value, dict) else Node()
