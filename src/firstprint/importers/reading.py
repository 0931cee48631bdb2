"""Reads original files: which file is which by its columns, and CSV tables with every fault named."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from firstprint.errors import FaultsError

MAX_FILE_BYTES = 100 * 1024 * 1024
_MAX_FILES_IN_FOLDER = 500
_MAX_FIELD_CHARS = 200_000
_HEADER_BYTES = 65_536
_MAX_SHOWN_COLUMNS = 12
_ENCODINGS = ("utf-8-sig", "cp1252")


class Original(NamedTuple):
    """A file as its publisher gives it out.

    Attributes:
        role: what it is for, such as ``ground truth``.
        file: its usual name.
        where: where to download it, in plain words with a DOI or a repository name.
        terms: its licence.
    """

    role: str
    file: str
    where: str
    terms: str


class Row(NamedTuple):
    """One row of a table; ``line`` is where it begins in the file, for messages."""

    line: int
    cells: Mapping[str, str]


class Table(NamedTuple):
    """A table in memory, all cells as text without blanks around them."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def csv_columns(path: Path) -> tuple[str, ...]:
    """The header of a CSV file; empty where it has none that can be read."""
    try:
        with path.open("rb") as file:
            start = file.read(_HEADER_BYTES)
        if len(start) == _HEADER_BYTES:  # cut between lines, not within a character
            start = start[: start.rfind(b"\n") + 1]
        return tuple(name.strip() for name in next(csv.reader(io.StringIO(_decoded(start, errors="replace"))), []))
    except (OSError, csv.Error):
        return ()


class Shape(NamedTuple):
    """How an original is recognised.

    Attributes:
        columns: names its header must hold; further ones do not matter.
        suffix: of the file's name, in lower case.
        read_columns: gives the column names of a file, empty for a file of another kind.
    """

    original: Original
    columns: tuple[str, ...]
    suffix: str = ".csv"
    read_columns: Callable[[Path], tuple[str, ...]] = csv_columns


class _Seen(NamedTuple):
    path: Path
    columns: tuple[str, ...]
    named: bool


def find_originals(title: str, files: Sequence[Path], shapes: Sequence[Shape]) -> tuple[Path, ...]:
    """The file of each shape, in the order of ``shapes``.

    Other files of a folder are passed over; a file named by itself must be one of the originals.

    Raises:
        FaultsError: a file is not there, is not of any shape, two are of one shape, or an original is missing;
            each missing original comes with where to get it and its terms.
    """
    faults: list[str] = []
    each = {path.resolve(): path for path in files}.values()  # the same path twice is one file
    seen = list({file.path.resolve(): file for path in each for file in _look(path, shapes, faults)}.values())
    found: list[Path] = []
    for shape in shapes:
        fitting = [file.path for file in seen if _fits(file, shape)]
        if len(fitting) > 1:
            faults.append(f"{' and '.join(map(str, fitting))}: both are the {shape.original.role}; give one.")
        found += fitting[:1]
        if not fitting:
            faults.append(_missing(shape.original))
    faults[:0] = [_misfit(file, shapes) for file in seen if file.named and not any(_fits(file, s) for s in shapes)]
    if faults:
        raise FaultsError(
            f"The files given are not the originals of {title}.",
            faults,
            hint="Give every original with --from, or the folder they are in.",
        )
    return tuple(found)


def _look(path: Path, shapes: Sequence[Shape], faults: list[str]) -> list[_Seen]:
    """What is at a path: one file, or the files of a folder whose kind is asked for."""
    try:
        if path.is_dir():
            return [file for inside in _inside(path, shapes, faults) for file in _see(inside, shapes, named=False)]
        if not path.is_file():
            faults.append(f"{path}: there is no such {'file or folder' if not path.exists() else 'plain file'}.")
        elif path.stat().st_size > MAX_FILE_BYTES:
            faults.append(f"{path}: is larger than {MAX_FILE_BYTES // 1024**2} MB; no original is.")
        else:
            return _see(path, shapes, named=True)
    except OSError as error:
        faults.append(f"{path}: cannot be opened: {error.strerror}.")
    return []


def _inside(folder: Path, shapes: Sequence[Shape], faults: list[str]) -> list[Path]:
    suffixes = {shape.suffix for shape in shapes}
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in suffixes and file.is_file())
    if len(files) > _MAX_FILES_IN_FOLDER:
        faults.append(f"{folder}: holds {len(files)} files; name the originals instead.")
        return []
    return [file for file in files if file.stat().st_size <= MAX_FILE_BYTES]


def _see(file: Path, shapes: Sequence[Shape], *, named: bool) -> list[_Seen]:
    columns = next((shape.read_columns(file) for shape in shapes if shape.suffix == file.suffix.lower()), ())
    return [_Seen(file, columns, named)]


def _fits(file: _Seen, shape: Shape) -> bool:
    return file.path.suffix.lower() == shape.suffix and set(shape.columns) <= set(file.columns)


def _missing(original: Original) -> str:
    return (
        f"{original.role}: is missing (usually named {original.file}). Download: {original.where}. "
        f"Terms: {original.terms}."
    )


def _misfit(file: _Seen, shapes: Sequence[Shape]) -> str:
    """What stands in a file, and what the original most like it holds."""
    near = max(shapes, key=lambda shape: len(set(shape.columns) & set(file.columns)) / len(shape.columns))
    lacking = [name for name in near.columns if name not in file.columns]
    shown = ", ".join(name[:40] for name in file.columns[:_MAX_SHOWN_COLUMNS]) or "none that can be read"
    more = f" and {len(file.columns) - _MAX_SHOWN_COLUMNS} more" if len(file.columns) > _MAX_SHOWN_COLUMNS else ""
    return (
        f"{file.path}: its columns are {shown}{more}; the {near.original.role} ({near.original.file}) also needs "
        f"{', '.join(lacking) or f'the ending {near.suffix}'}."
    )


def read_table(path: Path, needs: Sequence[str] = ()) -> Table:
    """Reads a CSV file with a header.

    Cells are stripped of blanks around them; empty lines are passed over. UTF-8 is tried first, then cp1252.

    Args:
        path: the file.
        needs: columns that must be there.

    Raises:
        FaultsError: the file cannot be opened or is too large, holds NUL characters or an unclosed quote, lacks
            or repeats a column, or has rows with another number of cells than the header; all at once.
    """
    faults: list[str] = []
    records = _records(_text(path), faults)
    columns = tuple(name.strip() for name in records[0][1]) if records else ()
    faults += [f"line 1: the column {name!r} is missing." for name in needs if name not in columns]
    faults += [
        f"line 1: the column {name!r} stands twice." for name in sorted({c for c in columns if columns.count(c) > 1})
    ]
    rows = []
    for line, cells in records[1:]:
        if len(cells) != len(columns):
            faults.append(f"line {line}: has {len(cells)} cells, the header has {len(columns)}.")
        else:
            rows.append(Row(line, dict(zip(columns, (cell.strip() for cell in cells), strict=True))))
    if faults:
        raise table_faults(path.name, faults)
    return Table(path.name, columns, tuple(rows))


def read_tables(paths: Sequence[Path]) -> tuple[Table, ...]:
    """Reads several originals.

    Raises:
        FaultsError: listing the faults of all of them.
    """
    tables: list[Table] = []
    faults: list[str] = []
    for path in paths:
        try:
            tables.append(read_table(path))
        except FaultsError as error:
            faults += [f"{path.name} {fault}" for fault in error.faults]
    if faults:
        raise table_faults(", ".join(path.name for path in paths), faults)
    return tuple(tables)


def table_faults(file: str, faults: Sequence[str]) -> FaultsError:
    """The error for an original whose rows cannot be used."""
    return FaultsError(f"{file} cannot be used.", faults, hint="Download the original again, or mend the places named.")


def _decoded(data: bytes, errors: str = "strict") -> str:
    for encoding in _ENCODINGS[:-1]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode(_ENCODINGS[-1], errors)


def _text(path: Path) -> str:
    """The file's text.

    Raises:
        FaultsError: it cannot be opened, is too large, is in no known encoding or holds NUL characters.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise table_faults(path.name, [f"is larger than {MAX_FILE_BYTES // 1024**2} MB."])
        text = _decoded(path.read_bytes())
    except OSError as error:
        raise table_faults(path.name, [f"cannot be opened: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise table_faults(path.name, [f"is neither UTF-8 nor Windows-1252 text (byte {error.start})."]) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise table_faults(path.name, [f"line {line}: holds a NUL character; the file is damaged or not text."])
    return text


def _records(text: str, faults: list[str]) -> list[tuple[int, list[str]]]:
    """Every record that is not empty, with the line it begins on; an unclosed quote is a fault."""
    csv.field_size_limit(_MAX_FIELD_CHARS)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records = []
    line = 1
    try:
        for cells in reader:
            if cells:
                records.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(f"line {line}: {error}.")
    if not records and not faults:
        faults.append("is empty.")
    return records
