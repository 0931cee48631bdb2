"""The surrogate: a footprint from text and attributes, learned from references, independent of any matched dataset.

Prediction needs numpy alone; training is in ``surrogate_fit``, files in ``surrogate_files``.
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

import numpy as np

from firstprint.domain.proposal import Push, PushedFact, SurrogateOpinion
from firstprint.domain.steps import Encoder, Interval, SurrogateQuery
from firstprint.errors import ModelError
from firstprint.estimation.features import attribute_vector, level_of
from firstprint.estimation.intensity import INTENSITY_FAMILY
from firstprint.estimation.model import FamilyModel, FamilyPrediction, Seen
from firstprint.estimation.references import target_unit
from firstprint.estimation.typical_mass import KNOWN_DISTANCE, MASS_FAMILY, mass_interval
from firstprint.estimation.voices import Route, Voice, assumed_mass, far, neighbours_of, pooled, power_of, voice_of
from firstprint.threads import limited

DEFAULT_COVERAGE = 0.9
# Liquids that are sold by the litre lie between 0.75 (fuels) and 1.4 kg (syrups): 1 kg, off by a factor of 1.3.
LITRE_MASS_KG = 1.0
_LITRE_HALF_WIDTH_LOG10 = 0.11
MASS_BRIDGED = frozenset({"piece", "litre", "m3", "m2", "m"})
"""Units of which one has a mass."""
_KEPT_ANSWERS = 8_192
"""Answers kept for the next question about the same product, about 2 kB each."""
_HEARD_TOGETHER = 256
"""At 3,000 references, matrices of 3 MB; no faster from there on."""
_Key = tuple[bytes, str, float | None, str | None, str | None, float]
_Answer = TypeVar("_Answer")


class Said(NamedTuple):
    """What the surrogate says of one product: its opinion, and whether the product is far from all it has learned."""

    opinion: SurrogateOpinion | None
    out_of_domain: bool


_MOSTLY_ASKED: Final = (INTENSITY_FAMILY, "kg", "piece", MASS_FAMILY)


@dataclass(frozen=True)
class TrainedSurrogate:
    """A surrogate ready to predict; keeps the ``Surrogate`` protocol of ``domain.steps``.

    Attributes:
        surrogate_id: first 12 characters of the checksum of its content.
        encoder_id: the encoder whose vectors it was trained on.
        dimension: of these vectors.
        families: models by target unit.
        encoder: encodes category texts; None leaves categories out.
    """

    surrogate_id: str
    encoder_id: str
    dimension: int
    families: Mapping[str, FamilyModel]
    encoder: Encoder | None = field(default=None, compare=False)
    _kept: dict[_Key, list[Voice]] = field(default_factory=dict, compare=False, repr=False)
    _kept_masses: dict[_Key, FamilyPrediction] = field(default_factory=dict, compare=False, repr=False)

    def estimate(self, query: SurrogateQuery, amount: float) -> SurrogateOpinion | None:
        """The footprint of ``amount`` × ``query.unit`` at 90 %, or None when no family covers the unit.

        Raises:
            ModelError: the vector is of another dimension.
            UnitError: the unit is unknown.
        """
        return self.estimate_at(query, amount, DEFAULT_COVERAGE)

    def estimate_at(self, query: SurrogateQuery, amount: float, coverage: float) -> SurrogateOpinion | None:
        """As ``estimate``, with the interval at 0.8 or 0.9.

        Raises:
            InputError: no interval at this coverage.
        """
        return self.estimate_many([query], [amount], coverage)[0]

    def estimate_many(
        self, queries: Sequence[SurrogateQuery], amounts: Sequence[float], coverage: float = DEFAULT_COVERAGE
    ) -> list[SurrogateOpinion | None]:
        """As ``estimate_at`` for many products together: below a millisecond each from some ten on.

        Args:
            queries: the products.
            amounts: declared amounts, one a product.
            coverage: 0.8 or 0.9.
        """
        return [said.opinion for said in self.said_of(queries, amounts, coverage)]

    def said_of(
        self, queries: Sequence[SurrogateQuery], amounts: Sequence[float], coverage: float = DEFAULT_COVERAGE
    ) -> list[Said]:
        """As ``estimate_many``, and whether each product is out of domain."""
        heard = self._heard(queries, coverage)
        return [
            Said(self._opinion(voices, amount, coverage), far(voices))
            for voices, amount in zip(heard, amounts, strict=True)
        ]

    def hear(self, queries: Sequence[SurrogateQuery]) -> None:
        """Asks about products together, so that the next questions about each of them are answered at once."""
        for start in range(0, len(queries), _HEARD_TOGETHER):
            self._heard(queries[start : start + _HEARD_TOGETHER], DEFAULT_COVERAGE)

    def prepare(self) -> None:
        """Makes ready, beside what else goes on, the families that most products are answered from."""

        def read() -> None:
            with contextlib.suppress(ModelError):  # whoever asks a damaged family is told
                for unit in _MOSTLY_ASKED:
                    if family := self.families.get(unit):
                        family.prepare()

        threading.Thread(target=read, name="surrogate-families", daemon=True).start()

    def hear_masses(self, queries: Sequence[SurrogateQuery]) -> None:
        """As ``hear``, for typical masses."""
        self._typical_masses(queries, DEFAULT_COVERAGE)

    def _opinion(self, voices: list[Voice], amount: float, coverage: float) -> SurrogateOpinion | None:
        if not voices or not math.isfinite(amount) or amount <= 0:
            return None
        one = pooled(voices)
        return SurrogateOpinion(
            kg_co2e=amount * 10.0**one.mean,
            low=amount * 10.0 ** (one.mean - one.half_width),
            high=amount * 10.0 ** (one.mean + one.half_width),
            coverage=coverage,
            model_id=self.surrogate_id,
            neighbours=neighbours_of(voices),
            assumed_mass=assumed_mass(voices),
        )

    def explained(self, opinion: SurrogateOpinion, query: SurrogateQuery, amount: float) -> SurrogateOpinion:
        """The opinion with the direction in which mass, geography and category push.

        Each is left out in turn and the product estimated again; a mass left out is assumed again.
        """
        without = without_each(query)
        pushes = []
        others = self.estimate_many(list(without.values()), [amount] * len(without), opinion.coverage)
        for fact, other in zip(without, others, strict=True):
            if other is not None:
                pushes.append(Push(fact=fact, factor=opinion.kg_co2e / other.kg_co2e))
        return opinion.model_copy(update={"pushes": tuple(pushes)})

    def typical_mass(self, query: SurrogateQuery, coverage: float = DEFAULT_COVERAGE) -> Interval | None:
        """What one piece typically weighs, kg; None without a family of masses or far from everything in it."""
        return self._typical_masses([query], coverage)[0]

    def lists(self, query: SurrogateQuery) -> bool:
        """Whether the description is the name of a thing whose mass is listed, and which so comes in pieces."""
        return self._listed([query])[0]

    def hear_listed(self, queries: Sequence[SurrogateQuery]) -> None:
        """Asks ``lists`` about products together, so that the next question about each is answered at once."""
        for start in range(0, len(queries), _HEARD_TOGETHER):
            self._listed(queries[start : start + _HEARD_TOGETHER])

    def _listed(self, queries: Sequence[SurrogateQuery]) -> list[bool]:
        family = self.families.get(MASS_FAMILY)
        if family is None:
            return [False] * len(queries)
        bare = [query._replace(unit="piece", mass_kg=None, geography=None, category=None) for query in queries]
        distances = [one.distance for one in self._masses_of(family, bare, DEFAULT_COVERAGE)]
        return [distance <= KNOWN_DISTANCE for distance in distances]

    def _typical_masses(self, queries: Sequence[SurrogateQuery], coverage: float) -> list[Interval | None]:
        family = self.families.get(MASS_FAMILY)
        if family is None or not queries:
            return [None] * len(queries)
        bare = [query._replace(mass_kg=None, geography=None) for query in queries]
        said = self._masses_of(family, bare, coverage)
        return [mass_interval(one, 10.0 ** float(family.values[one.nearest]), coverage) for one in said]

    def _masses_of(
        self, family: FamilyModel, queries: Sequence[SurrogateQuery], coverage: float
    ) -> list[FamilyPrediction]:
        """What the family of masses says; what was asked a moment ago is not asked again."""
        keys = [_key_of(query, coverage) for query in queries]
        known = {key: self._kept_masses[key] for key in keys if key in self._kept_masses}
        missing = {key: query for key, query in zip(keys, queries, strict=True) if key not in known}
        with limited(1):
            fresh = family.predict_many(self._seen(list(missing.values()))) if missing else []
        known.update(zip(missing, fresh, strict=True))
        _keep(self._kept_masses, known)
        return [known[key] for key in keys]

    def out_of_domain(self, query: SurrogateQuery) -> bool:
        """True when every family that could answer is farther from the product than held-out rows were."""
        return far(self._voices(query, DEFAULT_COVERAGE))

    def distance(self, query: SurrogateQuery) -> float:
        """1 − cosine to the nearest reference of any family that answers; 2 where none does."""
        voices = self._voices(query, DEFAULT_COVERAGE)
        return min((voice.prediction.distance for voice in voices), default=2.0)

    def _voices(self, query: SurrogateQuery, coverage: float) -> list[Voice]:
        return self._heard([query], coverage)[0]

    def _heard(self, queries: Sequence[SurrogateQuery], coverage: float) -> list[list[Voice]]:
        """The voices of each product; what was asked a moment ago is not asked again."""
        keys = [_key_of(query, coverage) for query in queries]
        known = {key: self._kept[key] for key in keys if key in self._kept}
        missing = {key: query for key, query in zip(keys, queries, strict=True) if key not in known}
        if missing:
            known.update(zip(missing, self._voices_of(list(missing.values()), coverage), strict=True))
            _keep(self._kept, known)
        return [known[key] for key in keys]

    def _voices_of(self, queries: Sequence[SurrogateQuery], coverage: float) -> list[list[Voice]]:
        """The voices of each product; each family is asked once for all of them."""
        with limited(1):  # one thread: what another one takes over is added in another order
            return self._asked(queries, coverage)

    def _asked(self, queries: Sequence[SurrogateQuery], coverage: float) -> list[list[Voice]]:
        seen = self._seen(queries)
        massless = [n for n, query in enumerate(queries) if query.unit == "piece" and not query.mass_kg]
        masses = dict(zip(massless, self._typical_masses([queries[n] for n in massless], coverage), strict=True))
        routes = [self._routes(query, masses.get(n)) for n, query in enumerate(queries)]
        said: dict[tuple[str, int], FamilyPrediction] = {}
        units = [{route.family.unit for route in own} for own in routes]
        for unit in self.families:  # by name: a family that answers nothing is not read from disk
            asked = [n for n, own in enumerate(units) if unit in own]
            if asked:
                predictions = self.families[unit].predict_many([seen[n] for n in asked])
                said.update(zip(((unit, n) for n in asked), predictions, strict=True))
        return [
            [voice_of(route, said[route.family.unit, n], coverage, power_of(own)) for route in own]
            for n, own in enumerate(routes)
        ]

    def _routes(self, query: SurrogateQuery, mass: Interval | None) -> list[Route]:
        target = target_unit(query.unit)
        family = self.families.get
        own = family(target.unit)
        routes = [Route(own, target.per_asked)] if own else []
        if query.unit in MASS_BRIDGED and query.mass_kg:
            known = (family("kg"), family(INTENSITY_FAMILY) if query.unit == "piece" else None)
            routes += [Route(one, query.mass_kg) for one in known if one]
        elif query.unit == "litre" and (per_kg := family("kg")):
            routes.append(Route(per_kg, LITRE_MASS_KG, _LITRE_HALF_WIDTH_LOG10))
        elif mass is not None and (by_mass := family(INTENSITY_FAMILY) or family("kg")):
            routes.append(Route(by_mass, mass.value, math.log10(mass.high / mass.value), mass))
        if own is None and target.unit == "kg" and query.mass_kg and (per_piece := family("piece")):
            routes.append(Route(per_piece, target.per_asked / query.mass_kg))
        return routes

    def _seen(self, queries: Sequence[SurrogateQuery]) -> list[Seen]:
        names = list(dict.fromkeys(query.category for query in queries if query.category))
        known = dict(zip(names, self.encoder.encode(names), strict=True)) if names and self.encoder else {}
        nothing = np.zeros(self.dimension, dtype=np.float32)
        out = []
        for query in queries:
            vector = np.asarray(query.vector, dtype=np.float32)
            if vector.shape != (self.dimension,):
                raise ModelError(
                    f"The surrogate was trained on vectors of length {self.dimension}, not {vector.shape}.",
                    hint="Train it again with the encoder in use: firstprint train",
                    code="surrogate_dimension",
                )
            category = known.get(query.category or "", nothing)
            level = level_of(query.mass_kg, query.category if known else None)
            attributes = attribute_vector(query.mass_kg, query.geography)
            out.append(Seen(vector, np.asarray(category, dtype=np.float32), attributes, query.geography, level))
        return out


def without_each(query: SurrogateQuery) -> dict[PushedFact, SurrogateQuery]:
    """The query with each stated fact left out in turn."""
    without: dict[PushedFact, SurrogateQuery] = {}
    if query.mass_kg is not None:
        without["mass_kg"] = query._replace(mass_kg=None)
    if query.geography is not None:
        without["geography"] = query._replace(geography=None)
    if query.category:
        without["category"] = query._replace(category=None)
    return without


def _key_of(query: SurrogateQuery, coverage: float) -> _Key:
    vector = np.asarray(query.vector, dtype=np.float32)
    return vector.tobytes(), query.unit, query.mass_kg, query.geography, query.category, coverage


def _keep(kept: dict[_Key, _Answer], news: Mapping[_Key, _Answer]) -> None:
    """Keeps answers, all of them forgotten where there are too many: several threads may look at once."""
    if len(kept) > _KEPT_ANSWERS:
        kept.clear()
    kept.update(news)
