"""What leaves as ILCD or TIDAS comes back through our own importer: the same name, unit, value, place and mass."""

from __future__ import annotations

from pathlib import Path

import pytest
from export_samples import CHINESE, FACTS, PROPOSAL, proposal, record
from hypothesis import given
from hypothesis import strategies as st

from firstprint.domain.dataset import Dataset
from firstprint.domain.product import DeclaredUnit
from firstprint.domain.proposal import Estimate, Proposal
from firstprint.exporters.facts import checked_facts
from firstprint.exporters.ilcd import ilcd_parts
from firstprint.exporters.ilcd_files import as_json, as_xml, zipped
from firstprint.importers.datasets.formats import recognised
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.records import Asked, Problem
from firstprint.units import convert_factor

COMPLETE = checked_facts([FACTS])
BARE = checked_facts([{"company": "广东塑料有限公司", "copyright": True}])


def read_back(path: Path, expected: str) -> Dataset:
    with Package(path) as package:
        found = recognised(package)
        assert found.importer.format == expected
        rows = list(found.importer.read(package, Asked()))
    assert [each for each in rows if isinstance(each, Problem)] == []
    (dataset,) = [each for each in rows if isinstance(each, Dataset)]
    return dataset


def exported(of: Proposal, folder: Path, *, facts=BARE) -> Dataset:
    path = folder / "export.zip"
    path.write_bytes(zipped(ilcd_parts(record(of), facts), as_xml, ".xml"))
    return read_back(path, "ilcd")


@pytest.mark.parametrize(
    "of", [PROPOSAL, CHINESE, proposal(geography="CN-GD", mass_kg=None)], ids=["en", "zh", "province"]
)
def test_an_ilcd_export_comes_back_as_it_was(of: Proposal, tmp_path: Path) -> None:
    back = exported(of, tmp_path)
    amount = of.product.declared_unit.amount
    assert of.estimate is not None
    assert of.product.description in (back.name, back.name_zh)
    assert back.unit == of.product.declared_unit.unit
    assert back.gwp100_kg_co2e == pytest.approx(of.estimate.kg_co2e / amount, rel=1e-12)
    assert back.geography == of.product.geography
    assert back.system_boundary == "cradle_to_gate"
    assert back.attributes.get("mass_kg_per_unit", "") == (
        "" if of.product.mass_kg is None else f"{of.product.mass_kg:g}"
    )


def test_both_names_come_back(tmp_path: Path) -> None:
    back = exported(CHINESE, tmp_path, facts=checked_facts([{**FACTS, "name_en": "PET bottle, 25 g", "name_zh": "瓶"}]))
    assert (back.name, back.name_zh) == ("PET bottle, 25 g", "瓶")


def test_a_tidas_export_comes_back_with_unit_and_value(tmp_path: Path) -> None:
    parts = ilcd_parts(record(PROPOSAL), COMPLETE)
    for part in parts:
        path = tmp_path / "tidas" / part.folder / f"{part.identity}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_json(part.tree))
    back = read_back(tmp_path / "tidas", "tidas")
    assert PROPOSAL.estimate is not None
    assert back.name.startswith("PET bottle, 25 g")
    assert (back.unit, back.gwp100_kg_co2e) == ("piece", pytest.approx(PROPOSAL.estimate.kg_co2e, rel=1e-12))


@given(value=st.floats(1e-6, 1e6), unit=st.sampled_from(["kg", "t", "kWh", "m3", "m2", "piece", "tkm", "litre"]))
def test_every_value_in_every_unit_comes_back(
    value: float, unit: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    estimate = Estimate(kg_co2e=value, low=value / 2, high=value * 2, coverage=0.9, basis="combined")
    of = proposal(declared_unit=DeclaredUnit(amount=1, unit=unit), estimate=estimate, mass_kg=None)
    back = exported(of, tmp_path_factory.mktemp("trip"))
    assert back.gwp100_kg_co2e == pytest.approx(value / convert_factor(unit, back.unit), rel=1e-9)
