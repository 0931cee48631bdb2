"""Rules that make the words around the numbers of a rationale false: direction, unit, what was assumed."""

from __future__ import annotations

import random
import re

from firstprint.evaluation.corruption_rules_shared import Rule, Truth, places, replaced_by
from firstprint.rationale.records import Relation

_KG = 1.0
_MASS_TOLD = re.compile(r"\d ?(?:kg|g|千克|公斤|克)(?![A-Za-z])(?! ?(?:CO2|二氧化碳))|kg/", re.IGNORECASE)
_ASSUMPTION_LEFT = re.compile(
    r"assum|presum|suppos|hypothe|guess|estimated mass|not (?:stated|given|known|measured)|unstated|unknown|default|"
    r"placeholder|假设|假定|设定|推定|默认|预设|未给|未提供|未知|没有给|没有提供|并非实测|暂按|暂定|估",
    re.IGNORECASE,
)
_OPPOSITES = (
    ("above", "below"),
    ("more than", "less than"),
    ("higher", "lower"),
    ("larger", "smaller"),
    ("greater", "smaller"),
    ("exceeds", "undercuts"),
    ("高于", "低于"),
    ("大于", "小于"),
    ("高出", "低于"),
)
_DIRECTIONS = (
    (r"(比[^，。；]{1,30}?)(?:要|还|会|更)?(?:高|多|大)(?!致|约|概|数|度)", r"\1低"),
    (r"(比[^，。；]{1,30}?)(?:要|还|会|更)?(?:低|少|小)(?!到|至|于)", r"\1高"),
    (r"高(?= ?约? ?\d[\d.]*%)", "低"),
    (r"低(?= ?约? ?\d[\d.]*%)", "高"),
    (r"多(?= ?约? ?\d[\d.]*%)", "少"),
    (r"少(?= ?约? ?\d[\d.]*%)", "多"),
    (r"(\d[\d.]* ?(?:%|percent|per cent)) more\b", r"\1 less"),
    (r"(\d[\d.]* ?(?:%|percent|per cent)) less\b", r"\1 more"),
)


def direction_flipped(truth: Truth, rng: random.Random) -> str | None:
    """Above → below, 高于 → 低于; only where two things are compared."""
    spelled = [(a, b) for pair in _OPPOSITES for a, b in (pair, pair[::-1]) if (a, b) != ("低于", "高出")]
    words = [(rf"(?<!no )(?<!not )\b{a}\b(?! (?:end|bound|limit))" if a.isascii() else a, b) for a, b in spelled]
    text = re.sub(r"\b(?:stated|named|given|described|mentioned|shown|the) above\b|\bup(?:per|-)", "", truth.text)
    return replaced_by(truth, [*words, *_DIRECTIONS], rng) if text == truth.text else None


def unit_changed(truth: Truth, rng: random.Random) -> str | None:
    """One unit for another: kg → g, kg → t, per piece → per kg, kWh → MJ; no two of these units are the same amount."""
    rules = [
        (r"(\d) ?kg CO2e", r"\1 g CO2e"),
        (r"(\d) ?kg CO2e", r"\1 t CO2e"),
        (r"(\d) ?g CO2e", r"\1 kg CO2e"),
        (r"(\d) ?t CO2e", r"\1 kg CO2e"),
        (r"(\d) ?千克(?=二氧化碳)", r"\1 吨"),
        (r"(\d) ?千克(?=二氧化碳)", r"\1 克"),
        (r"(\d) ?公斤(?=二氧化碳)", r"\1 吨"),
        (r"CO2e/kg", "CO2e/t"),
        (r"CO2e/(?:kWh|m³|tkm|升|litre|件|piece)", "CO2e/kg"),
        (r"CO2e/kWh", "CO2e/MJ"),
        (r"CO2e per (?:m³|kWh|tkm|litre)", "CO2e per kg"),
        (r"CO2e per kWh", "CO2e per MJ"),
        (r"CO2e per (?:kg|kilogram)\b", "CO2e per tonne"),
        (r"CO2e per t(?:onne)?\b", "CO2e per kg"),
        (r"(\d) ?kWh\b", r"\1 MJ"),
        (r"(\d) ?千瓦时", r"\1 兆焦"),
        (r"(\d) ?吨(?!公里)", r"\1 千克"),
        (r"每(?:千克|公斤)", "每吨"),
        (r"(\d) ?%", r"\1 倍"),
        (r"(\d) ?(?:kg|千克|公斤)(?![/\w])(?! ?CO2e)", r"\1 g"),
        (r"(\d) ?(?:g|克|grams)(?![/\w])(?! ?CO2e)", r"\1 kg"),
    ]
    if truth.draft.product.mass_kg != _KG:
        rules += [(r"(CO2e )per piece", r"\1per kg"), (r"每件", "每千克"), (r"(CO2e )apiece", r"\1per kg")]
    return replaced_by(truth, rules, rng)


def assumed_dropped(truth: Truth, rng: random.Random) -> str | None:
    """An assumed mass told as if it had been stated: no word of the text says any longer that it was assumed."""
    if "mass_kg" not in truth.facts.assumed:
        return None
    rules = (
        (r" \(with an assumed mass\)| \(assumed\)|（质量为假设值）|（假设）|（假设值）", ""),
        (r"\b([Aa])n assumed ", r"\1 "),
        (r"\bassumed (?=mass|weight)", ""),
        (r"假[设定]的?(?=质量|单件|每件|重量)|按?假[设定](?=每件)", ""),
        (r"Assuming (?:that )?(?=one|a |each)", "As "),
    )
    changed = replaced_by(truth, rules, rng)
    if changed is None or _ASSUMPTION_LEFT.search(changed) or not _MASS_TOLD.search(changed):
        return None
    return changed


def assumed_called_stated(truth: Truth, rng: random.Random) -> str | None:
    """“Was assumed” → “was measured”: the text says outright that the user gave it."""
    if not truth.facts.assumed:
        return None
    rules = (
        (r"\b(was|is|were) (?:only )?assumed\b", r"\1 stated"),
        (r"\b(was|is|were) (?:only )?assumed\b", r"\1 measured"),
        (r"\ban assumed (mass|weight)", r"a measured \1"),
        (r"为假设值", "为实测值"),
        (r"(质量|重量)(?:目前)?(?:只)?[是为]假设的?", r"\1为实测值"),
        (r"假设的?(?=质量|单件质量|重量)", "实测"),
    )
    return replaced_by(truth, rules, rng)


def similarity_as_probability(truth: Truth, rng: random.Random) -> str | None:
    """The similarity told as the probability, where the two differ."""
    if not truth.draft.candidates:
        return None
    if any(abs(c.similarity - c.acceptance_probability) < 0.03 for c in truth.draft.candidates):
        return None
    rules = (
        (r"(?:text )?similarity(?= of (?:only |just )?\d| is \d| \d)", "acceptance probability"),
        (r"(?:文本)?相似度(?=(?:为|是|达|仅|只有|约)? ?\d)", "采纳概率"),
        (r"(?:acceptance )?probability(?= of (?:only |just )?\d| is \d)", "text similarity"),
        (r"采纳概率(?=(?:为|是|达|仅|只有|约)? ?\d)", "文本相似度"),
    )
    return replaced_by(truth, rules, rng)


def decision_turned(truth: Truth, rng: random.Random) -> str | None:
    """“No acceptable dataset was found” → “an acceptable dataset was found”, and what a flag says denied."""
    rules = (
        (r"\b[Nn]o acceptable dataset", "an acceptable dataset"),
        (r"\b(is|was) not used", r"\1 used"),
        (r"没有(可接受|合适)的数据集", r"有\1的数据集"),
        (r"未被采用", "被采用"),
        (r"\b[Nn]o single dataset stands out", "One dataset clearly stands out"),
        (r"\bis out of date", "is not out of date"),
        (r"已经?过时", "并未过时"),
        (r"\broutes disagree", "routes agree"),
        (r"(?<!在)不一致", "一致"),
        (r"lies far from", "lies close to"),
        (r"相去甚远", "非常接近"),
    )
    return replaced_by(truth, rules, rng)


def invented_comparison(truth: Truth, rng: random.Random) -> str | None:
    """A sentence more, with a comparison that no fact gives."""
    chinese = sum("\u4e00" <= sign <= "\u9fff" for sign in truth.text) > len(truth.text) / 5
    wrong = _wrong_percent(truth.facts.relations, rng)
    told = [
        (f" That is {wrong} % below the industry average.", f"这比行业平均水平低 {wrong}%。"),
        (f" It is {wrong} % higher than last year's value.", f"比去年的数值高 {wrong}%。"),
    ]
    if "surrogate" in truth.facts.results and "candidate:1" in truth.facts.results:
        told += [
            (
                f" The dataset's result is {wrong} % above the surrogate's estimate.",
                f"数据集结果比统计模型估算值高 {wrong}%。",
            ),
            (
                f" The surrogate's estimate is {wrong} % below the dataset's result.",
                f"统计模型估算值比数据集结果低 {wrong}%。",
            ),
        ]
    if "candidate:2" in truth.facts.results and "candidate:1" in truth.facts.results:
        told.append(
            (f" The second candidate is {wrong} % lower than the first.", f"第二候选比首选低 {wrong}%。"),
        )
    return truth.text + rng.choice(told)[1 if chinese else 0]


def _wrong_percent(relations: tuple[Relation, ...], rng: random.Random) -> int:
    """A whole percentage that no two results are apart, by a wide berth."""
    return rng.choice(
        [value for value in range(15, 95) if all(abs(relation.percent - value) > 4 for relation in relations)] or [997]
    )


def place_changed(truth: Truth, rng: random.Random) -> str | None:
    """A dataset's place replaced by one that has nothing to do with the record."""
    rules = [(rf"\b{name}\b", rng.choice(("Brazil", "South Africa", "New Zealand"))) for name in _ENGLISH_PLACES]
    rules += [(rf"\b{name}\b", "Brazilian") for name in ("Chinese", "French", "German", "British", "Japanese")]
    rules += [(name, rng.choice(("巴西", "南非", "新西兰"))) for name in _CHINESE_PLACES]
    if any(code in {"BR", "ZA", "NZ", "GLO", "RoW", "RLA", "RAF"} for code in _codes(truth)):
        rules = [
            (pattern, new) for pattern, new in rules if new in {"New Zealand", "新西兰"} and "NZ" not in _codes(truth)
        ]
    return replaced_by(truth, rules, rng)


def _codes(truth: Truth) -> set[str]:
    return {truth.draft.product.geography or "", *(item.geography for item in truth.draft.candidates)}


_ENGLISH_PLACES = (
    "China",
    "France",
    "Germany",
    "the United Kingdom",
    "the United States",
    "Japan",
    "Europe",
    "Guangdong",
)
_CHINESE_PLACES = ("中国", "法国", "德国", "英国", "美国", "日本", "欧洲", "广东省")


def year_changed(truth: Truth, rng: random.Random) -> str | None:
    """A dataset's year moved by some years."""
    years = [match for match in places(truth, r"(?<!\d)(?:19|20)\d\d(?!\d)") if _is_a_datasets(truth, match[0])]
    if not years:
        return None
    match = rng.choice(years)
    told = {str(item.year) for item in truth.draft.candidates}
    other = rng.choice([year for by in (-9, -6, -4, -3, 3, 4, 6) if (year := str(int(match[0]) + by)) not in told])
    return truth.text[: match.start()] + other + truth.text[match.end() :]


def _is_a_datasets(truth: Truth, year: str) -> bool:
    return any(str(item.year) == year for item in truth.draft.candidates)


WORD_RULES: dict[str, Rule] = {
    "direction flipped": direction_flipped,
    "unit changed": unit_changed,
    "assumed dropped": assumed_dropped,
    "assumed called stated": assumed_called_stated,
    "similarity as probability": similarity_as_probability,
    "decision turned": decision_turned,
    "invented comparison": invented_comparison,
    "place changed": place_changed,
    "year changed": year_changed,
}
