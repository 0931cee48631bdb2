"""Grades that name a material: 304, Q235B, 6061-T6, SGCC. Where the nouns do not say the material, its name does."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from firstprint.catalogue.tables import read_table
from firstprint.resources import resource
from firstprint.understanding.chinese import has_han
from firstprint.understanding.tidying import tidied

COLUMNS: Final = ("code", "name_en", "name_zh", "kind", "standing")
KINDS: Final = frozenset(["metal", "plastic", "rubber", "mineral", "battery"])
STANDINGS: Final = frozenset(["alone", "with_form"])

_LONGEST_CODE: Final = 16
_SHORTEST_PREFIX: Final = 2
_LONGEST_SUFFIX: Final = 6
_TELLING_WORD: Final = 4
_RUN = re.compile(r"(?<![A-Za-z0-9#.,])(?:SCH )?[A-Za-z0-9]+(?:[./-][A-Za-z0-9]+)*#?(?![A-Za-z0-9#])")
_BODY = re.compile(r"^(?:SUS|AISI ?|SS|AW-?|AA)(?=\d{3,4}(?!\d))")
# A bare number names a steel only beside a word that things of metal, plastic or mineral go by.
_FORM = re.compile(
    r"\b(?:sheets?|plates?|pipes?|tubes?|tubing|bars?|rods?|coils?|strips?|wires?|fittings?|flanges?|bolts?|screws?|"
    r"nuts?|washers?|valves?|elbows?|tees?|angles?|channels?|beams?|profiles?|extrusions?|billets?|ingots?|castings?|"
    r"forgings?|foils?|couplings?|reducers?|nipples?|hinges?|gaskets?|seals?|o-rings?|magnets?|laminates?|"
    r"stainless|steel|alloys?|alumini?um|iron|zinc|copper|titanium|plastics?|rubber|concrete|bricks?|"
    r"sht|plt|tbg|flg|cplg|blech|rohr|stange|schraube|tôle|tube|barre|vis)\b|"
    r"[板管棒卷带丝线阀箔锭铸锻钢铝铁锌铜钛砖]|法兰|螺|弯头|三通|型材|混凝土|橡胶|塑料|磁",
    re.IGNORECASE,
)
_GENERIC: Final = frozenset(["sheet", "alloy", "cast", "grade", "steel", "plate", "with", "hot", "cold"])
_WORD = re.compile(r"[A-Za-z]+")
_HAN_PAIR: Final = 2


class Grade(NamedTuple):
    """One row of ``index/grades.csv``.

    Attributes:
        code: as written; one that ends with ``*`` in the table takes letters behind it (Q235B, 6061-T6).
        standing: ``alone``, or ``with_form`` for a code that means the material only beside a fitting noun.
    """

    code: str
    name_en: str
    name_zh: str
    kind: str
    standing: str
    takes_suffix: bool


@cache
def load_grades(path: Path | None = None) -> dict[str, Grade]:
    """The grades by their code in capitals; the shipped ``index/grades.csv`` when no path is given.

    Raises:
        InputError: the file cannot be read.
        FaultsError: all of its faults.
    """
    rows = read_table(path or resource("index/grades.csv"), COLUMNS, {"kind": KINDS, "standing": STANDINGS}, key="code")
    grades = [
        Grade(
            code=row["code"].rstrip("*"),
            name_en=row["name_en"],
            name_zh=row["name_zh"],
            kind=row["kind"],
            standing=row["standing"],
            takes_suffix=row["code"].endswith("*"),
        )
        for row in rows
    ]
    return {grade.code.upper(): grade for grade in grades}


def grade_of(code: str) -> Grade | None:
    """The grade that a code names, whatever suffix it has.

    >>> grade_of("Q235B").name_en, grade_of("6061-T6").name_zh, grade_of("SUS304").name_en, grade_of("XQ7")
    ('carbon steel', '铝合金', 'stainless steel', None)
    """
    grades, code = load_grades(), code.upper().replace(" ", "")[: _LONGEST_CODE + 1]
    if len(code) > _LONGEST_CODE:
        return None
    body = _BODY.sub("", code)
    named = grades.get(code) or (grades.get(body) if body != code else None)
    for end in range(len(code) - 1, _SHORTEST_PREFIX - 1, -1):
        if named is not None:
            break
        named = _with_suffix(grades, code, end) or (_with_suffix(grades, body, end) if body != code else None)
    return named._replace(standing="alone") if named and body != code else named


def _with_suffix(grades: dict[str, Grade], code: str, end: int) -> Grade | None:
    grade, suffix = grades.get(code[:end]), code[end:]
    fits = grade is not None and grade.takes_suffix and 0 < len(suffix) <= _LONGEST_SUFFIX and not suffix[0].isdigit()
    return grade if fits else None


def with_materials(text: str) -> str:
    """A description with the material's name in place of its grade, in Chinese or English as the text is.

    A grade beside words that name its material already is left out; what is no grade stays.

    >>> with_materials("SHEET 304 2B"), with_materials("304不锈钢板"), with_materials("SGCC coil")
    ('SHEET stainless steel 2B', '不锈钢板', 'hot-dip galvanised steel sheet coil')
    >>> with_materials("Q235B角铁"), with_materials("304 pages")
    ('碳素钢角铁', '304 pages')
    """
    chinese, form = has_han(text), _FORM.search(text) is not None
    grades = {run[0]: grade for run in _RUN.finditer(text) if (grade := _fitting(run[0], form=form))}
    if not grades:
        return text
    rest = _RUN.sub(lambda run: " " if run[0] in grades else run[0], text)
    names: dict[str, str] = {}
    for code, grade in grades.items():
        called = grade.name_zh if chinese else grade.name_en
        names[code] = " " if called in names.values() or _says_it(grade, rest) else called
    return tidied(_RUN.sub(lambda run: names.get(run[0], run[0]), text)) or text


def _fitting(code: str, *, form: bool) -> Grade | None:
    if not any(map(str.isdigit, code)) and not (code.isupper() and len(code) <= _LONGEST_CODE):
        return None  # "Monel" is said by its own name; only capitals are codes
    grade = grade_of(code)
    return grade if grade and (form or grade.standing == "alone") else None


def _says_it(grade: Grade, rest: str) -> bool:
    """Whether the other words of a text name the material, or one like it, in either language."""
    own = {word.lower() for word in _WORD.findall(grade.name_en) if len(word) >= _TELLING_WORD}
    words = {word.lower() for word in _WORD.findall(rest)}
    return bool((own - _GENERIC or own) & words) or any(pair in rest for pair in _han_pairs(grade.name_zh))


def _han_pairs(name: str) -> list[str]:
    """Each two characters of a Chinese name that stand together; a name of one character as it is."""
    places = range(max(1, len(name) - _HAN_PAIR + 1))
    return [pair for place in places if (pair := name[place : place + _HAN_PAIR]) and not pair.isascii()]
