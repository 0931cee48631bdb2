"""The words of the command line's human output, in the two languages firstprint writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from firstprint.domain.product import Language
from firstprint.rationale import wording_en, wording_zh


@dataclass(frozen=True, slots=True)
class Words:
    """Every label the renderings use; ``{…}`` are filled in by the rendering that uses them."""

    language: Language
    comma: str
    colon: str
    percent: str
    each: str
    place_unstated: str
    interval: str
    basis: Mapping[str, str]
    no_estimate: str
    row_dataset: str
    row_model: str
    row_combined: str
    candidates: str
    candidate_units: str
    axis: str
    decision: Mapping[str, str]
    columns: Mapping[str, str]
    no_candidates: str
    no_factor: str
    conversion: str
    fits_less: str
    fits_fully: str
    why: Mapping[str, str]
    against: str
    nothing_against: str
    fit_terms: Mapping[str, str]
    model_leans_on: str
    assumed_mass: str
    pushes: str
    flags: str
    flag_titles: Mapping[str, str]
    next_title: str
    next_line: str
    measurable: Mapping[str, str]
    rationale: str
    written_by: Mapping[str, str]
    checks_ok: str
    checks_not: str
    check_names: Mapping[str, str]
    citations: str
    licence: str
    beside: str
    beside_note: str
    provenance: Mapping[str, str]
    status: Mapping[str, str]
    match_title: str
    match_decision: Mapping[str, str]


ENGLISH = Words(
    language="en",
    comma=", ",
    colon=": ",
    percent=" %",
    each="{mass} each",
    place_unstated="place not stated",
    interval="{low} – {high}  ({coverage} % interval)",
    basis={
        "combined": "matched dataset and model combined",
        "proxy": "from the matched dataset alone",
        "surrogate": "from the model alone; no dataset carries this estimate",
    },
    no_estimate="No footprint can be given yet",
    row_dataset="dataset",
    row_model="model",
    row_combined="combined",
    candidates="Candidate datasets",
    candidate_units="factor in kg CO2e, result in {unit} CO2e",
    axis="{unit} CO2e, log scale",
    decision={
        "match": "clear match",
        "ambiguous": "ambiguous: please choose",
        "no_match": "none is close enough",
    },
    columns={
        "rank": "#",
        "dataset": "Dataset",
        "geography": "Place",
        "year": "Year",
        "factor": "Factor",
        "result": "Result",
        "similarity": "Similar",
        "acceptance": "Accept",
    },
    no_candidates="The catalogue holds nothing that resembles this description.",
    no_factor="no value",
    conversion="Conversion of 1",
    fits_less="Where 1 fits less well",
    fits_fully="1 fits on every point checked",
    why={"match": "Why 1", "ambiguous": "What speaks for 1", "no_match": "What speaks for 1"},
    against="What speaks against 1",
    nothing_against="Nothing that was checked speaks against it.",
    fit_terms={
        "unit": "unit",
        "geography": "place",
        "boundary": "boundary",
        "basis": "basis",
        "age": "age",
        "phase": "life-cycle phase",
        "variant": "variant",
        "licence": "licence",
    },
    model_leans_on="Model leans on",
    assumed_mass="assumed a mass of {mass} ({low} to {high}): none was stated",
    pushes="stated facts push it: {pushes}",
    flags="Please check",
    flag_titles={
        "no_match": "No acceptable dataset",
        "ambiguous": "Several datasets are about as good",
        "routes_disagree": "Dataset and model disagree",
        "unit_missing_mass": "Mass needed",
        "geography_fallback": "Another place stands in",
        "outdated_dataset": "Outdated dataset",
        "boundary_mismatch": "Other system boundary",
        "spend_based": "Based on spending",
        "wide_interval": "Wide interval",
        "restricted_licence": "Restricted licence",
        "out_of_domain": "Unlike the model's training data",
        "rationale_fallback": "Rationale fell back to the template",
    },
    next_title="Find out next",
    next_line="{what}: the interval would narrow from a factor {now} either way to a factor {then}",
    measurable={
        **wording_en.MEASURABLE,
        "confirm_dataset": "whether dataset 1 fits",
        "supplier_footprint": "a footprint from the supplier",
    },
    rationale="Why this number",
    written_by={"template": "written by template", "llm": "written by language model"},
    checks_ok="numbers, datasets and relations checked: ok",
    checks_not="checks: {results}",
    check_names={
        "numbers": "numbers",
        "datasets": "datasets",
        "relations": "relations",
        "ok": "ok",
        "failed": "failed",
        "not_run": "not run",
    },
    citations="Sources",
    licence="licence: {licence}",
    beside="EU CBAM default values",
    beside_note="For customs declarations only; not comparable with the estimate: the boundary is another one.",
    provenance={
        "proposal": "proposal",
        "catalogue": "catalogue",
        "index": "index",
        "surrogate": "model",
        "ranker": "ranker",
        "llm": "llm",
    },
    status={
        "proposed": "Proposed. Not final until a person confirms it.",
        "confirmed": "Confirmed by a person.",
        "overridden": "A person chose another dataset.",
        "rejected": "Rejected by a person.",
        "superseded": "Superseded by a later decision.",
    },
    match_title="Matches",
    match_decision={
        "match": "The first dataset may be taken as the proxy.",
        "ambiguous": "Several datasets are about as good; a person should choose.",
        "no_match": "No dataset is close enough to stand in for this.",
    },
)

CHINESE = Words(
    language="zh",
    comma="，",
    colon="：",
    percent="%",
    each="每件 {mass}",
    place_unstated="产地未说明",
    interval="{low} – {high}（{coverage}% 区间）",
    basis={
        "combined": "匹配数据集与模型合并",
        "proxy": "仅依据匹配的数据集",
        "surrogate": "仅依据模型，没有数据集支撑",
    },
    no_estimate="目前尚无法给出碳足迹",
    row_dataset="数据集",
    row_model="模型",
    row_combined="合并",
    candidates="候选数据集",
    candidate_units="排放因子单位 kg CO2e，结果单位 {unit} CO2e",
    axis="{unit} CO2e，对数刻度",
    decision={"match": "匹配明确", "ambiguous": "难分优劣，请选定", "no_match": "均不够接近"},
    columns={
        "rank": "#",
        "dataset": "数据集",
        "geography": "地区",
        "year": "年份",
        "factor": "排放因子",
        "result": "结果",
        "similarity": "相似度",
        "acceptance": "采纳率",
    },
    no_candidates="目录中没有与该描述相近的数据集。",
    no_factor="无数值",
    conversion="第 1 项的换算",
    fits_less="第 1 项欠吻合之处",
    fits_fully="第 1 项各项检查均吻合",
    why={"match": "选第 1 项的理由", "ambiguous": "第 1 项的有利之处", "no_match": "第 1 项的有利之处"},
    against="第 1 项的不利之处",
    nothing_against="经核对未见不利之处。",
    fit_terms={
        "unit": "单位",
        "geography": "地区",
        "boundary": "边界",
        "basis": "依据",
        "age": "年份",
        "phase": "生命周期阶段",
        "variant": "变体",
        "licence": "许可",
    },
    model_leans_on="模型参照",
    assumed_mass="未给出质量，假定为 {mass}（{low} 至 {high}）",
    pushes="已知信息的影响：{pushes}",
    flags="请核对",
    flag_titles={
        "no_match": "没有可接受的数据集",
        "ambiguous": "多个数据集难分优劣",
        "routes_disagree": "数据集与模型不一致",
        "unit_missing_mass": "缺少质量",
        "geography_fallback": "以其他地区代替",
        "outdated_dataset": "数据集已过时",
        "boundary_mismatch": "系统边界不同",
        "spend_based": "基于支出金额",
        "wide_interval": "区间较宽",
        "restricted_licence": "许可受限",
        "out_of_domain": "与模型训练数据相去甚远",
        "rationale_fallback": "说明改用模板",
    },
    next_title="下一步核实",
    next_line="{what}：区间可由上下各 {now} 倍缩小到上下各 {then} 倍",
    measurable={
        **wording_zh.MEASURABLE,
        "confirm_dataset": "第 1 项数据集是否适用",
        "supplier_footprint": "供应商提供的碳足迹",
    },
    rationale="数值由来",
    written_by={"template": "由模板撰写", "llm": "由语言模型撰写"},
    checks_ok="数字、数据集与比较关系核对：通过",
    checks_not="核对：{results}",
    check_names={
        "numbers": "数字",
        "datasets": "数据集",
        "relations": "比较关系",
        "ok": "通过",
        "failed": "未通过",
        "not_run": "未执行",
    },
    citations="来源",
    licence="许可：{licence}",
    beside="欧盟 CBAM 默认值",
    beside_note="仅供海关申报参照，与上述估算不可比：边界不同。",
    provenance={
        "proposal": "建议",
        "catalogue": "目录",
        "index": "索引",
        "surrogate": "模型",
        "ranker": "排序",
        "llm": "语言模型",
    },
    status={
        "proposed": "建议值。须经人工确认方为最终结果。",
        "confirmed": "已由人工确认。",
        "overridden": "已由人工改选数据集。",
        "rejected": "已由人工否决。",
        "superseded": "已被后来的决定取代。",
    },
    match_title="匹配结果",
    match_decision={
        "match": "第一个数据集可作为代理。",
        "ambiguous": "多个数据集难分优劣，需由人选定。",
        "no_match": "没有足够接近、可作代理的数据集。",
    },
)


def words_of(language: str) -> Words:
    """The labels for a reader of ``language``; English for any language other than Chinese.

    >>> words_of("zh").candidates, words_of("fr").candidates
    ('候选数据集', 'Candidate datasets')
    """
    return CHINESE if language == "zh" else ENGLISH
