"""Published datasets that can be turned into suites: what each needs, where to get it, under which terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, cast

from firstprint.errors import InputError
from firstprint.importers.reading import Original

_MODULES = (
    "carbon_catalogue",
    "parakeet_austin",
    "caml_grocery",
    "tiangong_zh",
    "su_eatable",
    "boavizta",
    "catalogue_goods",
)
"""Files of this package with a ``PUBLISHED``; loaded when asked for, because they import this one."""


class Prepared(NamedTuple):
    """A suite folder that was written.

    Attributes:
        datasets: rows of the suite's own catalogue; None where it has none.
        notes: what was kept, what was left out and why, with counts.
    """

    folder: Path
    queries: int
    datasets: int | None
    notes: tuple[str, ...]


class Published(NamedTuple):
    """A published dataset and the step that turns it into suites.

    Attributes:
        makes: names of the suite folders it writes.
        prepare: takes the original files, or a folder of them, and the folder to write the suite folders in.
    """

    name: str
    title: str
    makes: tuple[str, ...]
    originals: tuple[Original, ...]
    prepare: Callable[[Sequence[Path], Path], tuple[Prepared, ...]]


def published() -> dict[str, Published]:
    """Every published dataset that can be prepared, by name."""
    modules = (import_module(f"firstprint.evaluation.prepare.{name}") for name in _MODULES)
    known = [cast("Published", module.PUBLISHED) for module in modules]
    return {entry.name: entry for entry in known}


def prepare(name: str, files: Sequence[Path], out: Path) -> tuple[Prepared, ...]:
    """Turns original files into suite folders under ``out``.

    Args:
        name: which published dataset, as ``published()`` names it.
        files: its originals in any order; a folder stands for the files in it.
        out: made where it does not exist.

    Raises:
        InputError: the name is not known, or a folder of that name is not a suite made here.
        FaultsError: originals are missing, have another shape, or hold rows that cannot be read; all at once.
    """
    known = published()
    if name not in known:
        raise InputError(
            f"There is no published dataset {name!r} to prepare.",
            hint="Known: " + ", ".join(known) + ".",
            code="published_unknown",
        )
    return known[name].prepare(files, out)
