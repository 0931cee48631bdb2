"""Which column of a bill of materials means what: headings in English and Chinese, guessed, told and corrected."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from firstprint.domain.bill_of_materials import ColumnUse
from firstprint.errors import UnitError
from firstprint.units import dimension, parse_unit

ALIASES: dict[str, tuple[str, ...]] = {
    "component": (
        "component", "component name", "part name",
        "part description", "item description", "item name", "description",
        "material name", "name", "part", "parts", "item", "bezeichnung", "designation", "product",
        "零部件", "零部件名称", "零件名称", "部件名称", "物料名称", "零件", "部件", "组件", "名称", "品名",
        "物料", "组成部分", "产品名称", "清单项目", "项目",
    ),
    "material": (
        "material", "materials", "substance", "grade", "made of", "material type", "werkstoff",
        "材料", "材质", "原材料", "物料材质", "主要材料", "材料名称", "牌号",
    ),
    "amount": (
        "amount", "quantity", "qty", "count", "number",
        "qty per", "quantity per unit", "usage", "menge", "consumption",
        "数量", "用量", "单耗", "单台用量", "单机用量", "消耗量", "耗量", "件数", "个数",
    ),
    "unit": (
        "unit", "uom", "unit of measure", "units", "einheit", "unité", "单位", "计量单位", "数量单位", "用量单位",
    ),
    "mass_kg": (
        "mass kg", "mass", "weight", "unit mass", "unit weight", "weight each", "mass each", "mass per piece",
        "weight per piece", "gewicht", "masse",
        "质量", "重量", "单重", "单件质量", "单件重量", "单个重量", "单位质量", "单位重量", "净重",
    ),
    "total_mass_kg": (
        "total mass kg", "total mass", "total weight", "extended weight", "mass total", "weight total",
        "总质量", "总重量", "总重", "合计质量", "合计重量",
    ),
    "stage": (
        "stage", "phase", "life cycle stage", "lifecycle stage", "life-cycle stage", "life cycle phase", "module",
        "阶段", "生命周期阶段", "生命周期", "环节", "所属阶段",
    ),
    "geography": (
        "geography", "country", "origin", "country of origin", "made in", "location", "region", "place",
        "place of origin", "land", "pays",
        "产地", "地区", "国家", "来源地", "原产地", "原产国", "生产地", "地域",
    ),
    "supplier_kg_co2e": (
        "supplier kg co2e", "supplier value", "supplier pcf", "supplier footprint", "supplier emission factor",
        "supplier kg co2e per unit", "primary value", "primary data", "pcf", "epd",
        "供应商数值", "供应商数据", "供应商值", "供应商碳足迹", "供应商排放因子", "供应商单位碳足迹",
        "实测碳足迹", "初级数据",
    ),
    "supplier_kg_co2e_total": (
        "supplier kg co2e total", "supplier total", "supplier total kg co2e", "supplier value total",
        "供应商总值", "供应商合计", "供应商碳足迹合计", "供应商总碳足迹",
    ),
    "level": (
        "level", "bom level", "lvl", "indent", "depth", "stufe", "niveau",
        "层级", "级别", "层次", "阶层", "bom层级",
    ),
    "id": (
        "id", "part number", "part no", "item no", "item number", "code", "position", "pos", "no",
        "编号", "零件号", "料号", "物料编码", "序号", "代码", "物料编号",
    ),
    "parent": (
        "parent", "parent id", "parent part", "assembly", "belongs to", "part of",
        "父级", "上级", "父项", "上级编号", "父件", "所属部件", "上层物料",
    ),
    "cut_off": (
        "cut off", "cutoff", "cut-off", "excluded", "exclude", "left out",
        "截断", "截去", "不计入", "排除", "舍去", "取舍",
    ),
    "note": ("note", "notes", "remark", "remarks", "comment", "status", "备注", "说明", "状态"),
}  # fmt: skip
"""Spellings of each column's heading, in their normal form; the first of each is the column's own name."""
NESTING = frozenset({"level", "id", "parent"})
_BRACKETS = re.compile(r"^(?P<name>.*?)\s*[(\[]\s*(?P<unit>[^()\[\]]*)\s*[)\]]\s*$")
_SUFFIX = re.compile(
    r"^(?P<name>mass|weight|total mass|total weight|质量|重量|单重|总质量|总重)\s*[/,，、 ]\s*(?P<unit>\S+)$"
)
_TEXTS = frozenset({"component", "material", "stage", "id", "parent", "note"})
"""Columns of which the better heading is taken where two read alike; for numbers the user must say."""
_SHORTEST_PART = 2


class MappedColumns(NamedTuple):
    """The columns of a table.

    Attributes:
        places: position of each column found.
        uses: the same for the reader, in the order of the file.
        faults: what is wrong with the headings; one line each.
        unread: headings that no column was found for.
    """

    places: Mapping[str, int]
    uses: tuple[ColumnUse, ...]
    faults: tuple[str, ...]
    unread: tuple[str, ...] = ()


class _Heading(NamedTuple):
    name: str
    unit: str


def recognised(header: Sequence[str]) -> int:
    """How many headings of a row are known: which row is the header is told by this."""
    return sum(1 for text in header if _exact(_heading(text).name) is not None)


def names_components(header: Sequence[str]) -> bool:
    """Whether a row holds a heading under which components stand."""
    return any(_exact(_heading(text).name) in {"component", "material"} for text in header)


def map_columns(header: Sequence[str], asked: Mapping[str, str], where: str) -> MappedColumns:
    """Reads a header row: what the user said first, then exact headings, then headings that contain a known one.

    Args:
        header: the cells of the header row.
        asked: column → heading, as the user gave them.
        where: file and row, for messages.
    """
    places: dict[str, int] = {}
    faults = _asked(header, asked, places, where)
    headings = [_heading(text) for text in header]
    for look in (_exact, _within):
        for place, heading in enumerate(headings):
            if place in places.values() or not heading.name:
                continue
            column = look(heading.name)
            if column is None or column in asked or (look is _within and column in places):
                continue
            if column in places and column not in _TEXTS:
                faults.append(
                    f"{where}: the headings {header[places[column]]!r} and {header[place]!r} both read as {column!r}. "
                    f"Say which one is meant: --map {column}={header[place]}"
                )
                continue
            if column in places and _rank(column, headings[places[column]]) <= _rank(column, heading):
                continue
            places[column] = place
    if "component" not in places and "material" in places:
        places["component"] = places.pop("material")  # a list of materials names its components so
    faults += _missing(header, places, where)
    unread = tuple(text for place, text in enumerate(header) if text.strip() and place not in places.values())
    return MappedColumns(places, _uses(header, headings, places, asked), tuple(faults), unread)


def _asked(header: Sequence[str], asked: Mapping[str, str], places: dict[str, int], where: str) -> list[str]:
    faults = []
    plain = [_plain(text) for text in header]
    for column, heading in asked.items():
        if column not in ALIASES:
            faults.append(f"--map {column}={heading}: no such column. Columns are {', '.join(ALIASES)}.")
        elif _plain(heading) not in plain:
            faults.append(f"--map {column}={heading}: {where} has no such heading; it has {_shown(header)}.")
        else:
            places[column] = plain.index(_plain(heading))
    return faults


def _missing(header: Sequence[str], places: Mapping[str, int], where: str) -> list[str]:
    if "component" in places:
        return []
    return [
        f"{where}: no heading reads as 'component'; the headings are {_shown(header)}. "
        "Name it: --map component=HEADING"
    ]  # fmt: skip


def _uses(
    header: Sequence[str], headings: Sequence[_Heading], places: Mapping[str, int], asked: Mapping[str, str]
) -> tuple[ColumnUse, ...]:
    ordered = sorted(places.items(), key=lambda item: item[1])
    return tuple(
        ColumnUse(
            column=column,
            header=" ".join(header[place].split())[:80],
            guessed=column not in asked and _plain(header[place]).replace(" ", "_") != column,
            unit=_unit_of(column, headings[place].unit),
        )
        for column, place in ordered
    )


def _unit_of(column: str, text: str) -> str:
    """The unit a heading states; what stands in its brackets may be any remark, such as “per piece”."""
    try:
        kind = dimension(parse_unit(text).unit) if text else ""
    except UnitError:
        return ""
    wanted = kind == "mass" if column in {"mass_kg", "total_mass_kg"} else column == "amount"
    return text if wanted else ""


def _shown(header: Sequence[str]) -> str:
    return ", ".join(repr(text[:40]) for text in header[:20] if text.strip()) or "none"


def _plain(text: str) -> str:
    """One form for headings that differ in case, width, underscores and spaces."""
    return " ".join(re.sub(r"[_\s]+", " ", unicodedata.normalize("NFKC", text)).casefold().strip(" *:#").split())


def _heading(text: str) -> _Heading:
    """A heading apart from the unit it states: ``质量 (g)`` → 质量, g; ``weight_g`` → weight, g."""
    plain = _plain(text)
    found = _BRACKETS.match(plain) or _SUFFIX.match(plain)
    if found is None:
        return _Heading(plain, "")
    unit = found["unit"]
    return _Heading(found["name"].strip(), "" if "co2" in unit else unit)


def _rank(column: str, heading: _Heading) -> int:
    """Place of a heading among the spellings of its column, the surest first."""
    return ALIASES[column].index(heading.name)


def _exact(name: str) -> str | None:
    return next((column for column, spellings in ALIASES.items() if name in spellings), None)


def _within(name: str) -> str | None:
    """The column whose longest known spelling stands in the heading: as a word in Latin script, anywhere in Chinese."""
    best, length = None, _SHORTEST_PART - 1
    for column, spellings in ALIASES.items():
        for spelling in spellings:
            there = re.search(rf"\b{re.escape(spelling)}\b", name) if spelling.isascii() else spelling in name
            if there and len(spelling) > length:
                best, length = column, len(spelling)
    return best
