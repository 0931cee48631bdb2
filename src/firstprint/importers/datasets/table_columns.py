"""Which column of a catalogue table means what: headings in English, Chinese, German and French, told or guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from firstprint.catalogue.schema import COLUMNS
from firstprint.errors import UnitError
from firstprint.units import parse_unit

ALL_COLUMNS = (*COLUMNS, "life_cycle_phase", "variant", "amount")
"""Columns that ``--map`` and ``--default`` take; ``amount`` is what a result is per, where it is not 1 of the unit."""
REQUIRED = ("name", "unit")
VALUE = "gwp100_kg_co2e"

_NAMES: dict[str, str] = {
    "dataset_id": "dataset id|id|uuid|identifier|process id|data set id|activity id|kennung|datensatz id|identifiant|"
    "编号|数据集编号|标识|标识符|数据集id|唯一标识|代码|编码",
    "name": "name|name en|name (en)|dataset|dataset name|process name|product name|activity name|product|process|"
    "material|title|description en|english name|designation|bezeichnung|produkt|prozess|datensatz|benennung|"
    "nom|nom base anglais|désignation|libellé|produit|procédé|intitulé|"
    "名称|英文名称|数据集名称|产品名称|过程名称|产品|物料名称|品名",
    "name_zh": "name zh|name (zh)|chinese name|name chinese|name cn|中文名称|中文名|名称（中文）|"
    "chinesischer name|nom chinois",
    "synonyms": "synonyms|synonym|other names|aliases|alias|synonyme|autres noms|同义词|别名|其他名称",
    "description": "description|comment|general comment|remarks|beschreibung|bemerkung|kommentar|commentaire|"
    "描述|说明|备注",
    "category": "category|categories|class|classification|sector|group|product group|kategorie|gruppe|produktgruppe|"
    "warengruppe|catégorie|classe|groupe|secteur|类别|分类|类目|行业|classes",
    "geography": "geography|location|region|country|place|land|ort|geographie|standort|pays|lieu|localisation|"
    "géographie|région|地区|地理|国家|区域|地点|地域|产地",
    "unit": "unit|units|uom|unit of measure|reference unit|declared unit|functional unit|reference flow unit|einheit|"
    "bezugseinheit|referenzeinheit|mengeneinheit|deklarierte einheit|unité|unité de référence|unité fonctionnelle|"
    "unité déclarée|单位|计量单位|参考单位|功能单位|声明单位|基准单位",
    "system_boundary": "system boundary|boundary|boundaries|scope of study|systemgrenze|systemgrenzen|"
    "frontières du système|frontière|系统边界|边界",
    "basis": "basis|data basis|grundlage|base|依据|基础",
    "year": "year|reference year|year of reference|base year|valid from|jahr|referenzjahr|bezugsjahr|année|"
    "année de référence|年份|年|年度|参考年份|基准年|基准年份",
    "valid_until": "valid until|validity|valid to|expiry|expires|gültig bis|gueltig bis|valable jusqu'à|"
    "fin de validité|有效期至|有效期|失效日期",
    "source": "source|data source|database|origin of data|quelle|datenquelle|base de données|来源|数据来源|数据库|出处",
    "source_version": "source version|version|database version|datenstand|版本|版本号",
    "licence": "licence|license|terms|terms of use|lizenz|许可|许可证|授权|使用许可",
    "uncertainty_pct": "uncertainty pct|uncertainty %|uncertainty (%)|uncertainty|unsicherheit|unsicherheit (%)|"
    "incertitude|incertitude (%)|不确定性|不确定度|不确定性(%)",
    "url": "url|link|web|website|webseite|lien|网址|链接",
    "life_cycle_phase": "life cycle phase|lifecycle phase|phase|lebenszyklusphase|phase du cycle de vie|"
    "生命周期阶段|阶段",
    "variant": "variant|variante|变体|变型",
    "amount": "amount|reference amount|ref amount|declared amount|reference flow amount|menge|bezugsgröße|bezugsgrösse|"
    "bezugsgroesse|bezugsmenge|quantité|quantité de référence|参考量|数量|基准量|参考流量|声明数量",
}
_PLAIN_STEM = re.compile(
    r"\b(?:gwp|gwp ?100(?:a)?|climate change|global warming(?: potential)?|treibhauspotenzial|treibhauspotential|"
    r"klimawandel|changement climatique|réchauffement climatique|potentiel de réchauffement)\b|"
    r"全球变暖潜势|全球变暖|全球增温潜势|气候变化"
)
"""Names of the indicator; its unit is kg CO2e unless another is written beside it."""
_STEM = re.compile(
    r"\b(?:emission ?factor|emissions?|ghg|carbon footprint|footprint|pcf|cfp|carbon intensity|emissionsfaktor|"
    r"co2 ?fußabdruck|treibhausgas\w*|facteur d ?émission|facteur|empreinte carbone|émissions?)\b|"
    r"排放因子|碳排放因子|碳足迹|碳排放|排放系数|温室气体|排放量"
)
"""Names of figures that come in g, kg and t alike: the heading must say which."""
_CO2E = re.compile(
    r"(?P<mass>kg|g|t|mt|lb|tonnes?|tons?|kilograms?|grams?|kilogramm|gramm)?\s*(?:of )?co2"
    r"(?:\s*-?\s*(?:e|eq|äq|aeq|equ|éq|equiv|equivalents?|äquivalente?|équivalents?)\b\.?)?"
    r"(?:\s*(?:/|per|pro|par|je|每)\s*(?P<per>[^()\[\],;]+))?"
)
_SCALES = {"kg": 1.0, "kilogram": 1.0, "kilogramm": 1.0, "g": 0.001, "gram": 0.001, "gramm": 0.001, "lb": 0.45359237}
_SCALES |= {"t": 1000.0, "mt": 1000.0, "ton": 1000.0, "tonne": 1000.0}
_NOT_THIS = re.compile(
    r"biogen|luluc|gwp ?20\b|gwp ?500|uncertain|unsicher|incertitude|fossil|scope|share|anteil|part |method|"
    r"source|year|不确定|生物|化石|来源|年份|co2 of |of co2 per|ch4|n2o|category|rank"
)
_OTHER_NAMES = frozenset({"namede", "namefr", "namees", "nameit", "namenl", "namept", "namepl", "nameoriginal"})
_ZH = (("二氧化碳", "co2"), ("当量", "e"), ("千克", "kg"), ("公斤", "kg"), ("克", "g"), ("吨", "t"))
_SHOWN = 30


class Column(NamedTuple):
    """Where a column stands.

    Attributes:
        place: from 0.
        scale: what a number under it is multiplied by, for kg CO2e.
        per: the unit a heading such as ``kg CO2e/kWh`` states, or empty.
    """

    place: int
    scale: float = 1.0
    per: str = ""


class Mapped(NamedTuple):
    """The columns of a table.

    Attributes:
        faults: why it cannot be read; empty where it can.
    """

    columns: Mapping[str, Column]
    faults: tuple[str, ...]


class _Value(NamedTuple):
    scale: float | None
    per: str


def known_names(cells: Sequence[str]) -> int:
    """How many catalogue columns a row of headings names."""
    found = {_BY_KEY[key] for key in map(_key, cells) if key in _BY_KEY}
    return len(found) + any(_value(cell) is not None for cell in cells)


def map_columns(headings: Sequence[str], asked: Mapping[str, str], defaults: Mapping[str, str], where: str) -> Mapped:
    """Finds the columns: what the user said first, then a column's own name, then usual spellings.

    Args:
        headings: the header row.
        asked: column → heading, of ``--map``.
        defaults: column → value for all rows that state none, of ``--default``.
        where: file and line, for messages.
    """
    columns: dict[str, Column] = {}
    faults = _asked(headings, asked, columns, where)
    faults += [
        f"--default {name}={value}: there is no such column. Columns are {', '.join(ALL_COLUMNS)}."
        for name, value in defaults.items()
        if name not in ALL_COLUMNS
    ]
    taken = {column.place for column in columns.values()}
    _named(headings, columns, taken)
    faults += _values(headings, columns, taken, where)
    if "name" not in columns and "name_zh" in columns:
        columns["name"] = columns["name_zh"]
    missing = [name for name in REQUIRED if name not in columns and not defaults.get(name)]
    if missing == ["unit"] and columns.get(VALUE, Column(0)).per:
        missing = []
    return Mapped(columns, tuple(faults + _missing(headings, missing, columns, where)))


def _asked(headings: Sequence[str], asked: Mapping[str, str], columns: dict[str, Column], where: str) -> list[str]:
    faults = []
    keys = [_key(heading) for heading in headings]
    for name, heading in asked.items():
        if name not in ALL_COLUMNS:
            faults.append(f"--map {name}={heading}: there is no such column. Columns are {', '.join(ALL_COLUMNS)}.")
        elif heading not in headings and _key(heading) not in keys:
            faults.append(f"--map {name}={heading}: {where} has no such heading; it has {shown(headings)}.")
        else:
            place = headings.index(heading) if heading in headings else keys.index(_key(heading))
            found = _value(headings[place]) if name == VALUE else None
            columns[name] = Column(place, (found.scale if found else None) or 1.0, found.per if found else "")
    return faults


def _named(headings: Sequence[str], columns: dict[str, Column], taken: set[int]) -> None:
    """Headings that are spellings of a column; of two the one named first among its spellings is taken."""
    best: dict[str, tuple[int, int]] = {}
    for place, heading in enumerate(headings):
        name = _BY_KEY.get(_key(heading))
        if name is None or name in columns or place in taken:
            continue
        rank = -1 if heading.strip() == name else _RANK[_key(heading)]
        best[name] = min(best.get(name, (rank, place)), (rank, place))
    for name, (_, place) in best.items():
        columns[name] = Column(place)
        taken.add(place)


def _values(headings: Sequence[str], columns: dict[str, Column], taken: set[int], where: str) -> list[str]:
    """The column of results: its own name, else the only heading that reads so."""
    if VALUE in columns:
        return []
    exact = [place for place, heading in enumerate(headings) if _key(heading) == _key(VALUE) and place not in taken]
    if exact:
        columns[VALUE] = Column(exact[0])
        return []
    found = [(place, value) for place, text in enumerate(headings) if place not in taken and (value := _value(text))]
    if len(found) > 1:
        names = ", ".join(repr(headings[place][:40]) for place, _ in found)
        return [f"{where}: {names} may all be the footprint. Say which: --map {VALUE}={headings[found[0][0]]!r}"]
    if not found:
        return []
    place, value = found[0]
    if value.scale is None:
        return [
            f"{where}: the heading {headings[place][:40]!r} does not say whether it is in g, kg or t of CO2e. If it is "
            f"in kg: --map {VALUE}={headings[place]!r}; else write the unit into the heading."
        ]
    columns[VALUE] = Column(place, value.scale, value.per)
    return []


def _missing(headings: Sequence[str], missing: Sequence[str], columns: Mapping[str, Column], where: str) -> list[str]:
    if not missing:
        return []
    used = {column.place for column in columns.values()}
    free = [text for place, text in enumerate(headings) if text.strip() and place not in used]
    mapping = " ".join(f"--map {name}={_suggested(name, free)}" for name in missing)
    default = " (or, where all rows are per the same unit, --default unit=kg)" if "unit" in missing else ""
    return [
        f"{where}: has the columns {shown(headings)}; without a column for {' and '.join(missing)} it cannot be read. "
        f"Name what is missing: {mapping}{default}"
    ]


def _suggested(name: str, free: Sequence[str]) -> str:
    """The heading that most looks like a column, for an example that can be typed."""
    keys = [_key(spelling) for spelling in _NAMES[name].split("|")]
    near = [(len(key), -place) for place, text in enumerate(free) for key in keys if len(key) > 2 and key in _key(text)]
    return repr(free[-max(near)[1]]) if near else "HEADING"


def other_names(headings: Sequence[str]) -> tuple[int, ...]:
    """Where names in further languages stand; they name a dataset that has neither an English nor a Chinese name."""
    return tuple(place for place, heading in enumerate(headings) if _key(heading) in _OTHER_NAMES)


def shown(headings: Sequence[str]) -> str:
    """The headings of a table, for a message."""
    named = [repr(text[:40]) for text in headings if text.strip()]
    return (", ".join(named[:_SHOWN]) or "none") + (f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else "")


def _value(heading: str) -> _Value | None:
    """What a heading of results says: its scale to kg CO2e, None where it states none, and what it is per."""
    plain = " ".join(unicodedata.normalize("NFKC", heading).casefold().replace("_", " ").split())
    for word, sign in _ZH:
        plain = plain.replace(word, sign)
    if _NOT_THIS.search(plain):
        return None
    found = _CO2E.search(plain)
    indicator = _PLAIN_STEM.search(plain)
    if found is None or not (found["mass"] or indicator or _STEM.search(plain)):
        return _Value(1.0, "") if indicator else _Value(None, "") if _is_stem(plain) else None
    mass = (found["mass"] or "").removesuffix("s")
    scale = _SCALES.get(mass) if mass else (1.0 if indicator else None)
    return _Value(scale, _unit(found["per"] or ""))


def _is_stem(plain: str) -> bool:
    """Whether a heading is such a name and nothing else."""
    found = _STEM.search(plain)
    return found is not None and len(found[0]) >= len(plain) - 2


def _unit(text: str) -> str:
    try:
        return text.strip() if text.strip() and parse_unit(text.strip()) else ""
    except UnitError:
        return ""


def _key(name: str) -> str:
    """One key for headings that differ in case, width, accents, signs and blanks."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    return re.sub(r"[\W_]+", "", "".join(char for char in plain if not unicodedata.combining(char)))


_BY_KEY: dict[str, str] = {}
_RANK: dict[str, int] = {}
for _column, _spellings in _NAMES.items():
    for _place, _spelling in enumerate(_spellings.split("|")):
        _BY_KEY.setdefault(_key(_spelling), _column)
        _RANK.setdefault(_key(_spelling), _place)
