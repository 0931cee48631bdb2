"""CaML groceries as a match suite: verdicts of several annotators, classes without values, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from prepared_matches import CLASSES, PRODUCTS, SHARED, opened

from firstprint.errors import FaultsError
from firstprint.evaluation.prepare import caml_grocery


def test_grocery_verdicts(groceries: Callable[..., list[Path]], tmp_path: Path) -> None:
    (prepared,) = caml_grocery.prepare(groceries(), tmp_path / "out")
    suite, _ = opened(prepared)
    jam, scone = suite.queries
    assert (jam.id, jam.text, jam.group) == ("grocery-0001", "Plum Jam 2 oz", "naics-300001")
    assert (jam.relevant, jam.acceptable) == (("naics-300001",), ("naics-300002",))
    assert (jam.extra["annotators"], jam.extra["agreement"]) == ("5", "0.4")
    assert (scone.text, scone.relevant, scone.acceptable) == ("Cheese Scone", ("naics-300002", "naics-300003"), ())


def test_the_label_published_decides_a_tie(groceries: Callable[..., list[Path]], tmp_path: Path) -> None:
    (prepared,) = caml_grocery.prepare(
        groceries([("A", "300002", "300001|300002|300001|300002", "Toast with jam")]), tmp_path / "out"
    )
    (query,) = opened(prepared)[0].queries
    assert (query.relevant, query.acceptable) == (("naics-300002",), ("naics-300001",))


def test_grocery_classes_carry_no_value(groceries: Callable[..., list[Path]], tmp_path: Path) -> None:
    _, datasets = opened(caml_grocery.prepare(groceries(), tmp_path / "out")[0])
    jam = datasets[0]
    assert (jam.name, jam.synonyms, jam.description) == ("Jam Kitchens", ("Jam", "Jelly"), "Makes jam.")
    assert [dataset.gwp100_kg_co2e for dataset in datasets] == [None] * 3


def test_groceries_say_what_was_left_out(groceries: Callable[..., list[Path]], tmp_path: Path) -> None:
    (prepared,) = caml_grocery.prepare(groceries(), tmp_path / "out")
    notes = "\n".join(prepared.notes)
    assert "2 distinct product names of 7 products, in 2 groups" in notes
    assert "2 products whose plurality chose no sector" in notes
    assert "1 whose label is not among the classes, 1 without words" in notes


def test_groceries_name_every_fault_of_their_originals(groceries: Callable[..., list[Path]], tmp_path: Path) -> None:
    products = (("A", "jam", "300001|x", "Jam"), PRODUCTS[0])
    classes = (*CLASSES, CLASSES[0], ("12", "", "d", "i", "b", "1"))
    with pytest.raises(FaultsError) as caught:
        caml_grocery.prepare(groceries(products, classes), tmp_path / "out")
    faults = "\n".join(caught.value.faults)
    for fault in (
        "products.csv line 2: 'jam', 'x' is neither a NAICS code nor -1 or 0",
        "naics_code '300001' stands already in the table",
        "naics_code '12' is not a code of six digits",
        "title is empty",
    ):
        assert fault in faults


@pytest.mark.shared_data
def test_groceries_as_published(tmp_path: Path) -> None:
    (prepared,) = caml_grocery.prepare([SHARED / "caml_grocery"], tmp_path)
    suite, datasets = opened(prepared)
    assert (len(suite.queries), len(datasets)) == (6_089, 568)
    assert all(query.relevant for query in suite.queries)
    assert len({query.group for query in suite.queries}) == 258
