"""openLCA results and EPDs as datasets: characterised results of product systems, and those of an EPD's modules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.errors import UnreadableError
from firstprint.importers.datasets.inventories import (
    Draft,
    Result,
    characterised,
    inventory_result,
    names_of,
    published,
    told,
    tried,
)
from firstprint.importers.datasets.json_node import Node
from firstprint.importers.datasets.normalising import MAX_TEXT_CHARS, number, year
from firstprint.importers.datasets.olca_entities import Entities, Entity
from firstprint.importers.datasets.olca_flows import climate_result, inventory_of, is_reference
from firstprint.importers.datasets.olca_process import amount_of, synonyms_of
from firstprint.importers.datasets.olca_units import Measured, Weight, measured, weight_of
from firstprint.importers.datasets.records import Problem
from firstprint.units import format_number

_STAGES = re.compile(r"A([1-3])(?:[-–—_ ]*A?([1-3]))?")
_PRODUCT_STAGE = frozenset({1, 2, 3})
_MOST_MODULES = 200
"""EN 15804 has 17; scenarios multiply them."""


class _Reference(NamedTuple):
    amount: Measured
    flow: Node
    process: Node
    weight: Weight = Weight()


class _Module(NamedTuple):
    """A module of an EPD and its climate result, for the EPD's declared amount."""

    name: str
    kg_co2e: float
    method: str


def result_dataset(entities: Entities, entity: Entity, source: str) -> Iterator[Dataset | Problem]:
    """The dataset of a result, or why there is none."""
    node, place = entity.node, entity.place
    try:
        reference = _reference(entities, node)
    except UnreadableError as error:
        yield told(error, place)
        return
    found = tried(lambda: _result(entities, node), "cradle_to_gate", place)
    if found.problem is not None:
        yield found.problem
    flow = entities.find("Flow", reference.flow)
    process = entities.find("Process", reference.process)
    about = process.node("processDocumentation")
    name = reference.process.text("name") or reference.flow.text("name")
    own_name = node.text("name") if node.text("name") != entity.id else ""
    draft = Draft(
        dataset_id=entity.dataset_id,
        names=names_of([("", own_name or name)]),
        amount=reference.amount.amount,
        unit=reference.amount.unit,
        result=found.result,
        synonyms=(reference.flow.text("name"), name, *synonyms_of(flow)),
        description=node.text("description", limit=MAX_TEXT_CHARS),
        category=entities.category(node) or entities.category(process) or entities.category(flow),
        geography=entities.place(process) or entities.place(reference.process) or entities.place(reference.flow),
        year=year(about.text("validFrom")),
        mass_kg=reference.weight.mass_kg,
        volume_m3=reference.weight.volume_m3,
        attributes={
            "reference_flow": reference.flow.text("name"),
            "dataset_version": node.text("version"),
            "calculated": node.text("calculationTime", limit=40),
            "product_system": node.node("productSystem").text("name"),
        },
    )
    yield from published(draft, source, place)


def _result(entities: Entities, node: Node) -> Result:
    found = climate_result(entities, node)
    if found is not None:
        return characterised(found)
    inventory = inventory_of(entities, node.nodes("flowResults"), aggregated=True)
    return inventory_result(inventory)


def _reference(entities: Entities, node: Node) -> _Reference:
    """The reference flow of a result, or that of its product system.

    Raises:
        UnreadableError: neither says what the result is for.
    """
    system = entities.find("ProductSystem", node.node("productSystem"))
    process = system.node("refProcess", "referenceProcess")
    stated = next((each for each in node.nodes("flowResults") if is_reference(each)), None)
    if stated is not None:
        return _Reference(amount_of(entities, stated), stated.node("flow"), process, weight_of(entities, stated))
    if not system:
        raise UnreadableError("has no usable reference flow", "It has neither a reference flow nor a product system.")
    exchange = system.node("refExchange", "referenceExchange")
    flow = exchange.node("flow") or _flow_of(entities, process, exchange)
    unit, flow_property = system.node("targetUnit"), system.node("targetFlowProperty")
    return _Reference(measured(entities, system.raw("targetAmount"), unit, flow_property, flow), flow, process)


def _flow_of(entities: Entities, process: Node, exchange: Node) -> Node:
    exchanges = entities.find("Process", process).nodes("exchanges")
    wanted = exchange.text("internalId")
    return next((each.node("flow") for each in exchanges if each.text("internalId") == wanted), Node())


def epd_dataset(entities: Entities, entity: Entity, source: str) -> Iterator[Dataset | Problem]:
    """The dataset of an EPD, for its product stage A1 to A3, or why there is none."""
    node, place = entity.node, entity.place
    product = node.node("product")
    try:
        amount = amount_of(entities, product)
    except UnreadableError as error:
        yield told(error, place)
        return
    modules: list[_Module] = []
    found = tried(lambda: _product_stage(entities, node, modules), "cradle_to_gate", place)
    if found.problem is not None:
        yield found.problem
    flow, weight = entities.find("Flow", product.node("flow")), weight_of(entities, product)
    draft = Draft(
        dataset_id=entity.dataset_id,
        names=names_of([("", node.text("name") or product.node("flow").text("name"))]),
        amount=amount.amount,
        unit=amount.unit,
        result=found.result,
        synonyms=(product.node("flow").text("name"), *synonyms_of(flow)),
        description=node.text("description", limit=MAX_TEXT_CHARS),
        category=entities.category(node) or entities.category(flow),
        geography=entities.place(node) or entities.place(product.node("flow")) or entities.place(flow),
        year=year(node.text("validFrom")),
        valid_until=year(node.text("validUntil")),
        mass_kg=weight.mass_kg,
        volume_m3=weight.volume_m3,
        attributes={
            "manufacturer": node.node("manufacturer").text("name"),
            "programme_operator": node.node("programOperator").text("name"),
            "pcr": node.node("pcr").text("name"),
            "registration": node.text("registrationId", "urn"),
            "dataset_version": node.text("version"),
            "modules_kg_co2e": "; ".join(f"{each.name} {format_number(each.kg_co2e)}" for each in modules),
        },
    )
    yield from published(draft, source, place)


def _product_stage(entities: Entities, node: Node, modules: list[_Module]) -> Result:
    """The sum over A1 to A3, once each; other modules are told and never added, least of all credits in D.

    Raises:
        UnreadableError: modules have climate results, and they are not exactly one set of A1 to A3.
    """
    for each in islice(node.nodes("modules"), _MOST_MODULES):
        module = _module(entities, each)
        if module is not None:
            modules.append(module)
    if not modules:
        return Result(None, "cradle_to_gate")
    whole = [each for each in modules if _stages(each.name) == _PRODUCT_STAGE]
    parts = whole or [each for each in modules if _stages(each.name)]
    covered = sorted(stage for each in parts for stage in _stages(each.name))
    if covered != sorted(_PRODUCT_STAGE):
        told_of = ", ".join(each.name for each in modules)[:150] or "none"
        raise UnreadableError(
            "has no single result for its product stage A1 to A3", f"modules with a result: {told_of}"
        )
    methods = dict.fromkeys(each.method for each in parts)
    names = "+".join(each.name for each in parts)
    return Result(
        sum(each.kg_co2e for each in parts), "cradle_to_gate", method=f"{', '.join(methods)}; modules {names}"
    )


def _module(entities: Entities, module: Node) -> _Module | None:
    reference = module.node("result")
    result = entities.find("Result", reference) or reference
    found = climate_result(entities, result)
    if found is None:
        return None
    times = number(module.raw("multiplier"))
    return _Module(module.text("name", limit=40), found.kg_co2e * (1.0 if times is None else times), found.method)


def _stages(module: str) -> frozenset[int]:
    """``A1-A3`` → 1, 2, 3; nothing for a module outside the product stage."""
    found = _STAGES.fullmatch(module.upper().strip())
    return frozenset(range(int(found[1]), int(found[2] or found[1]) + 1)) if found else frozenset()
