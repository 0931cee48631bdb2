"""The words of the workbook of records, in the two languages firstprint writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from firstprint.domain.product import Language


@dataclass(frozen=True, slots=True)
class RecordWords:
    """Every label of the workbook; ``{…}`` are filled in."""

    language: Language
    sheets: Mapping[str, str]
    titles: Mapping[str, str]
    heads: Mapping[str, str]
    status: Mapping[str, str]
    verdict: Mapping[str, str]
    data: Mapping[str, str]
    basis: Mapping[str, str]
    flags: Mapping[str, str]
    topics: Mapping[str, str]
    draft: str
    restricted: str
    yes: str
    no: str
    assumed_mass: str
    model: str
    quality: str


ENGLISH = RecordWords(
    language="en",
    sheets={
        "results": "Results",
        "candidates": "Candidates",
        "assumptions": "Assumptions",
        "sources": "Sources and licences",
        "audit": "Audit trail",
    },
    titles={
        "results": "Product carbon footprints, estimated by proxies",
        "candidates": "Candidate datasets, and which one was taken",
        "assumptions": "How each number came about",
        "sources": "Where the numbers are from, and under which terms",
        "audit": "Who decided what, and what made the proposals",
    },
    heads={
        "record": "Record", "product": "Product", "unit": "Per", "kg_co2e": "kg CO2e", "low": "Low", "high": "High",
        "coverage": "Interval", "status": "Status", "basis": "From", "dataset": "Proxy dataset",
        "dataset_id": "Dataset id", "geography": "Dataset place", "year": "Year", "factor": "Factor, kg CO2e",
        "factor_unit": "Factor per",
        "boundary": "System boundary", "place": "Made in", "mass_kg": "Mass, kg", "flags": "Flags",
        "licence": "Licence",
        "rank": "Rank", "taken": "Taken", "acceptance": "Acceptance probability", "similarity": "Text similarity",
        "data_basis": "Data", "source": "Source", "version": "Version", "warnings": "Warnings", "for": "Speaks for it",
        "against": "Speaks against it", "topic": "Topic", "statement": "Statement", "restricted": "Restricted",
        "citation": "Citation", "url": "Link", "credit": "Credit", "records": "Records",
        "when": "When", "event": "Event", "by": "By",
        "reason": "Reason", "decision": "Decision id", "software": "Software", "catalogue": "Catalogue sha256",
        "index": "Index", "encoder": "Embedding model", "surrogate": "Surrogate", "ranker": "Ranker",
        "llm": "Language model",
    },
    status={
        "proposed": "proposed (draft)", "confirmed": "confirmed", "overridden": "overridden", "rejected": "rejected",
        "superseded": "superseded",
    },
    verdict={
        "proposed": "proposed", "confirmed": "confirmed", "overridden": "overridden", "rejected": "rejected",
        "withdrawn": "withdrawn",
    },
    data={"process": "process data", "spend": "spend-based", "direct": "direct emissions only"},
    basis={"combined": "dataset and model", "proxy": "dataset", "surrogate": "model"},
    flags={
        "no_match": "No acceptable dataset", "ambiguous": "Several datasets likely",
        "routes_disagree": "Routes disagree",
        "unit_missing_mass": "Mass missing", "geography_fallback": "Other place",
        "outdated_dataset": "Outdated dataset",
        "boundary_mismatch": "Other boundary", "spend_based": "Spend-based", "wide_interval": "Wide interval",
        "restricted_licence": "Restricted licence", "out_of_domain": "Unlike known products",
        "rationale_fallback": "Rationale by template",
    },
    topics={
        "method": "Method", "conversion": "Conversion", "mass": "Mass", "model": "Model", "flag": "Flag",
        "warning": "Warning", "quality": "Data quality", "next": "Measure next", "rationale": "Rationale",
    },
    draft="DRAFT: nobody has confirmed what is marked as proposed; it is not to be used as a footprint.",
    restricted="Holds data whose licence limits what may be shared on: see the sheet “{sheet}”.",
    yes="yes",
    no="no",
    assumed_mass="No mass was stated: {mass} kg a piece was assumed ({low} to {high} kg).",
    model="The statistical model alone: {kg} kg CO2e, {low} to {high} ({coverage} %), model {model}.",
    quality="PACT ratings, 1 best to 5: technology {t}, geography {g}, time {y}.",
)  # fmt: skip

CHINESE = RecordWords(
    language="zh",
    sheets={
        "results": "结果",
        "candidates": "候选数据集",
        "assumptions": "假设",
        "sources": "来源与许可",
        "audit": "审计记录",
    },
    titles={
        "results": "以替代数据集估算的产品碳足迹",
        "candidates": "候选数据集及所选定者",
        "assumptions": "各数值的由来",
        "sources": "数据来源及其使用条款",
        "audit": "何人作出何种决定，建议由何生成",
    },
    heads={
        "record": "记录", "product": "产品", "unit": "声明单位", "kg_co2e": "kg CO2e", "low": "下限", "high": "上限",
        "coverage": "区间", "status": "状态", "basis": "依据", "dataset": "替代数据集",
        "dataset_id": "数据集编号", "geography": "数据集地域", "year": "年份", "factor": "因子（kg CO2e）",
        "factor_unit": "因子单位",
        "boundary": "系统边界", "place": "产地", "mass_kg": "质量（kg）", "flags": "提示", "licence": "许可",
        "rank": "名次", "taken": "选定", "acceptance": "接受概率", "similarity": "文本相似度",
        "data_basis": "数据类型", "source": "来源", "version": "版本", "warnings": "注意", "for": "支持理由",
        "against": "反对理由", "topic": "主题", "statement": "说明", "restricted": "受限",
        "citation": "引文", "url": "链接", "credit": "署名", "records": "记录",
        "when": "时间", "event": "事件", "by": "决定人",
        "reason": "理由", "decision": "决定编号", "software": "软件", "catalogue": "目录 sha256",
        "index": "索引", "encoder": "嵌入模型", "surrogate": "代理模型", "ranker": "排序模型", "llm": "语言模型",
    },
    status={
        "proposed": "待定（草稿）", "confirmed": "已确认", "overridden": "已改选", "rejected": "已否决",
        "superseded": "已被取代",
    },
    verdict={
        "proposed": "提出建议", "confirmed": "已确认", "overridden": "已改选", "rejected": "已否决",
        "withdrawn": "已撤回",
    },
    data={"process": "过程数据", "spend": "基于支出", "direct": "仅直接排放"},
    basis={"combined": "数据集与模型", "proxy": "数据集", "surrogate": "模型"},
    flags={
        "no_match": "无可接受的数据集", "ambiguous": "多个数据集可能性相近", "routes_disagree": "两条路径不一致",
        "unit_missing_mass": "缺少质量", "geography_fallback": "地域不同", "outdated_dataset": "数据集过时",
        "boundary_mismatch": "边界不同", "spend_based": "基于支出", "wide_interval": "区间较宽",
        "restricted_licence": "许可受限", "out_of_domain": "与已知产品差异大", "rationale_fallback": "说明由模板生成",
    },
    topics={
        "method": "方法", "conversion": "换算", "mass": "质量", "model": "模型", "flag": "提示",
        "warning": "注意", "quality": "数据质量", "next": "下一步测量", "rationale": "说明",
    },
    draft="草稿：标为“待定”者未经任何人确认，不得作为碳足迹使用。",
    restricted="含许可限制对外分享的数据：见工作表“{sheet}”。",
    yes="是",
    no="否",
    assumed_mass="未给出质量：假定每件 {mass} kg（{low} 至 {high} kg）。",
    model="仅统计模型：{kg} kg CO2e，{low} 至 {high}（{coverage}%），模型 {model}。",
    quality="PACT 评级（1 最佳，5 最差）：技术 {t}，地域 {g}，时间 {y}。",
)  # fmt: skip


def record_words(language: str) -> RecordWords:
    """The words for a reader of ``language``: Chinese for ``zh``, English for all others."""
    return CHINESE if language == "zh" else ENGLISH
