"""What a surrogate was trained on: a note beside it, and whether that is still what the home folder holds."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from firstprint.domain.product import Record
from firstprint.estimation.references import ProductFootprint, Reference, references_from_footprints
from firstprint.reference_sources import ReferenceSource, active_sources, reference_folder, rows_of
from firstprint.settings import Settings

if TYPE_CHECKING:
    from firstprint.domain.reference import ReferenceFootprint

NOTE_FILE = "trained_on.json"


class SourceUsed(Record):
    """A source of references that had a part in training.

    Attributes:
        sha256: of its stored rows.
        rows: product footprints; a piece of known mass counts once here and teaches two targets.
    """

    source_id: str
    version: str
    licence: str
    sha256: str
    rows: int

    @property
    def key(self) -> str:
        """Id and version in one."""
        return f"{self.source_id}@{self.version}"


class TrainedOn(Record):
    """The note beside a surrogate; ``surrogate_id`` ties it to the model it is about."""

    surrogate_id: str
    catalogue_sha256: str
    references: tuple[SourceUsed, ...] = ()


def sources_in_use(settings: Settings) -> tuple[SourceUsed, ...]:
    """The imported sources that the next training would take.

    Raises:
        WorkspaceError: a stored source is damaged.
    """
    return tuple(_used(source) for source in active_sources(settings))


def imported_references(settings: Settings) -> tuple[Reference, ...]:
    """All references of the imported sources, as the surrogate learns them.

    Raises:
        WorkspaceError: a stored source is damaged.
    """
    return tuple(each for source in active_sources(settings) for each in references_of(settings, source))


def references_of(settings: Settings, source: ReferenceSource) -> tuple[Reference, ...]:
    """The references of one stored source; a piece of known mass gives one per piece and one per kg.

    Raises:
        WorkspaceError: the stored source is damaged.
    """
    return references_from_footprints(_footprint(source, row) for row in rows_of(settings, source))


def write_trained_on(note: TrainedOn, folder: Path) -> None:
    """Writes the note into the surrogate's folder in one step."""
    temporary = folder / f"{NOTE_FILE}.part"
    temporary.write_text(note.model_dump_json(indent=1) + "\n", encoding="utf-8")
    os.replace(temporary, folder / NOTE_FILE)  # noqa: PTH105 - replaces in one step on every platform


def read_trained_on(folder: Path) -> TrainedOn | None:
    """The note in a surrogate's folder; None where there is none that can be read."""
    try:
        return TrainedOn.model_validate_json((folder / NOTE_FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def out_of_use(settings: Settings, trained: TrainedOn | None) -> tuple[str, ...]:
    """How the surrogate in use differs from the imported references, one phrase a source; empty where it does not.

    Args:
        settings: of the workspace.
        trained: the note beside the surrogate in use; None counts as trained on no imported reference.

    Raises:
        WorkspaceError: a stored source is damaged.
    """
    if not reference_folder(settings).is_dir() and not (trained and trained.references):
        return ()
    had = {each.key: each.sha256 for each in trained.references} if trained else {}
    now = {each.key: each.sha256 for each in sources_in_use(settings)}
    missing = [f"{key} is not in the model yet" for key, digest in now.items() if had.get(key) != digest]
    gone = [f"{key} is in the model and no longer among the sources" for key in had if key not in now]
    return (*missing, *gone)


def _used(source: ReferenceSource) -> SourceUsed:
    return SourceUsed(
        source_id=source.source_id,
        version=source.version,
        licence=source.licence,
        sha256=source.rows_sha256,
        rows=source.rows_kept,
    )


def _footprint(source: ReferenceSource, row: ReferenceFootprint) -> ProductFootprint:
    return ProductFootprint(
        product_id=f"{source.source_id}:{row.reference_id}",
        text=row.text,
        kg_co2e=row.kg_co2e,
        amount=row.amount,
        unit=row.unit,
        group=row.group,
        mass_kg=row.mass_kg,
        geography=row.geography,
        category=row.category,
        year=row.year,
        source=row.source or source.title,
        licence=row.licence,
        system_boundary=row.system_boundary,
    )


def units_of(references: Sequence[Reference]) -> dict[str, int]:
    """How many references there are for each target unit, the commonest first."""
    counts: dict[str, int] = {}
    for reference in references:
        counts[reference.unit] = counts.get(reference.unit, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))
