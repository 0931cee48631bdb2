"""Reads JSON lines: one object a line; a line that is none is that row's fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from firstprint.batch.cells import LONGEST_CELL
from firstprint.batch.formats import MAX_COLUMNS, Shape, unreadable
from firstprint.batch.records import SourceRow, Value

_LONGEST_LINE: Final = 32 * 1024 * 1024
_BOM: Final = b"\xef\xbb\xbf"


class _Line(NamedTuple):
    """A line that is not blank: its number, and its object or why it has none."""

    number: int
    cells: dict[str, Any]
    fault: str


def look_at_jsonl(path: Path) -> Shape:
    """The keys of all objects are the headings, in the order they first occur.

    Raises:
        FaultsError: the file is empty, holds no object or too many keys.
    """
    header: dict[str, None] = {}
    lines = 0
    for line in _lines(path):
        lines += 1
        header.update(dict.fromkeys(line.cells))
        if len(header) > MAX_COLUMNS:
            raise unreadable(path, f"line {line.number}: objects have more than {MAX_COLUMNS} different keys.")
    if not lines:
        raise unreadable(path, "is empty.")
    if not header:
        raise unreadable(path, "no line holds a JSON object.")
    return Shape(tuple(header))


def rows_of_jsonl(path: Path, shape: Shape) -> Iterator[SourceRow]:
    """One row a line that is not blank."""
    for number, line in enumerate(_lines(path), start=1):
        values = tuple(_value(line.cells.get(name)) for name in shape.header)
        long = any(isinstance(value, str) and len(value) > LONGEST_CELL for value in values)
        fault = f"line {line.number}: has a value of more than {LONGEST_CELL:,} characters." if long else line.fault
        yield SourceRow(number, line.number, values, fault)


def _lines(path: Path) -> Iterator[_Line]:
    with path.open("rb") as handle:
        number = 0
        while data := handle.readline(_LONGEST_LINE):
            number += 1
            if len(data) == _LONGEST_LINE and not data.endswith(b"\n"):
                _skip_line(handle)
                yield _Line(number, {}, f"line {number}: is longer than {_LONGEST_LINE // 1024**2} MB.")
            elif data.strip(b"\0\t\r\n " + _BOM):
                yield _parsed(number, data)


def _skip_line(handle: Any) -> None:  # noqa: ANN401
    while rest := handle.readline(_LONGEST_LINE):
        if rest.endswith(b"\n"):
            return


def _parsed(number: int, data: bytes) -> _Line:
    try:
        found = json.loads(data.removeprefix(_BOM).decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError) as error:
        why = str(error).splitlines()[0][:120]
        return _Line(number, {}, f"line {number}: is not JSON ({why}).")
    if not isinstance(found, dict):
        return _Line(number, {}, f"line {number}: is no JSON object.")
    return _Line(number, {str(key): value for key, value in found.items()}, "")


def _value(value: object) -> Value:
    if value is None or isinstance(value, str | float | int | bool):
        return value
    return json.dumps(value, ensure_ascii=False)
