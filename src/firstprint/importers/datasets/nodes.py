"""One way to walk data sets of the ILCD family, whether written as XML, as TIDAS JSON or as soda4LCA JSON.

A node has children by local name, attributes by local name, and a text. Namespaces and prefixes are left away:
``common:UUID``, ``{http://lca.jrc.it/ILCD/Common}UUID`` and soda4LCA's ``UUID`` are all ``UUID``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

from firstprint.importers.datasets.parsing import parse_json, parse_xml

if TYPE_CHECKING:
    from lxml import etree

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Node(Protocol):
    """An element of a data set."""

    @property
    def name(self) -> str:
        """Its local name."""
        ...

    def all(self, *path: str) -> Iterator[Node]:
        """Every descendant along a path of local names, in order; a value that stands alone is a list of one."""
        ...

    def get(self, attribute: str) -> str:
        """An attribute by local name; empty where there is none."""
        ...

    @property
    def value(self) -> str:
        """The text right within, without blanks around it."""
        ...

    @property
    def language(self) -> str:
        """The code of its language; empty where none is stated."""
        ...


class Text(NamedTuple):
    """One text in a language; ``language`` is a code such as ``en`` or ``zh-CN``, or empty."""

    language: str
    text: str


def first(node: Node, *path: str) -> Node | None:
    """The first descendant along a path, or None."""
    return next(node.all(*path), None)


def text(node: Node, *path: str) -> str:
    """The first text along a path that is not empty; empty where there is none."""
    return next((each.value for each in node.all(*path) if each.value), "")


def attribute(node: Node, name: str, *path: str) -> str:
    """An attribute of the first descendant along a path."""
    found = first(node, *path)
    return found.get(name) if found is not None else ""


def texts(node: Node, *path: str) -> tuple[Text, ...]:
    """Every text along a path that is not empty, with its language."""
    return tuple(Text(each.language, each.value) for each in node.all(*path) if each.value)


class XmlNode:
    """An element of lxml as a node."""

    __slots__ = ("_element",)

    def __init__(self, element: etree._Element) -> None:
        self._element = element

    @property
    def name(self) -> str:
        """Its local name."""
        tag = self._element.tag
        return tag.rpartition("}")[2] if isinstance(tag, str) else ""

    def all(self, *path: str) -> Iterator[Node]:
        """Every descendant along a path of local names."""
        elements = [self._element]
        for step in path:
            elements = [child for element in elements for child in element.iterchildren(f"{{*}}{step}")]
        return map(XmlNode, elements)

    def get(self, attribute: str) -> str:
        """An attribute by local name, whatever its namespace."""
        plain = self._element.get(attribute)
        if plain is not None:
            return str(plain).strip()
        tail = "}" + attribute
        return next((str(value).strip() for key, value in self._element.items() if key.endswith(tail)), "")

    @property
    def value(self) -> str:
        """The text right within."""
        return (self._element.text or "").strip()

    @property
    def language(self) -> str:
        """``xml:lang``."""
        return str(self._element.get(_XML_LANG, "")).strip()


class JsonNode:
    """A value of TIDAS or soda4LCA JSON as a node.

    TIDAS marks attributes with ``@`` and text with ``#text``; soda4LCA writes both as plain keys, text as
    ``value``, and packs what EPDs add into ``other.anies``, a list whose entries are read as children by their
    ``name``, or as ``amount`` where they have a ``module``.
    """

    __slots__ = ("_content", "_name")

    def __init__(self, content: object, name: str = "") -> None:
        self._content = content
        self._name = name

    @property
    def name(self) -> str:
        """Its local name; empty for the root."""
        return self._name

    def all(self, *path: str) -> Iterator[Node]:
        """Every descendant along a path of local names."""
        nodes = list(_spread(self._content, self._name))
        for step in path:
            nodes = [child for node in nodes for child in node._children(step)]
        return iter(nodes)

    def get(self, attribute: str) -> str:
        """An attribute: ``@version``, ``@epd:module`` or soda4LCA's ``version``."""
        if not isinstance(self._content, Mapping):
            return ""
        for key, value in self._content.items():
            if _local(key.removeprefix("@")) == attribute and isinstance(value, str | int | float):
                return _scalar(value)
        return ""

    @property
    def value(self) -> str:
        """The text: of the value itself, of ``#text`` or of ``value``."""
        content = self._content
        if isinstance(content, Mapping):
            content = content.get("#text", content.get("value"))
        return _scalar(content)

    @property
    def language(self) -> str:
        """``@xml:lang`` or ``lang``."""
        return self.get("lang")

    def _children(self, name: str) -> Iterator[JsonNode]:
        if not isinstance(self._content, Mapping):
            return
        for key, value in self._content.items():
            if key == "anies":
                yield from _packed(value, name)
            elif not key.startswith("@") and _local(key) == name:
                yield from _spread(value, name)


def xml_root(data: bytes) -> Node:
    """The root of an XML file.

    Raises:
        UnreadableError: as ``parse_xml``.
    """
    return XmlNode(parse_xml(data))


def json_roots(data: bytes) -> tuple[Node, ...]:
    """The data sets of a JSON file: one, or a list of them, each with or without the name of its kind around it.

    Raises:
        UnreadableError: as ``parse_json``.
    """
    content = parse_json(data)
    entries = content if isinstance(content, list) else [content]
    return tuple(_unwrapped(entry) for entry in entries)


def _unwrapped(entry: object) -> JsonNode:
    """``{"processDataSet": {…}}`` as the node ``processDataSet``; soda4LCA leaves the name of a process away."""
    if isinstance(entry, Mapping):
        for key, value in entry.items():
            if key.endswith("DataSet") and isinstance(value, Mapping):
                return JsonNode(value, _local(key))
        if "processInformation" in entry:
            return JsonNode(entry, "processDataSet")
    return JsonNode(entry)


def _spread(value: object, name: str) -> Iterator[JsonNode]:
    if isinstance(value, list):
        for entry in value:
            yield JsonNode(entry, name)
    elif value is not None:
        yield JsonNode(value, name)


def _packed(entries: object, name: str) -> Iterator[JsonNode]:
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, Mapping):
            continue
        if entry.get("name") == name:
            yield from _spread(entry.get("value"), name)
        elif name == "amount" and "module" in entry:
            yield JsonNode(entry, name)
        elif name in entry and "name" not in entry and "module" not in entry:
            yield from _spread(entry[name], name)


def _local(key: str) -> str:
    return key.rpartition(":")[2]


def _scalar(value: object) -> str:
    """A scalar as text; numbers as Python writes them, which float reads back exactly."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip() if isinstance(value, str | int | float) else ""
