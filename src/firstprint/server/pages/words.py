"""The words of the pages, one file a language (``server/words``); both have the same keys, which a test checks."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from firstprint.errors import FirstprintError

_FOLDER = Path(__file__).parent.parent / "words"


def words_of(language: str) -> Mapping[str, str]:
    """Every text of the pages for a reader of ``language``: Chinese for ``zh``, English for all others."""
    return _read("zh" if language == "zh" else "en")


def in_words(error: FirstprintError, language: str) -> tuple[str, str]:
    """What went wrong and what to do, in the reader's language where the pages have words for it.

    The messages of the errors themselves are English and name commands, which a page has none of.
    """
    told = words_of(language).get(f"fault.{error.code}", "")
    return (told, "") if told else (error.message, error.hint)


@cache
def _read(language: str) -> Mapping[str, str]:
    return {key: str(text) for key, text in tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8")).items()}
