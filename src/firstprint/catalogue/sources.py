"""Sources of the default catalogue: publisher, licence, attribution and row counts (``index/sources.toml``)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

from firstprint.errors import CatalogueError
from firstprint.resources import resource


class Source(NamedTuple):
    """Where rows of a catalogue come from, and under which terms.

    Attributes:
        rows_kept: datasets taken over.
        rows_read: rows looked at.
    """

    source_id: str
    title: str
    version: str
    publisher: str
    licence: str
    attribution: str
    rows_read: int
    rows_kept: int


def load_sources(path: Path | None = None) -> tuple[Source, ...]:
    """Reads ``sources.toml``.

    Raises:
        CatalogueError: the file is not valid TOML or an entry misses a field.
    """
    path = path or resource("index/sources.toml")
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("source", [])
        return tuple(
            Source(
                source_id=entry["id"],
                title=entry["title"],
                version=str(entry["version"]),
                publisher=entry["publisher"],
                licence=entry["licence"],
                attribution=entry["attribution"],
                rows_read=int(entry["rows_read"]),
                rows_kept=int(entry["rows_kept"]),
            )
            for entry in entries
        )
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise CatalogueError(
            f"{path.name} cannot be read: {error}.", hint="Rebuild it: make catalogue", code="sources_invalid"
        ) from error
