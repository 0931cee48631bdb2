"""A decided record as an ILCD process data set with what it refers to; TIDAS is the same tree in JSON.

The data set says of itself what it is: derivation ``Estimated``, review ``Not reviewed``, a log-normal result for the
EF method "Climate change". The same record and facts give the same bytes.
"""

from __future__ import annotations

import math
from decimal import Decimal
from statistics import NormalDist

from firstprint.domain.decided import DecidedRecord
from firstprint.domain.proposal import Estimate
from firstprint.exporters import ilcd_words as words
from firstprint.exporters.credits import credit_of
from firstprint.exporters.decimals import decimal_string, five_digits, plain
from firstprint.exporters.facts import ExportFacts
from firstprint.exporters.ilcd_parts import (
    UNCLASSIFIED,
    Cited,
    Owner,
    Part,
    administration,
    compliance,
    contact,
    contact_reference,
    derived,
    entry,
    flow_property,
    owner_of,
    reference,
    root,
    source,
    unit_group,
    version_of,
)
from firstprint.exporters.ilcd_tree import Bilingual, Node, branch, in_both, in_json_alone, leaf
from firstprint.exporters.ilcd_units import MASS, InProperty, Property, property_of
from firstprint.exporters.pact_needs import place_of
from firstprint.geography import ancestors, place
from firstprint.wording import place_words

CLIMATE_CHANGE = "6209b35f-9447-40b5-b68c-a1099e3674a0"
"""LCIA method "Climate change" (GWP100) of the EF reference package 3.1."""
MIDDLE = 500
_NO_PLACE = "NULL"
"""TIDAS's location for a place that is not known."""
_TIDAS_REGIONS = {"EU27": "EU-27", "UN-EASIA": "EAS", "UN-EEUROPE": "EEU"}
_TIDAS_KNOWN = frozenset({"GLO", "RoW", "RAF", "RAS", "RER", "OCE", "RLA", "RNA", "RME", "WEU"})


def process_identity(record: DecidedRecord) -> str:
    """UUID of a record's process data set."""
    return derived("process", record.proposal.id)


def ilcd_parts(record: DecidedRecord, facts: ExportFacts) -> tuple[Part, ...]:
    """Every data set of a record, the process first.

    Args:
        record: with a footprint.
        facts: with a company; ``--copyright`` too where TIDAS is written.
    """
    owner = owner_of(record, facts.company or "")
    measured = property_of(record.proposal.product.declared_unit.unit)
    kinds = list(dict.fromkeys((measured.property, *((MASS,) if _mass(record, facts, measured) else ()))))
    cited = _cited(record)
    return (
        Part("processes", process_identity(record), _process(record, facts, owner)),
        _flow(record, facts, owner, measured),
        *(flow_property(kind, owner) for kind in kinds),
        *(unit_group(kind, owner) for kind in kinds),
        contact(owner),
        *(source(one, owner) for one in cited),
    )


def squared_gsd(footprint: Estimate) -> float:
    """The square of the geometric standard deviation of a log-normal interval: ILCD's relativeStandardDeviation95In.

    ln GSD = ln(high / low) / (2 z), z the normal quantile of the interval's coverage.
    """
    z = NormalDist().inv_cdf(0.5 + footprint.coverage / 2)
    return math.exp(abs(math.log(footprint.high / footprint.low)) / z)


def _cited(record: DecidedRecord) -> tuple[Cited, ...]:
    taken = record.taken
    if taken is None:
        return ()
    credit = credit_of(taken.source, taken.source_version)
    cited = taken.citation or credit.attribution or taken.url
    return (Cited(credit.full or taken.dataset_id, taken.licence, cited, credit.attribution),)


def _process(record: DecidedRecord, facts: ExportFacts, owner: Owner) -> Node:
    return root(
        "processDataSet",
        "Process",
        "ILCD_ProcessDataSet.xsd",
        _information(record, facts),
        branch(
            "modellingAndValidation",
            branch("LCIMethodAndAllocation", leaf("typeOfDataSet", "LCI result")),
            _treatment(record),
            branch("validation", branch("review", type="Not reviewed")),
            compliance(full=True),
        ),
        branch(
            "administrativeInformation",
            branch(
                "common:commissionerAndGoal",
                contact_reference("common:referenceToCommissioner", owner),
                in_both("common:intendedApplications", words.APPLICATIONS),
            ),
            _entry(owner),
            _publication(record, facts, owner),
        ),
        branch("exchanges", _exchange(record)),
        _results(record),
        located=True,
    )


def _information(record: DecidedRecord, facts: ExportFacts) -> Node:
    year = record.proposal.product.year or int(record.proposal.provenance.created[:4])
    return branch(
        "processInformation",
        branch(
            "dataSetInformation",
            leaf("common:UUID", process_identity(record)),
            _name(record, facts, "functionalUnitFlowProperties"),
            UNCLASSIFIED,
            in_both("common:generalComment", words.comment(record)),
        ),
        branch(
            "quantitativeReference",
            leaf("referenceToReferenceFlow", "0"),
            in_both("functionalUnitOrOther", words.unit_words_of(record), MIDDLE),
            type="Reference flow(s)",
        ),
        branch("time", leaf("common:referenceYear", str(year))),
        _geography(place_of(record, facts)),
        branch("technology", in_both("technologyDescriptionAndIncludedProcesses", words.technology(record))),
    )


def _name(record: DecidedRecord, facts: ExportFacts, last: str) -> Node:
    """The name as it is known; TIDAS also asks for route and mix.

    In ILCD, whose readers join all parts to one name, these would change it, and what they say stands elsewhere.
    """
    return branch(
        "name",
        words.base_names(record, facts),
        in_json_alone(in_both("treatmentStandardsRoutes", words.routes(record), MIDDLE)),
        in_json_alone(in_both("mixAndLocationTypes", words.mix(record, facts), MIDDLE)),
        in_both(last, words.unit_words_of(record), MIDDLE),
    )


def _geography(code: str | None) -> tuple[Node, ...]:
    """The place: verbatim in XML; in TIDAS the nearest place of its list that holds it."""
    told = Bilingual(place_words(code, "en"), place_words(code, "zh"))
    where = in_both("descriptionOfRestrictions", told)
    tag = "locationOfOperationSupplyOrProduction"
    json = Node("geography", children=(branch(tag, where, location=tidas_location(code)),), only="json")
    if code is None:
        return (json,)
    return (Node("geography", children=(branch(tag, where, location=code),), only="xml"), json)


def tidas_location(code: str | None) -> str:
    """The location of TIDAS's list that is a place or the nearest that holds it.

    >>> tidas_location("CN-GD"), tidas_location("US-CA"), tidas_location("EU27"), tidas_location(None)
    ('CN-GD', 'US', 'EU-27', 'NULL')
    """
    if code is None:
        return _NO_PLACE
    for each in (code, *ancestors(code)):
        known = place(each)
        country = known is not None and (known.kind == "country" or each.startswith("CN-"))
        if country or each in _TIDAS_KNOWN:
            return each
        if each in _TIDAS_REGIONS:
            return _TIDAS_REGIONS[each]
    return _NO_PLACE


def _treatment(record: DecidedRecord) -> tuple[Node, ...]:
    """Data sources in XML; TIDAS asks for a yearly production beside them, which nobody knows: there by exchange."""
    references = tuple(_source_reference(one) for one in _cited(record))
    children = (
        *in_both("dataTreatmentAndExtrapolationsPrinciples", words.technology(record)),
        *references,
        *in_both("uncertaintyAdjustments", words.UNCERTAINTY_NOTE),
    )
    return (Node("dataSourcesTreatmentAndRepresentativeness", children=children, only="xml"),)


def _source_reference(cited: Cited) -> Node:
    name = Bilingual(cited.name, cited.name)
    return reference("referenceToDataSource", "source data set", cited.identity, "sources", "01.00.000", name)


def _entry(owner: Owner) -> Node:
    base = entry(owner)
    who = contact_reference("common:referenceToPersonOrEntityEnteringTheData", owner)
    return Node(base.tag, children=(*base.children, who))


def _publication(record: DecidedRecord, facts: ExportFacts, owner: Owner) -> Node:
    state = "Working draft" if record.draft else "Data set finalised; unpublished"
    return branch(
        "publicationAndOwnership",
        leaf("common:dataSetVersion", version_of(record)),
        leaf("common:permanentDataSetURI", f"urn:uuid:{process_identity(record)}"),
        leaf("common:workflowAndPublicationStatus", state),
        contact_reference("common:referenceToOwnershipOfDataSet", owner),
        () if facts.copyright is None else leaf("common:copyright", str(facts.copyright).lower()),
        leaf("common:licenseType", "Other"),
        in_both("common:accessRestrictions", words.terms(record)),
    )


def _exchange(record: DecidedRecord) -> Node:
    amount = plain(_amount(record))
    references = tuple(_source_reference(one) for one in _cited(record))
    return branch(
        "exchange",
        reference(
            "referenceToFlowDataSet",
            "flow data set",
            derived("flow", record.proposal.id),
            "flows",
            version_of(record),
            _short_name(record),
        ),
        leaf("exchangeDirection", "Output"),
        leaf("meanAmount", amount),
        leaf("resultingAmount", amount),
        leaf("dataSourceType", "Secondary"),
        leaf("dataDerivationTypeStatus", "Estimated"),
        branch("referencesToDataSource", references) if references else (),
        dataSetInternalID="0",
    )


def _short_name(record: DecidedRecord) -> Bilingual:
    text = record.proposal.product.description
    return Bilingual(words.DRAFT_MARK.en + text, words.DRAFT_MARK.zh + text) if record.draft else Bilingual(text, text)


def _amount(record: DecidedRecord) -> Decimal:
    """The declared amount in the reference unit of its unit group, exactly."""
    unit = record.proposal.product.declared_unit
    return Decimal(repr(unit.amount)) * property_of(unit.unit).size


def _results(record: DecidedRecord) -> Node:
    whole = record.footprint
    assert whole is not None  # noqa: S101 - an export without a number is refused before; mypy is told
    deviation = five_digits(squared_gsd(whole))
    method = reference(
        "referenceToLCIAMethodDataSet",
        "LCIA method data set",
        CLIMATE_CHANGE,
        "lciamethods",
        "01.00.000",
        Bilingual("Climate change (GWP100, kg CO2 eq)", "气候变化（GWP100，kg CO2 当量）"),
    )
    return branch(
        "LCIAResults",
        branch(
            "LCIAResult",
            method,
            leaf("meanAmount", decimal_string(whole.kg_co2e)),
            leaf("uncertaintyDistributionType", "log-normal"),
            () if deviation is None else leaf("relativeStandardDeviation95In", deviation),
            in_both("generalComment", words.RESULT_NOTE, MIDDLE),
        ),
    )


def _mass(record: DecidedRecord, facts: ExportFacts, measured: InProperty) -> Decimal | None:
    """Mass of one reference unit, kg, where it is stated and the flow is not measured by mass anyway."""
    stated = facts.mass_kg or record.proposal.product.mass_kg
    if stated is None or measured.property == MASS:
        return None
    return Decimal(repr(stated)) / measured.size


def _flow(record: DecidedRecord, facts: ExportFacts, owner: Owner, measured: InProperty) -> Part:
    identity = derived("flow", record.proposal.id)
    mass = _mass(record, facts, measured)
    properties = [(measured.property, "1"), *([(MASS, plain(mass))] if mass is not None else [])]
    tree = root(
        "flowDataSet",
        "Flow",
        "ILCD_FlowDataSet.xsd",
        branch(
            "flowInformation",
            branch(
                "dataSetInformation",
                leaf("common:UUID", identity),
                _name(record, facts, "flowProperties"),
                UNCLASSIFIED,
            ),
            branch("quantitativeReference", leaf("referenceToReferenceFlowProperty", "0")),
        ),
        branch("modellingAndValidation", branch("LCIMethod", leaf("typeOfDataSet", "Product flow")), compliance()),
        administration(owner, version_of(record)),
        branch("flowProperties", tuple(_measure(number, *one) for number, one in enumerate(properties))),
        located=True,
    )
    return Part("flows", identity, tree)


def _measure(number: int, kind: Property, value: str) -> Node:
    named = reference(
        "referenceToFlowPropertyDataSet",
        "flow property data set",
        kind.flow_property,
        "flowproperties",
        "00.00.001",
        kind.name,
    )
    return branch("flowProperty", named, leaf("meanValue", value), dataSetInternalID=str(number))
