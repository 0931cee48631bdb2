"""What a reviewer of a bill must see: mass balance, lines without a number, weak lines; in English and Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from firstprint.domain.bill_of_materials import (
    BillFlag,
    BillFlagCode,
    BillRow,
    CutOff,
    Footprint,
    LineResult,
    MassBalance,
    Template,
)
from firstprint.estimation.bill_of_materials import quantities
from firstprint.phrases import leading_quantity
from firstprint.rationale.formatting import format_quantity
from firstprint.units import convert_factor, dimension

MASS_TOLERANCE = 0.05
"""Parts and product may differ by so much of the product's mass; scales and drawings do."""
WIDE_RATIO = 10.0
WEAK_SHARE = 0.01
"""A doubtful line below this share of the total is not worth a reviewer's time."""
_THINGS = frozenset({"mass", "count", "length", "area", "volume"})


MASS_LEFT = "mass_from_balance"
"""Assumed of the one part without a mass: it weighs what the product weighs beyond its other parts."""
MASS_SHARED = "mass_shared"
"""Assumed of several parts without a mass: they share that remainder evenly."""
LEAST_LEFT = 0.01
"""A remainder below this share of the product's mass is within the errors of the other masses."""


class Checked(NamedTuple):
    """All that the flags are read from."""

    rows: Sequence[BillRow]
    lines: Sequence[LineResult]
    cut_offs: Sequence[CutOff]
    balance: MassBalance
    footprint: Footprint | None
    template: Template


def with_masses_left(rows: Sequence[BillRow], product_kg: float | None, template: Template) -> tuple[BillRow, ...]:
    """The rows, those in pieces without a mass given what the product weighs beyond its other parts.

    A product of 0.9 kg holds no screws of 50 kg: where the product's mass is stated, it bounds what the model would
    otherwise guess freely. Nothing changes where no mass is stated or none is left.
    """
    parents = {row.parent for row in rows}
    amounts = quantities(rows)
    inside = [row for row in rows if row.id not in parents and template.stage(row.stage).in_mass]
    known = sum(_row_kg(row, amounts[row.id]) or 0.0 for row in inside)
    unknown = [row for row in inside if _lacks_mass(row, amounts[row.id])]
    left = (product_kg or 0.0) - known
    if not unknown or product_kg is None or left < LEAST_LEFT * product_kg:
        return tuple(rows)
    code = MASS_LEFT if len(unknown) == 1 else MASS_SHARED
    each = {row.id: left / len(unknown) / (amounts[row.id] or 1.0) for row in unknown}
    return tuple(
        row._replace(mass_kg=each[row.id], assumed=(*row.assumed, code)) if row.id in each else row for row in rows
    )


def _row_kg(row: BillRow, amount: float | None) -> float | None:
    if amount is None or dimension(row.unit) not in _THINGS:
        return None
    if dimension(row.unit) == "mass":
        return amount
    stated = leading_quantity(row.text)
    each = row.mass_kg
    if each is None and stated is not None and dimension(stated.unit) == "mass":
        each = stated.amount * convert_factor(stated.unit, "kg")
    return None if each is None else amount * each


def _lacks_mass(row: BillRow, amount: float | None) -> bool:
    return amount is not None and not row.cut_off and row.unit == "piece" and _row_kg(row, amount) is None


def mass_balance(
    rows: Sequence[BillRow], lines: Sequence[LineResult], product_kg: float | None, template: Template
) -> MassBalance:
    """Masses of the parts in the product against the product's own, cut-offs included.

    Args:
        rows: of the bill.
        lines: the same, calculated.
        product_kg: stated mass of all that the bill is for, or None.
        template: whose stages say which lines end up in the product.
    """
    parents = {row.parent for row in rows}
    inside = [
        line
        for line in lines
        if line.id not in parents and template.stage(line.stage).in_mass and dimension(line.unit) in _THINGS
    ]
    unknown = tuple(line.row for line in inside if line.total_mass_kg is None or _mass_is_assumed(line))
    stated = [line for line in inside if line.row not in set(unknown)]
    left_out = sum(line.total_mass_kg or 0.0 for line in stated if line.status == "cut_off")
    parts = sum(line.total_mass_kg or 0.0 for line in stated if line.status != "cut_off")
    ok: bool | None = None
    if product_kg is not None and inside:
        over = parts + left_out > product_kg * (1 + MASS_TOLERANCE)
        under = parts + left_out < product_kg * (1 - MASS_TOLERANCE)
        ok = False if over or (under and not unknown) else None if under else True
    return MassBalance(
        parts_kg=parts,
        product_kg=product_kg,
        without_mass=unknown,
        cut_off_kg=left_out,
        tolerance=MASS_TOLERANCE,
        ok=ok,
    )


def _mass_is_assumed(line: LineResult) -> bool:
    return MASS_LEFT in line.assumed or MASS_SHARED in line.assumed


def bill_flags(checked: Checked, language: str) -> tuple[BillFlag, ...]:
    """Every flag that holds, the gravest first."""
    texts, balance = (_ZH if language == "zh" else _EN), checked.balance
    empty = ("、" if language == "zh" else ", ").join(_empty_stages(checked, language))
    holds: list[tuple[BillFlagCode, bool, Sequence[int]]] = [
        ("draft_template", checked.template.draft, ()),
        *((code, bool(rows), rows) for code, rows in _missing(checked)),
        *((code, bool(rows), rows) for code, rows in _weak(checked)),
        ("mass_balance", balance.ok is False, ()),
        *((code, bool(rows), rows) for code, rows in _left_out(checked)),
        ("stage_empty", bool(empty), ()),
        ("wide_interval", _is_wide(checked.footprint), ()),
    ]
    values = {
        "parts": _kg(balance.parts_kg + balance.cut_off_kg),
        "product": _kg(balance.product_kg or 0.0),
        "stages": empty,
    }
    return tuple(
        BillFlag(
            code=code,
            message=texts[code].format(n=len(rows), lines=_lines(len(rows)), share=_percent(checked, rows), **values),
            rows=tuple(rows),
        )
        for code, true, rows in holds
        if true
    )


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


def _missing(checked: Checked) -> list[tuple[BillFlagCode, list[int]]]:
    return [("lines_without_number", [one.row for one in checked.cut_offs if one.reason == "no_number"])]


def _left_out(checked: Checked) -> list[tuple[BillFlagCode, list[int]]]:
    return [("cut_offs", [one.row for one in checked.cut_offs if one.reason != "no_number"])]


def _is_wide(whole: Footprint | None) -> bool:
    return whole is not None and (whole.low <= 0 or whole.high / whole.low > WIDE_RATIO)


def _empty_stages(checked: Checked, language: str) -> list[str]:
    used = {line.stage for line in checked.lines if line.kg_co2e is not None and line.basis != "sum"}
    return [one.name(language) for one in checked.template.stages if not one.excluded and one.id not in used]


def _weak(checked: Checked) -> list[tuple[BillFlagCode, list[int]]]:
    """Lines whose number is doubtful, those that matter for the total only."""
    counted = [line for line in checked.lines if line.kg_co2e is not None and line.basis != "sum"]
    with_data = [line for line in counted if line.dataset_id is not None]
    heavy = [line for line in counted if line.share is None or abs(line.share) >= WEAK_SHARE]
    parents = {row.parent for row in checked.rows}
    return [
        ("mass_missing", [line.row for line in counted if "unit_missing_mass" in line.flags]),
        ("mass_assumed", [line.row for line in counted if _mass_is_assumed(line) and line.basis != "supplier"]),
        ("surrogate_only",
         [line.row for line in heavy if line.basis == "surrogate" and "unit_missing_mass" not in line.flags]),
        ("ambiguous_lines",
         [line.row for line in heavy if line.decision == "ambiguous" and line.basis != "surrogate"]),
        ("routes_disagree_lines", [line.row for line in heavy if "routes_disagree" in line.flags]),
        ("supplier_on_parent",
         [row.row for row in checked.rows if row.supplier_kg_co2e is not None and row.id in parents]),
        ("restricted_licence", [line.row for line in with_data if "restricted_licence" in line.flags]),
    ]  # fmt: skip


def _percent(checked: Checked, rows: Sequence[int]) -> str:
    share = sum(line.share or 0.0 for line in checked.lines if line.row in rows and line.basis != "sum")
    return f"{100 * share:.0f}" if share >= 0.01 else "<1"


def _kg(value: float) -> str:
    return f"{format_quantity(value)} kg"


_EN: dict[BillFlagCode, str] = {
    "draft_template": "The rules behind this template are not final: do not declare this figure.",
    "lines_without_number": "{lines} without a number and missing from the total: give a mass, a unit that fits, or "
    "the supplier's value.",
    "mass_missing": "{lines} ({share} % of the total) with a fitting dataset per kilogram but without a mass: the "
    "figure is the model's guess. State the mass.",
    "mass_assumed": "{lines} ({share} % of the total) without a stated mass: what the product weighs beyond its other "
    "parts is taken, shared evenly where they are several. State the mass.",
    "surrogate_only": "{lines} ({share} % of the total) by the model alone: no dataset stands behind the figure.",
    "ambiguous_lines": "{lines} ({share} % of the total) with several datasets about as good, or a doubtful one: see "
    "the choices with firstprint estimate.",
    "routes_disagree_lines": "{lines} ({share} % of the total) where matched dataset and model differ more than their "
    "intervals allow.",
    "supplier_on_parent": "{lines} with a supplier's value and parts of its own: the parts are counted, that value is "
    "not.",
    "restricted_licence": "{lines} with data whose licence limits what may be shared on.",
    "mass_balance": "The parts weigh {parts}, the product {product}: a part is missing, counted twice or misstated.",
    "cut_offs": "{lines} left out of the total: listed under cut-offs.",
    "stage_empty": "No line with a number for: {stages}.",
    "wide_interval": "The interval's ends lie more than a factor of ten apart: see what to find out next.",
}
_ZH: dict[BillFlagCode, str] = {
    "draft_template": "该模板所依据的规则尚未定稿：请勿据此对外声明。",
    "lines_without_number": "{n} 行没有数值，未计入合计：请补充质量、合适的单位或供应商数值。",
    "mass_missing": "{n} 行（占合计 {share}%）有按千克计的合适数据集但缺少质量：数值只是模型的猜测。请填写质量。",
    "mass_assumed": "{n} 行（占合计 {share}%）未说明质量：取产品质量减去其他零部件后的余量，"
    "多行时平均分摊。请填写质量。",
    "surrogate_only": "{n} 行（占合计 {share}%）仅依据模型，没有数据集支撑。",
    "ambiguous_lines": "{n} 行（占合计 {share}%）有多个相近的数据集或首选存疑：请用 firstprint estimate 查看。",
    "routes_disagree_lines": "{n} 行（占合计 {share}%）：匹配数据集与模型之差超出两者区间所能解释的范围。",
    "supplier_on_parent": "{n} 行既有供应商数值又有下级零部件：以下级合计为准，该数值未计入。",
    "restricted_licence": "{n} 行所依据的数据，其许可限制再次分享。",
    "mass_balance": "零部件合计 {parts}，产品 {product}：有遗漏、重复或误填。",
    "cut_offs": "{n} 行被截断，未计入合计，已列出。",
    "stage_empty": "以下阶段没有带数值的行：{stages}。",
    "wide_interval": "区间两端相差十倍以上：请看下一步应核实什么。",
}
