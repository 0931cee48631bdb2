"""Imported reference footprints in the home folder: one folder a version of a source, written whole or not at all."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from firstprint.domain.product import Record
from firstprint.errors import InputError, WorkspaceError
from firstprint.settings import Settings
from firstprint.source_folders import NOTE_FILE, check_names, keys, keys_named, remove_folders, write_folder
from firstprint.version import __version__

if TYPE_CHECKING:
    from firstprint.domain.reference import ReferenceFootprint
    from firstprint.importers.reference_records import ReferenceTable

ROWS_FILE = "references.csv"
_REMOVE = "Remove it and import it again: firstprint references remove"


class SkippedRows(Record):
    """Rows of the original that were left out for one reason, with the first few."""

    reason: str
    rows: int
    examples: tuple[str, ...] = ()


class ReferenceSource(Record):
    """One version of an imported source, as ``source.json`` keeps it.

    Attributes:
        original_sha256: of the file that was imported.
        imported: date and time, UTC.
        units: rows kept, by the unit they are stated in.
        rows_sha256: of ``references.csv``.
    """

    source_id: str
    version: str
    title: str
    format: str
    licence: str
    attribution: str
    covers: str
    original: str
    original_sha256: str
    imported: str
    rows_read: int
    rows_kept: int
    skipped: tuple[SkippedRows, ...] = ()
    notes: tuple[str, ...] = ()
    units: dict[str, int]
    rows_sha256: str
    software: str

    @property
    def key(self) -> str:
        """Id and version in one, as commands take it: ``boavizta@2023-02-23``."""
        return f"{self.source_id}@{self.version}"


class Kept(Record):
    """What an import came to.

    Attributes:
        already: the same file had been imported before; nothing was changed.
    """

    source: ReferenceSource
    already: bool = False


def reference_folder(settings: Settings) -> Path:
    """Where imported references are kept."""
    return settings.home / "references"


def stored_sources(settings: Settings) -> tuple[ReferenceSource, ...]:
    """Every imported version of every source, by id, the oldest import first.

    Raises:
        WorkspaceError: a stored source is damaged.
    """
    parent = reference_folder(settings)
    return _in_order(_note(parent / key) for key in keys(parent))


def active_sources(settings: Settings) -> tuple[ReferenceSource, ...]:
    """The version of each source that training takes: the one imported last; older ones would count products twice.

    Raises:
        WorkspaceError: a stored source is damaged.
    """
    return tuple({each.source_id: each for each in stored_sources(settings)}.values())


def keep_source(
    settings: Settings, table: ReferenceTable, original: Path, *, source_id: str = "", version: str = ""
) -> Kept:
    """Stores a table as one version of a source; the same file a second time changes nothing.

    Args:
        settings: of the workspace.
        table: as an importer read it.
        original: the file it was read from.
        source_id: instead of the table's own.
        version: instead of the table's own.

    Raises:
        InputError: id or version break their rule, or that version is there with other content.
        WorkspaceError: the home folder cannot be written, or a stored source is damaged.
    """
    from firstprint.importers.reference_rows import written_rows

    name, number = source_id or table.source_id, version or table.version
    check_names(name, number, "reference_name")
    digest = hashlib.sha256(original.read_bytes()).hexdigest()
    stored = stored_sources(settings)
    for known in stored:
        if known.original_sha256 == digest:
            return Kept(source=known, already=True)
        if known.key.casefold() == f"{name}@{number}".casefold():
            raise InputError(
                f"There is a version {number!r} of {name!r} already, imported from another file ({known.original}).",
                hint=f"Name this one: --version TEXT; or first: firstprint references remove {known.key}",
                code="reference_version_taken",
            )
    rows = written_rows(table.rows).encode()
    source = ReferenceSource(
        source_id=name,
        version=number,
        title=table.title,
        format=table.format,
        licence=table.licence,
        attribution=table.attribution,
        covers=table.covers,
        original=original.name,
        original_sha256=digest,
        imported=datetime.now(UTC).isoformat(timespec="microseconds"),
        rows_read=table.rows_read,
        rows_kept=len(table.rows),
        skipped=tuple(
            SkippedRows(reason=each.reason, rows=each.rows, examples=each.examples) for each in table.skipped
        ),
        notes=table.notes,
        units=dict(Counter(row.unit for row in table.rows).most_common()),
        rows_sha256=hashlib.sha256(rows).hexdigest(),
        software=f"firstprint {__version__}",
    )

    def write(folder: Path) -> None:
        (folder / ROWS_FILE).write_bytes(rows)
        (folder / NOTE_FILE).write_text(source.model_dump_json(indent=1) + "\n", encoding="utf-8")

    write_folder(reference_folder(settings), source.key, write)
    return Kept(source=source)


def source_named(settings: Settings, name: str) -> tuple[ReferenceSource, ...]:
    """The versions that ``SOURCE_ID`` or ``SOURCE_ID@VERSION`` names, the last import last.

    Raises:
        InputError: there is none.
        WorkspaceError: one of them is damaged.
    """
    parent = reference_folder(settings)
    return _in_order(_note(parent / key) for key in _keys_named(settings, name))


def remove_source(settings: Settings, name: str) -> tuple[str, ...]:
    """Takes every version that ``SOURCE_ID`` or ``SOURCE_ID@VERSION`` names out of the home folder, damaged or not.

    Raises:
        InputError: there is none.
        WorkspaceError: the home folder cannot be written.
    """
    removed = _keys_named(settings, name)
    remove_folders(reference_folder(settings), removed)
    return removed


def _keys_named(settings: Settings, name: str) -> tuple[str, ...]:
    return keys_named(reference_folder(settings), name, "reference source", "firstprint references list")


def _in_order(sources: Iterable[ReferenceSource]) -> tuple[ReferenceSource, ...]:
    return tuple(sorted(sources, key=lambda each: (each.source_id, each.imported, each.version)))


def rows_of(settings: Settings, source: ReferenceSource) -> tuple[ReferenceFootprint, ...]:
    """The references of a stored source.

    Raises:
        WorkspaceError: the file was changed or is missing.
    """
    from firstprint.importers.reference_rows import stored_rows

    path = reference_folder(settings) / source.key / ROWS_FILE
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _damaged(source.key, f"{ROWS_FILE} cannot be read ({error.strerror or error})") from error
    if hashlib.sha256(data).hexdigest() != source.rows_sha256:
        raise _damaged(source.key, f"{ROWS_FILE} is not the file that {NOTE_FILE} describes")
    return stored_rows(data.decode())


def _note(folder: Path) -> ReferenceSource:
    try:
        source = ReferenceSource.model_validate_json((folder / NOTE_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise _damaged(folder.name, f"{NOTE_FILE} cannot be read") from error
    if source.key != folder.name:
        raise _damaged(folder.name, f"{NOTE_FILE} names {source.key!r}")
    return source


def _damaged(name: str, what: str) -> WorkspaceError:
    return WorkspaceError(
        f"The imported references {name} are damaged: {what}.", hint=f"{_REMOVE} {name}", code="references_damaged"
    )
