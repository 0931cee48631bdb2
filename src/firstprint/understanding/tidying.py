"""What is left of a text from which words were taken."""

from __future__ import annotations

import re

_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]|【\s*】|（\s*）")
_LOOSE = re.compile(r"\s+(?=[,;:，；：])|^[\s,;:，；：/-]+|[\s,;:，；：/-]+$")
_REPEATED = re.compile(r"([,;，；])(?:\s*[,;，；])+")


def tidied(text: str) -> str:
    """A text from which words were taken, without the blanks, commas and brackets that are left over."""
    bare = _EMPTY_BRACKETS.sub(" ", text)
    bare = _LOOSE.sub("", _REPEATED.sub(r"\1", " ".join(bare.split())))
    return _LOOSE.sub("", bare)
