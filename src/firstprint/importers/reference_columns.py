"""Names of the columns of a reference table, in English and Chinese, with the unit that a name may carry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

COLUMNS = (
    "id",
    "text",
    "unit",
    "amount",
    "mass_kg",
    "category",
    "geography",
    "year",
    "group",
    "kg_co2e",
    "system_boundary",
    "source",
    "licence",
)
"""The plain table, in the order in which stored sources are written."""
REQUIRED = ("text", "unit", "kg_co2e")
NUMBERS = ("amount", "mass_kg", "kg_co2e")

_NAMES: dict[str, str] = {
    "id": "id|reference id|product id|sku|article number|编号|产品编号|编码|产品编码|料号",
    "text": "text|description|product|product name|product description|name|item|designation|名称|产品名称|产品|描述|"
    "产品描述|品名|商品名称|商品|产品名",
    "unit": "unit|declared unit|unit of measure|uom|functional unit|单位|计量单位|声明单位|功能单位",
    "amount": "amount|quantity|qty|declared amount|数量|声明数量",
    "category": "category|sector|product category|product type|industry|类别|分类|行业|品类|产品类别",
    "geography": "geography|country|location|region|place|origin|country of origin|地区|国家|产地|地点|国家地区",
    "year": "year|reference year|reporting year|report year|年份|年|年度|报告年份",
    "group": "group|company|manufacturer|producer|brand|organisation|organization|supplier|组|分组|公司|企业|厂家|"
    "厂商|制造商|品牌|生产商|供应商",
    "system_boundary": "system boundary|boundary|系统边界|边界",
    "source": "source|reference|citation|来源|出处|数据来源|参考",
    "licence": "licence|license|许可|许可证|授权|使用许可",
}
_SCALES = {"kg": 1.0, "g": 0.001, "t": 1000.0, "ton": 1000.0, "tonne": 1000.0, "lb": 0.45359237}
_ZH_SCALES = {"千克": "kg", "公斤": "kg", "克": "g", "吨": "t"}
_MASS = re.compile(
    r"(?:product|unit|net|piece|item)?(?:mass|weight)|(?:产品|单件|单个|净)?(?:质量|重量|净重|单重)|净重|单重"
)
_FOOTPRINT = re.compile(
    r"(?:product)?(?:carbonfootprint|footprint|pcf|cfp|gwp100|gwp|emissions?|ghgemissions?|climatechange)(?:total)?|"
    r"(?:产品)?(?:碳足迹|碳排放量?|排放量?|温室气体排放量?)"
)
_CO2E = re.compile(r"co2(?:equivalents?|eq|e)?")


class Heading(NamedTuple):
    """What a header cell stands for.

    Attributes:
        column: one of ``COLUMNS``.
        scale: what a number under it is multiplied by to be in the column's unit; None where the name carries no unit
            and must.
    """

    column: str
    scale: float | None = 1.0


def heading(name: str) -> Heading | None:
    """What a header cell stands for; None where it is not a column that is looked for.

    >>> heading("碳足迹（kgCO2e）"), heading("Weight (g)"), heading("price")
    (Heading(column='kg_co2e', scale=1.0), Heading(column='mass_kg', scale=0.001), None)
    """
    key = _key(name)
    return Heading(_BY_KEY[key]) if key in _BY_KEY else _footprint(key) or _mass(key)


def known_names(cells: Sequence[str]) -> int:
    """How many different columns a row of header cells names."""
    return len({found.column for found in map(heading, cells) if found is not None})


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold().replace("二氧化碳", "co2").replace("当量", "e")
    for word, unit in _ZH_SCALES.items():
        plain = plain.replace(word, unit)
    return re.sub(r"[\W_]+", "", plain)


def _footprint(key: str) -> Heading | None:
    rest = _CO2E.sub("", key, count=1)
    stem = _FOOTPRINT.match(rest)
    unit = rest[stem.end() :] if stem else rest
    if unit in _SCALES:
        return Heading("kg_co2e", _SCALES[unit]) if stem or rest != key else None
    return Heading("kg_co2e", None) if stem and not unit else None


def _mass(key: str) -> Heading | None:
    stem = _MASS.match(key)
    if stem is None:
        return None
    unit = key[stem.end() :]
    return Heading("mass_kg", _SCALES.get(unit)) if not unit or unit in _SCALES else None


_BY_KEY = {_key(name): column for column, names in _NAMES.items() for name in names.split("|")}
