"""What ``firstprint references list`` tells: shipped and imported sources, and which of them the model in use knows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from firstprint.domain.product import Record

if TYPE_CHECKING:
    from firstprint.cli.progress import StepProgress
    from firstprint.settings import Settings

State = Literal["in use", "not in use yet", "superseded"]
"""Whether the model in use was trained on it; a later version of the same source supersedes a former one."""


class SourceLine(Record):
    """One source: how many references it has for each target unit, and whether the model in use was trained on it.

    Attributes:
        references: by target unit; a piece of known mass counts per piece and per kg.
    """

    source_id: str
    version: str
    shipped: bool
    references: dict[str, int]
    licences: tuple[str, ...]
    state: State


class Listing(Record):
    """All sources, and how the model in use differs from them."""

    sources: tuple[SourceLine, ...]
    differs: tuple[str, ...]


def shipped_source_ids() -> frozenset[str]:
    """Ids of the sources of the shipped catalogue."""
    from firstprint.workspace import shipped

    return frozenset(path.stem for path in shipped().files)


def listing(settings: Settings, progress: StepProgress) -> Listing:
    """Sources of the shipped catalogue that teach footprints, then the imported ones.

    Raises:
        FirstprintError: the catalogue or a stored source is damaged.
    """
    from firstprint.models import surrogate_note
    from firstprint.trained_on import out_of_use
    from firstprint.workspace import encoder_of

    note = surrogate_note(settings, encoder_of(settings))
    progress("counting references", 0, 1)
    known = {each.key for each in note.references} if note else set()
    lines = (*_shipped_lines(), *_imported_lines(settings, known))
    progress("counting references", 1, 1)
    return Listing(sources=lines, differs=out_of_use(settings, note))


def _shipped_lines() -> tuple[SourceLine, ...]:
    from firstprint.catalogue.reader import read_sound_catalogue
    from firstprint.estimation.references import references_from_datasets
    from firstprint.workspace import shipped

    datasets = read_sound_catalogue(shipped().files)
    versions = {each.source: each.source_version for each in datasets}
    references = references_from_datasets(datasets)
    units: dict[str, Counter[str]] = {}
    licences: dict[str, Counter[str]] = {}
    for each in references:
        units.setdefault(each.source, Counter())[each.unit] += 1
        licences.setdefault(each.source, Counter())[each.licence] += 1
    return tuple(
        SourceLine(
            source_id=name,
            version=versions[name],
            shipped=True,
            references=dict(counts.most_common()),
            licences=tuple(text for text, _ in licences[name].most_common()),
            state="in use",
        )
        for name, counts in units.items()
    )


def _imported_lines(settings: Settings, known: set[str]) -> tuple[SourceLine, ...]:
    from firstprint.reference_sources import active_sources, stored_sources
    from firstprint.trained_on import references_of, units_of

    active = {each.key for each in active_sources(settings)}

    def state(key: str) -> State:
        if key not in active:
            return "superseded"
        return "in use" if key in known else "not in use yet"

    return tuple(
        SourceLine(
            source_id=each.source_id,
            version=each.version,
            shipped=False,
            references=units_of(references_of(settings, each)),
            licences=(each.licence,),
            state=state(each.key),
        )
        for each in stored_sources(settings)
    )
