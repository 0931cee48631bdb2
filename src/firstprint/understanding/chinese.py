"""Traditional to simplified Chinese, with the words that Taiwan uses for the same things."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_NOT_TEXT = re.compile(r"[\x00\ud800-\udfff]")
_IN_SIMPLIFIED_USE = "gb2312"
"""The character set of 1980 for simplified Chinese: 6,763 characters, of the traditional forms only the few in use."""


def has_han(text: str) -> bool:
    """Whether a text holds a Chinese character."""
    return _HAN.search(text) is not None


def is_traditional(text: str) -> bool:
    """Whether a text holds a Chinese character that is not in simplified use; a few rare ones of both count too.

    >>> is_traditional("不鏽鋼"), is_traditional("不锈钢"), is_traditional("steel")
    (True, False, False)
    """
    try:
        "".join(_HAN.findall(text)).encode(_IN_SIMPLIFIED_USE)
    except UnicodeEncodeError:
        return True
    return False


def simplified(text: str) -> str:
    """A text in simplified characters and mainland words; one already in simplified characters as it is.

    >>> simplified("無線滑鼠 塑膠袋"), simplified("滑鼠")
    ('无线鼠标 塑料袋', '滑鼠')
    """
    if not is_traditional(text):
        return text
    # OpenCC ends a text at a NUL and refuses lone surrogates.
    return str(_converter().convert(_NOT_TEXT.sub("\ufffd", text)))


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("tw2sp")
