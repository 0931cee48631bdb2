"""Queries that the surrogate was trained on: by text, by value, never by a dataset of the catalogue."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from test_leakage import codes, query, suite

from firstprint.evaluation.leakage import find_leaks
from firstprint.evaluation.reference_leaks import reference_leaks


def family(unit, **references):
    return SimpleNamespace(
        unit=unit,
        reference_ids=tuple(references),
        names=tuple(name for name, _ in references.values()),
        values=np.log10([value for _, value in references.values()]),
    )


FAMILIES = (
    family("piece", own_cup=("Steel Cup, 0.5 l", 1.8537), steel=("Dataset cup", 7.7777), own_pan=("pan", 3.0)),
    family("kg", own_felt=("felt", 2.34567)),
)


def leaks(*queries):
    return reference_leaks(queries, FAMILIES, lambda key: not key.startswith("own_"))


def test_the_same_text_in_another_spelling():
    found = leaks(query("a", "steel cup 0.5 L", 9.0, unit="piece"), query("b", "cup", 9.0), query("c", "☃", 9.0))
    assert found.text.tolist() == [True, False, False]


def test_the_same_value_per_unit_whatever_the_amount():
    found = leaks(
        query("a", "mug", 1.8537, unit="piece"),
        query("b", "mugs", 18.537, unit="件", amount=10),
        query("c", "wool", 2345.67, unit="t"),
        query("d", "mug", 1.8538, unit="piece"),
        query("e", "pot", 3.0, unit="piece"),
        query("f", "thing", 2.34567, unit="piece"),
        query("g", "thing", 2.34567, unit="florps"),
        query("h", "unknown"),
    )
    assert found.value.tolist() == [True, True, True, False, False, False, False, False]


def test_tonnes_are_thousands_of_kilograms():
    assert leaks(query("a", "wool", 2.34567, unit="t", amount=0.001)).value.tolist() == [True]


def test_datasets_of_the_catalogue_are_looked_for_elsewhere():
    found = leaks(query("a", "Dataset cup", 7.7777, unit="piece"))
    assert not found.text.any()
    assert not found.value.any()


def test_text_goes_before_value():
    found = leaks(query("a", "Steel cup 0.5 l", 1.8537, unit="piece"))
    assert (found.text.tolist(), found.value.tolist()) == ([True], [False])


def test_a_run_warns_of_both():
    asked = suite(query("a", "steel cup 0.5 l", 9.0), query("b", "mug", 1.8537, unit="piece"), query("c", "x", 4.0))
    found = find_leaks(asked, (), None, (), leaks(*asked.queries))
    assert codes(found) == {"text_in_references": 1, "value_in_references": 1}
    assert "1 of 3 queries the surrogate was trained on" in found.warnings[0].message
