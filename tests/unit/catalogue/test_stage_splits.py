"""Stage splits: what the shipped file says adds up, and a reader is told where stages and question differ."""

from __future__ import annotations

import csv
import dataclasses

import pytest

from firstprint.catalogue.reader import read_sound_catalogue
from firstprint.catalogue.stage_splits import STAGES, by_stage, load_stage_splits, stage_parts
from firstprint.domain.dataset import Dataset
from firstprint.errors import FaultsError, InputError
from firstprint.resources import resource
from firstprint.stage_notes import stage_note, stages_of

HEAD = "dataset_id,stage,name,name_zh,name_fr,kg_co2e,share\n"
GOOD = "basecarbone:27031"  # a smart watch, 9.72 kg CO2e a piece
FUEL = "basecarbone:12896"  # 3.354 kg CO2e a kg, 0.284 of them made before the fuel is burnt


@pytest.fixture(scope="module")
def shipped() -> dict[str, Dataset]:
    datasets = read_sound_catalogue([resource("index/catalogue") / "base-carbone.csv"])
    return {dataset.dataset_id: dataset for dataset in datasets}


def test_the_parts_of_every_split_are_the_dataset_s_value_and_in_order(shipped):
    splits = load_stage_splits()
    assert len(splits) == 430
    order = list(STAGES)
    for name, parts in splits.items():
        value = shipped[name].gwp100_kg_co2e
        assert sum(part.kg_co2e for part in parts) == pytest.approx(value, rel=0.01), name
        assert sum(part.share for part in parts) == pytest.approx(1, abs=0.001), name
        assert [order.index(part.stage) for part in parts] == sorted(order.index(part.stage) for part in parts)
        assert all(part.name and part.name_zh and part.name_fr for part in parts)


def test_129_durable_goods_are_split_into_three_stages():
    goods = [parts for parts in load_stage_splits().values() if len(parts) == 5]
    assert len(goods) == 129
    assert {tuple(one.stage for one in by_stage(parts)) for parts in goods} == {
        ("materials", "production", "distribution")
    }


def test_stages_of_a_watch_are_those_of_its_source():
    stages = {one.stage: one for one in stages_of(GOOD)}
    assert stages["materials"].kg_co2e == pytest.approx(3.71 + 0.314)
    assert stages["production"].kg_co2e == pytest.approx(0.0209 + 0.383)
    assert stages["distribution"].share == pytest.approx(0.545, abs=0.001)
    assert stage_parts("nowhere") == ()
    assert stages_of("nowhere") == ()


def test_asked_to_the_gate_the_part_beyond_it_is_told_in_both_languages(shipped):
    assert stage_note(shipped[GOOD], "cradle_to_gate", "en") == (
        "Its 9.72 kg CO2e/piece are 4.43 (46 %) for raw materials and production, and 5.3 (54 %) for distribution: "
        "all of it counts here, cradle to gate is the former alone."
    )
    assert stage_note(shipped[GOOD], "cradle_to_gate", "zh") == (
        "其 9.72 kg CO2e/件 中，原材料、生产为 4.43（46%），分销为 5.3（54%）；此处按全部计，从摇篮到大门只计前者。"
    )
    fuel = stage_note(shipped[FUEL], "cradle_to_gate", "en")
    assert "0.284 (8 %) for production" in fuel
    assert "3.07 (92 %) for use" in fuel


def test_asked_for_the_whole_life_what_is_missing_is_told(shipped):
    assert stage_note(shipped[GOOD], "cradle_to_grave", "en") == (
        "Counts raw materials, production and distribution alone: use and end of life are not in it."
    )
    assert stage_note(shipped[GOOD], "cradle_to_grave", "zh") == "仅含原材料、生产、分销，不含使用与寿命终止。"
    assert stage_note(shipped[FUEL], "cradle_to_grave", "en") == ""  # its use is in it


def test_nothing_is_told_where_nothing_differs(shipped):
    assert stage_note(shipped[FUEL], "well_to_wheel", "en") == ""
    assert stage_note(dataclasses.replace(shipped[GOOD], dataset_id="nowhere"), "cradle_to_gate", "en") == ""
    assert stage_note(dataclasses.replace(shipped[GOOD], gwp100_kg_co2e=None), "cradle_to_gate", "en") == ""
    power = [one for one in shipped.values() if one.unit == "kWh" and "distribution" in {p.stage for p in
             stage_parts(one.dataset_id)}]  # fmt: skip
    assert power
    assert {stage_note(one, "cradle_to_gate", "en") for one in power} == {""}  # losses belong to delivered power


def test_every_fault_of_a_file_is_told_at_once(tmp_path):
    path = tmp_path / "splits.csv"
    path.write_text(HEAD + "a,making,x,x,x,1,0.5\na,use,x,x,x,many,2\nb,use,x,x,x,-1,nan\n", encoding="utf-8")
    with pytest.raises(FaultsError) as caught:
        load_stage_splits(path)
    told = "\n".join(caught.value.faults)
    assert "row 2: stage 'making' is not one of materials" in told
    assert "row 3: kg_co2e is 'many', not a number" in told
    assert "row 4: kg_co2e is -1, not a finite number from 0" in told
    assert "row 4: share is nan" in told


def test_shares_that_do_not_add_up_and_missing_columns_are_faults(tmp_path):
    path = tmp_path / "splits.csv"
    path.write_text(HEAD + "a,use,x,x,x,1,0.5\na,production,x,x,x,1,0.4\n", encoding="utf-8")
    with pytest.raises(FaultsError, match="fault") as caught:
        load_stage_splits(path)
    assert caught.value.faults == ("a: its shares add up to 0.9000, not 1",)
    path.write_text("dataset_id,stage\na,use\n", encoding="utf-8")
    with pytest.raises(FaultsError) as caught:
        load_stage_splits(path)
    assert "row 1: column 'share' is missing" in caught.value.faults
    with pytest.raises(InputError):
        load_stage_splits(tmp_path / "nowhere.csv")


def test_the_file_has_bare_line_ends_and_is_sorted():
    raw = resource("index/stage_splits.csv").read_bytes()
    assert b"\r" not in raw
    names = [row["dataset_id"] for row in csv.DictReader(raw.decode().splitlines())]
    assert names == sorted(names)
