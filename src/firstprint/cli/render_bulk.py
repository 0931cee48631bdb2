"""What ``firstprint review bulk`` shows: what would be confirmed, the error to expect, and what was confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import RenderableType
from rich.text import Text

from firstprint.bulk_review import BulkPlan, BulkResult
from firstprint.cli.figures import one_line
from firstprint.cli.prose import Prose

SHOWN = 10

_ENGLISH = {
    "many": "Proposals with an acceptance probability of {probability:g} or more: {many:,}.",
    "wrong": "Expected to be wrong: {wrong} of {many:,} ({share:.1f} %).",
    "more": "  … and {more:,} more",
    "two_people": "Left out, for they need two people (large footprint): {count:,}.",
    "first_opinions": "Left out, for they wait for a second reviewer: {count:,}.",
    "no_match": "Left out, for they have no acceptable match: {count:,}.",
    "done": "✓ Confirmed: {many:,}; expected to be wrong: {wrong}.",
    "undo": "Take one back: firstprint review withdraw ID --reason TEXT",
}
_CHINESE = {
    "many": "接受概率不低于 {probability:g} 的建议：{many:,} 项。",
    "wrong": "预计有误：{many:,} 项中约 {wrong} 项（{share:.1f} %）。",
    "more": "  …… 另有 {more:,} 项",
    "two_people": "未列入（足迹较大，须两人决定）：{count:,} 项。",
    "first_opinions": "未列入（尚待另一位审核人）：{count:,} 项。",
    "no_match": "未列入（没有可接受的匹配）：{count:,} 项。",
    "done": "✓ 已确认 {many:,} 项；预计有误约 {wrong} 项。",
    "undo": "如需撤回某项：firstprint review withdraw ID --reason TEXT",
}


def plan_view(plan: BulkPlan) -> Iterator[RenderableType]:
    """The plan: how many, the expected error, the first of them, and what is left out and why."""
    words, many = _words(plan), len(plan.items)
    yield Text(words["many"].format(probability=plan.min_probability, many=many), style="bold")
    if many:
        wrong = words["wrong"].format(
            wrong=_figure(plan.expected_wrong), many=many, share=100 * plan.expected_wrong_share
        )
        yield Text(wrong, style="yellow")
    for one in plan.items[:SHOWN]:
        yield Prose.assemble(
            (f"  {one_line(one.id[:8])}", "cyan"), f"  {one.probability:.2f}  {one_line(one.description, 100)}"
        )
    if many > SHOWN:
        yield Text(words["more"].format(more=many - SHOWN), style="dim")
    left_out = {"two_people": plan.two_people, "first_opinions": plan.first_opinions, "no_match": plan.no_match}
    for why, count in left_out.items():
        if count:
            yield Text(words[why].format(count=count), style="dim")


def result_view(plan: BulkPlan, result: BulkResult) -> Iterator[RenderableType]:
    """What was confirmed, and what was left alone because it had changed."""
    words = _words(plan)
    done = words["done"].format(many=len(result.confirmed), wrong=_figure(result.expected_wrong))
    yield Text(done, style="green")
    for fault in result.faults:
        yield Prose.assemble((f"  {one_line(fault.id[:8])}", "cyan"), f"  {one_line(fault.message, 300)}")
    yield Text(words["undo"], style="dim")


def _words(plan: BulkPlan) -> Mapping[str, str]:
    """Chinese where every proposal was described in Chinese, as for ``review list``."""
    return _CHINESE if {one.language for one in plan.items} == {"zh"} else _ENGLISH


def _figure(wrong: float) -> str:
    return f"{wrong:.1f}" if wrong >= 1 else f"{wrong:.2f}"
