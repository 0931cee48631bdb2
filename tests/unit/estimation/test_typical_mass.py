"""A mass that is not stated is assumed, said so, and as unsure as kinds of things never seen."""

import pytest

from firstprint.estimation.plausible import encoded_words, plausible
from firstprint.estimation.references import (
    ProductFootprint,
    Reference,
    references_from_datasets,
    references_from_footprints,
)
from firstprint.estimation.surrogate_fit import fit_surrogate
from firstprint.estimation.typical_mass import MASS_FAMILY, masses_of, typical_masses

WEIGHTS = {"chair": 6.0, "laptop": 1.7, "shirt": 0.2, "bicycle": 15.0}


@pytest.fixture(scope="module")
def weighing(world, encoder):
    masses = [
        Reference(
            f"{colour}-{good}", good, (f"{colour} {good}",), MASS_FAMILY, kg * (1 + 0.1 * n), good, f"{colour} {good}"
        )
        for good, kg in WEIGHTS.items()
        for n, colour in enumerate(("red", "blue", "green", "large"))
    ]
    return fit_surrogate(references_from_datasets(world), encoder, masses=masses)


def test_a_missing_mass_is_assumed_and_told(weighing, trained, ask):
    told = weighing.estimate(ask("red bicycle", "piece"), 1.0)
    assert told.assumed_mass.low < told.assumed_mass.mass_kg < told.assumed_mass.high
    assert 5 < told.assumed_mass.mass_kg < 40
    assert weighing.estimate(ask("red bicycle", "piece", mass_kg=14.0), 1.0).assumed_mass is None
    assert trained.estimate(ask("red bicycle", "piece"), 1.0).assumed_mass is None


def test_nothing_is_assumed_per_kilogram_or_far_from_all_masses(weighing, ask):
    assert weighing.estimate(ask("red bicycle", "kg"), 1.0).assumed_mass is None
    assert weighing.typical_mass(ask("xylophone zebra quasar", "piece")) is None


def test_the_facts_that_are_stated_push_and_no_others(weighing, ask):
    query = ask("red bicycle", "piece", mass_kg=14.0, category="goods / bicycle")
    opinion = weighing.estimate(query, 1.0)
    pushes = {push.fact: push.factor for push in weighing.explained(opinion, query, 1.0).pushes}
    assert set(pushes) == {"mass_kg", "category"}
    lighter = weighing.estimate(query._replace(mass_kg=None), 1.0)
    assert pushes["mass_kg"] == pytest.approx(opinion.kg_co2e / lighter.kg_co2e)


def test_references_of_known_mass_teach_masses():
    made = references_from_footprints([ProductFootprint("a", "kettle", 20.0, 1.0, "piece", "maker", mass_kg=1.1)])
    (mass,) = masses_of(made)
    assert (mass.unit, mass.kg_co2e_per_unit, mass.mass_kg) == (MASS_FAMILY, 1.1, None)


def test_the_shipped_masses_are_sound():
    masses = typical_masses()
    assert len(masses) > 200
    assert len({mass.reference_id for mass in masses}) == len(masses)
    assert all(mass.kg_co2e_per_unit > 0 and mass.texts == (mass.name,) for mass in masses)


def test_only_facts_the_description_leaves_open_are_plausible(encoder):
    words = encoded_words(encoder)
    vector = encoder.encode(["chair"])[0]
    assert set(plausible("chair", vector, words)) == {"material", "electricity_mix"}
    assert set(plausible("oak chair", vector, words)) == {"electricity_mix"}
    assert not plausible("oak chair, electric", vector, words)
