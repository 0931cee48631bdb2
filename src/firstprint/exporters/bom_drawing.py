"""Draws a bill as a Sankey diagram: parts → stages → total, as an inline SVG without script or outside reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

from firstprint.bill_words import BillWords
from firstprint.domain.bill_of_materials import BillResult, LineResult
from firstprint.exporters.bom_figures import Unit, percent, printable
from firstprint.wording import shortened

WIDTH = 960
PARTS_SHOWN = 14
"""Parts drawn on their own; the others of a stage are drawn together."""
COLOURS = 6
"""Stage colours of the page, s0 … s5."""
_BAR = 14
_LEFT, _MIDDLE, _RIGHT = 250, 560, 800
_GAP = 9
_LEAST_ROW = 19
_FLOW = 330
_TOP = 12
_LABEL = 32


class Flow(NamedTuple):
    """What one bar on the left stands for: a part, or several small ones of one stage."""

    name: str
    kg: float
    stage: int


class _Bar(NamedTuple):
    x: float
    y: float
    height: float


def sankey(bill: BillResult, words: BillWords, unit: Unit) -> str:
    """The diagram, or an empty text where nothing positive can be drawn."""
    flows = flows_of(bill, words)
    whole = sum(flow.kg for flow in flows)
    if whole <= 0:
        return ""
    scale = _FLOW / whole
    stages = [n for n in range(len(bill.stages)) if any(flow.stage == n for flow in flows)]
    names = [
        bill.stages[n].name_zh if bill.language == "zh" else bill.stages[n].name_en for n in range(len(bill.stages))
    ]
    left = _stacked(_LEFT, [flow.kg * scale for flow in flows], _LEAST_ROW, _GAP)
    height = left[-1].y + max(left[-1].height, _LEAST_ROW) + _TOP
    sums = [sum(flow.kg for flow in flows if flow.stage == n) for n in stages]
    middle = _centred(_stacked(_MIDDLE, [kg * scale for kg in sums], 34, 16), height)
    right = _centred([_Bar(_RIGHT, 0.0, _FLOW)], height)[0]
    pieces = [*_ribbons(flows, left, middle, stages, scale), *_to_total(sums, middle, right, stages, scale)]
    pieces += [_part(flow, bar, unit, whole) for flow, bar in zip(flows, left, strict=True)]
    for n, bar, kg in zip(stages, middle, sums, strict=True):
        pieces.append(_rect(bar, f"s{n % COLOURS}", f"{names[n]}: {unit.text(kg)} CO2e"))
        pieces.append(_text(bar.x + _BAR + 8, bar.y + bar.height / 2 - 3, shortened(names[n], 26), "label strong"))
        pieces.append(
            _text(
                bar.x + _BAR + 8, bar.y + bar.height / 2 + 12, f"{unit.text(kg)} · {percent(kg / whole)}", "label dim"
            )
        )
    pieces.append(_rect(right, "all", f"{words.total}: {unit.text(whole)} CO2e"))
    pieces.append(_text(right.x + _BAR + 10, right.y + right.height / 2 - 4, words.total, "label strong"))
    pieces.append(_text(right.x + _BAR + 10, right.y + right.height / 2 + 13, f"{unit.text(whole)} CO2e", "label dim"))
    title = escape(f"{words.figure}: {printable(bill.product)}")
    return (
        f'<svg class="sankey" role="img" viewBox="0 0 {WIDTH} {max(height, _FLOW + 2 * _TOP):.0f}">'
        f"<title>{title}</title>{''.join(pieces)}</svg>"
    )


def flows_of(bill: BillResult, words: BillWords) -> list[Flow]:
    """The bars on the left: stage by stage, within it the largest first, small parts of a stage together."""
    place = {stage.id: n for n, stage in enumerate(bill.stages)}
    counted = [line for line in bill.lines if line.basis != "sum" and line.kg_co2e is not None and line.kg_co2e > 0]
    alone = {line.row for line in sorted(counted, key=_size, reverse=True)[:PARTS_SHOWN]}
    names = Counter(line.component for line in counted)
    flows: list[Flow] = []
    for stage in bill.stages:
        own = sorted((line for line in counted if line.stage == stage.id), key=_size, reverse=True)
        shown = [line for line in own if line.row in alone]
        small = [line for line in own if line.row not in alone]
        if len(small) == 1:
            shown, small = [*shown, *small], []
        flows += [Flow(_name(line, names), _size(line), place[stage.id]) for line in shown]
        if small:
            flows.append(Flow(words.others.format(n=len(small)), sum(map(_size, small)), place[stage.id]))
    return flows


def _name(line: LineResult, names: Mapping[str, int]) -> str:
    """The part's name; where several parts share it, the material before it tells them apart."""
    if names[line.component] > 1 and line.material:
        return printable(f"{line.material} · {line.component}")
    return printable(line.component or line.material)


def _size(line: LineResult) -> float:
    return line.kg_co2e or 0.0


def _stacked(x: float, heights: Sequence[float], least: float, gap: float) -> list[_Bar]:
    bars, y = [], float(_TOP)
    for height in heights:
        room = max(height, least)
        bars.append(_Bar(x, y + (room - height) / 2, max(height, 0.8)))
        y += room + gap
    return bars


def _centred(bars: list[_Bar], height: float) -> list[_Bar]:
    used = bars[-1].y + bars[-1].height + bars[0].y
    shift = max(0.0, (height - used) / 2)
    return [bar._replace(y=bar.y + shift) for bar in bars]


def _ribbons(
    flows: Sequence[Flow], left: Sequence[_Bar], middle: Sequence[_Bar], stages: Sequence[int], scale: float
) -> list[str]:
    free = {n: bar.y for n, bar in zip(stages, middle, strict=True)}
    drawn = []
    for flow, bar in zip(flows, left, strict=True):
        height = flow.kg * scale
        drawn.append(_ribbon(bar.x + _BAR, bar.y, _MIDDLE, free[flow.stage], height, f"r s{flow.stage % COLOURS}"))
        free[flow.stage] += height
    return drawn


def _to_total(
    sums: Sequence[float], middle: Sequence[_Bar], right: _Bar, stages: Sequence[int], scale: float
) -> list[str]:
    y, drawn = right.y, []
    for kg, bar, stage in zip(sums, middle, stages, strict=True):
        drawn.append(_ribbon(bar.x + _BAR, bar.y, right.x, y, kg * scale, f"r s{stage % COLOURS}"))
        y += kg * scale
    return drawn


def _ribbon(x0: float, y0: float, x1: float, y1: float, height: float, style: str) -> str:
    bend, h = (x0 + x1) / 2, max(height, 0.8)
    return (
        f'<path class="{style}" d="M{x0:.1f} {y0:.1f}C{bend:.1f} {y0:.1f} {bend:.1f} {y1:.1f} {x1:.1f} {y1:.1f}'
        f'V{y1 + h:.1f}C{bend:.1f} {y1 + h:.1f} {bend:.1f} {y0 + h:.1f} {x0:.1f} {y0 + h:.1f}Z"/>'
    )


def _part(flow: Flow, bar: _Bar, unit: Unit, whole: float) -> str:
    told = f"{flow.name}: {unit.text(flow.kg)} CO2e · {percent(flow.kg / whole)}"
    y = bar.y + bar.height / 2 + 4
    return (
        _rect(bar, f"s{flow.stage % COLOURS}", told)
        + _text(bar.x - 62, y, shortened(flow.name, _LABEL - 6), "label end", flow.name)
        + _text(bar.x - 6, y, unit.figure(flow.kg), "label dim end")
    )


def _rect(bar: _Bar, style: str, told: str) -> str:
    return (
        f'<rect class="{style}" x="{bar.x:.1f}" y="{bar.y:.1f}" width="{_BAR}" height="{bar.height:.1f}" rx="1.5">'
        f"<title>{escape(told)}</title></rect>"
    )


def _text(x: float, y: float, text: str, style: str, whole: str = "") -> str:
    tip = f"<title>{escape(whole)}</title>" if whole and whole != text else ""
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}">{escape(text)}{tip}</text>'
