"""The ILCD family's real files: how much is read, and values read off the raw files by hand."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import pytest
from ilcd_samples import Imported, as_tidas, zipped

from firstprint.importers.datasets import epd, ilcd, soda4lca, tidas

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data"
FORMATS = SHARED / "formats"
MISSING_FLOW = "has a reference flow that is not in the package, so that its unit is unknown"

pytestmark = pytest.mark.shared_data


def test_tiangong_sample():
    found = Imported(ilcd.IMPORTER, SHARED / "tiangong" / "tiangong_ilcd_sample.zip")
    assert (found.steps, len(found.datasets)) == (300, 298)
    assert sum(each.unit == "unknown" for each in found.datasets) == 12
    assert Counter(found.reasons) == {MISSING_FLOW: 12, "has no reference flow": 2}
    assert Counter(each.basis for each in found.datasets if each.gwp100_kg_co2e is not None) == {"direct": 2}
    assert sum("summed_flows" in each.attributes for each in found.datasets) == 45
    assert sum(each.basis == "spend" for each in found.datasets) == 28
    by_id = {each.dataset_id: each for each in found.datasets}
    cement = by_id["d7b35533-969d-41ee-83d8-9a93ec59339f"]
    assert (cement.geography, cement.unit, cement.gwp100_kg_co2e) == ("CN-HL", "kg", None)
    assert cement.attributes["direct_kg_co2e_per_unit"] == "0.5979"
    assert cement.name_zh == "水泥生产; 水泥, 普通硅酸盐水泥, 42.5MPa; 新型干法; 混合固废"
    power = by_id["aef876a0-dd1f-4e00-97c5-3e59a0cfb6ac"]
    assert (power.unit, float(power.attributes["direct_kg_co2e_per_unit"])) == ("MJ", pytest.approx(0.231692, abs=1e-6))
    steel = by_id["7d7561fd-5021-4d77-a0d7-f7f6c99ac0f6"]
    assert float(steel.attributes["direct_kg_co2e_per_unit"]) == pytest.approx(2061.88 + 273 * 5.77)
    assert steel.attributes["summed_flows"] == "carbon dioxide (fossil); nitrous oxide"


@pytest.mark.parametrize(
    ("file", "unit", "value", "mass", "geography"),
    [
        ("environdec_with_dependencies.zip", "m2", 2.79, "", ""),
        ("epditaly_with_dependencies.zip", "m3", 343.0, "17.5", "RER"),
        ("oekobau_with_dependencies.zip", "m2", 30.1, "13.17", "RER"),
    ],
)
def test_epd_archives(file: str, unit: str, value: float, mass: str, geography: str):
    found = Imported(epd.IMPORTER, FORMATS / "ilcd_epd" / file)
    dataset = found.only
    assert found.problems == []
    assert (dataset.unit, dataset.gwp100_kg_co2e, dataset.geography) == (unit, value, geography)
    assert dataset.attributes.get("mass_kg_per_unit", "") == mass
    assert (dataset.attributes["gwp_method"], dataset.attributes["modules"]) == ("EN 15804+A1 GWP", "A1-A3")
    assert dataset.valid_until == 2025


def test_single_files_lack_the_flow_that_names_their_unit():
    for importer, file in (
        (epd.IMPORTER, "ilcd_epd/environdec_single_xml.xml"),
        (ilcd.IMPORTER, "ilcd_process/process.xml"),
        (tidas.IMPORTER, "tidas/converted_example_process.tidas.json"),
    ):
        found = Imported(importer, FORMATS / file)
        assert found.reasons == [MISSING_FLOW]
        assert (found.only.unit, found.only.gwp100_kg_co2e) == ("unknown", None)
        assert found.recognised


def test_soda4lca_files():
    found = Imported(soda4lca.IMPORTER, FORMATS / "epd_soda4lca_json")
    assert (len(found.datasets), sum(each.gwp100_kg_co2e is None for each in found.datasets)) == (11, 0)
    assert [each.reason for each in found.problems] == ["states a density that cannot be, which was left out"]
    by_id = {each.dataset_id: each for each in found.datasets}
    concrete = by_id["0aa8b645-02d9-41b4-8aa3-70335af2a9e7"]
    assert concrete.gwp100_kg_co2e == pytest.approx(256.723356887539 + 8.485777018525 + 3.385395098948)
    assert (concrete.unit, concrete.attributes["modules"], concrete.geography) == ("m3", "A1+A2+A3", "DK")
    assert concrete.attributes["mass_kg_per_unit"] == "2265"
    fitting = by_id["00c28f1f-1d49-4c81-9208-138922a1dd6c"]
    assert (fitting.unit, fitting.gwp100_kg_co2e) == ("piece", 5.75046217471126)
    assert (fitting.attributes["mass_kg_per_unit"], fitting.attributes["epd_type"]) == ("0.696", "generic")
    aluminium = by_id["0cb92770-9007-48c6-bc03-466af8894419"]
    assert (aluminium.unit, aluminium.gwp100_kg_co2e) == ("kg", 1.93153238620983)
    assert aluminium.attributes["gwp_method"] == "EN 15804+A2 GWP-total"
    assert aluminium.valid_until == 2027


def test_tiangong_sample_as_tidas_reads_the_same(tmp_path: Path):
    """Every process of the sample, converted to TIDAS JSON, gives the dataset that its XML gives."""
    sample = SHARED / "tiangong" / "tiangong_ilcd_sample.zip"
    with zipfile.ZipFile(sample) as archive:
        files = {
            name: archive.read(name) for name in archive.namelist() if name.count("/") == 2 and name[-4:] == ".xml"
        }
    converted = {name.replace(".xml", ".json"): as_tidas(data) for name, data in files.items()}
    by_xml = Imported(ilcd.IMPORTER, sample)
    by_json = Imported(tidas.IMPORTER, zipped(tmp_path, converted, sample.name))
    assert by_json.datasets == by_xml.datasets
    assert len(by_json.datasets) == 298
    assert by_json.reasons == by_xml.reasons
