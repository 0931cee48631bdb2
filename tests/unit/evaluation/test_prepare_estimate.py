"""All published footprints as estimate suites: the same bytes each time, where originals come from, mix-ups."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from prepared_estimates import SHARED, carbon, device, devices, foods, product

from firstprint.errors import FaultsError
from firstprint.evaluation.prepare import boavizta, carbon_catalogue, catalogue_goods, su_eatable
from firstprint.evaluation.prepare.published import published

MAKERS: dict[str, Callable[[Path], object]] = {
    "carbon": lambda folder: carbon(folder, product(), product(id="9-1-2015", name="Pond", weight=0.3)),
    "boavizta": lambda folder: devices(folder, device(), device(manufacturer="Zeta", name="Ünit 4")),
    "foods": foods,
    "goods": lambda folder: catalogue_goods.prepare([], folder / "out"),
}


@pytest.mark.parametrize("name", MAKERS)
def test_same_input_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    MAKERS[name](tmp_path)
    first = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    originals = {path: path.read_bytes() for path in tmp_path.glob("*.*")}
    if name == "carbon":  # a workbook holds the time it was saved; the very same file is asked for again
        carbon_catalogue.prepare([tmp_path / "c.xlsx"], tmp_path / "out")
    elif name == "foods":
        su_eatable.prepare([tmp_path / "foods.xlsx", tmp_path / "agribalyse.csv"], tmp_path / "out")
    else:
        MAKERS[name](tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.glob("*.*")} == originals
    assert {path: path.read_bytes() for path in first} == first
    assert len(first) >= 2


@pytest.mark.parametrize("module", [carbon_catalogue, boavizta, su_eatable])
def test_originals_say_where_and_under_which_terms(module: object) -> None:
    entry = module.PUBLISHED  # type: ignore[attr-defined]
    assert entry.originals
    assert all(original.where and original.terms and original.file for original in entry.originals)


@pytest.mark.shared_data
def test_real_originals_of_one_dataset_are_not_taken_for_another(tmp_path: Path) -> None:
    with pytest.raises(FaultsError):
        carbon_catalogue.prepare([SHARED / "su_eatable_life"], tmp_path)
    with pytest.raises(FaultsError):
        boavizta.prepare([SHARED / "agribalyse"], tmp_path)


def test_registry_knows_these_suites() -> None:
    known = published()
    for name in ("carbon-catalogue", "su-eatable", "boavizta", "catalogue-goods"):
        assert known[name].makes
