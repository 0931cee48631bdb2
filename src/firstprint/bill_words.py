"""The words of a calculated bill, on screen and in its files, in the two languages firstprint writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BillWords:
    """Every label of the screen; ``{…}`` are filled in by the rendering that uses them."""

    facts_template: str
    counted: str
    primary: str
    per_service: str
    total_for: str
    incomplete: str
    no_number: str
    stages: str
    lines: str
    columns: Mapping[str, str]
    row: str
    rows: str
    basis: Mapping[str, str]
    cut_offs: str
    reasons: Mapping[str, str]
    mass: str
    mass_known: str
    mass_alone: str
    mass_unknown: str
    flags: str
    flag_titles: Mapping[str, str]
    line_flags: Mapping[str, str]
    next_title: str
    next_line: str
    sources: str
    reading: str
    read_as: str
    notes: Mapping[str, str]
    assumed: Mapping[str, str]
    assumptions: str
    written: str
    middle: str
    draft: str
    templates: str
    total: str
    others: str
    interval: str
    figure: str
    figure_note: str
    credits_note: str
    per: str
    headings: Mapping[str, str]
    sheets: Mapping[str, str]
    statuses: Mapping[str, str]
    proposed: str
    method: str
    made: str
    draft_like: str
    draft_unlike: str
    draft_llm: str
    draft_next: str
    draft_write: str


ENGLISH = BillWords(
    facts_template="template: {name}",
    counted="{n} of {all} lines counted",
    primary="{share} % of it given by suppliers",
    per_service="{figure} per {unit}",
    total_for="{figure} for the whole product ({service})",
    incomplete="incomplete: {n} without a number",
    no_number="No footprint can be given yet: no line has a number",
    stages="Stages",
    lines="Lines",
    columns={"row": "row", "component": "Component", "amount": "Amount", "kg": "{unit} CO2e",
             "span": "low – high", "share": "Share", "basis": "From"},
    row="row",
    rows="rows",
    basis={
        "supplier": "supplier",
        "combined": "dataset + model",
        "proxy": "dataset",
        "surrogate": "model alone",
        "sum": "its parts",
        "none": "–",
    },
    cut_offs="Cut-offs: not in the total",
    reasons={
        "marked": "marked in the file",
        "outside_boundary": "outside the template's boundary",
        "no_number": "no number can be given",
    },
    mass="Mass",
    mass_known="parts in the product {parts}, product {product} ({share} %)",
    mass_alone="parts in the product {parts}; the product's own mass is not stated (--mass-kg)",
    mass_unknown="; mass unknown: {rows}",
    flags="Please check",
    flag_titles={
        "draft_template": "Draft",
        "lines_without_number": "No number",
        "cut_offs": "Cut-offs",
        "mass_balance": "Mass does not add up",
        "mass_missing": "Mass needed",
        "mass_assumed": "Mass assumed",
        "surrogate_only": "No dataset",
        "ambiguous_lines": "Doubtful match",
        "routes_disagree_lines": "Dataset and model disagree",
        "supplier_on_parent": "Not counted twice",
        "stage_empty": "Stage without lines",
        "wide_interval": "Wide interval",
        "restricted_licence": "Restricted licence",
    },
    line_flags={
        "no_match": "no acceptable dataset", "ambiguous": "several datasets about as good",
        "routes_disagree": "dataset and model disagree", "unit_missing_mass": "mass needed",
        "geography_fallback": "another place stands in", "outdated_dataset": "outdated dataset",
        "boundary_mismatch": "other system boundary", "spend_based": "based on spending",
        "wide_interval": "wide interval", "restricted_licence": "restricted licence",
        "out_of_domain": "unlike the model's training data", "rationale_fallback": "",
    },
    next_title="Find out next",
    next_line="a footprint from the supplier for “{component}” ({row}): the interval would narrow from a factor {now} "
    "either way to a factor {then}",
    sources="Sources",
    reading="How the file was read",
    read_as="{column} ← {header}",
    notes={"encoding": "text encoding {value}", "unread": "columns not used: {value}"},
    assumed={
        "unit_piece": "no unit stated: counted in pieces",
        "amount_one": "no amount stated: one piece",
        "stage_guessed": "no stage stated: told by the unit",
        "stage_of_parent": "stage taken from the assembly",
        "place_of_parent": "place taken from the assembly",
        "mass_from_balance": "mass: what the product weighs beyond its other parts",
        "mass_shared": "mass: an even share of what the product weighs beyond its other parts",
    },
    assumptions="Assumed",
    written="written: {path}",
    middle="The middle of the simulated sums is {figure}: wide lines can be wrong upwards by more than downwards.",
    draft="DRAFT",
    templates="Templates",
    total="Total",
    others="{n} others",
    interval="{low} – {high} ({coverage} % interval)",
    figure="From parts over stages to the total",
    figure_note="Heights are proportional to kg CO2e. Parts below the largest are drawn together.",
    credits_note="Credits (negative lines) are not drawn.",
    per="per",
    headings={
        "product": "Product", "declared_unit": "Declared unit", "kg_co2e": "kg CO2e", "low": "low", "high": "high",
        "coverage": "Coverage of the interval", "per_service": "Per functional unit",
        "service": "Service of one product",
        "template": "Template", "boundary": "System boundary", "basis": "Rules", "primary_share": "Given by suppliers",
        "complete": "Complete", "geography": "Place", "mass_kg": "Mass, kg", "parts_kg": "Parts in the product, kg",
        "file": "File", "made": "Made", "status": "Status", "row": "Row", "level": "Level", "component": "Component",
        "material": "Material", "amount": "Amount", "unit": "Unit", "total_amount": "Amount in the product",
        "stage": "Stage", "share": "Share", "from": "From", "dataset": "Dataset", "dataset_id": "Dataset id",
        "factor": "Emission factor", "acceptance": "Acceptance probability", "conversion": "Conversion",
        "flags": "To check", "assumed": "Assumed", "reason": "Reason", "lines": "Lines", "source": "Source",
        "version": "Version", "licence": "Licence", "citation": "Citation", "rows": "Rows", "what": "What",
        "median": "Middle of the simulation", "yes": "yes", "no": "no", "column": "Column", "heading": "Heading",
    },
    sheets={"result": "Result", "lines": "Lines", "stages": "Stages", "cut_offs": "Cut-offs & assumptions",
            "sources": "Sources & licences"},
    statuses={"proposed": "proposed", "given": "given by supplier", "sum": "sum of its parts", "cut_off": "cut off",
              "open": "open"},
    proposed="Proposed. Not final until a person confirms it.",
    method="Intervals: {draws:,} simulated bills (seed {seed}); lines that use one dataset share its error, lines "
    "answered by the model alone share part of the model's. The value is the sum of the lines.",
    made="Made by {software} on {created}",
    draft_like="Usual parts of: {name} (similarity {share} %). Delete what is not in it, add what is missing.",
    draft_unlike="No kind of product on file is like it: only the lines that any product has.",
    draft_llm="Lines marked * were named by the language model {llm}.",
    draft_next="Written to {path}. Fill in the amounts, then: firstprint bom {path} --template {template}",
    draft_write="Amounts are yours to fill in. Write the table with --out {path}, then: firstprint bom {path} "
    "--template {template}",
)  # fmt: skip

CHINESE = BillWords(
    facts_template="模板：{name}",
    counted="计入 {all} 行中的 {n} 行",
    primary="其中 {share}% 由供应商提供",
    per_service="每 {unit} {figure}",
    total_for="整个产品 {figure}（{service}）",
    incomplete="不完整：{n} 行没有数值",
    no_number="目前尚无法给出碳足迹：没有一行有数值",
    stages="各阶段",
    lines="明细",
    columns={
        "row": "行",
        "component": "零部件",
        "amount": "数量",
        "kg": "{unit} CO2e",
        "span": "下限 – 上限",
        "share": "占比",
        "basis": "依据",
    },
    row="第",
    rows="第",
    basis={
        "supplier": "供应商",
        "combined": "数据集与模型",
        "proxy": "数据集",
        "surrogate": "仅模型",
        "sum": "下级合计",
        "none": "–",
    },
    cut_offs="截断项：未计入合计",
    reasons={"marked": "文件中标明", "outside_boundary": "在模板边界之外", "no_number": "无法给出数值"},
    mass="质量",
    mass_known="产品内零部件 {parts}，产品 {product}（{share}%）",
    mass_alone="产品内零部件 {parts}；未说明产品自身质量（--mass-kg）",
    mass_unknown="；质量未知：{rows}",
    flags="请核对",
    flag_titles={
        "draft_template": "草案",
        "lines_without_number": "没有数值",
        "cut_offs": "截断",
        "mass_balance": "质量不平衡",
        "mass_missing": "缺少质量",
        "mass_assumed": "质量为假定",
        "surrogate_only": "没有数据集",
        "ambiguous_lines": "匹配存疑",
        "routes_disagree_lines": "数据集与模型不一致",
        "supplier_on_parent": "不重复计入",
        "stage_empty": "阶段缺行",
        "wide_interval": "区间较宽",
        "restricted_licence": "许可受限",
    },
    line_flags={
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
        "rationale_fallback": "",
    },
    next_title="下一步核实",
    next_line="“{component}”（{row}）的供应商碳足迹：区间可由上下各 {now} 倍缩小到上下各 {then} 倍",
    sources="来源",
    reading="文件的读法",
    read_as="{column} ← {header}",
    notes={"encoding": "文本编码 {value}", "unread": "未使用的列：{value}"},
    assumed={
        "unit_piece": "未说明单位：按件计",
        "amount_one": "未说明数量：按一件计",
        "stage_guessed": "未说明阶段：按单位判断",
        "stage_of_parent": "阶段取自所属组件",
        "place_of_parent": "产地取自所属组件",
        "mass_from_balance": "质量：产品质量减去其他零部件后的余量",
        "mass_shared": "质量：平均分摊产品质量减去其他零部件后的余量",
    },
    assumptions="假定",
    written="已写入：{path}",
    middle="模拟合计的中位数为 {figure}：区间宽的行向上的偏差可能大于向下的偏差。",
    draft="草案",
    templates="模板",
    total="合计",
    others="其他 {n} 项",
    interval="{low} – {high}（{coverage}% 区间）",
    figure="从零部件经各阶段到合计",
    figure_note="高度与 kg CO2e 成正比。较小的零部件合并绘出。",
    credits_note="抵减项（负值行）未绘出。",
    per="每",
    headings={
        "product": "产品",
        "declared_unit": "声明单位",
        "kg_co2e": "kg CO2e",
        "low": "下限",
        "high": "上限",
        "coverage": "区间覆盖率",
        "per_service": "每功能单位",
        "service": "单个产品的服务量",
        "template": "模板",
        "boundary": "系统边界",
        "basis": "规则",
        "primary_share": "供应商提供的份额",
        "complete": "完整",
        "geography": "地区",
        "mass_kg": "质量 kg",
        "parts_kg": "产品内零部件 kg",
        "file": "文件",
        "made": "生成",
        "status": "状态",
        "row": "行",
        "level": "层级",
        "component": "零部件",
        "material": "材料",
        "amount": "数量",
        "unit": "单位",
        "total_amount": "在产品中的数量",
        "stage": "阶段",
        "share": "占比",
        "from": "依据",
        "dataset": "数据集",
        "dataset_id": "数据集编号",
        "factor": "排放因子",
        "acceptance": "采纳率",
        "conversion": "换算",
        "flags": "请核对",
        "assumed": "假定",
        "reason": "原因",
        "lines": "行数",
        "source": "来源",
        "version": "版本",
        "licence": "许可",
        "citation": "引用",
        "rows": "涉及行",
        "what": "内容",
        "median": "模拟中位数",
        "yes": "是",
        "no": "否",
        "column": "列",
        "heading": "表头",
    },
    sheets={"result": "结果", "lines": "明细", "stages": "阶段", "cut_offs": "截断与假定", "sources": "来源与许可"},
    statuses={"proposed": "建议值", "given": "供应商提供", "sum": "下级合计", "cut_off": "截断", "open": "缺数值"},
    proposed="建议值。须经人工确认方为最终结果。",
    method="区间：模拟 {draws:,} 次（种子 {seed}）；使用同一数据集的行共有其误差，仅由模型回答的行共有模型的部分误差。"
    "数值为各行之和。",
    made="由 {software} 于 {created} 生成",
    draft_like="参照常见组成：{name}（相似度 {share}%）。请删去没有的，补上缺少的。",
    draft_unlike="档案中没有相近的产品类别：仅列出任何产品都有的行。",
    draft_llm="带 * 的行由语言模型 {llm} 命名。",
    draft_next="已写入 {path}。请填写数量，然后运行：firstprint bom {path} --template {template}",
    draft_write="数量请自行填写。用 --out {path} 写出表格，然后运行：firstprint bom {path} --template {template}",
)


def bill_words(language: str) -> BillWords:
    """The labels for a reader of ``language``; English for any language other than Chinese."""
    return CHINESE if language == "zh" else ENGLISH


def flag_words(codes: Iterable[str], words: BillWords) -> str:
    """The flags of a line as a reader says them."""
    return ("、" if words is CHINESE else ", ").join(words.line_flags[code] for code in codes if words.line_flags[code])


def rows_text(rows: tuple[int, ...], words: BillWords, most: int = 8) -> str:
    """Row numbers as a reader says them: ``row 5``, ``rows 5, 7``, ``第 5、7 行``."""
    if words is CHINESE:
        shown = "、".join(map(str, rows[:most])) + ("…" if len(rows) > most else "")
        return f"第 {shown} 行"
    shown = ", ".join(map(str, rows[:most])) + ("…" if len(rows) > most else "")
    return f"{words.row if len(rows) == 1 else words.rows} {shown}"
