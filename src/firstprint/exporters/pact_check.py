"""Checks a PACT ProductFootprint by the rules of the Technical Specifications 3.0, field by field.

Written from the specification's tables (required fields, formats, enumerations, signs, fields that exclude each
other), so that an export is checked where the specification's own schema is not at hand.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from firstprint.exporters.pact_units import PACT_UNITS, REGION_NAMES

_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?")
_VERSION = re.compile(r"\d+\.\d+\.\d+(-\d{8})?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_URN = re.compile(r"urn:.+", re.IGNORECASE)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")

Rule = Callable[[object], str]
"""What is wrong with a value, in words; empty where nothing is."""


def _is(kind: type, what: str) -> Rule:
    return lambda value: "" if isinstance(value, kind) else f"must be {what}"


_TEXT = _is(str, "a text")
_BOOLEAN = _is(bool, "true or false")


def _filled(value: object) -> str:
    return "" if isinstance(value, str) and value.strip() else "must be a text of one character or more"


def _match(pattern: re.Pattern[str], what: str) -> Rule:
    def rule(value: object) -> str:
        return "" if isinstance(value, str) and pattern.fullmatch(value) else f"must be {what}"

    return rule


def _one_of(names: Iterable[str]) -> Rule:
    known = tuple(names)
    return lambda value: "" if value in known else f"must be one of {', '.join(known)}"


def _decimal(low: float | None = None, high: float | None = None, *, above: bool = False) -> Rule:
    """A decimal string within bounds; ``above`` leaves the lower bound itself out."""

    def rule(value: object) -> str:
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            return "must be a decimal string without an exponent"
        number = float(value)
        if low is not None and (number < low or (above and number == low)):
            return f"must be {'above' if above else 'at least'} {low:g}"
        return f"must be at most {high:g}" if high is not None and number > high else ""

    return rule


def _uuid(value: object) -> str:
    try:
        return "" if isinstance(value, str) and str(uuid.UUID(value)) == value.lower() else "must be a UUID"
    except ValueError:
        return "must be a UUID"


def _moment(value: object) -> str:
    wrong = "must be a time such as 2025-01-01T00:00:00Z"
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return wrong
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return wrong
    return ""


def _list(rule: Rule) -> Rule:
    """A list of one or more values, none twice, each by a rule."""

    def checked(value: object) -> str:
        if not isinstance(value, list) or not value:
            return "must be a list of one or more"
        if len({str(one) for one in value}) != len(value):
            return "must hold no value twice"
        return next((f"holds {one!r}, which {told}" for one in value if (told := rule(one))), "")

    return checked


class Field(NamedTuple):
    """One field of the specification: its rule, and whether it must be there."""

    rule: Rule
    required: bool = False


_POSITIVE, _NEGATIVE = _decimal(0), _decimal(None, 0)
PRODUCT: dict[str, Field] = {
    "id": Field(_uuid, required=True),
    "specVersion": Field(_match(_VERSION, "a version such as 3.0.4"), required=True),
    "precedingPfIds": Field(_list(_uuid)),
    "created": Field(_moment, required=True),
    "status": Field(_one_of(("Active", "Deprecated")), required=True),
    "validityPeriodStart": Field(_moment),
    "validityPeriodEnd": Field(_moment),
    "companyName": Field(_filled, required=True),
    "companyIds": Field(_list(_match(_URN, "a URN")), required=True),
    "productDescription": Field(_TEXT, required=True),
    "productIds": Field(_list(_match(_URN, "a URN")), required=True),
    "productClassifications": Field(_list(_match(_URN, "a URN"))),
    "productNameCompany": Field(_filled, required=True),
    "comment": Field(_TEXT),
    "pcf": Field(_is(dict, "an object"), required=True),
    "extensions": Field(_is(list, "a list")),
}
FOOTPRINT: dict[str, Field] = {
    "declaredUnitOfMeasurement": Field(_one_of(PACT_UNITS), required=True),
    "declaredUnitAmount": Field(_decimal(0, above=True), required=True),
    "productMassPerDeclaredUnit": Field(_POSITIVE, required=True),
    "referencePeriodStart": Field(_moment, required=True),
    "referencePeriodEnd": Field(_moment, required=True),
    "geographyRegionOrSubregion": Field(_one_of(REGION_NAMES)),
    "geographyCountry": Field(_match(re.compile(r"[A-Z]{2}"), "an ISO 3166-1 code of two letters")),
    "geographyCountrySubdivision": Field(_match(re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}"), "an ISO 3166-2 code")),
    "boundaryProcessesDescription": Field(_TEXT),
    "pcfExcludingBiogenicUptake": Field(_decimal(), required=True),
    "pcfIncludingBiogenicUptake": Field(_decimal(), required=True),
    "fossilCarbonContent": Field(_POSITIVE, required=True),
    "biogenicCarbonContent": Field(_POSITIVE),
    "recycledCarbonContent": Field(_POSITIVE),
    "fossilGhgEmissions": Field(_POSITIVE, required=True),
    "landUseChangeGhgEmissions": Field(_POSITIVE),
    "landCarbonLeakage": Field(_POSITIVE),
    "landManagementFossilGhgEmissions": Field(_POSITIVE),
    "landManagementBiogenicCO2Emissions": Field(_POSITIVE),
    "landManagementBiogenicCO2Removals": Field(_NEGATIVE),
    "biogenicCO2Uptake": Field(_NEGATIVE),
    "biogenicNonCO2Emissions": Field(_POSITIVE),
    "landAreaOccupation": Field(_POSITIVE),
    "aircraftGhgEmissions": Field(_POSITIVE),
    "packagingEmissionsIncluded": Field(_BOOLEAN, required=True),
    "packagingGhgEmissions": Field(_POSITIVE),
    "packagingBiogenicCarbonContent": Field(_POSITIVE),
    "outboundLogisticsGhgEmissions": Field(_POSITIVE),
    "ccsTechnologicalCO2CaptureIncluded": Field(_BOOLEAN, required=True),
    "ccsTechnologicalCO2Capture": Field(_NEGATIVE),
    "technologicalCO2CaptureOrigin": Field(_TEXT),
    "technologicalCO2Removals": Field(_NEGATIVE),
    "ccuCarbonContent": Field(_POSITIVE),
    "ccuCalculationApproach": Field(_one_of(("Cut-off", "Credit"))),
    "ccuCreditCertification": Field(_match(_URI, "a URI")),
    "ipccCharacterizationFactors": Field(_list(_match(re.compile(r"AR\d+"), "such as AR6")), required=True),
    "crossSectoralStandards": Field(_list(_filled), required=True),
    "exemptedEmissionsPercent": Field(_decimal(), required=True),
    "exemptedEmissionsDescription": Field(_TEXT),
    "allocationRulesDescription": Field(_TEXT),
    "secondaryEmissionFactorSources": Field(_list(_is(dict, "an object"))),
    "primaryDataShare": Field(_decimal(0, 100), required=True),
    "productOrSectorSpecificRules": Field(_list(_is(dict, "an object"))),
    "dqi": Field(_is(dict, "an object")),
    "verification": Field(_is(dict, "an object")),
}
_GEOGRAPHY = ("geographyRegionOrSubregion", "geographyCountry", "geographyCountrySubdivision")
_RATINGS = dict.fromkeys(("technologicalDQR", "geographicalDQR", "temporalDQR"), Field(_decimal(1, 5), required=True))
_SOURCE = {"name": Field(_filled, required=True), "version": Field(_filled, required=True)}
_EXTENSION = {
    "specVersion": Field(_match(_VERSION, "a version such as 2.0.0"), required=True),
    "dataSchema": Field(_match(_URI, "a URI"), required=True),
    "documentation": Field(_match(_URI, "a URI")),
    "data": Field(_is(dict, "an object"), required=True),
}


def footprint_faults(footprint: object) -> list[str]:
    """Every rule of the specification that a ProductFootprint breaks, with the field's place; empty for a sound one."""
    if not isinstance(footprint, dict):
        return ["a ProductFootprint must be an object"]
    faults = _fields(footprint, PRODUCT, "")
    for number, one in enumerate(_objects(footprint.get("extensions"))):
        faults += _fields(one, _EXTENSION, f"extensions[{number}].")
    pcf = footprint.get("pcf")
    return [*faults, *_carbon_faults(pcf)] if isinstance(pcf, dict) else faults


def _carbon_faults(pcf: Mapping[str, object]) -> list[str]:
    faults = _fields(pcf, FOOTPRINT, "pcf.")
    if isinstance(pcf.get("dqi"), dict):
        faults += _fields(_objects([pcf["dqi"]])[0], _RATINGS, "pcf.dqi.")
    for number, one in enumerate(_objects(pcf.get("secondaryEmissionFactorSources"))):
        faults += _fields(one, _SOURCE, f"pcf.secondaryEmissionFactorSources[{number}].")
    places = [name for name in _GEOGRAPHY if name in pcf]
    if len(places) > 1:
        faults.append(f"pcf: at most one geography, got {', '.join(places)}")
    if pcf.get("packagingEmissionsIncluded") is False and "packagingGhgEmissions" in pcf:
        faults.append("pcf.packagingGhgEmissions: must be absent where packaging is not included")
    if pcf.get("ccsTechnologicalCO2CaptureIncluded") is False:
        stored = ("ccsTechnologicalCO2Capture", "technologicalCO2Removals", "technologicalCO2CaptureOrigin")
        faults += [f"pcf.{name}: must be absent where no CO2 is captured and stored" for name in stored if name in pcf]
    return faults


def _objects(value: object) -> list[dict[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _fields(found: Mapping[str, object], fields: Mapping[str, Field], place: str) -> list[str]:
    missing = [f"{place}{name}: is missing" for name, field in fields.items() if field.required and name not in found]
    unknown = [f"{place}{name}: is no field of the specification" for name in found if name not in fields]
    wrong = [
        f"{place}{name}: {told}"
        for name, field in fields.items()
        if name in found and (told := field.rule(found[name]))
    ]
    return [*missing, *unknown, *wrong]
