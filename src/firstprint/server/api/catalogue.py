"""``/catalogue``: datasets by text and by id, sources with their terms, and what changed between two catalogues."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from firstprint.catalogue_diff import KINDS, Change, ChangeKind, difference
from firstprint.dataset_sides import side
from firstprint.domain.dataset import Basis, Dataset, LifeCyclePhase, Variant
from firstprint.domain.product import Record
from firstprint.errors import InputError
from firstprint.server.access import Viewer
from firstprint.server.api.parts import Printable
from firstprint.server.openapi import problems
from firstprint.server.services import Serving
from firstprint.source_listing import SourceLine, listed_sources

router = APIRouter(tags=["catalogue"], prefix="/catalogue")
_Side = Annotated[
    str,
    Query(max_length=200, min_length=1, description="shipped, a source's id, or id@version of an imported one."),
    Printable,
]


class DatasetRecord(Record):
    """One dataset of the catalogue; ``gwp100_kg_co2e`` is per ``unit`` of its reference flow."""

    dataset_id: str
    name: str
    name_zh: str
    synonyms: tuple[str, ...]
    description: str
    category: str
    unit: str
    gwp100_kg_co2e: float | None
    uncertainty_pct: float | None
    system_boundary: str
    basis: Basis
    life_cycle_phase: LifeCyclePhase
    variant: Variant
    geography: str
    year: int | None
    valid_until: int | None
    source: str
    source_version: str
    licence: str
    url: str
    attributes: dict[str, str]


class Datasets(Record):
    """Datasets whose id, name or other names contain a text.

    Attributes:
        total: how many there are altogether.
    """

    total: int
    datasets: tuple[DatasetRecord, ...]


class Sources(Record):
    """Whose datasets the catalogue is made of."""

    sources: tuple[SourceLine, ...]


class Changes(Record):
    """What changed between two catalogues.

    Attributes:
        percent: a value that moved by more than this is a change.
        counts: changes by kind, all of them.
        changes: of each kind as many as asked for.
    """

    old: str
    new: str
    percent: float
    old_datasets: int
    new_datasets: int
    unchanged: int
    counts: dict[ChangeKind, int]
    changes: tuple[Change, ...]


@router.get("/datasets", summary="Datasets that contain a text")
def datasets(
    services: Serving,
    _caller: Viewer,
    text: Annotated[str, Query(max_length=200), Printable] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Datasets:
    """Looks for letters, capitals ignored; ``POST /matches`` looks for meaning."""
    catalogue = services.index.catalogue
    rows = catalogue.rows_with(text)
    found = catalogue.datasets(rows[offset : offset + limit])
    return Datasets(total=len(rows), datasets=tuple(map(_told, found)))


@router.get("/datasets/{dataset_id:path}", summary="One dataset", responses=problems(404))
def dataset(
    dataset_id: Annotated[str, Path(min_length=1, max_length=500)], services: Serving, _caller: Viewer
) -> DatasetRecord:
    """With everything that its source says of it."""
    catalogue = services.index.catalogue
    row = catalogue.find(dataset_id)
    if row is None:
        raise InputError(
            f"No dataset has the id {dataset_id[:200]!r}.",
            hint="Look for it: /api/v1/catalogue/datasets?text=…",
            code="dataset_unknown",
        )
    return _told(catalogue.dataset(row))


@router.get("/sources", summary="Sources, with versions and terms")
def sources(services: Serving, _caller: Viewer) -> Sources:
    """Shipped and imported ones, and which version is in use."""
    return Sources(sources=listed_sources(services.settings))


@router.get("/diff", summary="What changed between two catalogues", responses=problems(404))
def diff(
    old: _Side,
    new: _Side,
    services: Serving,
    _caller: Viewer,
    percent: Annotated[float, Query(ge=0, le=1e6, description="How far a value must move to count.")] = 1.0,
    limit: Annotated[int, Query(ge=0, le=10_000, description="Changes of each kind.")] = 100,
) -> Changes:
    """What moves numbers comes first, the largest move first."""
    settings = services.settings
    found = difference(side(settings, old, files=False), side(settings, new, files=False), percent)
    shown = [change for kind in KINDS for change in [each for each in found.changes if each.kind == kind][:limit]]
    return Changes(**{**found.model_dump(exclude={"changes"}), "counts": found.counts(), "changes": tuple(shown)})


def _told(found: Dataset) -> DatasetRecord:
    return DatasetRecord(
        **{name: getattr(found, name) for name in DatasetRecord.model_fields if name != "attributes"},
        attributes={name: value for name, value in found.attributes.items() if value},
    )
