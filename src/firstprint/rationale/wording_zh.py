"""Chinese sentences of the facts; the only words the template knows. Same functions as ``wording_en``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from firstprint.domain.product import DeclaredUnit
from firstprint.rationale.formatting import format_quantity
from firstprint.rationale.records import Quantity, Relation
from firstprint.wording import UNIT_WORDS, boundary_words, place_words, unit_words

MEASURABLE = {
    "mass_kg": "质量",
    "geography": "产地",
    "category": "产品类别",
    "declared_unit": "声明单位",
    "amount": "数量",
    "year": "生产年份",
    "system_boundary": "系统边界",
    "material": "主要材料",
    "electricity_mix": "生产所用的电力结构",
    "confirm_dataset": "首选能否代表该产品",
    "supplier_footprint": "供应商自己的碳足迹",
}
FLAGS = {
    "routes_disagree": "数据集与统计模型的结果不一致，差异超出两者区间所能解释的范围",
    "unit_missing_mass": "换算声明单位需要质量，但未提供",
    "geography_fallback": "没有覆盖所问产地的数据集，暂用其他地区的数据集代替",
    "outdated_dataset": "数据集已过时",
    "boundary_mismatch": "数据集的系统边界与所问不同",
    "spend_based": "数据集基于支出金额，而非物理过程",
    "wide_interval": "区间较宽",
    "restricted_licence": "所用数据的许可限制对外分享",
    "out_of_domain": "该产品与统计模型的训练数据相去甚远",
}
AMBIGUOUS = "各候选数据集难分优劣，需由审核者选定。"
NO_ESTIMATE = "目前尚无法给出碳足迹。"
ORDINALS = ("一", "二", "三", "四", "五")


def per_unit(unit: DeclaredUnit) -> str:
    """“每件”, “每 kg ” (a Latin unit is set off by spaces), “10 件合计”."""
    word = unit_words(unit.unit, "zh")
    gap = "" if word[0] > "\u2fff" else " "
    if unit.amount == 1:
        return f"每{gap}{word}{gap}"
    return f"{format_quantity(unit.amount)} {word}{gap}合计"


def localised(equation: str) -> str:
    """An equation with the units that Chinese writes by a word of its own."""
    for code, words in UNIT_WORDS.items():
        equation = re.sub(rf"\b{code}\b", words[1], equation)
    return equation


def product(description: str, unit: DeclaredUnit, boundary: str) -> str:
    """What the footprint is asked for."""
    return f"产品为“{description}”，需要的是{per_unit(unit)}{boundary_words(boundary, 'zh')}的碳足迹。"


def origin(geography: str, year: Quantity | None, source: str) -> str:
    """Where and when a dataset is from, in brackets."""
    parts = [
        place_words(geography, "zh") if geography else "",
        f"{year.text('zh')} 年" if year else "",
        source,
    ]
    return f"（{'，'.join(part for part in parts if part)}）" if any(parts) else ""


def first_candidate(
    name: str, origin_text: str, factor: Quantity | None, similarity: Quantity, acceptance: Quantity
) -> str:
    """The clause on the best dataset."""
    value = f"排放因子为 {factor.text('zh')}" if factor else "本身不含排放因子"
    return (
        f"最接近的数据集是“{name}”{origin_text}，{value}，"
        f"文本相似度 {similarity.text('zh')}，采纳概率 {acceptance.text('zh')}"
    )


def no_match(name: str, origin_text: str, similarity: Quantity | None, acceptance: Quantity | None) -> str:
    """The clause that says that nothing in the catalogue is acceptable."""
    if similarity is None or acceptance is None:
        return "目录中没有可接受的数据集"
    return (
        f"目录中没有可接受的数据集：最接近的“{name}”{origin_text}文本相似度为 {similarity.text('zh')}，"
        f"采纳概率仅 {acceptance.text('zh')}，因此未被采用"
    )


def conversion(equations: Sequence[str], *, mass_assumed: bool) -> str:
    """The steps from the declared unit to the dataset's unit."""
    note = "（质量为假设值）" if mass_assumed else ""
    return f"{'；'.join(localised(equation) for equation in equations)}{note}"


def proxy_result(result: Quantity, unit: DeclaredUnit, conversion_text: str) -> str:
    """The footprint by the first dataset, with its conversion where there is one."""
    gap = "" if conversion_text.endswith("）") else " "
    told = f"按 {conversion_text}{gap}换算，该数据集得出" if conversion_text else "按该数据集计算，"
    return f"{told}{per_unit(unit).rstrip()} {result.text('zh')}。"


def no_proxy_result(unit: DeclaredUnit) -> str:
    """The first dataset gives no footprint."""
    return f"该数据集无法换算或不含结果，因此得不出{per_unit(unit)}的碳足迹。"


def surrogate(result: Quantity, unit: DeclaredUnit) -> str:
    """The clause on the second opinion."""
    return f"统计模型另行估算，{per_unit(unit)}为 {result.text('zh')}"


def references(named: Sequence[tuple[str, Quantity]]) -> str:
    """The clause on what the surrogate leans on."""
    listed = "和".join(f"“{name}”（{value.text('zh')}）" for name, value in named)
    return f"统计模型最接近的参照是{listed}"


def comparison(relation: Relation, percent: str, factor: str) -> str:
    """The clause that sets the dataset's result against the surrogate's estimate."""
    words = {"candidate:1": "数据集结果", "surrogate": "统计模型估算值"}
    left, right = words[relation.subject], words[relation.object]
    if relation.relation == "equal":
        return f"{left}与{right}相差不到 1%"
    if factor:
        return f"{left}是{right}的 {factor} 倍"
    return f"{left}比{right}{'高' if relation.relation == 'above' else '低'} {percent}%"


def combined(result: Quantity, unit: DeclaredUnit, basis: str) -> str:
    """The clause on the estimate itself."""
    if basis == "combined":
        return f"综合两者，{per_unit(unit)}的碳足迹为 {result.text('zh')}"
    if basis == "kept":
        return f"按把握程度综合两者后数值不变，{per_unit(unit)}的碳足迹为 {result.text('zh')}"
    route = "数据集" if basis == "proxy" else "统计模型"
    return f"{per_unit(unit)}的碳足迹估计为 {result.text('zh')}，仅依据{route}"


def interval(low: Quantity, high: Quantity, coverage: Quantity, span: Quantity | None) -> str:
    """The clause on the interval of the estimate."""
    told = f"{coverage.text('zh')} 区间为 {low.number} 至 {high.text('zh')}"
    return f"{told}，上限是下限的 {span.text('zh')} 倍" if span else told


def runner_up(rank: int, name: str, result: Quantity, relation: Relation | None, percent: str, factor: str) -> str:
    """The clause on what another dataset would give."""
    ordinal = ORDINALS[rank - 1] if rank <= len(ORDINALS) else str(rank)
    told = f"若改用第{ordinal}候选“{name}”，结果为 {result.text('zh')}"
    if relation is None:
        return told
    if relation.relation == "equal":
        return f"{told}，与首选几乎相同"
    if factor:
        above = relation.relation == "above"
        return f"{told}，是首选的 {factor} 倍" if above else f"{told}，首选是第{ordinal}候选的 {factor} 倍"
    return f"{told}，比首选{'高' if relation.relation == 'above' else '低'} {percent}%"


def assumption(field: str, value: str) -> str:
    """The clause that says that something was assumed."""
    if field not in MEASURABLE:
        return f"假设：{field}"
    return f"{MEASURABLE[field]}为假设值{f'（{value}）' if value else ''}"


def next_measurement(what: str, span: Quantity) -> str:
    """What to find out next, and what that would bring."""
    named = MEASURABLE.get(what, f"“{what.replace('_', ' ')}”")
    return f"下一步最值得核实的是{named}：核实后，区间上限预计约为下限的 {span.text('zh')} 倍。"


def sentence(clause: str) -> str:
    """A clause as a sentence."""
    return f"{clause}。"


def please_check(clauses: Sequence[str]) -> str:
    """Assumptions and flags in one sentence."""
    return f"请注意：{'；'.join(clauses)}。"
