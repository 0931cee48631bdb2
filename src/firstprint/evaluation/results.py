"""Writes what a run gave: ``metrics.json``, ``predictions.csv`` and ``outcomes.json``; and a result as a baseline.

The contract of ``metrics.json`` and ``predictions.csv`` stands in PRODUCT.md.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
from collections.abc import Mapping
from pathlib import Path

from firstprint.errors import InputError
from firstprint.evaluation.outcome_files import OUTCOMES_FILE, read_outcomes, render_outcomes
from firstprint.evaluation.outcomes import Outcomes, outcomes_of
from firstprint.evaluation.predictions import render_predictions
from firstprint.evaluation.records import EstimateRun, Metrics, RationaleRun, SuiteResult

METRICS_FILE = "metrics.json"
PREDICTIONS_FILE = "predictions.csv"

__all__ = [
    "METRICS_FILE",
    "OUTCOMES_FILE",
    "PREDICTIONS_FILE",
    "Outcomes",
    "outcomes_of",
    "read_outcomes",
    "write_baseline",
    "write_results",
]


def write_results(result: SuiteResult, folder: Path) -> None:
    """Writes ``metrics.json``, ``predictions.csv`` and ``outcomes.json`` into ``folder``, each whole or not at all.

    Raises:
        InputError: the folder cannot be written to.
    """
    files = {
        METRICS_FILE: render_metrics(result),
        PREDICTIONS_FILE: render_predictions(result),
        OUTCOMES_FILE: render_outcomes(outcomes_of(result)),
    }
    for name, text in files.items():
        _write(folder / name, text)


def write_baseline(result: SuiteResult | Path, path: Path) -> Path:
    """Writes a result, or what a results folder holds, as a baseline; into a folder under the suite's name.

    Returns:
        The file written.

    Raises:
        FaultsError: the results folder's outcomes are damaged.
        InputError: it has none, or the file cannot be written.
    """
    outcomes = outcomes_of(result) if isinstance(result, SuiteResult) else read_outcomes(result)
    target = path if path.suffix == ".json" else path / f"{_file_name(outcomes.suite)}.json"
    _write(target, render_outcomes(outcomes))
    return target


def render_metrics(result: SuiteResult) -> str:
    """``metrics.json`` as text."""
    suite, run = result.suite, result.run
    steps = {name: seconds for name, seconds in result.seconds.items() if name != "total"}
    content = {
        "suite": suite.name,
        "task": suite.task,
        "protocol": suite.protocol,
        "leaky": suite.leaky,
        "n": len(run.kind) if isinstance(run, RationaleRun) else len(suite.queries),
        "metrics": _plain(result.metrics),
        "baselines": {name: _plain(metrics) for name, metrics in result.baselines.items()},
        "differences": [{key: _finite(value) for key, value in one._asdict().items()} for one in result.differences],
        **_conditional(result),
        "warnings": [warned._asdict() for warned in result.warnings],
        "seconds": _finite(result.seconds.get("total", sum(steps.values()))),
        "seconds_by_step": {name: _finite(seconds) for name, seconds in steps.items()},
        "bootstrap": result.bootstrap,
        "suite_sha256": suite.sha256,
        "provenance": dict(result.provenance),
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _conditional(result: SuiteResult) -> dict[str, object]:
    """Coverage by part, one object a part and system; left out for a task that has no intervals."""
    if not isinstance(result.run, EstimateRun):
        return {}
    rows = [
        {
            "system": row.system,
            "by": row.by,
            "part": row.part,
            "distance": None if row.distance is None else row.distance._asdict(),
            "n": row.n,
            "groups": row.groups,
            "metrics": _plain(row.metrics),
        }
        for row in result.conditional
    ]
    return {"conditional_coverage": rows}


def _plain(metrics: Metrics) -> dict[str, Mapping[str, object]]:
    return {
        name: {part: _finite(value) for part, value in metric._asdict().items()} for name, metric in metrics.items()
    }


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _file_name(suite: str) -> str:
    if not suite.strip(". ") or any(char in suite for char in '/\\:*?"<>|\0'):
        raise InputError(
            f"The suite's name {suite!r} cannot name a file.",
            hint="Give the baseline's path with its file name, ending in .json.",
            code="bad_suite_name",
        )
    return suite


def _write(path: Path, text: str) -> None:
    """Writes beside the target and moves into place: a reader never sees half a file."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8", newline="")
        os.replace(temporary, path)  # noqa: PTH105 - replaces in one step on every platform
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise InputError(
            f"{path} cannot be written: {error.strerror or error}.",
            hint="Choose a folder you may write to.",
            code="results_unwritable",
        ) from None
