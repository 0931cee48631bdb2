"""Boavizta as an estimate suite: the making of one device, its place, its manufacturer, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from prepared_estimates import SHARED, device, devices, queries_of, settings_of

from firstprint.errors import FaultsError
from firstprint.evaluation.prepare import boavizta


def test_boavizta_reference_is_the_making_of_one_device(tmp_path: Path) -> None:
    prepared = devices(tmp_path, device())
    (query,) = queries_of(prepared)
    assert (query["reference_kg_co2e"], query["unit"], query["mass_kg"]) == ("75", "piece", "0.5")
    assert (query["geography"], query["group"], query["category"]) == ("CN", "Acme", "Tablet")
    assert query["text"] == "Acme Slate 3, tablet, 10 inch screen"
    assert settings_of(prepared)["folds"] == 0
    assert "gwp_manufacturing_ratio" in str(settings_of(prepared)["description"])


@pytest.mark.parametrize(
    ("place", "code"), [("CN", "CN"), ("EU", "EU27"), ("Asia", "RAS"), ("WW", ""), ("default", ""), ("Narnia", "")]
)
def test_boavizta_place_is_taken_where_it_is_one(tmp_path: Path, place: str, code: str) -> None:
    assert queries_of(devices(tmp_path, device(assembly_location=place)))[0]["geography"] == code


def test_boavizta_text_says_each_thing_once(tmp_path: Path) -> None:
    row = device(
        name="Acme Tower Server", subcategory="Server", screen_size="0", memory="64", number_cpu="2", hard_drive="1TB"
    )
    assert queries_of(devices(tmp_path, row))[0]["text"] == "Acme Tower Server, 2 processors, 64 GB memory, 1TB"


def test_boavizta_spellings_of_one_manufacturer_are_one_group(tmp_path: Path) -> None:
    rows = [
        device(name=str(n), manufacturer=maker) for n, maker in enumerate(["Acme", "ACME Inc.", "acme", "Acme", "Co"])
    ]
    assert [query["group"] for query in queries_of(devices(tmp_path, *rows))] == ["Acme"] * 4 + ["Co"]


def test_boavizta_ids_are_ours_and_unique_where_names_are_not(tmp_path: Path) -> None:
    ids = [
        query["id"]
        for query in queries_of(devices(tmp_path, device(), device(), device(manufacturer="联想", name="电脑")))
    ]
    assert ids == ["device-0002", "device-0003", "device-0004"]


def test_boavizta_counts_what_it_leaves_out(tmp_path: Path) -> None:
    prepared = devices(
        tmp_path,
        device(),
        device(gwp_manufacturing_ratio=""),
        device(gwp_manufacturing_ratio="7.76"),
        device(gwp_manufacturing_ratio="0"),
        device(gwp_total=""),
        device(name=""),
        device(weight=""),
    )
    assert prepared.queries == 2
    assert prepared.notes[1:] == (
        "left out 2 rows: a share of manufacturing that is not between 0 and 1",
        "left out 1 row: no footprint, or none above zero",
        "left out 1 row: no manufacturer or name",
        "left out 1 row: no share of manufacturing (gwp_manufacturing_ratio)",
    )


def test_boavizta_names_every_cell_that_is_no_number(tmp_path: Path) -> None:
    with pytest.raises(FaultsError) as caught:
        devices(tmp_path, device(gwp_total="much", weight="nan"), device(screen_size="wide"))
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "line 2, column 'gwp_total'",
        "line 2, column 'weight'",
        "line 3, column 'screen_size'",
    ]


@pytest.mark.shared_data
def test_real_boavizta_keeps_rows_with_a_share_of_manufacturing(tmp_path: Path) -> None:
    (prepared,) = boavizta.prepare([SHARED / "boavizta"], tmp_path)
    assert prepared.queries == 756
    queries = queries_of(prepared)
    assert len({query["id"] for query in queries}) == 756
    assert {query["geography"] for query in queries} == {"", "CN", "EU27", "KR", "RAS"}
