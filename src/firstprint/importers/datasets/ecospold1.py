"""One ecoSpold 1 ``dataset`` element: reference function, flows, and impact results where it carries any."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.errors import UnreadableError
from firstprint.importers.datasets.climate_methods import Gwp100, Indicator, choose_gwp100
from firstprint.importers.datasets.direct_emissions import Emission, greenhouse_gas
from firstprint.importers.datasets.ecospold_xml import attribute, child, children, text
from firstprint.importers.datasets.inventories import (
    Draft,
    Inventory,
    Result,
    Seen,
    Tried,
    characterised,
    inventory_result,
    joined_category,
    names_of,
    published,
    tried,
)
from firstprint.importers.datasets.normalising import number, year
from firstprint.importers.datasets.records import Problem

if TYPE_CHECKING:
    from lxml import etree

_KINDS = {"0": "system non-terminated", "1": "unit process", "2": "system terminated", "5": "multi-output process"}
_NO_PROCESS = {"3": "is an elementary flow, not a process", "4": "describes an impact method, not a process"}
_AGGREGATED = "2"
_PRODUCTS, _WASTE_OUT, _TO_NATURE = frozenset({"0", "2"}), "3", "4"
_BOUGHT = frozenset({"1", "2", "3", "5"})
_LOGNORMAL = "1"
_WIDEST = 100
_ACCESS = {"1": "restricted: ETH domain", "2": "restricted: ecoinvent members", "3": "restricted: one institute"}


class _Reference(NamedTuple):
    amount: float
    unit: str


def ecospold1_datasets(root: etree._Element, file: str, source: str, seen: Seen) -> Iterator[Dataset | Problem]:
    """All datasets of an ecoSpold 1 file."""
    for order, element in enumerate(children(root, "dataset"), start=1):
        place = f"{file}, dataset {order}"
        kind = attribute(_information(element), "type")
        if kind in _NO_PROCESS:
            yield Problem(_NO_PROCESS[kind], place)
            continue
        yield from _dataset(element, place, source, seen)


def _dataset(element: etree._Element, place: str, source: str, seen: Seen) -> Iterator[Dataset | Problem]:
    function = child(element, "metaInformation", "processInformation", "referenceFunction")
    exchanges = tuple(children(child(element, "flowData"), "exchange"))
    try:
        reference = _reference(function, exchanges)
    except UnreadableError as error:
        yield Problem(error.reason, place, error.detail)
        return
    identity = _identity(element, function)
    twice = seen.again(identity, place)
    if twice is not None:
        yield twice
        return
    found = tried(lambda: _result(element, exchanges), "gate_to_gate", place)
    if found.problem is not None:
        yield found.problem
    yield from published(_draft(element, identity, reference, found), source, place)


def _draft(element: etree._Element, identity: str, reference: _Reference, found: Tried) -> Draft:
    process = child(element, "metaInformation", "processInformation")
    function, information = child(process, "referenceFunction"), _information(element)
    period = child(process, "timePeriod")
    first, last = _from(period, "start"), _from(period, "end")
    publication = child(element, "metaInformation", "administrativeInformation", "dataGeneratorAndPublication")
    described = (attribute(function, "generalComment"), attribute(function, "includedProcesses"))
    return Draft(
        dataset_id=identity,
        names=names_of(
            [
                (attribute(information, "languageCode"), attribute(function, "name")),
                (attribute(information, "localLanguageCode"), attribute(function, "localName")),
            ]
        ),
        amount=reference.amount,
        unit=reference.unit,
        result=found.result,
        synonyms=tuple(text(each) for each in children(function, "synonym")),
        description=" ".join(filter(None, (*described, attribute(child(process, "technology"), "text")))),
        category=joined_category((attribute(function, "category"), attribute(function, "subCategory"))),
        geography=attribute(child(process, "geography"), "location"),
        year=first or last,
        licence=_ACCESS.get(attribute(publication, "accessRestrictedTo"), ""),
        uncertainty_pct=_uncertainty_pct(element, found.result),
        attributes={
            "dataset_number": attribute(element, "number"),
            "process_type": _KINDS.get(attribute(information, "type"), ""),
            "time_period": " to ".join(str(each) for each in (first, last) if each),
            "cas": attribute(function, "CASNumber"),
            "citation": _citation(element),
        },
    )


def _information(element: etree._Element) -> etree._Element | None:
    return child(element, "metaInformation", "processInformation", "dataSetInformation")


def _identity(element: etree._Element, function: etree._Element | None) -> str:
    """No global ids are in ecoSpold 1, and its numbers start anew with each file: name, place and unit tell it."""
    geography = child(element, "metaInformation", "processInformation", "geography")
    key = (
        attribute(function, "name") or attribute(function, "localName"),
        attribute(geography, "location"),
        attribute(function, "unit"),
        attribute(function, "infrastructureProcess"),
        attribute(_information(element), "impactAssessmentResult"),
    )
    return "ecospold1:" + hashlib.sha256("|".join(key).encode()).hexdigest()[:16]


def _reference(function: etree._Element | None, exchanges: tuple[etree._Element, ...]) -> _Reference:
    """From the reference function; where it states none, from the only product.

    Raises:
        UnreadableError: neither says an amount and a unit.
    """
    amount, unit = number(attribute(function, "amount")), attribute(function, "unit")
    if amount is not None and unit:
        return _Reference(amount, unit)
    products = [each for each in exchanges if text(each, "outputGroup") == "0"]
    if len(products) == 1:
        amount, unit = number(attribute(products[0], "meanValue")), unit or attribute(products[0], "unit")
        if amount is not None and unit:
            return _Reference(amount, unit)
    raise UnreadableError(
        "has no usable reference flow", f"amount {attribute(function, 'amount')!r}, unit {unit!r}"[:120]
    )


def _result(element: etree._Element, exchanges: tuple[etree._Element, ...]) -> Result:
    impact = _impact(exchanges)
    if impact is not None:
        return characterised(impact)
    return inventory_result(
        Inventory(
            to_air=tuple(_to_air(exchanges)),
            aggregated=attribute(_information(element), "type") == _AGGREGATED,
            product_inputs=sum(
                text(each, "inputGroup") in _BOUGHT or text(each, "outputGroup") == _WASTE_OUT for each in exchanges
            ),
            products=sum(text(each, "outputGroup") in _PRODUCTS for each in exchanges),
        )
    )


def _impact(exchanges: tuple[etree._Element, ...]) -> Gwp100 | None:
    """An LCIA result: an exchange named by method, category and indicator, in kg CO2e."""
    return choose_gwp100(map(_indicator, exchanges))


def _indicator(exchange: etree._Element) -> Indicator:
    name = ", ".join(filter(None, (attribute(exchange, "subCategory"), attribute(exchange, "name"))))
    return Indicator(attribute(exchange, "category"), name, attribute(exchange, "unit"), exchange.get("meanValue"))


def _to_air(exchanges: tuple[etree._Element, ...]) -> Iterator[Emission]:
    for each in exchanges:
        if text(each, "outputGroup") != _TO_NATURE or "air" not in attribute(each, "category").lower():
            continue
        name, cas = attribute(each, "name"), attribute(each, "CASNumber")
        if greenhouse_gas(name, cas) is None:
            continue
        amount = number(each.get("meanValue"))
        if amount is None:
            raise UnreadableError("has a greenhouse gas without an amount", name[:80])
        yield Emission(name, amount, attribute(each, "unit"), cas)


def _uncertainty_pct(element: etree._Element, result: Result) -> float | None:
    """Half-width of the upper side of a lognormal band: ``standardDeviation95`` is the squared geometric one."""
    if result.kg_co2e is None or result.basis != "process":
        return None
    for exchange in children(child(element, "flowData"), "exchange"):
        told = _indicator(exchange)
        if result.method == ", ".join(filter(None, (told.method, told.name))):
            return _band(exchange)
    return None


def _band(exchange: etree._Element) -> float | None:
    try:
        squared = number(exchange.get("standardDeviation95"))
    except UnreadableError:
        return None
    if attribute(exchange, "uncertaintyType") != _LOGNORMAL or squared is None or not 1 < squared < _WIDEST:
        return None
    return round((squared - 1) * 100, 2)


def _from(period: etree._Element | None, which: str) -> int | None:
    return next(
        (found for name in ("Year", "YearMonth", "Date") if (found := year(text(period, which + name))) is not None),
        None,
    )


def _citation(element: etree._Element) -> str:
    source = child(element, "metaInformation", "modellingAndValidation", "source")
    told = (attribute(source, "firstAuthor"), attribute(source, "year"), attribute(source, "title"))
    return ", ".join(filter(None, told))
