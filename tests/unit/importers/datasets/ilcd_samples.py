"""Small ILCD data sets of our own, as XML and as the TIDAS JSON of the same."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from firstprint.domain.dataset import Dataset
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.records import Asked, DatasetImporter, Problem

MASS = "93a60a56-a3c8-11da-a746-0800200b9a66"
VOLUME = "93a60a56-a3c8-22da-a746-0800200c9a66"
AREA = "93a60a56-a3c8-19da-a746-0800200c9a66"
ITEMS = "01846770-4cfe-4a25-8ad9-919d8d378345"
EF31 = "6209b35f-9447-40b5-b68c-a1099e3674a0"
GWP_A1 = "77e416eb-a363-4258-a04e-171d843a6460"
GWP_TOTAL = "6a37f984-a4b3-458a-a20a-64418c145fa2"
FLOW = "11111111-0000-4000-8000-000000000001"
PROCESS = "22222222-0000-4000-8000-000000000001"
PROPERTY = "33333333-0000-4000-8000-000000000001"
GROUP = "44444444-0000-4000-8000-000000000001"
FOSSIL_CO2 = "08a91e70-3ddc-11dd-923d-0050c2490048"

_SPACES = (
    'xmlns:common="http://lca.jrc.it/ILCD/Common" xmlns:epd="http://www.iai.kit.edu/EPD/2013" '
    'xmlns:mat="http://www.matml.org/"'
)
Names = Mapping[str, str]


def texts(tag: str, names: Names) -> str:
    return "".join(f'<{tag} xml:lang="{language}">{text}</{tag}>' for language, text in names.items())


def exchange(
    internal_id: str = "0",
    flow_id: str = FLOW,
    amount: str = "1.0",
    direction: str = "Output",
    name: str = "grey widget",
) -> str:
    return (
        f'<exchange dataSetInternalID="{internal_id}"><referenceToFlowDataSet type="flow data set" '
        f'refObjectId="{flow_id}" version="01.00.000">'
        f'<common:shortDescription xml:lang="en">{name}</common:shortDescription></referenceToFlowDataSet>'
        f"<exchangeDirection>{direction}</exchangeDirection><meanAmount>{amount}</meanAmount></exchange>"
    )


def result(
    method_id: str = EF31,
    name: str = "Climate change",
    mean: str = "0",
    modules: Iterable[tuple[str, str, str]] = (),
    unit: str = "",
    more: str = "",
) -> str:
    amounts = "".join(
        f'<epd:amount epd:module="{module}"'
        + (f' epd:scenario="{scenario}"' if scenario else "")
        + f">{value}</epd:amount>"
        for module, scenario, value in modules
    )
    group = f"<common:shortDescription>{unit}</common:shortDescription>"
    group = f"<epd:referenceToUnitGroupDataSet>{group}</epd:referenceToUnitGroupDataSet>"
    other = f"<common:other>{amounts}{group if unit else ''}</common:other>" if amounts or unit else ""
    return (
        f'<LCIAResult><referenceToLCIAMethodDataSet refObjectId="{method_id}">'
        f'<common:shortDescription xml:lang="en">{name}</common:shortDescription></referenceToLCIAMethodDataSet>'
        f"<meanAmount>{mean}</meanAmount>{more}{other}</LCIAResult>"
    )


def process(
    *,
    process_id: str = PROCESS,
    names: Names | None = None,
    kind: str = "LCI result",
    location: str = "CN",
    references: Iterable[str] = ("0",),
    exchanges: Iterable[str] | None = None,
    results: Iterable[str] = (),
    information: str = "",
    more_names: str = "",
    subtype: str = "",
    ownership: str = "",
) -> bytes:
    named = texts("baseName", names or {"en": "Widget, grey", "zh": "灰色小部件"})
    other = f"<common:other><epd:subType>{subtype}</epd:subType></common:other>" if subtype else ""
    referring = "".join(f"<referenceToReferenceFlow>{each}</referenceToReferenceFlow>" for each in references)
    held = "".join(exchanges if exchanges is not None else [exchange()])
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<processDataSet xmlns="http://lca.jrc.it/ILCD/Process" {_SPACES} version="1.1">
<processInformation><dataSetInformation><common:UUID>{process_id}</common:UUID><name>{named}{more_names}</name>
<classificationInformation><common:classification><common:class level="0">Parts</common:class>
<common:class level="1">Widgets</common:class></common:classification></classificationInformation>
{information}</dataSetInformation>
<quantitativeReference type="Reference flow(s)">{referring}</quantitativeReference>
<time><common:referenceYear>2021</common:referenceYear><common:dataSetValidUntil>2026</common:dataSetValidUntil></time>
<geography><locationOfOperationSupplyOrProduction location="{location}"/></geography></processInformation>
<modellingAndValidation><LCIMethodAndAllocation><typeOfDataSet>{kind}</typeOfDataSet>{other}</LCIMethodAndAllocation></modellingAndValidation>
<administrativeInformation><publicationAndOwnership><common:dataSetVersion>01.00.000</common:dataSetVersion>
{ownership}</publicationAndOwnership></administrativeInformation>
<exchanges>{held}</exchanges><LCIAResults>{"".join(results)}</LCIAResults></processDataSet>""".encode()


def flow(
    flow_id: str = FLOW,
    properties: Iterable[tuple[str, str]] = ((MASS, "1.0"),),
    names: Names | None = None,
    kind: str = "Product flow",
    materials: Iterable[tuple[str, str, str]] = (),
) -> bytes:
    stated = list(materials)
    data = "".join(
        f'<mat:PropertyData property="p{at}"><mat:Data format="float">{value}</mat:Data></mat:PropertyData>'
        for at, (_, value, _) in enumerate(stated)
    )
    details = "".join(
        f'<mat:PropertyDetails id="p{at}"><mat:Name>{name}</mat:Name><mat:Units name="{unit}"/></mat:PropertyDetails>'
        for at, (name, _, unit) in enumerate(stated)
    )
    other = (
        f"<common:other><mat:MatML_Doc><mat:Material><mat:BulkDetails>{data}</mat:BulkDetails></mat:Material>"
        f"<mat:Metadata>{details}</mat:Metadata></mat:MatML_Doc></common:other>"
    )
    measured = "".join(
        f'<flowProperty dataSetInternalID="{at}"><referenceToFlowPropertyDataSet refObjectId="{property_id}"/>'
        f"<meanValue>{mean}</meanValue></flowProperty>"
        for at, (property_id, mean) in enumerate(properties)
    )
    named = texts("baseName", names or {"en": "grey widget", "zh": "小部件"})
    return f"""<flowDataSet xmlns="http://lca.jrc.it/ILCD/Flow" {_SPACES}>
<flowInformation><dataSetInformation><common:UUID>{flow_id}</common:UUID><name>{named}</name>
{other if stated else ""}</dataSetInformation><quantitativeReference>
<referenceToReferenceFlowProperty>0</referenceToReferenceFlowProperty>
</quantitativeReference></flowInformation><modellingAndValidation><LCIMethod><typeOfDataSet>{kind}</typeOfDataSet></LCIMethod>
</modellingAndValidation><flowProperties>{measured}</flowProperties></flowDataSet>""".encode()


def flow_property(property_id: str = PROPERTY, group_id: str = GROUP) -> bytes:
    return f"""<flowPropertyDataSet xmlns="http://lca.jrc.it/ILCD/FlowProperty" {_SPACES}>
<flowPropertiesInformation><dataSetInformation><common:UUID>{property_id}</common:UUID></dataSetInformation>
<quantitativeReference><referenceToReferenceUnitGroup refObjectId="{group_id}"/></quantitativeReference>
</flowPropertiesInformation></flowPropertyDataSet>""".encode()


def unit_group(group_id: str = GROUP, reference: str = "1", units: Iterable[str] = ("kg", "t")) -> bytes:
    listed = "".join(
        f'<unit dataSetInternalID="{at}"><name>{unit}</name><meanValue>1</meanValue></unit>'
        for at, unit in enumerate(units)
    )
    return f"""<unitGroupDataSet xmlns="http://lca.jrc.it/ILCD/UnitGroup" {_SPACES}>
<unitGroupInformation><dataSetInformation><common:UUID>{group_id}</common:UUID></dataSetInformation>
<quantitativeReference><referenceToReferenceUnit>{reference}</referenceToReferenceUnit></quantitativeReference>
</unitGroupInformation><units>{listed}</units></unitGroupDataSet>""".encode()


def widget(made: bytes | None = None, of: bytes | None = None) -> dict[str, bytes]:
    """A package of one process and its flow."""
    return {f"ILCD/processes/{PROCESS}.xml": made or process(), f"ILCD/flows/{FLOW}_01.00.000.xml": of or flow()}


def as_tidas(xml: bytes, *, always_lists: bool = False) -> bytes:
    """The JSON of the same data set, in the manner of TIDAS."""
    root = etree.fromstring(xml)
    return json.dumps({_key(root): _content(root, always_lists=always_lists)}, ensure_ascii=False).encode()


def _key(element: etree._Element) -> str:
    name = etree.QName(element)
    prefix = {"Common": "common:", "2013": "epd:"}.get((name.namespace or "").rpartition("/")[2], "")
    return prefix + name.localname


def _content(element: etree._Element, *, always_lists: bool) -> Any:
    names = {"{http://www.w3.org/XML/1998/namespace}lang": "@xml:lang"}
    found: dict[str, Any] = {
        names.get(str(key), "@" + str(key).rpartition("}")[2]): value for key, value in element.items()
    }
    for child in element:
        found.setdefault(_key(child), []).append(_content(child, always_lists=always_lists))
    text = (element.text or "").strip()
    if not found:
        return text or None
    if text:
        found["#text"] = text
    single = {key: value[0] for key, value in found.items() if isinstance(value, list) and len(value) == 1}
    return found if always_lists else found | single


def zipped(folder: Path, files: Mapping[str, bytes], name: str = "some package.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for inside, data in files.items():
            archive.writestr(inside, data)
    return path


def in_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for inside, data in files.items():
        path = folder / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


class Imported:
    """Everything an importer yields from a path."""

    def __init__(self, importer: DatasetImporter, path: Path) -> None:
        with Package(path) as package:
            self.recognised = importer.recognised(package)
            self.steps = importer.steps(package)
            self.about = importer.about(package)
            yielded = list(importer.read(package, Asked()))
        self.datasets = [each for each in yielded if isinstance(each, Dataset)]
        self.problems = [each for each in yielded if isinstance(each, Problem)]

    @property
    def only(self) -> Dataset:
        (dataset,) = self.datasets
        return dataset

    @property
    def reasons(self) -> list[str]:
        return [each.reason for each in self.problems]
