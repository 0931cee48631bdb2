"""XML and JSON of strangers: no entity is expanded, no document type read, nothing fetched, nothing runs away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from firstprint.errors import UnreadableError

if TYPE_CHECKING:
    from lxml import etree

_SHOWN_CHARS = 160
_MAX_NUMBER_DIGITS = 400


def parse_xml(data: bytes) -> etree._Element:
    """The root element.

    Raises:
        UnreadableError: it is not well formed, declares a document type, or is nested absurdly deep.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError("is not well-formed XML", str(error)[:_SHOWN_CHARS]) from error
    if root is None:
        raise UnreadableError("is not well-formed XML", "it has no root element")
    if root.getroottree().docinfo.doctype:
        raise UnreadableError("declares a document type, which no data set needs", "Remove the DOCTYPE line.")
    return root


def parse_json(data: bytes) -> Any:  # noqa: ANN401 - JSON is anything
    """The value; numbers too large for a float come as infinity, which whoever reads a number must refuse.

    Raises:
        UnreadableError: it is not JSON in UTF-8, holds ``NaN`` or ``Infinity``, or is nested absurdly deep.
    """
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant, parse_int=_whole)
    except UnicodeDecodeError as error:
        raise UnreadableError("is not UTF-8 text", f"byte {error.start} cannot be read") from error
    except RecursionError as error:
        raise UnreadableError("is nested too deep", "no data set is") from error
    except ValueError as error:
        raise UnreadableError("is not valid JSON", str(error)[:_SHOWN_CHARS]) from error


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number that JSON knows")


def _whole(digits: str) -> int | float:
    return float(digits) if len(digits) > _MAX_NUMBER_DIGITS else int(digits)
