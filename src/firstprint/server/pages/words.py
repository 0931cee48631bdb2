"""The words of the pages, one file a language (``server/words``); both have the same keys, which a test checks."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent.parent / "words"


def words_of(language: str) -> Mapping[str, str]:
    """Every text of the pages for a reader of ``language``: Chinese for ``zh``, English for all others."""
    return _read("zh" if language == "zh" else "en")


@cache
def _read(language: str) -> Mapping[str, str]:
    return {key: str(text) for key, text in tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8")).items()}
