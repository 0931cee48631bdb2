"""The greenhouse gases of a process that carries no results, summed: only where that sum is an honest number.

Of a unit process the sum is its direct emission per unit of product, if it has one product only and gives each gas
as an elementary flow. Of an LCI result it is the whole footprint, if nothing but elementary flows goes in.
Packages often leave elementary flows out; then a flow is known to be elementary by its UUID in the ILCD reference
list or, for what is not a greenhouse gas, by a name that stands for emissions and waste alone. Any other output may
be a co-product that shares the emissions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from firstprint.errors import UnitError, UnreadableError
from firstprint.importers.datasets.direct_emissions import (
    GWP_METHOD,
    Emission,
    direct_gwp100,
    greenhouse_gas,
)
from firstprint.importers.datasets.ilcd_library import Library
from firstprint.importers.datasets.ilcd_model import Exchange, Flow, Process
from firstprint.importers.datasets.ilcd_units import Measured, measured
from firstprint.importers.datasets.normalising import clean, number
from firstprint.units import dimension

METHOD = GWP_METHOD
_WHOLE = "lci result"
_MAX_NAMED = 12
_MAX_NAME_CHARS = 400
# The reference elementary flows of the ILCD handbook were numbered in runs; products have other UUIDs.
_REFERENCE_ELEMENTARY = re.compile(
    r"[0-9a-f]{8}-(?:3dd[cd]-11dd-[0-9a-f]{4}-0050c2490048|655[0-9a-f]-11dd-ad8b-0800200c9a66)"
)
_NO_PRODUCT = re.compile(
    r"nitrogen(?: oxides?| dioxide| monoxide|, total)|\bno[x2]\b|nitric oxide|sul(?:ph|f)ur (?:di)?oxide|\bso[2x]\b"
    r"|particl|particulate|dust"
    r"|\bpm\s?\d|carbon monoxide|hydrocarbons|\bn?m?vocs?\b|volatile organic|phosphorus|phosphate|suspended solids"
    r"|oxygen demand|\b[cb]od\d?\b|\btoc\b|\bdoc\b|organic carbon|waste|sewage|effluent|sludge|\bslag\b|residue|tailing"
    r"|\b(?:lead|zinc|mercury|cadmium|arsenic|chromium|nickel)\b(?:\s*\(|$|, ion)|ammonia(?:cal)? nitrogen"
    r"|氮氧化物|二氧化硫|颗粒物|烟尘|粉尘|一氧化碳|挥发性|总磷|总氮|悬浮物|需氧量|废水|废气|废渣|废物|污泥|炉渣|污水|尾矿"
)
_NOT_TO_AIR = re.compile(r"\b(?:water|soil|ground)\b|水|土壤")


class Summed(NamedTuple):
    """The emissions for the reference amount of a process.

    Attributes:
        kg_co2e: GWP100, biogenic carbon dioxide at zero.
        flows: names of the greenhouse gases counted.
        upstream: whether the inventory begins at the cradle, so that the sum is no direct emission.
        buys: a unit process takes in things that were made, whose emissions are not in the sum.
    """

    kg_co2e: float
    flows: tuple[str, ...]
    upstream: bool
    buys: bool

    @property
    def footprint_kg_co2e(self) -> float | None:
        """The sum where it is what a user of the product would count; None where most of it may lie upstream."""
        return None if self.buys else self.kg_co2e


def summed_emissions(process: Process, reference: Exchange, found: Measured, library: Library) -> Summed | None:
    """The emissions of a process, or None where no honest number can be had.

    Raises:
        UnreadableError: a greenhouse gas has an amount that is no number.
    """
    kind = process.kind.casefold()
    upstream = kind == _WHOLE
    if not (upstream or kind.startswith("unit process")) or not _is_product(reference, found):
        return None
    emissions = _all_emissions(process, reference, library, upstream=upstream)
    total = direct_gwp100(emissions) if emissions is not None else None
    if emissions is None or total is None or total.kg_co2e <= 0:
        return None
    buys = not upstream and any(_is_bought(each, reference, library) for each in process.exchanges)
    return Summed(total.kg_co2e, tuple(dict.fromkeys(each.name for each in emissions))[:_MAX_NAMED], upstream, buys)


def _is_bought(exchange: Exchange, reference: Exchange, library: Library) -> bool:
    flow = library.flow(exchange.flow_id, exchange.flow_version)
    is_input = exchange.direction == "Input" and exchange is not reference
    return is_input and not _is_elementary(exchange, flow) and not _is_nothing(exchange)


def _all_emissions(process: Process, reference: Exchange, library: Library, *, upstream: bool) -> list[Emission] | None:
    """Every greenhouse gas; None where another exchange keeps their sum from being this product's."""
    emissions: list[Emission] = []
    for exchange in process.exchanges:
        if exchange is reference:
            continue
        flow = library.flow(exchange.flow_id, exchange.flow_version)
        gas = _emission(exchange, flow, library) if exchange.direction == "Output" else None
        if gas is not None:
            emissions.append(gas)
        elif not _may_stand_by(exchange, flow, upstream=upstream):
            return None
    return emissions


def _may_stand_by(exchange: Exchange, flow: Flow | None, *, upstream: bool) -> bool:
    """Whether an exchange leaves the sum what it is: no co-product, and in an LCI result no input that was made."""
    if exchange.direction == "Output":
        return _is_no_product(exchange, flow)
    return not upstream or _is_elementary(exchange, flow) or _is_nothing(exchange)


def _is_product(reference: Exchange, found: Measured) -> bool:
    """A thing that is made; emissions per money, per treated input or per emission are another matter."""
    try:
        money = dimension(found.unit).startswith("currency")
    except UnitError:
        return False
    made = reference.direction == "Output" and found.amount > 0
    return made and not money and found.flow.kind in {"Product flow", ""}


def _emission(exchange: Exchange, flow: Flow | None, library: Library) -> Emission | None:
    """A greenhouse gas that goes into the air, or None.

    Raises:
        UnreadableError: its amount is no number.
    """
    name = next((clean(name, 80) for name in _names(exchange, flow) if greenhouse_gas(name) is not None), "")
    gas = greenhouse_gas(name) if name else None
    if gas is None or not (_is_elementary(exchange, flow) or (flow is None and gas.origin in {"fossil", "biogenic"})):
        return None
    if flow is not None and _NOT_TO_AIR.search(flow.category.casefold()):
        return None
    amount = number(exchange.amount)
    if amount is None or amount == 0:
        return None
    unit = "kg"  # of every greenhouse gas of the ILCD reference list
    if flow is not None:
        known = measured(library, exchange)
        amount, unit = known.amount, known.unit
    return Emission(name, amount, unit)


def _is_elementary(exchange: Exchange, flow: Flow | None) -> bool:
    if flow is not None and flow.kind:
        return flow.kind == "Elementary flow"
    return _REFERENCE_ELEMENTARY.fullmatch(exchange.flow_id) is not None


def _is_no_product(exchange: Exchange, flow: Flow | None) -> bool:
    """Whether an output takes no share of the emissions: an emission, waste, or nothing at all."""
    if flow is not None and flow.kind:
        return flow.kind in {"Elementary flow", "Waste flow"} or _is_nothing(exchange)
    if _REFERENCE_ELEMENTARY.fullmatch(exchange.flow_id) or _is_nothing(exchange):
        return True
    names = (unicodedata.normalize("NFKC", name[:200]).casefold() for name in _names(exchange, flow))
    return any(_NO_PRODUCT.search(name) for name in names)


def _is_nothing(exchange: Exchange) -> bool:
    try:
        return number(exchange.amount) == 0
    except UnreadableError:
        return False


def _names(exchange: Exchange, flow: Flow | None) -> Iterator[str]:
    """The names of a flow; TianGong's are often doubled: ``methane (fossil),methane (fossil)``."""
    for each in (*exchange.names, *(flow.names if flow is not None else ())):
        yield undoubled(each.text[:_MAX_NAME_CHARS])


def undoubled(text: str) -> str:
    """A text once where it stands several times, divided by commas.

    >>> undoubled("Steel, low alloyed,Steel, low alloyed"), undoubled("iron, steel")
    ('Steel, low alloyed', 'iron, steel')
    """
    parts = text.split(",")
    for times in (2, 3):
        size, rest = divmod(len(parts), times)
        once = ",".join(parts[:size])
        if not rest and once and ",".join([once] * times) == text:
            return once.strip()
    return text.strip()
