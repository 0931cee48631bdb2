"""What ``firstprint eval list``, ``prepare`` and ``run`` show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from firstprint.cli.figures import one_line
from firstprint.cli.prose import Prose

if TYPE_CHECKING:
    from firstprint.evaluation.prepare.published import Prepared, Published
    from firstprint.evaluation.records import Difference, Metric, SuiteResult
    from firstprint.evaluation.suite import SuiteSummary

_WIDE = 100
"""Columns from which the interval of a difference has room."""
_MAIN = ("hit@1", "hit@5", "factor2", "mae_log10")
"""Metrics shown for every baseline; the others are in metrics.json and the report."""


def suites_view(
    suites: Sequence[SuiteSummary], published: Sequence[Published], roots: Sequence[Path], width: int
) -> Iterator[RenderableType]:
    """Suites at hand, then what can be prepared and from which files."""
    if suites:
        table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
        for _ in range(4):
            table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        table.add_row(*(Text(title, style="dim") for title in ("Suite", "Task", "Protocol", "Rows", "What it asks")))
        for one in suites:
            told = Prose(one_line(one.fault, 400), style="red") if one.fault else Prose(one_line(one.description, 200))
            table.add_row(Text(one.name, style="cyan"), one.task, one.protocol, f"{one.queries:,}", told)
        yield Padding(table, (0, 0, 1, 0), expand=False)
    else:
        yield Text("No suites in " + ", ".join(map(str, roots)) + ".\n", style="yellow")
    yield Text("Published datasets that can be prepared", style="bold cyan")
    for entry in published:
        yield Padding(_published(entry), (0, 0, 1, 2))
    yield Text("Prepare: firstprint eval prepare NAME --from FILE… --out DIR", style="dim")
    yield Text("Run:     firstprint eval run SUITE_DIR… --out DIR", style="dim")


def _published(entry: Published) -> RenderableType:
    lines: list[RenderableType] = [
        Text.assemble((entry.name, "cyan"), "  ", entry.title, ("  → " + ", ".join(entry.makes), "dim"))
    ]
    for original in entry.originals:
        told = f"{original.role}: {original.file}. {original.where} Terms: {original.terms}"
        lines.append(Padding(Prose(one_line(told, 600), style="dim"), (0, 0, 0, 2)))
    return Group(*lines)


def prepared_view(made: Sequence[Prepared]) -> Iterator[RenderableType]:
    """The suite folders written, and what was left out of each."""
    for one in made:
        datasets = "" if one.datasets is None else f", {one.datasets:,} datasets"
        yield Text.assemble(("✓ ", "green"), (str(one.folder), "bold"), f"  {one.queries:,} queries{datasets}")
        for note in one.notes:
            yield Padding(Prose(one_line(note, 600), style="dim"), (0, 0, 0, 2))


def result_view(result: SuiteResult, width: int) -> Iterator[RenderableType]:
    """One suite's figures beside its baselines."""
    suite = result.suite
    yield Text()
    yield Text.assemble(
        (suite.name, "bold cyan"),
        (f"  {suite.task}, {suite.protocol}, {len(suite.queries):,} queries, {result.seconds['total']:.0f} s", "dim"),
    )
    if suite.leaky:
        yield Text("  LEAKY: the split is random; these figures are too good to be true.", style="bold red")
    yield Padding(_figures(result, width), (0, 0, 0, 2))
    if result.differences:
        yield Text("  ▲ better, ▼ worse, · within noise; paired bootstrap over groups", style="dim")
    yield from _others(result)
    for warning in result.warnings:
        yield Padding(Prose(f"! {warning.message}", style="yellow"), (0, 0, 0, 2))


def _figures(result: SuiteResult, width: int) -> Table:
    """A metric a line: the product with its interval, the best baseline, the paired difference and its verdict."""
    wide = width >= _WIDE
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for _ in range(4):
        table.add_column(no_wrap=True)
    titles = ("", "firstprint, 95 %", "best baseline", "difference, 95 %" if wide else "difference")
    table.add_row(*(Text(title, style="dim") for title in titles))
    differences = {each.metric: each for each in result.differences}
    for metric, figure in result.metrics.items():
        if figure.value is None:
            continue
        one = differences.get(metric)
        best = "" if one is None else f"{number_text(_value(result, one.baseline, metric))} {one.baseline}"
        table.add_row(metric, _with_interval(figure), best, _difference(one, wide=wide))
    return table


def _others(result: SuiteResult) -> Iterator[RenderableType]:
    """The main metrics of every baseline, a line a metric."""
    for metric in _MAIN:
        known = {name: _value(result, name, metric) for name in result.baselines}
        told = [f"{name} {number_text(value)}" for name, value in known.items() if value is not None]
        if told:
            yield Padding(Prose(f"{metric}: {' · '.join(told)}", style="dim"), (0, 0, 0, 2))


def _value(result: SuiteResult, system: str, metric: str) -> float | None:
    figure = result.baselines.get(system, {}).get(metric)
    return None if figure is None else figure.value


def _with_interval(figure: Metric) -> Text:
    value = Text(number_text(figure.value), style="bold")
    if figure.low is not None and figure.high is not None:
        value.append(f" [{number_text(figure.low)}, {number_text(figure.high)}]", style="not bold dim")
    return value


def _difference(one: Difference | None, *, wide: bool) -> Text:
    if one is None:
        return Text("")
    mark, style = ("▲", "green") if one.better else ("▼", "red") if one.worse else ("·", "dim")
    between = f" [{signed(one.low)}, {signed(one.high)}]" if wide else ""
    return Text(f"{mark} {signed(one.difference)}{between}", style=style)


def signed(value: float) -> str:
    """A difference with its sign: ``+.075``."""
    sign = "−" if value < 0 else "+"
    return sign + number_text(abs(value))


def number_text(value: float | None) -> str:
    """Three digits: shares as .718, larger figures as 12.3.

    >>> number_text(0.7181), number_text(12.345), number_text(-0.05), number_text(None)
    ('.718', '12.3', '−.050', '–')
    """
    if value is None:
        return "–"
    size = abs(value)
    text = f"{size:.3f}".replace("0.", ".", 1) if round(size, 3) < 1 else f"{size:.3g}"
    return f"−{text}" if value < 0 else text
