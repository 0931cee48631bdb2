"""The catalogue's own durable goods as an estimate suite: what is held out together, languages, what is left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from prepared_estimates import queries_of

from firstprint.domain.dataset import Dataset
from firstprint.errors import InputError
from firstprint.evaluation.prepare import catalogue_goods


def good(dataset_id: str, name: str, value: float | None = 10.0, **more: object) -> Dataset:
    usual: dict[str, object] = {"source": "base-carbone", "category": "goods / things", "geography": "FR"}
    fields = {"unit": "piece", "system_boundary": "cradle_to_gate", "basis": "process"} | usual | more
    return Dataset(dataset_id=dataset_id, name=name, gwp100_kg_co2e=value, **fields)  # type: ignore[arg-type]


def test_goods_hold_out_every_row_of_the_same_good_whatever_its_source() -> None:
    draft = catalogue_goods.draft(
        [
            good("b:1", "Shirt, cotton", 11.0),
            good("b:2", "Polo shirt", 8.0),
            good("n:1", "Shirt", 10.1, source="nosgestesclimat"),
            good("b:3", "Oven (electric)", 200.0),
            good("x:1", "Shirt fabric, shirt", 5.0, unit="kg"),
        ]
    )
    held = {query.id: (query.group, query.held_out) for query in draft.queries}
    assert held == {
        "b:1": ("shirt", ("b:1", "b:2", "n:1")),
        "b:2": ("shirt", ("b:1", "b:2", "n:1")),
        "b:3": ("oven", ("b:3",)),
    }
    assert (draft.protocol, draft.folds, draft.catalogue) == ("cross-fit", 5, "default")


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (good("a", "Fridge, small", name_zh="冰箱（小）"), good("b", "Cooler", 50.0, name_zh="冰箱"), True),
        (good("a", "Sofa, sofa bed", 198.0), good("b", "Sofa bed", 197.0), True),
        (good("a", "Sofa, sofa bed", 198.0), good("b", "Sofa bed", 180.0), False),
        (good("a", "Kettle", 9.91), good("b", "Backpack", 9.9), False),
        (good("a", "Pair of skis"), good("b", "Ski", 30.0), True),
        (good("a", "Hoop with concrete base"), good("b", "Base", 30.0), False),
        (good("a", "Shoes, leather"), good("b", "Gym shoe", 30.0), True),
        (good("a", "Dress, cotton"), good("b", "Dres", 30.0), False),
    ],
)
def test_kin_joins_names_of_one_good_and_copied_values(one: Dataset, other: Dataset, together: bool) -> None:
    kinds = catalogue_goods.kin([one, other])
    assert (kinds["a"] == kinds["b"]) is together


def test_kin_joins_over_a_third_row_in_any_order() -> None:
    rows = [
        good("a", "Cooler", 1.0, name_zh="冰箱"),
        good("b", "Fridge", 30.0),
        good("c", "Small fridge", 90.0, name_zh="冰箱（小）"),
    ]
    assert set(catalogue_goods.kin(rows).values()) == {"cooler"}
    assert set(catalogue_goods.kin(rows[::-1]).values()) == {"cooler"}


def test_goods_alternate_languages_where_the_chinese_name_is_chinese() -> None:
    rows = [
        good("b:1", "Oven", 1.0, name_zh="烤箱"),
        good("b:2", "Kettle", 2.0, name_zh="电水壶"),
        good("b:3", "Lamp", 3.0, name_zh="灯"),
        good("b:4", "Mower, thermal", 4.0, name_zh="割草机（thermal）"),
        good("b:5", "Chair", 5.0),
        good("b:6", "Table", 6.0),
    ]
    asked = [(query.language, query.text) for query in catalogue_goods.draft(rows).queries]
    assert asked == [
        ("en", "Oven"),
        ("zh", "电水壶"),
        ("en", "Lamp"),
        ("en", "Mower, thermal"),
        ("en", "Chair"),
        ("en", "Table"),
    ]


def test_goods_leave_out_what_is_no_durable_good_made_once() -> None:
    draft = catalogue_goods.draft(
        [
            good("b:1", "Oven"),
            good("b:2", "Meal", category="services / meals"),
            good("b:3", "Cartridge, per A4 sheet printed"),
            good("b:4", "Freezer", system_boundary="cradle_to_grave"),
            good("b:5", "Lamp", None),
            good("n:1", "Lamp", source="nosgestesclimat"),
            good("b:6", "Steel", unit="kg"),
        ]
    )
    assert [query.id for query in draft.queries] == ["b:1"]
    assert len(draft.notes) == 5
    assert all("1 row:" in note for note in draft.notes[1:])


def test_goods_need_a_good() -> None:
    with pytest.raises(InputError) as caught:
        catalogue_goods.draft([good("b:1", "Meal", category="services / meals")])
    assert caught.value.code == "catalogue_no_goods"


def test_goods_of_the_shipped_catalogue_never_see_their_own_row(tmp_path: Path) -> None:
    (prepared,) = catalogue_goods.prepare([], tmp_path)
    queries = queries_of(prepared)
    assert len(queries) > 150
    assert len({query["group"] for query in queries}) > 60
    by_group: dict[str, set[str]] = {}
    for query in queries:
        assert query["id"] in query["held_out"].split("|")
        by_group.setdefault(query["group"], set()).add(query["held_out"])
    assert all(len(held) == 1 for held in by_group.values())
    assert {query["language"] for query in queries} == {"en", "zh"}


def test_goods_take_no_files(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        catalogue_goods.prepare([tmp_path / "a.csv"], tmp_path / "out")
    assert caught.value.code == "originals_not_wanted"
