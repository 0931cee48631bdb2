"""Reads the records that the texts of a rationale suite are about: one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from firstprint.errors import FaultsError
from firstprint.rationale.records import RationaleInput

RECORDS_FILE = "records.jsonl"
MAX_BYTES = 50_000_000
_RECORD = TypeAdapter(RationaleInput)


def load_records(path: Path) -> dict[str, RationaleInput]:
    """The records of ``path`` (the file itself, or the suite's folder) by id, in the file's order.

    Each line is ``{"id": "…", "record": {…}}`` with the fields of ``RationaleInput``.

    Raises:
        FaultsError: the file is missing, too large or not UTF-8, or lines are wrong; all of them are named.
    """
    file = path / RECORDS_FILE if path.is_dir() else path
    faults: list[str] = []
    records: dict[str, RationaleInput] = {}
    for number, line in enumerate(_text(file).split("\n"), 1):
        if line.strip():
            read = _line(line, f"line {number}", faults)
            if read is not None and read[0] in records:
                faults.append(f"line {number}, id: {read[0]!r} stands on an earlier line too; give each record its own")
            elif read is not None:
                records[read[0]] = read[1]
    if not records and not faults:
        faults.append("the file holds no record; write one JSON object a line")
    if faults:
        raise FaultsError(f"{file.name} has {len(faults)} faults.", faults, hint="Put them right and run again.")
    return records


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise FaultsError(f"{file.name} cannot be read.", [f"it is larger than {MAX_BYTES} bytes; split the suite"])
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FaultsError(f"{file.name} cannot be read.", [f"{error.strerror}: {file}; add the file"]) from error
    except UnicodeDecodeError as error:
        raise FaultsError(f"{file.name} cannot be read.", ["it is not UTF-8; save it in UTF-8"]) from error


def _line(line: str, place: str, faults: list[str]) -> tuple[str, RationaleInput] | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        faults.append(f"{place}: is not JSON; write one object a line")
        return None
    if not isinstance(told, dict) or not isinstance(told.get("id"), str) or not told["id"].strip():
        faults.append(f'{place}, id: a line is {{"id": "…", "record": {{…}}}}; give an id')
        return None
    try:
        return told["id"], _RECORD.validate_python(told.get("record"))
    except ValidationError as error:
        for fault in error.errors()[:5]:
            where = ".".join(str(part) for part in ("record", *fault["loc"]))
            faults.append(f"{place}, {where}: {fault['msg']}; got {str(fault['input'])[:60]!r}")
        return None
