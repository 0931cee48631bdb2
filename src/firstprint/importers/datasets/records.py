"""What every importer of datasets takes and yields: a package in, datasets and problems out, one after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from firstprint.domain.dataset import Dataset

if TYPE_CHECKING:
    from firstprint.importers.datasets.packages import Package


class Problem(NamedTuple):
    """One thing an importer could not take over as it stands.

    Attributes:
        reason: the rule, in words that are the same for every case of it; a summary counts by it.
        place: the file and the place within it: ``processes/ab.xml``, ``sheet 'Fuels' line 12``.
        detail: the value got, and what to do where anything can be done.
        skipped: the dataset was left out; False where it was kept and something about it was not.
    """

    reason: str
    place: str
    detail: str = ""
    skipped: bool = True


@dataclass(frozen=True, slots=True)
class About:
    """What a source says of itself; a user's own words on the command line go before these.

    Attributes:
        source_id: what the source is called where the user gives no name: letters, digits, ``.``, ``-``, ``_``.
        version: the source's own, or empty: then one is made from the content.
        licence: the terms as the source states them; ``not stated`` where it states none.
        attribution: how to cite it.
    """

    source_id: str
    title: str
    version: str = ""
    licence: str = "not stated"
    attribution: str = ""
    publisher: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user said about an import.

    Attributes:
        columns: for tables, catalogue column → the file's own name for it (``--map name=Bezeichnung``).
        defaults: for tables, catalogue column → value for rows that state none (``unit``, ``geography`` …).
        sheet: of a workbook; empty for the one that fits best.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""


class DatasetImporter(Protocol):
    """One format. Nothing is read before ``read`` is iterated, but for what recognising needs.

    Attributes:
        format: as ``--format`` takes it.
        title: as a person calls it.
    """

    format: str
    title: str

    def recognised(self, package: Package) -> str:
        """How the package is known to be of this format, as a readable sentence; empty where it is not."""
        ...

    def about(self, package: Package) -> About:
        """What the source says of itself."""
        ...

    def read(self, package: Package, asked: Asked) -> Iterator[Dataset | Problem]:
        """Every dataset and every problem, in the package's order; never holds all of a large package in memory.

        Datasets carry ``source`` = ``about().source_id`` and no version; whoever keeps them writes both over.

        Raises:
            FaultsError: the package as a whole cannot be read; what is wrong with a part of it is a ``Problem``.
        """
        ...

    def steps(self, package: Package) -> int:
        """How many files or rows ``read`` goes through, for a progress bar; 0 where that is not known."""
        ...
