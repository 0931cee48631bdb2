"""What ``firstprint eval list``, ``prepare`` and ``run`` show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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

_BASELINES_SHOWN = 3


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
    for warning in result.warnings:
        yield Padding(Prose(f"! {warning.message}", style="yellow"), (0, 0, 0, 2))


def _figures(result: SuiteResult, width: int) -> Table:
    """Metrics down, systems across; the best baseline's difference at the end."""
    names = _shown_baselines(result, width)
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    for _ in range(len(names) + 2):
        table.add_column(no_wrap=True, justify="left")
    table.add_row(*(Text(title, style="dim") for title in ("", "firstprint", *names, "against the best baseline")))
    differences = {each.metric: each for each in result.differences}
    for metric, figure in result.metrics.items():
        if figure.value is None:
            continue
        cells = [_with_interval(figure), *(_plain(result.baselines[name], metric) for name in names)]
        table.add_row(metric, *cells, _difference(differences.get(metric)))
    return table


def _shown_baselines(result: SuiteResult, width: int) -> list[str]:
    room = max(1, (width - 70) // 14)
    names = sorted(result.baselines, key=lambda name: name.startswith(("route: ", "ceiling: ")))
    return names[: max(room, 1)] if width < 120 else names[: _BASELINES_SHOWN + 2]


def _with_interval(figure: Metric) -> Text:
    value = Text(number_text(figure.value), style="bold")
    if figure.low is not None and figure.high is not None:
        value.append(f" [{number_text(figure.low)}, {number_text(figure.high)}]", style="not bold dim")
    return value


def _plain(metrics: Mapping[str, Metric], metric: str) -> Text:
    figure = metrics.get(metric)
    return Text("–", style="dim") if figure is None or figure.value is None else Text(number_text(figure.value))


def _difference(one: Difference | None) -> Text:
    if one is None:
        return Text("")
    verdict, style = ("better", "green") if one.better else ("worse", "red") if one.worse else ("within noise", "dim")
    return Text(
        f"{one.difference:+.3f} [{one.low:+.3f}, {one.high:+.3f}] {verdict} than {one.baseline}"
        if verdict != "within noise"
        else f"{one.difference:+.3f} [{one.low:+.3f}, {one.high:+.3f}] within noise of {one.baseline}",
        style=style,
    )


def number_text(value: float | None) -> str:
    """Three digits: shares as .718, larger figures as 12.3.

    >>> number_text(0.7181), number_text(12.345), number_text(None)
    ('.718', '12.3', '–')
    """
    if value is None:
        return "–"
    if abs(value) < 1:
        return f"{value:.3f}".replace("0.", ".", 1)
    return f"{value:.3g}"
