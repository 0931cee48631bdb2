"""What ``firstprint bom`` shows: the number first, then stages and lines, then what to doubt and how it came about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from firstprint.bill_words import BillWords, bill_words, rows_text
from firstprint.cli.figures import MassUnit, mass_text, mass_unit, one_line, place_text
from firstprint.cli.prose import Prose
from firstprint.cli.render_candidates import bullet
from firstprint.cli.render_reasons import provenance_line
from firstprint.cli.words import Words, words_of
from firstprint.domain.bill_of_materials import BillResult, Footprint, LineResult, StageResult
from firstprint.rationale.formatting import format_factor, format_percent, format_quantity, per_unit
from firstprint.wording import boundary_words, unit_words

INDENT = (0, 0, 0, 2)
BAR = 24
NARROW = 72
WITH_INTERVALS = 96
"""From so many columns on each line shows its interval."""
"""Below so many columns amounts and origins of lines give way to the names."""
LINES_SHOWN = 200
LEAST_SHARE = 0.001
MIDDLE_TOLD = 1.25
"""The middle of the simulated sums is told where it lies by so much above the sum of the lines."""
STYLES = ("green", "cyan", "magenta", "yellow", "blue", "red")
BASIS_STYLE = {"supplier": "green", "surrogate": "yellow", "none": "red"}


def bill_view(bill: BillResult, width: int) -> Iterator[RenderableType]:
    """Everything the reader of a bill sees, for a terminal of ``width`` columns."""
    words, common = bill_words(bill.language), words_of(bill.language)
    unit = mass_unit(bill.footprint.kg_co2e if bill.footprint else 1.0)
    yield _headline(bill, words, common, unit, width)
    yield from _section(words.lines, [_table(bill, words, unit, width - 2)])
    yield from _section(words.cut_offs, _cut_offs(bill, words))
    yield from _section(words.mass, _mass(bill, words))
    yield from _section(words.flags, _flags(bill, words, common))
    yield from _section(words.next_title, _next(bill, words))
    yield from _section(words.assumptions, _assumed(bill, words, common))
    yield from _section(words.sources, _sources(bill, words, common))
    yield from _section(words.reading, _reading(bill, words))
    yield Text()
    yield provenance_line(bill.provenance, common, bill.id)
    yield Text.assemble(("● ", "cyan"), (common.status[bill.status], "bold"))


def _section(title: str, lines: Sequence[RenderableType] | Iterator[RenderableType]) -> Iterator[RenderableType]:
    body = list(lines)
    if body:
        yield Text()
        yield Text(title, style="bold cyan")
        for line in body:
            yield Padding(line, INDENT)


def _headline(bill: BillResult, words: BillWords, common: Words, unit: MassUnit, width: int) -> Panel:
    declared = bill.declared_unit
    facts = [
        f"{format_quantity(declared.amount)} {unit_words(declared.unit, bill.language)}",
        common.each.format(mass=mass_text(bill.mass_kg)) if bill.mass_kg is not None else "",
        place_text(bill.geography, bill.language) if bill.geography else common.place_unstated,
        boundary_words(bill.template.boundary, common.language),
        words.facts_template.format(name=_of(bill.template.name_en, bill.template.name_zh, bill.language)),
    ]
    body: list[RenderableType] = [
        Prose(one_line(bill.product, 240), style="bold"),
        Prose(" · ".join(fact for fact in facts if fact), style="dim"),
        Text(),
        *_number(bill, words, common, unit),
    ]
    stages = _stages(bill, unit, width - 8)
    body += [Text(), stages] if stages is not None else []
    return Panel(
        Group(*body), border_style="cyan", padding=(0, 2), width=width, title=Text("firstprint", style="dim"),
        title_align="left",
    )  # fmt: skip


def _of(english: str, chinese: str, language: str) -> str:
    return chinese if language == "zh" else english


def _number(bill: BillResult, words: BillWords, common: Words, unit: MassUnit) -> Iterator[RenderableType]:
    whole, service = bill.footprint, bill.functional_unit
    if whole is None:
        yield Text(words.no_number, style="bold yellow")
        return
    if service is not None and service.footprint is not None:
        own = mass_unit(service.footprint.kg_co2e)
        name = _of(service.name_en, service.name_zh, bill.language)
        figure = f"{own.figure(service.footprint.kg_co2e, 2)} {own.name} CO2e"
        yield Prose(words.per_service.format(figure=figure, unit=name), style="bold green")
        yield _interval(service.footprint, own, common)
        figure = f"{unit.figure(whole.kg_co2e, 2)} {unit.name} CO2e"
        yield Prose(words.total_for.format(figure=figure, service=one_line(service.computed)), style="dim")
    else:
        per = per_unit(bill.declared_unit, bill.language)
        figure = f"{unit.figure(whole.kg_co2e, 2)} {unit.name} CO2e"
        number = f"{per} {figure}" if bill.language == "zh" else f"{figure} {per}"
        yield Text(number, style="bold green")
        yield _interval(whole, unit, common)
    if whole.median_kg_co2e > MIDDLE_TOLD * whole.kg_co2e:
        figure = f"{unit.figure(whole.median_kg_co2e, 2)} {unit.name}"
        yield Prose(words.middle.format(figure=figure), style="dim")
    yield Prose(" · ".join(_counts(bill, words)), style="dim")


def _counts(bill: BillResult, words: BillWords) -> Iterator[str]:
    leaves = [line for line in bill.lines if line.status != "sum"]
    counted = [line for line in leaves if line.kg_co2e is not None]
    yield words.counted.format(n=len(counted), all=len(leaves))
    yield words.primary.format(share=format_percent(bill.primary_share or 0.0))
    missing = sum(1 for one in bill.cut_offs if one.reason == "no_number")
    if missing:
        yield words.incomplete.format(n=missing)


def _interval(part: Footprint, unit: MassUnit, common: Words) -> Text:
    return Prose(
        common.interval.format(
            low=unit.figure(part.low, 2),
            high=f"{unit.figure(part.high, 2)} {unit.name}",
            coverage=format_percent(part.coverage),
        )
    )


def _stages(bill: BillResult, unit: MassUnit, width: int) -> Table | None:
    shown = [stage for stage in bill.stages if stage.footprint is not None]
    if not shown:
        return None
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim")
    grid.add_column()
    grid.add_column(justify="right")
    grid.add_column(justify="right", style="dim")
    longest = max(abs(stage.footprint.kg_co2e) for stage in shown if stage.footprint)
    for place, stage in enumerate(shown):
        _stage_row(grid, stage, STYLES[place % len(STYLES)], longest, unit, bill.language, min(BAR, width // 3))
    return grid


def _stage_row(
    grid: Table, stage: StageResult, style: str, longest: float, unit: MassUnit, language: str, width: int
) -> None:
    part = stage.footprint
    if part is None:
        return
    length = max(1, round(width * abs(part.kg_co2e) / longest)) if longest else 0
    share = _percent(stage.share) if stage.share is not None else ""
    name = _of(stage.name_en, stage.name_zh, language)
    grid.add_row(Prose(name), Text("█" * length, style=style), f"{unit.figure(part.kg_co2e)} {unit.name}", share)


def _table(bill: BillResult, words: BillWords, unit: MassUnit, width: int) -> Table:
    wide, widest = width >= NARROW, width >= WITH_INTERVALS
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, width=width, header_style="dim")
    table.add_column(words.columns["row"], justify="right", style="dim")
    table.add_column(words.columns["component"], ratio=1)
    if wide:
        table.add_column(words.columns["amount"], justify="right")
    table.add_column(words.columns["kg"].format(unit=unit.name), justify="right")
    if widest:
        table.add_column(words.columns["span"], justify="right", style="dim")
    table.add_column(words.columns["share"], justify="right")
    if wide:
        table.add_column(words.columns["basis"])
    for line in bill.lines[:LINES_SHOWN]:
        cells: list[RenderableType] = [Text(str(line.row)), _component(line, bill.language)]
        cells += [Text(_amount(line, bill.language))] if wide else []
        value = "–" if line.kg_co2e is None else unit.figure(line.kg_co2e)
        cells += [Text(value, style="bold" if line.level == 0 else "")]
        cells += [Text(_span(line, unit))] if widest else []
        cells += [Text(_share(line))]
        cells += [Text(words.basis[line.basis], style=BASIS_STYLE.get(line.basis, "dim"))] if wide else []
        table.add_row(*cells)
    if len(bill.lines) > LINES_SHOWN:
        table.add_row("…", f"+ {len(bill.lines) - LINES_SHOWN} (--json, --out)")
    return table


def _component(line: LineResult, language: str) -> Padding:
    """The name, indented by its level, over the dataset that stands in for it."""
    name = one_line(line.component or line.material, 120)
    material = f"  {one_line(line.material, 60)}" if line.material and line.component else ""
    text = Prose.assemble((name, "bold" if line.basis == "sum" else ""), (material, "dim"))
    if line.dataset_id is not None:
        place = f" ({one_line(line.dataset_geography)})" if line.dataset_geography else ""
        dataset = one_line(_of(line.dataset_name, line.dataset_name_zh or line.dataset_name, language), 90)
        text.append(f"\n{'≈' if line.decision == 'match' else '?'} {dataset}{place}", style="dim")
    return Padding(text, (0, 0, 0, 2 * min(line.level, 8)))


def _amount(line: LineResult, language: str) -> str:
    if line.total_amount is None:
        return "–"
    return f"{format_quantity(line.total_amount)} {unit_words(line.unit, language)}"


def _span(line: LineResult, unit: MassUnit) -> str:
    if line.low is None or line.high is None:
        return ""
    return f"{unit.figure(line.low, 2)} – {unit.figure(line.high, 2)}"


def _share(line: LineResult) -> str:
    return "" if line.share is None else _percent(line.share)


def _percent(share: float) -> str:
    """A share of the total; what is above nothing and below a thousandth is told as such."""
    return "<0.1 %" if 0 < share < LEAST_SHARE else f"{format_percent(share)} %"


def _cut_offs(bill: BillResult, words: BillWords) -> Iterator[RenderableType]:
    for one in bill.cut_offs:
        mass = f" · {mass_text(one.mass_kg)}" if one.mass_kg else ""
        note = f"  {words.reasons[one.reason]}{mass} · {rows_text((one.row,), words)}"
        style = "red" if one.reason == "no_number" else "dim"
        yield bullet(("✂ ", style), Prose.assemble(one_line(one.component, 120), (note, "dim")))


def _mass(bill: BillResult, words: BillWords) -> Iterator[RenderableType]:
    balance = bill.mass_balance
    if not balance.parts_kg and balance.product_kg is None:
        return
    parts = balance.parts_kg + balance.cut_off_kg
    if balance.product_kg is None:
        text = words.mass_alone.format(parts=mass_text(parts) if parts else "0 kg")
    else:
        share = format_percent(parts / balance.product_kg)
        text = words.mass_known.format(
            parts=mass_text(parts) if parts else "0 kg", product=mass_text(balance.product_kg), share=share
        )
    if balance.without_mass:
        text += words.mass_unknown.format(rows=rows_text(balance.without_mass, words))
    yield Prose(text)


def _flags(bill: BillResult, words: BillWords, common: Words) -> Iterator[RenderableType]:
    for flag in bill.flags:
        title = words.flag_titles[flag.code]
        rows = f" ({rows_text(flag.rows, words)})" if flag.rows else ""
        yield bullet(("▲ ", "yellow"), Prose.assemble((title, "bold"), f"{common.colon}{flag.message}", (rows, "dim")))


def _next(bill: BillResult, words: BillWords) -> Iterator[RenderableType]:
    measure = bill.next_measurement
    if measure is not None:
        text = words.next_line.format(
            component=one_line(measure.component, 80),
            row=rows_text((measure.row,), words),
            now=format_factor(measure.interval_factor_now),
            then=format_factor(measure.interval_factor_after),
        )
        yield bullet(("→ ", "cyan"), Prose(text))


def _assumed(bill: BillResult, words: BillWords, common: Words) -> Iterator[RenderableType]:
    for code, text in words.assumed.items():
        rows = tuple(line.row for line in bill.lines if code in line.assumed and line.status != "sum")
        if rows:
            yield bullet(("· ", "dim"), Prose.assemble(text, (f"{common.colon}{rows_text(rows, words)}", "dim")))


def _sources(bill: BillResult, words: BillWords, common: Words) -> Iterator[RenderableType]:
    for one in bill.sources:
        note = f"  {common.licence.format(licence=one_line(one.licence or '?'))} · {rows_text(one.rows, words)}"
        yield bullet(("· ", "dim"), Prose.assemble(one_line(f"{one.source} {one.version}"), (note, "dim")))


def _reading(bill: BillResult, words: BillWords) -> Iterator[RenderableType]:
    pairs = [
        words.read_as.format(column=use.column, header=one_line(use.header, 40)) for use in bill.columns if use.guessed
    ]
    if pairs:
        yield Prose(" · ".join(pairs), style="dim")
    for note in bill.notes:
        code, _, value = note.partition(":")
        yield Prose(words.notes[code].format(value=one_line(value, 200)), style="dim")
