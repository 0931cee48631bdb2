"""Small made-up files of LCA formats, and what an importer reads from them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.records import Asked, DatasetImporter, Problem

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data" / "formats"
MASS = "93a60a56-a3c8-11da-a746-0800200b9a66"


class Imported(NamedTuple):
    recognised: str
    datasets: list[Dataset]
    problems: list[Problem]

    @property
    def only(self) -> Dataset:
        (dataset,) = self.datasets
        return dataset

    @property
    def reasons(self) -> list[str]:
        return [problem.reason for problem in self.problems]


def imported(importer: DatasetImporter, path: Path) -> Imported:
    with Package(path) as package:
        recognised = importer.recognised(package)
        found = list(importer.read(package, Asked()))
    datasets = [each for each in found if isinstance(each, Dataset)]
    return Imported(recognised, datasets, [each for each in found if isinstance(each, Problem)])


def zipped(path: Path, members: Mapping[str, Any]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content if isinstance(content, str | bytes) else json.dumps(content))
    return path


def ecospold1(*datasets: str) -> str:
    return f'<ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold01">{"".join(datasets)}</ecoSpold>'


def es1_dataset(
    name: str = "sand, at mine",
    exchanges: str = "",
    *,
    number: int = 1,
    unit: str = "kg",
    amount: str = "1",
    kind: int = 1,
    local: str = "Sand, ab Grube",
    location: str = "CH",
) -> str:
    return f"""<dataset number="{number}"><metaInformation><processInformation>
<referenceFunction name="{name}" localName="{local}" unit="{unit}" amount="{amount}" category="minerals"
 subCategory="sand" generalComment="Made up." infrastructureProcess="false"><synonym>river sand</synonym>
</referenceFunction><geography location="{location}"/><technology text="Dredging."/>
<timePeriod><startYear>2001</startYear><endYear>2004</endYear></timePeriod>
<dataSetInformation type="{kind}" languageCode="en" localLanguageCode="de"/></processInformation>
<modellingAndValidation><source firstAuthor="Doe" year="2005" title="On sand"/></modellingAndValidation>
<administrativeInformation><dataGeneratorAndPublication accessRestrictedTo="1"/></administrativeInformation>
</metaInformation><flowData>{exchanges}</flowData></dataset>"""


def es1_exchange(name: str, value: str, unit: str = "kg", *, category: str = "", sub: str = "", group: str = "") -> str:
    return (
        f'<exchange number="9" name="{name}" category="{category}" subCategory="{sub}" unit="{unit}" '
        f'meanValue="{value}" uncertaintyType="1" standardDeviation95="1.3">{group}</exchange>'
    )


ES2_ACTIVITY = "11111111-2222-3333-4444-555555555555"
ES2_PRODUCT = "66666666-7777-8888-9999-000000000000"


def ecospold2(flows: str, *, amount: str = "1", kind: int = 1, unit: str = "kg", geography: str = "RoW") -> str:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold02"><activityDataset><activityDescription>
<activity id="{ES2_ACTIVITY}" type="{kind}"><activityName xml:lang="en">steel production, electric</activityName>
<activityName xml:lang="zh">电炉炼钢</activityName><synonym xml:lang="en">EAF route</synonym>
<generalComment><text xml:lang="en" index="1">Made up.</text></generalComment></activity>
<classification><classificationSystem>ISIC rev.4 ecoinvent</classificationSystem>
<classificationValue>2410:Manufacture of basic iron and steel</classificationValue></classification>
<geography><shortname xml:lang="en">{geography}</shortname></geography>
<timePeriod startDate="2015-01-01" endDate="2022-12-31"/></activityDescription><flowData>
<intermediateExchange id="x" intermediateExchangeId="{ES2_PRODUCT}" amount="{amount}">
<name xml:lang="en">steel, low-alloyed</name><name xml:lang="zh">低合金钢</name><unitName>{unit}</unitName>
<outputGroup>0</outputGroup></intermediateExchange>{flows}</flowData></activityDataset></ecoSpold>"""


def es2_impact(method: str, category: str, name: str, amount: str, unit: str = "kg CO2-Eq") -> str:
    return (
        f'<impactIndicator amount="{amount}"><impactMethodName>{method}</impactMethodName>'
        f"<impactCategoryName>{category}</impactCategoryName><name>{name}</name><unitName>{unit}</unitName></impactIndicator>"
    )


def es2_emission(name: str, amount: str, compartment: str = "air", unit: str = "kg") -> str:
    return (
        f'<elementaryExchange amount="{amount}"><name>{name}</name><unitName>{unit}</unitName><compartment>'
        f"<compartment>{compartment}</compartment></compartment><outputGroup>4</outputGroup></elementaryExchange>"
    )


def es2_input(name: str = "iron scrap") -> str:
    return (
        f'<intermediateExchange amount="1.1"><name>{name}</name><unitName>kg</unitName><inputGroup>5</inputGroup>'
        "</intermediateExchange>"
    )
