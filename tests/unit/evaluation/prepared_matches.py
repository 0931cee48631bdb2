"""Small made-up originals of published match datasets, and the suites prepared from them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from firstprint.catalogue.reader import read_sound_catalogue
from firstprint.domain.dataset import Dataset
from firstprint.evaluation.prepare.published import Prepared
from firstprint.evaluation.records import Suite
from firstprint.evaluation.suite import read_suite

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
Rows = Sequence[Sequence[str]]


def table(path: Path, header: Sequence[str], rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def opened(prepared: Prepared) -> tuple[Suite, tuple[Dataset, ...]]:
    """The suite as an evaluation run reads it, with every id checked against its catalogue."""
    suite = read_suite(prepared.folder)
    assert isinstance(suite.catalogue, Path)
    datasets = read_sound_catalogue([suite.catalogue])
    assert (prepared.queries, prepared.datasets) == (len(suite.queries), len(datasets))
    return suite, datasets


# Austin

FACTOR_HEADER = (
    "2017 NAICS Code",
    "2017 NAICS Title",
    "GHG",
    "Unit",
    "Supply Chain Emission Factors with Margins",
)
TRUTH_HEADER = ("COMMODITY", "COMMODITY_DESCRIPTION", "CONTRACT_NAME", "naics_code_final")
UNIT = "kg CO2e/2022 USD, purchaser price"
FACTORS = (
    ("100001", "Rope Works", "All GHGs", UNIT, "0.25"),
    ("100002", "Sail Lofts", "All GHGs", UNIT, "0.5"),
    ("200001", "Boat Yards", "All GHGs", UNIT, "0"),
)
INDEX = (
    ("100001", "Rope, hemp | sisal"),
    ("100001", "Twine"),
    ("100002", "Sails"),
    ("900009", "Lighthouses"),
    ("******", "Cordage -- see Rope"),
)
TRUTH = (
    ("54010", "ROPE HEMP 10 MM", "Harbour  order", "100001"),
    ("540101200", "Rope  hemp 10 mm", "Other order", "100001"),
    ("67015", "ROPE HEMP 12 MM", "harbour ORDER", "100001"),
    ("", "mainsail", "", "100002"),
    ("070A5", "slipway hire", "Yard", "-2"),
    ("67015", "spar", "Yard", "100002"),
    ("67015", "SPAR", "Yard", "200001"),
    ("67015", "Spar", "Yard", "100002"),
    ("67015", "oar", "Yard", "100001"),
    ("67015", "Oar", "Yard", "200001"),
    ("67015", "buoy", "Quay", "2000"),
    ("67015", "anchor", "Yard", "700007"),
    ("67015", " -- ", "Yard", "100001"),
    ("67015", "anchor chain", "Pier", "-1"),
    ("67015", "anchor  chain", "Yard", "100001"),
)


# CaML

CLASS_HEADER = ("naics_code", "title", "desc", "idx", "bea", "co2")
PRODUCT_HEADER = ("product_code", "naics_code", "raw_annotations", "product_text")
CLASSES = (
    ("300001", "Jam Kitchens ", "Makes\njam.", "Jam; Jelly ;", "3", "1.5"),
    ("300002", "Bakeries", "Bakes.", "Bread", "3", ""),
    ("300003", "Dairies", "Milk.", "Milk; Cheese", "3", "2"),
)
PRODUCTS = (
    ("A", "300001", "300001|300001|300002|-1|300009", "\n\nPlum Jam 2 oz\n\nBest on bread\n"),
    ("B", "300002", "300002|300003", "Cheese  Scone\n"),
    ("C", "300003", "300003|300003", "cheese scone"),
    ("D", "0", "0|0|300001", "Mystery box"),
    ("E", "-1", "-1", "Another box"),
    ("F", "300009", "300009", "Candle"),
    ("G", "300001", "300001", "\n\n"),
)


# TianGong

PROCESS_HEADER = (
    "uuid",
    "name_zh",
    "name_en",
    "ref_flow_en",
    "ref_amount",
    "classes",
    "location",
    "year",
    "tech_zh",
)
LONG = "该数据集描述了用回转窑煅烧石灰石生产生石灰的工艺过程"


def process(number: int, flow: str, text: str, **cells: str) -> tuple[str, ...]:
    row = {
        "uuid": f"00000000-0000-0000-0000-{number:012d}",
        "name_zh": f"过程{number}",
        "name_en": f"Process  {number} | works",
        "ref_flow_en": flow,
        "ref_amount": "1000.0",
        "classes": "Unit processes / Minerals",
        "location": "CN",
        "year": "2019",
        "tech_zh": text,
    } | cells
    return tuple(row[name] for name in PROCESS_HEADER)


PROCESSES = (
    process(1, "Lime", LONG + "一"),
    process(2, "lime ", LONG + "二", location="SZ-JS-CN", year=""),
    process(3, "Glass", LONG + "三", location="Atlantis", classes="CEEIO / 2018"),
    process(4, "Glass", LONG + "三"),
    process(5, "Sand", LONG + "四"),
    process(6, "Gravel", LONG + "四"),
    process(7, "", LONG + "五"),
    process(8, "Clay", "太短"),
    process(9, "Clay", "A description of twenty characters and more in English"),
)
