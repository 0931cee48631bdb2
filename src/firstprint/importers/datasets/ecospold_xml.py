"""Elements of ecoSpold by their local names, whatever namespace a writer gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firstprint.importers.datasets.normalising import MAX_TEXT_CHARS, clean

if TYPE_CHECKING:
    from lxml import etree

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def local(element: etree._Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: etree._Element | None, *names: str) -> list[etree._Element]:
    """The children that have one of these names."""
    return [] if element is None else [each for each in element if local(each) in names]


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first child of that name, of the first child of the name before it, and so on; None where one lacks."""
    for name in path:
        if element is None:
            return None
        for each in element:
            if local(each) == name:
                element = each
                break
        else:
            return None
    return element


def attribute(element: etree._Element | None, name: str) -> str:
    """An attribute as one line; empty where it or the element is not there."""
    return "" if element is None else _line(str(element.get(name) or ""))


def text(element: etree._Element | None, *path: str) -> str:
    """The text below an element as one line."""
    found = child(element, *path)
    if found is None:
        return ""
    return _line(" ".join(map(str, found.itertext())) if len(found) else str(found.text or ""))


def texts(element: etree._Element | None, name: str) -> list[tuple[str, str]]:
    """(language, text) of every child of that name."""
    return [(str(each.get(_LANGUAGE) or ""), text(each)) for each in children(element, name)]


def _line(told: str) -> str:
    """As ``clean``; plain ASCII, which most of a file is, is not looked at letter by letter."""
    plain = " ".join(told[: 4 * MAX_TEXT_CHARS].split())
    return plain[:MAX_TEXT_CHARS] if plain.isascii() and plain.isprintable() else clean(plain, MAX_TEXT_CHARS)
