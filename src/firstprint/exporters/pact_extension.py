"""The extension of a PACT ProductFootprint that holds what PACT has no field for: interval, proxies, flags, provenance.

Decimals are strings without exponents, as in PACT itself. The JSON schema is ``docs/pact-extension.schema.json``.
"""

from __future__ import annotations

from typing import Literal

from firstprint.domain.decided import DecidedRecord, Method, TakenDataset
from firstprint.domain.product import Record
from firstprint.domain.proposal import Flag, Provenance, Status
from firstprint.exporters.credits import credit_of
from firstprint.exporters.decimals import decimal_string
from firstprint.exporters.told import explained, when
from firstprint.licences import bars_sharing

DATA_SCHEMA = "urn:firstprint:pact-extension:1.0.0"
"""Names the schema that ships in ``docs/``; firstprint runs no public server that could hold it at a URL."""
EXTENSION_SPEC = "2.0.0"
"""Version of the PACT data model extension specification."""


class ExtensionInterval(Record):
    """The footprint's interval, kg CO2e per declared unit."""

    low: str
    high: str
    coverage: str
    distribution: Literal["log-normal"] = "log-normal"


class ExtensionProxy(Record):
    """The dataset that stands in for the product."""

    datasetId: str  # noqa: N815 - names as in PACT
    name: str
    nameZh: str  # noqa: N815
    source: str
    sourceVersion: str  # noqa: N815
    licence: str
    restrictedLicence: bool  # noqa: N815
    geography: str
    year: int | None
    unit: str
    emissionFactor: str | None  # noqa: N815
    systemBoundary: str  # noqa: N815
    basis: str
    kgCo2e: str | None  # noqa: N815
    conversion: tuple[str, ...]
    warnings: tuple[str, ...]
    citation: str
    attribution: str
    url: str


class ExtensionModel(Record):
    """What the statistical model alone says, kg CO2e per declared unit."""

    modelId: str  # noqa: N815
    kgCo2e: str  # noqa: N815
    interval: ExtensionInterval


class ExtensionData(Record):
    """Everything in the extension's ``data``."""

    recordId: str  # noqa: N815
    recordStatus: Status  # noqa: N815
    draft: bool
    verdict: str | None
    decided: str
    basis: str
    method: Method
    interval: ExtensionInterval
    proxies: tuple[ExtensionProxy, ...]
    model: ExtensionModel | None
    flags: tuple[Flag, ...]
    notes: tuple[str, ...]
    notesZh: tuple[str, ...]  # noqa: N815
    provenance: Provenance


def extension_of(record: DecidedRecord) -> dict[str, object]:
    """The extension of a record that has a footprint."""
    whole, opinion = record.footprint, record.proposal.surrogate
    assert whole is not None  # noqa: S101 - an export without a number is refused before; mypy is told
    data = ExtensionData(
        recordId=record.proposal.id,
        recordStatus=record.proposal.status,
        draft=record.draft,
        verdict=None if record.decision is None else record.decision.verdict,
        decided=when(record),
        basis=whole.basis,
        method=record.method,
        interval=_interval(whole.low, whole.high, whole.coverage),
        proxies=() if record.taken is None else (_proxy(record.taken),),
        model=None
        if opinion is None
        else ExtensionModel(
            modelId=opinion.model_id,
            kgCo2e=decimal_string(opinion.kg_co2e),
            interval=_interval(opinion.low, opinion.high, opinion.coverage),
        ),
        flags=record.flags,
        notes=explained(record, "en"),
        notesZh=explained(record, "zh"),
        provenance=record.proposal.provenance,
    )
    return {"specVersion": EXTENSION_SPEC, "dataSchema": DATA_SCHEMA, "data": data.model_dump(mode="json")}


def _interval(low: float, high: float, coverage: float) -> ExtensionInterval:
    return ExtensionInterval(low=decimal_string(low), high=decimal_string(high), coverage=decimal_string(coverage))


def _proxy(taken: TakenDataset) -> ExtensionProxy:
    return ExtensionProxy(
        datasetId=taken.dataset_id,
        name=taken.name,
        nameZh=taken.name_zh,
        source=taken.source,
        sourceVersion=taken.source_version,
        licence=taken.licence,
        restrictedLicence=bars_sharing(taken.licence),
        geography=taken.geography,
        year=taken.year,
        unit=taken.unit,
        emissionFactor=None if taken.gwp100_kg_co2e is None else decimal_string(taken.gwp100_kg_co2e),
        systemBoundary=taken.system_boundary,
        basis=taken.basis,
        kgCo2e=None if taken.kg_co2e is None else decimal_string(taken.kg_co2e),
        conversion=taken.conversion,
        warnings=taken.warnings,
        citation=taken.citation,
        attribution=credit_of(taken.source, taken.source_version).attribution,
        url=taken.url,
    )
