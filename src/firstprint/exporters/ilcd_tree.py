"""An ILCD data set as a tree, written as XML or as TIDAS JSON, which is the same tree in another notation."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from firstprint.language import writing_language

LANGUAGE = "xml:lang"
LISTS = frozenset({"exchange"})
"""Elements that TIDAS keeps in a list even when there is one; so are texts in a language."""
NUMBERS = frozenset({"common:referenceYear"})
"""Elements whose text is a JSON number in TIDAS."""
_UNPRINTABLE = frozenset({"Cc", "Cs", "Cn", "Co"})
_HAN = tuple((chr(first), chr(last)) for first, last in ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF)))


@dataclass(frozen=True, slots=True)
class Node:
    """One element: its qualified name, attributes in order, text, children in order.

    Attributes:
        only: written in XML alone, in JSON alone, or (empty) in both.
    """

    tag: str
    text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[Node, ...] = ()
    only: Literal["", "xml", "json"] = ""


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text in English and Chinese."""

    en: str
    zh: str


def leaf(tag: str, text: str) -> Node:
    """An element with a text."""
    return Node(tag, text)


def branch(tag: str, *children: Node | tuple[Node, ...], **attributes: str) -> Node:
    """An element with children; a tuple of nodes counts as so many children."""
    flat: list[Node] = []
    for one in children:
        flat += one if isinstance(one, tuple) else (one,)
    return Node(tag, "", tuple(attributes.items()), tuple(flat))


def in_both(tag: str, words: Bilingual, limit: int | None = None) -> tuple[Node, ...]:
    """An element a language: English first, then Chinese, each cut to the limit of its ILCD type.

    A text that is not in the script of its language is left out: a name known only in Chinese is no English text.
    """
    told = ((words.en, "en"), (words.zh, "zh"))
    right = [(text, language) for text, language in told if has_han(text) == (language == "zh")]
    return tuple(spoken(tag, text, language, limit) for text, language in right)


def in_json_alone(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """The same elements, left out of the XML."""
    return tuple(replace(node, only="json") for node in nodes)


def spoken(tag: str, text: str, language: str, limit: int | None = None) -> Node:
    """A text in a language."""
    plain = " ".join(_plain(text).split())
    if limit is not None and len(plain) > limit:
        plain = plain[: limit - 1].rstrip() + "…"
    return Node(tag, plain, ((LANGUAGE, language),))


def tag_language(text: str, language: str) -> str:
    """The language code under which a text stands: what it is written in, where a detected code cannot be right.

    TIDAS wants Han characters in every ``zh`` text and none in an ``en`` one.

    >>> tag_language("PET 瓶", "en"), tag_language("PET", "zh"), tag_language("Flasche", "de")
    ('zh', 'en', 'de')
    """
    if has_han(text):
        return "zh" if language == "en" else language
    return "en" if writing_language(language) == "zh" else language


def has_han(text: str) -> bool:
    """Whether a text holds a Chinese character."""
    return any(first <= char <= last for char in text for first, last in _HAN)


def to_xml(root: Node) -> bytes:
    """The tree as an XML document in UTF-8, indented by two blanks; the same tree gives the same bytes."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', *_lines(root, 0)]
    return ("\n".join(lines) + "\n").encode()


def _lines(node: Node, depth: int) -> Iterator[str]:
    if node.only == "json":
        return
    pad = "  " * depth
    head = node.tag + "".join(f' {name}="{_escaped(value)}"' for name, value in node.attributes)
    children = [child for child in node.children if child.only != "json"]
    if children:
        yield f"{pad}<{head}>"
        for child in children:
            yield from _lines(child, depth + 1)
        yield f"{pad}</{node.tag}>"
    elif node.text:
        yield f"{pad}<{head}>{_escaped(node.text)}</{node.tag}>"
    else:
        yield f"{pad}<{head}/>"


def _escaped(text: str) -> str:
    """Text as XML 1.0 takes it: no control characters, no lone surrogates, markup escaped."""
    return html.escape("".join(" " if unicodedata.category(char) in _UNPRINTABLE else char for char in text))


def to_tidas(root: Node) -> dict[str, object]:
    """The tree as TIDAS JSON: attributes ``@…``, texts ``#text``, repeated elements as lists."""
    return {root.tag: _value(root)}


def _value(node: Node) -> object:
    children = [child for child in node.children if child.only != "xml"]
    if not children and not node.attributes and node.tag not in EMPTY_LISTS:
        return int(node.text) if node.tag in NUMBERS else _plain(node.text)
    found: dict[str, object] = {f"@{name}": _plain(value) for name, value in node.attributes}
    if node.text:
        found["#text"] = _plain(node.text)
    for tag in dict.fromkeys(child.tag for child in children):
        values = [_value(child) for child in children if child.tag == tag]
        found[tag] = values if len(values) > 1 or _is_list(tag, children) else values[0]
    for name in EMPTY_LISTS.get(node.tag, ()):
        found.setdefault(name, [])
    return found


EMPTY_LISTS: dict[str, tuple[str, ...]] = {"common:classification": ("common:class",)}
"""Lists that TIDAS wants to see even when nothing is in them."""


def _is_list(tag: str, children: list[Node]) -> bool:
    if tag in LISTS:
        return True
    return any(name == LANGUAGE for child in children if child.tag == tag for name, _ in child.attributes)


def _plain(text: str) -> str:
    return "".join(" " if unicodedata.category(char) in _UNPRINTABLE else char for char in text)
