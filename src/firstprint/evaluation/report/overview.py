"""Writes the overview of several suites: one row each, with a link to its report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from firstprint.evaluation.records import SuiteResult
from firstprint.evaluation.report.drawing import printable
from firstprint.evaluation.report.glossary import about
from firstprint.evaluation.report.numbers import duration
from firstprint.evaluation.report.systems import best_baseline
from firstprint.evaluation.report.templates import write_html
from firstprint.evaluation.report.verdict import Verdict, verdict


class OverviewRow(NamedTuple):
    """One suite of an overview."""

    result: SuiteResult
    link: str
    verdict: Verdict
    title: str
    baseline: str
    groups: int
    warned: int
    seconds: str


def write_overview(results: Sequence[SuiteResult], path: Path, links: Sequence[str] | None = None) -> None:
    """Writes one page with a row a suite; ``links`` are relative, by default ``<suite name>/report.html``.

    Raises:
        OSError: the file cannot be written.
    """
    places = links if links is not None else [f"{result.suite.name}/report.html" for result in results]
    rows = [_row(result, place) for result, place in zip(results, places, strict=True)]
    write_html(path, "overview.html", rows=rows)


def _row(result: SuiteResult, place: str) -> OverviewRow:
    summary = verdict(result)
    baseline = best_baseline(result, summary.metric) if summary.metric else None
    return OverviewRow(
        result,
        # the dot keeps a name with a colon from being read as a scheme
        "./" + quote(printable(place), safe="/"),
        summary,
        about(summary.metric).title if summary.metric else "",
        baseline or "",
        len(set(result.run.groups.tolist())),
        len(result.warnings),
        duration(result.seconds.get("total")),
    )
