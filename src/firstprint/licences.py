"""What a licence text says about sharing data on: only plain words that forbid or limit it, never a legal opinion."""

from __future__ import annotations

import re
from functools import lru_cache

_RESTRICTED = re.compile(
    r"""
    \bN[CD]\b                                                  # Creative Commons: non-commercial, no derivatives
    | \bnon[\s-]?commercial | \bno[\s-]?deriv | \b(?:personal|academic|educational|research)\s+use\s+only
    | \b(?:no|not\s+for|without)\s+(?:re-?)?(?:distribution|publication|sharing|disclosure)
    | (?<!not\s)(?<!un)\brestricted\b | \bproprietary\b | \bconfidential\b
    | \binternal\b(?!ly) | \bin[\s-]house\b
    | \ball\s+rights\s+reserved | \blicen[cs]e\s+(?:fee|agreement|required)\b | \bEULA\b
    | \bno\s+(?:known\s+)?licen[cs]e\b | \b(?:not|un)\s?-?(?:stated|specified|licen[cs]ed)\b | \bunknown\b
    | \becoinvent\b | \bgabi\b | \bsphera\b
    | \balle\s+rechte\s+vorbehalten | \btous\s+droits\s+réservés | \bnicht[\s-]?kommerziell
    | 非商业 | 禁止 | 不得 | 保留(?:所有|一切)?权利 | 版权所有 | 未经(?:许可|授权)
    | 内部 | 保密 | 专有 | 未注明 | 许可受限 | 未知
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Words of licences, of terms of use and of notes about them in English, Chinese, German and French.

The codes are those of Creative Commons 4.0 (NC, ND); ecoinvent's and Sphera's databases are licensed to users by name.
"""


@lru_cache(maxsize=1024)
def is_restricted(licence: str) -> bool:
    """True when a licence text limits what may be shared on, or says that there is none.

    >>> [is_restricted(text) for text in ("CC BY-NC 4.0", "CC-BY-ND", "All rights reserved", "内部使用", "not stated")]
    [True, True, True, True, True]
    >>> [is_restricted(text) for text in ("CC-BY-4.0 International", "MIT", "US public domain", "unrestricted", "")]
    [False, False, False, False, False]
    """
    return bool(_RESTRICTED.search(licence))


def bars_sharing(licence: str) -> bool:
    """True when data must not leave without a word of the user: restricted, or without any licence text.

    What nobody licensed stays its author's; a ranking need not care, an export must.

    >>> bars_sharing(""), bars_sharing("  "), bars_sharing("MIT")
    (True, True, False)
    """
    return not licence.strip() or is_restricted(licence)
