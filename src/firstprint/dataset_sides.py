"""A catalogue by the name a person gives it: the whole, a source, a version of one, or a file not imported."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from firstprint.catalogue.reader import read_sound_catalogue
from firstprint.catalogue_diff import Side
from firstprint.dataset_sources import active_sources, datasets_of, source_named
from firstprint.domain.dataset import Dataset
from firstprint.errors import InputError
from firstprint.importers.datasets.formats import recognised
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.records import Asked
from firstprint.settings import Settings
from firstprint.workspace import shipped


def side(settings: Settings, name: str, *, files: bool = True) -> Side:
    """The datasets that ``name`` stands for.

    Args:
        settings: of the workspace.
        name: ``shipped`` (the whole default catalogue), a source's id, ``id@version``, or a path.
        files: paths count; False where the name comes from elsewhere than this machine.

    Raises:
        InputError: it stands for nothing.
        FaultsError: a file of that path cannot be read.
        WorkspaceError: an imported source is damaged.
    """
    ours = {path.stem: path for path in shipped().files}
    if name == "shipped":
        return Side("shipped", read_sound_catalogue(shipped().files))
    if name in ours:
        return Side(name, read_sound_catalogue([ours[name]]))
    path = Path(name)
    if files and path.exists():
        return Side(path.name, _of_package(path))
    try:
        source = source_named(settings, name)[-1]
    except InputError as error:
        raise InputError(
            f"{name[:80]!r} is neither a source of the catalogue nor a file."
            if files
            else f"{name[:80]!r} is no source of the catalogue.",
            hint=f"{error.hint} Shipped: shipped, {', '.join(sorted(ours))}.",
            code="catalogue_side_unknown",
        ) from error
    return Side(source.key, tuple(datasets_of(settings, source)))


def whole(settings: Settings) -> tuple[Dataset, ...]:
    """All datasets as they were shipped and imported, values that are not believed included.

    Raises:
        WorkspaceError: an imported source is damaged.
    """
    imported = (each for source in active_sources(settings) for each in datasets_of(settings, source))
    return (*read_sound_catalogue(shipped().files), *imported)


def _of_package(path: Path) -> tuple[Dataset, ...]:
    with Package(path) as package:
        found = recognised(package)
        about = found.importer.about(package)
        read = found.importer.read(package, Asked())
        kept = {each.dataset_id: each for each in read if isinstance(each, Dataset)}
    return tuple(dataclasses.replace(each, licence=each.licence or about.licence) for each in kept.values())
