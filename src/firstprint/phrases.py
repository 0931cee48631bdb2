"""Phrases of a description: amounts it states, and the thing it names apart from what that is for."""

from __future__ import annotations

import re
from typing import NamedTuple

from firstprint.errors import UnitError
from firstprint.units import dimension, parse_unit

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_LATIN_UNITS = (
    "t·km|t.km|tkm|tonnes?|tons?|kwh|mwh|wh|kg|mg|g|t|mj|gj|litres?|liters?|l|ml|cl|m3|m³|m2|m²|㎡|km|lbs?|oz"
).replace(".", r"\.")
_HAN_UNITS = "公斤|千克|毫克|克|吨公里|吨|千瓦时|度|毫升|升|立方米|平方米|公里"
_WORDY_UNIT = rf"((?:{_LATIN_UNITS})(?![A-Za-z0-9²³])|(?:{_HAN_UNITS}))"
_PER = (
    r"(?:\s?/\s?(?:[袋桶瓶箱盒包罐听件个只支片条卷张套台块根米]|"
    r"(?:bag|box|bottle|can|pack|case|carton|ctn|drum|roll|piece|pcs?|m2|m²|㎡|m3|m³|l|kg)(?![A-Za-z0-9])))?"
)
_QUANTITY = re.compile(rf"(?<![\w.,]){_NUMBER}\s*{_WORDY_UNIT}{_PER}", re.I)
_LEADING = re.compile(rf"^\s*{_NUMBER}\s*{_WORDY_UNIT}{_PER}\s*(?:of\b|de\b|d['’]|的)?\s*", re.I)
_TRAILING = re.compile(
    rf"(?<![\w.,/]){_NUMBER}\s*{_WORDY_UNIT}\s*[)）]?$|(?<=[\u4e00-\u9fff]){_NUMBER}\s*{_WORDY_UNIT}$", re.I
)
_BY_AREA = re.compile(r"paper|board|fabric|cloth|textile|film|foil|纸|布|面料|薄膜", re.I)
_BATTERY = re.compile(
    r"batter(?:y|ies|ien?)\b|akkus?\b|\bakkumulator|batteriespeicher|\baccumulat(?:or|eur)|power ?bank|"
    r"\benergy storage (?:system|cabinet|container|unit)|蓄?电池|电芯|储能(?:系统|柜|电站|集装箱|单元|箱|模块)|充电宝",
    re.I,
)
# What a battery drives, fills or carries is no battery: its kilowatt-hours are energy.
_NO_BATTERY = re.compile(
    r"electricity|\bcharg(?:er|ers|ing)\b|\bstrom\b|électricité|\b(?:vehicles?|cars?|bus(?:es)?|trucks?|bikes?|scooters?)\b"
    r"(?! (?:traction )?batter)|电力|电网|用电|耗电|充电(?!宝)|放电|回收|recycl|电动(?:汽车|车|自行车|客车)(?!.*电池)",
    re.I,
)
_DIMENSIONLESS = re.compile(
    r"(?<![\w.])\d+(?:[.,]\d+)?\s*(?:mm|cm|µm|um|μm|寸|英寸|inch(?:es)?|\"|″|毫米|厘米|微米)(?![A-Za-z])",
    re.I,
)
_LEFTOVER = re.compile(r"^[\s,;:，；：、/()（）\-–—]+|[\s,;:，；：、/(（\-–—]+$")


class StatedQuantity(NamedTuple):
    """An amount a description begins with, in a canonical unit, and its words as written."""

    amount: float
    unit: str
    words: str


def leading_quantity(text: str) -> StatedQuantity | None:
    """The amount a description begins with, or None.

    >>> leading_quantity("25 g PET bottle")
    StatedQuantity(amount=25.0, unit='g', words='25 g')
    >>> leading_quantity("1度 广东电网电力")
    StatedQuantity(amount=1.0, unit='kWh', words='1度')
    >>> leading_quantity("304 stainless steel sheet") is None
    True
    """
    found = _LEADING.match(text)
    if found is None:
        return None
    try:
        scale = parse_unit(found[2])
        amount = float(found[1].replace(",", ".")) * scale.amount
        dimension(scale.unit)
    except (UnitError, ValueError):
        return None
    if amount <= 0:
        return None
    return StatedQuantity(amount=amount, unit=scale.unit, words=text[: found.end(2)].strip())


def trailing_quantity(text: str) -> StatedQuantity | None:
    """The amount a description ends with, as packs are named, or None. The grammage of a sheet or cloth is none.

    >>> trailing_quantity("pack of butter, 250 g")
    StatedQuantity(amount=250.0, unit='g', words='250 g')
    >>> trailing_quantity("巧克力100克").amount, trailing_quantity("office paper A4 80 g") is None
    (100.0, True)
    >>> trailing_quantity("cotton fabric 180 g/m2") is None
    True
    """
    found = _TRAILING.search(text)
    return None if found is None or _BY_AREA.search(text) else leading_quantity(found[0])


def names_a_battery(text: str) -> bool:
    """Whether a description is of a battery, whose kilowatt-hours are what it holds.

    >>> names_a_battery("磷酸铁锂电池包 60 kWh"), names_a_battery("charging a car's battery, 12 kWh")
    (True, False)
    """
    return bool(_BATTERY.search(text)) and not _NO_BATTERY.search(text)


def without_quantities(text: str) -> str:
    """The description without amounts and sizes, for matching by name; the text itself if nothing else is left.

    >>> without_quantities("25 g PET bottle for mineral water, 500 ml")
    'PET bottle for mineral water'
    >>> without_quantities("水性乳胶漆 18L/桶"), without_quantities("2 kg")
    ('水性乳胶漆', '2 kg')
    """
    bare = _DIMENSIONLESS.sub(" ", _QUANTITY.sub(" ", _LEADING.sub("", text)))
    bare = _LEFTOVER.sub("", " ".join(bare.split()))
    bare = re.sub(r"\s+([,;，；、])", r"\1", bare)
    return bare if any(char.isalpha() for char in bare) else text


_PURPOSE = re.compile(
    r"^(?P<head>.{3,}?)\s+(?:for|für|pour|para|per uso|used (?:in|for)|intended for)\s+\S.*$", re.IGNORECASE | re.DOTALL
)
_PURPOSE_ZH = re.compile(
    r"^.*?(?:用于|适用于|供).{1,30}?的(?P<head>[\u4e00-\u9fffA-Za-z0-9 ]{2,})$"
    r"|^[^用]{1,12}用(?![于途户电水具])(?P<tail>.{2,})$"
)
_ACCESSORY = re.compile(
    r"^(?P<head>.{3,}?)(?:\s*[,，;；]\s*|\s+)(?:with|including|incl\.|mit|avec|con|带|配有?|附|内含|含(?=.*[盖圈垫套件器]))\s*\S.*$",
    re.IGNORECASE | re.DOTALL,
)


def head_of(text: str) -> str | None:
    """The thing named, without what it is for and what comes with it; None when the text names neither.

    >>> head_of("PET bottle for mineral water")
    'PET bottle'
    >>> head_of("矿泉水用PET瓶")
    'PET瓶'
    >>> head_of("用于包装的瓦楞纸箱")
    '瓦楞纸箱'
    >>> head_of("304不锈钢保温杯，带硅胶密封圈")
    '304不锈钢保温杯'
    >>> head_of("office chair with aluminium base")
    'office chair'
    >>> head_of("steel sheet") is None
    True
    """
    accessory = _ACCESSORY.match(text)
    bare = accessory["head"] if accessory else text
    found = _PURPOSE.match(bare) or _PURPOSE_ZH.match(bare)
    if found is None:
        return _LEFTOVER.sub("", bare) or None if accessory else None
    groups = found.groupdict()
    head = groups.get("head") or groups.get("tail") or ""
    return _LEFTOVER.sub("", head) or None
