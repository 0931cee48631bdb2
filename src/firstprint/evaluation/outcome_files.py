"""Writes and reads ``outcomes.json`` and the committed baselines, which are the same file under the suite's name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from firstprint.errors import FaultsError, InputError
from firstprint.evaluation.metrics.statistics import Floats
from firstprint.evaluation.outcomes import OPTIONAL, REQUIRED, WHOLE, Outcomes
from firstprint.evaluation.records import Metric, Metrics, PairOutcomes, Task

FORMAT = 1
"""Rises when the file's meaning changes."""
OUTCOMES_FILE = "outcomes.json"

_LARGEST_BYTES = 200_000_000
_AGAIN = "Make the file again with `firstprint eval run`."


class _Metric(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, strict=True)
    value: float | None
    low: float | None
    high: float | None


class _File(BaseModel):
    """What a file of outcomes holds; anything else in it is a fault."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, strict=True)
    format: Literal[1]
    suite: str = Field(min_length=1)
    task: Task
    protocol: str
    leaky: bool
    suite_sha256: str
    n: int
    provenance: dict[str, str | None]
    metrics: dict[str, _Metric]
    baselines: dict[str, dict[str, _Metric]]
    ids: list[str]
    groups: list[Annotated[int, Field(ge=0, lt=2**31)]]
    columns: dict[str, list[float | None]]
    pairs: dict[str, list[float | None]] | None


def render_outcomes(outcomes: Outcomes) -> str:
    """The file's text: one line a metric and a column, numbers to six significant digits, so that a diff is short."""
    pairs = None if outcomes.pairs is None else _pair_columns(outcomes.pairs)
    lines = {
        "format": _compact(FORMAT),
        "suite": _compact(outcomes.suite),
        "task": _compact(outcomes.task),
        "protocol": _compact(outcomes.protocol),
        "leaky": _compact(outcomes.leaky),
        "suite_sha256": _compact(outcomes.suite_sha256),
        "n": _compact(len(outcomes.ids)),
        "provenance": _block({key: _compact(value) for key, value in outcomes.provenance.items()}, 1),
        "metrics": _metrics_block(outcomes.metrics, 1),
        "baselines": _block({name: _metrics_block(got, 2) for name, got in outcomes.baselines.items()}, 1),
        "ids": _compact(outcomes.ids),
        "groups": _compact(outcomes.groups.tolist()),
        "columns": _block({name: _compact(_short(column)) for name, column in outcomes.columns.items()}, 1),
        "pairs": "null" if pairs is None else _block({name: _compact(_short(got)) for name, got in pairs.items()}, 1),
    }
    return _block(lines, 0) + "\n"


def read_outcomes(path: Path) -> Outcomes:
    """Outcomes from a results folder (its ``outcomes.json``) or from a baseline's JSON file.

    Raises:
        FaultsError: the file does not hold what it must, with every fault.
        InputError: there is no such file, or it is not JSON.
    """
    file = path / OUTCOMES_FILE if path.is_dir() else path
    raw = _load(file)
    try:
        parsed = _File.model_validate(raw)
    except ValidationError as error:
        lines = [
            f"{_place(fault['loc'])}: {fault['msg']}, got {_shown(fault['input'])}"
            for fault in error.errors(include_url=False, include_context=False)
        ]
        raise FaultsError(f"{file} does not hold a run's outcomes.", lines, hint=_AGAIN) from None
    faults = list(_faults(parsed))
    if faults:
        raise FaultsError(f"{file} does not hold a run's outcomes.", faults, hint=_AGAIN)
    return _outcomes(parsed)


def _load(file: Path) -> object:
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            raise InputError(
                f"{file} has more than {_LARGEST_BYTES} bytes: no file of outcomes is that large.",
                hint=_AGAIN,
                code="outcomes_unreadable",
            )
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}.",
            hint="Give a results folder of `firstprint eval run`, or a baseline's JSON file.",
            code="outcomes_unreadable",
        ) from None
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = f"{error}" if isinstance(error, json.JSONDecodeError) else "its nesting or a number is out of bounds"
        raise InputError(f"{file} is not JSON: {reason}.", hint=_AGAIN, code="outcomes_unreadable") from None


def _faults(file: _File) -> Iterator[str]:
    if file.n != len(file.ids):
        yield f"n is {file.n}, but there are {len(file.ids)} ids"
    if len(set(file.ids)) != len(file.ids):
        seen: set[str] = set()
        twice = next(one for one in file.ids if one in seen or seen.add(one))  # type: ignore[func-returns-value]
        yield f"ids: {twice!r} stands more than once"
    if len(file.groups) != file.n:
        yield f"groups has {len(file.groups)} values, not {file.n}"
    yield from _column_faults(file)
    if file.pairs is not None:
        yield from _pair_faults(file.pairs, len(file.ids))


def _column_faults(file: _File) -> Iterator[str]:
    known = (*REQUIRED[file.task], *OPTIONAL[file.task])
    yield from (f"columns.{name} is missing" for name in REQUIRED[file.task] if name not in file.columns)
    yield from (
        f"columns.{name} is unknown; known are {', '.join(known)}" for name in file.columns if name not in known
    )
    for low, high in (("low80", "high80"), ("low90", "high90")):
        if (low in file.columns) != (high in file.columns):
            yield f"columns.{low} and columns.{high} must stand together"
    for name, column in file.columns.items():
        if len(column) != file.n:
            yield f"columns.{name} has {len(column)} values, not {file.n}"
        if name in WHOLE:
            yield from _not_whole(f"columns.{name}", column, None if name in ("rank", "kind") else 1)


def _pair_faults(pairs: Mapping[str, Sequence[float | None]], rows: int) -> Iterator[str]:
    if set(pairs) != {"left", "right", "same_first", "log10_ratio"}:
        yield f"pairs has the columns {', '.join(sorted(pairs))}, not left, right, same_first, log10_ratio"
        return
    if len({len(column) for column in pairs.values()}) != 1:
        yield "pairs: its columns are not of one length"
    for name, largest in (("left", rows - 1), ("right", rows - 1), ("same_first", 1)):
        yield from _not_whole(f"pairs.{name}", pairs[name], largest)


def _not_whole(place: str, column: Sequence[float | None], largest: int | None) -> Iterator[str]:
    top = 2**31 if largest is None else largest
    wanted = "a whole number" if largest is None else f"a whole number from 0 to {largest}"
    for row, value in enumerate(column):
        if value is None or value != int(value) or not 0 <= value <= top:
            yield f"{place}[{row}] is {_shown(value)}, not {wanted}"


def _outcomes(file: _File) -> Outcomes:
    pairs = None
    if file.pairs is not None:
        got = {name: _numbers(column) for name, column in file.pairs.items()}
        pairs = PairOutcomes(
            got["left"].astype(np.int64),
            got["right"].astype(np.int64),
            got["same_first"] > 0,
            got["log10_ratio"],
        )
    return Outcomes(
        suite=file.suite,
        task=file.task,
        protocol=file.protocol,
        leaky=file.leaky,
        suite_sha256=file.suite_sha256,
        ids=tuple(file.ids),
        groups=np.array(file.groups, dtype=np.int64),
        columns={name: _numbers(column) for name, column in file.columns.items()},
        pairs=pairs,
        metrics=_metrics(file.metrics),
        baselines={name: _metrics(got) for name, got in file.baselines.items()},
        provenance=file.provenance,
    )


def _metrics(got: Mapping[str, _Metric]) -> dict[str, Metric]:
    return {name: Metric(metric.value, metric.low, metric.high) for name, metric in got.items()}


def _numbers(column: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in column], dtype=np.float64)


def _pair_columns(pairs: PairOutcomes) -> dict[str, Floats]:
    return {
        "left": pairs.left.astype(np.float64),
        "right": pairs.right.astype(np.float64),
        "same_first": pairs.same_first.astype(np.float64),
        "log10_ratio": pairs.log10_ratio,
    }


def _short(column: Floats) -> list[float | int | None]:
    return [_rounded(value) for value in column.tolist()]


def _rounded(value: float | None) -> float | int | None:
    if value is None or not np.isfinite(value):
        return None
    short = float(f"{value:.6g}")
    return int(short) if short == int(short) and abs(short) < 1e6 else short


def _metrics_block(metrics: Metrics, depth: int) -> str:
    return _block(
        {
            name: _compact({part: _rounded(value) for part, value in metric._asdict().items()})
            for name, metric in metrics.items()
        },
        depth,
    )


def _block(lines: Mapping[str, str], depth: int) -> str:
    """A JSON object of values that are JSON already, one a line."""
    if not lines:
        return "{}"
    pad = " " * (depth + 1)
    inner = ",\n".join(f"{pad}{_compact(name)}: {text}" for name, text in lines.items())
    return "{\n" + inner + "\n" + " " * depth + "}"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _place(parts: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in parts) or "the file"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
