"""Writes the report of a suite: one HTML file with everything it shows inside."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from firstprint.evaluation.records import EstimateRun, MatchRun, RationaleRun, SuiteResult
from firstprint.evaluation.report.conditional import PartTable, part_tables
from firstprint.evaluation.report.drawing import Plot
from firstprint.evaluation.report.figures_estimate import estimate_plots
from firstprint.evaluation.report.figures_match import PARITY_FACTOR, match_plots
from firstprint.evaluation.report.glossary import TASKS, protocol_in_words
from firstprint.evaluation.report.guard_tables import GuardTables, guard_tables
from firstprint.evaluation.report.numbers import duration, plural
from firstprint.evaluation.report.tables import (
    DifferenceRow,
    MetricTable,
    Pair,
    absent,
    difference_rows,
    metric_tables,
    provenance_rows,
)
from firstprint.evaluation.report.templates import write_html
from firstprint.evaluation.report.verdict import Verdict, verdict
from firstprint.evaluation.report.worst import Fault, PairList, differing_pairs, worst_faults

_NO_NAMES: Mapping[str, str] = MappingProxyType({})


class Page(NamedTuple):
    """What the template shows of one result."""

    result: SuiteResult
    task: str
    protocol: str
    facts: tuple[Pair, ...]
    verdict: Verdict
    tables: tuple[MetricTable, ...]
    absent: tuple[str, ...]
    differences: tuple[DifferenceRow, ...]
    plots: tuple[Plot, ...]
    faults: tuple[Fault, ...]
    pairs: PairList | None
    guard: GuardTables | None
    parts: tuple[PartTable, ...]
    provenance: tuple[Pair, ...]
    command: str


def write_report(result: SuiteResult, path: Path, names: Mapping[str, str] = _NO_NAMES) -> None:
    """Writes one suite's report, readable without a network; ``names`` gives right datasets a name by their id.

    Raises:
        OSError: the file cannot be written.
    """
    write_html(path, "page.html", page=_page(result, names))


def _page(result: SuiteResult, names: Mapping[str, str]) -> Page:
    run = result.run
    plots: tuple[Plot, ...] = ()
    if isinstance(run, MatchRun):
        plots = match_plots(result, run)
    elif isinstance(run, EstimateRun):
        plots = estimate_plots(result, run)
    return Page(
        result,
        TASKS[result.suite.task],
        protocol_in_words(result.suite),
        _facts(result),
        verdict(result),
        metric_tables(result),
        absent(result),
        difference_rows(result),
        plots,
        worst_faults(result, names),
        differing_pairs(result, math.log10(PARITY_FACTOR)),
        guard_tables(run) if isinstance(run, RationaleRun) else None,
        part_tables(result),
        provenance_rows(result),
        _command(result),
    )


def _facts(result: SuiteResult) -> tuple[Pair, ...]:
    suite = result.suite
    groups = plural(len(set(result.run.groups.tolist())), "group")
    facts = [
        Pair("Size", f"{_size(result)} in {groups}"),
        Pair("Date", _date(result.provenance.get("created") or "")),
        Pair("Time taken", duration(result.seconds["total"]) if "total" in result.seconds else ""),
        Pair("Source", suite.source),
        Pair("Licence", suite.licence),
    ]
    return tuple(fact for fact in facts if fact.value)


def _size(result: SuiteResult) -> str:
    if not isinstance(result.run, RationaleRun):
        return plural(len(result.suite.queries), "query", "queries")
    true = int(result.run.true.sum())
    return f"{plural(true, 'true text')} and {plural(len(result.run.texts) - true, 'corruption')}"


def _date(created: str) -> str:
    """The run's time to the minute, as it stands where it is not ISO 8601."""
    try:
        return datetime.fromisoformat(created).strftime("%Y-%m-%d %H:%M %Z").strip()
    except ValueError:
        return created


def _command(result: SuiteResult) -> str:
    """How to run the suite again; an absolute folder is cut to its name, so that no home folder is published."""
    folder = result.suite.folder
    shown = folder.name if folder.is_absolute() else str(folder)
    flag = "--allow-leaky " if result.suite.leaky else ""
    return f"firstprint eval run {shlex.quote(shown)} {flag}--out results"
