"""What ``firstprint estimate`` shows: the number first, then what it rests on, then what to doubt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from firstprint.cli.chart import Bar, draw
from firstprint.cli.figures import MassUnit, mass_text, mass_unit, one_line, place_text
from firstprint.cli.prose import Prose
from firstprint.cli.render_candidates import bullet, candidate_table, reason_lines
from firstprint.cli.render_reasons import citation_lines, flag_lines, next_lines, provenance_line, rationale_lines
from firstprint.cli.words import Words, words_of
from firstprint.domain.dataset import Dataset
from firstprint.domain.proposal import Candidate, Decision, Estimate, Proposal
from firstprint.domain.steps import Interval
from firstprint.rationale.formatting import format_percent, format_quantity, per_unit
from firstprint.rationale.wording_zh import localised
from firstprint.wording import boundary_words, unit_words

INDENT = (0, 0, 0, 2)
NEIGHBOURS_SHOWN = 3


class Beside(NamedTuple):
    """What is shown beside the record and is no part of it.

    Attributes:
        defaults: regulatory default values for like goods, possibly none.
        proxy: the interval of the first dataset alone, or None.
    """

    defaults: Sequence[Dataset] = ()
    proxy: Interval | None = None


def proxy_of(proposal: Proposal) -> Interval | None:
    """The interval the matched dataset has on its own, from the ratings in the record."""
    from firstprint.estimation.proxy import proxy_interval
    from firstprint.routes import evidence_of, mass_behind

    first = proposal.candidates[0] if proposal.candidates and proposal.decision != "no_match" else None
    if first is None or first.kg_co2e is None:
        return None
    evidence = evidence_of(first, proposal.product, mass_behind(proposal))
    coverage = proposal.estimate.coverage if proposal.estimate is not None else 0.9
    return proxy_interval(first.kg_co2e, evidence, coverage=coverage)


def estimate_view(
    proposal: Proposal, beside: Beside, width: int, *, every_reason: bool = False
) -> Iterator[RenderableType]:
    """Everything the reader of a proposal sees, for a terminal of ``width`` columns.

    Args:
        proposal: the record; its rationale's language decides the language of every label.
        beside: what stands beside it.
        width: columns to fill; nothing is drawn wider.
        every_reason: every candidate shows all its reasons; else the first some, the others their main one.
    """
    words = words_of(proposal.rationale.language)
    unit = mass_unit(_central(proposal))
    yield _headline(proposal, words, unit, width, beside.proxy)
    table = _candidates(proposal, words, unit, width, every_reason=every_reason)
    yield from _section(_candidates_title(proposal, words, unit), table)
    yield from _section(words.flags, flag_lines(proposal, words))
    yield from _section(words.next_title, next_lines(proposal, words))
    yield from _section(words.rationale, rationale_lines(proposal.rationale, words))
    yield from _section(words.citations, citation_lines(proposal, words))
    yield from _section(words.beside, _defaults(beside.defaults, words))
    yield Text()
    yield provenance_line(proposal.provenance, words, proposal.id)
    yield Text.assemble(("● ", "cyan"), (words.status[proposal.status], "bold"))


def _section(title: str | Text, lines: Iterator[RenderableType]) -> Iterator[RenderableType]:
    """A heading above indented lines, or nothing when there are no lines."""
    body = list(lines)
    if body:
        yield Text()
        yield title if isinstance(title, Text) else Text(title, style="bold cyan")
        for line in body:
            yield Padding(line, INDENT)


def _central(proposal: Proposal) -> float:
    if proposal.estimate is not None:
        return proposal.estimate.kg_co2e
    return next((item.kg_co2e for item in proposal.candidates if item.kg_co2e), 1.0)


def _headline(proposal: Proposal, words: Words, unit: MassUnit, width: int, proxy: Interval | None) -> Panel:
    product = proposal.product
    amount = f"{format_quantity(product.declared_unit.amount)} {unit_words(product.declared_unit.unit, words.language)}"
    facts = [
        amount,
        words.each.format(mass=mass_text(product.mass_kg)) if product.mass_kg is not None else "",
        place_text(product.geography, words.language) if product.geography else words.place_unstated,
        boundary_words(product.system_boundary, words.language),
        str(product.year or ""),
        one_line(product.category or "", 60),
    ]
    lines: list[RenderableType] = [
        Prose(one_line(product.description, 240), style="bold"),
        Prose(" · ".join(fact for fact in facts if fact), style="dim"),
        Text(),
    ]
    lines += _number(proposal, words, unit)
    chart = draw(_bars(proposal, words, proxy), width - 6, unit, words.axis.format(unit=unit.name))
    lines += [Text(), *chart] if chart else []
    return Panel(Group(*lines), border_style="cyan", padding=(0, 2), width=width, title=_brand(), title_align="left")


def _brand() -> Text:
    return Text("firstprint", style="dim")


def _number(proposal: Proposal, words: Words, unit: MassUnit) -> list[RenderableType]:
    estimate = proposal.estimate
    if estimate is None:
        return [Text(words.no_estimate, style="bold yellow")]
    per = per_unit(proposal.product.declared_unit, words.language)
    figure = f"{unit.figure(estimate.kg_co2e, 2)} {unit.name} CO2e"
    number = f"{per} {figure}" if words.language == "zh" else f"{figure} {per}"
    return [Text(number, style="bold green"), _interval(estimate, words, unit)]


def _interval(estimate: Estimate, words: Words, unit: MassUnit) -> Text:
    span = words.interval.format(
        low=unit.figure(estimate.low, 2),
        high=f"{unit.figure(estimate.high, 2)} {unit.name}",
        coverage=format_percent(estimate.coverage),
    )
    return Prose.assemble(span, (f" · {words.basis[estimate.basis]}", "dim"))


def _bars(proposal: Proposal, words: Words, proxy: Interval | None) -> list[Bar]:
    """Dataset, model and combined; the combined row only where it is not one of the two."""
    estimate, surrogate = proposal.estimate, proposal.surrogate
    bars: list[Bar] = []
    if estimate is not None and estimate.basis == "proxy":
        bars.append(Bar(words.row_dataset, estimate.kg_co2e, estimate.low, estimate.high, "●", "green"))
    elif proxy is not None:
        bars.append(Bar(words.row_dataset, proxy.value, proxy.low, proxy.high, "●", "blue"))
    if surrogate is not None:
        alone = estimate is not None and estimate.basis == "surrogate"
        style = "green" if alone else "magenta"
        bars.append(Bar(words.row_model, surrogate.kg_co2e, surrogate.low, surrogate.high, "●", style))
    if estimate is not None and estimate.basis == "combined":
        bars.append(Bar(words.row_combined, estimate.kg_co2e, estimate.low, estimate.high, "◆", "green"))
    return bars


def _candidates_title(proposal: Proposal, words: Words, unit: MassUnit) -> Text:
    style = {"match": "green", "ambiguous": "yellow", "no_match": "yellow"}[proposal.decision]
    note = words.candidate_units.format(unit=unit.name) if proposal.candidates else ""
    return Text.assemble(
        (words.candidates, "bold cyan"), (f"  {words.decision[proposal.decision]}", style), (f"  {note}", "dim")
    )


def _candidates(
    proposal: Proposal, words: Words, unit: MassUnit, width: int, *, every_reason: bool
) -> Iterator[RenderableType]:
    if not proposal.candidates:
        yield Text(words.no_candidates)
    else:
        first, decision = proposal.candidates[0], proposal.decision
        yield from candidate_table(proposal.candidates, decision, words, width - 2, unit, every_reason=every_reason)
        yield from _conversion(first, decision, words)
        shown = decision != "no_match"
        reasons = [] if every_reason else list(reason_lines(first, decision, words, without_conversion=shown))
        yield from (Text(), *reasons) if reasons else ()
    yield from _neighbours(proposal, words, origin=every_reason)


def _conversion(first: Candidate, decision: Decision, words: Words) -> Iterator[RenderableType]:
    """How the first dataset becomes a footprint."""
    steps = [one_line(localised(step) if words.language == "zh" else step) for step in first.conversion]
    if steps and decision != "no_match":
        yield Text()
        yield Text(words.conversion, style="dim")
        yield from (Text(f"  {step}") for step in steps)


def _neighbours(proposal: Proposal, words: Words, *, origin: bool) -> Iterator[RenderableType]:
    """The references the model leans on most; with ``origin`` each with its publisher and licence."""
    nearest = proposal.surrogate.neighbours[:NEIGHBOURS_SHOWN] if proposal.surrogate else ()
    if not nearest:
        return
    unit = unit_words(proposal.product.declared_unit.unit, words.language)
    yield Text()
    yield Text(words.model_leans_on, style="dim")
    for each in nearest:
        figure = f"{format_quantity(each.kg_co2e_per_unit)} kg CO2e / {unit}"
        yield Text.assemble(
            f"  {one_line(each.name, 70)}", (f"  {figure} · {format_percent(each.weight)}{words.percent}", "dim")
        )
        told = " · ".join(one_line(part, 80) for part in (each.source, each.licence) if part) if origin else ""
        if told:
            yield Text(f"    {told}", style="dim")
    yield from _facts_of_the_model(proposal, words)


def _facts_of_the_model(proposal: Proposal, words: Words) -> Iterator[RenderableType]:
    """The mass the model assumed, and where the stated facts push its estimate."""
    opinion = proposal.surrogate
    if opinion is None:
        return
    if opinion.assumed_mass is not None:
        mass = opinion.assumed_mass
        low, high = mass_text(mass.low), mass_text(mass.high)
        yield Text(f"  {words.assumed_mass.format(mass=mass_text(mass.mass_kg), low=low, high=high)}", style="dim")
    pushes = [
        f"{words.measurable[push.fact]} {'↑' if push.factor > 1 else '↓'} ×{format_quantity(push.factor)}"
        for push in opinion.pushes
    ]
    if pushes:
        yield Text(f"  {words.pushes.format(pushes=' · '.join(pushes))}", style="dim")


def _defaults(defaults: Sequence[Dataset], words: Words) -> Iterator[RenderableType]:
    for each in defaults:
        name = one_line(each.display_name(words.language), 120)
        value = "–" if each.gwp100_kg_co2e is None else f"{format_quantity(each.gwp100_kg_co2e)} kg CO2e / {each.unit}"
        source = one_line(f"{each.source} {each.source_version} · {each.dataset_id}")
        yield bullet(("· ", "dim"), Prose.assemble(name, (f"  {value}", "bold"), (f"\n{source}", "dim")))
    if defaults:
        yield Prose(words.beside_note, style="yellow")
