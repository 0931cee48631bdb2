"""One import: a package in, a versioned source in the home folder out, whole or not at all."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from firstprint.catalogue.table import TableWriter
from firstprint.dataset_sources import (
    SUSPICIOUS,
    TABLE_FILE,
    DatasetSource,
    Grouped,
    content_sha256,
    dataset_digest,
    file_sha256,
    source_folder,
    stored_sources,
)
from firstprint.domain.dataset import Dataset
from firstprint.domain.product import Record
from firstprint.errors import FaultsError, InputError
from firstprint.importers.datasets.formats import Recognised
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.records import About, Asked, Problem
from firstprint.importers.datasets.sanity import suspicious
from firstprint.settings import Settings
from firstprint.source_folders import check_names, write_folder, write_note
from firstprint.version import __version__
from firstprint.workspace import shipped

_EXAMPLES = 3
_SHOWN_CHARS = 200
_MAX_VERSION_CHARS = 40
_TWICE = "has an id that another data set of the same source has"
_NOTHING = "No data set could be taken over."

Progress = Callable[[str, int, int], None]


class Wishes(NamedTuple):
    """What the user says of a source; empty where the source's own word holds.

    Attributes:
        trusted: the user vouches for values that look suspicious.
    """

    source_id: str = ""
    version: str = ""
    licence: str = ""
    trusted: bool = False


class Imported(Record):
    """What an import came to.

    Attributes:
        already: the same content had been imported before under this name; nothing was changed.
        dry: nothing was kept, as asked.
    """

    source: DatasetSource
    already: bool = False
    dry: bool = False


class _Counts:
    """What an import counts while it reads."""

    def __init__(self) -> None:
        self.kept = self.skipped = self.without_result = 0
        self.units: Counter[str] = Counter()
        self.licences: Counter[str] = Counter()
        self.digests: list[bytes] = []
        self.ids: set[str] = set()
        self._reasons: dict[str, dict[str, list[str]]] = {"skipped": {}, "notes": {}, SUSPICIOUS: {}}
        self._counts: dict[str, Counter[str]] = {kind: Counter() for kind in self._reasons}

    def tell(self, kind: str, reason: str, example: str) -> None:
        """Counts one case of a reason; the first few are kept."""
        self._counts[kind][reason] += 1
        examples = self._reasons[kind].setdefault(reason, [])
        if len(examples) < _EXAMPLES:
            examples.append(example[:_SHOWN_CHARS])

    def problem(self, problem: Problem) -> None:
        """Counts one thing that could not be taken over."""
        self.skipped += problem.skipped
        example = f"{problem.place}: {problem.detail}" if problem.detail else problem.place
        self.tell("skipped" if problem.skipped else "notes", problem.reason, example)

    def dataset(self, dataset: Dataset) -> None:
        """Counts one data set that is kept."""
        self.kept += 1
        self.ids.add(dataset.dataset_id)
        self.units[dataset.unit] += 1
        self.licences[dataset.licence] += 1
        self.digests.append(dataset_digest(dataset))
        self.without_result += dataset.gwp100_kg_co2e is None
        doubt = dataset.attributes.get(SUSPICIOUS)
        if doubt:
            self.tell(SUSPICIOUS, doubt.split(":")[0], f"{dataset.dataset_id} {dataset.name[:60]}: {doubt}")

    def grouped(self, kind: str) -> tuple[Grouped, ...]:
        """Every reason of a kind, the commonest first."""
        ordered = sorted(self._counts[kind].items(), key=lambda pair: (-pair[1], pair[0]))
        return tuple(
            Grouped(reason=reason, count=count, examples=tuple(self._reasons[kind][reason]))
            for reason, count in ordered
        )


def import_package(
    settings: Settings,
    package: Package,
    found: Recognised,
    asked: Asked,
    wishes: Wishes,
    progress: Progress,
    *,
    dry: bool = False,
) -> Imported:
    """Reads a package and keeps its datasets as one version of a source.

    Args:
        settings: of the workspace.
        package: opened.
        found: its format and how it was recognised.
        asked: what the user said about reading it.
        wishes: what the user said about the source.
        progress: told how far reading is.
        dry: read and report, keep nothing.

    Raises:
        FaultsError: the package cannot be read as a whole, or nothing of it could be taken over.
        InputError: id or version break their rule, or that version is there with other content.
        WorkspaceError: the home folder cannot be written, or a stored source is damaged.
    """
    started, about = time.perf_counter(), found.importer.about(package)
    original = original_sha256(package)
    named = _named(about, wishes, original)
    check_names(named.source_id, named.version, "dataset_source_name")
    kept: list[DatasetSource] = []

    def write(folder: Path) -> None:
        counts = _Counts()
        with TableWriter(folder / TABLE_FILE) as table:
            _read(package, found, asked, named, counts, table, progress)
        _check_any(package, counts)
        note = _note(package, found, named, wishes, counts, original, folder, time.perf_counter() - started)
        write_note(folder, note)
        kept.append(note)
        if dry or _already(settings, note):
            raise _NotKept

    try:
        write_folder(source_folder(settings), f"{named.source_id}@{named.version}", write)
    except _NotKept:
        return Imported(source=kept[0], already=not dry, dry=dry)
    return Imported(source=kept[0])


class _NotKept(Exception):  # noqa: N818 - it stops a folder from being kept, and is no error
    """Reading went well, and nothing is to be kept."""


def check_not_shipped(name: str) -> None:
    """Sources of the shipped catalogue are neither imported nor removed.

    Raises:
        InputError: ``dataset_source_shipped``.
    """
    if name and name in {path.stem for path in shipped().files}:
        raise InputError(
            f"{name!r} is a source of the shipped catalogue: it is always there and cannot be changed.",
            hint=f"Name yours otherwise: --source-id ID. Look at it with: firstprint catalogue list --source {name}",
            code="dataset_source_shipped",
        )


def original_sha256(package: Package) -> str:
    """Checksum of what was imported: of the file, or over names and bytes of a folder's files."""
    if package.kind != "folder":
        return file_sha256(package.path)
    total = hashlib.sha256()
    for member in package.members:
        total.update(member.name.encode())
        total.update(bytes.fromhex(file_sha256(package.path / member.name)))
    return total.hexdigest()


def _named(about: About, wishes: Wishes, original: str) -> About:
    return dataclasses.replace(
        about,
        source_id=wishes.source_id or about.source_id,
        version=wishes.version or _as_version(about.version) or original[:12],
        licence=wishes.licence or about.licence,
    )


def _as_version(text: str) -> str:
    """A source's own version as one that commands can name: ``2024 v1.1`` → ``2024-v1.1``."""
    return re.sub(r"[^\w.+-]+", "-", text).strip("-.")[:_MAX_VERSION_CHARS]


def _read(
    package: Package,
    found: Recognised,
    asked: Asked,
    named: About,
    counts: _Counts,
    table: TableWriter,
    progress: Progress,
) -> None:
    for problem in package.problems:
        counts.problem(problem)
    total = found.importer.steps(package)
    for done, each in enumerate(found.importer.read(package, asked), start=1):
        if isinstance(each, Problem):
            counts.problem(each)
        elif each.dataset_id in counts.ids:
            counts.problem(Problem(_TWICE, each.dataset_id, f"{each.name[:80]}; the first one was taken"))
        else:
            dataset = _of_source(each, named)
            counts.dataset(dataset)
            table.add(dataset)
        progress("reading", min(done, total) if total else done, total or done)


def _of_source(dataset: Dataset, named: About) -> Dataset:
    """A dataset as the source's: its name, version and, where it states none of its own, licence."""
    doubt = suspicious(dataset)
    attributes = {name: value for name, value in dataset.attributes.items() if value and name != SUSPICIOUS}
    return dataclasses.replace(
        dataset,
        source=named.source_id,
        source_version=named.version,
        licence=dataset.licence or named.licence,
        attributes={**attributes, SUSPICIOUS: doubt} if doubt else attributes,
    )


def _check_any(package: Package, counts: _Counts) -> None:
    if not counts.kept:
        told = [f"{each.reason} ({each.count:,}): {'; '.join(each.examples)}" for each in counts.grouped("skipped")]
        raise FaultsError(
            f"{package.path.name} cannot be imported; nothing was changed.",
            told or [_NOTHING],
            hint="Mend the places named, or name the format: --format FORMAT.",
        )


def _note(
    package: Package,
    found: Recognised,
    named: About,
    wishes: Wishes,
    counts: _Counts,
    original: str,
    folder: Path,
    seconds: float,
) -> DatasetSource:
    return DatasetSource(
        **{
            name: getattr(named, name)
            for name in ("source_id", "version", "title", "licence", "attribution", "publisher", "url")
        },
        format=found.importer.format,
        recognised=found.how,
        original=package.path.name,
        original_sha256=original,
        content_sha256=content_sha256(counts.digests),
        table_sha256=file_sha256(folder / TABLE_FILE),
        imported=datetime.now(UTC).isoformat(timespec="microseconds"),
        seconds=round(seconds, 3),
        rows_read=counts.kept + counts.skipped,
        rows_kept=counts.kept,
        without_result=counts.without_result,
        trusted=wishes.trusted,
        suspicious=counts.grouped(SUSPICIOUS),
        skipped=counts.grouped("skipped"),
        notes=counts.grouped("notes"),
        units=dict(counts.units.most_common()),
        licences=dict(counts.licences.most_common()),
        software=f"firstprint {__version__}",
    )


def _already(settings: Settings, note: DatasetSource) -> bool:
    """True where the very same is there under this name.

    Raises:
        InputError: the version is there with other content.
    """
    for known in stored_sources(settings):
        if known.key.casefold() == note.key.casefold():
            if (known.content_sha256, known.trusted) == (note.content_sha256, note.trusted):
                return True
            raise InputError(
                f"There is a version {note.version!r} of {note.source_id!r} already, with other content "
                f"(from {known.original}).",
                hint=f"Name this one: --version TEXT; or first: firstprint catalogue remove {known.key}",
                code="dataset_version_taken",
            )
    return False
