"""The ray engine: what travels comes back whole; on a real cluster of two workers the output is the local one's."""

from __future__ import annotations

import csv
import importlib.util
import math

import pytest

from firstprint.batch import engine_ray
from firstprint.batch.engine_ray import chunk_from_json, chunk_to_json, outcomes_from_json, outcomes_to_json
from firstprint.batch.records import BatchOptions, BatchRow, Chunk, Flat, Outcome
from firstprint.batch.runner import run_batch
from firstprint.errors import InputError
from firstprint.intake import RawRequest
from firstprint.settings import load_settings

HAS_RAY = importlib.util.find_spec("ray") is not None


def test_chunks_and_outcomes_come_back_as_they_went():
    raw = RawRequest("钢\ud800 \x00 🧴", amount=0.1 + 0.2, unit="件", mass_kg=5e-324, geography="CN", year=2024)
    chunk = Chunk(7, (BatchRow(1, "甲", raw), BatchRow(2, "2", None, "line 3: …")))
    assert chunk_from_json(chunk_to_json(chunk)) == chunk
    outcomes = (
        Outcome(Flat("甲", "proposed", "match", math.pi, 1e-300, 1e300), '{"id":"x"}'),
        Outcome(Flat("2", "error")),
    )
    assert outcomes_from_json(outcomes_to_json(outcomes)) == outcomes


def test_a_missing_ray_names_the_command(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(InputError) as told:
        engine_ray._ray()
    assert "pip install 'firstprint[ray]'" in told.value.hint


@pytest.mark.slow
@pytest.mark.ray
@pytest.mark.enable_socket
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(not HAS_RAY, reason="ray is not installed: pip install 'firstprint[ray]'")
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_two_actors_give_the_local_output(assistant, home, tmp_path, kind):
    source = tmp_path / "in.csv"
    texts = ("25 g PET bottle", "热轧卷板", "cotton T-shirt", "办公椅", "", "Stahlblech")
    with source.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(
            [("品名", "数量"), *((f"{text} {n}" if text else "", n + 1) for n in range(4) for text in texts)]
        )
    local, spread = tmp_path / f"local.{kind}", tmp_path / f"ray.{kind}"
    settings = load_settings(home)
    run_batch(settings, source, local, BatchOptions(chunk_rows=5))
    report = run_batch(settings, source, spread, BatchOptions(chunk_rows=5, engine="ray", workers=2))
    assert (report.counts.rows, report.counts.errors) == (24, 4)
    assert spread.read_bytes() == local.read_bytes()
