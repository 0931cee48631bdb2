"""The data sets an ILCD process refers to: its flow, flow property, unit group, contact and sources."""

from __future__ import annotations

import uuid
from typing import NamedTuple

from firstprint.domain.decided import DecidedRecord
from firstprint.exporters.ilcd_tree import Bilingual, Node, branch, in_both, leaf
from firstprint.exporters.ilcd_units import Property
from firstprint.exporters.pact import NAMESPACE, utc
from firstprint.exporters.told import NOT_STATED, when

LONG, MIDDLE = 1000, 500
"""Characters of the ILCD types ST and String."""
FORMAT_UUID = "a97a0155-0234-4b87-b4ce-a45da52f2a40"
"""Source data set ``ILCD format`` of the ILCD reference elements."""
ENTRY_LEVEL_UUID = "d92a1a12-2545-49e2-a585-55c259997756"
"""Source data set ``ILCD Data Network - Entry-level`` of the ILCD reference elements."""
REFERENCE_VERSION = "03.00.003"
_COMMON = "http://lca.jrc.it/ILCD/Common"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


class Part(NamedTuple):
    """One data set: the folder of its kind, its UUID and its tree."""

    folder: str
    identity: str
    tree: Node


class Owner(NamedTuple):
    """The company behind the data sets and the time they became what they are."""

    name: str
    identity: str
    moment: str


def owner_of(record: DecidedRecord, company: str) -> Owner:
    """The owner of a record's data sets; one company is one contact data set in every export."""
    return Owner(company, derived("contact", company), utc(when(record)))


def derived(kind: str, *parts: str) -> str:
    """The UUID of a data set of ours: the same words give the same one.

    >>> derived("contact", "A") == derived("contact", "A"), derived("contact", "A") == derived("source", "A")
    (True, False)
    """
    return str(uuid.uuid5(NAMESPACE, "\x1f".join((kind, *parts))))


def version_of(record: DecidedRecord) -> str:
    """The data set version: 01.00.nnn counts the decisions made; a draft is 00.00.001."""
    return "00.00.001" if record.draft else f"01.00.{min(len(record.history), 999):03d}"


def root(kind: str, namespace: str, schema: str, *children: Node, located: bool = False) -> Node:
    """The root of a data set with the namespaces that ILCD and TIDAS want."""
    attributes = [
        ("xmlns:common", _COMMON),
        ("xmlns", f"http://lca.jrc.it/ILCD/{namespace}"),
        ("xmlns:xsi", _XSI),
        ("version", "1.1"),
    ]
    if kind == "flowDataSet":
        attributes.insert(2, ("xmlns:ecn", "http://eplca.jrc.ec.europa.eu/ILCD/Extensions/2018/ECNumber"))
    if located:
        attributes.append(("locations", "../ILCDLocations.xml"))
    attributes.append(("xsi:schemaLocation", f"http://lca.jrc.it/ILCD/{namespace} ../../schemas/{schema}"))
    return Node(kind, "", tuple(attributes), children)


def reference(tag: str, kind: str, identity: str, folder: str, version: str, words: Bilingual) -> Node:
    """A reference to another data set."""
    return Node(
        tag,
        "",
        (("type", kind), ("refObjectId", identity), ("version", version), ("uri", f"../{folder}/{identity}.xml")),
        in_both("common:shortDescription", words, LONG),
    )


def contact_reference(tag: str, owner: Owner) -> Node:
    """A reference to the owner's contact data set."""
    return reference(tag, "contact data set", owner.identity, "contacts", "01.00.000", bilingual(owner.name))


def bilingual(name: str) -> Bilingual:
    """A proper name, which stands in the language of its script."""
    return Bilingual(name, name)


def entry(owner: Owner) -> Node:
    """When and in which format the data set was entered."""
    return branch(
        "dataEntryBy",
        leaf("common:timeStamp", owner.moment),
        reference(
            "common:referenceToDataSetFormat",
            "source data set",
            FORMAT_UUID,
            "sources",
            REFERENCE_VERSION,
            Bilingual("ILCD format", "ILCD 格式"),
        ),
    )


def publication(owner: Owner, version: str) -> Node:
    """Version and owner of a data set."""
    return branch(
        "publicationAndOwnership",
        leaf("common:dataSetVersion", version),
        contact_reference("common:referenceToOwnershipOfDataSet", owner),
    )


def administration(owner: Owner, version: str) -> Node:
    """Entry and publication of a data set that is no process."""
    return branch("administrativeInformation", entry(owner), publication(owner, version))


def compliance(*, full: bool = False) -> Node:
    """Nothing is claimed: compliance with the ILCD Data Network is ``Not defined``."""
    further = ("nomenclature", "methodological", "review", "documentation", "quality") if full else ()
    return branch(
        "complianceDeclarations",
        branch(
            "compliance",
            reference(
                "common:referenceToComplianceSystem",
                "source data set",
                ENTRY_LEVEL_UUID,
                "sources",
                REFERENCE_VERSION,
                Bilingual("ILCD Data Network - Entry-level", "ILCD 数据网络入门级要求"),
            ),
            leaf("common:approvalOfOverallCompliance", "Not defined"),
            tuple(leaf(f"common:{name}Compliance", "Not defined") for name in further),
        ),
    )


def classified(number: str, name: str) -> Node:
    """A data set's class, one level deep."""
    return branch(
        "classificationInformation",
        branch("common:classification", Node("common:class", name, (("level", "0"), ("classId", number)))),
    )


UNCLASSIFIED = Node("classificationInformation", children=(Node("common:classification", only="json"),), only="json")
"""What the product is classed as is not known; TIDAS wants to see the empty list."""


def unit_group(kind: Property, owner: Owner) -> Part:
    """The unit group with its reference unit first."""
    units = ((kind.unit, "1"), *kind.units)
    tree = root(
        "unitGroupDataSet",
        "UnitGroup",
        "ILCD_UnitGroupDataSet.xsd",
        branch(
            "unitGroupInformation",
            branch(
                "dataSetInformation",
                leaf("common:UUID", kind.unit_group),
                in_both("common:name", kind.group, MIDDLE),
                classified("3", "Economic unit groups") if kind.economic else classified("1", "Technical unit groups"),
            ),
            branch("quantitativeReference", leaf("referenceToReferenceUnit", "0")),
        ),
        branch("modellingAndValidation", compliance()),
        administration(owner, "00.00.001"),
        branch(
            "units",
            tuple(
                branch("unit", leaf("name", name), leaf("meanValue", size), dataSetInternalID=str(number))
                for number, (name, size) in enumerate(units)
            ),
        ),
    )
    return Part("unitgroups", kind.unit_group, tree)


def flow_property(kind: Property, owner: Owner) -> Part:
    """The flow property that the unit group measures."""
    group = reference(
        "referenceToReferenceUnitGroup", "unit group data set", kind.unit_group, "unitgroups", "00.00.001", kind.group
    )
    name = "Economic flow properties" if kind.economic else "Technical flow properties"
    tree = root(
        "flowPropertyDataSet",
        "FlowProperty",
        "ILCD_FlowPropertyDataSet.xsd",
        branch(
            "flowPropertiesInformation",
            branch(
                "dataSetInformation",
                leaf("common:UUID", kind.flow_property),
                in_both("common:name", kind.name, MIDDLE),
                classified("3" if kind.economic else "1", name),
            ),
            branch("quantitativeReference", group),
        ),
        branch("modellingAndValidation", compliance()),
        administration(owner, "00.00.001"),
    )
    return Part("flowproperties", kind.flow_property, tree)


def contact(owner: Owner) -> Part:
    """The company; nothing but its name is known."""
    words = bilingual(owner.name)
    tree = root(
        "contactDataSet",
        "Contact",
        "ILCD_ContactDataSet.xsd",
        branch(
            "contactInformation",
            branch(
                "dataSetInformation",
                leaf("common:UUID", owner.identity),
                in_both("common:shortName", words, MIDDLE),
                in_both("common:name", words, MIDDLE),
                classified("2", "Organisations"),
            ),
        ),
        administration(owner, "01.00.000"),
    )
    return Part("contacts", owner.identity, tree)


class Cited(NamedTuple):
    """A source of numbers: its name with version, its terms, where it was published, and the words to pass on."""

    name: str
    licence: str
    citation: str
    attribution: str = ""

    @property
    def identity(self) -> str:
        """UUID of its source data set."""
        return derived("source", *self)


def source(cited: Cited, owner: Owner) -> Part:
    """A source with its licence, so that the terms travel with the number."""
    terms = cited.licence.strip()
    credit = cited.attribution
    licence = Bilingual(
        f"Licence: {terms or NOT_STATED['en']}." + (f" Credit: {credit}" if credit else ""),
        f"许可：{terms or NOT_STATED['zh']}。" + (f"署名：{credit}" if credit else ""),
    )
    tree = root(
        "sourceDataSet",
        "Source",
        "ILCD_SourceDataSet.xsd",
        branch(
            "sourceInformation",
            branch(
                "dataSetInformation",
                leaf("common:UUID", cited.identity),
                in_both("common:shortName", bilingual(cited.name), MIDDLE),
                classified("2", "Databases"),
                leaf("sourceCitation", (cited.citation or cited.name)[:LONG]),
                in_both("sourceDescriptionOrComment", licence),
            ),
        ),
        administration(owner, "01.00.000"),
    )
    return Part("sources", cited.identity, tree)
