"""From an ILCD process, an EPD or their JSON to a dataset of the catalogue, with everything that was in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from firstprint.domain.dataset import Basis, Dataset, LifeCyclePhase
from firstprint.errors import UnitError, UnreadableError
from firstprint.importers.datasets.ilcd_climate import Climate, climate_of, is_epd
from firstprint.importers.datasets.ilcd_direct import METHOD as SUMMED_METHOD
from firstprint.importers.datasets.ilcd_direct import Summed, summed_emissions
from firstprint.importers.datasets.ilcd_library import Library
from firstprint.importers.datasets.ilcd_mass import weights_of
from firstprint.importers.datasets.ilcd_model import Exchange, Process
from firstprint.importers.datasets.ilcd_names import best, in_language, names_of
from firstprint.importers.datasets.ilcd_units import UNKNOWN_UNIT, Measured, UnitMissingError, measured, unmeasured
from firstprint.importers.datasets.normalising import MAX_TEXT_CHARS, Normalised, clean, geography, per_unit, year
from firstprint.importers.datasets.records import Problem
from firstprint.units import dimension, format_number

_MAX_LICENCE_CHARS = 300
_MAX_ATTRIBUTE_CHARS = 300
_MAX_CITATION_CHARS = 500


class _Valued(NamedTuple):
    """What a process amounts to: a result of its own, the sum of its emissions, or neither."""

    climate: Climate | None = None
    summed: Summed | None = None

    @property
    def kg_co2e(self) -> float | None:
        if self.climate is not None:
            return self.climate.kg_co2e
        return self.summed.footprint_kg_co2e if self.summed is not None else None


def dataset_of(process: Process, library: Library, source_id: str, place: str) -> Iterator[Dataset | Problem]:
    """The dataset of a process, after whatever problems it has; problems alone where it cannot be used.

    Args:
        process: as read.
        library: of the package it lies in.
        source_id: of the catalogue source.
        place: the file, for problems.
    """
    try:
        reference, several = _reference(process)
        found = measured(library, reference)
    except UnitMissingError as error:  # it can be matched, and yields no number
        yield from library.taken_problems()
        yield Problem(error.reason, place, error.detail, skipped=False)
        yield from _built(process, reference, unmeasured(reference), _Valued(), source_id, place)
        return
    except UnreadableError as error:
        yield from library.taken_problems()
        yield Problem(error.reason, place, error.detail)
        return
    valued, problem = _valued(process, reference, found, library)
    yield from library.taken_problems()
    if several and valued.kg_co2e is not None:
        valued, problem = _Valued(), Problem(
            "has several reference flows, so that its result belongs to none of them", place, skipped=False
        )  # fmt: skip
    if problem is not None:
        yield problem._replace(place=place)
    yield from _built(process, reference, found, valued, source_id, place)


def _built(
    process: Process, reference: Exchange, found: Measured, valued: _Valued, source_id: str, place: str
) -> Iterator[Dataset | Problem]:
    try:
        per_one = per_unit(valued.kg_co2e, found.amount, found.unit)
    except UnreadableError:
        told = f"{valued.kg_co2e} kg for {found.amount} {found.unit}"
        yield Problem("has a result that no footprint can have", place, told, skipped=False)
        per_one = per_unit(None, found.amount, found.unit)
    weights = weights_of(found)
    if weights.doubt:
        yield Problem("states a density that cannot be, which was left out", place, weights.doubt, skipped=False)
    if not per_one.known and per_one.gwp100_kg_co2e is not None:
        yield Problem("has a result per a unit that is not known", place, repr(per_one.unit), skipped=False)
        per_one = per_one._replace(gwp100_kg_co2e=None)
    names = names_of(process, found.flow, reference.names)
    if not names.name or not process.process_id:
        missing = "no UUID" if names.name else "no name"
        yield Problem("has no name or no UUID to be known by", place, missing)
        return
    attributes = _attributes(process, reference, found, valued) | weights.attributes()
    if names.name_fr:
        attributes["name_fr"] = names.name_fr
    basis = _basis(valued, per_one)
    yield Dataset(
        dataset_id=process.process_id,
        name=names.name,
        name_zh=names.name_zh,
        synonyms=names.synonyms,
        description=best(process.comment, MAX_TEXT_CHARS),
        category=" / ".join(clean(each, 120) for each in process.classes),
        geography=geography(process.location),
        unit=per_one.unit,
        gwp100_kg_co2e=per_one.gwp100_kg_co2e,
        system_boundary=_boundary(process),
        basis=basis,
        year=year(process.year),
        valid_until=year(process.valid_until),
        source=source_id,
        licence=_licence(process),
        uncertainty_pct=valued.climate.spread_pct if valued.climate is not None else None,
        url=clean(process.paper.url.replace("&amp;", "&"), MAX_TEXT_CHARS // 4),
        life_cycle_phase=_phase(process, reference, found),
        attributes=attributes,
    )


def _reference(process: Process) -> tuple[Exchange, bool]:
    """The reference flow, and whether there are several; the first one in the file is taken then.

    Raises:
        UnreadableError: there is none.
    """
    wanted = set(process.references) - {""}
    marked = [each for each in process.exchanges if each.marked or each.internal_id in wanted]
    if not marked:
        named = ", ".join(process.references)[:60]
        raise UnreadableError("has no reference flow", f"{named!r} is no exchange" if named else "it names none")
    return marked[0], len({each.internal_id for each in marked}) > 1


def _valued(process: Process, reference: Exchange, found: Measured, library: Library) -> tuple[_Valued, Problem | None]:
    try:
        climate = climate_of(process)
        if climate is not None:
            doubt = Problem(climate.doubt, "", climate.scenario, skipped=False) if climate.doubt else None
            return _Valued(climate=climate), doubt
        if process.results or is_epd(process):
            return _Valued(), None
        return _Valued(summed=summed_emissions(process, reference, found, library)), None
    except UnreadableError as error:
        return _Valued(), Problem(error.reason, "", error.detail, skipped=False)


def _basis(valued: _Valued, per_one: Normalised) -> Basis:
    if valued.summed is not None and not valued.summed.upstream and not valued.summed.buys:
        return "direct"
    try:
        return "spend" if dimension(per_one.unit).startswith("currency") else "process"
    except UnitError:
        return "process"


def _boundary(process: Process) -> str:
    """A unit process counts what happens within its gates; results over a whole inventory begin at the cradle."""
    whole = is_epd(process) or process.kind.casefold() in {"lci result", "partly terminated system"}
    unknown_kind_with_result = not process.kind and bool(process.results)
    return "cradle_to_gate" if whole or unknown_kind_with_result else "gate_to_gate"


def _phase(process: Process, reference: Exchange, found: Measured) -> LifeCyclePhase:
    if process.kind.casefold() == "avoided product system":
        return "avoided"
    treated = reference.direction == "Input" and found.flow.kind == "Waste flow"
    return "end_of_life" if treated else "production"


def _licence(process: Process) -> str:
    """The terms the dataset states; restrictions go with them, since they limit what the licence type grants."""
    paper = process.paper
    told = (clean(paper.licence, _MAX_LICENCE_CHARS), best(paper.restrictions, _MAX_LICENCE_CHARS))
    return clean("; ".join(filter(None, told)), _MAX_LICENCE_CHARS)


def _attributes(process: Process, reference: Exchange, found: Measured, valued: _Valued) -> dict[str, str]:
    paper = process.paper
    owner, programme = (best(each, _MAX_ATTRIBUTE_CHARS) for each in (paper.owner, paper.programme))
    told = {
        "citation": _citation(process, owner, programme),
        "dataset_type": clean(process.kind, 60),
        "dataset_version": clean(paper.version, 40),
        "description_zh": in_language(process.comment, "zh", MAX_TEXT_CHARS),
        "epd_programme": programme,
        "epd_type": clean(process.epd_kind, 60).removesuffix(" dataset"),
        "functional_unit": best(process.functional_unit, _MAX_ATTRIBUTE_CHARS),
        "owner": owner,
        "reference_amount": ""
        if found.unit == UNKNOWN_UNIT
        else f"{format_number(found.amount)} {clean(found.unit, 60)}",
        "reference_direction": reference.direction if reference.direction == "Input" else "",
        "reference_flow": best((*found.flow.names, *reference.names), _MAX_ATTRIBUTE_CHARS),
        "registration_number": clean(paper.registration, 120),
        "safety_margin_pct": clean(process.margin, 20),
    }
    return {name: text for name, text in (told | _method(valued, found)).items() if text}


def _method(valued: _Valued, found: Measured) -> dict[str, str]:
    if valued.climate is not None:
        climate = valued.climate
        return {"gwp_method": climate.method, "modules": climate.modules, "scenario": climate.scenario}
    if valued.summed is not None:
        summed = valued.summed
        told = {"gwp_method": SUMMED_METHOD, "summed_flows": "; ".join(summed.flows)}
        return {**told, "direct_kg_co2e_per_unit": _direct(summed, found)} if summed.buys else told
    return {}


def _direct(summed: Summed, found: Measured) -> str:
    try:
        each = per_unit(summed.kg_co2e, found.amount, found.unit).gwp100_kg_co2e
    except UnreadableError:  # told with the result already
        return ""
    return "" if each is None else format_number(each)


def _citation(process: Process, owner: str, programme: str) -> str:
    """An EPD by its owner and number, any other data set by the source its data are from."""
    registered = clean(process.paper.registration, 120)
    if is_epd(process):
        parts = (owner, registered and f"EPD {registered}", programme)
        return clean(", ".join(filter(None, parts)), _MAX_CITATION_CHARS)
    return best(process.paper.sources, _MAX_CITATION_CHARS)
