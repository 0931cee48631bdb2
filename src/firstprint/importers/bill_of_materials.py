"""A file to the checked rows of a bill of materials, or to every fault it has, all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from firstprint.domain.bill_of_materials import BillRow, ColumnUse, Template
from firstprint.errors import FaultsError, GeographyError, InputError
from firstprint.geography import normalise_geography
from firstprint.importers.bill_cells import (
    CellError,
    NumberCell,
    UnitSize,
    blank,
    flag_cell,
    mass_cell,
    number_cell,
    supplier_cell,
)
from firstprint.importers.bill_cells import unit_cell as read_unit
from firstprint.importers.bill_columns import MappedColumns, map_columns
from firstprint.importers.bill_tables import RawRow, RawTable, read_table
from firstprint.importers.bill_templates import load_templates, stage_named, stage_of_dimension
from firstprint.importers.bill_tree import Node, Place, depths, plant
from firstprint.language import clean_description
from firstprint.units import dimension

MASS_AGREES = 0.02
"""Relative difference below which two statements of one mass are the same."""
_T = TypeVar("_T")
_PIECE = UnitSize(1.0, "piece")


class ReadBill(NamedTuple):
    """What a file says.

    Attributes:
        file: its name, with the sheet's.
        rows: checked, in the order of the file.
        columns: how its headings were read.
        notes: what was decided in reading, as codes with a value behind a colon.
    """

    file: str
    rows: tuple[BillRow, ...]
    columns: tuple[ColumnUse, ...]
    notes: tuple[str, ...]


def read_bill(
    path: Path, template: Template, *, columns: Mapping[str, str] | None = None, sheet: str | None = None
) -> ReadBill:
    """Reads a bill of materials.

    Args:
        path: a csv, tsv, xlsx or jsonl file.
        template: whose stages lines may name.
        columns: column → heading, where guessing would be wrong.
        sheet: of a workbook, or None for the first with a bill.

    Raises:
        FaultsError: with every fault of the file, each naming row, column, rule and value.
    """
    return bill_of(read_table(path, sheet), template, columns or {})


def bill_of(table: RawTable, template: Template, columns: Mapping[str, str]) -> ReadBill:
    """The checked rows of a table.

    Raises:
        FaultsError: as ``read_bill``.
    """
    mapped = map_columns(table.header, columns, f"{table.file}, row {table.header_line}")
    faults = list(mapped.faults)
    rows: list[BillRow] = []
    if "component" in mapped.places:
        lines = [_Line(table, mapped, raw, template, faults) for raw in table.rows]
        tree = plant([line.place() for line in lines], table.file)
        faults += tree.faults
        if tree.faults:
            for line in lines:  # their other faults are told at once with those of the tree
                line.read(Node(f"r{line.number}", None), 0, has_parts=True)
        else:
            rows = _checked(lines, tree.nodes)
    if faults:
        raise FaultsError(
            f"{table.file} has {len(faults)} fault{'s' if len(faults) > 1 else ''}; nothing was calculated.",
            faults,
            hint="Mend them all and run the command again.",
        )
    unread = (f"unread:{', '.join(mapped.unread)}",) if mapped.unread else ()
    return ReadBill(table.file, tuple(rows), mapped.uses, (*table.notes, *unread))


def _checked(lines: Sequence[_Line], nodes: Sequence[Node]) -> list[BillRow]:
    depth = depths(nodes)
    parents = {node.parent for node in nodes}
    rows = [
        line.read(node, depth[node.id], has_parts=node.id in parents) for line, node in zip(lines, nodes, strict=True)
    ]
    done: dict[str, BillRow] = {}
    for row in sorted(rows, key=lambda one: one.level):
        done[row.id] = row if row.parent is None else _inherited(row, done[row.parent])
    return [done[row.id] for row in rows]


def _inherited(row: BillRow, parent: BillRow) -> BillRow:
    """What a row leaves empty and its parent states: the place, the stage, and being cut off."""
    assumed = list(row.assumed)
    geography, stage = row.geography, row.stage
    if geography is None and parent.geography is not None:
        geography = parent.geography
        assumed.append("place_of_parent")
    if "stage_guessed" in assumed and "stage_guessed" not in parent.assumed and _is_thing(row):
        stage = parent.stage
        assumed[assumed.index("stage_guessed")] = "stage_of_parent"
    return row._replace(geography=geography, stage=stage, cut_off=row.cut_off or parent.cut_off, assumed=tuple(assumed))


def _is_thing(row: BillRow) -> bool:
    return dimension(row.unit) in {"mass", "count"}


class _Quantity(NamedTuple):
    amount: float | None
    unit: UnitSize
    assumed: tuple[str, ...]


class _Line:
    """One row on its way to a ``BillRow``; what is wrong with it goes into the common list of faults."""

    def __init__(
        self, table: RawTable, mapped: MappedColumns, raw: RawRow, template: Template, faults: list[str]
    ) -> None:
        self._raw, self._template, self._faults = raw, template, faults
        self._where = f"{table.file}, row {raw.line}"
        self._header, self._places = table.header, mapped.places
        self._units = {use.column: use.unit for use in mapped.uses}

    @property
    def number(self) -> int:
        """Number of the row in the file."""
        return self._raw.line

    def place(self) -> Place:
        """What the row says of its place in the tree."""
        level, own, parent = (self._cell(name) for name in ("level", "id", "parent"))
        return Place(self._raw.line, self._cell("component"), level, own, parent)

    def read(self, node: Node, level: int, *, has_parts: bool) -> BillRow:
        """The row, checked; on a fault some value stands in, and the row is never used."""
        cut_off = self._try("cut_off", flag_cell) or False
        quantity = self._quantity(needed=not (cut_off or has_parts))
        mass, assumed = self._mass(quantity)
        if blank(self._cell("amount")) and mass is None and not (cut_off or has_parts):
            self._left_open()
        stage, stage_assumed = self._stage(quantity.unit.unit)
        return BillRow(
            row=self._raw.line,
            id=node.id,
            parent=node.parent,
            level=level,
            component=self._component(),
            material=self._material(),
            amount=self._amount(quantity, mass, has_parts=has_parts),
            unit=quantity.unit.unit,
            mass_kg=mass,
            stage=stage,
            geography=self._try("geography", normalise_geography),
            supplier_kg_co2e=self._supplier(quantity),
            cut_off=cut_off,
            assumed=(*quantity.assumed, *assumed, *stage_assumed),
        )

    def _amount(self, quantity: _Quantity, mass: float | None, *, has_parts: bool) -> float | None:
        if quantity.amount is None:
            return 1.0 if has_parts or mass is not None else None
        return quantity.amount * quantity.unit.amount

    def _quantity(self, *, needed: bool) -> _Quantity:
        """The amount in the unit as written, and that unit's size."""
        number = self._try("amount", number_cell)
        written = self._cell("unit") or (number.unit if number else "") or self._units.get("amount", "")
        if number and number.unit and not blank(self._cell("unit")):
            self._unit_twice(number)
        unit = self._try_text("unit" if "unit" in self._places else "amount", written, read_unit) if written else None
        if number is None:
            assumed = ("amount_one",) if needed else ()
            return _Quantity(None, unit or _PIECE, assumed)
        return _Quantity(number.value, unit or _PIECE, () if written else ("unit_piece",))

    def _unit_twice(self, number: NumberCell) -> None:
        """The unit in the amount's cell and the one in the column of units must say the same."""
        try:
            same = read_unit(number.unit) == read_unit(self._cell("unit"))
        except CellError:
            same = True  # the unknown unit is told once, where it is read
        if not same:
            self._fault("amount", f"says {number.unit!r} while the unit says {self._cell('unit')!r}. Keep one of them")

    def _mass(self, quantity: _Quantity) -> tuple[float | None, tuple[str, ...]]:
        """Mass of one base unit: of a piece, a square metre …; None for amounts that are masses themselves."""
        each = self._try("mass_kg", lambda text: mass_cell(text, self._units.get("mass_kg", "")))
        whole = self._try("total_mass_kg", lambda text: mass_cell(text, self._units.get("total_mass_kg", "")))
        amount = quantity.amount
        if dimension(quantity.unit.unit) == "mass":
            self._compare_mass(quantity, each, whole)
            return None, ()
        if each is None and whole is not None:
            each = whole / (amount or 1.0)
        elif each is not None and whole is not None and abs(each * (amount or 1.0) / whole - 1) > MASS_AGREES:
            self._fault("total_mass_kg", f"must be amount × mass = {each * (amount or 1.0):g} kg. Mend one of them")
        if each is None:
            return None, ()
        return each / quantity.unit.amount, ()

    def _compare_mass(self, quantity: _Quantity, each: float | None, whole: float | None) -> None:
        """An amount of kilograms beside a mass: both must say the same."""
        if quantity.amount is None:
            return
        amount_kg = quantity.amount * quantity.unit.amount
        for column, stated in (("mass_kg", each), ("total_mass_kg", whole)):
            fits = stated is None or abs(stated / amount_kg - 1) <= MASS_AGREES
            if not fits and not (column == "mass_kg" and stated == quantity.unit.amount):
                self._fault(column, f"must agree with the amount, {amount_kg:g} kg. Leave it empty or mend it")

    def _supplier(self, quantity: _Quantity) -> float | None:
        """Kg CO2e of one base unit, by the supplier."""
        each = self._try("supplier_kg_co2e", supplier_cell)
        whole = self._try("supplier_kg_co2e_total", supplier_cell)
        if each is not None and whole is not None:
            self._fault(
                "supplier_kg_co2e_total", "must be empty where the value for one unit is given. Keep one of them"
            )
        if each is not None:
            return each / quantity.unit.amount
        if whole is not None:
            return whole / ((quantity.amount or 1.0) * quantity.unit.amount)
        return None

    def _stage(self, unit: str) -> tuple[str, tuple[str, ...]]:
        text = self._cell("stage")
        if blank(text):
            found = stage_of_dimension(self._template, dimension(unit))
            return found.id, ("stage_guessed",) if "stage" in self._places else ()
        stage = stage_named(self._template, text)
        if stage is None:
            names = ", ".join(f"{one.id} ({one.name_zh})" for one in self._template.stages)
            other = next((one.id for one in load_templates() if stage_named(one, text) is not None), "")
            todo = f"Use one of them, or --template {other}" if other else "Use one of them"
            self._fault("stage", f"must be a stage of the template {self._template.id!r}: {names}. {todo}")
            return self._template.default_stage, ()
        return stage.id, ()

    def _component(self) -> str:
        text = self._cell("component")
        if blank(text) and not blank(self._cell("material")):
            return ""
        return self._try_text("component", text, clean_description) or text

    def _material(self) -> str:
        text = self._cell("material")
        return "" if blank(text) or text == self._cell("component") else text

    def _left_open(self) -> None:
        self._fault(
            "amount" if "amount" in self._places else "component",
            "must be given; the line was left open. Fill in the amount, or mark the line in the column 'cut_off'",
        )

    def _cell(self, column: str) -> str:
        place = self._places.get(column)
        return self._raw.cells[place] if place is not None and place < len(self._raw.cells) else ""

    def _try(self, column: str, read: Callable[[str], _T]) -> _T | None:
        text = self._cell(column)
        return None if blank(text) else self._try_text(column, text, read)

    def _try_text(self, column: str, text: str, read: Callable[[str], _T]) -> _T | None:
        try:
            return read(text)
        except CellError as error:
            self._fault(column, str(error), text)
        except GeographyError as error:
            self._fault(column, f"must be a place that is known. {error.hint}".rstrip("."), text)
        except InputError as error:
            self._fault(column, f"{error.message} {error.hint}".rstrip(" ."), text)
        return None

    def _fault(self, column: str, rule: str, value: str | None = None) -> None:
        place = self._places.get(column)
        heading = self._header[place] if place is not None and place < len(self._header) else column
        text = self._cell(column) if value is None else value
        rule, _, todo = rule.partition(". ")
        shown = text if len(text) <= 60 else text[:59] + "…"
        advice = f" {todo}." if todo else ""
        self._faults.append(f"{self._where}, column {heading!r}: {rule}; got {shown!r}.{advice.replace('..', '.')}")
