"""Reads the templates of ``index/templates``: stages, boundary and functional unit of a kind of bill."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from firstprint.domain.bill_of_materials import FunctionalUnitRule, Template, TemplateInput, TemplateStage
from firstprint.errors import InputError
from firstprint.resources import resource

FOLDER = "index/templates"
DEFAULT_TEMPLATE = "cradle-to-gate"


@cache
def load_templates(folder: Path | None = None) -> tuple[Template, ...]:
    """Every template of ``folder`` or the shipped ones, by id.

    Raises:
        InputError: a file is no template.
    """
    paths = sorted((folder or resource(FOLDER)).glob("*.toml"))
    return tuple(sorted((read_template(path) for path in paths), key=lambda one: (one.draft, one.id)))


def template_named(name: str) -> Template:
    """The shipped template of an id, or one read from a file of one's own.

    Raises:
        InputError: ``template_unknown``, or the file is no template.
    """
    found = next((one for one in load_templates() if one.id == name.strip().lower()), None)
    if found is not None:
        return found
    if name.endswith(".toml") and Path(name).is_file():
        return read_template(Path(name))
    raise InputError(
        f"There is no template {name!r}.",
        hint=f"Use one of {', '.join(one.id for one in load_templates())}, or the path of a .toml file like them.",
        code="template_unknown",
    )


def read_template(path: Path) -> Template:
    """One template file.

    Raises:
        InputError: ``template_invalid``, naming the file and what it lacks.
    """
    try:
        content = path.read_bytes()
        table = tomllib.loads(content.decode("utf-8"))
        return _template(table, hashlib.sha256(content).hexdigest())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path.name} is not a template: {type(error).__name__} {error}.",
            hint="Compare it with the files of index/templates.",
            code="template_invalid",
        ) from error


def stage_named(template: Template, text: str) -> TemplateStage | None:
    """The stage that ``text`` names by id, name or other spelling; None for no stage of this template."""
    plain = " ".join(text.replace("_", " ").casefold().split())
    for stage in template.stages:
        names = (stage.id.replace("_", " "), stage.name_en.casefold(), stage.name_zh, *stage.aliases)
        if plain in names:
            return stage
    return None


def stage_of_dimension(template: Template, dimension: str) -> TemplateStage:
    """The stage of a line that states none: freight is transport, energy is production, the rest the default."""
    for stage in template.stages:
        if dimension in stage.dimensions:
            return stage
    return template.stage(template.default_stage)


def _template(table: Mapping[str, Any], sha256: str) -> Template:
    stages = tuple(_stage(one) for one in table["stages"])
    if table["default_stage"] not in {stage.id for stage in stages}:
        raise KeyError(f"default_stage {table['default_stage']!r} is no stage")
    rule = table.get("functional_unit")
    return Template(
        id=table["id"],
        name_en=table["name_en"],
        name_zh=table["name_zh"],
        boundary=table["boundary"],
        draft=bool(table["draft"]),
        default_stage=table["default_stage"],
        stages=stages,
        functional_unit=None if rule is None else _rule(rule),
        basis_en=table["basis_en"],
        basis_zh=table["basis_zh"],
        sha256=sha256,
    )


def _stage(table: Mapping[str, Any]) -> TemplateStage:
    return TemplateStage(
        id=table["id"],
        name_en=table["name_en"],
        name_zh=table["name_zh"],
        boundary=table.get("boundary", "cradle_to_gate"),
        in_mass=bool(table.get("in_mass", False)),
        excluded=bool(table.get("excluded", False)),
        dimensions=tuple(table.get("dimensions", ())),
        aliases=tuple(str(alias).casefold() for alias in table.get("aliases", ())),
    )


def _rule(table: Mapping[str, Any]) -> FunctionalUnitRule:
    inputs = tuple(
        TemplateInput(one["name"], one["unit"], one["meaning_en"], one["meaning_zh"]) for one in table["inputs"]
    )
    products = tuple(tuple(names) for names in table["products"])
    unknown = {name for names in products for name in names} - {one.name for one in inputs}
    if unknown:
        raise KeyError(f"functional_unit multiplies {sorted(unknown)}, which are no inputs")
    return FunctionalUnitRule(table["unit"], table["name_en"], table["name_zh"], inputs, products)
