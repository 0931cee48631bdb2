"""Opens a suite's files: a plain file of sensible size in UTF-8, or the fault in words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

SETTINGS_FILE = "suite.toml"
QUERIES_FILE = "queries.csv"
CATALOGUE_FILE = "catalogue.csv"
RECORDS_FILE = "records.jsonl"
"""The rationale suites' second file, read elsewhere; here it only counts for the checksum."""
MAX_SETTINGS_BYTES = 1_000_000
MAX_TABLE_BYTES = 200_000_000
_SHOWN_CHARS = 60


class TextRead(NamedTuple):
    """A file's text, or None and the fault that kept it back."""

    text: str | None
    fault: str = ""


def shown(value: str) -> str:
    """``value`` as a message shows it: quoted, control characters escaped, cut when long."""
    return repr(value if len(value) <= _SHOWN_CHARS else value[:_SHOWN_CHARS] + "…")


def read_text(path: Path, max_bytes: int) -> TextRead:
    """The text of a UTF-8 file, with or without byte order mark."""
    fault = file_fault(path, max_bytes)
    if fault:
        return TextRead(None, fault)
    try:
        data = path.read_bytes()
        return TextRead(data.decode("utf-8-sig"))
    except OSError as error:
        return TextRead(None, f"{path.name}: cannot be read ({error.strerror}); make it readable")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        return TextRead(None, f"{path.name} line {line}: byte 0x{byte:02x} is not UTF-8; save the file in UTF-8")


def file_fault(path: Path, max_bytes: int) -> str:
    """Why a file is not even opened: missing, no plain file, or too large; empty when it may be."""
    if not path.exists():
        return f"{path.name}: is missing; add it to the suite's folder"
    if not path.is_file():
        return f"{path.name}: is not a plain file; put a file of this name in its place"
    size = path.stat().st_size
    if size > max_bytes:
        return f"{path.name}: has {size:,} bytes and at most {max_bytes:,} are read; split the suite"
    return ""


def files_sha256(files: Sequence[Path]) -> str:
    """One checksum over the names and bytes of several files, in order."""
    total = hashlib.sha256()
    for path in files:
        total.update(path.name.encode())
        with path.open("rb") as handle:
            total.update(hashlib.file_digest(handle, "sha256").digest())
    return total.hexdigest()
