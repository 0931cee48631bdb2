"""What ``firstprint review`` shows: the queue, one proposal with its history, and what a decision did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from firstprint.cli.figures import mass_unit, one_line
from firstprint.cli.prose import Prose
from firstprint.cli.render_candidates import bullet
from firstprint.cli.render_estimate import Beside, estimate_view, proxy_of
from firstprint.cli.review_words import ReviewWords, review_words
from firstprint.domain.decision import HumanDecision, first_opinions, in_force
from firstprint.domain.proposal import Proposal
from firstprint.rationale.formatting import per_unit

ID_SHOWN = 8
"""Characters of an id that are shown in lists: enough among a million proposals, and any beginning is accepted."""
WIDE = 100

_STYLES = {
    "proposed": "cyan",
    "confirmed": "green",
    "overridden": "green",
    "rejected": "red",
    "withdrawn": "yellow",
    "superseded": "dim",
}


class Queue(NamedTuple):
    """One page of proposals.

    Attributes:
        proposals: those shown.
        histories: decisions by the ids of those shown.
        total: how many there are in the state asked for.
        status: the state asked for, or None for any.
    """

    proposals: Sequence[Proposal]
    histories: Mapping[str, Sequence[HumanDecision]]
    total: int
    status: str | None


def queue_view(queue: Queue, width: int) -> Iterator[RenderableType]:
    """Proposals as a table of ``width`` columns; in Chinese where every proposal shown was written in Chinese."""
    words = _words_of_page(queue.proposals)
    if not queue.proposals:
        state = words.status.get(queue.status or "", "")
        yield Text(words.none_in_state.format(status=state) if state else words.none_kept, style="yellow")
        return
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    shown = ["id", "status", "product", "estimate", *(["by"] if width >= WIDE else [])]
    for name in shown:
        table.add_column(overflow="fold", no_wrap=name in {"id", "status", "estimate"})
    table.add_row(*(Text(words.columns[name], style="dim") for name in shown))
    for each in queue.proposals:
        cells = _cells(each, queue.histories.get(each.id, ()), words)
        table.add_row(*(cells[name] for name in shown))
    yield Padding(table, (0, 0, 1, 0), expand=False)
    many = len(queue.proposals) < queue.total
    count = words.count_shown if many else words.count if queue.total > 1 else words.count_one
    yield Text(count.format(total=f"{queue.total:,}", shown=len(queue.proposals)), style="dim")
    yield Text(words.how, style="dim")


def _words_of_page(proposals: Sequence[Proposal]) -> ReviewWords:
    languages = {each.rationale.language for each in proposals}
    return review_words(languages.pop() if len(languages) == 1 else "en")


def _cells(proposal: Proposal, history: Sequence[HumanDecision], words: ReviewWords) -> dict[str, RenderableType]:
    last = next(iter(in_force(history)[::-1]), None)
    return {
        "id": Text(one_line(proposal.id[:ID_SHOWN]), style="cyan"),
        "status": Text(words.status[proposal.status], style=_STYLES[proposal.status]),
        "product": Prose(one_line(proposal.product.description, 120)),
        "estimate": Text(_estimate(proposal, words)),
        "by": Prose(one_line(last.by, 40) if last else "", style="dim"),
    }


def _estimate(proposal: Proposal, words: ReviewWords) -> str:
    estimate = proposal.estimate
    if estimate is None:
        return "–"
    unit = mass_unit(estimate.kg_co2e)
    per = per_unit(proposal.product.declared_unit, words.language)
    figure = f"{unit.figure(estimate.kg_co2e, 2)} {unit.name} CO2e"
    return f"{per} {figure}" if words.language == "zh" else f"{figure} {per}"


def proposal_view(proposal: Proposal, history: Sequence[HumanDecision], width: int) -> Iterator[RenderableType]:
    """One proposal as ``firstprint estimate`` shows it, then what people decided about it."""
    words = review_words(proposal.rationale.language)
    yield from estimate_view(proposal, Beside((), proxy_of(proposal)), width)
    yield Text()
    yield Text(words.history, style="bold cyan")
    if not history:
        yield Text(f"  {words.undecided}")
    kept = {one.id for one in in_force(history)} | {one.seconds for one in in_force(history)}
    for one in history:
        counts = one.id in kept or one.verdict == "withdrawn"
        yield Padding(_decision_line(one, proposal, words, counts=counts), (0, 0, 0, 2))
    if first_opinions(history):
        yield Text(f"  {words.waits}", style="yellow")
    if proposal.status == "proposed":
        yield Text()
        yield decide_line(proposal)


def decide_line(proposal: Proposal) -> RenderableType:
    """The commands that decide about a kept proposal, in the language of its rationale."""
    words = review_words(proposal.rationale.language)
    return Prose(words.decide.format(id=one_line(proposal.id[:ID_SHOWN])), style="dim")


def _decision_line(decision: HumanDecision, proposal: Proposal, words: ReviewWords, *, counts: bool) -> RenderableType:
    """One decision: what, about which dataset, by whom, when and why; dim where it was taken back."""
    told = (
        words.refers.format(id=decision.refers_to[:ID_SHOWN])
        if decision.refers_to
        else _dataset(decision, proposal, words)
    )
    taken_back = "" if counts else f" · {words.taken_back}"
    reason = words.reason.format(reason=one_line(decision.reason, 2_000)) if decision.reason else ""
    style = _STYLES[decision.verdict] if counts else "dim strike"
    return bullet(
        ("● ", _STYLES[decision.verdict] if counts else "dim"),
        Prose.assemble(
            (words.verdict[decision.verdict], style),
            (f" ({words.opinion})" if decision.awaits_second else "", "yellow"),
            f"  {told}",
            (taken_back, "yellow"),
            (f"\n{_who(decision, words)}  {decision.id[:ID_SHOWN]}", "dim"),
            f"\n{reason}" if reason else "",
        ),
    )


def decided_view(proposal: Proposal, decisions: Sequence[HumanDecision]) -> Iterator[RenderableType]:
    """What was decided just now, what follows from it, and how to take it back."""
    words = review_words(proposal.rationale.language)
    product = one_line(proposal.product.description, 160)
    verdict = words.verdict[decisions[0].verdict]
    opinion = decisions[0].awaits_second
    title = words.title.format(verdict=f"{verdict} ({words.opinion})" if opinion else verdict, product=product)
    yield bullet(("✓ ", "green"), Prose(title, style="bold"))
    for one in decisions:
        yield Padding(bullet(("→ ", "cyan"), Prose(_dataset(one, proposal, words))), (0, 0, 0, 2))
    last = decisions[-1]
    yield Padding(Text(f"{_who(last, words)} · {last.id[:ID_SHOWN]}", style="dim"), (0, 0, 0, 2))
    follows = f"{words.kept.format(status=words.status[proposal.status])} " if last.verdict == "withdrawn" else ""
    effect = words.waits if opinion else words.effect[last.verdict]
    yield Padding(Prose(follows + effect), (0, 0, 0, 2))
    if last.verdict != "withdrawn":
        yield Padding(Prose(words.undo.format(id=proposal.id[:ID_SHOWN]), style="dim"), (0, 0, 0, 2))


def _who(decision: HumanDecision, words: ReviewWords) -> str:
    when = decision.decided.replace("T", " ").replace("+00:00", " UTC")
    return words.by.format(by=one_line(decision.by, 100), when=when)


def _dataset(decision: HumanDecision, proposal: Proposal, words: ReviewWords) -> str:
    """The dataset's name where the proposal has it, and its id."""
    if decision.dataset_id is None:
        return words.no_dataset
    named = next((one for one in proposal.candidates if one.dataset_id == decision.dataset_id), None)
    if named is None:
        return one_line(decision.dataset_id)
    name = named.name_zh if words.language == "zh" and named.name_zh else named.name
    return one_line(f"{name} ({decision.dataset_id})")
