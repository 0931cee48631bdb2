"""What ``firstprint catalogue sources`` lists: each source once a version, shipped ones first."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from firstprint.domain.product import Record
from firstprint.settings import Settings

State = Literal["shipped", "in use", "earlier version"]


class SourceLine(Record):
    """One version of a source of the catalogue.

    Attributes:
        with_result: datasets that can yield a number.
        doubted: datasets whose value is kept aside as suspicious.
        licences: what its datasets are under, the commonest first.
        imported: date and time, UTC; empty for shipped ones.
    """

    source_id: str
    version: str
    title: str
    state: State
    format: str = ""
    datasets: int
    with_result: int
    doubted: int = 0
    licences: tuple[str, ...]
    attribution: str = ""
    original: str = ""
    original_sha256: str = ""
    content_sha256: str = ""
    imported: str = ""

    @property
    def key(self) -> str:
        """Id and version in one, as commands take it."""
        return f"{self.source_id}@{self.version}"


def listed_sources(settings: Settings) -> tuple[SourceLine, ...]:
    """Every source of the catalogue.

    Raises:
        FirstprintError: the catalogue or a stored source is damaged.
    """
    from firstprint.dataset_sources import active_sources, stored_sources

    active = {each.key for each in active_sources(settings)}
    return (
        *_shipped(),
        *(
            SourceLine(
                **each.model_dump(
                    include={
                        "source_id", "version", "title", "format", "attribution", "original", "original_sha256",
                        "content_sha256", "imported",
                    }
                ),
                state="in use" if each.key in active else "earlier version",
                datasets=each.rows_kept,
                with_result=each.rows_kept - each.without_result - _doubted(each.trusted, each.suspicious),
                doubted=_doubted(each.trusted, each.suspicious),
                licences=tuple(each.licences),
            )
            for each in stored_sources(settings)
        ),
    )  # fmt: skip


def _doubted(trusted: bool, suspicious: tuple[object, ...]) -> int:  # noqa: FBT001
    return 0 if trusted else sum(getattr(each, "count", 0) for each in suspicious)


def _shipped() -> tuple[SourceLine, ...]:
    from firstprint.catalogue.reader import read_sound_catalogue
    from firstprint.catalogue.sources import load_sources
    from firstprint.workspace import shipped

    notes = {each.source_id: each for each in load_sources()}
    datasets = read_sound_catalogue(shipped().files)
    counts = Counter(each.source for each in datasets)
    with_result = Counter(each.source for each in datasets if each.gwp100_kg_co2e is not None)
    licences: dict[str, Counter[str]] = {}
    for each in datasets:
        licences.setdefault(each.source, Counter())[each.licence] += 1
    return tuple(
        SourceLine(
            source_id=name,
            version=notes[name].version if name in notes else "",
            title=notes[name].title if name in notes else name,
            state="shipped",
            datasets=count,
            with_result=with_result[name],
            licences=tuple(text for text, _ in licences[name].most_common()),
            attribution=notes[name].attribution if name in notes else "",
        )
        for name, count in sorted(counts.items())
    )
