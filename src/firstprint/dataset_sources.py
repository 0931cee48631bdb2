"""Imported dataset sources in the home folder: one folder a version, and which of them the catalogue is made of."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from firstprint.catalogue.table import Catalogue
from firstprint.domain.dataset import Dataset
from firstprint.domain.product import Record
from firstprint.errors import CatalogueError
from firstprint.settings import Settings
from firstprint.source_folders import NOTE_FILE, Shelf, StoredSource

TABLE_FILE = "datasets.arrow"
SUSPICIOUS = "suspicious"
"""Attribute that says why a dataset's value is not believed; such a value is kept and yields no number."""
SUSPICIOUS_VALUE = "suspicious_value"
ORIGINAL_ID = "original_id"
_CHUNK_BYTES = 1 << 20
# What an import says of the source, and not of the dataset: the same dataset in two versions has one checksum.
_OF_SOURCE = frozenset({"source", "source_version"})


class Grouped(Record):
    """Datasets, or places of a file, to which one reason applies, with the first few."""

    reason: str
    count: int
    examples: tuple[str, ...] = ()


class DatasetSource(StoredSource):
    """One version of an imported source, as ``source.json`` keeps it.

    Attributes:
        recognised: how the format was found.
        original_sha256: of the file, or of all files of the folder, that were imported.
        content_sha256: of the datasets in any order, without what the import says of the source.
        table_sha256: of ``datasets.arrow``.
        without_result: datasets kept that can be matched and yield no number.
        suspicious: datasets kept whose value lies outside what its unit usually has, by reason.
        licences: datasets kept, by the terms they are under.
        trusted: the user vouches for suspicious values.
        skipped: left out, by reason.
        notes: kept, with something about them left out, by reason.
    """

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


DATASETS = Shelf(
    DatasetSource,
    "catalogue",
    "dataset source",
    "datasets",
    "firstprint catalogue sources",
    "firstprint catalogue remove",
)
source_folder, stored_sources, active_sources = DATASETS.folder, DATASETS.stored, DATASETS.active
source_named, remove_source = DATASETS.named, DATASETS.remove


def datasets_of(settings: Settings, source: DatasetSource) -> Iterator[Dataset]:
    """The datasets of a stored source, as they were imported.

    Raises:
        WorkspaceError: the file was changed or is missing.
    """
    path = source_folder(settings) / source.key / TABLE_FILE
    try:
        if file_sha256(path) != source.table_sha256:
            raise DATASETS.damaged(source.key, f"{TABLE_FILE} is not the file that {NOTE_FILE} describes")
        table = Catalogue(path, source.content_sha256)
    except (OSError, CatalogueError) as error:
        raise DATASETS.damaged(source.key, f"{TABLE_FILE} cannot be read") from error
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
