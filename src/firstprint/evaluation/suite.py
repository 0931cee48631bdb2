"""Evaluation suites: a folder in, a ``Suite`` free of faults out, or all of its faults at once."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from firstprint.errors import CatalogueError, FaultsError
from firstprint.evaluation.records import Suite
from firstprint.evaluation.suite_files import (
    CATALOGUE_FILE,
    MAX_SETTINGS_BYTES,
    MAX_TABLE_BYTES,
    QUERIES_FILE,
    RECORDS_FILE,
    SETTINGS_FILE,
    file_fault,
    files_sha256,
    read_text,
)
from firstprint.evaluation.suite_rows import RowRules, RowsRead, read_rows, records
from firstprint.evaluation.suite_settings import Settings, SettingsRead, read_settings
from firstprint.evaluation.suite_splits import fold_faults, group_column, is_random, random_split_fault

_HINT = "Mend the places named; the files are described in evals/README.md."


class SuiteSummary(NamedTuple):
    """One line of a list of suites.

    Attributes:
        queries: number of rows of ``queries.csv``, as far as it could be read.
        fault: the first thing wrong, empty where nothing was seen; rows are not checked here.
    """

    folder: Path
    name: str
    task: str
    protocol: str
    queries: int
    licence: str
    source: str
    description: str
    fault: str = ""


def read_suite(
    folder: Path, *, known_ids: Callable[[], Collection[str]] | None = None, allow_leaky: bool = False
) -> Suite:
    """Reads a suite's folder.

    Args:
        folder: holds ``suite.toml``, ``queries.csv`` and, where the suite has its own, ``catalogue.csv``.
        known_ids: ids of the default catalogue, called only where a suite names ids of it; without it such ids
            are not checked.
        allow_leaky: takes an estimate suite whose split is random, and marks it.

    Raises:
        FaultsError: listing every fault of the folder.
    """
    if not folder.is_dir():
        raise _error(folder, (f"{folder} is not a folder; name the folder that holds {SETTINGS_FILE}",))
    settings, faults = _settings(folder)
    rows, row_faults = _rows(folder, settings, known_ids)
    leaky = is_random(settings, rows.groups)
    faults = (*faults, *row_faults, *rows.faults, *fold_faults(settings, rows.groups))
    if leaky and not allow_leaky:
        faults = (*faults, random_split_fault(settings, rows.groups))
    if faults:
        raise _error(folder, faults)
    return _suite(folder, settings, rows, leaky=leaky)


def find_suites(roots: Sequence[Path]) -> list[Path]:
    """Folders that hold a ``suite.toml``: the roots, their folders and the folders of those; sorted, each once."""
    found = {folder.resolve(): folder for root in roots for folder in _folders(root, 2) if _is_suite(folder)}
    return sorted(found.values())


def suite_summary(folder: Path) -> SuiteSummary:
    """What a list says about a suite; a faulty one is listed with its first fault instead of failing."""
    settings, faults = _settings(folder)
    table = read_text(folder / QUERIES_FILE, MAX_TABLE_BYTES)
    count, table_fault = (0, table.fault) if table.text is None else _count(table.text)
    return SuiteSummary(
        folder=folder,
        name=settings.name or folder.name,
        task=settings.task or "",
        protocol=settings.protocol or "",
        queries=count,
        licence=settings.licence,
        source=settings.source,
        description=settings.description,
        fault=next(filter(None, (*faults, table_fault)), ""),
    )


def _error(folder: Path, faults: Sequence[str]) -> FaultsError:
    count = "1 fault" if len(faults) == 1 else f"{len(faults):,} faults"
    return FaultsError(f"The suite {folder} cannot be used: {count}.", faults, hint=_HINT)


def _settings(folder: Path) -> SettingsRead:
    read = read_text(folder / SETTINGS_FILE, MAX_SETTINGS_BYTES)
    return SettingsRead(Settings(), (read.fault,)) if read.text is None else read_settings(read.text)


class _RowsAndFaults(NamedTuple):
    rows: RowsRead
    faults: tuple[str, ...]


def _rows(folder: Path, settings: Settings, known_ids: Callable[[], Collection[str]] | None) -> _RowsAndFaults:
    """The rows, and what is wrong with the files around them."""
    own = _own_catalogue(folder) if settings.catalogue == CATALOGUE_FILE else None
    ids, where = (known_ids, "the default catalogue (see: firstprint catalogue list TEXT)")
    if own is not None:
        ids, where = (own.known_ids, CATALOGUE_FILE)
    rules = RowRules(settings.task, group_column(settings), ids if settings.catalogue is not None else None, where)
    read = read_text(folder / QUERIES_FILE, MAX_TABLE_BYTES)
    rows = RowsRead((), (), (read.fault,)) if read.text is None else read_rows(read.text, rules)
    return _RowsAndFaults(rows, () if own is None else own.faults)


class _OwnCatalogue(NamedTuple):
    """A suite's own catalogue; ``known_ids`` is None where it could not be read at all."""

    known_ids: Callable[[], Collection[str]] | None
    faults: tuple[str, ...]


def _own_catalogue(folder: Path) -> _OwnCatalogue:
    from firstprint.catalogue.reader import read_catalogue

    path = folder / CATALOGUE_FILE
    fault = file_fault(path, MAX_TABLE_BYTES)
    if fault:
        return _OwnCatalogue(None, (fault,))
    try:
        rows = read_catalogue([path])
    except CatalogueError as error:
        return _OwnCatalogue(None, (f"{error.message} {error.hint}",))
    except OSError as error:
        return _OwnCatalogue(None, (f"{CATALOGUE_FILE}: cannot be read ({error.strerror}); make it readable",))
    ids = frozenset(dataset.dataset_id for dataset in rows.datasets)
    empty = () if rows.datasets or rows.faults else (f"{CATALOGUE_FILE}: has no dataset; add the suite's datasets",)
    # Rows at fault are left out, and their ids would be reported once more with every query that names them.
    return _OwnCatalogue(None if rows.faults else lambda: ids, (*rows.faults, *empty))


def _suite(folder: Path, settings: Settings, rows: RowsRead, *, leaky: bool) -> Suite:
    if settings.task is None or settings.protocol is None:
        raise AssertionError("settings without faults name a task and a protocol")
    files = [folder / SETTINGS_FILE, folder / QUERIES_FILE]
    catalogue: Literal["default"] | Path | None = None
    if settings.catalogue == CATALOGUE_FILE:
        catalogue = folder / CATALOGUE_FILE
        files.append(catalogue)
    elif settings.catalogue is not None:
        catalogue = "default"
    if settings.task == "rationale" and (folder / RECORDS_FILE).is_file():
        files.append(folder / RECORDS_FILE)
    return Suite(
        folder=folder,
        name=settings.name,
        task=settings.task,
        protocol=settings.protocol,
        catalogue=catalogue,
        queries=rows.queries,
        sha256=files_sha256(files),
        folds=settings.folds,
        seed=settings.seed,
        licence=settings.licence,
        source=settings.source,
        description=settings.description,
        leaky=leaky,
    )


def _folders(root: Path, depth: int) -> Iterator[Path]:
    yield root
    if depth == 0:
        return
    try:
        # Folders in the making begin with a dot.
        below = [each for each in root.iterdir() if each.is_dir() and not each.name.startswith(".")]
    except OSError:
        return  # not there, not a folder or not ours to read: nothing to list
    for each in below:
        yield from _folders(each, depth - 1)


def _is_suite(folder: Path) -> bool:
    return (folder / SETTINGS_FILE).is_file()


def _count(text: str) -> tuple[int, str]:
    """Rows below the header, and the fault that ended the count."""
    rows: Iterable[object] = records(text)
    count = -1
    try:
        for _ in rows:
            count += 1
    except csv.Error as error:
        return max(count, 0), f"{QUERIES_FILE}: is not CSV ({error})"
    return max(count, 0), "" if count > 0 else f"{QUERIES_FILE}: no row of queries follows"
