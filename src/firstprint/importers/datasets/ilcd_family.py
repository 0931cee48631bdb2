"""What the four importers of the ILCD family share: recognising, and reading a package process by process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from firstprint.domain.dataset import Dataset
from firstprint.errors import FaultsError, UnreadableError
from firstprint.importers.datasets.ilcd_datasets import dataset_of
from firstprint.importers.datasets.ilcd_library import Library, Notation, first_process, roots, sorted_members
from firstprint.importers.datasets.ilcd_model import process_of
from firstprint.importers.datasets.packages import Member, Package
from firstprint.importers.datasets.records import About, Asked, Problem

_LOOKED_INTO_BYTES = 512 * 1024
_IS_EPD = re.compile(rb"typeOfDataSet\"?\s*[>:]\s*\"?EPD\b")
_NO_PLAIN = re.compile(r"[^\w.-]+", re.ASCII)
_MAX_ID_CHARS = 60


@dataclass(frozen=True, slots=True)
class IlcdImporter:
    """An importer of one format of the ILCD family; see ``DatasetImporter``.

    Attributes:
        notation: the files that hold data sets.
        epds: whether the format is for environmental product declarations; either way both kinds are read.
        marks: what the beginning of a process must hold (bytes), so that TIDAS and soda4LCA are told apart.
    """

    format: str
    title: str
    notation: Notation
    epds: bool
    marks: re.Pattern[bytes]

    def recognised(self, package: Package) -> str:
        """By the first process: its root, and whether its type is EPD."""
        first = first_process(package, self.notation)
        if first is None:
            return ""
        start = package.start(first, _LOOKED_INTO_BYTES)
        if not self.marks.search(start) or (_IS_EPD.search(start) is not None) != self.epds:
            return ""
        count = self.steps(package)
        held = f"holds {count:,} process data set" + ("s" if count > 1 else "")
        return f"{held} of type {self.title}, the first in {first.name}"

    def about(self, package: Package) -> About:
        """The file's own name; each dataset states its licence, owner and version itself."""
        stem = package.path.resolve().name if package.kind == "folder" else package.path.stem
        source_id = _NO_PLAIN.sub("-", stem).strip("-.")[:_MAX_ID_CHARS].lower() or self.format
        return About(source_id=source_id, title=package.path.name or stem)

    def steps(self, package: Package) -> int:
        """The number of process files."""
        return len(sorted_members(package, self.notation).processes)

    def read(self, package: Package, asked: Asked) -> Iterator[Dataset | Problem]:
        """Every process in the package's order.

        Raises:
            FaultsError: the package holds no process at all.
        """
        members = sorted_members(package, self.notation)
        if not members.processes:
            raise FaultsError(
                f"{package.path.name} holds no process data sets of type {self.title}; nothing was changed.",
                [f"{len(package.members):,} files were looked at, none of which is a process."],
                hint="Give the folder or zip that holds the folder processes, or one process file.",
            )
        library = Library(package, members, self.notation)
        source_id = self.about(package).source_id
        taken: set[str] = set()
        for member in members.processes:
            yield from self._member(package, member, library, source_id, taken)

    def _member(
        self, package: Package, member: Member, library: Library, source_id: str, taken: set[str]
    ) -> Iterator[Dataset | Problem]:
        try:
            found = roots(package, member, self.notation)
        except UnreadableError as error:
            yield Problem(error.reason, member.name, error.detail)
            return
        if not found:
            yield Problem("holds no data set", member.name)
        for count, root in enumerate(found):
            place = member.name if len(found) == 1 else f"{member.name} entry {count + 1}"
            if root.name != "processDataSet":
                yield Problem("is no process data set", place, f"its root is {root.name[:40]!r}")
                continue
            process = process_of(root)
            if process.process_id and process.process_id in taken:
                yield Problem("has a UUID that stood before", place, f"{process.process_id}; the first one was taken")
                continue
            for each in dataset_of(process, library, source_id, place):
                if isinstance(each, Dataset):
                    taken.add(each.dataset_id)
                yield each
