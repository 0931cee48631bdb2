"""Writes a calculated bill as one HTML file: no script, nothing from a network, light and dark, ready to print."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from firstprint.bill_words import BillWords, bill_words, flag_words, rows_text
from firstprint.domain.bill_of_materials import BillResult, Footprint, LineResult
from firstprint.exporters.bom_drawing import COLOURS, sankey
from firstprint.exporters.bom_figures import Unit, percent, printable, quantity, unit_for
from firstprint.wording import boundary_words, place_words, unit_words

_MIDDLE_TOLD = 1.25


class Head(NamedTuple):
    """The number at the top of the page."""

    figure: str
    per: str
    interval: str
    beneath: str


class StageRow(NamedTuple):
    """A stage of the table; ``bar`` is the width of its bar in hundredths."""

    name: str
    style: str
    value: str
    interval: str
    share: str
    bar: int


class LineRow(NamedTuple):
    """A line of the table, every text ready to be shown."""

    line: LineResult
    name: str
    indent: int
    amount: str
    value: str
    interval: str
    share: str
    origin: str
    dataset: str
    details: tuple[str, ...]


def write_page(bill: BillResult, path: Path, localised: Callable[[str], str] = str) -> None:
    """Writes the page; ``localised`` puts a conversion step into the reader's words.

    Raises:
        OSError: the file cannot be written.
    """
    path.write_bytes(page(bill, localised).encode("utf-8", "replace"))


def page(bill: BillResult, localised: Callable[[str], str] = str) -> str:
    """The page as text; escaping is always on, since names come from anyone's file."""
    from jinja2 import DictLoader, Environment, StrictUndefined
    from markupsafe import Markup

    words = bill_words(bill.language)
    unit = unit_for(bill.footprint.kg_co2e if bill.footprint else 1.0)
    folder = resources.files("firstprint.exporters") / "pages"
    css = (folder / "bom.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=DictLoader({"bom.html": (folder / "bom.html").read_text(encoding="utf-8")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    return environment.get_template("bom.html").render(
        bill=bill,
        words=words,
        css=Markup(css),  # noqa: S704 - our own file
        css_sha256=digest,
        product=printable(bill.product),
        facts=_facts(bill, words),
        head=_head(bill, words, unit),
        middle=_middle(bill, words, unit),
        drawing=Markup(sankey(bill, words, unit)),  # noqa: S704 - every text in it is escaped
        credits=any((line.kg_co2e or 0.0) < 0 for line in bill.lines),
        stages=_stages(bill, words, unit),
        lines=[_line(bill, line, words, unit, localised) for line in bill.lines],
        rows=lambda rows: rows_text(rows, words),
        tiles=_tiles(bill, words),
        unit=unit,
        printable=printable,
        mass=lambda kg: unit_for(kg).text(kg),
        quantity=quantity,
        template=bill.template.name_zh if bill.language == "zh" else bill.template.name_en,
        basis=bill.template.basis_zh if bill.language == "zh" else bill.template.basis_en,
        stage_names={one.id: one.name_zh if bill.language == "zh" else one.name_en for one in bill.stages},
    )


def _facts(bill: BillResult, words: BillWords) -> list[str]:
    declared = bill.declared_unit
    facts = [f"{quantity(declared.amount)} {unit_words(declared.unit, bill.language)}"]
    if bill.mass_kg is not None:
        facts.append(f"{quantity(bill.mass_kg)} kg")
    if bill.geography:
        facts.append(place_words(bill.geography, bill.language))
    facts.append(boundary_words(bill.template.boundary, bill.language))
    facts.append(words.facts_template.format(name=bill.template.id))
    return facts


def _head(bill: BillResult, words: BillWords, unit: Unit) -> Head | None:
    whole, service = bill.footprint, bill.functional_unit
    if whole is None:
        return None
    if service is not None and service.footprint is not None:
        own = unit_for(service.footprint.kg_co2e)
        name = service.name_zh if bill.language == "zh" else service.name_en
        beneath = words.total_for.format(figure=f"{unit.text(whole.kg_co2e)} CO2e", service=service.computed)
        return Head(
            f"{own.text(service.footprint.kg_co2e, 2)} CO2e",
            f"{words.per} {name}",
            _interval(service.footprint, words, own),
            beneath,
        )
    declared = bill.declared_unit
    amount = "" if declared.amount == 1 else f"{quantity(declared.amount)} "
    per = f"{words.per} {amount}{unit_words(declared.unit, bill.language)}"
    return Head(f"{unit.text(whole.kg_co2e, 2)} CO2e", per, _interval(whole, words, unit), "")


def _middle(bill: BillResult, words: BillWords, unit: Unit) -> str:
    """Where the middle of the simulated sums lies, where that is well above the sum of the lines."""
    whole = bill.footprint
    if whole is None or whole.median_kg_co2e <= _MIDDLE_TOLD * whole.kg_co2e:
        return ""
    return words.middle.format(figure=unit.text(whole.median_kg_co2e, 2))


def _interval(part: Footprint, words: BillWords, unit: Unit) -> str:
    return words.interval.format(
        low=unit.figure(part.low, 2), high=unit.text(part.high, 2), coverage=f"{part.coverage * 100:.0f}"
    )


def _tiles(bill: BillResult, words: BillWords) -> list[tuple[str, str]]:
    leaves = [line for line in bill.lines if line.status != "sum"]
    counted = sum(1 for line in leaves if line.kg_co2e is not None)
    balance = bill.mass_balance
    parts = balance.parts_kg + balance.cut_off_kg
    share = f" ({percent(parts / balance.product_kg)})" if balance.product_kg else ""
    return [
        (words.headings["primary_share"], percent(bill.primary_share or 0.0)),
        (words.headings["lines"], f"{counted} / {len(leaves)}"),
        (words.headings["parts_kg"], f"{quantity(parts)}{share}"),
        (words.cut_offs.partition(":")[0].partition("：")[0], str(len(bill.cut_offs))),
    ]


def _stages(bill: BillResult, words: BillWords, unit: Unit) -> list[StageRow]:
    shown = [(n, stage) for n, stage in enumerate(bill.stages) if stage.footprint is not None]
    longest = max((abs(stage.footprint.kg_co2e) for _, stage in shown if stage.footprint), default=1.0) or 1.0
    rows = []
    for n, stage in shown:
        part = stage.footprint
        if part is None:
            continue
        rows.append(
            StageRow(
                name=stage.name_zh if bill.language == "zh" else stage.name_en,
                style=f"s{n % COLOURS}",
                value=unit.text(part.kg_co2e),
                interval=f"{unit.figure(part.low, 2)} – {unit.figure(part.high, 2)}",
                share=percent(stage.share),
                bar=max(1, round(100 * abs(part.kg_co2e) / longest)),
            )
        )
    return rows


def _line(bill: BillResult, line: LineResult, words: BillWords, unit: Unit, localised: Callable[[str], str]) -> LineRow:
    chinese = bill.language == "zh"
    dataset = printable((line.dataset_name_zh or line.dataset_name) if chinese else line.dataset_name)
    place = f" ({line.dataset_geography})" if line.dataset_geography else ""
    low, high = line.low, line.high
    return LineRow(
        line=line,
        name=printable(line.component or line.material),
        indent=min(line.level, 6),
        amount="–"
        if line.total_amount is None
        else f"{quantity(line.total_amount)} {unit_words(line.unit, bill.language)}",
        value="–" if line.kg_co2e is None else unit.figure(line.kg_co2e),
        interval="" if low is None or high is None else f"{unit.figure(low, 2)} – {unit.figure(high, 2)}",
        share=percent(line.share),
        origin=words.basis[line.basis],
        dataset=f"{dataset}{place}" if dataset else "",
        details=_details(line, words, localised),
    )


def _details(line: LineResult, words: BillWords, localised: Callable[[str], str]) -> tuple[str, ...]:
    """What a line's number rests on, for whoever unfolds it."""
    told = [localised(step) for step in line.conversion]
    if line.dataset_id is not None:
        told.append(
            f"{words.headings['dataset_id']}: {line.dataset_id} · {line.source} {line.source_version} · "
            f"{words.headings['licence']}: {line.licence}"
        )
        if line.acceptance_probability is not None:
            told.append(f"{words.headings['acceptance']}: {percent(line.acceptance_probability)}")
    if line.flags:
        told.append(f"{words.headings['flags']}: {flag_words(line.flags, words)}")
    told += line.warnings
    told += [words.assumed[code] for code in line.assumed if code in words.assumed and line.status != "sum"]
    return tuple(printable(one) for one in told)
