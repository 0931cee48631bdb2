"""Brightway workbooks: blocks that begin with Activity, its fields below, then a table of Exchanges.

The layout is that of Brightway's own Excel importer: a sheet whose first cell is ``skip`` is left out, an
``Exchanges`` line is followed by the columns' names, blank lines mean nothing, and the next block ends a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from firstprint.importers.datasets.brightway_activity import Activity, Exchange, Flow, Key
from firstprint.importers.datasets.normalising import clean
from firstprint.importers.datasets.records import Problem
from firstprint.importers.xlsx import checked_workbook, guarded, numbered_rows, opened, plain_cell
from firstprint.importers.xlsx_sheets import SheetCells, every_sheet

_Row = tuple[int, tuple[str | float, ...]]

_SECTIONS = frozenset({"activity", "database", "project parameters", "database parameters"})
_UNKNOWN = "(unknown)"
_SKIP = "skip"
_LOOKED_AT_SHEETS, _LOOKED_AT_ROWS = 12, 200


class _Block(NamedTuple):
    """The rows of an activity, the one that names it first."""

    database: str
    sheet: str
    rows: tuple[_Row, ...]


def is_brightway_workbook(data: bytes, file: str) -> bool:
    """True where the first columns of the sheets name a database and an activity near their top.

    Raises:
        FaultsError: it is no workbook that can be read.
    """
    checked_workbook(file, data)
    found: set[str] = set()
    with guarded(file), opened(data) as book:
        for page in book.worksheets[:_LOOKED_AT_SHEETS]:
            for line, cells in numbered_rows(book, page.title):
                found.add(plain_cell(cells[0]).casefold() if cells else "")
                if line >= _LOOKED_AT_ROWS:
                    break
    return {"database", "activity"} <= found


def workbook_activities(data: bytes, file: str) -> Iterator[Activity | Problem]:
    """The activities of every sheet.

    Raises:
        FaultsError: it is no workbook that can be read.
    """
    found = False
    database = ""
    for sheet in every_sheet(file, data):
        if not sheet.rows or _word(sheet.rows[0][1]) == _SKIP:
            continue
        database = next((_text(cells, 1) for _, cells in sheet.rows if _word(cells) == "database"), database)
        for block in _blocks(sheet, database):
            found = True
            yield _activity(block, file)
    if not found:
        yield Problem("holds no Brightway activity", file, "A block begins with 'Activity' in the first column.")


def _blocks(sheet: SheetCells, database: str) -> Iterator[_Block]:
    rows: list[_Row] = []
    for line, cells in sheet.rows:
        word = _word(cells)
        if word in _SECTIONS:
            if rows:
                yield _Block(database, sheet.name, tuple(rows))
            rows = [(line, cells)] if word == "activity" and _text(cells, 1) else []
        elif rows:
            rows.append((line, cells))
    if rows:
        yield _Block(database, sheet.name, tuple(rows))


def _activity(block: _Block, file: str) -> Activity:
    line, head = block.rows[0]
    words = [_word(cells) for _, cells in block.rows]
    start = words.index("exchanges") if "exchanges" in words else len(words)
    end = min(start, words.index("parameters") if "parameters" in words else start)
    fields = {_word(cells): _text(cells, 1) for _, cells in block.rows[1:end]}
    own = Key(block.database, fields.get("code", ""))
    place = f"{file}, sheet {block.sheet[:60]!r} line {line}"
    return Activity(
        key=own,
        place=place,
        name=_text(head, 1),
        product=fields.get("reference product", ""),
        unit=fields.get("unit", ""),
        location=fields.get("location", ""),
        exchanges=tuple(_exchanges(block.rows[start + 1 :], own)),
        synonyms=tuple(filter(None, fields.get("synonyms", "").split("::"))),
        classes=tuple(filter(None, fields.get("categories", "").split("::"))),
        texts=fields,
    )


def _exchanges(rows: Sequence[_Row], own: Key) -> Iterator[Exchange]:
    if not rows:
        return
    header = [_plain(cell).casefold() for cell in rows[0][1]]
    for _, cells in rows[1:]:
        row = {name: cells[place] for place, name in enumerate(header) if name and place < len(cells)}
        code = _plain(row.get("code", ""))
        key = Key(_plain(row.get("database", "")) or own.database, code) if code else None
        flow = Flow(
            _plain(row.get("name", "")),
            _plain(row.get("categories", "")).replace("::", " / "),
            _plain(row.get("unit", "")),
            _plain(row.get("cas number", "")),
        )
        yield Exchange(_plain(row.get("type", "")).casefold(), row.get("amount"), flow, key)


def _word(cells: Sequence[str | float]) -> str:
    return _text(cells, 0).casefold()


def _text(cells: Sequence[str | float], place: int) -> str:
    return _plain(cells[place]) if place < len(cells) else ""


def _plain(cell: str | float) -> str:
    if isinstance(cell, float):
        return f"{cell:.15g}"
    found = clean(cell, 4000)
    return "" if found.casefold() == _UNKNOWN else found
