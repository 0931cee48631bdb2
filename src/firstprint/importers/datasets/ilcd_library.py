"""Which member of an ILCD package is what, and the flows, flow properties and unit groups that processes refer to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Generic, Literal, NamedTuple, TypeVar

from firstprint.errors import UnreadableError
from firstprint.importers.datasets.ilcd_model import (
    Flow,
    FlowProperty,
    UnitGroup,
    flow_of,
    flow_property_of,
    unit_group_of,
    uuid_of,
)
from firstprint.importers.datasets.nodes import Node, json_roots, xml_root
from firstprint.importers.datasets.packages import Member, Package
from firstprint.importers.datasets.records import Problem

Notation = Literal["xml", "json"]
Kind = Literal["process", "flow", "flow_property", "unit_group", ""]
Record = TypeVar("Record")

SNIFFED_BYTES = 16_384
_MAX_LOOKED_AT = 50_000
_SUFFIXES: dict[Notation, str] = {"xml": ".xml", "json": ".json"}
_FOLDERS: dict[str, Kind] = {
    "processes": "process",
    "flows": "flow",
    "flowproperties": "flow_property",
    "unitgroups": "unit_group",
    "contacts": "",
    "sources": "",
    "lciamethods": "",
    "external_docs": "",
    "lifecyclemodels": "",
    "schemas": "",
    "stylesheets": "",
}
_ROOT = re.compile(rb"[<\":](process|flow|flowProperty|unitGroup)DataSet[\"\s>]")
_NAMES: dict[bytes, Kind] = {
    b"process": "process", b"flow": "flow", b"flowProperty": "flow_property", b"unitGroup": "unit_group",
}  # fmt: skip
_SODA4LCA = re.compile(rb"\s*(?:\xef\xbb\xbf)?\[?\s*\{\s*\"processInformation\"")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_VERSION = re.compile(r"_(\d{2}\.\d{2}(?:\.\d{3})?)\.\w+$")


class Sorted(NamedTuple):
    """The members of a package by kind; the processes in the package's order."""

    processes: tuple[Member, ...]
    flows: tuple[Member, ...]
    flow_properties: tuple[Member, ...]
    unit_groups: tuple[Member, ...]


def kind_of(package: Package, member: Member) -> Kind:
    """What a member holds: by its folder, else by the beginning of its content."""
    for folder in reversed(member.folders):
        if folder in _FOLDERS:
            return _FOLDERS[folder]
    start = package.start(member, SNIFFED_BYTES)
    if _SODA4LCA.match(start):
        return "process"
    found = _ROOT.search(start)
    return _NAMES[found[1]] if found is not None else ""


def first_process(package: Package, notation: Notation) -> Member | None:
    """The first process, for recognising; not looked for behind thousands of files of other kinds."""
    for looked_at, member in enumerate(package.of_suffix(_SUFFIXES[notation])):
        if looked_at > _MAX_LOOKED_AT:
            return None
        if kind_of(package, member) == "process":
            return member
    return None


def sorted_members(package: Package, notation: Notation) -> Sorted:
    """The members of one notation by kind."""
    by_kind: dict[Kind, list[Member]] = {kind: [] for kind in ("process", "flow", "flow_property", "unit_group", "")}
    for member in package.of_suffix(_SUFFIXES[notation]):
        by_kind[kind_of(package, member)].append(member)
    return Sorted(
        tuple(by_kind["process"]),
        tuple(by_kind["flow"]),
        tuple(by_kind["flow_property"]),
        tuple(by_kind["unit_group"]),
    )


def roots(package: Package, member: Member, notation: Notation) -> tuple[Node, ...]:
    """The data sets of a member.

    Raises:
        UnreadableError: it cannot be unpacked or parsed.
    """
    data = package.read(member)
    return (xml_root(data),) if notation == "xml" else json_roots(data)


class Library:
    """The flows, flow properties and unit groups of a package, each read when it is first asked for.

    Attributes:
        problems: members that could not be read although a process refers to them; taken by whoever reports.
    """

    def __init__(self, package: Package, members: Sorted, notation: Notation) -> None:
        """Opens nothing yet."""
        self.problems: list[Problem] = []
        self._flows = _Shelf(package, members.flows, notation, flow_of, self.problems)
        self._properties = _Shelf(package, members.flow_properties, notation, flow_property_of, self.problems)
        self._groups = _Shelf(package, members.unit_groups, notation, unit_group_of, self.problems)

    def flow(self, flow_id: str, version: str = "") -> Flow | None:
        """A flow by UUID, in the version asked for where it is there; None where the package lacks it."""
        return self._flows.get(flow_id, version)

    def flow_property(self, property_id: str) -> FlowProperty | None:
        """A flow property by UUID."""
        return self._properties.get(property_id)

    def unit_group(self, group_id: str) -> UnitGroup | None:
        """A unit group by UUID."""
        return self._groups.get(group_id)

    def taken_problems(self) -> Iterator[Problem]:
        """The problems since the last call."""
        taken, self.problems[:] = list(self.problems), []
        return iter(taken)


class _Shelf(Generic[Record]):
    """Records of one kind by UUID; members are found by the UUID in their name, else by reading them."""

    def __init__(
        self,
        package: Package,
        members: tuple[Member, ...],
        notation: Notation,
        parse: Callable[[Node], Record],
        problems: list[Problem],
    ) -> None:
        self._package = package
        self._members = members
        self._notation = notation
        self._parse = parse
        self._problems = problems
        self._by_id: dict[str, list[Member]] | None = None
        self._read: dict[tuple[str, str], Record | None] = {}

    def get(self, record_id: str, version: str = "") -> Record | None:
        if not record_id:
            return None
        key = (record_id, version)
        if key not in self._read:
            self._read[key] = self._found(record_id, version)
        return self._read[key]

    def _found(self, record_id: str, version: str) -> Record | None:
        """The first readable member: the version asked for, then the newest."""
        if self._by_id is None:
            self._by_id = self._index()
        members = sorted(self._by_id.get(record_id, ()), key=_version_of, reverse=True)
        members.sort(key=lambda member: _version_of(member) != version)
        for member in members:
            for root in self._roots(member):
                if _identity(root) == record_id:
                    return self._parse(root)
        return None

    def _roots(self, member: Member) -> tuple[Node, ...]:
        try:
            return roots(self._package, member, self._notation)
        except UnreadableError as error:
            self._problems.append(Problem(error.reason, member.name, error.detail, skipped=False))
            return ()

    def _index(self) -> dict[str, list[Member]]:
        index: dict[str, list[Member]] = {}
        for member in self._members:
            named = _UUID.findall(member.name.rpartition("/")[2])
            found = [named[-1].lower()] if named else [_identity(root) for root in self._roots(member)]
            for record_id in found:
                index.setdefault(record_id, []).append(member)
        return index


def _identity(root: Node) -> str:
    """The UUID of any data set, wherever its kind keeps it: ``…Information/dataSetInformation/UUID``."""
    prefix = root.name.removesuffix("DataSet")
    for information in (f"{prefix}Information", "flowPropertiesInformation"):
        for each in root.all(information, "dataSetInformation", "UUID"):
            return uuid_of(each.value)
    return ""


def _version_of(member: Member) -> str:
    found = _VERSION.search(member.name)
    return found[1] if found else ""
