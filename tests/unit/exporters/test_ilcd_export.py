"""ILCD and TIDAS: valid by their schemas, in both languages, honest about what they are, the same bytes every time."""

from __future__ import annotations

import io
import json
import math
import unicodedata
import xml.etree.ElementTree as ET
import zipfile
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest
from export_samples import CHINESE, FACTS, PROPOSAL, draft, proposal, record
from hypothesis import given
from hypothesis import strategies as st

from firstprint.domain.decided import DecidedRecord
from firstprint.domain.product import DeclaredUnit
from firstprint.domain.proposal import Estimate
from firstprint.exporters.facts import ExportFacts, checked_facts
from firstprint.exporters.ilcd import CLIMATE_CHANGE, ilcd_parts, squared_gsd
from firstprint.exporters.ilcd_files import as_json, as_xml, zipped
from firstprint.exporters.ilcd_tree import to_tidas, to_xml
from firstprint.exporters.ilcd_units import property_of
from firstprint.units import CANONICAL_UNITS, convert_factor

NAMES = {
    "p": "http://lca.jrc.it/ILCD/Process",
    "c": "http://lca.jrc.it/ILCD/Common",
    "f": "http://lca.jrc.it/ILCD/Flow",
}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
COMPLETE = checked_facts([FACTS])
BARE = checked_facts([{"company": "广东塑料有限公司", "copyright": True}])
KINDS = {
    "processes": "Process", "flows": "Flow", "flowproperties": "FlowProperty", "unitgroups": "UnitGroup",
    "contacts": "Contact", "sources": "Source",
}  # fmt: skip
SAMPLES: list[tuple[DecidedRecord, ExportFacts]] = [
    (record(), COMPLETE),
    (record(CHINESE), BARE),
    (draft(CHINESE), BARE),
    (record(proposal(geography=None, mass_kg=None)), BARE),
    (record(proposal(geography="US-CA", declared_unit=DeclaredUnit(amount=2, unit="kWh"))), COMPLETE),
    (record(proposal(description="Flasche <&> \x07", language="de", geography="EU27")), BARE),
    (record(proposal(declared_unit=DeclaredUnit(amount=100, unit="CNY"))), BARE),
    (draft(proposal(decision="no_match")), BARE),
    (record(proposal(estimate=Estimate(kg_co2e=1e-7, low=1e-14, high=1.0, coverage=0.9, basis="combined"))), BARE),
]


def process(one: DecidedRecord, facts: ExportFacts = COMPLETE) -> ET.Element:
    return ET.fromstring(to_xml(ilcd_parts(one, facts)[0].tree))  # noqa: S314 - our own bytes


def texts(root: ET.Element, path: str) -> dict[str, str]:
    return {one.attrib.get(LANG, ""): one.text or "" for one in root.findall(path, NAMES)}


def test_a_process_says_what_it_is() -> None:
    root = process(record())
    exchange = root.find("p:exchanges/p:exchange", NAMES)
    assert exchange is not None
    assert texts(exchange, "p:dataDerivationTypeStatus") == {"": "Estimated"}
    assert texts(exchange, "p:meanAmount") == {"": "1"}
    review = root.find("p:modellingAndValidation/p:validation/p:review", NAMES)
    assert review is not None
    assert review.attrib["type"] == "Not reviewed"
    result = root.find("p:LCIAResults/p:LCIAResult", NAMES)
    assert result is not None
    method = result.find("p:referenceToLCIAMethodDataSet", NAMES)
    assert method is not None
    assert method.attrib["refObjectId"] == CLIMATE_CHANGE
    assert texts(result, "p:meanAmount") == {"": "0.0724"}
    assert texts(result, "p:uncertaintyDistributionType") == {"": "log-normal"}
    assert texts(result, "p:relativeStandardDeviation95In") == {"": "2.177"}


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.sampled_from(["en", "zh", "de", "ja"]))
def test_any_description_is_sound_xml_and_reads_back(text: str, language: str) -> None:
    root = process(record(proposal(description=text, language=language)), BARE)
    [found] = texts(root, "p:processInformation/p:dataSetInformation/p:name/p:baseName").values()
    plain = "".join(" " if unicodedata.category(char) in {"Cc", "Cn", "Co"} else char for char in text)
    assert found == cut(" ".join(plain.split()))


def cut(text: str) -> str:
    return text if len(text) <= 500 else text[:499].rstrip() + "…"


def test_the_deviation_is_the_square_of_the_geometric_one() -> None:
    sigma = 0.4
    for coverage in (0.8, 0.9, 0.95):
        factor = math.exp(NormalDist().inv_cdf(0.5 + coverage / 2) * sigma)
        whole = Estimate(kg_co2e=2.0, low=2.0 / factor, high=2.0 * factor, coverage=coverage, basis="proxy")
        assert squared_gsd(whole) == pytest.approx(math.exp(sigma) ** 2)
        credit = whole.model_copy(update={"kg_co2e": -2.0, "low": -2.0 * factor, "high": -2.0 / factor})
        assert squared_gsd(credit) == pytest.approx(math.exp(sigma) ** 2)


def test_names_stand_in_english_and_chinese() -> None:
    base = "p:processInformation/p:dataSetInformation/p:name/p:baseName"
    assert texts(process(record()), base) == {"en": "PET bottle, 25 g", "zh": "PET 瓶，25 克"}
    assert texts(process(record(CHINESE), BARE), base) == {"zh": "25 克 PET 瓶"}
    german = record(proposal(description="Flasche", language="de"))
    assert texts(process(german), base) == {"en": "PET bottle, 25 g", "zh": "PET 瓶，25 克", "de": "Flasche"}
    notes = texts(process(record()), "p:processInformation/p:dataSetInformation/c:generalComment")
    assert "Polyester granulate 1" in notes["en"]
    assert "聚酯切片 1" in notes["zh"]


def test_a_draft_says_so_in_name_comment_status_and_version() -> None:
    root = process(draft(), BARE)
    info = "p:processInformation/p:dataSetInformation"
    assert texts(root, f"{info}/p:name/p:baseName")["en"].startswith("[DRAFT]")
    assert "DRAFT" in texts(root, f"{info}/c:generalComment")["en"]
    assert "草稿" in texts(root, f"{info}/c:generalComment")["zh"]
    published = "p:administrativeInformation/p:publicationAndOwnership"
    assert texts(root, f"{published}/c:workflowAndPublicationStatus") == {"": "Working draft"}
    assert texts(root, f"{published}/c:dataSetVersion") == {"": "00.00.001"}
    assert texts(process(record()), f"{published}/c:dataSetVersion") == {"": "01.00.001"}


def test_the_licence_travels_with_the_number() -> None:
    root = process(record())
    terms = texts(root, "p:administrativeInformation/p:publicationAndOwnership/c:accessRestrictions")
    assert "CC-BY-4.0" in terms["en"]
    assert "CC-BY-4.0" in terms["zh"]
    sources = [part for part in ilcd_parts(record(), COMPLETE) if part.folder == "sources"]
    assert b"CC-BY-4.0" in to_xml(sources[0].tree)


def test_references_lead_to_data_sets_of_the_same_zip() -> None:
    parts = ilcd_parts(record(), COMPLETE)
    content = zipped(parts, as_xml, ".xml")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        found = {name: archive.read(name).decode() for name in names}
    assert [name.split("/")[1] for name in names] == [
        "contacts", "flowproperties", "flowproperties", "flows", "processes", "sources", "unitgroups", "unitgroups",
    ]  # fmt: skip
    known = {name.split("/")[-1].removesuffix(".xml") for name in names}
    outside = {CLIMATE_CHANGE, "a97a0155-0234-4b87-b4ce-a45da52f2a40", "d92a1a12-2545-49e2-a585-55c259997756"}
    referred = {piece.split('"')[0] for text in found.values() for piece in text.split('refObjectId="')[1:]}
    assert referred - known == outside
    assert zipped(ilcd_parts(record(), COMPLETE), as_xml, ".xml") == content


def test_a_piece_of_known_mass_is_told_by_mass_too() -> None:
    flow = ET.fromstring(to_xml(ilcd_parts(record(), COMPLETE)[1].tree))  # noqa: S314
    assert list(texts(flow, "f:flowProperties/f:flowProperty/f:meanValue").values()) == ["0.025"]
    values = [one.text for one in flow.findall("f:flowProperties/f:flowProperty/f:meanValue", NAMES)]
    assert values == ["1", "0.025"]


@pytest.mark.parametrize(
    ("unit", "amount", "expected"), [("g", 25.0, "0.025"), ("kWh", 2.0, "7.2"), ("t", 1.0, "1000")]
)
def test_amounts_are_in_the_reference_unit(unit: str, amount: float, expected: str) -> None:
    root = process(record(proposal(declared_unit=DeclaredUnit(amount=amount, unit=unit))))
    assert texts(root, "p:exchanges/p:exchange/p:meanAmount") == {"": expected}


def test_every_canonical_unit_is_measured_by_something() -> None:
    for unit in CANONICAL_UNITS:
        measured = property_of(unit)
        named = {"Item(s)": "piece"}.get(measured.property.unit, measured.property.unit)
        assert float(measured.size) == pytest.approx(convert_factor(unit, named))
    assert len({property_of(unit).property.unit_group for unit in CANONICAL_UNITS}) == 17


@cache
def xsd(folder: Path, kind: str) -> Any:
    import xmlschema

    return xmlschema.XMLSchema(str(folder / "eilcd" / "schemas" / f"ILCD_{kind}DataSet.xsd"))


@cache
def tidas(folder: Path, kind: str) -> Any:
    from jsonschema import Draft7Validator, FormatChecker
    from referencing import Registry, Resource

    files = (folder / "tidas" / "schemas").glob("*.json")
    read = {path.name: Resource.from_contents(json.loads(path.read_text("utf-8"))) for path in files}
    registry: Registry[Any] = Registry().with_resources(
        [(f"{prefix}{name}", one) for name, one in read.items() for prefix in ("", "./")]
    )
    whole = read[f"tidas_{kind}.json"].contents
    return Draft7Validator(whole, registry=registry, format_checker=FormatChecker())


@pytest.mark.parametrize("number", range(len(SAMPLES)))
def test_every_data_set_validates_against_the_ilcd_schemas(format_schemas: Path, number: int) -> None:
    for part in ilcd_parts(*SAMPLES[number]):
        errors = xsd(format_schemas, KINDS[part.folder]).iter_errors(to_xml(part.tree).decode())
        assert (part.folder, [f"{error.path}: {error.reason}" for error in errors]) == (part.folder, [])


@pytest.mark.parametrize("number", range(len(SAMPLES)))
def test_every_data_set_validates_against_the_tidas_schemas(format_schemas: Path, number: int) -> None:
    for part in ilcd_parts(*SAMPLES[number]):
        errors = tidas(format_schemas, part.folder).iter_errors(to_tidas(part.tree))
        told = [f"{list(error.absolute_path)}: {error.message[:200]}" for error in errors]
        assert (part.folder, told) == (part.folder, [])


def test_the_schemas_refuse_what_is_wrong(format_schemas: Path) -> None:
    """The validators are awake: a review type that does not exist is told by both."""
    tree = ilcd_parts(record(), COMPLETE)[0].tree
    wrong = to_xml(tree).decode().replace("Not reviewed", "Glanced at")
    assert not xsd(format_schemas, "Process").is_valid(wrong)
    whole = json.loads(json.dumps(to_tidas(tree)).replace("Not reviewed", "Glanced at"))
    assert not tidas(format_schemas, "processes").is_valid(whole)


def test_tidas_is_the_same_data_in_json() -> None:
    whole = json.loads(as_json(ilcd_parts(record(), COMPLETE)[0].tree))["processDataSet"]
    name = whole["processInformation"]["dataSetInformation"]["name"]
    assert name["baseName"] == [
        {"@xml:lang": "en", "#text": "PET bottle, 25 g"},
        {"@xml:lang": "zh", "#text": "PET 瓶，25 克"},
    ]
    assert whole["processInformation"]["time"]["common:referenceYear"] == 2026
    assert whole["exchanges"]["exchange"][0]["@dataSetInternalID"] == "0"
    assert whole["LCIAResults"]["LCIAResult"]["meanAmount"] == "0.0724"
    place = whole["processInformation"]["geography"]["locationOfOperationSupplyOrProduction"]
    assert place["@location"] == "CN"


def test_a_record_and_its_next_decision_share_an_identity_and_not_a_version() -> None:
    assert process_id(record()) == process_id(draft()) == process_id(record(dataset_id="made-up-2"))
    assert process_id(record()) != process_id(record(CHINESE))
    assert PROPOSAL.id not in process_id(record())


def process_id(one: DecidedRecord) -> str:
    return ilcd_parts(one, BARE)[0].identity
