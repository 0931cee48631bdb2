"""What openpyxl leaves out when it saves a user's workbook: values of formulas are put back, the rest is told.

openpyxl writes a formula without the value that the user's program had calculated. Excel calculates anew when it opens
the file, but a preview, a protected view, pandas or a second batch would see nothing. The values still hold: our
columns stand beside the user's, and no cell of theirs changes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from firstprint.importers.xlsx import checked_file, guarded, opened

_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)>(<f(?:[^>]*/>|[^>]*>[^<]*</f>))<v\s*(?:/>|></v>)</c>')
_LOST: Final[Mapping[str, tuple[str, bytes]]] = {
    "pictures": ("xl/media/", b""),
    "shapes and text boxes": ("xl/drawings/drawing", rb"<xdr:(?:sp|grpSp|cxnSp)[ >]"),
    "slicers": ("xl/slicers/", b""),
    "form controls": ("xl/ctrlProps/", b""),
    "threaded comments": ("xl/threadedComments/", b""),
    "sparklines": ("xl/worksheets/", rb"<x14:sparkline>"),
    "data bars and icons of newer kinds": ("xl/worksheets/", rb"<x14:cfRule[ >]"),
}
"""What a workbook may hold that openpyxl drops: where it lies in the archive, and what each is counted by."""

Value = str | float | int | bool | datetime | date | time | timedelta


def formula_values(source: Path, parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Sheets with the values of their formulas as the user's program had left them.

    Args:
        source: the user's workbook.
        parts: the sheets of the copy by their name in its archive, ``xl/worksheets/sheet1.xml`` and so on.

    Raises:
        FaultsError: the user's workbook cannot be read any more.
    """
    wanted = {name: {found[1].decode() for found in _FORMULA.finditer(part)} for name, part in parts.items()}
    if not any(wanted.values()):
        return dict(parts)
    out = dict(parts)
    with guarded(source.name), opened(checked_file(source)) as book:
        for number, page in enumerate(book.worksheets, start=1):
            name = sheet_part(number)
            if wanted.get(name):
                out[name] = _filled(parts[name], _values(page, wanted[name]))
    return out


def sheet_part(number: int) -> str:
    """The name that openpyxl gives to a sheet, counted from 1."""
    return f"xl/worksheets/sheet{number}.xml"


def left_out(source: Path, copy: Path) -> list[str]:
    """What the user's workbook holds and its copy does not, each with its number."""
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(copy) as after:
        told = []
        for what, (prefix, mark) in _LOST.items():
            lost = _count(before, prefix, mark) - _count(after, prefix, mark)
            if lost > 0:
                told.append(f"{what} ({lost})")
        return told


def _count(archive: zipfile.ZipFile, prefix: str, mark: bytes) -> int:
    names = [name for name in archive.namelist() if name.startswith(prefix)]
    return sum(len(re.findall(mark, archive.read(name))) for name in names) if mark else len(names)


def _values(page: Any, wanted: Iterable[str]) -> dict[str, tuple[str, Value]]:  # noqa: ANN401 - openpyxl has no types
    found, open_ones = {}, set(wanted)
    for row in page.iter_rows():
        for cell in row:
            if cell.value is not None and cell.coordinate in open_ones:
                found[cell.coordinate] = (str(cell.data_type), cell.value)
    return found


def _filled(part: bytes, values: Mapping[str, tuple[str, Value]]) -> bytes:
    def cell(found: re.Match[bytes]) -> bytes:
        place, attributes, formula = found.groups()
        known = values.get(place.decode())
        if known is None or b" t=" in attributes:
            return found[0]
        kind, text = _written(*known)
        told = f' t="{kind}"' if kind else ""
        return b'<c r="%s"%s%s>%s<v>%s</v></c>' % (place, attributes, told.encode(), formula, text.encode())

    return _FORMULA.sub(cell, part)


def _written(data_type: str, value: Value) -> tuple[str, str]:
    """Type and text of a cell's value, as ECMA-376 part 1, 18.18.11 has them."""
    from openpyxl.utils.datetime import to_excel

    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, str):
        kind = "e" if data_type == "e" else "str"
        return kind, escape(value).encode("ascii", "xmlcharrefreplace").decode()
    return "", repr(value if isinstance(value, int | float) else to_excel(value))
