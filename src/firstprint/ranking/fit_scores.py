"""Scores of the fit terms alone: how well a dataset suits a product beyond its name, from 0 to 1 a term.

Sentences are made by ``fit`` for the few datasets that are shown; these scores are made for every dataset that is
retrieved. So what depends on the product alone is read once a text, and what depends on a pair of codes once a pair.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from firstprint.catalogue.opposites import Contradiction, contradiction
from firstprint.domain.dataset import Dataset
from firstprint.errors import GeographyError, UnitError
from firstprint.geography import REST_OF_WORLD, WORLD, ancestors, geography_fit, normalise_geography, place
from firstprint.licences import is_restricted
from firstprint.units import convert_amount, dimension, parse_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

UnitRoute = Literal[
    "plain", "unusual", "same", "scaled", "by_mass", "needs_mass", "needs_piece_mass", "other_size", "none"
]
PlaceRelation = Literal["unasked", "same", "containing", "part", "region", "neighbour", "world", "elsewhere", "unknown"]
Age = Literal["unknown", "recent", "aged", "old"]


class Asked(NamedTuple):
    """What the fit terms know of a product; None where it was not stated."""

    text: str
    unit: str | None
    mass_kg: float | None
    geography: str | None
    boundary: str
    year: int


class Wants(NamedTuple):
    """What the text of a product asks for by its words.

    Attributes:
        variant: ``recycled``, ``organic`` or ``virgin``, else ``average``.
    """

    end_of_life: bool
    use: bool
    avoided: bool
    variant: str


# Each exception was met in names of goods: a recyclable bottle is not recycled, viscose is regenerated cellulose,
# a secondary battery is a new one, an organic solvent is no farm produce, a waste bin is a product.
_RECYCLED = re.compile(
    r"recycl(?!ab)|recycel|rezykl|secondary(?! (?:batter|cell|packag))|scrap|reclaimed|regenerated(?! cellul)|"
    r"(?<!可)再生(?!能源|纤维素|热|器|系统)|回收料|循环再|wiederverwert",
    re.I,
)
_ORGANIC = re.compile(
    r"\borganic(?!(?:ally)?[ -](?:chemi|solvent|compound|acid|pigment|dye|light|peroxide|silic|phosph|rankine|photo))|"
    r"有机(?!硅|玻璃|溶剂|化|酸|颜料|染料|磷|光|物|废|氮|碳|结合|态|质|和|与|挥发)|biologique|"
    r"\bbio[ -](?!based|plasti|pe\b|diesel|gas\b|fuel|ethanol)",
    re.I,
)
_VIRGIN = re.compile(r"\bvirgin\b|\bprimary\b|原生|全新料|vierge", re.I)
_END_OF_LIFE = re.compile(
    r"landfill|incinerat|disposal|dispose of|end[ -]of[ -]life|"
    r"waste(?![ -]?(?:bin|bag|basket|container|paper basket|pipe))|recycling of|composting|填埋|焚烧|处置|废弃|废物|"
    r"垃圾(?![袋桶箱])|报废|废旧|回收处理|décharge|déchet|enfouissement|incinér|recyclage d|entsorg|deponie",
    re.I,
)
_USE = re.compile(
    r"combust|burn|\buse phase|driving|fuel use|consumption|\blorry|\btruck|\bcar\b|\bflight|燃烧|使用阶段|驾驶|乘用车|"
    r"verbrennung|véhicule",
    re.I,
)
_AVOIDED = re.compile(r"\bavoided|\bcredits?\b(?! card)|避免的?(?:排放|负荷|生产)|抵扣|évité", re.I)
_FIRST_SENTENCE = re.compile(r".{60}.*?(?:[。！？!?]|\. )", re.DOTALL)
_LONGEST_SENTENCE = 240


@lru_cache(maxsize=64)
def wants_of(text: str) -> Wants:
    """What a text asks for, read once a text.

    Of a long text the first sentence tells what the thing is. The rest tells how it is made, where a waste water or an
    organic nitrogen that is emitted says nothing of the product.
    """
    first = _FIRST_SENTENCE.match(text[:_LONGEST_SENTENCE])
    text = first[0] if first else text[:_LONGEST_SENTENCE]
    variant = next(
        (
            name
            for name, said in (("recycled", _RECYCLED), ("organic", _ORGANIC), ("virgin", _VIRGIN))
            if said.search(text)
        ),
        "average",
    )
    return Wants(
        end_of_life=bool(_END_OF_LIFE.search(text)),
        use=bool(_USE.search(text)),
        avoided=bool(_AVOIDED.search(text)),
        variant=variant,
    )


UNIT_SCORES: dict[UnitRoute, float] = {
    "plain": 1.0,
    "unusual": 0.8,
    "same": 1.0,
    "scaled": 1.0,
    "by_mass": 0.95,
    "needs_mass": 0.8,
    "needs_piece_mass": 0.35,
    "other_size": 0.3,
    "none": 0.35,
}
PLAUSIBLE_KG_CO2E_PER_KG = (0.05, 1000.0)
"""Of goods: from crushed stone and sand-lime bricks to integrated circuits. A dataset per piece whose footprint over
the product's own mass lies outside is for a piece of another size: a golf club for a Volkswagen Golf."""
_PLAIN_DIMENSIONS = frozenset({"mass", "count", "energy", "freight", "passenger_transport", "volume"})


@lru_cache(maxsize=4096)
def unit_route(asked: str | None, dataset_unit: str, *, mass_known: bool) -> UnitRoute:
    """How an amount in the unit asked for becomes one of the dataset's unit; never raises for the dataset's."""
    try:
        target, kind = parse_unit(dataset_unit).unit, dimension(dataset_unit)
    except UnitError:
        return "unusual" if asked is None else "none"  # a catalogue may carry units that nobody can ask for
    if asked is None:
        return "plain" if kind in _PLAIN_DIMENSIONS else "unusual"
    if dimension(asked) == kind:
        return "same" if parse_unit(asked).unit == target else "scaled"
    if convert_amount(1.0, asked, target, mass_kg=1.0) is None:
        return "none"
    if mass_known:
        return "by_mass"
    return "needs_piece_mass" if dimension(asked) == "mass" else "needs_mass"


def unit_score(asked: Asked, dataset: Dataset) -> float:
    """Can the declared unit be converted into the dataset's reference unit?"""
    return UNIT_SCORES[route_of(asked, dataset)]


def unit_score_by_unit(asked: Asked, dataset: Dataset) -> float:
    """``unit_score``, whatever the dataset's number."""
    return UNIT_SCORES[_route_by_unit(asked, dataset)]


def is_counted(unit: str) -> bool:
    """Whether a unit counts things."""
    return _dimension(unit) == "count"


def route_of(asked: Asked, dataset: Dataset) -> UnitRoute:
    """``unit_route`` of a product and a dataset, or ``other_size`` where the product's mass speaks against it."""
    value, mass = dataset.gwp100_kg_co2e, asked.mass_kg
    if mass and value and is_counted(dataset.unit) and of_other_size(np.array([value]), mass)[0]:
        return "other_size"
    return _route_by_unit(asked, dataset)


def of_other_size(values: NDArray[np.float64], mass_kg: float) -> NDArray[np.bool_]:
    """Which footprints of one piece, kg CO2e of shape (n,), no piece of this mass above 0 has; NaN is no footprint."""
    low, high = PLAUSIBLE_KG_CO2E_PER_KG
    per_kg = values / mass_kg
    return (values > 0) & ((per_kg < low) | (per_kg > high))


def _route_by_unit(asked: Asked, dataset: Dataset) -> UnitRoute:
    """``route_of``, whatever the dataset's number: products and datasets of the same units have the same."""
    mass = asked.mass_kg
    route = unit_route(asked.unit, dataset.unit, mass_known=mass is not None)
    own_mass = route in ("none", "needs_piece_mass") and bool(dataset.attributes.get("mass_kg_per_unit"))
    by_kg = mass is not None or (asked.unit is not None and _dimension(asked.unit) == "mass")
    return "by_mass" if own_mass and by_kg else route


# A material travels; a grid does not: French electricity says nothing of Indian electricity, however alike the
# names, nor does one country's of its continent's.
_PLACE_SCORES: dict[PlaceRelation, tuple[float, float]] = {
    "unasked": (1.0, 1.0),
    "same": (1.0, 1.0),
    "containing": (0.97, 0.9),
    "part": (0.97, 0.6),
    "region": (0.92, 0.6),
    "neighbour": (0.91, 0.45),
    "world": (0.9, 0.5),
    "elsewhere": (0.8, 0.25),
    "unknown": (0.8, 0.25),
}
"""Of a material, and of electricity from a grid."""
_GRID_CATEGORY = "energy / electricity"


@lru_cache(maxsize=16_384)
def place_relation(asked: str | None, has: str) -> PlaceRelation:
    """Where a dataset's place lies as seen from the place asked for.

    ``containing``: a country around the place asked for; ``part``: within it; ``region``: a region around it;
    ``neighbour``: another place of the same region; ``world``: the world's average, or a place for the world.
    """
    if not asked:
        return "unasked"
    level = geography_fit(asked, has)
    wanted, found = _code(asked), _code(has)
    if level == 1:
        return "same"
    if level == 5:
        return "unknown" if found is None else "elsewhere"
    if found in (WORLD, REST_OF_WORLD) or wanted in (WORLD, REST_OF_WORLD):
        return "world"
    around = wanted is not None and found in ancestors(wanted)
    if level == 2:
        return "containing" if around else "part"
    return "region" if around else "neighbour"


def _code(text: str) -> str | None:
    if place(text) is not None:
        return text
    try:
        return normalise_geography(text)
    except GeographyError:
        return None


def is_grid(category: str, unit: str) -> bool:
    """Whether a dataset of this category and unit is electricity of a place."""
    return category.startswith(_GRID_CATEGORY) and _dimension(unit) == "energy"


@lru_cache(maxsize=1024)
def _dimension(unit: str) -> str | None:
    try:
        return dimension(unit)
    except UnitError:
        return None


def geography_score(asked: Asked, dataset: Dataset) -> float:
    """How near is the dataset's place to the product's?"""
    material, grid = _PLACE_SCORES[place_relation(asked.geography, dataset.geography)]
    return material if material == grid or not is_grid(dataset.category, dataset.unit) else grid


# By the boundary asked for; what a boundary lacks of it weighs more than what it has beyond it. A fuel's or a trip's
# whole chain (well to wheel) has no gate in it.
_PRODUCT_BOUNDARIES = {
    "cradle_to_gate": 0.9,
    "cradle_to_grave": 0.85,
    "well_to_wheel": 0.97,
    "gate_to_gate": 0.6,
    "direct": 0.6,
    "end_of_life": 0.7,
}
_BOUNDARY_SCORES: dict[str, dict[str, float]] = {
    "gate_to_gate": {"direct": 0.85, "cradle_to_gate": 0.7, "well_to_wheel": 0.7, "end_of_life": 0.6},
    "direct": {"gate_to_gate": 0.85, "cradle_to_gate": 0.6, "well_to_wheel": 0.6},
    "end_of_life": {"direct": 0.7, "gate_to_gate": 0.7, "cradle_to_grave": 0.6},
    "well_to_wheel": {"cradle_to_grave": 0.9, "cradle_to_gate": 0.7, "direct": 0.6, "gate_to_gate": 0.6},
}
_OTHER_BOUNDARY = 0.5


def boundary_score(asked: Asked, dataset: Dataset) -> float:
    """Does the dataset's system boundary cover what was asked?"""
    if dataset.system_boundary == asked.boundary:
        return 1.0
    return _BOUNDARY_SCORES.get(asked.boundary, _PRODUCT_BOUNDARIES).get(dataset.system_boundary, _OTHER_BOUNDARY)


def basis_score(asked: Asked, dataset: Dataset) -> float:
    """Process data before spend-based data unless money was asked for; direct emissions only where asked for."""
    if dataset.basis == "spend":
        by_money = asked.unit is not None and (_dimension(asked.unit) or "").startswith("currency")
        return 1.0 if by_money else 0.6
    return 0.85 if dataset.basis == "direct" and asked.boundary != "direct" else 1.0


_RECENT_YEARS = 5
_OLD_YEARS = 12
_AGE_SCORES: dict[Age, float] = {"recent": 1.0, "aged": 0.96, "unknown": 0.93, "old": 0.88}


def age_of(asked: Asked, dataset: Dataset) -> Age:
    """How far the dataset's year lies from the year asked for, before it or after it as in the quality ratings."""
    if dataset.year is None:
        return "unknown"
    apart = abs(asked.year - dataset.year)
    return "recent" if apart <= _RECENT_YEARS else "aged" if apart <= _OLD_YEARS else "old"


def age_score(asked: Asked, dataset: Dataset) -> float:
    """Is the dataset of about the year asked for?"""
    return _AGE_SCORES[age_of(asked, dataset)]


def wants_end(asked: Asked) -> bool:
    """Whether a product's text or boundary is about its end of life."""
    return asked.boundary == "end_of_life" or wants_of(asked.text).end_of_life


def phase_score(asked: Asked, dataset: Dataset) -> float:
    """Production rows stand for products, unless the text is about use, disposal or a credit."""
    phase = dataset.life_cycle_phase
    if phase == "production":
        return 0.6 if wants_end(asked) else 1.0
    if phase == "end_of_life":
        return 1.0 if wants_end(asked) else 0.3
    if phase == "avoided":
        return 0.9 if wants_of(asked.text).avoided else 0.1
    return 1.0 if wants_of(asked.text).use else 0.85


_ORDINARY = frozenset({"average", "virgin"})


OPPOSITE = 0.5
"""Of a dataset named for what the text excludes (cold-rolled for hot-rolled): a thing beside it, not of it."""


def is_opposite(asked: Asked, dataset: Dataset) -> bool:
    """Whether the text excludes what the dataset is named for."""
    return opposite_of(asked, dataset) is not None


def opposite_of(asked: Asked, dataset: Dataset) -> Contradiction | None:
    """What the text says and the dataset's names exclude."""
    return contradiction(asked.text, dataset.name, dataset.name_zh)


def variant_score(asked: Asked, dataset: Dataset) -> float:
    """A recycled or organic variant fits only a product said to be so, and no hot-rolled product a cold-rolled one."""
    return OPPOSITE if opposite_of(asked, dataset) else variant_score_by_kind(asked, dataset)


def variant_score_by_kind(asked: Asked, dataset: Dataset) -> float:
    """``variant_score``, whatever the dataset's names."""
    wanted = wants_of(asked.text).variant
    if dataset.variant == wanted or (dataset.variant in _ORDINARY and wanted in _ORDINARY):
        return 1.0
    return 0.8 if wanted in _ORDINARY else 0.85


def licence_score(asked: Asked, dataset: Dataset) -> float:
    """Data that may be shared is preferred where all else is equal."""
    del asked
    return 0.95 if is_restricted(dataset.licence) else 1.0


def fit_scores(asked: Asked, dataset: Dataset) -> tuple[float, ...]:
    """The score of every fit term in the order of ``features.FIT_NAMES``; ``fit_terms`` has the same, with words."""
    return (
        unit_score(asked, dataset),
        geography_score(asked, dataset),
        boundary_score(asked, dataset),
        basis_score(asked, dataset),
        age_score(asked, dataset),
        phase_score(asked, dataset),
        variant_score(asked, dataset),
        licence_score(asked, dataset),
    )
