"""The table of ``side_by_side.py`` from its record: for the terminal and, by ``docs/readme_parts.py``, the README."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DEPTHS = (1, 5, 10)
_FIRST = "1"


def table(run: Mapping[str, Any]) -> str:
    """Two Markdown tables and the line that says when, where and on what."""
    parts = run["queries"]
    counted = ", ".join(f"{count} {part}" for part, count in parts.items())
    lines = [
        f"Measured on {run['date']} on {run['machine']}; {run['labels']:,} labels of {run['datasets']:,} datasets; "
        f"queries: {counted}.",
        "",
        "| hit@1 · hit@5 · hit@10 (95 % interval of hit@1) | " + " | ".join(parts) + " |",
        "|---|" + "---|" * len(parts),
        *(_hits(row, parts) for row in run["rows"]),
        "",
        "| | build, cpu s | most memory while building, MB | memory while answering, MB | answers/s, one by one "
        "| answers/s, 256 together |",
        "|---|---|---|---|---|---|",
        *(_costs(row) for row in run["rows"]),
    ]
    if run["left_out"]:
        lines += ["", f"Left out, because not installed: {', '.join(run['left_out'])}."]
    return "\n".join(lines)


def _hits(row: Mapping[str, Any], parts: Mapping[str, int]) -> str:
    return f"| {row['title']} | " + " | ".join(_hit(row["hits"], part) for part in parts) + " |"


def _hit(hits: Mapping[str, Any], part: str) -> str:
    at = [hits[f"{part} hit@{depth}"] for depth in _DEPTHS]
    values = " · ".join(_share(one["value"]) for one in at)
    return values if at[0]["low"] is None else f"{values} ({_share(at[0]['low'])}–{_share(at[0]['high'])})"


def _share(value: float) -> str:
    text = f"{value:.2f}"
    return text if text.startswith(_FIRST) else text.removeprefix("0")


def _costs(row: Mapping[str, Any]) -> str:
    keys = ("build_cpu_s", "build_peak_mb", "answer_mb", "single_per_s", "batch_per_s")
    return f"| {row['title']} | " + " | ".join(_number(row[key]) for key in keys) + " |"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
