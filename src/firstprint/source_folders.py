"""Imported sources on disk: one folder a version, named ``ID@VERSION``, written whole or not at all."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from firstprint.errors import InputError, WorkspaceError

NOTE_FILE = "source.json"
_ID = re.compile(r"\w[\w.-]{0,63}")
_VERSION = re.compile(r"\w[\w.+-]{0,39}")


def keys(parent: Path) -> tuple[str, ...]:
    """The names of the folders of versions, in order; none where the parent is not there."""
    found = parent.glob("*@*") if parent.is_dir() else ()
    return tuple(sorted(each.name for each in found if each.is_dir() and not each.name.startswith(".")))


def keys_named(parent: Path, name: str, kind: str, listing: str) -> tuple[str, ...]:
    """The keys that ``ID`` or ``ID@VERSION`` names.

    Args:
        parent: folder of the versions.
        name: as a person gives it.
        kind: what the sources are, for the message: ``reference source``.
        listing: the command that shows them.

    Raises:
        InputError: there is none.
    """
    there = keys(parent)
    found = tuple(key for key in there if name in (key, key.split("@", 1)[0]))
    if not found:
        raise InputError(
            f"No imported {kind} is called {name[:80]!r}.",
            hint=f"Imported: {', '.join(there) or 'none'}. See: {listing}",
            code=f"{kind.replace(' ', '_')}_unknown",
        )
    return found


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
        raise unwritable(parent, error) from error


def remove_folders(parent: Path, removed: tuple[str, ...]) -> None:
    """Takes folders away, each in one step.

    Raises:
        WorkspaceError: the parent cannot be written.
    """
    try:
        for key in removed:
            aside = (parent / key).rename(parent / f".removed-{uuid.uuid4().hex}")
            shutil.rmtree(aside)
    except OSError as error:
        raise unwritable(parent, error) from error


def unwritable(folder: Path, error: OSError) -> WorkspaceError:
    """The error where a source cannot be kept."""
    return WorkspaceError(
        f"Sources cannot be written to {folder} ({error.strerror or error}).",
        hint="Choose a folder you may write to: --home DIR or FIRSTPRINT_HOME=DIR.",
        code="home_unwritable",
    )
