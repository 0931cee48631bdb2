"""The part of an ILCD process, flow, flow property and unit group that a catalogue needs, from any notation.

Paths follow the ILCD format 1.1 and its EPD extension (namespaces EPD/2013 and EPD/2019). Numbers stay texts here:
whoever uses one reads it, so that a fault is told at the place where it matters.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from firstprint.importers.datasets.nodes import Node, Text, attribute, first, text, texts

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_INFORMATION = ("processInformation", "dataSetInformation")
_REFERENCE = ("processInformation", "quantitativeReference")
_NAME = (*_INFORMATION, "name")
_METHOD = ("modellingAndValidation", "LCIMethodAndAllocation")
_SOURCES = ("modellingAndValidation", "dataSourcesTreatmentAndRepresentativeness", "referenceToDataSource")
_OWNERSHIP = ("administrativeInformation", "publicationAndOwnership")
_PLACE = ("processInformation", "geography", "locationOfOperationSupplyOrProduction")
_TIME = ("processInformation", "time")
_COMPARTMENT = ("classificationInformation", "elementaryFlowCategorization", "category")
_MATERIAL = ("other", "MatML_Doc")


class Quantity(NamedTuple):
    """A flow property of a flow: what it is measured in, and how much of it is in one of the flow.

    Attributes:
        property_id: UUID of the flow property.
        mean: amount in the property's reference unit, as written.
        unit: where the notation names it right here (soda4LCA), else empty.
        unit_group_id: likewise.
    """

    property_id: str
    internal_id: str
    mean: str
    unit: str = ""
    unit_group_id: str = ""


class Material(NamedTuple):
    """A property of the material (MatML): ``grammage``, ``13.17``, ``kg/m^2``."""

    name: str
    value: str
    unit: str


class Flow(NamedTuple):
    """A flow data set.

    Attributes:
        kind: ``Product flow``, ``Elementary flow``, ``Waste flow`` …; empty where it is not stated.
        reference: internal id of the quantity that amounts are given in.
    """

    flow_id: str
    names: tuple[Text, ...]
    kind: str
    quantities: tuple[Quantity, ...]
    reference: str
    materials: tuple[Material, ...]
    category: str = ""


class Exchange(NamedTuple):
    """One flow in or out; ``own`` holds quantities that stand at the exchange itself, as in soda4LCA."""

    internal_id: str
    flow_id: str
    flow_version: str
    names: tuple[Text, ...]
    direction: str
    amount: str
    marked: bool
    own: Flow | None


class Amount(NamedTuple):
    """What a life cycle module contributes to a result."""

    module: str
    scenario: str
    value: str


class Result(NamedTuple):
    """One result of impact assessment.

    Attributes:
        unit: of the result as the data set words it, such as ``kg CO2 eqv.``; empty where it is not stated.
        spread: squared geometric standard deviation, as written, where the distribution is log-normal.
    """

    method_id: str
    names: tuple[Text, ...]
    mean: str
    amounts: tuple[Amount, ...]
    unit: str
    spread: str


class Paper(NamedTuple):
    """What a process says of its publication: licence, owner, programme and the like."""

    version: str
    licence: str
    restrictions: tuple[Text, ...]
    owner: tuple[Text, ...]
    programme: tuple[Text, ...]
    registration: str
    url: str
    sources: tuple[Text, ...]


class Process(NamedTuple):
    """A process data set.

    Attributes:
        references: internal ids of its reference flows.
        scenario: the EPD's default scenario; empty where it marks none.
        tags: parts of names apart from the base name.
    """

    process_id: str
    base_names: tuple[Text, ...]
    tags: tuple[Text, ...]
    functional_unit: tuple[Text, ...]
    synonyms: tuple[Text, ...]
    comment: tuple[Text, ...]
    classes: tuple[str, ...]
    kind: str
    epd_kind: str
    year: str
    valid_until: str
    location: str
    references: tuple[str, ...]
    exchanges: tuple[Exchange, ...]
    results: tuple[Result, ...]
    scenarios: tuple[str, ...]
    margin: str
    paper: Paper


class FlowProperty(NamedTuple):
    """A flow property data set: its unit group."""

    property_id: str
    unit_group_id: str


class UnitGroup(NamedTuple):
    """A unit group data set: its reference unit by name, empty where it names none."""

    group_id: str
    unit: str


def uuid_of(written: str) -> str:
    """A UUID in lower case; empty where the text is none."""
    found = _UUID.fullmatch(written.strip())
    return found[0].lower() if found else ""


def process_of(root: Node) -> Process:
    """A process from its root element; whatever is missing is empty."""
    references = {each.value for each in root.all(*_REFERENCE, "referenceToReferenceFlow")}
    return Process(
        process_id=uuid_of(text(root, *_INFORMATION, "UUID")),
        base_names=texts(root, *_NAME, "baseName"),
        tags=texts(root, *_NAME, "treatmentStandardsRoutes") + texts(root, *_NAME, "mixAndLocationTypes"),
        functional_unit=texts(root, *_NAME, "functionalUnitFlowProperties")
        + texts(root, *_REFERENCE, "functionalUnitOrOther"),
        synonyms=texts(root, *_INFORMATION, "synonyms"),
        comment=texts(root, *_INFORMATION, "generalComment"),
        classes=_classes(root, *_INFORMATION, "classificationInformation", "classification"),
        kind=text(root, *_METHOD, "typeOfDataSet"),
        epd_kind=text(root, *_METHOD, "other", "subType"),
        year=text(root, *_TIME, "referenceYear"),
        valid_until=text(root, *_TIME, "dataSetValidUntil"),
        location=attribute(root, "location", *_PLACE),
        references=tuple(sorted(references)),
        exchanges=tuple(_exchange(each) for each in root.all("exchanges", "exchange")),
        results=tuple(_result(each) for each in root.all("LCIAResults", "LCIAResult")),
        scenarios=_default_scenarios(root),
        margin=text(root, *_INFORMATION, "other", "safetyMargins", "margins")
        or text(root, *_INFORMATION, "other", "margins"),
        paper=_paper(root),
    )


def flow_of(root: Node) -> Flow:
    """A flow from its root element."""
    information = ("flowInformation", "dataSetInformation")
    return Flow(
        flow_id=uuid_of(text(root, *information, "UUID")),
        names=texts(root, *information, "name", "baseName"),
        kind=text(root, "modellingAndValidation", "LCIMethod", "typeOfDataSet"),
        quantities=tuple(_quantity(each) for each in root.all("flowProperties", "flowProperty")),
        reference=text(root, "flowInformation", "quantitativeReference", "referenceToReferenceFlowProperty"),
        materials=_materials(root, information),
        category=" / ".join(each.value for each in root.all(*information, *_COMPARTMENT)),
    )


def flow_property_of(root: Node) -> FlowProperty:
    """A flow property from its root element."""
    quantitative = ("flowPropertiesInformation", "quantitativeReference", "referenceToReferenceUnitGroup")
    return FlowProperty(
        uuid_of(text(root, "flowPropertiesInformation", "dataSetInformation", "UUID")),
        uuid_of(attribute(root, "refObjectId", *quantitative)),
    )


def unit_group_of(root: Node) -> UnitGroup:
    """A unit group from its root element."""
    reference = text(root, "unitGroupInformation", "quantitativeReference", "referenceToReferenceUnit")
    named = (text(each, "name") for each in root.all("units", "unit") if each.get("dataSetInternalID") == reference)
    return UnitGroup(
        uuid_of(text(root, "unitGroupInformation", "dataSetInformation", "UUID")), next(named, "") if reference else ""
    )


def _classes(root: Node, *path: str) -> tuple[str, ...]:
    """The classes of the first classification that has any, from wide to narrow."""
    for classification in root.all(*path):
        classes = [(each.get("level"), each.value) for each in classification.all("class") if each.value]
        if classes:
            return tuple(name for _, name in sorted(classes, key=lambda pair: pair[0]))
    return ()


def _exchange(node: Node) -> Exchange:
    flow = first(node, "referenceToFlowDataSet")
    flow_id = uuid_of(flow.get("refObjectId")) if flow is not None else ""
    names = texts(flow, "shortDescription") if flow is not None else ()
    quantities = tuple(_own_quantity(each) for each in node.all("flowProperties"))
    own = None
    if quantities:
        marked = (each.internal_id for each in quantities if each.internal_id)
        kind = text(node, "typeOfFlow")
        own = Flow(flow_id, names, kind, quantities, next(marked, ""), _own_materials(node), "")
    return Exchange(
        internal_id=node.get("dataSetInternalID"),
        flow_id=flow_id,
        flow_version=flow.get("version") if flow is not None else "",
        names=names,
        direction=(text(node, "exchangeDirection") or text(node, "exchange direction")).capitalize(),
        amount=text(node, "resultingAmount") or text(node, "meanAmount"),
        marked=text(node, "referenceFlow") == "true",
        own=own,
    )


def _quantity(node: Node) -> Quantity:
    return Quantity(
        uuid_of(attribute(node, "refObjectId", "referenceToFlowPropertyDataSet")),
        node.get("dataSetInternalID"),
        text(node, "meanValue"),
    )


def _own_quantity(node: Node) -> Quantity:
    """A quantity that soda4LCA copies into the exchange; the reference one gets an internal id, the others none."""
    return Quantity(
        uuid_of(text(node, "uuid")),
        "reference" if text(node, "referenceFlowProperty") == "true" else "",
        text(node, "meanValue"),
        text(node, "referenceUnit"),
        uuid_of(text(node, "unitGroupUUID")),
    )


def _materials(root: Node, information: tuple[str, ...]) -> tuple[Material, ...]:
    details = {each.get("id"): each for each in root.all(*information, *_MATERIAL, "Metadata", "PropertyDetails")}
    found = []
    for data in root.all(*information, *_MATERIAL, "Material", "BulkDetails", "PropertyData"):
        about = details.get(data.get("property"))
        if about is not None:
            found.append(Material(text(about, "Name"), text(data, "Data"), attribute(about, "name", "Units")))
    return tuple(found)


def _own_materials(node: Node) -> tuple[Material, ...]:
    return tuple(
        Material(text(each, "name"), text(each, "value"), text(each, "unit")) for each in node.all("materialProperties")
    )


def _result(node: Node) -> Result:
    method = first(node, "referenceToLCIAMethodDataSet")
    log_normal = text(node, "uncertaintyDistributionType").replace("_", "-").casefold() in {"log-normal", "lognormal"}
    return Result(
        method_id=uuid_of(method.get("refObjectId")) if method is not None else "",
        names=texts(method, "shortDescription") if method is not None else (),
        mean=text(node, "resultingAmount") or text(node, "meanAmount"),
        amounts=tuple(
            Amount(each.get("module"), each.get("scenario"), each.value) for each in node.all("other", "amount")
        ),
        unit=text(node, "other", "referenceToUnitGroupDataSet", "shortDescription"),
        spread=text(node, "relativeStandardDeviation95In") if log_normal else "",
    )


def _default_scenarios(root: Node) -> tuple[str, ...]:
    scenarios = list(root.all(*_INFORMATION, "other", "scenarios", "scenario"))
    scenarios += list(root.all(*_INFORMATION, "other", "scenario"))
    return tuple(each.get("name") for each in scenarios if each.get("default") == "true")


def _paper(root: Node) -> Paper:
    url = text(root, *_OWNERSHIP, "permanentDataSetURI") or text(root, "source")
    return Paper(
        version=text(root, *_OWNERSHIP, "dataSetVersion"),
        licence=text(root, *_OWNERSHIP, "licenseType"),
        restrictions=texts(root, *_OWNERSHIP, "accessRestrictions"),
        owner=texts(root, *_OWNERSHIP, "referenceToOwnershipOfDataSet", "shortDescription"),
        programme=texts(root, *_OWNERSHIP, "referenceToRegistrationAuthority", "shortDescription"),
        registration=text(root, *_OWNERSHIP, "registrationNumber"),
        url=url if url.startswith(("http://", "https://")) else "",
        sources=texts(root, *_SOURCES, "shortDescription"),
    )
