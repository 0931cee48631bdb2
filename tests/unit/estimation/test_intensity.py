"""Goods by their mass: what no piece of the kind has taught is estimated from its mass and like things."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from firstprint.estimation.intensity import INTENSITY_FAMILY, MATERIAL_WEIGHT, intensity_references
from firstprint.estimation.references import (
    ProductFootprint,
    Reference,
    joined,
    references_from_datasets,
    references_from_footprints,
)
from firstprint.estimation.surrogate_fit import fit_surrogate, make_family
from firstprint.estimation.typical_mass import KNOWN_DISTANCE, MASS_FAMILY, typical_masses
from firstprint.resources import resource


def listed(name: str, kg: float, thing: str | None = None) -> Reference:
    thing = thing or name
    return Reference(f"mass:{name}", name, (name,), MASS_FAMILY, kg, thing, f"{thing} | {name}")


THINGS = {"chair": 6.0, "laptop": 1.7, "shirt": 0.2, "bicycle": 15.0}


@pytest.fixture(scope="module")
def weighed(world, encoder):
    """A small world whose goods weigh 1/10 to 1/100 of their footprints, with a paper clip that no piece taught."""
    masses = [
        listed(f"{colour} {thing}", kg, thing) for thing, kg in THINGS.items() for colour in ("red", "blue", "green")
    ]
    masses += [listed(f"{thing} {more}", kg, thing) for thing, kg in THINGS.items() for more in ("large", "small")]
    masses.append(listed("paper clip", 0.001))
    return fit_surrogate(references_from_datasets(world), encoder, masses=masses)


def test_pieces_are_divided_by_their_mass_and_what_is_per_kilogram_is_lighter():
    pieces = [
        Reference("a", "red chair", ("red chair",), "piece", 24.0, "goods", "a", mass_kg=8.0),
        Reference("b", "shirt", ("shirt",), "piece", 6.0, "goods", "b"),
        Reference("c", "ghost", ("ghost",), "piece", 6.0, "goods", "c"),
        Reference("d", "night in a hotel", ("night",), "piece", 6.0, "x", "d", category="services / accommodation"),
        Reference("e", "steel", ("steel", "钢", "acier"), "kg", 2.0, "metals", "e"),
        Reference("f", "power", ("power",), "kWh", 0.5, "energy", "f"),
    ]
    told = intensity_references(pieces, lambda asked: [{"b": 0.2}.get(one.reference_id) for one in asked])
    assert {one.reference_id: one.kg_co2e_per_unit for one in told} == {"a": 3.0, "b": pytest.approx(30.0), "e": 2.0}
    assert {one.unit for one in told} == {INTENSITY_FAMILY}
    assert [one.mass_kg for one in told] == [8.0, None, None]
    assert (told[-1].weight, told[-1].texts) == (MATERIAL_WEIGHT, ("steel", "钢"))


def test_without_any_mass_there_is_no_family():
    piece = Reference("b", "shirt", ("shirt",), "piece", 6.0, "goods", "b")
    assert intensity_references([piece], lambda asked: [None]) == ()


def test_an_imported_piece_of_known_mass_is_not_counted_twice():
    made = references_from_footprints([ProductFootprint("a", "kettle", 20.0, 1.0, "piece", "maker", mass_kg=1.0)])
    assert [one.unit for one in made] == ["piece", "kg"]
    assert [one.kg_co2e_per_unit for one in intensity_references(made, lambda asked: [])] == [20.0]


def test_a_thing_that_no_piece_taught_is_as_light_as_it_is(weighed, trained, ask):
    by_mass = weighed.estimate(ask("paper clip", "piece"), 1.0)
    average = trained.estimate(ask("paper clip", "piece"), 1.0)
    assert by_mass.assumed_mass.mass_kg == pytest.approx(0.001)
    assert by_mass.kg_co2e < 0.05 < 1 < average.kg_co2e
    assert by_mass.low < by_mass.kg_co2e < by_mass.high


def test_a_good_of_its_kind_stays_near_its_own_footprint(weighed, ask):
    assert 4 < weighed.estimate(ask("red shirt", "piece"), 1.0).kg_co2e < 16
    assert 60 < weighed.estimate(ask("blue bicycle", "piece"), 1.0).kg_co2e < 240


def test_a_listed_thing_has_its_listed_mass_and_a_narrower_interval(weighed, ask):
    known = weighed.typical_mass(ask("blue laptop", "piece"))
    other = weighed.typical_mass(ask("folding laptop", "piece"))
    assert known.value == pytest.approx(1.7, rel=1e-3)
    assert known.high / known.value <= 2.0 + 1e-9 < other.high / other.value
    assert weighed.typical_mass(ask("blue laptop", "piece"), 0.8).high < known.high
    assert weighed.lists(ask("blue laptop", "piece"))
    assert not weighed.lists(ask("folding laptop", "piece"))
    weighed.hear_listed([ask("blue laptop", "kg"), ask("folding laptop", "kg")])  # asked together, the same is said
    assert weighed.lists(ask("blue laptop", "kg"))
    assert not weighed.lists(ask("folding laptop", "kg"))


def test_a_reference_is_named_once_though_it_speaks_twice(weighed, ask):
    opinion = weighed.estimate(ask("red shirt", "piece"), 1.0)
    assert len({one.id for one in opinion.neighbours}) == len(opinion.neighbours)
    assert opinion.neighbours[0].id == "red-shirt"
    assert sum(one.weight for one in opinion.neighbours) <= 1 + 1e-9


def test_a_stated_mass_is_heard_by_all_who_know_of_it(weighed, ask):
    units = {voice.route.family.unit for voice in weighed._voices(ask("red shirt", "piece", mass_kg=0.2), 0.9)}
    assert units == {"piece", "kg", INTENSITY_FAMILY}
    units = {voice.route.family.unit for voice in weighed._voices(ask("red shirt", "piece"), 0.9)}
    assert units == {"piece", INTENSITY_FAMILY}


def test_three_imported_products_are_no_reason_to_fail(world, encoder, ask):
    imported = references_from_footprints(
        [ProductFootprint(str(n), f"lamp {n}", 9.0, 1.0, "piece", "maker") for n in range(3)]
    )
    trained = fit_surrogate(joined(references_from_datasets(world), imported), encoder)
    assert trained.estimate(ask("red shirt", "piece"), 1.0).kg_co2e > 0


def test_choices_of_a_large_family_are_made_on_an_even_sample(world, encoder):
    family = make_family([one for one in references_from_datasets(world) if one.unit == "kg"], encoder)
    assert family.sample(100) is family
    part = family.sample(12)
    assert len(part.values) == 12
    assert len({one.category for one in part.references}) >= 5
    assert np.all(np.diff(part.rows.reference) >= 0)
    heavy = replace(
        family, references=tuple(replace(one, weight=1.0 + (n < 8)) for n, one in enumerate(family.references))
    )
    kept = {one.reference_id for one in heavy.sample(12).references}
    assert {one.reference_id for one in heavy.references[:8]} <= kept


def test_the_shipped_masses_name_their_basis_and_each_thing_once():
    with resource("index/typical_masses.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) > 800
    assert {row["basis"].split(":")[0] for row in rows} == {"usual", "nominal", "standard"}
    names = [one.name for one in typical_masses()]
    assert len(set(names)) == len(names)
    assert all(1e-4 <= one.kg_co2e_per_unit <= 1e6 for one in typical_masses())
    by_name = {one.name: one.kg_co2e_per_unit for one in typical_masses()}
    assert (by_name["toothbrush"], by_name["牙刷"]) == (0.018, 0.018)
    assert by_name["running shoes"] == by_name["pair of trainers"]
    assert 0 < KNOWN_DISTANCE < 0.05
