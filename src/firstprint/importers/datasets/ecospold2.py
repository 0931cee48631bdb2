"""One ecoSpold 2 ``activityDataset``: activity and reference product, flows, impact indicators where it has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from firstprint.domain.dataset import Dataset
from firstprint.errors import UnreadableError
from firstprint.importers.datasets.climate_methods import Indicator, choose_gwp100
from firstprint.importers.datasets.direct_emissions import Emission, greenhouse_gas
from firstprint.importers.datasets.ecospold_xml import attribute, child, children, text, texts
from firstprint.importers.datasets.inventories import (
    Draft,
    Inventory,
    Names,
    Result,
    Seen,
    characterised,
    inventory_result,
    joined_category,
    names_of,
    published,
    told,
    tried,
)
from firstprint.importers.datasets.normalising import number, year
from firstprint.importers.datasets.records import Problem

if TYPE_CHECKING:
    from lxml import etree

_AGGREGATED = "2"
_REFERENCE, _BY_PRODUCT, _FOR_TREATMENT, _TO_NATURE = "0", "2", "3", "4"
_CATEGORY_SYSTEMS = ("ecospold01categories", "isic", "cpc")
_ACCESS = {"1": "restricted: licensees only", "2": "restricted: results only", "3": "restricted"}


class _Product(NamedTuple):
    exchange: etree._Element
    amount: float


def ecospold2_datasets(root: etree._Element, file: str, source: str, seen: Seen) -> Iterator[Dataset | Problem]:
    """All activity datasets of an ecoSpold 2 file; one for each reference product."""
    for order, element in enumerate(children(root, "activityDataset", "childActivityDataset"), start=1):
        place = f"{file}, activity {order}"
        try:
            products = _products(element)
        except UnreadableError as error:
            yield told(error, place)
            continue
        for product in products:
            yield from _dataset(element, product, len(products), place, source, seen)


def _dataset(
    element: etree._Element, product: _Product, products: int, place: str, source: str, seen: Seen
) -> Iterator[Dataset | Problem]:
    identity = _identity(element, product.exchange)
    if not identity:
        yield Problem("has no id", place)
        return
    twice = seen.again(identity, place)
    if twice is not None:
        yield twice
        return
    found = tried(lambda: _result(element, product, products), "gate_to_gate", place)
    if found.problem is not None:
        yield found.problem
    yield from published(_draft(element, product, identity, found.result), source, place)


def _products(element: etree._Element) -> tuple[_Product, ...]:
    """The reference products with an amount.

    Raises:
        UnreadableError: there is none.
    """
    flows = children(child(element, "flowData"), "intermediateExchange")
    stated = [(each, number(each.get("amount"))) for each in flows if text(each, "outputGroup") == _REFERENCE]
    found = tuple(_Product(each, amount) for each, amount in stated if amount)
    if not found:
        raise UnreadableError("has no usable reference flow", f"{len(stated)} reference products, none with an amount")
    return found


def _identity(element: etree._Element, exchange: etree._Element) -> str:
    """``ACTIVITY_PRODUCT``, as ecoinvent names its files: activities that were allocated share their own id."""
    activity = attribute(child(element, "activityDescription", "activity"), "id")
    product = attribute(exchange, "intermediateExchangeId") or attribute(exchange, "id")
    return f"{activity}_{product}" if activity and product else activity


def _draft(element: etree._Element, product: _Product, identity: str, result: Result) -> Draft:
    description = child(element, "activityDescription")
    activity, period = child(description, "activity"), child(description, "timePeriod")
    first, last = year(attribute(period, "startDate")), year(attribute(period, "endDate"))
    administration = child(element, "administrativeInformation")
    publication = child(administration, "dataGeneratorAndPublication")
    names = _names(activity, product.exchange)
    comments = (each for part in ("generalComment",) for each in children(child(activity, part), "text"))
    waste = product.amount < 0
    return Draft(
        dataset_id=identity,
        names=names,
        amount=product.amount,
        unit=text(product.exchange, "unitName"),
        result=result,
        synonyms=(
            *(each for _, each in texts(product.exchange, "name")),
            *(each for _, each in texts(product.exchange, "synonym")),
            *(each for _, each in texts(activity, "activityName")),
            *(each for _, each in texts(activity, "synonym")),
        ),
        description=" ".join(filter(None, (*map(text, comments), text(activity, "includedActivitiesEnd")))),
        category=_category(description),
        geography=text(description, "geography", "shortname"),
        year=first or last,
        licence=_ACCESS.get(attribute(publication, "accessRestrictedTo"), ""),
        life_cycle_phase="end_of_life" if waste else "production",
        mass_kg=_mass_kg(product),
        attributes={
            "activity": text(activity, "activityName"),
            "reference_product": text(product.exchange, "name"),
            "system_model": text(element, "modellingAndValidation", "representativeness", "systemModelName"),
            "time_period": " to ".join(str(each) for each in (first, last) if each),
            "cas": attribute(product.exchange, "casNumber"),
            "citation": text(administration, "fileAttributes", "contextName"),
        },
    )


def _mass_kg(product: _Product) -> float | None:
    """From the property ``wet mass``, else ``dry mass``, which are per one of the exchange's unit."""
    stated_in_kg = [each for each in children(product.exchange, "property") if text(each, "unitName") == "kg"]
    masses = {text(each, "name"): each for each in stated_in_kg}
    stated = masses.get("wet mass", masses.get("dry mass"))
    try:
        each_kg = number(stated.get("amount")) if stated is not None else None
    except UnreadableError:
        return None
    return each_kg * product.amount if each_kg else None


def _names(activity: etree._Element | None, exchange: etree._Element) -> Names:
    """The product, and the activity that makes it; the activity alone where it names its product."""
    products, activities = names_of(texts(exchange, "name")), names_of(texts(activity, "activityName"))
    return Names(
        _joined(products.name, activities.name),
        _joined(products.name_zh, activities.name_zh),
        (*products.others, *activities.others),
    )


def _joined(product: str, activity: str) -> str:
    if not product or product.casefold() in activity.casefold():
        return activity
    return f"{product} ({activity})" if activity else product


def _category(description: etree._Element | None) -> str:
    """Of the old ecoinvent tree, else ISIC, else CPC, without the code in front."""
    values = {
        text(each, "classificationSystem").casefold(): text(each, "classificationValue")
        for each in children(description, "classification")
    }
    for wanted in _CATEGORY_SYSTEMS:
        for system, value in values.items():
            if system.startswith(wanted) and value:
                return joined_category(value.split("/") if "categories" in wanted else [value.rpartition(":")[2]])
    return ""


def _result(element: etree._Element, product: _Product, products: int) -> Result:
    flows = child(element, "flowData")
    if products > 1:  # nothing can be told apart, and each would go through all flows again
        return Result(None, "gate_to_gate")
    impact = choose_gwp100(map(_indicator, children(flows, "impactIndicator")))
    if impact is not None:
        return characterised(impact, waste_treatment=product.amount < 0)
    intermediate = tuple(children(flows, "intermediateExchange"))
    return inventory_result(
        Inventory(
            to_air=tuple(_to_air(children(flows, "elementaryExchange"))),
            aggregated=attribute(child(element, "activityDescription", "activity"), "type") == _AGGREGATED,
            product_inputs=sum(
                child(each, "inputGroup") is not None or text(each, "outputGroup") == _FOR_TREATMENT
                for each in intermediate
            ),
            products=products + sum(_is_by_product(each) for each in intermediate),
        )
    )


def _is_by_product(exchange: etree._Element) -> bool:
    return text(exchange, "outputGroup") == _BY_PRODUCT and attribute(exchange, "amount") not in {"0", "0.0", ""}


def _indicator(element: etree._Element) -> Indicator:
    name = ", ".join(dict.fromkeys(filter(None, (text(element, "impactCategoryName"), text(element, "name")))))
    return Indicator(text(element, "impactMethodName"), name, text(element, "unitName"), element.get("amount"))


def _to_air(flows: Iterable[etree._Element]) -> Iterator[Emission]:
    for each in flows:
        to_air = text(each, "compartment", "compartment").casefold() == "air"
        if text(each, "outputGroup") != _TO_NATURE or not to_air:
            continue
        name, cas = text(each, "name"), attribute(each, "casNumber")
        if greenhouse_gas(name, cas) is None:
            continue
        amount = number(each.get("amount"))
        if amount is None:
            raise UnreadableError("has a greenhouse gas without an amount", name[:80])
        yield Emission(name, amount, text(each, "unitName"), cas)
