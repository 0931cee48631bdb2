"""Imported sources on disk: one folder a version, named ``ID@VERSION``, written whole or not at all."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from firstprint.domain.product import Record
from firstprint.errors import InputError, WorkspaceError, home_unwritable
from firstprint.settings import Settings

NOTE_FILE = "source.json"
_ID = re.compile(r"\w[\w.-]{0,63}")
_VERSION = re.compile(r"\w[\w.+-]{0,39}")


class StoredSource(Record):
    """What ``source.json`` keeps of any imported version.

    Attributes:
        imported: date and time, UTC.
    """

    source_id: str
    version: str
    imported: str

    @property
    def key(self) -> str:
        """Id and version in one, as commands take it: ``boavizta@2023-02-23``."""
        return f"{self.source_id}@{self.version}"


Source = TypeVar("Source", bound=StoredSource)


@dataclass(frozen=True)
class Shelf(Generic[Source]):
    """The imported sources of one kind in a home folder.

    Attributes:
        note: what ``source.json`` is read as.
        folder_name: their folder in the home.
        kind: one of them, in messages: ``reference source``.
        content: what they hold, in messages: ``references``.
        listing: the command that shows them.
        removing: the command that takes one away.
    """

    note: type[Source]
    folder_name: str
    kind: str
    content: str
    listing: str
    removing: str

    def folder(self, settings: Settings) -> Path:
        """Where they are kept."""
        return settings.home / self.folder_name

    def stored(self, settings: Settings) -> tuple[Source, ...]:
        """Every imported version of every source, by id, the oldest import first.

        Raises:
            WorkspaceError: a stored source is damaged.
        """
        return self._read(settings, _keys(self.folder(settings)))

    def active(self, settings: Settings) -> tuple[Source, ...]:
        """The version of each source that counts: the one imported last; older ones would count things twice.

        Raises:
            WorkspaceError: a stored source is damaged.
        """
        return tuple({each.source_id: each for each in self.stored(settings)}.values())

    def named(self, settings: Settings, name: str) -> tuple[Source, ...]:
        """The versions that ``SOURCE_ID`` or ``SOURCE_ID@VERSION`` names, the last import last.

        Raises:
            InputError: there is none.
            WorkspaceError: one of them is damaged.
        """
        return self._read(settings, self._keys_named(settings, name))

    def remove(self, settings: Settings, name: str) -> tuple[str, ...]:
        """Takes every version that ``SOURCE_ID`` or ``SOURCE_ID@VERSION`` names out of the home, damaged or not.

        Raises:
            InputError: there is none.
            WorkspaceError: the home folder cannot be written.
        """
        removed = self._keys_named(settings, name)
        _remove_folders(self.folder(settings), removed)
        return removed

    def damaged(self, key: str, what: str) -> WorkspaceError:
        """The error where a stored version is not what was imported."""
        return WorkspaceError(
            f"The imported {self.content} {key} are damaged: {what}.",
            hint=f"Remove them and import them again: {self.removing} {key}",
            code=f"{self.content}_damaged",
        )

    def _keys_named(self, settings: Settings, name: str) -> tuple[str, ...]:
        there = _keys(self.folder(settings))
        found = tuple(key for key in there if name in (key, key.split("@", 1)[0]))
        if not found:
            raise InputError(
                f"No imported {self.kind} is called {name[:80]!r}.",
                hint=f"Imported: {', '.join(there) or 'none'}. See: {self.listing}",
                code=f"{self.kind.replace(' ', '_')}_unknown",
            )
        return found

    def _read(self, settings: Settings, keys: Iterable[str]) -> tuple[Source, ...]:
        read = (self._note_of(self.folder(settings) / key) for key in keys)
        return tuple(sorted(read, key=lambda each: (each.source_id, each.imported, each.version)))

    def _note_of(self, folder: Path) -> Source:
        try:
            source = self.note.model_validate_json((folder / NOTE_FILE).read_bytes())
        except (OSError, ValidationError) as error:
            raise self.damaged(folder.name, f"{NOTE_FILE} cannot be read") from error
        if source.key != folder.name:
            raise self.damaged(folder.name, f"{NOTE_FILE} names {source.key!r}")
        return source


def _keys(parent: Path) -> tuple[str, ...]:
    """The names of the folders of versions, in order; none where the parent is not there."""
    found = parent.glob("*@*") if parent.is_dir() else ()
    return tuple(sorted(each.name for each in found if each.is_dir() and not each.name.startswith(".")))


def check_names(source_id: str, version: str, code: str) -> None:
    """Ids and versions become folder names, and parts of commands.

    Raises:
        InputError: with ``code``; one of them is not made of the characters allowed.
    """
    for what, name, rule in (("source id", source_id, _ID), ("version", version, _VERSION)):
        if not rule.fullmatch(name) or ".." in name or name.endswith("."):
            raise InputError(
                f"The {what} {name[:80]!r} is not made of letters, digits, '.', '-' and '_' alone, or is too long.",
                hint=f"Give another: --{what.replace(' ', '-')} TEXT",
                code=code,
            )


def write_note(folder: Path, source: StoredSource) -> None:
    """Writes what is kept of a version beside it."""
    (folder / NOTE_FILE).write_text(source.model_dump_json(indent=1) + "\n", encoding="utf-8")


def write_folder(parent: Path, key: str, write: Callable[[Path], None]) -> None:
    """Lets ``write`` fill a folder under a temporary name and renames it: a reader sees all of it or nothing.

    Raises:
        WorkspaceError: the parent cannot be written.
    """
    try:
        temporary = parent / f".import-{uuid.uuid4().hex}"
        temporary.mkdir(parents=True)
        try:
            write(temporary)
            temporary.rename(parent / key)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    except OSError as error:
        raise home_unwritable("An imported source", parent, error) from error


def _remove_folders(parent: Path, removed: tuple[str, ...]) -> None:
    """Takes folders away, each in one step.

    Raises:
        WorkspaceError: the parent cannot be written.
    """
    try:
        for key in removed:
            aside = (parent / key).rename(parent / f".removed-{uuid.uuid4().hex}")
            shutil.rmtree(aside)
    except OSError as error:
        raise home_unwritable("An imported source", parent, error) from error
