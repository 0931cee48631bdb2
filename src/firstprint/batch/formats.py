"""The formats of a batch, by the ending of a file's name, and the faults of a file as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from firstprint.errors import FaultsError, InputError

ENDINGS: Final = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
"""Of inputs. Outputs are ``.csv``, ``.xlsx``, ``.parquet`` and ``.jsonl``."""
OUTPUTS: Final = {".csv": "csv", ".xlsx": "xlsx", ".parquet": "parquet", ".jsonl": "jsonl"}
MAX_COLUMNS: Final = 500


class Shape(NamedTuple):
    """How a file is read.

    Attributes:
        header: the headings.
        header_line: where they stand; 0 where the format has none in its rows.
        encoding: of text.
        separator: of csv.
        sheet: of a workbook.
        comma_usual: the separator is one that goes with a decimal comma.
    """

    header: tuple[str, ...]
    header_line: int = 0
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    comma_usual: bool = False


def format_of(path: Path) -> str:
    """The format of an input.

    Raises:
        InputError: the ending is none that is read.
    """
    return _by_ending(path, ENDINGS, "input")


def output_format_of(path: Path) -> str:
    """The format of an output.

    Raises:
        InputError: the ending is none that is written.
    """
    return _by_ending(path, OUTPUTS, "output")


def _by_ending(path: Path, endings: dict[str, str], what: str) -> str:
    found = endings.get(path.suffix.lower())
    if found is None:
        raise InputError(
            f"The {what} {path.name!r}: the ending {path.suffix or 'none'!r} is not one that batches use.",
            hint=f"Use one of {', '.join(endings)}.",
            code=f"{what}_format",
        )
    return found


def unreadable(path: Path, *faults: str) -> FaultsError:
    """The error for an input that cannot be read as a whole."""
    return FaultsError(f"{path.name or path} cannot be read; nothing was written.", faults, hint="Mend the file.")
