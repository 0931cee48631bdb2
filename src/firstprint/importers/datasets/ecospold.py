"""ecoSpold 1 and 2: files, folders and zip archives of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firstprint.domain.dataset import Dataset
from firstprint.errors import UnreadableError
from firstprint.importers.datasets.ecospold1 import ecospold1_datasets
from firstprint.importers.datasets.ecospold2 import ecospold2_datasets
from firstprint.importers.datasets.ecospold_xml import child, local
from firstprint.importers.datasets.inventories import Seen, source_id, told
from firstprint.importers.datasets.packages import Member, Package
from firstprint.importers.datasets.parsing import parse_xml
from firstprint.importers.datasets.records import About, Asked, Problem

if TYPE_CHECKING:
    from lxml import etree

_SUFFIXES = (".xml", ".spold")
_LOOKED_AT = 40
_MASTER_DATA = "masterdata"


@dataclass(frozen=True, slots=True)
class EcospoldImporter:
    """Reads both versions; which one a file is of is told by what stands in it, not by its name."""

    format: str = "ecospold"
    title: str = "ecoSpold 1 (.xml) and ecoSpold 2 (.spold)"

    def recognised(self, package: Package) -> str:
        """By an ``ecoSpold`` root in one of the first files."""
        for member in _members(package)[:_LOOKED_AT]:
            start = _start(package, member)
            if "<ecospold" in start or "ecospold0" in start:
                version = "2" if "ecospold02" in start or "activitydataset" in start else "1"
                return f"{member.name} is an ecoSpold {version} file."
        return ""

    def about(self, package: Package) -> About:
        """The package's own name; ecoSpold files state no licence as a text."""
        return About(source_id(package.path), f"ecoSpold data sets of {package.path.name}")

    def read(self, package: Package, asked: Asked) -> Iterator[Dataset | Problem]:
        """Every dataset of every file, in the package's order."""
        del asked
        seen, source = Seen(), self.about(package).source_id
        for member in _members(package):
            try:
                root = parse_xml(package.read(member))
            except UnreadableError as error:
                yield told(error, member.name)
                continue
            yield from _of_file(root, member.name, source, seen)

    def steps(self, package: Package) -> int:
        """How many files there are."""
        return len(_members(package))


def _of_file(root: etree._Element, file: str, source: str, seen: Seen) -> Iterator[Dataset | Problem]:
    if child(root, "activityDataset") is not None or child(root, "childActivityDataset") is not None:
        yield from ecospold2_datasets(root, file, source, seen)
    elif child(root, "dataset") is not None and "spold" in str(root.tag).lower():
        yield from ecospold1_datasets(root, file, source, seen)
    else:
        yield Problem("is no ecoSpold file with datasets", file, f"Its root is {local(root)[:60]!r}.")


def _members(package: Package) -> tuple[Member, ...]:
    """XML files, without the lists of names that lie beside them in a folder ``MasterData``."""
    return tuple(each for each in package.of_suffix(*_SUFFIXES) if _MASTER_DATA not in each.folders)


def _start(package: Package, member: Member) -> str:
    """The beginning in lower case; UTF-16 reads as well, since only ASCII is looked for."""
    return package.start(member).replace(b"\0", b"").decode("latin-1").lower()


IMPORTER = EcospoldImporter()
