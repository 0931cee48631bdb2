"""The words of ``firstprint review``, in the two languages firstprint writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from firstprint.domain.product import Language


@dataclass(frozen=True, slots=True)
class ReviewWords:
    """Every label the renderings of the review use; ``{…}`` are filled in by them."""

    language: Language
    status: Mapping[str, str]
    verdict: Mapping[str, str]
    columns: Mapping[str, str]
    none_kept: str
    none_in_state: str
    count_one: str
    count: str
    count_shown: str
    how: str
    history: str
    undecided: str
    taken_back: str
    refers: str
    title: str
    by: str
    reason: str
    no_dataset: str
    effect: Mapping[str, str]
    undo: str
    decide: str
    kept: str
    opinion: str
    waits: str


ENGLISH = ReviewWords(
    language="en",
    status={
        "proposed": "proposed",
        "confirmed": "confirmed",
        "overridden": "overridden",
        "rejected": "rejected",
        "superseded": "superseded",
    },
    verdict={
        "confirmed": "Confirmed",
        "overridden": "Overridden",
        "rejected": "Rejected",
        "withdrawn": "Withdrawn",
    },
    columns={"id": "Id", "status": "Status", "product": "Product", "estimate": "Estimate", "by": "Decided by"},
    none_kept="No proposals are kept yet. Keep one: firstprint estimate TEXT --save",
    none_in_state="No proposal is {status}.",
    count_one="1 proposal.",
    count="{total} proposals.",
    count_shown="{total} proposals, first {shown} shown; --limit shows more.",
    how="Look at one: firstprint review show ID",
    history="Decisions",
    undecided="Nobody has decided yet.",
    taken_back="taken back",
    refers="takes back {id}",
    title="{verdict}: {product}",
    by="by {by}, {when}",
    reason="reason: {reason}",
    no_dataset="no dataset",
    effect={
        "confirmed": "The next search for a text like this knows it.",
        "overridden": "The next search for a text like this knows it.",
        "rejected": "The next search for a text like this ranks it lower.",
        "withdrawn": "It no longer counts in any search.",
    },
    undo="Take it back: firstprint review withdraw {id} --reason TEXT",
    decide="Decide: firstprint review confirm {id} · override {id} --dataset ID --reason TEXT · "
    "reject {id} --reason TEXT",
    kept="Status now: {status}.",
    opinion="first opinion",
    waits="It waits for a second, different reviewer: their agreement decides.",
)

CHINESE = ReviewWords(
    language="zh",
    status={
        "proposed": "待定",
        "confirmed": "已确认",
        "overridden": "已改选",
        "rejected": "已否决",
        "superseded": "已被取代",
    },
    verdict={"confirmed": "已确认", "overridden": "已改选", "rejected": "已否决", "withdrawn": "已撤回"},
    columns={"id": "编号", "status": "状态", "product": "产品", "estimate": "估算", "by": "决定人"},
    none_kept="尚未保存任何建议。保存一项：firstprint estimate TEXT --save",
    none_in_state="没有状态为“{status}”的建议。",
    count_one="共 1 项建议。",
    count="共 {total} 项建议。",
    count_shown="共 {total} 项建议，显示前 {shown} 项；用 --limit 显示更多。",
    how="查看一项：firstprint review show ID",
    history="决定记录",
    undecided="尚无人作出决定。",
    taken_back="已被撤回",
    refers="撤回 {id}",
    title="{verdict}：{product}",
    by="{by}，{when}",
    reason="理由：{reason}",
    no_dataset="无数据集",
    effect={
        "confirmed": "下次检索相近文本时即会采用。",
        "overridden": "下次检索相近文本时即会采用。",
        "rejected": "下次检索相近文本时，该数据集的排序会降低。",
        "withdrawn": "此后检索不再考虑该决定。",
    },
    undo="如需撤回：firstprint review withdraw {id} --reason TEXT",
    decide="作出决定：firstprint review confirm {id} · override {id} --dataset ID --reason TEXT · "
    "reject {id} --reason TEXT",
    kept="当前状态：{status}。",
    opinion="初步意见",
    waits="尚待另一位审核人：意见一致后方为决定。",
)


def review_words(language: str) -> ReviewWords:
    """The words for a reader of ``language``: Chinese for ``zh``, English for all others."""
    return CHINESE if language == "zh" else ENGLISH
