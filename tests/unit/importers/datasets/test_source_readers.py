"""Readers of published tables: names, units, reach and the faults of single rows, on small made-up files."""

from __future__ import annotations

from pathlib import Path

import pytest
import source_files
from table_files import SHARED, read, workbook, write

from firstprint.errors import FaultsError
from firstprint.importers.datasets import agribalyse, csv_table, desnz, epa_scef, oekobaudat, rivm
from firstprint.importers.datasets.packages import Package
from firstprint.importers.datasets.records import DatasetImporter

READERS = (agribalyse.IMPORTER, epa_scef.IMPORTER, oekobaudat.IMPORTER, rivm.IMPORTER, desnz.IMPORTER)
MAKERS = (source_files.agribalyse, source_files.epa, source_files.oekobaudat, source_files.rivm, source_files.desnz)


@pytest.mark.parametrize(
    ("importer", "make"),
    list(zip(READERS, MAKERS, strict=True)),
    ids=lambda each: getattr(each, "format", getattr(each, "__name__", "")),
)
def test_each_file_is_recognised_by_its_own_reader_only(tmp_path: Path, importer: DatasetImporter, make) -> None:
    with Package(make(tmp_path)) as package:
        told = {each.format: each.recognised(package) for each in READERS}
    assert {name for name, how in told.items() if how} == {importer.format}
    assert len(told[importer.format]) > 20


@pytest.mark.parametrize("importer", READERS, ids=lambda each: each.format)
def test_another_file_is_refused_with_where_to_get_the_original(tmp_path: Path, importer: DatasetImporter) -> None:
    path = workbook(tmp_path / "x.xlsx", {"a": [["b"]]})
    with pytest.raises(FaultsError, match="Download"):
        read(importer, path)


def test_agribalyse(tmp_path: Path) -> None:
    found = read(agribalyse.IMPORTER, source_files.agribalyse(tmp_path))
    bilberry, lingonberry, blackberry = found.datasets
    assert (bilberry.dataset_id, bilberry.name, bilberry.gwp100_kg_co2e) == ("agb:1", "Bilberry, raw", 0.75)
    assert (bilberry.unit, bilberry.system_boundary, bilberry.geography) == ("kg", "cradle_to_grave", "FR")
    assert bilberry.attributes["name_fr"] == "Myrtille, crue"
    assert (bilberry.attributes["dqr"], bilberry.attributes["ciqual_code"]) == ("2.5", "1")
    assert lingonberry.name == "Airelle, crue"
    assert blackberry.gwp100_kg_co2e is None
    assert [(each.reason, each.place.rsplit(" ", 1)[1], each.skipped) for each in found.problems] == [
        ("has a value that is not a number", "4", False),
        ("has no code or no name", "5", True),
        ("has the id of an earlier dataset", "6", True),
    ]


def test_epa_factors_with_the_index_beside_them(tmp_path: Path) -> None:
    with Package(source_files.epa(tmp_path)) as package:
        about = epa_scef.IMPORTER.about(package)
    found = read(epa_scef.IMPORTER, tmp_path)
    kites, blank = found.datasets
    assert (kites.dataset_id, kites.unit, kites.basis, kites.year) == ("epa-scef:999910", "USD", "spend", 2022)
    assert (kites.gwp100_kg_co2e, kites.attributes["without_margins_kg_co2e"]) == (0.25, "0.2")
    assert kites.attributes["index_terms"] == "Box kites|Silk / paper kites"
    assert blank.gwp100_kg_co2e is None
    assert about.version == "9.8.7"
    assert found.reasons() == [
        "is about a single gas and not the sum of all",
        "has no NAICS code of six digits, or no title",
        "has a unit that is not kg CO2e per dollar",
        "has a value that is not a number",
    ]


def test_oekobaudat(tmp_path: Path) -> None:
    found = read(oekobaudat.IMPORTER, source_files.oekobaudat(tmp_path))
    door = found.by_id("u-1")
    assert (door.name, door.unit, door.gwp100_kg_co2e) == ("Türblatt, weiß", "m2", 3.75)
    assert (door.category, door.geography, door.year, door.valid_until) == ("Doors / Leaf", "DE", 2018, 2023)
    assert door.attributes["other_modules_kg_co2e"] == "D=-1.5"
    assert (door.attributes["density_kg_per_m3"], door.attributes["gwp_method"]) == ("450", "EN 15804+A1, GWP")
    assert door.attributes["mass_kg_per_unit"] == "18.5"
    screed = found.by_id("u-2")
    assert screed.gwp100_kg_co2e == pytest.approx(0.125)
    assert (screed.name, screed.synonyms, screed.attributes["modules"]) == ("Screed", ("Estrich",), "A1+A2+A3")
    new = found.by_id("u-3")
    assert (new.gwp100_kg_co2e, new.attributes["gwp_method"]) == (250.0, "EN 15804+A2, GWP-total")
    heating, part, demolition = found.by_id("u-4"), found.by_id("u-5"), found.by_id("u-7")
    assert heating.gwp100_kg_co2e is part.gwp100_kg_co2e is demolition.gwp100_kg_co2e is None
    assert heating.attributes["other_modules_kg_co2e"] == "B6=0.0694444"
    assert (heating.system_boundary, demolition.system_boundary) == ("unknown", "end_of_life")
    assert sorted((each.reason, each.skipped) for each in found.problems) == [
        *[("has no result for the modules A1 to A3", False)] * 3,
        ("has no usable reference amount or unit", True),
    ]


def test_an_oekobaudat_amount_next_to_nothing_leaves_no_result(tmp_path: Path) -> None:
    """Found by fuzzing: a subnormal amount made the result infinite."""
    path = write(tmp_path / "o.csv", source_files.OEKOBAUDAT.replace(";2;qm;", ";1e-320;qm;"), "latin-1")
    assert read(oekobaudat.IMPORTER, path).by_id("u-1").gwp100_kg_co2e is None


def test_rivm(tmp_path: Path) -> None:
    found = read(rivm.IMPORTER, source_files.rivm(tmp_path))
    eaten, sold = found.by_id("rivm:consumption:11-bosbes"), found.by_id("rivm:distribution:11-bosbes")
    assert (eaten.gwp100_kg_co2e, eaten.system_boundary) == (1.25, "cradle_to_grave")
    assert (sold.gwp100_kg_co2e, sold.system_boundary) == (0.75, "cradle_to_gate")
    assert (eaten.unit, eaten.geography, eaten.category) == ("kg", "NL", "Fruit")
    assert {each.gwp100_kg_co2e for each in found.datasets if each.name == "Vlees"} == {9.5, 8.0}
    assert found.by_id("rivm:consumption:14-onbekend").gwp100_kg_co2e is None
    assert found.by_id("rivm:distribution:16-formule").gwp100_kg_co2e is None
    assert sorted(found.reasons()) == ["has no name", "holds a formula without its value"]


def test_desnz_takes_co2e_and_says_how_far_it_reaches(tmp_path: Path) -> None:
    found = read(desnz.IMPORTER, source_files.desnz(tmp_path))
    values = {each.name: (each.gwp100_kg_co2e, each.unit, each.system_boundary, each.basis) for each in found.datasets}
    assert values == {
        "Hexgas, combustion": (3000.5, "t", "direct", "direct"),
        "Hexgas, combustion, net calorific value": (0.25, "kWh", "direct", "direct"),
        "Hexgas, combustion, gross calorific value": (0.225, "kWh", "direct", "direct"),
        "Hexoil, combustion": (2.5, "litre", "direct", "direct"),
        "R999A, emitted": (1130.0, "kg", "direct", "direct"),
        "Cars, Small, diesel": (0.2, "km", "direct", "direct"),
        "Cars, Small, Battery Electric Vehicle, with its electricity": (0.04, "km", "direct", "direct"),
        "Cars, Large, diesel": (0.3, "km", "direct", "direct"),
        "Freight flights, Short-haul": (0.9, "tkm", "direct", "direct"),
        "Metal: tin, primary material production": (5000.0, "t", "cradle_to_gate", "process"),
        "Metal: tin, closed-loop source": (1500.0, "t", "cradle_to_gate", "process"),
        "Metal: tin, combustion": (6.5, "t", "end_of_life", "process"),
        "Metal: tin, landfill": (9.0, "t", "end_of_life", "process"),
        "Hotel stay, UK (London), per room and night": (11.0, "piece", "gate_to_gate", "process"),
        "Hotel stay, Austria, per room and night": (12.0, "piece", "gate_to_gate", "process"),
        "Hexgas, well to tank": (300.0, "t", "cradle_to_gate", "process"),
    }
    tin = next(each for each in found.datasets if each.name.endswith("closed-loop source"))
    assert (tin.variant, tin.category, tin.year) == ("recycled", "Material use / Metal", 2024)
    assert [each.geography for each in found.datasets if each.name.startswith("Hotel")] == ["GB", "AT"]


def test_desnz_tells_what_it_leaves(tmp_path: Path) -> None:
    found = read(desnz.IMPORTER, source_files.desnz(tmp_path))
    told = [(each.reason, each.place) for each in found.problems]
    assert told == [
        ("holds a formula without its value", "sheet 'Fuels' line 11"),
        ("has cells without a factor", "sheet 'Fuels'"),
        ("repeats an earlier factor, in another unit or for another scope", "sheet 'Business travel- land' line 9"),
        ("repeats an earlier factor, in another unit or for another scope", "sheet 'Business travel- land' line 9"),
        ("is zero, since its emissions are counted on another sheet", "sheet 'Business travel- land' line 10"),
        ("holds CO2 of biogenic carbon only, which is no GWP100 result", "sheet 'Outside of scopes'"),
        ("is a sheet that is not known", "sheet 'Something new'"),
    ]


REAL = [
    (agribalyse.IMPORTER, "agribalyse", 2500, 0, {}),
    (epa_scef.IMPORTER, "us_epa_scef", 1016, 0, {}),
    (rivm.IMPORTER, "rivm_2021", 465, 2, {}),
    (oekobaudat.IMPORTER, "oekobaudat_2020", 990, 136, {"has no usable reference amount or unit": 3}),
    (
        desnz.IMPORTER,
        "desnz_2024",
        1493,
        0,
        {
            "repeats an earlier factor, in another unit or for another scope": 620,
            "is zero, since its emissions are counted on another sheet": 36,
            "has cells without a factor": 15,
            "holds no emission factors": 4,
            "is in kWh, not in kg CO2e": 2,
            "repeats the factors of another sheet": 2,
            "holds CO2 of biogenic carbon only, which is no GWP100 result": 1,
        },
    ),
]
BY_HAND = {
    "agribalyse": {"agb:11084": 6.7458055, "agb:11023": 0.75027428, "agb:11000": 0.3580429},
    "us_epa_scef": {"epa-scef:111110": 0.532, "epa-scef:111130": 0.848},
    "rivm_2021": {
        "rivm:consumption:1456-voorgebakken-diepvries-friet": 6.15258127508267,
        "rivm:distribution:1456-voorgebakken-diepvries-friet": 2.43559884973185,
        "rivm:consumption:390-bier-fles": 0.707145556236156,
    },
    "oekobaudat_2020": {
        "6b2b9708-14d8-4f3a-8a75-0b7481c5e0f8": 3.5,
        "8d06b1df-e898-4009-adee-57ca44aaafcc": 5.18,
    },
    "desnz_2024": {
        "desnz:fuels:gaseous-fuels-butane:tonnes": 3033.38067,
        "desnz:uk-electricity:electricity-generated-electricity-uk:kwh": 0.20705,
        "desnz:waste-disposal:paper-paper-and-board-paper-landfill:tonnes": 1164.39015,
    },
}


@pytest.mark.shared_data
@pytest.mark.parametrize(("importer", "folder", "kept", "without", "skipped"), REAL, ids=[row[1] for row in REAL])
def test_the_real_file(
    importer: DatasetImporter, folder: str, kept: int, without: int, skipped: dict[str, int]
) -> None:
    found = read(importer, SHARED / folder)
    assert len(found.datasets) == len({each.dataset_id for each in found.datasets}) == kept
    assert sum(each.gwp100_kg_co2e is None for each in found.datasets) == without
    reasons = [problem.reason for problem in found.problems if problem.skipped]
    assert {reason: reasons.count(reason) for reason in reasons} == skipped
    values = {each.dataset_id: each.gwp100_kg_co2e for each in found.datasets}
    assert {name: values.get(name) for name in BY_HAND[folder]} == BY_HAND[folder]
    with Package(SHARED / folder) as package:
        assert importer.recognised(package)
        assert {each.source for each in found.datasets} == {importer.about(package).source_id}


def test_the_plain_table_knows_its_own_headings_beside_theirs(tmp_path: Path) -> None:
    """So a format told by hand still works: an ÖKOBAUDAT table as a plain one, by mapping its columns."""
    path = source_files.oekobaudat(tmp_path)
    with Package(path) as package:
        assert csv_table.IMPORTER.recognised(package)
