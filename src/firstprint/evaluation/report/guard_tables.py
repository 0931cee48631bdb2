"""Tables of a rationale suite: recall by rule, false alarms by kind and language, and what failed."""

from __future__ import annotations

from typing import NamedTuple

from firstprint.evaluation.records import Generated, RationaleRun
from firstprint.evaluation.report.figures_match import wilson
from firstprint.evaluation.report.numbers import duration, percent, span

_SHOWN = 40


class CountRow(NamedTuple):
    """Texts of one sort, how many the guard refused, and that share with Wilson's 95 % interval."""

    name: str
    language: str
    texts: int
    refused: int
    share: str
    interval: str


class Failed(NamedTuple):
    """A text the guard judged wrongly, or a rationale that it refused."""

    text: str
    name: str
    reason: str


class GuardTables(NamedTuple):
    """Everything the page shows of a rationale run; counts of the failures are of all, lists of the first few."""

    rules: tuple[CountRow, ...]
    alarms: tuple[CountRow, ...]
    refused_true: tuple[Failed, ...]
    refused_true_count: int
    passed_false: tuple[Failed, ...]
    passed_false_count: int
    generated: tuple[tuple[str, str], ...]
    generated_failed: tuple[Failed, ...]
    generated_failed_count: int


def guard_tables(run: RationaleRun) -> GuardTables:
    """Counts and failures of a rationale run."""
    count = len(run.texts)
    false = [i for i in range(count) if not run.true[i]]
    true = [i for i in range(count) if run.true[i]]
    refused = [i for i in true if run.alarm[i]]
    passed = [i for i in false if not run.alarm[i]]
    failed = [entry for entry in run.generated if not entry.passed]
    return GuardTables(
        tuple(_counted(run, false, by_language=False)),
        tuple(_counted(run, true, by_language=True)),
        tuple(Failed(run.texts[i], _sort(run, i), run.reasons[i]) for i in refused[:_SHOWN]),
        len(refused),
        tuple(Failed(run.texts[i], _sort(run, i), "") for i in passed[:_SHOWN]),
        len(passed),
        _generated(run.generated),
        tuple(Failed(entry.text or "(nothing came)", entry.query_id, entry.reason) for entry in failed[:_SHOWN]),
        len(failed),
    )


def _sort(run: RationaleRun, place: int) -> str:
    return f"{run.kind[place].replace('_', ' ')}, {run.language[place]}"


def _counted(run: RationaleRun, places: list[int], *, by_language: bool) -> list[CountRow]:
    """One row a sort; for corruptions the rule with the lowest recall first, for true texts the most alarms first."""
    sorts: dict[tuple[str, str], list[bool]] = {}
    for place in places:
        key = (run.kind[place], run.language[place] if by_language else "")
        sorts.setdefault(key, []).append(bool(run.alarm[place]))
    rows = [
        (_count_row(kind, language, alarms), sum(alarms) / len(alarms)) for (kind, language), alarms in sorts.items()
    ]
    sign = -1 if by_language else 1
    return [row for row, share in sorted(rows, key=lambda pair: (sign * pair[1], pair[0].name, pair[0].language))]


def _count_row(kind: str, language: str, alarms: list[bool]) -> CountRow:
    share = sum(alarms) / len(alarms)
    low, high = wilson(share, len(alarms))
    ends = span(percent(low), percent(high))
    return CountRow(kind.replace("_", " "), language, len(alarms), sum(alarms), f"{percent(share)} %", ends)


def _generated(entries: tuple[Generated, ...]) -> tuple[tuple[str, str], ...]:
    if not entries:
        return ()
    passed = sum(entry.passed for entry in entries)
    seconds = sorted(entry.seconds for entry in entries)
    share = percent(passed / len(entries))
    return (
        ("Asked for", f"{len(entries):,}"),
        ("Passed every check", f"{passed:,} ({share} %)"),
        ("Replaced by the template", f"{len(entries) - passed:,}"),
        ("Fastest, slowest", f"{duration(seconds[0])}, {duration(seconds[-1])}"),
        ("Total", duration(sum(seconds))),
    )
