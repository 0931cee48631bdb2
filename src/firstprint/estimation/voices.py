"""Voices: what each family that answers says of one product, and what they say together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from firstprint.domain.proposal import AssumedMass, Neighbour
from firstprint.domain.steps import Interval
from firstprint.estimation.model import FamilyModel, FamilyPrediction

EVIDENCE_POWER = 4
"""How fast a family far from the product loses its say: on 866 reported product footprints with masses, never used for
training, factor2 was 0.30 at powers 0 to 4, 0.28 at 8 and 0.27 at 16; below 4, light goods with many parts (a laptop,
a shirt) are drowned by their mass times a material's factor."""
ASSUMED_EVIDENCE_POWER = 16
"""The same beside an assumed mass: goods by name held out of the catalogue had MAE .503, .505 and .508 at powers 4, 16
and 32, a list of everyday goods .363, .345 and .340 (DECISIONS 57)."""
SHOWN_NEIGHBOURS = 5


class Route(NamedTuple):
    """One way to the unit asked for: a family, the amount of its unit in one unit asked for, and extra spread.

    ``mass`` is the mass of one piece where it had to be assumed.
    """

    family: FamilyModel
    per_asked: float
    extra_half_width_log10: float = 0.0
    mass: Interval | None = None


class Voice(NamedTuple):
    """A route's prediction for one unit asked for, in log10."""

    route: Route
    prediction: FamilyPrediction
    mean: float
    half_width: float
    power: int = EVIDENCE_POWER

    @property
    def evidence(self) -> float:
        """How loud the voice is: inverse squared half-width × similarity to its nearest reference, to ``power``.

        A family far from the product answers with its average, whose interval on held-out rows is that of its
        own kind of things: a laptop's mass times a food's factor. The similarity keeps it quiet.
        """
        nearness = max(1.0 - self.prediction.distance, 1e-3)
        return nearness**self.power / self.half_width**2


def far(voices: Sequence[Voice]) -> bool:
    """Whether every family that answers is farther from the product than held-out rows were."""
    return all(v.prediction.band.out_of_domain(v.prediction.distance) for v in voices)


def voice_of(route: Route, prediction: FamilyPrediction, coverage: float, power: int) -> Voice:
    """What a family's prediction says of one unit asked for."""
    half = math.hypot(prediction.half_width_log10(coverage), route.extra_half_width_log10)
    return Voice(route, prediction, prediction.log10_value + math.log10(route.per_asked), half, power)


def power_of(routes: Sequence[Route]) -> int:
    """How fast a far family loses its say beside the others of one product."""
    return ASSUMED_EVIDENCE_POWER if any(route.mass is not None for route in routes) else EVIDENCE_POWER


def assumed_mass(voices: list[Voice]) -> AssumedMass | None:
    """The mass that the voices assume, where one does."""
    mass = next((voice.route.mass for voice in voices if voice.route.mass is not None), None)
    if mass is None:
        return None
    return AssumedMass(mass_kg=mass.value, low=mass.low, high=mass.high, coverage=mass.coverage)


class Pooled(NamedTuple):
    """Voices made one, in log10."""

    mean: float
    half_width: float


def pooled(voices: list[Voice]) -> Pooled:
    """Weighs voices by inverse squared half-width; the spread between them adds to the spread within.

    The voices learn from one catalogue, so the pooled half-width is that of a mixture and never narrower than
    the narrowest voice.
    """
    total = sum(voice.evidence for voice in voices)
    mean = sum(voice.evidence * voice.mean for voice in voices) / total
    within = sum(voice.evidence * voice.half_width**2 for voice in voices) / total
    between = sum(voice.evidence * (voice.mean - mean) ** 2 for voice in voices) / total
    return Pooled(mean, math.sqrt(within + between))


def neighbours_of(voices: list[Voice]) -> tuple[Neighbour, ...]:
    """The references with the largest shares over all voices, each with its value per unit asked for.

    A good that speaks per piece and by its mass is named once, with the value of its louder voice.
    """
    total = sum(voice.evidence for voice in voices)
    found: dict[str, Neighbour] = {}
    for voice in voices:
        family, said = voice.route.family, voice.prediction
        for position, share in zip(said.positions[:SHOWN_NEIGHBOURS], said.shares[:SHOWN_NEIGHBOURS], strict=True):
            one = Neighbour(
                id=family.reference_ids[position],
                name=family.names[position],
                kg_co2e_per_unit=10.0 ** float(family.values[position]) * voice.route.per_asked,
                weight=float(share) * voice.evidence / total,
                **family.published_at(position)._asdict(),
            )
            other = found.get(one.id, one.model_copy(update={"weight": 0.0}))
            louder = max(one, other, key=lambda each: each.weight)
            found[one.id] = louder.model_copy(update={"weight": one.weight + other.weight})
    return tuple(sorted(found.values(), key=lambda neighbour: -neighbour.weight)[:SHOWN_NEIGHBOURS])
