"""ILCD and TIDAS data sets as one file: a process alone, or a zip in the folder layout of ILCD."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence

from firstprint.exporters.ilcd_parts import Part
from firstprint.exporters.ilcd_tree import Node, to_tidas, to_xml

Written = Callable[[Node], bytes]
_ROOT = "ILCD"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold: the same data sets give the same bytes at any hour."""
_READABLE = 0o644 << 16


def as_xml(tree: Node) -> bytes:
    """A data set as XML."""
    return to_xml(tree)


def as_json(tree: Node) -> bytes:
    """A data set as TIDAS JSON in UTF-8."""
    return (json.dumps(to_tidas(tree), ensure_ascii=False, indent=1) + "\n").encode()


def zipped(parts: Sequence[Part], written: Written, suffix: str) -> bytes:
    """A zip of data sets, each once, in the folders ``ILCD/processes``, ``ILCD/flows`` and so on.

    Args:
        parts: data sets, several times the same where records share them.
        written: ``as_xml`` or ``as_json``.
        suffix: of the files, ``.xml`` or ``.json``.
    """
    stream = io.BytesIO()
    unique = {f"{_ROOT}/{part.folder}/{part.identity}{suffix}": part for part in parts}
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in sorted(unique.items()):
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _READABLE
            archive.writestr(entry, written(part.tree))
    return stream.getvalue()
