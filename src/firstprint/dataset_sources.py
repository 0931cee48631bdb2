"""Imported dataset sources in the home folder: one folder a version, and which of them the catalogue is made of."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from firstprint.catalogue.table import Catalogue
from firstprint.domain.dataset import Dataset
from firstprint.domain.product import Record
from firstprint.errors import CatalogueError, WorkspaceError
from firstprint.settings import Settings
from firstprint.source_folders import NOTE_FILE, keys, keys_named, remove_folders

TABLE_FILE = "datasets.arrow"
SUSPICIOUS = "suspicious"
"""Attribute that says why a dataset's value is not believed; such a value is kept and yields no number."""
SUSPICIOUS_VALUE = "suspicious_value"
ORIGINAL_ID = "original_id"
_LISTING = "firstprint catalogue sources"
_CHUNK_BYTES = 1 << 20
# What an import says of the source, and not of the dataset: the same dataset in two versions has one checksum.
_OF_SOURCE = frozenset({"source", "source_version"})


class Grouped(Record):
    """Datasets, or places of a file, to which one reason applies, with the first few."""

    reason: str
    count: int
    examples: tuple[str, ...] = ()


class DatasetSource(Record):
    """One version of an imported source, as ``source.json`` keeps it.

    Attributes:
        recognised: how the format was found.
        original_sha256: of the file, or of all files of the folder, that were imported.
        content_sha256: of the datasets in any order, without what the import says of the source.
        table_sha256: of ``datasets.arrow``.
        imported: date and time, UTC.
        without_result: datasets kept that can be matched and yield no number.
        suspicious: datasets kept whose value lies outside what its unit usually has, by reason.
        licences: datasets kept, by the terms they are under.
        trusted: the user vouches for suspicious values.
        skipped: left out, by reason.
        notes: kept, with something about them left out, by reason.
    """

    source_id: str
    version: str
    title: str
    format: str
    recognised: str
    licence: str
    attribution: str = ""
    publisher: str = ""
    url: str = ""
    original: str
    original_sha256: str
    content_sha256: str
    table_sha256: str
    imported: str
    seconds: float
    rows_read: int
    rows_kept: int
    without_result: int
    trusted: bool = False
    suspicious: tuple[Grouped, ...] = ()
    skipped: tuple[Grouped, ...] = ()
    notes: tuple[Grouped, ...] = ()
    units: dict[str, int]
    licences: dict[str, int]
    software: str

    @property
    def key(self) -> str:
        """Id and version in one, as commands take it: ``tiangong@0.2.0``."""
        return f"{self.source_id}@{self.version}"


def source_folder(settings: Settings) -> Path:
    """Where imported datasets are kept."""
    return settings.home / "catalogue"


def stored_sources(settings: Settings) -> tuple[DatasetSource, ...]:
    """Every imported version of every source, by id, the oldest import first.

    Raises:
        WorkspaceError: a stored source is damaged.
    """
    parent = source_folder(settings)
    return _in_order(_note(parent / key) for key in keys(parent))


def active_sources(settings: Settings) -> tuple[DatasetSource, ...]:
    """The version of each source that the catalogue has: the one imported last.

    Raises:
        WorkspaceError: a stored source is damaged.
    """
    return tuple({each.source_id: each for each in stored_sources(settings)}.values())


def source_named(settings: Settings, name: str) -> tuple[DatasetSource, ...]:
    """The versions that ``SOURCE_ID`` or ``SOURCE_ID@VERSION`` names, the last import last.

    Raises:
        InputError: there is none.
        WorkspaceError: one of them is damaged.
    """
    parent = source_folder(settings)
    return _in_order(_note(parent / key) for key in keys_named(parent, name, "dataset source", _LISTING))


def remove_source(settings: Settings, name: str) -> tuple[str, ...]:
    """Takes every version that ``SOURCE_ID`` or ``SOURCE_ID@VERSION`` names out of the home folder, damaged or not.

    Raises:
        InputError: there is none.
        WorkspaceError: the home folder cannot be written.
    """
    parent = source_folder(settings)
    removed = keys_named(parent, name, "dataset source", _LISTING)
    remove_folders(parent, removed)
    return removed


def datasets_of(settings: Settings, source: DatasetSource) -> Iterator[Dataset]:
    """The datasets of a stored source, as they were imported.

    Raises:
        WorkspaceError: the file was changed or is missing.
    """
    path = source_folder(settings) / source.key / TABLE_FILE
    try:
        if file_sha256(path) != source.table_sha256:
            raise _damaged(source.key, f"{TABLE_FILE} is not the file that {NOTE_FILE} describes")
        table = Catalogue(path, source.content_sha256)
    except (OSError, CatalogueError) as error:
        raise _damaged(source.key, f"{TABLE_FILE} cannot be read") from error
    return (table.read(row) for row in range(len(table)))


def combined_sha256(shipped_sha256: str, sources: Sequence[DatasetSource]) -> str:
    """Checksum of a catalogue: the shipped one's own where nothing was imported."""
    if not sources:
        return shipped_sha256
    parts = [shipped_sha256, *(f"{each.key} {each.content_sha256} {each.trusted}" for each in sources)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def combined(
    shipped: Sequence[Dataset], imported: Iterable[tuple[DatasetSource, Iterable[Dataset]]]
) -> tuple[Dataset, ...]:
    """The shipped datasets, then the imported ones as the catalogue has them.

    A value that is suspicious is moved aside, so that nothing counts with it. An id that another source has already
    is preceded by the source's: ``mine:ID``.
    """
    found = list(shipped)
    taken = {each.dataset_id for each in found}
    for source, datasets in imported:
        for dataset in datasets:
            placed = _placed(dataset if source.trusted else _disarmed(dataset), taken)
            taken.add(placed.dataset_id)
            found.append(placed)
    return tuple(found)


def _disarmed(dataset: Dataset) -> Dataset:
    if SUSPICIOUS not in dataset.attributes or dataset.gwp100_kg_co2e is None:
        return dataset
    attributes = {**dataset.attributes, SUSPICIOUS_VALUE: repr(dataset.gwp100_kg_co2e)}
    return dataclasses.replace(dataset, gwp100_kg_co2e=None, attributes=attributes)


def _placed(dataset: Dataset, taken: set[str]) -> Dataset:
    if dataset.dataset_id not in taken:
        return dataset
    own = f"{dataset.source}:{dataset.dataset_id}"
    attributes = {**dataset.attributes, ORIGINAL_ID: dataset.dataset_id}
    return dataclasses.replace(dataset, dataset_id=own, attributes=attributes)


def dataset_digest(dataset: Dataset) -> bytes:
    """SHA-256 over all that a dataset says, without what the import says of its source."""
    fields = {field.name: getattr(dataset, field.name) for field in dataclasses.fields(dataset)}
    told = {name: value for name, value in fields.items() if name not in _OF_SOURCE}
    told["attributes"] = {name: value for name, value in sorted(dataset.attributes.items()) if value}
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).digest()


def content_sha256(digests: Iterable[bytes]) -> str:
    """One checksum of many datasets, whatever their order."""
    return hashlib.sha256(b"".join(sorted(digests))).hexdigest()


def file_sha256(path: Path) -> str:
    """Checksum of a file, read in parts."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            total.update(chunk)
    return total.hexdigest()


def _in_order(sources: Iterable[DatasetSource]) -> tuple[DatasetSource, ...]:
    return tuple(sorted(sources, key=lambda each: (each.source_id, each.imported, each.version)))


def _note(folder: Path) -> DatasetSource:
    try:
        source = DatasetSource.model_validate_json((folder / NOTE_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise _damaged(folder.name, f"{NOTE_FILE} cannot be read") from error
    if source.key != folder.name:
        raise _damaged(folder.name, f"{NOTE_FILE} names {source.key!r}")
    return source


def _damaged(name: str, what: str) -> WorkspaceError:
    return WorkspaceError(
        f"The imported datasets {name} are damaged: {what}.",
        hint=f"Remove them and import them again: firstprint catalogue remove {name}",
        code="datasets_damaged",
    )
