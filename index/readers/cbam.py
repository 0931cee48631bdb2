"""EU CBAM default values (Implementing Regulation (EU) 2025/2621), as shipped in opencbam."""

from __future__ import annotations

import json
import re
from pathlib import Path

from readers import archives
from readers.rows import Harvest, Row, table

SOURCE = "eu-cbam-defaults"
VERSION = "Regulation (EU) 2025/2621"
MEMBER = "opencbam/engine/data/default_values_2621.json"
YEAR = 2025
KG_PER_T = 1_000.0

ORIGINS = {
    "Other Countries and Territories": ("GLO", "other countries", "其他国家"),
    "China": ("CN", "China", "中国"),
    "India": ("IN", "India", "印度"),
    "Türkiye": ("TR", "Türkiye", "土耳其"),
    "United States": ("US", "United States", "美国"),
    "South Korea": ("KR", "South Korea", "韩国"),
    "Japan": ("JP", "Japan", "日本"),
    "Russia": ("RU", "Russia", "俄罗斯"),
    "Ukraine": ("UA", "Ukraine", "乌克兰"),
    "Brazil": ("BR", "Brazil", "巴西"),
    "South Africa": ("ZA", "South Africa", "南非"),
    "Vietnam": ("VN", "Viet Nam", "越南"),
    "Thailand": ("TH", "Thailand", "泰国"),
    "Indonesia": ("ID", "Indonesia", "印度尼西亚"),
    "Malaysia": ("MY", "Malaysia", "马来西亚"),
    "Taiwan": ("TW", "Taiwan", "中国台湾"),
    "Egypt": ("EG", "Egypt", "埃及"),
}
"""Origins kept: the row for other countries and the main ones of the EU's imports of these goods."""

_CATEGORIES = {
    "Iron and steel": "materials / metals / steel",
    "Aluminium": "materials / metals / aluminium",
    "Cement": "materials / building / cement and concrete",
    "Fertilisers": "materials / chemicals / fertilisers",
    "Hydrogen": "energy / hydrogen",
}
_SECTORS_ZH = {
    "Iron and steel": "钢铁",
    "Aluminium": "铝",
    "Cement": "水泥",
    "Fertilisers": "化肥",
    "Hydrogen": "氢",
}
_LONGEST_NAME = 140


def read(archive: Path) -> Harvest:
    """The default values of the kept origins, kg CO2e per tonne, direct plus indirect, without mark-up."""
    harvest = Harvest(SOURCE)
    names_zh = _chinese_names()
    for record in json.loads(archives.member(archive, MEMBER)):
        harvest.rows_read += 1
        identity = _identity(record)
        reason = _refusal(record)
        if reason:
            harvest.drop(reason, identity)
        else:
            harvest.keep(_row(record, identity, names_zh))
    return harvest


def _refusal(record: dict[str, str]) -> str:
    if record["country"] not in ORIGINS:
        return "origin not among those kept (see ORIGINS); the row for other countries stands in"
    if not re.fullmatch(r"\d+(\.\d+)?", record["total"]):
        return "no value for this origin: the row for other countries applies (DASH) or none (NA)"
    return "default value zero" if float(record["total"]) == 0 else ""


def _identity(record: dict[str, str]) -> str:
    code = ORIGINS.get(record["country"], (record["country"], "", ""))[0]
    suffix = f"-{record['route']}" if record["route"] else ""
    colour = next((f"-{word.lower()}" for word in ("White", "Grey") if record["description"].startswith(word)), "")
    return f"cbam:{record['cn_code'].replace(' ', '')}{colour}{suffix}:{code}"


def _row(record: dict[str, str], identity: str, names_zh: dict[str, str]) -> Row:
    code, country, country_zh = ORIGINS[record["country"]]
    route = f", route {record['route']}" if record["route"] else ""
    goods_zh = names_zh.get(record["cn_code"][:4], _SECTORS_ZH[record["sector"]])
    if record["description"].startswith(("White", "Grey")):
        goods_zh = ("白色" if record["description"].startswith("White") else "灰色") + goods_zh
    way_zh = f"，工艺{record['route']}" if record["route"] else ""
    return Row(
        dataset_id=identity,
        name=f"{_goods(record)} (CN {record['cn_code']}), {country}{route}, CBAM default",
        name_zh=f"{goods_zh}（CN {record['cn_code']}，{country_zh}{way_zh}，欧盟CBAM默认值）",
        description="regulatory default of the EU carbon border adjustment; not cradle to gate; without mark-up",
        category=_CATEGORIES[record["sector"]],
        geography=code,
        unit="t",
        gwp100_kg_co2e=float(record["total"]) * KG_PER_T,
        system_boundary="cbam_default",
        basis="process",
        year=YEAR,
        source=SOURCE,
        source_version=VERSION,
        licence="EU-reuse-2011/833",
        citation=f"Implementing Regulation (EU) 2025/2621, default values, {record['country']}, CN {record['cn_code']}",
    )


def _goods(record: dict[str, str]) -> str:
    text = re.sub(r"\s*\(excl\..*", "", record["description"]).strip(" ;,")
    text = re.sub(r"(?<=\d),(?=\d)", ".", text)
    if text in {"Other", "Cast", "Bars and rods", "Profiles", "Hollow profiles"} or text.startswith(
        "Manufactured from"
    ):
        text = f"{record['sector']}: {text[:1].lower()}{text[1:]}"
    return text if len(text) <= _LONGEST_NAME else text[:_LONGEST_NAME].rsplit(" ", 1)[0] + " …"


def _chinese_names() -> dict[str, str]:
    return {row["heading"]: row["name_zh"] for row in table("cbam_headings.csv")}
