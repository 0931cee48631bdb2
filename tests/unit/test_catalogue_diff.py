"""What changed between two catalogues is told once, with what was and what is."""

from __future__ import annotations

import dataclasses

import pytest

from firstprint.catalogue_diff import Side, difference, moved
from firstprint.domain.dataset import Dataset

STEEL = Dataset("steel", "Steel, hot rolled", "kg", 2.0, "cradle_to_gate", "process", "s", name_zh="热轧钢")
GLASS = Dataset("glass", "Glass", "kg", 1.0, "cradle_to_gate", "process", "s")
TAP = Dataset("tap", "Tap water", "m3", None, "cradle_to_gate", "process", "s")


def changed(dataset: Dataset, **changes: object) -> Dataset:
    return dataclasses.replace(dataset, **changes)


def kinds(old: list[Dataset], new: list[Dataset], percent: float = 1.0) -> list[tuple[str, str]]:
    found = difference(Side("old", old), Side("new", new), percent)
    assert found.unchanged == len([one for one in old if one in new])
    return [(each.kind, each.dataset_id) for each in found.changes]


def test_equal_catalogues_differ_in_nothing() -> None:
    assert kinds([STEEL, GLASS, TAP], [TAP, GLASS, STEEL]) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([STEEL], [STEEL, GLASS], [("added", "glass")]),
        ([STEEL, GLASS], [STEEL], [("removed", "glass")]),
        ([STEEL], [changed(STEEL, gwp100_kg_co2e=2.5)], [("value_moved", "steel")]),
        ([STEEL], [changed(STEEL, gwp100_kg_co2e=2.01)], []),
        ([STEEL], [changed(STEEL, gwp100_kg_co2e=-2.0)], [("value_moved", "steel")]),
        ([STEEL], [changed(STEEL, gwp100_kg_co2e=None)], [("value_lost", "steel")]),
        ([TAP], [changed(TAP, gwp100_kg_co2e=0.3)], [("value_gained", "tap")]),
        ([STEEL], [changed(STEEL, name_zh="钢")], [("renamed", "steel")]),
        ([STEEL], [changed(STEEL, unit="t", gwp100_kg_co2e=2000.0)], [("unit", "steel")]),
        ([STEEL], [changed(STEEL, unit="t", gwp100_kg_co2e=2.0)], [("value_moved", "steel")]),
        ([STEEL], [changed(STEEL, unit="m3")], [("value_moved", "steel")]),
        ([STEEL], [changed(STEEL, dataset_id="s-2")], [("renumbered", "s-2")]),
        (
            [STEEL],
            [changed(STEEL, dataset_id="s-2", gwp100_kg_co2e=3.0)],
            [("value_moved", "s-2"), ("renumbered", "s-2")],
        ),
        (
            [STEEL, changed(STEEL, dataset_id="b")],
            [changed(STEEL, dataset_id="c")],
            [("removed", "b"), ("removed", "steel"), ("added", "c")],
        ),
    ],
)
def test_each_kind_of_change_is_told(old: list[Dataset], new: list[Dataset], expected: list[tuple[str, str]]) -> None:
    if expected or old == new:
        assert kinds(old, new) == expected
    else:
        assert difference(Side("old", old), Side("new", new), 1.0).changes == ()


def test_a_move_is_told_per_the_same_unit_and_the_largest_first() -> None:
    new = [changed(STEEL, unit="t", gwp100_kg_co2e=1000.0), changed(GLASS, gwp100_kg_co2e=10.0)]
    found = difference(Side("old", [STEEL, GLASS]), Side("new", new), 1.0)
    assert [(each.dataset_id, each.ratio) for each in found.changes] == [
        ("glass", pytest.approx(10.0)),
        ("steel", pytest.approx(0.5)),
    ]
    assert found.counts() == {"value_moved": 2}


def test_percent_is_a_share_of_the_old_value() -> None:
    assert not moved(STEEL, changed(STEEL, gwp100_kg_co2e=2.199), 10.0)
    assert moved(STEEL, changed(STEEL, gwp100_kg_co2e=2.201), 10.0)
    assert moved(STEEL, changed(STEEL, gwp100_kg_co2e=1.799), 10.0)
    assert moved(STEEL, changed(STEEL, gwp100_kg_co2e=2.0 + 1e-6), 0.0)
