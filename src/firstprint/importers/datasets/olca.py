"""openLCA JSON-LD, schema versions 1 and 2: zip archives, folders and single files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.importers.datasets.inventories import Seen, source_id
from firstprint.importers.datasets.olca_entities import DATASET_TYPES, FOLDERS, Entities, Entity
from firstprint.importers.datasets.olca_process import process_dataset
from firstprint.importers.datasets.olca_results import epd_dataset, result_dataset
from firstprint.importers.datasets.packages import Member, Package
from firstprint.importers.datasets.records import About, Asked, Problem

_LOOKED_AT = 40
_DATASET_FOLDERS = frozenset(FOLDERS[each] for each in DATASET_TYPES)
_LOOKED_BYTES = 65_536
_VERSION_2 = (b'"isInput"', b'"isQuantitativeReference"', b'"impactResults"', b'"isRefUnit"', b'"schemaVersion":2')
_TYPES = tuple(f'"@type":"{each}"'.encode() for each in (*FOLDERS, "Exchange"))


class _Used(NamedTuple):
    """Ids that others refer to: results that are an EPD's, product systems that have a result."""

    results: frozenset[str]
    systems: frozenset[str]


@dataclass(frozen=True, slots=True)
class OlcaImporter:
    """Reads both schema versions through the same words: a key is looked up by either spelling."""

    format: str = "olca"
    title: str = "openLCA JSON-LD"

    def recognised(self, package: Package) -> str:
        """By the types of the objects in the first files, and says which schema version they are in."""
        members = package.of_suffix(".json", ".jsonld")
        starts = [(each, _start(package, each)) for each in _first(members)]
        starts.sort(key=lambda pair: not _DATASET_FOLDERS.intersection(pair[0].folders))
        named = next((each for each, start in starts if any(kind in start for kind in _TYPES)), None)
        if named is None:
            return ""
        version = 2 if any(key in start for _, start in starts for key in _VERSION_2) else 1
        return f"{named.name} is openLCA JSON-LD, schema version {version}."

    def about(self, package: Package) -> About:
        """The package's own name; openLCA packages state terms dataset by dataset, if at all."""
        return About(source_id(package.path), f"openLCA data sets of {package.path.name}")

    def read(self, package: Package, asked: Asked) -> Iterator[Dataset | Problem]:
        """Processes, results and EPDs; a product system alone has no number and is told."""
        del asked
        entities, seen, source = Entities(package), Seen(), self.about(package).source_id
        used = _used(entities)
        empty = True
        for each in entities.roots(*DATASET_TYPES):
            empty = False
            if isinstance(each, Problem):
                yield each
            elif each.kind == "ProductSystem":
                yield from _system(each, used)
            elif each.kind != "Result" or each.id not in used.results:
                yield from _dataset(entities, each, source, seen)
        if empty:
            yield Problem("holds no processes, results or EPDs", package.path.name)

    def steps(self, package: Package) -> int:
        """How many files may hold datasets."""
        return len(Entities(package).members())


def _dataset(entities: Entities, entity: Entity, source: str, seen: Seen) -> Iterator[Dataset | Problem]:
    if not entity.id:
        yield Problem("has no id", entity.place)
        return
    twice = seen.again(entity.dataset_id, entity.place)
    if twice is not None:
        yield twice
        return
    if entity.kind == "Process":
        yield from process_dataset(entities, entity, source)
    elif entity.kind == "Epd":
        yield from epd_dataset(entities, entity, source)
    else:
        yield from result_dataset(entities, entity, source)


def _system(entity: Entity, used: _Used) -> Iterator[Problem]:
    if entity.id not in used.systems:
        yield Problem(
            "is a product system without a result",
            entity.place,
            "Its processes are read; for a number, calculate it in openLCA and export the result too.",
        )


def _used(entities: Entities) -> _Used:
    results: set[str] = set()
    systems: set[str] = set()
    for each in entities.roots("Epd", "Result"):
        if isinstance(each, Problem):
            continue
        results.update(module.node("result").text("@id", limit=120) for module in each.node.nodes("modules"))
        systems.add(each.node.node("productSystem").text("@id", limit=120))
    return _Used(frozenset(results) - {""}, frozenset(systems) - {""})


def _first(members: tuple[Member, ...]) -> tuple[Member, ...]:
    """Some of each folder: processes tell the version, and may come after hundreds of others."""
    by_folder: dict[tuple[str, ...], list[Member]] = {}
    for each in members:
        by_folder.setdefault(each.folders, []).append(each)
    return tuple(each for group in by_folder.values() for each in group[:3])[:_LOOKED_AT]


def _start(package: Package, member: Member) -> bytes:
    """The beginning without blanks."""
    return b"".join(package.start(member, _LOOKED_BYTES).split())


IMPORTER = OlcaImporter()
