"""EPDs in the JSON of soda4LCA: flows, units and weights all in one file."""

from __future__ import annotations

import json
from pathlib import Path

from ilcd_samples import Imported
from soda4lca_samples import soda

from firstprint.importers.datasets import soda4lca


def test_soda4lca_json_carries_everything_in_one_file(tmp_path: Path):
    path = tmp_path / "epd.json"
    path.write_text(json.dumps(soda()), encoding="utf-8")
    found = Imported(soda4lca.IMPORTER, path)
    dataset = found.only
    assert (dataset.unit, dataset.gwp100_kg_co2e, found.problems) == ("m2", 1.5, [])
    assert (dataset.name, dataset.synonyms) == ("Tile", ("Fliese",))
    assert (dataset.category, dataset.year, dataset.valid_until) == ("Building / Tiles", 2018, 2022)
    assert dataset.attributes["mass_kg_per_unit"] == "20"
    assert dataset.attributes["epd_type"] == "generic"
    assert (dataset.attributes["safety_margin_pct"], dataset.url) == ("10", "https://example.org/epd")
    assert dataset.attributes["modules"] == "A1+A2+A3"


def test_a_json_list_holds_several(tmp_path: Path):
    path = tmp_path / "epds.json"
    path.write_text(json.dumps([soda(), soda(), 3, {"flowDataSet": {}}, soda(exchanges={})]), encoding="utf-8")
    found = Imported(soda4lca.IMPORTER, path)
    assert len(found.datasets) == 1
    assert [(each.reason, each.place) for each in found.problems] == [
        ("has a UUID that stood before", "epds.json entry 2"),
        ("is no process data set", "epds.json entry 3"),
        ("is no process data set", "epds.json entry 4"),
        ("has a UUID that stood before", "epds.json entry 5"),
    ]
