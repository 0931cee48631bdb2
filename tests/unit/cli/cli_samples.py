"""Fixed records, in English and Chinese, that renderings are recorded for."""

from __future__ import annotations

from firstprint.domain.dataset import Dataset
from firstprint.domain.product import DeclaredUnit, Product
from firstprint.domain.proposal import (
    Candidate,
    Checks,
    DataQuality,
    Estimate,
    FitTerm,
    Flag,
    MatchResult,
    Neighbour,
    NextMeasurement,
    Proposal,
    Provenance,
    Rationale,
    Reason,
    Scores,
    SurrogateOpinion,
)
from firstprint.domain.steps import Interval

PROVENANCE = Provenance(
    software="firstprint 0.1.0",
    catalogue_sha256="7d0c1f2a9b3e4d5c6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6",
    index_id="3f9a6c21d07be845",
    embedding_model="use-multilingual-3",
    surrogate_id="b81d04e2c6f7a953",
    ranker_id="5ac2e19f7034d8b6",
    prompt_sha256=None,
    llm=None,
    created="2026-03-05T08:12:44+00:00",
)
CITATION = "ADEME, Base Carbone V23.6, Polyéthylène téréphtalate (PET) - neuf, 2020"


def candidate(rank: int, name: str, name_zh: str, value: float | None, **changes: object) -> Candidate:
    """A candidate per kilogram; later ranks are less similar and less likely."""
    fields: dict[str, object] = {
        "rank": rank,
        "dataset_id": f"ademe-2{rank}894",
        "name": name,
        "name_zh": name_zh,
        "geography": "RER",
        "unit": "kg",
        "gwp100_kg_co2e": value,
        "system_boundary": "cradle_to_gate",
        "basis": "process",
        "source": "ADEME Base Carbone",
        "source_version": "V23.6",
        "licence": "Licence Ouverte 2.0",
        "year": 2021 - rank,
        "similarity": 0.86 - 0.11 * rank,
        "scores": Scores(dense=0.78, lexical=0.61, memory=0.0, fit=0.9),
        "acceptance_probability": 0.83 / rank**2,
        "kg_co2e": None if value is None else 0.025 * value,
        "dqr": DataQuality(technological=2, geographical=3, temporal=2),
        "citation": CITATION if rank == 1 else "",
    }
    return Candidate.model_validate({**fields, **changes})


def reason(kind: str, favours: bool, text_en: str, text_zh: str) -> Reason:
    """One line for or against."""
    return Reason(kind=kind, favours=favours, text_en=text_en, text_zh=text_zh)


CONVERTED = "1 piece × 0.025 kg/piece = 0.025 kg"
FIRST_REASONS = (
    reason("memory", True, "confirmed for “PET bottle, 500 ml” (0.93) by Li Wei on 2026-02-11",
           "Li Wei 于 2026-02-11 确认该数据集适用于“PET bottle, 500 ml”（0.93）"),
    reason("label", True, "matched by its synonym “PET, bottle grade”", "匹配到其同义名“PET, bottle grade”"),
    reason("words", True, "shares the words “PET”, “bottle”", "共有词语：“PET”、“瓶”"),
    reason("words", False, "its names do not mention “mineral”, “water”", "其名称未提及：“矿泉水”"),
    reason("geography", False, "a European average for China", "以欧洲平均代替中国"),
    reason("conversion", True, f"converts to its unit: {CONVERTED}",
           "可换算为其单位：1 件 × 0.025 kg/件 = 0.025 kg"),
    reason("age", False, "reference year 2020, no longer recent", "参考年份 2020，时效性欠佳"),
)  # fmt: skip
SECOND_REASONS = (
    reason("label", True, "matched by the first part of its name “PET film”", "匹配到其名称首段“PET 薄膜”"),
    reason("geography", False, "a European average for China", "以欧洲平均代替中国"),
    reason("words", False, "its names do not mention “bottle”, “mineral”, “water”, and of the rest only the material "
           "is told, so the form is another one",
           "其名称未提及：“矿泉水”、“瓶”，其余词语仅涉及材料，因此其形态与所述产品不同，"
           "使用前请仔细核对数据集说明"),
)  # fmt: skip
THIRD_REASONS = (
    reason("label", True, "matched by its name “Polypropylene granulate”", "匹配到其英文名称“Polypropylene granulate”"),
    reason("geography", True, "same place: China", "地域相同：中国"),
)  # fmt: skip

CANDIDATES = (
    candidate(
        1,
        "Polyethylene terephthalate (PET), bottle grade, virgin",
        "聚对苯二甲酸乙二醇酯（PET），瓶级，原生",
        2.09,
        conversion=("1 piece × 0.025 kg/piece = 0.025 kg", "0.025 kg × 2.09 kg CO2e/kg = 0.05225 kg CO2e"),
        fit=(
            FitTerm(term="unit", score=1.0, reason_en="kg converts from piece over the mass", reason_zh="质量可换算"),
            FitTerm(
                term="geography", score=0.8, reason_en="a European average for China", reason_zh="以欧洲平均代替中国"
            ),
            FitTerm(term="age", score=0.9, reason_en="valid for 2020", reason_zh="适用于 2020 年"),
        ),
        reasons=FIRST_REASONS,
    ),
    candidate(
        2,
        "PET film, extruded",
        "PET 薄膜（挤出）",
        2.63,
        warnings=("Film, not bottles: extrusion is included.",),
        reasons=SECOND_REASONS,
    ),
    candidate(3, "Polypropylene granulate", "聚丙烯颗粒", 1.63, geography="CN", reasons=THIRD_REASONS),
    candidate(4, "Plastic bottle, any kind", "塑料瓶（任意）", None, unit="piece", year=None, geography="GLO"),
)
SURROGATE = SurrogateOpinion(
    kg_co2e=0.0712,
    low=0.0293,
    high=0.163,
    coverage=0.9,
    model_id="b81d04e2c6f7a953",
    neighbours=(
        Neighbour(
            id="r1",
            name="Plastic bottle, 500 ml",
            kg_co2e_per_unit=0.083,
            weight=0.31,
            source="bottle-makers",
            licence="CC-BY-4.0",
        ),
        Neighbour(id="r2", name="PET preform", kg_co2e_per_unit=0.062, weight=0.22),
    ),
)
FLAGS_EN = (
    Flag(code="geography_fallback", message="The dataset is a European average; China was asked for."),
    Flag(code="wide_interval", message="The upper end is 3.9 times the lower end."),
)
FLAGS_ZH = (
    Flag(code="geography_fallback", message="数据集为欧洲平均，所问产地为中国。"),
    Flag(code="wide_interval", message="上限为下限的 3.9 倍。"),
)
ENGLISH = Proposal(
    id="fp-01HZX4T9",
    product=Product(
        description="25 g PET bottle for mineral water",
        language="en",
        declared_unit=DeclaredUnit(amount=1, unit="piece"),
        mass_kg=0.025,
        geography="CN",
    ),
    estimate=Estimate(kg_co2e=0.0611, low=0.0309, high=0.1204, coverage=0.9, basis="combined"),
    candidates=CANDIDATES,
    decision="match",
    surrogate=SURROGATE,
    flags=FLAGS_EN,
    next_measurement=NextMeasurement(
        what="mass_kg", why="The mass drives the result in proportion.", interval_factor_after=1.6
    ),
    rationale=Rationale(
        text="The closest dataset is “Polyethylene terephthalate (PET), bottle grade, virgin” (Europe, 2020), with an "
        "emission factor of 2.09 kg CO2e/kg. The surrogate model gives 0.0712 kg CO2e, 36 % above the dataset.",
        language="en",
        generated_by="template",
        citations=(CITATION,),
        checks=Checks(numbers="ok", datasets="ok", relations="ok"),
    ),
    provenance=PROVENANCE,
)
CHINESE = ENGLISH.model_copy(
    update={
        "product": ENGLISH.product.model_copy(update={"description": "25 克矿泉水 PET 瓶", "language": "zh"}),
        "flags": FLAGS_ZH,
        "next_measurement": NextMeasurement(what="mass_kg", why="质量与结果成正比。", interval_factor_after=1.6),
        "rationale": Rationale(
            text="最接近的数据集是“聚对苯二甲酸乙二醇酯（PET），瓶级，原生”（欧洲，2020 年），"
            "排放因子为 2.09 kg CO2e/kg。统计模型给出 0.0712 kg CO2e，比数据集的结果高 36%。",
            language="zh",
            generated_by="template",
            citations=(CITATION,),
            checks=Checks(numbers="ok", datasets="ok", relations="not_run"),
        ),
    }
)
NO_MATCH = ENGLISH.model_copy(
    update={
        "decision": "no_match",
        "candidates": (),
        "estimate": Estimate(kg_co2e=1834.0, low=410.0, high=8100.0, coverage=0.9, basis="surrogate"),
        "surrogate": SURROGATE.model_copy(update={"kg_co2e": 1834.0, "low": 410.0, "high": 8100.0}),
        "flags": (Flag(code="no_match", message="Nothing in the catalogue resembles this product."),),
    }
)
SILENT = NO_MATCH.model_copy(update={"estimate": None, "surrogate": None, "next_measurement": None})
DEFAULT = Dataset(
    dataset_id="cbam-7208-cn",
    name="Flat-rolled products of iron or non-alloy steel (CN)",
    name_zh="铁或非合金钢平板轧材（中国）",
    unit="kg",
    gwp100_kg_co2e=3.1671,
    system_boundary="embedded_emissions",
    basis="process",
    source="EU CBAM default values",
    source_version="2026",
    geography="CN",
    year=2026,
    licence="CC BY 4.0",
    attributes={"citation": "Commission Implementing Regulation (EU) 2025/2621"},
)
WITHOUT_REASONS = CANDIDATES[0].model_copy(update={"reasons": ()})
"""A candidate of a record that was saved before candidates had reasons."""
MATCH = MatchResult(query="PET bottle", candidates=CANDIDATES, decision="ambiguous", provenance=PROVENANCE)
PROXY = Interval(value=0.0522, low=0.0172, high=0.158, coverage=0.9)
