"""A decided record as a ProductFootprint of the PACT Technical Specifications 3.0.

Nothing is invented: what the record does not know comes from stated facts (``pact_needs`` lists what is missing).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from firstprint.domain.decided import DecidedRecord
from firstprint.domain.proposal import DataQuality
from firstprint.errors import FaultsError
from firstprint.exporters.credits import credit_of
from firstprint.exporters.decimals import decimal_string, plain
from firstprint.exporters.facts import ExportFacts
from firstprint.exporters.pact_extension import extension_of
from firstprint.exporters.pact_needs import mass_per_unit_kg, pact_faults, place_of
from firstprint.exporters.pact_units import UNITS, geography_field, pact_amount
from firstprint.exporters.told import boundary, explained, when
from firstprint.wording import boundary_words

SPEC_VERSION = "3.0.4"
"""Of the PACT Technical Specifications (``info.version`` of their OpenAPI)."""
NAMESPACE = uuid.UUID("6f0e3a52-7c1b-5d0c-9a55-0f6b2d5f2c01")
"""Of every UUID that firstprint derives; drawn once."""
_DRAFT_MARK = "[DRAFT, not confirmed] "
NOT_STATED = "not stated"


def product_footprint(record: DecidedRecord, facts: ExportFacts) -> dict[str, object]:
    """One ProductFootprint, in the order of the specification.

    The id is derived from the content: the same record and facts give the same id, any change another one, as the
    specification asks since 3.0. A draft is ``Deprecated``, the only status there that keeps receivers from using it.

    Args:
        record: with a footprint.
        facts: what the company states.

    Raises:
        FaultsError: everything that is missing or has no place there (``pact_faults``): no field is ever filled in.
    """
    faults = pact_faults(record, facts)
    if faults:
        raise FaultsError(
            f"The record {record.proposal.id!r} cannot be written as PACT:",
            faults,
            hint="State what is missing as options, or in a file: --facts FILE.toml",
        )
    product = record.proposal.product
    body: dict[str, object] = {
        "specVersion": SPEC_VERSION,
        "created": utc(when(record)),
        "status": "Deprecated" if record.draft else "Active",
        "companyName": facts.company,
        "companyIds": list(facts.company_ids),
        "productDescription": (_DRAFT_MARK if record.draft else "") + product.description,
        "productIds": list(facts.product_ids),
        **({"productClassifications": list(facts.product_classifications)} if facts.product_classifications else {}),
        "productNameCompany": (_DRAFT_MARK if record.draft else "") + (facts.product_name or ""),
        "comment": _comment(record),
        "pcf": _carbon_footprint(record, facts),
        "extensions": [extension_of(record)],
    }
    identity = uuid.uuid5(NAMESPACE, json.dumps(body, sort_keys=True, ensure_ascii=False))
    return {"id": str(identity), **body}


def pact_document(footprints: Sequence[dict[str, object]]) -> str:
    """The file: one footprint alone, several as ``{"data": [...]}``, the body of PACT's ``ListFootprints``."""
    whole: object = footprints[0] if len(footprints) == 1 else {"data": list(footprints)}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def utc(moment: str | datetime) -> str:
    """A time as PACT writes it: UTC, to the second, with a Z.

    >>> utc("2026-03-05T09:12:44+01:00")
    '2026-03-05T08:12:44Z'
    """
    read = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return read.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _comment(record: DecidedRecord) -> str:
    told = [*explained(record, "en")]
    told.append(f"Asked for: {boundary(record, 'en')}. The interval and the flags are in the extension.")
    told += [f"Flag {flag.code}: {flag.message}" for flag in record.flags]
    return " ".join(told)


def _carbon_footprint(record: DecidedRecord, facts: ExportFacts) -> dict[str, object]:
    whole, product = record.footprint, record.proposal.product
    assert whole is not None  # noqa: S101 - an export without a number is refused before; mypy is told
    unit, kg = product.declared_unit, Decimal(repr(whole.kg_co2e))
    uptake = Decimal(repr(facts.biogenic_co2_uptake_kg or 0.0))
    place = place_of(record, facts)
    return {
        "declaredUnitOfMeasurement": UNITS[unit.unit].name,
        "declaredUnitAmount": plain(pact_amount(unit)),
        "productMassPerDeclaredUnit": plain(_mass(record, facts)),
        "referencePeriodStart": utc(facts.reference_period_start or ""),
        "referencePeriodEnd": utc(facts.reference_period_end or ""),
        **((geography_field(place) or {}) if place else {}),
        "boundaryProcessesDescription": _processes(record),
        "pcfExcludingBiogenicUptake": plain(kg),
        "pcfIncludingBiogenicUptake": plain(kg + uptake),
        "fossilCarbonContent": decimal_string(facts.fossil_carbon_content_kg or 0.0),
        "fossilGhgEmissions": _fossil(kg, facts),
        "biogenicCO2Uptake": plain(uptake),
        **_stated_parts(facts),
        "packagingEmissionsIncluded": bool(facts.packaging_included),
        "ccsTechnologicalCO2CaptureIncluded": bool(facts.ccs_included),
        "ipccCharacterizationFactors": list(facts.ipcc),
        "crossSectoralStandards": list(facts.standards),
        "exemptedEmissionsPercent": decimal_string(facts.exempted_emissions_percent or 0.0),
        **_described(facts),
        "secondaryEmissionFactorSources": _sources(record),
        "primaryDataShare": "0",
        **_dqi(record),
    }


def _fossil(kg: Decimal, facts: ExportFacts) -> str:
    stated = facts.fossil_emissions_kg
    return plain(kg) if stated is None or stated == "all" else decimal_string(stated)


def _mass(record: DecidedRecord, facts: ExportFacts) -> Decimal:
    """``productMassPerDeclaredUnit``: of the whole declared amount, kg."""
    one = Decimal(repr(mass_per_unit_kg(record, facts) or 0.0))
    return one * Decimal(repr(record.proposal.product.declared_unit.amount))


def _processes(record: DecidedRecord) -> str:
    taken = record.taken
    if taken is None:
        return "Not modelled process by process: the footprint is a statistical model's estimate."
    covered = boundary_words(taken.system_boundary, "en")
    return f"Those of the proxy dataset {taken.name} ({covered}); not modelled process by process."


def _stated_parts(facts: ExportFacts) -> dict[str, str]:
    """Parts of the footprint that the company stated; what it did not state is left out, never 0."""
    parts = {
        "biogenicCarbonContent": facts.biogenic_carbon_content_kg,
        "landUseChangeGhgEmissions": facts.land_use_change_kg,
        "biogenicNonCO2Emissions": facts.biogenic_non_co2_kg,
        "landManagementBiogenicCO2Emissions": facts.land_management_co2_kg,
        "packagingGhgEmissions": facts.packaging_emissions_kg,
    }
    return {name: decimal_string(value) for name, value in parts.items() if value is not None}


def _described(facts: ExportFacts) -> dict[str, str]:
    why = facts.exempted_emissions_description
    return {} if why is None else {"exemptedEmissionsDescription": why}


def _sources(record: DecidedRecord) -> list[dict[str, str]]:
    """Secondary sources behind the number: the dataset's, the model's, or both."""
    basis, taken, opinion = record.footprint, record.taken, record.proposal.surrogate
    used = basis.basis if basis is not None else ""
    found = []
    if taken is not None and used != "surrogate":
        credit = credit_of(taken.source, taken.source_version)
        found.append({"name": credit.name or NOT_STATED, "version": credit.version or NOT_STATED})
    if opinion is not None and used != "proxy":
        found.append({"name": "firstprint surrogate model", "version": opinion.model_id or NOT_STATED})
    return found


def _dqi(record: DecidedRecord) -> dict[str, object]:
    """The ratings of the dataset behind the number; a model's estimate alone has none."""
    whole, taken = record.footprint, record.taken
    if whole is None or taken is None or whole.basis == "surrogate":
        return {}
    return {"dqi": _ratings(taken.dqr)}


def _ratings(dqr: DataQuality) -> dict[str, str]:
    return {
        "technologicalDQR": str(dqr.technological),
        "geographicalDQR": str(dqr.geographical),
        "temporalDQR": str(dqr.temporal),
    }
