"""Brightway: packages (``.bw2package``: JSON packed with bzip2, never unpickled) and workbooks of activities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from firstprint.domain.dataset import Dataset
from firstprint.errors import FaultsError, UnreadableError
from firstprint.importers.datasets.brightway_activity import Activity, Flows, activity_dataset
from firstprint.importers.datasets.brightway_excel import is_brightway_workbook, workbook_activities
from firstprint.importers.datasets.brightway_package import looks_like_package, package_activities
from firstprint.importers.datasets.inventories import Seen, source_id, told
from firstprint.importers.datasets.packages import Member, Package
from firstprint.importers.datasets.records import About, Asked, Problem

_PACKAGE, _WORKBOOK = ".bw2package", ".xlsx"
_LOOKED_AT = 10
_MAX_WORKBOOK_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BrightwayImporter:
    """Activities of databases; methods and elementary flows are told and left out."""

    format: str = "brightway"
    title: str = "Brightway (.bw2package, .xlsx)"

    def recognised(self, package: Package) -> str:
        """By bzip2 in a ``.bw2package``, or by Database and Activity blocks in a workbook."""
        for member in _members(package)[:_LOOKED_AT]:
            if member.suffix == _PACKAGE and looks_like_package(package.start(member)):
                return f"{member.name} is a Brightway package."
            if member.suffix == _WORKBOOK and _is_workbook(package, member):
                return f"{member.name} is a workbook with Brightway's Activity blocks."
        return ""

    def about(self, package: Package) -> About:
        """The package's own name; Brightway states no terms."""
        return About(source_id(package.path), f"Brightway data of {package.path.name}")

    def read(self, package: Package, asked: Asked) -> Iterator[Dataset | Problem]:
        """Every activity of every database."""
        del asked
        seen, source = Seen(), self.about(package).source_id
        for member in _members(package):
            flows = Flows()
            try:
                for each in _activities(package, member, flows):
                    yield from [each] if isinstance(each, Problem) else _dataset(each, flows, source, seen)
            except UnreadableError as error:
                yield told(error, member.name)
            except FaultsError as error:
                yield from (Problem("is no workbook that can be read", member.name, each) for each in error.faults)

    def steps(self, package: Package) -> int:
        """How many files there are; activities are not counted beforehand."""
        return len(_members(package))


def _dataset(activity: Activity, flows: Flows, source: str, seen: Seen) -> Iterator[Dataset | Problem]:
    twice = seen.again(activity.dataset_id, activity.place)
    if twice is not None:
        yield twice
        return
    yield from activity_dataset(activity, flows, source)


def _activities(package: Package, member: Member, flows: Flows) -> Iterator[Activity | Problem]:
    data = package.read(member)
    if member.suffix == _PACKAGE:
        yield from package_activities(data, member.name, flows)
    else:
        yield from workbook_activities(data, member.name)


def _members(package: Package) -> tuple[Member, ...]:
    return package.of_suffix(_PACKAGE, _WORKBOOK)


def _is_workbook(package: Package, member: Member) -> bool:
    if member.size_bytes > _MAX_WORKBOOK_BYTES:
        return False
    try:
        return is_brightway_workbook(package.read(member), member.name)
    except (FaultsError, UnreadableError):
        return False


IMPORTER = BrightwayImporter()
