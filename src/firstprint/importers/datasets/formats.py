"""The formats of dataset catalogues, and which of them a package is of."""

from __future__ import annotations

from typing import NamedTuple

from firstprint.errors import FaultsError, InputError
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.records import DatasetImporter

_MODULES = (
    "epd",
    "ilcd",
    "tidas",
    "soda4lca",
    "olca",
    "brightway",
    "ecospold",
    "agribalyse",
    "epa_scef",
    "desnz",
    "rivm",
    "oekobaudat",
    "csv_table",
)


class Recognised(NamedTuple):
    """An importer, and how the package is known to be of its format."""

    importer: DatasetImporter
    how: str


def importers() -> tuple[DatasetImporter, ...]:
    """Every importer, the most particular first: a plain table is what no other claims."""
    from importlib import import_module

    return tuple(import_module(f"{__package__}.{name}").IMPORTER for name in _MODULES)


def format_names() -> tuple[str, ...]:
    """The formats as ``--format`` takes them."""
    return tuple(each.format for each in importers())


def recognised(package: Package, wanted: str = "auto") -> Recognised:
    """The importer for a package.

    Args:
        package: opened.
        wanted: a format's name, or ``auto``.

    Raises:
        InputError: no format has that name.
        FaultsError: the package is of no format that is known.
    """
    if wanted != "auto":
        named = next((each for each in importers() if each.format == wanted), None)
        if named is None:
            raise InputError(
                f"No format is called {wanted[:40]!r}.",
                hint=f"Formats: auto, {', '.join(format_names())}.",
                code="format_unknown",
            )
        return Recognised(named, named.recognised(package) or f"as asked: --format {wanted}")
    for each in importers():
        how = each.recognised(package)
        if how:
            return Recognised(each, how)
    raise _of_none(package)


def _of_none(package: Package) -> FaultsError:
    kinds = sorted({member.suffix or "no suffix" for member in package.members})
    return FaultsError(
        f"{package.path.name or package.path} is of no format that firstprint knows; nothing was changed.",
        [f"holds {len(package.members):,} file(s) of the kinds {', '.join(kinds[:12])}."],
        hint=f"Name the format: --format {'|'.join(format_names())}",
    )
