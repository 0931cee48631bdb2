"""openLCA processes as datasets: the quantitative reference, what it says of place, time and terms."""

from __future__ import annotations

from collections.abc import Iterator

from firstprint.domain.dataset import Dataset
from firstprint.errors import UnreadableError
from firstprint.importers.datasets.inventories import (
    Draft,
    inventory_result,
    licence_of,
    names_of,
    published,
    told,
    tried,
)
from firstprint.importers.datasets.json_node import Node
from firstprint.importers.datasets.normalising import MAX_TEXT_CHARS, year
from firstprint.importers.datasets.olca_entities import Entities, Entity
from firstprint.importers.datasets.olca_flows import inventory_of, is_input, is_reference
from firstprint.importers.datasets.olca_units import Measured, measured, weight_of
from firstprint.importers.datasets.records import Problem

_AGGREGATED = "LCI_RESULT"


def process_dataset(entities: Entities, entity: Entity, source: str) -> Iterator[Dataset | Problem]:
    """The dataset of a process, or why there is none."""
    node, place = entity.node, entity.place
    reference = next((each for each in node.nodes("exchanges") if is_reference(each)), None)
    if reference is None:
        yield Problem("has no usable reference flow", place, "None of its exchanges is the quantitative reference.")
        return
    try:
        amount = amount_of(entities, reference)
    except UnreadableError as error:
        yield told(error, place)
        return
    aggregated = node.text("processType") == _AGGREGATED
    found = tried(
        lambda: inventory_result(inventory_of(entities, node.nodes("exchanges"), aggregated=aggregated)),
        "gate_to_gate",
        place,
    )
    if found.problem is not None:
        yield found.problem
    flow, weight = entities.find("Flow", reference.node("flow")), weight_of(entities, reference)
    about = node.node("processDocumentation")
    restrictions = about.text("restrictionsDescription", limit=MAX_TEXT_CHARS)
    draft = Draft(
        dataset_id=entity.dataset_id,
        names=names_of([("", node.text("name"))]),
        amount=amount.amount,
        unit=amount.unit,
        result=found.result,
        synonyms=(reference.node("flow").text("name"), *synonyms_of(flow)),
        description=" ".join(
            filter(None, (node.text("description", limit=2000), about.text("technologyDescription", limit=2000)))
        ),
        category=entities.category(node),
        geography=entities.place(node) or entities.place(reference.node("flow")) or entities.place(flow),
        year=year(about.text("validFrom")) or year(about.text("validUntil")),
        valid_until=year(about.text("validUntil")),
        licence=licence_of(restrictions),
        life_cycle_phase="end_of_life" if is_input(reference) else "production",
        mass_kg=weight.mass_kg,
        volume_m3=weight.volume_m3,
        attributes={
            "process_type": node.text("processType").lower().replace("_", " "),
            "reference_flow": reference.node("flow").text("name"),
            "dataset_version": node.text("version"),
            "restrictions": "" if licence_of(restrictions) == restrictions else restrictions[:300],
            "cas": flow.text("cas"),
            "citation": about.node("publication").text("name"),
        },
    )
    yield from published(draft, source, place)


def amount_of(entities: Entities, exchange: Node) -> Measured:
    """The amount of an exchange in a unit that is known, where there is a way to one.

    Raises:
        UnreadableError: it has no amount or no unit.
    """
    unit, flow_property = exchange.node("unit"), exchange.node("flowProperty")
    return measured(entities, exchange.raw("amount", "value"), unit, flow_property, exchange.node("flow"))


def synonyms_of(flow: Node) -> tuple[str, ...]:
    """A flow's other names, which openLCA writes in one text."""
    return tuple(each.strip() for each in flow.text("synonyms", limit=MAX_TEXT_CHARS).split(";"))
