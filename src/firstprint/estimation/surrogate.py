"""The surrogate: a footprint from text and attributes, learned from references, independent of any matched dataset.

Prediction needs numpy alone; training is in ``surrogate_fit``, files in ``surrogate_files``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstprint.domain.proposal import Neighbour, SurrogateOpinion
from firstprint.domain.steps import Encoder, SurrogateQuery
from firstprint.errors import ModelError
from firstprint.estimation.features import attribute_vector, mix
from firstprint.estimation.model import FamilyModel, FamilyPrediction
from firstprint.estimation.references import target_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEFAULT_COVERAGE = 0.9
EVIDENCE_POWER = 4
"""How fast a family far from the product loses its say: on 866 reported product footprints with masses, never used for
training, factor2 was 0.30 at powers 0 to 4, 0.28 at 8 and 0.27 at 16; below 4, light goods with many parts (a laptop,
a shirt) are drowned by their mass times a material's factor."""
SHOWN_NEIGHBOURS = 5
# Liquids that are sold by the litre lie between 0.75 (fuels) and 1.4 kg (syrups): 1 kg, off by a factor of 1.3.
LITRE_MASS_KG = 1.0
_LITRE_HALF_WIDTH_LOG10 = 0.11
_MASS_BRIDGED = frozenset({"piece", "litre", "m3", "m2", "m"})


class _Route(NamedTuple):
    """One way to the unit asked for: a family, the amount of its unit in one unit asked for, and extra spread."""

    family: FamilyModel
    per_asked: float
    extra_half_width_log10: float = 0.0


class _Voice(NamedTuple):
    """A route's prediction for one unit asked for, in log10."""

    route: _Route
    prediction: FamilyPrediction
    mean: float
    half_width: float

    @property
    def evidence(self) -> float:
        """How loud the voice is: inverse squared half-width × similarity to its nearest reference, to the 4th.

        A family far from the product answers with its average, whose interval on held-out rows is that of its
        own kind of things: a laptop's mass times a food's factor. The similarity keeps it quiet.
        """
        nearness = max(1.0 - self.prediction.distance, 1e-3)
        return nearness**EVIDENCE_POWER / self.half_width**2


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
        voices = self._voices(query, coverage)
        if not voices or not math.isfinite(amount) or amount <= 0:
            return None
        pooled = _pool(voices)
        return SurrogateOpinion(
            kg_co2e=amount * 10.0**pooled.mean,
            low=amount * 10.0 ** (pooled.mean - pooled.half_width),
            high=amount * 10.0 ** (pooled.mean + pooled.half_width),
            coverage=coverage,
            model_id=self.surrogate_id,
            neighbours=_neighbours(voices),
        )

    def out_of_domain(self, query: SurrogateQuery) -> bool:
        """True when every family that could answer is farther from the product than held-out rows were."""
        voices = self._voices(query, DEFAULT_COVERAGE)
        return all(v.route.family.band.out_of_domain(v.prediction.distance) for v in voices)

    def _voices(self, query: SurrogateQuery, coverage: float) -> list[_Voice]:
        vector = self._vector(query)
        attributes = attribute_vector(query.mass_kg, query.geography)
        voices = []
        for route in self._routes(query):
            prediction = route.family.predict(vector, attributes, query.geography)
            half = route.family.band.half_width_log10(prediction.distance, coverage)
            mean = prediction.log10_value + math.log10(route.per_asked)
            voices.append(_Voice(route, prediction, mean, math.hypot(half, route.extra_half_width_log10)))
        return voices

    def _routes(self, query: SurrogateQuery) -> list[_Route]:
        target = target_unit(query.unit)
        own, per_kg = self.families.get(target.unit), self.families.get("kg")
        per_piece = self.families.get("piece")
        routes = [_Route(own, target.per_asked)] if own else []
        if per_kg and query.unit in _MASS_BRIDGED and query.mass_kg:
            routes.append(_Route(per_kg, query.mass_kg))
        elif per_kg and query.unit == "litre":
            routes.append(_Route(per_kg, LITRE_MASS_KG, _LITRE_HALF_WIDTH_LOG10))
        if per_piece and target.unit == "kg" and query.mass_kg:
            routes.append(_Route(per_piece, target.per_asked / query.mass_kg))
        return routes

    def _vector(self, query: SurrogateQuery) -> NDArray[np.float32]:
        vector = np.asarray(query.vector, dtype=np.float32)
        if vector.shape != (self.dimension,):
            raise ModelError(
                f"The surrogate was trained on vectors of length {self.dimension}, not {vector.shape}.",
                hint="Train it again with the encoder in use: firstprint train",
                code="surrogate_dimension",
            )
        if not query.category or self.encoder is None:
            return vector
        return mix(vector, self.encoder.encode([query.category])[0])


class _Pooled(NamedTuple):
    """Voices made one, in log10."""

    mean: float
    half_width: float


def _pool(voices: list[_Voice]) -> _Pooled:
    """Weighs voices by inverse squared half-width; the spread between them adds to the spread within.

    The voices learn from one catalogue, so the pooled half-width is that of a mixture and never narrower than
    the narrowest voice.
    """
    total = sum(voice.evidence for voice in voices)
    mean = sum(voice.evidence * voice.mean for voice in voices) / total
    within = sum(voice.evidence * voice.half_width**2 for voice in voices) / total
    between = sum(voice.evidence * (voice.mean - mean) ** 2 for voice in voices) / total
    return _Pooled(mean, math.sqrt(within + between))


def _neighbours(voices: list[_Voice]) -> tuple[Neighbour, ...]:
    """The references with the largest shares over all voices, each with its value per unit asked for."""
    total = sum(voice.evidence for voice in voices)
    found = [
        Neighbour(
            id=voice.route.family.reference_ids[position],
            name=voice.route.family.names[position],
            kg_co2e_per_unit=10.0 ** float(voice.route.family.values[position]) * voice.route.per_asked,
            weight=float(share) * voice.evidence / total,
        )
        for voice in voices
        for position, share in zip(
            voice.prediction.positions[:SHOWN_NEIGHBOURS],
            voice.prediction.shares[:SHOWN_NEIGHBOURS],
            strict=True,
        )
    ]
    return tuple(sorted(found, key=lambda neighbour: -neighbour.weight)[:SHOWN_NEIGHBOURS])
